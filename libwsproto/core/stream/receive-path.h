/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/frames/frame-reader.h"
#include "core/frames/frame-sequence.h"
#include "core/frames/inflation.h"

typedef struct                  /* lent memory to read into; when it is lent, the members after length are 0 */
{
  uint8_t *at;
  size_t   length;
  uint32_t begin, end;          /* unread bytes of the memory */
  uint32_t direct_room;         /* bytes of the caller's memory that the read handed out may
                                   fill */
  uint32_t direct;              /* bytes of the caller's memory that were read and not yet parsed */
} WscReadMemory;

typedef struct
{
  WscReadMemory *read;          /* memory that is read into; NULL: no memory is lent */
  uint8_t *spill;               /* unread bytes that are not in the read memory: exactly
                                   spill_length */
  uint32_t spill_length;
  WscFrameAllowance allowed;    /* what negotiated extensions permit in a frame; set by the handshake */
  WscFrameReader   reader;
  WscFrameSequence sequence;
} WscReceivePath;               /* all zero: nothing read */

typedef enum
{
  WSC_RECEIVED_NEED_READ,
  WSC_RECEIVED_CHUNK,
  WSC_RECEIVED_PING,
  WSC_RECEIVED_PONG,
  WSC_RECEIVED_CLOSE,
  WSC_RECEIVED_FAULT,
} WscReceivedKind;

typedef struct
{
  WscFault  fault;
  uint64_t  number;             /* the received number, if the fault is about a number */
  WscBuffer payload;            /* payload, in the read memory or the caller's memory */
  WscBufferType buffer_type;
  uint16_t  code;               /* close code, 1005 = none; of a RAW frame the 9-bit header */
  uint64_t  announced;          /* payload bytes of this frame still to come */
} WscReceived;

/* inflation: NULL: compression was not negotiated.
 * own: the caller's memory for payload, {NULL, 0} = the read memory. */
WscReceivedKind wsc_receive_path_next         (WscReceivePath *self, const WscOptions *options,
                                               WscInflation *inflation, WscBuffer own,
                                               WscReceived *received);
/* Returns how many buffers may be read into; 0: no room, or unread bytes are left.  own: as for
 * wsc_receive_path_next (), which must get the same memory after the read. */
unsigned        wsc_receive_path_prepare_read (WscReceivePath *self, WscBuffer own,
                                               unsigned max_buffers, WscBuffer *buffers);
/* Notes that n bytes were read into the buffers. */
void            wsc_receive_path_take         (WscReceivePath *self, size_t n);
/* Moves the next bytes of the spill to the read memory.  False: the spill is empty, or there is
 * no room. */
bool            wsc_receive_path_refill       (WscReceivePath *self);
void            wsc_receive_path_lend         (WscReceivePath *self, WscReadMemory *read);
/* Moves the unread bytes to the spill.  Returns a fault if there is no memory for these bytes,
 * which are then lost. */
WscFault        wsc_receive_path_take_back    (WscReceivePath *self);
/* Adds bytes after those that were read, while no memory is lent. */
WscFault        wsc_receive_path_unread       (WscReceivePath *self, WscBytes bytes);
/* Forgets unread bytes and the open frame. */
void            wsc_receive_path_drop         (WscReceivePath *self);

/* Returns whether a frame or a message has begun and has not ended. */
static inline bool
wsc_receive_path_is_inside_message (const WscReceivePath *self)
{
  return self->reader.is_open || self->sequence.message.opcode != 0;
}

/* Call it while memory is lent.  TRUE: no item is left to return.  A compressed frame may have
 * more output without more input. */
static inline bool
wsc_receive_path_is_empty (const WscReceivePath *self)
{
  return self->read->begin == self->read->end && self->spill_length == 0 &&
         !(self->reader.is_open && self->reader.is_compressed);
}
