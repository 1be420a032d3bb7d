/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/pattern/wsi-pattern.h"

#include <string.h>

#define N_RANDOM 4000
#define MANY (1024 * 1024)

static WsiScanResult
scan (const WsiPattern *pattern,
      const char       *text,
      gsize             length,
      guint64           budget)
{
  g_autoptr (WsiScanner) scanner = wsi_scanner_new (pattern);

  return wsi_scanner_scan (scanner, (const guint8 *) text, length, budget);
}

static const struct
{
  const char *name, *pattern, *text;
  gboolean    is_match;
} matches[] = {
  { "letters", "ell", "hello", TRUE },
  { "letters-that-are-not-there", "elo", "hello", FALSE },
  { "empty-matches-all", "", "", TRUE },
  { "start", "^h", "hello", TRUE },
  { "start-is-not-elsewhere", "^e", "hello", FALSE },
  { "end", "lo$", "hello", TRUE },
  { "end-is-not-before-a-last-newline", "lo$", "hello\n", FALSE },
  { "start-and-end", "^$", "", TRUE },
  { "lines", "(?m)^b$", "a\nb\nc", TRUE },
  { "lines-only-where-asked-for", "^b$", "a\nb\nc", FALSE },
  { "alternatives", "cat|dog", "hotdog", TRUE },
  { "alternative-of-nothing", "^(a|)b", "b", TRUE },
  { "star-of-none", "ab*c", "ac", TRUE },
  { "plus-of-none", "ab+c", "ac", FALSE },
  { "optional", "colou?r", "color", TRUE },
  { "exact-repeats", "^a{3}$", "aaa", TRUE },
  { "too-few-repeats", "^a{3}$", "aa", FALSE },
  { "repeats-from-to", "^a{2,3}$", "aaaa", FALSE },
  { "repeats-from", "^a{2,}$", "aaaa", TRUE },
  { "brace-that-is-no-repeat", "a{,b}", "a{,b}", TRUE },
  { "lazy-repeat", "a.*?b", "axxb", TRUE },
  { "group-repeated", "^(ab)+$", "ababab", TRUE },
  { "class", "[a-c]x", "bx", TRUE },
  { "class-of-ranges-that-overlap", "^[a-zb]$", "x", TRUE },
  { "class-with-bracket", "[]a]", "]", TRUE },
  { "class-with-dash", "[a-]", "-", TRUE },
  { "negated-class", "[^a]", "a", FALSE },
  { "negated-class-takes-letters-of-many-bytes", "^[^a]$", "\xc3\xbc", TRUE },
  { "class-of-letters-of-many-bytes", "^[\xd0\xb0-\xd1\x8f]+$", "\xd0\xb4\xd0\xb0", TRUE },
  { "digits", "\\d\\d", "a12", TRUE },
  { "no-digit", "^\\D$", "1", FALSE },
  { "word-edge", "\\bcat\\b", "a cat.", TRUE },
  { "no-word-edge", "\\bcat\\b", "concat", FALSE },
  { "point-is-a-character", "^.$", "\xe2\x82\xac", TRUE },
  { "point-is-no-line-end", "a.b", "a\nb", FALSE },
  { "point-may-be-a-line-end", "(?s)a.b", "a\nb", TRUE },
  { "any-case", "(?i)HeLLo", "hEllO", TRUE },
  { "any-case-of-a-class", "(?i)^[a-f]+$", "DEAD", TRUE },
  { "any-case-of-other-letters", "(?i)\xc3\xbc", "\xc3\x9c", TRUE },
  { "exact-case", "HeLLo", "hello", FALSE },
  { "hex-byte", "\\xff", "a\xff", TRUE },
  { "hex-character", "\\x{20ac}", "\xe2\x82\xac", TRUE },
  { "range-of-bytes", "^[\\x00-\\xff]$", "\xfe", TRUE },
  { "escaped-signs", "\\(\\)\\[\\.\\*", "()[.*", TRUE },
};

static void
test_match (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), at;
  g_autofree char *expected = NULL;
  g_autoptr (WsiPattern) pattern = wsi_pattern_new (matches[i].pattern, strlen (matches[i].pattern),
                                                    WSI_PATTERN_EXACT_CASE, &at, &expected);

  g_assert_cmpstr (expected, ==, NULL);
  g_assert_cmpint (scan (pattern, matches[i].text, strlen (matches[i].text), WSI_PATTERN_BUDGET),
                   ==, matches[i].is_match ? WSI_SCAN_MATCH : WSI_SCAN_NO_MATCH);
}

