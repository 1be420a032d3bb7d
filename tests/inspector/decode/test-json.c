/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/decode/json/wsi-json.h"

#include <string.h>

#include "inspector/decode/decoder-cases.h"
#include "lib/rows.h"

static const DecoderCase cases[] = {
  { "object-has-its-members", DECODER_TEXT, "{\"a\": 1, \"b\": [true, null]}", "json",
    "{\"a\":1,\"b\":[true,null]}",
    .fields = "",
    .nodes = "object @0+27\n"
             "  a: number @6+1 = 1\n"
             "  b: array @14+12\n"
             "    [0]: boolean @15+4 = true\n"
             "    [1]: null @21+4 = null\n" },
  { "blanks-are-left-out-but-in-strings", DECODER_TEXT, " [ \"a b\" ,\n\t2 ] ", "json",
    "[\"a b\",2]",
    .nodes = "array @1+15\n  [0]: string @3+5 = a b\n  [1]: number @12+1 = 2\n" },
  { "SEC-115-escapes-become-no-controls", DECODER_TEXT, "[\"\\u001b\\u202e\\ud83d\\ude00\\n\"]", "json",
    .nodes = "array @0+30\n  [0]: string @1+28 = \\x1b\\u{202e}\U0001F600\\n\n" },
  { "half-pairs-are-replaced", DECODER_TEXT, "[\"\\ud83dx\\ude00\\u12\"]", "json",
    .nodes = "array @0+21\n  [0]: string @1+19 = \uFFFDx\uFFFD\uFFFD12\n" },
  { "SEC-117-names-may-be-repeated", DECODER_TEXT, "{\"a\":1,\"a\":2}", "json",
    .nodes = "object @0+13\n  a: number @5+1 = 1\n  a: number @11+1 = 2\n" },
  { "SEC-117-numbers-may-be-huge", DECODER_TEXT, "[1e999999999,123456789012345678901234567890]", "json",
    .nodes = "array @0+44\n  [0]: number @1+11 = 1e999999999\n"
             "  [1]: number @13+30 = 123456789012345678901234567890\n" },
  { "cut-text-shows-what-is-there", DECODER_TEXT, "{\"a\":[1,2", "json",
    .nodes = "object @0+9\n"
             "  a: array @5+4\n"
             "    [0]: number @6+1 = 1\n"
             "    [1]: number @8+1 = 2\n"
             "    problem @9+0 = the text ends within a value (at offset 9)\n"
             "  problem @9+0 = the text ends within a value (at offset 9)\n" },
  { "bytes-after-the-value-are-named", DECODER_TEXT, "[1] x", "text", "\"[1] x\"",
    .nodes = "text @0+5 = [1] x\n" },
  { "number-alone-is-text", DECODER_TEXT, "12", "text", .fields = "" },
  { "missing-comma-is-text", DECODER_TEXT, "[1 2]", "text", .fields = "" },
  { "comma-before-the-end-is-text", DECODER_TEXT, "[1,]", "text", .fields = "" },
  { "zero-before-digits-is-text", DECODER_TEXT, "[01]", "text", .fields = "" },
  { "exponents", DECODER_TEXT, "[1e5,1E+05,-1.5e-5]", "json", NULL,
    .nodes = "array @0+19\n  [0]: number @1+3 = 1e5\n  [1]: number @5+5 = 1E+05\n  [2]: number @11+7 = -1.5e-5\n" },
  { "NUL-in-a-number-is-text", DECODER_HEX_TEXT, "5b 31 65 00 35 5d", "text", NULL, .fields = "" },
  { "binary-message-may-be-json", DECODER_HEX, "7b 7d", "json", "{}", .nodes = "object @0+2\n" },
};

