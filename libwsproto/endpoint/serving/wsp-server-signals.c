/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The signals of a server, and what their handlers decide about a request.
 * docs/rationales/server.md has the reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-routes-private.h"
#include "handshake/wsp-handshake-private.h"
#include "handshake/wsp-http-request-private.h"
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
   * If all handlers return %TRUE, the request is accepted with a subprotocol of
   * [property@Wsp.Server:subprotocols]; on a server with routes the response is status 404 if none
   * of them fits the path. If a handler returns %FALSE, as language bindings also do for a handler
   * that failed or returned nothing, the response is status 500, and the log says so.
   *
   * After [method@Wsp.Handshake.accept], [method@Wsp.Handshake.reject] or, for a later decision,
   * [method@Wsp.Handshake.defer] the return value is ignored, and other handlers are not called.
   * [method@Wsp.Handshake.proceed] is a later %TRUE. In Python and JavaScript the handler may be
   * async, with the overrides of this library.
   *
   * The signal has no details, so that each handler sees each request: a handler with a mistyped
   * detail would never be called, and would refuse no client. The handler reads
   * [property@Wsp.Handshake:route].
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
   * @request: (transfer none): the request
   *
   * A client has sent an ordinary HTTP request to the port: `GET` or `HEAD`, without header fields
   * that ask for a WebSocket. The signal asks whether the handler responds to the request, as for a
   * health check or for the one page of a demo.
   *
   * A handler that serves the path calls [method@Wsp.HttpRequest.respond], or
   * [method@Wsp.HttpRequest.defer] to respond later, and returns %TRUE; other handlers are not
   * called then. If all return %FALSE, as language bindings also do for a handler that failed or
   * returned nothing, the response is status 426, which asks for a WebSocket, or 404 as
   * [method@Wsp.Server.add_http_route] says. If a handler returns
   * %TRUE and has not responded, the response is status 500, and the log says so; with the
   * overrides for Python and JavaScript a handler that failed has the same response.
   *
   * The detail is the route that fits the path, if there is one: `http-request::/health` is
   * emitted for `/health` alone, once [method@Wsp.Server.add_http_route] has added it. Where no
   * such route fits, the detail is a route of [method@Wsp.Server.add_route] that fits. A handler
   * without a detail is called for all paths, also where no route fits, and reads
   * [property@Wsp.HttpRequest:route].
   *
   * The origin is not checked: pages of any site can send such a request, and
   * cannot read the response. A page that has rebound its own name to this machine could read it:
   * therefore on a loopback address a request with a `Host` is refused with status 421, unless the
   * host is `localhost`, a loopback address or in [property@Wsp.Server:allowed-hosts]. On other
   * addresses, check [property@Wsp.HttpRequest:host] if the response is confidential.
   *
   * The connection is closed after the response. The time and the number of such requests are
   * limited as for opening handshakes, by `handshake-timeout` and `max-pending-handshakes`. For
   * more than this use an HTTP library, [method@Wsp.Server.process_handshake] and
   * [method@Wsp.Server.adopt].
   *
   * Without a handler all such requests are refused, `HEAD` with status 405.
   * [signal@Wsp.Server::handshake-failed] is emitted for requests that are refused, not for
   * requests to which a handler has responded.
   *
   * Returns: %TRUE if the handler responds
   *
   * Since: 0.1
   */
  signals[HTTP_REQUEST] = g_signal_new ("http-request", WSP_TYPE_SERVER,
                                        G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                                        accumulate_taken, NULL, NULL,
                                        G_TYPE_BOOLEAN, 1, WSP_TYPE_HTTP_REQUEST);
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
   * When all handlers have returned, a connection with a receiver of messages starts, as
   * [method@Wsp.Connection.start_receiving] says.
   *
   * The detail is the route of the connection, as it was added with
   * [method@Wsp.Server.add_route]: `connection::/chat` is emitted for `/chat` alone, and a handler
   * without a detail is called for all connections. If no handler takes the connections of a route,
   * one line in the log names the route.
   *
   * Since: 0.1
   */
  signals[CONNECTION] = g_signal_new ("connection", WSP_TYPE_SERVER,
                                      G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, WSP_TYPE_CONNECTION);
  /**
   * WspServer::handshake-failed:
   * @self: the server
   * @address: (transfer none) (nullable): the address of the client
   * @handshake: (transfer none) (nullable): the request, also one for ordinary HTTP; %NULL if no
   *   request line was read
   * @error: (transfer none): the reason
   *
   * An opening handshake has failed, or was refused with a response. The signal is emitted once for
   * each failed handshake. See RFC 6455, section 4.2.2.
   *
   * [property@Wsp.Handshake:response-status] is that of the response that was sent, 0 if none was.
   * If a request was not complete, or broke a rule of HTTP, @handshake has the lines before. The
   * time for a decision is over: [method@Wsp.Handshake.accept] fails, and
   * [method@Wsp.Handshake.reject] does nothing.
   *
   * Since: 0.1
   */
  signals[HANDSHAKE_FAILED] = g_signal_new ("handshake-failed", WSP_TYPE_SERVER, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                            G_TYPE_SOCKET_ADDRESS, WSP_TYPE_HANDSHAKE,
                                            G_TYPE_ERROR);
}

