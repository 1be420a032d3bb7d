/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text.h"
#include "lib/rows.h"

#include <string.h>

#define EVERYTHING G_MAXSIZE

static const struct
{
  const char *name;
  const char *bytes;
  gsize       length;           /* length of bytes; 0 = up to the NUL */
  WsiCharset  charset;
  const char *expected;
} escape_cases[] = {
  { "SEC-115-terminal-sequence-is-shown", "\x1b[2J\x1b]0;owned\a", 0, WSI_CHARSET_UTF8, "\\x1b[2J\\x1b]0;owned\\x07" },
  { "SEC-115-c1-controls-are-shown", "\xc2\x9b" "31m", 0, WSI_CHARSET_UTF8, "\\u{9b}31m" },
  { "SEC-115-reordering-marks-are-shown", "a\xe2\x80\xae" "b", 0, WSI_CHARSET_UTF8, "a\\u{202e}b" },
  { "SEC-115-line-separators-are-shown", "a\xe2\x80\xa8" "b", 0, WSI_CHARSET_UTF8, "a\\u{2028}b" },
  { "SEC-115-paragraph-separators-are-shown", "a\xe2\x80\xa9" "b", 0, WSI_CHARSET_UTF8, "a\\u{2029}b" },
  { "SEC-115-zero-width-space-between-letters-is-shown", "\u0628\u200b\u0628", 0, WSI_CHARSET_UTF8, "\u0628\\u{200b}\u0628" },
  { "SEC-115-zero-width-characters-are-shown", "a\xe2\x80\x8b" "b", 0, WSI_CHARSET_UTF8, "a\\u{200b}b" },
  { "delete-is-shown", "\x7f", 0, WSI_CHARSET_UTF8, "\\x7f" },
  { "nul-is-shown", "a\0b", 3, WSI_CHARSET_UTF8, "a\\x00b" },
  { "line-ends-stay-in-the-line", "a\r\n\tb", 0, WSI_CHARSET_UTF8, "a\\r\\n\\tb" },
  { "backslash-is-doubled", "\\x1b", 0, WSI_CHARSET_UTF8, "\\\\x1b" },
  { "broken-utf8-is-shown-byte-by-byte", "a\xff\xc3" "b", 0, WSI_CHARSET_UTF8, "a\\xff\\xc3b" },
  { "surrogate-is-not-utf8", "\xed\xa0\x80", 0, WSI_CHARSET_UTF8, "\\xed\\xa0\\x80" },
  { "cut-character-is-shown-as-bytes", "\xe2\x82", 0, WSI_CHARSET_UTF8, "\\xe2\\x82" },
  { "letters-stay", "Gr\xc3\xbc\xc3\x9f" "e \xe2\x98\xba", 0, WSI_CHARSET_UTF8, "Gr\xc3\xbc\xc3\x9f" "e \xe2\x98\xba" },
  { "letters-are-shown-where-there-is-only-ascii", "\xc3\xbc", 0, WSI_CHARSET_ASCII, "\\u{fc}" },
  { "nothing-is-nothing", "", 0, WSI_CHARSET_UTF8, "" },
};

static void
test_escape (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gsize length = escape_cases[i].length > 0 ? escape_cases[i].length
                                            : strlen (escape_cases[i].bytes);
  g_autoptr (GBytes) bytes = g_bytes_new (escape_cases[i].bytes, length);
  g_autofree char *text = wsi_text_escape (bytes, EVERYTHING, escape_cases[i].charset);

  g_assert_cmpstr (text, ==, escape_cases[i].expected);
}

/* Whatever comes, nothing is printed that a terminal obeys. */
static void
test_every_byte (void)
{
  for (guint first = 0; first < 256; first++)
    for (guint second = 0; second < 256; second++)
      {
        const guint8 data[] = { first, second, 'x' };
        g_autoptr (GBytes) bytes = g_bytes_new (data, sizeof data);
        g_autofree char *text = wsi_text_escape (bytes, EVERYTHING, WSI_CHARSET_UTF8);

        g_assert_true (g_utf8_validate (text, -1, NULL));
        for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
          g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
      }
}

