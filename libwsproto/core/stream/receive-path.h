/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/frames/compression.h"
#include "core/frames/frame-reader.h"
#include "core/frames/frame-sequence.h"

typedef struct
{
  uint8_t *spill;               /* unread bytes that are not in the read memory: exactly
                                   spill_length */
  uint32_t spill_length;
  uint32_t begin, end;          /* unread bytes in the read memory */
  uint32_t direct_room;         /* bytes of the caller's memory that the read handed out may
                                   fill */
  uint32_t direct;              /* bytes of it that were filled and not yet looked at */
  WscFrameAllowance allowed;    /* set by the handshake */
  uint8_t  is_read_handed;      /* the read handed out may fill the read memory, too */
  WscCompression *compression;  /* the stream's; NULL: none was negotiated */
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
  uint64_t  number;             /* what was received, if the rule is about a number */
  WscBuffer payload;            /* in the read memory or the caller's */
  WscBufferType buffer_type;
  uint16_t  code;               /* CLOSE: 1005 = none; RAW: the 9-bit header */
  uint64_t  announced;          /* payload bytes of this frame still to come */
} WscReceived;

/* memory: the read memory; own: the caller's memory for payload, {NULL, 0} = the read memory. */
WscReceivedKind wsc_receive_path_next         (WscReceivePath *self, const WscOptions *options,
                                               const WscBuffer *memory, WscBuffer own,
                                               WscReceived *received);
/* How many buffers may be read into; 0: no room. */
unsigned        wsc_receive_path_prepare_read (WscReceivePath *self, WscBuffer read, WscBuffer own,
                                               unsigned max_buffers, WscBuffer *buffers);
/* How many bytes the read that was prepared last has room for. */
size_t          wsc_receive_path_get_room     (const WscReceivePath *self, WscBuffer read);
/* The next bytes of the spill move to the read memory.  False: there is no room. */
bool            wsc_receive_path_refill       (WscReceivePath *self, WscBuffer read);
/* n bytes were read. */
void            wsc_receive_path_take_read    (WscReceivePath *self, size_t n);
void            wsc_receive_path_lend         (WscReceivePath *self, WscBuffer read);
WscFault        wsc_receive_path_take_back    (WscReceivePath *self, WscBuffer read);
WscFault        wsc_receive_path_unread       (WscReceivePath *self, WscBytes bytes);
/* Forgets unread bytes and the open frame. */
void            wsc_receive_path_drop         (WscReceivePath *self);

/* Nothing is left to hand out.  A compressed frame may have more output without more input. */
static inline bool
wsc_receive_path_is_empty (const WscReceivePath *self)
{
  return self->begin == self->end && self->spill_length == 0
         && !(self->reader.is_open && self->reader.is_compressed);
}
