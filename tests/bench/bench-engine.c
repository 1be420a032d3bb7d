/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cost of a message in the engine, next to a floor, libwslay and Boost.Beast.
 *
 * All subjects get the same bytes, in turn within each round; a figure is the median of the
 * rounds, in nanoseconds of CPU. "--quick", for the test, checks only what does not depend on
 * the load of the machine. */

#include "bench/bench.h"

#include "core/bytes/variants.h"
#include "core/engine/engine.h"
#include "lib/allocations.h"
#include "lib/tap.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OF_ENGINE 240

static const BenchSubject *const subjects[BENCH_N_SUBJECTS] = {
  [BENCH_FLOOR] = &bench_floor,
  [BENCH_FRAMES] = &bench_frames,
  [BENCH_ENGINE] = &bench_ours,
  [BENCH_WSLAY] = &bench_wslay,
  [BENCH_BEAST] = &bench_beast,
};

/* One subject with one kind and size of message. */
typedef struct
{
  const BenchSubject *subject;
  BenchSend send;               /* function that sends the messages; NULL: the subject receives
                                 * them */
  BenchWire *wire;
  BenchOutput *output;
  BenchState *state;
  BenchTally tally;
  size_t n_times;               /* number of times that one batch takes the wire's messages */
  double rounds[BENCH_MAX_ROUNDS];
  uint64_t n_allocations;
} Run;

static int
compare_doubles (const void *a,
                 const void *b)
{
  const double *first = a, *second = b;

  return (*first > *second) - (*first < *second);
}

double
bench_median (double *values,
              size_t  n)
{
  qsort (values, n, sizeof values[0], compare_doubles);
  return values[n / 2];
}

static double
time_batch (Run *run)
{
  const double begin = bench_now ();

  if (run->send != NULL)
    run->send (run->state, run->wire, run->n_times * run->wire->n_messages, run->output);
  else
    {
      bench_wire_rewind (run->wire, run->n_times);
      run->subject->receive (run->state, run->wire, &run->tally);
    }
  return bench_now () - begin;
}

static void
open_run (Run      *run,
          BenchRole role,
          double    batch)
{
  run->state = run->subject->open (role, run->wire->message_length);
  run->n_times = 2;
  run->tally.expected = run->wire;
  time_batch (run);
  if (run->send == NULL && run->tally.n_messages != run->n_times * run->wire->n_messages)
    run->tally.is_wrong = true;

  run->tally.expected = NULL;
  while (time_batch (run) < batch)
    run->n_times *= 2;
}

static void
time_round (Run   *run,
            size_t round)
{
  const uint64_t n_before = allocations_count ();

  run->rounds[round] = 1e9 * time_batch (run) / (double) (run->n_times * run->wire->n_messages);
  run->n_allocations += allocations_count () - n_before;
}

static BenchFigure
close_run (Run   *run,
           size_t n_rounds)
{
  const BenchFigure figure = {
    .ns = bench_median (run->rounds, n_rounds),
    .n_allocations = run->n_allocations,
    .n_messages = n_rounds * run->n_times * run->wire->n_messages,
    .is_wrong = run->tally.is_wrong,
  };

  run->subject->close (run->state);
  return figure;
}

/* The runs alternate, so that a busy moment affects all of them. */
static void
measure (Run             *runs,
         size_t           n_runs,
         BenchRole        role,
         const BenchPace *pace)
{
  for (size_t i = 0; i < n_runs; i++)
    open_run (&runs[i], role, pace->batch);
  for (size_t round = 0; round < pace->n_rounds; round++)
    for (size_t i = 0; i < n_runs; i++)
      time_round (&runs[i], round);
}

static void
measure_receive (BenchResults    *results,
                 BenchKind        kind,
                 unsigned         size,
                 const BenchPace *pace)
{
  Run runs[BENCH_N_SUBJECTS + 1] = { 0 };
  BenchWire wire;

  bench_wire_init (&wire, kind, bench_sizes[size]);
  for (size_t i = 0; i <= BENCH_N_SUBJECTS; i++)
    {
      runs[i].subject = i < BENCH_N_SUBJECTS ? subjects[i] : &bench_echo;
      runs[i].wire = &wire;
    }
  measure (runs, BENCH_N_SUBJECTS + 1, BENCH_SERVER, pace);
  for (size_t i = 0; i < BENCH_N_SUBJECTS; i++)
    results->receive[kind][size][i] = close_run (&runs[i], pace->n_rounds);
  results->echo[kind][size] = close_run (&runs[BENCH_N_SUBJECTS], pace->n_rounds);
  bench_wire_clear (&wire);
}

