/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One attempt of a client: prepare, wait for its turn, connect, ask, judge the answer (RFC 6455
 * 4.1).
 *
 * (1) completion is set until the one result was given; after that nothing else happens but
 *     letting go.
 * (2) Whoever has claimed a place releases it, exactly once.
 */
#include "endpoint/wsp-client-private.h"

#include <libwsproto/session/wsp-session.h>
#include <libwsproto/session/wsp-session-error.h>

#include "core/limits.h"
#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "endpoint/opening/wsp-uri-private.h"

struct _WspClientAttempt
{
  grefcount      ref_count;
  WspClient     *client;
  WspCompletion *completion;
  WspHandshake  *handshake;
  GIOStream     *stream;
  WspSession    *session;
  WspUri        *uri;
  char          *place;         /* claimed, or waited for */
  gboolean       has_claim;
  WspDue         due;
  WspTimer       timer;
  GCancellable  *cancellable;   /* of the connecting below */
  WspUpgrade    *upgrade;
  WspHeadLog    *log;           /* what passed, for the taps */
  guint          n_interim, max_interim, max_body;
  unsigned       status;        /* of the last answer */
};

static WspClientAttempt *
attempt_ref (WspClientAttempt *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

static void
attempt_unref (WspClientAttempt *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  wsp_reactor_unset_timer (self->client->reactor, &self->timer);
  g_clear_pointer (&self->upgrade, wsp_upgrade_free);
  g_clear_pointer (&self->uri, wsp_uri_free);
  g_clear_pointer (&self->log, wsp_head_log_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->session);
  g_object_unref (self->handshake);
  g_object_unref (self->cancellable);
  g_object_unref (self->client);
  g_free (self->place);
  g_free (self);
}

static void
release_place (WspClientAttempt *self)
{
  WspClientAttempt *next = NULL;

  if (self->place == NULL)
    return;

  if (self->has_claim)
    next = wsp_client_release (self->client, self->place);
  else
    wsp_client_withdraw (self->client, self->place, self);

  g_clear_pointer (&self->place, g_free);
  self->has_claim = FALSE;
  if (next != NULL)
    {
      next->has_claim = TRUE;
      attempt_ref (next);
      wsp_reactor_call (next->client->reactor, &next->due, WSP_DUE_THIS_TURN);
    }
}

/* The reference that the attempt began with ends with its result. */
static void
end_attempt (WspClientAttempt *self)
{
  wsp_reactor_unset_timer (self->client->reactor, &self->timer);
  g_clear_pointer (&self->upgrade, wsp_upgrade_free);
  release_place (self);
  attempt_unref (self);
}

static void
fail (WspClientAttempt *self,
      GError           *error)
{
  WspCompletion *completion = g_steal_pointer (&self->completion);

  if (completion == NULL)       /* (1) */
    {
      g_error_free (error);
      return;
    }

  g_cancellable_cancel (self->cancellable);
  wsp_head_log_tell (self->log, self->client->taps, G_OBJECT (self->handshake));
  wsp_completion_return_error (completion, error);
  end_attempt (self);
}

static void
fail_handshake (WspClientAttempt *self,
                const char       *text)
{
  fail (self, g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_HANDSHAKE, text));
}

static void
succeed (WspClientAttempt *self)
{
  WspCompletion *completion = g_steal_pointer (&self->completion);
  g_autoptr (GBytes) rest = wsp_upgrade_dup_rest (self->upgrade);

  if (g_bytes_get_size (rest) > 0)
    wsp_head_log_add (self->log, WSP_DIRECTION_RECEIVED, rest,
                      wsp_upgrade_get_time (self->upgrade));

  WspConnection *connection =
    wsp_connection_new_for_transport (wsp_upgrade_steal_transport (self->upgrade), self->session,
                                      self->handshake, rest);

  for (guint i = 0; i < self->client->taps->len; i++)
    wsp_connection_add_tap (connection, self->client->taps->pdata[i]);
  wsp_head_log_tell (self->log, self->client->taps, G_OBJECT (connection));
  wsp_completion_return_pointer (completion, connection, g_object_unref);
  end_attempt (self);
}

static gboolean
check_protocol (WspClientAttempt *self,
                GError          **error)
{
  g_auto (GStrv) offered = NULL;

  g_object_get (self->handshake, "offered-protocols", &offered, NULL);
  if (!self->client->requires_protocol || offered == NULL || offered[0] == NULL ||
      wsp_session_get_subprotocol (self->session) != NULL)
    return TRUE;

  g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_SUBPROTOCOL_NOT_SUPPORTED,
                       "Server selected none of the offered subprotocols (require-protocol)");
  return FALSE;
}

static void
take_switch (WspClientAttempt *self,
             WspHeaders       *headers)
{
  GError *error = NULL;

  if (!wsp_session_end_client_handshake (self->session, headers, &error) ||
      !check_protocol (self, &error))
    {
      fail (self, error);
      return;
    }

  g_object_set (self->handshake, "subprotocol", wsp_session_get_subprotocol (self->session), NULL);
  succeed (self);
}

