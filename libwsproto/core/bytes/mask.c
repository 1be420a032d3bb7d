/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masking: octets and a key in, octets out (RFC 6455 5.3).
 *
 * The plain reference, and the choice between it and the variants.  How a key turns with the offset
 * depends on the byte order and is known here only.  Does not make keys.
 */

#include "core/bytes/mask.h"

#include "core/bytes/variants.h"
#include "core/bytes/words.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__

static uint32_t
turn (uint32_t key,
      unsigned bits)
{
  return key << bits | key >> (-bits & 31);
}

#else

static uint32_t
turn (uint32_t key,
      unsigned bits)
{
  return key >> bits | key << (-bits & 31);
}

#endif

uint32_t
wsc_mask_key_at (uint32_t key,
                 size_t   offset)
{
  return turn (key, 8 * (offset % sizeof key));
}

void
wsc_mask_plain (uint8_t       *to,
                const uint8_t *from,
                size_t         n,
                uint32_t       key)
{
  mask_words (to, from, n, key);
}

void
wsc_mask (uint8_t       *to,
          const uint8_t *from,
          size_t         n,
          uint32_t       key)
{
  if (n <= WSC_WORDS_AT_MOST)
    mask_words (to, from, n, key);
  else
    wsc_bytes_chosen.mask (to, from, n, key);
}