static void
measure_send (BenchResults    *results,
              BenchRole        role,
              unsigned         size,
              const BenchPace *pace)
{
  Run runs[BENCH_N_SUBJECTS] = { 0 };
  BenchWho who[BENCH_N_SUBJECTS];
  size_t n_runs = 0;
  BenchWire wire;
  BenchOutput output = { .capacity = BENCH_READ + bench_sizes[size] + 14 };

  bench_wire_init (&wire, BENCH_BINARY, bench_sizes[size]);
  output.bytes = malloc (output.capacity);
  if (output.bytes == NULL)
    abort ();

  for (unsigned i = 0; i < BENCH_N_SUBJECTS; i++)
    {
      const BenchSubject *subject = subjects[i];
      const BenchSend send = role == BENCH_SERVER ? subject->send_server : subject->send_client;

      if (send == NULL)
        continue;
      who[n_runs] = (BenchWho) i;
      runs[n_runs++] = (Run) {
        .subject = subject, .send = send, .wire = &wire, .output = &output,
      };
    }
  measure (runs, n_runs, role, pace);
  for (size_t i = 0; i < n_runs; i++)
    results->send[role][size][who[i]] = close_run (&runs[i], pace->n_rounds);

  free (output.bytes);
  bench_wire_clear (&wire);
}

static void
print_cells (const BenchFigure cells[BENCH_N_SUBJECTS])
{
  for (unsigned i = 0; i < BENCH_N_SUBJECTS; i++)
    if (cells[i].ns > 0)
      printf (" %11.1f", cells[i].ns);
    else
      printf (" %11s", "-");
}

static void
print_head (const char *what)
{
  printf ("\n%-28s", what);
  for (unsigned i = 0; i < BENCH_N_SUBJECTS; i++)
    printf (" %11s", subjects[i]->name);
}

static void
print_results (const BenchResults *results)
{
  print_head ("receive, ns a message");
  printf (" %11s\n", "echo");
  for (unsigned kind = 0; kind < BENCH_N_KINDS; kind++)
    for (unsigned size = 0; size < BENCH_N_SIZES; size++)
      {
        printf ("%-8s %-19s", bench_kind_names[kind], bench_size_names[size]);
        print_cells (results->receive[kind][size]);
        printf (" %11.1f\n", results->echo[kind][size].ns);
      }

  print_head ("send binary, ns a message");
  putchar ('\n');
  for (unsigned role = 0; role < 2; role++)
    for (unsigned size = 0; size < BENCH_N_SIZES; size++)
      {
        printf ("%-8s %-19s", role == BENCH_SERVER ? "server" : "client", bench_size_names[size]);
        print_cells (results->send[role][size]);
        putchar ('\n');
      }
}

static BenchFigure
sum_up (const BenchResults *results,
        BenchWho            who)
{
  BenchFigure sum = { 0 };

  for (unsigned size = 0; size < BENCH_N_SIZES; size++)
    {
      const BenchFigure cells[] = {
        results->receive[BENCH_BINARY][size][who], results->receive[BENCH_ASCII][size][who],
        results->receive[BENCH_MIXED][size][who], results->send[BENCH_SERVER][size][who],
        results->send[BENCH_CLIENT][size][who],
      };

      for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        {
          sum.n_allocations += cells[i].n_allocations;
          sum.n_messages += cells[i].n_messages;
          sum.is_wrong = sum.is_wrong || cells[i].is_wrong;
        }
    }
  return sum;
}

static uint64_t
count_echo_allocations (const BenchResults *results)
{
  uint64_t n = 0;

  for (unsigned kind = 0; kind < BENCH_N_KINDS; kind++)
    for (unsigned size = 0; size < BENCH_N_SIZES; size++)
      n += results->echo[kind][size].n_allocations;
  return n;
}

