/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Protocol Buffers without a schema: each wire type, guesses of what bytes are, and messages that
 * are not whole. */

#include "inspect/decode/binary/wsi-protobuf.h"
#include "inspect/decode/wsi-hex.h"

#include <string.h>

#include "inspector/decode/decoder-cases.h"
#include "lib/rows.h"

static const DecoderCase cases[] = {
  { "varint", DECODER_HEX, "08 96 01", "protobuf", "1: 150", .fields = "",
    .nodes = "message @0+3\n"
             "  1: varint @1+2 = 150\n" },
  { "text", DECODER_HEX, "12 07 74 65 73 74 69 6e 67", "protobuf", "2: \"testing\"", .fields = "",
    .nodes = "message @0+9\n"
             "  2: text @2+7 = testing\n" },
  { "message-in-a-message", DECODER_HEX, "1a 03 08 96 01 20 ff ff ff ff ff ff ff ff ff 01", "protobuf",
    "3: {1: 150}, 4: 18446744073709551615 (-1)",
    .nodes = "message @0+16\n"
             "  3: message @2+3\n"
             "    1: varint @3+2 = 150\n"
             "  4: varint @6+10 = 18446744073709551615 (-1)\n" },
  { "fixed-numbers", DECODER_HEX, "0d 00 00 c0 3f 11 9a 99 99 99 99 99 b9 3f", "protobuf",
    "1: 1069547520 (1.5), 2: 4591870180066957722 (0.1)",
    .nodes = "message @0+14\n"
             "  1: fixed32 @1+4 = 1069547520 (1.5)\n"
             "  2: fixed64 @6+8 = 4591870180066957722 (0.1)\n" },
  { "message-at-the-end", DECODER_HEX, "1a 02 08 01", "protobuf", "3: {1: 1}", .fields = "" },
  { "fixed-number-with-a-sign", DECODER_HEX, "11 00 00 00 00 00 00 f8 bf", "protobuf", "2: 13832806255468478464 (-1.5)",
    .fields = "" },
  { "fixed-number-that-is-infinite", DECODER_HEX, "0d 00 00 80 7f", "protobuf", "1: 2139095040", .fields = "" },
  { "bytes-that-are-neither", DECODER_HEX, "0a 03 00 01 02 12 00", "protobuf", "1: 00 01 02, 2: \"\"",
    .nodes = "message @0+7\n"
             "  1: bytes @2+3 = 00 01 02\n"
             "  2: text @7+0 = \n" },
  { "bytes-whose-second-field-has-wire-type-6", DECODER_HEX, "1a 04 08 01 0e 01", "protobuf", "3: 08 01 0e 01", .fields = "" },
  { "bytes-whose-second-field-is-too-long", DECODER_HEX, "1a 05 08 01 12 02 68 20 01", "protobuf", "3: 08 01 12 02 68, 4: 1",
    .fields = "" },
  { "bytes-whose-second-field-has-no-value", DECODER_HEX, "1a 03 08 01 20 28 01", "protobuf", "3: 08 01 20, 5: 1", .fields = "" },
  { "text-that-begins-with-a-line-feed-may-be-a-message", DECODER_HEX,
    "0a 07 0a 05 48 65 6c 6c 6f 10 01", "protobuf", "1: {1: \"Hello\"}, 2: 1", .fields = "" },
  { "text-that-begins-with-a-line-feed-may-be-text", DECODER_HEX,
    "0a 05 0a 48 65 6c 6c 10 01", "protobuf", "1: \"\\nHell\", 2: 1", .fields = "" },
  { "text-alone-is-text", DECODER_HEX, "48 69", "text", "\"Hi\"", .fields = "" },
  { "field-0-is-another-format", DECODER_HEX, "00 01", "bytes", .fields = "" },
  { "wire-type-6-is-another-format", DECODER_HEX, "0e 01", "bytes", .fields = "" },
  { "length-beyond-the-end-is-another-format", DECODER_HEX, "0a 80 80 80 80 10 01", "bytes", .fields = "" },
  { "varint-of-11-bytes-is-another-format", DECODER_HEX, "08 ff ff ff ff ff ff ff ff ff ff 01", "bytes", .fields = "" },
  { "varint-of-65-bits-is-another-format", DECODER_HEX, "08 ff ff ff ff ff ff ff ff ff 02", "bytes", .fields = "" },
};

