/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a filter as a tree: with fields of its own, one of each type. */

#include "inspect/filter/grammar/wsi-parser.h"
#include "inspector/filter/filter-tree.h"

#include <string.h>

#define N_RANDOM 20000

static const WsiName kinds[] = { { "text", 1 }, { "ping", 9 }, { NULL, 0 } };
static const WsiName severities[] = { { "warning", 1 }, { "error", 2 }, { NULL, 0 } };

static const WsiField rows[] = {
  { .name = "number", .aliases = "websocket.number n", .type = WSI_VALUE_NUMBER, .names = kinds },
  { .name = "time", .type = WSI_VALUE_TIME },
  { .name = "ratio", .type = WSI_VALUE_RATIO },
  { .name = "flag", .type = WSI_VALUE_BOOLEAN },
  { .name = "kind", .type = WSI_VALUE_NAME, .names = kinds },
  { .name = "text", .type = WSI_VALUE_TEXT, .aliases = "websocket.payload.text" },
  { .name = "bytes", .type = WSI_VALUE_BYTES },
  { .name = "issue", .type = WSI_VALUE_ISSUE, .names = severities },
  { .name = "any", .type = WSI_VALUE_ANY },
  { .name = "json", .type = WSI_VALUE_ANY, .path_form = WSI_PATH_MEMBERS },
  { .name = "req", .type = WSI_VALUE_TEXT, .path_form = WSI_PATH_HEADER },
  { .name = "close.code", .type = WSI_VALUE_NUMBER },
};

static const WsiFlag flags[] = { { "ping", "kind", 9, "" }, { "text", "kind", 1, "" } };

static WsiFields *
make_fields (void)
{
  WsiFields *fields = wsi_fields_new ();

  wsi_fields_add (fields, rows, G_N_ELEMENTS (rows));
  wsi_fields_add_flags (fields, flags, G_N_ELEMENTS (flags));
  return fields;
}

static const struct
{
  const char *name, *text, *same;       /* text of the filter; the same filter written in another
                                         * way */
} grammar[] = {
  { "number", "number == 3", "number eq 0x3" },
  { "hex-number", "number == 0x1F", "number == 31" },
  { "number-with-unit", "number >= 2KiB", "number >= 2048" },
  { "number-by-name", "number != ping", "number != 9" },
  { "time-in-seconds", "time < 12.5", "time < 12500ms" },
  { "time-with-unit", "time <= 250us", "time <= 0.00025" },
  { "ratio", "ratio > 2.125", "ratio > 2.1250" },
  { "yes", "flag == yes", "flag == true" },
  { "one-is-yes", "flag == 1", "flag == yes" },
  { "name", "kind == text", "kind eq text" },
  { "text-without-quotes", "text == abc", "text == \"abc\"" },
  { "text-in-quotes", "text contains \"a \\\"b\\\\\"", "text contains \"a \\x22b\\x5c\"" },
  { "control-characters", "text == \"\\n\\x00\\xff\"", "text == \"\\x0a\\x00\\xff\"" },
  { "raw-string", "text matches r\"\\d+\"", "text matches \"\\\\d+\"" },
  { "tilde-is-matches", "text ~ \"a+\"", "text matches \"a+\"" },
  { "starts-with", "text startswith abc", "text startswith \"abc\"" },
  { "hex-bytes", "bytes contains 0a:FF", "bytes contains \"\\n\\xff\"" },
  { "bytes-as-string", "bytes startswith \"GIF\"", "bytes startswith 47:49:46" },
  { "issue-alone", "issue", "(issue)" },
  { "issue-by-severity", "issue >= warning", "issue ge warning" },
  { "issue-by-name", "issue == \"utf8\"", "issue == utf8" },
  { "any-number", "any > -1.5", "any gt -1.5" },
  { "any-text", "any == next", "any == \"next\"" },
  { "path", "json.a.b[0] == 1", "json[\"a\"][\"b\"][0] == 1" },
  { "path-in-quotes", "json[\"a b\"].c[1][\"d\"]", "json[\"a b\"][\"c\"][1].d" },
  { "header", "req[\"Origin\"] == \"x\"", "req[\"Origin\"] eq x" },
  { "header-without-letters", "req[r\"\"] == x", "req[\"\"] == x" },
  { "field-with-a-point", "close.code == 1000", "close.code == 1KB" },
  { "alias", "websocket.number == 1 or n == 2", "number == 1 or number == 2" },
  { "set", "number in {1,ping , 3}", "number in {1, 9, 0x3}" },
  { "set-of-texts", "text in {a, \"b\"}", "text in {\"a\", b}" },
  { "range", "time in 12.0..14.5", "time in 12..14500ms" },
  { "range-with-blanks", "number in 1 .. 2", "number in 1..2" },
  { "words-for-signs", "n eq 1 and n ne 2 and n lt 3 and n ge 4",
    "number == 1 and number != 2 and number < 3 and number >= 4" },
  { "flag", "ping", "(ping)" },
  { "flag-or-field", "text and text contains x", "(text) and (text contains \"x\")" },
  { "alias-of-a-field-whose-name-is-a-flag", "not websocket.payload.text", "!(websocket.payload.text)" },
  { "such-an-alias-is-compared", "websocket.payload.text == x", "text == x" },
  { "word-is-a-search", "price", "\"price\"" },
  { "number-alone-is-a-search", "12345", "\"12345\"" },
  { "string-is-a-search", "\"a b\"", "(\"a\\x20b\")" },
  { "letters-of-many-bytes", "gr\xc3\xbc\xc3\x9f" "e", "\"gr\\xc3\\xbc\\xc3\\x9f" "e\"" },
  { "signs", "!ping && time || kind", "not ping and time or kind" },
  { "and-is-stronger", "ping or flag and time", "ping or (flag and time)" },
  { "brackets-are-stronger", "(ping or flag) and time", "((ping) or flag) and (time)" },
  { "brackets-that-change-nothing", "((ping) and (flag and time))", "ping and flag and time" },
  { "not-of-brackets", "not (ping or flag)", "!((ping) or flag)" },
  { "not-of-a-comparison", "not number == 3", "!(number == 3)" },
  { "two-nots-cancel", "not ! (not ping)", "not ping" },
  { "blanks-do-not-count", "  ping\t\nor\n  flag ", "ping or flag" },
};

