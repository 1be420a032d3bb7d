/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* MessagePack: each first byte of the format, and messages that are not whole. */

#include "inspector/decode/decoder-cases.h"

static const DecoderCase cases[] = {
  { "map-of-text", DECODER_HEX, "82 a7 63 6f 6d 70 61 63 74 c3 a6 73 63 68 65 6d 61 00", "msgpack",
    "{\"compact\": true, \"schema\": 0}", .fields = "",
    .nodes = "map @0+18 = 2 entries\n"
             "  compact: bool @9+1 = true\n"
             "  schema: int @17+1 = 0\n" },
  { "array-of-numbers", DECODER_HEX,
    "9c 7f cc ff cd ff ff ce ff ff ff ff cf ff ff ff ff ff ff ff ff e0 d0 80 d1 80 00 d2 80 00 00 00"
    " d3 80 00 00 00 00 00 00 00 ff d0 7f", "msgpack",
    "[127, 255, 65535, 4294967295, 18446744073709551615, -32, -128, -32768, -2147483648,"
    " -9223372036854775808, -1, 127]", .fields = "" },
  { "array-of-reals", DECODER_HEX, "93 ca 3d cc cc cd cb 3f b9 99 99 99 99 99 9a ca 7f 80 00 00", "msgpack",
    "[0.1, 0.1, inf]",
    .nodes = "array @0+20 = 3 elements\n"
             "  [0]: float @1+5 = 0.1\n"
             "  [1]: float @6+9 = 0.1\n"
             "  [2]: float @15+5 = inf\n" },
  { "array-of-text-and-bytes", DECODER_HEX,
    "97 c0 c2 d9 01 61 da 00 01 62 db 00 00 00 01 63 c4 01 00 c5 00 01 01", "msgpack",
    "[null, false, \"a\", \"b\", \"c\", h'00', h'01']",
    .nodes = "array @0+23 = 7 elements\n"
             "  [0]: nil @1+1 = null\n"
             "  [1]: bool @2+1 = false\n"
             "  [2]: str @3+3 = a\n"
             "  [3]: str @6+4 = b\n"
             "  [4]: str @10+6 = c\n"
             "  [5]: bin @16+3 = 00\n"
             "  [6]: bin @19+4 = 01\n" },
  { "extensions", DECODER_HEX, "93 d4 05 aa c7 02 fe 01 02 c8 00 00 07", "msgpack",
    "[type 5: aa, type -2: 01 02, type 7: ]", .fields = "" },
  { "time-of-4-bytes", DECODER_HEX, "91 d6 ff 5a 4a f6 a5", "msgpack", "[2018-01-02T03:04:05Z]",
    .nodes = "array @0+7 = 1 elements\n"
             "  [0]: ext @1+6 = 2018-01-02T03:04:05Z\n" },
  { "time-of-2-bytes-is-an-extension", DECODER_HEX, "91 d5 ff 00 01", "msgpack", "[type -1: 00 01]", .fields = "" },
  { "four-bytes-of-another-type-are-no-time", DECODER_HEX, "91 d6 05 5a 4a f6 a5", "msgpack", "[type 5: 5a 4a f6 a5]",
    .fields = "" },
  { "time-of-8-bytes", DECODER_HEX, "91 d7 ff a1 dc d7 c8 5a 4a f6 a5", "msgpack",
    "[2018-01-02T03:04:05.678901234Z]", .fields = "" },
  { "time-of-12-bytes", DECODER_HEX, "91 c7 0c ff 00 00 00 01 ff ff ff ff ff ff ff ff", "msgpack",
    "[1969-12-31T23:59:59.000000001Z]", .fields = "" },
  { "time-beyond-all-years-is-an-extension", DECODER_HEX,
    "91 c7 0c ff 00 00 00 01 7f ff ff ff ff ff ff ff", "msgpack",
    "[type -1: 00 00 00 01 7f ff ff ff ff ff ff ff]", .fields = "" },
  { "long-containers", DECODER_HEX, "dc 00 02 de 00 01 a1 61 dd 00 00 00 00 df 00 00 00 00", "msgpack",
    "[{\"a\": []}, {}]",
    .nodes = "array @0+18 = 2 elements\n"
             "  [0]: map @3+10 = 1 entries\n"
             "    a: array @8+5 = 0 elements\n"
             "  [1]: map @13+5 = 0 entries\n" },
  { "keys-that-are-no-text-are-names", DECODER_HEX, "83 01 02 a0 03 90 c3", "msgpack",
    "{1: 2, \"\": 3, []: true}",
    .nodes = "map @0+7 = 3 entries\n"
             "  1: int @2+1 = 2\n"
             "  : int @4+1 = 3\n"
             "  array: bool @6+1 = true\n" },
  { "names-are-escaped", DECODER_HEX, "81 a3 1b 5b 41 a3 e2 80 ae", "msgpack",
    "{\"\\x1b[A\": \"\\u{202e}\"}",
    .nodes = "map @0+9 = 1 entries\n"
             "  \\x1b[A: str @5+4 = \\u{202e}\n" },
  { "text-that-is-not-UTF-8-is-another-format", DECODER_HEX, "81 a1 61 a1 ff", "bytes", .fields = "" },
  { "one-value-is-no-message", DECODER_HEX, "cd 01 02", "bytes", .fields = "" },
  { "bytes-after-the-value-are-another-format", DECODER_HEX, "91 c3 c3", "bytes", .fields = "" },
  { "its-subprotocol-is-not-enough", DECODER_HEX, "c1 00", "bytes", .fields = "", .subprotocol = "msgpack" },
};

