/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows beside lines of hex, however the lines are typed and broken. */
#include "inspect/compose/wsi-hex-rows.h"

#include <string.h>

#include "inspect/compose/wsi-draft.h"
#include "lib/rows.h"

#define ROOMY 200               /* columns */
#define MAX_S 5                 /* generous */

static const struct
{
  const char *name, *text;
  const char *line;             /* line that is looked at */
  const char *shown;            /* text of the line's bytes; NULL: the line has no byte */
} rows[] = {
  { "first-line", "48 69\n21", "48 69", "0000 Hi" },
  { "second-line", "48 69\n21", "21", "0002 !" },
  { "without-blanks", "486921\n7a", "7a", "0003 z" },
  { "commas-and-prefixes", "0x48, \\x69;21\n7a", "0x48, \\x69;21", "0000 Hi!" },
  { "what-is-not-printed-is-a-dot", "00 7f ff 20", "00 7f ff 20", "0000 ... " },
  { "empty-line", "48\n  \n69", "  ", NULL },
  { "part-of-a-line", "48 69 21", "69 21", "0001 i!" },
  { "part-that-begins-in-a-byte", "48 69 21", "8 69", "0001 i" },
  { "odd-digit-counts-no-byte", "48 6 21\n7a", "7a", "0002 z" },
  { "what-is-no-digit-counts-no-byte", "48 xyz 21\n7a", "7a", "0002 z" },
  { "characters-of-several-bytes", "\xc3\xa9\xc3\xa9\n7a", "7a", "0000 z" },
  { "dump-has-its-bytes-only", "00000010  48 69  Hi\n00000020  7a", "00000020  7a", "0002 z" },
};

static void
test_row (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *at = g_strrstr (rows[i].text, rows[i].line);
  gsize begin = g_utf8_pointer_to_offset (rows[i].text, at);
  g_autoptr (WsiHexRows) read = wsi_hex_rows_new (rows[i].text);
  WsiHexShape shape = wsi_hex_rows_choose_shape (read, ROOMY);
  g_autofree char *offset = NULL, *characters = NULL, *shown = NULL;

  if (wsi_hex_rows_print (read, &shape, begin, begin + g_utf8_strlen (rows[i].line, -1), &offset,
                          &characters))
    shown = g_strconcat (offset, " ", characters, NULL);
  g_assert_cmpstr (shown, ==, rows[i].shown);
}

static const struct
{
  const char *name, *text;
  guint       n_columns;
  WsiHexShape shape;
} shapes[] = {
  { "nothing", "", 80, { 4, 72, 2, 0 } },
  { "all-beside-each-other", "48 69 21", 80, { 4, 69, 10, 3 } },
  { "longest-line-decides", "48\n48 69 21", 80, { 4, 69, 10, 3 } },
  { "just-enough", "48 69 21", 4 + 2 + 8 + 2 + 3, { 4, 8, 10, 3 } },
  { "one-column-less-breaks-the-line", "48 69 21 22 23 24 25", 4 + 2 + 20 + 2 + 7 - 1, { 4, 18, 20, 6 } },
  { "dense-lines-have-more-characters", "4869212223242526272829303132", 4 + 2 + 2 + 18, { 4, 12, 14, 6 } },
  { "64-characters-at-most", "00000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000", 400, { 4, 128, 130, 64 } },
  { "no-room-for-characters", "48 69 21 22 23 24 25", 4 + 2 + 2 + 15, { 4, 17, 0, 0 } },
  { "no-room-at-all", "48 69 21", 3, { 4, 0, 0, 0 } },
};

static void
test_shape (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiHexRows) read = wsi_hex_rows_new (shapes[i].text);
  WsiHexShape shape = wsi_hex_rows_choose_shape (read, shapes[i].n_columns);

  g_assert_cmpuint (shape.n_digits, ==, shapes[i].shape.n_digits);
  g_assert_cmpuint (shape.n_text, ==, shapes[i].shape.n_text);
  g_assert_cmpuint (shape.place, ==, shapes[i].shape.place);
  g_assert_cmpuint (shape.n_characters, ==, shapes[i].shape.n_characters);
}

static const struct
{
  const char *name;
  guint       n_columns, n_bytes;
} widths[] = {
  { "wide", 120, 16 },
  { "16-just-fit", 4 + 3 + 4 * 16, 16 },
  { "one-less", 4 + 3 + 4 * 16 - 1, 8 },
  { "narrow", 30, 4 },
  { "none", 0, 4 },
};

static void
test_width (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiHexRows) read = wsi_hex_rows_new ("48");

  g_assert_cmpuint (wsi_hex_rows_choose_bytes (read, widths[i].n_columns), ==, widths[i].n_bytes);
}

/* The offsets of 64 KiB and more have six digits. */
static void
test_digits (void)
{
  g_autofree char *text = g_strnfill (2 * 0x10001, '0');
  g_autoptr (WsiHexRows) read = wsi_hex_rows_new (text);

  g_assert_cmpuint (wsi_hex_rows_choose_shape (read, 80).n_digits, ==, 6);
}

/* A line of all bytes, and each line of its own. */
static void
test_long (gconstpointer part)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WsiHexRows) read = NULL;
  g_autoptr (GTimer) timer = g_timer_new ();

  while (text->len < WSI_DRAFT_MAX_TEXT)
    g_string_append (text, part);
  read = wsi_hex_rows_new (text->str);
  for (guint i = 0; i < 1000; i++)
    {
      WsiHexShape shape = wsi_hex_rows_choose_shape (read, 80 + i % 2);
      g_autofree char *offset = NULL, *characters = NULL;

      g_assert_true (wsi_hex_rows_print (read, &shape, i * 1000, G_MAXUINT32, &offset,
                                         &characters));
      g_assert_cmpuint (strlen (characters), <=, shape.n_characters);
    }
  g_test_message ("%.0f ms", 1000 * g_timer_elapsed (timer, NULL));
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, MAX_S);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/hex-rows/row", rows, test_row);
  ADD_ROWS ("/inspector/hex-rows/shape", shapes, test_shape);
  ADD_ROWS ("/inspector/hex-rows/bytes-in-a-line", widths, test_width);
  g_test_add_func ("/inspector/hex-rows/offsets-of-64-kib-have-six-digits", test_digits);
  g_test_add_data_func ("/inspector/hex-rows/long/one-line", "ca", test_long);
  g_test_add_data_func ("/inspector/hex-rows/long/lines-of-a-byte", "ca\n", test_long);
  return g_test_run ();
}
