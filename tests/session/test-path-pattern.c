/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-path-pattern-private.h"

#include "core/handshake/token-list.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *pattern, *rule;    /* rule: a part of it; NULL: the pattern can be a route */
} patterns[] = {
  { "root", "/", NULL },
  { "literal", "/rooms", NULL },
  { "literal-of-all-characters", "/-._~!$&'()*+,;=:@09azAZ", NULL },
  { "empty-segments", "//a//", NULL },
  { "parameter", "/rooms/{room}", NULL },
  { "parameter-and-literal", "/rooms/{room}/log", NULL },
  { "parameter-and-slash", "/rooms/{room}/", NULL },
  { "parameter-first", "/{room}", NULL },
  { "two-parameters", "/rooms/{room}/{seat}", NULL },
  { "name-of-all-characters", "/{az09_}", NULL },
  { "rest", "/files/{file...}", NULL },
  { "rest-alone", "/{file...}", NULL },
  { "rest-behind-a-parameter", "/{user}/{file...}", NULL },
  { "dots-as-a-literal", "/a/.../b", NULL },
  { "empty", "", "begins with" },
  { "no-slash", "{room}", "begins with" },
  { "query", "/a?b", "letter by letter" },
  { "percent", "/a%20b", "letter by letter" },
  { "blank", "/a b", "letter by letter" },
  { "not-ascii", "/\xc3\xa9", "letter by letter" },
  { "not-ascii-as-a-name", "/{\xc3\xa9}", "letter by letter" },
  { "percent-as-a-name", "/{%61}", "letter by letter" },
  { "prefix", "/a{room}", "whole segment" },
  { "suffix", "/{room}a", "whole segment" },
  { "two-in-a-segment", "/{room}{seat}", "whole segment" },
  { "open", "/{", "whole segment" },
  { "open-at-the-end", "/{room", "whole segment" },
  { "closed", "/}", "whole segment" },
  { "closed-in-a-literal", "/a}b", "whole segment" },
  { "nested", "/{{room}}", "whole segment" },
  { "slash-in-a-name", "/{a/b}", "whole segment" },
  { "no-name", "/{}", "whole segment" },
  { "rest-without-a-name", "/{...}", "whole segment" },
  { "upper-case", "/{Room}", "whole segment" },
  { "digit-first", "/{1room}", "whole segment" },
  { "underscore-first", "/{_room}", "whole segment" },
  { "dash", "/{my-room}", "whole segment" },
  { "two-dots", "/{file..}", "whole segment" },
  { "four-dots", "/{file....}", "whole segment" },
  { "rest-outside", "/{file}...", "whole segment" },
  { "rest-not-last", "/{file...}/a", "at its end only" },
  { "rest-and-slash", "/{file...}/", "at its end only" },
  { "two-rests", "/{one...}/{two...}", "at its end only" },
  { "name-twice", "/{a}/{b}/{a}", "once" },
  { "name-twice-with-a-rest", "/{a}/{a...}", "once" },
};

static void
test_pattern (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const char *rule = wsp_path_pattern_find_rule (patterns[i].pattern);

  if (patterns[i].rule == NULL)
    g_assert_cmpstr (rule, ==, NULL);
  else
    g_assert_nonnull (strstr (rule, patterns[i].rule));
}

#define NO_TEXT "is not percent-encoded UTF-8"
#define NO_FILE "encoded slash"

