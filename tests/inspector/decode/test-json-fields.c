/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The members of an object, and what is wrong in what is none. */

#include "inspect/decode/json/wsi-json-fields.h"
#include "lib/rows.h"

#include <string.h>

static const char *const names[] = { "a", "b", "text" };

#define N_NAMES G_N_ELEMENTS (names)

static const struct
{
  const char *name, *json;
  const char *fields;           /* fields that are read; NULL = the text is refused */
  const char *expected;         /* text of the error; NULL = valid JSON that is not an object */
  guint       place;
  gboolean    has_place;
} cases[] = {
  { "empty", "{}", .fields = "" },
  { "each-type", "{\"a\":-12,\"b\":true,\"text\":\"x\"}", .fields = "a=-12 b=true text='x' " },
  { "any-order", "{\"text\":\"x\",\"a\":1,\"b\":null}", .fields = "a=1 b=null text='x' " },
  { "last-of-equal-names", "{\"a\":1,\"b\":2,\"a\":\"x\"}", .fields = "a='x' b=2 " },
  { "names-of-others-are-left-out", "{\"\":0,\"A\":1,\"aa\":2,\"tex\":3,\"texts\":4,\"b\":5}", .fields = "b=5 " },
  { "name-with-escapes", "{\"\\u0074ex\\u0074\":1}", .fields = "text=1 " },
  { "members-of-nested-objects-are-others", "{\"x\":[{\"a\":9,\"b\":\"]}\"}],\"a\":1,\"y\":{\"b\":2}}", .fields = "a=1 " },
  { "blanks", " \t{ \"a\" : 1 ,\r\n\"b\":[ ] } \r\n", .fields = "a=1 b=[ ] " },
  { "list-is-no-text", "{\"text\":[\"x\"],\"a\":{}}", .fields = "a={} text=[\"x\"] " },
  { "escapes-in-a-list-stay", "{\"text\":[\"\\n\"]}", .fields = "text=[\"\\n\"] " },
  { "real-and-huge-numbers-are-no-whole-ones", "{\"a\":1.0,\"b\":9223372036854775808,\"text\":1e400}",
    .fields = "a=? b=? text=? " },
  { "largest-numbers", "{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
    .fields = "a=9223372036854775807 b=-9223372036854775808 " },
  { "minus-zero", "{\"a\":-0}", .fields = "a=0 " },
  { "escapes", "{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\\ud83d\\ude00z\"}",
    .fields = "text='\"\\/\b\f\n\r\t\u20ac\U0001F600z' " },
  { "escapes-one-after-the-other", "{\"text\":\"\\u00e9\\u00e9a\\u0041\"}", .fields = "text='\u00e9\u00e9aA' " },
  { "digits-in-a-text-are-no-number", "{\"text\":\"12\"}", .fields = "text='12' " },
  { "character-after-the-surrogates", "{\"text\":\"\\uff21\\ue000\"}", .fields = "text='\uff21\ue000' " },
  { "first-half-alone", "{\"text\":\"\\ud800x\"}", .fields = "text='\ufffdx' " },
  { "first-half-twice", "{\"text\":\"\\ud800\\ud800\"}", .fields = "text='\ufffd\ufffd' " },
  { "first-half-before-a-pair", "{\"text\":\"\\ud83d\\ud83d\\ude00\"}", .fields = "text='\ufffd\U0001F600' " },
  { "second-half-after-another-character", "{\"text\":\"\\u0041\\udc00\"}", .fields = "text='A\ufffd' " },
  { "second-half-without-its-backslash", "{\"text\":\"\\ud83dxude00\"}", .fields = "text='\ufffdxude00' " },
  { "second-half-of-another-escape", "{\"text\":\"\\ud83d\\nde00\"}", .fields = "text='\ufffd\nde00' " },
  { "second-half-alone", "{\"text\":\"\\udc00\"}", .fields = "text='\ufffd' " },
  { "zero-in-a-text", "{\"text\":\"a\\u0000b\",\"b\":\"\\u0000\"}", .fields = "b='<0>' text='a<0>b' " },
  { "other-value", "[]", NULL, NULL, 0, FALSE },
  { "nothing", "", NULL, "the text ends within a value", 0, FALSE },
  { "no-end", "{\"a\":1", NULL, "the text ends within a value", 6, FALSE },
  { "no-value", "{\"a\":}", NULL, "expected a value", 5, TRUE },
  { "name-without-quotes", "{a:1}", NULL, "expected a name or }", 1, TRUE },
  { "no-colon", "{\"a\" 1}", NULL, "expected a colon", 5, TRUE },
  { "no-comma", "{\"a\":1 \"b\":2}", NULL, "expected a comma or the end of the list", 7, TRUE },
  { "comma-before-the-end", "{\"a\":1,}", NULL, "expected a name", 7, TRUE },
  { "two-values", "{\"a\":1}{\"b\":2}", NULL, "expected nothing after the value", 7, TRUE },
  { "zero-before-digits", "{\"a\":01}", NULL, "expected a number", 5, TRUE },
  { "hexadecimal", "{\"a\":0x1}", NULL, "expected a comma or the end of the list", 6, TRUE },
  { "comment", "{\"a\":1}//", NULL, "expected nothing after the value", 7, TRUE },
  { "problem-in-a-list", "{\"x\":[1,{\"y\":tru}]}", NULL, "expected a value", 13, TRUE },
  { "three-digits", "{\"text\":\"ab\\u12g4\"}", NULL, "expected four digits after \\u", 15, TRUE },
  { "digits-end-with-the-text", "{\"text\":\"\\u12\"}", NULL, "expected four digits after \\u", 13, TRUE },
  { "digits-of-a-name", "{\"\\u1\":0}", NULL, "expected four digits after \\u", 5, TRUE },
  { "digits-of-a-name-in-a-list", "{\"x\":[{\"\\u1\":0}]}", NULL, "expected four digits after \\u", 11, TRUE },
  { "digits-in-a-list", "{\"x\":[{\"y\":\"\\u\"}]}", NULL, "expected four digits after \\u", 14, TRUE },
  { "letter-that-is-no-escape", "{\"text\":\"a\\x41\"}", NULL,
    "expected one of \" \\ / b f n r t u after a backslash", 11, TRUE },
  { "octal-escape", "{\"text\":\"\\0\"}", NULL, "expected one of \" \\ / b f n r t u after a backslash", 10, TRUE },
};

