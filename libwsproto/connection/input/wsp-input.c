/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input, reading and delivery: asks the stream for the next item, reads from the transport if the
 * stream has no item, and delivers the messages.
 *
 * Reading continues while the program takes the messages.  While the program takes no message, a
 * little is read ahead (so that pings are answered); then reading stops, which slows the peer down.
 * The length of a message is checked only when it is known that the program receives the message
 * whole: a stream has no such limit.
 *
 * Code of the program runs only in the functions of the link and in taps.  That code may change
 * the delivery and the receiver, and end the connection, so the caller reads all members again
 * afterwards.  Bytes of the lent memory that are needed afterwards are copied before.
 *
 * The inbox is empty while messages are pushed, and while a receiver waits.
 *
 * docs/rationales/receiving.md has the reasons.
 */
#include "connection/input/wsp-input-pieces-private.h"

#include "attach/wsp-attach-private.h"
#include "connection/link/wsp-context-memory-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/link/wsp-tap-list-private.h"
#include "connection/message/wsp-message-private.h"
#include "connection/message/wsp-message.h"
#include "core/stream/receive-path.h"
#include "core/stream/stream.h"
#include "reactor/wsp-transport-private.h"
#include "session/wsp-session-lend-private.h"

/* Bytes that were compressed count as if they were read. */
static inline gboolean
has_budget (const WspLink *link)
{
  const WspInputSpent *spent = &link->turn->spent;

  return spent->n_messages < WSP_MESSAGES_PER_TURN &&
         spent->n_bytes < link->deflate_left &&
         spent->n_inflated < link->limits->max_bytes_per_turn;
}

/* After our Close reading continues up to the Close of the peer, even if no call asks for the
 * messages before it. */
static gboolean
input_is_wanted (const WspInput *self,
                 const WspLink  *link)
{
  WscPhase phase = link->stream->phase;

  if (self->is_ended)
    return FALSE;

  return phase == WSC_PHASE_CLOSE_SENT ||
         (phase == WSC_PHASE_OPEN && !wsp_input_is_held_back (link) &&
          wsp_input_has_room (self, link));
}

/* TRUE: the next message may be pushed.  A handler may change that, so each message is checked. */
static inline gboolean
may_push (const WspInput *self,
          const WspLink  *link)
{
  return wsp_input_is_pushing (self, link) && has_budget (link);
}

void
wsp_input_begin_turn (WspInput      *self,
                      WspLink       *link,
                      WspWatchEvents events)
{
  self->is_socket_empty = (events & WSP_WATCH_READ) == 0;
  self->has_more = FALSE;
  link->turn->spent = (WspInputSpent) {
    .inflate_begin = wsc_stream_get_inflate_work (link->stream),
  };
}

/* Checked for each message that was read ahead: the handler of the message before may have stopped
 * or aborted the connection. */
static gboolean
may_push_ahead (const WspInput *self,
                const WspLink  *link)
{
  return self->delivery == WSP_DELIVERY_PUSH && wsp_life_has_transport (&link->life);
}

/* Delivers no message.  error: for the receiver; NULL: the receiver goes on waiting. */
static void
deliver_error (WspHeldInput *self,
               GError       *error)
{
  if (error != NULL && self->receiver != NULL)
    wsp_completion_return_error (g_steal_pointer (&self->receiver), error);
  else
    g_clear_error (&error);
}

static void
input_deliver (WspInput *self,
               WspLink  *link)
{
  WspHeldInput *held = self->held;

  while (held != NULL && held->inbox.first != NULL)
    {
      wsp_input_drop_cancelled (self);
      g_assert (held->receiver == NULL || held->receiver_kind == WSP_RECEIVER_OF_MESSAGE);
      if (held->receiver == NULL && !may_push_ahead (self, link))
        return;

      GError *error = NULL;
      g_autoptr (WspMessage) message = wsp_input_take_ahead (self, link, WSP_RECEIVER_OF_MESSAGE,
                                                             &error);

      if (message == NULL)
        {
          deliver_error (held, error);
          return;
        }

      if (held->receiver != NULL)
        wsp_completion_return_pointer (g_steal_pointer (&held->receiver),
                                       g_steal_pointer (&message),
                                       (GDestroyNotify) wsp_message_unref);
      else
        wsp_link_funcs.message (link, message);
    }
}