static const struct
{
  const char *name, *pattern, *path, *value;    /* value of x; NULL: none */
  const char *mistake;                          /* a part of it; NULL: none */
} values[] = {
  { "plain", "/{x}", "/tea", "tea", NULL },
  { "between", "/a/{x}/b", "/a/tea/b", "tea", NULL },
  { "second", "/{y}/{x}", "/tea/milk", "milk", NULL },
  { "absent", "/{y}", "/tea", NULL, NULL },
  { "literal-of-this-name", "/x/{y}", "/x/tea", NULL, NULL },
  { "before-a-slash", "/{x}/", "/tea/", "tea", NULL },
  { "decoded", "/{x}", "/%74e%61", "tea", NULL },
  { "decoded-once", "/{x}", "/%2574", "%74", NULL },
  { "hexadecimal-of-both-cases", "/{x}", "/%C3%a9", "\xc3\xa9", NULL },
  { "plus", "/{x}", "/a+b", "a+b", NULL },
  { "blank", "/{x}", "/a%20b", "a b", NULL },
  { "line-end", "/{x}", "/a%0d%0ab", "a\r\nb", NULL },
  { "slash", "/{x}", "/a%2Fb", "a/b", NULL },
  { "dots", "/{x}", "/..", "..", NULL },
  { "percent-at-the-end", "/{x}", "/a%", NULL, NO_TEXT },
  { "percent-and-a-digit", "/{x}", "/a%4", NULL, NO_TEXT },
  { "percent-and-a-slash", "/{x}/4", "/a%/4", NULL, NO_TEXT },
  { "percent-and-letters", "/{x}", "/%zz", NULL, NO_TEXT },
  { "percent-and-a-letter", "/{x}", "/%4z", NULL, NO_TEXT },
  { "nul", "/{x}", "/a%00b", NULL, NO_TEXT },
  { "nul-alone", "/{x}", "/%00", NULL, NO_TEXT },
  { "no-utf-8", "/{x}", "/%ff", NULL, NO_TEXT },
  { "half-a-character", "/{x}", "/%c3", NULL, NO_TEXT },
  { "surrogate", "/{x}", "/%ed%a0%80", NULL, NO_TEXT },
  { "overlong", "/{x}", "/%c0%af", NULL, NO_TEXT },
  { "of-another-parameter", "/{x}/{y}", "/tea/%ff", "tea", NO_TEXT },
  { "of-a-literal", "/a/{x}", "/a/tea", "tea", NULL },
  { "rest", "/a/{x...}", "/a/b", "b", NULL },
  { "rest-of-many", "/a/{x...}", "/a/b/c/d", "b/c/d", NULL },
  { "rest-of-all", "/{x...}", "/a/b", "a/b", NULL },
  { "rest-decoded-once", "/{x...}", "/a/%252e%252E", "a/%2e%2E", NULL },
  { "rest-behind-a-parameter", "/{y}/{x...}", "/tea/a/b", "a/b", NULL },
  { "rest-with-empty-segments", "/{x...}", "/a//b/", "a//b/", NULL },
  { "rest-with-three-dots", "/{x...}", "/.../..a/a..", ".../..a/a..", NULL },
  { "rest-with-an-encoded-slash", "/{x...}", "/a%2Fb", NULL, NO_FILE },
  { "rest-with-an-encoded-slash-in-lower-case", "/{x...}", "/a/b%2f", NULL, NO_FILE },
  { "rest-with-an-encoded-slash-first", "/{x...}", "/%2fetc", NULL, NO_FILE },
  { "rest-with-a-dot", "/{x...}", "/a/./b", NULL, NO_FILE },
  { "rest-that-is-a-dot", "/{x...}", "/.", NULL, NO_FILE },
  { "rest-with-dots", "/{x...}", "/a/../b", NULL, NO_FILE },
  { "rest-with-dots-first", "/{x...}", "/../a", NULL, NO_FILE },
  { "rest-with-dots-last", "/{x...}", "/a/..", NULL, NO_FILE },
  { "rest-with-encoded-dots", "/{x...}", "/a/%2e%2E/b", NULL, NO_FILE },
  { "rest-with-an-encoded-dot", "/{x...}", "/a/%2e/b", NULL, NO_FILE },
  { "rest-with-nul", "/{x...}", "/a/%00", NULL, NO_TEXT },
  { "rest-with-percent-at-the-end", "/{x...}", "/a/%", NULL, NO_TEXT },
};

static void
test_value (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *details = NULL;
  const char *mistake = wsp_path_find_mistake (values[i].pattern, wsc_text (values[i].path),
                                               &details);
  g_autofree char *value = wsp_path_dup_value (values[i].pattern, wsc_text (values[i].path), "x");

  g_assert_cmpstr (value, ==, values[i].value);
  if (values[i].mistake == NULL)
    g_assert_cmpstr (mistake, ==, NULL);
  else
    g_assert_nonnull (strstr (mistake, values[i].mistake));
  g_assert_true ((details != NULL) == (mistake != NULL));
  if (details != NULL)
    g_assert_nonnull (strstr (details, values[i].pattern));
}

/* A path of 64 KiB. */
static void
test_long (void)
{
  g_autoptr (GString) path = g_string_new ("/a"), decoded = g_string_new ("a");
  g_autofree char *details = NULL;

  for (guint i = 0; i < 16384; i++)
    {
      g_string_append (path, i % 2 == 0 ? "/%62" : "//cc");
      g_string_append (decoded, i % 2 == 0 ? "/b" : "//cc");
    }
  g_assert_cmpuint (path->len, ==, 2 + 65536);
  g_assert_null (wsp_path_find_mistake ("/{x...}", wsc_text (path->str), &details));

  g_autofree char *value = wsp_path_dup_value ("/{x...}", wsc_text (path->str), "x");

  g_assert_cmpstr (value, ==, decoded->str);
}

/* What a handler or a shell would show: nothing of the peer is shown as it came. */
static void
test_details (void)
{
  g_autofree char *details = NULL;

  g_assert_nonnull (wsp_path_find_mistake ("/rooms/{room}", wsc_text ("/rooms/a\"%ff"), &details));
  g_assert_cmpstr (details, ==,
                   ": received \"a\\x22%ff\" for room of the route /rooms/{room}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/session/path-pattern/pattern", patterns, test_pattern);
  ADD_ROWS ("/session/path-pattern/value", values, test_value);
  g_test_add_func ("/session/path-pattern/value/of-64-KiB", test_long);
  g_test_add_func ("/session/path-pattern/details-name-the-value-and-the-route", test_details);
  return g_test_run ();
}
