/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/compression.h"

#include "lib/tap.h"

#include <assert.h>

static const WscDeflateOptions usual = { 6, 8, 15, 15, 1, 1, 64 };

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
  wsc_inflation_begin_message (&compression->inflation);
  fault = wsc_inflation_take (&compression->inflation, &options, &message,
                              (WscBuffer) { inflated, sizeof inflated }, &made);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_inflation_end_message (&compression->inflation);
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
             wsc_inflater_get_memory (compression->inflation.inflater) > 0 &&
             wsc_compression_get_memory (compression)
             == of_none + wsc_deflater_get_memory (compression->deflater)
             + wsc_inflater_get_memory (compression->inflation.inflater),
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

      compression->inflation.pool = &pool;
      tap_point (compression->deflater == NULL && compression->inflation.inflater == NULL,
                 "/core/compression/streams/SEC-91-none-before-the-first-message/%s",
                 keeping_cases[i].name);
      play_both (compression);
      tap_point ((compression->deflater != NULL) == keeping_cases[i].keeps_deflater &&
                 (compression->inflation.inflater != NULL) == keeping_cases[i].keeps_inflater &&
                 (pool.deflaters[0] == NULL) == keeping_cases[i].keeps_deflater &&
                 (pool.inflaters[0] == NULL) == keeping_cases[i].keeps_inflater,
                 "/core/compression/streams/SEC-91-given-back-without-takeover/%s",
                 keeping_cases[i].name);
      wsc_compression_free (compression);
      wsc_deflate_pool_clear (&pool);
    }
}

int
main (void)
{
  test_memory ();
  test_keeping ();
  return tap_end ();
}