static void
test_long (void)
{
  g_autofree char *letters = g_strnfill (100, 'a');
  g_autoptr (GBytes) bytes = g_bytes_new (letters, 100);
  g_autofree char *text = wsi_text_escape (bytes, 10, WSI_CHARSET_UTF8);
  g_autofree char *ascii = wsi_text_escape (bytes, 10, WSI_CHARSET_ASCII);

  g_assert_cmpstr (text, ==, "aaaaaaaaaa…");
  g_assert_cmpstr (ascii, ==, "aaaaaaaaaa...");
}

/* Each has joiners or non-joiners; is_shown: all of them, else none. */
static const struct
{
  const char *name, *text;
  gboolean    is_shown;
} joiner_cases[] = {
  { "persian-non-joiner-between-letters-is-shown", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", TRUE },
  { "persian-non-joiner-after-a-letter-that-joins-one-side-is-shown", "\u06a9\u0627\u0631\u200c\u0647\u0627", TRUE },
  { "arabic-joiner-between-letters-is-shown", "\u0647\u200d\u0628", TRUE },
  { "arabic-joiner-after-a-vowel-mark-is-shown", "\u0628\u064e\u200d\u0628", TRUE },
  { "syriac-is-shown", "\u0712\u200c\u0713", TRUE },
  { "mongolian-is-shown", "\u1820\u200d\u1821", TRUE },
  { "devanagari-half-form-is-shown", "\u0915\u094d\u200d\u0937", TRUE },
  { "devanagari-explicit-virama-is-shown", "\u0915\u094d\u200c\u0937", TRUE },
  { "bengali-joiner-before-the-virama-is-shown", "\u09b0\u200d\u09cd\u09af", TRUE },
  { "sinhala-is-shown", "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf", TRUE },
  { "malayalam-is-shown", "\u0d28\u0d4d\u200d\u0d28", TRUE },
  { "family-is-shown", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", TRUE },
  { "flag-is-shown", "\U0001f3f3\ufe0f\u200d\U0001f308", TRUE },
  { "pirates-are-shown", "\U0001f3f4\u200d\u2620\ufe0f", TRUE },
  { "skins-are-shown", "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468\U0001f3fb", TRUE },
  { "judge-is-shown", "\U0001f469\u200d\u2696\ufe0f", TRUE },
  { "head-that-nods-is-shown", "\U0001f642\u200d\u2195\ufe0f", TRUE },
  { "head-that-shakes-is-shown", "\U0001f642\u200d\u2194\ufe0f", TRUE },

  { "SEC-115-latin-joiner-is-escaped", "pay\u200dpal", FALSE },
  { "SEC-115-latin-non-joiner-is-escaped", "pay\u200cpal", FALSE },
  { "SEC-115-cyrillic-is-escaped", "\u0430\u200c\u0431", FALSE },
  { "SEC-115-han-is-escaped", "\u4f60\u200d\u597d", FALSE },
  { "SEC-115-thai-is-escaped", "\u0e01\u200c\u0e02", FALSE },
  { "SEC-115-digits-are-escaped", "\u0661\u200c\u0662", FALSE },
  { "SEC-115-first-is-escaped", "\u200c\u0628", FALSE },
  { "SEC-115-last-is-escaped", "\u0628\u200c", FALSE },
  { "SEC-115-alone-is-escaped", "\u200d", FALSE },
  { "SEC-115-first-of-emoji-is-escaped", "\u200d\U0001f468", FALSE },
  { "SEC-115-last-of-emoji-is-escaped", "\U0001f468\u200d", FALSE },
  { "SEC-115-two-are-escaped", "\u0628\u200c\u200c\u0628", FALSE },
  { "SEC-115-both-kinds-are-escaped", "\u0628\u200c\u200d\u0628", FALSE },
  { "SEC-115-two-of-emoji-are-escaped", "\U0001f468\u200d\u200d\U0001f469", FALSE },
  { "SEC-115-two-scripts-are-escaped", "\u0628\u200c\u0712", FALSE },
  { "SEC-115-letter-and-space-are-escaped", "\u0628\u200c \u0628", FALSE },
  { "SEC-115-arabic-and-latin-are-escaped", "\u0628\u200cb", FALSE },
  { "SEC-115-arabic-and-emoji-are-escaped", "\u0628\u200d\U0001f468", FALSE },
  { "SEC-115-latin-and-emoji-are-escaped", "a\u200d\U0001f468", FALSE },
  { "SEC-115-non-joiner-of-emoji-is-escaped", "\U0001f468\u200c\U0001f469", FALSE },
  { "SEC-115-signs-that-are-no-emoji-are-escaped", "\u00a9\u200d\u00ae", FALSE },
  { "SEC-115-mark-without-a-letter-is-escaped", "\u064e\u200d\u0628", FALSE },
  { "SEC-115-letter-behind-many-marks-is-escaped", "\u0628\u064e\u064e\u064e\u064e\u064e\u200d\u0628", FALSE },
  { "SEC-115-style-without-an-emoji-is-escaped", "\ufe0f\u200d\U0001f468", FALSE },
  { "SEC-115-broken-byte-before-is-escaped", "\xd8\u200c\u0628", FALSE },
  { "SEC-115-broken-byte-after-is-escaped", "\u0628\u200c\xd8", FALSE },
  { "SEC-115-continuation-after-the-letter-is-escaped", "\u0628\x80\u200c\u0628", FALSE },
  { "SEC-115-two-continuations-before-are-escaped", "\x80\x80\u200d\u0628", FALSE },
  { "SEC-115-mark-of-another-script-is-escaped", "\u0628\u094d\u200d\u0628", FALSE },
  { "SEC-115-letter-and-digit-are-escaped", "\u0915\u200d\u0967", FALSE },
  { "SEC-115-symbols-that-are-no-emoji-are-escaped", "\u2801\u200d\u2802", FALSE },
  { "SEC-115-only-continuations-before-are-escaped", "\x80\x80\x80\x80\x80\u200d\u0628", FALSE },
};

static void
test_joiner (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *text = joiner_cases[i].text;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autofree char *line = wsi_text_escape_line (text, WSI_CHARSET_UTF8);
  g_autofree char *sentence = wsi_text_escape_sentence (text, WSI_CHARSET_UTF8);
  g_autofree char *ascii = wsi_text_escape_line (text, WSI_CHARSET_ASCII);

  if (joiner_cases[i].is_shown)
    {
      g_assert_cmpstr (line, ==, text);
      g_assert_cmpstr (sentence, ==, text);
    }
  else
    {
      g_assert_null (strstr (line, "\u200c"));
      g_assert_null (strstr (line, "\u200d"));
      g_assert_cmpstr (line, ==, sentence);
    }
  g_assert_cmpint (wsi_text_is_readable (bytes), ==, joiner_cases[i].is_shown);
  g_assert_true (g_str_is_ascii (ascii));
}

/* The library has escaped what a peer has sent: "\\x1b" is one escape character, not two. */
static void
test_sentence (void)
{
  g_autofree char *text = wsi_text_escape_sentence ("Closed with 1000 \"\\x1b[2J\", \x1b\xc2\x9b",
                                                    WSI_CHARSET_UTF8);

  g_assert_cmpstr (text, ==, "Closed with 1000 \"\\x1b[2J\", \\x1b\\u{9b}");
}

/* Characters that are not seen stay, characters that a terminal obeys do not. */
static const struct
{
  const char *name;
  const char *text;
  WsiCharset  charset;
  const char *expected;
} exact_cases[] = {
  { "letters-stay", "Gr\u00fc\u00dfe \u4f60\u597d", WSI_CHARSET_UTF8, "Gr\u00fc\u00dfe \u4f60\u597d" },
  { "letters-are-shown-where-there-is-only-ascii", "Gr\u00fc\u00dfe", WSI_CHARSET_ASCII, "Gr\\u{fc}\\u{df}e" },
  { "backslash-stays", "a\\b", WSI_CHARSET_UTF8, "a\\b" },
  { "zero-width-characters-stay", "a\u200bb", WSI_CHARSET_UTF8, "a\u200bb" },
  { "SEC-115-controls-are-shown", "\x1b[2J\xc2\x9b" "31m\x7f", WSI_CHARSET_UTF8, "\\x1b[2J\\u{9b}31m\\x7f" },
  { "SEC-115-reordering-marks-are-shown", "\u061c\u200e\u202e\u2066", WSI_CHARSET_UTF8, "\\u{61c}\\u{200e}\\u{202e}\\u{2066}" },
  { "SEC-115-line-separators-are-shown", "a\u2028b\u2029c", WSI_CHARSET_UTF8, "a\\u{2028}b\\u{2029}c" },
};

static void
test_exact (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *text = exact_cases[i].text;
  g_autoptr (GString) shown = g_string_new (NULL);

  wsi_text_append_exact (shown, text, strlen (text), EVERYTHING, exact_cases[i].charset);

  g_assert_cmpstr (shown->str, ==, exact_cases[i].expected);
}

static const struct
{
  const char *name;
  const char *bytes;
  gboolean    is_readable;
} readable_cases[] = {
  { "letters-are", "Gr\xc3\xbc\xc3\x9f" "e\n", TRUE },
  { "controls-are-not", "\x01", FALSE },
  { "broken-utf8-is-not", "\xff", FALSE },
  { "cut-character-at-the-end-is", "Gr\xc3", TRUE },
  { "cut-character-before-the-end-is-not", "Gr\xc3 ", FALSE },
  { "nothing-is", "", TRUE },
  { "cut-character-that-the-lowest-bytes-do-not-complete-is", "\xe0", TRUE },
  { "cut-character-that-the-highest-bytes-do-not-complete-is", "\xed", TRUE },
  { "cut-character-of-four-bytes-is", "\xf0\x9f\x98", TRUE },
  { "first-byte-of-no-character-is-not", "Gr\xf8", FALSE },
  { "first-bytes-of-a-longer-form-are-not", "\xe0\x80", FALSE },
  { "first-bytes-of-a-surrogate-are-not", "\xed\xa0", FALSE },
  { "first-bytes-beyond-all-characters-are-not", "\xf4\x90", FALSE },
  { "form-of-five-bytes-is-not", "\xf8\x88\x80\x80", FALSE },
};

static void
test_readable (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) bytes = g_bytes_new (readable_cases[i].bytes,
                                          strlen (readable_cases[i].bytes));

  g_assert_cmpint (wsi_text_is_readable (bytes), ==, readable_cases[i].is_readable);
}

static char *
escape (const char *text,
        gsize       length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return wsi_text_escape (bytes, G_MAXSIZE, WSI_CHARSET_UTF8);
}

/* Plain characters are copied by the block: each byte is seen at each place, also of the rest. */
static void
test_places (void)
{
  const char plain[] = "plain characters of two blocks of thirty-two each, and some more after";

  for (guint byte = 0; byte <= G_MAXUINT8; byte++)
    for (gsize place = 0; place < strlen (plain); place++)
      {
        g_autofree char *text = g_strdup (plain);
        g_autofree char *before = escape (plain, place);
        g_autofree char *alone = escape ((const char[]) { byte }, 1);
        g_autofree char *expected = g_strconcat (before, alone, plain + place + 1, NULL);
        g_autofree char *shown = NULL;

        text[place] = byte;
        shown = escape (text, strlen (plain));
        g_assert_cmpstr (shown, ==, expected);
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/text/escape", escape_cases, test_escape);
  ADD_ROWS ("/inspector/text/exact", exact_cases, test_exact);
  ADD_ROWS ("/inspector/text/readable", readable_cases, test_readable);
  ADD_ROWS ("/inspector/text/joiners", joiner_cases, test_joiner);
  g_test_add_func ("/inspector/text/escape/no-pair-of-bytes-is-obeyed", test_every_byte);
  g_test_add_func ("/inspector/text/escape/each-byte-at-each-place-of-a-block", test_places);
  g_test_add_func ("/inspector/text/escape/long-text-ends-with-an-ellipsis", test_long);

  g_test_add_func ("/inspector/text/escape/a-sentence-keeps-its-backslashes", test_sentence);
  return g_test_run ();
}
