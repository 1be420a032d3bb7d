/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input that a connection holds: messages that were read ahead, the builder of the current one, the
 * waiting call; and the limits of each.
 *
 * held.counted is the number of bytes that this input has added to the limits' buffered_input.
 *
 * docs/rationales/receiving.md has the reasons.
 */
#include "connection/input/wsp-input-held-private.h"

#include "connection/link/wsp-life-private.h"
#include "connection/message/wsp-message-private.h"
#include "connection/message/wsp-message.h"
#include "core/stream/stream.h"
#include "session/wsp-session-lend-private.h"

#define FREE_INPUT (64 * 1024)  /* bytes of a connection that max-buffered-input does not count */

const WspHeldInput wsp_input_nothing_held;

WspHeldInput *
wsp_input_ensure_held (WspInput *self)
{
  if (self->held == NULL)
    self->held = g_slice_new0 (WspHeldInput);

  return self->held;
}

/* Before the program asks for messages, only one is read ahead: a broken rule after that message
 * would begin the closing handshake before the program can send a response.  A program that has
 * called stop_receiving () knows that messages wait, and may only send: it has to get pings and the
 * Close of the peer. */
gboolean
wsp_input_is_inbox_full (const WspInput *self,
                         const WspLink  *link)
{
  guint limit = self->delivery < WSP_DELIVERY_DELAYED
                ? 1 : MAX (link->limits->max_read_ahead, 1);

  return wsp_input_peek_held (self)->inbox.length >= limit;
}

gboolean
wsp_input_held_has_room (const WspInput *self,
                         const WspLink  *link)
{
  const WspHeldInput *held = self->held;

  if (held->incoming == WSP_INCOMING_STREAM)
    return wsp_message_stream_get_held (held->stream) < WSP_MESSAGE_STREAM_ROOM;

  return held->receiver != NULL || self->delivery == WSP_DELIVERY_PUSH ||
         (!wsp_input_is_inbox_full (self, link) &&
          held->builder.length + held->inbox.bytes + held->inbox.length * WSP_MESSAGE_OVERHEAD <
          WSP_MESSAGE_STREAM_ROOM);
}

gboolean
wsp_input_must_drop (const WspInput *self,
                     const WspLink  *link)
{
  return link->stream->phase == WSC_PHASE_CLOSE_SENT && !wsp_input_has_room (self, link);
}

void
wsp_input_uncount (WspInput *self,
                   WspLink  *link)
{
  gssize counted = wsp_input_peek_held (self)->counted;

  if (counted == 0)
    return;

  g_atomic_pointer_add (link->limits->buffered_input, -counted);
  self->held->counted = 0;
}

/* All connections with the same limits share max-buffered-input, for incomplete messages above
 * FREE_INPUT.  The capacity of a block counts, not the length of its message. */
gboolean
wsp_input_may_hold (WspInput *self,
                    WspLink  *link)
{
  WspHeldInput *held = wsp_input_ensure_held (self);

  if (held->builder.length <= FREE_INPUT)
    return TRUE;

  gsize capacity = held->builder.block->capacity;
  gsize growth = capacity - held->counted;

  held->counted = capacity;
  return (gsize) g_atomic_pointer_add (link->limits->buffered_input, growth) + growth <=
         link->limits->max_buffered_input;
}

void
wsp_input_forget_receiver (WspInput *self)
{
  self->held->receiver = NULL;
  self->held->receiver_kind = WSP_RECEIVER_OF_MESSAGE;
}

/* The cancel function of a call runs from the main loop, so a call may be cancelled already and
 * still be the receiver. */
void
wsp_input_drop_cancelled (WspInput *self)
{
  WspCompletion *receiver = wsp_input_peek_held (self)->receiver;

  if (receiver == NULL || !wsp_completion_is_cancelled (receiver))
    return;

  wsp_input_forget_receiver (self);
  wsp_completion_return_cancelled (receiver);
}

static gboolean
input_held_is_too_long (const WspLink *link,
                        guint64        length)
{
  return length > link->limits->max_message_length;
}

void
wsp_input_drop_ahead (WspInput *self)
{
  WspMessage *message;

  while (self->held != NULL && (message = wsp_inbox_pop (&self->held->inbox)) != NULL)
    wsp_message_unref (message);
}

/* FALSE: the input has ended, by the Close of the peer or otherwise.  A message before its end that
 * is refused now changes nothing for the connection, and its close info stays as it is. */
static gboolean
may_fail (const WspLink *link)
{
  return wsp_life_receives (&link->life) &&
         wsc_stream_may_call (link->stream, WSC_CALL_RECEIVE) == WSC_FAULT_NONE;
}

/* Sets error for the call that asks for the message, unless the connection fails: then the call
 * gets the error of the connection at its end. */
static void
refuse_length (WspInput *self,
               WspLink  *link,
               guint64   length,
               GError  **error)
{
  wsp_input_drop_ahead (self);
  if (may_fail (link))
    {
      wsp_link_funcs.refuse (link, WSC_FAULT_MESSAGE_TOO_BIG, length);
      wsp_link_funcs.call_soon (link);
      return;
    }

  g_propagate_error (error,
                     wsp_link_funcs.make_late_refusal (link, WSC_FAULT_MESSAGE_TOO_BIG, length));
}

WspMessage *
wsp_input_take_ahead (WspInput       *self,
                      WspLink        *link,
                      WspReceiverKind kind,
                      GError        **error)
{
  WspHeldInput *held = self->held;

  if (held == NULL || held->inbox.first == NULL)
    return NULL;

  g_autoptr (WspMessage) message = wsp_inbox_pop (&held->inbox);
  gsize length = wsp_message_get_size (message);

  if (kind == WSP_RECEIVER_OF_STREAM || !input_held_is_too_long (link, length))
    return g_steal_pointer (&message);

  refuse_length (self, link, length, error);
  return NULL;
}

void
wsp_input_choose_limit (WspInput *self,
                        WspLink  *link)
{
  const WspHeldInput *held = wsp_input_peek_held (self);
  gboolean is_whole = held->incoming == WSP_INCOMING_WHOLE &&
                      (self->delivery == WSP_DELIVERY_PUSH ||
                       (held->receiver != NULL && held->receiver_kind == WSP_RECEIVER_OF_MESSAGE));

  if (!wsp_session_set_message_limit (wsp_link_peek_session (link),
                                      is_whole ? WSP_MESSAGE_LIMIT_ON : WSP_MESSAGE_LIMIT_OFF) ||
      !is_whole)
    return;

  guint64 length = held->builder.length + wsc_stream_get_due (link->stream);

  if (input_held_is_too_long (link, length) && may_fail (link))
    refuse_length (self, link, length, NULL);
}

void
wsp_input_clear (WspInput *self,
                 WspLink  *link)
{
  if (self->held == NULL)
    return;

  wsp_input_uncount (self, link);
  wsp_message_builder_clear (&self->held->builder);
  wsp_input_drop_ahead (self);
  g_slice_free (WspHeldInput, self->held);
  self->held = NULL;
}
