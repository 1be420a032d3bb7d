/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One opening handshake of a server: read the request, check it, let the program decide, respond.
 * A request for ordinary HTTP has the same states, except for ACCEPTING and OPEN.  Handlers and
 * taps get its WspHttpRequest, which holds the WspHandshake.
 *
 *   READING --> ASKING --> UNDECIDED --> DECIDED --> ACCEPTING --> OPEN --> ENDED
 *
 *   READING    waits for the request                               handshake-timeout
 *   ASKING     waits for the handlers to return                    no timer
 *   UNDECIDED  waits for a decision, or for the peer to close      handshake-timeout
 *   DECIDED    waits for the due call, which notifies of the decision and follows it; no timer
 *   ACCEPTING  waits until the response is written; has a session  handshake-timeout
 *   RESPONDING waits until the response is written, handshake-timeout at most, and the peer has
 *              closed, a second at most
 *   OPEN       waits for the handlers of `connection`; the connection has the transport
 *   ENDED      waits for the due call, if that is queued, to free the memory; holds nothing else
 *
 * States may be skipped, and wsp_server_handshake_drop () ends a handshake in each state but OPEN.
 * WspUpgrade runs the timer, and calls serving_server_handshake_on_upgrade_ready () when a wait of
 * a state has ended.
 *
 * The values in the path of a route are checked first, because handlers of any kind may read them.
 * Then the order of the checks is the RFC's: the rules of the protocol, then the origin; then come
 * the limit for the address, the handlers of `request`, and whether a route fits.  The response of
 * a refusal has constants of the library and what the program gave, and nothing of the request.
 * If a transport does not finish its TLS handshake, no response is sent, as if no request was
 * received.
 *
 * The WspHandshake is created after the rules of the protocol were checked, if it may be needed
 * before the connection is open; else when the handshake fails and there are taps, which need a
 * source, or handlers of `handshake-failed`; else when a handler of `connection` reads
 * WspConnection:handshake; else the connection keeps what is needed to make it later, if
 * WspServer:persistent-handshakes says so.
 *
 * The program is called in ASKING, where handlers return a decision, and in due calls.  A main loop
 * that a handler runs may end and free the WspServerHandshake.  The WspHandshake, to which the
 * caller holds a reference, then has is_ended.
 *
 * docs/rationales/server.md has the reasons.
 */
#include "endpoint/serving/wsp-server-handshake-private.h"

#include "attach/wsp-attach-private.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "core/handshake/server-handshake.h"
#include "endpoint/opening/wsp-routes-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "handshake/wsp-kept-handshake-private.h"
#include "endpoint/opening/wsp-response-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"
#include "session/wsp-session-pool-private.h"

static void
log_text (WspServerHandshake *self,
          GString            *text)
{
  if (self->log == NULL)
    return;

  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);

  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, g_get_monotonic_time ());
}

static WscFields
serving_server_handshake_get_fields (WspServerHandshake *self)
{
  WscFields fields;

  fields.at = wsc_http_head_get_fields (wsp_upgrade_get_head (self->upgrade), &fields.n);
  return fields;
}

static const char *
find_refusal_reason (WspServerHandshake *self,
                     char              **details)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);
  g_autofree char *origin = wsp_heads_dup_field (head, "Origin");
  g_autofree char *host = NULL;

  if (origin == NULL)
    return NULL;

  host = wsp_heads_dup_host (head);
  return wsp_server_rules_find_refusal_reason (self->rules, origin, host,
                                               wsp_server_handshake_is_on_loopback (self), details);
}

/* A tap may run the main loop, in which the due call of OPEN frees self. */
static void
serving_server_handshake_open_connection (WspServerHandshake *self)
{
  WspServerClient *client = g_steal_pointer (&self->client);
  WspHeadLog *log = g_steal_pointer (&self->log);
  g_autoptr (WspServer) server = g_object_ref (self->worker->server);
  g_autoptr (WspServerRules) rules = wsp_server_rules_ref (self->rules);
  g_autoptr (GBytes) input = wsp_upgrade_dup_remaining_input (self->upgrade);

  wsp_upgrade_log_input (self->upgrade, log);

  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_transport (wsp_upgrade_steal_transport (self->upgrade), self->session,
                                      self->handshake, input);

  if (wsp_server_handshake_has_address (self))
    wsp_connection_set_remote_address (connection, &self->address);
  for (guint i = 0; i < rules->taps->len; i++)
    wsp_connection_add_tap (connection, rules->taps->pdata[i]);
  self->source.route = self->route;
  if (self->handshake == NULL)
    wsp_connection_set_handshake_source (connection, &self->source);
  g_set_object (&self->server, server);
  g_set_object (&self->connection, connection);
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_OPEN);
  if (log == NULL)              /* an inspector may have come since the request */
    wsp_attach_show (G_OBJECT (connection));
  wsp_server_client_open (client, connection, log, rules);
  g_clear_pointer (&log, wsp_head_log_free);
}

