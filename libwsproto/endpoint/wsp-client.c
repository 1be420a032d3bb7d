/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The client as an object: its calls and signals.  What a call does is dialing/wsp-attempt.c. */
#include "endpoint/wsp-client-private.h"

static guint prepare_signal, authenticate_signal, event_signal, accept_certificate_signal;

static const char connect_tag[] = "connect";
static const char open_tag[] = "open";

/**
 * WspClient:
 *
 * Connects to WebSocket servers. It holds the settings for any number of connections.
 *
 * It speaks `ws`, `wss` and `ws+unix` (`ws+unix:/path/of/the/socket:/resource`), goes through
 * the proxies of the platform, and checks certificates against the system's authorities. TLS
 * settings beyond authorities and certificates are the platform's.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspClient, wsp_client, G_TYPE_OBJECT)

static void
emit_prepare (GObject      *client,
              WspHandshake *handshake)
{
  g_signal_emit (client, prepare_signal, 0, handshake);
}

static gboolean
emit_authenticate (GObject      *client,
                   WspHandshake *handshake,
                   guint         n_authentications)
{
  gboolean has_credentials = FALSE;

  g_signal_emit (client, authenticate_signal, 0, handshake, n_authentications > 0,
                 &has_credentials);
  return has_credentials;
}

static void
emit_event (GObject            *client,
            GSocketClientEvent  event,
            GSocketConnectable *place,
            GIOStream          *stream)
{
  g_signal_emit (client, event_signal, 0, event, place, stream);
}

static gboolean
emit_accept_certificate (GObject             *client,
                         GTlsCertificate     *certificate,
                         GTlsCertificateFlags errors)
{
  gboolean is_accepted = FALSE;

  g_signal_emit (client, accept_certificate_signal, 0, certificate, errors, &is_accepted);
  return is_accepted;
}

static void
wsp_client_finalize (GObject *object)
{
  WspAttemptSettings *settings = &WSP_CLIENT (object)->settings;

  g_clear_object (&settings->dial.proxy_resolver);
  g_clear_object (&settings->dial.local_address);
  g_clear_object (&settings->dial.tls_database);
  g_clear_object (&settings->dial.tls_certificate);
  g_clear_object (&settings->dial.tls_interaction);
  wsp_connect_queue_free (settings->host_queue);
  wsp_connect_queue_free (settings->address_queue);
  g_ptr_array_unref (settings->taps);
  g_free (settings->origin);
  g_clear_pointer (&settings->compression, wsp_deflate_options_free);
  g_free (settings->user_agent);
  g_object_unref (settings->limits);
  wsp_reactor_unref (settings->reactor);

  G_OBJECT_CLASS (wsp_client_parent_class)->finalize (object);
}

static void
install_signals (void)
{
  /**
   * WspClient::prepare:
   * @self: the client
   * @handshake: what is going to be asked for
   *
   * A handshake is about to begin: the last moment to set its `request-headers`.
   *
   * Since: 0.1
   */
  prepare_signal = g_signal_new ("prepare", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, WSP_TYPE_HANDSHAKE);
  /**
   * WspClient::authenticate:
   * @self: the client
   * @handshake: what was asked for, and the answer: its status and headers
   * @retrying: whether credentials were sent before
   *
   * A server (status 401) or an HTTP proxy (407) wants credentials. A handler that has them sets
   * `request-headers` to headers with `Authorization` or `Proxy-Authorization`, which take
   * the place of earlier ones, and returns %TRUE; the request is then made again, at most
   * five times. The signal comes before the body of the answer, which is read only when no other
   * request is made.
   *
   * Without being asked, the client sends only what the program has put into the headers, and a
   * user name and password in the URI, as Basic (RFC 7617). No credentials are sent to another
   * origin after a redirect, and `Proxy-Authorization` only to the proxy (scheme, host and port)
   * that asked for it; if it was set before, to the first HTTP proxy on the way.
   *
   * Returns: %TRUE to try again; %FALSE, which is also what happens without a handler, to
   *   let the attempt fail
   *
   * Since: 0.1
   */
  authenticate_signal =
    g_signal_new ("authenticate", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 2, WSP_TYPE_HANDSHAKE, G_TYPE_BOOLEAN);
  /**
   * WspClient::event:
   * @self: the client
   * @event: what happens on the way to the server
   * @connectable: where to
   * @connection: (nullable): the stream, as far as there is one
   *
   * Tells of the steps of connecting, as [signal@Gio.SocketClient::event] does. The last
   * one is %G_SOCKET_CLIENT_COMPLETE, before the request is sent. TLS with a proxy is a part of
   * %G_SOCKET_CLIENT_PROXY_NEGOTIATING, not a step of its own.
   *
   * Since: 0.1
   */
  event_signal = g_signal_new ("event", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 3, G_TYPE_SOCKET_CLIENT_EVENT,
                               G_TYPE_SOCKET_CONNECTABLE, G_TYPE_IO_STREAM);
  /**
   * WspClient::accept-certificate:
   * @self: the client
   * @certificate: what the server has shown, or a proxy
   * @errors: why it is not trusted
   *
   * A certificate was not found to be in order. Returning %TRUE accepts it nevertheless,
   * for this connection: with that, TLS no longer says who the server is.
   *
   * A proxy whose URI begins with `https` is asked about in the same way, before the server.
   * It is the proxy's certificate if the last [signal@Wsp.Client::event] was
   * %G_SOCKET_CLIENT_PROXY_NEGOTIATING.
   *
   * Returns: whether to go on
   *
   * Since: 0.1
   */
  accept_certificate_signal =
    g_signal_new ("accept-certificate", WSP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 2, G_TYPE_TLS_CERTIFICATE, G_TYPE_TLS_CERTIFICATE_FLAGS);
}

