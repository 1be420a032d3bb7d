/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cost of a compressed message: the engine's time from the program of one side to the program
 * of the other, compared with zlib's own time for the same messages in the same run; and the memory
 * of a connection.  All messages are different, and each context is taken over.
 *
 * bench-deflate [--quick]: --quick only checks that the messages are received. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define N_MESSAGES 24
#define N_ROUNDS 15
#define MAX_RATIO 1.1
#define ROOM ((size_t) 512 * 1024)
#define READ_SIZE ((size_t) 256 * 1024)
#define WRITE_SIZE ((size_t) 80 * 1024)
#define INFLATE_SIZE ((size_t) 64 * 1024)

typedef struct
{
  size_t length;
  WscDeflateOptions options;
} Setting;

static const Setting settings[] = {
  { 4096, { 1, 8, 15, 15, 1, 1, 64 } },
  { 4096, { 6, 8, 15, 15, 1, 1, 64 } },
  { 4096, { 6, 5, 12, 12, 1, 1, 64 } },
  { 262144, { 1, 8, 15, 15, 1, 1, 64 } },
  { 262144, { 6, 8, 15, 15, 1, 1, 64 } },
  { 262144, { 6, 5, 12, 12, 1, 1, 64 } },
};

typedef struct
{
  WscEngine engine;
  WscWorkspace workspace;
} Side;

static uint8_t *messages[N_MESSAGES];
static uint8_t *wire, *room;
static size_t n_written, n_taken;

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0x5a, n);
}

static const WscHost host = { fill_random, NULL };

static WscOptions
make_options (WscRole role)
{
  return (WscOptions) { .role = role, .max_frame_length = ROOM, .max_message_length = ROOM,
                        .max_fragments = 1000, .max_waiting_pongs = 64, .mode = WSC_MODE_AUTOMATIC,
                        .masking = 1, .utf8_check = 1 };
}

/* Text similar to JSON that does not repeat itself. */
static void
make_messages (size_t length)
{
  uint32_t seed = 1;

  for (size_t i = 0; i < N_MESSAGES; i++)
    for (size_t at = 0; at < length;)
      {
        char line[96];
        int n;

        seed = seed * 1103515245u + 12345u;
        n = snprintf (line, sizeof line,
                      "{\"id\":%u,\"name\":\"user%u\",\"price\":%u.%02u,\"active\":%s},", seed >> 8,
                      seed >> 21, seed >> 18, (seed >> 12) % 100, seed & 4096 ? "true" : "false");
        for (int j = 0; j < n && at < length; j++)
          messages[i][at++] = (uint8_t) line[j];
      }
}

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* The same flushes into memory that is large enough; returns the number of bytes on the wire. */
static size_t
zlib_round (z_stream *deflater,
            z_stream *inflater,
            size_t    length)
{
  size_t n_all = 0;

  for (size_t i = 0; i < N_MESSAGES; i++)
    {
      deflater->next_in = messages[i];
      deflater->avail_in = (unsigned) length;
      deflater->next_out = wire;
      deflater->avail_out = (unsigned) ROOM;
      deflate (deflater, Z_SYNC_FLUSH);
      inflater->next_in = wire;
      inflater->avail_in = (unsigned) ROOM - deflater->avail_out;
      n_all += inflater->avail_in;
      inflater->next_out = room;
      inflater->avail_out = (unsigned) ROOM;
      inflate (inflater, Z_SYNC_FLUSH);
      assert (ROOM - inflater->avail_out == length);
    }
  return n_all;
}

static void
side_open (Side             *self,
           const WscOptions *options,
           const Setting    *setting)
{
  const WscDeflateOptions *deflate = &setting->options;
  WscDeflateParameters agreed = { deflate->client_window_bits, deflate->server_window_bits, 1, 1 };

  wsc_engine_init (&self->engine, options, &host);
  if (wsc_stream_use_deflate (&self->engine.stream, deflate, &agreed) != WSC_FAULT_NONE ||
      wsc_stream_establish (&self->engine.stream, NULL) != WSC_FAULT_NONE)
    abort ();
}

static void
side_lend (Side *self)
{
  self->workspace = (WscWorkspace) { .read = { .at = malloc (READ_SIZE), .length = READ_SIZE },
                                     .write = { malloc (WRITE_SIZE), WRITE_SIZE },
                                     .inflate = { malloc (INFLATE_SIZE), INFLATE_SIZE },
                                     .copy_limit = 16384 };
  wsc_stream_lend (&self->engine.stream, &self->workspace);
}

static void
side_close (Side *self)
{
  wsc_engine_abort (&self->engine);
  wsc_engine_clear (&self->engine);
  free (self->workspace.read.at);
  free (self->workspace.write.at);
  free (self->workspace.inflate.at);
}

static void
send_one (Side          *self,
          const uint8_t *message,
          size_t         length)
{
  WscAction action;

  wsc_engine_send (&self->engine, WSC_BUFFER_UTF8_MESSAGE, (WscBytes) { message, length },
                   NULL, NULL);
  n_written = n_taken = 0;
  while (wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_SEND, 2, &action)
         == WSC_FAULT_NONE &&
         action.type != WSC_ACTION_NONE)
    {
      memcpy (wire + n_written, action.buffers[0].at, action.buffers[0].length);
      n_written += action.buffers[0].length;
      wsc_engine_complete_action (&self->engine, &action, action.buffers[0].length);
    }
}

