/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/compression.h"

#include "lib/tap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024u * 1024)

static const WscDeflateOptions usual = { 6, 8, 15, 15, 1, 1, 64 };

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
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  WscBuffer room = { malloc (output), output };
  Outcome outcome = { WSC_FAULT_NONE, 0, 0 };
  size_t made;

  wsc_compression_begin_message (compression);
  do
    outcome.fault = wsc_compression_inflate (compression, options, &message, room, &made);
  while (outcome.fault == WSC_FAULT_NONE && made == output);
  if (outcome.fault == WSC_FAULT_NONE)
    outcome.fault = wsc_compression_end_message (compression);
  outcome.n_inflated = compression->n_inflated;
  outcome.work = compression->work;
  free (room.at);
  wsc_compression_free (compression);
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
                 "/core/compression/limit/WS-241-SEC-79-stops-one-byte-beyond-with-%zu",
                 outputs[i]);
    }
  options.max_message_length = 4 * MIB;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/compression/limit/WS-241-exactly-the-limit");
  options.max_message_length = 4 * MIB - 1;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_MESSAGE_TOO_BIG,
             "/core/compression/limit/SEC-81-limit-is-1009-and-of-what-was-inflated");
  options.max_message_length = UINT64_MAX;
  tap_point (inflate_all (&options, bomb, 65536).n_inflated == 4 * MIB,
             "/core/compression/limit/none");
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
             "/core/compression/ratio/SEC-79-too-high-is-refused-from-1-MiB-on");
  options.max_inflate_ratio = 2000;
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/compression/ratio/honest-zeros-pass");
  options.max_inflate_ratio = 100;
  bomb.length = deflate_zeros (MIB, room);
  tap_point (inflate_all (&options, bomb, 65536).fault == WSC_FAULT_NONE,
             "/core/compression/ratio/not-checked-below-1-MiB");
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
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  WscBytes message = { (const uint8_t *) "\xf2\x48\xcd\xc9\xc9\x07", 7 };
  uint8_t inflated[64];
  size_t made;
  WscFault fault;

  compression->n_taken = n_taken - 7;
  compression->n_inflated = n_inflated - 5;
  fault = wsc_compression_inflate (compression, &options, &message,
                                   (WscBuffer) { inflated, sizeof inflated }, &made);
  wsc_compression_free (compression);
  return fault;
}

static void
test_exact_ratio (void)
{
  WscCompression nothing = { 0 };

  tap_point (inflate_behind (20000, 2000000) == WSC_FAULT_NONE,
             "/core/compression/ratio/exactly-the-limit");
  tap_point (inflate_behind (20000, 2000100) == WSC_FAULT_INFLATE_RATIO_TOO_HIGH,
             "/core/compression/ratio/above-the-limit");
  tap_point (wsc_compression_get_ratio (&nothing) == 0,
             "/core/compression/ratio/0-before-the-first-byte");
}

/* The output ends with the limit: no byte is written behind it. */
static void
test_output_of_limit (void)
{
  WscOptions options = { .max_message_length = 5 };
  WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  uint8_t bytes[64], output[6] = { 0 };
  WscBytes zeros = { bytes, deflate_zeros (1000, (WscBuffer) { bytes, sizeof bytes }) };
  size_t made;

  output[5] = 1;
  wsc_compression_begin_message (compression);
  tap_point (wsc_compression_inflate (compression, &options, &zeros, (WscBuffer) { output, 5 },
                                      &made) == WSC_FAULT_NONE && made == 5 && output[5] == 1,
             "/core/compression/limit/output-of-just-the-limit-is-not-exceeded");
  wsc_compression_free (compression);
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
             "/core/compression/work/SEC-82-empty-blocks-count-sixteen-for-each-byte");
  options.max_message_length = 1000;
  outcome = inflate_all (&options,
                         (WscBytes) { (const uint8_t *) "\xf2\x48\xcd\xc9\xc9\x07", 7 }, 100);
  tap_point (outcome.n_inflated == 5 && outcome.work == 5 + 16 * 7,
             "/core/compression/work/SEC-80-what-is-inflated-counts");
}

