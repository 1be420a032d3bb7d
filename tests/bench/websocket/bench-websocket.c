/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The processor time of a binary message from a client to a server in one process, by the functions
 * of websocket.h.  Usage: bench-websocket [LENGTH SECONDS]; memory takes the place of a network.
 *
 * Without arguments only checks that messages of the lengths with a bar arrive. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/websocket/cpu-time.h"
#include "lib/tap.h"
#include "win32/session-pair.h"

#define LONGEST 16384
#define BETWEEN_TIMES 16384     /* messages between two looks at the time */

typedef struct
{
  WEB_SOCKET_HANDLE client, server;
  Wire wire;
  size_t taken;                 /* from the wire */
} Bench;

static BYTE payload[LONGEST];

/* A Wire moves the bytes that it keeps; this costs the copy of a network alone. */
static size_t
fill_read (Bench      *bench,
           const Step *step)
{
  size_t room = step->buffers[0].Data.ulBufferLength, left = bench->wire.length - bench->taken;
  size_t n = left < room ? left : room;

  memcpy (step->buffers[0].Data.pbBuffer, bench->wire.bytes + bench->taken, n);
  bench->taken += n;
  return n;
}

/* Returns the length of the message that arrived, or SIZE_MAX. */
static size_t
receive_message (Bench *bench)
{
  size_t length = 0;

  if (WebSocketReceive (bench->server, NULL, NULL) != S_OK)
    return SIZE_MAX;

  for (;;)
    {
      Step step = next_step (bench->server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);

      if (step.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION &&
          bench->taken < bench->wire.length)
        {
          complete (bench->server, &step, fill_read (bench, &step));
          continue;
        }
      if (step.action != WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
        return SIZE_MAX;

      length += step.buffers[0].Data.ulBufferLength;
      complete (bench->server, &step, 0);
      if (step.type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE)
        return length;
      if (WebSocketReceive (bench->server, NULL, NULL) != S_OK)
        return SIZE_MAX;
    }
}

static bool
pass_message (Bench *bench,
              size_t length)
{
  const WEB_SOCKET_BUFFER_TYPE type = WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;

  bench->wire.length = bench->taken = 0;
  return send_bytes (bench->client, type, payload, length, NULL) == S_OK &&
         write_out (bench->client, &bench->wire) && receive_message (bench) == length;
}

static bool
pass_messages (Bench *bench,
               size_t length,
               size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      if (!pass_message (bench, length))
        return false;
    }

  return true;
}

static int
measure (Bench *bench,
         size_t length,
         double seconds)
{
  const double begin = get_cpu_time ();
  double passed = 0;
  size_t n = 0;

  for (; passed < seconds; passed = get_cpu_time () - begin)
    {
      if (!pass_messages (bench, length, BETWEEN_TIMES))
        return EXIT_FAILURE;
      n += BETWEEN_TIMES;
    }

  printf ("%.1f\n", passed / (double) n * 1e9);
  return EXIT_SUCCESS;
}

static int
check (Bench *bench)
{
  static const unsigned lengths[] = { 0, 125, LONGEST };

  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    tap_point (pass_messages (bench, lengths[i], 10), "/bench/websocket/message-of-%u", lengths[i]);
  return tap_end ();
}

int
main (int    argc,
      char **argv)
{
  static Bench bench;
  int status;

  if (!open_pair (&bench.client, &bench.server))
    return EXIT_FAILURE;

  status = argc < 3 ? check (&bench)
                    : measure (&bench, strtoul (argv[1], NULL, 10), strtod (argv[2], NULL));
  WebSocketDeleteHandle (bench.client);
  WebSocketDeleteHandle (bench.server);
  return status;
}
