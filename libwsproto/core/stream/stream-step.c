/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The output of a stream: turns one message, piece of a message or control frame after another into
 * bytes (RFC 6455 6.1).
 *
 * Headers, masked payload and control frames are written to the lent memory.  A server's longer
 * payload is not copied: the caller's memory is handed out.
 *
 * (1) While a frame is partly written, steps are for the WscOutgoing that began this frame.
 *
 * A step never holds more than two buffers.  A header and a payload in one step have at most
 * UINT32_MAX bytes, because callers may count them in 32 bits. */

#include "core/stream/stream.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/close-code.h"
#include "core/frames/frame-header.h"
#include "core/stream/waiting-pongs.h"

#define MAX_BESIDE_HEADER (UINT32_MAX - WSC_MAX_HEADER_LENGTH)  /* bytes of payload in one step */

static inline WscMaskKind
get_mask_kind (const WscStream *self)
{
  if (self->options->role == WSC_ROLE_SERVER)
    return WSC_MASK_NONE;
  return self->options->masking ? WSC_MASK_RANDOM : WSC_MASK_ZERO;
}

static inline void
stream_step_begin_frame (WscStream         *self,
                         const WscOutgoing *out)
{
  const size_t fragment_size = self->options->fragment_size;
  size_t length = out->length;
  uint8_t first = out->first;

  if (fragment_size > 0 && length > fragment_size)
    {
      length = fragment_size;
      first &= (uint8_t) ~WSC_FIN;
    }
  wsc_frame_writer_begin (&self->sending.writer, first, length, get_mask_kind (self));
}

/* Begins a frame whose bytes are all in this step. */
static inline void
begin_whole_frame (WscStream         *self,
                   const WscOutgoing *out)
{
  WscFrameWriter *writer = &self->sending.writer;

  wsc_frame_writer_begin (writer, out->first, out->length, get_mask_kind (self));
  writer->sent = out->length;
  writer->stage = WSC_FRAME_WRITTEN;
}

/* The memory that a control frame is written to. */
static WscBuffer
get_control_room (const WscStream *self)
{
  const WscWorkspace *workspace = self->workspace;

  return workspace != NULL && workspace->control.length > 0 ? workspace->control
                                                            : wsc_stream_get_room (self);
}

/* Writes a whole control frame into room for WSC_MAX_CONTROL_FRAME bytes.  Returns its length. */
static size_t
write_control (const WscStream *self,
               uint8_t          first,
               WscBytes         payload,
               uint8_t         *to)
{
  const uint16_t close_code = self->sending.close_code;
  uint8_t whole[WSC_MAX_CONTROL_PAYLOAD];
  size_t n = 0;
  WscFrameWriter writer = { 0 };

  if ((first & WSC_OPCODE) == WSC_OPCODE_CLOSE && close_code != WSC_CLOSE_NO_STATUS)
    {
      write_uint16 (whole, close_code);
      n = 2;
    }
  assert (payload.length <= sizeof whole - n);
  if (payload.length > 0)
    memcpy (whole + n, payload.at, payload.length);
  n += payload.length;

  wsc_frame_writer_begin (&writer, first, n, get_mask_kind (self));
  return wsc_frame_writer_put (&writer, (WscBuffer) { to, WSC_MAX_CONTROL_FRAME },
                               (WscBytes) { whole, n }, self->host);
}

static WSC_COLD unsigned
step_control (WscStream   *self,
              WscOutgoing *out,
              WscBuffer   *buffers)
{
  WscBuffer room = get_control_room (self);

  if (room.length < WSC_MAX_CONTROL_FRAME)
    return 0;

  begin_whole_frame (self, out);
  buffers[0].at = room.at;
  buffers[0].length = write_control (self, out->first, (WscBytes) { out->at, out->length },
                                     room.at);
  return 1;
}

/* Whether the caller wrote the server's header before the payload, and both are sent in one
 * frame. */
static inline bool
is_prepared (const WscStream   *self,
             const WscOutgoing *out)
{
  const size_t fragment_size = self->options->fragment_size;

  return (out->flags & WSC_OUTGOING_PREPARED) && self->sending.writer.stage == WSC_FRAME_NONE &&
         (fragment_size == 0 || out->length <= fragment_size);
}

/* The frame is complete in the caller's memory, so this step needs no room. */
static inline unsigned
step_prepared (WscStream   *self,
               WscOutgoing *out,
               WscBuffer   *buffers)
{
  const size_t header_length = wsc_frame_header_length (out->length);

  begin_whole_frame (self, out);
  buffers[0].at = (uint8_t *) out->at - header_length;
  buffers[0].length = header_length + out->length;
  return 1;
}

static inline WscBytes
get_payload_due (const WscStream   *self,
                 const WscOutgoing *out)
{
  const WscFrameWriter *writer = &self->sending.writer;
  size_t length = (size_t) (writer->length - writer->sent);

  return (WscBytes) { length > 0 ? out->at + writer->sent : NULL, length };
}

