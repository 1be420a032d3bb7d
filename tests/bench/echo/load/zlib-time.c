/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What zlib alone needs to inflate a message and deflate it again, at a level and a window. */

#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_OCTETS ((size_t) 4 * 1024 * 1024)

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

static void
init_streams (z_stream          *client,
              z_stream          *inflater,
              z_stream          *server,
              const LoadOptions *options)
{
  const int window = options->window_bits;

  if (deflateInit2 (client, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK
      || inflateInit2 (inflater, -15) != Z_OK
      || deflateInit2 (server, options->level, Z_DEFLATED, -window, options->memory_level,
                       Z_DEFAULT_STRATEGY) != Z_OK)
    load_fail ("zlib cannot begin");
}

void
load_run_zlib (const LoadOptions *options)
{
  const size_t capacity = options->size + options->size / 8 + 64;
  uint8_t *plain = load_alloc (options->size), *packed = load_alloc (capacity);
  uint8_t *inflated = load_alloc (options->size + 1), *sent = load_alloc (capacity);
  z_stream client = { 0 }, inflater = { 0 }, server = { 0 };
  double time = 0;
  size_t n = 0, n_octets = 0;

  init_streams (&client, &inflater, &server, options);
  for (; n < N_OCTETS / options->size || time < options->seconds; n++)
    {
      size_t length;
      double begin;

      load_json_fill (plain, options->size, n);
      length = deflate_message (&client, plain, options->size, packed, capacity);
      begin = thread_time ();
      inflate_message (&inflater, packed, length, inflated, options->size + 1);
      n_octets += deflate_message (&server, inflated, options->size, sent, capacity) - 4;
      time += thread_time () - begin;
    }
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"octets\": %zu}\n", n, time, n_octets);
  deflateEnd (&client);
  inflateEnd (&inflater);
  deflateEnd (&server);
  free (plain);
  free (packed);
  free (inflated);
  free (sent);
}
