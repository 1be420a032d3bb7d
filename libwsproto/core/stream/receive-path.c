/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Receive path: bytes in, chunks and control frames out, one at a time (RFC 6455 6.2).
 *
 * A call parses only up to the next chunk, control frame or fault; the caller reacts.  Payload
 * stays where it was read, so only an incomplete header or control frame is left over.
 *
 * Bytes that were read directly into the caller's memory are handed out before all others.
 * Bytes of a compressed frame that were unmasked and not yet inflated are the first unread
 * bytes. */

#include "core/stream/receive-path.h"

#include <assert.h>
#include <string.h>

#include "core/bytes/byte-order.h"
#include "core/bytes/mask.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "core/frames/frame-header.h"
#include "core/limits.h"
#include "core/stream/whole-message.h"

static inline WscBuffer
get_unread (const WscReceivePath *self)
{
  const WscReadMemory *read = self->read;

  return (WscBuffer) { read->at + read->begin, read->end - read->begin };
}

static uint64_t
number_of (WscFault              fault,
           const WscReceivePath *self,
           const WscFrameHeader *header)
{
  if (fault == WSC_FAULT_FRAME_TOO_BIG)
    return header->payload_length;
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG)
    return self->sequence.message_length + header->payload_length;
  if (fault == WSC_FAULT_TOO_MANY_FRAGMENTS)
    return (uint64_t) self->sequence.n_fragments + 1;
  return 0;
}

static void
open_frame (WscReceivePath       *self,
            const WscFrameHeader *header,
            const WscOptions     *options)
{
  uint8_t opcode = header->first & WSC_OPCODE;
  bool is_plain = !wsc_frame_is_raw (header->first);

  if (opcode == WSC_OPCODE_CONTINUATION)
    {
      opcode = self->sequence.message.opcode;
      is_plain = is_plain && !self->sequence.message.is_raw;
    }

  bool is_checked = is_plain && opcode == WSC_OPCODE_TEXT && options->utf8_check;

  wsc_frame_sequence_step (&self->sequence, header);
  wsc_frame_reader_begin (&self->reader, header, opcode,
                          is_checked ? WSC_TEXT_CHECKED : WSC_TEXT_UNCHECKED);
  self->reader.is_raw = !is_plain;
  self->reader.is_compressed = 0;
  self->read->begin += header->header_length;
}

/* Opens a frame of a compressed message: its RSV1 bit is removed, so that the checks of a plain
 * frame hold. */
static void
open_compressed_frame (WscReceivePath       *self,
                       const WscFrameHeader *header,
                       const WscOptions     *options,
                       WscInflation         *inflation)
{
  WscFrameHeader plain = *header;

  if ((header->first & WSC_OPCODE) != WSC_OPCODE_CONTINUATION)
    wsc_inflation_begin_message (inflation);
  plain.first &= (uint8_t) ~WSC_RSV1;
  open_frame (self, &plain, options);
  self->reader.is_compressed = 1;
  self->sequence.message.is_compressed = !(plain.first & WSC_FIN);
  self->sequence.message_length = 0;
}

static bool
is_compressed (const WscReceivePath *self,
               uint8_t               first)
{
  return (first & WSC_OPCODE) == WSC_OPCODE_CONTINUATION
         ? self->sequence.message.is_compressed : self->allowed.compressed && (first & WSC_RSV1);
}

static WscFault
receive_path_check_header (const WscReceivePath *self,
                           const WscOptions     *options,
                           WscBytes              bytes,
                           WscFrameHeader       *header)
{
  WscFault fault = wsc_frame_header_check_bytes (bytes, options, &self->allowed);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_header_parse (header, bytes);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_header_check_size (header, options);
  if (fault != WSC_FAULT_NONE)
    return fault;

  fault = wsc_frame_sequence_check (&self->sequence, header, options);
  /* The size of a compressed message is checked when it is inflated. */
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG && is_compressed (self, header->first))
    fault = WSC_FAULT_NONE;
  return fault;
}

static WscReceivedKind
receive_path_check_close (WscReceived *received)
{
  WscBytes payload = { received->payload.at, received->payload.length };

  received->fault = wsc_close_payload_check (payload);
  if (received->fault != WSC_FAULT_NONE)
    return WSC_RECEIVED_FAULT;

  received->buffer_type = WSC_BUFFER_CLOSE;
  received->code = WSC_CLOSE_NO_STATUS;
  if (payload.length >= 2)
    {
      received->code = read_uint16 (payload.at);
      received->payload.at += 2;
      received->payload.length -= 2;
    }
  return WSC_RECEIVED_CLOSE;
}

