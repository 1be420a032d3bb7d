/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Send path: one message, piece or control frame after another becomes bytes (RFC 6455 6.1).
 *
 * Writes headers, masked payload and control frames into the room it is given; a server's longer
 * payload is handed out where it is.  The parts that every message needs are inline, the rest is in
 * send-path.c.
 *
 * (1) Only the outgoing that opened a frame may go on until the frame is whole.
 * (2) A step never holds more than two buffers. */
#pragma once

#include "core/bytes/utf8.h"
#include "core/fault.h"
#include "core/frames/compression.h"
#include "core/frames/frame-sequence.h"
#include "core/frames/frame-writer.h"
#include "core/limits.h"

#include <assert.h>

typedef enum
{
  WSC_OUTGOING_BEGUN = 0x02,    /* a frame of it was sent, and not its last one */
  WSC_OUTGOING_NO_COMPRESSION = 0x04,   /* of the first fragment: counts for the message */
  WSC_OUTGOING_JUDGED = 0x08,   /* a whole text message is known to be UTF-8; ignored for
                                   fragments */
  WSC_OUTGOING_COMPRESSED = 0x10,       /* its message is, step by step */
  WSC_OUTGOING_DEFLATED = 0x20, /* all of it was compressed: before it was accepted, or now that the
                                   last frame is handed out */
  WSC_OUTGOING_PREPARED = 0x40, /* the header of a server's frame is before at */
} WscOutgoingFlags;

typedef struct                  /* a message, a piece of one, or a control frame on its way out */
{
  const uint8_t *at;            /* what is still to be sent; the driver keeps it in place */
  size_t  length;
  uint8_t first;                /* first byte of the next frame */
  uint8_t flags;                /* WscOutgoingFlags */
} WscOutgoing;

typedef struct                  /* of the frame that is open, and of what was accepted */
{
  WscFrameWriter writer;
  WscOpenMessage message;       /* of what was accepted */
  uint16_t close_code;          /* of the accepted Close, of which there is one; 0 = none so far */
  WscUtf8  utf8;                /* of the accepted text */
} WscSendPath;                  /* all zero: nothing sent */

typedef enum
{
  WSC_SEND_STEP_MORE,           /* bytes of it are left */
  WSC_SEND_STEP_DONE,
  WSC_SEND_STEP_CANCELLED,      /* nothing was sent: the stream goes on */
  WSC_SEND_STEP_TORN,           /* a frame was only partly sent: no other may follow */
} WscSendStep;

/* The cold parts: a text, a control frame, a payload that is handed out where it is, the frame
 * after the first, a step that was not sent as a whole. */
WscFault    wsc_send_path_check_text        (const WscSendPath *self, uint8_t first,
                                             WscBytes payload, WscUtf8 *utf8);
WSC_COLD
unsigned    wsc_send_path_step_control      (WscSendPath *self, WscOutgoing *outgoing,
                                             const WscOptions *options, const WscHost *host,
                                             WscBuffer room, WscBuffer *buffers);
unsigned    wsc_send_path_step_by_reference (WscSendPath *self, WscOutgoing *outgoing,
                                             const WscHost *host, WscBuffer room,
                                             unsigned max_buffers, WscBuffer *buffers);
/* A frame of a compressed message.  At most *budget bytes of payload are taken, and subtracted from
 * it; NULL: any number.  A fault: nothing was taken. */
WSC_COLD
WscFault    wsc_send_path_step_compressed   (WscSendPath *self, WscOutgoing *outgoing,
                                             const WscOptions *options, const WscHost *host,
                                             WscCompression *compression, uint32_t *budget,
                                             WscBuffer room, WscBuffer *buffer,
                                             unsigned *n_buffers);
WscSendStep wsc_send_path_go_on             (WscOutgoing *outgoing, size_t n);
WSC_COLD
WscSendStep wsc_send_path_give_up           (WscSendPath *self, size_t n);
/* Writes one whole control frame, masked as the role requires, into room for 139 bytes.  Returns
 * its length. */
size_t      wsc_send_path_control           (const WscOptions *options, const WscHost *host,
                                             uint8_t first, uint16_t close_code,
                                             WscBytes payload, uint8_t *to);

static inline WscMaskKind
wsc_send_path_mask_kind (const WscOptions *options)
{
  if (options->role == WSC_ROLE_SERVER)
    return WSC_MASK_NONE;
  return options->masking ? WSC_MASK_RANDOM : WSC_MASK_ZERO;
}

