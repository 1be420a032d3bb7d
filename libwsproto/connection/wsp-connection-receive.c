/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that ask for messages, and what the connection does for its input and output
 * (WspLinkFuncs).  The calls ask the input; the turns read. */
#include "connection/wsp-connection-private.h"

/* Which call a result belongs to. */
static const char receive_tag[] = "receive";
static const char receive_stream_tag[] = "receive_stream";

void
wsp_waiting_ping_free (WspWaitingPing *self)
{
  g_clear_object (&self->completion);
  g_bytes_unref (self->payload);
  g_free (self);
}

/* A pong answers its ping and all older ones (RFC 6455 5.5.3). */
static gint64
answer_pings (WspConnection *self,
              GBytes        *payload)
{
  GList *found = wsp_connection_peek_details (self)->pings.head;
  gint64 rtt = -1;
  gboolean is_last = FALSE;

  while (found != NULL && !g_bytes_equal (((WspWaitingPing *) found->data)->payload, payload))
    found = found->next;

  while (found != NULL && !is_last)
    {
      is_last = self->details->pings.head == found;
      WspWaitingPing *ping = g_queue_pop_head (&self->details->pings);

      rtt = g_get_monotonic_time () - ping->time;
      wsp_completion_return_number (g_steal_pointer (&ping->completion), rtt);
      wsp_waiting_ping_free (ping);
    }

  return rtt;
}

static gint64
measure_pong (WspConnection *self,
              GBytes        *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);
  gint64 ping_time = wsc_keepalive_take_ping_time (&self->link.stream->keepalive,
                                                   (WscBytes) { data, length });

  if (ping_time == 0)
    return answer_pings (self, payload);

  wsp_connection_report_timer (self, "Pong for keepalive's ping has come");
  return MAX (g_get_monotonic_time () - ping_time, 0);
}

static void
take_pong (WspLink *link,
           GBytes  *payload)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  gint64 rtt = measure_pong (self, payload);

  if (rtt >= 0)
    {
      wsp_connection_need_details (self)->rtt = rtt;
      self->details->has_rtt = TRUE;
      wsp_connection_notify_rtt (self);
    }
  wsp_connection_emit_pong (self, payload, rtt);
}

/* The reason that taps get outlives the lent memory. */
static void
take_close (WspLink           *link,
            const WscReceived *close)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  WscReceived told = *close;

  wsp_session_keep_close_reason (link->session, (const char *) close->payload.at,
                                 close->payload.length);
  told.payload.at = (guint8 *) wsp_session_get_peer_close_reason (link->session);
  wsp_taps_tell_received (link->taps, &told);
  self->was_started_by_peer = wsp_connection_peek_details (self)->ending.local_reason == NULL;
  wsp_output_send_due_close (&self->output, link);
}

static void
on_stream_drained (GObject *owner)
{
  wsp_connection_call_soon (WSP_CONNECTION (owner), WSP_DUE_THIS_TURN);
}

static void
on_stream_dropped (GObject *owner)
{
  WspConnection *self = WSP_CONNECTION (owner);

  wsp_input_skip_message (&self->input, &self->link);
  on_stream_drained (owner);
}

static const WspMessageStreamFuncs stream_funcs = { on_stream_drained, on_stream_dropped };

static WspMessageStream *
make_stream (WspLink       *link,
             WspMessageType type)
{
  return wsp_message_stream_new (type, G_OBJECT (WSP_OWNER_OF (link, WspConnection, link)),
                                 &stream_funcs);
}

static GError *
make_unread_error (WspLink *link)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  const WspConnectionEnding *ending = &wsp_connection_peek_details (self)->ending;

  if (ending->error != NULL)
    return g_error_copy (ending->error);

  return g_error_new (WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                      "Message was not read to its end before this side closed the connection "
                      "with code %u (read on, then close)",
                      wsp_session_get_local_close_code (link->session));
}

/* Without memory to compress with the peer cannot be sent the rest of the message. */
static void
on_send_failed (WspLink *link,
                WscFault fault)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);
  g_autoptr (GError) error = wsp_session_make_error (self->link.session, fault, NULL);

  link->stream->sending.writer.is_open = 0;
  wsp_output_drop_all (&self->output, error);
  wsp_connection_refuse (self, fault, 0);
}

static void
on_transport_lost (WspLink *link,
                   GError  *error)
{
  wsp_connection_lose (WSP_OWNER_OF (link, WspConnection, link), error);
}

