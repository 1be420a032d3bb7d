/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame sequence: which frame may follow which (RFC 6455 5.4), one for each direction.
 *
 * Goes in: headers in their order. Comes out: "may come now", or a fault. Does not look at
 * payload.
 *
 * (1) opcode is 0 between messages; then length and fragments are 0 as well. */

#include "core/frames/frame-sequence.h"

#include "core/limits.h"

#include <assert.h>

WscFault
wsc_frame_sequence_check (const WscFrameSequence *self,
                          const WscFrameHeader   *header,
                          const WscOptions       *options)
{
  uint8_t opcode = header->first & WSC_OPCODE;

  if (opcode & WSC_OPCODE_IS_CONTROL)
    return WSC_FAULT_NONE;

  if (opcode == WSC_OPCODE_CONTINUATION && self->opcode == 0)
    return WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE;

  if (opcode != WSC_OPCODE_CONTINUATION && self->opcode != 0)
    return WSC_FAULT_DATA_INSIDE_MESSAGE;

  if (self->n_fragments >= options->max_fragments)
    return WSC_FAULT_TOO_MANY_FRAGMENTS;

  /* Subtract, never add: the length is the peer's. */
  if (self->message_length > options->max_message_length
      || header->payload_length > options->max_message_length - self->message_length)
    return WSC_FAULT_MESSAGE_TOO_BIG;

  return WSC_FAULT_NONE;
}

/* While a message is open only frames of its own kind may follow; a control frame may always
   pass. */
WscFault
wsc_frame_sequence_check_send (const WscFrameSequence *self,
                               uint8_t                 first)
{
  uint8_t opcode = first & WSC_OPCODE;

  if (opcode & WSC_OPCODE_IS_CONTROL)
    return first & WSC_FIN ? WSC_FAULT_NONE : WSC_FAULT_CONTROL_TO_SEND_FRAGMENTED;

  if (self->opcode != 0 && opcode != WSC_OPCODE_CONTINUATION && opcode != self->opcode)
    return WSC_FAULT_MESSAGE_KIND_CHANGED;

  return WSC_FAULT_NONE;
}

void
wsc_frame_sequence_step (WscFrameSequence     *self,
                         const WscFrameHeader *header)
{
  if (header->first & WSC_OPCODE_IS_CONTROL)
    return;

  if (header->first & WSC_FIN)
    {
      *self = (WscFrameSequence) { 0 };         /* (1) */
      return;
    }

  if (self->opcode == 0)
    {
      self->opcode = header->first & WSC_OPCODE;
      self->is_raw = (header->first & WSC_RSV) != 0 || self->opcode > WSC_OPCODE_BINARY;
    }
  self->message_length += header->payload_length;
  self->n_fragments++;
}