static void
test_grammar (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiFields) fields = make_fields ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, grammar[i].text, &error), same = NULL;

  g_assert_no_error (error);
  same = wsi_parser_parse (fields, grammar[i].same, &error);
  g_assert_no_error (error);
  g_assert_true (filter_tree_is_equal (node, same));
}

static const struct
{
  const char    *name, *text;
  WsiFilterError code;
  guint          column;
  const char    *message;
} mistakes[] = {
  { "nothing", "", WSI_FILTER_ERROR_SYNTAX, 1,
    "Missing condition at column 1: expected a field, a flag or a text, received the end" },
  { "operator-without-a-value", "number ==", WSI_FILTER_ERROR_BAD_VALUE, 10, "Bad value for number at column 10" },
  { "and-without-a-second", "ping and", WSI_FILTER_ERROR_SYNTAX, 9, "Missing condition" },
  { "or-without-a-first", "or ping", WSI_FILTER_ERROR_SYNTAX, 1, "Missing condition" },
  { "two-words", "hello world", WSI_FILTER_ERROR_SYNTAX, 7,
    "Two conditions without a word between them at column 7: expected \"and\" or \"or\", received \"world\""
    " (a text with blanks is put in quotes)" },
  { "column-counts-characters", "gr\xc3\xbc\xc3\x9f" "e world", WSI_FILTER_ERROR_SYNTAX, 7, "column 7" },
  { "one-equals-sign", "number = 3", WSI_FILTER_ERROR_SYNTAX, 8,
    "Unknown operator at column 8: expected == != < <= > >= ~ && || or !, received \"=\" (equality is ==)" },
  { "unknown-field", "numbr == 3", WSI_FILTER_ERROR_UNKNOWN_FIELD, 1,
    "Unknown field at column 1: expected the name of a field, received \"numbr\" (did you mean number?)" },
  { "unknown-field-like-no-other", "zzzzz == 3", WSI_FILTER_ERROR_UNKNOWN_FIELD, 1, "put in quotes" },
  { "member-of-a-field-without-any", "text.a == 3", WSI_FILTER_ERROR_UNKNOWN_FIELD, 1, "text.a" },
  { "flag-is-no-field", "ping == 3", WSI_FILTER_ERROR_UNKNOWN_FIELD, 1, "ping" },
  { "bracket-without-an-end", "(ping", WSI_FILTER_ERROR_SYNTAX, 6, "Bracket without an end" },
  { "end-without-a-bracket", "ping)", WSI_FILTER_ERROR_SYNTAX, 5, "received \")\"" },
  { "string-without-an-end", "text == \"abc", WSI_FILTER_ERROR_SYNTAX, 9, "String without an end" },
  { "raw-string-without-an-end", "text ~ r\"abc", WSI_FILTER_ERROR_SYNTAX, 8, "String without an end" },
  { "unknown-escape", "text == \"a\\d\"", WSI_FILTER_ERROR_SYNTAX, 11, "r\"\" takes all literally" },
  { "set-without-an-end", "number in {1, 2", WSI_FILTER_ERROR_SYNTAX, 16, "Set without an end" },
  { "set-of-nothing", "number in {}", WSI_FILTER_ERROR_BAD_VALUE, 12, "Bad value" },
  { "range-without-a-second", "number in 1..", WSI_FILTER_ERROR_BAD_VALUE, 14, "Bad value" },
  { "range-of-texts", "any in a..b", WSI_FILTER_ERROR_BAD_VALUE, 11, "two numbers" },
  { "range-of-a-text-field", "text in a..b", WSI_FILTER_ERROR_SYNTAX, 9, "Bad set" },
  { "text-for-a-number", "number == abc", WSI_FILTER_ERROR_BAD_VALUE, 11, "or one of its names: text, ping" },
  { "string-for-a-number", "number == \"3\"", WSI_FILTER_ERROR_BAD_VALUE, 11, "without the quotes" },
  { "fraction-of-a-number", "number == 1.5", WSI_FILTER_ERROR_BAD_VALUE, 11, "whole number" },
  { "number-out-of-range", "number == 9223372036854775808", WSI_FILTER_ERROR_BAD_VALUE, 11, "Bad value" },
  { "size-out-of-range", "number == 9223372036854775GB", WSI_FILTER_ERROR_BAD_VALUE, 11, "Bad value" },
  { "unknown-unit", "time < 3days", WSI_FILTER_ERROR_BAD_VALUE, 8, "us, ms, s, min or h" },
  { "time-below-a-microsecond", "time < 0.5us", WSI_FILTER_ERROR_BAD_VALUE, 8, "Bad value" },
  { "no-yes", "flag == maybe", WSI_FILTER_ERROR_BAD_VALUE, 9, "yes or no" },
  { "unknown-name", "kind == pung", WSI_FILTER_ERROR_BAD_VALUE, 9, "expected one of these names: text, ping, received \"pung\"" },
  { "bytes-of-half-a-digit", "bytes == 0a:f", WSI_FILTER_ERROR_BAD_VALUE, 10, "0a:ff" },
  { "no-severity", "issue >= \"utf8\"", WSI_FILTER_ERROR_BAD_VALUE, 10, "a severity" },
  { "order-of-a-text", "any < abc", WSI_FILTER_ERROR_BAD_VALUE, 7, "a number" },
  { "bad-pattern", "text ~ \"a(b\"", WSI_FILTER_ERROR_BAD_VALUE, 12, "Bad regular expression at column 12: expected \")\" at the end" },
  { "possessive-pattern", "text ~ \"ab++\"", WSI_FILTER_ERROR_BAD_VALUE, 12, "possessive" },
  { "index-without-an-end", "json[0 == 1", WSI_FILTER_ERROR_SYNTAX, 8, "Index without an end" },
  { "index-of-no-number", "json[x] == 1", WSI_FILTER_ERROR_SYNTAX, 6, "Bad index" },
  { "header-without-a-name", "req == 1", WSI_FILTER_ERROR_SYNTAX, 5, "Header without a name" },
  { "header-by-number", "req[0] == 1", WSI_FILTER_ERROR_SYNTAX, 5, "a name in quotes" },
  { "empty-member", "json.a..b == 1", WSI_FILTER_ERROR_SYNTAX, 7, "between them" },
  { "not-utf8", "ping or \xff", WSI_FILTER_ERROR_SYNTAX, 9, "received \"\\xff\"" },
  { "control-characters-are-shown-as-text", "ping \x1b[2J", WSI_FILTER_ERROR_SYNTAX, 6, "received \"\\x1b\"" },
};

