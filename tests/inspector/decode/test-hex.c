/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-hex.h"
#include "lib/rows.h"

static void
test_line (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x00\x7f\xff", 3);
  g_autofree char *whole = wsi_hex_line (bytes, 3);
  g_autofree char *cut = wsi_hex_line (bytes, 2);

  g_assert_cmpstr (whole, ==, "00 7f ff");
  g_assert_cmpstr (cut, ==, "00 7f ...");
}

static void
test_dump (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("0123456789abcdef\x1bZ", 18);
  g_autofree char *dump = wsi_hex_dump (bytes, G_MAXSIZE);
  g_autofree char *first = wsi_hex_dump (bytes, 16);

  g_assert_cmpstr (dump, ==,
                   "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
                   "00000010  1b 5a                                            .Z\n");
  g_assert_cmpstr (first, ==,
                   "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n");
}

static void
test_empty (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  g_autofree char *dump = wsi_hex_dump (bytes, G_MAXSIZE);

  g_assert_cmpstr (dump, ==, "");
}

static const struct
{
  const char *name;
  gsize       length;
  guint       n_digits;
} offset_cases[] = {
  { "nothing-has-4", 0, 4 },
  { "last-offset-of-4", 0x10000, 4 },
  { "first-offset-of-6", 0x10001, 6 },
  { "8-of-16-mib-and-one", 0x1000001, 8 },
  { "all-of-the-longest", G_MAXSIZE, 2 * sizeof (gsize) },
};

static void
test_offset_digits (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpuint (wsi_hex_count_offset_digits (offset_cases[i].length), ==,
                    offset_cases[i].n_digits);
}

static const struct
{
  const char *name, *text;
  const char *line;             /* bytes of the text as one line; NULL = refused */
} parse_cases[] = {
  { "nothing", "", "" },
  { "digits", "81054865", "81 05 48 65" },
  { "blanks-and-case", " 8A\t05\r\n ff ", "8a 05 ff" },
  { "prefixes-and-commas", "0x81, 0X05,\\x48;65", "81 05 48 65" },
  { "own-dump", "00000000  30 31  01\n00000010  1b                                               .", "30 31 1b" },
  { "dump-of-hexdump", "00000000  30 31 32 33 34 35 36 37  38 |012345678|", "30 31 32 33 34 35 36 37 38" },
  { "dump-of-xxd", "00000000: 3031 ff  abcd", "30 31 ff" },
  { "four-digits-are-no-offset-without-a-mark", "8105 4865", "81 05 48 65" },
  { "two-digits-are-no-offset", "81:05:48:65", "81 05 48 65" },
  { "prefix-of-another-digit-is-refused", "1x05", NULL },
  { "odd-digits-are-refused", "810", NULL },
  { "letters-are-refused", "81\nhello", NULL },
  { "prefix-alone-is-refused", "0x", NULL },
};

static void
test_parse (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wsi_hex_parse (parse_cases[i].text, &error);
  g_autofree char *line = bytes != NULL ? wsi_hex_line (bytes, G_MAXSIZE) : NULL;

  g_assert_cmpstr (line, ==, parse_cases[i].line);
  g_assert_true ((bytes == NULL) == (error != NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/hex/line/cut-lines-say-so", test_line);
  g_test_add_func ("/inspector/hex/dump/columns-line-up-in-a-short-line", test_dump);
  g_test_add_func ("/inspector/hex/dump/nothing-is-nothing", test_empty);

  ADD_ROWS ("/inspector/hex/parse", parse_cases, test_parse);

  ADD_ROWS ("/inspector/hex/offset-digits", offset_cases, test_offset_digits);
  return g_test_run ();
}
