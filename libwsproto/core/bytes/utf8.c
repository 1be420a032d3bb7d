/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* UTF-8: bytes in, valid or not out, unmasked in the same pass if requested (RFC 3629, RFC 6455
 * 8.1).
 *
 * This file has the plain reference, byte by byte, and selects between the reference and the
 * variants.  The variants take only whole texts: partial characters at either end of a piece go
 * through the reference.  A message may end only where n_due == 0; this file does not check that.
 * After a failure the bytes and the state have no meaning.
 *
 * (1) n_due is at most 3, and low <= high while it is not 0.
 */

#include "core/bytes/utf8.h"

#include "core/bytes/variants.h"
#include "core/bytes/words.h"

#include <assert.h>

/* A text of at most so many bytes is checked without vectors, which would not be faster. */
#define MAX_PLAIN           4

#define FIRST_OF_2          0xc0
#define FIRST_OF_2_SHORTEST 0xc2        /* c0 and c1 would encode ASCII */
#define FIRST_OF_3          0xe0
#define FIRST_OF_4          0xf0
#define LAST_OF_4           0xf4

/* RFC 3629, section 4: which byte may follow which lead byte. */
static bool
take_lead (WscUtf8 *self,
           uint8_t  byte)
{
  if (byte < FIRST_OF_2_SHORTEST || byte > LAST_OF_4)
    return false;

  self->n_due = byte < FIRST_OF_3 ? 1 : byte < FIRST_OF_4 ? 2 : 3;
  self->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
  self->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
  return true;
}

/* Takes the next byte of a character whose bytes are in two pieces of the text.  Such a character
 * is not ASCII. */
static bool
utf8_take_byte (WscUtf8 *self,
                uint8_t  byte)
{
  if (self->n_due == 0)
    return take_lead (self, byte);

  if (byte < self->low || byte > self->high)
    return false;
  self->n_due--;
  self->low = 0x80;
  self->high = 0xbf;
  return true;
}

static bool
check_bytes (WscUtf8       *self,
             const uint8_t *at,
             size_t         n)
{
  for (size_t i = 0; i < n; i++)
    if (!utf8_take_byte (self, at[i]))
      return false;
  return true;
}

static bool
is_continuation (uint8_t byte)
{
  return (byte & 0xc0) == 0x80;
}

/* The upper bits of the code point: without the lowest 6 bits for a character of three bytes,
 * without the lowest 12 bits for a character of four. */
static uint32_t
upper_bits (const uint8_t *at)
{
  return (at[0] & 0x0fu) << 6 | (at[1] & 0x3fu);
}

/* The length of the first character of the n bytes; 0: this character is incomplete or invalid. */
static inline size_t
character_length (const uint8_t *at,
                  size_t         n)
{
  if (at[0] < 0x80)
    return 1;
  if (n < 2 || !is_continuation (at[1]) || at[0] < FIRST_OF_2_SHORTEST)
    return 0;
  if (at[0] < FIRST_OF_3)
    return 2;
  if (n < 3 || !is_continuation (at[2]))
    return 0;

  const uint32_t upper = upper_bits (at);

  if (at[0] < FIRST_OF_4)
    return upper >= (0x800 >> 6) && upper >> 5 != (0xd800 >> 11) ? 3 : 0;
  if (n < 4 || !is_continuation (at[3]))
    return 0;
  return upper >= (0x10000 >> 12) && upper <= (0x10ffff >> 12) ? 4 : 0;
}

static inline bool
are_characters (const uint8_t *at,
                size_t         n)
{
  while (n > 0)
    {
      const size_t length = character_length (at, n);

      if (length == 0)
        return false;
      at += length;
      n -= length;
    }
  return true;
}

bool
wsc_utf8_is_valid_plain (const uint8_t *at,
                         size_t         n)
{
  return are_characters (at, n);
}

