/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What becomes of the pieces of a message, and the calls that ask for messages: as they come, one
 * after the other, or in pieces.  The calls ask; the turns read.
 *
 * Pieces go into the builder until the message is whole, or into the stream of whoever takes them
 * one by one, or nowhere.
 *
 * (1) input.stream is set exactly while input.incoming is STREAM.
 * (2) A block whose message goes elsewhere is given up when the next piece is asked for.
 */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-context-memory-private.h"

#define FREE_INPUT (64 * 1024)  /* of each connection; not counted for max-buffered-input */
#define MAX_STRAIGHT_READ (512 * 1024)  /* stays in the cache until it is unmasked */

/* Which call a result belongs to. */
static const char receive_tag[] = "receive";
static const char receive_stream_tag[] = "receive_stream";

WspMessageType
wsp_input_pump_get_message_type (WspBufferType type)
{
  return type == WSP_BUFFER_TYPE_UTF8_MESSAGE || type == WSP_BUFFER_TYPE_UTF8_FRAGMENT
         ? WSP_MESSAGE_TYPE_TEXT : WSP_MESSAGE_TYPE_BINARY;
}

static void
on_stream_drained (GObject *owner)
{
  wsp_connection_call_soon (WSP_CONNECTION (owner), WSP_DUE_THIS_TURN);
}

static void
skip_message (WspConnection *connection)
{
  WspHeldInput *self = &wsp_connection_need_details (connection)->input;

  self->stream = NULL;
  wsp_input_pump_uncount (connection);
  self->builder.length = 0;             /* (2) */
  self->incoming = WSP_INCOMING_SKIPPED;
}

static void
on_stream_dropped (GObject *owner)
{
  skip_message (WSP_CONNECTION (owner));
  on_stream_drained (owner);
}

static const WspMessageStreamFuncs stream_funcs = { on_stream_drained, on_stream_dropped };

WspMessageStream *
wsp_input_pump_make_stream (WspConnection *connection,
                            WspMessage    *message)
{
  WspMessageStream *stream = wsp_message_stream_new (wsp_message_get_message_type (message),
                                                     G_OBJECT (connection), &stream_funcs);
  gsize length;
  const guint8 *data = g_bytes_get_data (wsp_message_get_bytes (message), &length);

  wsp_message_stream_add (stream, data, length);
  wsp_message_stream_end (stream);
  return stream;
}

void
wsp_input_pump_forget_receiver (WspConnection *connection)
{
  WspHeldInput *self = &connection->details->input;

  self->receiver = NULL;
  self->receiver_kind = WSP_RECEIVER_OF_MESSAGE;
}

/* What had come before somebody asked for a stream is its beginning. */
static void
begin_stream (WspConnection *connection)
{
  WspHeldInput *self = &connection->details->input;

  self->stream = wsp_message_stream_new (self->message_type, G_OBJECT (connection),
                                         &stream_funcs);
  if (self->builder.block != NULL)
    wsp_message_stream_add (self->stream, self->builder.block->data, self->builder.length);
  wsp_input_pump_uncount (connection);
  self->builder.length = 0;             /* (2) */
  self->incoming = WSP_INCOMING_STREAM;
}

static void
answer_stream_receiver (WspConnection *connection)
{
  WspHeldInput *self = &connection->details->input;

  wsp_input_pump_drop_cancelled (connection);
  if (self->receiver == NULL)
    return;

  begin_stream (connection);
  self->receiver_kind = WSP_RECEIVER_OF_MESSAGE;
  wsp_completion_return_pointer (g_steal_pointer (&self->receiver), self->stream, g_object_unref);
}

void
wsp_input_pump_want_stream (WspConnection *connection,
                            WspCompletion *receiver)
{
  WspHeldInput *self = &wsp_connection_need_details (connection)->input;

  self->receiver = receiver;
  self->receiver_kind = WSP_RECEIVER_OF_STREAM;
  if (self->builder.block != NULL && self->incoming == WSP_INCOMING_WHOLE)
    answer_stream_receiver (connection);
}