static const struct
{
  const char *name;
  const char *message;
  const char *path;             /* path to the value: steps with a blank between them; digits are an
                                 * index */
  const char *expected;         /* values at the path */
} path_cases[] = {
  { "member", "{\"a\":{\"b\":[10,20]}}", "a b 1", "20" },
  { "element-of-the-list", "[1,[2,3]]", "1 0", "2" },
  { "text-without-its-escapes", "{\"a\":\"x\\u0041\\n\"}", "a", "xA\n" },
  { "name-that-begins-with-no-ascii", "{\"\303\244\":7}", "\303\244", "7" },
  { "name-with-escapes", "{\"\\u0061\":7}", "a", "7" },
  { "SEC-117-each-member-of-a-name", "{\"a\":1,\"b\":{\"a\":5},\"a\":[2]}", "a", "1 [2]" },
  { "second-of-equal-names-goes-down-too", "{\"a\":{\"x\":1},\"a\":{\"x\":2}}", "a x", "1 2" },
  { "index-counts-again-in-each-list", "{\"a\":[1,2],\"a\":[3,4]}", "a 1", "2 4" },
  { "containers-on-the-side-are-skipped", "{\"z\":{\"a\":9,\"q\":[{\"a\":8}]},\"a\":1}", "a", "1" },
  { "real-number", "[1.5]", "0", "1.5" },
  { "boolean", "[true,false]", "1", "no" },
  { "null-is-no-value", "{\"a\":null}", "a", "" },
  { "index-into-an-object-is-nothing", "{\"a\":1}", "0", "" },
  { "name-into-a-list-is-nothing", "[1]", "a", "" },
  { "value-before-a-mistake", "{\"a\":1,\"b\":x}", "a", "1" },
  { "nothing-is-after-a-mistake", "{\"b\":x,\"a\":1}", "a", "" },
  { "no-path-is-all", "[1,2]", "", "[1,2]" },
  { "no-path-is-all-of-an-object", "{\"a\":1}", "", "{\"a\":1}" },
  { "no-path-of-a-number-is-nothing", "1", "", "" },
  { "members-on-the-side-are-skipped", "{\"z\":{\"b\":9},\"a\":{\"b\":1}}", "a b", "1" },
  { "nothing-is-after-a-mistake-on-the-side", "{\"z\":[x],\"a\":1}", "a", "" },
};

static void
append_value (GString               *text,
              const WsiDescription  *description,
              const WsiDecodedField *field)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  if (field->kind == WSI_FIELD_TEXT)
    g_string_append_len (text, (const char *) wsi_description_get_text (description, field),
                         field->length);
  else if (field->kind == WSI_FIELD_BOOLEAN)
    g_string_append (text, field->whole ? "yes" : "no");
  else
    g_string_append_printf (text, "%g", field->real);
}

static void
test_path (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  const char *message = path_cases[row].message;
  g_auto (GStrv) words = g_strsplit (path_cases[row].path, " ", -1);
  guint n_steps = g_strv_length (words);
  WsiDecodeStep steps[8];
  WsiDecodeInput input = { .at = (const guint8 *) message, .length = strlen (message) };
  g_autoptr (WsiDescription) description = wsi_description_new ();
  g_autoptr (GString) values = g_string_new (NULL);
  const WsiDecodedField *field = NULL;

  for (guint i = 0; i < n_steps; i++)
    {
      gboolean is_index = g_ascii_isdigit (words[i][0]);

      steps[i] = (WsiDecodeStep) { is_index ? NULL : words[i], is_index ? atoi (words[i]) : 0 };
    }
  wsi_json_decoder.find (&input, steps, n_steps, description);
  while ((field = wsi_description_find (description, "json", field)) != NULL)
    append_value (values, description, field);
  g_assert_cmpstr (values->str, ==, path_cases[row].expected);
}

static WsiDecodeNode *
decode (const char *message)
{
  g_autoptr (GBytes) bytes = g_bytes_new (message, strlen (message));
  WsiDecodeInput input = { 0 };

  input.at = g_bytes_get_data (bytes, &input.length);
  return wsi_decoder_list_decode (&wsi_json_decoder, &input, bytes);
}

/* A part, and all the others: as many of these are in each other as there are parts. */
static void
expand_one (WsiDecodeNode *node)
{
  wsi_decode_node_add (node, NULL, "part", 0, 0);
  if (node->state > 1)
    wsi_decode_node_add_rest (node, 0, 0, expand_one, node->state - 1);
}

static void
count_line (const char *line,
            gpointer    n_lines)
{
  *(guint *) n_lines += 1;
}

static void
test_many_rests (void)
{
  const guint n_parts = 200000;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  g_autoptr (WsiDecodeNode) root = wsi_decode_node_new (bytes);
  guint n_lines = 0;

  wsi_decode_node_set_expand (root, expand_one, n_parts);
  wsi_decode_node_print_away (root, WSI_CHARSET_UTF8, count_line, &n_lines);
  g_assert_cmpuint (n_lines, ==, n_parts + 1);
}