static void
end_open (WspServerHandshake *self)
{
  wsp_server_emit_connection (self->server, self->connection);
  g_clear_object (&self->handshake);
  if (self->rules->keeps_handshake)
    wsp_connection_keep_handshake (self->connection);
  else
    wsp_connection_drop_handshake (self->connection);
  wsp_worker_close_late (self->worker, self->connection);
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ENDED);
}

static void
begin_timeout (WspServerHandshake *self,
               gint64              from)
{
  wsp_upgrade_set_deadline (self->upgrade, wsp_server_handshake_get_deadline (self, from));
}

static WspSession *
make_session (WspServerHandshake *self)
{
  WspDeflateOptions *deflate = self->handshake != NULL
                                   ? wsp_handshake_use_deflate (self->handshake)
                                   : self->rules->deflate;

  return wsp_session_pool_acquire (self->rules->limits, deflate);
}

/* The connection begins when the response is written: at once, unless the socket is full. */
static void
accept_request (WspServerHandshake *self,
                WspHeaders         *headers,
                const char         *subprotocol)
{
  g_autoptr (GString) response = NULL;
  GError *error = NULL;

  self->session = make_session (self);
  response = wsp_response_begin_acceptance (headers, self->rules->server_header);
  if (!wsp_handshake_open_session (self->session, subprotocol, headers,
                                   serving_server_handshake_get_fields (self), response,
                                   &error))
    {
      wsp_server_handshake_fail (self, error);
      return;
    }

  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ACCEPTING);
  g_string_append (response, "\r\n");
  log_text (self, response);
  if (wsp_upgrade_write_all (self->upgrade, response->str, response->len))
    serving_server_handshake_open_connection (self);
}

static void
follow_decision (WspServerHandshake *self)
{
  g_autoptr (WspHandshake) handshake = g_object_ref (self->handshake);
  g_autoptr (WspHttpRequest) request = NULL;
  WspHandshakeView view;

  g_set_object (&request, self->http_request);
  if (request != NULL)
    wsp_http_request_notify_status (request);
  else
    wsp_handshake_notify_status (handshake);

  view = wsp_handshake_view (handshake);
  if (view.is_ended)
    return;                     /* a handler of notify::response-status ran the main loop */

  begin_timeout (self, wsp_reactor_get_time (self->worker->reactor));
  if (view.status == 101)
    accept_request (self, view.headers, view.subprotocol);
  else if (request != NULL && !self->is_refused)
    wsp_server_handshake_respond (self, view.status, view.headers, view.body);
  else
    wsp_server_handshake_refuse (self, view.status, view.headers, view.body,
                                 g_error_new (WSP_ERROR, WSP_ERROR_REJECTED,
                                              "Refused by the server with status %u", view.status));
}

/* In the child of a fork () the worker has another reactor. */
static gboolean
serving_server_handshake_is_inherited (WspServerHandshake *self)
{
  return self->connection != NULL &&
         wsp_reactor_is_inherited (wsp_connection_peek_reactor (self->connection));
}

/* The context has ended.  An open handshake holds the server; any other is the server's. */
static void
serving_server_handshake_let_go (WspServerHandshake *self)
{
  if (self->state == WSP_SERVER_HANDSHAKE_OPEN)
    wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ENDED);
}

static void
serving_server_handshake_run_due (WspDue *due)
{
  WspServerHandshake *self = WSP_OWNER_OF (due, WspServerHandshake, due);

  if (self->state == WSP_SERVER_HANDSHAKE_ENDED)
    g_slice_free (WspServerHandshake, self);
  else if (wsp_reactor_has_ended (self->worker->reactor) ||
           serving_server_handshake_is_inherited (self))
    serving_server_handshake_let_go (self);
  else if (self->state == WSP_SERVER_HANDSHAKE_OPEN)
    end_open (self);
  else if (self->state == WSP_SERVER_HANDSHAKE_DECIDED)
    follow_decision (self);
}

