/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* gzip, zlib, brotli and base64 around messages: what is in them is decoded; damage and bombs. */

#include "inspector/decode/decoder-cases.h"

#include "inspect/decode/wrapped/wsi-unpacked.h"
#include "inspect/decode/wsi-hex.h"

#include <string.h>

#define MIB (1024 * 1024)

/* All hold {"a": [1, "two"]}. */
#define GZIP \
  "1f 8b 08 00 00 00 00 00 02 03 ab 56 4a 54 b2 52 88 36 d4 51 50 2a 29 cf 57 8a ad 05 00 3c a7 c5 c1 11 00 00 00"
#define ZLIB "78 da ab 56 4a 54 b2 52 88 36 d4 51 50 2a 29 cf 57 8a ad 05 00 28 0a 04 cb"
#define TREE "    a: array @6+10\n" \
  "      [0]: number @7+1 = 1\n" \
  "      [1]: string @10+5 = two\n"

#define BROTLI_HEAD "0b 15 80 "
#define BROTLI_TEXT \
  "7b 22 61 22 3a 20 5b 31 2c 20 22 74 77 6f 22 5d 2c 20 22 62 22 3a 20 22 74 68 72 65 65 20 74 68 72 65" \
  " 65 20 74 68 72 65 65 22 7d "
#define TEN_BYTES "01 01 01 01 01 01 01 01 01 01 "
#define FORTY_DIGITS "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
#define LINE FORTY_DIGITS FORTY_DIGITS FORTY_DIGITS
#define EIGHT_LINES LINE LINE LINE LINE LINE LINE LINE LINE

static const DecoderCase cases[] = {
  { "gzip", DECODER_HEX, GZIP, "gzip", "gzip: {\"a\":[1,\"two\"]}", .fields = "",
    .nodes = "gzip @0+37\n" "  object @0+17\n" TREE },
  { "zlib", DECODER_HEX, ZLIB, "zlib", "zlib: {\"a\":[1,\"two\"]}", .fields = "",
    .nodes = "zlib @0+25\n" "  object @0+17\n" TREE },
  { "brotli", DECODER_HEX,
    "0b 15 80 7b 22 61 22 3a 20 5b 31 2c 20 22 74 77 6f 22 5d 2c 20 22 62 22 3a 20 22 74 68 72 65 65 20 74 68 72 65"
    " 65 20 74 68 72 65 65 22 7d 03", "brotli", "brotli: {\"a\":[1,\"two\"],\"b\":\"three three three\"}", .fields = "" },
  { "base64", DECODER_TEXT, "eyJhIjogWzEsICJ0d28iXX0=", "base64", "base64: {\"a\":[1,\"two\"]}", .fields = "",
    .nodes = "base64 @0+24\n" "  object @0+17\n" TREE },
  { "base64-of-gzip", DECODER_TEXT, "H4sIAAAAAAACA6tWSlSyUog21FFQKinPV4qtBQA8p8XBEQAAAA==", "base64",
    "base64: gzip: {\"a\":[1,\"two\"]}", .fields = "" },
  { "gzip-of-gzip", DECODER_HEX,
    "1f 8b 08 00 00 00 00 00 02 03 93 ef e6 60 00 01 26 e6 d5 61 5e 21 9b 82 3a cc ae 04 06 68 69 9e 0f ef 5a cb ca 60 b3"
    " fc e8 41 41 a0 24 00 d7 5d 47 bd 25 00 00 00", "gzip", "gzip: gzip: {\"a\":[1,\"two\"]}", .fields = "" },
  { "gzip-of-two-members", DECODER_HEX,
    "1f 8b 08 00 00 00 00 00 02 03 4b 4c 02 00 6d 48 83 9e 02 00 00 00"
    " 1f 8b 08 00 00 00 00 00 02 03 4b 4e 01 00 da 8f d6 45 02 00 00 00", "gzip", "gzip: \"abcd\"", .fields = "" },
  { "gzip-of-nothing", DECODER_HEX, "1f 8b 08 00 00 00 00 00 02 03 03 00 00 00 00 00 00 00 00 00", "gzip", "gzip: \"\"",
    .fields = "" },
  { "gzip-that-is-cut", DECODER_HEX, "1f 8b 08 00 00 00 00 00 02 03 ab 56 4a 54 b2 52 88 36", "gzip",
    "gzip: {\"a\":[ [the bytes end before the compressed data (at offset 18)]", .fields = "" },
  { "gzip-that-is-damaged", DECODER_HEX, "1f 8b 08 00 00 00 00 00 02 03 ff ff", "gzip",
    "gzip:  [damaged at offset 11]", .fields = "",
    .nodes = "gzip @0+12\n"
             "  problem @0+12 = damaged at offset 11 (at offset 0)\n" },
  { "bytes-after-zlib-are-named", DECODER_HEX, ZLIB " 00 00", "zlib",
    "zlib: {\"a\":[1,\"two\"]} [2 bytes after its end]", .fields = "" },
  { "zlib-with-a-dictionary-is-another-format", DECODER_HEX, "78 bb 00 00 00 01 4b 4c 02 00", "bytes", NULL, .fields = "" },
  { "words-are-text", DECODER_TEXT, "abcdabcdabcdabcd", "text", NULL, .fields = "" },
  { "hexadecimal-digits-are-text", DECODER_TEXT, "550e8400e29b41d4a716446655440000", "text", NULL, .fields = "" },
  { "base64-with-signs", DECODER_TEXT,
    "yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9/v8A", "base64", NULL, .fields = "" },
  { "base64-with-the-URL-alphabet", DECODER_TEXT,
    "yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8A", "base64", NULL, .fields = "" },
};

