/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-summary.h"
#include "lib/rows.h"

#include <string.h>

static const struct
{
  const char *name;
  guint8      opcode;
  guint16     close_code;
  const char *payload;          /* payload of the frame; NULL = not kept */
  const char *expected;         /* beginning of the line */
} summary_cases[] = {
  { "text-is-quoted", 0x1, 0, "Hello", "\"Hello\"" },
  { "text-is-escaped", 0x1, 0, "\x1b[2J", "\"\\x1b[2J\"" },
  { "SEC-114-markup-stays-as-it-is", 0x1, 0, "<b>x</b> &amp;", "\"<b>x</b> &amp;\"" },
  { "binary-is-in-hex", 0x2, 0, "Hi", "48 69" },
  { "readable-ping-is-text", 0x9, 0, "you there?", "\"you there?\"" },
  { "other-pong-is-in-hex", 0xa, 0, "\x01\x02", "01 02" },
  { "readable-continuation-is-text", 0x0, 0, "goes on", "\"goes on\"" },
  { "reserved-is-in-hex", 0x3, 0, "x", "78" },
  { "close-has-code-and-reason", 0x8, 1000, "\x03\xe8" "bye", "1000 \"bye\" Normal" },
  { "close-without-reason-has-its-code", 0x8, 1001, "\x03\xe9", "1001 Going away" },
  { "close-that-was-not-kept-has-its-code", 0x8, 1000, NULL, "1000 Normal" },
  { "close-with-a-mark-says-back-at-once", 0x8, 1001, "\x03\xe9" "retry-after=0; go",
    "1001 \"retry-after=0; go\" (sent to another server: back at once) Going away" },
  { "close-with-a-mark-says-back-after-30-s", 0x8, 1013, "\x03\xf5" "retry-after=30",
    "1013 \"retry-after=30\" (back after 30 s) Try again later" },
  { "close-with-half-of-a-mark-has-no-more", 0x8, 1001, "\x03\xe9" "retry-after=",
    "1001 \"retry-after=\" Going away" },
  { "close-with-a-wrong-mark-has-no-more", 0x8, 1001, "\x03\xe9" "retry-after=1 s", "1001 \"retry-after=1 s\" Going" },
  { "close-with-a-huge-mark-has-no-more", 0x8, 1001, "\x03\xe9" "retry-after=4294967296",
    "1001 \"retry-after=4294967296\" Going away" },
  { "close-with-a-mark-that-is-not-UTF-8-has-no-more", 0x8, 1001, "\x03\xe9" "retry-after=0; \xff",
    "1001 \"retry-after=0; \\xff\" Going away" },
  { "empty-is-empty", 0x1, 0, "", "" },
  { "what-was-not-kept-says-so", 0x1, 0, NULL, "(not kept)" },
};

static void
test_summary (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *text = summary_cases[i].payload;
  WspFrameRecord frame = {
    .opcode = summary_cases[i].opcode,
    .close_code = summary_cases[i].close_code,
    .fin = 1,
    .payload_length = text != NULL ? strlen (text) : 0,
  };
  g_autoptr (GBytes) payload = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  g_autofree char *summary = wsi_summary_new (&frame, payload, WSI_CHARSET_UTF8);

  g_assert_true (g_str_has_prefix (summary, summary_cases[i].expected));
}

static const struct
{
  const char *name;
  guint8      opcode;
  const char *payload;
  gboolean    is_text;
} text_cases[] = {
  { "text-is", 0x1, "Hello", TRUE },
  { "continuation-is", 0x0, "goes on", TRUE },
  { "ping-is", 0x9, "you there?", TRUE },
  { "empty-text-is", 0x1, "", TRUE },
  { "text-that-is-not-UTF-8-is-not", 0x1, "a\xff", FALSE },
  { "pong-of-bytes-is-not", 0xa, "\xff", FALSE },
  { "binary-is-not", 0x2, "Hello", FALSE },
  { "close-is-not", 0x8, "\x03\x20", FALSE },
  { "empty-binary-is-not", 0x2, "", FALSE },
};

static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), length = strlen (text_cases[i].payload);
  const WspFrameRecord frame = { .opcode = text_cases[i].opcode, .fin = 1 };

  g_assert_cmpint (wsi_summary_is_text (&frame, length > 0 ? text_cases[i].payload : NULL, length),
                   ==, text_cases[i].is_text);
}

static void
test_kind (void)
{
  WspFrameRecord frame = { .opcode = 0x9 };

  g_assert_cmpstr (wsi_summary_name_kind (&frame), ==, "ping");
  frame.flags = WSP_FRAME_FLAGS_BYTES;
  g_assert_cmpstr (wsi_summary_name_kind (&frame), ==, "bytes");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/payload/summary", summary_cases, test_summary);
  ADD_ROWS ("/inspector/payload/text", text_cases, test_text);
  g_test_add_func ("/inspector/payload/kind/has-the-name-of-the-rfc", test_kind);

  return g_test_run ();
}
