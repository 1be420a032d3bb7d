/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Masks short pieces in 64-bit words, which need no set-up; the variants mask long ones. */
#pragma once

#include "core/bytes/mask.h"

#include <string.h>

#define WSC_MAX_IN_WORDS 64    /* bytes up to which words are faster than vectors */

static inline uint64_t
load_word (const uint8_t *at)
{
  uint64_t word;

  memcpy (&word, at, sizeof word);
  return word;
}

static inline void
store_word (uint8_t *to, uint64_t word)
{
  memcpy (to, &word, sizeof word);
}

static inline uint32_t
load_half_word (const uint8_t *at)
{
  uint32_t word;

  memcpy (&word, at, sizeof word);
  return word;
}

static inline void
store_half_word (uint8_t *to, uint32_t word)
{
  memcpy (to, &word, sizeof word);
}

/* Correct in both byte orders: each half is the key in the order of memory. */
static inline uint64_t
key_word (uint32_t key)
{
  return (uint64_t) key << 32 | key;
}

static inline bool
word_is_ascii (uint64_t word)
{
  return (word & UINT64_C (0x8080808080808080)) == 0;
}

static inline void
mask_bytes (uint8_t       *to,
            const uint8_t *from,
            size_t         n,
            uint32_t       key)
{
  uint8_t bytes[sizeof key];

  memcpy (bytes, &key, sizeof key);
  for (size_t i = 0; i < n; i++)
    to[i] = from[i] ^ bytes[i % sizeof key];
}

/* 16 bytes, which the compiler keeps in one register. */
typedef uint32_t WscVector __attribute__ ((vector_size (16)));

static inline WscVector
load_vector (const uint8_t *at)
{
  WscVector vector;

  memcpy (&vector, at, sizeof vector);
  return vector;
}

static inline void
store_vector (uint8_t *to, WscVector vector)
{
  memcpy (to, &vector, sizeof vector);
}

static inline bool
is_for_two_vectors (size_t n)
{
  return n >= sizeof (WscVector) && n <= 2 * sizeof (WscVector);
}

/* The vectors overlap if there are less than 32 bytes.  to may be from, so both are loaded before
 * anything is stored. */
static inline void
mask_two_vectors (uint8_t       *to,
                  const uint8_t *from,
                  size_t         n,
                  uint32_t       key)
{
  const WscVector last = load_vector (from + n - sizeof last) ^ wsc_mask_key_at (key, n);

  store_vector (to, load_vector (from) ^ key);
  store_vector (to + n - sizeof last, last);
}

/* unmask_two_ascii_vectors () masks in place as mask_two_vectors () does, if the bytes are ASCII
 * afterwards.  False: nothing has changed. */
static inline bool
unmask_two_ascii_vectors (uint8_t *at,
                          size_t   n,
                          uint32_t key)
{
  const WscVector first = load_vector (at) ^ key;
  const WscVector last = load_vector (at + n - sizeof last) ^ wsc_mask_key_at (key, n);
  const WscVector all = first | last;

  if (((all[0] | all[1] | all[2] | all[3]) & 0x80808080) != 0)
    return false;

  store_vector (at, first);
  store_vector (at + n - sizeof last, last);
  return true;
}

/* The last word covers the last 8 bytes.  If n is not a multiple of 8, the loop masks some of these
 * bytes, too.  to may be from, so mask_words () loads the last word before the loop stores
 * anything. */
static inline void
mask_words (uint8_t       *to,
            const uint8_t *from,
            size_t         n,
            uint32_t       key)
{
  const uint64_t keys = key_word (key);

  if (is_for_two_vectors (n))
    mask_two_vectors (to, from, n, key);
  else if (n >= sizeof keys)
    {
      const uint64_t end_keys = key_word (wsc_mask_key_at (key, n));
      const uint64_t last = load_word (from + n - sizeof keys) ^ end_keys;

      for (size_t i = 0; i + sizeof keys < n; i += sizeof keys)
        store_word (to + i, load_word (from + i) ^ keys);
      store_word (to + n - sizeof keys, last);
    }
  else if (n >= sizeof key)
    {
      const uint32_t last = load_half_word (from + n - sizeof key) ^ wsc_mask_key_at (key, n);

      store_half_word (to, load_half_word (from) ^ key);
      store_half_word (to + n - sizeof key, last);
    }
  else
    mask_bytes (to, from, n, key);
}

/* wsc_mask (), without a call where two vectors do it. */
static inline void
mask_without_call (uint8_t       *to,
                   const uint8_t *from,
                   size_t         n,
                   uint32_t       key)
{
  if (is_for_two_vectors (n))
    mask_two_vectors (to, from, n, key);
  else
    wsc_mask (to, from, n, key);
}

/* For a few bytes of memory that does not overlap: memcpy () would be a call.  As in mask_words (),
 * the last piece covers the last bytes. */
static inline void
copy_words (uint8_t       *to,
            const uint8_t *from,
            size_t         n)
{
  if (n >= sizeof (WscVector))
    {
      const WscVector last = load_vector (from + n - sizeof last);

      for (size_t i = 0; i + sizeof last < n; i += sizeof last)
        store_vector (to + i, load_vector (from + i));
      store_vector (to + n - sizeof last, last);
    }
  else if (n >= sizeof (uint64_t))
    {
      store_word (to, load_word (from));
      store_word (to + n - sizeof (uint64_t), load_word (from + n - sizeof (uint64_t)));
    }
  else if (n >= sizeof (uint32_t))
    {
      store_half_word (to, load_half_word (from));
      store_half_word (to + n - sizeof (uint32_t), load_half_word (from + n - sizeof (uint32_t)));
    }
  else
    {
      for (size_t i = 0; i < n; i++)
        to[i] = from[i];
    }
}