static WscReceivedKind
check_control (const WscFrameHeader *header,
               WscReceived          *received)
{
  if (wsc_frame_is_raw (header->first))
    {
      received->buffer_type = WSC_BUFFER_RAW;
      received->code = wsc_frame_get_raw_header (header->first);
      return WSC_RECEIVED_CHUNK;
    }

  switch (header->first & WSC_OPCODE)
    {
    case WSC_OPCODE_CLOSE:
      return receive_path_check_close (received);
    case WSC_OPCODE_PING:
      return WSC_RECEIVED_PING;
    default:
      received->buffer_type = WSC_BUFFER_PING_PONG;
      return WSC_RECEIVED_PONG;
    }
}

/* A control frame waits in the read memory until it is complete. */
static WscReceivedKind
take_control (WscReceivePath       *self,
              const WscFrameHeader *header,
              WscReceived          *received)
{
  const WscBuffer unread = get_unread (self);
  size_t length = header->header_length + (size_t) header->payload_length;

  if (unread.length < length)
    return WSC_RECEIVED_NEED_READ;

  received->payload = (WscBuffer) { unread.at + header->header_length,
                                    (size_t) header->payload_length };
  if (header->key != 0)
    wsc_mask (received->payload.at, received->payload.at, received->payload.length, header->key);
  self->read->begin += (uint32_t) length;
  return check_control (header, received);
}

/* NEED_READ: a data frame is open now, or the header of the next frame is not complete. */
static WscReceivedKind
receive_path_take_header (WscReceivePath   *self,
                          const WscOptions *options,
                          WscInflation     *inflation,
                          WscReceived      *received)
{
  const WscBuffer unread = get_unread (self);
  WscFrameHeader header;
  WscFault fault;

  if (unread.length == 0)
    return WSC_RECEIVED_NEED_READ;

  header.payload_length = 0;
  fault =
    receive_path_check_header (self, options, (WscBytes) { unread.at, unread.length }, &header);
  if (fault == WSC_FAULT_PARTIAL)
    return WSC_RECEIVED_NEED_READ;

  if (fault != WSC_FAULT_NONE)
    {
      received->fault = fault;
      received->number = number_of (fault, self, &header);
      return WSC_RECEIVED_FAULT;
    }

  if (header.first & WSC_OPCODE_IS_CONTROL)
    return take_control (self, &header, received);

  if (is_compressed (self, header.first))
    open_compressed_frame (self, &header, options, inflation);
  else
    open_frame (self, &header, options);
  return WSC_RECEIVED_NEED_READ;
}

/* The payload that was read: in the caller's memory own, copied to own, or in the read memory. */
static WscBuffer
receive_path_find_payload (WscReceivePath *self,
                           WscBuffer       own)
{
  WscReadMemory *read = self->read;
  WscBuffer payload = get_unread (self);

  if (read->direct > 0)
    {
      payload = (WscBuffer) { own.at, read->direct };
      read->direct = 0;
      return payload;
    }

  if (payload.length > self->reader.payload_left)
    payload.length = (size_t) self->reader.payload_left;
  if (own.length > 0)
    {
      if (payload.length > own.length)
        payload.length = own.length;
      if (payload.length > 0)
        memcpy (own.at, payload.at, payload.length);
      payload.at = own.at;
    }
  read->begin += (uint32_t) payload.length;
  return payload;
}

/* NEED_READ: no payload can be handed out, because the frame is empty and does not end its message,
 * or because the input is not enough to inflate a byte. */
static WscReceivedKind
finish_chunk (const WscReceivePath *self,
              WscReceived          *received)
{
  bool is_last = (self->reader.first & WSC_FIN) && !self->reader.is_open;

  if (received->fault != WSC_FAULT_NONE)
    return WSC_RECEIVED_FAULT;

  if (received->payload.length == 0 && !is_last)
    return WSC_RECEIVED_NEED_READ;

  received->announced = self->reader.payload_left;
  if (self->reader.is_raw)
    {
      received->buffer_type = WSC_BUFFER_RAW;
      received->code = wsc_frame_get_raw_header (is_last ? self->reader.first
                                   : self->reader.first & (uint8_t) ~WSC_FIN);
    }
  else if (self->reader.opcode == WSC_OPCODE_TEXT)
    received->buffer_type = is_last ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_UTF8_FRAGMENT;
  else
    received->buffer_type = is_last ? WSC_BUFFER_BINARY_MESSAGE : WSC_BUFFER_BINARY_FRAGMENT;
  return WSC_RECEIVED_CHUNK;
}

