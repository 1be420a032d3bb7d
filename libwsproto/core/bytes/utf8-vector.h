/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Checks a whole text in vectors of 16 bytes, and unmasks it in the same pass if requested.
 *
 * utf8-neon.c and utf8-x86.c include this file after they have defined IN_VECTORS (the attributes
 * of a function), the type Vector and functions on vectors.  vector_shifted_N returns the 16 bytes
 * that begin N bytes before the vector now; vector_minus saturates at zero.  All
 * these CPUs are little-endian. */
#pragma once

#include "core/bytes/utf8-pairs.h"
#include "core/bytes/words.h"

typedef enum
{
  PASS_CHECK,                   /* the pass only reads */
  PASS_UNMASK,                  /* the pass unmasks the bytes in place: from == to */
} WscPass;

static inline IN_VECTORS Vector
vector_without (Vector  from,
                uint8_t what)
{
  return vector_minus (from, vector_of_byte (what));
}

static inline IN_VECTORS Vector
vector_lower_nibbles (Vector vector)
{
  return vector & vector_of_byte (0x0f);
}

static inline IN_VECTORS Vector
mistakes_in (Vector before,
             Vector now)
{
  const Vector by_first = vector_load (mistakes_by_first);
  const Vector by_low = vector_load (mistakes_by_low);
  const Vector by_second = vector_load (mistakes_by_second);
  const Vector first = vector_shifted_1 (before, now);
  const Vector of_pair = vector_look_up (by_first, vector_upper_nibbles (first))
                         & vector_look_up (by_low, vector_lower_nibbles (first))
                         & vector_look_up (by_second, vector_upper_nibbles (now));
  const Vector third = vector_without (vector_shifted_2 (before, now), 0xe0 - 0x80);
  const Vector fourth = vector_without (vector_shifted_3 (before, now), 0xf0 - 0x80);

  return of_pair ^ ((third | fourth) & vector_of_byte (0x80));
}

static inline IN_VECTORS Vector
unfinished_in (Vector last)
{
  return vector_minus (last, vector_load (max_at_end));
}

/* Loads one to seven bytes in overlapping pieces, and reads no byte outside the text. */
static inline IN_VECTORS uint64_t
load_few (const uint8_t *at,
          size_t         n)
{
  if (n >= 4)
    return load_half_word (at) | (uint64_t) load_half_word (at + n - 4) << (8 * (n - 4));

  return at[0] | (uint64_t) at[n / 2] << (8 * (n / 2)) | (uint64_t) at[n - 1] << (8 * (n - 1));
}

static inline IN_VECTORS uint64_t
first_bytes_of (uint64_t word,
                size_t   n)
{
  return n >= 8 ? word : word & ((UINT64_C (1) << (8 * n)) - 1);
}

static inline IN_VECTORS bool
check_below_16 (const uint8_t *from,
                uint8_t       *to,
                size_t         n,
                uint32_t       key,
                WscPass        pass)
{
  const size_t n_low = n < 8 ? n : 8;
  uint64_t low, high = 0;

  if (n >= 8)
    {
      low = load_word (from);

      /* The word is shifted in two steps: for n = 8 the sum is 64 bits, and C does not define a
       * single shift by 64. */
      high = load_word (from + n - 8) >> (4 * (16 - n)) >> (4 * (16 - n));
    }
  else
    low = n > 0 ? load_few (from, n) : 0;

  if (pass == PASS_UNMASK)
    {
      mask_words (to, from, n, key);
      low = first_bytes_of (low ^ key_word (key), n_low);
      high = first_bytes_of (high ^ key_word (key), n - n_low);
    }

  const Vector only = vector_of_words (low, high);

  return vector_is_zero (mistakes_in (vector_of_byte (0), only) | unfinished_in (only));
}

static inline IN_VECTORS Vector
take (const uint8_t *from,
      uint8_t       *to,
      Vector         key,
      WscPass        pass)
{
  Vector taken = vector_load (from);

  if (pass == PASS_UNMASK)
    {
      taken ^= key;
      vector_store (to, taken);
    }
  return taken;
}

/* The last vector overlaps the vector before it.  to may be from, so the function loads the last
 * vector before the loops store anything. */
static inline IN_VECTORS bool
check_from_16_on (const uint8_t *from,
                  uint8_t       *to,
                  size_t         n,
                  uint32_t       key,
                  WscPass        pass)
{
  const Vector keys = vector_of_key (key);
  const Vector zero = vector_of_byte (0);
  Vector last = vector_load (from + n - 16), before = zero, mistakes = zero;
  size_t i = 0;

  if (pass == PASS_UNMASK)
    last ^= vector_of_key (wsc_mask_key_at (key, n));

  for (; i + 64 <= n; i += 64)
    {
      const Vector a = take (from + i, to + i, keys, pass);
      const Vector b = take (from + i + 16, to + i + 16, keys, pass);
      const Vector c = take (from + i + 32, to + i + 32, keys, pass);
      const Vector d = take (from + i + 48, to + i + 48, keys, pass);

      if (vector_has_non_ascii (a | b | c | d))
        mistakes |= mistakes_in (before, a) | mistakes_in (a, b)
                    | mistakes_in (b, c) | mistakes_in (c, d);
      else
        mistakes |= unfinished_in (before);
      before = d;
    }
  for (; i + 16 <= n; i += 16)
    {
      const Vector now = take (from + i, to + i, keys, pass);

      mistakes |= mistakes_in (before, now);
      before = now;
    }
  if (i < n)
    {
      const Vector rest = vector_look_up (last, vector_load (last_to_front + 16 - (n - i)));

      if (pass == PASS_UNMASK)
        vector_store (to + n - 16, last);
      mistakes |= mistakes_in (before, rest);
      before = rest;
    }
  return vector_is_zero (mistakes | unfinished_in (before));
}

static inline IN_VECTORS bool
check_text (const uint8_t *from,
            uint8_t       *to,
            size_t         n,
            uint32_t       key,
            WscPass        pass)
{
  if (n < 16)
    return check_below_16 (from, to, n, key, pass);
  return check_from_16_on (from, to, n, key, pass);
}
