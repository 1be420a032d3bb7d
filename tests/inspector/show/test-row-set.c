/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-row-set.h"
#include "lib/rows.h"

#define N 1000
#define FAR (G_GUINT64_CONSTANT (1) << 50)

/* A step of a case: what is added to the set or removed from it. */
typedef struct
{
  char    sign;                 /* sign of the step: '+' adds, '-' removes; 0 = no more steps */
  guint64 first, end;
} Step;

static const struct
{
  const char *name;
  Step        steps[4];
  guint64     n;
  guint64     first, last;      /* first and last row of the set, if it is not empty */
} cases[] = {
  { "is-empty-at-first", { { 0 } }, 0, 0, 0 },
  { "an-empty-range-adds-nothing", { { '+', 5, 5 } }, 0, 0, 0 },
  { "one-number", { { '+', 64, 65 } }, 1, 64, 64 },
  { "a-range-within-a-word", { { '+', 3, 60 } }, 57, 3, 59 },
  { "a-range-of-whole-words", { { '+', 64, 192 } }, 128, 64, 191 },
  { "a-range-over-words", { { '+', 63, 193 } }, 130, 63, 192 },
  { "lower-numbers-come-later", { { '+', 700, 701 }, { '+', 1, 2 } }, 2, 1, 700 },
  { "higher-numbers-come-later", { { '+', 1, 2 }, { '+', 700, 701 } }, 2, 1, 700 },
  { "a-number-is-in-it-once", { { '+', 1, 9 }, { '+', 5, 12 } }, 11, 1, 11 },
  { "a-hole", { { '+', 0, 200 }, { '-', 10, 190 } }, 20, 0, 199 },
  { "the-beginning-goes", { { '+', 0, 200 }, { '-', 0, 130 } }, 70, 130, 199 },
  { "all-goes", { { '+', 5, 200 }, { '-', 0, G_MAXUINT64 } }, 0, 0, 0 },
  { "a-number-after-all-went", { { '+', 5, 200 }, { '-', 0, 900 }, { '+', 3, 4 } }, 1, 3, 3 },
  { "what-is-gone-takes-no-memory", { { '+', 5, 6 }, { '-', 0, 900 }, { '+', FAR, FAR + 1 } }, 1, FAR,
    FAR },
  { "what-is-not-in-it-is-not-removed", { { '+', 5, 6 }, { '-', 6, 900 }, { '-', 0, 5 } }, 1, 5, 5 },
};

static void
apply (WsiRowSet  *set,
       const Step *steps)
{
  for (guint i = 0; i < 4 && steps[i].sign != 0; i++)
    if (steps[i].sign == '+')
      wsi_row_set_add (set, steps[i].first, steps[i].end);
    else
      wsi_row_set_remove (set, steps[i].first, steps[i].end);
}

/* The set that the steps leave, number by number. */
static gboolean
is_expected (const Step *steps,
             guint64     number)
{
  gboolean is_in = FALSE;

  for (guint i = 0; i < 4 && steps[i].sign != 0; i++)
    if (number >= steps[i].first && number < steps[i].end)
      is_in = steps[i].sign == '+';
  return is_in;
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiRowSet) set = wsi_row_set_new ();
  guint64 number, n = 0;

  apply (set, cases[i].steps);
  g_assert_cmpuint (wsi_row_set_count (set, 0, G_MAXUINT64), ==, cases[i].n);
  for (guint64 j = 0; j < N; j++)
    {
      g_assert_cmpint (wsi_row_set_contains (set, j), ==, is_expected (cases[i].steps, j));
      g_assert_cmpuint (wsi_row_set_count (set, 0, j), ==, n);
      n += is_expected (cases[i].steps, j);
    }

  g_assert_cmpint (wsi_row_set_find (set, 0, &number), ==, cases[i].n > 0);
  if (cases[i].n > 0)
    g_assert_cmpuint (number, ==, cases[i].first);
  g_assert_cmpint (wsi_row_set_find_before (set, G_MAXUINT64, &number), ==, cases[i].n > 0);
  if (cases[i].n > 0)
    g_assert_cmpuint (number, ==, cases[i].last);
}

static void
test_find (void)
{
  g_autoptr (WsiRowSet) set = wsi_row_set_new ();
  guint64 number;

  wsi_row_set_add (set, 100, 101);
  wsi_row_set_add (set, 300, 302);
  g_assert_true (wsi_row_set_find (set, 100, &number));
  g_assert_cmpuint (number, ==, 100);
  g_assert_true (wsi_row_set_find (set, 101, &number));
  g_assert_cmpuint (number, ==, 300);
  g_assert_false (wsi_row_set_find (set, 302, &number));
  g_assert_true (wsi_row_set_find_before (set, 302, &number));
  g_assert_cmpuint (number, ==, 301);
  g_assert_true (wsi_row_set_find_before (set, 300, &number));
  g_assert_cmpuint (number, ==, 100);
  g_assert_false (wsi_row_set_find_before (set, 100, &number));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/row-set", cases, test_case);
  g_test_add_func ("/inspector/row-set/find/goes-from-number-to-number", test_find);
  return g_test_run ();
}
