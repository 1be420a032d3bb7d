/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/bytes/byte-order.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/types.h"

#include <string.h>

typedef struct
{
  uint64_t payload_length;
  uint32_t key;                 /* masking key in the byte order of the wire; 0 if the frame is not masked */
  uint8_t  first;               /* FIN, RSV1 to 3, opcode */
  uint8_t  header_length;       /* length of the header in bytes, 2 to 14 */
  uint8_t  is_masked;
  uint8_t  unused;
} WscFrameHeader;

/* Checks a parsed header by the rules of wsc_frame_header_check_bytes. */
WscFault wsc_frame_header_check (const WscFrameHeader *header, const WscOptions *options,
                                 const WscFrameAllowance *allowed);

/* The rules of one header, inline because they are most of the cost of a small message. */

static inline bool
wsc_frame_is_control (uint8_t first)
{
  return (first & WSC_OPCODE_IS_CONTROL) != 0;
}

/* A frame with an RSV bit or a reserved opcode, to which only an extension gives a meaning. */
static inline bool
wsc_frame_is_raw (uint8_t first)
{
  uint8_t opcode = first & WSC_OPCODE;

  return (first & WSC_RSV) != 0 ||
         (opcode > WSC_OPCODE_BINARY && opcode < WSC_OPCODE_CLOSE) || opcode > WSC_OPCODE_PONG;
}

/* A data frame without RSV bits: every rule of the first byte allows it. */
static inline bool
wsc_frame_is_plain_data (uint8_t first)
{
  return (uint8_t) (first & ~WSC_FIN) <= WSC_OPCODE_BINARY;
}

/* The only frames on which RSV1 may mark their message as compressed (RFC 7692 6). */
static inline bool
wsc_frame_begins_compressed (uint8_t first)
{
  uint8_t rest = first & (uint8_t) ~WSC_FIN;

  return rest == (WSC_RSV1 | WSC_OPCODE_TEXT) || rest == (WSC_RSV1 | WSC_OPCODE_BINARY);
}

/* The 9-bit header: bit 8 FIN, 7 to 5 RSV, 4 to 1 opcode, 0 MASK. */
static inline uint16_t
wsc_frame_get_raw_header (uint8_t first)
{
  return (uint16_t) (first << 1);
}

static inline bool
wsc_frame_is_message (uint8_t first)
{
  return first == (WSC_FIN | WSC_OPCODE_TEXT) || first == (WSC_FIN | WSC_OPCODE_BINARY);
}

static inline WscFault
wsc_frame_header_check_first (uint8_t                  first,
                              const WscFrameAllowance *allowed)
{
  if (wsc_frame_is_plain_data (first))
    return WSC_FAULT_NONE;

  if (first & WSC_RSV & ~allowed->rsv)
    return WSC_FAULT_RSV_NOT_NEGOTIATED;

  if (allowed->compressed && (first & WSC_RSV1) && !wsc_frame_begins_compressed (first))
    return WSC_FAULT_COMPRESSED_BIT_MISPLACED;

  if (wsc_frame_is_raw (first & WSC_OPCODE) && !allowed->opcodes)
    return WSC_FAULT_OPCODE_RESERVED;

  if (wsc_frame_is_control (first) && !(first & WSC_FIN))
    return WSC_FAULT_CONTROL_FRAME_FRAGMENTED;

  return WSC_FAULT_NONE;
}

static inline WscFault
wsc_frame_header_check_mask (uint8_t           second,
                             const WscOptions *options)
{
  bool is_masked = (second & WSC_MASKED) != 0;

  if (is_masked == (options->role == WSC_ROLE_SERVER))
    return WSC_FAULT_NONE;

  if (is_masked)
    return WSC_FAULT_FRAME_MASKED;
  return options->accept_unmasked ? WSC_FAULT_NONE : WSC_FAULT_FRAME_NOT_MASKED;
}

/* The second byte: the mask bit, and the 7-bit length. */
static inline WscFault
wsc_frame_header_check_second (uint8_t           first,
                               uint8_t           second,
                               const WscOptions *options)
{
  WscFault fault = wsc_frame_header_check_mask (second, options);

  if (fault == WSC_FAULT_NONE && wsc_frame_is_control (first) &&
      (second & ~WSC_MASKED) > WSC_MAX_CONTROL_PAYLOAD)
    fault = WSC_FAULT_CONTROL_FRAME_TOO_LONG;
  return fault;
}

static inline WscFault
wsc_frame_header_check_length (uint64_t length,
                               size_t   n_length_bytes)
{
  if (length >> 63)
    return WSC_FAULT_LENGTH_TOP_BIT_SET;

  if ((n_length_bytes == 2 && length <= WSC_LENGTH_7_BITS) ||
      (n_length_bytes == 8 && length <= WSC_LENGTH_16_BITS))
    return WSC_FAULT_LENGTH_NOT_SHORTEST;

  return WSC_FAULT_NONE;
}

