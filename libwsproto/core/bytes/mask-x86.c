/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masking on x86-64, in vectors of 16 bytes (SSE2) or 32 (AVX2); cpu.c checks the CPU.
 *
 * (1) mask_by_32 () gets at least 32 bytes, mask_x86_mask_by_16 () at least 16; shorter input is
 * masked in
 *     words.
 */

#if defined (__x86_64__)

#include "core/bytes/variants.h"
#include "core/bytes/words.h"

#include <assert.h>
#include <immintrin.h>

#define WIDE __attribute__ ((target ("avx2")))

static inline __m128i
load_16 (const uint8_t *at)
{
  return _mm_loadu_si128 ((const __m128i *) at);
}

static inline void
store_16 (uint8_t *to,
          __m128i  vector)
{
  _mm_storeu_si128 ((__m128i *) to, vector);
}

/* The last vector overlaps the vector before it.  to may be from, so mask_x86_mask_by_16 () loads
 * the last vector before the loop stores anything. */
static void
mask_x86_mask_by_16 (uint8_t       *to,
                     const uint8_t *from,
                     size_t         n,
                     uint32_t       key)
{
  const __m128i keys = _mm_set1_epi32 ((int) key);

  assert (n >= 16);             /* (1) */

  const __m128i last = load_16 (from + n - 16) ^ _mm_set1_epi32 ((int) wsc_mask_key_at (key, n));
  size_t i = 0;

  for (; i + 64 <= n; i += 64)
    {
      const __m128i a = load_16 (from + i), b = load_16 (from + i + 16);
      const __m128i c = load_16 (from + i + 32), d = load_16 (from + i + 48);

      store_16 (to + i, a ^ keys);
      store_16 (to + i + 16, b ^ keys);
      store_16 (to + i + 32, c ^ keys);
      store_16 (to + i + 48, d ^ keys);
    }
  for (; i + 16 < n; i += 16)
    store_16 (to + i, load_16 (from + i) ^ keys);
  store_16 (to + n - 16, last);
}

static inline WIDE __m256i
load_32 (const uint8_t *at)
{
  return _mm256_loadu_si256 ((const __m256i *) at);
}

static inline WIDE void
store_32 (uint8_t *to,
          __m256i  vector)
{
  _mm256_storeu_si256 ((__m256i *) to, vector);
}

static WIDE void
mask_by_32 (uint8_t       *to,
            const uint8_t *from,
            size_t         n,
            uint32_t       key)
{
  const __m256i keys = _mm256_set1_epi32 ((int) key);

  assert (n >= 32);             /* (1) */

  const __m256i last = load_32 (from + n - 32) ^ _mm256_set1_epi32 ((int) wsc_mask_key_at (key, n));
  size_t i = 0;

  for (; i + 128 <= n; i += 128)
    {
      const __m256i a = load_32 (from + i), b = load_32 (from + i + 32);
      const __m256i c = load_32 (from + i + 64), d = load_32 (from + i + 96);

      store_32 (to + i, a ^ keys);
      store_32 (to + i + 32, b ^ keys);
      store_32 (to + i + 64, c ^ keys);
      store_32 (to + i + 96, d ^ keys);
    }
  for (; i + 32 < n; i += 32)
    store_32 (to + i, load_32 (from + i) ^ keys);
  store_32 (to + n - 32, last);
}

void
wsc_mask_sse2 (uint8_t       *to,
               const uint8_t *from,
               size_t         n,
               uint32_t       key)
{
  if (n < 16)
    mask_words (to, from, n, key);
  else
    mask_x86_mask_by_16 (to, from, n, key);
}

void
wsc_mask_avx2 (uint8_t       *to,
               const uint8_t *from,
               size_t         n,
               uint32_t       key)
{
  if (n < 32)
    mask_words (to, from, n, key);
  else
    mask_by_32 (to, from, n, key);
}

#else

/* ISO C requires at least one declaration. */
typedef int WscMaskIsNotOnX86;

#endif
