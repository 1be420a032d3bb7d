/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decoder of text.  This is the shortest test of a decoder: a table of messages. */

#include "inspector/decode/decoder-cases.h"

static const DecoderCase cases[] = {
  { "text-is-quoted", DECODER_TEXT, "Hello", "text", "\"Hello\"",
    .fields = "", .nodes = "text @0+5 = Hello\n" },
  { "readable-bytes-are-text", DECODER_HEX, "48 69", "text", "\"Hi\"",
    .fields = "", .nodes = "text @0+2 = Hi\n" },
  { "other-bytes-are-digits", DECODER_HEX, "00 ff", "bytes", "00 ff",
    .fields = "", .nodes = "bytes @0+2 = 00 ff\n" },
  { "NUL-within-a-character-is-no-text", DECODER_HEX, "c3 00", "bytes", "c3 00",
    .fields = "", .nodes = "bytes @0+2 = c3 00\n" },
  { "nothing-is-bytes", DECODER_HEX, "", "bytes", "",
    .fields = "", .nodes = "bytes @0+0 = \n" },
  { "controls-and-bidi-are-escaped", DECODER_TEXT, "\x1b[2J\u202e", "text",
    "\"\\x1b[2J\\u{202e}\"",
    .fields = "", .nodes = "text @0+7 = \\x1b[2J\\u{202e}\n" },
  { "text-that-is-not-UTF-8-is-made-so", DECODER_HEX_TEXT, "61 ff", "text", "\"a\\xff\"",
    .fields = "", .nodes = "text @0+2 = a\uFFFD\n" },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/text-decoder", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
