/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All results of a request other than status 101: a refusal, with or without a response, and the
 * response to a request for ordinary HTTP.  A due call notifies taps and handlers after the
 * response was written. */
#include "endpoint/serving/wsp-server-handshake-private.h"

#include <libwsproto/http/wsp-headers.h>

#include "core/fault.h"
#include "core/handshake/http-head.h"
#include "core/handshake/token-list.h"
#include "endpoint/opening/wsp-response-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

typedef struct                  /* outlives the handshake */
{
  WspDue          due;
  WspWorker      *worker;
  WspServer      *server;
  GSocketAddress *address;
  WspHandshake   *handshake;    /* handshake for handlers of `handshake-failed`; NULL: no request
                                   line was read, or there were no handlers */
  GError         *error;        /* error of the handshake; NULL: a handler has responded to ordinary
                                   HTTP */
  const char     *limit;        /* property of the limit that was exceeded; NULL = none */
  WspHeadLog     *log;          /* bytes of the exchange, for the taps; NULL: there are no taps */
  WspServerRules *rules;
  GObject        *source;       /* object that the taps see as the source; NULL: there was no need
                                   for one */
  gboolean        is_status_new;        /* the response-status of source has changed */
  guint           n_forks;      /* value of wsp_n_forks when the handshake ended */
} Report;

typedef struct
{
  guint       status;           /* status of the response; 0: none was sent */
  WspHeaders *headers;          /* header fields of the program, or of the refusal; NULL: none */
  GBytes     *body;             /* NULL: none */
} SentResponse;

static void
server_response_report_free (Report *self)
{
  self->worker->n_reports--;
  g_clear_pointer (&self->log, wsp_head_log_free);
  g_clear_object (&self->source);
  g_clear_object (&self->handshake);
  wsp_server_rules_unref (self->rules);
  g_clear_object (&self->address);
  g_clear_error (&self->error);
  g_object_unref (self->server);
  g_free (self);
}

static void
emit_failure (Report *self)
{
  g_autofree char *peer = self->address != NULL
                          ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->address))
                          : g_strdup ("unknown");
  const WspLogFields fields = { .peer = peer, .limit = self->limit };

  wsp_log (self->limit != NULL ? WSP_LOG_LIMITS : WSP_LOG_HANDSHAKE,
           self->limit != NULL ? WSP_LOG_LEVEL_INFO : WSP_LOG_LEVEL_DEBUG, &fields,
           "Opening handshake refused: %s", self->error->message);
  wsp_server_emit_handshake_failed (self->server, self->address, self->handshake, self->error);
}

static void
report_status (Report *self)
{
  if (WSP_IS_HTTP_REQUEST (self->source))
    wsp_http_request_notify_status (WSP_HTTP_REQUEST (self->source));
  else
    wsp_handshake_notify_status (WSP_HANDSHAKE (self->source));
}

static void
tell_program (Report *self)
{
  if (self->is_status_new)
    report_status (self);
  if (self->log != NULL)
    wsp_head_log_notify (self->log, self->rules->taps, self->source);
  if (self->error != NULL)
    emit_failure (self);
}

static void
run_report (WspDue *due)
{
  Report *self = WSP_OWNER_OF (due, Report, due);

  if (!wsp_reactor_has_ended (self->worker->reactor) && self->n_forks == wsp_n_forks)
    tell_program (self);
  server_response_report_free (self);
}

/* Takes address and error. */
static Report *
add_report (WspWorker      *worker,
            WspServerRules *rules,
            GSocketAddress *address,
            GError         *error,
            const char     *limit)
{
  Report *self = g_new0 (Report, 1);

  self->due.run = run_report;
  self->n_forks = wsp_n_forks;
  self->worker = worker;
  self->server = g_object_ref (worker->server);
  self->address = address;
  self->error = error;
  self->limit = limit;
  self->rules = wsp_server_rules_ref (rules);
  wsp_worker_counts_add_refusal (worker->counts, limit);
  worker->n_reports++;
  wsp_reactor_call (worker->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
  return self;
}

void
wsp_worker_report_failure (WspWorker      *self,
                           WspServerRules *rules,
                           GSocketAddress *address,
                           GError         *error,
                           const char     *limit)
{
  add_report (self, rules, address, error, limit);
}

static GSocketAddress *
server_response_dup_address (WspServerHandshake *self)
{
  if (wsp_server_handshake_has_address (self))
    return g_socket_address_new_from_native (&self->address, sizeof self->address);

  return wsp_transport_dup_remote_address (wsp_upgrade_get_transport (self->upgrade));
}

static gboolean
has_request_line (WspServerHandshake *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);

  return head != NULL && wsc_http_head_has_first_line (head);
}

