/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verdicts about a text while it is written, and the text laid out. */
#include "inspect/compose/wsi-draft-verdict.h"

#include <string.h>

#include "lib/rows.h"

#define UUID "{{uuid}}"
#define MAX_S 5                 /* generous: what is linear needs a tenth of a second */
/* With the sanitizer strstr () looks at all of the text each time. */
#ifdef __SANITIZE_ADDRESS__
#define PART_OF_LONG 8
#else
#define PART_OF_LONG 1
#endif

static const struct
{
  const char  *name;
  WsiDraftForm form;
  const char  *text;
  const char  *sentence;        /* sentence below the draft; NULL: none */
  const char  *underlined;      /* underlined part of the draft; NULL: there is no mistake */
  gsize        begin;
} cases[] = {
  { "text-is-not-judged", WSI_FORM_TEXT, "{{nobody}", NULL, NULL, 0 },
  { "path-is-not-judged", WSI_FORM_FILE, "{", NULL, NULL, 0 },
  { "nothing-is-not-judged", WSI_FORM_JSON, "", NULL, NULL, 0 },
  { "json", WSI_FORM_JSON, "{\"a\": [1, true]}", "No mistake, 16 bytes", NULL, 0 },
  { "one-byte", WSI_FORM_JSON, "1", "No mistake, 1 byte", NULL, 0 },
  { "colon", WSI_FORM_JSON, "{\"a\" 1}", "line 1, column 6: expected a colon, received '1'", "1", 5 },
  { "value", WSI_FORM_JSON, "[,]", "line 1, column 2: expected a value or ], received ','", ",", 1 },
  { "value-after-a-comma", WSI_FORM_JSON, "[1,]", "line 1, column 4: expected a value, received ']'", "]", 3 },
  { "name", WSI_FORM_JSON, "{1}", "line 1, column 2: expected a name or }, received '1'", "1", 1 },
  { "name-after-a-comma", WSI_FORM_JSON, "{\"a\":1,}", "line 1, column 8: expected a name, received '}'", "}", 7 },
  { "comma", WSI_FORM_JSON, "[1 2]", "line 1, column 4: expected a comma or the end of the list, received '2'", "2", 3 },
  { "number", WSI_FORM_JSON, "[-]", "line 1, column 2: expected a number, received '-'", "-", 1 },
  { "second-value", WSI_FORM_JSON, "1\n2", "line 2, column 1: expected nothing after the value, received '2'", "2", 2 },
  { "end-underlines-what-is-seen", WSI_FORM_JSON, "[1, \n\t",
    "line 2, column 2: expected the rest of the value, received the end", ",", 2 },
  { "end-after-another-alphabet", WSI_FORM_JSON, "[\"\xc3\xa9",
    "line 1, column 4: expected the rest of the value, received the end", "\xc3\xa9", 2 },
  { "blanks-alone", WSI_FORM_JSON, "  ", "line 1, column 3: expected the rest of the value, received the end", "", 2 },
  { "string-over-a-line", WSI_FORM_JSON, "[\"a\n\"]",
    "line 1, column 4: expected the end of the string, or an escape such as \\n, received the end of the line", "a", 2 },
  { "open-string-over-the-end-of-a-line", WSI_FORM_JSON, "[\"ab\n]",
    "line 1, column 5: expected the end of the string, or an escape such as \\n, received the end of the line", "b", 3 },
  { "tab-in-a-string", WSI_FORM_JSON, "\"a\tb\"",
    "line 1, column 3: expected the end of the string, or an escape such as \\n, received U+0009", "a", 1 },
  { "escape", WSI_FORM_JSON, "\"\\q\"", "line 1, column 3: expected one of \" \\ / b f n r t u after the backslash, received 'q'", "q", 2 },
  { "escape-in-an-open-string", WSI_FORM_JSON, "[\"\\qab", "line 1, column 7: expected the rest of the value, received the end", "b", 5 },
  { "escape-in-an-open-word", WSI_FORM_JSON, "[tru", "line 1, column 5: expected the rest of the value, received the end", "u", 3 },
  { "no-utf-8", WSI_FORM_JSON, "\x80", "line 1, column 1: expected UTF-8, received the byte 0x80", "\x80", 0 },
  { "digits-of-an-escape", WSI_FORM_JSON, "{\"\\u12x\":1}", "line 1, column 7: expected four digits after \\u, received 'x'", "x", 6 },
  { "too-deep", WSI_FORM_JSON, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "line 1, column 129: expected at most 128 levels of nesting, received '['", "[", 128 },
  { "counter-is-a-number", WSI_FORM_JSON, "[{{counter}}]", "No mistake, 3 bytes", NULL, 0 },
  { "uuid-is-none", WSI_FORM_JSON, "[" UUID "]", NULL, NULL, 0 },
  { "uuid-in-a-string", WSI_FORM_JSON, "\"" UUID "\"", "No mistake, 38 bytes", NULL, 0 },
  { "after-a-variable", WSI_FORM_JSON, "[\"" UUID "\", {{counter}} x]",
    "line 1, column 26: expected a comma or the end of the list, received 'x'", "x", 25 },
  { "value-of-a-variable-is-its-name", WSI_FORM_JSON, "{{{counter}}: 1}", "line 1, column 2: expected a name or }, received '{'", "{", 1 },
  { "unknown-variable", WSI_FORM_JSON, "[\"{{nobody}}\"]",
    "line 1, column 5: expected counter, time or uuid (to send the braces, write \\{{), received 'n'", "n", 4 },
  { "escaped-braces-in-a-string", WSI_FORM_JSON, "\"\\{{\"", "No mistake, 4 bytes", NULL, 0 },
  { "mistake-after-escaped-braces", WSI_FORM_JSON, "\"\\{{\" x",
    "line 1, column 7: expected nothing after the value, received 'x'", "x", 6 },
  { "hex", WSI_FORM_HEX, "ca, 0xfe", "No mistake, 2 bytes", NULL, 0 },
  { "odd-digit", WSI_FORM_HEX, "ca f fe", "line 1, column 5: expected a hexadecimal digit, received ' '", "f", 3 },
  { "odd-digit-at-the-end", WSI_FORM_HEX, "ca f", "line 1, column 5: expected a hexadecimal digit, received the end", "f", 3 },
  { "no-digit", WSI_FORM_HEX, "ca\n\xc3\xa9", "line 2, column 1: expected a hexadecimal digit, received '\xc3\xa9'", "\xc3\xa9", 3 },
  { "base64", WSI_FORM_BASE64, "yv4=", "No mistake, 2 bytes", NULL, 0 },
  { "no-base64", WSI_FORM_BASE64, "y*", "line 1, column 2: expected another base64 character, received '*'", "*", 1 },
};

