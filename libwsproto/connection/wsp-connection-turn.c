/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One turn of a connection: read once, parse all, write once, and see what has become of it.
 *
 * A turn borrows the memory of the reactor and lends it to the session; what it leaves behind is
 * the session's spill and whatever the socket did not take.  Every signal and every result comes
 * out of a turn.
 *
 * (1) No turn begins inside another one of the same connection: a main loop that runs in a
 *     handler only sends, and ends a connection whose transport was lost or whose time for
 *     closing has passed.
 * (2) No action that lies in lent memory is out when the memory is taken back, but for one that
 *     is blocked.
 * (3) Once the transport has ended, nothing is read or written.
 * (4) User code runs only where no action is out, except for taps; behind it everything
 *     is asked again.
 */
#include "connection/wsp-connection-private.h"

/* The main loop of a handler may last as long as a dialog: what the turn has kept leaves now, and
 * what is queued from here on does not wait for the end of the turn. */
static void
on_looping (WspReactorLooping *looping)
{
  WspTurn *turn = WSP_OWNER_OF (looping, WspTurn, looping);

  if (turn->was_disturbed)
    return;

  turn->was_disturbed = TRUE;
  wsp_connection_call_soon (turn->connection, WSP_DUE_THIS_TURN);
}

static void
begin_turn (WspConnection *self,
            WspTurn       *turn)
{
  g_assert (self->turn == NULL);        /* (1) */

  wsp_connection_share (self, turn);
  turn->depth = wsp_reactor_get_depth (self->reactor);
  turn->released = NULL;
  turn->was_disturbed = FALSE;
  turn->connection = self;
  turn->looping.run = on_looping;
  turn->looping_before = wsp_reactor_swap_looping (self->reactor, &turn->looping);
  turn->is_telling = FALSE;
  self->turn = turn;
  turn->now = wsp_reactor_get_time (self->reactor);
  wsp_session_lend (self->session, &turn->workspace);
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

  g_assert (self->turn->released == NULL);      /* (4) */
  wsp_reactor_swap_looping (self->reactor, self->turn->looping_before);
  self->turn = NULL;
  wsp_reactor_give_back (self->reactor, memory);
}

void
wsp_connection_note_error (WspConnection *self,
                           GError        *error,
                           const char    *limit)
{
  WspConnectionEnding *ending = &wsp_connection_need_details (self)->ending;

  if (ending->error != NULL || self->close_info != NULL)
    {
      g_error_free (error);
      return;
    }

  ending->error = error;
  if (limit != NULL)
    wsp_connection_report_limit (self, limit, error->message);
}

static void
perform (WspConnection    *self,
         WspSessionAction *action)
{
  if (wsp_session_action_get_action_type (action) == WSP_ACTION_TYPE_SEND_TO_NETWORK)
    wsp_output_pump_perform (self, action);
  else
    wsp_output_pump_indicate (self, action);
}

/* What is to be sent, and the fault that ended the session. */
static void
send_all (WspConnection *self)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  while (TRUE)
    {
      GError *error = NULL;

      wsp_output_pump_free_released (self);
      if (!wsp_session_get_action (self->session, WSP_ACTION_QUEUE_ALL, &action, &error))
        wsp_connection_note_error (self, error, wsp_session_get_exceeded_limit (self->session));
      else if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
        return;
      else
        perform (self, &action);
    }
}

/* Pongs leave before what the messages that follow their pings bring forth. */
static void
receive_and_send (WspConnection *self)
{
  while (wsp_input_pump_step (self))
    if (self->stream->pongs != NULL)
      send_all (self);

  if (!wsp_connection_is_at_rest (self) || self->turn->released != NULL)
    send_all (self);
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
    wsp_connection_end (self);
  else
    wsp_connection_begin_draining (self);
}

/* The session gave up by itself: the time for closing is over. */
static void
give_up_closing (WspConnection *self)
{
  wsp_connection_note_error (self, wsp_connection_make_close_timeout (self), "close-timeout");
  wsp_connection_end (self);
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
        wsp_connection_end (self);
      return;
    case WSP_TRANSPORT_ENDED:
      wsp_connection_end (self);
      return;
    }
}

/* The side that was first gives code and reason. */
static void
tell_closing (WspConnection *self)
{
  WspSession *session = self->session;

  if (self->was_started_by_peer)
    wsp_connection_emit_closing (self, wsp_session_get_peer_close_code (session),
                                 wsp_session_get_peer_close_reason (session));
  else if (was_close_sent (self))
    wsp_connection_emit_closing (self, get_local_code (self),
                                 wsp_connection_peek_details (self)->ending.local_reason);
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
      wsp_connection_set_state (self, WSP_CONNECTION_STATE_CLOSING);
      tell_closing (self);
      return;
    case WSP_SESSION_STATE_ABORTED:
      wsp_connection_set_state (self, WSP_CONNECTION_STATE_CLOSING);
      return;
    }
}

static void
finish_flushers (WspConnection *self)
{
  WspCompletion *flusher;

  while (self->details != NULL && wsp_output_pump_is_idle (self) &&
         (flusher = g_queue_pop_head (&self->details->flushers)))
    wsp_completion_return_number (flusher, 0);
}

