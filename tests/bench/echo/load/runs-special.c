/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory and pings of idle connections, latency next to a flood, one message to all. */

#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTLING_S       0.5
#define AT_A_TIME        64
#define FLOOD_SIZE       1024
#define FLOOD_DEPTH      64
#define MOST_WAITS       1000000
#define SILENCE_S        20.0
#define PAUSE_S          6.0    /* a second longer than our compression keeps its memory */

static size_t
count_down (Load           *load,
            LoadConnection *connection,
            size_t          n_echoes,
            void           *data)
{
  size_t *n_in_flight = data;

  *n_in_flight -= n_echoes;
  return 0;
}

static void
wait_for_all (Load   *load,
              size_t *n_in_flight)
{
  const double begin = load_now ();

  while (*n_in_flight > 0)
    {
      load_turn (load, 1000, count_down, n_in_flight);
      if (load_now () - begin > SILENCE_S)
        load_fail ("%zu messages are lost", *n_in_flight);
    }
}

/* Pings are answered meanwhile. */
static void
stay_idle (Load  *load,
           double seconds)
{
  const double end = load_now () + seconds;
  size_t none = 0;

  while (load_now () < end)
    load_turn (load, 20, count_down, &none);
}

static void
settle (Load *load)
{
  stay_idle (load, load->options->seconds < SETTLING_S ? load->options->seconds : SETTLING_S);
}

static void
open_with_wire (Load     *load,
                LoadWire *wire)
{
  load_open_all (load);
  load_wire_init (wire, load->options->kind, load->options->size, 1, &load->deflate);
  load_set_wire (load, wire);
}

static void
echo_once (Load *load)
{
  size_t n_in_flight = 0;

  for (size_t i = 0; i < load->n_connections; i++)
    {
      n_in_flight++;
      load_send (load, &load->connections[i], 1);
      if (n_in_flight == AT_A_TIME)
        wait_for_all (load, &n_in_flight);
    }
  wait_for_all (load, &n_in_flight);
}

void
load_run_idle (Load *load)
{
  LoadWire wire;
  const size_t before = load_resident (load->options->pid);
  size_t upgraded, echoed;

  open_with_wire (load, &wire);
  settle (load);
  upgraded = load_resident (load->options->pid);
  echo_once (load);
  if (load->options->is_paused)
    stay_idle (load, PAUSE_S);
  else
    settle (load);
  echoed = load_resident (load->options->pid);
  printf ("{\"n\": %zu, \"before\": %zu, \"upgraded\": %zu, \"echoed\": %zu}\n",
          load->n_connections, before, upgraded, echoed);
  load_wire_clear (&wire);
}

static size_t
count_pings (const Load *load)
{
  size_t n = 0;

  for (size_t i = 0; i < load->n_connections; i++)
    n += load->connections[i].reader.n_pings;
  return n;
}

/* Second by second, to distinguish those without a ping. */
void
load_run_keepalive (Load *load)
{
  LoadWire wire;
  double quiet_cpu = 0, quiet_time = 0, ping_cpu = 0;
  size_t n_pings;

  open_with_wire (load, &wire);
  settle (load);
  n_pings = count_pings (load);
  for (double end = load_now () + load->options->seconds; load_now () < end; )
    {
      const LoadCost before = load_cost (load->options);
      const size_t n_before = count_pings (load);

      stay_idle (load, 1.0);

      const LoadCost after = load_cost (load->options);

      if (count_pings (load) == n_before)
        {
          quiet_cpu += after.cpu - before.cpu;
          quiet_time += after.time - before.time;
        }
      else
        ping_cpu += after.cpu - before.cpu;
    }
  printf ("{\"n\": %zu, \"pings\": %zu, \"ping_cpu\": %.9f, \"cpu\": %.9f, \"seconds\": %.6f}\n",
          load->n_connections, count_pings (load) - n_pings, ping_cpu, quiet_cpu, quiet_time);
  load_wire_clear (&wire);
}