static void
append_text (GString    *shown,
             const char *text,
             gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      g_string_append (shown, "<0>");
    else
      g_string_append_c (shown, text[i]);
}

static void
append_value (GString            *shown,
              const WsiJsonField *field)
{
  const char *text = wsi_json_field_get_string (field);

  if (text != NULL)
    {
      g_assert_cmpint (text[field->length], ==, '\0');
      g_assert_true (wsi_json_field_is_text (field, text));
      g_assert_false (wsi_json_field_is_text (field, "another"));
      g_assert_cmpint (wsi_json_field_get_number (field, 7), ==, 7);
      g_string_append_c (shown, '\'');
      append_text (shown, text, field->length);
      g_string_append_c (shown, '\'');
    }
  else if (field->kind != WSI_JSON_NUMBER)
    append_text (shown, field->text, field->length);
  else if (wsi_json_field_get_number (field, 1) != wsi_json_field_get_number (field, 2))
    g_string_append_c (shown, '?');
  else
    g_string_append_printf (shown, "%" G_GINT64_FORMAT, wsi_json_field_get_number (field, 1));
}

static char *
show (const WsiJsonField *fields)
{
  GString *shown = g_string_new (NULL);

  for (guint i = 0; i < N_NAMES; i++)
    if (wsi_json_field_is_there (&fields[i]))
      {
        g_string_append_printf (shown, "%s=", names[i]);
        append_value (shown, &fields[i]);
        g_string_append_c (shown, ' ');
      }
  return g_string_free (shown, FALSE);
}

/* In memory of just these bytes, so that a sanitizer sees what is read after them. */
static gboolean
read_exactly (WsiJsonField   *fields,
              guint8        **bytes,
              const char     *json,
              gsize           length,
              WsiJsonMistake *mistake)
{
  *bytes = g_malloc (MAX (length, 1));
  memcpy (*bytes, json, length);
  return wsi_json_fields_read (fields, names, N_NAMES, *bytes, length, mistake);
}

