/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output, sending: the stream accepts a Send, which is then written at once or waits in the queue.
 *
 * The list `behind` has the messages that wait for the end of the message in parts.  The stream
 * has not accepted them.  The stream accepts no message after a Close, so sending a Close empties
 * the list.
 *
 * A Send that the stream has accepted is written, unless its call withdraws it, it is dropped for
 * our Close, or the connection ends.  Sends are written in the order in which the stream accepts
 * them; only urgent messages, control frames and raw bytes overtake.
 *
 * docs/rationales/sending.md has the reasons.
 */
#include "connection/output/wsp-output-drop-private.h"

#include "connection/link/wsp-context-memory-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "connection/message/wsp-message.h"
#include "connection/output/wsp-output-load-private.h"
#include "connection/output/wsp-output-write-private.h"
#include "core/stream/keepalive.h"
#include "reactor/wsp-reactor-private.h"

void
wsp_output_set_sink (WspOutput      *self,
                     WspMessageSink *sink)
{
  if (sink != NULL || self->rest != NULL)
    wsp_output_ensure_rest (self)->sink = sink;
}

/* A handler that runs a main loop may wait for the message that it sends, so that message does
 * not stay in the memory of the turn.  Blocked output has no room in that memory, and is checked
 * before each step. */
static inline gboolean
may_write_now (const WspOutput *self,
               const WspLink   *link)
{
  const WspTurn *turn = link->turn;

  return turn != NULL && self->queue.first == NULL && !turn->was_disturbed &&
         wsp_life_sends (&link->life) && !wsp_tap_list_is_notifying (link->taps);
}

static inline void
note_payload_sent (WspLink *link,
                   gsize    length,
                   guint    n_messages,
                   gint64   now)
{
  link->counters.payload_sent += length;
  link->counters.messages_sent += n_messages;
  link->last_message = now;
}

static inline void
note_sent (WspLink      *link,
           WscBufferType type,
           gsize         length)
{
  if (type == WSC_BUFFER_PING_PONG)
    {
      link->counters.pings_sent++;
      return;
    }

  const guint n_messages = wsc_ends_message (type);

  note_payload_sent (link, length, n_messages,
                     link->turn != NULL ? link->turn->now : wsp_reactor_get_time (link->reactor));
  if (link->turn == NULL)
    wsp_link_funcs.sent_outside (link, n_messages, 0);
}

static void
queue_send (WspOutput     *self,
            WspLink       *link,
            const WspSend *send)
{
  WspSend *kept = wsp_send_keep (send);

  wsp_output_note_time (self, link, kept);
  if (kept->kind == WSP_SEND_URGENT && self->outgoing == WSP_OUTGOING_BEGUN)
    wsp_send_queue_add_last (&self->queue, kept);       /* it has waited for the message in parts */
  else
    wsp_send_queue_add (&self->queue, kept, wsp_output_is_first_begun (self, link));
  if (kept->completion != NULL)
    {
      wsp_completion_set_subject (kept->completion, kept);
      self->queue.bytes += WSP_OUTPUT_CALL_OVERHEAD;
    }
  wsp_output_note_load (self, link);
}

/* A Send that has begun and waits goes before all others. */
static void
keep_begun (WspOutput     *self,
            WspLink       *link,
            const WspSend *send)
{
  WspOutputRest *rest = self->rest;
  gboolean is_step_out = rest != NULL && rest->payload != NULL;
  gssize offset = is_step_out ? rest->payload - send->out.at : 0;      /* < 0: in the header */
  WspSend *kept = wsp_send_keep (send);

  wsp_output_note_time (self, link, kept);
  if (is_step_out)
    rest->payload = kept->out.at + offset;
  wsp_send_queue_add_first (&self->queue, kept);
  wsp_output_note_load (self, link);
}

static void
write_at_once (WspOutput *self,
               WspLink   *link,
               WspSend   *send)
{
  WspStep step = WSP_STEP_MORE;

  wsp_output_choose_form (send);
  while (step == WSP_STEP_MORE)
    {
      while (wsp_output_write_pong (self, link))
        wsp_output_flush_if_long (self, link);
      step = wsp_output_is_blocked (link) ? WSP_STEP_WAITS
                                          : wsp_output_write_step (self, link, send);
      wsp_output_flush_if_long (self, link);
    }

  if (step == WSP_STEP_WAITS)
    keep_begun (self, link, send);
}