static void
test_mistake (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiFields) fields = make_fields ();
  g_autoptr (GError) error = NULL, copy = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, mistakes[i].text, &error);

  g_assert_null (node);
  g_assert_error (error, WSI_FILTER_ERROR, (int) mistakes[i].code);
  if (strstr (error->message, mistakes[i].message) == NULL)
    g_assert_cmpstr (error->message, ==, mistakes[i].message);
  copy = g_error_copy (error);
  g_assert_cmpuint (wsi_filter_error_get_column (copy), ==, mistakes[i].column);
}

/* Each operator with each type: a value that fits both is taken, or the operator is refused. */
static const char *const values[WSI_N_VALUE_TYPES] = {
  [WSI_VALUE_NUMBER] = "1",
  [WSI_VALUE_TIME] = "1ms",
  [WSI_VALUE_RATIO] = "1.5",
  [WSI_VALUE_BOOLEAN] = "no",
  [WSI_VALUE_NAME] = "ping",
  [WSI_VALUE_TEXT] = "abc",
  [WSI_VALUE_BYTES] = "0a:0b",
  [WSI_VALUE_ISSUE] = "error",
  [WSI_VALUE_ANY] = "7",
};
/* In the order of WsiOperator: none == != < <= > >= contains matches startswith {} .. */
static const char *const permitted[WSI_N_VALUE_TYPES] = {
  [WSI_VALUE_NUMBER] = "yyyyyyynnnyy",
  [WSI_VALUE_TIME] = "yyyyyyynnnyy",
  [WSI_VALUE_RATIO] = "yyyyyyynnnyy",
  [WSI_VALUE_BOOLEAN] = "yyynnnnnnnyn",
  [WSI_VALUE_NAME] = "yyynnnnnnnyn",
  [WSI_VALUE_TEXT] = "yyynnnnyyyyn",
  [WSI_VALUE_BYTES] = "yyynnnnyyyyn",
  [WSI_VALUE_ISSUE] = "yyyyyyyyyyyy",
  [WSI_VALUE_ANY] = "yyyyyyyyyyyy",
};