static const DecoderScore scores[] = {
  { "gzip", DECODER_HEX, "1f 8b 08", "gzip", .score = WSI_SCORE_SURE },
  { "gzip-with-another-first-byte", DECODER_HEX, "1e 8b 08", "gzip", .score = WSI_SCORE_NONE },
  { "gzip-with-another-second-byte", DECODER_HEX, "1f 8c 08", "gzip", .score = WSI_SCORE_NONE },
  { "gzip-with-another-method", DECODER_HEX, "1f 8b 09", "gzip", .score = WSI_SCORE_NONE },
  { "zlib", DECODER_HEX, ZLIB, "zlib", .score = WSI_SCORE_LIKELY + 1 },
  { "zlib-in-a-text-message", DECODER_HEX_TEXT, ZLIB, "zlib", .score = WSI_SCORE_NONE },
  { "zlib-of-five-bytes", DECODER_HEX, "78 9c 4b 04 00", "zlib", .score = WSI_SCORE_NONE },

  { "brotli", DECODER_HEX, BROTLI_HEAD BROTLI_TEXT "03", "brotli", .score = WSI_SCORE_LIKELY - 1 },
  { "brotli-in-a-text-message", DECODER_HEX_TEXT, BROTLI_HEAD BROTLI_TEXT "03", "brotli", .score = WSI_SCORE_NONE },
  { "brotli-of-bytes", DECODER_HEX, BROTLI_HEAD TEN_BYTES TEN_BYTES TEN_BYTES TEN_BYTES "01 01 01 03", "brotli",
    .score = WSI_SCORE_NONE },
  { "brotli-of-few-letters", DECODER_HEX, "0b 02 80 68 65 6c 6c 6f 03", "brotli", .score = WSI_SCORE_NONE },
  { "brotli-that-is-cut", DECODER_HEX, BROTLI_HEAD BROTLI_TEXT, "brotli", .score = WSI_SCORE_NONE },
  { "beginning-of-brotli", DECODER_HEX, BROTLI_HEAD BROTLI_TEXT, "brotli", .score = WSI_SCORE_LIKELY - 1,
    .extent = WSI_EXTENT_BEGINNING },
  { "brotli-with-bytes-after-it-in-a-beginning", DECODER_HEX, BROTLI_HEAD BROTLI_TEXT "03 00", "brotli",
    .score = WSI_SCORE_NONE, .extent = WSI_EXTENT_BEGINNING },
  { "nothing", DECODER_HEX, "", "brotli", .score = WSI_SCORE_NONE },

  { "base64", DECODER_TEXT, "eyJhIjogWzEsICJ0d28iXX0=", "base64", .score = WSI_SCORE_LIKELY },
  { "base64-with-another-padding", DECODER_TEXT, "eyJhIjogWzEsICJ0d28iXX0!", "base64", .score = WSI_SCORE_NONE },
  { "base64-of-bytes", DECODER_TEXT, "AAAAa1AAAAAAAAAA", "base64", .score = WSI_SCORE_POSSIBLE },
  { "base64-of-bytes-without-small-letters", DECODER_TEXT, "AAAA11AAAAAAAAAA", "base64", .score = WSI_SCORE_NONE },
  { "base64-of-bytes-without-large-letters", DECODER_TEXT, "aaaa11aaaaaaaaaa", "base64", .score = WSI_SCORE_NONE },
  { "base64-of-bytes-without-digits", DECODER_TEXT, "AAAAaaAAAAAAAAAA", "base64", .score = WSI_SCORE_NONE },
  { "base64-of-bytes-with-another-length", DECODER_TEXT, "AAAAa1AAAAAAAAAAAA", "base64", .score = WSI_SCORE_NONE },
  { "base64-with-a-digit-too-many", DECODER_TEXT, "QUFBQUFBQUFBQUFBQ", "base64", .score = WSI_SCORE_NONE },
  { "long-base64", DECODER_TEXT, EIGHT_LINES LINE LINE, "base64", .score = WSI_SCORE_LIKELY },
  { "long-base64-with-a-digit-too-many", DECODER_TEXT, EIGHT_LINES LINE LINE "Q", "base64", .score = WSI_SCORE_LIKELY },
  { "long-base64-with-padding-in-it", DECODER_TEXT, EIGHT_LINES FORTY_DIGITS "QUFBQUFBQUFBQUFBQUFBQU==" LINE, "base64",
    .score = WSI_SCORE_NONE },
  { "long-base64-with-a-sign", DECODER_TEXT, EIGHT_LINES "!" LINE LINE, "base64", .score = WSI_SCORE_NONE },
};