static const DecoderCase forced_cases[] = {
  { "groups", DECODER_HEX, "0b 08 01 13 10 02 14 0c 18 03", "protobuf", "1: {1: 1, 2: {2: 2}}, 3: 3",
    .nodes = "message @0+10\n"
             "  1: group @1+6\n"
             "    1: varint @2+1 = 1\n"
             "    2: group @4+2\n"
             "      2: varint @5+1 = 2\n"
             "  3: varint @9+1 = 3\n" },
  { "group-with-a-text", DECODER_HEX, "0b 0a 01 61 10 02 0c", "protobuf", "1: {1: \"a\", 2: 2}",
    .nodes = "message @0+7\n"
             "  1: group @1+5\n"
             "    1: text @3+1 = a\n"
             "    2: varint @5+1 = 2\n" },
  { "group-whose-end-is-of-another", DECODER_HEX, "08 01 0b 14", "protobuf", "1: 1, …",
    .nodes = "message @0+4\n"
             "  1: varint @1+1 = 1\n"
             "  problem @2+2 = no field begins here (at offset 2)\n" },
  { "group-that-is-cut", DECODER_HEX, "0b 08 01 13 10", "protobuf", "1: {1: 1, 2: {…",
    .nodes = "message @0+5\n"
             "  1: group @1+4\n"
             "    1: varint @2+1 = 1\n"
             "    2: group @4+1\n"
             "      problem @4+1 = the bytes end within this field (at offset 4)\n" },
  { "text-that-is-cut", DECODER_HEX, "08 01 12 ff ff ff ff 0f 68 69", "protobuf", "1: 1, 2: \"hi\"…",
    .nodes = "message @0+10\n"
             "  1: varint @1+1 = 1\n"
             "  2: text @8+2 = hi\n"
             "  problem @10+0 = the bytes end within this field: 2 of 4294967295 are there (at offset 10)\n" },
  { "length-of-2^64-1", DECODER_HEX, "12 ff ff ff ff ff ff ff ff ff 01 68", "protobuf", "2: \"h\"…", .fields = "" },
  { "number-that-is-cut", DECODER_HEX, "08 01 09 00 00", "protobuf", "1: 1, …",
    .nodes = "message @0+5\n"
             "  1: varint @1+1 = 1\n"
             "  problem @2+3 = the bytes end within this field (at offset 2)\n" },
  { "number-of-30-bits", DECODER_HEX, "80 80 80 80 10 01", "protobuf", "…",
    .nodes = "message @0+6\n"
             "  problem @0+6 = no field begins here (at offset 0)\n" },
  { "wire-type-6", DECODER_HEX, "0e 01 02 03 04 05 06 07 08", "protobuf", "…",
    .nodes = "message @0+9\n"
             "  problem @0+9 = no field begins here (at offset 0)\n" },
  { "length-that-is-cut", DECODER_HEX, "12 80", "protobuf", "…",
    .nodes = "message @0+2\n"
             "  problem @0+2 = the bytes end within this field (at offset 0)\n" },
  { "mistake-in-a-beginning", DECODER_HEX, "08 01 0e 01", "protobuf", "1: 1, …",
    .nodes = "message @0+4\n"
             "  1: varint @1+1 = 1\n"
             "  problem @2+2 = no field begins here (at offset 2)\n", .extent = WSI_EXTENT_BEGINNING },
  { "beginning-of-a-field", DECODER_HEX, "08 01 12", "protobuf", "1: 1, …",
    .nodes = "message @0+3\n"
             "  1: varint @1+1 = 1\n", .extent = WSI_EXTENT_BEGINNING },
  { "nothing", DECODER_HEX, "", "protobuf", "", .nodes = "message @0+0\n" },
};

static const DecoderRepeat repeats[] = {
  { "nested-groups", DECODER_HEX, "0b", 100000 },
  { "groups", DECODER_HEX, "0b 0c", 100000 },
  { "nested-messages", DECODER_HEX, "0a ff 7f", 100000 },
  { "messages-in-each-other", DECODER_HEX, "0a 80 80 04", 100000 },
  { "varints-without-an-end", DECODER_HEX, "ff", 100000 },
  { "fields", DECODER_HEX, "08 01", 100000 },
};

static const DecoderPages pages[] = {
  { "fields", DECODER_HEX, "", "08 01", "", "protobuf", 2100, .n_lines = 1 },
};

#define TEN_FIELDS "08 01 08 01 08 01 08 01 08 01 08 01 08 01 08 01 08 01 08 01 "
#define SEVENTY_FIELDS \
  TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS TEN_FIELDS

static const DecoderScore scores[] = {
  { "fields", DECODER_HEX, "08 01", "protobuf", .score = WSI_SCORE_POSSIBLE - 1 },
  { "text-message", DECODER_HEX_TEXT, "08 01", "protobuf", .score = WSI_SCORE_NONE },
  { "one-byte", DECODER_HEX, "08", "protobuf", .score = WSI_SCORE_NONE, .extent = WSI_EXTENT_BEGINNING },
  { "number-above-1000", DECODER_HEX, "c8 3e 01", "protobuf", .score = WSI_SCORE_NONE },
  { "group", DECODER_HEX, "0b 0c", "protobuf", .score = WSI_SCORE_NONE },
  { "beginning-of-a-group", DECODER_HEX, "0b 08 01", "protobuf", .score = WSI_SCORE_POSSIBLE - 1, .extent = WSI_EXTENT_BEGINNING },
  { "field-that-is-cut", DECODER_HEX, "08 01 08", "protobuf", .score = WSI_SCORE_NONE },
  { "beginning-of-a-field", DECODER_HEX, "08 01 08", "protobuf", .score = WSI_SCORE_POSSIBLE - 1, .extent = WSI_EXTENT_BEGINNING },
  { "mistake-after-many-fields", DECODER_HEX, SEVENTY_FIELDS "0e", "protobuf", .score = WSI_SCORE_POSSIBLE - 1 },
};

