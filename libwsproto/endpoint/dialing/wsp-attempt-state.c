/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The state of an attempt: what each state holds, the result, and the step to another attempt.
 *
 * (1) There is one result, known on entering SUCCEEDED or FAILED.
 *
 * held_in says what a state holds; wsp_attempt_enter () releases the rest.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/http/wsp-headers.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/dialing/wsp-proxy-answers-private.h"
#include "handshake/wsp-handshake-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-transport-private.h"

gpointer
wsp_attempt_ref (gpointer attempt)
{
  WspAttempt *self = attempt;

  g_ref_count_inc (&self->ref_count);
  return self;
}

void
wsp_attempt_unref (WspAttempt *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->custom_headers, wsp_headers_unref);
  g_clear_pointer (&self->uri, wsp_uri_free);
  g_clear_pointer (&self->log, wsp_head_log_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->session);
  g_clear_error (&self->error);
  g_clear_object (&self->handshake);
  g_object_unref (self->client);
  wsp_reactor_unref (self->reactor);
  g_free (self->proxy_credentials.value);
  g_free (self->proxy_credentials.proxy);
  g_free (self->request);
  g_free (self);
}

enum
{
  TIMER = 1 << 0,               /* the timer for WspClient:connect-timeout runs */
  PERMITS = 1 << 1,
  DIAL = 1 << 2,
  EXCHANGE = 1 << 3,            /* upgrade and session exist */
  PREPARATION = 1 << 4,         /* the program may defer and reject */
};

static const guint held_in[] = {
  [WSP_ATTEMPT_PREPARING] = TIMER | PREPARATION,
  [WSP_ATTEMPT_DEFERRED] = TIMER | PREPARATION,
  [WSP_ATTEMPT_QUEUED_BY_HOST] = TIMER | PERMITS,
  [WSP_ATTEMPT_DIALING] = TIMER | PERMITS | DIAL,
  [WSP_ATTEMPT_PROXY_REFUSED] = TIMER | PERMITS | DIAL,
  [WSP_ATTEMPT_QUEUED_BY_ADDRESS] = TIMER | PERMITS | DIAL,
  [WSP_ATTEMPT_REQUESTING] = TIMER | PERMITS | DIAL | EXCHANGE,
  [WSP_ATTEMPT_AWAITING_RESPONSE] = TIMER | PERMITS | DIAL | EXCHANGE,
  [WSP_ATTEMPT_RESPONDED] = TIMER | PERMITS | DIAL | EXCHANGE,
  [WSP_ATTEMPT_READING_REFUSAL] = TIMER | PERMITS | DIAL | EXCHANGE,
  [WSP_ATTEMPT_RETRYING] = TIMER,
  [WSP_ATTEMPT_SUCCEEDED] = 0,
  [WSP_ATTEMPT_FAILED] = 0,
  [WSP_ATTEMPT_ENDED] = 0,
};

void
wsp_attempt_enter (WspAttempt     *self,
                   WspAttemptState state)
{
  guint held = held_in[state];

  g_assert (self->state < WSP_ATTEMPT_SUCCEEDED || state == WSP_ATTEMPT_ENDED); /* (1) */
  self->state = state;
  if (!(held & TIMER))
    wsp_reactor_unset_timer (self->reactor, &self->timer);
  if (state == WSP_ATTEMPT_FAILED)
    wsp_handshake_abandon_preparing (self->handshake, self);
  else if (!(held & PREPARATION))
    wsp_handshake_end_preparing (self->handshake, self);
  if (!(held & DIAL))
    g_clear_pointer (&self->dial, wsp_dial_free);
  if (!(held & EXCHANGE))
    {
      g_clear_pointer (&self->upgrade, wsp_upgrade_free);
      g_clear_object (&self->session);
    }
  if (!(held & PERMITS))
    {
      wsp_connect_queue_release (self->settings->address_queue, &self->address_permit);
      wsp_connect_queue_release (self->settings->host_queue, &self->host_permit);
    }
}

void
wsp_attempt_hold_notifies (WspAttempt *self)
{
  wsp_held_notifies_hold (&self->notifies);
}

void
wsp_attempt_write_down_response (WspAttempt  *self,
                                 WscHttpHead *head)
{
  g_autoptr (WspHeaders) headers = wsp_heads_get_headers (head);

  self->status = wsc_http_head_get_status (head);
  wsp_attempt_hold_notifies (self);
  wsp_handshake_record_response (self->handshake, MIN (self->status, 599), headers);
}

gboolean
wsp_attempt_is_over (WspAttempt *self)
{
  return self->state >= WSP_ATTEMPT_SUCCEEDED || wsp_reactor_is_inherited (self->reactor);
}

void
wsp_attempt_notify_taps (WspAttempt *self,
                         GObject    *source)
{
  WspHeadLog *log = g_steal_pointer (&self->log);

  self->log = wsp_head_log_new ();
  wsp_head_log_notify (log, self->settings->taps, source);
  wsp_head_log_free (log);
}

