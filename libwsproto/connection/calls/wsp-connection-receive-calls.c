/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that ask for messages: a call sets the receiver of the input; turns read messages.
 * docs/rationales/receiving.md has the reasons. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"

/* Each tag marks the results of one call. */
static const char receive_tag[] = "receive";
static const char receive_stream_tag[] = "receive_stream";

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
  if (wsp_close_info_is_clean (wsp_connection_peek_close_info (self)))
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
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                         "Cannot receive: start_receiving() delivers messages by signal (call stop_receiving() first)");
  else if (held->receiver != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "Another receive is waiting");
  else if (held->stream != NULL)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                         "The stream of a message is neither at its end nor closed");
  else
    return TRUE;

  return FALSE;
}

/* Ends the call with a message that was read ahead, or with its error.  FALSE: no message was read
 * ahead, or the connection has failed because the message is too long. */
static gboolean
return_ahead (WspConnection *self,
              WspCompletion *completion)
{
  gboolean is_whole = wsp_completion_is_valid (G_ASYNC_RESULT (completion), self, receive_tag);
  WspReceiverKind kind = is_whole ? WSP_RECEIVER_OF_MESSAGE : WSP_RECEIVER_OF_STREAM;
  GError *error = NULL;
  g_autoptr (WspMessage) message = wsp_input_take_ahead (&self->input, &self->link, kind, &error);

  if (message == NULL && error == NULL)
    return FALSE;

  if (error != NULL)
    wsp_completion_return_error (completion, error);
  else if (is_whole)
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

  if (wsp_input_is_undecided (&self->input))
    self->input.delivery = WSP_DELIVERY_PULL;
  wsp_input_drop_cancelled (&self->input);
  if (wsp_completion_is_cancelled (completion))
    wsp_completion_return_cancelled (completion);
  else if (!wsp_life_has_ended (&self->link.life) && !check_receive (self, &error))
    wsp_completion_return_error (completion, error);
  else if (return_ahead (self, completion))
    return FALSE;
  else if (wsp_life_has_ended (&self->link.life))
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
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/**
 * wsp_connection_receive_async:
 * @self: a connection
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling loses no message
 * @callback: (scope async) (nullable): called when a message was received
 * @user_data: for @callback
 *
 * Receives the next message.
 *
 * Fails with %G_IO_ERROR_PENDING while another receive waits, with
 * [error@Wsp.Error.INVALID_OPERATION] after [method@Wsp.Connection.start_receiving] and while
 * the stream of a message is open, with the error that all calls have if the connection has failed
 * (see [class@Wsp.Connection]), and with [error@Wsp.Error.TOO_BIG] if the message is longer than
 * [property@Wsp.Limits:max-message-size].
 * Then the connection fails with close code 1009; if its input has ended before, it ends as without
 * this call, and the messages behind this one are dropped.
 *
 * To cancel is to stop waiting: the next receive gets the message.
 *
 * Messages that @callback sends leave together with those of the callbacks of other messages that
 * have come with this one, at the latest a millisecond later if a callback takes long.
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
 * @result: (transfer none): what the callback was given
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

static void
emit_stream (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  WspConnection *self = WSP_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessageStream) stream = wsp_connection_receive_stream_finish (self, result, &error);

  wsp_connection_emit_stream (self, stream, error);
}

/**
 * wsp_connection_receive_stream_async:
 * @self: a connection
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling loses nothing
 * @callback: (scope async) (nullable): called when the first piece of a message was received;
 *   %NULL = [signal@Wsp.Connection::stream-received] is emitted instead
 * @user_data: for @callback
 *
 * Receives the next message as a stream. The call ends as soon as the first piece was received,
 * and the stream has the whole message from its beginning. The message may be longer than
 * [property@Wsp.Limits:max-message-size], and consist of more frames than
 * [property@Wsp.Limits:max-fragments]. The length of its frames is only limited if
 * [property@Wsp.Limits:max-frame-size] is set. [class@Wsp.MessageStream] describes how much of the
 * message is held. The next message can be asked for when the stream was read to its end or closed.
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
                                                  cancellable,
                                                  callback != NULL ? callback : emit_stream,
                                                  user_data);

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
 * @result: (transfer none): what the callback was given
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

/* A handler that was connected after the function was set would never be called. */
static void
check_one_receiver (WspConnection *self)
{
  if (self->message_handler != NULL && wsp_connection_has_message_handler (self))
    g_log (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL,
           "Messages go to the message function: expected a function or handlers of message, received "
           "both (unset the function or disconnect the handlers)");
}

static void
begin_pushing (WspConnection *self)
{
  if (wsp_life_has_ended (&self->link.life))
    return;

  check_one_receiver (self);
  self->input.delivery = WSP_DELIVERY_PUSH;
  wsp_connection_hold (self);
  wsp_input_choose_limit (&self->input, &self->link);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

static void
start_by_itself (WspConnection *self)
{
  if (self->input.delivery == WSP_DELIVERY_OFFERED &&
      (self->message_handler != NULL || wsp_connection_has_message_handler (self)))
    begin_pushing (self);
}

void
wsp_connection_end_handing_out (gpointer connection)
{
  WspConnection *self = WSP_CONNECTION (connection);

  g_assert (wsp_connection_is_in_thread (self));
  if (self->input.delivery != WSP_DELIVERY_UNDECIDED)
    return;

  self->input.delivery = WSP_DELIVERY_OFFERED;
  start_by_itself (self);
}

/**
 * wsp_connection_start_receiving:
 * @self: a connection
 *
 * Makes the connection read by itself and emit [signal@Wsp.Connection::message] for every
 * message, beginning with the messages that were read ahead. The connection keeps itself alive
 * until it is closed. Must not be called while a receive waits or the stream of a message
 * is open; does nothing when the connection has started or ended.
 *
 * Most programs need not call this. A connection starts by itself when the handlers of
 * [signal@Wsp.Server::connection] or [signal@Wsp.Reconnector::connected], or the callback of
 * [method@Wsp.Client.connect_async] or [method@Wsp.Client.open_async], have returned, if it then
 * has a handler of [signal@Wsp.Connection::message] that is not blocked, or a message function, and
 * if neither a message was asked for nor [method@Wsp.Connection.stop_receiving] was called. Until
 * then messages wait, also while a handler runs a main loop. Later,
 * [method@Wsp.Connection.set_message_func] starts the connection.
 *
 * Call this
 *
 * - after [ctor@Wsp.Connection.new_for_stream],
 * - in C, if a handler of `message` is connected later,
 * - after `stop_receiving()`,
 * - in a program that only sends: without a handler and a function the messages are dropped, and
 *   pings and the Close of the peer are received.
 *
 * Since: 0.1
 */
void
wsp_connection_start_receiving (WspConnection *self)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  wsp_input_drop_cancelled (&self->input);
  g_return_if_fail (wsp_input_peek_held (&self->input)->receiver == NULL);
  g_return_if_fail (wsp_input_peek_held (&self->input)->stream == NULL);

  if (self->input.delivery != WSP_DELIVERY_PUSH)
    begin_pushing (self);
}

/**
 * wsp_connection_stop_receiving:
 * @self: a connection
 *
 * Ends the effect of [method@Wsp.Connection.start_receiving]: no more messages are emitted. The
 * connection reads [property@Wsp.Limits:max-read-ahead] messages or 64 KiB ahead, with 240 bytes
 * for each message, and then stops reading, until `start_receiving()` is called again or messages
 * are asked for with [method@Wsp.Connection.receive_async] or
 * [method@Wsp.Connection.receive_stream_async]. Messages that were read ahead are delivered first.
 * The connection still keeps itself alive.
 *
 * A connection that has not started does not start by itself any more. Call this where the
 * connection is handed out if it has a handler, and its messages must wait.
 *
 * Since: 0.1
 */
void
wsp_connection_stop_receiving (WspConnection *self)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  self->input.delivery =
    wsp_input_is_undecided (&self->input) ? WSP_DELIVERY_DELAYED : WSP_DELIVERY_PULL;
  /* More messages are read ahead than before. */
  if (!self->input.is_reading)
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/**
 * wsp_connection_set_message_func:
 * @self: a connection
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called with each
 *   message; %NULL = the signal is emitted again
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is called no more
 *
 * Sets a function that is called for each message, instead of emitting
 * [signal@Wsp.Connection::message], in the main context of the connection. A function takes less
 * time than the signal, which matters for many small messages.
 *
 * The connection starts by itself, as [method@Wsp.Connection.start_receiving] says, also if the
 * function is set after the connection was handed out. A function that is set beside a handler of
 * `message` is a critical: @func is not set, and @destroy is called at once.
 *
 * The function may be set and changed at any time, also while it runs. The @destroy of the previous
 * function is called at once, or when the running call of that function has returned. The @destroy
 * of the last function is called after [signal@Wsp.Connection::closed], or when the connection is
 * freed. On a connection that is CLOSED no function is set, and @destroy is called at once.
 *
 * In Python and JavaScript an exception in @func is shown, and calls [method@Wsp.Connection.fail].
 *
 * Since: 0.1
 */
void
wsp_connection_set_message_func (WspConnection *self,
                                 WspMessageFunc func,
                                 gpointer       user_data,
                                 GDestroyNotify destroy)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  if (func != NULL && wsp_connection_has_message_handler (self))
    {
      g_log (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL,
             "Message function was not set: expected a function or handlers of message, received both "
             "(disconnect the handlers first)");
      if (destroy != NULL)
        destroy (user_data);
      return;
    }

  /* The destroy function of the previous function may drop the last reference. */
  g_autoptr (WspConnection) kept = g_object_ref (self);

  wsp_connection_replace_message_func (self, func, user_data, destroy);
  start_by_itself (self);
}
