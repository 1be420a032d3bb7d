/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One turn of a connection: read once, parse all, write once, and see what has become of it.
 *
 * A turn borrows the memory of the reactor and lends it to the session; what it leaves behind is
 * the session's spill and whatever the socket did not take.  Every signal and every result comes
 * out of a turn.
 *
 * (1) No turn begins inside another one of the same connection: a main loop that runs in a
 *     handler only sends.
 * (2) No action that lies in lent memory is out when the memory is taken back, but for one that
 *     is blocked.
 * (3) Once the transport has ended, nothing is read or written.
 */
#include "connection/wsp-connection-private.h"

static void
begin_turn (WspConnection *self,
            WspTurn       *turn)
{
  g_assert (self->turn == NULL);        /* (1) */

  wsp_connection_share (self, turn);
  turn->depth = wsp_reactor_get_depth (self->reactor);
  turn->was_disturbed = FALSE;
  self->turn = turn;
  turn->now = wsp_reactor_get_time (self->reactor);
  wsp_session_lend (self->session, &turn->workspace, turn->spare_engine);
  wsp_connection_settle_deferred (self);
}

static void
end_turn (WspConnection *self)
{
  WspReactorMemory *memory = self->turn->memory;
  GError *error = NULL;

  if (self->output.deflate_left == 0)
    self->input.has_more = TRUE;
  if (!wsp_session_take_back (self->session, &error))
    wsp_connection_lose (self, error);

  self->turn = NULL;
  wsp_reactor_give_back (self->reactor, memory);
}

/* The first one counts; behind the end, where the close info has it, none does. */
static void
note_error (WspConnection *self,
            GError        *error)
{
  WspConnectionEnding *ending = &wsp_connection_need_details (self)->ending;

  if (ending->error != NULL || self->close_info != NULL)
    {
      g_error_free (error);
      return;
    }

  ending->error = error;
  if (wsp_session_find_limit (error) != NULL)
    wsp_connection_report_limit (self, wsp_session_find_limit (error), error->message);
}

/* FALSE: nothing more is to be read. */
static gboolean
perform (WspConnection    *self,
         WspSessionAction *action)
{
  switch (wsp_session_action_get_action_type (action))
    {
    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      wsp_output_pump_perform (self, action);
      return TRUE;
    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
      wsp_output_pump_indicate (self, action);
      return TRUE;
    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      return wsp_input_pump_read (self, action);
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      wsp_input_pump_indicate (self, action);
      return TRUE;
    case WSP_ACTION_TYPE_NONE:
      return TRUE;
    }

  g_assert_not_reached ();
}

/* A read that cannot be performed now would hide what is to be sent: from then on only that is
 * asked for. */
static void
perform_all (WspConnection *self,
             WspActionQueue queue)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  while (TRUE)
    {
      GError *error = NULL;

      if (queue == WSP_ACTION_QUEUE_ALL)
        {
          wsp_connection_push_messages (self);
          wsp_input_pump_prepare (self);
        }

      if (!wsp_session_get_action (self->session, queue, &action, &error))
        note_error (self, error);
      else if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
        return;
      else if (!perform (self, &action))
        queue = WSP_ACTION_QUEUE_SEND;
    }
}

/* TRUE: nothing is left to be done, judged or told once what is kept has left.  The first turn has
 * mostly nothing to perform, either, but the timer is still to be set. */
static gboolean
perform_turn (WspConnection *self)
{
  wsp_connection_read_usual (self);
  wsp_connection_push_messages (self);
  if (!self->input.is_receive_queued)
    wsp_input_pump_prepare (self);
  if (wsp_connection_is_at_rest (self))
    return wsp_timer_is_set (&self->timer);

  perform_all (self, WSP_ACTION_QUEUE_ALL);
  return wsp_connection_is_at_rest (self) && wsp_timer_is_set (&self->timer);
}

static void
set_state (WspConnection     *self,
           WspConnectionState state)
{
  if (self->state >= state)
    return;

  g_atomic_int_set (&self->state, state);       /* other threads ask */
  wsp_connection_close_door (self);
  wsp_connection_tell_state (self);
  wsp_connection_notify_state (self);
}

static void
end_receiver (WspConnection *self)
{
  WspCompletion *receiver = g_steal_pointer (&self->details->input.receiver);

  if (receiver == NULL)
    return;

  if (wsp_close_info_is_clean (self->close_info))
    wsp_completion_return_pointer (receiver, NULL, NULL);
  else
    wsp_completion_return_error (receiver, wsp_connection_make_error (self));
}

