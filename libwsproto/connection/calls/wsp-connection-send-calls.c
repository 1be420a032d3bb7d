/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that send messages, from the thread of the connection or another. */
#include <libwsproto/connection/wsp-connection-unsafe.h>

#include "base/wsp-error-private.h"
#include "connection/message/wsp-message-private.h"
#include "connection/wsp-connection-private.h"
#include "reactor/wsp-reactor-private.h"

static const char send_message_tag[] = "send_message";

/* A message can be withdrawn until its first byte is written; later a cancellation has no
 * effect. */
static void
cancel_send (WspCompletion *completion,
             gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);
  WspSend *send = wsp_completion_get_subject (completion);

  if (send == NULL || !wsp_output_cancel (&self->output, &self->link, send))
    return;

  wsp_completion_return_cancelled (completion);
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/**
 * wsp_connection_send_message_async:
 * @self: a connection
 * @message: (transfer none): a message
 * @flags: how to send it; %WSP_SEND_FLAGS_DEFAULT: after the messages queued before it
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling withdraws the message
 * @callback: (scope async) (nullable): called when the message was sent
 * @user_data: for @callback
 *
 * Sends a message. The call ends when the last byte of the message was passed to the operating
 * system.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for text that is not UTF-8 and for unknown flags,
 * with [error@Wsp.Error.QUEUE_FULL] while the send queue holds `max-send-queue` bytes, with
 * [error@Wsp.Error.CLOSED] once closing has started, and as all calls do once the connection has
 * failed (see [class@Wsp.Connection]); in all of these cases nothing was sent. While the stream of
 * [method@Wsp.Connection.begin_message] is open, the message waits until that stream has ended.
 *
 * To cancel is to stop waiting: the message is withdrawn as long as none of its bytes was written.
 * A later cancellation has no effect, and the call ends as if it was not cancelled. If @cancellable
 * was cancelled before, nothing is sent.
 *
 * Since: 0.1
 */
void
wsp_connection_send_message_async (WspConnection      *self,
                                   WspMessage         *message,
                                   WspSendFlags        flags,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));
  g_return_if_fail (message != NULL);

  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, send_message_tag,
                                                  cancellable, callback, user_data);
  GError *error = NULL;

  if (wsp_completion_is_cancelled (completion))
    {
      wsp_completion_return_cancelled (completion);
      return;
    }

  wsp_completion_set_cancel_func (completion, cancel_send);
  if (!wsp_send_flags_check (flags, &error) ||
      !wsp_connection_send_message (self, message, flags, completion, &error))
    wsp_completion_return_error (completion, error);
}

/**
 * wsp_connection_send_message_finish:
 * @self: a connection
 * @result: (transfer none): what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.send_message_async].
 *
 * Returns: %TRUE if the message was sent
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_message_finish (WspConnection *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  return wsp_connection_finish_call (self, result, send_message_tag, error);
}

/**
 * wsp_connection_queue_text:
 * @self: a connection
 * @text: (transfer none): UTF-8 text
 * @error: return location for an error
 *
 * Queues a text message; the program is not notified when the message was sent. Fails as
 * [method@Wsp.Connection.send_message_async] does.
 *
 * Returns: %TRUE if the text was queued
 *
 * Since: 0.1
 */