static void
test_case (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autofree guint8 *bytes = NULL;
  g_autofree char *shown = NULL;
  WsiJsonField fields[N_NAMES];
  WsiJsonMistake mistake = { 0 };
  gboolean is_read = read_exactly (fields, &bytes, cases[row].json, strlen (cases[row].json),
                                   &mistake);

  g_assert_cmpint (is_read, ==, cases[row].fields != NULL);
  if (!is_read)
    {
      g_assert_cmpstr (mistake.expected, ==, cases[row].expected);
      g_assert_cmpuint (mistake.place, ==, cases[row].place);
      g_assert_cmpint (mistake.has_place, ==, cases[row].has_place);
      return;
    }

  shown = show (fields);
  g_assert_cmpstr (shown, ==, cases[row].fields);
}

/* No beginning of an object is one, and its mistake has a place in it. */
static void
test_cuts (void)
{
  for (gsize row = 0; row < G_N_ELEMENTS (cases); row++)
    {
      gsize n = cases[row].fields != NULL ? strrchr (cases[row].json, '}') - cases[row].json : 0;

      for (gsize length = 0; length < n; length++)
        {
          g_autofree guint8 *bytes = NULL;
          WsiJsonField fields[N_NAMES];
          WsiJsonMistake mistake = { 0 };

          g_assert_false (read_exactly (fields, &bytes, cases[row].json, length, &mistake));
          g_assert_cmpuint (mistake.place, <=, length);
          g_assert_true (mistake.place < length || !mistake.has_place);
        }
    }
}

/* The scanner calls nothing of itself. */
static void
test_depth (void)
{
  for (guint depth = 1; depth <= 80000; depth = depth < 130 ? depth + 1 : depth * 10)
    {
      g_autofree char *begin = g_strnfill (depth, '[');
      g_autofree char *end = g_strnfill (depth, ']');
      g_autofree char *json = g_strconcat ("{\"x\":", begin, end, ",\"a\":1}", NULL);
      g_autofree guint8 *bytes = NULL;
      WsiJsonField fields[N_NAMES];
      WsiJsonMistake mistake = { 0 };
      gboolean is_read = read_exactly (fields, &bytes, json, strlen (json), &mistake);

      g_assert_cmpint (is_read, ==, depth < WSI_JSON_MAX_DEPTH);
      if (is_read)
        g_assert_cmpint (wsi_json_field_get_number (&fields[0], 0), ==, 1);
      else
        g_assert_cmpstr (mistake.expected, ==, "nested too deeply: at most 128 levels are read");
    }
}

static void
test_nested (void)
{
  g_autofree char *json = g_strdup ("{\"b\":{\"a\":[{\"text\":\"\\u00e9\\n\"},3,[],{\"a\":2}]},"
                                    "\"a\":1}");
  WsiJsonField fields[N_NAMES], inner[N_NAMES], of_element[N_NAMES], element;
  WsiJsonMistake mistake;
  WsiJsonScanner scanner = { 0 };
  GString *shown = g_string_new (NULL);
  g_autofree char *text = NULL;

  g_assert_true (wsi_json_fields_read (fields, names, N_NAMES, (guint8 *) json, strlen (json),
                                       &mistake));
  g_assert_true (wsi_json_field_read_object (&fields[1], inner, names, N_NAMES));
  while (wsi_json_field_next_element (&inner[0], &scanner, &element))
    {
      gboolean is_object = wsi_json_field_read_object (&element, of_element, names, N_NAMES);
      g_autofree char *part = show (of_element);

      g_assert_cmpint (is_object, ==, element.kind == WSI_JSON_OBJECT);
      g_string_append_printf (shown, "{ %s}", part);
    }
  text = g_string_free (shown, FALSE);
  g_assert_cmpstr (text, ==, "{ text='\u00e9\n' }{ }{ }{ a=2 }");
  g_assert_false (wsi_json_field_next_element (&inner[0], &scanner, &element));
}

/* Neither has elements nor members: each kind of value, and none. */
static void
test_other_values (void)
{
  static const char *const values[] = { "1", "true", "null", "\"x\"", "{}", "[]", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *json = values[i] != NULL ? g_strdup_printf ("{\"b\":%s}", values[i])
                                                : g_strdup ("{}");
      WsiJsonField fields[N_NAMES], inner[N_NAMES], element;
      WsiJsonScanner scanner = { 0 };
      WsiJsonMistake mistake;
      gboolean is_object;

      g_assert_true (wsi_json_fields_read (fields, names, N_NAMES, (guint8 *) json, strlen (json),
                                           &mistake));
      is_object = wsi_json_field_read_object (&fields[1], inner, names, N_NAMES);
      g_assert_cmpint (is_object, ==, g_strcmp0 (values[i], "{}") == 0);
      g_assert_false (wsi_json_field_is_there (&inner[0]));
      g_assert_false (wsi_json_field_next_element (&fields[1], &scanner, &element));
    }
}