static inline void
count_inflated (WspLink *link)
{
  WspInputSpent *spent = &link->turn->spent;

  if (link->stream->compression != NULL)
    spent->n_inflated = wsc_stream_get_inflate_work (link->stream) - spent->inflate_begin;
}

/* Delivers waiting messages, then decides whether to read.  FALSE: do not read now.  has_more is
 * set if only the budget forbids reading: then the next dispatch runs a turn, even if the socket
 * reports no input. */
static gboolean
input_prepare (WspInput *self,
               WspLink  *link)
{
  input_deliver (self, link);
  wsp_input_choose_limit (self, link);
  gboolean is_input_wanted = wsp_life_receives (&link->life) && input_is_wanted (self, link);

  self->is_reading = is_input_wanted && has_budget (link);
  self->has_more = is_input_wanted && !self->is_reading;
  return self->is_reading;
}

/* After a complete closing handshake a reset, or TLS without close_notify, loses no data: both
 * count as the end of the stream (RFC 6455 7.1.1 requires no more). */
static void
take_read_error (WspInput *self,
                 WspLink  *link,
                 GError   *error)
{
  if (wsp_life_get_state (&link->life) != WSP_LIFE_DRAINING)
    {
      wsp_link_funcs.lost (link, error);
      return;
    }

  g_error_free (error);
  self->is_ended = TRUE;
}

/* Calls wsp_transport_read () and notes the result. */
static gssize
input_receive (WspInput *self,
               WspLink  *link,
               guint8   *buffer,
               gsize     length)
{
  struct iovec vector = { buffer, length };
  GError *error = NULL;
  gssize n = wsp_transport_read (link->transport, &vector, 1, &error);

  if (n > 0)
    {
      link->last_input = link->turn->now;
      link->counters.bytes_received += n;
      wsp_tap_list_notify_read (link->taps, buffer, n);
    }
  else if (n == 0)
    {
      self->is_ended = TRUE;
    }
  else if (n == WSP_TRANSPORT_FAILED)
    {
      take_read_error (self, link, error);
    }

  return n;
}

/* The end of the input is a fault, unless wsc_stream_fail () returns false: then the closing
 * handshake was complete, or the stream had failed before.  After a failed write the connection
 * ends with the error of that write. */
static void
input_end_input (WspLink *link)
{
  if (wsp_life_get_state (&link->life) == WSP_LIFE_INPUT_ONLY)
    wsp_link_funcs.lost (link, NULL);
  else if (wsc_stream_fail (link->stream, WSC_FAULT_TRANSPORT_ENDED, 0))
    wsp_link_funcs.fault (link, WSC_FAULT_TRANSPORT_ENDED);
}

/* FALSE: do not read again in this turn. */
static gboolean
input_read_more (WspInput *self,
                 WspLink  *link,
                 WscBuffer own)
{
  WscStream *stream = link->stream;
  WscBuffer buffer;

  if (self->is_socket_empty ||
      wsc_receive_path_prepare_read (&stream->receiving, own, 1, &buffer) == 0)
    return FALSE;

  gssize n = input_receive (self, link, buffer.at, buffer.length);

  /* After a short read the socket is empty: another system call would return no bytes. */
  self->is_socket_empty = n < 0 || (gsize) n < buffer.length;
  if (n < 0)
    return FALSE;
  if (n == 0)
    {
      input_end_input (link);
      return FALSE;
    }

  link->turn->spent.n_bytes += n;
  buffer.length = n;
  if (wsc_stream_may_call (stream, WSC_CALL_RECEIVE) != WSC_FAULT_NONE)
    return FALSE;               /* a tap has disposed of the connection */

  wsc_receive_path_take (&stream->receiving, n);
  return TRUE;
}

