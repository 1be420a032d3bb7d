/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input pump: reads into the lent memory, makes messages of what is indicated, hands them out.
 *
 * Reading goes on while somebody takes the messages.  Where nobody does, a little is read ahead (so
 * that pings are answered), then the socket is left alone and the peer slows down.  How long a
 * message may be is not judged before somebody says how he wants it: a stream has no such limit.
 *
 * (1) The inbox is empty while messages are pushed, and while a receiver waits.
 */
#include "connection/wsp-connection-private.h"

void
wsp_waiting_ping_free (WspWaitingPing *self)
{
  g_clear_object (&self->completion);
  g_bytes_unref (self->payload);
  g_free (self);
}

/* Before the program has asked for anything one message is enough: a broken rule behind it would
 * begin the closing handshake before the program can send an answer. */
static gboolean
is_inbox_full (WspConnection *connection)
{
  guint limit = connection->input.delivery == WSP_DELIVERY_UNDECIDED
                ? 1 : MAX (connection->limits->receive_queue_limit, 1);

  return wsp_connection_peek_input (connection)->inbox.length >= limit;
}

gboolean
wsp_input_pump_has_room (WspConnection *connection)
{
  const WspHeldInput *held = wsp_connection_peek_input (connection);

  if (held->incoming == WSP_INCOMING_STREAM)
    return wsp_message_stream_get_held (held->stream) < WSP_MESSAGE_STREAM_ROOM;

  return held->receiver != NULL || connection->input.delivery == WSP_DELIVERY_PUSH ||
         (!is_inbox_full (connection) &&
          held->builder.length + held->inbox_bytes < WSP_MESSAGE_STREAM_ROOM);
}

gboolean
wsp_input_pump_must_drop (WspConnection *connection)
{
  return wsp_session_get_state (connection->session) == WSP_SESSION_STATE_CLOSE_SENT &&
         !wsp_input_pump_has_room (connection);
}

/* Once our Close was sent the peer's is waited for, behind whatever messages: reading goes on. */
gboolean
wsp_input_pump_is_wanted (WspConnection *connection)
{
  WspSessionState state = wsp_session_get_state (connection->session);

  if (connection->is_input_ended)
    return FALSE;

  return state == WSP_SESSION_STATE_CLOSE_SENT ||
         (state == WSP_SESSION_STATE_OPEN && !wsp_input_pump_is_held_back (connection) &&
          wsp_input_pump_has_room (connection));
}

void
wsp_input_pump_begin_turn (WspConnection *connection,
                           WspWatchEvents events)
{
  WspInputPump *self = &connection->input;

  self->is_socket_empty = (events & WSP_WATCH_READ) == 0;
  self->has_more = FALSE;
  connection->turn->spent = (WspInputSpent) {
    .inflate_begin = wsp_session_get_inflate_work (connection->session),
  };
}

/* Cancelled, and its source has not run yet. */
void
wsp_input_pump_drop_cancelled (WspConnection *connection)
{
  WspCompletion *receiver = wsp_connection_peek_input (connection)->receiver;

  if (receiver == NULL || !wsp_completion_is_cancelled (receiver))
    return;

  wsp_input_pump_forget_receiver (connection);
  wsp_completion_return_cancelled (receiver);
}

static gboolean
is_too_long (WspConnection *connection,
             guint64        length)
{
  return length > connection->limits->max_message_length &&
         wsp_session_get_state (connection->session) != WSP_SESSION_STATE_CLOSED;
}

static void
drop_inbox (WspHeldInput *self)
{
  g_queue_clear_full (&self->inbox, (GDestroyNotify) wsp_message_unref);
  self->inbox_bytes = 0;
}

static void
refuse_length (WspConnection *connection,
               guint64        length)
{
  drop_inbox (&connection->details->input);
  wsp_session_refuse (connection->session, WSP_REFUSAL_MESSAGE_SIZE, length);
  wsp_connection_call_soon (connection, WSP_DUE_THIS_TURN);
}

WspMessage *
wsp_input_pump_take_ahead (WspConnection  *connection,
                           WspReceiverKind kind)
{
  WspHeldInput *self = &connection->details->input;
  g_autoptr (WspMessage) message = g_queue_pop_head (&self->inbox);
  gsize length = wsp_message_get_size (message);

  self->inbox_bytes -= length;
  if (kind == WSP_RECEIVER_OF_STREAM || !is_too_long (connection, length))
    return g_steal_pointer (&message);

  refuse_length (connection, length);
  return NULL;
}

void
wsp_input_pump_choose_limit (WspConnection *connection)
{
  const WspHeldInput *held = wsp_connection_peek_input (connection);
  gboolean is_whole = held->incoming == WSP_INCOMING_WHOLE &&
                      (connection->input.delivery == WSP_DELIVERY_PUSH ||
                       (held->receiver != NULL && held->receiver_kind == WSP_RECEIVER_OF_MESSAGE));

  if (!wsp_session_set_message_limit (connection->session,
                                      is_whole ? WSP_MESSAGE_LIMIT_ON : WSP_MESSAGE_LIMIT_OFF) ||
      !is_whole)
    return;

  guint64 length = held->builder.length + wsp_session_get_due (connection->session);

  if (is_too_long (connection, length))
    refuse_length (connection, length);
}

