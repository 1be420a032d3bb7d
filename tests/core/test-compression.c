/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/compression.h"

#include "core/limits.h"
#include "lib/tap.h"

#include <assert.h>
#include <string.h>

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

typedef struct
{
  uint8_t at[256];
  size_t  length;
} Message;

static void
compress (WscCompression *compression,
          const char     *text,
          WscDeflateEnd   end,
          Message        *message)
{
  WscBytes input = { (const uint8_t *) text, strlen (text) };
  bool is_done = false;
  size_t made = 0;

  while (!is_done)
    {
      WscBuffer room = { message->at + message->length, sizeof message->at - message->length };
      WscFault fault = wsc_compression_deflate (compression, &input, end, room, &made, &is_done);

      assert (fault == WSC_FAULT_NONE);
      message->length += made;
    }
}

/* window: what the messages before inflated to. */
static bool
inflates_to (const Message *message,
             const char    *window,
             const char    *text)
{
  const WscDeflateParameters agreed = { 15, 15, 1, 1 };
  const WscOptions options = { .max_message_length = 1000 };
  WscInflation inflation;
  WscBytes input = { message->at, message->length };
  uint8_t inflated[256], copy[WSC_MAX_WINDOW_LENGTH];
  size_t made, n_copied;
  bool is_right;

  wsc_inflation_init (&inflation, &agreed, WSC_ROLE_CLIENT);
  is_right = wsc_inflation_set_window (&inflation,
                                       (WscBytes) { (const uint8_t *) window, strlen (window) });
  wsc_inflation_begin_message (&inflation);
  is_right = is_right &&
             wsc_inflation_take (&inflation, &options, &input,
                                 (WscBuffer) { inflated, sizeof inflated }, &made) ==
             WSC_FAULT_NONE &&
             wsc_inflation_end_message (&inflation) == WSC_FAULT_NONE &&
             made == strlen (text) && memcmp (inflated, text, made) == 0;
  n_copied = wsc_inflation_copy_window (&inflation, copy);
  is_right = is_right && n_copied == strlen (window) + made &&
             memcmp (copy, window, strlen (window)) == 0 &&
             memcmp (copy + strlen (window), text, made) == 0;
  wsc_inflation_stop (&inflation);
  return is_right;
}

static void
test_window (void)
{
  static const char first[] = "the same words again", second[] = "the same words again and more";
  const WscDeflateParameters agreed = { 15, 15, 1, 1 };
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  Message one = { .length = 0 }, two = { .length = 0 };

  compress (compression, first, WSC_DEFLATE_MESSAGE, &one);
  compress (compression, second, WSC_DEFLATE_MESSAGE, &two);
  tap_point (inflates_to (&one, "", first), "/core/compression/window/of-the-first-message");
  tap_point (inflates_to (&two, first, second), "/core/compression/window/handed-over");
  tap_point (!inflates_to (&two, "", second), "/core/compression/window/without-it-a-fault");
  wsc_compression_free (compression);
}

static const struct
{
  const char *name;
  bool is_inside;               /* TRUE if a message is in progress when a new context is asked
                                 * for */
} anew_cases[] = {
  { "between-messages", false },
  { "inside-a-message-after-it", true },
};

/* The message in progress goes on as it has begun. */
static void
test_begin_anew (void)
{
  static const char first[] = "the same words again", rest[] = " and the same words";

  for (size_t i = 0; i < sizeof anew_cases / sizeof anew_cases[0]; i++)
    {
      const WscDeflateParameters agreed = { 15, 15, 1, 1 };
      WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
      Message one = { .length = 0 }, two = { .length = 0 }, three = { .length = 0 };

      compress (compression, first, anew_cases[i].is_inside ? WSC_DEFLATE_FRAGMENT
                                                             : WSC_DEFLATE_MESSAGE, &one);
      wsc_compression_begin_anew (compression);
      if (anew_cases[i].is_inside)
        compress (compression, rest, WSC_DEFLATE_MESSAGE, &one);
      compress (compression, first, WSC_DEFLATE_MESSAGE, &two);
      compress (compression, first, WSC_DEFLATE_MESSAGE, &three);
      tap_point (inflates_to (&one, "", anew_cases[i].is_inside
                              ? "the same words again and the same words" : first) &&
                 inflates_to (&two, "", first) && inflates_to (&three, first, first) &&
                 !inflates_to (&three, "", first),
                 "/core/compression/anew/%s", anew_cases[i].name);
      wsc_compression_free (compression);
    }
}

