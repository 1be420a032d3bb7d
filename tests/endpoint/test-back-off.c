/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/reconnecting/wsp-back-off-private.h"

#define GONE 1006               /* without a Close frame */
#define DAY WSP_MAX_RETRY_AFTER
#define MOST G_MAXUINT32

static const struct
{
  const char     *name;
  WspBackOff      rule;         /* spread, min-delay, max-delay */
  WspBackOffCause cause;        /* attempts, close code, Retry-After */
  guint64         from, to;     /* with the lowest and the highest random number */
} delays[] = {
  /* After a failed attempt, back-off. */
  { "attempt-0", { 5000, 1000, 60000 }, { 0, 0, 0 }, 1000, 2000 },
  { "attempt-1", { 5000, 1000, 60000 }, { 1, 0, 0 }, 1000, 2000 },
  { "attempt-2", { 5000, 1000, 60000 }, { 2, 0, 0 }, 2000, 4000 },
  { "attempt-6", { 5000, 1000, 60000 }, { 6, 0, 0 }, 30000, 60000 },
  { "attempt-last", { 5000, 1000, 60000 }, { MOST, 0, 0 }, 30000, 60000 },
  { "longest", { 5000, MOST, MOST }, { MOST, 0, 0 }, MOST, MOST },
  { "one-delay", { 5000, 1000, 1000 }, { 9, 0, 0 }, 1000, 1000 },
  { "max-below-min", { 5000, 1000, 10 }, { 9, 0, 0 }, 1000, 1000 },
  { "no-delay", { 5000, 0, 0 }, { 9, 0, 0 }, 0, 0 },
  { "no-min-delay", { 5000, 0, 60000 }, { 9, 0, 0 }, 0, 0 },
  /* The first attempt after the server has gone away, anywhere in spread. */
  { "1001", { 5000, 1000, 60000 }, { 0, 1001, 0 }, 0, 5000 },
  { "1012", { 5000, 1000, 60000 }, { 0, 1012, 0 }, 0, 5000 },
  { "1013", { 5000, 1000, 60000 }, { 0, 1013, 0 }, 0, 5000 },
  { "no-close", { 5000, 1000, 60000 }, { 0, GONE, 0 }, 0, 5000 },
  { "no-close-soon-after-start", { 5000, 1000, 60000 }, { 1, GONE, 0 }, 0, 5000 },
  { "no-spread-at-once", { 0, 1000, 60000 }, { 0, GONE, 0 }, 0, 0 },
  { "spread-below-min-delay", { 10, 1000, 60000 }, { 1, 1012, 0 }, 0, 10 },
  { "spread-above-max-delay", { MOST, 1000, 1000 }, { 1, 1012, 0 }, 0, MOST },
  /* It comes back and goes away again and again: back-off, and no less than spread. */
  { "gone-twice", { 5000, 1000, 60000 }, { 2, 1012, 0 }, 2000, 7000 },
  { "gone-often", { 5000, 1000, 60000 }, { 6, GONE, 0 }, 30000, 60000 },
  { "gone-twice-without-spread", { 0, 1000, 60000 }, { 2, GONE, 0 }, 2000, 4000 },
  { "gone-twice-one-delay", { 5000, 1000, 1000 }, { 2, GONE, 0 }, 1000, 6000 },
  { "gone-twice-longest", { MOST, MOST, MOST }, { 9, GONE, 0 }, MOST, 2 * (guint64) MOST },
  /* Other close codes are about one connection. */
  { "1000", { 5000, 1000, 60000 }, { 0, 1000, 0 }, 1000, 2000 },
  { "1002", { 5000, 1000, 60000 }, { 1, 1002, 0 }, 1000, 2000 },
  { "1005", { 5000, 1000, 60000 }, { 1, 1005, 0 }, 1000, 2000 },
  { "1008", { 5000, 1000, 60000 }, { 2, 1008, 0 }, 2000, 4000 },
  { "1011", { 5000, 1000, 60000 }, { 0, 1011, 0 }, 1000, 2000 },
  { "1014", { 5000, 1000, 60000 }, { 0, 1014, 0 }, 1000, 2000 },
  { "4001", { 5000, 1000, 60000 }, { 0, 4001, 0 }, 1000, 2000 },
  /* Retry-After is a minimum, with spread on top. */
  { "retry-after", { 5000, 1000, 60000 }, { 1, 0, 120000 }, 120000, 125000 },
  { "retry-after-below-back-off", { 5000, 1000, 60000 }, { 6, 0, 1000 }, 30000, 60000 },
  { "retry-after-within-back-off", { 5000, 1000, 60000 }, { 6, 0, 50000 }, 50000, 60000 },
  { "retry-after-at-the-end-of-back-off", { 5000, 1000, 60000 }, { 6, 0, 59000 }, 59000, 64000 },
  { "retry-after-with-one-delay", { 5000, 1000, 1000 }, { 1, 0, 1000 }, 1000, 6000 },
  { "retry-after-without-spread", { 0, 1000, 60000 }, { 1, 0, 120000 }, 120000, 120000 },
  { "retry-after-longest", { MOST, 1000, 60000 }, { 1, 0, DAY }, DAY, DAY + (guint64) MOST },
};

