/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines in which two texts differ. */

#include "inspect/show/lines/wsi-line-diff.h"
#include "lib/rows.h"

#include <string.h>

static const struct
{
  const char *name, *first, *second;
  const char *lines;            /* lines of the difference, with a sign before each; ";" ends one */
} cases[] = {
  { "nothing", "", "", "" },
  { "equal-texts", "a\nb", "a\nb", "=a;=b;" },
  { "all-is-added", "", "a\nb", "+a;+b;" },
  { "all-is-removed", "a\nb", "", "-a;-b;" },
  { "a-line-in-the-middle", "a\nb\nc", "a\nx\nc", "=a;-b;+x;=c;" },
  { "lines-at-both-ends", "a\nb\nc", "x\nb\ny", "-a;+x;=b;-c;+y;" },
  { "a-line-that-moves", "a\nb\nc\nd", "b\nc\nd\na", "-a;=b;=c;=d;+a;" },
  { "equal-lines-many-times", "a\na\na", "a\na", "=a;=a;-a;" },
  { "lines-of-equal-hash", "ab", "bA", "-ab;+bA;" },
  { "a-line-that-begins-another-of-equal-hash", "\n", "fbrbaaqxy", "-;+fbrbaaqxy;" },
  { "example-of-the-paper", "a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc",
    "-a;-b;=c;+b;=a;=b;-b;=a;+c;" },
};

static char *
print (const WsiLineDiff *diff)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < diff->lines->len; i++)
    {
      const WsiDiffLine *line = &g_array_index (diff->lines, WsiDiffLine, i);

      g_string_append_c (text, "=-+"[line->kind]);
      g_string_append_len (text, line->text, line->length);
      g_string_append_c (text, ';');
    }
  return g_string_free (text, FALSE);
}

static WsiLineDiff *
compare (const char *first,
         const char *second)
{
  g_autoptr (GBytes) one = g_bytes_new_static (first, strlen (first));
  g_autoptr (GBytes) other = g_bytes_new_static (second, strlen (second));

  return wsi_line_diff_new (one, other);
}

static void
test_lines (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiLineDiff) diff = compare (cases[i].first, cases[i].second);
  g_autofree char *text = print (diff);

  g_assert_cmpstr (text, ==, cases[i].lines);
  g_assert_false (diff->is_cut);
  g_assert_false (diff->is_coarse);
}

static GString *
make_random (void)
{
  GString *text = g_string_new (NULL);

  for (int k = g_test_rand_int_range (0, 12); k > 0; k--)
    g_string_append_printf (text, "%c\n", g_test_rand_int_range ('a', 'd'));
  return text;
}

/* The text without the lines that only the other one has. */
static char *
join (const WsiLineDiff *diff,
      WsiDiffKind        other)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < diff->lines->len; i++)
    {
      const WsiDiffLine *line = &g_array_index (diff->lines, WsiDiffLine, i);

      if (line->kind != other)
        g_string_append_printf (text, "%s\n", line->text);
    }
  return g_string_free (text, FALSE);
}

/* Both texts can be made of the lines, whatever they are. */
static void
test_random (void)
{
  for (guint n = 0; n < 2000; n++)
    {
      g_autoptr (GString) first = make_random ();
      g_autoptr (GString) second = make_random ();
      g_autoptr (WsiLineDiff) diff = compare (first->str, second->str);
      g_autofree char *one = join (diff, WSI_DIFF_ADDED);
      g_autofree char *other = join (diff, WSI_DIFF_REMOVED);

      g_assert_cmpstr (one, ==, first->str);
      g_assert_cmpstr (other, ==, second->str);
    }
}

static char *
make_lines (const char *word,
            guint       n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s %u\n", word, i);
  return g_string_free (text, FALSE);
}

/* As many lines as there may be, none of them equal; and more. */
static void
test_limits (void)
{
  g_autofree char *first = make_lines ("a", 2 * WSI_DIFF_MAX_LINES);
  g_autofree char *second = make_lines ("b", 2 * WSI_DIFF_MAX_LINES);
  g_autofree char *line = g_strnfill (2 * WSI_DIFF_MAX_BYTES, 'x');
  g_autoptr (WsiLineDiff) diff = compare (first, second);
  g_autoptr (WsiLineDiff) long_line = compare (line, "x");

  g_assert_true (diff->is_cut);
  g_assert_true (diff->is_coarse);
  g_assert_cmpuint (diff->n_removed, ==, WSI_DIFF_MAX_LINES);
  g_assert_cmpuint (diff->n_added, ==, WSI_DIFF_MAX_LINES);
  g_assert_true (long_line->is_cut);
  g_assert_cmpuint (g_array_index (long_line->lines, WsiDiffLine, 0).length, ==,
                    WSI_DIFF_MAX_LINE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/inspector/line-diff/lines", cases, test_lines);
  g_test_add_func ("/inspector/line-diff/has-all-lines-of-both-texts", test_random);
  g_test_add_func ("/inspector/line-diff/is-bounded-and-says-so", test_limits);
  return g_test_run ();
}
