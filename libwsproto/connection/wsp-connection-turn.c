/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One turn of a connection: reads, parses all input, writes, then emits signals and checks whether
 * the connection ends.
 *
 * A turn borrows the memory of its main context and lends it to the stream.  After a turn the
 * connection holds only unread bytes, which the stream keeps, and bytes that the socket did not
 * take.
 *
 * No turn begins inside another one of the same connection: a main loop that runs in a handler
 * only sends, and ends a connection whose transport was lost or whose time for closing has passed
 * (wsp_connection_begin_turn () asserts it).
 *
 * Nothing is kept in lent memory when it is taken back.
 * Once the transport has ended, nothing is read or written.
 * Code of the program runs only while the stream and the kept bytes are consistent; afterwards the
 * caller reads all members again.  While input is read, only the message function and the signal
 * `message` run; all other signals are emitted when the turn has ended.  Taps run in the middle of
 * a write: until they have returned, the connection does nothing (wsp_connection_put_off ()).
 *
 * docs/rationales/connection.md has the reasons.
 */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"
#include "core/stream/receive-path.h"
#include "core/stream/stream.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-timer-wheel-private.h"

/* TRUE: a turn would only have to read, and to send what is queued. */
static inline gboolean
connection_turn_is_quiet (const WspConnection *self)
{
  const WspLink *link = &self->link;

  return link->waiting == 0 && !self->input.has_more && !link->stream->has_new_options &&
         link->stream->phase == WSC_PHASE_OPEN && wsp_input_is_pushing (&self->input, link);
}

/* TRUE: this turn has read all input, and has nothing left to send, check or report. */
static inline gboolean
is_idle (const WspConnection *self)
{
  return self->output.queue.first == NULL && connection_turn_is_quiet (self);
}

/* Writes the output that an earlier turn has left, and drops input while draining. */
static void
finish_earlier_turn (WspConnection *self,
                     WspWatchEvents events)
{
  wsp_output_resume (&self->output, &self->link);
  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_DRAINING && events != WSP_WATCH_NOTHING)
    wsp_input_drain (&self->input, &self->link);
}

/* Returns is_idle ().  Pongs are written before the replies to messages that were received after
 * the pings. */
static gboolean
connection_turn_receive_and_send (WspConnection *self)
{
  while (wsp_input_step (&self->input, &self->link))
    if (self->link.stream->pongs != NULL)
      wsp_output_write (&self->output, &self->link);

  if (is_idle (self))
    return TRUE;

  wsp_output_write (&self->output, &self->link);
  return is_idle (self);
}

static guint
get_local_code (WspConnection *self)
{
  return wsp_session_get_local_close_code (wsp_connection_peek_session (self));
}

/* Call it only when there is a local close code. */
static gboolean
was_close_sent (WspConnection *self)
{
  return get_local_code (self) != WSP_CLOSE_CODE_ABNORMAL;
}

/* Call it after a failed write: nothing waits any more, and all calls that send fail. */
static void
end_lost_output (WspConnection *self)
{
  WspCompletion *flusher;

  if (wsp_life_get_state (&self->link.life) != WSP_LIFE_INPUT_ONLY)
    return;

  g_autoptr (GError) error =
    wsp_connection_make_call_error (self->details->ending.output_error);

  while ((flusher = g_queue_pop_head (&self->details->flushers)))
    wsp_completion_return_error (flusher, g_error_copy (error));
  wsp_link_set_waiting (&self->link, WSP_WAITING_FLUSH, FALSE);
  wsp_link_set_waiting (&self->link, WSP_WAITING_FULL, FALSE);  /* a server reads on */
  wsp_output_end (&self->output, &self->link, error);
  wsp_output_drop_parts (&self->output);
  wsp_output_drop_all (&self->output, &self->link, error);
}