static const struct
{
  const char *name, *pattern;
  gsize       at;
} mistakes[] = {
  { "group-without-an-end", "a(b", 3 },
  { "end-without-a-group", "ab)", 2 },
  { "class-without-an-end", "[ab", 3 },
  { "repeat-of-nothing", "a|*", 2 },
  { "repeat-of-a-repeat", "a**", 2 },
  { "possessive-repeat", "a++", 2 },
  { "too-many-repeats", "a{1001}", 7 },
  { "repeats-in-descending-order", "a{3,2}", 6 },
  { "range-in-descending-order", "[z-a]", 4 },
  { "backslash-at-the-end", "a\\", 2 },
  { "back-reference", "(a)\\1", 4 },
  { "look-ahead", "(?=a)", 1 },
  { "hex-without-digits", "\\xg", 2 },
  { "code-too-long", "((a{1000}){1000})", 16 },
};

static void
test_mistake (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), at = G_MAXSIZE;
  g_autofree char *expected = NULL;
  g_autoptr (WsiPattern) pattern = wsi_pattern_new (mistakes[i].pattern,
                                                    strlen (mistakes[i].pattern),
                                                    WSI_PATTERN_EXACT_CASE, &at, &expected);

  g_assert_null (pattern);
  g_assert_nonnull (expected);
  g_assert_cmpuint (at, ==, mistakes[i].at);
}

static void
test_depth (void)
{
  g_autofree char *brackets = g_strnfill (4000, '(');
  g_autofree char *expected = NULL;
  gsize at;

  g_assert_null (wsi_pattern_new (brackets, 4000, WSI_PATTERN_EXACT_CASE, &at, &expected));
  g_assert_cmpuint (at, ==, 65);
}

/* Expressions for which backtracking takes years.  The budget is that of a few states, and none is
 * spent for the length of the text. */
static const struct
{
  const char *name, *pattern;
} catastrophes[] = {
  { "SEC-127-nested-repeats", "^(a+)+$" },
  { "SEC-127-alternatives-that-overlap", "^(a|a)*$" },
  { "SEC-127-many-stars", "a*a*a*a*a*a*a*b" },
  { "SEC-127-blanks-before-the-end", "a+$" },
  { "SEC-127-optionals", "^(a?){60}a{60}x" },
};

static void
test_catastrophe (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), at;
  g_autofree char *expected = NULL, *text = g_strnfill (MANY, 'a');
  g_autoptr (WsiPattern) pattern = wsi_pattern_new (catastrophes[i].pattern,
                                                    strlen (catastrophes[i].pattern),
                                                    WSI_PATTERN_EXACT_CASE, &at, &expected);

  text[MANY - 1] = '!';
  g_assert_cmpint (scan (pattern, text, MANY, 1000 * 1000), ==, WSI_SCAN_NO_MATCH);
}

/* (a|b|d)*a(a|b|d){14} has 2^15 states: they are made again and again, until the budget is spent.
 * The text has the byte that each match contains. */
static void
test_budget (void)
{
  const char *source = "[abd]*a[abd]{14}c";
  g_autofree char *expected = NULL, *text = g_malloc (MANY);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (WsiPattern) pattern = NULL;
  gsize at;

  for (gsize i = 0; i < MANY; i++)
    text[i] = g_rand_boolean (random) ? 'a' : 'b';
  text[0] = 'c';
  pattern = wsi_pattern_new (source, strlen (source), WSI_PATTERN_EXACT_CASE, &at, &expected);

  g_assert_cmpint (scan (pattern, text, MANY, 1000 * 1000), ==, WSI_SCAN_GAVE_UP);
  g_assert_cmpint (scan (pattern, text, 4096, WSI_PATTERN_BUDGET), ==, WSI_SCAN_NO_MATCH);
  memcpy (text + 4096, "abababababababac", 16);
  g_assert_cmpint (scan (pattern, text, 4112, WSI_PATTERN_BUDGET), ==, WSI_SCAN_MATCH);
}

