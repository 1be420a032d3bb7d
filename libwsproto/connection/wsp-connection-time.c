/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The timeouts of a connection.  Its stream times keepalive and the closing handshake; the
 * connection times idle-timeout, draining, and a peer that takes no output.
 * docs/rationales/connection.md has the reasons. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"
#include "core/frames/compression.h"
#include "core/stream/keepalive.h"
#include "core/stream/stream.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-timer-wheel-private.h"
#include "session/wsp-session-lend-private.h"

#define UNREAD_SECONDS 5        /* time until the log has a line about a message that waits
                                   unread */
#define SUSPEND_TIME (5 * G_USEC_PER_SEC)       /* time without a message */
#define DRAIN_TIME G_USEC_PER_SEC       /* time for which a server drains its input: RFC 6455
                                           7.1.1 */

static gint64
get_idle_deadline (WspConnection *self)
{
  if (self->link.limits->idle_timeout == 0 || !wsp_life_sends (&self->link.life) ||
      wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN)
    return WSP_TIMER_NEVER;

  return self->link.last_message + self->link.limits->idle_timeout * (gint64) 1000;
}

void
wsp_connection_check_idle (WspConnection *self,
                           gint64         now)
{
  if (now < get_idle_deadline (self))
    return;

  if (!wsp_connection_send_close (self, WSP_CLOSE_CODE_GOING_AWAY, NULL, NULL))
    return;

  g_autofree char *text =
    g_strdup_printf ("No message was sent or received: for %" G_GINT64_FORMAT " ms, limit "
                     "idle-timeout %u ms", (now - self->link.last_message) / 1000,
                     self->link.limits->idle_timeout);

  wsp_connection_report_limit (self, "idle-timeout", text);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* While output waits, a peer that takes no byte times out, whatever it sends. */
static gint64
get_stalled_deadline (WspConnection *self)
{
  gint64 interval = self->link.limits->keepalive_interval;
  gint64 timeout = self->link.limits->keepalive_timeout;

  if (!wsp_output_is_blocked (&self->link) || interval == 0 || timeout == 0)
    return WSP_TIMER_NEVER;

  return self->output.rest->last_taken + (interval + timeout) * 1000;
}

/* Blocked output was tried again when the turn began. */
static void
check_stalled (WspConnection *self,
               gint64         now)
{
  if (!wsp_life_sends (&self->link.life) || now < get_stalled_deadline (self))
    return;

  gint64 waited = now - self->output.rest->last_taken;
  GError *error =
    g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                 "Peer takes nothing of what is sent: for %" G_GINT64_FORMAT " ms, limit "
                 "keepalive-interval + keepalive-timeout %u ms", waited / 1000,
                 self->link.limits->keepalive_interval + self->link.limits->keepalive_timeout);

  wsp_connection_report_limit (self, "keepalive-timeout", error->message);
  wsp_connection_lose (self, error);
}

/* A program that never asks for messages probably forgot a handler, or to call start_receiving ().
 * */
static gint64
get_unread_deadline (WspConnection *self)
{
  gint64 since = wsp_input_peek_held (&self->input)->undecided_since;

  if (since == 0 || self->link.has_reported_unread ||
      !wsp_input_is_undecided (&self->input) || !wsp_life_receives (&self->link.life))
    return WSP_TIMER_NEVER;

  return since + UNREAD_SECONDS * G_USEC_PER_SEC;
}

/* Compression that is not used for a while gives its memory back.  Messages that wait to be sent
 * use it soon. */
static gint64
get_suspend_deadline (const WspConnection *self)
{
  return wsc_compression_may_suspend (self->link.stream->compression) &&
         self->output.queue.first == NULL && !wsp_output_is_blocked (&self->link)
         ? self->link.last_message + SUSPEND_TIME : WSP_TIMER_NEVER;
}

gboolean
wsp_connection_must_suspend_sooner (const WspConnection *self)
{
  return self->timer.deadline > get_suspend_deadline (self);
}

static WscBacklog
connection_time_get_backlog (const WspConnection *self)
{
  return self->output.queue.first != NULL || wsp_output_is_blocked (&self->link)
         ? WSC_BACKLOG_WAITING : WSC_BACKLOG_EMPTY;
}

/* Queues a turn that writes the ping or the Close.  If the running turn has just begun, it writes
 * them itself, and the queued turn has nothing to do. */
static void
follow_keepalive (WspConnection *self,
                  gint64         now)
{
  switch (wsc_stream_set_time (self->link.stream, now))
    {
    case WSC_KEEPALIVE_QUIET:
      return;
    case WSC_KEEPALIVE_PING_DUE:
      wsp_output_send_keepalive (&self->output, &self->link);
      wsp_connection_report_timer (self, "Keepalive sends a ping");
      wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
      return;
    case WSC_KEEPALIVE_PEER_SILENT:
      wsp_connection_follow_fault (self, WSC_FAULT_PEER_NOT_RESPONDING);
      wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
      return;
    }
}