/* FALSE: the received message is not the sent one. */
static bool
receive_one (Side          *self,
             const uint8_t *message,
             size_t         length)
{
  size_t n_got = 0;

  for (;;)
    {
      WscAction action;
      size_t n = 0;

      if (wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action)
          != WSC_FAULT_NONE)
        return false;

      if (action.type == WSC_ACTION_NONE)
        wsc_engine_receive (&self->engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
      else if (action.type == WSC_ACTION_RECEIVE_FROM_NETWORK)
        {
          n = n_written - n_taken;
          if (n == 0)
            return false;
          n = n < action.buffers[0].length ? n : action.buffers[0].length;
          memcpy (action.buffers[0].at, wire + n_taken, n);
          n_taken += n;
        }
      else
        {
          memcpy (room + n_got, action.buffers[0].at, action.buffers[0].length);
          n_got += action.buffers[0].length;
        }
      wsc_engine_complete_action (&self->engine, &action, n);
      if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
          action.buffer_type == WSC_BUFFER_UTF8_MESSAGE)
        return n_got == length && memcmp (room, message, 64) == 0;
    }
}

static bool
engine_round (Side  *sender,
              Side  *receiver,
              size_t length)
{
  bool is_right = true;

  for (size_t i = 0; i < N_MESSAGES; i++)
    {
      send_one (sender, messages[i], length);
      is_right = receive_one (receiver, messages[i], length) && is_right;
    }
  return is_right;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

static double
median (double *values)
{
  qsort (values, N_ROUNDS, sizeof *values, compare_doubles);
  return values[N_ROUNDS / 2];
}

/* The rounds alternate, so that other load of the machine affects both. */
static void
measure (const Setting *setting,
         bool           is_quick)
{
  const WscDeflateOptions *options = &setting->options;
  WscOptions of_server = make_options (WSC_ROLE_SERVER), of_client = make_options (WSC_ROLE_CLIENT);
  double of_zlib[N_ROUNDS], of_engine[N_ROUNDS], ratios[N_ROUNDS];
  z_stream deflater = { .zalloc = NULL }, inflater = { .zalloc = NULL };
  Side sender, receiver;
  bool is_right = true;
  size_t n_wire = 0;

  make_messages (setting->length);
  deflateInit2 (&deflater, options->level, Z_DEFLATED, -options->server_window_bits,
                options->memory_level, Z_DEFAULT_STRATEGY);
  inflateInit2 (&inflater, -options->server_window_bits);
  side_open (&sender, &of_server, setting);
  side_open (&receiver, &of_client, setting);
  side_lend (&sender);
  side_lend (&receiver);
  for (int i = 0; i < (is_quick ? 1 : N_ROUNDS); i++)
    {
      double begin = seconds (), middle;

      n_wire = zlib_round (&deflater, &inflater, setting->length);
      middle = seconds ();
      is_right = engine_round (&sender, &receiver, setting->length) && is_right;
      of_zlib[i] = (middle - begin) / N_MESSAGES * 1e6;
      of_engine[i] = (seconds () - middle) / N_MESSAGES * 1e6;
      ratios[i] = of_engine[i] / of_zlib[i];
    }
  tap_point (is_right, "/bench/deflate/comes-through/%zu-level-%u-window-%u", setting->length,
             options->level, options->server_window_bits);
  if (!is_quick)
    {
      double ratio = median (ratios);

      tap_diag ("%6zu B level %u window %2u: zlib %7.1f us, engine %7.1f us a message, "
                "%5.2f times smaller",
                setting->length, options->level, options->server_window_bits, median (of_zlib),
                median (of_engine), (double) setting->length * N_MESSAGES / (double) n_wire);
      tap_point (ratio <= MAX_RATIO, "/bench/deflate/bar-14/%zu-level-%u-window-%u: %.3f of zlib",
                 setting->length, options->level, options->server_window_bits, ratio);
    }
  deflateEnd (&deflater);
  inflateEnd (&inflater);
  side_close (&sender);
  side_close (&receiver);
}

static size_t
heap_in_use (void)
{
  return mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
}

/* The memory of one side, without the lent memory. */
static void
weigh (const Setting *setting,
       const char    *name)
{
  WscOptions of_server = make_options (WSC_ROLE_SERVER), of_client = make_options (WSC_ROLE_CLIENT);
  Side sender, receiver;
  size_t before, busy;

  side_open (&sender, &of_server, setting);
  side_open (&receiver, &of_client, setting);
  side_lend (&sender);
  side_lend (&receiver);
  before = heap_in_use ();
  send_one (&sender, messages[0], 1024);
  receive_one (&receiver, messages[0], 1024);
  send_one (&receiver, messages[1], 1024);
  receive_one (&sender, messages[1], 1024);
  busy = (heap_in_use () - before) / 2;
  tap_diag ("%s: %zu bytes besides an idle engine, %zu more after a message each way", name,
            sizeof (WscCompression), busy);
  side_close (&sender);
  side_close (&receiver);
}

int
main (int    argc,
      char **argv)
{
  bool is_quick = argc > 1 && strcmp (argv[1], "--quick") == 0;

  wire = malloc (ROOM);
  room = malloc (ROOM);
  for (size_t i = 0; i < N_MESSAGES; i++)
    messages[i] = malloc (ROOM);
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
    measure (&settings[i], is_quick);
  weigh (&settings[1], "client's preset, window 15, memory level 8");
  weigh (&settings[2], "server's preset, window 12, memory level 5");
  weigh (&(Setting) { 1024, { 1, 1, 9, 9, 1, 1, 64 } }, "window 9, memory level 1");
  for (size_t i = 0; i < N_MESSAGES; i++)
    free (messages[i]);
  free (wire);
  free (room);
  return tap_end ();
}
