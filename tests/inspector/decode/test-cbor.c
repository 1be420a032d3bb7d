/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* CBOR: each major type (RFC 8949), and messages that are not whole. */

#include "inspect/decode/binary/wsi-cbor.h"

#include <string.h>

#include "inspector/decode/decoder-cases.h"

#define TEN_ZEROS "00 00 00 00 00 00 00 00 00 00 "
#define TEN_LETTERS "61 61 61 61 61 61 61 61 61 61 "
#define FIFTY TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS
#define FIFTY_LESS_ONE \
  TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS "61 61 61 61 61 61 61 61 61 "
#define SEVENTY_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS TEN_ZEROS

static const DecoderCase cases[] = {
  { "map-of-text", DECODER_HEX, "a2 61 61 01 61 62 82 02 03", "cbor", "{\"a\": 1, \"b\": [2, 3]}", .fields = "",
    .nodes = "map @0+9 = 2 entries\n"
             "  a: integer @3+1 = 1\n"
             "  b: array @6+3 = 2 elements\n"
             "    [0]: integer @7+1 = 2\n"
             "    [1]: integer @8+1 = 3\n" },
  { "whole-numbers", DECODER_HEX,
    "8a 17 18 18 19 03 e8 1a 00 0f 42 40 1b ff ff ff ff ff ff ff ff 20 38 63 39 03 e7 3a ff ff ff ff"
    " 3b ff ff ff ff ff ff ff ff", "cbor",
    "[23, 24, 1000, 1000000, 18446744073709551615, -1, -100, -1000, -4294967296, -18446744073709551616]", .fields = "" },
  { "reals", DECODER_HEX,
    "88 f9 3c 00 f9 00 01 f9 7b ff f9 fc 00 f9 7e 00 fa 47 c3 50 00 fb 3f f1 99 99 99 99 99 9a f9 80 00", "cbor",
    "[1, 5.9604645e-08, 65504, -inf, nan, 100000, 1.1, -0]", .fields = "" },
  { "simple-values", DECODER_HEX, "87 f4 f5 f6 f7 f0 f8 ff e0", "cbor",
    "[false, true, null, undefined, simple(16), simple(255), simple(0)]",
    .nodes = "array @0+9 = 7 elements\n"
             "  [0]: boolean @1+1 = false\n"
             "  [1]: boolean @2+1 = true\n"
             "  [2]: null @3+1 = null\n"
             "  [3]: undefined @4+1 = undefined\n"
             "  [4]: simple @5+1 = simple(16)\n"
             "  [5]: simple @6+2 = simple(255)\n"
             "  [6]: simple @8+1 = simple(0)\n" },
  { "tags", DECODER_HEX, "82 c1 1a 51 4b 67 b0 d8 20 61 78", "cbor", "[1(1363896240), 32(\"x\")]",
    .nodes = "array @0+11 = 2 elements\n"
             "  [0]: tag @1+6 = 1 (seconds since 1970)\n"
             "    integer @2+5 = 1363896240\n"
             "  [1]: tag @7+4 = 32 (URI)\n"
             "    text @9+2 = x\n" },
  { "self-described", DECODER_HEX, "d9 d9 f7 01", "cbor", "55799(1)",
    .nodes = "tag @0+4 = 55799 (CBOR)\n"
             "  integer @3+1 = 1\n" },
  { "without-counts", DECODER_HEX, "bf 61 61 9f 01 02 ff 61 62 7f 61 63 61 64 ff 61 65 5f 41 00 ff ff", "cbor",
    "{\"a\": [1, 2], \"b\": (\"c\", \"d\"), \"e\": (h'00')}",
    .nodes = "map @0+22\n"
             "  a: array @3+4\n"
             "    [0]: integer @4+1 = 1\n"
             "    [1]: integer @5+1 = 2\n"
             "  b: text @9+6\n"
             "    [0]: text @10+2 = c\n"
             "    [1]: text @12+2 = d\n"
             "  e: bytes @17+4\n"
             "    [0]: bytes @18+2 = 00\n" },
  { "keys-that-are-numbers-are-names", DECODER_HEX, "a2 01 02 20 f6", "cbor", "{1: 2, -1: null}",
    .nodes = "map @0+5 = 2 entries\n"
             "  1: integer @2+1 = 2\n"
             "  -1: null @4+1 = null\n" },
  { "break-in-a-counted-array-is-another-format", DECODER_HEX, "82 01 ff", "bytes", .fields = "" },
  { "break-after-a-key-is-another-format", DECODER_HEX, "bf 01 ff", "bytes", .fields = "" },
  { "number-among-pieces-of-text-is-another-format", DECODER_HEX, "81 7f 61 61 01 ff", "bytes", .fields = "" },
  { "pieces-within-pieces-are-another-format", DECODER_HEX, "81 7f 7f 61 61 ff ff", "bytes", .fields = "" },
  { "simple-value-below-32-in-two-bytes-is-another-format", DECODER_HEX, "82 f8 1f f4", "bytes", .fields = "" },
  { "number-with-an-end-is-another-format", DECODER_HEX, "82 01 1f ff", "bytes", .fields = "" },
  { "tag-with-an-end-is-another-format", DECODER_HEX, "82 df ff 01 02", "bytes", .fields = "" },
  { "double-with-all-its-digits", DECODER_HEX, "81 fb 3f d3 33 33 33 33 33 34", "cbor", "[0.30000000000000004]", .fields = "" },
  { "reserved-length-is-another-format", DECODER_HEX, "82 1c 01", "bytes", .fields = "" },
  { "number-without-an-end-is-another-format", DECODER_HEX, "82 01 1f", "bytes", .fields = "" },
};

