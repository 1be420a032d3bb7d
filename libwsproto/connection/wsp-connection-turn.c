/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One turn of a connection: read once, parse all, write once, and see what has become of it.
 *
 * A turn borrows the memory of the reactor and lends it to the stream.  After a turn only the
 * unread bytes that the stream keeps are left, and those that the socket did not take.  All signals
 * and all results come out of turns.
 *
 * (1) No turn begins inside another one of the same connection: a main loop that runs in a
 *     handler only sends, and ends a connection whose transport was lost or whose time for
 *     closing has passed.
 * (2) Nothing is kept in lent memory when it is taken back.
 * (3) Once the transport has ended, nothing is read or written.
 * (4) User code runs only where the stream and the kept bytes agree with each other; after it
 *     everything is read anew.  Taps run in the middle of a write: until they have returned, the
 *     connection does nothing.
 */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-context-memory-private.h"

/* The main loop of a handler may last as long as a dialog: what the turn has kept leaves now, and
 * what is queued from here on does not wait for the end of the turn. */
static void
on_looping (WspReactorLooping *looping)
{
  WspTurn *turn = WSP_OWNER_OF (looping, WspTurn, looping);

  if (turn->was_disturbed)
    return;

  turn->was_disturbed = TRUE;
  wsp_connection_call_soon (WSP_OWNER_OF (turn->link, WspConnection, link), WSP_DUE_THIS_TURN);
}

static void
begin_turn (WspConnection *self,
            WspTurn       *turn)
{
  g_assert (self->link.turn == NULL);        /* (1) */

  wsp_context_memory_lend (self->link.reactor, turn, &self->link.deflate_left);
  if (wsp_output_is_blocked (&self->output))
    turn->workspace.write.length = 0;
  turn->depth = wsp_reactor_get_depth (self->link.reactor);
  turn->was_disturbed = FALSE;
  turn->link = &self->link;
  turn->looping.run = on_looping;
  turn->looping_before = wsp_reactor_swap_looping (self->link.reactor, &turn->looping);
  self->link.turn = turn;
  turn->now = wsp_reactor_get_time (self->link.reactor);
  wsp_session_refresh_options (self->link.session);
  wsc_stream_lend (self->link.stream, &turn->workspace);
}

