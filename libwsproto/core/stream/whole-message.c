/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whole messages: one that fits is written behind what the lent memory keeps. */

#include "core/stream/stream.h"

#include <string.h>

/* Nothing was begun before it, and no extension wants to see it. */
static inline bool
may_write_message (const WscStream *self)
{
  return self->phase == WSC_PHASE_OPEN && self->pongs == NULL
         && !self->sending.writer.is_open && self->sending.sequence.opcode == 0
         && self->receiving.allowed.rsv == 0;
}

static inline bool
is_one_frame (const WscOptions *options,
              size_t            length)
{
  return options->fragment_size == 0 || length <= options->fragment_size;
}

static inline bool
fits_whole (const WscStream *self,
            WscBuffer        room,
            size_t           length)
{
  return room.length >= WSC_MAX_HEADER_LENGTH && length <= room.length - WSC_MAX_HEADER_LENGTH
         && (self->options->role == WSC_ROLE_CLIENT || length <= self->workspace->copy_limit)
         && is_one_frame (self->options, length);
}

bool
wsc_stream_may_write (const WscStream *self,
                      size_t           length)
{
  return may_write_message (self) && is_one_frame (self->options, length);
}

static inline size_t
write_plain (uint8_t *at,
             uint8_t  first,
             WscBytes payload)
{
  const size_t n = wsc_frame_header_write (at, first, payload.length, NULL);

  wsc_frame_writer_copy (at + n, payload.at, payload.length);
  return n + payload.length;
}

static WSC_NOINLINE size_t
write_masked (const WscStream *self,
              WscBuffer        room,
              uint8_t          first,
              WscBytes         payload)
{
  WscFrameWriter writer = { 0 };

  wsc_frame_writer_begin (&writer, first, payload.length, wsc_send_path_mask_kind (self->options));
  return wsc_frame_writer_put (&writer, room, payload, self->host);
}

size_t
wsc_stream_write_message (WscStream       *self,
                          WscBufferType    type,
                          WscBytes         payload,
                          WscTextKnowledge knowledge)
{
  const bool is_text = type == WSC_BUFFER_UTF8_MESSAGE;
  const uint8_t first = WSC_FIN | (is_text ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY);
  const WscBuffer room = wsc_stream_get_room (self);

  if (!may_write_message (self) || !fits_whole (self, room, payload.length)
      || (is_text && knowledge == WSC_TEXT_UNJUDGED && self->options->utf8_check
          && !wsc_utf8_is_valid (payload)))
    return 0;

  return self->options->role == WSC_ROLE_SERVER ? write_plain (room.at, first, payload)
                                                : write_masked (self, room, first, payload);
}

size_t
wsc_stream_write_header (WscStream    *self,
                         WscBufferType type,
                         size_t        length)
{
  const uint8_t opcode = type == WSC_BUFFER_UTF8_MESSAGE ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY;
  const WscBuffer room = wsc_stream_get_room (self);

  if (self->options->role != WSC_ROLE_SERVER || self->options->fragment_size > 0
      || room.length < WSC_MAX_HEADER_LENGTH || !may_write_message (self))
    return 0;

  return wsc_frame_header_write (room.at, WSC_FIN | opcode, length, NULL);
}
