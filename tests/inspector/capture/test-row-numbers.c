/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which rows are those of a number, in whatever order a file's lines make their rows. */
#include "inspect/capture/wsi-row-numbers.h"
#include "lib/rows.h"

#define BOTH WSI_NO_DIRECTION
#define MAX_LINES 6
#define MAX_WAITING 64          /* of the product */
#define N_FORGOTTEN 1025        /* runs that go at once */

static const struct
{
  const char     *name;
  WsiNumberedRows lines[MAX_LINES];     /* rows in the file: number, conversation, direction, first,
                                         * end */
  const char     *rows;         /* rows with the numbers from 1 on; "-" = none */
} cases[] = {
  { "one-after-the-other", { { 1, 1, 0, 0, 1 }, { 2, 1, 0, 1, 2 } }, "0 1 -" },
  { "more-rows-are-those-of-the-next-numbers", { { 1, 1, 0, 0, 3 } }, "0 1 2 -" },
  { "unless-these-are-added", { { 1, 1, 0, 0, 3 }, { 2, 1, 0, 3, 4 } }, "0 3 -" },
  { "numbers-may-be-left-out", { { 1, 1, 0, 0, 1 }, { 3, 1, 0, 1, 2 } }, "0 - 1 -" },
  { "rows-may-be-left-out", { { 1, 1, 0, 0, 1 }, { 2, 1, 0, 5, 6 } }, "0 5 -" },
  { "one-that-does-not-ascend", { { 2, 1, 0, 0, 1 }, { 1, 1, 0, 1, 2 } }, "- 0 -" },
  { "same-number-once-more", { { 1, 1, 0, 0, 1 }, { 1, 1, 0, 5, 6 } }, "0 -" },
  { "same-number-of-a-run-once-more", { { 1, 1, 0, 0, 1 }, { 2, 1, 0, 1, 2 }, { 2, 1, 0, 5, 6 } }, "0 1 -" },
  { "same-number-with-rows-at-last", { { 1, 1, 0, 0, 0 }, { 1, 1, 0, 5, 6 } }, "5 -" },
  { "same-number-without-rows", { { 1, 1, 0, 0, 1 }, { 1, 1, 0, 1, 1 }, { 2, 1, 0, 1, 3 } }, "0 1 2 -" },
  { "same-number-waits-once", { { 1, 1, 0, 0, 0 }, { 1, 1, 0, 0, 0 }, { 2, 1, 0, 0, 3 } }, "0 1 2 -" },
  { "too-large-for-its-rows", { { G_MAXUINT64, 1, 0, 0, 2 }, { 1, 1, 0, 5, 6 } }, "5 -" },
  { "waits-for-rows", { { 1, 1, 0, 0, 0 }, { 2, 1, 0, 0, 2 } }, "0 1 -" },
  { "waits-for-its-direction", { { 1, 1, 1, 0, 0 }, { 2, 1, 0, 0, 2 }, { 4, 1, 1, 2, 4 } }, "2 0 1 3 -" },
  { "waits-for-its-conversation", { { 1, 2, 0, 0, 0 }, { 2, 1, 0, 0, 2 }, { 4, 2, 0, 2, 4 } }, "2 0 1 3 -" },
  { "waits-for-the-end-of-both", { { 1, 1, 1, 0, 0 }, { 2, 1, 0, 0, 0 }, { 3, 1, BOTH, 0, 3 } }, "1 0 2 -" },
  { "end-of-another-conversation", { { 1, 2, 1, 0, 0 }, { 3, 1, BOTH, 0, 3 }, { 6, 2, BOTH, 3, 5 } }, "3 - 0 1 2 4 -" },
  { "fewer-rows-than-numbers", { { 1, 1, 0, 0, 0 }, { 2, 1, 0, 0, 0 }, { 3, 1, 0, 0, 2 } }, "- 0 1 -" },
};

static char *
print_rows (const WsiRowNumbers *numbers,
            guint                n)
{
  GString *text = g_string_new (NULL);

  for (guint64 i = 1; i <= n; i++)
    {
      guint64 row;

      g_string_append (text, i > 1 ? " " : "");
      if (wsi_row_numbers_find (numbers, i, &row))
        g_string_append_printf (text, "%" G_GUINT64_FORMAT, row);
      else
        g_string_append_c (text, '-');
    }
  return g_string_free (text, FALSE);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiRowNumbers) numbers = wsi_row_numbers_new ();
  g_auto (GStrv) expected = g_strsplit (cases[i].rows, " ", -1);
  g_autofree char *rows = NULL;

  for (guint j = 0; j < MAX_LINES && cases[i].lines[j].number != 0; j++)
    wsi_row_numbers_add (numbers, &cases[i].lines[j]);
  rows = print_rows (numbers, g_strv_length (expected));
  g_assert_cmpstr (rows, ==, cases[i].rows);
}

/* The first one waits longer than others may that come after it. */
static void
test_many_wait (void)
{
  g_autoptr (WsiRowNumbers) numbers = wsi_row_numbers_new ();
  WsiNumberedRows line = { 1, 2, 0, 0, 0 };
  guint64 row;

  wsi_row_numbers_add (numbers, &line);
  for (guint64 i = 0; i <= MAX_WAITING; i++)
    {
      line = (WsiNumberedRows) { 2 + 2 * i, 1, 0, i, i + 1 };
      wsi_row_numbers_add (numbers, &line);
    }
  line = (WsiNumberedRows) { 1000, 2, 0, 100, 102 };
  wsi_row_numbers_add (numbers, &line);
  g_assert_false (wsi_row_numbers_find (numbers, 1, &row));
  g_assert_true (wsi_row_numbers_find (numbers, 2, &row));
  g_assert_cmpuint (row, ==, 0);
  g_assert_true (wsi_row_numbers_find (numbers, 1000, &row));
  g_assert_cmpuint (row, ==, 101);
}

/* Runs go once many of them are gone, and those whose rows are left stay. */
static void
test_forgotten (void)
{
  g_autoptr (WsiRowNumbers) numbers = wsi_row_numbers_new ();
  guint64 row;

  for (guint64 i = 0; i < 2 * N_FORGOTTEN; i++)
    {
      const WsiNumberedRows line = { 2 * i + 1, 1, 0, i, i + 1 };

      wsi_row_numbers_add (numbers, &line);
    }
  wsi_row_numbers_forget (numbers, N_FORGOTTEN - 1);
  g_assert_true (wsi_row_numbers_find (numbers, 1, &row));
  wsi_row_numbers_forget (numbers, N_FORGOTTEN);
  g_assert_false (wsi_row_numbers_find (numbers, 1, &row));
  g_assert_true (wsi_row_numbers_find (numbers, 2 * N_FORGOTTEN + 1, &row));
  g_assert_cmpuint (row, ==, N_FORGOTTEN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/row-numbers", cases, test_case);
  g_test_add_func ("/inspector/row-numbers/many-wait", test_many_wait);
  g_test_add_func ("/inspector/row-numbers/runs-are-forgotten-together", test_forgotten);
  return g_test_run ();
}
