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

  if (n >= sizeof keys)
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