static void
on_queue_filled (WspLink *link)
{
  WspConnection *self = WSP_OWNER_OF (link, WspConnection, link);

  wsp_connection_tell_limit (self, WSP_TOLD_HIGH_WATER_MARK, self->output.queue.bytes,
                             link->limits->high_water_mark);
}

static void
on_fault (WspLink *link,
          WscFault fault)
{
  wsp_connection_follow_fault (WSP_OWNER_OF (link, WspConnection, link), fault);
}

static void
on_refused (WspLink *link,
            WscFault fault,
            guint64  number)
{
  wsp_connection_refuse (WSP_OWNER_OF (link, WspConnection, link), fault, number);
}

static void
on_turn_wanted (WspLink *link)
{
  wsp_connection_call_soon (WSP_OWNER_OF (link, WspConnection, link), WSP_DUE_THIS_TURN);
}

static void
on_inbox_filled (WspLink *link,
                 guint    length)
{
  wsp_connection_tell_limit (WSP_OWNER_OF (link, WspConnection, link),
                             WSP_TOLD_RECEIVE_QUEUE_LIMIT, length,
                             link->limits->receive_queue_limit);
}

const WspLinkFuncs wsp_connection_link_funcs = {
  .lost = on_transport_lost,
  .failed = on_send_failed,
  .filled = on_queue_filled,
  .message = wsp_connection_deliver,
  .pong = take_pong,
  .peer_closed = take_close,
  .fault = on_fault,
  .refuse = on_refused,
  .call_soon = on_turn_wanted,
  .inbox_filled = on_inbox_filled,
  .make_stream = make_stream,
  .make_unread_error = make_unread_error,
};

static void
cancel_receive (WspCompletion *completion,
                gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);

  g_assert (wsp_input_peek_held (&self->input)->receiver == completion);
  wsp_input_forget_receiver (&self->input);
  wsp_completion_return_cancelled (completion);
}

static void
return_end (WspConnection *self,
            WspCompletion *completion)
{
  if (wsp_close_info_is_clean (self->close_info))
    wsp_completion_return_pointer (completion, NULL, NULL);
  else
    wsp_completion_return_error (completion, wsp_connection_make_error (self));
}

static gboolean
check_receive (WspConnection *self,
               GError       **error)
{
  const WspHeldInput *held = wsp_input_peek_held (&self->input);

  if (self->input.delivery == WSP_DELIVERY_PUSH)
    g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_OPERATION,
                         "Cannot receive: start() delivers messages by signal (call stop() first)");
  else if (held->receiver != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another receive is waiting");
  else if (held->stream != NULL)
    g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_OPERATION,
                         "The stream of a message is neither at its end nor closed");
  else
    return TRUE;

  return FALSE;
}

/* A message that was read ahead.  FALSE: there is none, or it was too long. */
static gboolean
return_ahead (WspConnection *self,
              WspCompletion *completion)
{
  gboolean is_whole = wsp_completion_is_valid (G_ASYNC_RESULT (completion), self, receive_tag);
  WspReceiverKind kind = is_whole ? WSP_RECEIVER_OF_MESSAGE : WSP_RECEIVER_OF_STREAM;
  g_autoptr (WspMessage) message = wsp_input_take_ahead (&self->input, &self->link, kind);

  if (message == NULL)
    return FALSE;

  if (is_whole)
    wsp_completion_return_pointer (completion, g_steal_pointer (&message),
                                   (GDestroyNotify) wsp_message_unref);
  else
    wsp_completion_return_pointer (completion, wsp_input_make_stream (&self->link, message),
                                   g_object_unref);
  return TRUE;
}

/* TRUE: the call has to wait for a message.  A receiver that was cancelled does not count, even if
 * its cancel function has not run yet. */
static gboolean
must_wait (WspConnection *self,
           WspCompletion *completion)
{
  GError *error = NULL;

  if (self->input.delivery == WSP_DELIVERY_UNDECIDED)
    self->input.delivery = WSP_DELIVERY_PULL;
  wsp_input_drop_cancelled (&self->input);
  if (wsp_completion_is_cancelled (completion))
    wsp_completion_return_cancelled (completion);
  else if (self->close_info == NULL && !check_receive (self, &error))
    wsp_completion_return_error (completion, error);
  else if (return_ahead (self, completion))
    return FALSE;
  else if (self->close_info != NULL)
    return_end (self, completion);
  else
    return TRUE;

  return FALSE;
}

