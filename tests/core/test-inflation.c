/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/inflation.h"

#include "lib/tap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024u * 1024)

/* One message of n zeros: its size shrinks to a thousandth. */
static size_t
deflate_zeros (size_t    n,
               WscBuffer to)
{
  WscDeflater *deflater = wsc_deflater_new (15, 9, 8);
  uint8_t *zeros = calloc (n, 1);
  WscBytes input = { zeros, n };
  bool is_done = false;
  size_t made = 0;

  while (!is_done)
    made += wsc_deflater_take (deflater, &input, WSC_DEFLATE_MESSAGE,
                               (WscBuffer) { to.at + made, to.length - made }, &is_done);
  wsc_deflater_free (deflater);
  free (zeros);
  return made;
}

typedef struct
{
  WscFault fault;
  uint64_t n_inflated;
  uint64_t work;
} Outcome;

static Outcome
inflate_all (const WscOptions *options,
             WscBytes          message,
             size_t            output)
{
  WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscInflation inflation;
  WscBuffer room = { malloc (output), output };
  Outcome outcome = { WSC_FAULT_NONE, 0, 0 };
  size_t made;

  wsc_inflation_init (&inflation, &agreed, WSC_ROLE_SERVER);
  wsc_inflation_begin_message (&inflation);
  do
    outcome.fault = wsc_inflation_take (&inflation, options, &message, room, &made);
  while (outcome.fault == WSC_FAULT_NONE && made == output);
  if (outcome.fault == WSC_FAULT_NONE)
    outcome.fault = wsc_inflation_end_message (&inflation);
  outcome.n_inflated = inflation.n_inflated;
  outcome.work = inflation.work;
  free (room.at);
  wsc_inflation_stop (&inflation);
  return outcome;
}

static void
test_limit (void)
{
  static const size_t outputs[] = { 1, 7, 4096, 65536 };
  WscBuffer room = { malloc (MIB), MIB };
  WscBytes bomb = { room.at, deflate_zeros (4 * MIB, room) };
  WscOptions options = { .max_message_length = 1000 };

  for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++)
    {
      Outcome outcome = inflate_all (&options, bomb, outputs[i]);

      tap_point (outcome.fault == WSC_FAULT_MESSAGE_TOO_BIG && outcome.n_inflated == 1001,
                 "/core/inflation/limit/WS-241-SEC-79-stops-one-byte-beyond-with-%zu",
                 outputs[i]);
    }
  options.max_message_length = 4 * MIB;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/inflation/limit/WS-241-exactly-the-limit");
  options.max_message_length = 4 * MIB - 1;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_MESSAGE_TOO_BIG,
             "/core/inflation/limit/SEC-81-limit-is-1009-and-of-what-was-inflated");
  options.max_message_length = UINT64_MAX;
  tap_point (inflate_all (&options, bomb, 65536).n_inflated == 4 * MIB,
             "/core/inflation/limit/none");
  free (room.at);
}

static void
test_ratio (void)
{
  WscBuffer room = { malloc (MIB), MIB };
  WscBytes bomb = { room.at, deflate_zeros (4 * MIB, room) };
  WscOptions options = { .max_message_length = UINT64_MAX, .max_inflate_ratio = 100 };
  Outcome outcome = inflate_all (&options, bomb, 65536);

  tap_point (outcome.fault == WSC_FAULT_INFLATE_RATIO_TOO_HIGH &&
             outcome.n_inflated > MIB && outcome.n_inflated <= MIB + 65536,
             "/core/inflation/ratio/SEC-79-too-high-is-refused-from-1-MiB-on");
  options.max_inflate_ratio = 2000;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/inflation/ratio/honest-zeros-pass");
  options.max_inflate_ratio = 100;
  bomb.length = deflate_zeros (MIB, room);
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/inflation/ratio/not-checked-below-1-MiB");
  free (room.at);
}

/* Inflates five bytes from seven.  The arguments are the counts after it: those before it are set
 * by hand. */
static WscFault
inflate_behind (uint64_t n_taken,
                uint64_t n_inflated)
{
  WscOptions options = { .max_message_length = UINT64_MAX, .max_inflate_ratio = 100 };
  WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscInflation inflation;
  WscBytes message = { (const uint8_t *) "\xf2\x48\xcd\xc9\xc9\x07", 7 };
  uint8_t inflated[64];
  size_t made;
  WscFault fault;

  wsc_inflation_init (&inflation, &agreed, WSC_ROLE_SERVER);
  inflation.n_taken = n_taken - 7;
  inflation.n_inflated = n_inflated - 5;
  fault = wsc_inflation_take (&inflation, &options, &message,
                              (WscBuffer) { inflated, sizeof inflated }, &made);
  wsc_inflation_stop (&inflation);
  return fault;
}