/* flags: WscOutgoingFlags; utf8: out, the state after payload. */
static inline WscFault
wsc_send_path_check (const WscSendPath *self,
                     const WscOptions  *options,
                     uint8_t            first,
                     WscBytes           payload,
                     unsigned           flags,
                     WscUtf8           *utf8)
{
  WscFault fault = wsc_open_message_check_send (&self->message, first);
  bool is_text = (first & (WSC_RSV | WSC_OPCODE)) == WSC_OPCODE_TEXT && !self->message.is_raw;
  bool is_whole = (first & WSC_FIN) && self->message.opcode == 0;

  *utf8 = self->utf8;
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (payload.length > 0 && payload.at == NULL)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  if (wsc_frame_is_control (first) && payload.length > WSC_MAX_CONTROL_PAYLOAD)
    return WSC_FAULT_CONTROL_PAYLOAD_TOO_LONG;

  if (!is_text || !options->utf8_check || (is_whole && (flags & WSC_OUTGOING_JUDGED)))
    return WSC_FAULT_NONE;

  return wsc_send_path_check_text (self, first, payload, utf8);
}

static inline void
wsc_send_path_begin_frame (WscSendPath      *self,
                           WscOutgoing      *outgoing,
                           const WscOptions *options)
{
  size_t length = outgoing->length;
  uint8_t first = outgoing->first;

  if (options->fragment_size > 0 && length > options->fragment_size
      && !wsc_frame_is_control (first))
    {
      length = options->fragment_size;
      first &= (uint8_t) ~WSC_FIN;
    }
  wsc_frame_writer_begin (&self->writer, first, length, wsc_send_path_mask_kind (options));
}

static inline WscBytes
wsc_send_path_payload_due (const WscSendPath *self,
                           const WscOutgoing *outgoing)
{
  size_t length = (size_t) (self->writer.length - self->writer.sent);

  return (WscBytes) { length > 0 ? outgoing->at + self->writer.sent : NULL, length };
}

/* The caller wrote the server's header before the payload, and both are sent in one frame. */
static inline bool
wsc_send_path_is_prepared (const WscSendPath *self,
                           const WscOutgoing *outgoing,
                           const WscOptions  *options)
{
  return (outgoing->flags & WSC_OUTGOING_PREPARED) && self->writer.stage == WSC_FRAME_NONE
         && (options->fragment_size == 0 || outgoing->length <= options->fragment_size);
}

/* Nothing is left to be written, so it needs no room. */
static inline unsigned
wsc_send_path_step_prepared (WscSendPath      *self,
                             WscOutgoing      *outgoing,
                             const WscOptions *options,
                             WscBuffer        *buffers)
{
  const size_t header_length = wsc_frame_header_length (outgoing->length);

  wsc_send_path_begin_frame (self, outgoing, options);
  self->writer.sent = self->writer.length;
  self->writer.stage = WSC_FRAME_WRITTEN;
  buffers[0].at = (uint8_t *) outgoing->at - header_length;
  buffers[0].length = header_length + outgoing->length;
  return 1;
}

static inline bool
wsc_send_path_is_copied (const WscSendPath *self,
                         const WscOptions  *options,
                         WscBuffer          room,
                         uint32_t           copy_limit)
{
  if (options->role == WSC_ROLE_CLIENT || self->writer.length == 0)
    return true;
  return self->writer.stage == WSC_FRAME_HEADER_DUE && self->writer.length <= copy_limit
         && self->writer.length + WSC_MAX_HEADER_LENGTH <= room.length;
}

/* How many buffers hold the next bytes; 0: no room. */
static inline unsigned
wsc_send_path_step (WscSendPath      *self,
                    WscOutgoing      *outgoing,
                    const WscOptions *options,
                    const WscHost    *host,
                    WscBuffer         room,
                    uint32_t          copy_limit,
                    unsigned          max_buffers,
                    WscBuffer        *buffers)
{
  if (wsc_frame_is_control (outgoing->first))
    return wsc_send_path_step_control (self, outgoing, options, host, room, buffers);

  if (wsc_send_path_is_prepared (self, outgoing, options))
    return wsc_send_path_step_prepared (self, outgoing, options, buffers);

  if (room.length < WSC_MAX_HEADER_LENGTH)
    return 0;

  if (self->writer.stage == WSC_FRAME_NONE)
    wsc_send_path_begin_frame (self, outgoing, options);

  if (!wsc_send_path_is_copied (self, options, room, copy_limit))
    return wsc_send_path_step_by_reference (self, outgoing, host, room, max_buffers, buffers);

  buffers[0].at = room.at;
  buffers[0].length = wsc_frame_writer_put (&self->writer, room,
                                            wsc_send_path_payload_due (self, outgoing), host);
  return 1;
}

/* The whole step was sent. */
static inline WscSendStep
wsc_send_path_complete (WscSendPath *self,
                        WscOutgoing *outgoing)
{
  const size_t n = (size_t) self->writer.length;

  assert (self->writer.stage != WSC_FRAME_NONE);        /* (1) */
  self->writer.stage = WSC_FRAME_BEGUN;
  if (self->writer.sent < self->writer.length)
    return WSC_SEND_STEP_MORE;

  self->writer.stage = WSC_FRAME_NONE;
  if (!(outgoing->flags & WSC_OUTGOING_COMPRESSED)
      && (wsc_frame_is_control (outgoing->first) || n == outgoing->length))
    return WSC_SEND_STEP_DONE;

  return wsc_send_path_go_on (outgoing, n);
}
