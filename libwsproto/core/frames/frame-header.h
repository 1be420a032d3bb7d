/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef struct
{
  uint64_t payload_length;
  uint32_t key;                 /* as it lies on the wire; 0 if not masked */
  uint8_t  first;               /* FIN, RSV1 to 3, opcode */
  uint8_t  header_length;       /* 2 to 14 */
  uint8_t  is_masked;
  uint8_t  unused;
} WscFrameHeader;

/* PARTIAL: not all of it there */
WscFault wsc_frame_header_parse       (WscFrameHeader *header, WscBytes bytes);
WscFault wsc_frame_header_check       (const WscFrameHeader *header, const WscOptions *options,
                                       const WscFrameAllowance *allowed);
WscFault wsc_frame_header_check_begin (WscBytes bytes, const WscOptions *options,
                                       /* 1 to 13 octets of one: already wrong? */
                                       const WscFrameAllowance *allowed);
size_t   wsc_frame_header_write       (uint8_t *to, uint8_t first, uint64_t payload_length,
                                       /* key NULL: not masked */
                                       const uint32_t *key);