static void
end_waiting (WspConnection *self)
{
  gboolean is_clean = wsp_close_info_is_clean (self->close_info);
  WspConnectionDetails *details = self->details;
  WspCompletion *completion;
  WspWaitingPing *ping;

  end_receiver (self);
  wsp_input_pump_fail_stream (self);
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

/* Lets go of everything that the session still holds of ours. */
static void
empty_session (WspConnection *self)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  wsp_session_abort (self->session);
  while (TRUE)
    {
      if (!wsp_session_get_action (self->session, WSP_ACTION_QUEUE_ALL, &action, NULL))
        continue;
      if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
        return;
      if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE)
        wsp_output_pump_indicate (self, &action);
      else
        wsp_session_complete_action (self->session, &action, 0);
    }
}

static void
close_carrier (WspConnection    *self,
               WspTransportClose how)
{
  WspTransport *carrier = g_steal_pointer (&self->carrier);

  wsp_reactor_unset_timer (self->reactor, &self->timer);
  if (carrier != NULL)
    wsp_transport_close (carrier, how);
}

/* What was lost, or gave up waiting, has nobody to say goodbye to. */
static WspTransportClose
get_goodbye (WspConnection *self)
{
  return self->transport == WSP_TRANSPORT_ENDED ||
         wsp_session_get_state (self->session) == WSP_SESSION_STATE_ABORTED
         ? WSP_TRANSPORT_CLOSE_NOW
         : WSP_TRANSPORT_CLOSE_POLITELY;
}

static void
run_closed (WspDue *due)
{
  g_autoptr (WspConnection) self =
    WSP_OWNER_OF (due, WspConnectionDetails, ending.closed_due)->connection;

  set_state (self, WSP_CONNECTION_STATE_CLOSED);
  wsp_connection_emit_closed (self);

  if (self->is_held)
    {
      self->is_held = FALSE;
      g_object_unref (self);
    }
}

/* The results of what still waited come first, `closed` is the last that is heard. */
static void
end_connection (WspConnection *self)
{
  if (self->close_info != NULL)
    return;

  WspTransportClose how = get_goodbye (self);

  WspDue *closed_due = &wsp_connection_need_details (self)->ending.closed_due;

  self->transport = WSP_TRANSPORT_ENDED;
  self->close_info = wsp_connection_make_close_info (self);
  wsp_connection_report_end (self);
  close_carrier (self, how);
  if (wsp_session_get_state (self->session) != WSP_SESSION_STATE_CLOSED ||
      wsp_session_has_pending (self->session, WSP_ACTION_QUEUE_ALL))
    empty_session (self);
  wsp_output_pump_clear (self);
  end_waiting (self);
  wsp_connection_tell_state (self);
  wsp_connection_notify_close_info (self);

  g_object_ref (self);
  closed_due->run = run_closed;
  wsp_reactor_call (self->reactor, closed_due, WSP_DUE_THIS_TURN);
}

static guint
get_local_code (WspConnection *self)
{
  return wsp_session_get_local_close_code (self->session);
}

static gboolean
was_close_sent (WspConnection *self)
{
  guint code = get_local_code (self);

  return code != 0 && code != WSP_CLOSE_CODE_ABNORMAL;
}

static void
judge_failed_or_closed (WspConnection *self)
{
  if (!wsp_output_pump_is_idle (self))
    return;

  if (self->is_input_ended || !was_close_sent (self))
    end_connection (self);
  else
    wsp_connection_begin_draining (self);
}

/* The session gave up by itself: the time for closing is over. */
static void
give_up_closing (WspConnection *self)
{
  const char *text = "Closing handshake took longer than close-timeout";

  if (wsp_connection_peek_details (self)->ending.error == NULL)
    {
      note_error (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, text));
      wsp_connection_report_limit (self, "close-timeout", text);
    }
  end_connection (self);
}

static void
judge_open_transport (WspConnection *self)
{
  switch (wsp_session_get_state (self->session))
    {
    case WSP_SESSION_STATE_CREATED:
    case WSP_SESSION_STATE_HANDSHAKE:
    case WSP_SESSION_STATE_OPEN:
    case WSP_SESSION_STATE_CLOSE_SENT:
    case WSP_SESSION_STATE_CLOSE_RECEIVED:
      return;
    case WSP_SESSION_STATE_CLOSED:
    case WSP_SESSION_STATE_FAILED:
      judge_failed_or_closed (self);
      return;
    case WSP_SESSION_STATE_ABORTED:
      give_up_closing (self);
      return;
    }
}