/* So much of the message that is put together may come at once. */
static gsize
get_straight_length (const WspConnection *connection)
{
  const WspHeldInput *held = wsp_connection_peek_input (connection);

  return held->receiver != NULL || connection->input.delivery == WSP_DELIVERY_PUSH
         ? MAX_STRAIGHT_READ : WSP_MESSAGE_STREAM_ROOM - held->builder.length;
}

/* The rest of a long frame comes straight to where its message is put together. */
WscBuffer
wsp_input_pump_get_own (WspConnection *connection)
{
  WspConnectionDetails *details = connection->details;
  WspMessageBuilder *builder = details != NULL ? &details->input.builder : NULL;
  guint8 *room = NULL;

  if (builder == NULL || builder->block == NULL)
    return (WscBuffer) { NULL, 0 }
  ;

  if (details->input.incoming != WSP_INCOMING_WHOLE)
    {
      wsp_message_builder_clear (builder);
      return (WscBuffer) { NULL, 0 };
    }

  guint64 due = wsc_stream_get_due (connection->link.stream);
  gsize length = due > 0 ? wsp_message_builder_get_room (builder, due, &room) : 0;

  return (WscBuffer) { room, MIN (length, get_straight_length (connection)) };
}

/* Whatever we close for, and why it is not all there. */
static GError *
make_unread_error (WspConnection *connection)
{
  const WspConnectionEnding *ending = &wsp_connection_peek_details (connection)->ending;

  if (ending->error != NULL)
    return g_error_copy (ending->error);

  return g_error_new (WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                      "Message was not read to its end before this side closed the connection "
                      "with code %u (read on, then close)",
                      wsp_session_get_local_close_code (connection->session));
}

/* TRUE: the rest of the message, too. */
static gboolean
drop_chunk (WspConnection *connection)
{
  WspMessageStream *stream = wsp_connection_peek_input (connection)->stream;

  if (!wsp_input_pump_must_drop (connection))
    return FALSE;

  skip_message (connection);
  if (stream != NULL)
    wsp_message_stream_fail (stream, make_unread_error (connection));
  return TRUE;
}

static void
feed_builder (WspConnection *connection,
              const guint8  *data,
              gsize          length,
              guint64        announced)
{
  WspMessageBuilder *builder = &connection->details->input.builder;
  WspMessagePool *pool = wsp_context_memory_get_pool (connection->link.reactor);

  if (builder->block != NULL && data == builder->block->data + builder->length)
    wsp_message_builder_fill (builder, length);
  else if (!wsp_message_builder_add (builder, pool, data, length, announced))
    wsp_connection_lose (connection,
                         g_error_new_literal (WSP_SESSION_ERROR, WSP_SESSION_ERROR_FAILED,
                                              "Out of memory"));
}

void
wsp_input_pump_take_chunk (WspConnection     *connection,
                           const WscReceived *received)
{
  WspHeldInput *self = &wsp_connection_need_details (connection)->input;
  const guint8 *data = received->payload.at;
  gsize length = received->payload.length;

  self->message_type = wsp_input_pump_get_message_type ((WspBufferType) received->buffer_type);
  if (self->receiver_kind == WSP_RECEIVER_OF_STREAM && self->incoming == WSP_INCOMING_WHOLE)
    answer_stream_receiver (connection);

  connection->link.counters.payload_received += length;
  if (drop_chunk (connection))
    return;

  switch (self->incoming)
    {
    case WSP_INCOMING_WHOLE:
      feed_builder (connection, data, length, received->announced);
      return;
    case WSP_INCOMING_STREAM:
      wsp_message_stream_add (self->stream, data, length);
      return;
    case WSP_INCOMING_SKIPPED:
      return;
    }
}

gboolean
wsp_input_pump_is_accepted (WspConnection *connection,
                            WspBufferType  type)
{
  switch (connection->message_filter)
    {
    case WSP_MESSAGE_FILTER_NONE:
      return TRUE;
    case WSP_MESSAGE_FILTER_TEXT_ONLY:
      return wsp_input_pump_get_message_type (type) == WSP_MESSAGE_TYPE_TEXT;
    case WSP_MESSAGE_FILTER_BINARY_ONLY:
      return wsp_input_pump_get_message_type (type) == WSP_MESSAGE_TYPE_BINARY;
    }

  g_assert_not_reached ();
}