/* A Send with a completion is queued and not written at once, because its call can withdraw it.
 * After a failed write our Close counts as written, and is not queued. */
static void
output_enter (WspOutput         *self,
              WspLink           *link,
              const WscProposal *proposal,
              WspSend           *send)
{
  wsc_stream_accept (link->stream, proposal);
  send->out = proposal->out;
  send->payload = proposal->out.at;
  if (send->completion == NULL && may_write_now (self, link))
    write_at_once (self, link, send);
  else if (send->completion != NULL || wsp_life_get_state (&link->life) != WSP_LIFE_INPUT_ONLY)
    queue_send (self, link, send);
}

static WscFault
propose_and_enter (WspOutput *self,
                   WspLink   *link,
                   WscBytes   payload,
                   unsigned   flags,
                   WspSend   *send)
{
  WscProposal proposal;
  WscFault fault = wsc_stream_propose (link->stream, (WscBufferType) send->type, payload, flags,
                                       &proposal);

  if (fault != WSC_FAULT_NONE)
    return fault;

  send->counted = payload.length + WSP_MESSAGE_OVERHEAD;
  output_enter (self, link, &proposal, send);
  return WSC_FAULT_NONE;
}

static unsigned
output_get_form (WspSendFlags flags)
{
  return flags & WSP_SEND_FLAGS_NO_COMPRESSION ? WSC_OUTGOING_NO_COMPRESSION : 0;
}

WscFault
wsp_output_send_payload (WspOutput    *self,
                         WspLink      *link,
                         WscBufferType type,
                         WspSendFlags  flags,
                         GBytes       *payload)
{
  WspSend send = {
    .held = payload, .holds = WSP_HOLDS_BYTES, .type = (guint8) type,
    .kind = type == WSC_BUFFER_PING_PONG ? WSP_SEND_CONTROL : WSP_SEND_MESSAGE,
  };
  WscBytes bytes;
  WscFault fault;

  bytes.at = g_bytes_get_data (payload, &bytes.length);
  fault = propose_and_enter (self, link, bytes, output_get_form (flags), &send);
  if (fault == WSC_FAULT_NONE)
    note_sent (link, type, bytes.length);
  return fault;
}

/* A message that has the same compressed form for several peers is compressed once, if the
 * budget of the turn suffices.  A borrowing message is sent to one peer only: it is compressed
 * when it is written. */
static GBytes *
find_deflated (WspOutput  *self,
               WspLink    *link,
               WspMessage *message,
               unsigned    flags)
{
  WscDeflateForm form;

  if (link->stream->compression == NULL || (flags & WSC_OUTGOING_NO_COMPRESSION) ||
      wsp_message_is_borrowing (message) || !wsp_message_is_checked (message) ||
      !wsc_stream_get_deflate_form (link->stream, wsp_message_get_size (message), &form))
    return NULL;

  WspContextMemory *shared = wsp_context_memory_of (link->reactor);

  return wsp_message_get_deflated (message, &form, wsp_context_memory_get_streams (shared),
                                   &link->deflate_left);
}

static WscFault
send_deflated (WspOutput *self,
               WspLink   *link,
               GBytes    *deflated,
               WspSend   *send)
{
  WscBytes bytes;

  send->held = deflated;
  send->holds = WSP_HOLDS_BYTES;
  bytes.at = g_bytes_get_data (deflated, &bytes.length);
  return propose_and_enter (self, link, bytes, WSC_OUTGOING_DEFLATED, send);
}

/* A client masks, so it cannot use a header that was made for a server. */
static unsigned
output_get_flags (const WspLink *link,
                  WspMessage    *message)
{
  gboolean is_prepared = wsp_link_is_server (link) && wsp_message_get_header_length (message) > 0;

  return (wsp_message_is_checked (message) ? WSC_OUTGOING_CHECKED : 0) |
         (is_prepared ? WSC_OUTGOING_PREPARED : 0);
}

static void
queue_behind (WspOutput     *self,
              WspLink       *link,
              const WspSend *send)
{
  WspSend *kept = wsp_send_keep (send);
  WspSendQueue *behind = &wsp_output_ensure_rest (self)->behind;

  wsp_send_queue_add (behind, kept, FALSE);
  wsp_link_set_waiting (link, WSP_WAITING_BEHIND, TRUE);
  if (kept->completion != NULL)
    {
      wsp_completion_set_subject (kept->completion, kept);
      behind->bytes += WSP_OUTPUT_CALL_OVERHEAD;
      self->queue.bytes += WSP_OUTPUT_CALL_OVERHEAD;
    }
  wsp_output_count (self, link, kept->counted);
}