static void
end_turn (WspConnection *self)
{
  WspReactorMemory *memory = self->link.turn->memory;
  WscFault fault;

  if (self->link.deflate_left == 0)
    self->input.has_more = TRUE;
  fault = wsc_stream_take_back (self->link.stream);
  if (fault != WSC_FAULT_NONE)
    wsp_connection_refuse (self, fault, 0);

  wsp_reactor_swap_looping (self->link.reactor, self->link.turn->looping_before);
  self->link.turn = NULL;
  wsp_reactor_give_back (self->link.reactor, memory);
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

/* Notes the error, and sends the Close that says why. */
void
wsp_connection_follow_fault (WspConnection *self,
                             WscFault       fault)
{
  const char *limit;
  GError *error = wsp_session_make_error (self->link.session, fault, &limit);

  wsp_connection_note_error (self, error, limit);
  wsp_output_send_due_close (&self->output, &self->link);
}

void
wsp_connection_refuse (WspConnection *self,
                       WscFault       fault,
                       guint64        number)
{
  WscStream *stream = self->link.stream;

  if (wsc_stream_may_call (stream, WSC_CALL_FAIL) == WSC_FAULT_NONE &&
      wsc_stream_fail (stream, WSC_CALL_FAIL, fault, number))
    wsp_connection_follow_fault (self, fault);
}

static inline gboolean
is_end_waited_for (const WspConnection *self)
{
  const WspOutputRest *rest = self->output.rest;

  return (rest != NULL && (rest->is_blocked || rest->leaving.head != NULL)) ||
         (self->details != NULL && self->details->flushers.head != NULL);
}

/* A turn that does not read has nothing to do but to send. */
static inline gboolean
is_quiet (const WspConnection *self)
{
  const WscStream *stream = self->link.stream;

  return wsp_input_is_pushing (&self->input, &self->link) && !self->link.is_output_full &&
         !is_end_waited_for (self) &&
         (self->thread_sends == NULL || !self->thread_sends->is_waiting) &&
         self->state == WSP_CONNECTION_STATE_OPEN && stream->phase == WSC_PHASE_OPEN &&
         stream->pongs == NULL && wsc_receive_path_is_empty (&stream->receiving);
}

gboolean
wsp_connection_is_at_rest (WspConnection *self)
{
  return self->input.is_socket_empty && self->output.queue.first == NULL && is_quiet (self);
}

/* Pongs leave before what the messages that follow their pings bring forth. */
static void
receive_and_send (WspConnection *self)
{
  while (wsp_input_step (&self->input, &self->link))
    if (self->link.stream->pongs != NULL)
      wsp_output_write (&self->output, &self->link);

  if (!wsp_connection_is_at_rest (self))
    wsp_output_write (&self->output, &self->link);
}

static guint
get_local_code (WspConnection *self)
{
  return wsp_session_get_local_close_code (self->link.session);
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
  if (!wsp_output_is_idle (&self->output, &self->link))
    return;

  if (self->input.is_ended || !was_close_sent (self))
    wsp_connection_end (self);
  else
    wsp_connection_begin_draining (self);
}

/* The stream was aborted, because the time for closing is over. */
static void
give_up_closing (WspConnection *self)
{
  wsp_connection_note_error (self, wsp_connection_make_close_timeout (self), "close-timeout");
  wsp_connection_end (self);
}

static void
judge_open_transport (WspConnection *self)
{
  switch (wsp_connection_get_session_state (self))
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
  switch (self->link.transport_state)
    {
    case WSP_TRANSPORT_OPEN:
      judge_open_transport (self);
      return;
    case WSP_TRANSPORT_DRAINING:
      if (self->input.is_ended || wsp_connection_has_drained (self))
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
  WspSession *session = self->link.session;

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
  switch (wsp_connection_get_session_state (self))
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

  while (self->details != NULL && wsp_output_is_idle (&self->output, &self->link) &&
         (flusher = g_queue_pop_head (&self->details->flushers)))
    wsp_completion_return_number (flusher, 0);
}

static void
judge_queue (WspConnection *self)
{
  if (self->link.is_output_full && self->output.queue.bytes <= self->link.limits->low_water_mark)
    {
      self->link.is_output_full = FALSE;
      wsp_connection_emit_writable (self);
      wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
    }

  if (self->thread_sends != NULL && self->thread_sends->is_waiting)
    wsp_connection_take_posted (self);

  finish_flushers (self);
}

static void
update_events (WspConnection *self)
{
  WspWatchEvents events = WSP_WATCH_NOTHING;

  if (self->link.transport_state == WSP_TRANSPORT_DRAINING || self->input.is_reading)
    events |= WSP_WATCH_READ;
  if (wsp_output_is_blocked (&self->output))
    events |= WSP_WATCH_WRITE;
  if (self->link.transport_state != WSP_TRANSPORT_ENDED)
    wsp_transport_set_events (self->link.transport, events);
}

/* Handlers run here, and may end the connection in a main loop of their own: the caller must not
 * use the connection afterwards. */
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
  if (self->input.has_more && self->link.transport_state == WSP_TRANSPORT_OPEN)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
}

/* A turn that begins and ends idle waits for input before and after it, and only puts a deadline
 * off: its end is not checked.  A connection that holds itself does not let go inside a turn. */
static void
run_turn (WspConnection *self,
          WspWatchEvents events)
{
  g_autoptr (WspConnection) kept = self->is_held ? NULL : g_object_ref (self);
  WspTurn turn;
  gboolean is_short = self->input.is_reading && !self->input.has_more &&
                      !wsp_output_is_blocked (&self->output);

  begin_turn (self, &turn);
  wsp_connection_tell_time (self, events);
  wsp_input_begin_turn (&self->input, &self->link, events);
  wsp_output_resume (&self->output, &self->link);

  if (self->link.transport_state == WSP_TRANSPORT_DRAINING && events != WSP_WATCH_NOTHING)
    wsp_input_drain (&self->input, &self->link);
  receive_and_send (self);
  is_short = wsp_connection_is_at_rest (self) && wsp_timer_is_set (&self->timer) && is_short &&
             !turn.was_disturbed;
  wsp_output_flush (&self->output, &self->link);
  end_turn (self);
  self->link.deflate_left = self->link.limits->max_bytes_per_turn;

  if (self->close_info != NULL)
    wsp_connection_let_go (self);
  else if (!is_short || wsp_output_is_blocked (&self->output) ||
           self->link.transport_state != WSP_TRANSPORT_OPEN)
    judge_turn (self, &turn);
}

/* Outside a dispatch, and in a main loop inside a handler, which has a budget for each call: what
 * was queued leaves at once, nothing is read. */
static void
send_now (WspConnection *self)
{
  WspTurn turn;
  gboolean is_nested = self->link.turn != NULL;

  if (is_nested)
    self->link.deflate_left = self->link.limits->max_bytes_per_turn;
  else
    begin_turn (self, &turn);
  wsp_output_resume (&self->output, &self->link);
  wsp_output_write (&self->output, &self->link);
  wsp_output_flush (&self->output, &self->link);
  if (!is_nested)
    end_turn (self);
}

/* Where nothing is read, the time of a closing handshake still passes. */
static void
judge_inner_turn (WspConnection *self)
{
  gboolean is_closing = wsp_connection_peek_details (self)->ending.closing_since > 0 ||
                        wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN;

  if (is_closing && self->link.transport_state == WSP_TRANSPORT_OPEN)
    wsp_connection_judge_time (self, wsp_reactor_get_time (self->link.reactor));
  judge_transport (self);
  if (is_closing && self->link.transport != NULL)
    wsp_connection_update_timer (self);
}

/* The turn around this one reads again. */
static void
take_inner_turn (WspConnection *self)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  self->link.turn->was_disturbed = TRUE;
  send_now (self);
  finish_flushers (self);
  judge_inner_turn (self);
  if (self->link.deflate_left == 0)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_TURN);
  if (self->link.transport == NULL)
    return;

  gboolean is_writing = self->link.transport_state == WSP_TRANSPORT_OPEN &&
                        wsp_output_is_blocked (&self->output);

  wsp_transport_set_events (self->link.transport, is_writing ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);
}