/* Equal steps of the random number are equal steps of the delay: no moment is preferred. */
static void
test_delay (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const guint n_steps = 1000;
  guint64 width = delays[i].to - delays[i].from;

  for (guint step = 0; step <= n_steps; step++)
    {
      guint32 random = (guint32) ((guint64) MOST * step / n_steps);
      guint64 delay = wsp_back_off_choose_delay (&delays[i].rule, &delays[i].cause, random);
      guint64 expected = delays[i].from + width * step / n_steps;

      g_assert_cmpuint (delay, <=, expected);
      g_assert_cmpuint (delay + 2, >=, expected);       /* rounded twice */
    }
  g_assert_cmpuint (wsp_back_off_choose_delay (&delays[i].rule, &delays[i].cause, 0), ==,
                    delays[i].from);
  g_assert_cmpuint (wsp_back_off_choose_delay (&delays[i].rule, &delays[i].cause, MOST), ==,
                    delays[i].to);
}

#define NOW 784111777           /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct
{
  const char *name, *value;
  guint       delay;
} retries[] = {
  { "seconds", "120", 120000 },
  { "nothing", "0", 0 },
  { "empty", "", 0 },
  { "longest", "86400", 86400000 },
  { "longer", "86401", 86400000 },
  { "beyond-64-bits", "99999999999999999999999", 86400000 },
  { "zeros-before", "0000000000000000000000120", 120000 },
  { "negative", "-1", 0 },
  { "blank-after", "120 ", 0 },
  { "digits-and-words", "120s", 0 },
  { "words", "soon", 0 },
  { "date", "Sun, 06 Nov 1994 08:49:40 GMT", 3000 },
  { "date-that-was", "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
  { "date-far-away", "Sun, 06 Nov 2094 08:49:37 GMT", 86400000 },
  { "date-with-leap-second", "Sun, 06 Nov 1994 08:49:60 GMT", 22000 },
  { "date-of-no-month", "Sun, 06 anF 1994 08:49:40 GMT", 0 },
  { "date-of-half-a-month", "Sun, 06 No 1994 08:49:40 GMT", 0 },
  { "date-of-the-first-month", "Sat, 01 Jan 2000 00:00:00 GMT", 86400000 },
  { "date-cut", "Sun, 06 Nov 1994 08:49", 0 },
  { "date-of-another-zone", "Sun, 06 Nov 1994 08:49:40 CET", 0 },
  { "day-that-is-not", "Sun, 32 Nov 1994 08:49:40 GMT", 0 },
};

static void
test_retry (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpuint (wsp_retry_after_parse (retries[i].value, NOW), ==, retries[i].delay);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (retries); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/back-off/retry-after/%s",
                                               retries[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_retry);
    }
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/back-off/WS-169-delay/%s",
                                               delays[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_delay);
    }

  return g_test_run ();
}
