/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output, writing: the stream puts frames into the lent memory, where they are kept until the turn
 * ends.  A payload that the stream does not copy is written at once, after the kept bytes.  When
 * the socket takes no more, the kept bytes are moved to memory of the connection, and nothing is
 * written until the socket is writable again.
 *
 * While output is blocked, no write memory is lent and nothing is kept in it.
 * A Send is reported as done only when every byte before its end was handed to the kernel.
 * Code of the program runs only while the queue and the kept bytes are consistent; afterwards the
 * caller reads both again.
 */
#include "connection/output/wsp-output-write-private.h"

#include "connection/link/wsp-context-memory-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "core/stream/keepalive.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-transport-private.h"

WspOutputRest *
wsp_output_ensure_rest (WspOutput *self)
{
  if (self->rest == NULL)
    self->rest = g_new0 (WspOutputRest, 1);

  return self->rest;
}

/* Returns the call. */
static WspCompletion *
take_departed (WspOutput *self,
               WspSend   *send)
{
  WspCompletion *completion = send->completion;

  wsp_send_queue_remove (&self->rest->leaving, send);
  self->queue.bytes -= WSP_OUTPUT_CALL_OVERHEAD;
  wsp_send_free (send);
  return completion;
}

static void
complete_departures (WspOutput *self,
                     WspLink   *link)
{
  WspSend *send;

  while (self->rest != NULL && (send = self->rest->leaving.first) != NULL &&
         send->end <= link->counters.bytes_sent)
    wsp_completion_return_number (take_departed (self, send), 0);
}

/* -1: the connection sends no more; if the write has failed, `output_lost` was called. */
static gssize
output_write_vectors (WspOutput          *self,
                      WspLink            *link,
                      const struct iovec *vectors,
                      guint               n_vectors)
{
  GError *error = NULL;

  if (!wsp_life_sends (&link->life))
    return -1;

  gssize n = wsp_transport_write (link->transport, vectors, n_vectors, &error);

  if (n == WSP_TRANSPORT_WOULD_BLOCK)
    return 0;
  if (n < 0)
    {
      wsp_link_funcs.output_lost (link, error);
      return -1;
    }

  link->counters.bytes_sent += n;
  if (link->turn == NULL)
    wsp_link_funcs.sent_outside (link, 0, n);
  wsp_tap_list_notify_written (link->taps, vectors, n_vectors, n);
  if (self->rest != NULL)
    complete_departures (self, link);
  return wsp_life_sends (&link->life) ? n : -1;  /* a tap may dispose of the connection */
}

static gsize
get_kept (const WspLink *link)
{
  return link->turn != NULL ? link->turn->workspace->write_kept : 0;
}

gsize
wsp_output_get_unsent (const WspOutput *self,
                       const WspLink   *link)
{
  const WspOutputRest *rest = self->rest;

  return get_kept (link) +
         (wsp_output_is_blocked (link)
          ? rest->moved_length - rest->moved_sent + rest->payload_length : 0);
}

static void
output_write_block (WspOutput    *self,
                    WspLink      *link,
                    const guint8 *rest,
                    gsize         length)
{
  WspOutputRest *held = wsp_output_ensure_rest (self);

  g_assert (!wsp_output_is_blocked (link));
  wsp_link_set_waiting (link, WSP_WAITING_BLOCKED, TRUE);
  held->moved = g_memdup2 (rest, length);
  held->moved_length = length;
  held->moved_sent = 0;
  held->blocked_since = held->last_taken = wsp_reactor_get_time (link->reactor);
  wsp_output_count (self, link, length);
  if (link->turn == NULL)
    return;

  link->turn->workspace->write_kept = 0;
  wsp_context_memory_open_write (link->turn->workspace, FALSE);
}

/* Writes the kept bytes, and a payload after them.  FALSE: the socket did not take everything. */
static gboolean
write_with_payload (WspOutput *self,
                    WspLink   *link,
                    WscBuffer  payload)
{
  gsize kept = get_kept (link);
  const guint8 *kept_at = kept > 0 ? link->turn->workspace->write.at : NULL;
  struct iovec vectors[2] = { { (gpointer) kept_at, kept }, { payload.at, payload.length } };
  gssize n = output_write_vectors (self, link, kept > 0 ? vectors : vectors + 1, kept > 0 ? 2 : 1);

  if (n < 0)
    return FALSE;

  if ((gsize) n == kept + payload.length)
    {
      if (kept > 0)
        link->turn->workspace->write_kept = 0;
      return TRUE;
    }

  gsize kept_sent = MIN ((gsize) n, kept);

  output_write_block (self, link, kept > 0 ? kept_at + kept_sent : NULL, kept - kept_sent);
  self->rest->payload = payload.at + (n - kept_sent);
  self->rest->payload_length = payload.length - (n - kept_sent);
  return FALSE;
}