static void
end_when_written (WspConnection *self)
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
follow_end_of_stream (WspConnection *self)
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
      end_when_written (self);
      return;
    case WSP_SESSION_STATE_ABORTED:
      give_up_closing (self);
      return;
    }
}

/* After a failed write the input ends with the peer's Close, a fault, its own end, or
 * close-timeout. */
static void
follow_end_of_input (WspConnection *self)
{
  if (wsc_stream_may_call (self->link.stream, WSC_CALL_RECEIVE) != WSC_FAULT_NONE ||
      wsp_connection_has_drained (self))
    wsp_connection_end (self);
}

static void
connection_turn_check_end (WspConnection *self)
{
  switch (wsp_life_get_state (&self->link.life))
    {
    case WSP_LIFE_OPEN:
    case WSP_LIFE_CLOSING:
      follow_end_of_stream (self);
      return;
    case WSP_LIFE_INPUT_ONLY:
      follow_end_of_input (self);
      return;
    case WSP_LIFE_DRAINING:
      if (self->input.is_ended || wsp_connection_has_drained (self))
        wsp_connection_end (self);
      return;
    case WSP_LIFE_LOST:
      wsp_connection_end (self);
      return;
    case WSP_LIFE_UNSTARTED:
    case WSP_LIFE_ENDED:
    case WSP_LIFE_CLOSED:
    case WSP_N_LIFE_STATES:
      return;
    }
}

/* Code and reason are those of the side that sent the first Close. */
static void
emit_closing (WspConnection *self)
{
  WspSession *session = wsp_connection_peek_session (self);

  if (self->link.life.was_closed_by_peer)
    wsp_connection_emit_closing (self, wsp_session_get_peer_close_code (session),
                                 wsp_session_get_peer_close_reason (session));
  else if (was_close_sent (self))
    wsp_connection_emit_closing (self, get_local_code (self),
                                 wsp_connection_peek_details (self)->ending.local_reason);
}

static void
enter_closing (WspConnection *self)
{
  (void) wsp_life_enter (&self->link.life, WSP_LIFE_CLOSING);
  wsp_connection_show_life (self);
}

static void
follow_phase (WspConnection *self)
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
      enter_closing (self);
      wsp_connection_show_peer_close (self);
      emit_closing (self);
      return;
    case WSP_SESSION_STATE_ABORTED:
      enter_closing (self);
      return;
    }
}

static void
finish_flushers (WspConnection *self)
{
  WspCompletion *flusher;

  while (wsp_link_is_waiting (&self->link, WSP_WAITING_FLUSH) &&
         wsp_output_is_idle (&self->output, &self->link))
    {
      flusher = g_queue_pop_head (&self->details->flushers);
      wsp_link_set_waiting (&self->link, WSP_WAITING_FLUSH, self->details->flushers.length > 0);
      wsp_completion_return_number (flusher, 0);
    }
}

static void
check_queue (WspConnection *self)
{
  wsp_connection_show_skipped (self);
  if (wsp_connection_end_full (self))
    {
      wsp_connection_emit_writable (self);
      wsp_connection_call_soon (self, WSP_DUE_NEXT_DISPATCH);
    }

  if (wsp_link_is_waiting (&self->link, WSP_WAITING_POSTED))
    wsp_connection_take_posted (self);

  wsp_connection_show_queue (self);
  finish_flushers (self);
}

static void
connection_turn_update_events (WspConnection *self)
{
  WspWatchEvents events = WSP_WATCH_NOTHING;

  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_DRAINING || self->input.is_reading)
    events |= WSP_WATCH_READ;
  if (wsp_output_is_blocked (&self->link))
    events |= WSP_WATCH_WRITE;
  if (wsp_life_has_transport (&self->link.life))
    wsp_transport_set_events (self->link.transport, events);
}

/* Handlers run here, and may end the connection in a main loop of their own: the caller must not
 * use the connection afterwards. */