typedef struct
{
  double *waits;
  size_t n_waits, n_flooded;
  bool is_issuing;
  size_t n_in_flight;
} LatencyRun;

static size_t
measure_wait (Load           *load,
              LoadConnection *connection,
              size_t          n_echoes,
              void           *data)
{
  LatencyRun *run = data;

  if (connection == &load->connections[0])
    {
      run->n_flooded += n_echoes;
      run->n_in_flight -= run->is_issuing ? 0 : n_echoes;
      return run->is_issuing ? n_echoes : 0;
    }
  if (run->n_waits < MOST_WAITS)
    run->waits[run->n_waits++] = load_now () - connection->sent_at;
  connection->sent_at = 0;
  run->n_in_flight--;
  return 0;
}

int
load_compare_times (const void *a,
                    const void *b)
{
  const double *first = a, *second = b;

  return (*first > *second) - (*first < *second);
}

/* One message on a quiet connection each millisecond, in turn. */
static void
disturb (Load       *load,
         LatencyRun *run,
         double      seconds)
{
  const double end = load_now () + seconds;
  double next = load_now ();
  size_t i = 0;

  run->is_issuing = true;
  run->n_in_flight = FLOOD_DEPTH;
  load_send (load, &load->connections[0], FLOOD_DEPTH);
  while (run->n_in_flight > 0)
    {
      load_turn (load, 1, measure_wait, run);
      run->is_issuing = load_now () < end;
      if (load_now () < next || !run->is_issuing)
        continue;
      next += 0.001;

      LoadConnection *connection = &load->connections[1 + i++ % (load->n_connections - 1)];

      if (connection->sent_at > 0)
        continue;
      run->n_in_flight++;
      connection->sent_at = load_now ();
      load_send (load, connection, 1);
    }
}

void
load_run_latency (Load *load)
{
  LoadWire quiet, flood;
  LatencyRun run = { .waits = load_alloc (MOST_WAITS * sizeof run.waits[0]) };

  open_with_wire (load, &quiet);
  load_wire_init (&flood, LOAD_BINARY, FLOOD_SIZE, FLOOD_DEPTH, &load->deflate);
  load->connections[0].wire = &flood;
  load->connections[0].reader.expected = &flood;
  disturb (load, &run, load->options->warm_up);
  run.n_waits = run.n_flooded = 0;
  disturb (load, &run, load->options->seconds);
  if (run.n_waits == 0)
    load_fail ("no message of a quiet connection was answered");

  qsort (run.waits, run.n_waits, sizeof run.waits[0], load_compare_times);
  printf ("{\"n\": %zu, \"flood\": %zu, \"p50\": %.9f, \"p99\": %.9f, \"most\": %.9f}\n",
          run.n_waits, run.n_flooded, run.waits[run.n_waits / 2],
          run.waits[run.n_waits * 99 / 100], run.waits[run.n_waits - 1]);
  load_wire_clear (&quiet);
  load_wire_clear (&flood);
  free (run.waits);
}

/* The server sends every message of one connection to all, this one included. */
static size_t
broadcast_for (Load  *load,
               double seconds)
{
  const double end = load_now () + seconds;
  size_t n = 0;

  while (load_now () < end)
    {
      size_t n_in_flight = load->n_connections;

      load_send (load, &load->connections[0], 1);
      wait_for_all (load, &n_in_flight);
      n++;
    }
  return n;
}

void
load_run_broadcast (Load *load)
{
  LoadWire wire;
  LoadCost before, after;
  size_t n;

  open_with_wire (load, &wire);
  broadcast_for (load, load->options->warm_up);
  before = load_cost (load->options);
  n = broadcast_for (load, load->options->seconds);
  after = load_cost (load->options);
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"seconds\": %.6f}\n", n * load->n_connections,
          after.cpu - before.cpu, after.time - before.time);
  load_wire_clear (&wire);
}
