/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The client as an object: its calls and signals.  dialing/wsp-attempt.c does what a call
 * starts.  docs/rationales/client.md has the reasons. */
#include "endpoint/wsp-client-private.h"

#include "endpoint/dialing/wsp-connect-queue-private.h"
#include "endpoint/dialing/wsp-dial-private.h"
#include "attach/wsp-attach-private.h"
#include "reactor/wsp-completion-private.h"
#include "reactor/wsp-last-reference-private.h"
#include "reactor/wsp-reactor-private.h"

static const char connect_tag[] = "connect";
static const char open_tag[] = "open";

/**
 * WspClient:
 *
 * Connects to WebSocket servers. A client has the settings for any number of connections.
 *
 * A client supports `ws`, `wss` and `ws+unix` (`ws+unix:/path/of/the/socket:/resource`), uses the
 * proxies of the platform, and checks certificates against the system's CAs. TLS settings other
 * than CAs and certificates are the platform's.
 *
 * A client belongs to the thread-default main context in which it was created, and so do its
 * connections. Signals come from that context; the callback of an asynchronous call comes from the
 * context that is the thread-default one during the call, or from the client's context if no
 * context was pushed.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspClient, wsp_client, G_TYPE_OBJECT)

static void
wsp_client_dispose (GObject *object)
{
  if (wsp_last_reference_is_elsewhere (WSP_CLIENT (object)->settings.reactor, object))
    return;

  G_OBJECT_CLASS (wsp_client_parent_class)->dispose (object);
}

static void
wsp_client_finalize (GObject *object)
{
  WspAttemptSettings *settings = &WSP_CLIENT (object)->settings;

  wsp_dial_settings_clear (&settings->dial);
  wsp_connect_queue_free (settings->host_queue);
  wsp_connect_queue_free (settings->address_queue);
  g_ptr_array_unref (settings->taps);
  g_free (settings->origin);
  g_clear_object (&settings->deflate);
  g_free (settings->user_agent);
  g_object_unref (settings->limits);
  wsp_reactor_unref (settings->reactor);

  G_OBJECT_CLASS (wsp_client_parent_class)->finalize (object);
}

static void
client_install_signals (void)
{
  /**
   * WspClient::prepare:
   * @self: the client
   * @handshake: (transfer none): the handshake
   *
   * A handshake is about to begin. This is the last moment to set its `request-headers`
   * and its `deflate`.
   *
   * A handler that first has to get a token, say, calls [method@Wsp.Handshake.defer], and later
   * [method@Wsp.Handshake.proceed], or [method@Wsp.Handshake.reject] with a status, as if the
   * server had responded so. One of these calls is enough, however many handlers have deferred the
   * handshake. The time of [property@Wsp.Client:connect-timeout] goes on meanwhile; when it is
   * over, or the call is cancelled, [method@Wsp.Handshake.get_cancellable] is cancelled.
   *
   * The signal is emitted once for each attempt, and not again for a redirect.
   *
   * Since: 0.1
   */
  g_signal_new ("prepare", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, WSP_TYPE_HANDSHAKE);
  /**
   * WspClient::authenticate:
   * @self: the client
   * @handshake: (transfer none): the handshake, with status and headers of the response
   * @retrying: whether credentials were sent before
   *
   * A server (status 401) or an HTTP proxy (407) requires credentials. A handler that has
   * credentials sets `request-headers` to headers with `Authorization` or `Proxy-Authorization`,
   * which replace earlier ones, and returns %TRUE. The request is then sent again, at most five
   * times.
   * The signal is emitted before the body of the response is read; the body is read only if no
   * other request follows.
   *
   * Credentials that are sent with the first request are those in the program's headers, and a
   * user name and password in the URI, as Basic (RFC 7617). No credentials are sent to another
   * origin after a redirect. `Proxy-Authorization` is sent only to the proxy (scheme, host and
   * port) that asked for it; if the program sets it before the first request, to the first HTTP
   * proxy.
   *
   * Returns: %TRUE to try again, %FALSE to let the attempt fail; without a handler the attempt
   * fails
   *
   * Since: 0.1
   */
  g_signal_new ("authenticate", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0,
                g_signal_accumulator_true_handled, NULL, NULL,
                G_TYPE_BOOLEAN, 2, WSP_TYPE_HANDSHAKE, G_TYPE_BOOLEAN);
  /**
   * WspClient::event:
   * @self: the client
   * @handshake: (transfer none): the handshake
   * @event: the step
   * @connectable: (transfer none): the server to connect to, after a redirect the new one
   * @connection: (transfer none) (nullable): the stream, if there is one already; below TLS where
   *   the library does TLS itself
   *
   * Emitted for each step of connecting, like [signal@Gio.SocketClient::event]. The last event is
   * %G_SOCKET_CLIENT_COMPLETE, before the request is sent. TLS with a proxy is part of
   * %G_SOCKET_CLIENT_PROXY_NEGOTIATING and has no events of its own. The results of TLS are in
   * properties of [class@Wsp.Connection].
   *
   * Where the library does TLS itself, @connection is no #GTlsConnection: a handler can neither
   * set up TLS nor check the certificate with it. A database of the program's own in
   * [property@Wsp.Client:tls-database] checks the certificate of each server.
   *
   * A handler must not run the main loop for %G_SOCKET_CLIENT_CONNECTING: GIO may free the attempt
   * to connect meanwhile, and then uses the freed memory.
   *
   * Since: 0.1
   */
  g_signal_new ("event", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 4, WSP_TYPE_HANDSHAKE, G_TYPE_SOCKET_CLIENT_EVENT,
                G_TYPE_SOCKET_CONNECTABLE, G_TYPE_IO_STREAM);
  /**
   * WspClient::accept-certificate:
   * @self: the client
   * @handshake: (transfer none): the handshake
   * @peer: (transfer none): whose certificate it should be: a [class@Gio.NetworkAddress] with the
   *   name, or the IP address, that @certificate must fit, and the port
   * @certificate: (transfer none): the certificate of the server, or of a proxy
   * @errors: why @certificate is not trusted
   *
   * A certificate is not trusted. Returning %TRUE accepts it for this connection, whose peer is
   * then not authenticated.
   *
   * The client may connect to several hosts, and so may one handshake: the signal is also emitted
   * for a proxy whose URI begins with `https`, then for the server, and again after a redirect. A
   * handler that accepts one known certificate, or certificates of one host, compares @peer:
   * [property@Wsp.Handshake:uri] is what the program asked for. The dot at the end of a name is not
   * in @peer.
   *
   * Returns: %TRUE to accept the certificate
   *
   * Since: 0.1
   */
  g_signal_new ("accept-certificate", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0,
                g_signal_accumulator_true_handled, NULL, NULL,
                G_TYPE_BOOLEAN, 4, WSP_TYPE_HANDSHAKE, G_TYPE_SOCKET_CONNECTABLE,
                G_TYPE_TLS_CERTIFICATE, G_TYPE_TLS_CERTIFICATE_FLAGS);
}