#define MANY_FIELDS SEVENTY_FIELDS SEVENTY_FIELDS SEVENTY_FIELDS SEVENTY_FIELDS
#define TEN_GROUPS "0b 0b 0b 0b 0b 0b 0b 0b 0b 0b "
#define SEVENTY_GROUPS \
  TEN_GROUPS TEN_GROUPS TEN_GROUPS TEN_GROUPS TEN_GROUPS TEN_GROUPS TEN_GROUPS
#define MANY_GROUPS SEVENTY_GROUPS SEVENTY_GROUPS SEVENTY_GROUPS SEVENTY_GROUPS

/* The meanings that a field of bytes may have.  At most 256 fields of it are looked at. */
static const struct
{
  const char      *name, *bytes;
  WsiProtobufGuess guess;
} guesses[] = {
  { "nothing-is-text", "", WSI_PROTOBUF_IS_TEXT },
  { "group-is-a-message", "0b 0c", WSI_PROTOBUF_IS_MESSAGE },
  { "group-without-an-end-is-none", "0b 08 01", WSI_PROTOBUF_IS_BYTES },
  { "end-of-a-group-alone-is-none", "0c 08 01", WSI_PROTOBUF_IS_BYTES },
  { "readable-text-that-begins-with-a-line-feed-may-be-one", "0a 0a 61 61 61 61 61 61 61 61 61 61", WSI_PROTOBUF_IS_MESSAGE },
  { "readable-text-that-begins-with-a-letter-is-none", "48 69 69 69 69 69 69 69 69", WSI_PROTOBUF_IS_TEXT },
  { "mistake-after-many-fields", MANY_FIELDS "0e", WSI_PROTOBUF_IS_MESSAGE },
  { "many-groups", MANY_GROUPS, WSI_PROTOBUF_IS_MESSAGE },
};

static const DecoderPath paths[] = {
  { "field-of-a-field", DECODER_HEX, "08 05 1a 04 08 96 01 00", "protobuf", { { .name = "3" }, { .name = "1" } }, 2, "protobuf=150\n" },
  { "all-fields-of-a-number", DECODER_HEX, "0a 01 61 10 01 0a 01 62", "protobuf", { { NULL, 1 } }, 1,
    "protobuf=a\nprotobuf=b\n" },
  { "field-of-a-group", DECODER_HEX, "0b 10 07 0c 10 08", "protobuf", { { .name = "1" }, { .name = "2" } }, 2, "protobuf=7\n" },
  { "no-step", DECODER_HEX, "08 01", "protobuf", { { NULL, 0 } }, 0, "" },
  { "name-that-is-no-number", DECODER_HEX, "08 01", "protobuf", { { .name = "a" } }, 1, "" },
};

static void
test_guess (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), length;
  g_autoptr (GBytes) bytes = wsi_hex_parse (guesses[i].bytes, NULL);
  const guint8 *at = g_bytes_get_data (bytes, &length);

  g_assert_cmpint (wsi_protobuf_guess (at, length), ==, guesses[i].guess);
}

/* Groups in each other, with a field in the last one. */
static WsiProtobufResult
read_groups (gsize n)
{
  g_autofree guint8 *bytes = g_malloc (2 * n + 2);
  WsiProtobufField field;

  memset (bytes, 0x0b, n);
  bytes[n] = 0x08;
  bytes[n + 1] = 0x01;
  memset (bytes + n + 2, 0x0c, n);
  return wsi_protobuf_read (bytes, 2 * n + 2, &field);
}

static void
test_groups (void)
{
  g_assert_cmpint (read_groups (128), ==, WSI_PROTOBUF_READ);
  g_assert_cmpint (read_groups (129), ==, WSI_PROTOBUF_INVALID);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/protobuf", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/protobuf", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/protobuf", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_paths ("/inspector/protobuf", paths, G_N_ELEMENTS (paths));
  decoder_cases_add_scores ("/inspector/protobuf", scores, G_N_ELEMENTS (scores));
  decoder_cases_add_pages ("/inspector/protobuf", pages, G_N_ELEMENTS (pages));
  ADD_ROWS ("/inspector/protobuf/guess", guesses, test_guess);
  g_test_add_func ("/inspector/protobuf/128-groups-are-read", test_groups);

  return g_test_run ();
}
