/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The getters and setters of the properties of a connection. */
#include "connection/wsp-connection-private.h"

#include "session/wsp-session-lend-private.h"

G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_OPEN == WSP_CONNECTION_STATE_OPEN);
G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_CLOSING == WSP_CONNECTION_STATE_CLOSING);
G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_CLOSED == WSP_CONNECTION_STATE_CLOSED);

/**
 * wsp_connection_get_io_stream: (get-property io-stream)
 * @self: a connection
 *
 * Gives the stream of the connection. Only inspect the stream: the connection uses it. A stream
 * that the program closes ends the connection with %G_IO_ERROR_CLOSED. The first call takes a file
 * descriptor. Do not rely on the class of the stream:
 * [method@Wsp.Connection.get_tls_peer_certificate] and the other functions of the connection say
 * what there is to know of TLS.
 *
 * Returns: (transfer none) (nullable): the stream; %NULL where the library carries TLS itself, when
 *   there are no more file descriptors, and when the connection of a server is closed and the
 *   stream was not asked for before; valid as long as @self
 *
 * Since: 0.1
 */
GIOStream *
wsp_connection_get_io_stream (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  WspConnectionOrigin *origin = &wsp_connection_ensure_details (self)->origin;

  if (self->link.transport != NULL)
    g_set_object (&origin->stream, wsp_transport_get_stream (self->link.transport));

  return origin->stream;
}

/**
 * wsp_connection_get_handshake: (get-property handshake)
 * @self: a connection
 *
 * Gives the opening handshake that made the connection, see [property@Wsp.Connection:handshake].
 *
 * Returns: (transfer none) (nullable): the handshake; %NULL if there was no handshake, or it was
 *   not kept; valid as long as @self, or until it is dropped
 *
 * Since: 0.1
 */
WspHandshake *
wsp_connection_get_handshake (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_connection_ensure_handshake (self);
}

/**
 * wsp_connection_get_uri: (get-property uri)
 * @self: a connection
 *
 * Gets the URI that a client connected to, without its user name and password.
 *
 * Returns: (transfer none) (nullable): the URI; %NULL for the connection of a server or of a
 *   stream; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_uri (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_connection_peek_details (self)->origin.uri;
}

/**
 * wsp_connection_get_route: (get-property route)
 * @self: a connection
 *
 * Gets the route of the server that the connection came by, as it was added with
 * [method@Wsp.Server.add_route]. A connection keeps a route that is removed.
 *
 * Returns: (transfer none) (nullable): the route; %NULL on a server without routes and on a client;
 *   a static string
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_route (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return g_quark_to_string (wsp_connection_peek_route (self));
}

/**
 * wsp_connection_get_state: (get-property state)
 * @self: a connection
 *
 * Gets the state of the connection.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
WspConnectionState
wsp_connection_get_state (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), WSP_CONNECTION_STATE_CLOSED);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), WSP_CONNECTION_STATE_CLOSED);

  return wsp_connection_peek_state (self);
}

/**
 * wsp_connection_get_close_info: (get-property close-info)
 * @self: a connection
 *
 * Gets how the connection ended.
 *
 * Returns: (transfer none) (nullable): the close info, %NULL before the end; valid as long as @self
 *
 * Since: 0.1
 */
WspCloseInfo *
wsp_connection_get_close_info (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_connection_peek_close_info (self);
}

/**
 * wsp_connection_get_rtt_us: (get-property rtt-us)
 * @self: a connection
 *
 * Gets the round-trip time of the last answered ping.
 *
 * Returns: microseconds from the ping to its pong; -1 = not measured
 *
 * Since: 0.1
 */
gint64
wsp_connection_get_rtt_us (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), -1);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), -1);

  const WspConnectionDetails *details = wsp_connection_peek_details (self);

  return details->has_rtt ? details->rtt : -1;
}