gboolean
wsp_connection_queue_text (WspConnection *self,
                           const char    *text,
                           GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_may_be_called (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  return wsp_connection_send_quietly (self, message, WSP_SEND_FLAGS_DEFAULT, error);
}

/**
 * wsp_connection_queue_binary:
 * @self: a connection
 * @data: (transfer none) (array length=length) (element-type guint8): any bytes, which are copied
 * @length: the number of bytes
 * @error: return location for an error
 *
 * Queues a binary message; the program is not notified when the message was sent. Fails as
 * [method@Wsp.Connection.send_message_async] does.
 *
 * Returns: %TRUE if the bytes were queued
 *
 * Since: 0.1
 */
gboolean
wsp_connection_queue_binary (WspConnection *self,
                             const guint8  *data,
                             gsize          length,
                             GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_may_be_called (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  g_autoptr (WspMessage) message = wsp_message_new_binary (data, length);

  return wsp_connection_send_quietly (self, message, WSP_SEND_FLAGS_DEFAULT, error);
}

/**
 * wsp_connection_queue_message:
 * @self: a connection
 * @message: (transfer none): a message
 * @flags: how to send it; %WSP_SEND_FLAGS_DEFAULT: after the messages queued before it
 * @error: return location for an error
 *
 * Queues a message; the program is not notified when the message was sent. Fails as
 * [method@Wsp.Connection.send_message_async] does.
 *
 * Returns: %TRUE if the message was queued
 *
 * Since: 0.1
 */
gboolean
wsp_connection_queue_message (WspConnection *self,
                              WspMessage    *message,
                              WspSendFlags   flags,
                              GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_may_be_called (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (!wsp_send_flags_check (flags, error))
    return FALSE;

  return wsp_connection_send_quietly (self, message, flags, error);
}

/**
 * wsp_connection_send_raw_unsafe: (skip)
 * @self: a connection
 * @bytes: (transfer none): the bytes to write
 * @error: return location for an error
 *
 * Writes @bytes unchanged and unchecked, without a frame around them: after the frame that is being
 * written, and ahead of waiting messages. This function is for tests of peers: most bytes make the
 * peer end the connection.
 *
 * This function is declared in `<libwsproto/wsproto-unsafe.h>`.
 *
 * Fails with [error@Wsp.Error.QUEUE_FULL] while the send queue holds `max-send-queue`
 * bytes, with [error@Wsp.Error.CLOSED] once closing has started, and as all calls do once the
 * connection has failed (see [class@Wsp.Connection]).
 *
 * Returns: %TRUE if the bytes were queued
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_raw_unsafe (WspConnection *self,
                                GBytes        *bytes,
                                GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_may_be_called (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  if (!wsp_connection_check_open (self, error) || !wsp_connection_check_send (self, error))
    return FALSE;

  wsp_output_send_bytes (&self->output, &self->link, bytes);
  wsp_connection_wake (self);
  return TRUE;
}

static void
connection_send_calls_run_post (WspPost *post)
{
  WspThreadSends *thread_sends = (WspThreadSends *) post;
  g_autoptr (WspConnection) self = thread_sends->connection;

  wsp_connection_begin_posted (self);
}

static void
connection_send_calls_drop_post (WspPost *post)
{
  WspThreadSends *thread_sends = (WspThreadSends *) post;

  wsp_mailbox_close (thread_sends->mailbox);
  g_object_unref (thread_sends->connection);
}

static WspThreadSends *
ensure_thread_sends (WspConnection *self)
{
  WspThreadSends *thread_sends = g_atomic_pointer_get (&self->thread_sends);

  if (thread_sends != NULL)
    return thread_sends;

  thread_sends = g_new0 (WspThreadSends, 1);
  thread_sends->post.run = connection_send_calls_run_post;
  thread_sends->post.drop = connection_send_calls_drop_post;
  thread_sends->connection = self;
  thread_sends->mailbox = wsp_mailbox_new ();
  if (!g_atomic_pointer_compare_and_exchange (&self->thread_sends, NULL, thread_sends))
    {
      wsp_mailbox_free (thread_sends->mailbox);
      g_free (thread_sends);
    }
  return g_atomic_pointer_get (&self->thread_sends);
}

static gboolean
refuse_closed (WspConnection *self,
               GError       **error)
{
  return wsp_connection_refuse_closed (self, "Connection is closing or closed", error);
}

/* The reference is taken before the posted call can run. */
static gboolean
put_letter (WspConnection   *self,
            const WspLetter *letter,
            GError         **error)
{
  WspThreadSends *thread_sends = ensure_thread_sends (self);
  gsize max_bytes = (guint) g_atomic_int_get (&self->max_from_threads);
  g_autoptr (WspConnection) held = g_object_ref (self);
  gboolean notifies;
  WspMailboxVerdict verdict = wsp_mailbox_put (thread_sends->mailbox, letter, max_bytes, &notifies);

  if (notifies && !wsp_reactor_post (self->link.reactor, &thread_sends->post))
    {
      wsp_mailbox_close (thread_sends->mailbox);
      return refuse_closed (self, error);
    }
  if (notifies)
    g_steal_pointer (&held);            /* the posted call has it */

  switch (verdict)
    {
    case WSP_MAILBOX_TAKEN:
      return TRUE;
    case WSP_MAILBOX_FULL:
      g_set_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL,
                   "Messages of other threads wait: %" G_GSIZE_FORMAT ", limit max-send-queue %"
                   G_GSIZE_FORMAT, wsp_mailbox_get_bytes (thread_sends->mailbox), max_bytes);
      return FALSE;
    case WSP_MAILBOX_CLOSED:
      return refuse_closed (self, error);
    }

  g_assert_not_reached ();
}

/* Any thread may call it; the caller has checked the flags. */
static gboolean
connection_send_calls_send_letter (WspConnection   *self,
                                   const WspLetter *letter,
                                   GError         **error)
{
  if (!wsp_message_is_checked (letter->message))
    {
      wsp_error_from_fault (error, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0, NULL);
      return FALSE;
    }

  if (wsp_connection_peek_state (self) != WSP_CONNECTION_STATE_OPEN ||
      wsp_connection_is_inherited (self))
    return refuse_closed (self, error);

  return put_letter (self, letter, error);
}

/**
 * wsp_connection_send_from_thread:
 * @self: a connection, of which the caller holds a reference
 * @message: (transfer none): a message
 * @flags: how to send it; %WSP_SEND_FLAGS_URGENT: also ahead of messages of other threads that wait
 * @error: return location for an error
 *
 * Sends a message from any thread. Only this method and [method@Wsp.Connection.invoke] of a
 * connection may be called in a thread that does not run its main context. The messages of one
 * thread keep their order, except for urgent ones. Messages that the connection's own thread sends
 * may be queued between them.
 *
 * Fails, with nothing sent, with [error@Wsp.Error.INVALID_ARGUMENT] for text that is not UTF-8 and
 * for unknown flags, with [error@Wsp.Error.QUEUE_FULL] while `max-send-queue` bytes wait to be
 * moved to the send queue, and with [error@Wsp.Error.CLOSED] once closing has started or the main
 * context has ended.
 *
 * Returns: %TRUE if the message was accepted: it is queued, unless closing starts before
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_from_thread (WspConnection *self,
                                 WspMessage    *message,
                                 WspSendFlags   flags,
                                 GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  if (!wsp_send_flags_check (flags, error))
    return FALSE;

  return connection_send_calls_send_letter (self, &(WspLetter) { message, flags, FALSE }, error);
}

static gboolean
is_list_of_connections (WspConnection **connections,
                        gsize           n_connections)
{
  for (gsize i = 0; i < n_connections; i++)
    if (!WSP_IS_CONNECTION (connections[i]))
      return FALSE;

  return TRUE;
}

static gboolean
offer_in_any_thread (WspConnection *self,
                     WspMessage    *message,
                     WspSendFlags   flags)
{
  return wsp_reactor_was_iterated_here (self->link.reactor)
         ? wsp_connection_offer (self, message, flags)
         : connection_send_calls_send_letter (self, &(WspLetter) { message, flags, TRUE }, NULL);
}

/**
 * wsp_message_broadcast:
 * @self: a message
 * @connections: (transfer none) (array length=n_connections): the receivers
 * @n_connections: the number of connections
 * @flags: how to send it; no other bits than those of [flags@Wsp.SendFlags]
 *
 * Sends a message to some connections, which may be of several servers and clients. The message is
 * put into frames once, and compressed as [method@Wsp.Server.broadcast] does. A connection that is
 * closing does not get the message. One that is slow does not get it either, and is treated as
 * [property@Wsp.Server:slow-policy] of its server says; a connection without a server is skipped.
 * Neither delays the others.
 *
 * May be called in any thread; the caller's reference to a connection of another thread must not be
 * the last. Messages for connections of other threads are passed on as with
 * [method@Wsp.Connection.send_from_thread], and keep the order of one thread. Whether such a
 * connection is slow is found out in its own thread; it is slow, too, if `max-send-queue` bytes
 * wait for that thread. A connection that is given twice is sent the message twice.
 *
 * Returns: the number of connections that queued the message, and of those of other threads to
 *   which it was passed on
 *
 * Since: 0.1
 */
guint
wsp_message_broadcast (WspMessage     *self,
                       WspConnection **connections,
                       gsize           n_connections,
                       WspSendFlags    flags)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (is_list_of_connections (connections, n_connections), 0);
  g_return_val_if_fail (wsp_send_flags_check (flags, NULL), 0);

  /* Taps may drop the message and the connections. */
  g_autoptr (WspMessage) message = wsp_message_ref (self);
  g_autoptr (GPtrArray) receivers = g_ptr_array_new_full (n_connections, g_object_unref);
  guint n_taken = 0;

  for (gsize i = 0; i < n_connections; i++)
    g_ptr_array_add (receivers, g_object_ref (connections[i]));
  for (guint i = 0; i < receivers->len; i++)
    n_taken += offer_in_any_thread (receivers->pdata[i], message, flags);

  return n_taken;
}

/**
 * wsp_connection_hold_replies:
 *
 * Lets replies wait that are sent behind the delivery of a message. This function is for bindings
 * whose coroutines or promises go on when the dispatch that delivered the message has ended: the
 * overrides for Python and JavaScript call it. A program needs no call, because what a message
 * function or a handler of [signal@Wsp.Connection::message] sends leaves in one write anyway.
 *
 * From each delivery of a message until the thread-default main context begins its next iteration,
 * messages that are sent on the connection wait, up to 64 KiB and at most half of
 * [property@Wsp.Limits:send-high-water-mark] and [property@Wsp.Limits:max-send-queue], and then
 * leave together. Messages that are sent at other times leave at once. The context frees what a
 * message holds when it begins an iteration: the free function of a message's #GBytes must not
 * iterate the context.
 *
 * Call both functions in the thread that iterates the context. Call
 * [func@Wsp.Connection.write_replies] once for each call of this function, when the context may not
 * be iterated any more.
 *
 * Since: 0.1
 */
void
wsp_connection_hold_replies (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  wsp_reactor_hold_replies (reactor);
}

/**
 * wsp_connection_write_replies:
 *
 * Ends [func@Wsp.Connection.hold_replies], and writes the messages that wait because of it. Without
 * an earlier call of `hold_replies()` nothing happens.
 *
 * Since: 0.1
 */
void
wsp_connection_write_replies (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  wsp_reactor_release_replies (reactor);
}