/* A step has one buffer, in the lent memory or in the memory of the message, or two: the header in
 * the lent memory and the payload in that of the message.  FALSE: the socket did not take all
 * bytes. */
static gboolean
put_step (WspOutput       *self,
          WspLink         *link,
          const WscBuffer *buffers,
          guint            n_buffers)
{
  WscWorkspace *workspace = link->turn != NULL ? link->turn->workspace : NULL;
  gboolean is_kept = workspace != NULL &&
                     buffers[0].at == workspace->write.at + workspace->write_kept;

  if (is_kept)
    workspace->write_kept += buffers[0].length;

  return (n_buffers == 1 && is_kept) ||
         write_with_payload (self, link, buffers[n_buffers - 1]);
}

static WspStep
output_write_bytes (WspOutput *self,
                    WspLink   *link,
                    WspSend   *send)
{
  WscBuffer bytes = { (guint8 *) send->out.at, send->out.length };

  return bytes.length == 0 || write_with_payload (self, link, bytes) ? WSP_STEP_DONE
                                                                     : WSP_STEP_WAITS;
}

/* TRUE: the kept bytes were flushed, so try again.  FALSE: there is no memory before the socket is
 * writable, or before the next turn. */
static gboolean
output_write_make_room (WspOutput *self,
                        WspLink   *link)
{
  if (get_kept (link) == 0)
    return FALSE;

  wsp_output_flush (self, link);
  return TRUE;
}

/* Whole frames are copied as they were prepared.  To free a message may run code of the program, so
 * those that were copied are held, and counted, until the whole batch was. */
static WspStep
write_batch (WspOutput *self,
             WspLink   *link,
             WspSend   *send)
{
  WscWorkspace *workspace = link->turn != NULL ? link->turn->workspace : NULL;
  WspSendBatch *batch = send->held;

  while (workspace != NULL && batch->n_written < batch->n)
    {
      const WspMessage *message = batch->messages[batch->n_written];
      const gsize header_length = wsp_message_get_header_length (message);
      const gsize n = header_length + message->length;

      if (n > workspace->write.length - workspace->write_kept)
        return output_write_make_room (self, link) ? WSP_STEP_MORE : WSP_STEP_WAITS;

      memcpy (workspace->write.at + workspace->write_kept, message->data - header_length, n);
      workspace->write_kept += n;
      batch->n_written++;
    }
  return workspace != NULL ? WSP_STEP_DONE : WSP_STEP_WAITS;
}

static WspStep
complete_step (WspLink *link,
               WspSend *send)
{
  return send->kind == WSP_SEND_BYTES ||
         wsc_stream_complete_step (link->stream, &send->out) == WSC_SEND_STEP_DONE
         ? WSP_STEP_DONE : WSP_STEP_MORE;
}

WspStep
wsp_output_write_step (WspOutput *self,
                       WspLink   *link,
                       WspSend   *send)
{
  WscBuffer buffers[2];
  unsigned n;

  if (send->kind == WSP_SEND_BYTES)
    return output_write_bytes (self, link, send);
  if (send->holds == WSP_HOLDS_BATCH)
    return write_batch (self, link, send);

  WscFault fault = wsc_stream_step (link->stream, &send->out, G_N_ELEMENTS (buffers), buffers, &n);

  if (fault != WSC_FAULT_NONE)
    {
      wsp_link_funcs.failed (link, fault);
      return WSP_STEP_FAILED;
    }

  /* The flush may free the Send. */
  if (n == 0)
    return output_write_make_room (self, link) ? WSP_STEP_MORE : WSP_STEP_WAITS;

  return put_step (self, link, buffers, n) ? complete_step (link, send) : WSP_STEP_WAITS;
}

gboolean
wsp_output_write_pong (WspOutput *self,
                       WspLink   *link)
{
  WscStream *stream = link->stream;
  WscBuffer pong;

  if (stream->pongs == NULL || stream->sending.writer.stage != WSC_FRAME_NONE)
    return FALSE;

  /* The flush may free the pongs. */
  pong = wsc_stream_write_pong (stream);
  if (pong.length == 0)
    return output_write_make_room (self, link);

  link->turn->workspace->write_kept += pong.length;
  return TRUE;
}

void
wsp_output_fail_departures (WspOutput    *self,
                            const GError *error)
{
  WspSend *send;

  while (self->rest != NULL && (send = self->rest->leaving.first) != NULL)
    wsp_completion_return_error (take_departed (self, send), g_error_copy (error));
}

void
wsp_output_flush (WspOutput *self,
                  WspLink   *link)
{
  WscWorkspace *workspace = link->turn->workspace;
  struct iovec kept = { workspace->write.at, workspace->write_kept };
  gssize n = kept.iov_len > 0 ? output_write_vectors (self, link, &kept, 1) : 0;

  if ((gsize) n < kept.iov_len)         /* a lost connection returns -1, which is not less */
    output_write_block (self, link, workspace->write.at + n, kept.iov_len - n);
  workspace->write_kept = 0;
}