static void
wsp_client_class_init (WspClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsp_client_dispose;
  object_class->finalize = wsp_client_finalize;
  object_class->get_property = wsp_client_get_property;
  object_class->set_property = wsp_client_set_property;
  wsp_client_install_properties (object_class);
  client_install_signals ();
}

static void
wsp_client_init (WspClient *self)
{
  WspAttemptSettings *settings = &self->settings;

  settings->client = G_OBJECT (self);
  settings->reactor = wsp_reactor_ref_thread_default ();
  settings->limits = wsp_limits_new ();
  settings->taps = g_ptr_array_new_with_free_func (g_object_unref);
  settings->host_queue = wsp_connect_queue_new ();
  settings->address_queue = wsp_connect_queue_new ();
  settings->connect_timeout = WSP_CLIENT_CONNECT_TIMEOUT;
  settings->keeps_handshakes = TRUE;
  wsp_attach_begin_if_asked ();
}

/* The settings that a client has got before a fork () are good in the child, too: its attempts
 * belong to a reactor of the child then. */
static void
client_follow_fork (WspAttemptSettings *settings)
{
  if (!wsp_reactor_is_inherited (settings->reactor))
    return;

  g_autoptr (WspReactor) before = settings->reactor;

  settings->reactor = wsp_reactor_ref_own (before);
}

/**
 * wsp_client_new: (constructor)
 *
 * Creates a new client with the default settings.
 *
 * Returns: (transfer full): a new client
 *
 * Since: 0.1
 */
WspClient *
wsp_client_new (void)
{
  return g_object_new (WSP_TYPE_CLIENT, NULL);
}

/**
 * wsp_client_connect_async:
 * @self: a client
 * @uri: (transfer none): a `ws`, `wss` or `ws+unix` URI, without a fragment
 * @subprotocols: (transfer none) (nullable) (array zero-terminated=1): the subprotocols to offer,
 *   best first
 * @headers: (transfer none) (nullable): custom headers for the request; this call freezes them
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling drops the connection that
 *   is being made
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Connects and does the opening handshake.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for an invalid URI, subprotocol or
 * header, before anything is sent; with [error@Wsp.Error.HANDSHAKE] if the response
 * is not 101 or not HTTP, and if an HTTP proxy requires credentials and gets none; with
 * [error@Wsp.Error.VERSION_NOT_SUPPORTED] if the server supports other versions only;
 * with other errors of the session if the response breaks a rule; with
 * %G_IO_ERROR_TIMED_OUT if the call takes longer than [property@Wsp.Client:connect-timeout]; with
 * %G_IO_ERROR_PROXY_FAILED and similar errors if a proxy refuses; and with the errors of GIO, its
 * resolver and TLS if there is no connection. If an HTTP proxy was reached, the message of an error
 * with this proxy, TLS errors included, begins with "Proxy" and the proxy's host and port; other
 * messages name the server's. `docs/mistakes.md` lists the messages.
 *
 * To cancel is to stop waiting: the connection that is being made is dropped. If @cancellable was
 * cancelled before, nothing is sent. After the end of the call, cancelling has no effect on the
 * connection.
 *
 * To read a refusal, create the handshake yourself: [method@Wsp.Client.open_async].
 *
 * See RFC 6455, section 4.1.
 *
 * Since: 0.1
 */
