/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server as an object: its class, its routes and its taps.  docs/rationales/server.md has the
 * reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include <unistd.h>

#include "endpoint/opening/wsp-routes-private.h"
#include "endpoint/opening/wsp-server-tls-private.h"
#include "endpoint/serving/wsp-connection-list-private.h"
#include "endpoint/serving/wsp-listener-list-private.h"
#include "endpoint/serving/wsp-listener-private.h"
#include "attach/wsp-attach-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "reactor/wsp-last-reference-private.h"
#include "reactor/wsp-reactor-private.h"

/**
 * WspServer:
 *
 * Accepts WebSockets. The server keeps its connections alive until they are closed.
 *
 * Pages of other sites cannot connect unless [property@Wsp.Server:allowed-origins] has their
 * origin, because every page that a browser shows can reach a server on the same machine.
 *
 * A request is checked in this order: the rules of the protocol, the origin and the number of
 * connections from its address, the handlers of [signal@Wsp.Server::request], and whether a route
 * fits its path ([method@Wsp.Server.add_route]).
 *
 * A server belongs to the thread-default main context in which it was created, and so do its
 * connections unless [method@Wsp.Server.start_workers] was called. Signals come from that context;
 * the callback of [method@Wsp.Server.shutdown_async] comes from the context that is the
 * thread-default one during the call, or from the server's context if no context was pushed.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (WspServer, wsp_server, G_TYPE_OBJECT)

/* Releases objects of the program while the server can still be called: to release them may run
 * code of the program, which may call the server. */
static void
let_go_of_program (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_server_begin_change (self);
  g_ptr_array_set_size (self->settings->taps, 0);
  wsp_server_tls_clear (&self->settings->tls);
  g_clear_object (&self->settings->deflate);
  wsp_server_end_change (self);
  wsp_server_replace_limits (self, limits);
}

static void
wsp_server_dispose (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  if (wsp_reactor_is_inherited (self->reactor))
    wsp_reactor_leave (self->reactor);
  if (wsp_last_reference_is_elsewhere (self->reactor, object))
    return;

  WspCompletion *ending = wsp_server_stop_ending (self);

  wsp_server_end_listeners (self);
  wsp_server_stop_workers (self);
  wsp_worker_abort_all_unnotified (self->workers->pdata[0]);
  if (ending != NULL)
    wsp_completion_return_number (ending, 0);
  let_go_of_program (self);

  G_OBJECT_CLASS (wsp_server_parent_class)->dispose (object);
}

/* Ends listeners that handlers of items-changed have created while the server was disposed. */
static void
end_late_listeners (WspServer *self)
{
  GPtrArray *listeners = wsp_listener_list_peek (self->listeners);

  for (guint i = 0; i < listeners->len; i++)
    wsp_listener_end (listeners->pdata[i]);
}

static void
wsp_server_finalize (GObject *object)
{
  WspServer *self = WSP_SERVER (object);

  wsp_server_end_following_forks (self);
  end_late_listeners (self);
  g_signal_handlers_disconnect_by_data (self->settings->limits, self);
  g_ptr_array_unref (self->workers);
  wsp_worker_counts_free_all (self->counts);
  g_object_unref (self->listeners);
  g_clear_pointer (&self->rules, wsp_server_rules_unref);
  wsp_server_rules_unref (self->settings);
  g_clear_pointer (&self->addresses, g_hash_table_unref);
  g_object_unref (self->connections);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  g_free (self->drain.reason);
  g_mutex_clear (&self->rules_lock);
  g_mutex_clear (&self->addresses_lock);
  wsp_reactor_unref (self->reactor);

  G_OBJECT_CLASS (wsp_server_parent_class)->finalize (object);
}

static void
on_client_left (WspServer *self)
{
  wsp_server_resume_accepting (self);
  wsp_server_end_shutdown (self);
}

static const WspServerFuncs funcs = {
  .client_left = on_client_left,
  .drop_clients = wsp_worker_drop_all,
  .connections = &wsp_server_client_funcs,
};

