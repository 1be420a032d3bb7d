/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that send: whole messages, pings, the Close.  They queue; the turns do the rest. */
#include "connection/wsp-connection-private.h"

#include <string.h>

#define PING_OVERHEAD (WSP_MESSAGE_OVERHEAD + WSP_OUTPUT_CALL_OVERHEAD)      /* its payload, too */

/* Which call a result belongs to. */
static const char send_text_tag[] = "send_text";
static const char send_binary_tag[] = "send_binary";
static const char send_message_tag[] = "send_message";
static const char send_full_tag[] = "send_full";
static const char ping_tag[] = "ping";
static const char close_tag[] = "close";
static const char flush_tag[] = "flush";

static gboolean
check_room (WspConnection *self,
            gsize          held,
            GError       **error)
{
  guint64 limit = self->link.limits->max_send_queue;

  if (held < limit)
    return TRUE;

  wsp_connection_tell_limit (self, WSP_TOLD_MAX_SEND_QUEUE, held, limit);
  g_set_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_TOO_BIG,
               "Send queue is full: %" G_GSIZE_FORMAT ", limit max-send-queue %" G_GUINT64_FORMAT,
               held, limit);
  return FALSE;
}

gboolean
wsp_connection_check_send (WspConnection *self,
                           GError       **error)
{
  if (self->link.transport_state != WSP_TRANSPORT_OPEN)
    {
      g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                           "Connection is closed");
      return FALSE;
    }

  return check_room (self, self->output.queue.bytes, error);
}

gboolean
wsp_connection_check_open (WspConnection *self,
                           GError       **error)
{
  if (self->state == WSP_CONNECTION_STATE_OPEN &&
      wsp_session_get_state (self->link.session) == WSP_SESSION_STATE_OPEN)
    return TRUE;

  g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_CLOSED,
                       "Connection is closing or closed");
  return FALSE;
}

/* Everything that refuses a message without asking the session. */
gboolean
wsp_connection_check_message (WspConnection *self,
                              GError       **error)
{
  if (!wsp_connection_check_send (self, error))
    return FALSE;

  if (self->output.queue.outgoing == WSP_OUTGOING_NONE)
    return TRUE;

  g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_OPERATION,
                       "A message is being written to its stream");
  return FALSE;
}

gboolean
wsp_connection_take_fault (WspConnection *self,
                           WscFault       fault,
                           GError       **error)
{
  if (fault == WSC_FAULT_NONE)
    return TRUE;

  g_propagate_error (error, wsp_session_make_error (self->link.session, fault, NULL));
  return FALSE;
}

static gboolean
queue_message (WspConnection *self,
               WspMessage    *message,
               WspSendFlags   flags,
               WspCompletion *completion,
               GError       **error)
{
  WspSendKind kind = flags & WSP_SEND_FLAGS_URGENT ? WSP_SEND_URGENT : WSP_SEND_MESSAGE;
  unsigned form = flags & WSP_SEND_FLAGS_NO_COMPRESSION ? WSC_OUTGOING_NO_COMPRESSION : 0;
  WscFault fault;

  if (!wsp_connection_check_message (self, error))
    return FALSE;

  wsp_session_refresh_options (self->link.session);
  fault = wsp_output_send_message (&self->output, &self->link, message, kind, form, completion);
  if (!wsp_connection_take_fault (self, fault, error))
    return FALSE;

  wsp_connection_wake (self);
  return TRUE;
}

/* Sends without a completion.  Every message passes here: it is written at once after the two
 * checks that most often refuse, or else queued after all checks. */
gboolean
wsp_connection_send_quietly (WspConnection *self,
                             WspMessage    *message,
                             GError       **error)
{
  wsp_session_refresh_options (self->link.session);
  return (self->output.queue.outgoing == WSP_OUTGOING_NONE &&
          self->output.queue.bytes < self->link.limits->max_send_queue &&
          wsp_output_write_message (&self->output, &self->link, message)) ||
         queue_message (self, message, WSP_SEND_FLAGS_DEFAULT, NULL, error);
}