static void
print_allocations (const BenchResults *results)
{
  putchar ('\n');
  for (unsigned i = 0; i < BENCH_N_SUBJECTS; i++)
    {
      const BenchFigure sum = sum_up (results, (BenchWho) i);

      printf ("allocations %-8s %10llu in %llu messages\n", subjects[i]->name,
              (unsigned long long) sum.n_allocations, (unsigned long long) sum.n_messages);
    }
  printf ("allocations %-8s %10llu\n", "echo",
          (unsigned long long) count_echo_allocations (results));
}

static void
print_conditions (const BenchPace *pace)
{
  printf ("flags: %s; compiler: %s; vectors: %s\n", BENCH_FLAGS, __VERSION__,
          wsc_bytes_chosen.name);
  printf ("peers: libwslay %s (as packaged), Boost.Beast %s (%s), GLib %u.%u.%u\n",
          bench_wslay_version (), bench_beast_version (), BENCH_CPP_FLAGS,
          glib_major_version, glib_minor_version, glib_micro_version);
  printf ("medians of %zu rounds of at least %.1f ms\n", pace->n_rounds, 1e3 * pace->batch);
  printf ("sizeof (WscEngine): %zu, at most %d\n", sizeof (WscEngine), MOST_OF_ENGINE);
}

static void
measure_all (BenchResults    *results,
             const BenchPace *pace)
{
  for (unsigned size = 0; size < BENCH_N_SIZES; size++)
    {
      for (unsigned kind = 0; kind < BENCH_N_KINDS; kind++)
        measure_receive (results, (BenchKind) kind, size, pace);
      measure_send (results, BENCH_SERVER, size, pace);
      measure_send (results, BENCH_CLIENT, size, pace);
    }
}

static int
test_quickly (void)
{
  static BenchResults results;
  const BenchPace pace = { .n_rounds = 3, .batch = 0.0005 };

  measure_all (&results, &pace);
  for (unsigned i = 0; i < BENCH_N_SUBJECTS; i++)
    tap_point (!sum_up (&results, (BenchWho) i).is_wrong,
               "/bench/%s/messages-come-out-as-they-went-in", subjects[i]->name);
  tap_point (sum_up (&results, BENCH_ENGINE).n_allocations == 0,
             "/bench/engine/no-allocation-per-frame");
  tap_point (count_echo_allocations (&results) == 0, "/bench/echo/no-allocation-per-frame");
  tap_point (sum_up (&results, BENCH_WSLAY).n_allocations > 0,
             "/bench/wslay/counter-sees-its-allocations");
  tap_point (sizeof (WscEngine) <= MOST_OF_ENGINE, "/bench/engine/size-is-at-most-240");
  tap_diag ("sizeof (WscEngine) is %zu", sizeof (WscEngine));
  return tap_end ();
}

static int
run_all (void)
{
  static BenchResults results;
  const BenchPace pace = { .n_rounds = 21, .batch = 0.003 };
  uint64_t n_allocations;
  unsigned n_missed;
  bool is_valid;

  print_conditions (&pace);
  measure_all (&results, &pace);
  n_allocations = sum_up (&results, BENCH_ENGINE).n_allocations + count_echo_allocations (&results);
  print_results (&results);
  print_allocations (&results);
  printf ("\nthe floor is a floor:\n");
  is_valid = bench_floor_is_floor (&results);
  printf ("\nbars:\n");
  n_missed = bench_bars (&results) + bench_utf8 (&pace);
  n_missed += bench_check ("-", "allocations of the engine", (double) n_allocations, 0);
  n_missed += bench_check ("12", "sizeof (WscEngine)", (double) sizeof (WscEngine), MOST_OF_ENGINE);
  printf ("\n%u missed%s\n", n_missed, is_valid ? "" : "; the run is VOID: the floor is none");
  return n_missed > 0 || !is_valid;
}

int
main (int    n_arguments,
      char **arguments)
{
  if (n_arguments > 1 && strcmp (arguments[1], "--quick") == 0)
    return test_quickly ();
  return run_all ();
}
