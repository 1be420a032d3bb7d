/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One opening handshake of a server: read the request, judge it, let the program decide, answer.
 *
 * The order is the RFC's: the rules of the protocol, then whose page it is, then the program.  A
 * refusal is made of our own constants and of what the program gave; nothing of the request is
 * in it.
 *
 * (1) handshake is set from the moment on that the request was found to be right.
 * (2) Once an answer was begun, no other follows: is_answered.
 */
#include "endpoint/wsp-server-private.h"

#include <libwsproto/session/wsp-session.h>
#include <libwsproto/session/wsp-session-error.h>

#include "core/handshake/server-handshake.h"
#include "core/limits.h"
#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-origin-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"

struct _WspServerHandshake
{
  WspServer       *server;
  WspUpgrade      *upgrade;
  WspHandshake    *handshake;
  WspSession      *session;     /* accepted: the answer is on its way */
  WspHeadLog      *log;
  WspDue           due;         /* the program has decided */
  WspTimer         timer;       /* for the program to decide */
  gint64           deadline;
  gboolean         is_answered;
  gboolean         is_ended;    /* only the due call still holds the memory */
};

typedef struct
{
  guint       status;
  const char *phrase;
} StatusPhrase;

static const StatusPhrase phrases[] = {
  { 400, "Bad Request" },
  { 401, "Unauthorized" },
  { 403, "Forbidden" },
  { 404, "Not Found" },
  { 405, "Method Not Allowed" },
  { 408, "Request Timeout" },
  { 414, "URI Too Long" },
  { 426, "Upgrade Required" },
  { 429, "Too Many Requests" },
  { 431, "Request Header Fields Too Large" },
  { 500, "Internal Server Error" },
  { 503, "Service Unavailable" },
  { 505, "HTTP Version Not Supported" },
};

static const char *
get_phrase (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    {
      if (phrases[i].status == status)
        return phrases[i].phrase;
    }

  return status < 400 ? "Redirection" : "Refused";
}

static void
end_handshake (WspServerHandshake *self)
{
  WspServer *server = self->server;

  g_queue_remove (&server->pending, self);
  wsp_reactor_unset_timer (server->reactor, &self->timer);
  if (self->handshake != NULL)
    g_signal_handlers_disconnect_by_data (self->handshake, self);
  g_clear_pointer (&self->upgrade, wsp_upgrade_free);
  g_clear_object (&self->handshake);
  g_clear_object (&self->session);
  g_clear_pointer (&self->log, wsp_head_log_free);
  wsp_server_resume_accepting (server);

  self->is_ended = TRUE;
  if (!self->due.is_queued)
    g_free (self);
}

/* What is left to say when a handshake has failed; a handler may drop the server, and self with
 * it. */
typedef struct
{
  WspServer      *server;
  GSocketAddress *address;
} FailureReport;

static FailureReport
begin_report (WspServerHandshake *self)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  GObject *source = self->handshake != NULL ? G_OBJECT (self->handshake) : G_OBJECT (self->server);

  wsp_head_log_tell (self->log, self->server->taps, source);
  return (FailureReport) {
           g_object_ref (self->server), wsp_transport_dup_remote_address (transport)
  };
}

static void
end_report (FailureReport report,
            const GError *error)
{
  g_autoptr (WspServer) server = report.server;
  g_autoptr (GSocketAddress) address = report.address;

  g_autofree char *peer = address != NULL
                          ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address))
                          : g_strdup ("unknown");

  g_debug ("Opening handshake of %s refused: %s", peer, error->message);
  wsp_server_emit_handshake_failed (server, address, error);
}

/* Without an answer: nobody is there to read it. */
static void
fail (WspServerHandshake *self,
      const GError       *error)
{
  FailureReport report = begin_report (self);

  end_handshake (self);
  end_report (report, error);
}

static void
append_usual_headers (GString *text,
                      guint    status)
{
  if (status == 405)
    g_string_append (text, "Allow: GET\r\n");

  if (status == 426)
    g_string_append (text, "Connection: close, Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: " WSC_VERSION_TEXT "\r\n");
  else
    g_string_append (text, "Connection: close\r\n");
}