static void
judge_transport (WspConnection *self)
{
  switch (self->transport)
    {
    case WSP_TRANSPORT_OPEN:
      judge_open_transport (self);
      return;
    case WSP_TRANSPORT_DRAINING:
      if (self->is_input_ended || wsp_connection_has_drained (self))
        end_connection (self);
      return;
    case WSP_TRANSPORT_ENDED:
      end_connection (self);
      return;
    }
}

static void
judge_state (WspConnection *self)
{
  switch (wsp_session_get_state (self->session))
    {
    case WSP_SESSION_STATE_CREATED:
    case WSP_SESSION_STATE_HANDSHAKE:
    case WSP_SESSION_STATE_OPEN:
      return;
    case WSP_SESSION_STATE_CLOSE_SENT:
    case WSP_SESSION_STATE_CLOSE_RECEIVED:
    case WSP_SESSION_STATE_CLOSED:
    case WSP_SESSION_STATE_FAILED:
      set_state (self, WSP_CONNECTION_STATE_CLOSING);
      if (was_close_sent (self))
        wsp_connection_emit_closing (self, get_local_code (self),
                                     wsp_connection_peek_details (self)->ending.local_reason);
      return;
    case WSP_SESSION_STATE_ABORTED:
      set_state (self, WSP_CONNECTION_STATE_CLOSING);
      return;
    }
}

static void
judge_queue (WspConnection *self)
{
  WspConnectionDetails *details = self->details;
  WspCompletion *flusher;

  if (self->output.is_full && self->output.queue_bytes <= self->limits->low_water_mark)
    {
      self->output.is_full = FALSE;
      wsp_connection_emit_writable (self);
      wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
    }

  if (self->door != NULL && self->door->is_waiting)
    wsp_connection_take_posted (self);

  while (details != NULL && wsp_output_pump_is_idle (self) &&
         (flusher = g_queue_pop_head (&details->flushers)))
    wsp_completion_return_number (flusher, 0);
}

static void
update_events (WspConnection *self)
{
  gboolean is_reading = self->transport == WSP_TRANSPORT_DRAINING || self->input.is_receive_queued;
  WspWatchEvents events = (is_reading ? WSP_WATCH_READ : WSP_WATCH_NOTHING) |
                          (wsp_connection_is_blocked (self) ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);

  if (self->transport != WSP_TRANSPORT_ENDED)
    wsp_transport_set_events (self->carrier, events);
}

static void
judge_turn (WspConnection *self,
            gint64         now)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  wsp_connection_judge_time (self, now);
  judge_state (self);
  wsp_connection_judge_idle (self, now);
  judge_queue (self);
  judge_transport (self);
  update_events (self);
  wsp_connection_update_timer (self);
  if (self->input.has_more && self->transport == WSP_TRANSPORT_OPEN)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
}

/* Where a turn begins and ends at rest, reading is what is waited for before and after it, and a
 * deadline is only put off.  What holds itself lets go in a call of its own, never inside a
 * turn. */
static void
run_turn (WspConnection *self,
          WspWatchEvents events)
{
  g_autoptr (WspConnection) kept = self->is_held ? NULL : g_object_ref (self);
  WspTurn turn;
  gboolean is_short = self->input.is_receive_queued && !self->input.has_more &&
                      !wsp_connection_is_blocked (self);

  begin_turn (self, &turn);
  wsp_connection_tell_time (self, events);
  wsp_input_pump_begin_turn (self, events);
  if (self->details != NULL)
    wsp_output_pump_resume (self);

  if (self->transport == WSP_TRANSPORT_DRAINING && events != WSP_WATCH_NOTHING)
    wsp_input_pump_drain (self);
  is_short = perform_turn (self) && is_short && !turn.was_disturbed;
  wsp_output_pump_flush (self);
  end_turn (self);
  self->output.deflate_left = self->limits->max_bytes_per_turn;

  if (self->close_info == NULL &&
      (!is_short || wsp_connection_is_blocked (self) || self->transport != WSP_TRANSPORT_OPEN))
    judge_turn (self, turn.now);
  wsp_session_fold (self->session, turn.spare_engine);
}

/* Outside a dispatch, and in a main loop inside a handler, which has a budget for each call: what
 * was queued leaves at once, nothing is read. */
