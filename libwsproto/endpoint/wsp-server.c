/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server as an object: its settings, routes and signals.  wsp-server-listen.c listens,
 * wsp-server-handshake.c does an opening handshake, wsp-server-connections.c has the connections,
 * wsp-server-workers.c the threads. */
#include "endpoint/wsp-server-private.h"

#include <unistd.h>

#include "handshake/wsp-handshake-private.h"
#include "limits/wsp-limits-private.h"
#include "log/wsp-log-private.h"

enum
{
  REQUEST,
  HTTP_REQUEST,
  CONNECTION,
  HANDSHAKE_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/**
 * WspServer:
 *
 * Accepts WebSockets. The server keeps its connections alive until they are closed.
 *
 * Pages of other sites cannot connect unless [property@Wsp.Server:allowed-origins] has their
 * origin, because every page that a browser shows can reach a server on the same machine.
 *
 * A request is checked in this order: the rules of the protocol, the origin and the number of
 * connections from its address, the handlers of [signal@Wsp.Server::request], and the route of
 * its path ([method@Wsp.Server.add_route]).
 *
 * A server belongs to the thread-default main context in which it was created, and so do its
 * connections unless [method@Wsp.Server.start_workers] was called. Signals come from that context;
 * the callback of [method@Wsp.Server.shutdown_async] comes from the context that is the
 * thread-default one during the call, or from the server's context if no context was pushed.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspServer, wsp_server, G_TYPE_OBJECT)

/* Call this with rules_lock held. */
static WspServerRules *
ensure_rules (WspServer * self)
{
  if (self->rules == NULL)
    self->rules = wsp_server_rules_copy (self->settings);

  return self->rules;
}

WspServerRules *
wsp_server_ref_rules (WspServer *self)
{
  WspServerRules *rules;

  g_mutex_lock (&self->rules_lock);
  rules = wsp_server_rules_ref (ensure_rules (self));
  g_mutex_unlock (&self->rules_lock);
  return rules;
}

void
wsp_server_begin_change (WspServer *self)
{
  g_mutex_lock (&self->rules_lock);
  ensure_rules (self);
}

void
wsp_server_end_change (WspServer *self)
{
  g_autoptr (WspServerRules) old = g_steal_pointer (&self->rules);

  g_mutex_unlock (&self->rules_lock);
}

static void
on_limits_changed (WspServer *self)
{
  wsp_server_begin_change (self);
  wsp_server_end_change (self);
  wsp_server_resume_accepting (self);
}

static void
follow_limits (WspServer *self)
{
  g_signal_connect_swapped (self->settings->limits, "notify", G_CALLBACK (on_limits_changed), self);
}

void
wsp_server_replace_limits (WspServer *self,
                           WspLimits *limits)
{
  g_signal_handlers_disconnect_by_data (self->settings->limits, self);
  wsp_server_begin_change (self);
  g_set_object (&self->settings->limits, limits);
  follow_limits (self);
  wsp_server_end_change (self);
  wsp_server_resume_accepting (self);
}

static void
hand_over (gpointer receiver,
           gpointer content)
{
  WspServer **place = content;

  wsp_worker_invoke_main (receiver, NULL, g_steal_pointer (place), g_object_unref);
}

static void
free_place (gpointer content)
{
  WspServer **place = content;

  g_clear_object (place);
  g_free (place);
}

/* TRUE: the last reference was dropped in a worker's thread, so the server is disposed later, in
 * its own context.  hand_over () passes a new reference to that context, but only in the next turn
 * of this thread, after the present g_object_unref () has returned: if the server's context could
 * drop the new reference before, this thread would dispose the server after all. */
static gboolean
is_left_to_main_context (WspServer *self)
{
  WspWorker *worker = wsp_server_find_worker (self, g_thread_self ());

  if (worker == NULL)
    return FALSE;

  WspServer **place = g_new (WspServer *, 1);

  *place = g_object_ref (self);
  wsp_worker_invoke (worker, hand_over, place, free_place);
  return TRUE;
}

/* Releases objects of the program while the server can still be called: to release them may run
 * code of the program, which may call the server. */
static void
let_go_of_program (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_server_begin_change (self);
  g_ptr_array_set_size (self->settings->routes, 0);
  g_ptr_array_set_size (self->settings->taps, 0);
  wsp_server_tls_clear (&self->settings->tls);
  g_clear_object (&self->settings->compression);
  wsp_server_end_change (self);
  wsp_server_replace_limits (self, limits);
}

static void
wsp_server_dispose (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  if (is_left_to_main_context (self))
    return;

  g_ptr_array_set_size (self->listeners, 0);
  wsp_reactor_unset_timer (self->reactor, &self->shutdown_timer);
  wsp_server_stop_workers (self);
  wsp_worker_abort_all_unnotified (self->workers->pdata[0]);
  let_go_of_program (self);

  G_OBJECT_CLASS (wsp_server_parent_class)->dispose (object);
}

static void
wsp_server_finalize (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  g_signal_handlers_disconnect_by_data (self->settings->limits, self);
  g_ptr_array_unref (self->workers);
  g_ptr_array_unref (self->listeners);
  g_clear_pointer (&self->rules, wsp_server_rules_unref);
  wsp_server_rules_unref (self->settings);
  g_clear_pointer (&self->addresses, g_hash_table_unref);
  g_object_unref (self->connections);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  g_mutex_clear (&self->rules_lock);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_server_parent_class)->finalize (object);
}

