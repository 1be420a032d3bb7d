/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output pump: bytes stay where the engine wrote them, in the lent write memory, until the turn
 * ends.
 *
 * A payload by reference goes out at once, together with what is kept.  When the socket takes no
 * more, the rest of the lent memory is moved to memory of the connection, the action stays
 * uncompleted, and no write memory is lent until the socket is writable again: queued sends wait
 * as operations, so pongs overtake them.
 *
 * (1) While output is blocked, no write memory is lent and nothing is kept in it.
 * (2) A send is told as done only when every byte before its end was handed to the kernel.
 * (3) queue_bytes counts what is held: payload and WSP_MESSAGE_OVERHEAD of each send,
 *     WSP_OUTPUT_CALL_OVERHEAD of each call until its result is returned, and what was moved.
 */
#include "connection/wsp-connection-private.h"

#include "connection/message/wsp-message-private.h"

struct _WspQueuedSend
{
  WspLentPayload base;          /* the first member */
  WspConnection *connection;
  GBytes        *bytes;
  WspCompletion *completion;    /* NULL: nobody waits */
  guint          operation;
  gboolean       is_counted;    /* not taken back */
  WspQueuedSend *next;          /* released, but not freed yet */
};

static void
uncount (WspQueuedSend *send)
{
  WspOutputPump *self = &send->connection->output;

  if (!send->is_counted)
    return;

  self->queue_bytes -= g_bytes_get_size (send->bytes);
  self->queue_length--;
  send->is_counted = FALSE;
}

/* The session needs the bytes no longer: they are written or copied, or the operation was
 * cancelled.  Where somebody waits for the outcome, its indication follows at once.  The bytes may
 * run code of the program when they are freed, which waits until no action is out. */
static void
release_send (WspLentPayload *payload)
{
  WspQueuedSend *send = (WspQueuedSend *) payload;
  WspTurn *turn = send->connection->turn;
  WspQueuedSend **list =
    turn != NULL ? &turn->released
                 : &wsp_connection_need_details (send->connection)->output.released;

  uncount (send);
  send->connection->output.queue_bytes -= WSP_MESSAGE_OVERHEAD;
  if (send->completion != NULL)
    {
      wsp_connection_need_details (send->connection)->output.indicated = send->completion;
      wsp_completion_set_subject (send->completion, NULL);
    }
  send->next = *list;
  *list = send;
}

static void
free_all (WspQueuedSend **list)
{
  WspQueuedSend *send;

  while ((send = *list) != NULL)
    {
      *list = send->next;
      g_bytes_unref (send->bytes);
      g_free (send);
    }
}

void
wsp_output_pump_free_released (WspConnection *connection)
{
  if (connection->turn->released != NULL)
    free_all (&connection->turn->released);
}

/* Up to its first octet a send can be taken back; after that it goes on as if nobody had asked. */
static void
cancel_send (WspCompletion *completion,
             gpointer       source_object)
{
  WspConnection *connection = WSP_CONNECTION (source_object);
  WspQueuedSend *send = wsp_completion_get_subject (completion);

  if (send == NULL || !wsp_session_cancel_send (connection->session, send->operation))
    return;

  send->completion = NULL;
  uncount (send);
  connection->output.queue_bytes -= WSP_OUTPUT_CALL_OVERHEAD;
  wsp_completion_return_cancelled (completion);
  wsp_connection_call_soon (connection, WSP_DUE_THIS_TURN);
}

static void
tell_finished (WspConnection *connection,
               const GError  *error)
{
  WspConnectionDetails *details = connection->details;
  WspCompletion *completion;

  while (details != NULL && (completion = g_queue_pop_head (&details->output.finished)))
    {
      connection->output.queue_bytes -= WSP_OUTPUT_CALL_OVERHEAD;
      if (error != NULL)
        wsp_completion_return_error (completion, g_error_copy (error));
      else
        wsp_completion_return_number (completion, 0);
    }
}

