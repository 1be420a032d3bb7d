/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masks and unmasks bytes.  A masking key is stored as its four bytes in the order of the wire. */
#pragma once

#include "core/types.h"

/* to == from is allowed */
void wsc_mask (uint8_t *to, const uint8_t *from, size_t n, uint32_t key);

/* Rotating a key depends on the byte order: only this file does it. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

static inline uint32_t
wsc_mask_key_turn (uint32_t key,
                   unsigned bits)
{
  return key << bits | key >> (-bits & 31);
}

#else

static inline uint32_t
wsc_mask_key_turn (uint32_t key,
                   unsigned bits)
{
  return key >> bits | key << (-bits & 31);
}

#endif

/* The key after offset bytes; a call would cost more. */
static inline uint32_t
wsc_mask_key_at (uint32_t key,
                 size_t   offset)
{
  return wsc_mask_key_turn (key, 8 * (unsigned) (offset % sizeof key));
}