static void
test_operator (gconstpointer data)
{
  WsiOperator operator = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiFields) fields = make_fields ();

  for (WsiValueType type = 0; type < WSI_N_VALUE_TYPES; type++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsiNode) node = NULL;
      g_autofree char *text = NULL;
      const char *open = operator == WSI_OPERATOR_IN_SET ? "{" : "";
      const char *close = operator == WSI_OPERATOR_IN_SET ? "}" : "";

      if (operator == WSI_OPERATOR_NONE)
        text = g_strdup (rows[type].name);
      else if (operator == WSI_OPERATOR_IN_RANGE)
        text = g_strdup_printf ("%s in %s..%s", rows[type].name, values[type], values[type]);
      else
        text = g_strdup_printf ("%s %s %s%s%s", rows[type].name, wsi_operator_get_name (operator),
                                open, values[type], close);
      node = wsi_parser_parse (fields, text, &error);
      if ((node != NULL) != (permitted[type][operator] == 'y'))
        g_error ("%s: %s", text, error != NULL ? error->message : "taken");
    }
}

static char *
make_nested (guint n)
{
  g_autofree char *open = g_strnfill (n, '('), *close = g_strnfill (n, ')');

  return g_strconcat (open, "ping", close, NULL);
}

static void
test_depth (void)
{
  g_autoptr (WsiFields) fields = make_fields ();
  g_autofree char *deep = make_nested (WSI_FILTER_MAX_DEPTH);
  g_autofree char *deeper = make_nested (WSI_FILTER_MAX_DEPTH + 1);
  g_autofree char *deepest = make_nested (100000);
  g_autofree char *nots = g_strnfill (4001, '!'), *negated = g_strconcat (nots, "ping", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, deep, NULL);
  g_autoptr (WsiNode) odd = wsi_parser_parse (fields, negated, NULL);
  g_autoptr (WsiNode) one = wsi_parser_parse (fields, "not ping", NULL);

  g_assert_nonnull (node);
  g_assert_true (filter_tree_is_equal (odd, one));
  g_assert_null (wsi_parser_parse (fields, deeper, &error));
  g_assert_error (error, WSI_FILTER_ERROR, WSI_FILTER_ERROR_TOO_BIG);
  g_assert_cmpuint (wsi_filter_error_get_column (error), ==, WSI_FILTER_MAX_DEPTH + 1);
  g_clear_error (&error);
  g_assert_null (wsi_parser_parse (fields, deepest, &error));
  g_assert_error (error, WSI_FILTER_ERROR, WSI_FILTER_ERROR_TOO_BIG);
}

static void
test_length (void)
{
  g_autoptr (WsiFields) fields = make_fields ();
  g_autofree char *longest = g_strnfill (WSI_FILTER_MAX_LENGTH, 'a');
  g_autofree char *longer = g_strnfill (1024 * 1024, 'a');
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiNode) node = wsi_parser_parse (fields, longest, NULL);

  g_assert_nonnull (node);
  g_assert_null (wsi_parser_parse (fields, longer, &error));
  g_assert_error (error, WSI_FILTER_ERROR, WSI_FILTER_ERROR_TOO_BIG);
  g_assert_cmpuint (strlen (error->message), <, 300);
}

