/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS server with clients that begin a handshake and stop, and with clients that complete
 * many. */

#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SILENCE_MS     20000
#define MOST_TIMES     1000000
#define HELLO_CAPACITY 4096
#define BETWEEN_COUNTS 16       /* connections */
#define HANDSHAKES_NICE 10

typedef struct
{
  double *times;
  size_t n_times;
  double begin, end;
} Times;

static void
add_time (Times *self,
          double time)
{
  if (self->n_times < MOST_TIMES)
    self->times[self->n_times++] = time;
}

static double
time_at (const Times *self,
         size_t       percent)
{
  return self->times[self->n_times * percent / 100];
}

static void
sort_times (Times *self)
{
  if (self->n_times == 0)
    load_fail ("there is no figure");
  qsort (self->times, self->n_times, sizeof self->times[0], load_compare_times);
}

static size_t
measure_most (const LoadOptions *options,
              size_t             most)
{
  const size_t n = load_count (options->pid, "fd");

  return n > most ? n : most;
}

/* Returns the largest number of descriptors of the server meanwhile.  It may refuse any of them. */
static size_t
begin_others (Load *load,
              int  *fds)
{
  const LoadOptions *options = load->options;
  uint8_t hello[HELLO_CAPACITY];
  size_t n_hello = 0, most = 0;

  if (options->hello != LOAD_SILENT)
    n_hello = load_tls_write_hello (load, hello, sizeof hello);
  if (options->hello == LOAD_HALF_HELLO)
    n_hello /= 2;
  for (size_t i = 0; i < options->n_others; i++)
    {
      fds[i] = load_connect (options, 0);
      if (n_hello > 0)
        send (fds[i], hello, n_hello, MSG_NOSIGNAL);
      if (i % BETWEEN_COUNTS == 0)
        most = measure_most (options, most);
    }
  load_cost (options);          /* it has responded to them, and sleeps */
  return measure_most (options, most);
}

static void
end_others (const LoadOptions *options,
            int               *fds)
{
  for (size_t i = 0; i < options->n_others; i++)
    close (fds[i]);
  free (fds);
}

static size_t
take_honest (Load           *load,
             LoadConnection *connection,
             size_t          n_echoes,
             void           *data)
{
  Times *times = data;

  add_time (times, load_now () - times->begin);
  load_connection_close (connection);
  return 0;
}

/* The time from connecting to the server's 101. */
static void
time_honest (Load  *load,
             Times *times)
{
  const size_t n_before = times->n_times;

  times->begin = load_now ();
  load_connection_begin (&load->connections[0], load);
  while (times->n_times == n_before)
    if (load_turn (load, SILENCE_MS, take_honest, times) == 0)
      load_fail ("the server does not answer an honest client");
}

void
load_run_honest (Load *load)
{
  Times times = { .times = load_alloc (MOST_TIMES * sizeof times.times[0]) };
  int *fds = load_alloc (load->options->n_others * sizeof fds[0]);

  time_honest (load, &times);
  begin_others (load, fds);
  times.n_times = 0;
  for (const double end = load_now () + load->options->seconds; load_now () < end; )
    time_honest (load, &times);
  sort_times (&times);
  printf ("{\"n\": %zu, \"p50\": %.9f, \"most\": %.9f}\n", times.n_times, time_at (&times, 50),
          times.times[times.n_times - 1]);
  end_others (load->options, fds);
  free (times.times);
}

/* Waits until the server has closed them all after its handshake-timeout.  The descriptors of
 * another process cannot be polled. */
void
load_run_descriptors (Load *load)
{
  const LoadOptions *options = load->options;
  Times times = { .times = load_alloc (MOST_TIMES * sizeof times.times[0]) };
  int *fds = load_alloc (options->n_others * sizeof fds[0]);
  size_t before, most, after;
  double begin;

  time_honest (load, &times);
  load_cost (options);
  before = load_count (options->pid, "fd");
  begin = load_now ();
  most = begin_others (load, fds);
  do
    {
      usleep (1000);
      after = load_count (options->pid, "fd");
    }
  while (after > before && load_now () - begin < SILENCE_MS / 1000);
  printf ("{\"n\": %zu, \"before\": %zu, \"most\": %zu, \"after\": %zu, \"seconds\": %.6f}\n",
          options->n_others, before, most, after, load_now () - begin);
  end_others (options, fds);
  free (times.times);
}

static size_t
take_rush (Load           *load,
           LoadConnection *connection,
           size_t          n_echoes,
           void           *data)
{
  Times *times = data;
  const double now = load_now ();

  add_time (times, now - times->begin);
  times->begin = now;
  return now < times->end;
}

/* A separate process on the next processor, so that the generator does not delay the echoes. */
static pid_t
begin_handshakes (const LoadOptions *options,
                  double             end,
                  size_t            *n_done)
{
  const pid_t pid = fork ();
  Load load;

  if (pid < 0)
    load_fail ("fork fails");
  if (pid > 0)
    return pid;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  errno = 0;
  if (nice (HANDSHAKES_NICE) == -1 && errno != 0)
    load_fail ("nice fails");
  load_init (&load, options);
  *n_done = load_do_handshakes (&load, end);
  load_clear (&load);
  _exit (0);
}

static void
rush_for (Load   *load,
          Times  *times,
          double  seconds,
          size_t *n_done)
{
  pid_t pid;
  int status;

  times->n_times = 0;
  times->begin = load_now ();
  times->end = times->begin + seconds;
  pid = begin_handshakes (load->options, times->end, n_done);
  load_send (load, &load->connections[0], 1);
  while (times->begin < times->end)
    if (load_turn (load, SILENCE_MS, take_rush, times) == 0)
      load_fail ("the server does not answer");
  if (waitpid (pid, &status, 0) != pid || status != 0)
    load_fail ("the handshakes fail");
}

static size_t
ignore (Load           *load,
        LoadConnection *connection,
        size_t          n_echoes,
        void           *data)
{
  return 0;
}

void
load_run_rush (Load *load)
{
  const LoadOptions *options = load->options;
  Times times = { .times = load_alloc (MOST_TIMES * sizeof times.times[0]) };
  size_t *n_done = mmap (NULL, sizeof *n_done, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  LoadWire wire;

  if (n_done == MAP_FAILED)
    load_fail ("no memory is shared");
  load_wire_init (&wire, options->kind, options->size, 1, &load->deflate);
  load_connection_begin (&load->connections[0], load);
  while (load->connections[0].state != LOAD_OPEN)
    if (load_turn (load, SILENCE_MS, ignore, NULL) == 0)
      load_fail ("the server does not answer");
  load->connections[0].wire = load->connections[0].reader.expected = &wire;
  rush_for (load, &times, options->warm_up, n_done);
  rush_for (load, &times, options->seconds, n_done);
  sort_times (&times);
  printf ("{\"n\": %zu, \"handshakes\": %zu, \"seconds\": %.6f, \"p50\": %.9f, \"p95\": %.9f, "
          "\"threads\": %zu}\n", times.n_times, *n_done, options->seconds,
          time_at (&times, 50), time_at (&times, 95), load_count (options->pid, "task"));
  munmap (n_done, sizeof *n_done);
  load_wire_clear (&wire);
  free (times.times);
}