/* A decision in ASKING is followed when the handlers have returned. */
static void
on_decided (WspHandshake *handshake,
            gpointer      owner)
{
  WspServerHandshake *self = owner;

  if (self->state == WSP_SERVER_HANDSHAKE_UNDECIDED)
    wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_DECIDED);
}

static const char *
serving_server_handshake_choose_subprotocol (const char * const *offered,
                                             gpointer            owner)
{
  WspServerHandshake *self = owner;

  return wsp_server_rules_choose_protocol (self->rules, offered);
}

static gboolean
is_served (WspServerHandshake *self)
{
  return wsp_routes_serve (self->rules->routes, self->route);
}

static gboolean
serving_server_handshake_serves (WspHandshake *handshake,
                                 gpointer      owner)
{
  return is_served (owner);
}

static void
ask_program (WspServerHandshake *self)
{
  g_autoptr (WspServer) server = g_object_ref (self->worker->server);
  g_autoptr (WspHandshake) handshake = g_object_ref (self->handshake);

  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ASKING);
  if (wsp_server_handshake_are_too_many (self, WSP_STAGE_UNDECIDED))
    {
      wsp_server_handshake_refuse_by_pending (self);
      return;
    }

  wsp_server_ask (server, handshake);
  if (wsp_handshake_view (handshake).is_ended ||
      wsp_reactor_is_inherited (self->worker->reactor))         /* a handler has called fork () */
    return;

  wsp_server_handshake_enter (self, wsp_handshake_view (handshake).status == 0
                                    ? WSP_SERVER_HANDSHAKE_UNDECIDED
                                    : WSP_SERVER_HANDSHAKE_DECIDED);
}

/* In ASKING nothing is to be done: ask_program () goes on when the handlers have returned. */
static void
on_proceeded (WspHandshake *handshake,
              gpointer      owner)
{
  WspServerHandshake *self = owner;
  g_autoptr (WspServer) server = g_object_ref (self->worker->server);
  g_autoptr (WspHandshake) held = g_object_ref (handshake);

  if (self->state == WSP_SERVER_HANDSHAKE_UNDECIDED)
    wsp_server_follow_consent (held, TRUE);
}

/* There are no handlers, and the path is served. */
static void
accept_unasked (WspServerHandshake *self)
{
  WscFields fields = serving_server_handshake_get_fields (self);
  g_auto (GStrv) offered = NULL;
  const char *subprotocol;

  if (wsc_fields_count (fields, "Sec-WebSocket-Protocol") > 0)
    offered = wsp_handshake_list_protocols (fields);
  subprotocol = wsp_server_rules_choose_protocol (self->rules, (const char * const *) offered);
  if (self->handshake != NULL)
    wsp_handshake_accept_by_default (self->handshake, subprotocol);
  accept_request (self, NULL, subprotocol);
}

static const WspHandshakeFuncs funcs = {
  on_decided, serving_server_handshake_choose_subprotocol, serving_server_handshake_serves,
  on_proceeded,
};

/* Makes the handshake for a handler that reads WspConnection:handshake. */
static WspHandshake *
make_from_source (WspHandshakeSource *source)
{
  WspServerHandshake *self = WSP_OWNER_OF (source, WspServerHandshake, source);
  WspHandshake *handshake = wsp_server_handshake_make_object (self);

  wsp_handshake_accept_by_default (handshake, wsp_session_get_subprotocol (self->session));
  wsp_handshake_end (handshake);
  return handshake;
}

/* For a connection that keeps a handshake which no handler has read. */
static WspKeptHandshake *
keep_from_source (WspHandshakeSource *source)
{
  WspServerHandshake *self = WSP_OWNER_OF (source, WspServerHandshake, source);

  return wsp_kept_handshake_new_for_request (&(WspAcceptedRequest) {
    .target = wsc_http_head_get_target (wsp_upgrade_get_head (self->upgrade)),
    .fields = serving_server_handshake_get_fields (self),
    .deflate = self->rules->deflate,
    .route = self->route,
    .address = &self->address,
    .address_length = wsp_server_handshake_has_address (self) ? sizeof self->address : 0,
  });
}

/* A path that no route fits is refused where handlers decide, because they may refuse it with
 * another status. */