static const char *const pieces[] = {
  "ping", "text", "flag", "price", "\"a \\x01b\"", "number == 3", "n in {1, ping}", "time in 1..2ms",
  "json.a[0][\"b c\"] == next", "any >= -2.5", "req[\"a\"] contains \"\\\"\"", "issue >= warning",
  "text ~ r\"\\d+\"", "bytes startswith 0a:ff", "12", "kind != ping", "gr\xc3\xbc",
};

/* full: the same with all brackets, and with words for signs. */
static void
add_random (GRand   *random,
            GString *text,
            GString *full,
            guint    depth)
{
  static const char *const words[] = { " and ", "&&", " or ", "||" };
  guint n = g_rand_int_range (random, 1, 4), n_nots;

  g_string_append_c (full, '(');
  for (guint i = 0; i < n; i++)
    {
      guint k = g_rand_int_range (random, 0, G_N_ELEMENTS (words));

      g_string_append (text, i > 0 ? words[k] : "");
      g_string_append (full, i == 0 ? "" : k < 2 ? " and " : ") or (");
      n_nots = g_rand_int_range (random, 0, 3);
      for (guint j = 0; j < n_nots; j++)
        g_string_append (text, g_rand_boolean (random) ? "not " : "!");
      g_string_append (full, n_nots % 2 != 0 ? "not (" : "(");
      if (depth > 0 && g_rand_boolean (random))
        {
          g_string_append_c (text, '(');
          add_random (random, text, full, depth - 1);
          g_string_append_c (text, ')');
        }
      else
        {
          const char *piece = pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))];

          g_string_append (text, piece);
          g_string_append (full, piece);
        }
      g_string_append_c (full, ')');
    }
  g_string_append_c (full, ')');
}

static void
test_same (void)
{
  g_autoptr (WsiFields) fields = make_fields ();
  g_autoptr (GRand) random = g_rand_new_with_seed (310);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL), full = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (WsiNode) node = NULL, same = NULL;

      add_random (random, text, full, 3);
      if (full->len > WSI_FILTER_MAX_LENGTH)
        continue;
      node = wsi_parser_parse (fields, text->str, &error);
      g_assert_no_error (error);
      same = wsi_parser_parse (fields, full->str, &error);
      g_assert_no_error (error);
      g_assert_true (filter_tree_is_equal (node, same));
    }
}

/* The comparison of trees tells them apart, or the property above would say nothing. */
static void
test_differences (void)
{
  static const char *const texts[] = {
    "ping", "text", "flag", "a", "b", "\"c\"", "number == 1", "number == 2", "number != 1", "time == 1",
    "number in 1..2", "number in {1, 2}", "json.a", "json.b", "json[0]", "json[1]", "json.a.b", "any == 1",
    "any == 1.5", "any == 2.5", "any == \"1\"", "not ping", "ping and text", "ping or text", "text or ping",
    "ping and text and flag", "bytes == 0a", "bytes == 0b", "websocket.payload.text", "ping or text and flag",
    "(ping or text) and flag", "not (ping or text)", "not ping or text",
  };
  g_autoptr (WsiFields) fields = make_fields ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (texts); j++)
      {
        g_autoptr (WsiNode) one = wsi_parser_parse (fields, texts[i], NULL);
        g_autoptr (WsiNode) other = wsi_parser_parse (fields, texts[j], NULL);

        g_assert_cmpint (filter_tree_is_equal (one, other), ==, i == j);
      }
}

static void
add (const char   *kind,
     const char   *name,
     gsize         i,
     GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/inspector/filter-language/%s/%s", kind, name);

  g_test_add_data_func (path, GSIZE_TO_POINTER (i), test);
}

int
main (int    argc,
      char **argv)
{
  static const char *const operators[] = {
    "none", "equal", "not-equal", "less", "less-or-equal", "greater", "greater-or-equal",
    "contains", "matches", "starts-with", "set", "range",
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (grammar); i++)
    add ("tree", grammar[i].name, i, test_grammar);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    add ("mistake-has-its-column", mistakes[i].name, i, test_mistake);
  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    add ("operator-with-each-type", operators[i], i, test_operator);
  g_test_add_func ("/inspector/filter-language/hostile/SEC-127-depth-is-limited", test_depth);
  g_test_add_func ("/inspector/filter-language/hostile/SEC-127-length-is-limited", test_length);
  g_test_add_func ("/inspector/filter-language/tree/is-the-same-with-all-brackets", test_same);
  g_test_add_func ("/inspector/filter-language/tree/trees-that-differ-are-not-equal",
                   test_differences);

  return g_test_run ();
}