/* TRUE: response-status of the handshake has changed.  In ACCEPTING the response with status 101
 * was written, at least in part. */
static gboolean
record_sent (WspServerHandshake *self,
             const SentResponse *sent)
{
  gboolean was_made = self->handshake == NULL;

  wsp_server_handshake_ensure_object (self);
  wsp_handshake_end_request (self->handshake);
  if (self->state != WSP_SERVER_HANDSHAKE_ACCEPTING)
    return wsp_handshake_record_sent (self->handshake, sent->status, sent->headers, sent->body);

  if (was_made)
    wsp_handshake_accept_by_default (self->handshake, wsp_session_get_subprotocol (self->session));
  return FALSE;
}

/* Takes the error, which may be NULL. */
static void
server_response_report_end (WspServerHandshake *self,
                            const SentResponse *sent,
                            GError             *error)
{
  gboolean is_shown = has_request_line (self) &&
                      wsp_server_has_failure_handler (self->worker->server);
  gboolean is_status_new = FALSE;
  Report *report;

  if (self->handshake != NULL || self->log != NULL || is_shown)
    is_status_new = record_sent (self, sent);
  wsp_server_handshake_cancel_later (self);
  report =
    add_report (self->worker, self->rules, server_response_dup_address (self), error, self->limit);
  report->log = g_steal_pointer (&self->log);
  report->is_status_new = is_status_new;
  if (is_shown)
    report->handshake = g_object_ref (self->handshake);
  if (self->handshake != NULL)
    report->source = g_object_ref (self->http_request != NULL ? G_OBJECT (self->http_request)
                                                              : G_OBJECT (self->handshake));
}

void
wsp_server_handshake_fail (WspServerHandshake *self,
                           GError             *error)
{
  wsp_upgrade_log_input (self->upgrade, self->log);
  server_response_report_end (self, &(SentResponse) { 0 }, error);
  wsp_server_handshake_drop (self);
}

static GError *
make_pending_error (WspServerHandshake *self)
{
  return wsp_worker_make_pending_error (self->worker, &self->worker->pending[self->stage],
                                        self->rules, &self->limit);
}

/* A handshake in RESPONDING has its result already. */
static void
end_responding (WspServerHandshake *self)
{
  if (self->state == WSP_SERVER_HANDSHAKE_RESPONDING)
    wsp_server_handshake_drop (self);
  else
    wsp_server_handshake_fail (self, make_pending_error (self));
}

static gboolean
is_head_request (WspServerHandshake *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);

  return wsp_upgrade_get_fault (self->upgrade) == WSC_FAULT_NONE &&
         wsc_text_is (wsc_http_head_get_method (head), "HEAD");
}

static void
log_sent (WspServerHandshake *self,
          GBytes             *bytes)
{
  if (self->log != NULL)
    wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, g_get_monotonic_time ());
}

/* Takes the error, which may be NULL.  This function may run code of the program. */
static void
send_response (WspServerHandshake *self,
               guint               status,
               WspHeaders         *headers,
               GBytes             *body,
               GError             *error)
{
  gsize length = body != NULL ? g_bytes_get_size (body) : 0;
  const WspResponseDefaults defaults = {
    .server = self->rules->server_header,
    .methods = wsp_server_has_http_request_handler (self->worker->server, self->route) ? "GET, HEAD" : "GET",
  };
  g_autoptr (GBytes) head = wsp_response_make_head (status, headers, length, &defaults);

  if (!wsp_response_has_body (status) || is_head_request (self))
    body = NULL;
  wsp_upgrade_log_input (self->upgrade, self->log);
  log_sent (self, head);
  if (body != NULL)
    log_sent (self, body);
  wsp_upgrade_write_response (self->upgrade, head, body);
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_RESPONDING);
  server_response_report_end (self, &(SentResponse) { status, headers, body }, error);
  if (wsp_server_handshake_are_too_many (self, WSP_STAGE_RESPONDING))
    end_responding (g_queue_peek_head (&self->worker->pending[WSP_STAGE_RESPONDING]));
}