static unsigned
step_by_reference (WscStream   *self,
                   WscOutgoing *out,
                   WscBuffer    room,
                   unsigned     max_buffers,
                   WscBuffer   *buffers)
{
  WscFrameWriter *writer = &self->sending.writer;
  const WscBytes due = get_payload_due (self, out);
  unsigned n = 0;

  if (writer->stage == WSC_FRAME_HEADER_DUE)
    {
      buffers[n].at = room.at;
      buffers[n++].length = wsc_frame_writer_put_header (writer, room, self->host);
    }
  if (n == 0 || (n < max_buffers && due.length <= MAX_BESIDE_HEADER))
    {
      buffers[n++] = (WscBuffer) { (uint8_t *) due.at, due.length };
      writer->sent = writer->length;
    }
  return n;
}

static inline bool
is_copied (const WscStream *self,
           WscBuffer        room)
{
  const WscFrameWriter *writer = &self->sending.writer;

  return self->options->role == WSC_ROLE_CLIENT ||
         (writer->length <= self->workspace->copy_limit &&
          writer->length + WSC_MAX_HEADER_LENGTH <= room.length);
}

static inline unsigned
step_plain (WscStream   *self,
            WscOutgoing *out,
            unsigned     max_buffers,
            WscBuffer   *buffers)
{
  WscFrameWriter *writer = &self->sending.writer;
  const WscBuffer room = wsc_stream_get_room (self);

  if (room.length < WSC_MAX_HEADER_LENGTH)
    return 0;

  if (writer->stage == WSC_FRAME_NONE)
    stream_step_begin_frame (self, out);
  if (!is_copied (self, room))
    return step_by_reference (self, out, room, max_buffers, buffers);

  buffers[0].at = room.at;
  buffers[0].length = wsc_frame_writer_put (writer, room, get_payload_due (self, out), self->host);
  return 1;
}

/* The room for compressed payload, where it will probably be sent from: if the header is longer or
 * shorter than expected, the payload is moved by a few bytes. */
static WscBuffer
guess_payload (const WscStream   *self,
               const WscOutgoing *out,
               WscBuffer          room)
{
  const size_t fragment_size = self->options->fragment_size;
  size_t n = room.length - WSC_MAX_HEADER_LENGTH, header_length;

  if (fragment_size > 0 && fragment_size < n)
    n = fragment_size > WSC_MIN_DEFLATE_OUTPUT ? fragment_size : WSC_MIN_DEFLATE_OUTPUT;
  header_length = wsc_frame_header_length (out->length < n ? out->length : n)
                  + (self->options->role == WSC_ROLE_CLIENT ? sizeof self->sending.writer.key : 0);
  return (WscBuffer) { room.at + header_length, n };
}

/* Writes the header before the payload, and masks the payload for a client. */
static WscBuffer
wrap_payload (WscStream     *self,
              WscBuffer      room,
              const uint8_t *payload)
{
  WscFrameWriter *writer = &self->sending.writer;
  size_t n = (size_t) writer->length;
  uint8_t header[WSC_MAX_HEADER_LENGTH];
  size_t header_length = wsc_frame_writer_put_header (writer, (WscBuffer) { header, sizeof header },
                                                      self->host);

  if (room.at + header_length != payload)
    memmove (room.at + header_length, payload, n);
  memcpy (room.at, header, header_length);
  if (writer->key != 0)
    wsc_mask (room.at + header_length, room.at + header_length, n, writer->key);
  writer->sent = n;
  return (WscBuffer) { room.at, header_length + n };
}

/* Compresses and writes one frame of a message.  After a fault no input was taken. */
static WSC_COLD WscFault
step_compressed (WscStream   *self,
                 WscOutgoing *out,
                 WscBuffer   *buffer,
                 unsigned    *n_buffers)
{
  WscCompression *compression = self->compression;
  uint32_t *budget = self->workspace != NULL ? self->workspace->deflate_left : NULL;
  bool is_all = budget == NULL || out->length <= *budget;
  WscBytes left = { out->at, is_all ? out->length : *budget };
  bool ends_message = is_all && (out->first & WSC_FIN);
  size_t length = left.length, made;
  const WscBuffer room = wsc_stream_get_room (self);
  WscBuffer payload;
  uint8_t first = out->first;
  bool is_done;
  WscFault fault;

  *n_buffers = 0;
  if (room.length < WSC_MIN_DEFLATE_SEND_BUFFER || (!is_all && length == 0))
    return WSC_FAULT_NONE;

  payload = guess_payload (self, out, room);
  fault = wsc_compression_deflate (compression, &left,
                                   ends_message ? WSC_DEFLATE_MESSAGE : WSC_DEFLATE_FRAGMENT,
                                   payload, &made, &is_done);
  if (fault != WSC_FAULT_NONE)
    return fault;

  length -= left.length;
  if (length > 0)
    out->at += length;
  if (budget != NULL)
    *budget -= (uint32_t) length;
  out->length -= length;
  if (is_all && is_done)
    out->flags |= WSC_OUTGOING_DEFLATED;
  else
    first &= (uint8_t) ~WSC_FIN;        /* only the frame that ends the message has FIN */
  wsc_frame_writer_begin (&self->sending.writer, first, made, get_mask_kind (self));
  *buffer = wrap_payload (self, room, payload.at);
  /* If this frame is not sent, the contents of the peer's window are unknown (SEC-90). */
  if (wsc_compression_keeps_context (compression))
    self->sending.writer.stage = WSC_FRAME_BEGUN;
  *n_buffers = 1;
  return WSC_FAULT_NONE;
}