static void
send_now (WspConnection *self)
{
  WspTurn turn;
  gboolean is_nested = self->turn != NULL;

  if (is_nested)
    self->output.deflate_left = self->limits->max_bytes_per_turn;
  else
    begin_turn (self, &turn);
  wsp_output_pump_resume (self);
  perform_all (self, WSP_ACTION_QUEUE_SEND);
  wsp_output_pump_flush (self);
  if (is_nested)
    return;

  end_turn (self);
  wsp_session_fold (self->session, turn.spare_engine);
}

static void
take_turn (WspConnection *self,
           WspWatchEvents events)
{
  if (self->close_info != NULL)
    return;

  if (self->turn == NULL)
    {
      run_turn (self, events);
      return;
    }

  /* The turn around this one reads again. */
  self->turn->was_disturbed = TRUE;
  send_now (self);
  if (self->output.deflate_left == 0)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);

  gboolean is_writing = self->transport == WSP_TRANSPORT_OPEN && wsp_connection_is_blocked (self);

  wsp_transport_set_events (self->carrier, is_writing ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);
}

static void
on_ready (WspTransport  *carrier,
          WspWatchEvents events,
          gpointer       owner)
{
  take_turn (owner, events);
}

static void
on_expired (WspTimer *timer)
{
  take_turn (WSP_OWNER_OF (timer, WspConnection, timer), WSP_WATCH_NOTHING);
}

static void
run_due (WspDue *due)
{
  g_autoptr (WspConnection) self = WSP_OWNER_OF (due, WspConnection, due);

  if (wsp_connection_send_deferred (self))
    return;

  /* What stopped for its budget may have left bytes in the socket, too. */
  take_turn (self, self->input.has_more ? WSP_WATCH_READ : WSP_WATCH_NOTHING);
}

/* Until it is given a carrier it has none to read or write. */
void
wsp_connection_init_turns (WspConnection *self)
{
  self->due.run = run_due;
  self->timer.expired = on_expired;
  self->transport = WSP_TRANSPORT_ENDED;
}

void
wsp_connection_begin (WspConnection *self,
                      WspTransport  *carrier)
{
  self->carrier = carrier;
  self->transport = WSP_TRANSPORT_OPEN;
  self->output.deflate_left = self->limits->max_bytes_per_turn;
  wsp_transport_set_owner (carrier, on_ready, self);
  self->opened = wsp_reactor_get_time (self->reactor);
  self->last_input = self->opened;
  self->last_message = self->opened;
  wsp_session_set_time (self->session, self->opened);

  if (wsp_connection_peek_details (self)->origin.initial_input != NULL)
    {
      g_autoptr (GBytes) input = g_steal_pointer (&self->details->origin.initial_input);
      gsize length;
      const guint8 *data = g_bytes_get_data (input, &length);

      if (length > 0 && wsp_session_unread (self->session, data, length, NULL))
        self->last_input = self->opened;
    }
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

void
wsp_connection_wake (WspConnection *self)
{
  guint depth = wsp_reactor_get_depth (self->reactor);

  if (depth > 0)
    {
      if (self->turn == NULL || self->turn->depth != depth)
        wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
      return;
    }

  if (self->transport == WSP_TRANSPORT_OPEN && !wsp_connection_is_blocked (self))
    send_now (self);
  if (self->transport != WSP_TRANSPORT_OPEN || wsp_connection_is_blocked (self) ||
      self->output.deflate_left < self->limits->max_bytes_per_turn ||
      self->state != WSP_CONNECTION_STATE_OPEN ||
      wsp_session_get_state (self->session) != WSP_SESSION_STATE_OPEN ||
      wsp_connection_peek_details (self)->flushers.length > 0)
    wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

void
wsp_connection_call_soon (WspConnection *self,
                          WspDueTurn     turn)
{
  if (wsp_due_is_queued (&self->due))
    return;

  g_object_ref (self);
  wsp_reactor_call (self->reactor, &self->due, turn);
}

void
wsp_connection_lose (WspConnection *self,
                     GError        *error)
{
  note_error (self, error);
  self->transport = WSP_TRANSPORT_ENDED;        /* (3) */
  if (self->turn == NULL)
    wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

void
wsp_connection_drop (WspConnection *self)
{
  if (self->close_info != NULL)
    return;

  self->transport = WSP_TRANSPORT_ENDED;
  close_carrier (self, WSP_TRANSPORT_CLOSE_NOW);
  empty_session (self);
  wsp_output_pump_clear (self);
}