static void
play_both (WscCompression *compression)
{
  WscOptions options = { .max_message_length = 1000 };
  WscBytes text = { (const uint8_t *) "Hello", 5 }, message;
  uint8_t bytes[64], inflated[64];
  size_t made = 0;
  bool is_done;
  WscFault fault;

  fault = wsc_compression_deflate (compression, &text, WSC_DEFLATE_MESSAGE,
                                   (WscBuffer) { bytes, sizeof bytes }, &made, &is_done);
  assert (fault == WSC_FAULT_NONE && is_done);
  message = (WscBytes) { (const uint8_t *) "\xf2\x48\xcd\xc9\xc9\x07", 7 };
  wsc_compression_begin_message (compression);
  fault = wsc_compression_inflate (compression, &options, &message,
                                   (WscBuffer) { inflated, sizeof inflated }, &made);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_compression_end_message (compression);
  assert (fault == WSC_FAULT_NONE && made == 5);
}

static void
test_memory (void)
{
  WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  size_t of_none = wsc_compression_get_memory (compression);

  tap_point (wsc_compression_get_memory (NULL) == 0 && of_none >= sizeof *compression,
             "/core/compression/memory/none-of-nothing");
  play_both (compression);
  tap_point (wsc_deflater_get_memory (compression->deflater) > 0 &&
             wsc_inflater_get_memory (compression->inflater) > 0 &&
             wsc_compression_get_memory (compression)
             == of_none + wsc_deflater_get_memory (compression->deflater)
             + wsc_inflater_get_memory (compression->inflater),
             "/core/compression/memory/of-both-streams");
  wsc_compression_free (compression);
}

static const struct
{
  const char *name;
  WscRole role;
  WscDeflateParameters agreed;
  bool keeps_deflater, keeps_inflater;
} keeping_cases[] = {
  { "server-with-both", WSC_ROLE_SERVER, { 15, 15, 1, 1 }, true, true },
  { "server-without-its-own", WSC_ROLE_SERVER, { 15, 15, 1, 0 }, false, true },
  { "server-without-the-clients", WSC_ROLE_SERVER, { 15, 15, 0, 1 }, true, false },
  { "client-without-its-own", WSC_ROLE_CLIENT, { 15, 15, 0, 1 }, false, true },
  { "client-without-the-servers", WSC_ROLE_CLIENT, { 15, 15, 1, 0 }, true, false },
  { "client-without-any", WSC_ROLE_CLIENT, { 15, 15, 0, 0 }, false, false },
};

static void
test_keeping (void)
{
  for (size_t i = 0; i < sizeof keeping_cases / sizeof keeping_cases[0]; i++)
    {
      WscDeflatePool pool = { { NULL }, { NULL } };
      WscCompression *compression = wsc_compression_new (&usual, &keeping_cases[i].agreed,
                                                         keeping_cases[i].role);

      compression->pool = &pool;
      tap_point (compression->deflater == NULL && compression->inflater == NULL,
                 "/core/compression/streams/SEC-91-none-before-the-first-message/%s",
                 keeping_cases[i].name);
      play_both (compression);
      tap_point ((compression->deflater != NULL) == keeping_cases[i].keeps_deflater &&
                 (compression->inflater != NULL) == keeping_cases[i].keeps_inflater &&
                 (pool.deflaters[0] == NULL) == keeping_cases[i].keeps_deflater &&
                 (pool.inflaters[0] == NULL) == keeping_cases[i].keeps_inflater,
                 "/core/compression/streams/SEC-91-given-back-without-takeover/%s",
                 keeping_cases[i].name);
      wsc_compression_free (compression);
      wsc_deflate_pool_clear (&pool);
    }
}

/* A message that ends inside a block, without context takeover. */
static void
test_broken (void)
{
  WscOptions options = { .max_message_length = 1000 };
  WscDeflateParameters agreed = { 15, 15, 0, 0 };
  WscDeflatePool pool = { { NULL }, { NULL } };
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  WscBytes message = { (const uint8_t *) "\xf2\x48\xcd", 3 };
  uint8_t inflated[64];
  WscFault fault;
  size_t made;

  compression->pool = &pool;
  wsc_compression_begin_message (compression);
  fault = wsc_compression_inflate (compression, &options, &message,
                                   (WscBuffer) { inflated, sizeof inflated }, &made);
  assert (fault == WSC_FAULT_NONE);
  fault = wsc_compression_end_message (compression);
  tap_point (fault == WSC_FAULT_DEFLATE_TRUNCATED && compression->inflater != NULL &&
             pool.inflaters[0] == NULL,
             "/core/compression/streams/SEC-90-broken-one-is-not-given-back");
  wsc_compression_free (compression);
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
  test_memory ();
  test_keeping ();
  test_broken ();
  return tap_end ();
}
