/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame header: 2 to 14 bytes to a struct and back (RFC 6455 5.2).
 *
 * Judges what one header can tell by itself; whether the frame may come now is
 * frame-sequence.h's question. Keeps nothing: pure functions.
 *
 * The judgement of a whole header is inline in frame-header.h: it is a good part of what a small
 * message costs.
 *
 * (1) What begins a header and is wrong already is refused before the rest arrives. */

#include "core/frames/frame-header.h"

WscFault
wsc_frame_header_check (const WscFrameHeader    *header,
                        const WscOptions        *options,
                        const WscFrameAllowance *allowed)
{
  size_t n_length_bytes = header->header_length - 2u - (header->is_masked ? 4u : 0u);
  uint8_t second = (uint8_t) (n_length_bytes == 0 ? header->payload_length
                              : WSC_LENGTH_7_BITS + 1 + (n_length_bytes == 8));
  WscFault fault = wsc_frame_header_check_first (header->first, allowed);

  if (header->is_masked)
    second |= WSC_MASKED;
  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_header_check_second (header->first, second, options);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_header_check_length (header->payload_length, n_length_bytes);
  return fault == WSC_FAULT_NONE ? wsc_frame_header_check_size (header, options) : fault;
}