static const DecoderCase forced_cases[] = {
  { "text-that-is-cut", DECODER_HEX, "a2 61 61 01 61 62 7b ff ff ff ff ff ff ff ff 68 69", "cbor",
    "{\"a\": 1, \"b\": \"hi\"…",
    .nodes = "map @0+17 = 2 entries\n"
             "  a: integer @3+1 = 1\n"
             "  b: text @6+11 = hi\n"
             "  problem @17+0 = the bytes end within this value (at offset 17)\n" },
  { "array-that-promises-too-much", DECODER_HEX, "9b ff ff ff ff ff ff ff ff 01", "cbor", "[1…",
    .nodes = "array @0+10 = 18446744073709551615 elements\n"
             "  [0]: integer @9+1 = 1\n"
             "  problem @10+0 = the bytes end within this value (at offset 10)\n" },
  { "map-that-promises-too-much", DECODER_HEX, "bb 80 00 00 00 00 00 00 00 01 02", "cbor", "{1: 2…",
    .nodes = "map @0+11 = 9223372036854775808 entries\n"
             "  1: integer @10+1 = 2\n"
             "  problem @11+0 = the bytes end within this value (at offset 11)\n" },
  { "break-is-missing", DECODER_HEX, "9f 01", "cbor", "[1…",
    .nodes = "array @0+2\n"
             "  [0]: integer @1+1 = 1\n"
             "  problem @2+0 = the bytes end within this value (at offset 2)\n" },
  { "break-alone", DECODER_HEX, "ff", "cbor", "…",
    .nodes = "break @0+1\n"
             "  problem @0+1 = no value begins with byte ff here (at offset 0)\n" },
  { "break-after-a-key", DECODER_HEX, "bf 01 ff", "cbor", "{1}",
    .nodes = "map @0+3\n"
             "  problem @2+1 = no value begins with byte ff here (at offset 2)\n" },
  { "nested-without-counts", DECODER_HEX, "9f 9f ff 9f", "cbor", "[[], […",
    .nodes = "array @0+4\n"
             "  [0]: array @1+2\n"
             "  [1]: array @3+1\n"
             "    problem @4+0 = the bytes end within this value (at offset 4)\n" },
  { "key-that-is-cut", DECODER_HEX, "a1 63 61 62", "cbor", NULL,
    .nodes = "map @0+4 = 1 entries\n"
             "  problem @4+0 = the bytes end within this value (at offset 4)\n" },
  { "key-without-a-value", DECODER_HEX, "a1 01", "cbor", "{1…",
    .nodes = "map @0+2 = 1 entries\n"
             "  problem @2+0 = the bytes end within this value (at offset 2)\n" },
  { "number-alone", DECODER_HEX, "01", "cbor", "1", .nodes = "integer @0+1 = 1\n" },
  { "break-in-a-counted-array", DECODER_HEX, "82 01 ff", "cbor", "[1…",
    .nodes = "array @0+3 = 2 elements\n"
             "  [0]: integer @1+1 = 1\n"
             "  problem @2+1 = no value begins with byte ff here (at offset 2)\n" },
  { "tag-of-nothing", DECODER_HEX, "c1", "cbor", "1(…",
    .nodes = "tag @0+1 = 1 (seconds since 1970)\n"
             "  problem @1+0 = the bytes end within this value (at offset 1)\n" },
};