static void
wsp_client_class_init (WspClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = wsp_client_finalize;
  object_class->get_property = wsp_client_get_property;
  object_class->set_property = wsp_client_set_property;
  wsp_client_install_properties (object_class);
  install_signals ();
}

static void
wsp_client_init (WspClient *self)
{
  static const WspAttemptFuncs funcs = {
    .prepare = emit_prepare,
    .authenticate = emit_authenticate,
    .event = emit_event,
    .accept_certificate = emit_accept_certificate,
  };
  WspAttemptSettings *settings = &self->settings;

  settings->client = G_OBJECT (self);
  settings->funcs = &funcs;
  settings->reactor = wsp_reactor_ref_thread_default ();
  settings->limits = wsp_limits_new ();
  settings->taps = g_ptr_array_new_with_free_func (g_object_unref);
  settings->host_queue = wsp_connect_queue_new ();
  settings->address_queue = wsp_connect_queue_new ();
  settings->serializes_connects = TRUE;
}

/**
 * wsp_client_new: (constructor)
 *
 * Makes a client with the default settings.
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
 * @uri: where to: a `ws`, `wss` or `ws+unix` URI, without a fragment
 * @subprotocols: (nullable) (array zero-terminated=1): what to offer, best first
 * @headers: (nullable): more header fields for the request; they are frozen
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Connects and shakes hands.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] for a bad URI, subprotocol or
 * header, before anything is sent; with [error@Wsp.SessionError.HANDSHAKE] when the answer
 * is not 101 or not HTTP, and when an HTTP proxy wants credentials and none are given; with
 * [error@Wsp.SessionError.VERSION_NOT_SUPPORTED] when the server speaks other versions only;
 * with the other errors of the session when the answer breaks a rule; with
 * %G_IO_ERROR_TIMED_OUT when it takes longer than `connect-timeout` milliseconds, from the
 * look-up of the name to the answer; with %G_IO_ERROR_PROXY_FAILED and its like when a proxy
 * refuses; and with the errors of GIO, its resolver and TLS when there is no connection. What
 * has failed with an HTTP proxy that was reached, TLS included, has a message that begins with
 * "Proxy: ".
 *
 * To look at a refusal, make the handshake yourself: [method@Wsp.Client.open_async].
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
  g_return_if_fail (uri != NULL);

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
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Client.connect_async].
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
 * @handshake: a handshake of a client
 * @stream: (nullable): a connected stream; %NULL = connect to where the handshake leads
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the connection is open
 * @user_data: for @callback
 *
 * Shakes hands as @handshake says. Whatever the outcome, the answer can be read in
 * @handshake afterwards: `response-status`, `response-headers`, `response-body`. Status and
 * headers are there, and notified, as soon as they have arrived; the call fails when the body of
 * a refusal is complete, at its limit, or after [property@Wsp.Limits:refusal-timeout]. Each
 * call needs a handshake of its own.
 *
 * A stream that is handed in belongs to the client from then on: it is closed when the
 * handshake fails. One of TLS that has not shaken hands yet does so first.
 *
 * Fails as [method@Wsp.Client.connect_async] does.
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
  g_return_if_fail (WSP_IS_HANDSHAKE (handshake));
  g_return_if_fail (stream == NULL || G_IS_IO_STREAM (stream));

  wsp_attempt_begin (&self->settings, handshake, stream,
                     wsp_completion_new (self->settings.reactor, self, open_tag, cancellable,
                                         callback, user_data));
}

/**
 * wsp_client_open_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Client.open_async].
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
 * @tap: a tap
 *
 * Lets @tap hear what passes on connections that are made from now on, their opening
 * handshakes included. The source of all it hears is the connection. If the handshake failed, the
 * source is its [class@Wsp.Handshake]; a request that was redirected or answered with 401 has one
 * of its own. A response is told as it came, even if it was malformed, too long or cut off. What
 * is said to a proxy is not told.
 *
 * Since: 0.1
 */
void
wsp_client_add_tap (WspClient *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  g_ptr_array_add (self->settings.taps, g_object_ref (tap));
}

/**
 * wsp_client_remove_tap:
 * @self: a client
 * @tap: a tap that was added
 *
 * Gives @tap to no more connections; those that have it keep it.
 *
 * Since: 0.1
 */
void
wsp_client_remove_tap (WspClient *self,
                       WspTap    *tap)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_TAP (tap));

  guint index;

  /* Its end may be code of the program. */
  if (g_ptr_array_find (self->settings.taps, tap, &index))
    g_object_unref (g_ptr_array_steal_index (self->settings.taps, index));
}

/**
 * wsp_client_get_limits: (get-property limits)
 * @self: a client
 *
 * Gives the limits that new connections share.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_client_get_limits (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);

  return self->settings.limits;
}

/**
 * wsp_client_set_limits: (set-property limits)
 * @self: a client
 * @limits: limits
 *
 * Gives new connections other limits.
 *
 * Since: 0.1
 */
void
wsp_client_set_limits (WspClient *self,
                       WspLimits *limits)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  g_set_object (&self->settings.limits, limits);
}
