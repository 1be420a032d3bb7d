/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages are written in the order of the calls.  Raw bytes, pings and pongs, and urgent
 * messages, in this order, go ahead of other messages, but never into a frame that has begun. */
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
    }
  return kept;
}

void
wsp_send_free (WspSend *self)
{
  WspSendHolds holds = self->holds;
  gpointer held = self->held;

  g_slice_free (WspSend, self);
  switch (holds)
    {
    case WSP_HOLDS_NOTHING:
      return;
    case WSP_HOLDS_MESSAGE:
      wsp_message_unref (held);
      return;
    case WSP_HOLDS_BYTES:
      g_bytes_unref (held);
      return;
    }
}

/* TRUE: a new Send of this kind, which overtakes messages, goes after self.  Raw bytes, and the
 * rest of a message of which a frame was written, have no opcode. */
static gboolean
is_before (const WspSend *self,
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
insert (WspSendQueue *self,
        WspSend      *send,
        WspSend      *next)
{
  WspSend *previous = next != NULL ? next->previous : self->last;

  send->previous = previous;
  send->next = next;
  *(previous != NULL ? &previous->next : &self->first) = send;
  *(next != NULL ? &next->previous : &self->last) = send;
  self->bytes += send->counted;
}

void
wsp_send_queue_add_first (WspSendQueue *self,
                          WspSend      *send)
{
  insert (self, send, self->first);
}

void
wsp_send_queue_add (WspSendQueue *self,
                    WspSend      *send,
                    gboolean      is_frame_open)
{
  WspSend *next = self->first;

  if (send->kind == WSP_SEND_MESSAGE || send->kind == WSP_SEND_CLOSE)
    next = NULL;
  else if (next != NULL && is_frame_open)
    next = next->next;
  while (next != NULL && is_before (next, send->kind))
    next = next->next;

  insert (self, send, next);
}

void
wsp_send_queue_remove (WspSendQueue *self,
                       WspSend      *send)
{
  *(send->previous != NULL ? &send->previous->next : &self->first) = send->next;
  *(send->next != NULL ? &send->next->previous : &self->last) = send->previous;
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
