/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The send queue of a connection: messages are written in the order of the calls.  Raw bytes, pings
 * and pongs, and urgent messages, in this order, go ahead of other messages, but never into a frame
 * that has begun.  docs/rationales/sending.md has the reasons. */
#include "connection/output/wsp-send-queue-private.h"

#include "connection/message/wsp-message.h"

/* A message that borrowed its bytes when the stream accepted it has copied them by now, or
 * copies them here.  So the address of the bytes changes. */
static void
ref_message (WspSend *self)
{
  WspMessage *message = wsp_message_ref (self->held);

  if (self->out.at != NULL)
    self->out.at = message->data + (self->out.at - self->payload);
  self->payload = message->data;
}

WspSend *
wsp_send_keep (const WspSend *self)
{
  WspSend *kept = g_slice_dup (WspSend, self);

  kept->next = NULL;
  kept->previous = NULL;
  switch (kept->holds)
    {
    case WSP_HOLDS_NOTHING:
      break;
    case WSP_HOLDS_MESSAGE:
      ref_message (kept);
      break;
    case WSP_HOLDS_BYTES:
      g_bytes_ref (kept->held);
      break;
    case WSP_HOLDS_BATCH:       /* only a Send in the queue becomes a batch */
      g_assert_not_reached ();
    }
  return kept;
}

WspSendData
wsp_send_steal_data (WspSend *self)
{
  WspSendData data = { self->held, self->holds };

  self->holds = WSP_HOLDS_NOTHING;
  return data;
}

static void
batch_free (WspSendBatch *self)
{
  for (guint i = 0; i < self->n; i++)
    wsp_message_unref (self->messages[i]);
  g_slice_free (WspSendBatch, self);
}

void
wsp_send_data_clear (WspSendData *self)
{
  switch (self->holds)
    {
    case WSP_HOLDS_NOTHING:
      return;
    case WSP_HOLDS_MESSAGE:
      wsp_message_unref (self->held);
      return;
    case WSP_HOLDS_BYTES:
      g_bytes_unref (self->held);
      return;
    case WSP_HOLDS_BATCH:
      batch_free (self->held);
      return;
    }
}

void
wsp_send_free (WspSend *self)
{
  WspSendData data = wsp_send_steal_data (self);

  g_slice_free (WspSend, self);
  wsp_send_data_clear (&data);
}

/* TRUE: a new Send of this kind, which overtakes messages, goes after self.  Raw bytes, and the
 * rest of a message of which a frame was written, have no opcode. */
static gboolean
send_queue_is_before (const WspSend *self,
                      WspSendKind    kind)
{
  switch (kind)
    {
    case WSP_SEND_URGENT:
      return self->kind == WSP_SEND_CONTROL || self->kind == WSP_SEND_URGENT ||
             (self->out.first & WSC_OPCODE) == 0;
    case WSP_SEND_CONTROL:
      return self->kind == WSP_SEND_BYTES || self->kind == WSP_SEND_CONTROL;
    case WSP_SEND_BYTES:
      return self->kind == WSP_SEND_BYTES;
    case WSP_SEND_MESSAGE:
    case WSP_SEND_CLOSE:
      break;
    }

  g_assert_not_reached ();
}

/* Inserts send before next, or at the end if next is NULL. */
static void
send_queue_insert (WspSendQueue *self,
                   WspSend      *send,
                   WspSend      *next)
{
  WspSend *after = next != NULL ? next : self->first;   /* in the circle of previous */

  send->next = next;
  send->previous = after != NULL ? after->previous : send;
  if (next != self->first)
    send->previous->next = send;
  else
    self->first = send;
  if (after != NULL)
    after->previous = send;
  self->bytes += send->counted;
  if (send->kind == WSP_SEND_URGENT)
    self->last_urgent = send;
}

void
wsp_send_queue_add_last (WspSendQueue *self,
                         WspSend      *send)
{
  send_queue_insert (self, send, NULL);
}

