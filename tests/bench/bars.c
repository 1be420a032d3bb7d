/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bars 8 and 9: ratios of one run, checked without tolerance. */

#include "bench/bench.h"

#include <stdio.h>

typedef enum
{
  AT_16,
  AT_125,
  AT_1_KIB,
  AT_16_KIB,
  AT_1_MIB,
} Size;

#define OF_ANY_KIND BENCH_N_KINDS

typedef struct
{
  BenchKind kind;
  Size first, last;
  BenchWho of;
  double most;                  /* the largest allowed ratio of the engine's time to theirs */
} ReceiveBar;

static const ReceiveBar receive_bars[] = {
  { OF_ANY_KIND,  AT_16,     AT_16,     BENCH_FLOOR, 6.0 },
  { OF_ANY_KIND,  AT_125,    AT_125,    BENCH_FLOOR, 3.2 },
  { OF_ANY_KIND,  AT_16_KIB, AT_1_MIB,  BENCH_FLOOR, 1.2 },
  { OF_ANY_KIND,  AT_16,     AT_1_MIB,  BENCH_BEAST, 1.0 },
  { BENCH_MIXED,  AT_16_KIB, AT_16_KIB, BENCH_BEAST, 1.0 / 8 },
  { OF_ANY_KIND,  AT_16,     AT_1_MIB,  BENCH_WSLAY, 0.3 },
  { BENCH_ASCII,  AT_125,    AT_1_MIB,  BENCH_WSLAY, 1.0 / 10 },
  { BENCH_MIXED,  AT_125,    AT_1_MIB,  BENCH_WSLAY, 1.0 / 10 },
  { BENCH_MIXED,  AT_16_KIB, AT_16_KIB, BENCH_WSLAY, 1.0 / 20 },
};

typedef struct
{
  BenchRole role;
  Size first, last;
  BenchWho of;
  double most;
} SendBar;

/* Each message is sent and indicated: two actions. */
static const SendBar send_bars[] = {
  { BENCH_SERVER, AT_16,     AT_125,   BENCH_WSLAY, 0.62 },
  { BENCH_SERVER, AT_1_KIB,  AT_1_KIB, BENCH_WSLAY, 0.72 },
  { BENCH_SERVER, AT_16_KIB, AT_1_MIB, BENCH_FLOOR, 1.3 },
  { BENCH_CLIENT, AT_1_KIB,  AT_1_KIB, BENCH_WSLAY, 0.11 },
  { BENCH_CLIENT, AT_16_KIB, AT_1_MIB, BENCH_WSLAY, 1.0 / 10 },
};

#define MOST_ABOVE_FRAMES_NS 40.0
#define MOST_OF_SERVER       1.5

static const char *const subject_names[BENCH_N_SUBJECTS] = {
  "floor", "frames", "engine", "wslay", "beast"
};
static const char *const role_names[] = { "server", "client" };

unsigned
bench_check (const char *bar,
             const char *what,
             double      value,
             double      most)
{
  const bool is_met = value <= most;

  printf ("  bar %-3s %-58s %9.3f  at most %7.3f  %s\n", bar, what, value, most,
          is_met ? "pass" : "MISSED");
  return !is_met;
}

static unsigned
check_receive (const BenchResults *results,
               const ReceiveBar   *bar,
               BenchKind           kind,
               Size                size)
{
  const BenchFigure *cell = results->receive[kind][size];
  char what[80];

  if (cell[bar->of].ns <= 0)
    return 0;
  snprintf (what, sizeof what, "receive %s %s: engine / %s", bench_size_names[size],
            bench_kind_names[kind], subject_names[bar->of]);
  return bench_check ("8", what, cell[BENCH_ENGINE].ns / cell[bar->of].ns, bar->most);
}

/* Above 1 KiB the noise of a round is larger than the required difference. */
static unsigned
check_above_frames (const BenchResults *results)
{
  unsigned n_missed = 0;

  for (unsigned kind = 0; kind < BENCH_N_KINDS; kind++)
    for (unsigned size = 0; size <= AT_1_KIB; size++)
      {
        const BenchFigure *cell = results->receive[kind][size];
        char what[80];

        snprintf (what, sizeof what, "receive %s %s: engine - frames, ns", bench_size_names[size],
                  bench_kind_names[kind]);
        n_missed += bench_check ("8", what, cell[BENCH_ENGINE].ns - cell[BENCH_FRAMES].ns,
                                 MOST_ABOVE_FRAMES_NS);
      }
  return n_missed;
}

static unsigned
check_send (const BenchResults *results,
            const SendBar      *bar)
{
  unsigned n_missed = 0;

  for (unsigned size = bar->first; size <= bar->last; size++)
    {
      const BenchFigure *cell = results->send[bar->role][size];
      char what[80];

      if (cell[bar->of].ns <= 0)
        continue;
      snprintf (what, sizeof what, "send %s %s: engine / %s", bench_size_names[size],
                role_names[bar->role], subject_names[bar->of]);
      n_missed += bench_check ("9", what, cell[BENCH_ENGINE].ns / cell[bar->of].ns, bar->most);
    }
  return n_missed;
}

static unsigned
check_client_by_server (const BenchResults *results)
{
  unsigned n_missed = 0;

  for (unsigned size = AT_1_KIB; size < BENCH_N_SIZES; size++)
    {
      char what[80];

      const double client = results->send[BENCH_CLIENT][size][BENCH_ENGINE].ns;
      const double server = results->send[BENCH_SERVER][size][BENCH_ENGINE].ns;

      snprintf (what, sizeof what, "send %s: engine as client / as server", bench_size_names[size]);
      n_missed += bench_check ("9", what, client / server, MOST_OF_SERVER);
    }
  return n_missed;
}

unsigned
bench_bars (const BenchResults *results)
{
  unsigned n_missed = 0;

  for (size_t i = 0; i < sizeof receive_bars / sizeof receive_bars[0]; i++)
    for (unsigned kind = 0; kind < BENCH_N_KINDS; kind++)
      if (receive_bars[i].kind == kind || receive_bars[i].kind == OF_ANY_KIND)
        for (unsigned size = receive_bars[i].first; size <= receive_bars[i].last; size++)
          n_missed += check_receive (results, &receive_bars[i], (BenchKind) kind, (Size) size);
  n_missed += check_above_frames (results);
  for (size_t i = 0; i < sizeof send_bars / sizeof send_bars[0]; i++)
    n_missed += check_send (results, &send_bars[i]);
  return n_missed + check_client_by_server (results);
}

bool
bench_floor_is_floor (const BenchResults *results)
{
  static const struct
  {
    Size   size;
    double most;
  } conditions[] = { { AT_16, 0.2 }, { AT_1_KIB, 0.35 }, { AT_1_MIB, 0.9 } };
  unsigned n_missed = 0;

  for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
    {
      const BenchFigure *cell = results->receive[BENCH_BINARY][conditions[i].size];
      char what[80];

      if (cell[BENCH_BEAST].ns <= 0)
        return false;
      snprintf (what, sizeof what, "receive %s binary: floor / beast",
                bench_size_names[conditions[i].size]);
      n_missed += bench_check ("-", what, cell[BENCH_FLOOR].ns / cell[BENCH_BEAST].ns,
                               conditions[i].most);
    }
  return n_missed == 0;
}