gboolean
wsp_input_drain (WspInput *self,
                 WspLink  *link)
{
  const WscReadMemory *read = &link->turn->workspace->read;

  input_receive (self, link, read->at, read->length);
  return !self->is_ended;
}

static inline void
count_message (WspLink *link)
{
  link->turn->spent.n_messages++;
  link->last_message = link->turn->now;
  link->counters.messages_received++;
}

/* The message is in the lent memory; the loan ends before more is read. */
static WSC_INLINE void
input_push_lent (WspLink       *link,
                 WspMessageType type,
                 WscBuffer      payload)
{
  WspContextMemory *shared = link->turn->shared;
  WspMessage *message = wsp_context_memory_take_message (shared);

  count_message (link);
  link->counters.payload_received += payload.length;

  if (message != NULL)
    wsp_message_borrow (message, type, payload.at, payload.length);
  else
    message = wsp_message_new_borrowing (wsp_context_memory_get_pool (shared), type, payload.at,
                                         payload.length);

  wsp_link_funcs.message (link, message);
  if (wsp_message_end_borrowing (message))
    wsp_context_memory_keep_message (shared, message);
}

static void
input_end_message (WspInput *self,
                   WspLink  *link)
{
  if (!wsp_life_has_transport (&link->life))
    return;

  WspHeldInput *held = wsp_input_ensure_held (self);

  count_message (link);
  if (held->incoming != WSP_INCOMING_WHOLE)
    {
      wsp_input_end_pieces (self, link);
      return;
    }

  g_autoptr (WspMessage) message = wsp_message_builder_end (&held->builder, held->message_type);

  wsp_input_uncount (self, link);
  if (wsp_input_must_drop (self, link))
    return;

  wsp_inbox_push (&held->inbox, g_steal_pointer (&message));
  if (wsp_input_is_undecided (self) && held->undecided_since == 0)
    held->undecided_since = link->turn->now;
  input_deliver (self, link);
  if (wsp_input_is_inbox_full (self, link))
    wsp_link_funcs.inbox_filled (link, held->inbox.length);
}

static void
input_take_piece (WspInput          *self,
                  WspLink           *link,
                  const WscReceived *received)
{
  WscBufferType type = received->buffer_type;

  if (link->taps != NULL && wsc_ends_message (type))
    wsp_attach_end_message (link->taps->source);
  if (type == WSC_BUFFER_RAW)
    return;

  if (!wsp_input_is_accepted (self, type))
    {
      wsp_link_funcs.refuse (link, WSC_FAULT_MESSAGE_TYPE_NOT_ACCEPTED, 0);
      return;
    }

  if (wsc_ends_message (type) && may_push (self, link))
    {
      input_push_lent (link, wsp_input_get_message_type (type), received->payload);
      return;
    }

  wsp_input_take_chunk (self, link, received);
  if (wsc_ends_message (type))
    input_end_message (self, link);
  else if (!wsp_input_may_hold (self, link))
    wsp_link_funcs.refuse (link, WSC_FAULT_BUFFERED_INPUT_FULL, *link->limits->buffered_input);
}

static void
input_take_pong (WspLink           *link,
                 const WscReceived *received)
{
  g_autoptr (GBytes) payload = g_bytes_new (received->payload.at, received->payload.length);

  link->turn->spent.n_messages++;
  link->counters.pongs_received++;
  wsp_link_funcs.pong (link, payload);
}