/* A NUL would end a text of C. */
static void
test_nul (void)
{
  static const char json[] = "{\"text\":\"a\0bcdefgh\"}";
  g_autofree guint8 *bytes = NULL;
  WsiJsonField fields[N_NAMES];
  WsiJsonMistake mistake = { 0 };

  g_assert_false (read_exactly (fields, &bytes, json, sizeof json - 1, &mistake));
  g_assert_cmpstr (mistake.expected, ==, "it is not UTF-8");
}

/* A number of so many digits is none that is read. */
static void
test_digits (void)
{
  g_autofree char *digits = g_strnfill (1000, '1');
  g_autofree char *json = g_strdup_printf ("{\"a\":%s}", digits);
  WsiJsonField fields[N_NAMES];
  WsiJsonMistake mistake;

  g_assert_true (wsi_json_fields_read (fields, names, N_NAMES, (guint8 *) json, strlen (json),
                                       &mistake));
  g_assert_cmpfloat (wsi_json_field_get_real (&fields[0], 7), ==, 7);
}

static void
test_real (void)
{
  static const struct
  {
    const char *json;
    double      number;
  } rows[] = {
    { "{\"a\":1.5}", 1.5 }, { "{\"a\":-2}", -2 }, { "{\"a\":1e3}", 1000 }, { "{\"a\":1e999}", 7 },
    { "{\"a\":\"1\"}", 7 }, { "{}", 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = g_strdup (rows[i].json);
      WsiJsonField fields[N_NAMES];
      WsiJsonMistake mistake;

      g_assert_true (wsi_json_fields_read (fields, names, N_NAMES, (guint8 *) json, strlen (json),
                                           &mistake));
      g_assert_cmpfloat (wsi_json_field_get_real (&fields[0], 7), ==, rows[i].number);
    }
}

/* expected NULL: the string is none in base64. */
static void
test_base64 (void)
{
  static const struct
  {
    const char *json, *expected;
  } rows[] = {
    { "{\"a\":\"YWJj\"}", "abc" }, { "{\"a\":\"YQ==\"}", "a" }, { "{\"a\":\"\"}", "" }, { "{\"a\":\"YW\\u004aj\"}", "abc" },
    { "{\"a\":\"YWJ\"}", NULL }, { "{\"a\":\"YW*j\"}", NULL }, { "{\"a\":\"Y===\"}", NULL }, { "{\"a\":\"=YWJ\"}", NULL },
    { "{\"a\":\"YWJj\\u0000\"}", NULL }, { "{\"a\":7}", NULL }, { "{}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = g_strdup (rows[i].json);
      WsiJsonField fields[N_NAMES];
      WsiJsonMistake mistake;
      g_autoptr (GBytes) bytes = NULL;

      g_assert_true (wsi_json_fields_read (fields, names, N_NAMES, (guint8 *) json, strlen (json),
                                           &mistake));
      bytes = wsi_json_field_take_base64 (&fields[0]);
      g_assert_cmpint (bytes != NULL, ==, rows[i].expected != NULL);
      if (bytes != NULL)
        g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                         rows[i].expected, strlen (rows[i].expected));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/json-fields", cases, test_case);
  g_test_add_func ("/inspector/json-fields/objects-in-lists-in-objects", test_nested);
  g_test_add_func ("/inspector/json-fields/other-values-have-nothing-in-them", test_other_values);
  g_test_add_func ("/inspector/json-fields/real-numbers-are-finite", test_real);
  g_test_add_func ("/inspector/json-fields/base64-is-read-or-is-none", test_base64);
  g_test_add_func ("/inspector/json-fields/real-numbers-have-some-hundred-digits", test_digits);
  g_test_add_func ("/inspector/json-fields/nul-is-refused", test_nul);
  g_test_add_func ("/inspector/json-fields/no-beginning-of-an-object-is-one", test_cuts);
  g_test_add_func ("/inspector/json-fields/128-levels-are-read-and-80000-refused", test_depth);

  return g_test_run ();
}
