/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame sequence: which frame may follow which (RFC 6455 5.4), one for each direction.
 *
 * Input: headers in their order.  Output: a fault, or none.  Does not read payload.  All functions
 * are inline because every frame passes through them. */
#pragma once

#include "core/frames/frame-header.h"

typedef struct                  /* the message in progress, one for each direction; 0 = none */
{
  uint8_t opcode;
  uint8_t is_raw : 1;           /* the message began with a frame of an extension */
  uint8_t is_compressed : 1;    /* the message is compressed: WscInflation counts its inflated length */
} WscOpenMessage;

typedef struct                  /* the received message in progress, as the limits count it */
{
  uint64_t message_length;
  uint32_t n_fragments;
  WscOpenMessage message;
} WscFrameSequence;

/* Checks whether one more frame fits into its message. */
static inline WscFault
wsc_frame_sequence_check_limits (uint64_t          message_length,
                                 uint32_t          n_fragments,
                                 uint64_t          payload_length,
                                 const WscOptions *options)
{
  if (n_fragments >= options->max_fragments)
    return WSC_FAULT_TOO_MANY_FRAGMENTS;

  /* A sum with the peer's length could overflow, a difference cannot. */
  if (message_length > options->max_message_length ||
      payload_length > options->max_message_length - message_length)
    return WSC_FAULT_MESSAGE_TOO_BIG;

  return WSC_FAULT_NONE;
}

/* Checks whether the frame may be received now. */
static inline WscFault
wsc_frame_sequence_check (const WscFrameSequence *self,
                          const WscFrameHeader   *header,
                          const WscOptions       *options)
{
  uint8_t opcode = header->first & WSC_OPCODE;

  if (opcode & WSC_OPCODE_IS_CONTROL)
    return WSC_FAULT_NONE;

  if (opcode == WSC_OPCODE_CONTINUATION && self->message.opcode == 0)
    return WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE;

  if (opcode != WSC_OPCODE_CONTINUATION && self->message.opcode != 0)
    return WSC_FAULT_DATA_INSIDE_MESSAGE;

  return wsc_frame_sequence_check_limits (self->message_length, self->n_fragments,
                                          header->payload_length, options);
}

/* Checks whether the frame may be sent now.  While a message is open, only frames of its type and
 * control frames may follow. */
static inline WscFault
wsc_open_message_check_send (const WscOpenMessage *self,
                             uint8_t               first)
{
  uint8_t opcode = first & WSC_OPCODE;

  if (opcode & WSC_OPCODE_IS_CONTROL)
    return first & WSC_FIN ? WSC_FAULT_NONE : WSC_FAULT_CONTROL_TO_SEND_FRAGMENTED;

  if (self->opcode != 0 && opcode != WSC_OPCODE_CONTINUATION && opcode != self->opcode)
    return WSC_FAULT_MESSAGE_KIND_CHANGED;

  return WSC_FAULT_NONE;
}

/* Notes a frame that was received or sent, by its first byte. */
static inline void
wsc_open_message_step (WscOpenMessage *self,
                       uint8_t         first)
{
  const uint8_t opcode = first & WSC_OPCODE;

  if (opcode & WSC_OPCODE_IS_CONTROL)
    return;

  if (first & WSC_FIN)
    *self = (WscOpenMessage) { 0 };
  else if (self->opcode == 0)
    {
      self->opcode = opcode;
      self->is_raw = (first & WSC_RSV) != 0 || opcode > WSC_OPCODE_BINARY;
    }
}

/* Notes a frame that was received.  Between messages all members are 0. */
static inline void
wsc_frame_sequence_step (WscFrameSequence     *self,
                         const WscFrameHeader *header)
{
  if (header->first & WSC_OPCODE_IS_CONTROL)
    return;

  wsc_open_message_step (&self->message, header->first);
  if (header->first & WSC_FIN)
    {
      self->message_length = 0;
      self->n_fragments = 0;
      return;
    }

  self->message_length += header->payload_length;
  self->n_fragments += self->n_fragments < WSC_ANY_FRAGMENTS - 1;
}
