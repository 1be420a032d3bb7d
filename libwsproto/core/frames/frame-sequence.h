/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/frames/frame-header.h"

typedef struct                  /* one for each direction */
{
  uint64_t message_length;
  uint32_t n_fragments;
  uint8_t  opcode;              /* of the message in progress; 0 = none */
  uint8_t  is_raw;              /* it began with a frame of an extension */
  uint8_t  unused[2];
} WscFrameSequence;

WscFault wsc_frame_sequence_check      (const WscFrameSequence *self, const WscFrameHeader *header,
                                        const WscOptions *options);        /* may it come now? */
/* may it be sent now? */
WscFault wsc_frame_sequence_check_send (const WscFrameSequence *self, uint8_t first);
/* it has come, or is sent */
void     wsc_frame_sequence_step       (WscFrameSequence *self, const WscFrameHeader *header);