/* The taps are notified of all input, whatever the result. */
static void
attempt_state_end (WspAttempt     *self,
                   WspAttemptState state)
{
  if (self->upgrade != NULL)
    wsp_upgrade_log_input (self->upgrade, self->log);
  wsp_attempt_enter (self, state);
}

/* Exceeded limits are logged at level info, other failures at level debug. */
static void
log_failure (WspAttempt   *self,
             const GError *error)
{
  const WspLogFields fields = { .limit = self->limit };
  WspLogTopic topic = self->limit != NULL ? WSP_LOG_LIMITS : WSP_LOG_HANDSHAKE;
  WspLogLevel level = self->limit != NULL ? WSP_LOG_LEVEL_INFO : WSP_LOG_LEVEL_DEBUG;

  wsp_log (topic, level, &fields, "Opening handshake with %s failed: %s",
           self->uri != NULL ? self->uri->text : "a server without a URI", error->message);
}

/* A ready-made stream whose handshake has not begun; a later one is closed with its upgrade. */
static void
close_unused_stream (WspAttempt *self)
{
  WspTransport *transport = NULL;

  if (self->stream != NULL && self->upgrade == NULL)
    transport = wsp_transport_new_for_stream (self->reactor, self->stream, WSP_STREAM_IS_SHARED,
                                              NULL);
  if (transport != NULL)
    wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
}

void
wsp_attempt_fail (WspAttempt *self,
                  GError     *error)
{
  if (self->state >= WSP_ATTEMPT_SUCCEEDED)     /* (1) */
    {
      g_error_free (error);
      return;
    }

  if (self->dial != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wsp_proxy_answers_drop ();
  close_unused_stream (self);
  attempt_state_end (self, WSP_ATTEMPT_FAILED);
  log_failure (self, error);
  self->error = error;
  wsp_held_notifies_call (&self->notifies);
}

void
wsp_attempt_give_error (WspAttempt *self)
{
  wsp_attempt_enter (self, WSP_ATTEMPT_ENDED);
  wsp_attempt_notify_taps (self, G_OBJECT (self->handshake));
  wsp_completion_return_error (g_steal_pointer (&self->completion),
                               g_steal_pointer (&self->error));
  if (wsp_handshake_take_abandoned (self->handshake))
    wsp_handshake_cancel (self->handshake);     /* a loop in its handlers gives the error */
  wsp_attempt_unref (self);     /* the reference of wsp_attempt_begin () */
}

void
wsp_attempt_leave (WspAttempt *self)
{
  gboolean was_failed = self->state == WSP_ATTEMPT_FAILED;

  wsp_attempt_enter (self, WSP_ATTEMPT_ENDED);
  g_clear_object (&self->completion);
  g_clear_object (&self->connection);
  if (was_failed)
    wsp_attempt_unref (self);   /* the reference of wsp_attempt_begin () */
}

gboolean
wsp_attempt_ends_tls_at_proxy (WspAttempt *self)
{
  return self->dial != NULL && self->uri->scheme != WSP_URI_SCHEME_WSS;
}

static WspConnection *
make_connection (WspAttempt *self)
{
  g_autoptr (GBytes) remaining_input = wsp_upgrade_dup_remaining_input (self->upgrade);
  WspConnection *connection =
    wsp_connection_new_for_transport (wsp_upgrade_steal_transport (self->upgrade), self->session,
                                      self->handshake, remaining_input);

  if (wsp_attempt_ends_tls_at_proxy (self))
    wsp_connection_hide_tls (connection);
  return connection;
}

void
wsp_attempt_succeed (WspAttempt *self)
{
  g_autoptr (WspConnection) connection = make_connection (self);

  attempt_state_end (self, WSP_ATTEMPT_SUCCEEDED);
  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_DEBUG, &(WspLogFields) { 0 },
           "Opening handshake with %s succeeded", self->uri->text);
  for (guint i = 0; i < self->settings->taps->len; i++)
    wsp_connection_add_tap (connection, self->settings->taps->pdata[i]);
  wsp_attempt_notify_taps (self, G_OBJECT (connection));
  wsp_completion_set_after (self->completion, G_OBJECT (connection),
                            wsp_connection_end_handing_out);
  wsp_completion_return_pointer (g_steal_pointer (&self->completion), g_object_ref (connection),
                                 g_object_unref);
  self->connection = g_object_ref (connection);
  wsp_held_notifies_call (&self->notifies);            /* the due call runs after the callback */
  wsp_attempt_unref (self);     /* the reference of wsp_attempt_begin () */
}

void
wsp_attempt_try_again (WspAttempt *self)
{
  if (wsp_attempt_is_over (self))
    return;

  wsp_attempt_enter (self, WSP_ATTEMPT_RETRYING);
  self->status = 0;
  self->n_interim = 0;
  wsp_handshake_record_body (self->handshake, NULL);
  wsp_held_notifies_call (&self->notifies);
}
