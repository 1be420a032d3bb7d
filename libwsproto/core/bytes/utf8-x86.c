/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* UTF-8 on x86-64: a whole text in, valid or not out, unmasked in the same pass if requested.
 *
 * SSSE3 uses vectors of 16 bytes (utf8-vector.h), AVX2 vectors of 32 for texts of 64 bytes up.
 * cpu.c checks the CPU.
 *
 * (1) The wide check gets at least 64 bytes: the last vector has three bytes before it.
 */

#if defined (__x86_64__)

#include "core/bytes/variants.h"

#include <assert.h>
#include <immintrin.h>

#define IN_VECTORS      __attribute__ ((always_inline, target ("ssse3")))
#define IN_WIDE_VECTORS __attribute__ ((always_inline, target ("avx2")))

typedef __m128i Vector;
typedef __m256i Wide;

static inline IN_VECTORS Vector
vector_load (const uint8_t *at)
{
  return _mm_loadu_si128 ((const __m128i *) at);
}

static inline IN_VECTORS void
vector_store (uint8_t *to,
              Vector   vector)
{
  _mm_storeu_si128 ((__m128i *) to, vector);
}

static inline IN_VECTORS Vector
vector_of_words (uint64_t low,
                 uint64_t high)
{
  return _mm_set_epi64x ((long long) high, (long long) low);
}

static inline IN_VECTORS Vector
vector_of_key (uint32_t key)
{
  return _mm_set1_epi32 ((int) key);
}

static inline IN_VECTORS Vector
vector_of_byte (uint8_t byte)
{
  return _mm_set1_epi8 ((char) byte);
}

static inline IN_VECTORS Vector
vector_look_up (Vector table,
                Vector indices)
{
  return _mm_shuffle_epi8 (table, indices);
}

static inline IN_VECTORS Vector
vector_shifted_1 (Vector before,
                  Vector now)
{
  return _mm_alignr_epi8 (now, before, 15);
}

static inline IN_VECTORS Vector
vector_shifted_2 (Vector before,
                  Vector now)
{
  return _mm_alignr_epi8 (now, before, 14);
}

static inline IN_VECTORS Vector
vector_shifted_3 (Vector before,
                  Vector now)
{
  return _mm_alignr_epi8 (now, before, 13);
}

static inline IN_VECTORS Vector
vector_minus (Vector from,
              Vector what)
{
  return _mm_subs_epu8 (from, what);
}

static inline IN_VECTORS Vector
vector_upper_nibbles (Vector vector)
{
  return _mm_srli_epi16 (vector, 4) & vector_of_byte (0x0f);
}

static inline IN_VECTORS bool
vector_has_non_ascii (Vector vector)
{
  return _mm_movemask_epi8 (vector) != 0;
}

static inline IN_VECTORS bool
vector_is_zero (Vector vector)
{
  return _mm_movemask_epi8 (_mm_cmpeq_epi8 (vector, _mm_setzero_si128 ())) == 0xffff;
}

#include "core/bytes/utf8-vector.h"

__attribute__ ((target ("ssse3"))) bool
wsc_utf8_is_valid_ssse3 (const uint8_t *at,
                         size_t         n)
{
  /* PASS_CHECK does not write to the text */
  return check_text (at, (uint8_t *) at, n, 0, PASS_CHECK);
}

__attribute__ ((target ("ssse3"))) bool
wsc_utf8_unmask_ssse3 (uint8_t *at,
                       size_t   n,
                       uint32_t key)
{
  return check_text (at, at, n, key, PASS_UNMASK);
}

static inline IN_WIDE_VECTORS Wide
wide_load (const uint8_t *at)
{
  return _mm256_loadu_si256 ((const __m256i *) at);
}

static inline IN_WIDE_VECTORS Wide
wide_table (const uint8_t table[16])
{
  return _mm256_broadcastsi128_si256 (_mm_loadu_si128 ((const __m128i *) table));
}

static inline IN_WIDE_VECTORS Wide
wide_nibbles (Wide wide)
{
  return wide & _mm256_set1_epi8 (0x0f);
}

/* Finds invalid sequences.  now: 32 bytes of the text; the others: the 32 bytes that begin one, two
 * and three bytes earlier. */
static inline IN_WIDE_VECTORS Wide
wide_mistakes_of (Wide now,
                  Wide first,
                  Wide two_before,
                  Wide three_before)
{
  const Wide of_pair = _mm256_shuffle_epi8 (wide_table (mistakes_by_first),
                                            wide_nibbles (_mm256_srli_epi16 (first, 4)))
                       & _mm256_shuffle_epi8 (wide_table (mistakes_by_low), wide_nibbles (first))
                       & _mm256_shuffle_epi8 (wide_table (mistakes_by_second),
                                              wide_nibbles (_mm256_srli_epi16 (now, 4)));
  const Wide third = _mm256_subs_epu8 (two_before, _mm256_set1_epi8 (0xe0 - 0x80));
  const Wide fourth = _mm256_subs_epu8 (three_before, _mm256_set1_epi8 (0xf0 - 0x80));

  return of_pair ^ ((third | fourth) & _mm256_set1_epi8 ((char) 0x80));
}