/**
 * wsp_connection_get_send_queue_bytes: (get-property send-queue-bytes)
 * @self: a connection
 *
 * Gets the size of the send queue, counted as for [property@Wsp.Limits:max-send-queue].
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_get_send_queue_bytes (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), 0);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), 0);

  return self->output.queue.bytes;
}

/**
 * wsp_connection_is_writable:
 * @self: a connection
 *
 * Checks whether a program that can wait may send now. The result is %FALSE from when the send
 * queue has reached [property@Wsp.Limits:send-high-water-mark], or a broadcast has skipped the
 * connection, until [signal@Wsp.Connection::writable] or [signal@Wsp.Connection::closed]: a program
 * that gets %FALSE waits for the first of these signals. Messages may be sent all the same, until
 * the queue holds [property@Wsp.Limits:max-send-queue] bytes. After the end of the connection the
 * result is %TRUE: nothing is worth waiting for, and sending fails at once.
 *
 * Returns: %TRUE if there is nothing to wait for
 *
 * Since: 0.1
 */
gboolean
wsp_connection_is_writable (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), FALSE);

  return wsp_life_has_ended (&self->link.life) ||
         !wsp_link_is_waiting (&self->link, WSP_WAITING_FULL | WSP_WAITING_SLOW);
}

/**
 * wsp_connection_get_peer_close_code: (get-property peer-close-code)
 * @self: a connection
 *
 * Gets the close code of the peer.
 *
 * Returns: the code; 0 while the peer has sent no Close, 1005 if its Close has no code, 1006 if the
 *   connection failed without a Close of the peer
 *
 * Since: 0.1
 */
guint
wsp_connection_get_peer_close_code (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), 0);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), 0);

  return wsp_session_get_peer_close_code (wsp_connection_peek_session (self));
}

/**
 * wsp_connection_get_peer_close_reason: (get-property peer-close-reason)
 * @self: a connection
 *
 * Gets the close reason of the peer.
 *
 * Returns: (transfer none) (nullable): the reason, %NULL while the peer has sent no Close; valid as
 *   long as @self
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_peer_close_reason (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_session_get_peer_close_reason (wsp_connection_peek_session (self));
}

/**
 * wsp_connection_get_role: (get-property role)
 * @self: a connection
 *
 * Gets the role of this side.
 *
 * Returns: the role
 *
 * Since: 0.1
 */
WspRole
wsp_connection_get_role (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), WSP_ROLE_CLIENT);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), WSP_ROLE_CLIENT);

  return wsp_session_peek_role (wsp_connection_peek_session (self));
}

/**
 * wsp_connection_get_subprotocol: (get-property subprotocol)
 * @self: a connection
 *
 * Gets the negotiated subprotocol.
 *
 * Returns: (transfer none) (nullable): the subprotocol, %NULL if none was negotiated; valid as
 *   long as @self
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_subprotocol (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_session_get_subprotocol (wsp_connection_peek_session (self));
}

/**
 * wsp_connection_get_extensions: (get-property extensions)
 * @self: a connection
 *
 * Gets the negotiated extensions.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the extensions, %NULL if none was
 *   negotiated; valid as long as @self
 *
 * Since: 0.1
 */
const char * const *
wsp_connection_get_extensions (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  return wsp_session_get_extensions (wsp_connection_peek_session (self));
}

/**
 * wsp_connection_get_remote_address: (get-property remote-address)
 * @self: a connection
 *
 * Gets the address of the peer. If a listener has accepted the connection, this is the address of
 * the client, also behind a proxy that [property@Wsp.Server:trusted-proxies] has, and after the
 * peer has gone.
 *
 * Returns: (transfer none) (nullable): the address; %NULL if the stream has none, and when a
 *   connection that no listener has accepted is closed, and the address was not asked for before;
 *   valid as long as @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_connection_get_remote_address (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  WspConnectionDetails *details = wsp_connection_ensure_details (self);

  if (details->remote_address == NULL)
    details->remote_address = wsp_connection_dup_remote_address (self);

  return details->remote_address;
}

/**
 * wsp_connection_get_local_address: (get-property local-address)
 * @self: a connection
 *
 * Gets the address of this side.
 *
 * Returns: (transfer none) (nullable): the address; %NULL if the stream has none, and when the
 *   connection is closed and the address was not asked for before; valid as long as @self
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_connection_get_local_address (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  WspConnectionDetails *details = wsp_connection_ensure_details (self);

  if (details->local_address == NULL)
    details->local_address = wsp_connection_dup_local_address (self);

  return details->local_address;
}

/**
 * wsp_connection_get_tls_protocol: (get-property tls-protocol)
 * @self: a connection
 *
 * Gets the negotiated version of TLS.
 *
 * Returns: the version; %G_TLS_PROTOCOL_VERSION_UNKNOWN: the connection is without TLS, or closed
 *
 * Since: 0.1
 */