void
wsp_input_pump_uncount (WspConnection *connection)
{
  gssize counted = wsp_connection_peek_input (connection)->counted;

  if (counted == 0)
    return;

  g_atomic_pointer_add (&connection->link.limits->buffered_input, -counted);
  connection->details->input.counted = 0;
}

/* Large messages that are not complete share what the limits allow them all: their blocks count. */
gboolean
wsp_input_pump_may_hold (WspConnection *connection)
{
  WspHeldInput *self = &wsp_connection_need_details (connection)->input;

  if (self->builder.length <= FREE_INPUT)
    return TRUE;

  gsize held = self->builder.block->capacity;
  gsize growth = held - self->counted;

  self->counted = held;
  return (gsize) g_atomic_pointer_add (&connection->link.limits->buffered_input, growth) + growth <=
         connection->link.limits->max_buffered_input;
}

/* Where the next message goes is open again. */
void
wsp_input_pump_end_stream (WspConnection *connection)
{
  WspHeldInput *self = &connection->details->input;

  if (self->stream != NULL)
    wsp_message_stream_end (g_steal_pointer (&self->stream));
  wsp_message_builder_clear (&self->builder);
  self->incoming = WSP_INCOMING_WHOLE;
  wsp_input_pump_choose_limit (connection);
}

void
wsp_input_pump_fail_stream (WspConnection *connection)
{
  if (wsp_connection_peek_input (connection)->stream != NULL)
    wsp_message_stream_fail (g_steal_pointer (&connection->details->input.stream),
                             wsp_connection_make_error (connection));
}

static void
cancel_receive (WspCompletion *completion,
                gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);

  g_assert (self->details->input.receiver == completion);
  wsp_input_pump_forget_receiver (self);
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
  const WspHeldInput *held = wsp_connection_peek_input (self);

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

/* What came before anybody asked.  FALSE: there is nothing, or nothing any more. */
static gboolean
return_ahead (WspConnection *self,
              WspCompletion *completion)
{
  gboolean is_whole = wsp_completion_is_valid (G_ASYNC_RESULT (completion), self, receive_tag);
  WspReceiverKind kind = is_whole ? WSP_RECEIVER_OF_MESSAGE : WSP_RECEIVER_OF_STREAM;
  g_autoptr (WspMessage) message = wsp_connection_peek_input (self)->inbox.length > 0
                                   ? wsp_input_pump_take_ahead (self, kind) : NULL;

  if (message == NULL)
    return FALSE;

  if (is_whole)
    wsp_completion_return_pointer (completion, g_steal_pointer (&message),
                                   (GDestroyNotify) wsp_message_unref);
  else
    wsp_completion_return_pointer (completion, wsp_input_pump_make_stream (self, message),
                                   g_object_unref);
  return TRUE;
}

/* TRUE: it has to wait for something to come.  A cancelled one waits no more, even if he was not
 * told so yet. */
static gboolean
must_wait (WspConnection *self,
           WspCompletion *completion)
{
  GError *error = NULL;

  if (self->input.delivery == WSP_DELIVERY_UNDECIDED)
    self->input.delivery = WSP_DELIVERY_PULL;
  wsp_input_pump_drop_cancelled (self);
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
  wsp_input_pump_choose_limit (self);
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
      wsp_connection_need_details (self)->input.receiver = completion;
      wsp_completion_set_cancel_func (completion, cancel_receive);
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
      wsp_input_pump_want_stream (self, completion);
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

  wsp_input_pump_drop_cancelled (self);
  g_return_if_fail (wsp_connection_peek_input (self)->receiver == NULL);
  g_return_if_fail (wsp_connection_peek_input (self)->stream == NULL);

  if (self->input.delivery == WSP_DELIVERY_PUSH || self->close_info != NULL)
    return;

  self->input.delivery = WSP_DELIVERY_PUSH;
  wsp_connection_hold (self);
  wsp_input_pump_choose_limit (self);
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