static const DecoderRepeat repeats[] = {
  { "nested-arrays", DECODER_HEX, "81", 100000 },
  { "nested-arrays-without-a-count", DECODER_HEX, "9f", 100000 },
  { "nested-maps-without-a-count", DECODER_HEX, "bf 00", 100000 },
  { "nested-tags", DECODER_HEX, "c1", 100000 },
  { "nested-arrays-that-promise-too-much", DECODER_HEX, "9b ff ff ff ff ff ff ff ff", 100000 },
  { "breaks", DECODER_HEX, "ff", 100000 },
  { "values", DECODER_HEX, "01", 100000 },
};

static const DecoderPages pages[] = {
  { "array", DECODER_HEX, "99 08 34", "01", "", "cbor", 2100, .n_lines = 1 },
  { "array-without-a-count", DECODER_HEX, "9f", "01", "ff", "cbor", 2100, .n_lines = 1 },
  { "map", DECODER_HEX, "b9 08 34", "01 02", "", "cbor", 2100, .n_lines = 1 },
  { "map-of-arrays", DECODER_HEX, "bf", "01 81 02", "ff", "cbor", 2100, .n_lines = 2 },
  { "values", DECODER_HEX, "", "01", "", "cbor", 2100, .n_lines = 1 },
};

/* Few of the bytes decide: what is after the first 64 items is not looked at. */
static const DecoderScore scores[] = {
  { "map-of-text", DECODER_HEX, "a1 61 61 01", "cbor", .score = WSI_SCORE_LIKELY },
  { "map-of-numbers", DECODER_HEX, "a1 01 02", "cbor", .score = WSI_SCORE_POSSIBLE },
  { "array", DECODER_HEX, "81 61 61", "cbor", .score = WSI_SCORE_POSSIBLE },
  { "tag-of-cbor", DECODER_HEX, "d9 d9 f7 01", "cbor", .score = WSI_SCORE_SURE },
  { "number-of-that-tag", DECODER_HEX, "19 d9 f7", "cbor", .score = WSI_SCORE_NONE },
  { "other-tag-of-text", DECODER_HEX, "d8 20 61 78", "cbor", .score = WSI_SCORE_NONE },
  { "text-message", DECODER_HEX_TEXT, "81 61 61", "cbor", .score = WSI_SCORE_NONE },
  { "one-byte", DECODER_HEX, "80", "cbor", .score = WSI_SCORE_NONE },
  { "array-that-is-cut", DECODER_HEX, "82 01", "cbor", .score = WSI_SCORE_NONE },
  { "beginning-of-an-array", DECODER_HEX, "82 01", "cbor", .score = WSI_SCORE_POSSIBLE, .extent = WSI_EXTENT_BEGINNING },
  { "beginning-of-a-key", DECODER_HEX, "a1 63 61", "cbor", .score = WSI_SCORE_POSSIBLE, .extent = WSI_EXTENT_BEGINNING },
  { "long-text-with-a-mistake", DECODER_HEX, "81 79 01 2c ff " FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY_LESS_ONE, "cbor",
    .score = WSI_SCORE_NONE },
  { "long-text-with-a-character-over-the-256th-byte", DECODER_HEX,
    "81 79 01 2c " FIFTY FIFTY FIFTY FIFTY FIFTY "61 61 61 61 61 c3 bc 61 61 61 " TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS,
    "cbor", .score = WSI_SCORE_POSSIBLE },
  { "end-before-an-array-is-whole", DECODER_HEX, "9f 82 01 ff", "cbor", .score = WSI_SCORE_NONE },
  { "number-among-pieces-of-bytes", DECODER_HEX, "81 5f 01 ff", "cbor", .score = WSI_SCORE_NONE },
  { "mistake-after-many-items", DECODER_HEX, "98 50 " SEVENTY_ZEROS "1c", "cbor", .score = WSI_SCORE_POSSIBLE },
};