/* A message can be taken back until its first byte is written; after that cancelling has no
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
  wsp_connection_call_soon (self, WSP_DUE_THIS_TURN);
}

static void
send_message (WspConnection      *self,
              WspMessage         *message,
              WspSendFlags        flags,
              gconstpointer       tag,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, tag, cancellable,
                                                  callback, user_data);
  GError *error = NULL;

  if (wsp_completion_is_cancelled (completion))
    {
      wsp_completion_return_cancelled (completion);
      return;
    }

  wsp_completion_set_cancel_func (completion, cancel_send);
  if (!queue_message (self, message, flags, completion, &error))
    wsp_completion_return_error (completion, error);
}

static gboolean
finish_call (WspConnection *self,
             GAsyncResult  *result,
             gconstpointer  tag,
             GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

/**
 * wsp_connection_send_text_async:
 * @self: a connection
 * @text: UTF-8 text
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the text was sent
 * @user_data: for @callback
 *
 * Sends a text message, after those queued before it. The call has ended when its last
 * byte was handed to the operating system.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] for text that is not UTF-8, with
 * [error@Wsp.SessionError.TOO_BIG] while the send queue holds `max-send-queue` bytes, and
 * with [error@Wsp.SessionError.CLOSED] once closing has started; in all of these cases
 * nothing was sent. While a message is written to the stream of
 * [method@Wsp.Connection.begin_message] it fails with
 * [error@Wsp.SessionError.INVALID_OPERATION].
 *
 * Cancelling takes the message back as long as nothing of it has left; after that it has no
 * effect, and the call ends as if it was not cancelled.
 *
 * Since: 0.1
 */
void
wsp_connection_send_text_async (WspConnection      *self,
                                const char         *text,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));
  g_return_if_fail (text != NULL);

  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  send_message (self, message, WSP_SEND_FLAGS_DEFAULT, send_text_tag, cancellable, callback,
                user_data);
}

/**
 * wsp_connection_send_text_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.send_text_async].
 *
 * Returns: %TRUE if the text was sent
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_text_finish (WspConnection *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return finish_call (self, result, send_text_tag, error);
}

/**
 * wsp_connection_send_binary_async:
 * @self: a connection
 * @data: (array length=length) (element-type guint8): any bytes, which are copied
 * @length: how many
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the bytes were sent
 * @user_data: for @callback
 *
 * Sends a binary message. Fails as [method@Wsp.Connection.send_text_async] does.
 *
 * Since: 0.1
 */
void
wsp_connection_send_binary_async (WspConnection      *self,
                                  const guint8       *data,
                                  gsize               length,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));
  g_return_if_fail (data != NULL || length == 0);

  g_autoptr (WspMessage) message = wsp_message_new_binary (data, length);

  send_message (self, message, WSP_SEND_FLAGS_DEFAULT, send_binary_tag, cancellable, callback,
                user_data);
}

/**
 * wsp_connection_send_binary_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.send_binary_async].
 *
 * Returns: %TRUE if the bytes were sent
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_binary_finish (WspConnection *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return finish_call (self, result, send_binary_tag, error);
}

/**
 * wsp_connection_send_message_async:
 * @self: a connection
 * @message: a message
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the message was sent
 * @user_data: for @callback
 *
 * Sends a message. Fails as [method@Wsp.Connection.send_text_async] does.
 *
 * Since: 0.1
 */
void
wsp_connection_send_message_async (WspConnection      *self,
                                   WspMessage         *message,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));
  g_return_if_fail (message != NULL);

  send_message (self, message, WSP_SEND_FLAGS_DEFAULT, send_message_tag, cancellable, callback,
                user_data);
}

/**
 * wsp_connection_send_message_finish:
 * @self: a connection
 * @result: what the callback was given
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
  return finish_call (self, result, send_message_tag, error);
}

/**
 * wsp_connection_send_full_async:
 * @self: a connection
 * @message: a message
 * @flags: how to send it
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the message was sent
 * @user_data: for @callback
 *
 * Sends a message in a way of its own. Fails as [method@Wsp.Connection.send_text_async]
 * does.
 *
 * Since: 0.1
 */
void
wsp_connection_send_full_async (WspConnection      *self,
                                WspMessage         *message,
                                WspSendFlags        flags,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));
  g_return_if_fail (message != NULL);

  send_message (self, message, flags, send_full_tag, cancellable, callback, user_data);
}

/**
 * wsp_connection_send_full_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.send_full_async].
 *
 * Returns: %TRUE if the message was sent
 *
 * Since: 0.1
 */
gboolean
wsp_connection_send_full_finish (WspConnection *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return finish_call (self, result, send_full_tag, error);
}

/**
 * wsp_connection_queue_text:
 * @self: a connection
 * @text: UTF-8 text
 * @error: return location for an error
 *
 * Sends a text message without telling when it has left. Fails as
 * [method@Wsp.Connection.send_text_async] does.
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

  return wsp_connection_send_quietly (self, message, error);
}

/**
 * wsp_connection_queue_message:
 * @self: a connection
 * @message: a message
 * @error: return location for an error
 *
 * Sends a message without telling when it has left. Fails as
 * [method@Wsp.Connection.send_text_async] does.
 *
 * Returns: %TRUE if the message was queued
 *
 * Since: 0.1
 */
