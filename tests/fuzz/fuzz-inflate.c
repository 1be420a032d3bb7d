/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages of any bytes through an inflater: the output does not depend on the pieces or on the
 * memory, never exceeds the limit, and ends at a fault; the output of an accepted message is
 * that of zlib in one call. */

#include "core/frames/inflation.h"
#include "fuzz/fuzz-input.h"

#include <string.h>
#include <zlib.h>

#define LIMIT 40000
#define MAX_OUTPUT (LIMIT + 1)

typedef struct
{
  uint8_t at[MAX_OUTPUT];
  size_t length;                /* length of all accepted messages */
  size_t n_messages;
  WscFault fault;
} Result;

static Result results[4];

static const size_t outputs[] = { 65536, 1, 7, 4096 };

/* The next message: its length in one byte or, after 255, in two. */
static WscBytes
next_message (WscBytes *rest)
{
  FuzzInput input = { rest->at, rest->length, 0 };
  size_t length = fuzz_take (&input);
  WscBytes message;

  if (length == 255)
    length = (size_t) (fuzz_take (&input) << 8) + fuzz_take (&input);
  message = (WscBytes) { input.at, length < input.left ? length : input.left };
  *rest = (WscBytes) { input.at + message.length, input.left - message.length };
  return message;
}

static WscFault
inflate_message (WscInflation     *inflation,
                 const WscOptions *options,
                 WscBytes          message,
                 size_t            output,
                 Result           *result)
{
  static uint8_t room[65536];
  size_t begin = result->length, made;
  WscFault fault = WSC_FAULT_NONE;

  wsc_inflation_begin_message (inflation);
  while (fault == WSC_FAULT_NONE && message.length > 0)
    {
      WscBytes piece = { message.at, output == 1 ? 1 : message.length };
      size_t n = piece.length;

      do
        {
          fault = wsc_inflation_take (inflation, options, &piece,
                                      (WscBuffer) { room, output }, &made);
          REQUIRE (made <= output && inflation->n_inflated <= options->max_message_length + 1);
          if (fault == WSC_FAULT_NONE && result->length + made <= sizeof result->at)
            memcpy (result->at + result->length, room, made);
          result->length += fault == WSC_FAULT_NONE ? made : 0;
        }
      while (fault == WSC_FAULT_NONE && made == output);
      REQUIRE (fault != WSC_FAULT_NONE || piece.length == 0);
      message = (WscBytes) { message.at + n, message.length - n };
    }
  if (fault == WSC_FAULT_NONE)
    fault = wsc_inflation_end_message (inflation);
  if (fault != WSC_FAULT_NONE)
    result->length = begin;     /* the output before the fault depends on the pieces */
  return fault;
}

static void
play (WscBytes                    rest,
      const WscDeflateParameters *agreed,
      size_t                      output,
      Result                     *result)
{
  WscOptions options = { .max_message_length = LIMIT };
  WscInflation inflation;

  wsc_inflation_init (&inflation, agreed, WSC_ROLE_SERVER);
  result->length = result->n_messages = 0;
  result->fault = WSC_FAULT_NONE;
  while (rest.length > 0 && result->fault == WSC_FAULT_NONE)
    {
      options.max_message_length = LIMIT - result->length;
      result->fault = inflate_message (&inflation, &options, next_message (&rest), output, result);
      result->n_messages += result->fault == WSC_FAULT_NONE;
    }
  if (result->fault == WSC_FAULT_DEFLATE_CORRUPT || result->fault == WSC_FAULT_DEFLATE_TRUNCATED)
    REQUIRE (wsc_inflation_end_message (&inflation) == WSC_FAULT_DEFLATE_CORRUPT);
  wsc_inflation_stop (&inflation);
}

/* One message, in one call of zlib. */
static void
compare_with_zlib (WscBytes message)
{
  static const uint8_t tail[] = { 0x00, 0x00, 0xff, 0xff };
  static uint8_t input[70000], output[MAX_OUTPUT];
  z_stream zlib = { .next_in = input, .next_out = output, .avail_out = sizeof output };
  int result;

  if (message.length > 0)
    memcpy (input, message.at, message.length);
  memcpy (input + message.length, tail, sizeof tail);
  zlib.avail_in = (unsigned) (message.length + sizeof tail);
  REQUIRE (inflateInit2 (&zlib, -15) == Z_OK);
  result = inflate (&zlib, Z_SYNC_FLUSH);
  if (result == Z_OK && zlib.avail_out > 0)
    REQUIRE (zlib.total_out >= results[0].length &&
             memcmp (output, results[0].at, results[0].length) == 0);
  inflateEnd (&zlib);
}

/* A message can be too long and corrupt: which of them is found first depends on the pieces. */
static bool
is_same_fault (WscFault one,
               WscFault other)
{
  bool is_either = (one == WSC_FAULT_MESSAGE_TOO_BIG && other == WSC_FAULT_DEFLATE_CORRUPT) ||
                   (one == WSC_FAULT_DEFLATE_CORRUPT && other == WSC_FAULT_MESSAGE_TOO_BIG);

  return one == other || is_either;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 0 };
  uint8_t bits = fuzz_take (&input);
  WscDeflateParameters agreed = { .client_window_bits = 8 + bits % 8, .server_window_bits = 15,
                                  .client_takeover = (bits & 8) != 0, .server_takeover = 1 };
  WscBytes messages = { input.at, input.left };

  for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
    play (messages, &agreed, outputs[i], &results[i]);

  /* With a small window, data just beyond it is visible or not, depending on the pieces. */
  for (size_t i = 1; agreed.client_window_bits == 15 && i < 4; i++)
    REQUIRE (is_same_fault (results[i].fault, results[0].fault) &&
             results[i].length == results[0].length &&
             results[i].n_messages == results[0].n_messages &&
             memcmp (results[i].at, results[0].at, results[0].length) == 0);

  if (agreed.client_window_bits == 15 && results[0].n_messages == 1 &&
      results[0].fault == WSC_FAULT_NONE)
    compare_with_zlib (next_message (&messages));
  return 0;
}
