/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bar 10: the UTF-8 check next to g_utf8_validate_len (), on texts that both accept. */

#include "bench/bench.h"

#include "core/bytes/utf8.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_VARIATIONS 16
#define MAX_LENGTH   ((size_t) 1024 * 1024)
#define STRIDE       (MAX_LENGTH + 64)

typedef bool (*Check) (const uint8_t *at, size_t n);

typedef struct
{
  const char *name;
  BenchKind kind;
  const char *character;        /* character that fills the text; NULL: the text is that of the
                                 * kind */
} Text;

static const Text texts[] = {
  { "ascii", BENCH_ASCII, NULL },
  { "mixed", BENCH_MIXED, NULL },
  { "cyrillic", BENCH_MIXED, "\xd0\xb6" },
  { "cjk", BENCH_MIXED, "\xe6\x97\xa5" },
  { "emoji", BENCH_MIXED, "\xf0\x9f\x98\x80" },
};

static bool
check_ours (const uint8_t *at,
            size_t         n)
{
  return wsc_utf8_is_valid ((WscBytes) { at, n });
}

static bool
check_glib (const uint8_t *at,
            size_t         n)
{
  return g_utf8_validate_len ((const char *) at, n, NULL);
}

/* Each text has another alignment. */
static uint8_t *
text_at (uint8_t *memory,
         size_t   n,
         size_t   variation)
{
  return memory + variation * (n + 67) + variation * 5 % 61;
}

static void
write_text (uint8_t    *at,
            size_t      n,
            const Text *text,
            size_t      variation)
{
  if (text->character == NULL)
    {
      bench_text (at, n, text->kind, variation);
      return;
    }

  const size_t step = strlen (text->character);
  size_t i = 0;

  for (; i + step <= n; i += step)
    memcpy (at + i, text->character, step);
  memset (at + i, 'x', n - i);
}

static double
time_check (Check    check,
            uint8_t *memory,
            size_t   n,
            size_t   n_times)
{
  const size_t last_variation = n < 65536 ? N_VARIATIONS - 1 : 0;
  const double begin = bench_now ();

  for (size_t i = 0; i < n_times; i++)
    if (!check (text_at (memory, n, i & last_variation), n))
      abort ();
  return 1e9 * (bench_now () - begin) / (double) n_times;
}

static size_t
calibrate (const BenchPace *pace,
           uint8_t         *memory,
           size_t           n)
{
  size_t n_times = 16;

  while (time_check (check_glib, memory, n, n_times) * (double) n_times < 0.3e9 * pace->batch)
    n_times *= 2;
  return n_times;
}

typedef struct
{
  double ours, glib;
} Pair;

static Pair
measure (const BenchPace *pace,
         uint8_t         *memory,
         const Text      *text,
         size_t           n)
{
  double ours[BENCH_MAX_ROUNDS], glib[BENCH_MAX_ROUNDS];

  for (size_t i = 0; i < N_VARIATIONS && (n < 65536 || i == 0); i++)
    write_text (text_at (memory, n, i), n, text, i);

  const size_t n_times = calibrate (pace, memory, n);

  for (size_t i = 0; i < pace->n_rounds; i++)
    {
      ours[i] = time_check (check_ours, memory, n, n_times);
      glib[i] = time_check (check_glib, memory, n, n_times);
    }
  return (Pair) { bench_median (ours, pace->n_rounds), bench_median (glib, pace->n_rounds) };
}

static unsigned
check (const Text *text,
       size_t      n,
       Pair        pair)
{
  char what[80];
  double most = 1.0;

  if (n >= 1024)
    most = text->kind == BENCH_ASCII ? 1.0 / 15 : 1.0 / 5;
  snprintf (what, sizeof what, "%s %zu B: %.1f ns / g_utf8_validate_len %.1f ns", text->name, n,
            pair.ours, pair.glib);
  return bench_check ("10", what, pair.ours / pair.glib, most);
}

unsigned
bench_utf8 (const BenchPace *pace)
{
  static const size_t long_ones[] = {
    40, 48, 56, 63, 64, 65, 72, 96, 125, 128, 192, 256, 512, 1024, 16 * 1024, MAX_LENGTH
  };
  uint8_t *memory = malloc (STRIDE + N_VARIATIONS * (65536 + 128));
  unsigned n_missed = 0;

  if (memory == NULL)
    abort ();
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
      for (size_t n = 1; n <= 33; n++)
        n_missed += check (&texts[i], n, measure (pace, memory, &texts[i], n));
      for (size_t k = 0; k < sizeof long_ones / sizeof long_ones[0]; k++)
        n_missed += check (&texts[i], long_ones[k],
                           measure (pace, memory, &texts[i], long_ones[k]));
    }
  free (memory);
  return n_missed;
}