/* (4).  TRUE: a tap runs a main loop, in which nothing of its connection happens. */
static gboolean
put_off (WspConnection *self)
{
  if (!wsp_taps_is_telling (self->link.taps))
    return FALSE;

  self->is_put_off = TRUE;
  if (self->link.transport != NULL)
    wsp_transport_set_events (self->link.transport, WSP_WATCH_NOTHING);
  return TRUE;
}

void
wsp_connection_take_put_off (GObject *connection)
{
  WspConnection *self = WSP_CONNECTION (connection);

  /* A tap has removed itself, and was the last one. */
  if (wsp_taps_is_empty (self->link.taps))
    g_clear_pointer (&self->link.taps, wsp_taps_free);
  if (!self->is_put_off)
    return;

  self->is_put_off = FALSE;
  if (self->link.turn != NULL)
    self->link.turn->was_disturbed = TRUE;
  update_events (self);
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

static void
take_turn (WspConnection *self,
           WspWatchEvents events)
{
  if (self->close_info != NULL || put_off (self))
    return;

  if (self->link.turn == NULL)
    run_turn (self, events);
  else
    take_inner_turn (self);
}

static void
on_ready (WspTransport  *transport,
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

/* Nothing is to be done but to send. */
static gboolean
may_write_alone (const WspConnection *self)
{
  return self->link.turn == NULL && !self->input.has_more && wsp_link_is_server (&self->link) &&
         is_quiet (self);
}

static void
run_due (WspDue *due)
{
  g_autoptr (WspConnection) self = WSP_OWNER_OF (due, WspConnection, due);

  if (put_off (self))
    return;

  wsp_connection_leave_parts (self);
  if (may_write_alone (self) && wsp_output_write_alone (&self->output, &self->link))
    return;

  /* A turn that stopped for its budget may have left bytes in the socket, too. */
  take_turn (self, self->input.has_more ? WSP_WATCH_READ : WSP_WATCH_NOTHING);
}

/* Until it is given a transport there is nothing to read or write. */
void
wsp_connection_init_turns (WspConnection *self)
{
  self->link.funcs = &wsp_connection_link_funcs;
  self->due.run = run_due;
  self->timer.expired = on_expired;
  self->link.transport_state = WSP_TRANSPORT_ENDED;
}

void
wsp_connection_begin (WspConnection *self,
                      WspTransport  *transport)
{
  g_clear_pointer (&self->close_info, wsp_close_info_unref);
  self->state = WSP_CONNECTION_STATE_OPEN;
  self->link.transport = transport;
  self->link.transport_state = WSP_TRANSPORT_OPEN;
  self->link.deflate_left = self->link.limits->max_bytes_per_turn;
  wsp_transport_set_owner (transport, on_ready, self);
  self->opened = wsp_reactor_get_time (self->link.reactor);
  self->link.last_input = self->opened;
  self->link.last_message = self->opened;
  if (self->has_taken_session)
    (void) wsc_stream_set_time (self->link.stream, self->opened);

  if (self->has_taken_session &&
      wsp_connection_peek_details (self)->origin.initial_input != NULL)
    {
      g_autoptr (GBytes) input = g_steal_pointer (&self->details->origin.initial_input);
      gsize length;
      const guint8 *data = g_bytes_get_data (input, &length);

      (void) wsc_stream_unread (self->link.stream, (WscBytes) { data, length });
    }
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

void
wsp_connection_wake (WspConnection *self)
{
  guint depth = wsp_reactor_get_depth (self->link.reactor);

  if (put_off (self))
    return;

  if (depth > 0)
    {
      const WspTurn *turn = self->link.turn;

      if (turn == NULL || turn->depth != depth || turn->was_disturbed)
        wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
      return;
    }

  /* A tap may drop what the caller held. */
  g_autoptr (WspConnection) kept = g_object_ref (self);

  if (self->link.transport_state == WSP_TRANSPORT_OPEN && !wsp_output_is_blocked (&self->output))
    send_now (self);
  if (self->link.transport_state != WSP_TRANSPORT_OPEN || wsp_output_is_blocked (&self->output) ||
      self->link.deflate_left < self->link.limits->max_bytes_per_turn ||
      self->link.is_output_full ||
      self->state != WSP_CONNECTION_STATE_OPEN ||
      wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN ||
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
  wsp_reactor_call (self->link.reactor, &self->due, turn);
}

void
wsp_connection_drop_transport (WspConnection *self)
{
  if (self->link.transport_state == WSP_TRANSPORT_ENDED)
    return;

  wsp_connection_lose (self, g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                                                  "Connection was aborted"));
}

void
wsp_connection_lose (WspConnection *self,
                     GError        *error)
{
  wsp_connection_note_error (self, error, NULL);
  self->link.transport_state = WSP_TRANSPORT_ENDED;        /* (3) */
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}