/* A message that can never be sent is refused now, not at the end of the message in parts. */
static WscFault
send_behind (WspOutput  *self,
             WspLink    *link,
             WspMessage *message,
             unsigned    flags,
             WspSend    *send)
{
  WscProposal proposal;
  WscBytes payload;
  WscFault fault;

  payload.at = wsp_message_peek (message, &payload.length);
  fault = wsc_stream_propose_later (link->stream, (WscBufferType) send->type, payload,
                                    flags | output_get_flags (link, message), &proposal);
  if (fault != WSC_FAULT_NONE)
    return fault;

  send->is_behind = TRUE;
  send->out = proposal.out;
  send->payload = payload.at;
  send->counted = payload.length + WSP_MESSAGE_OVERHEAD;
  queue_behind (self, link, send);
  return WSC_FAULT_NONE;
}

static WscFault
send_now (WspOutput  *self,
          WspLink    *link,
          WspMessage *message,
          unsigned    flags,
          WspSend    *send)
{
  GBytes *deflated = find_deflated (self, link, message, flags);
  WscBytes payload;
  WscFault fault;

  payload.at = wsp_message_peek (message, &payload.length);
  fault = deflated != NULL
          ? send_deflated (self, link, deflated, send)
          : propose_and_enter (self, link, payload, flags | output_get_flags (link, message), send);
  if (fault == WSC_FAULT_NONE)
    note_sent (link, (WscBufferType) send->type, payload.length);
  return fault;
}

/* A whole message that is not compressed does not change the stream.  No Send of a client is
 * prepared, so none becomes a batch.  With max_delay each Send has its own time. */
gboolean
wsp_output_join_last (WspOutput   *self,
                      WspLink     *link,
                      WspMessage  *message,
                      WspSendFlags flags)
{
  const WscStream *stream = link->stream;
  const gsize fragment_size = stream->options->fragment_size;
  const gsize longest = fragment_size != 0 ? MIN (fragment_size, WSP_OUTPUT_PREPARED_LENGTH - 1)
                                           : WSP_OUTPUT_PREPARED_LENGTH - 1;

  if (self->queue.first == NULL || self->queue.bytes >= link->limits->max_send_queue ||
      self->outgoing != WSP_OUTGOING_NONE || (flags & WSP_SEND_FLAGS_URGENT) ||
      self->max_delay != 0 ||
      wsp_life_get_state (&link->life) != WSP_LIFE_OPEN || stream->phase != WSC_PHASE_OPEN ||
      stream->compression != NULL || message->length > longest ||
      wsp_message_get_header_length (message) == 0 || !wsp_message_is_checked (message) ||
      !wsp_send_queue_join (&self->queue, message, longest,
                            wsp_output_is_first_begun (self, link)))
    return FALSE;

  wsp_output_note_load (self, link);
  note_sent (link, wsp_message_get_buffer_type (message), message->length);
  return TRUE;
}

WscFault
wsp_output_send_message (WspOutput     *self,
                         WspLink       *link,
                         WspMessage    *message,
                         WspSendFlags   flags,
                         WspCompletion *completion)
{
  WspSend send = {
    .held = message, .holds = WSP_HOLDS_MESSAGE, .completion = completion,
    .kind = flags & WSP_SEND_FLAGS_URGENT ? WSP_SEND_URGENT : WSP_SEND_MESSAGE,
    .type = (guint8) wsp_message_get_buffer_type (message),
  };

  return self->outgoing == WSP_OUTGOING_NONE
         ? send_now (self, link, message, output_get_form (flags), &send)
         : send_behind (self, link, message, output_get_form (flags), &send);
}

static WSC_NOINLINE gboolean
flush_long (WspOutput *self,
            WspLink   *link)
{
  wsp_output_flush (self, link);
  return TRUE;
}

/* Counts a message whose frame was written to the memory of the turn, and has n bytes. */
static WSC_INLINE gboolean
keep_message (WspOutput        *self,
              WspLink          *link,
              const WspMessage *message,
              gsize             n)
{
  WspTurn *turn = link->turn;

  turn->workspace->write_kept += n;
  note_payload_sent (link, message->length, 1, turn->now);
  return G_LIKELY (turn->workspace->write_kept < WSP_OUTPUT_FLUSH_LENGTH) ? TRUE
                                                                          : flush_long (self, link);
}