/* The handshake of the `request` or `http-request` that is being emitted in this thread: what
 * handlers do with the handshake counts more than what they return. */
static GPrivate asked_handshake;

/* The next handler is called as long as all return TRUE and the request is undecided. */
static gboolean
accumulate_consent (GSignalInvocationHint *hint,
                    GValue                *consent,
                    const GValue          *returned,
                    gpointer               data)
{
  gboolean is_consent = g_value_get_boolean (returned);

  g_value_set_boolean (consent, is_consent);
  return is_consent && wsp_handshake_is_unhandled (g_private_get (&asked_handshake));
}

/* The next handler is called as long as all return FALSE and the request is undecided. */
static gboolean
accumulate_taken (GSignalInvocationHint *hint,
                  GValue                *is_taken,
                  const GValue          *returned,
                  gpointer               data)
{
  gboolean was_taken = g_value_get_boolean (returned);

  g_value_set_boolean (is_taken, was_taken);
  return !was_taken && wsp_handshake_is_unhandled (g_private_get (&asked_handshake));
}

static void
make_request_signals (void)
{
  /**
   * WspServer::request:
   * @self: the server
   * @handshake: (transfer none): the request
   *
   * A client requests a WebSocket, and the rules of the protocol and the origin have been
   * checked. The signal asks whether the request may be accepted.
   *
   * If all handlers return %TRUE, the route of the path decides; without routes the request is
   * accepted with a subprotocol of [property@Wsp.Server:subprotocols]. If a handler returns %FALSE,
   * as language bindings also do for a handler that failed or returned nothing, the response is
   * status 500, and the log says so.
   *
   * After [method@Wsp.Handshake.accept], [method@Wsp.Handshake.reject] or, for a later decision,
   * [method@Wsp.Handshake.defer] the return value is ignored, and neither other handlers nor the
   * route are called. [method@Wsp.Handshake.proceed] is a later %TRUE: the route decides then. In
   * Python and JavaScript the handler may be async, with the overrides of this library.
   *
   * Returns: %TRUE to allow the request
   *
   * Since: 0.1
   */
  signals[REQUEST] = g_signal_new ("request", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                                   accumulate_consent, NULL, NULL,
                                   G_TYPE_BOOLEAN, 1, WSP_TYPE_HANDSHAKE);
  /**
   * WspServer::http-request:
   * @self: the server
   * @handshake: (transfer none): the request
   *
   * A client has sent an ordinary HTTP request to the port: `GET` or `HEAD`, without header fields
   * that ask for a WebSocket. The signal asks whether the handler responds to the request, as for a
   * health check or for the one page of a demo.
   *
   * A handler that serves the path calls [method@Wsp.Handshake.respond], or
   * [method@Wsp.Handshake.defer] to respond later, and returns %TRUE; other handlers are not called
   * then. If all return %FALSE, as language bindings also do for a handler that failed or returned
   * nothing, the response is status 426, which asks for a WebSocket. If a handler returns %TRUE and
   * has not responded, the response is status 500, and the log says so; with the overrides for
   * Python and JavaScript a handler that failed has the same response.
   *
   * Neither the origin nor the routes are checked: pages of any site can send such a request, and
   * cannot read the response. A page that has rebound its own name to this machine could read it:
   * therefore on a loopback address a request with a `Host` is refused with status 421, unless the
   * host is `localhost`, a loopback address or in [property@Wsp.Server:allowed-hosts]. On other
   * addresses, check [property@Wsp.Handshake:host] if the response is confidential.
   *
   * The connection is closed after the response. The time and the number of such requests are
   * limited as for opening handshakes, by `handshake-timeout` and `max-pending-handshakes`. For
   * more than this use an HTTP library, and [method@Wsp.Server.adopt].
   *
   * Without a handler all such requests are refused, `HEAD` with status 405.
   * [signal@Wsp.Server::handshake-failed] is emitted for requests that are refused, not for
   * requests to which a handler has responded.
   *
   * Returns: %TRUE if the handler responds
   *
   * Since: 0.1
   */
  signals[HTTP_REQUEST] = g_signal_new ("http-request", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                                        accumulate_taken, NULL, NULL,
                                        G_TYPE_BOOLEAN, 1, WSP_TYPE_HANDSHAKE);
}