/* -1: the connection is lost, and knows it. */
static inline gssize
write_vectors (WspConnection *connection,
               struct iovec  *vectors,
               guint          n_vectors)
{
  GError *error = NULL;

  if (connection->transport != WSP_TRANSPORT_OPEN)
    return -1;

  gssize n = wsp_transport_write (connection->carrier, vectors, n_vectors, &error);

  if (n >= 0)
    {
      connection->counters.bytes_sent += n;
      return n;
    }
  if (n == WSP_TRANSPORT_WOULD_BLOCK)
    return 0;

  wsp_connection_lose (connection, error);
  return -1;
}

static void
block (WspConnection *connection,
       const guint8  *rest,
       gsize          length)
{
  WspBlockedOutput *blocked = g_new0 (WspBlockedOutput, 1);

  blocked->moved = g_memdup2 (rest, length);
  blocked->moved_length = length;
  blocked->last_taken = wsp_reactor_get_time (connection->reactor);
  wsp_connection_need_details (connection)->output.blocked = blocked;
  connection->output.queue_bytes += length;
  wsp_output_pump_note_load (connection);
  if (connection->turn == NULL)
    return;

  /* (1) */
  connection->turn->workspace.write_kept = 0;
  connection->turn->workspace.write.length = 0;
}

gboolean
wsp_output_pump_write (WspConnection *connection,
                       const guint8  *frames,
                       gsize          length)
{
  struct iovec vector = { (gpointer) frames, length };
  gssize n = write_vectors (connection, &vector, 1);

  if (n >= 0 && (gsize) n < length)
    block (connection, frames + n, length - n);
  return n >= 0;
}

/* FALSE: it blocks, or the connection is lost. */
static gboolean
write_kept (WspConnection *connection)
{
  WscWorkspace *workspace = &connection->turn->workspace;

  if (wsp_connection_is_blocked (connection) ||
      (workspace->write_kept > 0 &&
       !wsp_output_pump_write (connection, workspace->write.at, workspace->write_kept)))
    return FALSE;

  workspace->write_kept = 0;
  return !wsp_connection_is_blocked (connection);
}

static gboolean
has_raw (WspConnection *connection)
{
  return wsp_connection_peek_details (connection)->output.raw.length > 0;
}

static void
drop_raw (WspConnection *connection,
          GBytes        *bytes)
{
  connection->output.queue_bytes -= g_bytes_get_size (bytes) + WSP_MESSAGE_OVERHEAD;
  g_bytes_unref (bytes);
}

static void
write_one_raw (WspConnection *connection,
               GBytes        *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (length == 0)
    return;

  wsp_connection_tell_bytes (connection, WSP_DIRECTION_SENT, data, length);
  wsp_output_pump_write (connection, data, length);
}

/* Only between two frames. */
static void
write_raw (WspConnection *connection)
{
  while (has_raw (connection) && connection->transport == WSP_TRANSPORT_OPEN &&
         !connection->stream->sending.writer.is_open && write_kept (connection))
    {
      GBytes *bytes = g_queue_pop_head (&connection->details->output.raw);

      write_one_raw (connection, bytes);
      drop_raw (connection, bytes);
    }
}

void
wsp_output_pump_send_raw (WspConnection *connection,
                          GBytes        *bytes)
{
  GQueue *raw = &wsp_connection_need_details (connection)->output.raw;

  g_queue_push_tail (raw, g_bytes_ref (bytes));
  connection->output.queue_bytes += g_bytes_get_size (bytes) + WSP_MESSAGE_OVERHEAD;
  wsp_output_pump_note_load (connection);
  if (connection->turn != NULL && !connection->turn->is_telling)
    write_raw (connection);
}

static void
keep_action (WspConnection    *connection,
             WspSessionAction *action,
             struct iovec     *payload,
             gsize             sent,
             gsize             action_length)
{
  WspBlockedOutput *blocked = connection->details->output.blocked;

  blocked->has_action = TRUE;
  blocked->action = *action;
  blocked->payload = payload->iov_base;
  blocked->payload_length = payload->iov_len;
  blocked->payload_sent = sent;
  blocked->action_length = action_length;
}