/* A server that lists versions does not speak ours; there is no other one to try. */
static WspSessionError
get_refusal_code (WspClientAttempt *self)
{
  g_autoptr (WspHeaders) headers = NULL;

  g_object_get (self->handshake, "response-headers", &headers, NULL);
  if ((self->status == 400 || self->status == 426) &&
      wsp_heads_have (headers, "Sec-WebSocket-Version"))
    return WSP_SESSION_ERROR_VERSION_NOT_SUPPORTED;

  return WSP_SESSION_ERROR_HANDSHAKE;
}

static void
take_refusal (WspClientAttempt *self)
{
  g_autoptr (GBytes) rest = wsp_upgrade_dup_rest (self->upgrade);
  g_autoptr (GBytes) body = wsp_upgrade_dup_body (self->upgrade);
  g_autofree char *answer = wsp_heads_describe_answer (wsp_upgrade_get_head (self->upgrade));
  g_autofree char *text = g_strdup_printf ("Server answered with %s, not with 101", answer);

  if (g_bytes_get_size (rest) > 0)
    wsp_head_log_add (self->log, WSP_DIRECTION_RECEIVED, rest,
                      wsp_upgrade_get_time (self->upgrade));
  g_object_set (self->handshake, "response-body", body, NULL);
  fail (self, g_error_new_literal (WSP_SESSION_ERROR, get_refusal_code (self), text));
}

static void
take_status (WspClientAttempt *self,
             WspHeaders       *headers)
{
  if (self->status == 101)
    take_switch (self, headers);
  else if (self->status >= 200)
    wsp_upgrade_read_body (self->upgrade, wsp_body_new (headers, self->status, self->max_body));
  else if (++self->n_interim > self->max_interim)
    fail_handshake (self, "Server sent more 1xx answers than max-interim-answers");
  else
    wsp_upgrade_read_head (self->upgrade);
}

static void
take_head (WspClientAttempt *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);
  g_autoptr (WspHeaders) headers = wsp_heads_get_headers (head);
  g_autoptr (GBytes) input = wsp_upgrade_dup_input (self->upgrade);

  self->status = wsc_http_head_get_status (head);
  wsp_head_log_add (self->log, WSP_DIRECTION_RECEIVED, input, wsp_upgrade_get_time (self->upgrade));
  g_object_set (self->handshake, "response-status", MIN (self->status, 599),
                "response-headers", headers, NULL);
  take_status (self, headers);
}

/* Whatever is wrong with the HTTP of an answer is a failed handshake on this side. */
static void
on_upgrade_ready (WspUpgrade *upgrade,
                  gpointer    owner)
{
  WspClientAttempt *self = owner;

  if (wsp_upgrade_get_fault (upgrade) > WSC_FAULT_PARTIAL)
    fail_handshake (self, wsc_fault_get_text (wsp_upgrade_get_fault (upgrade)));
  else if (self->status >= 200)
    take_refusal (self);
  else if (wsp_upgrade_get_error (upgrade) != NULL)
    fail (self, g_error_copy (wsp_upgrade_get_error (upgrade)));
  else
    take_head (self);
}

static char *
make_request (WspClientAttempt *self,
              WspHeaders       *headers)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "GET %s HTTP/1.1\r\n", self->uri->resource);
  if (!wsp_heads_have (headers, "Host"))
    g_string_append_printf (text, "Host: %s\r\n", self->uri->host_field);
  wsp_heads_append (text, headers);
  g_string_append (text, "\r\n");

  return g_string_free (text, FALSE);
}

static WspHeaders *
make_headers (WspClientAttempt *self,
              GError          **error)
{
  g_auto (GStrv) offered = NULL;
  g_autoptr (WspHeaders) own = NULL;
  g_autoptr (WspHeaders) initial = NULL;

  g_object_get (self->handshake, "offered-protocols", &offered, "request-headers", &own, NULL);
  initial = wsp_heads_copy (own);
  if (self->client->origin != NULL && !wsp_heads_have (initial, "Origin") &&
      !wsp_headers_append (initial, "Origin", self->client->origin, error))
    return NULL;
  if (self->client->user_agent != NULL && !wsp_heads_have (initial, "User-Agent") &&
      !wsp_headers_append (initial, "User-Agent", self->client->user_agent, error))
    return NULL;

  return wsp_session_begin_client_handshake (self->session, (const char * const *) offered, NULL,
                                             initial, error);
}