/* Chosen by name, as these are not whole. */
static const DecoderCase forced_cases[] = {
  { "text-that-is-cut", DECODER_HEX, "82 a1 61 01 a1 62 db ff ff ff ff 68 69", "msgpack",
    "{\"a\": 1, \"b\": \"hi\"…",
    .nodes = "map @0+13 = 2 entries\n"
             "  a: int @3+1 = 1\n"
             "  b: str @6+7 = hi\n"
             "  problem @13+0 = the bytes end within this value (at offset 13)\n" },
  { "array-that-promises-too-much", DECODER_HEX, "dd ff ff ff ff 01", "msgpack", "[1…",
    .nodes = "array @0+6 = 4294967295 elements\n"
             "  [0]: int @5+1 = 1\n"
             "  problem @6+0 = the bytes end within this value (at offset 6)\n" },
  { "map-that-promises-too-much", DECODER_HEX, "df ff ff ff ff 01", "msgpack", "{1…",
    .nodes = "map @0+6 = 4294967295 entries\n"
             "  problem @6+0 = the bytes end within this value (at offset 6)\n" },
  { "byte-that-is-never-used", DECODER_HEX, "92 91 c1 01", "msgpack", "[[…",
    .nodes = "array @0+4 = 2 elements\n"
             "  [0]: array @1+3 = 1 elements\n"
             "    problem @2+2 = no value begins with byte c1 here (at offset 2)\n" },
  { "number-that-is-cut", DECODER_HEX, "92 01 cf 00", "msgpack", "[1…",
    .nodes = "array @0+4 = 2 elements\n"
             "  [0]: int @1+1 = 1\n"
             "  problem @4+0 = the bytes end within this value (at offset 4)\n" },
  { "several-values", DECODER_HEX, "01 a1 61 90", "msgpack", "1, \"a\", []",
    .nodes = "nothing @0+4 = several values\n"
             "  [0]: int @0+1 = 1\n"
             "  [1]: str @1+2 = a\n"
             "  [2]: array @3+1 = 0 elements\n" },
  { "nothing", DECODER_HEX, "", "msgpack", "",
    .nodes = "nothing @0+0\n"
             "  problem @0+0 = the bytes end within this value (at offset 0)\n" },
};

static const DecoderRepeat repeats[] = {
  { "nested-arrays", DECODER_HEX, "91", 100000 },
  { "nested-maps", DECODER_HEX, "81 a1 61", 100000 },
  { "nested-arrays-that-promise-too-much", DECODER_HEX, "dd ff ff ff ff", 100000 },
  { "extensions", DECODER_HEX, "d4 00 00", 100000 },
};

static const DecoderPath paths[] = {
  { "member-of-a-member", DECODER_HEX, "82 a1 61 81 a1 62 05 a1 63 06", "msgpack",
    { { .name = "a" }, { .name = "b" } }, 2, "msgpack=5\n" },
  { "element-of-a-list", DECODER_HEX, "81 a1 61 93 01 a1 78 c3", "msgpack",
    { { .name = "a" }, { NULL, 1 } }, 2, "msgpack=x\n" },
  { "names-that-are-there-twice", DECODER_HEX, "82 a1 61 c2 a1 61 cb 3f f8 00 00 00 00 00 00", "msgpack",
    { { .name = "a" } }, 1, "msgpack=no\nmsgpack=1.5\n" },
  { "negative-numbers", DECODER_HEX, "92 ff d3 80 00 00 00 00 00 00 00", "msgpack",
    { { NULL, 1 } }, 1, "msgpack=-9223372036854775808\n" },
  { "numbers-beyond-64-bits-with-a-sign", DECODER_HEX, "91 cf ff ff ff ff ff ff ff ff", "msgpack",
    { { NULL, 0 } }, 1, "msgpack=1.84467e+19\n" },
  { "keys-that-are-numbers", DECODER_HEX, "82 05 06 07 08", "msgpack",
    { { NULL, 7 } }, 1, "msgpack=8\n" },
  { "values-on-the-way-are-skipped", DECODER_HEX, "92 92 92 01 02 03 91 04", "msgpack",
    { { NULL, 1 }, { NULL, 0 } }, 2, "msgpack=4\n" },
  { "lists-before-it-are-skipped", DECODER_HEX, "92 91 03 91 04", "msgpack",
    { { NULL, 1 }, { NULL, 0 } }, 2, "msgpack=4\n" },
  { "containers-have-no-value", DECODER_HEX, "81 a1 61 90", "msgpack",
    { { .name = "a" } }, 1, "" },
  { "containers-of-values-have-no-value", DECODER_HEX, "81 a1 61 91 05", "msgpack",
    { { .name = "a" } }, 1, "" },
  { "boolean", DECODER_HEX, "92 c3 c2", "msgpack", { { NULL, 0 } }, 1, "msgpack=yes\n" },
  { "number-that-is-no-real-one", DECODER_HEX, "91 ce 3b 9a ca 00", "msgpack", { { NULL, 0 } }, 1, "msgpack=1000000000\n" },
  { "real-number-below-zero", DECODER_HEX, "91 cb bf f8 00 00 00 00 00 00", "msgpack", { { NULL, 0 } }, 1, "msgpack=-1.5\n" },
  { "extension", DECODER_HEX, "91 d4 05 61", "msgpack", { { NULL, 0 } }, 1, "msgpack=a\n" },
  { "what-is-there-before-it-is-cut", DECODER_HEX, "93 a1 61 01", "msgpack",
    { { NULL, 0 } }, 1, "msgpack=a\n" },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/msgpack", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/msgpack", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/msgpack", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_paths ("/inspector/msgpack", paths, G_N_ELEMENTS (paths));

  return g_test_run ();
}
