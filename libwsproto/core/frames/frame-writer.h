/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/frames/frame-header.h"

#include <assert.h>

typedef enum
{
  WSC_MASK_NONE,                /* server */
  WSC_MASK_ZERO,                /* client with masking off: MASK 1, key 0 */
  WSC_MASK_RANDOM,              /* client */
} WscMaskKind;

typedef struct                  /* the frame being sent */
{
  uint64_t sent, length;        /* payload octets */
  uint32_t key;
  uint8_t  first, is_open, mask_kind, is_header_due;
} WscFrameWriter;

/* The header if it is due, then as much (masked) payload as fits: octets written.
 * Needs 14 octets of room. */
size_t wsc_frame_writer_put (WscFrameWriter *self, WscBuffer to, WscBytes payload,
                             const WscHost *host);

static inline void
wsc_frame_writer_begin (WscFrameWriter *self,
                        uint8_t         first,
                        uint64_t        length,
                        WscMaskKind     mask_kind)
{
  assert (!self->is_open);
  self->sent = 0;
  self->length = length;
  self->key = 0;
  self->first = first;
  self->is_open = 1;
  self->mask_kind = (uint8_t) mask_kind;
  self->is_header_due = 1;
}