GTlsProtocolVersion
wsp_connection_get_tls_protocol (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), G_TLS_PROTOCOL_VERSION_UNKNOWN);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), G_TLS_PROTOCOL_VERSION_UNKNOWN);

  g_auto (WspTransportTls) tls;

  wsp_connection_describe_tls (self, &tls);
  return tls.version;
}

/**
 * wsp_connection_get_tls_ciphersuite: (get-property tls-ciphersuite)
 * @self: a connection
 *
 * Gets the negotiated cipher suite of TLS.
 *
 * Returns: (transfer none) (nullable): the name of the cipher suite; %NULL: the connection is
 *   without TLS, or closed; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_connection_get_tls_ciphersuite (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  g_auto (WspTransportTls) tls;

  wsp_connection_describe_tls (self, &tls);
  if (tls.ciphersuite == NULL)
    return NULL;

  WspConnectionDetails *details = wsp_connection_ensure_details (self);

  if (details->tls_ciphersuite == NULL)
    details->tls_ciphersuite = g_steal_pointer (&tls.ciphersuite);
  return details->tls_ciphersuite;
}

/**
 * wsp_connection_get_tls_peer_certificate: (get-property tls-peer-certificate)
 * @self: a connection
 *
 * Gets the certificate that the peer sent in the TLS handshake.
 *
 * Returns: (transfer none) (nullable): the certificate, %NULL for none; valid as long as @self
 *
 * Since: 0.1
 */
GTlsCertificate *
wsp_connection_get_tls_peer_certificate (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  wsp_connection_keep_certificate (self);
  return wsp_peer_certificate_get (wsp_connection_peek_details (self)->tls_peer_certificate);
}

/**
 * wsp_connection_get_tls_peer_certificate_errors: (get-property tls-peer-certificate-errors)
 * @self: a connection
 *
 * Gets why the certificate of the peer is not trusted, although it was accepted.
 *
 * Returns: the errors; %G_TLS_CERTIFICATE_NO_FLAGS: the certificate is trusted, or there is none
 *
 * Since: 0.1
 */
GTlsCertificateFlags
wsp_connection_get_tls_peer_certificate_errors (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), G_TLS_CERTIFICATE_NO_FLAGS);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), G_TLS_CERTIFICATE_NO_FLAGS);

  wsp_connection_keep_certificate (self);
  return wsp_connection_peek_details (self)->tls_peer_errors;
}

/**
 * wsp_connection_get_message_filter: (get-property message-filter)
 * @self: a connection
 *
 * Gets which types of messages are accepted from the peer.
 *
 * Returns: the filter
 *
 * Since: 0.1
 */
WspMessageFilter
wsp_connection_get_message_filter (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), WSP_MESSAGE_FILTER_NONE);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), WSP_MESSAGE_FILTER_NONE);

  return (WspMessageFilter) self->input.accepted;
}

/**
 * wsp_connection_set_message_filter: (set-property message-filter)
 * @self: a connection
 * @message_filter: a filter
 *
 * Sets which messages of the peer are accepted.
 *
 * Since: 0.1
 */
void
wsp_connection_set_message_filter (WspConnection   *self,
                                   WspMessageFilter message_filter)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_is_in_thread (self));
  g_return_if_fail (message_filter <= WSP_MESSAGE_FILTER_BINARY_ONLY);

  if (self->input.accepted == (WspAcceptedTypes) message_filter)
    return;

  self->input.accepted = (WspAcceptedTypes) message_filter;
  g_object_notify (G_OBJECT (self), "message-filter");
}
