/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Receive path, the usual frame: a message in one frame that was read whole.  Every small message
 * passes through here, so the functions are inline.  docs/rationales/stream-and-engine.md has the
 * reasons. */
#pragma once

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/bytes/utf8.h"
#include "core/bytes/words.h"
#include "core/frames/frame-header.h"
#include "core/stream/receive-path.h"

typedef struct
{
  WscBuffer payload;            /* payload in the read memory, still masked */
  uint32_t  key;                /* masking key; 0: the message is from a server */
  bool      is_text;
} WscWholeMessage;

/* False: the next bytes are another frame, a part of one, or one that breaks a rule. */
static WSC_INLINE bool
wsc_whole_message_find (WscWholeMessage     *self,
                        const WscReadMemory *read,
                        const WscOptions    *options)
{
  const bool is_masked = options->role == WSC_ROLE_SERVER;
  const size_t unread = read->end - read->begin;
  uint8_t *at = read->at + read->begin;
  size_t n = 2 + (is_masked ? sizeof self->key : 0), length;

  if (unread < n || !wsc_frame_is_message (at[0]))
    return false;

  /* A length above 127 means that the mask bit is wrong. */
  length = at[1] ^ (is_masked ? WSC_MASKED : 0);
  if (length > WSC_LENGTH_7_BITS)
    {
      n += 2;
      if (length > WSC_LENGTH_7_BITS + 1 || unread < n)
        return false;
      length = read_uint16 (at + 2);
      if (wsc_frame_header_check_length (length, 2) != WSC_FAULT_NONE)
        return false;
    }

  if (length > unread - n || length > options->max_frame_length ||
      wsc_frame_sequence_check_limits (0, 0, length, options) != WSC_FAULT_NONE)
    return false;

  self->payload = (WscBuffer) { at + n, length };
  self->key = is_masked ? load_half_word (at + n - sizeof self->key) : 0;
  self->is_text = at[0] == (WSC_FIN | WSC_OPCODE_TEXT);
  return true;
}

/* Unmasks the payload where it is.  False: it is a text that is not UTF-8. */
static WSC_INLINE bool
wsc_whole_message_unmask (const WscWholeMessage *self,
                          const WscOptions      *options)
{
  uint8_t *at = self->payload.at;
  const size_t length = self->payload.length;

  if (self->is_text && options->utf8_check)
    return (is_for_two_vectors (length) && unmask_two_ascii_vectors (at, length, self->key)) ||
           wsc_utf8_unmask_whole (at, length, self->key);

  if (self->key != 0)
    mask_without_call (at, at, length, self->key);
  return true;
}

/* Call it while memory is lent.  NEED_READ: nothing has changed, wsc_receive_path_next () decides
 * what comes next. */
static WSC_INLINE WscReceivedKind
wsc_receive_path_take_whole (WscReceivePath   *self,
                             const WscOptions *options,
                             WscReceived      *received)
{
  WscReadMemory *read = self->read;
  WscWholeMessage message;

  if (wsc_receive_path_is_inside_message (self) ||
      !wsc_whole_message_find (&message, read, options))
    return WSC_RECEIVED_NEED_READ;

  read->begin = (uint32_t) (message.payload.at + message.payload.length - read->at);
  received->payload = message.payload;
  received->buffer_type = message.is_text ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE;
  received->code = 0;
  received->announced = 0;
  if (wsc_whole_message_unmask (&message, options))
    return WSC_RECEIVED_CHUNK;

  received->fault = WSC_FAULT_TEXT_NOT_UTF8;
  received->number = 0;
  return WSC_RECEIVED_FAULT;
}