static gboolean
asks_program (WspServerHandshake *self)
{
  return !is_served (self) || wsp_server_has_request_handler (self->worker->server);
}

/* The details of the transport cannot be read after the connection has got it. */
static gboolean
needs_handshake (WspServerHandshake *self)
{
  g_autoptr (WspPeerCertificate) certificate =
    wsp_transport_dup_peer_certificate (wsp_upgrade_get_transport (self->upgrade), NULL);

  return !wsp_server_handshake_has_address (self) || certificate != NULL || asks_program (self);
}

static void
take_websocket (WspServerHandshake *self)
{
  WscFault fault = wsp_server_rules_check (self->rules, wsp_upgrade_get_head (self->upgrade));
  const char *reason;
  g_autofree char *details = NULL;

  if (fault != WSC_FAULT_NONE)
    {
      wsp_server_handshake_refuse_fault (self, fault);
      return;
    }

  if (needs_handshake (self))
    wsp_server_handshake_ensure_object (self);
  reason = find_refusal_reason (self, &details);
  if (reason != NULL)
    wsp_server_handshake_refuse_by_policy (self, 403, reason, details);
  else if (self->client->exceeds_address_limit)
    wsp_server_handshake_refuse_by_address (self);
  else if (self->client->is_extra)
    wsp_server_handshake_refuse_by_connections (self);
  else if (self->handshake != NULL && asks_program (self))
    ask_program (self);
  else
    accept_unasked (self);
}

/* FALSE: the request was refused. */
static gboolean
find_client (WspServerHandshake *self)
{
  WspNativeAddress client = WSP_NO_NATIVE_ADDRESS;
  g_autofree char *mistake = NULL;
  g_autofree char *details = NULL;

  if (!self->is_trusted)
    return TRUE;

  if (!wsp_trusted_proxies_find_client (self->rules->trusted,
                                        serving_server_handshake_get_fields (self), &client,
                                        &mistake))
    {
      details = g_strdup_printf (": received %s from a proxy of WspServer:trusted-proxies",
                                 mistake);
      wsp_server_handshake_refuse_by_policy (self, 400, "X-Forwarded-For is not a list of "
                                             "IP addresses", details);
      return FALSE;
    }

  if (client.any.sa_family != AF_UNSPEC)
    {
      self->address = client;
      wsp_server_client_count_address (self->client, self->rules, &client.any);
    }
  return TRUE;
}

/* FALSE: the request was refused. */
static gboolean
serving_server_handshake_find_route (WspServerHandshake *self)
{
  const char *mistake = NULL;
  g_autofree char *details = NULL;

  self->route = wsp_server_rules_find_route (self->rules, wsp_upgrade_get_head (self->upgrade),
                                             &mistake, &details);
  if (mistake != NULL)
    wsp_server_handshake_refuse_by_policy (self, 400, mistake, details);
  return mistake == NULL;
}

static void
serving_server_handshake_take_request (WspServerHandshake *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);

  if (!find_client (self) || !serving_server_handshake_find_route (self))
    return;

  if (wsp_server_rules_is_http (head) &&
      wsp_server_has_http_request_handler (self->worker->server, self->route))
    wsp_server_handshake_take_http (self);
  else if (wsp_server_rules_is_http (head) && wsp_server_rules_lack_path (self->rules, head))
    wsp_server_handshake_refuse_by_path (self);
  else
    take_websocket (self);
}

static GError *
serving_server_handshake_describe_end (WspServerHandshake *self,
                                       const GError       *error)
{
  g_auto (WspTransportTls) tls = { 0 };

  wsp_transport_describe_tls (wsp_upgrade_get_transport (self->upgrade), &tls);
  return wsp_server_handshake_describe_end (error, tls.version);
}

/* READING: when the time is over, a request whose first line is complete gets a response, and less
 * than a line gets none. */
static void
end_reading (WspServerHandshake *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);
  const GError *error = wsp_upgrade_get_error (self->upgrade);

  wsp_upgrade_log_input (self->upgrade, self->log);
  if (wsp_upgrade_get_fault (self->upgrade) != WSC_FAULT_NONE)
    wsp_server_handshake_refuse_fault (self, wsp_upgrade_get_fault (self->upgrade));
  else if (error == NULL)
    serving_server_handshake_take_request (self);
  else if (!wsp_upgrade_has_expired (self->upgrade))
    wsp_server_handshake_fail (self, serving_server_handshake_describe_end (self, error));
  else if (head != NULL && wsc_http_head_has_first_line (head))
    wsp_server_handshake_refuse_by_time (self, 408, "Request is not complete");
  else
    wsp_server_handshake_refuse_by_time (self, 0, "No request received");
}

