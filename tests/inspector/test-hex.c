/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-hex.h"

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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/hex/line/cut-lines-say-so", test_line);
  g_test_add_func ("/inspector/hex/dump/columns-line-up-in-a-short-line", test_dump);
  g_test_add_func ("/inspector/hex/dump/nothing-is-nothing", test_empty);

  return g_test_run ();
}
