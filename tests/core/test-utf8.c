/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/bytes/utf8.h"

#include "core/bytes/cpu.h"
#include "core/bytes/mask.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

#define KEY        UINT32_C (0x3d21fa37)
#define MAX_TEXT   512
#define NEVER      SIZE_MAX
#define MEBIBYTE   ((size_t) 1 << 20)

typedef struct
{
  const char *name, *bytes;
  size_t n;
  size_t refused_at;            /* index of the first impossible byte; n: the end is missing; NEVER:
                                 * the text is valid */
} Sequence;

#define TEXT(bytes) bytes, sizeof bytes - 1

static const Sequence sequences[] = {
  { "empty",                                      TEXT (""), NEVER },
  { "TRAP-4-SEC-76-WS-190-nul",                  TEXT ("\x00"), NEVER },
  { "ascii-last",                                 TEXT ("\x7f"), NEVER },
  { "two-bytes-first",                           TEXT ("\xc2\x80"), NEVER },
  { "two-bytes-last",                            TEXT ("\xdf\xbf"), NEVER },
  { "three-bytes-first",                         TEXT ("\xe0\xa0\x80"), NEVER },
  { "before-surrogates",                          TEXT ("\xed\x9f\xbf"), NEVER },
  { "after-surrogates",                          TEXT ("\xee\x80\x80"), NEVER },
  { "WS-190-SEC-76-noncharacter-fffe",           TEXT ("\xef\xbf\xbe"), NEVER },
  { "WS-190-TRAP-4-noncharacter-ffff",           TEXT ("\xef\xbf\xbf"), NEVER },
  { "WS-190-noncharacter-fdd0",                  TEXT ("\xef\xb7\x90"), NEVER },
  { "WS-191-SEC-76-byte-order-mark",             TEXT ("\xef\xbb\xbf"), NEVER },
  { "four-bytes-first",                          TEXT ("\xf0\x90\x80\x80"), NEVER },
  { "WS-190-noncharacter-1fffe",                 TEXT ("\xf0\x9f\xbf\xbe"), NEVER },
  { "TRAP-4-last-code-point-10ffff",              TEXT ("\xf4\x8f\xbf\xbf"), NEVER },
  { "mixed",                                      TEXT ("\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80x"), NEVER },
  { "SEC-72-lone-continuation-80",                TEXT ("\x80"), 0 },
  { "SEC-72-lone-continuation-bf",                TEXT ("\xbf"), 0 },
  { "SEC-72-continuation-after-two",             TEXT ("\xc3\xa4\x80"), 2 },
  { "SEC-72-continuation-after-three",           TEXT ("\xe2\x82\xac\x80"), 3 },
  { "SEC-72-continuation-after-four",            TEXT ("\xf0\x9f\x98\x80\x80"), 4 },
  { "WS-189-SEC-72-overlong-c0-80",              TEXT ("\xc0\x80"), 0 },
  { "TRAP-4-overlong-c1-bf",                      TEXT ("\xc1\xbf"), 0 },
  { "WS-189-overlong-e0-80-80",                  TEXT ("\xe0\x80\x80"), 1 },
  { "overlong-e0-9f-bf",                          TEXT ("\xe0\x9f\xbf"), 1 },
  { "WS-189-overlong-f0-80-80-80",               TEXT ("\xf0\x80\x80\x80"), 1 },
  { "overlong-f0-8f-bf-bf",                       TEXT ("\xf0\x8f\xbf\xbf"), 1 },
  { "WS-189-SEC-72-surrogate-ed-a0-80",          TEXT ("\xed\xa0\x80"), 1 },
  { "WS-189-surrogate-ed-bf-bf",                 TEXT ("\xed\xbf\xbf"), 1 },
  { "TRAP-4-surrogate-pair",                      TEXT ("\xed\xa0\x80\xed\xb0\x80"), 1 },
  { "WS-189-SEC-72-beyond-f4-90-80-80",          TEXT ("\xf4\x90\x80\x80"), 1 },
  { "beyond-f4-bf-bf-bf",                         TEXT ("\xf4\xbf\xbf\xbf"), 1 },
  { "SEC-72-f5-80-80-80",                         TEXT ("\xf5\x80\x80\x80"), 0 },
  { "f7-bf-bf-bf",                                TEXT ("\xf7\xbf\xbf\xbf"), 0 },
  { "TRAP-4-five-bytes",                         TEXT ("\xf8\x88\x80\x80\x80"), 0 },
  { "TRAP-4-six-bytes",                          TEXT ("\xfc\x84\x80\x80\x80\x80"), 0 },
  { "WS-189-fe",                                 TEXT ("\xfe"), 0 },
  { "WS-189-SEC-72-ff",                          TEXT ("\xff"), 0 },
  { "two-bytes-broken-by-ascii",                 TEXT ("\xc3x"), 1 },
  { "three-bytes-broken-by-ascii",               TEXT ("\xe2\x82x"), 2 },
  { "four-bytes-broken-by-ascii",                TEXT ("\xf0\x9f\x98x"), 3 },
  { "three-bytes-broken-by-lead",                TEXT ("\xe2\xc3\xa4"), 1 },
  { "four-bytes-broken-by-lead",                 TEXT ("\xf0\x9f\xe2\x82\xac"), 2 },
  { "WS-188-SEC-73-two-bytes-cut",              TEXT ("\xc3"), 1 },
  { "WS-188-SEC-73-three-bytes-cut-at-one",     TEXT ("\xe2"), 1 },
  { "WS-188-SEC-73-three-bytes-cut-at-two",     TEXT ("\xe2\x82"), 2 },
  { "WS-188-SEC-73-four-bytes-cut-at-one",      TEXT ("\xf0"), 1 },
  { "WS-188-SEC-73-four-bytes-cut-at-two",      TEXT ("\xf0\x9f"), 2 },
  { "WS-188-SEC-73-four-bytes-cut-at-three",    TEXT ("\xf4\x8f\xbf"), 3 },
};