/* When close-timeout is over, Sends that have not begun are dropped, so that the Close can be sent.
 * After the same time again, or if no Send waits, the stream is aborted. */
static void
follow_closing_time (WspConnection *self)
{
  g_autoptr (GError) error = NULL;

  switch (wsc_stream_check_closing (self->link.stream, connection_time_get_backlog (self)))
    {
    case WSC_CLOSING_GO_ON:
      return;
    case WSC_CLOSING_DROP_WAITING:
      error = wsp_connection_make_send_error (self, WSC_FAULT_CLOSING_STARTED);
      wsp_output_drop_waiting (&self->output, &self->link, error);
      return;
    case WSC_CLOSING_GIVE_UP:
      (void) wsc_stream_abort (self->link.stream);
      return;
    }
}

/* After a failed write neither a ping nor a Close can be sent: only the time of input counts. */
static void
connection_time_set_time (WspConnection *self,
                          gint64         now)
{
  if (!wsp_life_sends (&self->link.life))
    return;

  wsp_session_refresh_options (wsp_connection_peek_session (self));
  follow_keepalive (self, now);
  follow_closing_time (self);
}

/* Input that waits in the socket is read before the peer times out, because the main loop may
 * have been blocked.  While the connection does not read, the peer does not time out. */
void
wsp_connection_set_turn_time (WspConnection *self,
                              WspWatchEvents events)
{
  WscKeepalive *keepalive = &self->link.stream->keepalive;

  keepalive->now = MAX (keepalive->now, self->link.turn->now);
  if (!wsp_input_has_room (&self->input, &self->link))
    wsc_keepalive_note_input (keepalive);
  if (events == WSP_WATCH_NOTHING && !wsp_timer_is_set (&self->timer))
    connection_time_set_time (self, self->link.turn->now);
}

/* A ping that is due now is sent by the next turn. */
void
wsp_connection_check_time (WspConnection *self,
                           gint64         now)
{
  check_stalled (self, now);
  if (now >= get_unread_deadline (self))
    wsp_connection_report_unread (self, UNREAD_SECONDS);
  if (now >= get_suspend_deadline (self))
    wsc_compression_suspend (self->link.stream->compression);
  connection_time_set_time (self, now);
}

GError *
wsp_connection_make_close_timeout (WspConnection *self)
{
  gint64 begin = wsp_connection_peek_details (self)->ending.closing_since;

  return g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                      "Closing handshake takes too long: %" G_GINT64_FORMAT " ms, limit "
                      "close-timeout %u ms", (wsp_reactor_get_time (self->link.reactor) - begin) / 1000,
                      self->link.limits->close_timeout);
}

/* A side that failed, and a server after both Close frames, sends nothing more: it half-closes,
 * and reads for a while, because closing a socket with unread input could lose our Close.  A
 * client waits for the server to end the stream. */
void
wsp_connection_begin_draining (WspConnection *self)
{
  gboolean is_server = wsp_link_is_server (&self->link);
  gint64 time = is_server ? DRAIN_TIME : self->link.limits->close_timeout * (gint64) 1000;

  (void) wsp_life_enter (&self->link.life, WSP_LIFE_DRAINING);
  wsp_connection_ensure_details (self)->ending.drain_deadline =
    time > 0 ? wsp_reactor_get_time (self->link.reactor) + time : WSP_TIMER_NEVER;
  if (is_server || wsp_connection_get_session_state (self) == WSP_SESSION_STATE_FAILED)
    wsp_transport_shutdown (self->link.transport);
}

gboolean
wsp_connection_has_drained (WspConnection *self)
{
  return wsp_reactor_get_time (self->link.reactor) >= self->details->ending.drain_deadline;
}

void
wsp_connection_follow_max_send_queue (WspConnection        *self,
                                      const WspLimitValues *limits)
{
  g_atomic_int_set (&self->max_from_threads, MIN (limits->max_send_queue, G_MAXUINT));
}

void
wsp_connection_update_timer (WspConnection *self)
{
  WscStream *stream = self->link.stream;
  gint64 deadline = MIN (wsc_stream_get_deadline (stream), get_idle_deadline (self));

  deadline =
    MIN (deadline, wsc_stream_get_closing_deadline (stream, connection_time_get_backlog (self)));
  deadline = MIN (deadline, get_stalled_deadline (self));
  deadline = MIN (deadline, get_unread_deadline (self));
  deadline = MIN (deadline, get_suspend_deadline (self));
  if (!wsp_life_sends (&self->link.life))       /* INPUT_ONLY or DRAINING */
    deadline = wsp_connection_peek_details (self)->ending.drain_deadline;
  if (stream->has_new_options)
    wsp_connection_follow_max_send_queue (self, self->link.limits);
  stream->has_new_options = FALSE;

  /* The timer is not moved for a later deadline: to let it expire early once costs less than to
   * move it each time. */
  if (!wsp_life_has_transport (&self->link.life) ||
      (wsp_timer_is_set (&self->timer) && self->timer.deadline <= deadline))
    return;

  wsp_reactor_set_timer (self->link.reactor, &self->timer, deadline);
}