static void
test_verdict (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiDraft) draft = wsi_draft_new (cases[i].form, WSP_MESSAGE_TYPE_TEXT, cases[i].text);
  g_auto (WsiDraftVerdict) verdict = { 0 };
  g_autofree char *underlined = NULL;

  wsi_draft_verdict_init (&verdict, draft);
  if (g_str_equal (cases[i].name, "uuid-is-none"))      /* its first digit may be one */
    {
      g_assert_true (verdict.is_wrong);
      g_assert_cmpuint (verdict.begin, ==, 1);
      return;
    }

  g_assert_cmpstr (verdict.sentence, ==, cases[i].sentence);
  g_assert_true (verdict.is_wrong == (cases[i].underlined != NULL));
  if (!verdict.is_wrong)
    return;

  underlined = g_strndup (cases[i].text + verdict.begin, verdict.end - verdict.begin);
  g_assert_cmpuint (verdict.begin, ==, cases[i].begin);
  g_assert_cmpstr (underlined, ==, cases[i].underlined);
  g_assert_cmpuint (verdict.end, <=, strlen (cases[i].text));
}

static char *
repeat (const char *begin,
        const char *part,
        gsize       length)
{
  GString *text = g_string_new (begin);

  while (text->len < length)
    g_string_append (text, part);
  return g_string_free (text, FALSE);
}

/* A text that is one byte above the limit is not checked; the same text in hex is. */
static void
test_limit (void)
{
  g_autofree char *text = g_strnfill (WSI_DRAFT_MAX_JUDGED, '1'), *more = NULL;
  g_autoptr (WsiDraft) judged = wsi_draft_new (WSI_FORM_JSON, WSP_MESSAGE_TYPE_TEXT, text);
  g_autoptr (WsiDraft) longer = NULL, hex = NULL;
  g_auto (WsiDraftVerdict) one = { 0 }, two = { 0 }, three = { 0 };

  more = g_strconcat (text, "1", NULL);
  longer = wsi_draft_new (WSI_FORM_JSON, WSP_MESSAGE_TYPE_TEXT, more);
  hex = wsi_draft_new (WSI_FORM_HEX, WSP_MESSAGE_TYPE_TEXT, more);
  wsi_draft_verdict_init (&one, judged);
  g_assert_cmpstr (one.sentence, ==, "No mistake, 262144 bytes");
  wsi_draft_verdict_init (&two, longer);
  g_assert_false (two.is_wrong);
  g_assert_nonnull (strstr (two.sentence, "Longer than 256 KiB"));
  wsi_draft_verdict_init (&three, hex);
  g_assert_true (three.is_wrong);
}

