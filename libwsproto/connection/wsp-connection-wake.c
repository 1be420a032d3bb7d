/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Decides when a connection runs a turn: now, at the end of this dispatch, or in the next iteration
 * of the main loop; and how it fails. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-context-memory-private.h"
#include "connection/link/wsp-life-private.h"
#include "core/stream/stream.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-timer-wheel-private.h"
#include "session/wsp-session-lend-private.h"

void
wsp_connection_call_soon (WspConnection *self,
                          WspDueTime     time)
{
  if (wsp_reactor_has_ended (self->link.reactor) || wsp_connection_is_inherited (self))
    return;

  if (wsp_due_is_queued (&self->due))
    {
      if (self->input.has_held_replies && time != WSP_DUE_BEFORE_WAIT)
        self->input.is_turn_held = TRUE;
      return;
    }

  self->input.has_held_replies = time == WSP_DUE_BEFORE_WAIT;
  self->input.is_turn_held = FALSE;
  g_object_ref (self);
  wsp_reactor_call (self->link.reactor, &self->due, time);
}

void
wsp_connection_note_error (WspConnection *self,
                           GError        *error,
                           const char    *limit)
{
  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;

  if (ending->error != NULL)
    {
      g_error_free (error);
      return;
    }

  ending->error = error;
  if (limit != NULL)
    wsp_connection_report_limit (self, limit, error->message);
}

/* Notes the error, and sends a Close with its code. */
void
wsp_connection_follow_fault (WspConnection *self,
                             WscFault       fault)
{
  const char *limit;
  GError *error = wsp_session_make_error (wsp_connection_peek_session (self), fault, &limit);

  wsp_connection_note_error (self, error, limit);
  wsp_output_send_due_close (&self->output, &self->link);
}

void
wsp_connection_refuse (WspConnection *self,
                       WscFault       fault,
                       guint64        number)
{
  if (wsc_stream_fail (self->link.stream, fault, number))
    wsp_connection_follow_fault (self, fault);
}

/* An alert of TLS says why the peer has closed. */
static gboolean
connection_wake_is_alert (const GError *error)
{
  return error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF;
}

/* After a failed write only an alert tells more than the error of that write. */
void
wsp_connection_lose (WspConnection *self,
                     GError        *error)
{
  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_INPUT_ONLY &&
      (error == NULL || !connection_wake_is_alert (error)))
    g_clear_error (&error);
  else
    wsp_connection_note_error (self, error, NULL);
  (void) wsp_life_enter (&self->link.life, WSP_LIFE_LOST);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* The kernel may hold messages, a Close and an alert that the peer has sent before it closed.  The
 * next turn ends the output: here a Send may be in the middle of its write. */
void
wsp_connection_lose_output (WspConnection *self,
                            GError        *error)
{
  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;
  gint64 timeout = self->link.limits->close_timeout;
  gboolean may_receive = wsc_stream_may_call (self->link.stream, WSC_CALL_RECEIVE) ==
                         WSC_FAULT_NONE;

  if (!wsp_life_sends (&self->link.life))       /* a stream of the program has ended it */
    {
      g_error_free (error);
      return;
    }

  ending->output_error = error;
  ending->drain_deadline =
    timeout > 0 ? wsp_reactor_get_time (self->link.reactor) + timeout * 1000 : WSP_TIMER_NEVER;
  (void) wsp_life_enter (&self->link.life, may_receive ? WSP_LIFE_INPUT_ONLY : WSP_LIFE_LOST);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

void
wsp_connection_drop_transport (WspConnection *self)
{
  if (!wsp_life_has_transport (&self->link.life))
    return;

  wsp_connection_lose (self, g_error_new_literal (WSP_ERROR, WSP_ERROR_CLOSED,
                                                  "Connection was aborted"));
}

/* A handler has begun to run a main loop, which may take long (a dialog, say).  A turn is queued
 * that sends the output that this turn has kept.  was_disturbed: output that is queued from now on
 * does not wait for the end of the turn. */
static void
on_looping (WspReactorLooping *looping)
{
  WspTurn *turn = WSP_OWNER_OF (looping, WspTurn, looping);

  if (turn->was_disturbed)
    return;

  turn->was_disturbed = TRUE;
  wsp_connection_call_soon (WSP_OWNER_OF (turn->link, WspConnection, link), WSP_DUE_AFTER_RESULTS);
}

void
wsp_connection_begin_turn (WspConnection *self,
                           WspTurn       *turn)
{
  g_assert (self->link.turn == NULL);

  if (G_UNLIKELY (self->output.tally_place == WSP_PLACE_IDLE))
    wsp_connection_activate (self);
  wsp_context_memory_lend (self->link.reactor, turn, &self->link.deflate_left);
  if (wsp_output_is_blocked (&self->link))
    wsp_context_memory_open_write (turn->workspace, FALSE);
  turn->was_disturbed = FALSE;
  turn->link = &self->link;
  turn->looping.run = on_looping;
  turn->looping_before = wsp_reactor_swap_looping (self->link.reactor, &turn->looping);
  self->link.turn = turn;
  turn->now = wsp_reactor_get_time (self->link.reactor);
  wsp_session_refresh_options (wsp_connection_peek_session (self));
  wsc_stream_lend (self->link.stream, turn->workspace);
}

void
wsp_connection_end_turn (WspConnection *self)
{
  WspTurn *turn = self->link.turn;
  WscFault fault;

  if (self->link.deflate_left == 0)
    self->input.has_more = TRUE;
  fault = wsc_stream_take_back (self->link.stream);
  wsp_reactor_swap_looping (self->link.reactor, turn->looping_before);
  self->link.turn = NULL;
  wsp_context_memory_take_back (turn);
  if (fault == WSC_FAULT_NONE)
    return;

  wsp_connection_refuse (self, fault, 0);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);   /* the next turn sends the Close */
}

