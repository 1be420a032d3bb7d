/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How an opening handshake fails: with a response that gives the reason, or without one.  A due
 * call notifies taps and handlers, after the response was written. */
#include "endpoint/wsp-server-handshake-private.h"

#include "endpoint/opening/wsp-response-private.h"
#include "log/wsp-log-private.h"

typedef struct                  /* outlives the handshake */
{
  WspDue          due;
  WspWorker      *worker;
  WspServer      *server;
  GSocketAddress *address;
  GError         *error;
  const char     *limit;        /* the property that was exceeded; NULL = none */
  WspHeadLog     *log;          /* NULL: there are no taps */
  WspServerRules *rules;
  WspHandshake   *source;       /* of the taps; NULL without taps */
} FailureReport;

static void
report_free (FailureReport *self)
{
  self->worker->n_reports--;
  g_clear_pointer (&self->log, wsp_head_log_free);
  g_clear_object (&self->source);
  wsp_server_rules_unref (self->rules);
  g_clear_object (&self->address);
  g_error_free (self->error);
  g_object_unref (self->server);
  g_free (self);
}

static void
run_report (WspDue *due)
{
  FailureReport *self = WSP_OWNER_OF (due, FailureReport, due);

  if (self->log != NULL)
    wsp_head_log_notify (self->log, self->rules->taps, G_OBJECT (self->source));

  g_autofree char *peer = self->address != NULL
                          ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->address))
                          : g_strdup ("unknown");
  const WspLogFields fields = { .peer = peer, .limit = self->limit };

  wsp_log (self->limit != NULL ? WSP_LOG_LIMITS : WSP_LOG_HANDSHAKE,
           self->limit != NULL ? WSP_LOG_LEVEL_INFO : WSP_LOG_LEVEL_DEBUG, &fields,
           "Opening handshake refused: %s", self->error->message);
  wsp_server_emit_handshake_failed (self->server, self->address, self->error);
  report_free (self);
}

/* Takes the error. */
static void
report_failure (WspServerHandshake *self,
                GError             *error)
{
  FailureReport *report = g_new0 (FailureReport, 1);

  if (self->log != NULL)
    wsp_server_handshake_ensure_object (self);
  if (self->handshake != NULL)
    wsp_handshake_end (self->handshake);
  report->due.run = run_report;
  report->worker = self->worker;
  report->server = g_object_ref (self->worker->server);
  report->address = wsp_transport_dup_remote_address (wsp_upgrade_get_transport (self->upgrade));
  report->error = error;
  report->limit = self->limit;
  report->log = g_steal_pointer (&self->log);
  report->rules = wsp_server_rules_ref (self->rules);
  g_set_object (&report->source, self->handshake);
  self->worker->n_reports++;
  wsp_reactor_call (self->worker->reactor, &report->due, WSP_DUE_THIS_TURN);
}

void
wsp_server_handshake_fail (WspServerHandshake *self,
                           GError             *error)
{
  wsp_upgrade_log_input (self->upgrade, self->log);
  report_failure (self, error);
  wsp_server_handshake_drop (self);
}

void
wsp_server_handshake_refuse (WspServerHandshake *self,
                             guint               status,
                             WspHeaders         *headers,
                             GBytes             *body,
                             GError             *error)
{
  g_autofree char *line = g_strdup_printf ("%s\n", error->message);
  g_autoptr (GBytes) content = body !=
                               NULL ? g_bytes_ref (body) : g_bytes_new (line, strlen (line));
  g_autoptr (GBytes) response = wsp_response_make_refusal (status, headers, content,
                                                           self->rules->server_header);

  wsp_upgrade_log_input (self->upgrade, self->log);
  if (self->log != NULL)
    wsp_head_log_add (self->log, WSP_DIRECTION_SENT, response, g_get_monotonic_time ());
  wsp_upgrade_write (self->upgrade, g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_REFUSING);
  report_failure (self, error);
}

/* The response has nothing of the request: details is for the server only. */
static void
refuse_with (WspServerHandshake *self,
             guint               status,
             int                 code,
             const char         *text,
             const char         *details)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_autoptr (GBytes) body = g_bytes_new (line, strlen (line));
  GError *error = g_error_new (WSP_SESSION_ERROR, code, "%s%s", text, details);

  wsp_server_handshake_refuse (self, status, NULL, body, error);
}

void
wsp_server_handshake_refuse_by_policy (WspServerHandshake *self,
                                       guint               status,
                                       const char         *text,
                                       const char         *details)
{
  refuse_with (self, status, WSP_SESSION_ERROR_REJECTED, text, details);
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

  refuse_with (self, status != 0 ? status : 400, (int) wsc_fault_get_error (fault), text, details);
}

GError *
wsp_server_handshake_describe_end (const GError *error)
{
  GError *described = g_error_copy (error);

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS) ||
      g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_MISC))
    g_prefix_error_literal (&described, "No TLS with a client (clients of this port use wss:// and "
                            "trust WspServer:tls-certificate): ");
  return described;
}

GError *
wsp_server_handshake_make_timeout (WspServerHandshake *self,
                                   const char         *what)
{
  self->limit = "handshake-timeout";
  return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                      "%s: for %" G_GINT64_FORMAT " ms, limit handshake-timeout %u ms", what,
                      (wsp_reactor_get_time (self->worker->reactor) - self->begun) / 1000,
                      self->rules->handshake_timeout);
}
