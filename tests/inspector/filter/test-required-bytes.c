/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/pattern/wsi-pattern-private.h"

#include <string.h>

static WsiPattern *
make_pattern (const char *source)
{
  gsize at;
  g_autofree char *expected = NULL;
  WsiPattern *pattern = wsi_pattern_new (source, strlen (source), WSI_PATTERN_EXACT_CASE, &at,
                                         &expected);

  g_assert_cmpstr (expected, ==, NULL);
  return pattern;
}

static const struct
{
  const char *name, *pattern, *bytes, *others;
  gboolean    are_all;
} rows[] = {
  { "letters", "price", "price", "price", TRUE },
  { "any-case", "(?i)Pr1ce", "PR1CE", "pr1ce", TRUE },
  { "class-of-two", "x[ab]", "xa", "xb", TRUE },
  { "class-of-three", "[abc]x", "x", "x", FALSE },
  { "rare-class-of-three-after-a-letter", "e[jqz]", "e", "e", FALSE },
  { "class-of-none-but-lines", "x.z", "z", "z", FALSE },
  { "character-of-several-bytes", "\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac", TRUE },
  { "cases-of-several-bytes", "(?i)\xc3\xbc", "", "", FALSE },
  { "byte-that-is-no-character", "\\xff", "\xff", "\xff", TRUE },
  { "nothing", "", "", "", FALSE },
  { "alternatives", "foo|bar", "", "", FALSE },
  { "alternatives-before-the-same", "(foo|bar)qux", "qux", "qux", FALSE },
  { "alternatives-after-the-same", "qux(foo|bar)", "qux", "qux", FALSE },
  { "alternatives-of-several", "(a|b|zz)x(c|d)", "x", "x", FALSE },
  { "group", "a(xy)z", "axyz", "axyz", TRUE },
  { "optional", "colou?r", "colo", "colo", FALSE },
  { "star", "az*", "a", "a", FALSE },
  { "plus", "z+a", "z", "z", FALSE },
  { "repeated-group", "(zq)+a", "zq", "zq", FALSE },
  { "repeats", "(zq){2}", "zqzq", "zqzq", TRUE },
  { "repeats-with-a-limit", "z{2,4}", "zz", "zz", FALSE },
  { "repeats-of-none", "(zq){0}a", "a", "a", TRUE },
  { "optional-with-letters-in-it", "(azb)?e", "e", "e", FALSE },
  { "star-in-a-plus", "(z*a)+", "a", "a", FALSE },
  { "rarest-run", "then.*zebra.*some", "zebra", "zebra", FALSE },
  { "longest-run-of-the-same-rarity", "z.*zq.*q", "zq", "zq", FALSE },
  { "start", "^zq", "zq", "zq", FALSE },
  { "end", "zq$", "zq", "zq", FALSE },
  { "word-edge-within", "a\\bzq", "zq", "zq", FALSE },
  { "not-more-than-fit", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", FALSE },
};

static void
test_row (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiPattern) pattern = make_pattern (rows[i].pattern);
  const WsiRequiredBytes *required = &pattern->required;

  g_assert_cmpmem (required->bytes, required->n, rows[i].bytes, strlen (rows[i].bytes));
  g_assert_cmpmem (required->others, required->n, rows[i].others, strlen (rows[i].others));
  g_assert_cmpint (required->are_all, ==, rows[i].are_all);
}

static const struct
{
  const char       *name, *pattern, *text;
  WsiRequiredResult result;
} finds[] = {
  { "at-the-start", "zq", "zq and more", WSI_REQUIRED_FOUND },
  { "at-the-end", "zq", "more and zq", WSI_REQUIRED_FOUND },
  { "alone", "zq", "zq", WSI_REQUIRED_FOUND },
  { "cut-at-the-end", "azq", "more and az", WSI_REQUIRED_ABSENT },
  { "cut-at-the-start", "azq", "zq and more", WSI_REQUIRED_ABSENT },
  { "text-too-short", "azq", "zq", WSI_REQUIRED_ABSENT },
  { "no-text", "zq", "", WSI_REQUIRED_ABSENT },
  { "absent", "zq", "words and more", WSI_REQUIRED_ABSENT },
  { "parts-apart", "zq", "z and q and z", WSI_REQUIRED_ABSENT },
  { "after-a-wrong-place", "zq", "z and zq", WSI_REQUIRED_FOUND },
  { "overlapping-a-wrong-place", "zzq", "zzzq", WSI_REQUIRED_FOUND },
  { "other-case", "(?i)zq", "more and zQ", WSI_REQUIRED_FOUND },
  { "cases-by-turns", "(?i)zq", "z Z z Zq and more words", WSI_REQUIRED_FOUND },
  { "exact-case", "zq", "zQ", WSI_REQUIRED_ABSENT },
  { "no-byte-is-required", "a|b", "cc", WSI_REQUIRED_UNDECIDED },
  { "common-in-this-text", "zq", "zzzzzzzzzzzzzzzzzzzzzzzz", WSI_REQUIRED_UNDECIDED },
  { "not-so-common", "zq", "z..............z........", WSI_REQUIRED_ABSENT },
};

static void
test_find (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiPattern) pattern = make_pattern (finds[i].pattern);
  gsize length = strlen (finds[i].text);
  /* A read past its end is seen under ASan. */
  g_autofree guint8 *text = g_memdup2 (finds[i].text, length);

  g_assert_cmpint (wsi_required_bytes_find (&pattern->required, text, length),
                   ==, finds[i].result);
}

/* So that a search never ends before text that is behind a NUL. */
static void
test_nul (void)
{
  g_autoptr (WsiPattern) pattern = make_pattern ("zq");

  g_assert_cmpint (wsi_required_bytes_find (&pattern->required, (const guint8 *) "\0z\0zq", 5),
                   ==, WSI_REQUIRED_FOUND);
}

static void
add (const char   *kind,
     const char   *name,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/inspector/required-bytes/%s/%s", kind, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    add ("of-a-pattern", rows[i].name, i, test_row);
  for (gsize i = 0; i < G_N_ELEMENTS (finds); i++)
    add ("find", finds[i].name, i, test_find);
  g_test_add_func ("/inspector/required-bytes/find/behind-a-nul", test_nul);

  return g_test_run ();
}
