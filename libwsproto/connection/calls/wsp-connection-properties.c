/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a connection. */
#include "connection/wsp-connection-private.h"

#include <libwsproto/base/wsp-enum-types.h>
#include <libwsproto/connection/wsp-connection-enum-types.h>

#include "session/wsp-session-lend-private.h"

/* A row makes the value of the enum, the case of get_property that calls the getter and, with
 * GET_SET, the case of set_property that calls the setter. */
#define PROPERTIES(GET_SET, GET) \
  GET (IO_STREAM, io_stream, object) \
  GET (HANDSHAKE, handshake, object) \
  GET (STATE, state, enum) \
  GET (CLOSE_INFO, close_info, boxed) \
  GET (RTT_US, rtt_us, int64) \
  GET (SEND_QUEUE_BYTES, send_queue_bytes, uint64) \
  GET (ROLE, role, enum) \
  GET (URI, uri, string) \
  GET (ROUTE, route, string) \
  GET (SUBPROTOCOL, subprotocol, string) \
  GET (EXTENSIONS, extensions, boxed) \
  GET (REMOTE_ADDRESS, remote_address, object) \
  GET (LOCAL_ADDRESS, local_address, object) \
  GET (TLS_PROTOCOL, tls_protocol, enum) \
  GET (TLS_CIPHERSUITE, tls_ciphersuite, string) \
  GET (TLS_PEER_CERTIFICATE, tls_peer_certificate, object) \
  GET (TLS_PEER_CERTIFICATE_ERRORS, tls_peer_certificate_errors, flags) \
  GET (PEER_CLOSE_CODE, peer_close_code, uint) \
  GET (PEER_CLOSE_REASON, peer_close_reason, string) \
  GET_SET (MESSAGE_FILTER, message_filter, enum) \
  GET_SET (LIMITS, limits, object)

#define ID(NAME, name, kind) PROP_ ## NAME,