static const struct
{
  const char  *name;
  WsiDraftForm form;
  const char  *begin, *part;
} long_texts[] = {
  { "brackets", WSI_FORM_JSON, "", "[" },
  { "variables", WSI_FORM_JSON, "", UUID },
  { "braces", WSI_FORM_JSON, "", "{{" },
  { "strings", WSI_FORM_JSON, "[1", ",\"\"" },
  { "escapes", WSI_FORM_JSON, "\"", "\\n" },
  { "hex-in-one-line", WSI_FORM_HEX, "", "ca" },
  { "hex-in-lines", WSI_FORM_HEX, "", "c\n" },
  { "base64", WSI_FORM_BASE64, "", "AAAA" },
};

static void
test_long (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gsize length = long_texts[i].form == WSI_FORM_JSON ? WSI_DRAFT_MAX_JUDGED - 8
                                                     : WSI_DRAFT_MAX_TEXT - 8;
  g_autofree char *text = repeat (long_texts[i].begin, long_texts[i].part,
                                  length / PART_OF_LONG);
  g_autofree char *laid_out = NULL;
  g_autoptr (WsiDraft) draft = wsi_draft_new (long_texts[i].form, WSP_MESSAGE_TYPE_TEXT, text);
  g_auto (WsiDraftVerdict) verdict = { 0 };
  g_autoptr (GTimer) timer = g_timer_new ();

  wsi_draft_verdict_init (&verdict, draft);
  laid_out = wsi_draft_lay_out (draft, 16);
  g_test_message ("%.0f ms", 1000 * g_timer_elapsed (timer, NULL));
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, MAX_S);
  g_assert_nonnull (verdict.sentence);
}

static const struct
{
  const char  *name;
  WsiDraftForm form;
  const char  *text, *laid_out; /* text of the draft; the same laid out; NULL: it stays as it is */
} layouts[] = {
  { "members", WSI_FORM_JSON, "{\"a\":1,\"b\":[true,{}]}", "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    {}\n  ]\n}" },
  { "variables-stay", WSI_FORM_JSON, "[{{counter}},\"{{uuid}}\"]", "[\n  {{counter}},\n  \"{{uuid}}\"\n]" },
  { "variable-next-to-an-object", WSI_FORM_JSON, "{\"a\":{{counter}}}", "{\n  \"a\": {{counter}}\n}" },
  { "escaped-braces-stay", WSI_FORM_JSON, "[\"\\{{counter}}\",1]", "[\n  \"\\{{counter}}\",\n  1\n]" },
  { "from-a-mistake-on-it-stays", WSI_FORM_JSON, "[1,2 3,4]", "[\n  1,\n  2 3,4]" },
  { "laid-out-twice-is-the-same", WSI_FORM_JSON, "[\n  1\n]", "[\n  1\n]" },
  { "variable-alone-stays", WSI_FORM_JSON, "{{counter}}", NULL },
  { "number-stays", WSI_FORM_JSON, " 1", NULL },
  { "nothing-stays", WSI_FORM_JSON, "", NULL },
  { "hex", WSI_FORM_HEX, "cafe00,0x11\n22", "ca fe 00 11\n22" },
  { "hex-with-a-mistake-stays", WSI_FORM_HEX, "cafe0", NULL },
  { "text-stays", WSI_FORM_TEXT, "[1,2]", NULL },
  { "base64-stays", WSI_FORM_BASE64, "yv4=", NULL },
};

static void
test_layout (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiDraft) draft = wsi_draft_new (layouts[i].form, WSP_MESSAGE_TYPE_TEXT,
                                              layouts[i].text);
  g_autofree char *laid_out = wsi_draft_lay_out (draft, 4);

  g_assert_cmpstr (laid_out, ==, layouts[i].laid_out);
  g_assert_true (wsi_draft_form_has_layout (layouts[i].form) ==
                 (layouts[i].form == WSI_FORM_JSON || layouts[i].form == WSI_FORM_HEX));
}