static void
complete (WspConnection    *connection,
          WspSessionAction *action,
          gsize             n_bytes)
{
  wsp_connection_tell_action (connection, action, n_bytes);
  wsp_session_complete_action (connection->session, action, n_bytes);
}

/* What is kept, and the action's payload right behind it. */
static void
write_referenced (WspConnection    *connection,
                  WspSessionAction *action,
                  gsize             header_length,
                  struct iovec     *payload)
{
  WscWorkspace *workspace = &connection->turn->workspace;
  gsize kept = workspace->write_kept + header_length;
  struct iovec vectors[2] = { { workspace->write.at, kept }, *payload };
  gssize n = write_vectors (connection, vectors, G_N_ELEMENTS (vectors));
  gsize action_length = header_length + payload->iov_len;

  if (n < 0)
    return;

  if ((gsize) n == kept + payload->iov_len)
    {
      workspace->write_kept = 0;
      complete (connection, action, action_length);
      return;
    }

  gsize kept_sent = MIN ((gsize) n, kept);

  block (connection, workspace->write.at + kept_sent, kept - kept_sent);
  keep_action (connection, action, payload, n - kept_sent, action_length);
}

static void
tell_vectors (WspConnection       *connection,
              const GOutputVector *vectors,
              guint                n_vectors)
{
  if (wsp_connection_peek_details (connection)->taps == NULL)
    return;

  for (guint i = 0; i < n_vectors; i++)
    wsp_connection_tell_bytes (connection, WSP_DIRECTION_SENT, vectors[i].buffer, vectors[i].size);
}

void
wsp_output_pump_note_load (WspConnection *connection)
{
  WspOutputPump *self = &connection->output;
  WspCounters *counters = &connection->counters;

  counters->send_queue_peak = MAX (counters->send_queue_peak, self->queue_bytes);
  if (self->queue_bytes >= connection->limits->high_water_mark && !connection->output.is_full)
    {
      connection->output.is_full = TRUE;
      wsp_connection_tell_limit (connection, WSP_TOLD_HIGH_WATER_MARK, self->queue_bytes,
                                 connection->limits->high_water_mark);
    }
}

static void
note_queued (WspConnection *connection,
             WspBufferType  type,
             gsize          length)
{
  WspCounters *counters = &connection->counters;

  wsp_output_pump_note_load (connection);
  if (type == WSP_BUFFER_TYPE_PING_PONG)
    {
      counters->pings_sent++;
      return;
    }

  counters->payload_sent += length;
  if (type == WSP_BUFFER_TYPE_UTF8_MESSAGE || type == WSP_BUFFER_TYPE_BINARY_MESSAGE)
    counters->messages_sent++;
  if (connection->limits->idle_timeout > 0)
    connection->last_message = wsp_reactor_get_time (connection->reactor);
}

static WspLentSend
get_mode (WspSendFlags   flags,
          WspCompletion *completion)
{
  return (completion != NULL ? WSP_LENT_SEND_INDICATED : WSP_LENT_SEND_QUIET) |
         (flags & WSP_SEND_FLAGS_NO_COMPRESSION ? WSP_LENT_SEND_NO_COMPRESSION : 0) |
         (flags & WSP_SEND_FLAGS_URGENT ? WSP_LENT_SEND_URGENT : 0);
}

static gboolean
queue_send (WspConnection *connection,
            WspBufferType  type,
            GBytes        *payload,
            guint8         header_length,
            WspLentSend    mode,
            WspCompletion *completion,
            GError       **error)
{
  WspOutputPump *self = &connection->output;
  WspQueuedSend *send = g_new0 (WspQueuedSend, 1);
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);

  wsp_connection_settle_deferred (connection);
  send->base.release = release_send;
  send->connection = connection;

  send->operation = wsp_session_send_prepared (connection->session, type, data, length,
                                               header_length, mode, &send->base, error);
  if (send->operation == 0)
    {
      g_free (send);
      return FALSE;
    }

  send->bytes = g_bytes_ref (payload);
  send->is_counted = TRUE;
  send->completion = completion;
  if (completion != NULL)
    {
      wsp_completion_set_subject (completion, send);
      wsp_completion_set_cancel_func (completion, cancel_send);
      self->queue_bytes += WSP_OUTPUT_CALL_OVERHEAD;
    }
  self->queue_bytes += length + WSP_MESSAGE_OVERHEAD;
  self->queue_length++;
  return TRUE;
}

