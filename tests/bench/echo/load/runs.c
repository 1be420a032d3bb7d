/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Echoes and handshakes: their number in a given time, and the cost of one to the server. */

#include "load.h"

#include <stdlib.h>

#define SILENCE_MS 20000

typedef struct
{
  bool is_issuing;
  size_t n_in_flight, n_done;
} EchoRun;

static size_t
echoed (Load           *load,
        LoadConnection *connection,
        size_t          n_echoes,
        void           *data)
{
  EchoRun *run = data;

  run->n_done += n_echoes;
  if (run->is_issuing)
    return n_echoes;
  run->n_in_flight -= n_echoes;
  return 0;
}

/* The active connections are evenly distributed among all. */
static void
fill_windows (Load    *load,
              EchoRun *run,
              size_t   depth)
{
  const size_t n = load->options->n_active;

  run->is_issuing = true;
  for (size_t i = 0; i < n; i++)
    {
      run->n_in_flight += depth;
      load_send (load, &load->connections[i * load->n_connections / n], depth);
    }
}

static void
go_on_until (Load    *load,
             EchoRun *run,
             double   end)
{
  while (load_now () < end)
    {
      const size_t n_before = run->n_done;
      const double begin = load_now ();

      while (run->n_done == n_before)
        {
          load_turn (load, 1000, echoed, run);
          if (load_now () - begin > SILENCE_MS / 1000)
            load_fail ("echoes are lost");
        }
    }
}

static void
drain (Load    *load,
       EchoRun *run)
{
  const double begin = load_now ();

  run->is_issuing = false;
  while (run->n_in_flight > 0)
    {
      load_turn (load, 1000, echoed, run);
      if (load_now () - begin > SILENCE_MS / 1000)
        load_fail ("%zu echoes are lost", run->n_in_flight);
    }
}

static void
run_for (Load    *load,
         EchoRun *run,
         double   seconds)
{
  *run = (EchoRun) { 0 };
  fill_windows (load, run, load->options->depth);
  go_on_until (load, run, load_now () + seconds);
  drain (load, run);
}

static uint64_t
sum_bytes (const Load *load)
{
  uint64_t sum = 0;

  for (size_t i = 0; i < load->n_connections; i++)
    sum += load->connections[i].reader.n_bytes;
  return sum;
}

static size_t
count_echoes (const Load *load)
{
  size_t n = 0;

  for (size_t i = 0; i < load->n_connections; i++)
    n += load->connections[i].reader.n_echoes;
  return n;
}

void
load_run_echo (Load *load)
{
  LoadWire wire;
  EchoRun run;
  LoadCost before, after;
  uint64_t n_bytes;
  double seconds;

  load_open_all (load);
  load_wire_init (&wire, load->options->kind, load->options->size, load->options->depth,
                  &load->deflate);
  load_set_wire (load, &wire);
  run_for (load, &run, load->options->warm_up);

  before = load_cost (load->options);
  n_bytes = sum_bytes (load);
  before.time = load_now ();
  run_for (load, &run, load->options->seconds);
  seconds = load_now () - before.time;
  n_bytes = sum_bytes (load) - n_bytes;
  after = load_cost (load->options);

  printf ("{\"n\": %zu, \"total\": %zu, \"cpu\": %.9f, \"seconds\": %.6f, \"bytes\": %llu, "
          "\"allocations\": %llu, \"deflate\": \"%s %d %d\"}\n",
          run.n_done, count_echoes (load), after.cpu - before.cpu, seconds,
          (unsigned long long) n_bytes,
          (unsigned long long) (after.n_allocations - before.n_allocations),
          !load->deflate.is_on ? "none"
          : load->deflate.server_takes_over ? "takeover" : "no-takeover",
          load->deflate.server_window_bits, load->deflate.client_window_bits);
  load_wire_clear (&wire);
}

typedef struct
{
  double end;
  size_t n_done, n_under_way;
} HandshakeRun;

static size_t
take_handshake (Load           *load,
                LoadConnection *connection,
                size_t          n_echoes,
                void           *data)
{
  HandshakeRun *run = data;

  run->n_done++;
  load_connection_close (connection);
  if (load_now () < run->end)
    load_connection_begin (connection, load);
  else
    run->n_under_way--;
  return 0;
}

size_t
load_do_handshakes (Load  *load,
                    double end)
{
  HandshakeRun run = { .end = end, .n_under_way = load->options->n_parallel };

  for (size_t i = 0; i < run.n_under_way; i++)
    load_connection_begin (&load->connections[i], load);
  while (run.n_under_way > 0)
    if (load_turn (load, SILENCE_MS, take_handshake, &run) == 0)
      load_fail ("the server does not answer; %zu handshakes are done", run.n_done);
  return run.n_done;
}

void
load_run_handshakes (Load *load)
{
  LoadCost before, after;
  double seconds;
  size_t n;

  load_do_handshakes (load, load_now () + load->options->warm_up);
  if (load->options->resumes && load->session == NULL)
    load_fail ("the server gives no ticket");
  before = load_cost (load->options);
  before.time = load_now ();
  n = load_do_handshakes (load, before.time + load->options->seconds);
  seconds = load_now () - before.time;
  after = load_cost (load->options);
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"seconds\": %.6f, \"threads\": %zu}\n", n,
          after.cpu - before.cpu, seconds, load_count (load->options->pid, "task"));
}