/* The key is chosen first: no other register is saved for that call. */
static WSC_NOINLINE gboolean
write_long_message (WspOutput        *self,
                    WspLink          *link,
                    const WspMessage *message)
{
  wsc_stream_choose_key (link->stream);

  const WscBufferType type = wsp_message_get_buffer_type (message);
  const WscBytes payload = { message->data, message->length };

  return keep_message (self, link, message,
                       wsc_stream_write_message (link->stream, type, payload));
}

gboolean
wsp_output_may_write_message (const WspOutput  *self,
                              const WspLink    *link,
                              const WspMessage *message)
{
  return may_write_now (self, link) && wsp_message_is_checked (message) &&
         self->outgoing == WSP_OUTGOING_NONE &&
         self->queue.bytes < link->limits->max_send_queue &&
         wsc_stream_may_write_message (link->stream, message->length);
}

gboolean
wsp_output_write_message (WspOutput        *self,
                          WspLink          *link,
                          const WspMessage *message)
{
  const WscBufferType type = wsp_message_get_buffer_type (message);
  const WscBytes payload = { message->data, message->length };

  if (!wsc_stream_is_short_message (link->stream, payload.length))
    return write_long_message (self, link, message);

  return keep_message (self, link, message,
                       wsc_stream_write_unmasked (link->stream, type, payload));
}

static void
send_from_behind (WspOutput *self,
                  WspLink   *link,
                  WspSend   *behind)
{
  WspSend send = {
    .held = behind->held, .holds = WSP_HOLDS_MESSAGE, .kind = behind->kind,
    .type = behind->type,
  };
  WspCompletion *completion = send.completion = wsp_output_take_call (self, behind);
  WscFault fault = send_now (self, link, behind->held,
                             behind->out.flags & WSC_OUTGOING_NO_COMPRESSION, &send);

  if (fault != WSC_FAULT_NONE && completion != NULL)
    wsp_completion_return_error (completion, wsp_link_funcs.make_send_error (link, fault));
}

/* If code of the program sends a message meanwhile, that message goes to the end of the list. */
void
wsp_output_end_parts (WspOutput *self,
                      WspLink   *link)
{
  WspSend *sent = NULL;

  while (wsp_output_has_behind (link))
    {
      WspSend *send = self->rest->behind.first;

      wsp_output_take_out (self, link, send);
      send_from_behind (self, link, send);
      send->next = sent;
      sent = send;
    }
  self->outgoing = WSP_OUTGOING_NONE;
  wsp_output_free_all (sent);
}

/* Call it before a Close.  If the message in parts has not begun, the messages that wait for its
 * end are sent now. */
static void
pass_unbegun_parts (WspOutput *self,
                    WspLink   *link)
{
  if (wsp_output_has_behind (link) && self->outgoing != WSP_OUTGOING_BEGUN)
    wsp_output_end_parts (self, link);
}

/* Drops the messages that wait for the end of a message in parts, once a Close forbids data. */
static void
drop_behind (WspOutput *self,
             WspLink   *link)
{
  WscFault fault = wsc_stream_may_call (link->stream, WSC_CALL_SEND_DATA);
  WspSend *dropped = NULL;

  if (!wsp_output_has_behind (link) || fault == WSC_FAULT_NONE)
    return;

  g_autoptr (GError) error = wsp_link_funcs.make_send_error (link, fault);

  while (wsp_output_has_behind (link))
    wsp_output_withdraw (self, link, self->rest->behind.first, error, &dropped);
  wsp_output_free_all (dropped);
}

WscFault
wsp_output_send_close (WspOutput *self,
                       WspLink   *link,
                       guint16    code,
                       GBytes    *reason)
{
  WscBytes bytes = { NULL, 0 };
  WscProposal proposal;
  WscFault fault;

  if (reason != NULL)
    bytes.at = g_bytes_get_data (reason, &bytes.length);
  fault = wsc_stream_propose_close (link->stream, code, bytes, &proposal);
  if (fault != WSC_FAULT_NONE)
    return fault;

  pass_unbegun_parts (self, link);
  fault = wsc_stream_propose_close (link->stream, code, bytes, &proposal);
  if (fault == WSC_FAULT_NONE)
    output_enter (self, link, &proposal, &(WspSend) {
      .held = reason, .holds = reason != NULL ? WSP_HOLDS_BYTES : WSP_HOLDS_NOTHING,
      .kind = WSP_SEND_CLOSE, .type = WSC_BUFFER_CLOSE,
    });
  drop_behind (self, link);
  return fault;
}