static void
write_refusal (WspServerHandshake *self,
               guint               status,
               WspHeaders         *headers,
               GBytes             *body)
{
  GString *text = g_string_new (NULL);
  gsize length;
  const char *content = g_bytes_get_data (body, &length);

  g_string_printf (text, "HTTP/1.1 %u %s\r\n", status, get_phrase (status));
  append_usual_headers (text, status);
  if (self->server->server_header != NULL)
    g_string_append_printf (text, "Server: %s\r\n", self->server->server_header);
  if (!wsp_heads_have (headers, "Content-Type"))
    g_string_append (text, "Content-Type: text/plain; charset=utf-8\r\n");
  wsp_heads_append (text, headers);
  g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);
  if (length > 0)
    g_string_append_len (text, content, length);

  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, g_get_monotonic_time ());
  wsp_upgrade_write (self->upgrade, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Takes the error, which becomes the body where the program gave none. */
static void
refuse (WspServerHandshake *self,
        guint               status,
        WspHeaders         *headers,
        GBytes             *body,
        GError             *error)
{
  g_autoptr (GError) reason = error;
  g_autofree char *line = g_strdup_printf ("%s\n", reason->message);
  g_autoptr (GBytes) content = body !=
                               NULL ? g_bytes_ref (body) : g_bytes_new (line, strlen (line));

  self->is_answered = TRUE;     /* (2) */
  wsp_reactor_unset_timer (self->server->reactor, &self->timer);
  write_refusal (self, status, headers, content);
  wsp_upgrade_finish (self->upgrade);
  end_report (begin_report (self), reason);
}

static void
refuse_fault (WspServerHandshake *self,
              WscFault            fault)
{
  guint status = wsc_fault_get_http_status (fault);

  refuse (self, status != 0 ? status : 400, NULL, NULL,
          g_error_new_literal (WSP_SESSION_ERROR, (int) wsc_fault_get_error (fault),
                               wsc_fault_get_text (fault)));
}

static gboolean
is_on_loopback (WspServerHandshake *self)
{
  g_autoptr (GSocketAddress) address =
    wsp_transport_dup_local_address (wsp_upgrade_get_transport (self->upgrade));

  return G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_get_is_loopback (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* Whose page is it?  Programs that are no browser send no Origin. */
static const char *
find_origin_objection (WspServerHandshake *self)
{
  WspServer *server = self->server;
  const char * const *origins = (const char * const *) server->allowed_origins;
  g_autofree char *origin = NULL;
  g_autofree char *host = NULL;

  g_object_get (self->handshake, "origin", &origin, "host", &host, NULL);
  if (origin == NULL)
    return NULL;

  if (origins != NULL && !wsp_origin_is_listed (origin, origins))
    return "Origin is not in allowed-origins";

  if (origins == NULL && !wsp_origin_is_same_host (origin, host))
    return "Origin is not of the same host, and allowed-origins is not set";

  if (is_on_loopback (self) && !wsp_origin_is_listed (origin, origins) &&
      !wsp_host_is_local (host, (const char * const *) server->allowed_hosts))
    return "Host is not a name of this machine, nor in allowed-hosts";

  return NULL;
}

/* RFC-90: the first of the client's that the server has. */
static const char *
choose_protocol (WspServerHandshake *self,
                 char              **offered)
{
  const char * const *own = (const char * const *) self->server->protocols;

  for (guint i = 0; own != NULL && offered != NULL && offered[i] != NULL; i++)
    {
      if (g_strv_contains (own, offered[i]))
        return offered[i];
    }

  return NULL;
}

static void
open_connection (WspServerHandshake *self)
{
  WspServer *server = self->server;
  WspTransport *transport = wsp_upgrade_steal_transport (self->upgrade);
  g_autoptr (GBytes) rest = wsp_upgrade_dup_rest (self->upgrade);

  if (g_bytes_get_size (rest) > 0)
    wsp_head_log_add (self->log, WSP_DIRECTION_RECEIVED, rest,
                      wsp_upgrade_get_time (self->upgrade));

  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_transport (transport, self->session, self->handshake, rest);

  for (guint i = 0; i < server->taps->len; i++)
    wsp_connection_add_tap (connection, server->taps->pdata[i]);
  wsp_head_log_tell (self->log, server->taps, G_OBJECT (connection));

  g_object_ref (server);
  end_handshake (self);
  wsp_server_add_connection (server, connection);
  g_object_unref (server);
}

/* FALSE: on_upgrade_ready goes on when it has left. */
static gboolean
send_answer (WspServerHandshake *self,
             WspHeaders         *headers)
{
  GString *text = g_string_new (WSC_ANSWER_LINE "\r\n");

  if (self->server->server_header != NULL && !wsp_heads_have (headers, "Server"))
    g_string_append_printf (text, "Server: %s\r\n", self->server->server_header);
  wsp_heads_append (text, headers);
  g_string_append (text, "\r\n");

  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, g_get_monotonic_time ());
  return wsp_upgrade_write_all (self->upgrade, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes));
}

static gboolean
shake_hands (WspServerHandshake *self,
             WspSession         *session,
             GError            **error)
{
  g_autofree char *subprotocol = NULL;
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (WspHeaders) ours = NULL;

  g_object_get (self->handshake, "subprotocol", &subprotocol, "request-headers", &request, NULL);
  ours = wsp_session_begin_server_handshake (session, subprotocol, NULL, request, error);

  return ours != NULL &&
         wsp_session_end_server_handshake (session, error);
}

static void
accept_request (WspServerHandshake *self)
{
  g_autoptr (GError) error = NULL;

  self->session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_SERVER,
                                "limits", self->server->limits, NULL);
  self->is_answered = TRUE;     /* (2) */
  wsp_reactor_unset_timer (self->server->reactor, &self->timer);
  if (!shake_hands (self, self->session, &error))
    fail (self, error);
  else if (send_answer (self, wsp_handshake_get_response_headers (self->handshake)))
    open_connection (self);
}

