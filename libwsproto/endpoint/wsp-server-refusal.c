/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How an opening handshake fails: with an answer that says why, or without one; and who is told. */
#include "endpoint/wsp-server-handshake-private.h"

#include "endpoint/opening/wsp-response-private.h"
#include "log/wsp-log-private.h"

/* What is left to say when a handshake has failed; a tap or a handler may drop the server, and
 * self with it. */
typedef struct
{
  WspServer      *server;
  GSocketAddress *address;
  const char     *limit;
  WspHeadLog     *log;          /* NULL: there are no taps */
  WspServerRules *rules;
  GObject        *source;       /* for the taps; NULL: there are none */
} FailureReport;

static FailureReport
begin_report (WspServerHandshake *self)
{
  WspServer *server = self->worker->server;

  if (self->log != NULL)
    wsp_server_handshake_ensure_object (self);
  if (self->handshake != NULL)
    wsp_handshake_end (self->handshake);
  return (FailureReport) {
           g_object_ref (server),
           wsp_transport_dup_remote_address (wsp_upgrade_get_transport (self->upgrade)),
           self->limit,
           g_steal_pointer (&self->log),
           wsp_server_rules_ref (self->rules),
           self->handshake != NULL ? G_OBJECT (g_object_ref (self->handshake)) : NULL
  };
}

static void
notify_taps (FailureReport *report)
{
  if (report->log != NULL)
    wsp_head_log_notify (report->log, report->rules->taps, report->source);
  g_clear_pointer (&report->log, wsp_head_log_free);
  g_clear_object (&report->source);
  g_clear_pointer (&report->rules, wsp_server_rules_unref);
}

static void
end_report (FailureReport report,
            const GError *error)
{
  g_autoptr (WspServer) server = report.server;
  g_autoptr (GSocketAddress) address = report.address;

  notify_taps (&report);
  g_autofree char *peer = address != NULL
                          ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address))
                          : g_strdup ("unknown");
  const WspLogFields fields = { .peer = peer, .limit = report.limit };

  if (report.limit != NULL)
    wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields, "Opening handshake refused: %s",
             error->message);
  else
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_DEBUG, &fields, "Opening handshake refused: %s",
             error->message);
  wsp_server_emit_handshake_failed (server, address, error);
}

void
wsp_server_handshake_fail (WspServerHandshake *self,
                           const GError       *error)
{
  g_autoptr (GError) reason = g_error_copy (error);     /* may be the upgrade's */
  FailureReport report;

  wsp_upgrade_log_input (self->upgrade, self->log);
  report = begin_report (self);
  wsp_server_handshake_drop (self);
  end_report (report, reason);
}

void
wsp_server_handshake_refuse (WspServerHandshake *self,
                             guint               status,
                             WspHeaders         *headers,
                             GBytes             *body,
                             GError             *error)
{
  g_autoptr (GError) reason = error;
  g_autofree char *line = g_strdup_printf ("%s\n", reason->message);
  g_autoptr (GBytes) content = body !=
                               NULL ? g_bytes_ref (body) : g_bytes_new (line, strlen (line));
  g_autoptr (GBytes) response = wsp_response_make_refusal (status, headers, content,
                                                           self->rules->server_header);

  wsp_upgrade_log_input (self->upgrade, self->log);
  if (self->log != NULL)
    wsp_head_log_add (self->log, WSP_DIRECTION_SENT, response, g_get_monotonic_time ());
  wsp_upgrade_write (self->upgrade, g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  wsp_server_handshake_enter (self, WSP_SERVER_HANDSHAKE_REFUSING);
  end_report (begin_report (self), reason);
}

void
wsp_server_handshake_refuse_by_policy (WspServerHandshake *self,
                                       guint               status,
                                       const char         *text)
{
  GError *error = g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_REJECTED, text);

  wsp_server_handshake_refuse (self, status, NULL, NULL, error);
}

void
wsp_server_handshake_refuse_fault (WspServerHandshake *self,
                                   WscFault            fault)
{
  guint status = wsc_fault_get_http_status (fault);
  g_autofree char *text = wsp_heads_describe_fault (wsp_upgrade_get_head (self->upgrade),
                                                    &self->rules->head, fault, &self->limit);
  GError *error =
    g_error_new_literal (WSP_SESSION_ERROR, (int) wsc_fault_get_error (fault), text);

  wsp_server_handshake_refuse (self, status != 0 ? status : 400, NULL, NULL, error);
}

static GError *
make_timeout (WspServerHandshake *self,
              const char         *what)
{
  self->limit = "handshake-timeout";
  return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                      "%s: for %" G_GINT64_FORMAT " ms, limit handshake-timeout %u ms", what,
                      (wsp_reactor_get_time (self->worker->reactor) - self->begun) / 1000,
                      self->rules->handshake_timeout);
}

void
wsp_server_handshake_fail_late (WspServerHandshake *self,
                                const char         *what)
{
  g_autoptr (GError) timeout = make_timeout (self, what);

  wsp_server_handshake_fail (self, timeout);
}

void
wsp_server_handshake_refuse_late (WspServerHandshake *self,
                                  guint               status,
                                  const char         *what)
{
  wsp_server_handshake_refuse (self, status, NULL, NULL, make_timeout (self, what));
}