void
wsp_output_send_due_close (WspOutput *self,
                           WspLink   *link)
{
  WscProposal proposal;

  pass_unbegun_parts (self, link);
  if (wsc_stream_propose_due_close (link->stream, &proposal))
    output_enter (self, link, &proposal,
                  &(WspSend) { .kind = WSP_SEND_CLOSE, .type = WSC_BUFFER_CLOSE });
  drop_behind (self, link);
}

/* The stream holds the bytes of the ping that keepalive sends, and does not change them until
 * the ping has left. */
static gboolean
output_is_keepalive_queued (const WspOutput *self,
                            const WspLink   *link)
{
  WspSend *send = self->queue.first;

  while (send != NULL && send->out.at != link->stream->keepalive.payload)
    send = send->next;
  return send != NULL;
}

void
wsp_output_send_keepalive (WspOutput *self,
                           WspLink   *link)
{
  WscProposal proposal;

  if (!output_is_keepalive_queued (self, link) &&
      wsc_stream_propose_keepalive (link->stream, &proposal) == WSC_FAULT_NONE)
    {
      output_enter (self, link, &proposal, &(WspSend) {
      .kind = WSP_SEND_CONTROL, .type = WSC_BUFFER_PING_PONG,
    });
      note_sent (link, WSC_BUFFER_PING_PONG, 0);
    }
  wsc_keepalive_ping_sent (&link->stream->keepalive);
}

void
wsp_output_send_bytes (WspOutput *self,
                       WspLink   *link,
                       GBytes    *bytes)
{
  WspSend send = {
    .held = bytes, .holds = WSP_HOLDS_BYTES, .kind = WSP_SEND_BYTES,
    .counted = g_bytes_get_size (bytes) + WSP_MESSAGE_OVERHEAD,
  };

  send.out.at = g_bytes_get_data (bytes, &send.out.length);
  if (may_write_now (self, link))
    write_at_once (self, link, &send);
  else
    queue_send (self, link, &send);
}

gboolean
wsp_output_is_awaited (const WspOutput *self)
{
  const WspOutputRest *rest = self->rest;

  return self->queue.first != NULL ||
         (rest != NULL && (rest->behind.first != NULL || rest->leaving.first != NULL));
}

void
wsp_output_end (WspOutput    *self,
                WspLink      *link,
                const GError *error)
{
  WspOutputRest *rest = self->rest;
  WspSend *send = self->queue.first;

  wsp_output_fail_departures (self, error);
  if (wsp_output_is_blocked (link))
    {
      self->queue.bytes -= rest->moved_length;
      g_clear_pointer (&rest->moved, g_free);
      wsp_link_set_waiting (link, WSP_WAITING_BLOCKED, FALSE);
      rest->payload = NULL;
    }
  for (; send != NULL; send = send->next)
    wsp_output_end_call (self, send, error);
  for (send = rest != NULL ? rest->behind.first : NULL; send != NULL; send = send->next)
    wsp_output_end_call (self, send, error);
}

gboolean
wsp_output_is_idle (const WspOutput *self,
                    const WspLink   *link)
{
  return self->queue.first == NULL &&
         !wsp_link_is_waiting (link, WSP_WAITING_BLOCKED | WSP_WAITING_BEHIND) &&
         (self->rest == NULL || self->rest->sink == NULL);
}

void
wsp_output_assert_waiting (const WspOutput *self,
                           const WspLink   *link)
{
  const WspOutputRest *rest = self->rest;

  g_assert (wsp_output_is_blocked (link) ==
            (rest != NULL && (rest->moved != NULL || rest->payload != NULL)));
  g_assert (wsp_output_has_behind (link) == (rest != NULL && rest->behind.first != NULL));
}

void
wsp_output_leave_parts (WspOutput *self)
{
  if (self->rest != NULL && self->rest->sink != NULL)
    wsp_message_sink_leave (self->rest->sink);
}

void
wsp_output_drop_parts (WspOutput *self)
{
  if (self->rest != NULL && self->rest->sink != NULL)
    wsp_message_sink_drop (self->rest->sink);
}