WscFault
wsc_stream_step (WscStream   *self,
                 WscOutgoing *out,
                 unsigned     max_buffers,
                 WscBuffer   *buffers,
                 unsigned    *n_buffers)
{
  if (out->flags & WSC_OUTGOING_COMPRESSED)
    return step_compressed (self, out, buffers, n_buffers);

  if (wsc_frame_is_control (out->first))
    *n_buffers = step_control (self, out, buffers);
  else if (is_prepared (self, out))
    *n_buffers = step_prepared (self, out, buffers);
  else
    *n_buffers = step_plain (self, out, max_buffers, buffers);
  return WSC_FAULT_NONE;
}

WscSendStep
wsc_stream_complete_step (WscStream   *self,
                          WscOutgoing *out)
{
  WscFrameWriter *writer = &self->sending.writer;
  const size_t n = (size_t) writer->length;

  assert (writer->stage != WSC_FRAME_NONE);             /* (1) */
  writer->stage = WSC_FRAME_BEGUN;
  if (writer->sent < writer->length)
    return WSC_SEND_STEP_MORE;

  writer->stage = WSC_FRAME_NONE;
  if (!(out->flags & WSC_OUTGOING_COMPRESSED))
    {
      if (n == out->length)
        return WSC_SEND_STEP_DONE;
      out->at += n;
      out->length -= n;
    }
  else if (out->flags & WSC_OUTGOING_DEFLATED)
    return WSC_SEND_STEP_DONE;

  /* The next frame holds the rest of the message, from which compressing has subtracted its
   * input. */
  out->first = (out->first & WSC_FIN) | WSC_OPCODE_CONTINUATION;
  out->flags = (uint8_t) ((out->flags | WSC_OUTGOING_BEGUN) & ~WSC_OUTGOING_PREPARED);
  return WSC_SEND_STEP_MORE;
}

/* A whole message of which no byte was sent can be dropped: the peer does not notice.  Otherwise
 * the frame was sent only partly (CUT). */
WscSendStep
wsc_stream_give_up (WscStream *self,
                    size_t     n)
{
  WscFrameWriter *writer = &self->sending.writer;
  bool is_whole = (writer->first & WSC_FIN) && (writer->first & WSC_OPCODE) != 0;
  bool is_clean = n == 0 && is_whole && writer->stage != WSC_FRAME_BEGUN;

  writer->stage = WSC_FRAME_NONE;
  return is_clean ? WSC_SEND_STEP_CANCELLED : WSC_SEND_STEP_CUT;
}

WscBuffer
wsc_stream_write_pong (WscStream *self)
{
  WscBuffer room = get_control_room (self);

  if (self->pongs == NULL || self->sending.writer.stage != WSC_FRAME_NONE ||
      room.length < WSC_MAX_CONTROL_FRAME)
    return (WscBuffer) { NULL, 0 };

  room.length = write_control (self, WSC_FIN | WSC_OPCODE_PONG,
                               wsc_waiting_pongs_peek (self->pongs), room.at);
  wsc_waiting_pongs_take (&self->pongs);
  return room;
}

void
wsc_stream_choose_key (const WscStream *self)
{
  const WscOptions *options = self->options;
  uint32_t *key = &self->workspace->key;

  if (options->role == WSC_ROLE_CLIENT && options->masking)
    self->host->fill_random (self->host->data, (uint8_t *) key, sizeof *key);
  else
    *key = 0;
}

size_t
wsc_stream_write_message (const WscStream *self,
                          WscBufferType    type,
                          WscBytes         payload)
{
  const WscWorkspace *workspace = self->workspace;
  const uint32_t key = workspace->key;
  uint8_t *to = workspace->write.at + workspace->write_kept;
  size_t n;

  if (self->options->role == WSC_ROLE_SERVER)
    return wsc_stream_write_unmasked (self, type, payload);

  n = wsc_frame_header_write (to, wsc_get_first_byte (type), payload.length, &key);
  mask_without_call (to + n, payload.at, payload.length, key);
  return n + payload.length;
}