static void
finish_turn (WspConnection *self,
             const WspTurn *turn)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  wsp_connection_check_time (self, turn->now);
  end_lost_output (self);
  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_INPUT_ONLY)
    wsp_connection_show_life (self);
  wsp_connection_emit_pongs (self);
  follow_phase (self);
  wsp_connection_check_idle (self, turn->now);
  check_queue (self);
  connection_turn_check_end (self);
  connection_turn_update_events (self);
  wsp_connection_update_timer (self);
  if (self->input.has_more && wsp_life_receives (&self->link.life))
    wsp_connection_call_soon (self, WSP_DUE_NEXT_DISPATCH);
}

/* A flag of `waiting` is set exactly while the member that holds what waits is not empty. */
static void
assert_waiting (const WspConnection *self)
{
  const WspConnectionDetails *details = wsp_connection_peek_details (self);
  const WspLink *link = &self->link;

  wsp_output_assert_waiting (&self->output, link);
  g_assert (wsp_link_is_waiting (link, WSP_WAITING_FLUSH) == (details->flushers.length > 0));
  g_assert (wsp_link_is_waiting (link, WSP_WAITING_PONG) == (details->pongs.length > 0));
  g_assert (wsp_link_is_waiting (link, WSP_WAITING_NOTIFY) == (details->shown_queue > 0));
  g_assert (!details->is_skip_due || wsp_link_is_waiting (link, WSP_WAITING_SLOW));
}

/* is_short skips finish_turn (): a connection that was quiet before the turn and is idle after it
 * still waits for input, and its deadline only moves to a later time.  New limits, and the first
 * message after compression was suspended, may bring an earlier deadline: is_short is FALSE then.
 * kept is NULL if is_held,
 * because the connection then keeps its reference to itself until the turn ends. */
static void
connection_turn_run (WspConnection *self,
                     WspWatchEvents events)
{
  g_autoptr (WspConnection) kept = self->link.life.is_held ? NULL : g_object_ref (self);
  WspTurn turn;
  gboolean was_quiet = connection_turn_is_quiet (self), is_idle_now, is_short;

  wsp_connection_begin_turn (self, &turn);
  wsp_connection_set_turn_time (self, events);
  wsp_input_begin_turn (&self->input, &self->link, events);

  if (!was_quiet)
    finish_earlier_turn (self, events);
  is_idle_now = (was_quiet && wsp_input_read_whole (&self->input, &self->link) && is_idle (self)) ||
                connection_turn_receive_and_send (self);
  is_short = was_quiet && is_idle_now && wsp_timer_is_set (&self->timer) && !turn.was_disturbed &&
             (self->link.stream->compression == NULL || !wsp_connection_must_suspend_sooner (self));
  wsp_output_flush (&self->output, &self->link);
  wsp_connection_end_turn (self);
  assert_waiting (self);
  self->link.deflate_left = self->link.limits->max_bytes_per_turn;

  if (is_short && self->link.waiting == 0 && wsp_life_sends (&self->link.life))
    return;

  if (wsp_connection_is_inherited (self))       /* a handler has called fork () */
    wsp_connection_leave (self);
  if (wsp_life_has_ended (&self->link.life))
    wsp_connection_let_go (self);
  else
    finish_turn (self, &turn);
}

/* A turn inside another turn does not read, but the closing handshake may time out in it. */
static void
finish_inner_turn (WspConnection *self)
{
  gboolean is_closing = wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN ||
                        wsp_life_get_state (&self->link.life) != WSP_LIFE_OPEN;

  end_lost_output (self);
  if (is_closing)
    wsp_connection_check_time (self, wsp_reactor_get_time (self->link.reactor));
  connection_turn_check_end (self);
  if (is_closing)
    wsp_connection_update_timer (self);
}

