/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-pattern: searches for what a text does not contain, beside GRegex with JIT.  The figures
* are time of the processor, the least of several runs in turn: what else the machine does makes a
* run longer, never shorter.  While a ratio is above its bar, there are more runs, to a limit. */
#include "inspect/filter/pattern/wsi-pattern.h"

#include "lib/tap.h"

#include <string.h>
#include <time.h>

#define N_RUNS 9
#define N_RUNS_AT_MOST 90
#define N_BYTES_A_RUN (4 * 1024 * 1024)

static const struct
{
  const char *name;
  gsize       length;
  double      max_ratio;
} bars[] = {
  { "261-bytes", 261, 1.5 },
  { "118-kilobytes", 118 * 1024, 8 },
};

static const struct
{
  const char *name, *pattern;
} rows[] = {
  { "letters", "price" },
  { "rare-letters", "zebra" },
  { "common-letters", "eta" },
  { "signs", "\"id\":" },
  { "any-case", "(?i)instrument" },
  { "common-letters-in-any-case", "(?i)eta" },
  { "alternatives-before-the-same", "(?:buy|sell)-order" },
  { "class-after-the-same", "error: [0-9]+" },
};

static double
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static char *
make_text (gsize length)
{
  GString *text = g_string_new (NULL);

  while (text->len < length)
    g_string_append (text, "{\"type\":\"trade\",\"symbol\":\"BTC-USD\",\"side\":\"buy\",\"amount\":"
                     "\"0.01250000\",\"rate\":\"64123.50\",\"time\":1712345678.123,\"sequence\":"
                     "9876543210,\"venue\":\"north\",\"note\":\"nothing to see here, move on\"},");
  g_string_truncate (text, length);
  return g_string_free (text, FALSE);
}

static WsiPattern *
make_pattern (const char *source)
{
  g_autofree char *expected = NULL;
  gsize at;

  return wsi_pattern_new (source, strlen (source), WSI_PATTERN_EXACT_CASE, &at, &expected);
}

static void
compare_with_gregex (guint row,
                     guint bar)
{
  gsize length = bars[bar].length;
  g_autoptr (WsiPattern) pattern = make_pattern (rows[row].pattern);
  g_autoptr (WsiScanner) scanner = wsi_scanner_new (pattern);
  g_autoptr (GRegex) regex = g_regex_new (rows[row].pattern, G_REGEX_OPTIMIZE, 0, NULL);
  g_autofree char *text = make_text (length);
  double least = G_MAXDOUBLE, least_of_gregex = G_MAXDOUBLE;
  guint n = N_BYTES_A_RUN / length, n_matches = 0;

  for (guint run = 0; run < N_RUNS_AT_MOST; run++)
    {
      double start, middle;

      if (run >= N_RUNS && least <= bars[bar].max_ratio * least_of_gregex)
        break;
      start = get_cpu_time ();
      for (guint i = 0; i < n; i++)
        n_matches += wsi_scanner_scan (scanner, (const guint8 *) text, length, WSI_PATTERN_BUDGET);
      middle = get_cpu_time ();
      for (guint i = 0; i < n; i++)
        n_matches += g_regex_match_full (regex, text, length, 0, 0, NULL, NULL);
      least = MIN (least, middle - start);
      least_of_gregex = MIN (least_of_gregex, get_cpu_time () - middle);
    }
  tap_diag ("%s in %s: %.0f ns, GRegex %.0f ns: ratio %.2f, at most %g", rows[row].name,
            bars[bar].name, least / n * 1e9, least_of_gregex / n * 1e9, least / least_of_gregex,
            bars[bar].max_ratio);
  tap_point (n_matches == 0 && least <= bars[bar].max_ratio * least_of_gregex,
             "/bench/pattern/%s/%s", bars[bar].name, rows[row].name);
}

int
main (void)
{
  for (guint bar = 0; bar < G_N_ELEMENTS (bars); bar++)
    for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
      compare_with_gregex (row, bar);
  return tap_end ();
}