/* A tree of them is no deeper than the limit; what is deeper is one part. */
static void
test_nested (void)
{
  g_autofree char *message = g_strnfill (100000, '[');
  g_autoptr (WsiDecodeNode) root = decode (message);
  WsiDecodeNode *node = root;
  guint n = 0;

  for (; wsi_decode_node_get_n_children (node) > 0 && g_str_equal (node->type, "array"); n++)
    node = wsi_decode_node_get_child (node, 0);
  g_assert_cmpuint (n, >=, WSI_DECODE_MAX_DEPTH - 1);
  g_assert_cmpuint (n, <=, WSI_DECODE_MAX_DEPTH);
  g_assert_cmpuint (node->offset + node->length, ==, 100000);
}

static void
test_pages (void)
{
  g_autoptr (GString) message = g_string_new ("[0");
  g_autoptr (WsiDecodeNode) root = NULL;
  WsiDecodeNode *node;
  guint n = 0;

  for (guint i = 1; i < 2 * WSI_DECODE_PAGE; i++)
    g_string_append_printf (message, ",%u", i);
  g_string_append (message, "]");
  root = node = decode (message->str);
  g_assert_cmpuint (wsi_decode_node_get_n_children (root), ==, WSI_DECODE_PAGE + 1);
  for (guint i = 0; i < wsi_decode_node_get_n_children (node); i++)
    {
      WsiDecodeNode *child = wsi_decode_node_get_child (node, i);

      if (g_str_equal (child->type, WSI_DECODE_REST))
        {
          node = child;
          i = -1;
          continue;
        }
      g_assert_cmpuint (atoi (child->value), ==, n);
      g_assert_cmpuint (atoi (child->name + 1), ==, n);
      n++;
    }
  g_assert_cmpuint (n, ==, 2 * WSI_DECODE_PAGE);
}

static void
set_true (gpointer is_freed)
{
  *(gboolean *) is_freed = TRUE;
}

/* A tree, and with it the bytes, is there until the last one lets go of it. */
static void
test_reference (void)
{
  gboolean is_freed = FALSE;
  GBytes *bytes = g_bytes_new_with_free_func ("[1]", 3, set_true, &is_freed);
  WsiDecodeNode *root = wsi_decode_node_new (bytes);

  g_bytes_unref (bytes);
  wsi_decode_node_unref (wsi_decode_node_ref (root));
  g_assert_false (is_freed);
  wsi_decode_node_unref (root);
  g_assert_true (is_freed);
}

static void
test_problem (gconstpointer data)
{
  const char *const *row = data;
  g_autoptr (WsiDecodeNode) root = decode (row[1]);
  guint n = wsi_decode_node_get_n_children (root);

  g_assert_cmpuint (n, >, 0);
  g_assert_cmpstr (wsi_decode_node_get_child (root, n - 1)->value, ==, row[2]);
}

static const char *const problem_cases[][3] = {
  { "no-comma", "[1 2]", "expected a comma or the end of the list (at offset 3)" },
  { "no-name", "{1:2}", "expected a name or } (at offset 1)" },
  { "no-colon", "{\"a\" 1}", "expected a colon (at offset 5)" },
  { "no-value", "[1,x]", "expected a value (at offset 3)" },
  { "wrong-end", "[1}", "expected a comma or the end of the list (at offset 2)" },
  { "bytes-after-the-value", "[1] x", "expected nothing after the value (at offset 4)" },
  { "no-number", "[-x]", "expected a number (at offset 1)" },
  { "colon-in-a-list", "[:1]", "expected a value or ] (at offset 1)" },
  { "comma-at-the-beginning", "[,1]", "expected a value or ] (at offset 1)" },
  { "wrong-end-of-an-object", "{\"a\":1]", "expected a comma or the end of the list (at offset 6)" },
  { "half-a-word", "[tru]", "expected a value or ] (at offset 1)" },
};

/* Literals and words that they are equal to, or not. */
static const struct
{
  const char *name, *literal, *word;
  gboolean    is_equal;
} equal_cases[] = {
  { "empty-is", "\"\"", "", TRUE },
  { "empty-is-no-word", "\"\"", "a", FALSE },
  { "word-is", "\"ab\"", "ab", TRUE },
  { "other-end-is-not", "\"ax\"", "ab", FALSE },
  { "longer-one-is-not", "\"abc\"", "ab", FALSE },
  { "shorter-one-is-not", "\"a\"", "ab", FALSE },
  { "escapes-are", "\"\\u0061b\"", "ab", TRUE },
  { "escapes-of-others-are-not", "\"\\u0062b\"", "ab", FALSE },
  { "escapes-and-more-are-not", "\"\\u0061b\"", "a", FALSE },
};

static void
test_equal (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const guint8 *at = (const guint8 *) equal_cases[i].literal;

  g_assert_cmpint (wsi_json_is_equal (at, strlen (equal_cases[i].literal), equal_cases[i].word),
                   ==, equal_cases[i].is_equal);
}

