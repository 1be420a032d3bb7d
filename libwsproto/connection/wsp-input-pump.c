/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input pump: asks the stream for what was received, reads where it has nothing, makes messages of
 * the pieces, hands them out.
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
                ? 1 : MAX (connection->link.limits->receive_queue_limit, 1);

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
  return wsp_connection_get_session_state (connection) == WSP_SESSION_STATE_CLOSE_SENT &&
         !wsp_input_pump_has_room (connection);
}

/* Once our Close was sent the peer's is waited for, behind whatever messages: reading goes on. */
gboolean
wsp_input_pump_is_wanted (WspConnection *connection)
{
  WspSessionState state = wsp_connection_get_session_state (connection);

  if (connection->is_input_ended)
    return FALSE;

  return state == WSP_SESSION_STATE_CLOSE_SENT ||
         (state == WSP_SESSION_STATE_OPEN && !wsp_input_pump_is_held_back (connection) &&
          wsp_input_pump_has_room (connection));
}

static inline gboolean
is_input_held (const WspConnectionDetails *details)
{
  return details != NULL && (details->input.builder.block != NULL ||
                             details->input.inbox.length > 0 ||
                             details->input.incoming != WSP_INCOMING_WHOLE);
}

gboolean
wsp_input_pump_is_pushing (const WspConnection *connection)
{
  return connection->input.is_reading && connection->input.delivery == WSP_DELIVERY_PUSH &&
         !is_input_held (connection->details) && wsc_stream_may_receive (connection->link.stream) &&
         connection->message_filter == WSP_MESSAGE_FILTER_NONE &&
         connection->link.transport_state == WSP_TRANSPORT_OPEN &&
         !wsp_input_pump_is_held_back (connection);
}

/* Asked again after every handler. */
static inline gboolean
may_push (WspConnection *connection)
{
  return wsp_input_pump_is_pushing (connection) && wsp_input_pump_has_budget (connection);
}