#define N_SEQUENCES (sizeof sequences / sizeof sequences[0])

static uint32_t
draw (uint32_t below)
{
  static uint32_t state = 20260101;

  state = state * 1664525 + 1013904223;
  return (uint32_t) ((uint64_t) state * below >> 32);
}

/* Not the library's algorithm: computes the value and checks it.  Returns the length of the
 * character, 0 if there is none. */
static size_t
character_length (const uint8_t *at,
                  size_t         n)
{
  static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  const size_t length = at[0] < 0x80 ? 1
                        : at[0] >> 5 == 6 ? 2
                        : at[0] >> 4 == 14 ? 3
                        : at[0] >> 3 == 30 ? 4 : 0;
  uint32_t value;

  if (length == 0 || length > n)
    return 0;
  value = length == 1 ? at[0] : at[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++)
    {
      if (at[i] >> 6 != 2)
        return 0;
      value = value << 6 | (at[i] & 0x3f);
    }
  if (value < smallest[length] || value > 0x10ffff || value >> 11 == 0x1b)
    return 0;
  return length;
}

static bool
is_utf8 (const uint8_t *at,
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

/* In memory of its exact size, so that AddressSanitizer detects a read beyond it. */
static uint8_t *
copy_of (const uint8_t *at,
         size_t         n)
{
  uint8_t *copy = malloc (n > 0 ? n : 1);

  if (copy == NULL)
    abort ();
  if (n > 0)
    memcpy (copy, at, n);
  return copy;
}

static bool
variant_agrees (const WscBytesVariant *variant,
                const uint8_t         *at,
                size_t                 n,
                bool                   is_valid)
{
  uint8_t *copy = copy_of (at, n);
  bool agrees = variant->utf8_is_valid (copy, n) == is_valid;

  wsc_mask_plain (copy, copy, n, KEY);
  agrees = agrees && variant->utf8_unmask (copy, n, KEY) == is_valid;
  if (is_valid)
    agrees = agrees && memcmp (copy, at, n) == 0;
  free (copy);
  return agrees;
}

/* The functions that callers use, in the shape of a variant. */
static bool
chosen_is_valid (const uint8_t *at,
                 size_t         n)
{
  return wsc_utf8_is_valid ((WscBytes) { at, n });
}

static const WscBytesVariant chosen = {
  "chosen", wsc_mask, chosen_is_valid, wsc_utf8_unmask_whole
};

/* The sequence at every place within the vectors, between two kinds of neighbours. */
static bool
variant_agrees_in_all_lanes (const WscBytesVariant *variant,
                             const Sequence        *sequence,
                             const char            *neighbour)
{
  const size_t step = strlen (neighbour);
  uint8_t text[MAX_TEXT];

  for (size_t before = 0; before <= 140; before += step)
    for (size_t behind = 0; behind <= 70; behind += behind < 6 * step ? step : 16 * step)
      {
        size_t n = 0;

        for (; n < before; n += step)
          memcpy (text + n, neighbour, step);
        memcpy (text + n, sequence->bytes, sequence->n);
        n += sequence->n;
        for (size_t i = 0; i < behind; i += step, n += step)
          memcpy (text + n, neighbour, step);
        if (!variant_agrees (variant, text, n, sequence->refused_at == NEVER))
          {
            tap_diag ("%s: %zu bytes before, %zu behind", sequence->name, before, behind);
            return false;
          }
      }
  return true;
}

static void
test_sequence (const WscBytesVariant *variant,
               const Sequence        *sequence)
{
  bool agrees = variant_agrees_in_all_lanes (variant, sequence, "a");

  agrees = variant_agrees_in_all_lanes (variant, sequence, "\xc3\xa9") && agrees;
  agrees = variant_agrees_in_all_lanes (variant, sequence, "\xe4\xb8\xad") && agrees;
  agrees = variant_agrees_in_all_lanes (variant, sequence, "\xf0\x9f\x98\x80") && agrees;
  tap_point (agrees, "/core/utf8/%s/%s-%s", variant->name, sequence->name,
             sequence->refused_at == NEVER ? "accepted" : "refused");
}

/* Byte by byte: the index at which it is refused; n if the end is within a character. */
static size_t
refused_at (const uint8_t *at,
            size_t         n)
{
  WscUtf8 state = { 0 };

  for (size_t i = 0; i < n; i++)
    if (!wsc_utf8_check (&state, (WscBytes) { at + i, 1 }))
      return i;
  return state.n_due > 0 ? n : NEVER;
}

static void
test_first_impossible (const Sequence *sequence)
{
  tap_point (refused_at ((const uint8_t *) sequence->bytes, sequence->n) == sequence->refused_at,
             "/core/utf8/bytewise/%s-%s", sequence->name,
             sequence->refused_at == NEVER ? "accepted" : "refused-at-its-byte");
}

/* All sequences of four bytes at the edges of the ranges, compared with the computed values. */
static bool
edges_are_right (const WscBytesVariant *variant)
{
  static const uint8_t edges[] = {
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
    0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
  };
  const size_t n_edges = sizeof edges;
  uint8_t text[20];

  memset (text, 'x', sizeof text);
  for (size_t i = 0; i < n_edges * n_edges * n_edges * n_edges; i++)
    {
      uint8_t *at = text + (i % 2 == 0 ? 0 : 15);

      at[0] = edges[i % n_edges];
      at[1] = edges[i / n_edges % n_edges];
      at[2] = edges[i / n_edges / n_edges % n_edges];
      at[3] = edges[i / n_edges / n_edges / n_edges];
      if (variant->utf8_is_valid (text, sizeof text) != is_utf8 (text, sizeof text) ||
          variant->utf8_is_valid (at, 4) != is_utf8 (at, 4))
        return false;
      memset (at, 'x', 4);
    }
  return true;
}

static size_t
write_character (uint8_t *to,
                 uint32_t value)
{
  if (value < 0x80)
    {
      to[0] = (uint8_t) value;
      return 1;
    }

  const size_t n = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;

  for (size_t i = n - 1; i > 0; i--, value >>= 6)
    to[i] = (uint8_t) (0x80 | (value & 0x3f));
  to[0] = (uint8_t) (0xf00u >> n | value);
  return n;
}

static bool
code_points_are_right (const WscBytesVariant *variant)
{
  for (uint32_t value = 0; value <= 0x10ffff; value++)
    {
      uint8_t text[17] = "0123456789abcdef";
      const size_t n = write_character (text + value % 13, value);
      const bool is_surrogate = value >> 11 == 0x1b;

      (void) n;
      if (variant->utf8_is_valid (text, sizeof text - 1) == is_surrogate)
        {
          tap_diag ("U+%04X", (unsigned) value);
          return false;
        }
    }
  return true;
}

/* Text of any characters; every other one has one wrong byte. */
static size_t
draw_text (uint8_t *text,
           size_t   n_wanted)
{
  const uint32_t kind = draw (4);
  size_t n = 0;

  while (n + 4 <= n_wanted)
    {
      static const uint32_t most[] = { 0x80, 0x800, 0xd800, 0xd800 };
      const uint32_t value = kind == 3 && draw (3) == 0 ? 0x10000 + draw (0x100000)
                             : draw (most[kind]);

      n += write_character (text + n, value);
    }
  while (n < n_wanted)
    text[n++] = 'x';
  if (n > 0 && draw (2) == 0)
    text[draw (draw (4) == 0 && n > 4 ? 4 : (uint32_t) n)] = (uint8_t) draw (256);
  return n;
}

static bool
random_texts_are_right (const WscBytesVariant *variant)
{
  uint8_t text[400];

  for (unsigned i = 0; i < 60000; i++)
    {
      const size_t n = draw_text (text, i % 301);

      if (!variant_agrees (variant, text, n, is_utf8 (text, n)))
        {
          tap_diag ("random text %u of %zu bytes", i, n);
          return false;
        }
    }
  return true;
}

typedef enum
{
  BY_CHECK,
  BY_UNMASK,
} Way;

/* Whether the first refused piece is the one that has the first impossible byte. */
static bool
cut_text_is_right (const uint8_t *text,
                   size_t         n,
                   Way            way)
{
  const size_t expected = refused_at (text, n);
  WscUtf8 state = { 0 };
  size_t at = 0;

  while (at < n)
    {
      const size_t most = draw (3) == 0 ? 80 : 5;
      const size_t length = draw ((uint32_t) (n - at < most ? n - at : most) + 1);
      uint8_t *piece = copy_of (text + at, length);
      const uint32_t key = wsc_mask_key_at (KEY, at);
      bool is_right, is_accepted;

      if (way == BY_CHECK)
        is_accepted = wsc_utf8_check (&state, (WscBytes) { piece, length });
      else
        {
          wsc_mask_plain (piece, piece, length, key);
          is_accepted = wsc_utf8_unmask (&state, piece, length, key);
        }
      is_right = !is_accepted || memcmp (piece, text + at, length) == 0;
      free (piece);
      at += length;
      if (!is_right || is_accepted == (expected < at))
        return false;
      if (!is_accepted)
        return true;
    }
  return (state.n_due > 0) == (expected == n);
}

static bool
cuts_are_right (Way way)
{
  uint8_t text[400];

  for (unsigned i = 0; i < 60000; i++)
    if (!cut_text_is_right (text, draw_text (text, i % 301), way))
      return false;
  return true;
}

static bool
each_lane_is_seen (const WscBytesVariant *variant,
                   const char            *filling,
                   uint8_t                bad)
{
  const size_t step = strlen (filling), n = MEBIBYTE / step * step;
  uint8_t *text = malloc (n);
  bool is_right = text != NULL;

  for (size_t i = 0; is_right && i < n; i += step)
    memcpy (text + i, filling, step);
  is_right = is_right && variant->utf8_is_valid (text, n);
  for (size_t i = 0; is_right && i < 96; i++)
    {
      const size_t at = n - 1 - i;
      const uint8_t kept = text[at];

      text[at] = bad;
      is_right = !variant->utf8_is_valid (text, n) && !variant->utf8_unmask (text, n, 0);
      text[at] = kept;
    }
  free (text);
  return is_right;
}

static void
test_variant (const WscBytesVariant *variant)
{
  for (size_t i = 0; i < N_SEQUENCES; i++)
    test_sequence (variant, &sequences[i]);
  tap_point (edges_are_right (variant), "/core/utf8/%s/edges-of-all-ranges", variant->name);
  tap_point (code_points_are_right (variant), "/core/utf8/%s/all-code-points", variant->name);
  tap_point (random_texts_are_right (variant),
             "/core/utf8/%s/SEC-77-random-texts-as-computed", variant->name);
  tap_point (each_lane_is_seen (variant, "a", 0xff) &&
             each_lane_is_seen (variant, "a", 0xe2) &&
             each_lane_is_seen (variant, "\xe4\xb8\xad", 'a') &&
             each_lane_is_seen (variant, "\xf0\x9f\x98\x80", 0xc3),
             "/core/utf8/%s/SEC-77-bad-byte-in-each-lane-at-1-mib-refused", variant->name);
}

static void
test_cuts (void)
{
  WscUtf8 state = { 0 };
  bool is_right;

  tap_point (cuts_are_right (BY_CHECK), "/core/utf8/check/WS-187-SEC-74-TRAP-5-any-cut");
  tap_point (cuts_are_right (BY_UNMASK),
             "/core/utf8/unmask/WS-186-SEC-75-refused-in-the-piece-that-is-bad");

  is_right = wsc_utf8_check (&state, (WscBytes) { (const uint8_t *) "ab\xf4", 3 });
  is_right = is_right && wsc_utf8_check (&state, (WscBytes) { NULL, 0 });
  is_right = is_right && wsc_utf8_unmask (&state, NULL, 0, KEY);
  tap_point (is_right && !wsc_utf8_check (&state, (WscBytes) { (const uint8_t *) "\x90", 1 }),
             "/core/utf8/check/WS-186-TRAP-1-second-byte-checked-by-the-lead-of-another-piece");
  tap_point (sizeof (WscUtf8) == 4, "/core/utf8/state/SEC-74-is-four-bytes");
}

int
main (void)
{
  WscBytesVariant variants[WSC_BYTES_MAX_VARIANTS];
  const size_t n_variants = wsc_cpu_variants (variants);

  for (size_t i = 0; i < N_SEQUENCES; i++)
    test_first_impossible (&sequences[i]);
  for (size_t i = 0; i < n_variants; i++)
    test_variant (&variants[i]);
  test_variant (&chosen);
  test_cuts ();
  return tap_end ();
}