static const DecoderCase forced_cases[] = {
  { "nothing", DECODER_HEX, "", "gzip", "gzip:  [the bytes end before the compressed data (at offset 0)]", .fields = "" },
};

static const DecoderRepeat repeats[] = {
  { "members-of-gzip", DECODER_HEX, "1f 8b 08 00 00 00 00 00 02 03 03 00 00 00 00 00 00 00 00 00", 100000 },
  { "beginnings-of-gzip", DECODER_HEX, "1f 8b 08", 100000 },
  { "digits", DECODER_TEXT, "QUFB", 100000 },
};

/* 64 MiB of blanks. */
#define BROTLI_BOMB \
  "cb ff ff 3f f8 25 40 e2 b1 40 20 f7 fe 8f ff ff 7f f0 4b 00 c4 61 11 80 ee fd 1f ff ff ff e0 97" \
  " 00 88 c3 02 00 dd fb 3f fe ff ff c1 2f 01 10 87 05 00 ba f7 7f fc ff ff 83 5f 02 20 0e 0b 00 74" \
  " ef ff f8 ff ff 07 bf 04 40 1c 16 00 e8 de ff f1 ff ff 0f 7e 09 80 38 2c 00 d0 bd ff cb ff ff 3f" \
  " fc 12 00 71 58 00 a0 7b ff 07"

static GBytes *
make_bomb (GZlibCompressorFormat format)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (format, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory,
                                                                    G_CONVERTER (compressor));
  g_autofree char *blanks = g_malloc (MIB);

  memset (blanks, ' ', MIB);
  for (guint i = 0; i < 64; i++)
    g_assert_true (g_output_stream_write_all (stream, blanks, MIB, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
test_bomb (gconstpointer data)
{
  const WsiDecoder *decoder = wsi_decoder_list_find (data);
  g_autoptr (GError) error = NULL, text_error = NULL;
  g_autoptr (GBytes) bomb = NULL, bytes = NULL;
  g_autoptr (WsiDescription) description = wsi_description_new ();
  WsiDecodeInput input = { .form = WSI_MESSAGE_BINARY };
  WsiMessageForm form;

  bomb = g_str_equal (data, "brotli") ? wsi_hex_parse (BROTLI_BOMB, &text_error)
                                      : make_bomb (g_str_equal (data, "gzip")
                                                   ? G_ZLIB_COMPRESSOR_FORMAT_GZIP
                                                   : G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_assert_no_error (text_error);
  input.at = g_bytes_get_data (bomb, &input.length);

  bytes = decoder->unwrap (&input, MIB, &form, &error);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, MIB);
  g_assert_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, " : 1 so far"));
  g_assert_true (wsi_decoder_list_guess (&input, NULL, NULL) == decoder);
  wsi_decoder_list_describe (decoder, &input, description);
  g_assert_nonnull (strstr (description->summary->str, "[unpacks to more than "));
}