/* A turn inside another turn only sends.  The outer turn goes on to read afterwards. */
static void
take_inner_turn (WspConnection *self)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  self->link.turn->was_disturbed = TRUE;
  wsp_connection_send_now (self);
  finish_flushers (self);
  finish_inner_turn (self);
  if (self->link.deflate_left == 0)
    wsp_connection_call_soon (self, WSP_DUE_NEXT_DISPATCH);
  if (self->link.transport == NULL)
    return;

  wsp_transport_set_events (self->link.transport, wsp_output_is_blocked (&self->link)
                                                  ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING);
}

void
wsp_connection_take_put_off (GObject *connection)
{
  WspConnection *self = WSP_CONNECTION (connection);

  /* The last tap was removed while taps were being notified. */
  if (wsp_tap_list_is_empty (self->link.taps))
    g_clear_pointer (&self->link.taps, wsp_tap_list_free);
  if (!self->link.is_put_off)
    return;

  self->link.is_put_off = FALSE;
  if (self->link.turn != NULL)
    self->link.turn->was_disturbed = TRUE;
  connection_turn_update_events (self);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* The Close is queued outside of a turn, because code of the program may run; then a turn follows,
 * inner or not. */
static WSC_NOINLINE void
close_slow (WspConnection *self,
            WspWatchEvents events)
{
  g_autoptr (WspConnection) kept = g_object_ref (self);

  if (events & WSP_WATCH_READ)
    self->input.has_more = TRUE;
  wsp_connection_close_slow (self);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

static void
connection_turn_take (WspConnection *self,
                      WspWatchEvents events)
{
  if (wsp_life_has_ended (&self->link.life) || wsp_connection_put_off (self))
    return;

  if (G_UNLIKELY (wsp_connection_closes_soon (self)))
    close_slow (self, events);
  else if (self->link.turn == NULL)
    connection_turn_run (self, events);
  else
    take_inner_turn (self);
}

static void
connection_turn_on_ready (WspTransport  *transport,
                          WspWatchEvents events,
                          gpointer       owner)
{
  connection_turn_take (owner, events);
}

static void
connection_turn_on_expired (WspTimer *timer)
{
  connection_turn_take (WSP_OWNER_OF (timer, WspConnection, timer), WSP_WATCH_NOTHING);
}

static void
connection_turn_run_due (WspDue *due)
{
  g_autoptr (WspConnection) self = WSP_OWNER_OF (due, WspConnection, due);

  if (wsp_reactor_has_ended (self->link.reactor) || wsp_connection_put_off (self))
    return;

  if (wsp_reactor_get_depth (self->link.reactor) == 0)
    {
      wsp_connection_write_replies_now (self);
      return;
    }

  wsp_output_leave_parts (&self->output);
  if (self->link.turn == NULL && connection_turn_is_quiet (self) &&
      wsp_output_write_alone (&self->output, &self->link))
    return;

  /* A turn that stopped for its budget may have left bytes in the socket, too. */
  connection_turn_take (self, self->input.has_more ? WSP_WATCH_READ : WSP_WATCH_NOTHING);
}

void
wsp_connection_init_turns (WspConnection *self)
{
  self->due.run = connection_turn_run_due;
  self->timer.expired = connection_turn_on_expired;
}

void
wsp_connection_begin (WspConnection *self,
                      WspTransport  *transport,
                      GBytes        *initial_input)
{
  (void) wsp_life_enter (&self->link.life, WSP_LIFE_OPEN);
  self->link.transport = transport;
  self->link.deflate_left = self->link.limits->max_bytes_per_turn;
  wsp_transport_set_owner (transport, connection_turn_on_ready, self);
  self->opened = wsp_reactor_get_time (self->link.reactor);
  self->link.last_input = self->opened;
  self->link.last_message = self->opened;
  (void) wsc_stream_set_time (self->link.stream, self->opened);
  if (initial_input != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (initial_input, &length);

      self->link.counters.bytes_received += length;
      (void) wsc_receive_path_unread (&self->link.stream->receiving, (WscBytes) { data, length });
    }
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}