static void
input_take (WspInput          *self,
            WspLink           *link,
            WscReceivedKind    kind,
            const WscReceived *received)
{
  switch (kind)
    {
    case WSC_RECEIVED_NEED_READ:
    case WSC_RECEIVED_PING:
      return;
    case WSC_RECEIVED_CHUNK:
      input_take_piece (self, link, received);
      return;
    case WSC_RECEIVED_PONG:
      input_take_pong (link, received);
      return;
    case WSC_RECEIVED_CLOSE:
      wsp_link_funcs.peer_closed (link, received);
      return;
    case WSC_RECEIVED_FAULT:
      wsp_link_funcs.fault (link, received->fault);
      return;
    }

  g_assert_not_reached ();
}

typedef enum
{
  PUSHED_ALL,                   /* and there are no more bytes, in the read memory and the socket */
  PUSHED_SOME,
  PUSHED_NONE,
} Pushed;

/* TRUE: neither taps nor message-filter look at each message. */
static inline gboolean
takes_everything (const WspInput *self,
                  const WspLink  *link)
{
  return link->taps == NULL && self->accepted == WSP_ACCEPTED_ALL;
}

/* Pushes the messages that were read whole, one after the other, up to another item.  The caller
 * has asked may_push () and takes_everything (), which each handler may change. */
static inline Pushed
input_push_whole (WspInput *self,
                  WspLink  *link)
{
  WscStream *stream = link->stream;
  Pushed pushed = PUSHED_NONE;
  WscReceived received;

  do
    {
      const WscReceivedKind kind = wsc_stream_take_whole (stream, &received);

      if (kind == WSC_RECEIVED_NEED_READ)
        return self->is_socket_empty && wsc_receive_path_is_empty (&stream->receiving)
               ? PUSHED_ALL : pushed;

      pushed = PUSHED_SOME;
      if (kind == WSC_RECEIVED_FAULT)
        {
          wsp_link_funcs.fault (link, received.fault);
          return pushed;
        }

      input_push_lent (link, wsp_input_get_message_type (received.buffer_type), received.payload);
      wsp_session_refresh_options (wsp_link_peek_session (link));
    }
  while (takes_everything (self, link) && may_push (self, link));

  return pushed;
}

gboolean
wsp_input_read_whole (WspInput *self,
                      WspLink  *link)
{
  WscReceivePath *receiving = &link->stream->receiving;
  gsize length = receiving->read->length;

  if (self->is_socket_empty || !takes_everything (self, link) || receiving->read->end > 0 ||
      wsc_receive_path_is_inside_message (receiving))
    return FALSE;

  gssize n = input_receive (self, link, receiving->read->at, length);

  self->is_socket_empty = n < 0 || (gsize) n < length;
  if (n <= 0)
    {
      if (n == 0)
        input_end_input (link);
      return FALSE;
    }

  link->turn->spent.n_bytes += n;
  receiving->read->end = (guint32) n;
  return input_push_whole (self, link) == PUSHED_ALL;
}

gboolean
wsp_input_step (WspInput *self,
                WspLink  *link)
{
  const gboolean is_pushing = may_push (self, link);
  WscStream *stream = link->stream;
  WscReceived received;
  WscReceivedKind kind;
  WscBuffer own;

  if (!is_pushing && !input_prepare (self, link))
    return FALSE;

  wsp_session_refresh_options (wsp_link_peek_session (link));
  own = wsp_input_get_own (self, link);
  if (wsc_receive_path_is_empty (&stream->receiving) && !input_read_more (self, link, own))
    return FALSE;

  if (is_pushing && takes_everything (self, link))
    {
      Pushed pushed = input_push_whole (self, link);

      if (pushed != PUSHED_NONE)
        return pushed == PUSHED_SOME;
    }

  kind = wsc_stream_next (stream, own, &received);
  if (kind == WSC_RECEIVED_NEED_READ)
    {
      if (!input_read_more (self, link, own))
        return FALSE;
      kind = wsc_stream_next (stream, own, &received);
    }

  count_inflated (link);
  input_take (self, link, kind, &received);
  return TRUE;
}