/* The message goes on: that its beginning ends somewhere is no problem. */
static void
test_beginning (void)
{
  static const guint8 beginning[] = {
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x52, 0x88, 0x36,
  };
  g_autoptr (WsiDescription) description = wsi_description_new ();
  const WsiDecodeInput input = { beginning, sizeof (beginning), WSI_EXTENT_BEGINNING,
                                 WSI_MESSAGE_BINARY, .path = NULL };

  wsi_decoder_list_describe (wsi_decoder_list_find ("gzip"), &input, description);

  g_assert_cmpstr (description->summary->str, ==, "gzip: {\"a\":[");
}

/* The unpacked bytes fill the buffers of the decoder, and then the check fails. */
static void
test_damage (void)
{
  const WsiDecoder *decoder = wsi_decoder_list_find ("gzip");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) packed = make_bomb (G_ZLIB_COMPRESSOR_FORMAT_GZIP), bytes = NULL;
  gsize length;
  g_autofree guint8 *copy = g_bytes_unref_to_data (g_steal_pointer (&packed), &length);
  WsiDecodeInput input = { copy, length, .form = WSI_MESSAGE_BINARY };
  WsiMessageForm form;

  copy[length - 8] ^= 1;
  bytes = decoder->unwrap (&input, 64 * MIB, &form, &error);

  g_assert_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_INVALID);
}

/* If there are two mistakes, the exceeded limit is named. */
static void
test_limit_first (gconstpointer data)
{
  g_autoptr (GBytes) packed = wsi_hex_parse (data, NULL), bytes = NULL;
  g_autoptr (GError) error = NULL;
  WsiDecodeInput input = { .form = WSI_MESSAGE_BINARY };
  WsiMessageForm form;

  input.at = g_bytes_get_data (packed, &input.length);
  bytes = wsi_decoder_list_find ("brotli")->unwrap (&input, 10, &form, &error);

  g_assert_error (error, WSI_UNPACKED_ERROR, WSI_UNPACKED_ERROR_LIMIT);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 10);
}

/* A message that fits exactly is no bomb. */
static void
test_exact_limit (gconstpointer data)
{
  const WsiDecoder *decoder = wsi_decoder_list_find (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) packed = NULL, bytes = NULL;
  WsiDecodeInput input = { .form = WSI_MESSAGE_BINARY };
  WsiMessageForm form;

  packed = make_bomb (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  input.at = g_bytes_get_data (packed, &input.length);
  bytes = decoder->unwrap (&input, 64 * MIB, &form, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 64 * MIB);
  g_assert_cmpint (form, ==, WSI_MESSAGE_TEXT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/wrapped", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/wrapped", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/wrapped", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_scores ("/inspector/wrapped", scores, G_N_ELEMENTS (scores));
  g_test_add_data_func ("/inspector/wrapped/limit/before-the-end-is-missing",
                        BROTLI_HEAD BROTLI_TEXT, test_limit_first);
  g_test_add_data_func ("/inspector/wrapped/limit/before-bytes-after-the-end",
                        BROTLI_HEAD BROTLI_TEXT "03 00", test_limit_first);
  g_test_add_func ("/inspector/wrapped/damage/after-a-whole-buffer", test_damage);
  g_test_add_data_func ("/inspector/wrapped/bomb/gzip", "gzip", test_bomb);
  g_test_add_data_func ("/inspector/wrapped/bomb/zlib", "zlib", test_bomb);
  g_test_add_data_func ("/inspector/wrapped/bomb/brotli", "brotli", test_bomb);
  g_test_add_func ("/inspector/wrapped/beginning/is-not-called-cut", test_beginning);
  g_test_add_data_func ("/inspector/wrapped/limit/what-fits-is-whole", "gzip", test_exact_limit);

  return g_test_run ();
}