static void
test_exact_ratio (void)
{
  WscInflation nothing = { 0 };

  tap_point (inflate_behind (20000, 2000000) == WSC_FAULT_NONE,
             "/core/inflation/ratio/exactly-the-limit");
  tap_point (inflate_behind (20000, 2000100) == WSC_FAULT_INFLATE_RATIO_TOO_HIGH,
             "/core/inflation/ratio/above-the-limit");
  tap_point (wsc_inflation_get_ratio (&nothing) == 0,
             "/core/inflation/ratio/0-before-the-first-byte");
}

/* The output ends with the limit: no byte is written behind it. */
static void
test_output_of_limit (void)
{
  WscOptions options = { .max_message_length = 5 };
  WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscInflation inflation;
  uint8_t bytes[64], output[6] = { 0 };
  WscBytes zeros = { bytes, deflate_zeros (1000, (WscBuffer) { bytes, sizeof bytes }) };
  size_t made;

  output[5] = 1;
  wsc_inflation_init (&inflation, &agreed, WSC_ROLE_SERVER);
  wsc_inflation_begin_message (&inflation);
  tap_point (wsc_inflation_take (&inflation, &options, &zeros, (WscBuffer) { output, 5 },
                                 &made) == WSC_FAULT_NONE && made == 5 && output[5] == 1,
             "/core/inflation/limit/output-of-just-the-limit-is-not-exceeded");
  wsc_inflation_stop (&inflation);
}

/* Stored blocks that contain nothing take time as well. */
static void
test_work (void)
{
  static const uint8_t empty[] = { 0x00, 0x00, 0x00, 0xff, 0xff };
  WscOptions options = { .max_message_length = 10 };
  uint8_t blocks[1001] = { 0 };
  Outcome outcome;

  for (size_t i = 0; i < 200; i++)
    memcpy (blocks + 5 * i, empty, 5);
  outcome = inflate_all (&options, (WscBytes) { blocks, sizeof blocks }, 100);
  tap_point (outcome.fault == WSC_FAULT_NONE && outcome.n_inflated == 0 &&
             outcome.work == 16 * sizeof blocks,
             "/core/inflation/work/SEC-82-empty-blocks-count-sixteen-for-each-byte");
  options.max_message_length = 1000;
  outcome = inflate_all (&options,
                         (WscBytes) { (const uint8_t *) "\xf2\x48\xcd\xc9\xc9\x07", 7 }, 100);
  tap_point (outcome.n_inflated == 5 && outcome.work == 5 + 16 * 7,
             "/core/inflation/work/SEC-80-what-is-inflated-counts");
}

/* A message that ends inside a block, without context takeover. */
static void
test_broken (void)
{
  WscOptions options = { .max_message_length = 1000 };
  WscDeflateParameters agreed = { 15, 15, 0, 0 };
  WscDeflatePool pool = { { NULL }, { NULL } };
  WscInflation inflation;
  WscBytes message = { (const uint8_t *) "\xf2\x48\xcd", 3 };
  uint8_t inflated[64];
  WscFault fault;
  size_t made;

  wsc_inflation_init (&inflation, &agreed, WSC_ROLE_SERVER);
  inflation.pool = &pool;
  wsc_inflation_begin_message (&inflation);
  fault = wsc_inflation_take (&inflation, &options, &message,
                              (WscBuffer) { inflated, sizeof inflated }, &made);
  assert (fault == WSC_FAULT_NONE);
  fault = wsc_inflation_end_message (&inflation);
  tap_point (fault == WSC_FAULT_DEFLATE_TRUNCATED && inflation.inflater != NULL &&
             pool.inflaters[0] == NULL,
             "/core/inflation/streams/SEC-90-broken-one-is-not-given-back");
  wsc_inflation_stop (&inflation);
  wsc_deflate_pool_clear (&pool);
}

int
main (void)
{
  test_limit ();
  test_ratio ();
  test_exact_ratio ();
  test_output_of_limit ();
  test_work ();
  test_broken ();
  return tap_end ();
}