/* Checks a length of 16 or 64 bits (126 or 127 in the second byte). */
static inline WscFault
wsc_frame_header_check_long_length (WscBytes bytes)
{
  bool is_16_bits = (bytes.at[1] & ~WSC_MASKED) == WSC_LENGTH_7_BITS + 1;

  if (bytes.length < (is_16_bits ? 4u : 10u))
    return WSC_FAULT_NONE;
  return is_16_bits ? wsc_frame_header_check_length (read_uint16 (bytes.at + 2), 2)
                    : wsc_frame_header_check_length (read_uint64 (bytes.at + 2), 8);
}

/* Checks the bytes of an incomplete header, but not the size of the frame. */
static inline WscFault
wsc_frame_header_check_bytes (WscBytes                 bytes,
                              const WscOptions        *options,
                              const WscFrameAllowance *allowed)
{
  WscFault fault = WSC_FAULT_NONE;

  if (bytes.length >= 1)
    fault = wsc_frame_header_check_first (bytes.at[0], allowed);
  if (fault == WSC_FAULT_NONE && bytes.length >= 2)
    {
      fault = wsc_frame_header_check_second (bytes.at[0], bytes.at[1], options);
      if (fault == WSC_FAULT_NONE && (bytes.at[1] & ~WSC_MASKED) > WSC_LENGTH_7_BITS)
        fault = wsc_frame_header_check_long_length (bytes);
    }
  return fault;
}

static inline WscFault
wsc_frame_header_check_size (const WscFrameHeader *header,
                             const WscOptions     *options)
{
  if (header->payload_length <= options->max_frame_length)
    return WSC_FAULT_NONE;

  if (options->max_frame_length < options->max_message_length)
    return WSC_FAULT_FRAME_TOO_BIG;

  /* Without max-frame-size, data frames have the limit of messages, control frames none. */
  return wsc_frame_is_control (header->first) ? WSC_FAULT_NONE : WSC_FAULT_MESSAGE_TOO_BIG;
}

/* PARTIAL: the header is incomplete. */
static inline WscFault
wsc_frame_header_parse (WscFrameHeader *header,
                        WscBytes        bytes)
{
  uint64_t payload_length;
  size_t n = 2;

  if (bytes.length < 2)
    return WSC_FAULT_PARTIAL;

  payload_length = bytes.at[1] & ~WSC_MASKED;
  if (payload_length > WSC_LENGTH_7_BITS)
    {
      n += payload_length == WSC_LENGTH_7_BITS + 1 ? 2 : 8;
      if (bytes.length < n)
        return WSC_FAULT_PARTIAL;
      payload_length = n == 4 ? read_uint16 (bytes.at + 2) : read_uint64 (bytes.at + 2);
    }

  header->is_masked = bytes.at[1] >> 7;
  if (bytes.length < n + (header->is_masked ? 4u : 0u))
    return WSC_FAULT_PARTIAL;

  header->key = 0;
  if (header->is_masked)
    {
      memcpy (&header->key, bytes.at + n, 4);
      n += 4;
    }
  header->payload_length = payload_length;
  header->first = bytes.at[0];
  header->header_length = (uint8_t) n;
  header->unused = 0;
  return WSC_FAULT_NONE;
}

/* The length of a header without a masking key. */
static inline size_t
wsc_frame_header_length (uint64_t payload_length)
{
  return payload_length <= WSC_LENGTH_7_BITS ? 2 : payload_length <= WSC_LENGTH_16_BITS ? 4 : 10;
}

/* key NULL: not masked */
static inline size_t
wsc_frame_header_write (uint8_t        *to,
                        uint8_t         first,
                        uint64_t        payload_length,
                        const uint32_t *key)
{
  const unsigned begin = (unsigned) first << 8 | (key != NULL ? WSC_MASKED : 0);
  size_t n = 2;

  if (payload_length <= WSC_LENGTH_7_BITS)
    write_uint16 (to, (uint16_t) (begin | payload_length));
  else if (payload_length <= WSC_LENGTH_16_BITS)
    {
      write_uint16 (to, (uint16_t) (begin | 126));
      write_uint16 (to + 2, (uint16_t) payload_length);
      n = 4;
    }
  else
    {
      write_uint16 (to, (uint16_t) (begin | 127));
      write_uint64 (to + 2, payload_length);
      n = 10;
    }

  if (key == NULL)
    return n;

  memcpy (to + n, key, sizeof *key);
  return n + sizeof *key;
}