static const struct
{
  const char *text;
  gboolean    is_whole;
  gint64      number;
} whole_cases[] = {
  { "12", TRUE, 12 },
  { "-12", TRUE, -12 },
  { "9223372036854775807", TRUE, G_MAXINT64 },
  { "-9223372036854775808", TRUE, G_MININT64 },
  { "9223372036854775808", FALSE, 0 },
  { "-9223372036854775809", FALSE, 0 },
  { "99999999999999999999", FALSE, 0 },
  { "1.5", FALSE, 0 },
  { "\"1\"", FALSE, 0 },
  { "[1]", FALSE, 0 },
  { "true", FALSE, 0 },
  { "", FALSE, 0 },
};

static void
test_whole (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (whole_cases); i++)
    {
      const char *text = whole_cases[i].text;
      WsiJsonValue value = wsi_json_read ((const guint8 *) text, strlen (text));
      gint64 number = 0;

      g_test_message ("%s", text);
      g_assert_cmpint (wsi_json_to_whole (&value, &number), ==, whole_cases[i].is_whole);
      if (whole_cases[i].is_whole)
        g_assert_cmpint (number, ==, whole_cases[i].number);
    }
}

/* As many characters as fit are shown, whatever their escapes need, and none that is cut. */
static void
test_long_string (void)
{
  g_autoptr (GString) message = g_string_new ("[\""), expected = g_string_new (NULL);
  g_autoptr (WsiDecodeNode) root = NULL;

  for (guint i = 0; i < 2 * WSI_DECODE_MAX_VALUE; i++)
    g_string_append (message, "\\u0041");
  g_string_append (message, "\"]");
  for (guint i = 0; i < WSI_DECODE_MAX_VALUE; i++)
    g_string_append_c (expected, 'A');
  g_string_append (expected, "…");
  root = decode (message->str);

  g_assert_cmpuint (wsi_decode_node_get_n_children (root), ==, 1);
  g_assert_cmpstr (wsi_decode_node_get_child (root, 0)->value, ==, expected->str);
}

static const DecoderPages pages[] = {
  { "array", DECODER_TEXT, "[0", ",0", "]", "json", 2100, .n_lines = 1, .n_more = 1 },
  { "object", DECODER_TEXT, "{\"a\":0", ",\"b\":[1]", "}", "json", 2100, .n_lines = 2, .n_more = 1 },
};

static const DecoderScore scores[] = {
  { "object", DECODER_TEXT, "{}", "json", .score = WSI_SCORE_LIKELY },
  { "number", DECODER_TEXT, "12", "json", .score = WSI_SCORE_NONE },
  { "object-that-is-cut", DECODER_TEXT, "{\"a\":1", "json", .score = WSI_SCORE_POSSIBLE },
  { "beginning-of-an-object", DECODER_TEXT, "{\"a\":1", "json", .score = WSI_SCORE_LIKELY, .extent = WSI_EXTENT_BEGINNING },
  { "number-with-a-NUL", DECODER_HEX_TEXT, "5b 2d 00", "json", .score = WSI_SCORE_NONE },
};

static void
add_points (void)
{
  ADD_ROWS ("/inspector/json/equal", equal_cases, test_equal);
  decoder_cases_add_pages ("/inspector/json", pages, G_N_ELEMENTS (pages));
  decoder_cases_add_scores ("/inspector/json", scores, G_N_ELEMENTS (scores));
  g_test_add_func ("/inspector/json/whole-numbers-have-64-bits", test_whole);
  g_test_add_func ("/inspector/json/long-string-has-no-character-that-is-cut", test_long_string);

  ADD_ROWS ("/inspector/json/path", path_cases, test_path);
  for (gsize i = 0; i < G_N_ELEMENTS (problem_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/json/problem/%s-has-its-offset",
                                               problem_cases[i][0]);

      g_test_add_data_func (path, problem_cases[i], test_problem);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/json", cases, G_N_ELEMENTS (cases));
  add_points ();
  g_test_add_func ("/inspector/json/rests/many-need-no-deep-stack", test_many_rests);
  g_test_add_func ("/inspector/json/SEC-117-a-hundred-thousand-brackets-end-at-the-limit",
                   test_nested);
  g_test_add_func ("/inspector/json/long-lists-come-in-pages", test_pages);
  g_test_add_func ("/inspector/json/tree-is-there-until-its-last-reference", test_reference);

  return g_test_run ();
}