void
wsp_server_handshake_refuse (WspServerHandshake *self,
                             guint               status,
                             WspHeaders         *headers,
                             GBytes             *body,
                             GError             *error)
{
  g_autofree char *line = g_strdup_printf ("%s\n", error->message);
  g_autoptr (GBytes) reason = g_bytes_new (line, strlen (line));

  send_response (self, status, headers, body != NULL ? body : reason, error);
}

void
wsp_server_handshake_respond (WspServerHandshake *self,
                              guint               status,
                              WspHeaders         *headers,
                              GBytes             *body)
{
  send_response (self, status, headers, body, NULL);
}

/* The response contains nothing of the request: details are for the server only. */
static void
server_response_refuse_with (WspServerHandshake *self,
                             guint               status,
                             int                 code,
                             const char         *text,
                             const char         *details)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_autoptr (GBytes) body = g_bytes_new (line, strlen (line));
  GError *error = g_error_new (WSP_ERROR, code, "%s%s", text, details);

  wsp_server_handshake_refuse (self, status, NULL, body, error);
}

void
wsp_server_handshake_refuse_by_policy (WspServerHandshake *self,
                                       guint               status,
                                       const char         *text,
                                       const char         *details)
{
  server_response_refuse_with (self, status, WSP_ERROR_REJECTED, text, details);
}

void
wsp_server_handshake_refuse_by_path (WspServerHandshake *self)
{
  wsp_server_handshake_refuse_by_policy (self, 404, "Nothing is served at this path", "");
}

void
wsp_server_handshake_refuse_by_address (WspServerHandshake *self)
{
  g_autofree char *text = wsp_server_rules_describe_full_address (self->rules);

  self->limit = "max-connections-per-address";
  wsp_server_handshake_refuse_by_policy (self, 503, text, "");
}

/* Takes the error. */
static void
refuse_for_now (WspServerHandshake *self,
                GError             *error)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  wsp_headers_append (headers, "Retry-After", WSP_SERVER_RETRY_AFTER, NULL);
  wsp_server_handshake_refuse (self, 503, headers, NULL, error);
}

void
wsp_server_handshake_refuse_by_connections (WspServerHandshake *self)
{
  refuse_for_now (self, wsp_server_make_full_error (self->rules, &self->limit));
}

void
wsp_server_handshake_refuse_by_pending (WspServerHandshake *self)
{
  GError *error = make_pending_error (self);

  if (self->stage == WSP_STAGE_SILENT)
    wsp_server_handshake_fail (self, error);
  else
    refuse_for_now (self, error);
}

void
wsp_server_handshake_refuse_fault (WspServerHandshake *self,
                                   WscFault            fault)
{
  guint status = wsc_fault_get_http_status (fault);
  g_autofree char *text = wsp_heads_describe_fault (wsp_upgrade_get_head (self->upgrade),
                                                    &self->rules->head, fault, &self->limit);
  g_autoptr (GBytes) input = wsp_upgrade_dup_input (self->upgrade);
  g_autofree char *details = wsp_heads_show_fault (fault, WSC_HEAD_REQUEST, NULL, input);

  server_response_refuse_with (self, status != 0 ? status : 400, (int) wsc_fault_get_error (fault),
                               text, details);
}

GError *
wsp_server_handshake_describe_end (const GError       *error,
                                   GTlsProtocolVersion version)
{
  GError *described = g_error_copy (error);

  if (version == G_TLS_PROTOCOL_VERSION_UNKNOWN &&
      (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS) ||
       g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_MISC)))
    g_prefix_error_literal (&described, "No TLS with a client (clients of this port use wss:// and "
                            "trust WspServer:tls-certificate): ");
  return described;
}