static inline IN_WIDE_VECTORS Wide
wide_mistakes_in (Wide before,
                  Wide now)
{
  const Wide middle = _mm256_permute2x128_si256 (before, now, 0x21);

  return wide_mistakes_of (now,
                           _mm256_alignr_epi8 (now, middle, 15),
                           _mm256_alignr_epi8 (now, middle, 14),
                           _mm256_alignr_epi8 (now, middle, 13));
}

static inline IN_WIDE_VECTORS Wide
wide_unfinished_in (Wide last)
{
  const Wide most = _mm256_inserti128_si256 (_mm256_set1_epi8 ((char) 0xff),
                                             vector_load (max_at_end), 1);

  return _mm256_subs_epu8 (last, most);
}

static inline IN_WIDE_VECTORS Wide
wide_take (const uint8_t *from,
           uint8_t       *to,
           Wide           key,
           WscPass        pass)
{
  Wide taken = wide_load (from);

  if (pass == PASS_UNMASK)
    {
      taken ^= key;
      _mm256_storeu_si256 ((__m256i *) to, taken);
    }
  return taken;
}

/* Loads the vector of bytes that ends distance bytes before the end of the masked text. */
static inline IN_WIDE_VECTORS Wide
wide_end (const uint8_t *end,
          size_t         distance,
          uint32_t       end_key,
          WscPass        pass)
{
  const Wide wide = wide_load (end - 32 - distance);

  if (pass == PASS_CHECK)
    return wide;
  return wide ^ _mm256_set1_epi32 ((int) wsc_mask_key_at (end_key, 4 - distance));
}

/* Finds the errors in the last 32 bytes of the text.  The blocks check the beginning of these
 * bytes, too. */
static inline IN_WIDE_VECTORS Wide
wide_mistakes_at_end (Wide           last,
                      const uint8_t *end,
                      uint32_t       end_key,
                      WscPass        pass)
{
  if (_mm256_movemask_epi8 (last) == 0)
    return _mm256_setzero_si256 ();

  return wide_unfinished_in (last)
         | wide_mistakes_of (last,
                             wide_end (end, 1, end_key, pass),
                             wide_end (end, 2, end_key, pass),
                             wide_end (end, 3, end_key, pass));
}

/* The end is loaded before the blocks are stored, because the last block overlaps the end. */
static inline IN_WIDE_VECTORS bool
wide_check_text (const uint8_t *from,
                 uint8_t       *to,
                 size_t         n,
                 uint32_t       key,
                 WscPass        pass)
{
  const Wide keys = _mm256_set1_epi32 ((int) key);
  const uint32_t end_key = wsc_mask_key_at (key, n);
  const Wide last = wide_end (from + n, 0, end_key, pass);
  Wide mistakes = wide_mistakes_at_end (last, from + n, end_key, pass);
  Wide before = _mm256_setzero_si256 ();
  size_t i = 0;

  for (; i + 128 <= n; i += 128)
    {
      const Wide a = wide_take (from + i, to + i, keys, pass);
      const Wide b = wide_take (from + i + 32, to + i + 32, keys, pass);
      const Wide c = wide_take (from + i + 64, to + i + 64, keys, pass);
      const Wide d = wide_take (from + i + 96, to + i + 96, keys, pass);

      if (_mm256_movemask_epi8 (a | b | c | d) != 0)
        mistakes |= wide_mistakes_in (before, a) | wide_mistakes_in (a, b)
                    | wide_mistakes_in (b, c) | wide_mistakes_in (c, d);
      else
        mistakes |= wide_unfinished_in (before);
      before = d;
    }
  for (; i + 32 <= n; i += 32)
    {
      const Wide now = wide_take (from + i, to + i, keys, pass);

      if (_mm256_movemask_epi8 (now | before) != 0)
        mistakes |= wide_mistakes_in (before, now);
      before = now;
    }
  if (pass == PASS_UNMASK)
    _mm256_storeu_si256 ((__m256i *) (to + n - 32), last);
  return _mm256_testz_si256 (mistakes, mistakes);
}

static __attribute__ ((target ("avx2"))) bool
wide_is_valid (const uint8_t *at,
               size_t         n)
{
  assert (n >= 64);             /* (1) */
  /* PASS_CHECK does not write to the text */
  return wide_check_text (at, (uint8_t *) at, n, 0, PASS_CHECK);
}

static __attribute__ ((target ("avx2"))) bool
wide_unmask (uint8_t *at,
             size_t   n,
             uint32_t key)
{
  assert (n >= 64);             /* (1) */
  return wide_check_text (at, at, n, key, PASS_UNMASK);
}

bool
wsc_utf8_is_valid_avx2 (const uint8_t *at,
                        size_t         n)
{
  return n < 64 ? wsc_utf8_is_valid_ssse3 (at, n) : wide_is_valid (at, n);
}

bool
wsc_utf8_unmask_avx2 (uint8_t *at,
                      size_t   n,
                      uint32_t key)
{
  return n < 64 ? wsc_utf8_unmask_ssse3 (at, n, key) : wide_unmask (at, n, key);
}

#else

/* ISO C requires at least one declaration. */
typedef int WscUtf8IsNotOnX86;

#endif
