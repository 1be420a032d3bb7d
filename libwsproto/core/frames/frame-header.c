/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame header: 2 to 14 octets to a struct and back (RFC 6455 5.2).
 *
 * Judges what one header can tell by itself; whether the frame may come now is
 * frame-sequence.c's question. Keeps nothing: pure functions.
 *
 * (1) A header that was parsed has a length of 2 to 14 octets.
 * (2) What begins a header and is wrong already is refused before the rest arrives. */

#include "core/frames/frame-header.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <assert.h>
#include <string.h>

static bool
is_control (uint8_t first)
{
  return (first & WSC_OPCODE_IS_CONTROL) != 0;
}

static bool
is_reserved (uint8_t first)
{
  uint8_t opcode = first & WSC_OPCODE;

  return (opcode > WSC_OPCODE_BINARY && opcode < WSC_OPCODE_CLOSE) || opcode > WSC_OPCODE_PONG;
}

static WscFault
check_first (uint8_t                  first,
             const WscFrameAllowance *allowed)
{
  if (first & WSC_RSV & ~allowed->rsv)
    return WSC_FAULT_RSV_NOT_NEGOTIATED;

  if (is_reserved (first) && !allowed->opcodes)
    return WSC_FAULT_OPCODE_RESERVED;

  if (is_control (first) && !(first & WSC_FIN))
    return WSC_FAULT_CONTROL_FRAME_FRAGMENTED;

  return WSC_FAULT_NONE;
}

/* The second octet: the mask bit, and as much of the length as it tells. */
static WscFault
check_second (uint8_t           first,
              uint8_t           second,
              const WscOptions *options)
{
  bool is_masked = (second & WSC_MASKED) != 0;

  if (is_masked && options->role == WSC_ROLE_CLIENT)
    return WSC_FAULT_FRAME_MASKED;

  if (!is_masked && options->role == WSC_ROLE_SERVER && !options->accept_unmasked)
    return WSC_FAULT_FRAME_NOT_MASKED;

  if (is_control (first) && (second & ~WSC_MASKED) > WSC_MAX_CONTROL_PAYLOAD)
    return WSC_FAULT_CONTROL_FRAME_TOO_LONG;

  return WSC_FAULT_NONE;
}

static WscFault
check_length (uint64_t length,
              uint8_t  n_length_octets)
{
  if (length >> 63)
    return WSC_FAULT_LENGTH_TOP_BIT_SET;

  if ((n_length_octets == 2 && length <= WSC_LENGTH_7_BITS)
      || (n_length_octets == 8 && length <= WSC_LENGTH_16_BITS))
    return WSC_FAULT_LENGTH_NOT_SHORTEST;

  return WSC_FAULT_NONE;
}

static uint8_t
count_length_octets (uint8_t second)
{
  switch (second & ~WSC_MASKED)
    {
    case 126:
      return 2;
    case 127:
      return 8;
    default:
      return 0;
    }
}

static uint64_t
read_length (const uint8_t *at)
{
  switch (at[1] & ~WSC_MASKED)
    {
    case 126:
      return read_uint16 (at + 2);
    case 127:
      return read_uint64 (at + 2);
    default:
      return at[1] & ~WSC_MASKED;
    }
}

WscFault
wsc_frame_header_parse (WscFrameHeader *header,
                        WscBytes        bytes)
{
  if (bytes.length < 2)
    return WSC_FAULT_PARTIAL;

  bool is_masked = (bytes.at[1] & WSC_MASKED) != 0;
  uint8_t key_at = (uint8_t) (2 + count_length_octets (bytes.at[1]));
  uint8_t header_length = (uint8_t) (key_at + (is_masked ? 4 : 0));

  if (bytes.length < header_length)
    return WSC_FAULT_PARTIAL;

  header->payload_length = read_length (bytes.at);
  header->first = bytes.at[0];
  header->header_length = header_length;
  header->is_masked = is_masked;
  header->unused = 0;
  header->key = 0;
  if (is_masked)
    memcpy (&header->key, bytes.at + key_at, 4);
  assert (header_length >= 2 && header_length <= WSC_MAX_HEADER_LENGTH);        /* (1) */
  return WSC_FAULT_NONE;
}

WscFault
wsc_frame_header_check (const WscFrameHeader    *header,
                        const WscOptions        *options,
                        const WscFrameAllowance *allowed)
{
  uint8_t n_length_octets = (uint8_t) (header->header_length - 2 - (header->is_masked ? 4 : 0));
  uint8_t second = (uint8_t) (n_length_octets == 0 ? header->payload_length : n_length_octets == 2
                              ? 126 : 127);
  WscFault fault = check_first (header->first, allowed);

  if (fault == WSC_FAULT_NONE)
    fault = check_second (header->first, (uint8_t) (second | (header->is_masked ? WSC_MASKED : 0)),
                          options);
  if (fault == WSC_FAULT_NONE)
    fault = check_length (header->payload_length, n_length_octets);
  if (fault == WSC_FAULT_NONE && header->payload_length > options->max_frame_length)
    fault = WSC_FAULT_FRAME_TOO_BIG;
  return fault;
}

WscFault
wsc_frame_header_check_begin (WscBytes                 bytes,
                              const WscOptions        *options,
                              const WscFrameAllowance *allowed)
{
  if (bytes.length == 0)
    return WSC_FAULT_NONE;

  WscFault fault = check_first (bytes.at[0], allowed);          /* (2) */

  if (fault == WSC_FAULT_NONE && bytes.length >= 2)
    {
      uint8_t n_length_octets = count_length_octets (bytes.at[1]);

      fault = check_second (bytes.at[0], bytes.at[1], options);
      if (fault == WSC_FAULT_NONE && bytes.length >= (size_t) 2 + n_length_octets)
        fault = check_length (read_length (bytes.at), n_length_octets);
    }
  return fault;
}

size_t
wsc_frame_header_write (uint8_t        *to,
                        uint8_t         first,
                        uint64_t        payload_length,
                        const uint32_t *key)
{
  size_t n = 2;

  to[0] = first;
  if (payload_length <= WSC_LENGTH_7_BITS)
    to[1] = (uint8_t) payload_length;
  else if (payload_length <= WSC_LENGTH_16_BITS)
    {
      to[1] = 126;
      write_uint16 (to + 2, (uint16_t) payload_length);
      n = 4;
    }
  else
    {
      to[1] = 127;
      write_uint64 (to + 2, payload_length);
      n = 10;
    }

  if (key != NULL)
    {
      to[1] |= WSC_MASKED;
      memcpy (to + n, key, 4);
      n += 4;
    }
  return n;
}