/* Returns the unread bytes of a compressed frame, unmasked.  The bytes stay in the read memory
 * until it is known how many of them inflating takes. */
static WscBytes
receive_path_find_compressed (WscReceivePath *self,
                              WscInflation   *inflation)
{
  WscFrameReader *reader = &self->reader;
  uint32_t *n_unmasked = &inflation->n_unmasked;
  WscBuffer unread = get_unread (self);
  uint8_t *masked = unread.at + *n_unmasked;
  size_t n_masked;

  if (unread.length > reader->payload_left)
    unread.length = (size_t) reader->payload_left;
  n_masked = unread.length - *n_unmasked;
  if (reader->key != 0)
    {
      wsc_mask (masked, masked, n_masked, reader->key);
      reader->key = wsc_mask_key_at (reader->key, n_masked);
    }
  *n_unmasked += (uint32_t) n_masked;
  return (WscBytes) { unread.at, unread.length };
}

/* Full output is not the end of a frame: there may be more output without more input. */
static WscReceivedKind
next_inflated (WscReceivePath   *self,
               const WscOptions *options,
               WscInflation     *inflation,
               WscBuffer         own,
               WscReceived      *received)
{
  WscFrameReader *reader = &self->reader;
  const WscBuffer output = own.length > 0 ? own : inflation->output;
  WscBytes left = receive_path_find_compressed (self, inflation);
  size_t n = left.length, made;
  WscFault fault = wsc_inflation_take (inflation, options, &left, output, &made);

  assert (output.length > 0);
  n -= left.length;
  self->read->begin += (uint32_t) n;
  inflation->n_unmasked -= (uint32_t) n;
  reader->payload_left -= n;
  reader->is_open = reader->payload_left > 0 || made == output.length;
  received->payload = (WscBuffer) { output.at, made };
  if (fault == WSC_FAULT_NONE && !reader->is_open && (reader->first & WSC_FIN))
    fault = wsc_inflation_end_message (inflation);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_reader_check_inflated (reader, (WscBytes) { output.at, made });
  received->fault = fault;
  if (fault == WSC_FAULT_MESSAGE_TOO_BIG)
    received->number = inflation->n_inflated;
  if (fault == WSC_FAULT_INFLATE_RATIO_TOO_HIGH)
    received->number = wsc_inflation_get_ratio (inflation);
  return finish_chunk (self, received);
}

static WscReceivedKind
next_chunk (WscReceivePath *self,
            WscBuffer       own,
            WscReceived    *received)
{
  WscBuffer payload = receive_path_find_payload (self, own);

  if (payload.length == 0 && self->reader.payload_left > 0)
    return WSC_RECEIVED_NEED_READ;

  received->fault = wsc_frame_reader_take (&self->reader, payload.at, payload.length);
  received->payload = payload;
  return finish_chunk (self, received);
}

static WSC_NOINLINE WscReceivedKind
next_step (WscReceivePath   *self,
           const WscOptions *options,
           WscInflation     *inflation,
           WscBuffer         own,
           WscReceived      *received)
{
  WscReceivedKind kind;
  bool is_empty_taken;

  *received = (WscReceived) { 0 };
  do
    {
      is_empty_taken = false;
      kind = WSC_RECEIVED_NEED_READ;
      if (!self->reader.is_open)
        kind = receive_path_take_header (self, options, inflation, received);
      if (self->reader.is_open)
        {
          if (self->reader.is_compressed)
            kind = next_inflated (self, options, inflation, own, received);
          else
            kind = next_chunk (self, own, received);
          is_empty_taken = !self->reader.is_open;
        }
    }
  while (kind == WSC_RECEIVED_NEED_READ && (is_empty_taken || wsc_receive_path_refill (self)));
  return kind;
}

WscReceivedKind
wsc_receive_path_next (WscReceivePath   *self,
                       const WscOptions *options,
                       WscInflation     *inflation,
                       WscBuffer         own,
                       WscReceived      *received)
{
  WscReceivedKind kind = own.length == 0 ? wsc_receive_path_take_whole (self, options, received)
                                         : WSC_RECEIVED_NEED_READ;

  return kind != WSC_RECEIVED_NEED_READ ? kind
                                        : next_step (self, options, inflation, own, received);
}