enum
{
  PROP_0,
  PROPERTIES (ID, ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

#define NO_CASE(...)
#define GET_CASE(NAME, name, kind) \
case PROP_ ## NAME: g_value_set_ ## kind (value, wsp_connection_get_ ## name (self)); break;

static void
wsp_connection_get_property (GObject    *object,
                             guint       property,
                             GValue     *value,
                             GParamSpec *pspec)
{
  WspConnection *self = WSP_CONNECTION (object);

  switch (property)
    {
      PROPERTIES (GET_CASE, GET_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

G_STATIC_ASSERT ((int) WSP_MESSAGE_FILTER_NONE == WSP_ACCEPTED_ALL);
G_STATIC_ASSERT ((int) WSP_MESSAGE_FILTER_TEXT_ONLY == WSP_ACCEPTED_TEXT);
G_STATIC_ASSERT ((int) WSP_MESSAGE_FILTER_BINARY_ONLY == WSP_ACCEPTED_BINARY);

#define SET_CASE(NAME, name, kind) \
case PROP_ ## NAME: wsp_connection_set_ ## name (self, g_value_get_ ## kind (value)); break;

static void
wsp_connection_set_property (GObject      *object,
                             guint         property,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  WspConnection *self = WSP_CONNECTION (object);

  switch (property)
    {
      PROPERTIES (SET_CASE, NO_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static const guint notifies[WSP_N_NOTIFIES] = {
  [WSP_NOTIFIES_STATE] = PROP_STATE,
  [WSP_NOTIFIES_CLOSE_INFO] = PROP_CLOSE_INFO,
  [WSP_NOTIFIES_RTT_US] = PROP_RTT_US,
  [WSP_NOTIFIES_SEND_QUEUE_BYTES] = PROP_SEND_QUEUE_BYTES,
  [WSP_NOTIFIES_PEER_CLOSE_CODE] = PROP_PEER_CLOSE_CODE,
  [WSP_NOTIFIES_PEER_CLOSE_REASON] = PROP_PEER_CLOSE_REASON,
};

static void
make_origin_properties (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * WspConnection:io-stream: (getter get_io_stream)
   *
   * The stream that the connection reads and writes; %NULL where the library carries TLS itself.
   * Do not rely on its class.
   *
   * Since: 0.1
   */
  properties[PROP_IO_STREAM] =
    g_param_spec_object ("io-stream", NULL, NULL, G_TYPE_IO_STREAM, flags);
  /**
   * WspConnection:handshake: (getter get_handshake)
   *
   * The opening handshake that made the connection, if there was a handshake. See RFC 6455,
   * section 4.
   *
   * In handlers of [signal@Wsp.Server::connection], and in the callback of the call that connects,
   * it is the object that earlier signals had, with the data that was attached to it. With
   * [property@Wsp.Server:persistent-handshakes] or [property@Wsp.Client:persistent-handshakes] it
   * remains: the same object if the program got it from this property by then, has a reference to
   * it or has attached data; otherwise an equal object, which is made when it is first asked for
   * and then stays. Until then the connection keeps little more than the bytes of the request, and
   * on a client those of the response: also `Cookie` and `Authorization`.
   *
   * Default: %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_HANDSHAKE] = g_param_spec_object ("handshake", NULL, NULL, WSP_TYPE_HANDSHAKE,
                                                    flags);
  /**
   * WspConnection:uri: (getter get_uri)
   *
   * The URI that a client connected to.
   *
   * Default: %NULL, as on a server.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, flags);
  /**
   * WspConnection:route: (getter get_route)
   *
   * The route of the server that the connection came by, as it was added with
   * [method@Wsp.Server.add_route].
   *
   * Default: %NULL, as on a client.
   *
   * Since: 0.1
   */
  properties[PROP_ROUTE] = g_param_spec_string ("route", NULL, NULL, NULL, flags);
}

static void
make_state_properties (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * WspConnection:state: (getter get_state)
   *
   * The state of the connection.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, WSP_TYPE_CONNECTION_STATE,
                                              WSP_CONNECTION_STATE_OPEN, flags);
  /**
   * WspConnection:close-info: (getter get_close_info)
   *
   * How the connection ended; %NULL before the end. See RFC 6455, section 7.1.
   *
   * Since: 0.1
   */
  properties[PROP_CLOSE_INFO] = g_param_spec_boxed ("close-info", NULL, NULL, WSP_TYPE_CLOSE_INFO,
                                                    flags);
  /**
   * WspConnection:rtt-us: (getter get_rtt_us)
   *
   * Microseconds from the last answered ping to its pong; -1 = not measured.
   *
   * Since: 0.1
   */
  properties[PROP_RTT_US] = g_param_spec_int64 ("rtt-us", NULL, NULL, -1, G_MAXINT64, -1, flags);
  /**
   * WspConnection:send-queue-bytes: (getter get_send_queue_bytes)
   *
   * The size of the send queue in bytes, counted as for [property@Wsp.Limits:max-send-queue]. The
   * property is notified at most once in a turn of the main loop, and again if the connection ends
   * in that turn.
   *
   * Since: 0.1
   */
  properties[PROP_SEND_QUEUE_BYTES] = g_param_spec_uint64 ("send-queue-bytes", NULL, NULL, 0,
                                                           G_MAXUINT64, 0, flags);
  /**
   * WspConnection:remote-address: (getter get_remote_address)
   *
   * The address of the peer, if the stream has one.
   *
   * Since: 0.1
   */
  properties[PROP_REMOTE_ADDRESS] = g_param_spec_object ("remote-address", NULL, NULL,
                                                         G_TYPE_SOCKET_ADDRESS, flags);
  /**
   * WspConnection:local-address: (getter get_local_address)
   *
   * The address of this side, if the stream has one.
   *
   * Since: 0.1
   */
  properties[PROP_LOCAL_ADDRESS] = g_param_spec_object ("local-address", NULL, NULL,
                                                        G_TYPE_SOCKET_ADDRESS, flags);
  /**
   * WspConnection:tls-protocol: (getter get_tls_protocol)
   *
   * The negotiated version of TLS; %G_TLS_PROTOCOL_VERSION_UNKNOWN: the connection is without TLS,
   * closed, or only its way to a proxy is encrypted.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PROTOCOL] =
    g_param_spec_enum ("tls-protocol", NULL, NULL, G_TYPE_TLS_PROTOCOL_VERSION,
                       G_TLS_PROTOCOL_VERSION_UNKNOWN, flags);
  /**
   * WspConnection:tls-ciphersuite: (getter get_tls_ciphersuite)
   *
   * The name of the negotiated cipher suite of TLS; %NULL: the connection is without TLS, closed,
   * or only its way to a proxy is encrypted.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CIPHERSUITE] =
    g_param_spec_string ("tls-ciphersuite", NULL, NULL, NULL, flags);
  /**
   * WspConnection:tls-peer-certificate: (getter get_tls_peer_certificate)
   *
   * The certificate that the peer sent in the TLS handshake: a client has that of the server, a
   * server that of a client which was asked for one
   * ([property@Wsp.Server:tls-authentication-mode]). %NULL: none, the connection is without TLS, or
   * only its way to a proxy is encrypted. The property keeps its value when the connection is
   * closed.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PEER_CERTIFICATE] =
    g_param_spec_object ("tls-peer-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);
  /**
   * WspConnection:tls-peer-certificate-errors: (getter get_tls_peer_certificate_errors)
   *
   * Why [property@Wsp.Connection:tls-peer-certificate] is not trusted, although a handler of
   * [signal@Wsp.Client::accept-certificate], or of the program's own [class@Gio.TlsConnection],
   * accepted it. %G_TLS_CERTIFICATE_NO_FLAGS: the certificate is trusted, or there is none. The
   * property keeps its value when the connection is closed.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_PEER_CERTIFICATE_ERRORS] =
    g_param_spec_flags ("tls-peer-certificate-errors", NULL, NULL, G_TYPE_TLS_CERTIFICATE_FLAGS,
                        G_TLS_CERTIFICATE_NO_FLAGS, flags);
}

static void
make_session_properties (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * WspConnection:role: (getter get_role)
   *
   * The role of this side: client or server.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT,
                                             flags);
  /**
   * WspConnection:subprotocol: (getter get_subprotocol)
   *
   * The negotiated subprotocol, %NULL if none was negotiated. See RFC 6455, section 1.9.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOL] = g_param_spec_string ("subprotocol", NULL, NULL, NULL, flags);
  /**
   * WspConnection:extensions: (getter get_extensions)
   *
   * The negotiated extensions. See RFC 6455, section 9.1.
   *
   * Since: 0.1
   */
  properties[PROP_EXTENSIONS] = g_param_spec_boxed ("extensions", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspConnection:peer-close-code: (getter get_peer_close_code)
   *
   * The close code of the peer: 0 while the peer has sent no Close, 1005 if its Close has no code,
   * 1006 if the connection failed without a Close of the peer. See RFC 6455, section 7.1.5.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_CLOSE_CODE] = g_param_spec_uint ("peer-close-code", NULL, NULL, 0,
                                                        G_MAXUINT16, 0, flags);
  /**
   * WspConnection:peer-close-reason: (getter get_peer_close_reason)
   *
   * The close reason of the peer, %NULL while the peer has sent no Close.
   *
   * See RFC 6455, section 7.1.6.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_CLOSE_REASON] = g_param_spec_string ("peer-close-reason", NULL, NULL, NULL,
                                                            flags);
}

static void
make_settings (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * WspConnection:message-filter: (getter get_message_filter) (setter set_message_filter)
   *
   * Which messages of the peer are accepted. A message of another type fails the connection with
   * close code 1003.
   *
   * Default: %WSP_MESSAGE_FILTER_NONE.
   *
   * Since: 0.1
   */
  properties[PROP_MESSAGE_FILTER] = g_param_spec_enum ("message-filter", NULL, NULL,
                                                       WSP_TYPE_MESSAGE_FILTER,
                                                       WSP_MESSAGE_FILTER_NONE, flags);
  /**
   * WspConnection:limits: (getter get_limits) (setter set_limits)
   *
   * The limits and timeouts. The object is the connection's own. Its values follow the limits of
   * the client or server until one of them is set; the other values then stay as they are at that
   * moment, and the limits of the client or server no longer reach the connection. To read a value
   * changes nothing. The connections of a client or server count together for
   * [property@Wsp.Limits:max-buffered-input], also those whose own values were set. When the client
   * or server gets other limits, a connection keeps following those that it began with.
   *
   * When a followed value is set, the object notifies in the context of the connection, as soon as
   * that runs. When the connection is freed, the object keeps its values. Setting this property
   * replaces the object, see [method@Wsp.Connection.set_limits].
   *
   * Default: limits that follow those of the client or server, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
}

void
wsp_connection_install_properties (GObjectClass *class)
{
  class->get_property = wsp_connection_get_property;
  class->set_property = wsp_connection_set_property;
  make_origin_properties ();
  make_state_properties ();
  make_session_properties ();
  make_settings ();
  g_object_class_install_properties (class, N_PROPS, properties);
  for (guint i = 0; i < WSP_N_NOTIFIES; i++)
    wsp_connection_install_notify (i, properties[notifies[i]]);
}