static void
make_result_signals (void)
{
  /**
   * WspServer::connection:
   * @self: the server
   * @connection: (transfer none): an open connection
   *
   * A client has connected, and the response was written. The server keeps the connection alive.
   *
   * Since: 0.1
   */
  signals[CONNECTION] = g_signal_new ("connection", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CONNECTION);
  /**
   * WspServer::handshake-failed:
   * @self: the server
   * @address: (transfer none) (nullable): the address of the client
   * @error: (transfer none): the reason
   *
   * An opening handshake has failed, or was refused with a response. The signal is emitted once for
   * each failed handshake. See RFC 6455, section 4.2.2.
   *
   * Since: 0.1
   */
  signals[HANDSHAKE_FAILED] = g_signal_new ("handshake-failed", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                            G_TYPE_SOCKET_ADDRESS, G_TYPE_ERROR);
}

static void
wsp_server_class_init (WspServerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsp_server_dispose;
  object_class->finalize = wsp_server_finalize;
  wsp_server_install_properties (object_class);
  make_request_signals ();
  make_result_signals ();
}

static void
wsp_server_init (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  self->reactor = wsp_reactor_ref_thread_default ();
  self->spare_fd = -1;
  self->settings = wsp_server_rules_new (limits);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_listener_free);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_worker_free);
  self->connections = wsp_connection_list_new ();
  g_mutex_init (&self->rules_lock);
  g_ptr_array_add (self->workers, wsp_worker_new_main (self));
  follow_limits (self);
}

gboolean
wsp_server_has_request_handler (WspServer *self)
{
  return g_signal_has_handler_pending (self, signals[REQUEST], 0, FALSE);
}

gboolean
wsp_server_has_http_request_handler (WspServer *self)
{
  return g_signal_has_handler_pending (self, signals[HTTP_REQUEST], 0, FALSE);
}

static gboolean
ask (WspServer    *self,
     guint         signal,
     WspHandshake *handshake)
{
  gpointer outer = g_private_get (&asked_handshake);
  gboolean returned = FALSE;

  g_private_set (&asked_handshake, handshake);
  g_signal_emit (self, signal, 0, handshake, &returned);
  g_private_set (&asked_handshake, outer);
  return returned;
}

/* FALSE: the function of the route has returned FALSE. */
static gboolean
ask_route (WspServer      *self,
           WspServerRules *rules,
           WspHandshake   *handshake)
{
  WspRoute *route;

  if (!wsp_handshake_begin_route (handshake))
    return TRUE;                /* the function of the route was called, and has deferred */

  route = wsp_route_find (rules->routes, wsp_handshake_get_path (handshake));
  if (route == NULL && rules->routes->len > 0)
    {
      wsp_handshake_reject (handshake, 404, NULL, NULL);
      return TRUE;
    }
  if (route == NULL || route->func == NULL)
    return TRUE;

  WspRouteFunc decide = (WspRouteFunc) route->func;

  return decide (self, handshake, route->user_data);
}

/* A handler that has failed counts as FALSE too, because its decision is not known. */
static void
reject_undecided (WspHandshake *handshake)
{
  const WspLogFields fields = { 0 };

  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &fields,
           "Request answered with 500: expected its handler to return TRUE, or to accept, reject "
           "or defer it, received FALSE");
  wsp_handshake_reject (handshake, 500, NULL, NULL);
}

/* Handlers, then the route, may decide now or later; otherwise the request is accepted.  A call of
 * accept (), reject () or defer () counts more than the return value. */