gboolean
wsp_connection_queue_message (WspConnection *self,
                              WspMessage    *message,
                              GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (wsp_connection_may_be_called (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  return wsp_connection_send_quietly (self, message, error);
}

/**
 * wsp_connection_send_raw_unsafe:
 * @self: a connection
 * @bytes: what to write
 * @error: return location for an error
 *
 * Writes bytes as they are, without a frame around them and without checking them, after
 * the frame that is being written and ahead of the messages that wait. For tests of peers:
 * most bytes make the peer end the connection.
 *
 * Fails with [error@Wsp.SessionError.TOO_BIG] while the send queue holds `max-send-queue`
 * bytes, and with [error@Wsp.SessionError.CLOSED] once closing has started.
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
cancel_ping (WspCompletion *completion,
             gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);

  for (GList *at = self->details->pings.head; at != NULL; at = at->next)
    {
      WspWaitingPing *ping = at->data;

      if (ping->completion != completion)
        continue;

      g_queue_delete_link (&self->details->pings, at);
      wsp_completion_return_cancelled (g_steal_pointer (&ping->completion));
      wsp_waiting_ping_free (ping);
      return;
    }
}

/* Each ping of ours is different, so that a pong tells which one it answers. */
static GBytes *
make_ping_payload (WspConnection *self)
{
  guint64 number = GUINT64_TO_BE (self->link.counters.pings_sent + (guint64) 1);

  return g_bytes_new (&number, sizeof number);
}

/* A ping that has left is held until its pong comes. */
static gboolean
queue_ping (WspConnection *self,
            GBytes        *payload,
            GError       **error)
{
  gsize waiting = wsp_connection_peek_details (self)->pings.length * PING_OVERHEAD;

  return wsp_connection_check_open (self, error) && wsp_connection_check_send (self, error) &&
         check_room (self, self->output.queue.bytes + waiting, error) &&
         wsp_connection_take_fault (self, wsp_output_send_payload (&self->output, &self->link,
                                                                   WSC_BUFFER_PING_PONG, payload),
                                    error);
}

/**
 * wsp_connection_ping_async:
 * @self: a connection
 * @payload: (nullable): at most 125 bytes; %NULL = some that are not used twice
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when the pong has come
 * @user_data: for @callback
 *
 * Sends a ping and waits for its pong, ahead of queued messages. A pong also answers all
 * older pings.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] for a payload that is too long, with
 * [error@Wsp.SessionError.TOO_BIG] while the send queue and the pings that wait for their
 * pongs together hold `max-send-queue` bytes, and with [error@Wsp.SessionError.CLOSED] once
 * closing has started.
 *
 * See RFC 6455, section 5.5.2.
 *
 * Since: 0.1
 */
void
wsp_connection_ping_async (WspConnection      *self,
                           GBytes             *payload,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, ping_tag,
                                                  cancellable, callback, user_data);
  g_autoptr (GBytes) bytes = payload != NULL ? g_bytes_ref (payload) : make_ping_payload (self);
  GError *error = NULL;

  if (wsp_completion_is_cancelled (completion))
    {
      wsp_completion_return_cancelled (completion);
      return;
    }

  if (!queue_ping (self, bytes, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  WspWaitingPing *ping = g_new0 (WspWaitingPing, 1);

  ping->completion = completion;
  ping->payload = g_steal_pointer (&bytes);
  ping->time = g_get_monotonic_time ();
  g_queue_push_tail (&wsp_connection_need_details (self)->pings, ping);
  wsp_completion_set_cancel_func (completion, cancel_ping);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_ping_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.ping_async].
 *
 * Returns: microseconds from the ping to its pong, -1 with an error
 *
 * Since: 0.1
 */
gint64
wsp_connection_ping_finish (WspConnection *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), -1);
  g_return_val_if_fail (wsp_completion_is_valid (result, self, ping_tag), -1);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error);
}

static void
cancel_close (WspCompletion *completion,
              gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);

  g_queue_remove (&self->details->ending.closers, completion);
  wsp_completion_return_cancelled (completion);
  wsp_connection_drop_transport (self);
}

gboolean
wsp_connection_send_close (WspConnection *self,
                           guint16        code,
                           const char    *reason,
                           GError       **error)
{
  g_autoptr (GBytes) bytes = reason != NULL ? g_bytes_new (reason, strlen (reason)) : NULL;

  wsp_connection_leave_parts (self);
  if (!wsp_connection_take_fault (self, wsp_output_send_close (&self->output, &self->link, code,
                                                               bytes), error))
    return FALSE;

  wsp_connection_need_details (self)->ending.local_reason = g_strdup (reason != NULL ? reason : "");
  return TRUE;
}