static void
wsp_server_class_init (WspServerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = wsp_server_dispose;
  object_class->finalize = wsp_server_finalize;
  wsp_server_install_properties (object_class);
  wsp_server_install_signals ();
}

static void
wsp_server_init (WspServer *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  static gsize last_number;

  self->funcs = &funcs;
  self->number = g_atomic_pointer_add (&last_number, 1) + 1;
  self->reactor = wsp_reactor_ref_thread_default ();
  self->spare_fd = -1;
  self->settings = wsp_server_rules_new (limits);
  self->listeners = wsp_listener_list_new ();
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_worker_free);
  self->connections = wsp_connection_list_new ();
  g_mutex_init (&self->rules_lock);
  g_mutex_init (&self->addresses_lock);
  g_ptr_array_add (self->workers, wsp_worker_new_main (self));
  wsp_server_begin_following_forks (self);
  wsp_server_follow_limits (self);
  wsp_attach_begin_if_asked ();
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
 * wsp_connection_dup_server:
 * @self: a connection
 *
 * Gets the server that the connection belongs to, in the connection's thread. Python and
 * JavaScript have `connection.server`.
 *
 * Returns: (transfer full) (nullable): the server; %NULL if the connection is not one of a server,
 *   or has ended
 *
 * Since: 0.1
 */
WspServer *
wsp_connection_dup_server (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (wsp_connection_peek_reactor (self)), NULL);

  const WspServerClient *client = (gconstpointer) wsp_connection_peek_owner (self);

  return client != NULL ? g_object_ref (client->worker->server) : NULL;
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
 * wsp_server_get_listeners: (get-property listeners)
 * @self: a server
 *
 * Gets the open listeners, in the order in which they were created, as a list that emits
 * [signal@Gio.ListModel::items-changed].
 *
 * Returns: (transfer none): a list of [class@Wsp.Listener]; valid as long as @self
 *
 * Since: 0.1
 */
GListModel *
wsp_server_get_listeners (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return G_LIST_MODEL (self->listeners);
}

/**
 * wsp_server_add_route:
 * @self: a server
 * @pattern: (transfer none): a path, such as `/chat` or `/rooms/{room}`; letters, digits and
 *   `-._~!$&'()*+,;=:@/`, and parameters
 * @error: return location for an error
 *
 * Serves a path, or each path that fits a pattern. A pattern without parameters is exact: `/chat`
 * fits `/chat`, also with a query, and neither `/chat/` nor `/chat/room`; `/` fits the root alone.
 *
 * A parameter is a whole segment: `/rooms/{room}` fits `/rooms/tea`, and neither `/rooms/` nor
 * `/rooms/tea/old`. At the end of a pattern `{file...}` fits one segment or more, of which the
 * first is not empty. A name has lower-case letters, digits and `_`, begins with a letter, and is
 * in a pattern once. [method@Wsp.Handshake.dup_path_value] has the value.
 *
 * If a path fits more than one pattern, the first segment in which these differ decides: a literal
 * comes before `{x}`, and `{x}` before `{x...}`. Of two patterns that differ in names only, the
 * second is an error.
 *
 * A path is compared as it was sent: `/%61dmin` does not fit `/admin`. If a value cannot be
 * decoded, is not UTF-8 or has a NUL, the response is status 400, whatever handlers decide; so it
 * is for a `{x...}` with an encoded slash (`%2F`) or with a segment `.` or `..`.
 *
 * A server without routes serves all paths. A server with routes responds with 404 if no route
 * fits, unless a handler of [signal@Wsp.Server::request] has decided. The route of a request is in
 * [property@Wsp.Handshake:route], that of a connection in [property@Wsp.Connection:route]. It is
 * also the detail of [signal@Wsp.Server::connection] and [signal@Wsp.Server::http-request]:
 *
 * ```c
 * wsp_server_add_route (server, "/chat", NULL);
 * g_signal_connect (server, "connection::/chat", G_CALLBACK (on_chat), NULL);
 * ```
 *
 * Patterns are the program's: one for each kind of service, not one for each room. The memory of a
 * pattern is never freed.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @pattern does not begin with `/`, has another
 * character or a part of a segment as a parameter, or fits the same paths as a pattern that was
 * added before.
 *
 * Returns: whether the route was added
 *
 * Since: 0.1
 */