/* GRegex has Unicode's words, so the letters here are ASCII's. */
static void
add_random (GRand   *random,
            GString *pattern,
            guint    depth)
{
  static const char *const atoms[] = {
    "a", "b", "A", "\xe2\x82\xac", ".", "^", "$", "\\b", "\\B", "[ab]", "[^a]", "\\w", "\\s", "\\n",
    "[^\xe2\x82\xac]", "[a-z\xe2\x82\xac]", "", "\\A", "\\z",
  }, *const repeats[] = { "", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "{0,1}", "{2,}" };
  guint n = g_rand_int_range (random, 1, 4);

  for (guint i = 0; i < n; i++)
    {
      const char *repeat = repeats[g_rand_int_range (random, 0, G_N_ELEMENTS (repeats))];

      g_string_append (pattern, i > 0 && g_rand_boolean (random) ? "|" : "");
      g_string_append (pattern, "(?:");
      if (depth > 0 && g_rand_boolean (random))
        add_random (random, pattern, depth - 1);
      else
        g_string_append (pattern, atoms[g_rand_int_range (random, 0, G_N_ELEMENTS (atoms))]);
      g_string_append_printf (pattern, ")%s", repeat);
    }
}

static char *
make_text (GRand *random)
{
  static const char *const letters[] = { "a", "b", "A", "\xe2\x82\xac", "\n", " ", "_" };
  guint n = g_rand_int_range (random, 0, 8);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, letters[g_rand_int_range (random, 0, G_N_ELEMENTS (letters))]);
  return g_string_free (text, FALSE);
}

static void
compare_with_gregex (GRand      *random,
                     const char *source)
{
  g_autoptr (GRegex) regex = g_regex_new (source, G_REGEX_DOLLAR_ENDONLY | G_REGEX_NEWLINE_LF, 0,
                                          NULL);
  g_autofree char *expected = NULL;
  g_autoptr (WsiPattern) pattern = NULL;
  gsize at;

  pattern = wsi_pattern_new (source, strlen (source), WSI_PATTERN_EXACT_CASE, &at, &expected);
  g_assert_nonnull (regex);
  g_assert_cmpstr (expected, ==, NULL);
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *text = make_text (random);
      g_autoptr (GError) error = NULL;
      gboolean is_match = g_regex_match_full (regex, text, -1, 0, 0, NULL, &error);

      WsiScanResult result = scan (pattern, text, strlen (text), WSI_PATTERN_BUDGET);

      if (error == NULL && is_match != (result == WSI_SCAN_MATCH))
        g_error ("%s on \"%s\": GRegex says %d", source, text, is_match);
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (127);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) source = g_string_new (NULL);

      add_random (random, source, 2);
      compare_with_gregex (random, source->str);
    }
}

static void
test_literal (void)
{
  const char text[] = "a.(\0\xff";
  g_autoptr (WsiPattern) exact = wsi_pattern_new_literal (text, 5, WSI_PATTERN_EXACT_CASE);
  g_autoptr (WsiPattern) any = wsi_pattern_new_literal (text, 5, WSI_PATTERN_ANY_CASE);

  g_assert_cmpint (scan (exact, "xa.(\0\xff", 6, WSI_PATTERN_BUDGET), ==, WSI_SCAN_MATCH);
  g_assert_cmpint (scan (exact, "xA.(\0\xff", 6, WSI_PATTERN_BUDGET), ==, WSI_SCAN_NO_MATCH);
  g_assert_cmpint (scan (any, "xA.(\0\xff", 6, WSI_PATTERN_BUDGET), ==, WSI_SCAN_MATCH);
  g_assert_cmpint (scan (any, "xAb(\0\xff", 6, WSI_PATTERN_BUDGET), ==, WSI_SCAN_NO_MATCH);
}

static void
add (const char   *kind,
     const char   *name,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/inspector/pattern/%s/%s", kind, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (matches); i++)
    add ("match", matches[i].name, i, test_match);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    add ("mistake-has-its-place", mistakes[i].name, i, test_mistake);
  for (gsize i = 0; i < G_N_ELEMENTS (catastrophes); i++)
    add ("linear-time", catastrophes[i].name, i, test_catastrophe);
  g_test_add_func ("/inspector/pattern/depth-is-limited", test_depth);
  g_test_add_func ("/inspector/pattern/linear-time/SEC-127-budget-ends-the-rest", test_budget);
  g_test_add_func ("/inspector/pattern/random/equal-to-gregex", test_random);
  g_test_add_func ("/inspector/pattern/literal/signs-have-no-meaning", test_literal);

  return g_test_run ();
}