static const struct
{
  const char *name;
  gsize       at, found;
} cursors[] = {
  { "begin", 0, 0 },
  { "before-a-member", 1, 1 },
  { "in-a-string", 4, 7 },
  { "after-a-blank-in-a-string", 5, 7 },
  { "end", 9, 15 },
  { "behind-the-end", 99, 17 },
};

static void
test_cursor (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  g_assert_cmpuint (wsi_draft_find_cursor ("[\"\xc3\xa9\xc3\xa9 b\",1]", cursors[i].at,
                                           "[\n  \"\xc3\xa9\xc3\xa9 b\",\n  1\n]"), ==,
                    cursors[i].found);
}

/* Commas and prefixes of hex are gone. */
static void
test_cursor_of_hex (void)
{
  g_assert_cmpuint (wsi_draft_find_cursor ("0xca", 4, "ca"), ==, 2);
}

static char *
make_random (GRand *random)
{
  static const char *const parts[] = {
    "{", "}", "[", "]", "\"", ",", ":", " ", "\n", "\t", "\\", "{{", "}}", "{{counter}}", UUID, "\\{{", "1", "-", ".",
    "e", "true", "nul", "\\u00", "a", "\xc3\xa9", "0x", "fe", "\"a\":", "[1,", "==",
  };
  GString *text = g_string_new (NULL);

  for (int n = g_rand_int_range (random, 0, 16); n > 0; n--)
    g_string_append (text, parts[g_rand_int_range (random, 0, G_N_ELEMENTS (parts))]);
  return g_string_free (text, FALSE);
}

static char *
dup_without_blanks (const char *text)
{
  GString *kept = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (!g_ascii_isspace (*text))
      g_string_append_c (kept, *text);
  return g_string_free (kept, FALSE);
}

/* Blanks alone are other ones, and another layout changes nothing more. */
static void
assert_laid_out (const WsiDraft *draft)
{
  g_autofree char *laid_out = wsi_draft_lay_out (draft, 16), *again = NULL;
  g_autofree char *one = dup_without_blanks (draft->text), *two = NULL;
  g_autoptr (WsiDraft) next = NULL;

  if (laid_out == NULL)
    return;

  next = wsi_draft_new (draft->form, WSP_MESSAGE_TYPE_TEXT, laid_out);
  again = wsi_draft_lay_out (next, 16);
  two = dup_without_blanks (laid_out);
  g_assert_cmpstr (again, ==, laid_out);
  if (draft->form == WSI_FORM_JSON)
    g_assert_cmpstr (one, ==, two);
}

/* The verdict is that of sending, with a place in the text. */
static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (36);

  for (guint i = 0; i < 100000; i++)
    {
      const WsiVariables variables = WSI_VARIABLES_BEGIN;
      g_autofree char *text = make_random (random);
      g_autoptr (WsiDraft) draft = wsi_draft_new (i % WSI_FORM_FILE, WSP_MESSAGE_TYPE_TEXT, text);
      g_auto (WsiDraftVerdict) verdict = { 0 };
      g_autoptr (GBytes) sent = wsi_draft_read (draft, &variables, NULL);

      wsi_draft_verdict_init (&verdict, draft);
      if (verdict.sentence != NULL)
        g_assert_true (verdict.is_wrong == (sent == NULL));
      g_assert_cmpuint (verdict.begin, <=, verdict.end);
      g_assert_cmpuint (verdict.end, <=, strlen (text));
      g_assert_true (g_utf8_validate (text + verdict.begin, verdict.end - verdict.begin, NULL));
      assert_laid_out (draft);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/draft-verdict/verdict", cases, test_verdict);
  ADD_ROWS ("/inspector/draft-verdict/long", long_texts, test_long);
  ADD_ROWS ("/inspector/draft-verdict/layout", layouts, test_layout);
  ADD_ROWS ("/inspector/draft-verdict/cursor", cursors, test_cursor);
  g_test_add_func ("/inspector/draft-verdict/random-texts", test_random);
  g_test_add_func ("/inspector/draft-verdict/cursor/shorter-text", test_cursor_of_hex);
  g_test_add_func ("/inspector/draft-verdict/longer-json-says-that-it-is-not-judged", test_limit);
  return g_test_run ();
}