static void
judge_queue (WspConnection *self)
{
  if (self->output.is_full && self->output.queue_bytes <= self->limits->low_water_mark)
    {
      self->output.is_full = FALSE;
      wsp_connection_emit_writable (self);
      wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
    }

  if (self->door != NULL && self->door->is_waiting)
    wsp_connection_take_posted (self);

  finish_flushers (self);
}

static void
update_events (WspConnection *self)
{
  gboolean is_reading = self->transport == WSP_TRANSPORT_DRAINING || self->input.is_reading;
  WspWatchEvents events = (is_reading ? WSP_WATCH_READ : WSP_WATCH_NOTHING) |
                          (wsp_connection_is_blocked (self) ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);

  if (self->transport != WSP_TRANSPORT_ENDED)
    wsp_transport_set_events (self->carrier, events);
}

/* Handlers run here that may end the connection in a main loop of their own: behind it the caller
 * may not look at it. */
static void
judge_turn (WspConnection *self,
            const WspTurn *turn)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  wsp_connection_judge_time (self, turn->now);
  judge_state (self);
  wsp_connection_judge_idle (self, turn->now);
  judge_queue (self);
  judge_transport (self);
  update_events (self);
  wsp_connection_update_timer (self);
  if (self->input.has_more && self->transport == WSP_TRANSPORT_OPEN)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
}

/* Where a turn begins and ends at rest, reading is what is waited for before and after it, and a
 * deadline is only put off.  What holds itself does not let go inside a turn. */
static void
run_turn (WspConnection *self,
          WspWatchEvents events)
{
  g_autoptr (WspConnection) kept = self->is_held ? NULL : g_object_ref (self);
  WspTurn turn;
  gboolean is_short = self->input.is_reading && !self->input.has_more &&
                      !wsp_connection_is_blocked (self);

  begin_turn (self, &turn);
  wsp_connection_tell_time (self, events);
  wsp_input_pump_begin_turn (self, events);
  if (self->details != NULL)
    wsp_output_pump_resume (self);

  if (self->transport == WSP_TRANSPORT_DRAINING && events != WSP_WATCH_NOTHING)
    wsp_input_pump_drain (self);
  receive_and_send (self);
  is_short = wsp_connection_is_at_rest (self) && wsp_timer_is_set (&self->timer) && is_short &&
             !turn.was_disturbed;
  wsp_output_pump_flush (self);
  end_turn (self);
  self->output.deflate_left = self->limits->max_bytes_per_turn;

  if (self->close_info != NULL)
    wsp_connection_let_go (self);
  else if (!is_short || wsp_connection_is_blocked (self) || self->transport != WSP_TRANSPORT_OPEN)
    judge_turn (self, &turn);
}

/* Outside a dispatch, and in a main loop inside a handler, which has a budget for each call: what
 * was queued leaves at once, nothing is read. */
static void
send_now (WspConnection *self)
{
  WspTurn turn;
  gboolean is_nested = self->turn != NULL;

  if (is_nested && self->turn->is_telling)
    return;                     /* (4): an action is out, and what is kept stands before it */
  if (is_nested)
    self->output.deflate_left = self->limits->max_bytes_per_turn;
  else
    begin_turn (self, &turn);
  wsp_output_pump_resume (self);
  send_all (self);
  wsp_output_pump_flush (self);
  if (!is_nested)
    end_turn (self);
}

/* Where nothing is read, the time of a closing handshake still passes. */
static void
judge_inner_turn (WspConnection *self)
{
  gboolean is_closing = wsp_connection_peek_details (self)->ending.closing_since > 0 ||
                        wsp_session_get_state (self->session) != WSP_SESSION_STATE_OPEN;

  if (is_closing && self->transport == WSP_TRANSPORT_OPEN)
    wsp_connection_judge_time (self, wsp_reactor_get_time (self->reactor));
  judge_transport (self);
  if (is_closing && self->carrier != NULL)
    wsp_connection_update_timer (self);
}

/* The turn around this one reads again. */
static void
take_inner_turn (WspConnection *self)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  self->turn->was_disturbed = TRUE;
  send_now (self);
  finish_flushers (self);
  if (!self->turn->is_telling)
    judge_inner_turn (self);
  if (self->output.deflate_left == 0)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
  if (self->carrier == NULL)
    return;

  gboolean is_writing = self->transport == WSP_TRANSPORT_OPEN && !self->turn->is_telling &&
                        wsp_connection_is_blocked (self);

  wsp_transport_set_events (self->carrier, is_writing ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);
}

static void
take_turn (WspConnection *self,
           WspWatchEvents events)
{
  if (self->close_info != NULL)
    return;

  if (self->turn == NULL)
    run_turn (self, events);
  else
    take_inner_turn (self);
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

  wsp_connection_leave_parts (self);
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
  g_clear_pointer (&self->close_info, wsp_close_info_unref);
  self->state = WSP_CONNECTION_STATE_OPEN;
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
      if (self->turn == NULL || self->turn->depth != depth || self->turn->was_disturbed)
        wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
      return;
    }

  /* A tap may drop what the caller held. */
  g_autoptr (WspConnection) kept = g_object_ref (self);

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
  wsp_connection_note_error (self, error, NULL);
  self->transport = WSP_TRANSPORT_ENDED;        /* (3) */
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}