static void
go_on_reading (WspConnection *self)
{
  wsp_input_choose_limit (&self->input, &self->link);
  if (!self->input.is_reading)
    wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

/**
 * wsp_connection_receive_async:
 * @self: a connection
 * @cancellable: (nullable): a cancellable; cancelling loses no message
 * @callback: (scope async) (nullable): called when a message has come
 * @user_data: for @callback
 *
 * Asks for the next message.
 *
 * Fails with %G_IO_ERROR_PENDING while another receive waits, with
 * [error@Wsp.SessionError.INVALID_OPERATION] after [method@Wsp.Connection.start] and while
 * the stream of a message is open, and with the reason when the connection has failed.
 *
 * Since: 0.1
 */
void
wsp_connection_receive_async (WspConnection      *self,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, receive_tag,
                                                  cancellable, callback, user_data);

  if (must_wait (self, completion))
    {
      wsp_completion_set_cancel_func (completion, cancel_receive);
      wsp_input_set_receiver (&self->input, &self->link, completion, WSP_RECEIVER_OF_MESSAGE);
    }
  go_on_reading (self);
}

/**
 * wsp_connection_receive_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.receive_async].
 *
 * Returns: (transfer full) (nullable): a message; %NULL without an error when the closing
 *   handshake was complete, whatever the code
 *
 * Since: 0.1
 */
WspMessage *
wsp_connection_receive_finish (WspConnection *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, receive_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_connection_receive_stream_async:
 * @self: a connection
 * @cancellable: (nullable): a cancellable; cancelling loses nothing
 * @callback: (scope async) (nullable): called when a message has begun to come
 * @user_data: for @callback
 *
 * Asks for the next message as a stream, which is there as soon as the first piece has
 * come; of a message that has begun to come it is the whole. The message may be longer than
 * [property@Wsp.Limits:max-message-size] and, unless that is set,
 * [property@Wsp.Limits:max-frame-size], and consist of more frames than
 * [property@Wsp.Limits:max-fragments]: no more of it is held than the stream says. The next
 * message can be asked for when the stream was read to its end or closed.
 *
 * Fails as [method@Wsp.Connection.receive_async] does.
 *
 * Since: 0.1
 */
void
wsp_connection_receive_stream_async (WspConnection      *self,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, receive_stream_tag,
                                                  cancellable, callback, user_data);

  if (must_wait (self, completion))
    {
      wsp_completion_set_cancel_func (completion, cancel_receive);
      wsp_input_set_receiver (&self->input, &self->link, completion, WSP_RECEIVER_OF_STREAM);
    }
  go_on_reading (self);
}

/**
 * wsp_connection_receive_stream_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.receive_stream_async].
 *
 * Returns: (transfer full) (nullable): the stream; %NULL without an error when the closing
 *   handshake was complete, whatever the code
 *
 * Since: 0.1
 */
WspMessageStream *
wsp_connection_receive_stream_finish (WspConnection *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, receive_stream_tag), NULL);

  return wsp_completion_propagate_pointer (WSP_COMPLETION (result), error);
}

/**
 * wsp_connection_start:
 * @self: a connection
 *
 * Reads on by itself from now on and emits [signal@Wsp.Connection::message] for every
 * message, beginning with those that were read ahead. The connection keeps itself alive
 * until it is closed. Must not be called while a receive waits or the stream of a message
 * is open; does nothing when the connection has ended.
 *
 * Since: 0.1
 */
void
wsp_connection_start (WspConnection *self)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  wsp_input_drop_cancelled (&self->input);
  g_return_if_fail (wsp_input_peek_held (&self->input)->receiver == NULL);
  g_return_if_fail (wsp_input_peek_held (&self->input)->stream == NULL);

  if (self->input.delivery == WSP_DELIVERY_PUSH || self->close_info != NULL)
    return;

  self->input.delivery = WSP_DELIVERY_PUSH;
  wsp_connection_hold (self);
  wsp_input_choose_limit (&self->input, &self->link);
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

/**
 * wsp_connection_stop:
 * @self: a connection
 *
 * Takes back what [method@Wsp.Connection.start] began: no more messages are emitted. As
 * before `start()`, a little is read ahead and then the peer is left waiting, until
 * `start()` is called again or messages are asked for with
 * [method@Wsp.Connection.receive_async] or [method@Wsp.Connection.receive_stream_async];
 * what was read ahead comes first. The connection goes on keeping itself alive.
 *
 * Since: 0.1
 */
void
wsp_connection_stop (WspConnection *self)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  self->input.delivery = WSP_DELIVERY_PULL;
}