/* Closing a second time joins the first: both calls end together. */
static gboolean
queue_close (WspConnection *self,
             guint16        code,
             const char    *reason,
             GError       **error)
{
  if (self->link.transport_state != WSP_TRANSPORT_OPEN)
    return TRUE;

  switch (wsp_connection_get_session_state (self))
    {
    case WSP_SESSION_STATE_CREATED:
    case WSP_SESSION_STATE_HANDSHAKE:
    case WSP_SESSION_STATE_OPEN:
    case WSP_SESSION_STATE_CLOSE_RECEIVED:
      return wsp_connection_send_close (self, code, reason, error);
    case WSP_SESSION_STATE_CLOSE_SENT:
    case WSP_SESSION_STATE_CLOSED:
    case WSP_SESSION_STATE_FAILED:
    case WSP_SESSION_STATE_ABORTED:
      return TRUE;
    }

  g_assert_not_reached ();
}

static void
begin_close (WspConnection *self,
             guint16        code,
             const char    *reason,
             WspCompletion *completion)
{
  GError *error = NULL;

  if (!queue_close (self, code, reason, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  if (self->close_info != NULL && wsp_close_info_is_clean (self->close_info))
    {
      wsp_completion_return_number (completion, 0);
      return;
    }

  if (self->close_info != NULL)
    {
      wsp_completion_return_error (completion, wsp_connection_make_error (self));
      return;
    }

  g_queue_push_tail (&wsp_connection_need_details (self)->ending.closers, completion);
  wsp_completion_set_cancel_func (completion, cancel_close);
  wsp_connection_hold (self);
  wsp_connection_wake (self);
}

void
wsp_connection_close_quietly (WspConnection *self,
                              guint16        code,
                              const char    *reason)
{
  begin_close (self, code, reason,
               wsp_completion_new (self->link.reactor, self, close_tag, NULL, NULL, NULL));
}

/**
 * wsp_connection_close_async:
 * @self: a connection
 * @code: close code, 1000 to 1003, 1007 to 1014 or 3000 to 4999; 1005 = send none
 * @reason: (nullable): UTF-8 text of at most 123 bytes
 * @cancellable: (nullable): a cancellable; cancelling aborts the connection
 * @callback: (scope async) (nullable): called when the transport has ended
 * @user_data: for @callback
 *
 * Starts the closing handshake. Messages queued before are sent first, and messages that
 * still arrive are delivered until the peer answers; those that no call asks for are
 * dropped. A second call joins the first, also when the peer closed before.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] for a bad code or reason, without
 * closing; with %G_IO_ERROR_TIMED_OUT when the peer did not answer within `close-timeout`
 * milliseconds and the connection was aborted; and with the reason when it failed before.
 *
 * See RFC 6455, sections 5.5.1 and 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_connection_close_async (WspConnection      *self,
                            guint16             code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  begin_close (self, code, reason,
               wsp_completion_new (self->link.reactor, self, close_tag, cancellable, callback,
                                   user_data));
}

/**
 * wsp_connection_close_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.close_async].
 *
 * Returns: %TRUE if the closing handshake was complete
 *
 * Since: 0.1
 */
gboolean
wsp_connection_close_finish (WspConnection *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return finish_call (self, result, close_tag, error);
}

static void
cancel_flush (WspCompletion *completion,
              gpointer       source_object)
{
  g_queue_remove (&WSP_CONNECTION (source_object)->details->flushers, completion);
  wsp_completion_return_cancelled (completion);
}

/**
 * wsp_connection_flush_async:
 * @self: a connection
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (nullable): called when everything has left
 * @user_data: for @callback
 *
 * Waits until all that was queued has been handed to the operating system.
 *
 * Fails with the reason when the connection ends before.
 *
 * Since: 0.1
 */
void
wsp_connection_flush_async (WspConnection      *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  WspCompletion *completion = wsp_completion_new (self->link.reactor, self, flush_tag,
                                                  cancellable, callback, user_data);

  if (self->close_info != NULL)
    {
      wsp_completion_return_error (completion, wsp_connection_make_error (self));
      return;
    }

  g_queue_push_tail (&wsp_connection_need_details (self)->flushers, completion);
  wsp_completion_set_cancel_func (completion, cancel_flush);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_flush_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.flush_async].
 *
 * Returns: %TRUE if everything has left
 *
 * Since: 0.1
 */
gboolean
wsp_connection_flush_finish (WspConnection *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return finish_call (self, result, flush_tag, error);
}