void
wsp_server_install_signals (void)
{
  make_request_signals ();
  make_result_signals ();
}

gboolean
wsp_server_has_request_handler (WspServer *self)
{
  return g_signal_has_handler_pending (self, signals[REQUEST], 0, FALSE);
}

/* GObject compares details exactly: handlers without a detail are counted apart. */
static gboolean
has_handler (WspServer *self,
             guint      signal,
             GQuark     route)
{
  return g_signal_has_handler_pending (self, signal, 0, FALSE) ||
         (route != 0 && g_signal_has_handler_pending (self, signal, route, FALSE));
}

gboolean
wsp_server_has_http_request_handler (WspServer *self,
                                     GQuark     route)
{
  return has_handler (self, signals[HTTP_REQUEST], route);
}

/* argument: of the signal. */
static gboolean
server_signals_ask (WspServer    *self,
                    guint         signal,
                    GQuark        detail,
                    WspHandshake *handshake,
                    gpointer      argument)
{
  gpointer outer = g_private_get (&asked_handshake);
  gboolean returned = FALSE;

  g_private_set (&asked_handshake, handshake);
  g_signal_emit (self, signal, detail, argument, &returned);
  g_private_set (&asked_handshake, outer);
  return returned;
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

/* Handlers may decide now or later.  A call of accept (), reject () or defer () counts more than
 * the return value. */
void
wsp_server_follow_consent (WspHandshake *handshake,
                           gboolean      is_consent)
{
  if (!wsp_handshake_is_unhandled (handshake))
    return;

  if (is_consent)
    wsp_handshake_accept (handshake, NULL, NULL, NULL);
  else
    reject_undecided (handshake);
}

void
wsp_server_ask (WspServer    *self,
                WspHandshake *handshake)
{
  gboolean is_consent = !wsp_server_has_request_handler (self) ||
                        server_signals_ask (self, signals[REQUEST], 0, handshake, handshake);

  wsp_server_follow_consent (handshake, is_consent);
}

gboolean
wsp_server_emit_http_request (WspServer      *self,
                              WspHttpRequest *request)
{
  WspHandshake *handshake = wsp_http_request_peek_handshake (request);
  GQuark route = wsp_handshake_peek_route (handshake);

  return server_signals_ask (self, signals[HTTP_REQUEST], route, handshake, request);
}

/* The log has one line for a route, however many clients connect by it. */
static void
report_untaken (WspServer *self,
                GQuark     route)
{
  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (self);
  const WspLogFields fields = { 0 };
  const char *pattern = g_quark_to_string (route);

  if (wsp_routes_note_untaken (rules->routes, route))
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &fields,
             "Connection is not taken: expected a handler of connection::%s, or of connection, for "
             "the route %s, found none", pattern, pattern);
}

void
wsp_server_emit_connection (WspServer     *self,
                            WspConnection *connection)
{
  GQuark route = wsp_connection_peek_route (connection);

  if (route != 0 && !has_handler (self, signals[CONNECTION], route))
    report_untaken (self, route);
  g_signal_emit (self, signals[CONNECTION], route, connection);
  wsp_connection_end_handing_out (connection);
}

gboolean
wsp_server_has_failure_handler (WspServer *self)
{
  return has_handler (self, signals[HANDSHAKE_FAILED], 0);
}

void
wsp_server_emit_handshake_failed (WspServer      *self,
                                  GSocketAddress *address,
                                  WspHandshake   *handshake,
                                  const GError   *error)
{
  g_signal_emit (self, signals[HANDSHAKE_FAILED], 0, address, handshake, error);
}
