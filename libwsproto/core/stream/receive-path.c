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
#include "core/bytes/utf8.h"
#include "core/bytes/words.h"
#include "core/close-code.h"
#include "core/frames/close-payload.h"
#include "core/frames/frame-header.h"
#include "core/limits.h"

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
check_header (const WscReceivePath *self,
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
check_close (WscReceived *received)
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
      return check_close (received);
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
take_header (WscReceivePath   *self,
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
  fault = check_header (self, options, (WscBytes) { unread.at, unread.length }, &header);
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
find_payload (WscReceivePath *self,
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
find_compressed (WscReceivePath *self,
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
  WscBytes left = find_compressed (self, inflation);
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
  WscBuffer payload = find_payload (self, own);

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
        kind = take_header (self, options, inflation, received);
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

typedef struct                  /* a frame that is a whole message, as it was read */
{
  uint8_t *at;
  size_t   length;
  uint32_t key, frame_length;
  uint8_t  opcode;
} WholeMessage;

/* Takes the usual frame, a whole message that was read at once.  False: next_step () must parse the
 * frame. */
static inline bool
find_message (const WscReadMemory *read,
              const WscOptions    *options,
              WholeMessage        *message)
{
  const bool is_masked = options->role == WSC_ROLE_SERVER;
  uint8_t *at = read->at + read->begin;
  size_t length = at[1] ^ (is_masked ? WSC_MASKED : 0), n = 2;

  if (!wsc_frame_is_message (at[0]))
    return false;

  /* A length above 127 means that the mask bit is wrong. */
  if (length > WSC_LENGTH_7_BITS)
    {
      if (length > WSC_LENGTH_7_BITS + 1)
        return false;
      length = read_uint16 (at + 2);
      n = 4;
      if (wsc_frame_header_check_length (length, 2) != WSC_FAULT_NONE)
        return false;
    }

  message->key = is_masked ? load_half_word (at + n) : 0;
  n += is_masked ? sizeof message->key : 0;
  message->at = at + n;
  message->length = length;
  message->frame_length = (uint32_t) (n + length);
  message->opcode = at[0] & WSC_OPCODE;
  return message->frame_length <= read->end - read->begin && length <= options->max_frame_length &&
         wsc_frame_sequence_check_limits (0, 0, length, options) == WSC_FAULT_NONE;
}

static inline WscReceivedKind
take_message (WscReadMemory      *read,
              const WholeMessage *message,
              const WscOptions   *options,
              WscReceived        *received)
{
  const bool is_text = message->opcode == WSC_OPCODE_TEXT;

  read->begin += message->frame_length;
  received->payload.at = message->at;
  received->payload.length = message->length;
  received->buffer_type = is_text ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE;
  received->code = 0;
  received->announced = 0;
  if (is_text && options->utf8_check)
    {
      received->fault = WSC_FAULT_TEXT_NOT_UTF8;
      received->number = 0;
      return wsc_utf8_unmask_whole (message->at, message->length, message->key)
             ? WSC_RECEIVED_CHUNK : WSC_RECEIVED_FAULT;
    }
  if (message->key != 0)
    wsc_mask (message->at, message->at, message->length, message->key);
  return WSC_RECEIVED_CHUNK;
}

/* Whether find_message () may be called: the unread bytes are at least as many as any header has,
 * no frame and no message is open, and the payload may stay where it was read. */
static inline bool
may_find_message (const WscReceivePath *self,
                  WscBuffer             own)
{
  return own.length == 0 && get_unread (self).length >= WSC_MAX_HEADER_LENGTH &&
         !wsc_receive_path_is_inside_message (self);
}

WscReceivedKind
wsc_receive_path_next (WscReceivePath   *self,
                       const WscOptions *options,
                       WscInflation     *inflation,
                       WscBuffer         own,
                       WscReceived      *received)
{
  WholeMessage message;

  if (may_find_message (self, own) && find_message (self->read, options, &message))
    return take_message (self->read, &message, options, received);

  return next_step (self, options, inflation, own, received);
}