void
wsp_input_pump_begin_turn (WspConnection *connection,
                           WspWatchEvents events)
{
  WspInputPump *self = &connection->input;

  self->is_socket_empty = (events & WSP_WATCH_READ) == 0;
  self->has_more = FALSE;
  connection->link.turn->spent = (WspInputSpent) {
    .inflate_begin = wsc_stream_get_inflate_work (connection->link.stream),
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
  return length > connection->link.limits->max_message_length &&
         wsp_connection_get_session_state (connection) != WSP_SESSION_STATE_CLOSED;
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
  if (connection->details != NULL)
    drop_inbox (&connection->details->input);
  wsp_connection_refuse (connection, WSC_FAULT_MESSAGE_TOO_BIG, length);
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

  guint64 length = held->builder.length + wsc_stream_get_due (connection->link.stream);

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

static inline void
count_inflated (WspConnection *connection)
{
  WspInputSpent *spent = &connection->link.turn->spent;
  WscStream *stream = connection->link.stream;

  if (stream->receiving.compression != NULL)
    spent->n_inflated = wsc_stream_get_inflate_work (stream) - spent->inflate_begin;
}

/* FALSE: nothing is to be read now.  Messages that wait are delivered first.  A turn whose budget
 * is used up is followed by one in the next dispatch, whatever the socket says. */
static gboolean
prepare (WspConnection *connection)
{
  WspInputPump *self = &connection->input;

  deliver (connection);
  wsp_input_pump_choose_limit (connection);
  gboolean is_wanted = connection->link.transport_state == WSP_TRANSPORT_OPEN &&
                       wsp_input_pump_is_wanted (connection);

  self->is_reading = is_wanted && wsp_input_pump_has_budget (connection);
  self->has_more = is_wanted && !self->is_reading;
  return self->is_reading;
}

/* Behind a whole closing handshake nothing is lost by a reset, nor by a peer whose TLS does not
 * say that it ends: it is an end (RFC 6455 7.1.1 asks for no more). */
static void
judge_error (WspConnection *connection,
             GError        *error)
{
  if (connection->link.transport_state != WSP_TRANSPORT_DRAINING)
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
  gssize n = wsp_transport_read (connection->link.transport, &vector, 1, &error);

  if (n > 0)
    {
      connection->link.last_input = connection->link.turn->now;
      connection->link.counters.bytes_received += n;
      wsp_taps_tell_read (connection->link.taps, buffer, n);
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

/* The stream decides what the end means: that depends on what was received before. */
static void
end_input (WspConnection *connection)
{
  WscStream *stream = connection->link.stream;

  wsp_taps_tell_read (connection->link.taps, NULL, 0);
  if (wsc_stream_may_call (stream, WSC_CALL_INPUT_ENDED) == WSC_FAULT_NONE &&
      wsc_stream_fail (stream, WSC_CALL_INPUT_ENDED, WSC_FAULT_TRANSPORT_ENDED, 0))
    wsp_connection_follow_fault (connection, WSC_FAULT_TRANSPORT_ENDED);
}

/* FALSE: nothing more is to be read in this turn. */
static gboolean
read_more (WspConnection *connection,
           WscBuffer      own)
{
  WspInputPump *self = &connection->input;
  WscStream *stream = connection->link.stream;
  WscBuffer buffer;

  if (self->is_socket_empty || connection->link.transport_state != WSP_TRANSPORT_OPEN ||
      wsc_stream_prepare_read (stream, own, 1, &buffer) == 0)
    return FALSE;

  gssize n = wsp_input_pump_receive (connection, buffer.at, buffer.length);

  /* A short read took all there was: asking again would cost a system call to hear so. */
  self->is_socket_empty = n < 0 || (gsize) n < buffer.length;
  if (n < 0)
    return FALSE;
  if (n == 0)
    {
      end_input (connection);
      return FALSE;
    }

  connection->link.turn->spent.n_bytes += n;
  buffer.length = n;
  if (!wsc_stream_may_receive (stream))
    return FALSE;               /* a tap has disposed of the connection */

  wsc_stream_take_read (stream, n);
  return TRUE;
}

gboolean
wsp_input_pump_drain (WspConnection *connection)
{
  WspReactorMemory *memory = connection->link.turn->memory;

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
  gint64 ping_time = wsc_keepalive_take_ping_time (&connection->link.stream->keepalive,
                                                   (WscBytes) { data, length });

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

  connection->link.counters.pongs_received++;
  if (rtt >= 0)
    {
      wsp_connection_need_details (connection)->rtt = rtt;
      connection->details->has_rtt = TRUE;
      wsp_connection_notify_rtt (connection);
    }
  wsp_connection_emit_pong (connection, payload, rtt);
}

static void
end_message (WspConnection *connection)
{
  if (connection->link.transport_state == WSP_TRANSPORT_ENDED)
    return;

  WspHeldInput *self = &wsp_connection_need_details (connection)->input;

  connection->link.turn->spent.n_messages++;
  connection->link.last_message = connection->link.turn->now;
  connection->link.counters.messages_received++;
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
                               connection->link.limits->receive_queue_limit);
}

static gboolean
is_last_piece (WscBufferType type)
{
  return type == WSC_BUFFER_UTF8_MESSAGE || type == WSC_BUFFER_BINARY_MESSAGE;
}

static void
take_piece (WspConnection     *connection,
            const WscReceived *received)
{
  WspBufferType type = (WspBufferType) received->buffer_type;

  wsp_taps_tell_received (connection->link.taps, received);
  if (received->buffer_type == WSC_BUFFER_RAW)
    return;

  if (!wsp_input_pump_is_accepted (connection, type))
    {
      wsp_connection_refuse (connection, WSC_FAULT_MESSAGE_TYPE_NOT_ACCEPTED, 0);
      return;
    }

  if (is_last_piece (received->buffer_type) && may_push (connection))
    {
      wsp_connection_push_lent (connection, wsp_input_pump_get_message_type (type),
                                received->payload.at, received->payload.length);
      return;
    }

  wsp_input_pump_take_chunk (connection, received);
  if (is_last_piece (received->buffer_type))
    end_message (connection);
  else if (!wsp_input_pump_may_hold (connection))
    wsp_connection_refuse (connection, WSC_FAULT_BUFFERED_INPUT_FULL,
                           connection->link.limits->buffered_input);
}

static void
take_close (WspConnection     *connection,
            const WscReceived *received)
{
  WscReceived told = *received;
  const char *reason;

  wsp_session_keep_close_reason (connection->session, (const char *) received->payload.at,
                                 received->payload.length);
  reason = wsp_session_get_peer_close_reason (connection->session);
  told.payload.at = (guint8 *) reason;
  wsp_taps_tell_received (connection->link.taps, &told);
  connection->was_started_by_peer =
    wsp_connection_peek_details (connection)->ending.local_reason == NULL;
  wsp_output_send_due_close (&connection->output, &connection->link);
}

/* What is needed of the lent memory is taken before handlers run. */
static void
take (WspConnection     *connection,
      WscReceivedKind    kind,
      const WscReceived *received)
{
  switch (kind)
    {
    case WSC_RECEIVED_NEED_READ:
      return;
    case WSC_RECEIVED_CHUNK:
      take_piece (connection, received);
      return;
    case WSC_RECEIVED_PING:
      wsc_stream_keep_ping (connection->link.stream, received);
      return;
    case WSC_RECEIVED_PONG:
    {
      g_autoptr (GBytes) payload = g_bytes_new (received->payload.at, received->payload.length);

      wsp_taps_tell_received (connection->link.taps, received);
      take_pong (connection, payload);
      return;
    }
    case WSC_RECEIVED_CLOSE:
      take_close (connection, received);
      return;
    case WSC_RECEIVED_FAULT:
      wsp_connection_follow_fault (connection, received->fault);
      return;
    }

  g_assert_not_reached ();
}

gboolean
wsp_input_pump_step (WspConnection *connection)
{
  WscStream *stream = connection->link.stream;
  WscReceived received;
  WscReceivedKind kind;
  WscBuffer own;

  if (!may_push (connection) && !prepare (connection))
    return FALSE;

  wsp_session_refresh_options (connection->session);
  own = wsp_input_pump_get_own (connection);
  kind = wsc_receive_path_is_empty (&stream->receiving)
         ? WSC_RECEIVED_NEED_READ : wsc_stream_next (stream, own, &received);
  if (kind == WSC_RECEIVED_NEED_READ)
    {
      if (!read_more (connection, own))
        return FALSE;
      kind = wsc_stream_next (stream, own, &received);
    }

  count_inflated (connection);
  take (connection, kind, &received);
  return TRUE;
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