static void
deliver (WspConnection *connection)
{
  WspHeldInput *self = connection->details != NULL ? &connection->details->input : NULL;

  while (self != NULL && !g_queue_is_empty (&self->inbox))
    {
      wsp_input_pump_drop_cancelled (connection);
      g_assert (self->receiver == NULL || self->receiver_kind == WSP_RECEIVER_OF_MESSAGE);
      if (self->receiver == NULL && connection->input.delivery != WSP_DELIVERY_PUSH)
        return;

      g_autoptr (WspMessage) message = wsp_input_pump_take_ahead (connection,
                                                                  WSP_RECEIVER_OF_MESSAGE);

      if (message == NULL)
        return;

      if (self->receiver != NULL)
        wsp_completion_return_pointer (g_steal_pointer (&self->receiver),
                                       g_steal_pointer (&message),
                                       (GDestroyNotify) wsp_message_unref);
      else
        wsp_connection_deliver (connection, message);
    }
}

static void
count_inflated (WspConnection *connection)
{
  WspInputSpent *spent = &connection->turn->spent;

  spent->n_inflated = wsp_session_get_inflate_work (connection->session) - spent->inflate_begin;
}

void
wsp_input_pump_prepare (WspConnection *connection)
{
  WspInputPump *self = &connection->input;

  deliver (connection);
  wsp_input_pump_choose_limit (connection);

  if (self->is_receive_queued || connection->transport != WSP_TRANSPORT_OPEN ||
      !wsp_input_pump_is_wanted (connection))
    return;

  count_inflated (connection);
  if (!wsp_input_pump_has_budget (connection))
    {
      self->has_more = TRUE;
      return;
    }

  self->is_receive_queued = wsp_input_pump_queue_receive (connection);
}

/* Behind a whole closing handshake nothing is lost by a reset, nor by a peer whose TLS does not
 * say that it ends: it is an end (RFC 6455 7.1.1 asks for no more). */
static void
judge_error (WspConnection *connection,
             GError        *error)
{
  if (connection->transport != WSP_TRANSPORT_DRAINING)
    {
      wsp_connection_lose (connection, error);
      return;
    }

  g_error_free (error);
  connection->is_input_ended = TRUE;
}

gssize
wsp_input_pump_receive (WspConnection *connection,
                        guint8        *buffer,
                        gsize          length)
{
  struct iovec vector = { buffer, length };
  GError *error = NULL;
  gssize n = wsp_transport_read (connection->carrier, &vector, 1, &error);

  if (n > 0)
    {
      connection->last_input = connection->turn->now;
      connection->counters.bytes_received += n;
      if (wsp_connection_peek_details (connection)->taps != NULL)
        wsp_connection_tell_bytes (connection, WSP_DIRECTION_RECEIVED, buffer, n);
    }
  else if (n == 0)
    {
      connection->is_input_ended = TRUE;
    }
  else if (n == WSP_TRANSPORT_FAILED)
    {
      judge_error (connection, error);
    }

  return n;
}

gboolean
wsp_input_pump_read (WspConnection    *connection,
                     WspSessionAction *action)
{
  WspInputPump *self = &connection->input;
  gsize length;
  guint8 *buffer = wsp_session_action_get_buffer (action, &length);

  if (self->is_socket_empty || connection->transport != WSP_TRANSPORT_OPEN)
    return FALSE;

  count_inflated (connection);
  if (!wsp_input_pump_has_budget (connection))
    {
      self->has_more = TRUE;
      return FALSE;
    }

  /* The end that the usual way has met is not asked for again. */
  gssize n = connection->is_input_ended ? 0 : wsp_input_pump_receive (connection, buffer, length);

  if (n < 0)
    return FALSE;

  /* A short read took all there was: asking again would cost a system call to hear so. */
  self->is_socket_empty = (gsize) n < length;
  connection->turn->spent.n_bytes += n;
  wsp_connection_tell_action (connection, action, n);
  wsp_session_complete_action (connection->session, action, n);
  return TRUE;
}

gboolean
wsp_input_pump_drain (WspConnection *connection)
{
  WspReactorMemory *memory = connection->turn->memory;

  wsp_input_pump_receive (connection, memory->read, sizeof memory->read);
  return !connection->is_input_ended;
}

/* A pong answers its ping and all older ones (RFC 6455 5.5.3). */
static gint64
answer_pings (WspConnection *connection,
              GBytes        *payload)
{
  GList *found = wsp_connection_peek_details (connection)->pings.head;
  gint64 rtt = -1;
  gboolean is_last = FALSE;

  while (found != NULL && !g_bytes_equal (((WspWaitingPing *) found->data)->payload, payload))
    found = found->next;

  while (found != NULL && !is_last)
    {
      is_last = connection->details->pings.head == found;
      WspWaitingPing *ping = g_queue_pop_head (&connection->details->pings);

      rtt = g_get_monotonic_time () - ping->time;
      wsp_completion_return_number (g_steal_pointer (&ping->completion), rtt);
      wsp_waiting_ping_free (ping);
    }

  return rtt;
}