void
wsp_server_follow_consent (WspServer      *self,
                           WspServerRules *rules,
                           WspHandshake   *handshake,
                           gboolean        is_consent)
{
  if (is_consent && wsp_handshake_is_unhandled (handshake))
    is_consent = ask_route (self, rules, handshake);
  if (!wsp_handshake_is_unhandled (handshake))
    return;

  if (is_consent)
    wsp_handshake_accept (handshake, NULL, NULL, NULL);
  else
    reject_undecided (handshake);
}

void
wsp_server_ask (WspServer      *self,
                WspServerRules *rules,
                WspHandshake   *handshake)
{
  gboolean is_consent = !wsp_server_has_request_handler (self) ||
                        ask (self, signals[REQUEST], handshake);

  wsp_server_follow_consent (self, rules, handshake, is_consent);
}

gboolean
wsp_server_emit_http_request (WspServer    *self,
                              WspHandshake *handshake)
{
  return ask (self, signals[HTTP_REQUEST], handshake);
}

void
wsp_server_emit_connection (WspServer     *self,
                            WspConnection *connection)
{
  g_signal_emit (self, signals[CONNECTION], 0, connection);
}

void
wsp_server_emit_handshake_failed (WspServer      *self,
                                  GSocketAddress *address,
                                  const GError   *error)
{
  g_signal_emit (self, signals[HANDSHAKE_FAILED], 0, address, error);
}

/**
 * wsp_server_new: (constructor)
 *
 * Creates a new server with the default settings, without a listener.
 *
 * Returns: (transfer full): a new server
 *
 * Since: 0.1
 */
WspServer *
wsp_server_new (void)
{
  return g_object_new (WSP_TYPE_SERVER, NULL);
}

/**
 * wsp_server_get_connections: (get-property connections)
 * @self: a server
 *
 * Gets the connections that are open or closing, as a list that emits
 * [signal@Gio.ListModel::items-changed]. The list is not sorted: the last item takes the place of a
 * connection that ends.
 *
 * Returns: (transfer none): a list of [class@Wsp.Connection]; valid as long as @self
 *
 * Since: 0.1
 */
GListModel *
wsp_server_get_connections (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return wsp_connection_list_show (self->connections);
}

/**
 * wsp_server_add_route:
 * @self: a server
 * @path: (transfer none): a path that begins with `/`, encoded as in requests, without a query
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): decides about
 *   requests; %NULL = all are accepted
 * @user_data: for @func
 * @destroy: called with @user_data when neither the server nor a handshake uses the route
 *
 * Serves a path and all paths below it: `/chat` matches `/chat` and `/chat/room`, not
 * `/chatter`. If several routes match, the longest is used, and of equal routes the last added.
 *
 * A server without routes serves all paths. A server with routes responds with 404 if no route
 * matches, unless a handler of [signal@Wsp.Server::request] has decided. @func is called when
 * all of these handlers have returned %TRUE.
 *
 * Since: 0.1
 */
void
wsp_server_add_route (WspServer     *self,
                      const char    *path,
                      WspRouteFunc   func,
                      gpointer       user_data,
                      GDestroyNotify destroy)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (path != NULL && path[0] == '/');

  wsp_server_begin_change (self);
  g_ptr_array_add (self->settings->routes,
                   wsp_route_new (path, G_CALLBACK (func), user_data, destroy));
  wsp_server_end_change (self);
}

/**
 * wsp_server_add_tap:
 * @self: a server
 * @tap: (transfer none): a tap
 *
 * Adds @tap to all new connections, to observe them and their opening handshakes. The source is
 * the connection. If the handshake failed, the source is a [class@Wsp.Handshake] of its own, even
 * if the request was malformed, incomplete or missing: its properties have what could be read.
 *
 * Since: 0.1
 */
void
wsp_server_add_tap (WspServer *self,
                    WspTap    *tap)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (WSP_IS_TAP (tap));

  wsp_server_begin_change (self);
  g_ptr_array_add (self->settings->taps, g_object_ref (tap));
  wsp_server_end_change (self);
}

/**
 * wsp_server_remove_tap:
 * @self: a server
 * @tap: (transfer none): a tap that was added
 *
 * Removes @tap for new connections; connections that have @tap keep it.
 *
 * Since: 0.1
 */
void
wsp_server_remove_tap (WspServer *self,
                       WspTap    *tap)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (WSP_IS_TAP (tap));

  wsp_server_begin_change (self);
  g_ptr_array_remove (self->settings->taps, tap);
  wsp_server_end_change (self);
}