/* While taps are notified, perhaps in the middle of a write, the connection does no work. */
gboolean
wsp_connection_put_off (WspConnection *self)
{
  if (!wsp_tap_list_is_notifying (self->link.taps))
    return FALSE;

  self->link.is_put_off = TRUE;
  if (self->link.transport != NULL)
    wsp_transport_set_events (self->link.transport, WSP_WATCH_NOTHING);
  return TRUE;
}

/* Called outside a dispatch, and in a main loop inside a handler.  Each call inside a handler gets
 * a new budget for compression. */
void
wsp_connection_send_now (WspConnection *self)
{
  WspTurn turn;
  gboolean is_nested = self->link.turn != NULL;

  if (is_nested)
    self->link.deflate_left = self->link.limits->max_bytes_per_turn;
  else
    wsp_connection_begin_turn (self, &turn);
  wsp_output_resume (&self->output, &self->link);
  wsp_output_write (&self->output, &self->link);
  wsp_output_flush (&self->output, &self->link);
  if (!is_nested)
    wsp_connection_end_turn (self);
}

/* TRUE: to write runs no code of the program. */
static gboolean
is_written_quietly (const WspConnection *self)
{
  return wsp_life_get_state (&self->link.life) == WSP_LIFE_OPEN && self->link.taps == NULL &&
         wsp_transport_has_own_io (self->link.transport);
}

/* Replies that fill the memory of a turn gain nothing by waiting, and replies that wait must not
 * make the send queue look full. */
static guint64
get_most_held (const WspConnection *self)
{
  const WspLimitValues *limits = self->link.limits;

  return MIN (WSP_OUTPUT_FLUSH_LENGTH,
              MIN (limits->send_high_water_mark, limits->max_send_queue) / 2);
}

/* TRUE: output waits for the next iteration of the loop. */
static gboolean
is_holding_replies (const WspConnection *self)
{
  return wsp_reactor_holds_replies (self->link.reactor) &&
         self->input.reply_iteration == wsp_reactor_get_iteration (self->link.reactor) &&
         self->output.queue.bytes < get_most_held (self) && is_written_quietly (self);
}

void
wsp_connection_wake (WspConnection *self)
{
  if (wsp_connection_is_inherited (self) || wsp_connection_put_off (self))
    return;

  if (wsp_reactor_get_depth (self->link.reactor) > 0)
    {
      const WspTurn *turn = self->link.turn;

      /* A turn that runs here sends the message itself, unless a handler runs a main loop in it. */
      if (turn == NULL || turn->was_disturbed)
        wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
      return;
    }

  if (is_holding_replies (self))
    {
      wsp_connection_call_soon (self, WSP_DUE_BEFORE_WAIT);
      return;
    }

  /* A tap may drop the caller's reference. */
  g_autoptr (WspConnection) kept = g_object_ref (self);

  if (wsp_life_sends (&self->link.life) && !wsp_output_is_blocked (&self->link))
    wsp_connection_send_now (self);
  if (self->link.waiting != 0 || self->link.stream->has_new_options ||
      self->link.deflate_left < self->link.limits->max_bytes_per_turn ||
      wsp_connection_get_session_state (self) != WSP_SESSION_STATE_OPEN)
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* A turn follows if one was asked for meanwhile, if it has more to do than to write, or if the
 * reference of the due call is the last one: no code of the program may run here. */
void
wsp_connection_write_replies_now (WspConnection *self)
{
  gboolean is_quiet = is_written_quietly (self), is_turn_held = self->input.is_turn_held;

  self->input.reply_iteration = wsp_reactor_get_iteration (self->link.reactor) - 1;
  if (is_quiet)
    wsp_connection_wake (self);
  if (!is_quiet || is_turn_held || self->input.has_more ||
      g_atomic_int_get (&G_OBJECT (self)->ref_count) == 1)
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}
