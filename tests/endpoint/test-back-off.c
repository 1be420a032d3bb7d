/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/reconnecting/wsp-back-off-private.h"

#include "http/wsp-retry-after-private.h"
#include "lib/rows.h"

#define GONE 1006               /* without a Close frame */
#define DAY WSP_MAX_RETRY_AFTER
#define MOST G_MAXUINT32

static const struct
{
  const char     *name;
  WspBackOff      rule;         /* settings of the rule: spread, min-delay, max-delay */
  WspBackOffCause cause;        /* cause: attempts, close code, Retry-After, returns at once,
                                 * lasted */
  guint64         from, to;     /* delays with the lowest and the highest random number */
} delays[] = {
  /* After a failed attempt, back-off. */
  { "attempt-0", { 5000, 1000, 60000 }, { 0, 0, 0, FALSE, FALSE }, 1000, 2000 },
  { "attempt-1", { 5000, 1000, 60000 }, { 1, 0, 0, FALSE, FALSE }, 1000, 2000 },
  { "attempt-2", { 5000, 1000, 60000 }, { 2, 0, 0, FALSE, FALSE }, 2000, 4000 },
  { "attempt-6", { 5000, 1000, 60000 }, { 6, 0, 0, FALSE, FALSE }, 30000, 60000 },
  { "attempt-last", { 5000, 1000, 60000 }, { MOST, 0, 0, FALSE, FALSE }, 30000, 60000 },
  { "longest", { 5000, MOST, MOST }, { MOST, 0, 0, FALSE, FALSE }, MOST, MOST },
  { "one-delay", { 5000, 1000, 1000 }, { 9, 0, 0, FALSE, FALSE }, 1000, 1000 },
  { "max-below-min", { 5000, 1000, 10 }, { 9, 0, 0, FALSE, FALSE }, 1000, 1000 },
  { "no-delay", { 5000, 0, 0 }, { 9, 0, 0, FALSE, FALSE }, 0, 0 },
  { "no-min-delay", { 5000, 0, 60000 }, { 9, 0, 0, FALSE, FALSE }, 0, 0 },
  /* The first attempt after the server has gone away, anywhere in spread. */
  { "1001", { 5000, 1000, 60000 }, { 0, 1001, 0, FALSE, FALSE }, 0, 5000 },
  { "1012", { 5000, 1000, 60000 }, { 0, 1012, 0, FALSE, FALSE }, 0, 5000 },
  { "1013", { 5000, 1000, 60000 }, { 0, 1013, 0, FALSE, FALSE }, 0, 5000 },
  { "no-close", { 5000, 1000, 60000 }, { 0, GONE, 0, FALSE, FALSE }, 0, 5000 },
  { "no-close-soon-after-start", { 5000, 1000, 60000 }, { 1, GONE, 0, FALSE, FALSE }, 0, 5000 },
  { "no-spread-at-once", { 0, 1000, 60000 }, { 0, GONE, 0, FALSE, FALSE }, 0, 0 },
  { "spread-below-min-delay", { 10, 1000, 60000 }, { 1, 1012, 0, FALSE, FALSE }, 0, 10 },
  { "spread-above-max-delay", { MOST, 1000, 1000 }, { 1, 1012, 0, FALSE, FALSE }, 0, MOST },
  /* It comes back and goes away again and again: back-off, and no less than spread. */
  { "gone-twice", { 5000, 1000, 60000 }, { 2, 1012, 0, FALSE, FALSE }, 2000, 7000 },
  { "gone-often", { 5000, 1000, 60000 }, { 6, GONE, 0, FALSE, FALSE }, 30000, 60000 },
  { "gone-twice-without-spread", { 0, 1000, 60000 }, { 2, GONE, 0, FALSE, FALSE }, 2000, 4000 },
  { "gone-twice-one-delay", { 5000, 1000, 1000 }, { 2, GONE, 0, FALSE, FALSE }, 1000, 6000 },
  { "gone-twice-longest", { MOST, MOST, MOST }, { 9, GONE, 0, FALSE, FALSE }, MOST, 2 * (guint64) MOST },
  /* Other close codes are about one connection. */
  { "1000", { 5000, 1000, 60000 }, { 0, 1000, 0, FALSE, FALSE }, 1000, 2000 },
  { "1002", { 5000, 1000, 60000 }, { 1, 1002, 0, FALSE, FALSE }, 1000, 2000 },
  { "1005", { 5000, 1000, 60000 }, { 1, 1005, 0, FALSE, FALSE }, 1000, 2000 },
  { "1008", { 5000, 1000, 60000 }, { 2, 1008, 0, FALSE, FALSE }, 2000, 4000 },
  { "1011", { 5000, 1000, 60000 }, { 0, 1011, 0, FALSE, FALSE }, 1000, 2000 },
  { "1014", { 5000, 1000, 60000 }, { 0, 1014, 0, FALSE, FALSE }, 1000, 2000 },
  { "4001", { 5000, 1000, 60000 }, { 0, 4001, 0, FALSE, FALSE }, 1000, 2000 },
  /* Retry-After is a minimum, with spread on top. */
  { "retry-after", { 5000, 1000, 60000 }, { 1, 0, 120000, FALSE, FALSE }, 120000, 125000 },
  { "retry-after-below-back-off", { 5000, 1000, 60000 }, { 6, 0, 1000, FALSE, FALSE }, 30000, 60000 },
  { "retry-after-within-back-off", { 5000, 1000, 60000 }, { 6, 0, 50000, FALSE, FALSE }, 50000, 60000 },
  { "retry-after-at-the-end-of-back-off", { 5000, 1000, 60000 }, { 6, 0, 59000, FALSE, FALSE }, 59000, 64000 },
  { "retry-after-with-one-delay", { 5000, 1000, 1000 }, { 1, 0, 1000, FALSE, FALSE }, 1000, 6000 },
  { "retry-after-without-spread", { 0, 1000, 60000 }, { 1, 0, 120000, FALSE, FALSE }, 120000, 120000 },
  { "retry-after-longest", { MOST, 1000, 60000 }, { 1, 0, DAY, FALSE, FALSE }, DAY, DAY + (guint64) MOST },
  /* retry-after=0 after min-delay: at once, by any code, however often. */
  { "mark-0", { 5000, 1000, 60000 }, { 0, 1001, 0, TRUE, TRUE }, 0, 0 },
  { "mark-0-often", { 5000, 1000, 60000 }, { 9, 1013, 0, TRUE, TRUE }, 0, 0 },
  { "mark-0-of-a-program-s-code", { 5000, 1000, 60000 }, { 0, 4001, 0, TRUE, TRUE }, 0, 0 },
  /* Before min-delay: within spread, then a failure. */
  { "mark-0-too-soon", { 5000, 1000, 60000 }, { 1, 1001, 0, TRUE, FALSE }, 0, 5000 },
  { "mark-0-too-soon-of-a-program-s-code", { 5000, 1000, 60000 }, { 1, 4001, 0, TRUE, FALSE },
    0, 5000 },
  { "mark-0-too-soon-twice", { 5000, 1000, 60000 }, { 2, 1001, 0, TRUE, FALSE }, 2000, 7000 },
  { "mark-0-too-soon-often", { 5000, 1000, 60000 }, { 6, 4001, 0, TRUE, FALSE }, 30000, 60000 },
  /* Other numbers: as Retry-After of a refusal, also where the server goes away. */
  { "mark-120", { 5000, 1000, 60000 }, { 0, 1012, 120000, FALSE, TRUE }, 120000, 125000 },
  { "mark-120-too-soon", { 5000, 1000, 60000 }, { 1, 1012, 120000, FALSE, FALSE }, 120000, 125000 },
  { "mark-1-often", { 5000, 1000, 60000 }, { 6, 1013, 1000, FALSE, FALSE }, 30000, 60000 },
  { "mark-120-of-a-program-s-code", { 5000, 1000, 60000 }, { 0, 4001, 120000, FALSE, TRUE },
    120000, 125000 },
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

static const struct
{
  const char     *name;
  WspBackOffCause cause;
  gboolean        is_planned;
} plans[] = {
  { "1001", { 7, 1001, 0, FALSE, TRUE }, TRUE },
  { "1012", { 7, 1012, 0, FALSE, TRUE }, TRUE },
  { "1012-too-soon", { 7, 1012, 0, FALSE, FALSE }, FALSE },
  { "1012-with-mark-120", { 7, 1012, 120000, FALSE, TRUE }, TRUE },
  { "mark-0", { 7, 4001, 0, TRUE, TRUE }, TRUE },
  { "mark-0-too-soon", { 7, 4001, 0, TRUE, FALSE }, FALSE },
  { "1013", { 7, 1013, 0, FALSE, TRUE }, FALSE },
  { "no-close", { 7, GONE, 0, FALSE, TRUE }, FALSE },
  { "1000", { 7, 1000, 0, FALSE, TRUE }, FALSE },
  { "4001", { 7, 4001, 0, FALSE, TRUE }, FALSE },
  { "failed-attempt", { 7, 0, 120000, FALSE, FALSE }, FALSE },
};

static void
test_plan (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpint (wsp_back_off_was_planned (&plans[i].cause), ==, plans[i].is_planned);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/back-off/WS-169-delay", delays, test_delay);

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/back-off/%s/%s",
                         plans[i].is_planned ? "is-no-failure" : "is-a-failure", plans[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_plan);
    }

  return g_test_run ();
}