gboolean
wsp_server_add_route (WspServer  *self,
                      const char *pattern,
                      GError    **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  wsp_server_begin_change (self);
  gboolean is_added = wsp_routes_add (self->settings->routes, pattern, error);

  wsp_server_end_change (self);
  return is_added;
}

/**
 * wsp_server_remove_route:
 * @self: a server
 * @pattern: (transfer none): a pattern that was added
 *
 * Serves @pattern no longer. An opening handshake that has begun keeps the routes that the server
 * had then, and connections that are open stay open and keep their
 * [property@Wsp.Connection:route]. After the last route was removed, the server serves all paths
 * again.
 *
 * Returns: whether the server had the route
 *
 * Since: 0.1
 */
gboolean
wsp_server_remove_route (WspServer  *self,
                         const char *pattern)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);

  wsp_server_begin_change (self);
  gboolean is_removed = wsp_routes_remove (self->settings->routes, pattern);

  wsp_server_end_change (self);
  return is_removed;
}

/**
 * wsp_server_add_http_route:
 * @self: a server
 * @pattern: (transfer none): a path or a pattern, as for [method@Wsp.Server.add_route]
 * @error: return location for an error
 *
 * Adds a page: @pattern becomes the detail of [signal@Wsp.Server::http-request], and
 * [property@Wsp.HttpRequest:route] of the requests that fit. It does not change at which paths
 * WebSockets may connect. A path that also fits a route of [method@Wsp.Server.add_route] is
 * this page for ordinary HTTP.
 *
 * ```c
 * wsp_server_add_http_route (server, "/healthz", NULL);
 * g_signal_connect (server, "http-request::/healthz", G_CALLBACK (on_health), NULL);
 * ```
 *
 * A server with pages responds with status 404 to ordinary HTTP that no handler takes, instead of
 * 426, unless the path fits a route of [method@Wsp.Server.add_route].
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @pattern is not valid, or fits the same paths as
 * one that was added with this method before.
 *
 * Returns: whether the page was added
 *
 * Since: 0.1
 */
gboolean
wsp_server_add_http_route (WspServer  *self,
                           const char *pattern,
                           GError    **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  wsp_server_begin_change (self);
  gboolean is_added = wsp_routes_add (self->settings->http_routes, pattern, error);

  wsp_server_end_change (self);
  return is_added;
}

/**
 * wsp_server_remove_http_route:
 * @self: a server
 * @pattern: (transfer none): a pattern that was added with [method@Wsp.Server.add_http_route]
 *
 * Removes a page. A request that has begun keeps the pages that the server had then.
 *
 * Returns: whether the server had the page
 *
 * Since: 0.1
 */
gboolean
wsp_server_remove_http_route (WspServer  *self,
                              const char *pattern)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);

  wsp_server_begin_change (self);
  gboolean is_removed = wsp_routes_remove (self->settings->http_routes, pattern);

  wsp_server_end_change (self);
  return is_removed;
}

/**
 * wsp_server_add_tap:
 * @self: a server
 * @tap: (transfer none): a tap
 *
 * Adds @tap to all new connections, to observe them and their opening handshakes. The source is
 * the connection. If the handshake failed, the source is a [class@Wsp.Handshake] of its own, even
 * if the request was malformed, incomplete or missing: its properties have what could be read. With
 * a handler of [signal@Wsp.Server::http-request], the source of an ordinary HTTP request is a
 * [class@Wsp.HttpRequest], even if the request was refused before the handler was called.
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
 * Removes @tap for new connections; connections that have @tap keep it. A program calls this to
 * end a recording without ending its connections.
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