static void
follow_decision (WspServerHandshake *self)
{
  g_autoptr (WspHeaders) headers = NULL;
  g_autoptr (GBytes) body = NULL;
  guint status;

  g_object_get (self->handshake, "response-status", &status, "response-body", &body, NULL);
  if (status == 101)
    {
      accept_request (self);
      return;
    }

  g_object_get (self->handshake, "response-headers", &headers, NULL);
  refuse (self, status, headers, body,
          g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_REJECTED,
                               "Refused by the server"));
}

static void
run_due (WspDue *due)
{
  WspServerHandshake *self = WSP_OWNER_OF (due, WspServerHandshake, due);

  if (self->is_ended)
    g_free (self);
  else if (!self->is_answered)
    follow_decision (self);
}

static void
on_decided (WspHandshake       *handshake,
            GParamSpec         *pspec,
            WspServerHandshake *self)
{
  wsp_reactor_call (self->server->reactor, &self->due, WSP_DUE_THIS_TURN);
}

static void
on_never_decided (WspTimer *timer)
{
  refuse (WSP_OWNER_OF (timer, WspServerHandshake, timer), 503, NULL, NULL,
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                               "Nobody decided within handshake-timeout"));
}

/* The handler decides now, or says that it will; or it leaves the default rule: everybody is
 * welcome. */
static void
ask_program (WspServerHandshake *self)
{
  g_autoptr (WspServer) server = g_object_ref (self->server);
  g_autoptr (WspHandshake) handshake = g_object_ref (self->handshake);
  g_auto (GStrv) offered = NULL;
  guint status;

  g_object_get (handshake, "offered-protocols", &offered, NULL);
  g_autofree char *choice = g_strdup (choose_protocol (self, offered));

  g_signal_connect (handshake, "notify::response-status", G_CALLBACK (on_decided), self);
  wsp_reactor_set_timer (server->reactor, &self->timer, self->deadline);

  gboolean is_taken = wsp_server_emit_request (server, handshake);

  /* In a main loop of the handler the decision may have been followed already, and self be gone. */
  g_object_get (handshake, "response-status", &status, NULL);
  if (!is_taken && status == 0)
    wsp_handshake_accept (handshake, choice, NULL, NULL);
}

static WscFault
judge (WspServerHandshake *self,
       WscHttpHead        *head)
{
  WscHeadLimits limits;
  WscOptions options = { .role = WSC_ROLE_SERVER, .auto_close = 1, .masking = 1, .head = &limits };
  WscFields fields;

  wsp_heads_get_limits (self->server->limits, &limits);
  fields.at = wsc_http_head_get_fields (head, &fields.n);

  WscFault fault = wsc_request_line_check (wsc_http_head_get_method (head),
                                           wsc_http_head_get_target (head),
                                           wsc_http_head_get_version (head));

  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_purpose_check (fields);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_server_handshake_check (&options, fields.at, fields.n);

  return fault;
}

