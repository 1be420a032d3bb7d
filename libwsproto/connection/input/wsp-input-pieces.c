/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input, the pieces of a message: they go into the builder until the message is whole, or into the
 * stream that the program reads from, or are dropped.
 *
 * If the rest of a message goes to a stream or is dropped, the builder keeps its block until the
 * next call of wsp_input_get_own (), because the current piece may be in that block.
 *
 * held.stream is set exactly while held.incoming is STREAM.
 */
#include "connection/input/wsp-input-pieces-private.h"

#include "connection/link/wsp-context-memory-private.h"
#include "connection/message/wsp-message.h"
#include "core/stream/stream.h"
#include "session/wsp-session-lend-private.h"

#define MAX_STRAIGHT_READ (512 * 1024)  /* the bytes stay in the cache until they are unmasked */

WspMessageType
wsp_input_get_message_type (WscBufferType type)
{
  return type == WSC_BUFFER_UTF8_MESSAGE || type == WSC_BUFFER_UTF8_FRAGMENT
         ? WSP_MESSAGE_TYPE_TEXT : WSP_MESSAGE_TYPE_BINARY;
}

gboolean
wsp_input_is_accepted (const WspInput *self,
                       WscBufferType   type)
{
  switch (self->accepted)
    {
    case WSP_ACCEPTED_ALL:
      return TRUE;
    case WSP_ACCEPTED_TEXT:
      return wsp_input_get_message_type (type) == WSP_MESSAGE_TYPE_TEXT;
    case WSP_ACCEPTED_BINARY:
      return wsp_input_get_message_type (type) == WSP_MESSAGE_TYPE_BINARY;
    }

  g_assert_not_reached ();
}

void
wsp_input_skip_message (WspInput *self,
                        WspLink  *link)
{
  WspHeldInput *held = wsp_input_ensure_held (self);

  held->stream = NULL;
  wsp_input_uncount (self, link);
  held->builder.length = 0;             /* it keeps its block */
  held->incoming = WSP_INCOMING_SKIPPED;
}

WspMessageStream *
wsp_input_make_stream (WspLink    *link,
                       WspMessage *message)
{
  WspMessageStream *stream = wsp_link_funcs.make_stream (link,
                                                         wsp_message_get_message_type (message));
  gsize length;
  const guint8 *data = g_bytes_get_data (wsp_message_get_bytes (message), &length);

  wsp_message_stream_add (stream, data, length);
  wsp_message_stream_end (stream);
  return stream;
}

/* Pieces that were received before the program asked for a stream are the start of the stream. */
static void
input_pieces_begin_stream (WspInput *self,
                           WspLink  *link)
{
  WspHeldInput *held = self->held;

  held->stream = wsp_link_funcs.make_stream (link, held->message_type);
  if (held->builder.block != NULL)
    wsp_message_stream_add (held->stream, held->builder.block->data, held->builder.length);
  wsp_input_uncount (self, link);
  held->builder.length = 0;             /* it keeps its block */
  held->incoming = WSP_INCOMING_STREAM;
}

static void
answer_stream_receiver (WspInput *self,
                        WspLink  *link)
{
  WspHeldInput *held = self->held;

  wsp_input_drop_cancelled (self);
  if (held->receiver == NULL)
    return;

  input_pieces_begin_stream (self, link);
  held->receiver_kind = WSP_RECEIVER_OF_MESSAGE;
  wsp_completion_return_pointer (g_steal_pointer (&held->receiver), held->stream, g_object_unref);
}

void
wsp_input_set_receiver (WspInput       *self,
                        WspLink        *link,
                        WspCompletion  *receiver,
                        WspReceiverKind kind)
{
  WspHeldInput *held = wsp_input_ensure_held (self);

  held->receiver = receiver;
  held->receiver_kind = kind;
  if (kind == WSP_RECEIVER_OF_STREAM && held->builder.block != NULL &&
      held->incoming == WSP_INCOMING_WHOLE)
    answer_stream_receiver (self, link);
}

/* The number of bytes of the message in the builder that one read may take. */
static gsize
get_straight_length (const WspInput *self)
{
  const WspHeldInput *held = self->held;

  return held->receiver != NULL || self->delivery == WSP_DELIVERY_PUSH
         ? MAX_STRAIGHT_READ : WSP_MESSAGE_STREAM_ROOM - held->builder.length;
}