void
wsp_client_connect_async (WspClient          *self,
                          const char         *uri,
                          const char * const *subprotocols,
                          WspHeaders         *headers,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (uri != NULL);

  client_follow_fork (&self->settings);

  WspCompletion *completion = wsp_completion_new (self->settings.reactor, self, connect_tag,
                                                  cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client (uri, subprotocols, headers, &error);

  if (handshake == NULL)
    wsp_completion_return_error (completion, error);
  else
    wsp_attempt_begin (&self->settings, handshake, NULL, completion);
}

/**
 * wsp_client_connect_finish:
 * @self: a client
 * @result: (transfer none): a [iface@Gio.AsyncResult]
 * @error: return location for an error
 *
 * Finishes [method@Wsp.Client.connect_async].
 *
 * Returns: (transfer full): an open connection
 *
 * Since: 0.1
 */
WspConnection *
wsp_client_connect_finish (WspClient    *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, connect_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_client_open_async:
 * @self: a client
 * @handshake: (transfer none): a handshake of a client
 * @stream: (transfer none) (nullable): a connected stream; %NULL = connect to the URI of @handshake
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling drops the connection that
 *   is being made
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Does the opening handshake that @handshake describes. After success and failure, @handshake has
 * the response: `response-status`, `response-headers`, `response-body`. Status and headers are
 * set, and notified, as soon as they have been received. After a refusal the call fails when the
 * body is complete, at its limit, or after [property@Wsp.Limits:refusal-timeout]. Each connection
 * needs a handshake of its own; that of a call that has failed can be used again. It is then
 * without a response, and [method@Wsp.Handshake.get_cancellable] returns one that is not cancelled.
 *
 * The client takes @stream over, and closes it if the handshake fails. A
 * [class@Gio.TlsConnection] does its TLS handshake first, unless it is complete. A stream that the
 * program closes ends the call, or later the connection, with %G_IO_ERROR_CLOSED.
 *
 * Fails with the same errors as [method@Wsp.Client.connect_async]. Cancelling does the same, and
 * closes @stream.
 *
 * Since: 0.1
 */
void
wsp_client_open_async (WspClient          *self,
                       WspHandshake       *handshake,
                       GIOStream          *stream,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (WSP_IS_HANDSHAKE (handshake));
  g_return_if_fail (stream == NULL || G_IS_IO_STREAM (stream));

  client_follow_fork (&self->settings);
  wsp_attempt_begin (&self->settings, handshake, stream,
                     wsp_completion_new (self->settings.reactor, self, open_tag, cancellable,
                                         callback, user_data));
}

/**
 * wsp_client_open_finish:
 * @self: a client
 * @result: (transfer none): a [iface@Gio.AsyncResult]
 * @error: return location for an error
 *
 * Finishes [method@Wsp.Client.open_async].
 *
 * Returns: (transfer full): an open connection
 *
 * Since: 0.1
 */
WspConnection *
wsp_client_open_finish (WspClient    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, open_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_client_add_tap:
 * @self: a client
 * @tap: (transfer none): a tap
 *
 * Adds @tap to all new connections, to observe them and their opening handshakes. The source is
 * the connection. If the handshake failed, the source is its [class@Wsp.Handshake]; a request that
 * is followed by another one, after a redirect or status 401, has a handshake of its own. The tap
 * gets the bytes of a response even if it is malformed, too long or incomplete. The tap gets no
 * bytes of the exchange with a proxy.
 *
 * Since: 0.1
 */
void
wsp_client_add_tap (WspClient *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_add (self->settings.taps, g_object_ref (tap));
}

/**
 * wsp_client_remove_tap:
 * @self: a client
 * @tap: (transfer none): a tap that was added
 *
 * Removes @tap for new connections; connections that have @tap keep it. A program calls this to
 * end a recording without ending its connections.
 *
 * Since: 0.1
 */
void
wsp_client_remove_tap (WspClient *self,
                       WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (WSP_IS_TAP (tap));

  guint index;

  /* The finalizer of tap may be code of the program, which must find the array complete. */
  if (g_ptr_array_find (self->settings.taps, tap, &index))
    g_object_unref (g_ptr_array_steal_index (self->settings.taps, index));
}