static void
take_request (WspServerHandshake *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);
  WscFault fault = judge (self, head);

  if (fault != WSC_FAULT_NONE)
    {
      refuse_fault (self, fault);
      return;
    }

  WscBytes target = wsc_http_head_get_target (head);
  g_autofree char *target_text = g_strndup ((const char *) target.at, target.length);
  g_autoptr (WspHeaders) headers = wsp_heads_get_headers (head);
  g_autoptr (GSocketAddress) address =
    wsp_transport_dup_remote_address (wsp_upgrade_get_transport (self->upgrade));
  GError *error = NULL;

  self->handshake = wsp_handshake_new_server ("GET", target_text, "1.1", headers, &error);
  if (self->handshake == NULL)
    {
      refuse (self, 400, NULL, NULL, error);
      return;
    }

  g_object_set (self->handshake, "remote-address", address, NULL);
  const char *objection = find_origin_objection (self);

  if (objection != NULL)
    refuse (self, 403, NULL, NULL,
            g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_REJECTED, objection));
  else
    ask_program (self);
}

/* Who began a request is told that it came too late; who said nothing, or has gone, is dropped. */
static void
take_error (WspServerHandshake *self)
{
  const GError *error = wsp_upgrade_get_error (self->upgrade);
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) && head != NULL &&
      wsc_http_head_has_first_line (head))
    {
      refuse (self, 408, NULL, NULL, g_error_copy (error));
      return;
    }

  g_autoptr (GError) copy = g_error_copy (error);

  fail (self, copy);
}

static void
end_answer (WspServerHandshake *self)
{
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    {
      end_handshake (self);
      return;
    }

  if (wsp_upgrade_get_error (self->upgrade) == NULL)
    {
      open_connection (self);
      return;
    }

  error = g_error_copy (wsp_upgrade_get_error (self->upgrade));
  fail (self, error);
}

static void
on_upgrade_ready (WspUpgrade *upgrade,
                  gpointer    owner)
{
  WspServerHandshake *self = owner;

  if (self->is_answered)
    {
      end_answer (self);
      return;
    }

  g_autoptr (GBytes) input = wsp_upgrade_dup_input (upgrade);

  if (g_bytes_get_size (input) > 0)
    wsp_head_log_add (self->log, WSP_DIRECTION_RECEIVED, input, g_get_monotonic_time ());
  if (wsp_upgrade_get_error (upgrade) != NULL)
    take_error (self);
  else if (wsp_upgrade_get_fault (upgrade) != WSC_FAULT_NONE)
    refuse_fault (self, wsp_upgrade_get_fault (upgrade));
  else
    take_request (self);
}

void
wsp_server_handshake_begin (WspServer    *server,
                            WspTransport *transport)
{
  WspServerHandshake *self = g_new0 (WspServerHandshake, 1);
  WscHeadLimits limits;
  guint timeout, max_pending;

  g_object_get (server->limits, "handshake-timeout", &timeout,
                "max-pending-handshakes", &max_pending, NULL);
  if (max_pending > 0 && server->pending.length >= max_pending)
    wsp_server_handshake_drop (g_queue_peek_head (&server->pending));

  wsp_heads_get_limits (server->limits, &limits);
  self->server = server;
  self->log = wsp_head_log_new ();
  self->due.run = run_due;
  self->timer.expired = on_never_decided;
  self->deadline = WSP_TIMER_NEVER;
  if (timeout > 0)
    self->deadline = wsp_reactor_get_time (server->reactor) + timeout * (gint64) 1000;
  self->upgrade = wsp_upgrade_new (server->reactor, transport, WSC_HEAD_REQUEST, &limits,
                                   on_upgrade_ready, self);
  wsp_upgrade_set_deadline (self->upgrade, self->deadline);
  g_queue_push_tail (&server->pending, self);
}

void
wsp_server_handshake_drop (WspServerHandshake *self)
{
  end_handshake (self);
}
