/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/bytes/utf8.h"
#include "core/frames/frame-header.h"

#include <assert.h>

typedef enum
{
  WSC_TEXT_UNCHECKED,
  WSC_TEXT_CHECKED,             /* text that is not compressed, in a session that checks UTF-8 */
} WscTextCheck;

typedef struct                  /* the frame whose payload is being read */
{
  uint64_t payload_left;
  uint32_t key;
  uint8_t  first, is_open, text_check, is_raw;
  uint8_t  opcode;              /* opcode of the message: a continuation has no opcode of its own */
  uint8_t  is_compressed;       /* the message is compressed: the bytes that were read are not its payload */
  WscUtf8  utf8;                /* UTF-8 check, which continues from frame to frame of a message */
} WscFrameReader;

/* Unmasks and checks n bytes in place, n <= payload_left; also with n = 0 for an empty frame. */
WscFault wsc_frame_reader_take (WscFrameReader *self, uint8_t *at, size_t n);

/* Checks inflated bytes of a compressed frame; is_open: more of the frame will follow. */
WscFault wsc_frame_reader_check_inflated (WscFrameReader *self, WscBytes inflated);

static inline void
wsc_frame_reader_begin (WscFrameReader       *self,
                        const WscFrameHeader *header,
                        uint8_t               opcode,
                        WscTextCheck          text_check)
{
  assert (!self->is_open);
  self->payload_left = header->payload_length;
  self->key = header->key;
  self->first = header->first;
  self->opcode = opcode;
  self->is_open = 1;
  self->text_check = (uint8_t) text_check;
}