gboolean
wsp_output_pump_send (WspConnection *connection,
                      WspBufferType  type,
                      GBytes        *payload,
                      guint8         header_length,
                      WspSendFlags   flags,
                      WspCompletion *completion,
                      GError       **error)
{
  if (!queue_send (connection, type, payload, header_length, get_mode (flags, completion),
                   completion, error))
    return FALSE;

  note_queued (connection, type, g_bytes_get_size (payload));
  return TRUE;
}

gboolean
wsp_output_pump_send_deflated (WspConnection *connection,
                               WspBufferType  type,
                               GBytes        *deflated,
                               gsize          length,
                               WspSendFlags   flags,
                               WspCompletion *completion,
                               GError       **error)
{
  if (!queue_send (connection, type, deflated, 0,
                   get_mode (flags, completion) | WSP_LENT_SEND_DEFLATED, completion, error))
    return FALSE;

  note_queued (connection, type, length);
  return TRUE;
}

static void
perform (WspConnection    *connection,
         WspSessionAction *action)
{
  WscWorkspace *workspace = &connection->turn->workspace;
  guint n_vectors;
  const GOutputVector *vectors = wsp_session_action_get_vectors (action, &n_vectors);

  tell_vectors (connection, vectors, n_vectors);

  gboolean is_kept = vectors[0].buffer == workspace->write.at + workspace->write_kept;
  gsize header_length = is_kept ? vectors[0].size : 0;

  if (n_vectors == 1 && is_kept)
    {
      workspace->write_kept += header_length;
      complete (connection, action, header_length);
      if (workspace->write_kept >= WSP_OUTPUT_FLUSH_LENGTH)
        wsp_output_pump_flush (connection);
      return;
    }

  const GOutputVector *last = &vectors[n_vectors - 1];
  struct iovec payload = { (gpointer) last->buffer, last->size };

  write_referenced (connection, action, header_length, &payload);
}

void
wsp_output_pump_perform (WspConnection    *connection,
                         WspSessionAction *action)
{
  perform (connection, action);
  if (has_raw (connection))
    write_raw (connection);
}

void
wsp_output_pump_indicate (WspConnection    *connection,
                          WspSessionAction *action)
{
  WspConnectionDetails *details = connection->details;
  WspCompletion *completion =
    details != NULL ? g_steal_pointer (&details->output.indicated) : NULL;
  g_autoptr (GError) error = NULL;

  wsp_session_check_operation (connection->session, action, &error);
  complete (connection, action, 0);

  if (completion != NULL && error == NULL)
    {
      g_queue_push_tail (&details->output.finished, completion);
    }
  else if (completion != NULL)
    {
      connection->output.queue_bytes -= WSP_OUTPUT_CALL_OVERHEAD;
      wsp_completion_return_error (completion, g_steal_pointer (&error));
    }
}

static void
keep_message (WspConnection *connection,
              WspMessage    *message,
              gsize          sent)
{
  WspOutputPump *self = &connection->output;
  WspBlockedOutput *blocked = connection->details->output.blocked;

  blocked->message = wsp_message_ref (message);
  blocked->payload = wsp_message_peek (message, &blocked->payload_length);
  blocked->payload_sent = sent;
  self->queue_bytes += blocked->payload_length + WSP_MESSAGE_OVERHEAD;
  self->queue_length++;
  wsp_output_pump_note_load (connection);
}