void
wsp_server_handshake_refuse_by_time (WspServerHandshake *self,
                                     guint               status,
                                     const char         *what)
{
  GError *error = wsp_server_client_make_timeout (self->client, self->rules, self->begun, what,
                                                  &self->limit);

  if (status == 0)
    wsp_server_handshake_fail (self, error);
  else if (wsp_server_client_has_less_time (self->client, self->rules))
    refuse_for_now (self, error);
  else
    wsp_server_handshake_refuse (self, status, NULL, NULL, error);
}

/* Refuses a request whose handler returned TRUE without a response.  FALSE: a handler of the log,
 * which wsp_log () calls, has responded to the request. */
static gboolean
refuse_unanswered (WspHandshake *handshake)
{
  const WspLogFields fields = { 0 };

  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &fields,
           "HTTP request answered with 500: expected its handler to respond to it or defer it, "
           "received TRUE only");
  if (!wsp_handshake_is_unhandled (handshake))
    return FALSE;

  wsp_handshake_reject (handshake, 500, NULL, NULL);
  return TRUE;
}

/* A main loop that a handler runs may end and free self.  The WspHandshake, to which this function
 * holds a reference, then has is_ended. */
static void
ask_for_http (WspServerHandshake *self)
{
  g_autoptr (WspServer) server = g_object_ref (self->worker->server);
  g_autoptr (WspHandshake) handshake = g_object_ref (self->handshake);
  g_autoptr (WspHttpRequest) request = g_object_ref (self->http_request);
  gboolean is_taken, is_refused = FALSE;

  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_ASKING);
  is_taken = wsp_server_emit_http_request (server, request);
  if (wsp_handshake_view (handshake).is_ended)
    return;

  if (wsp_handshake_is_unhandled (handshake) && !is_taken)
    {
      if (wsp_server_rules_lack_path (self->rules, wsp_upgrade_get_head (self->upgrade)))
        wsp_server_handshake_refuse_by_path (self);
      else
        wsp_server_handshake_refuse_fault (self, WSC_FAULT_NOT_WEBSOCKET);
      return;
    }

  if (wsp_handshake_is_unhandled (handshake))
    is_refused = refuse_unanswered (handshake);
  if (wsp_handshake_view (handshake).is_ended)
    return;

  self->is_refused = is_refused;
  if (wsp_handshake_view (handshake).status == 0 &&
      wsp_server_handshake_are_too_many (self, WSP_STAGE_UNDECIDED))
    {
      wsp_server_handshake_refuse_by_pending (self);
      return;
    }

  wsp_server_handshake_enter (self, wsp_handshake_view (handshake).status == 0
                                    ? WSP_SERVER_HANDSHAKE_UNDECIDED
                                    : WSP_SERVER_HANDSHAKE_DECIDED);
}

/* Returns NULL also for a request without a host, because browsers always send one. */
static const char *
find_wrong_host (WspServerHandshake *self,
                 char              **details)
{
  g_autofree char *host = wsp_heads_dup_host (wsp_upgrade_get_head (self->upgrade));

  if (host == NULL || !wsp_server_handshake_is_on_loopback (self))
    return NULL;

  return wsp_server_rules_find_wrong_host (self->rules, host, details);
}

static void
make_http_request (WspServerHandshake *self)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  g_autoptr (GSocketAddress) local_address = wsp_transport_dup_local_address (transport);

  wsp_server_handshake_ensure_object (self);
  self->http_request = wsp_http_request_new (self->handshake, local_address);
}

/* The origin is not checked: pages of any site may send a request for ordinary HTTP.  A page can
 * read the response only if its own name was rebound to this machine (DNS rebinding), and then Host
 * has that name (RFC 9110 15.5.20). */
void
wsp_server_handshake_take_http (WspServerHandshake *self)
{
  WscFault fault = wsp_server_rules_check_http (wsp_upgrade_get_head (self->upgrade));
  const char *reason = NULL;
  g_autofree char *details = NULL;

  make_http_request (self);
  if (fault == WSC_FAULT_NONE)
    reason = find_wrong_host (self, &details);

  if (fault != WSC_FAULT_NONE)
    wsp_server_handshake_refuse_fault (self, fault);
  else if (reason != NULL)
    wsp_server_handshake_refuse_by_policy (self, 421, reason, details);
  else if (self->client->exceeds_address_limit)
    wsp_server_handshake_refuse_by_address (self);
  else
    ask_for_http (self);
}