static const DecoderPath paths[] = {
  { "member-of-a-member", DECODER_HEX, "a2 61 61 a1 61 62 05 61 63 06", "cbor",
    { { .name = "a" }, { .name = "b" } }, 2, "cbor=5\n" },
  { "without-counts", DECODER_HEX, "bf 61 61 9f 01 62 68 69 ff ff", "cbor",
    { { .name = "a" }, { NULL, 1 } }, 2, "cbor=hi\n" },
  { "tags-on-the-way", DECODER_HEX, "a1 61 61 c1 81 d8 20 61 78", "cbor",
    { { .name = "a" }, { NULL, 0 } }, 2, "cbor=x\n" },
  { "entries-after-a-key-with-a-mistake", DECODER_HEX, "a2 7f 01 61 61 05", "cbor", { { .name = "a" } }, 1, "" },
  { "text-that-is-cut", DECODER_HEX, "a1 61 61 63 68 69", "cbor", { { .name = "a" } }, 1, "" },
  { "number-on-the-way", DECODER_HEX, "a2 61 61 01 61 62 05", "cbor", { { .name = "a" }, { .name = "b" } }, 2, "" },
  { "value-after-a-number", DECODER_HEX, "01 61 61 05", "cbor", { { .name = "a" } }, 1, "" },
  { "negative-key-is-no-index", DECODER_HEX, "a1 27 01", "cbor", { { NULL, 7 } }, 1, "" },
  { "key-of-bytes-is-no-name", DECODER_HEX, "a1 41 61 05", "cbor", { { .name = "a" } }, 1, "" },
  { "key-in-pieces-is-no-name", DECODER_HEX, "a1 7f 61 61 ff 05", "cbor", { { .name = "" } }, 1, "" },
  { "names-are-equal-in-all-bytes", DECODER_HEX, "a3 61 62 01 62 61 62 02 61 61 03", "cbor", { { .name = "a" } }, 1, "cbor=3\n" },
  { "empty-key-is-another-name", DECODER_HEX, "a2 60 01 61 61 03", "cbor", { { .name = "a" } }, 1, "cbor=3\n" },
  { "name-into-a-list-is-nothing", DECODER_HEX, "81 05", "cbor", { { .name = "a" } }, 1, "" },
  { "text-in-pieces-has-no-value", DECODER_HEX, "81 7f 61 61 ff", "cbor", { { NULL, 0 } }, 1, "" },
  { "bytes", DECODER_HEX, "81 41 61", "cbor", { { NULL, 0 } }, 1, "cbor=a\n" },
  { "no-step", DECODER_HEX, "81 01", "cbor", { { NULL, 0 } }, 0, "" },
  { "negative-beyond-64-bits", DECODER_HEX, "81 3b ff ff ff ff ff ff ff ff", "cbor",
    { { NULL, 0 } }, 1, "cbor=-1.84467e+19\n" },
};

/* Arrays in each other, with a number in the last one. */
static WsiItemResult
skip_open (gsize n)
{
  g_autofree guint8 *bytes = g_malloc (2 * n + 1);
  gsize position = 0;

  memset (bytes, 0x9f, n);
  bytes[n] = 0x01;
  memset (bytes + n + 1, 0xff, n);
  return wsi_item_skip (wsi_cbor_read, bytes, 2 * n + 1, &position);
}

static void
test_open (void)
{
  g_assert_cmpint (skip_open (WSI_ITEM_MAX_OPEN), ==, WSI_ITEM_DONE);
  g_assert_cmpint (skip_open (WSI_ITEM_MAX_OPEN + 1), ==, WSI_ITEM_DEEP);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/cbor", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/cbor", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/cbor", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_paths ("/inspector/cbor", paths, G_N_ELEMENTS (paths));
  decoder_cases_add_scores ("/inspector/cbor", scores, G_N_ELEMENTS (scores));
  decoder_cases_add_pages ("/inspector/cbor", pages, G_N_ELEMENTS (pages));
  g_test_add_func ("/inspector/cbor/128-arrays-without-a-count-are-read", test_open);

  return g_test_run ();
}
