/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-text.h"

#include <string.h>

#define EVERYTHING G_MAXSIZE

static const struct
{
  const char *name;
  const char *bytes;
  gsize       length;           /* 0 = as a string */
  WsiCharset  charset;
  const char *expected;
} escape_cases[] = {
  { "SEC-115-terminal-sequence-is-shown", "\x1b[2J\x1b]0;owned\a", 0, WSI_CHARSET_UTF8, "\\x1b[2J\\x1b]0;owned\\x07" },
  { "SEC-115-c1-controls-are-shown", "\xc2\x9b" "31m", 0, WSI_CHARSET_UTF8, "\\u{9b}31m" },
  { "SEC-115-reordering-marks-are-shown", "a\xe2\x80\xae" "b", 0, WSI_CHARSET_UTF8, "a\\u{202e}b" },
  { "SEC-115-line-separators-are-shown", "a\xe2\x80\xa8" "b", 0, WSI_CHARSET_UTF8, "a\\u{2028}b" },
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

/* The library has escaped what a peer has sent: "\\x1b" is one escape character, not two. */
static void
test_sentence (void)
{
  g_autofree char *text = wsi_text_escape_sentence ("Closed with 1000 \"\\x1b[2J\", \x1b\xc2\x9b",
                                                    WSI_CHARSET_UTF8);

  g_assert_cmpstr (text, ==, "Closed with 1000 \"\\x1b[2J\", \\x1b\\u{9b}");
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

  for (gsize i = 0; i < G_N_ELEMENTS (escape_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/text/escape/", escape_cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_escape);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (readable_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/text/readable/",
                                           readable_cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_readable);
    }
  g_test_add_func ("/inspector/text/escape/no-pair-of-bytes-is-obeyed", test_every_byte);
  g_test_add_func ("/inspector/text/escape/each-byte-at-each-place-of-a-block", test_places);
  g_test_add_func ("/inspector/text/escape/long-text-ends-with-an-ellipsis", test_long);

  g_test_add_func ("/inspector/text/escape/a-sentence-keeps-its-backslashes", test_sentence);
  return g_test_run ();
}
