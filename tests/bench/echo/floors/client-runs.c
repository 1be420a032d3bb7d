/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The runs of clients/client.h with the floor's clients, without "standstill". */

#include "floor-client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define N_FEW       16          /* connections that are open when memory is read first */
#define SETTLING_MS 300

static void
open_one (FloorClients *self)
{
  const size_t n_before = self->n_open;

  floor_clients_begin (self);
  while (self->n_open == n_before)
    floor_clients_turn (self);
}

static int
compare_times (const void *a,
               const void *b)
{
  const double *first = a, *second = b;

  return (*first > *second) - (*first < *second);
}

static void
connect_until (FloorClients *self,
               double        end)
{
  self->n_done = self->n_times = 0;
  do
    {
      const size_t n_before = self->n_done;

      floor_clients_begin (self);
      while (self->n_done == n_before)
        floor_clients_turn (self);
    }
  while (client_now () < end);
}

static void
run_connects (FloorClients *self)
{
  double begin, cpu;

  connect_until (self, client_now () + self->options->warm_up);
  begin = client_now ();
  cpu = client_cpu ();
  connect_until (self, begin + self->options->seconds);
  cpu = client_cpu () - cpu;
  qsort (self->times, self->n_times, sizeof self->times[0], compare_times);
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"seconds\": %.6f, \"p50\": %.9f, \"most\": %.9f, "
          "\"full\": %zu}\n", self->n_done, cpu, client_now () - begin,
          self->times[self->n_times / 2], self->times[self->n_times - 1], floor_way_count_full ());
}

static void
echo_until (FloorClients *self,
            double        end)
{
  while (client_now () < end)
    floor_clients_turn (self);
}

static void
run_echo (FloorClients *self)
{
  double begin, cpu;

  while (self->n_open < self->options->n_connections)
    open_one (self);
  self->is_issuing = true;
  for (size_t i = 0; i < self->n_open; i++)
    {
      self->n_in_flight += self->options->depth;
      floor_clients_send (self, self->open[i], self->options->depth);
    }
  echo_until (self, client_now () + self->options->warm_up);
  begin = client_now ();
  cpu = client_cpu ();
  self->n_done = 0;
  echo_until (self, begin + self->options->seconds);
  self->is_issuing = false;
  while (self->n_in_flight > 0)
    floor_clients_turn (self);
  printf ("{\"n\": %zu, \"cpu\": %.9f, \"seconds\": %.6f}\n", self->n_done, client_cpu () - cpu,
          client_now () - begin);
}

static size_t
settle (FloorClients *self)
{
  struct epoll_event event;

  if (epoll_wait (self->epoll, &event, 1, SETTLING_MS) > 0)
    floor_clients_fail ("a server speaks unasked");
  return client_resident ();
}

static void
run_hold (FloorClients *self)
{
  const size_t before = client_resident ();
  size_t few = 0;

  while (self->n_open < self->options->n_connections)
    {
      open_one (self);
      self->n_in_flight = 1;
      floor_clients_send (self, self->open[self->n_open - 1], 1);
      while (self->n_in_flight > 0)
        floor_clients_turn (self);
      if (self->n_open == N_FEW)
        few = settle (self);
    }
  printf ("{\"n\": %zu, \"before\": %zu, \"n_few\": %d, \"few\": %zu, \"all\": %zu}\n",
          self->n_open, before, N_FEW, few, settle (self));
}

static const struct
{
  const char *name;
  FloorClientTask task;
  void (*measure) (FloorClients *self);
} runs[] = {
  { "connects", FLOOR_CLIENT_CLOSES, run_connects },
  { "echo", FLOOR_CLIENT_ECHOES, run_echo },
  { "hold", FLOOR_CLIENT_ECHOES, run_hold },
};

int
main (int    n_arguments,
      char **arguments)
{
  ClientOptions options;
  FloorClients clients;

  signal (SIGPIPE, SIG_IGN);
  client_parse_options (&options, n_arguments, arguments);
  if (options.trust == NULL)
    {
      fprintf (stderr, "there is no --trust\n");
      return 2;
    }
  floor_way_init_client (options.trust,
                         options.sessions == CLIENT_RESUMED ? FLOOR_KEEPS_TICKETS
                                                                           : FLOOR_KEEPS_NOTHING);
  floor_clients_init (&clients, &options);
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
    if (strcmp (options.run, runs[i].name) == 0)
      {
        clients.task = runs[i].task;
        runs[i].measure (&clients);
        return 0;
      }
  fprintf (stderr, "there is no run %s\n", options.run);
  return 2;
}