void
wsp_output_pump_write_long (WspConnection *connection,
                            WspMessage    *message,
                            gsize          header_length)
{
  WscWorkspace *workspace = &connection->turn->workspace;
  gsize kept = workspace->write_kept + header_length;
  gsize length;
  const guint8 *data = wsp_message_peek (message, &length);
  struct iovec vectors[2] = { { workspace->write.at, kept }, { (gpointer) data, length } };
  gssize n = write_vectors (connection, vectors, G_N_ELEMENTS (vectors));

  if (n < 0)
    return;

  if ((gsize) n == kept + length)
    {
      workspace->write_kept = 0;
      return;
    }

  gsize kept_sent = MIN ((gsize) n, kept);

  block (connection, workspace->write.at + kept_sent, kept - kept_sent);
  keep_message (connection, message, n - kept_sent);
}

static void
free_blocked (WspConnection    *connection,
              WspBlockedOutput *blocked)
{
  WspOutputPump *self = &connection->output;

  self->queue_bytes -= blocked->moved_length;
  if (blocked->message != NULL)
    {
      self->queue_bytes -= blocked->payload_length + WSP_MESSAGE_OVERHEAD;
      self->queue_length--;
      wsp_message_unref (blocked->message);
    }
  g_free (blocked->moved);
  g_free (blocked);
}

static void
end_blocked (WspConnection *connection)
{
  WspBlockedOutput *blocked = g_steal_pointer (&connection->details->output.blocked);
  WscWorkspace *workspace = &connection->turn->workspace;

  workspace->write.at = connection->turn->memory->write;
  workspace->write.length = WSP_REACTOR_WRITE_SIZE;
  workspace->write_kept = 0;
  if (blocked->has_action)
    complete (connection, &blocked->action, blocked->action_length);
  free_blocked (connection, blocked);
  write_raw (connection);
}

void
wsp_output_pump_resume (WspConnection *connection)
{
  WspBlockedOutput *blocked = wsp_connection_peek_details (connection)->output.blocked;

  if (blocked == NULL)
    {
      if (has_raw (connection))
        write_raw (connection);
      return;
    }

  gsize moved_left = blocked->moved_length - blocked->moved_sent;
  gsize payload_left = blocked->payload_length - blocked->payload_sent;
  struct iovec vectors[2] = {
    { blocked->moved + blocked->moved_sent, moved_left },
    { (gpointer) (blocked->payload + blocked->payload_sent), payload_left },
  };
  gssize n = write_vectors (connection, vectors, payload_left > 0 ? 2 : 1);

  if (n < 0)
    return;

  /* The peer takes what we send, even if it sends nothing. */
  if (n > 0)
    {
      blocked->last_taken = connection->turn->now;
      wsp_session_excuse_peer (connection->session);
    }

  blocked->moved_sent += MIN ((gsize) n, moved_left);
  blocked->payload_sent += n - MIN ((gsize) n, moved_left);
  if ((gsize) n == moved_left + payload_left)
    end_blocked (connection);
}

void
wsp_output_pump_flush (WspConnection *connection)
{
  if (has_raw (connection))
    write_raw (connection);

  /* (2); what a transport that was lost did not take has not left. */
  if (write_kept (connection) && connection->details != NULL &&
      connection->transport != WSP_TRANSPORT_ENDED)
    tell_finished (connection, NULL);
}

gboolean
wsp_output_pump_is_idle (WspConnection *connection)
{
  return connection->output.deferred == NULL &&
         wsp_connection_peek_details (connection)->output.sink == NULL &&
         !wsp_connection_is_blocked (connection) && !has_raw (connection) &&
         !wsp_session_has_pending (connection->session, WSP_ACTION_QUEUE_SEND);
}

void
wsp_output_pump_end (WspConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (connection->details == NULL ||
      g_queue_is_empty (&connection->details->output.finished))
    return;

  error = wsp_connection_make_error (connection);
  tell_finished (connection, error);
}

void
wsp_output_pump_clear (WspConnection *connection)
{
  wsp_connection_drop_deferred (connection);
  wsp_connection_drop_parts (connection);
  if (connection->details == NULL)
    return;

  WspHeldOutput *self = &connection->details->output;

  if (self->blocked != NULL)
    free_blocked (connection, g_steal_pointer (&self->blocked));
  for (GBytes *bytes; (bytes = g_queue_pop_head (&self->raw)) != NULL;)
    drop_raw (connection, bytes);
  free_all (&self->released);
}
