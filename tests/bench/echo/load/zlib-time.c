/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The time that zlib alone needs to inflate a message and deflate it again, with a level and a
 * window. */

#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_BYTES ((size_t) 4 * 1024 * 1024)

static double
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static size_t
deflate_message (z_stream      *deflater,
                 const uint8_t *from,
                 size_t         length,
                 uint8_t       *to,
                 size_t         capacity)
{
  deflater->next_in = (Bytef *) from;
  deflater->avail_in = (uInt) length;
  deflater->next_out = to;
  deflater->avail_out = (uInt) capacity;
  if (deflate (deflater, Z_SYNC_FLUSH) != Z_OK || deflater->avail_out == 0)
    load_fail ("deflate failed");
  return capacity - deflater->avail_out;
}

static void
inflate_message (z_stream *inflater,
                 uint8_t  *from,
                 size_t    length,
                 uint8_t  *to,
                 size_t    capacity)
{
  inflater->next_in = from;
  inflater->avail_in = (uInt) length;
  inflater->next_out = to;
  inflater->avail_out = (uInt) capacity;
  if (inflate (inflater, Z_SYNC_FLUSH) != Z_OK || inflater->avail_in > 0)
    load_fail ("inflate failed");
}

typedef struct                  /* for one connection: a server's streams, a client's */
{
  z_stream client, inflater, server;
} Streams;

static void
init_streams (Streams           *streams,
              const LoadOptions *options)
{
  if (deflateInit2 (&streams->client, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
      inflateInit2 (&streams->inflater, -15) != Z_OK ||
      deflateInit2 (&streams->server, options->level, Z_DEFLATED, -options->window_bits,
                    options->memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    load_fail ("zlib cannot begin");
}

static void
clear_streams (Streams *streams)
{
  deflateEnd (&streams->client);
  inflateEnd (&streams->inflater);
  deflateEnd (&streams->server);
}

typedef struct
{
  uint8_t *plain, *packed, *inflated, *sent;
  size_t size, capacity;
  double time;
  size_t n_bytes;
} ZlibRun;

static void
time_message (ZlibRun *run,
              Streams *streams,
              size_t   n)
{
  size_t length;
  double begin;

  load_json_fill (run->plain, run->size, n);
  length = deflate_message (&streams->client, run->plain, run->size, run->packed, run->capacity);
  begin = thread_time ();
  inflate_message (&streams->inflater, run->packed, length, run->inflated, run->size + 1);
  run->n_bytes += deflate_message (&streams->server, run->inflated, run->size, run->sent,
                                   run->capacity) - 4;
  run->time += thread_time () - begin;
}

/* Uses separate streams for each connection, in turn: those of a server are not in the cache
 * either. */
void
load_run_zlib (const LoadOptions *options)
{
  const size_t capacity = options->size + options->size / 8 + 64;
  Streams *streams = load_alloc (options->n_connections * sizeof streams[0]);
  ZlibRun run = {
    .plain = load_alloc (options->size), .packed = load_alloc (capacity),
    .inflated = load_alloc (options->size + 1), .sent = load_alloc (capacity),
    .size = options->size, .capacity = capacity,
  };
  size_t n = 0;

  for (size_t i = 0; i < options->n_connections; i++)
    init_streams (&streams[i], options);
  for (; n < N_BYTES / options->size || run.time < options->seconds; n++)
    time_message (&run, &streams[n % options->n_connections], n);
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"bytes\": %zu}\n", n, run.time, run.n_bytes);
  for (size_t i = 0; i < options->n_connections; i++)
    clear_streams (&streams[i]);
  free (streams);
  free (run.plain);
  free (run.packed);
  free (run.inflated);
  free (run.sent);
}
