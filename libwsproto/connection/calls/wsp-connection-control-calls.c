/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that ping, close and flush. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"
#include "core/close-code.h"

#define PING_OVERHEAD (WSP_MESSAGE_OVERHEAD + WSP_OUTPUT_CALL_OVERHEAD)      /* bytes that a waiting
                                                                                ping counts, in
                                                                                addition to its
                                                                                payload */

/* Each tag marks the results of one call. */
static const char ping_tag[] = "ping";
static const char close_tag[] = "close";
static const char flush_tag[] = "flush";

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

/* Each ping gets another payload, so that the payload of a pong names the ping. */
static GBytes *
make_ping_payload (WspConnection *self)
{
  guint64 number = GUINT64_TO_BE (self->link.counters.pings_sent + (guint64) 1);

  return g_bytes_new (&number, sizeof number);
}

/* A ping is held until its pong is received, so pings that were sent count for the room, too. */
static gboolean
queue_ping (WspConnection *self,
            GBytes        *payload,
            GError       **error)
{
  gsize waiting = wsp_connection_peek_details (self)->pings.length * PING_OVERHEAD;

  return wsp_connection_check_open (self, error) &&
         wsp_connection_check_room (self, self->output.queue.bytes + waiting, error) &&
         wsp_connection_take_fault (self,
                                    wsp_output_send_payload (&self->output, &self->link,
                                                             WSC_BUFFER_PING_PONG,
                                                             WSP_SEND_FLAGS_DEFAULT, payload),
                                    error);
}

/**
 * wsp_connection_ping_async:
 * @self: a connection
 * @payload: (transfer none) (nullable): at most 125 bytes; %NULL = bytes that differ in each ping
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling ends the wait
 * @callback: (scope async) (nullable): called when the pong was received
 * @user_data: for @callback
 *
 * Sends a ping ahead of queued messages, and waits for its pong. A pong also answers all
 * older pings.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a payload that is too long, with
 * [error@Wsp.Error.QUEUE_FULL] while the send queue and the pings that wait for their
 * pongs together hold `max-send-queue` bytes, with [error@Wsp.Error.CLOSED] once closing has
 * started, and as all calls do once the connection has failed (see [class@Wsp.Connection]).
 *
 * To cancel is to stop waiting: a ping that was sent stays sent, and its pong emits
 * [signal@Wsp.Connection::pong]. If @cancellable was cancelled before, nothing is sent.
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
  g_queue_push_tail (&wsp_connection_ensure_details (self)->pings, ping);
  wsp_completion_set_cancel_func (completion, cancel_ping);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_ping_finish:
 * @self: a connection
 * @result: (transfer none): what the callback was given
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

/* If our Close was sent before, or the connection has failed, the call only waits for the end. */
static gboolean
queue_close (WspConnection *self,
             guint16        code,
             const char    *reason,
             GError       **error)
{
  if (!wsp_life_sends (&self->link.life))
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

  if (wsp_completion_is_cancelled (completion))
    {
      wsp_completion_return_cancelled (completion);
      wsp_connection_drop_transport (self);
      return;
    }

  if (!queue_close (self, code, reason, &error))
    {
      wsp_completion_return_error (completion, error);
      return;
    }

  WspCloseInfo *info = wsp_connection_peek_close_info (self);

  if (info != NULL && wsp_close_info_is_clean (info))
    {
      wsp_completion_return_number (completion, 0);
      return;
    }

  if (info != NULL)
    {
      wsp_completion_return_error (completion, wsp_connection_make_error (self));
      return;
    }

  g_queue_push_tail (&wsp_connection_ensure_details (self)->ending.closers, completion);
  wsp_completion_set_cancel_func (completion, cancel_close);
  wsp_connection_hold (self);
  wsp_connection_wake (self);
}

void
wsp_connection_close_quietly (WspConnection *self,
                              guint16        code,
                              const char    *reason)
{
  if (wsp_connection_is_inherited (self))
    wsp_connection_leave (self);
  begin_close (self, code, reason,
               wsp_completion_new (self->link.reactor, self, close_tag, NULL, NULL, NULL));
}

/**
 * wsp_connection_close_async:
 * @self: a connection
 * @code: close code, 1000 to 1003, 1007 to 1014 or 3000 to 4999; 1005 = a Close without a code
 * @reason: (transfer none) (nullable): UTF-8 text of at most 123 bytes
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling aborts the connection
 * @callback: (scope async) (nullable): called when the transport has ended
 * @user_data: for @callback
 *
 * Starts the closing handshake. Messages that were queued before are sent first. Messages that are
 * still received before the Close of the peer are delivered; messages that no call asks for are
 * dropped. A second call ends together with the first call, also if the peer closed before.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a bad code or reason, without
 * closing; with [error@Wsp.Error.ABNORMAL_CLOSURE] if the closing handshake took longer than
 * `close-timeout`, and the connection was aborted; and, if the connection failed before, with the
 * error that all its calls have then (see [class@Wsp.Connection]).
 *
 * If the call is cancelled, it does not wait for the peer: the connection is aborted, as
 * [method@Wsp.Connection.abort] does. If @cancellable was cancelled before, no Close is sent.
 *
 * See RFC 6455, sections 5.5.1 and 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_connection_close_async (WspConnection      *self,
                            guint               code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_may_be_called (self));

  begin_close (self, wsc_close_code_narrow (code), reason,
               wsp_completion_new (self->link.reactor, self, close_tag, cancellable, callback,
                                   user_data));
}

/**
 * wsp_connection_close_finish:
 * @self: a connection
 * @result: (transfer none): what the callback was given
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
  return wsp_connection_finish_call (self, result, close_tag, error);
}

static void
cancel_flush (WspCompletion *completion,
              gpointer       source_object)
{
  WspConnection *self = WSP_CONNECTION (source_object);

  g_queue_remove (&self->details->flushers, completion);
  wsp_link_set_waiting (&self->link, WSP_WAITING_FLUSH, self->details->flushers.length > 0);
  wsp_completion_return_cancelled (completion);
}

/**
 * wsp_connection_flush_async:
 * @self: a connection
 * @cancellable: (transfer none) (nullable): a cancellable; cancelling ends the wait
 * @callback: (scope async) (nullable): called when all output was passed to the operating system
 * @user_data: for @callback
 *
 * Waits until all queued output was passed to the operating system.
 *
 * Fails, if the connection ends before, with the error that all its calls have then (see
 * [class@Wsp.Connection]).
 *
 * To cancel is to stop waiting: what is queued is sent all the same.
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

  if (wsp_completion_is_cancelled (completion))
    {
      wsp_completion_return_cancelled (completion);
      return;
    }

  if (wsp_life_has_ended (&self->link.life))
    {
      wsp_completion_return_error (completion, wsp_connection_make_error (self));
      return;
    }

  g_queue_push_tail (&wsp_connection_ensure_details (self)->flushers, completion);
  wsp_link_set_waiting (&self->link, WSP_WAITING_FLUSH, TRUE);
  wsp_completion_set_cancel_func (completion, cancel_flush);
  wsp_connection_wake (self);
}

/**
 * wsp_connection_flush_finish:
 * @self: a connection
 * @result: (transfer none): what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Wsp.Connection.flush_async].
 *
 * Returns: %TRUE if all output was passed to the operating system
 *
 * Since: 0.1
 */
gboolean
wsp_connection_flush_finish (WspConnection *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return wsp_connection_finish_call (self, result, flush_tag, error);
}
