/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/bytes/mask.h"

#include "core/bytes/cpu.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LENGTH 300
#define MAX_OFFSET 64
#define MARGIN     64
#define AREA       (MARGIN + MAX_OFFSET + MAX_LENGTH + MARGIN)

static const uint8_t key_bytes[4] = { 0x37, 0xfa, 0x21, 0x3d };

static uint32_t
test_key (void)
{
  uint32_t key;

  memcpy (&key, key_bytes, sizeof key);
  return key;
}

/* The algorithm as the RFC has it, byte by byte. */
static void
mask_as_written (uint8_t       *to,
                 const uint8_t *from,
                 size_t         n,
                 const uint8_t  key[4])
{
  for (size_t i = 0; i < n; i++)
    to[i] = from[i] ^ key[i % 4];
}

static void
fill (uint8_t *at,
      size_t   n)
{
  static uint32_t state = 1;

  for (size_t i = 0; i < n; i++)
    {
      state = state * 1664525 + 1013904223;
      at[i] = (uint8_t) (state >> 24);
    }
}

typedef enum
{
  IN_PLACE,
  ELSEWHERE,
} Place;

static bool
one_case_is_right (WscMaskFunction mask,
                   size_t          offset,
                   size_t          length,
                   Place           place)
{
  uint8_t source[AREA], wanted[AREA], target[AREA];
  const size_t at = MARGIN + offset;

  fill (source, sizeof source);
  fill (target, sizeof target);
  if (place == IN_PLACE)
    memcpy (target, source, sizeof target);
  memcpy (wanted, target, sizeof wanted);
  mask_as_written (wanted + at, source + at, length, key_bytes);

  mask (target + at, place == IN_PLACE ? target + at : source + at, length, test_key ());
  return memcmp (target, wanted, sizeof wanted) == 0;
}

static bool
all_cases_are_right (WscMaskFunction mask,
                     Place           place)
{
  for (size_t offset = 0; offset <= MAX_OFFSET; offset++)
    for (size_t length = 0; length <= MAX_LENGTH; length++)
      if (!one_case_is_right (mask, offset, length, place))
        {
          tap_diag ("offset %zu, length %zu", offset, length);
          return false;
        }
  return true;
}

/* Masking twice, in pieces of any length with the key rotated for each, restores the bytes. */
static bool
cuts_are_right (void)
{
  uint8_t source[4096], wanted[4096], target[4096];

  fill (source, sizeof source);
  mask_as_written (wanted, source, sizeof wanted, key_bytes);

  for (unsigned round = 0; round < 200; round++)
    {
      size_t at = 0;

      memcpy (target, source, sizeof target);
      while (at < sizeof target)
        {
          uint8_t drawn[2];
          size_t n;

          fill (drawn, sizeof drawn);
          n = drawn[0] % (drawn[1] % 8 == 0 ? 256 : 9);
          if (n > sizeof target - at)
            n = sizeof target - at;
          wsc_mask (target + at, target + at, n, wsc_mask_key_at (test_key (), at));
          at += n;
        }
      if (memcmp (target, wanted, sizeof wanted) != 0)
        return false;
    }
  return true;
}

static void
test_key_at (void)
{
  bool is_right = true;

  for (size_t offset = 0; offset < 9; offset++)
    {
      const uint32_t turned = wsc_mask_key_at (test_key (), offset);
      uint8_t bytes[4];

      memcpy (bytes, &turned, sizeof bytes);
      for (size_t i = 0; i < 4; i++)
        is_right = is_right && bytes[i] == key_bytes[(offset + i) % 4];
    }
  tap_point (is_right, "/core/mask/key-at/turns-with-the-offset");
}

/* RFC 6455 5.7: "Hello" masked. */
static void
test_example (void)
{
  static const uint8_t masked[] = { 0x7f, 0x9f, 0x4d, 0x51, 0x58 };
  uint8_t target[5];

  wsc_mask (target, masked, sizeof masked, test_key ());
  tap_point (memcmp (target, "Hello", sizeof target) == 0, "/core/mask/example/of-the-rfc");
}

static bool
zero_key_changes_nothing (WscMaskFunction mask)
{
  uint8_t source[MAX_LENGTH], target[MAX_LENGTH];

  fill (source, sizeof source);
  memcpy (target, source, sizeof target);
  mask (target, target, sizeof target, 0);
  return memcmp (target, source, sizeof target) == 0;
}

static void
test_variant (const char     *name,
              WscMaskFunction mask)
{
  tap_point (all_cases_are_right (mask, IN_PLACE),
             "/core/mask/%s/SEC-71-any-length-and-alignment-in-place", name);
  tap_point (all_cases_are_right (mask, ELSEWHERE),
             "/core/mask/%s/SEC-71-any-length-and-alignment-elsewhere", name);
  tap_point (zero_key_changes_nothing (mask),
             "/core/mask/%s/SEC-71-zero-key-changes-nothing", name);
}

int
main (void)
{
  WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS];
  const size_t n_variants = wsc_cpu_variants (variants);

  test_example ();
  test_key_at ();
  for (size_t i = 0; i < n_variants; i++)
    test_variant (variants[i].name, variants[i].mask);
  test_variant ("chosen", wsc_mask);
  tap_point (cuts_are_right (), "/core/mask/cuts/WS-115-key-runs-on-across-pieces");
  return tap_end ();
}