static gint64
measure_pong (WspConnection *connection,
              GBytes        *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);
  gint64 ping_time = wsp_session_take_ping_time (connection->session, data, length);

  if (ping_time == 0)
    return answer_pings (connection, payload);

  wsp_connection_report_timer (connection, "Pong for keepalive's ping has come");
  return MAX (g_get_monotonic_time () - ping_time, 0);
}

static void
take_pong (WspConnection *connection,
           GBytes        *payload)
{
  gint64 rtt = measure_pong (connection, payload);

  connection->counters.pongs_received++;
  if (rtt >= 0)
    {
      connection->rtt = rtt;
      wsp_connection_notify_rtt (connection);
    }
  wsp_connection_emit_pong (connection, payload, rtt);
}

static void
take_close (WspConnection *connection)
{
  connection->was_started_by_peer =
    wsp_connection_peek_details (connection)->ending.local_reason == NULL;
}

static void
end_message (WspConnection *connection)
{
  if (connection->transport == WSP_TRANSPORT_ENDED)
    return;

  WspHeldInput *self = &wsp_connection_need_details (connection)->input;

  connection->turn->spent.n_messages++;
  connection->last_message = connection->turn->now;
  connection->counters.messages_received++;
  if (self->incoming != WSP_INCOMING_WHOLE)
    {
      wsp_input_pump_end_stream (connection);
      return;
    }

  g_autoptr (WspMessage) message =
    wsp_message_builder_end (&self->builder, self->message_type);

  wsp_input_pump_uncount (connection);
  if (wsp_input_pump_must_drop (connection))
    return;

  self->inbox_bytes += wsp_message_get_size (message);
  g_queue_push_tail (&self->inbox, g_steal_pointer (&message));
  deliver (connection);
  if (is_inbox_full (connection))
    wsp_connection_tell_limit (connection, WSP_TOLD_RECEIVE_QUEUE_LIMIT, self->inbox.length,
                               connection->limits->receive_queue_limit);
}

static void
complete (WspConnection    *connection,
          WspSessionAction *action)
{
  gsize length;

  wsp_session_action_get_buffer (action, &length);
  connection->input.is_receive_queued = FALSE;
  wsp_connection_tell_action (connection, action, length);
  wsp_session_complete_action (connection->session, action, 0);
}

static gboolean
is_last_piece (WspBufferType type)
{
  return type == WSP_BUFFER_TYPE_UTF8_MESSAGE || type == WSP_BUFFER_TYPE_BINARY_MESSAGE;
}

static void
take_piece (WspConnection    *connection,
            WspSessionAction *action,
            WspBufferType     type)
{
  if (!wsp_input_pump_is_accepted (connection, type))
    {
      complete (connection, action);
      wsp_session_refuse (connection->session, WSP_REFUSAL_MESSAGE_TYPE, 0);
      return;
    }

  if (is_last_piece (type) && wsp_connection_may_push (connection))
    {
      gsize length;
      const guint8 *data = wsp_session_action_get_buffer (action, &length);

      complete (connection, action);
      wsp_connection_push_lent (connection, type, data, length);
      return;
    }

  wsp_input_pump_take_chunk (connection, action);
  complete (connection, action);
  if (is_last_piece (type))
    end_message (connection);
  else if (!wsp_input_pump_may_hold (connection))
    wsp_session_refuse (connection->session, WSP_REFUSAL_BUFFERED_INPUT,
                        connection->limits->buffered_input);
}

/* What is needed of the action is taken before it is completed, handlers run after that. */
void
wsp_input_pump_indicate (WspConnection    *connection,
                         WspSessionAction *action)
{
  WspBufferType type = wsp_session_action_get_buffer_type (action);

  switch (type)
    {
    case WSP_BUFFER_TYPE_UTF8_FRAGMENT:
    case WSP_BUFFER_TYPE_BINARY_FRAGMENT:
    case WSP_BUFFER_TYPE_UTF8_MESSAGE:
    case WSP_BUFFER_TYPE_BINARY_MESSAGE:
      take_piece (connection, action, type);
      return;
    case WSP_BUFFER_TYPE_CLOSE:
      complete (connection, action);
      take_close (connection);
      return;
    case WSP_BUFFER_TYPE_PING_PONG:
    case WSP_BUFFER_TYPE_UNSOLICITED_PONG:
    {
      g_autoptr (GBytes) payload = wsp_session_action_get_bytes (action);

      complete (connection, action);
      take_pong (connection, payload);
      return;
    }
    case WSP_BUFFER_TYPE_RAW:
    case WSP_BUFFER_TYPE_NONE:
      complete (connection, action);
      return;
    }

  g_assert_not_reached ();
}

void
wsp_input_pump_clear (WspConnection *connection)
{
  if (connection->details == NULL)
    return;

  WspHeldInput *self = &connection->details->input;

  wsp_input_pump_uncount (connection);
  wsp_message_builder_clear (&self->builder);
  drop_inbox (self);
}