#define N_MESSAGES 60
#define LONGEST 3000

typedef struct
{
  uint8_t  window_bits, memory_level;
  unsigned suspends;            /* a side is suspended before each message whose number this number
                                 * divides; 0: never */
} Suspension;

/* Words, so that messages refer to earlier ones.  Returns the length. */
static size_t
write_words (unsigned n,
             uint8_t *to)
{
  static const char *const words[] = { "window ", "of the ", "message ", "before ", "and after " };
  size_t length = (n * 7919u) % LONGEST, at = 0;

  for (unsigned seed = n * 2654435761u; at < length; seed = seed * 1103515245u + 12345)
    {
      const char *word = words[(seed >> 16) % 5];
      size_t n_fitting = strlen (word) < length - at ? strlen (word) : length - at;

      memcpy (to + at, word, n_fitting);
      at += n_fitting;
    }
  return length;
}

/* Returns whether the other side gets each message as it was sent; adds the length of all that are
 * compressed. */
static bool
play_suspended (const Suspension *row,
                size_t           *n_compressed)
{
  const WscDeflateOptions deflate = { 6, row->memory_level, 15, 15, 1, 1, 0 };
  const WscDeflateParameters agreed = { row->window_bits, row->window_bits, 1, 1 };
  const WscOptions options = { .max_message_length = LONGEST };
  WscCompression *from = wsc_compression_new (&deflate, &agreed, WSC_ROLE_SERVER);
  WscCompression *to = wsc_compression_new (&deflate, &agreed, WSC_ROLE_CLIENT);
  static uint8_t text[LONGEST], wire[2 * LONGEST], inflated[LONGEST + 1];
  bool is_right = true, is_done;
  size_t made;

  for (unsigned i = 1; i <= N_MESSAGES && is_right; i++)
    {
      WscBytes left = { text, write_words (i, text) }, message;

      if (row->suspends > 0 && i % row->suspends == 0)
        wsc_compression_suspend (i % 3 == 0 ? from : to);
      if (row->suspends > 0 && i % (2 * row->suspends) == 0)
        wsc_compression_suspend (i % 3 == 0 ? to : from);
      message = (WscBytes) { wire, 0 };
      is_right = wsc_compression_deflate (from, &left, WSC_DEFLATE_MESSAGE,
                                          (WscBuffer) { wire, sizeof wire }, &message.length,
                                          &is_done) == WSC_FAULT_NONE && is_done;
      *n_compressed += message.length;
      wsc_inflation_begin_message (&to->inflation);
      is_right = is_right &&
                 wsc_inflation_take (&to->inflation, &options, &message,
                                     (WscBuffer) { inflated, sizeof inflated }, &made) ==
                 WSC_FAULT_NONE &&
                 wsc_inflation_end_message (&to->inflation) == WSC_FAULT_NONE &&
                 made == write_words (i, text) && memcmp (inflated, text, made) == 0;
    }
  wsc_compression_free (from);
  wsc_compression_free (to);
  return is_right;
}