static void
ask (WspClientAttempt *self)
{
  GError *error = NULL;
  g_autoptr (WspHeaders) headers = make_headers (self, &error);
  WscHeadLimits limits;

  if (headers == NULL)
    {
      fail (self, error);
      return;
    }

  g_autofree char *request = make_request (self, headers);
  g_autoptr (GBytes) bytes = g_bytes_new (request, strlen (request));

  wsp_heads_get_limits (self->client->limits, &limits);
  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, g_get_monotonic_time ());
  g_object_set (self->handshake, "request-headers", headers, NULL);
  self->upgrade = wsp_upgrade_new (self->client->reactor,
                                   wsp_transport_new_for_stream (self->client->reactor,
                                                                 self->stream),
                                   WSC_HEAD_RESPONSE, &limits, on_upgrade_ready, self);
  wsp_upgrade_write (self->upgrade, request, strlen (request));
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  WspClientAttempt *self = user_data;
  GError *error = NULL;
  g_autoptr (GSocketConnection) stream =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream == NULL)
    {
      fail (self, error);
    }
  else if (self->completion != NULL)
    {
      self->stream = G_IO_STREAM (g_steal_pointer (&stream));
      ask (self);
    }
  attempt_unref (self);
}

static void
connect_stream (WspClientAttempt *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (self->uri->host, self->uri->port);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, self->cancellable, on_connected,
                                 attempt_ref (self));
}

static void
go_on (WspClientAttempt *self)
{
  if (self->stream == NULL)
    connect_stream (self);
  else
    ask (self);
}

static gboolean
check_scheme (WspClientAttempt *self,
              GError          **error)
{
  switch (self->uri->scheme)
    {
    case WSP_URI_SCHEME_WS:
      return TRUE;
    case WSP_URI_SCHEME_WSS:
    case WSP_URI_SCHEME_WS_UNIX:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Scheme of the URI is not supported yet: only ws is");
      return FALSE;
    }

  g_assert_not_reached ();
}

static gboolean
prepare (WspClientAttempt *self,
         GError          **error)
{
  g_autofree char *uri = NULL;

  wsp_client_emit_prepare (self->client, self->handshake);
  g_object_get (self->handshake, "uri", &uri, NULL);
  if (uri == NULL)
    {
      g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT,
                           "Handshake is not one of a client");
      return FALSE;
    }

  self->uri = wsp_uri_parse (uri, error);
  return self->uri != NULL && (self->stream != NULL || check_scheme (self, error));
}

static void
begin (WspClientAttempt *self)
{
  GError *error = NULL;

  if (!prepare (self, &error))
    {
      fail (self, error);
      return;
    }

  if (self->stream != NULL || !self->client->serializes_connects)
    {
      go_on (self);
      return;
    }

  self->place = g_strdup_printf ("%s %u", self->uri->host, self->uri->port);
  self->has_claim = wsp_client_claim (self->client, self->place, self);
  if (self->has_claim)
    go_on (self);
}

/* Runs once to begin, and once more when the place has become free. */
static void
run_due (WspDue *due)
{
  WspClientAttempt *self = WSP_OWNER_OF (due, WspClientAttempt, due);

  if (self->completion == NULL)
    release_place (self);
  else if (self->uri == NULL)
    begin (self);
  else
    go_on (self);
  attempt_unref (self);
}

static void
on_expired (WspTimer *timer)
{
  fail (WSP_OWNER_OF (timer, WspClientAttempt, timer),
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                             "Opening took longer than connect-timeout"));
}

/* The completion belongs to exactly one attempt, which is found through it. */
static void
on_cancelled (WspCompletion *completion,
              gpointer       source_object)
{
  fail (g_object_get_data (G_OBJECT (completion), "attempt"),
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled"));
}

static void
begin_timer (WspClientAttempt *self)
{
  guint timeout;
  WspReactor *reactor = self->client->reactor;

  g_object_get (self->client->limits, "connect-timeout", &timeout,
                "max-interim-answers", &self->max_interim,
                "max-refusal-body", &self->max_body, NULL);
  self->timer.expired = on_expired;
  if (timeout > 0)
    wsp_reactor_set_timer (reactor, &self->timer,
                           wsp_reactor_get_time (reactor) + timeout * (gint64) 1000);
}

void
wsp_client_attempt_begin (WspClient     *client,
                          WspHandshake  *handshake,
                          GIOStream     *stream,
                          WspCompletion *completion)
{
  WspClientAttempt *self = g_new0 (WspClientAttempt, 1);

  g_ref_count_init (&self->ref_count);
  self->client = g_object_ref (client);
  self->handshake = g_object_ref (handshake);
  self->stream = stream != NULL ? g_object_ref (stream) : NULL;
  self->completion = completion;
  self->cancellable = g_cancellable_new ();
  self->log = wsp_head_log_new ();
  self->session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_CLIENT, "limits", client->limits,
                                NULL);
  self->due.run = run_due;
  begin_timer (self);
  g_object_set_data (G_OBJECT (completion), "attempt", self);
  wsp_completion_set_cancel_func (completion, on_cancelled);

  attempt_ref (self);
  wsp_reactor_call (client->reactor, &self->due, WSP_DUE_THIS_TURN);
}
