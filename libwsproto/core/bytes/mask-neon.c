/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masking on AArch64 in vectors of 16 bytes; every such CPU has NEON.
 *
 * (1) The loop gets at least 16 bytes; shorter input is masked in words.
 */

#if defined (__aarch64__) && defined (__ARM_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include "core/bytes/variants.h"
#include "core/bytes/words.h"

#include <arm_neon.h>
#include <assert.h>

static inline uint8x16_t
vector_of_key (uint32_t key)
{
  return vreinterpretq_u8_u32 (vdupq_n_u32 (key));
}

/* The last vector overlaps the vector before it.  to may be from, so mask_neon_mask_by_16 () loads
 * the last vector before the loop stores anything. */
static void
mask_neon_mask_by_16 (uint8_t       *to,
                      const uint8_t *from,
                      size_t         n,
                      uint32_t       key)
{
  const uint8x16_t keys = vector_of_key (key);

  assert (n >= 16);             /* (1) */

  const uint8x16_t end_keys = vector_of_key (wsc_mask_key_at (key, n));
  const uint8x16_t last = veorq_u8 (vld1q_u8 (from + n - 16), end_keys);
  size_t i = 0;

  for (; i + 64 <= n; i += 64)
    {
      const uint8x16_t a = vld1q_u8 (from + i), b = vld1q_u8 (from + i + 16);
      const uint8x16_t c = vld1q_u8 (from + i + 32), d = vld1q_u8 (from + i + 48);

      vst1q_u8 (to + i, veorq_u8 (a, keys));
      vst1q_u8 (to + i + 16, veorq_u8 (b, keys));
      vst1q_u8 (to + i + 32, veorq_u8 (c, keys));
      vst1q_u8 (to + i + 48, veorq_u8 (d, keys));
    }
  for (; i + 16 < n; i += 16)
    vst1q_u8 (to + i, veorq_u8 (vld1q_u8 (from + i), keys));
  vst1q_u8 (to + n - 16, last);
}

void
wsc_mask_neon (uint8_t       *to,
               const uint8_t *from,
               size_t         n,
               uint32_t       key)
{
  if (n < 16)
    mask_words (to, from, n, key);
  else
    mask_neon_mask_by_16 (to, from, n, key);
}

#else

/* ISO C requires at least one declaration. */
typedef int WscMaskIsNotOnNeon;

#endif
