/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The timeouts of a connection, and its end.  The session times keepalive and the closing
 * handshake; the connection times the idle timeout and draining. */
#include "connection/wsp-connection-private.h"

#include "connection/report/wsp-close-info-private.h"
#include "core/stream/closing-time.h"

#define DRAIN_TIME G_USEC_PER_SEC       /* of a server: RFC 6455 7.1.1 */

static gint64
get_idle_deadline (WspConnection *self)
{
  if (self->link.limits->idle_timeout == 0 ||
      wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN)
    return WSP_TIMER_NEVER;

  return self->link.last_message + self->link.limits->idle_timeout * (gint64) 1000;
}

void
wsp_connection_judge_idle (WspConnection *self,
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
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

/* While output waits, a peer that takes none of it is dead, whatever it sends. */
static gint64
get_stalled_deadline (WspConnection *self)
{
  gint64 interval = self->link.limits->keepalive_interval;
  gint64 timeout = self->link.limits->keepalive_timeout;

  if (!wsp_output_is_blocked (&self->output) || interval == 0 || timeout == 0)
    return WSP_TIMER_NEVER;

  return self->output.rest->last_taken + (interval + timeout) * 1000;
}

/* It was tried again when the turn began. */
static void
judge_stalled (WspConnection *self,
               gint64         now)
{
  if (self->link.transport_state != WSP_TRANSPORT_OPEN || now < get_stalled_deadline (self))
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

static WscBacklog
get_backlog (const WspConnection *self)
{
  return self->output.queue.first != NULL || wsp_output_is_blocked (&self->output)
         ? WSC_BACKLOG_WAITING : WSC_BACKLOG_EMPTY;
}

/* A turn that begins will do it. */
static void
write_soon (WspConnection *self)
{
  if (self->link.turn == NULL || self->link.turn->was_disturbed)
    wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

static void
judge_keepalive (WspConnection *self,
                 gint64         now)
{
  switch (wsc_stream_set_time (self->link.stream, now))
    {
    case WSC_KEEPALIVE_QUIET:
      return;
    case WSC_KEEPALIVE_PING_DUE:
      wsp_output_send_keepalive (&self->output, &self->link);
      wsp_connection_report_timer (self, "Keepalive sends a ping");
      write_soon (self);
      return;
    case WSC_KEEPALIVE_PEER_DEAD:
      wsp_connection_follow_fault (self, WSC_FAULT_PEER_NOT_RESPONDING);
      write_soon (self);
      return;
    }
}

/* First what has not begun to leave gives way to the Close; then nothing is waited for. */
static void
judge_closing (WspConnection *self,
               gint64         now)
{
  g_autoptr (GError) error = NULL;

  switch (wsc_stream_judge_closing (self->link.stream, now, get_backlog (self)))
    {
    case WSC_CLOSING_GO_ON:
      return;
    case WSC_CLOSING_DROP_WAITING:
      error = wsp_session_make_error (self->link.session, WSC_FAULT_CLOSING_STARTED, NULL);
      wsp_output_drop_waiting (&self->output, &self->link, error);
      return;
    case WSC_CLOSING_GIVE_UP:
      (void) wsc_stream_abort (self->link.stream);
      return;
    }
}

static void
set_time (WspConnection *self,
          gint64         now)
{
  wsp_session_refresh_options (self->link.session);
  judge_keepalive (self, now);
  judge_closing (self, now);
}

/* While the socket has something for us, it is read before anybody is called dead: the main loop
 * may have stood still.  A peer that we do not listen to may be silent as long as it likes. */
void
wsp_connection_tell_time (WspConnection *self,
                          WspWatchEvents events)
{
  WscKeepalive *keepalive = &self->link.stream->keepalive;

  keepalive->now = MAX (keepalive->now, self->link.turn->now);
  if (wsp_input_is_paused (&self->input, &self->link))
    wsc_keepalive_heard (keepalive);
  if (events == WSP_WATCH_NOTHING && !wsp_timer_is_set (&self->timer))
    set_time (self, self->link.turn->now);
}

/* A ping that is due leaves in a turn of its own. */
void
wsp_connection_judge_time (WspConnection *self,
                           gint64         now)
{
  judge_stalled (self, now);
  set_time (self, now);
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

/* A side that failed, and a server after both Close frames, has no more to say: it half-closes,
 * and reads on for a while, because closing a socket with unread input could cost the peer our
 * Close.  A client waits for the server to end the stream. */
void
wsp_connection_begin_draining (WspConnection *self)
{
  gboolean is_server = wsp_link_is_server (&self->link);
  gint64 time = is_server ? DRAIN_TIME : self->link.limits->close_timeout * (gint64) 1000;

  self->link.transport_state = WSP_TRANSPORT_DRAINING;
  wsp_connection_need_details (self)->ending.drain_deadline =
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
wsp_connection_update_timer (WspConnection *self)
{
  const WscStream *stream = self->link.stream;
  gint64 deadline = MIN (wsc_stream_get_deadline (stream), get_idle_deadline (self));

  deadline = MIN (deadline, wsc_stream_get_closing_deadline (stream, get_backlog (self)));
  deadline = MIN (deadline, get_stalled_deadline (self));
  if (self->link.transport_state == WSP_TRANSPORT_DRAINING)
    deadline = self->details->ending.drain_deadline;

  /* A deadline that is put off again and again costs less if the timer is early once. */
  if (self->link.transport_state == WSP_TRANSPORT_ENDED ||
      (wsp_timer_is_set (&self->timer) && self->timer.deadline <= deadline))
    return;

  wsp_reactor_set_timer (self->link.reactor, &self->timer, deadline);
}

void
wsp_connection_set_state (WspConnection     *self,
                          WspConnectionState state)
{
  if (self->state >= state)
    return;

  wsp_connection_need_details (self)->ending.closing_since =
    wsp_reactor_get_time (self->link.reactor);
  g_atomic_int_set (&self->state, state);       /* other threads ask */
  wsp_connection_close_thread_sends (self);
  wsp_taps_tell_state (self->link.taps);
  wsp_connection_notify_state (self);
}

static void
end_waiting (WspConnection *self)
{
  g_autoptr (GError) error = wsp_connection_make_error (self);
  gboolean is_clean = wsp_close_info_is_clean (self->close_info);
  WspConnectionDetails *details = self->details;
  WspCompletion *completion;
  WspWaitingPing *ping;

  wsp_input_end (&self->input, is_clean, error);
  while ((ping = g_queue_pop_head (&details->pings)))
    {
      wsp_completion_return_error (g_steal_pointer (&ping->completion),
                                   wsp_connection_make_error (self));
      wsp_waiting_ping_free (ping);
    }
  while ((completion = g_queue_pop_head (&details->flushers)))
    wsp_completion_return_error (completion, wsp_connection_make_error (self));
  while ((completion = g_queue_pop_head (&details->ending.closers)))
    {
      if (is_clean)
        wsp_completion_return_number (completion, 0);
      else
        wsp_completion_return_error (completion, wsp_connection_make_error (self));
    }
}

/* Fails all output that has not left, with the error that ended the connection. */
static void
end_output (WspConnection *self)
{
  g_autoptr (GError) error = wsp_connection_make_error (self);
  WscStream *stream = self->link.stream;

  if (self->has_taken_session && stream->phase != WSC_PHASE_CLOSED)
    (void) wsc_stream_abort (stream);
  wsp_output_end (&self->output, error);
}

/* Code of the program may run. */
static void
clear_output (WspConnection *self)
{
  wsp_connection_drop_parts (self);
  wsp_output_clear (&self->output);
}

static void
close_transport (WspConnection    *self,
                 WspTransportClose how)
{
  WspTransport *transport = g_steal_pointer (&self->link.transport);

  wsp_reactor_unset_timer (self->link.reactor, &self->timer);
  if (transport != NULL)
    wsp_transport_close (transport, how);
}

/* close_notify is of no use where the transport has ended or the session was aborted. */
static WspTransportClose
get_close_mode (WspConnection *self)
{
  return self->link.transport_state == WSP_TRANSPORT_ENDED ||
         wsp_connection_get_session_state (self) == WSP_SESSION_STATE_ABORTED
         ? WSP_TRANSPORT_CLOSE_NOW
         : WSP_TRANSPORT_CLOSE_GRACEFUL;
}

/* A turn that goes on around this needs the connection: then it lets go. */
void
wsp_connection_let_go (WspConnection *self)
{
  if (!self->is_held || self->link.turn != NULL || self->state != WSP_CONNECTION_STATE_CLOSED)
    return;

  self->is_held = FALSE;
  g_object_unref (self);
}

static void
run_closed (WspDue *due)
{
  g_autoptr (WspConnection) self =
    WSP_OWNER_OF (due, WspConnectionDetails, ending.closed_due)->connection;

  wsp_connection_set_state (self, WSP_CONNECTION_STATE_CLOSED);
  wsp_connection_emit_closed (self);
  wsp_connection_let_go (self);
}

/* The results of what still waited come first, `closed` is the last signal.  It is due before user
 * code runs here, which may wait for it. */
void
wsp_connection_end (WspConnection *self)
{
  if (self->close_info != NULL)
    return;

  WspTransportClose how = get_close_mode (self);

  WspDue *closed_due = &wsp_connection_need_details (self)->ending.closed_due;

  self->link.transport_state = WSP_TRANSPORT_ENDED;
  self->close_info = wsp_connection_make_close_info (self);
  wsp_connection_report_end (self);
  close_transport (self, how);
  wsp_taps_tell_state (self->link.taps);
  end_output (self);
  end_waiting (self);

  g_object_ref (self);
  closed_due->run = run_closed;
  wsp_reactor_call (self->link.reactor, closed_due, WSP_DUE_THIS_TURN);

  clear_output (self);
  wsp_connection_notify_close_info (self);
}

static gpointer
make_no_transport (gpointer data)
{
  WspCloseInfo *info = wsp_close_info_new (WSP_CLOSE_ABNORMAL);

  info->peer_code = WSP_CLOSE_CODE_ABNORMAL;
  info->local_code = WSP_CLOSE_CODE_ABNORMAL;
  info->error = g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                                     "Connection has no stream");
  return info;
}

/* One for all: every connection of an endpoint is in this state for a moment. */
void
wsp_connection_wait_for_transport (WspConnection *self)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, make_no_transport, NULL);
  self->close_info = wsp_close_info_ref (once.retval);
  self->state = WSP_CONNECTION_STATE_CLOSED;
}

void
wsp_connection_refuse_session (WspConnection *self)
{
  wsp_connection_lose (self, g_error_new_literal (WSP_SESSION_ERROR,
                                                  WSP_SESSION_ERROR_INVALID_OPERATION,
                                                  "Session is not open: expected one whose opening "
                                                  "handshake is complete"));
  self->state = WSP_CONNECTION_STATE_CLOSED;
  wsp_connection_end (self);
}

void
wsp_connection_drop (WspConnection *self)
{
  if (self->close_info != NULL)
    return;

  self->link.transport_state = WSP_TRANSPORT_ENDED;
  close_transport (self, WSP_TRANSPORT_CLOSE_NOW);
  end_output (self);
  if (!wsp_taps_is_telling (self->link.taps))
    clear_output (self);
}