void
wsp_send_queue_add_first (WspSendQueue *self,
                          WspSend      *send)
{
  WspSend *last_urgent = self->last_urgent;

  send_queue_insert (self, send, self->first);
  if (last_urgent != NULL)
    self->last_urgent = last_urgent;
}

/* Returns the first Send that may be passed or followed.  An urgent message follows the last one:
 * as many may wait, they are not passed one by one. */
static WspSend *
find_start (const WspSendQueue *self,
            WspSendKind         kind,
            gboolean            is_frame_open)
{
  WspSend *open = is_frame_open ? self->first : NULL;

  if (kind == WSP_SEND_URGENT && self->last_urgent != NULL && self->last_urgent != open)
    return self->last_urgent->next;

  return open != NULL ? open->next : self->first;
}

void
wsp_send_queue_add (WspSendQueue *self,
                    WspSend      *send,
                    gboolean      is_frame_open)
{
  WspSend *next = NULL;

  if (send->kind != WSP_SEND_MESSAGE && send->kind != WSP_SEND_CLOSE)
    next = find_start (self, send->kind, is_frame_open);
  while (next != NULL && send_queue_is_before (next, send->kind))
    next = next->next;

  send_queue_insert (self, send, next);
}

static gboolean
may_begin_batch (const WspSend *send,
                 gsize          longest)
{
  return send->holds == WSP_HOLDS_MESSAGE && send->out.length <= longest &&
         (send->out.flags & (WSC_OUTGOING_PREPARED | WSC_OUTGOING_CHECKED | WSC_OUTGOING_BEGUN)) ==
         (WSC_OUTGOING_PREPARED | WSC_OUTGOING_CHECKED);
}

static void
begin_batch (WspSend *send)
{
  WspSendBatch *batch = g_slice_new (WspSendBatch);

  batch->n = 1;
  batch->n_written = 0;
  batch->messages[0] = send->held;
  send->held = batch;
  send->holds = WSP_HOLDS_BATCH;
  send->out.flags &= (guint8) ~WSC_OUTGOING_PREPARED;
}

gboolean
wsp_send_queue_join (WspSendQueue *self,
                     WspMessage   *message,
                     gsize         longest,
                     gboolean      is_frame_open)
{
  WspSend *last = self->first != NULL ? self->first->previous : NULL;
  WspSendBatch *batch;
  gsize counted;

  if (last == NULL || last->kind != WSP_SEND_MESSAGE || last->completion != NULL ||
      (is_frame_open && last == self->first))
    return FALSE;

  if (may_begin_batch (last, longest))
    begin_batch (last);
  if (last->holds != WSP_HOLDS_BATCH)
    return FALSE;

  batch = last->held;
  if (batch->n == WSP_BATCH_SIZE)
    return FALSE;

  counted = wsp_message_get_size (message) + WSP_MESSAGE_OVERHEAD;
  batch->messages[batch->n++] = wsp_message_ref (message);
  last->counted += counted;
  self->bytes += counted;
  return TRUE;
}

/* Others may stand between urgent messages: wsp_send_queue_add_last (). */
static WspSend *
find_urgent_before (const WspSendQueue *self,
                    WspSend            *send)
{
  while (send != self->first)
    {
      send = send->previous;
      if (send->kind == WSP_SEND_URGENT)
        return send;
    }
  return NULL;
}

void
wsp_send_queue_remove (WspSendQueue *self,
                       WspSend      *send)
{
  gboolean is_first = send == self->first;
  WspSend *after;

  if (send == self->last_urgent)
    self->last_urgent = find_urgent_before (self, send);
  if (is_first)
    self->first = send->next;
  else
    send->previous->next = send->next;
  after = send->next != NULL ? send->next : self->first;
  if (after != NULL)
    after->previous = send->previous;
  self->bytes -= send->counted;
}

gboolean
wsp_send_queue_may_cancel (const WspSendQueue *self,
                           const WspSend      *send,
                           gboolean            is_frame_open)
{
  gboolean has_begun = is_frame_open && send == self->first;

  return !has_begun && send->kind != WSP_SEND_CLOSE && (send->out.first & WSC_FIN) &&
         (send->out.first & WSC_OPCODE) != 0;
}
