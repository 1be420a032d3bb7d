/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Frame header: 2 to 14 bytes to a struct and back (RFC 6455 5.2).
 *
 * Checks one header by itself; frame-sequence.h checks whether the frame may be received now.  Pure
 * functions without state.
 *
 * The check of a whole header is inline in frame-header.h, because it is a large part of the cost
 * of a small message.
 *
 * An invalid beginning of a header is refused before the rest arrives. */

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
