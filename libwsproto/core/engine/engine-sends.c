/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The queue of Sends of an engine: the place of a new Send, and dropping those that wait.
 *
 * The stream has allowed a Send before; this file hands out no action.
 *
 * docs/rationales/stream-and-engine.md has the reasons. */

#include "core/engine/engine-private.h"

#include "core/frames/frame-header.h"

/* Raw control frames count, too: their opcode is not Close, because a raw Close is refused. */
static bool
is_ping_or_pong (const WscOutgoing *out)
{
  return wsc_frame_is_control (out->first) && (out->first & WSC_OPCODE) != WSC_OPCODE_CLOSE;
}

/* The index of the first Send that has not begun.  This is 1 if a frame of the first Send has
 * begun, or if only the indication of the first Send is left. */
static uint32_t
get_first_waiting (WscEngine *self)
{
  const WscOperation *first = wsc_operation_queue_peek (&self->sends, 0);

  return first != NULL && (self->stream.sending.writer.stage != WSC_FRAME_NONE || first->is_over);
}

/* A ping or pong is inserted before the Sends that wait, but after a frame that has begun and after
 * earlier pings and pongs.  In Windows mode all Sends keep their order (WIN-Q-05). */
static WSC_COLD WscOperation *
insert_send (WscEngine         *self,
             const WscOutgoing *out)
{
  const WscOperation *before;
  uint32_t index = get_first_waiting (self);

  if (self->stream.options->mode == WSC_MODE_WINDOWS || !is_ping_or_pong (out))
    return wsc_operation_queue_append (&self->sends);

  while ((before = wsc_operation_queue_peek (&self->sends, index)) != NULL &&
         is_ping_or_pong (&before->out))
    index++;
  return wsc_operation_queue_insert (&self->sends, index);
}

WscOperation *
wsc_engine_add_send (WscEngine         *self,
                     const WscProposal *proposal,
                     WscBufferType      type)
{
  WscOperation *added = wsc_operation_queue_get_count (&self->sends) == 0
                        ? wsc_operation_queue_append (&self->sends)
                        : insert_send (self, &proposal->out);

  if (added == NULL)
    return NULL;

  wsc_stream_accept (&self->stream, proposal);
  *added = (WscOperation) { .out = proposal->out, .buffer_type = (uint8_t) type };
  return added;
}

void
wsc_engine_drop_waiting (WscEngine *self)
{
  WscOperation *operation;

  if (self->stream.sending.close_code == 0)
    return;

  for (uint32_t i = get_first_waiting (self);
       (operation = wsc_operation_queue_peek (&self->sends, i)) != NULL; i++)
    if (operation->buffer_type != WSC_BUFFER_CLOSE && !operation->is_over &&
        !(operation->out.flags & WSC_OUTGOING_BEGUN))
      wsc_operation_end (operation, WSC_FAULT_CLOSING_STARTED);
}