/* Messages refer to those before as if nothing had been suspended: they are as short. */
static void
test_suspended (void)
{
  static const uint8_t memory_levels[] = { 1, 5, 9 };

  for (uint8_t bits = 8; bits <= 15; bits++)
    for (size_t i = 0; i < sizeof memory_levels; i++)
      {
        size_t n_never = 0, n_each = 0, n_some = 0;

        tap_point (play_suspended (&(Suspension) { bits, memory_levels[i], 0 }, &n_never) &&
                   play_suspended (&(Suspension) { bits, memory_levels[i], 1 }, &n_each) &&
                   play_suspended (&(Suspension) { bits, memory_levels[i], 4 }, &n_some) &&
                   n_each <= n_never + n_never / 10 && n_some <= n_never + n_never / 10,
                   "/core/compression/suspended/%u-bits-memory-level-%u", bits, memory_levels[i]);
        tap_diag ("%zu bytes without, %zu and %zu with", n_never, n_each, n_some);
      }
}

/* A message that has begun goes on as it has begun. */
static void
test_suspended_inside (void)
{
  static const char first[] = "the same words again", rest[] = " and the same words";
  const WscDeflateParameters agreed = { 12, 12, 1, 1 };
  const WscOptions options = { .max_message_length = 1000 };
  WscCompression *from = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  WscCompression *to = wsc_compression_new (&usual, &agreed, WSC_ROLE_CLIENT);
  Message one = { .length = 0 };
  uint8_t inflated[64];
  size_t made = 0, more = 0;
  WscBytes half, other;
  bool is_right;

  compress (from, first, WSC_DEFLATE_FRAGMENT, &one);
  wsc_compression_suspend (from);
  compress (from, rest, WSC_DEFLATE_MESSAGE, &one);
  half = (WscBytes) { one.at, one.length / 2 };
  other = (WscBytes) { one.at + half.length, one.length - half.length };
  wsc_inflation_begin_message (&to->inflation);
  is_right = wsc_inflation_take (&to->inflation, &options, &half,
                                 (WscBuffer) { inflated, sizeof inflated }, &made) ==
             WSC_FAULT_NONE;
  wsc_compression_suspend (to);
  is_right = is_right &&
             wsc_inflation_take (&to->inflation, &options, &other,
                                 (WscBuffer) { inflated + made, sizeof inflated - made }, &more) ==
             WSC_FAULT_NONE &&
             wsc_inflation_end_message (&to->inflation) == WSC_FAULT_NONE;
  tap_point (is_right && made + more == sizeof first + sizeof rest - 2 &&
             memcmp (inflated, "the same words again and the same words", made + more) == 0,
             "/core/compression/suspended/not-inside-a-message");
  wsc_compression_free (from);
  wsc_compression_free (to);
}

/* The memory of both streams: more than that of their windows only until they are suspended. */
static void
test_suspended_memory (void)
{
  const WscDeflateParameters agreed = { 12, 12, 1, 1 };
  WscCompression *compression = wsc_compression_new (&usual, &agreed, WSC_ROLE_SERVER);
  size_t of_none = wsc_compression_get_memory (compression), awake, suspended;

  tap_point (!wsc_compression_may_suspend (NULL) && !wsc_compression_may_suspend (compression),
             "/core/compression/suspended/nothing-before-a-message");
  play_both (compression);
  awake = wsc_compression_get_memory (compression);
  tap_point (wsc_compression_may_suspend (compression),
             "/core/compression/suspended/something-after-a-message");
  wsc_compression_suspend (compression);
  suspended = wsc_compression_get_memory (compression);
  tap_point (!wsc_compression_may_suspend (compression) && suspended < of_none + 1000 &&
             awake > suspended + 30000,
             "/core/compression/suspended/memory-of-the-windows");
  tap_diag ("%zu, %zu, %zu bytes", of_none, awake, suspended);
  wsc_compression_suspend (compression);
  play_both (compression);
  tap_point (wsc_compression_get_memory (compression) == awake,
             "/core/compression/suspended/memory-as-before-with-the-next-message");
  wsc_compression_free (compression);
}

int
main (void)
{
  test_suspended ();
  test_suspended_inside ();
  test_suspended_memory ();
  test_window ();
  test_begin_anew ();
  test_memory ();
  test_keeping ();
  return tap_end ();
}