/* The rest of a long frame is read directly into the block of its message. */
WscBuffer
wsp_input_get_own (WspInput      *self,
                   const WspLink *link)
{
  WspHeldInput *held = self->held;
  guint8 *room = NULL;

  if (held == NULL || held->builder.block == NULL)
    return (WscBuffer) { NULL, 0 };

  if (held->incoming != WSP_INCOMING_WHOLE)
    {
      wsp_message_builder_clear (&held->builder);
      return (WscBuffer) { NULL, 0 };
    }

  guint64 due = wsc_stream_get_due (link->stream);
  gsize length = due > 0 ? wsp_message_builder_get_room (&held->builder, due, &room) : 0;

  return (WscBuffer) { room, MIN (length, get_straight_length (self)) };
}

/* TRUE: this piece and the rest of the message are dropped. */
static gboolean
drop_chunk (WspInput *self,
            WspLink  *link)
{
  WspMessageStream *stream = wsp_input_peek_held (self)->stream;

  if (!wsp_input_must_drop (self, link))
    return FALSE;

  wsp_input_skip_message (self, link);
  if (stream != NULL)
    wsp_message_stream_fail (stream, wsp_link_funcs.make_unread_error (link));
  return TRUE;
}

static void
feed_builder (WspInput     *self,
              WspLink      *link,
              const guint8 *data,
              gsize         length,
              guint64       announced)
{
  WspMessageBuilder *builder = &self->held->builder;
  WspContextMemory *shared = wsp_context_memory_of (link->reactor);

  if (builder->block != NULL && data == builder->block->data + builder->length)
    wsp_message_builder_fill (builder, length);
  else if (!wsp_message_builder_add (builder, wsp_context_memory_get_pool (shared), data, length,
                                     announced))
    wsp_link_funcs.lost (link, wsp_session_make_error (wsp_link_peek_session (link),
                                                       WSC_FAULT_OUT_OF_MEMORY, NULL));
}

void
wsp_input_take_chunk (WspInput          *self,
                      WspLink           *link,
                      const WscReceived *received)
{
  WspHeldInput *held = wsp_input_ensure_held (self);
  const guint8 *data = received->payload.at;
  gsize length = received->payload.length;

  held->message_type = wsp_input_get_message_type (received->buffer_type);
  if (held->receiver_kind == WSP_RECEIVER_OF_STREAM && held->incoming == WSP_INCOMING_WHOLE)
    answer_stream_receiver (self, link);

  link->counters.payload_received += length;
  if (drop_chunk (self, link))
    return;

  switch (held->incoming)
    {
    case WSP_INCOMING_WHOLE:
      feed_builder (self, link, data, length, received->announced);
      return;
    case WSP_INCOMING_STREAM:
      wsp_message_stream_add (held->stream, data, length);
      return;
    case WSP_INCOMING_SKIPPED:
      return;
    }
}

void
wsp_input_end_pieces (WspInput *self,
                      WspLink  *link)
{
  WspHeldInput *held = self->held;

  if (held->stream != NULL)
    wsp_message_stream_end (g_steal_pointer (&held->stream));
  wsp_message_builder_clear (&held->builder);
  held->incoming = WSP_INCOMING_WHOLE;
  wsp_input_choose_limit (self, link);
}

static void
end_receiver (WspHeldInput *self,
              gboolean      is_clean,
              const GError *error)
{
  WspCompletion *receiver = g_steal_pointer (&self->receiver);

  if (receiver == NULL)
    return;

  if (is_clean)
    wsp_completion_return_pointer (receiver, NULL, NULL);
  else
    wsp_completion_return_error (receiver, g_error_copy (error));
}

gboolean
wsp_input_is_awaited (const WspInput *self)
{
  const WspHeldInput *held = self->held;

  return held != NULL && (held->receiver != NULL || held->stream != NULL);
}

/* A stream fails after a clean end, too: the peer may close inside a message. */
void
wsp_input_end (WspInput     *self,
               gboolean      is_clean,
               const GError *error)
{
  WspHeldInput *held = self->held;

  if (held == NULL)
    return;

  end_receiver (held, is_clean, error);
  if (held->stream != NULL)
    wsp_message_stream_fail (g_steal_pointer (&held->stream), g_error_copy (error));
}