/* UNDECIDED: the time is over, or the peer has closed.  DECIDED: the peer has closed. */
static void
end_deciding (WspServerHandshake *self)
{
  if (wsp_upgrade_has_expired (self->upgrade))
    wsp_server_handshake_refuse_by_time (self, 503, "Request not accepted or rejected");
  else
    wsp_server_handshake_fail (self, g_error_copy (wsp_upgrade_get_error (self->upgrade)));
}

static void
end_accepting (WspServerHandshake *self)
{
  const GError *error = wsp_upgrade_get_error (self->upgrade);

  if (error == NULL)
    serving_server_handshake_open_connection (self);
  else
    wsp_server_handshake_fail (self, g_error_copy (error));
}

static void
serving_server_handshake_on_upgrade_ready (WspUpgrade *upgrade,
                                           gpointer    owner)
{
  WspServerHandshake *self = owner;

  switch (self->state)
    {
    case WSP_SERVER_HANDSHAKE_READING:
      end_reading (self);
      break;
    case WSP_SERVER_HANDSHAKE_UNDECIDED:
    case WSP_SERVER_HANDSHAKE_DECIDED:
      end_deciding (self);
      break;
    case WSP_SERVER_HANDSHAKE_ACCEPTING:
      end_accepting (self);
      break;
    case WSP_SERVER_HANDSHAKE_RESPONDING:
      wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ENDED);
      break;
    case WSP_SERVER_HANDSHAKE_ASKING:
    case WSP_SERVER_HANDSHAKE_OPEN:
    case WSP_SERVER_HANDSHAKE_ENDED:
      g_assert_not_reached ();
    }
}

static void
serving_server_handshake_read_member (gpointer member)
{
  WspServerHandshake *self = member;

  wsp_upgrade_read_now (self->upgrade);
}

static void
serving_server_handshake_end_member (gpointer member)
{
  wsp_server_handshake_refuse_by_pending (member);
}

/* This function may run code of the program. */
static void
serving_server_handshake_make_room (WspServerHandshake *newest,
                                    WspStage            stage)
{
  static const WspWaiting waiting =
  { serving_server_handshake_read_member, serving_server_handshake_end_member };

  wsp_worker_make_room (newest->worker, &newest->worker->pending[stage], newest->rules, &waiting);
}

static void
on_request_begun (WspUpgrade *upgrade,
                  gpointer    owner)
{
  WspServerHandshake *self = owner;

  wsp_server_handshake_set_stage (self, WSP_STAGE_INCOMPLETE);
  serving_server_handshake_make_room (self, WSP_STAGE_INCOMPLETE);
}

void
wsp_server_handshake_begin (WspServerClient     *client,
                            WspTransport        *transport,
                            const WspServerPeer *peer)
{
  WspServerHandshake *self = g_slice_new0 (WspServerHandshake);
  WspReactor *reactor = client->worker->reactor;

  self->client = client;
  self->worker = client->worker;
  self->rules = wsp_server_ref_rules (client->worker->server);
  self->begun = peer->begun;
  self->link.data = self;
  self->address = peer->address;
  self->is_proxied = peer->is_proxied;
  self->is_trusted = wsp_trusted_proxies_have (self->rules->trusted, &peer->source.any);
  self->due.run = serving_server_handshake_run_due;
  self->funcs = &funcs;
  self->source.make = make_from_source;
  self->source.keep = keep_from_source;
  if (self->rules->taps->len > 0 || wsp_attach_is_watched ())
    self->log = wsp_head_log_new ();
  self->upgrade = wsp_upgrade_new (reactor, transport, WSC_HEAD_REQUEST, &self->rules->head,
                                   serving_server_handshake_on_upgrade_ready, self);
  wsp_upgrade_set_begun_func (self->upgrade, on_request_begun);
  begin_timeout (self, self->begun);
  wsp_upgrade_read_head (self->upgrade);
  g_queue_push_tail_link (&self->worker->pending[self->stage], &self->link);
  serving_server_handshake_make_room (self, WSP_STAGE_SILENT);
}