bool
wsc_utf8_unmask_plain (uint8_t *at,
                       size_t   n,
                       uint32_t key)
{
  mask_words (at, at, n, key);
  return wsc_utf8_is_valid_plain (at, n);
}

/* The number of bytes just before end that belong to a character which continues after end. */
static size_t
n_cut_off (const uint8_t *end,
           size_t         n)
{
  if (n >= 1 && end[-1] >= FIRST_OF_2)
    return 1;
  if (n >= 2 && end[-2] >= FIRST_OF_3)
    return 2;
  if (n >= 3 && end[-3] >= FIRST_OF_4)
    return 3;
  return 0;
}

static size_t
min_size (size_t a,
          size_t b)
{
  return a < b ? a : b;
}

bool
wsc_utf8_check (WscUtf8 *self,
                WscBytes text)
{
  const size_t n_first = min_size (self->n_due, text.length);

  assert (self->n_due <= 3 && self->low <= self->high);   /* (1) */
  if (text.length == 0)
    return true;
  if (!check_bytes (self, text.at, n_first))
    return false;

  const size_t n_left = text.length - n_first;
  const size_t n_last = n_cut_off (text.at + text.length, n_left);
  const WscBytes whole = { text.at + n_first, n_left - n_last };

  return wsc_utf8_is_valid (whole) && check_bytes (self, text.at + text.length - n_last, n_last);
}

bool
wsc_utf8_unmask (WscUtf8 *self,
                 uint8_t *at,
                 size_t   n,
                 uint32_t key)
{
  const size_t n_first = min_size (self->n_due, n);
  uint8_t end[3];
  size_t n_end;

  assert (self->n_due <= 3 && self->low <= self->high);   /* (1) */
  if (n == 0)
    return true;
  mask_bytes (at, at, n_first, key);
  if (!check_bytes (self, at, n_first))
    return false;

  n_end = min_size (sizeof end, n - n_first);
  mask_bytes (end, at + n - n_end, n_end, wsc_mask_key_at (key, n - n_end));

  const size_t n_last = n_cut_off (end + n_end, n_end);
  const size_t n_whole = n - n_first - n_last;

  memcpy (at + n - n_last, end + n_end - n_last, n_last);
  return wsc_utf8_unmask_whole (at + n_first, n_whole, wsc_mask_key_at (key, n_first)) &&
         check_bytes (self, at + n - n_last, n_last);
}

/* Whether the unmasked bytes would be ASCII.  The function stores nothing, so vectors can load the
 * bytes afterwards without waiting for stores of smaller pieces.  n is 8 to WSC_MAX_IN_WORDS. */
static bool
words_are_ascii (const uint8_t *at,
                 size_t         n,
                 uint32_t       key)
{
  const uint64_t keys = key_word (key);
  uint64_t all = load_word (at + n - sizeof all) ^ key_word (wsc_mask_key_at (key, n));

  for (size_t i = 0; i + sizeof all < n; i += sizeof all)
    all |= load_word (at + i) ^ keys;
  return word_is_ascii (all);
}

bool
wsc_utf8_unmask_whole (uint8_t *at,
                       size_t   n,
                       uint32_t key)
{
  if (n <= MAX_PLAIN)
    return wsc_utf8_unmask_plain (at, n, key);
  if (n >= sizeof (uint64_t) && n <= WSC_MAX_IN_WORDS && words_are_ascii (at, n, key))
    {
      mask_words (at, at, n, key);
      return true;
    }
  return wsc_bytes_chosen.utf8_unmask (at, n, key);
}

bool
wsc_utf8_is_valid (WscBytes text)
{
  if (text.length <= MAX_PLAIN)
    return are_characters (text.at, text.length);
  if (text.length >= sizeof (uint64_t) && text.length <= WSC_MAX_IN_WORDS &&
      words_are_ascii (text.at, text.length, 0))
    return true;
  return wsc_bytes_chosen.utf8_is_valid (text.at, text.length);
}