void
wsp_output_flush_if_long (WspOutput *self,
                          WspLink   *link)
{
  if (get_kept (link) >= WSP_OUTPUT_FLUSH_LENGTH)
    wsp_output_flush (self, link);
}

/* Lets the call wait until the last byte of its Send has left.  The call cannot be cancelled any
 * more. */
static void
begin_departure (WspOutput *self,
                 WspLink   *link,
                 WspSend   *send)
{
  wsp_completion_set_subject (send->completion, NULL);
  send->end = link->counters.bytes_sent + get_kept (link);
  send->counted = 0;
  wsp_send_queue_add_last (&wsp_output_ensure_rest (self)->leaving, send);
}

/* Takes the Send, the first of the queue, out of the queue when all of it was written or kept. */
static void
output_write_finish (WspOutput *self,
                     WspLink   *link,
                     WspSend   *send)
{
  wsp_send_queue_remove (&self->queue, send);
  if (send->completion == NULL)
    {
      wsp_send_free (send);
      return;
    }

  WspSendData data = wsp_send_steal_data (send);

  begin_departure (self, link, send);
  if (get_kept (link) == 0)
    complete_departures (self, link);
  wsp_send_data_clear (&data);
}

/* A short message shares its write with others, even if its frame is prepared. */
void
wsp_output_choose_form (WspSend *send)
{
  if (send->out.length < WSP_OUTPUT_PREPARED_LENGTH)
    send->out.flags &= (guint8) ~WSC_OUTGOING_PREPARED;
}

/* FALSE: nothing more can be written now. */
static gboolean
write_next (WspOutput *self,
            WspLink   *link)
{
  WspSend *send;

  if (!wsp_life_sends (&link->life))
    return FALSE;

  if (wsp_output_write_pong (self, link))
    return TRUE;
  if (wsp_output_is_blocked (link))
    return FALSE;

  send = self->queue.first;
  if (send == NULL)
    return FALSE;

  wsp_output_choose_form (send);
  switch (wsp_output_write_step (self, link, send))
    {
    case WSP_STEP_DONE:
      output_write_finish (self, link, send);
      return TRUE;
    case WSP_STEP_MORE:
    case WSP_STEP_FAILED:
      return TRUE;
    case WSP_STEP_WAITS:
      return FALSE;
    }

  g_assert_not_reached ();
}

void
wsp_output_write (WspOutput *self,
                  WspLink   *link)
{
  while (write_next (self, link))
    wsp_output_flush_if_long (self, link);
}

gboolean
wsp_output_write_alone (WspOutput *self,
                        WspLink   *link)
{
  WspSend *send = self->queue.first;

  if (send == NULL || send->next != NULL || !(send->out.flags & WSC_OUTGOING_PREPARED) ||
      wsp_output_write_step (self, link, send) != WSP_STEP_DONE)
    return FALSE;

  output_write_finish (self, link, send);
  return TRUE;
}

static void
end_blocked (WspOutput *self,
             WspLink   *link)
{
  WspOutputRest *rest = self->rest;
  gboolean is_step_out = rest->payload != NULL;
  WspSend *send = self->queue.first;

  wsp_context_memory_open_write (link->turn->workspace, TRUE);
  wsp_link_set_waiting (link, WSP_WAITING_BLOCKED, FALSE);
  rest->payload = NULL;
  rest->payload_length = 0;
  self->queue.bytes -= rest->moved_length;
  g_clear_pointer (&rest->moved, g_free);
  if (is_step_out && complete_step (link, send) == WSP_STEP_DONE)
    output_write_finish (self, link, send);
}

void
wsp_output_resume (WspOutput *self,
                   WspLink   *link)
{
  WspOutputRest *rest = self->rest;

  /* The closing handshake has timed out: the stream was aborted, and no more is written. */
  if (!wsp_output_is_blocked (link) || link->stream->phase == WSC_PHASE_ABORTED)
    return;

  gsize moved_left = rest->moved_length - rest->moved_sent;
  guint8 *moved = moved_left > 0 ? rest->moved + rest->moved_sent : NULL;
  struct iovec vectors[2] = {
    { moved, moved_left },
    { (gpointer) rest->payload, rest->payload_length },
  };
  gssize n = output_write_vectors (self, link, vectors, rest->payload != NULL ? 2 : 1);

  if (n < 0)
    return;

  /* The peer takes output, so it is alive even if it sends nothing. */
  if (n > 0)
    {
      rest->last_taken = link->turn->now;
      wsc_keepalive_note_input (&link->stream->keepalive);
    }

  gsize moved_now = MIN ((gsize) n, moved_left);

  rest->moved_sent += moved_now;
  if (rest->payload != NULL)
    {
      rest->payload += n - moved_now;
      rest->payload_length -= n - moved_now;
    }
  if (rest->moved_sent == rest->moved_length && rest->payload_length == 0)
    end_blocked (self, link);
}
