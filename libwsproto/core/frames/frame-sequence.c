/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame sequence: which frame may follow which (RFC 6455 5.4), one for each direction.
 *
 * Goes in: headers in their order. Comes out: "may come now", or a fault. Does not look at
 * payload.
 *
 * What a header must pass is inline in frame-sequence.h. */

#include "core/frames/frame-sequence.h"

#include "core/limits.h"

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
