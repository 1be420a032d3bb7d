/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connect, 101 and closing handshake, one connection after the other. */

#include "bench-client.h"

typedef enum
{
  WARMING_UP,
  MEASURING,
} Phase;

typedef struct
{
  Bench *bench;
  Phase phase;
  double begin, cpu;
  gsize n_connects, n_opened;
} Run;

static void
begin_phase (Run  *run,
             Phase phase)
{
  run->phase = phase;
  run->n_connects = 0;
  run->n_opened = client_n_opened ();
  run->begin = client_now ();
  run->cpu = client_cpu ();
}

static void
end (Run *run)
{
  g_print ("{\"n\": %" G_GSIZE_FORMAT ", \"cpu\": %.9f, \"seconds\": %.6f, "
           "\"opened\": %" G_GSIZE_FORMAT "}\n", run->n_connects, client_cpu () - run->cpu,
           client_now () - run->begin, client_n_opened () - run->n_opened);
  g_main_loop_quit (run->bench->loop);
}

static void on_connected (GObject      *source,
                          GAsyncResult *result,
                          gpointer      data);

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Run *run = data;
  const ClientOptions *options = run->bench->options;
  g_autoptr (WspConnection) connection = WSP_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  double elapsed;

  if (!wsp_connection_close_finish (connection, result, &error))
    g_error ("%s", error->message);
  run->n_connects++;
  elapsed = client_now () - run->begin;
  if (run->phase == WARMING_UP && elapsed > options->warm_up)
    begin_phase (run, MEASURING);
  else if (run->phase == MEASURING && elapsed > options->seconds)
    {
      end (run);
      return;
    }
  bench_connect (run->bench, on_connected, run);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (source), result, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  wsp_connection_close_async (connection, 1000, NULL, NULL, on_closed, data);
}

void
bench_begin_connects (Bench *bench)
{
  static Run run;

  run.bench = bench;
  begin_phase (&run, WARMING_UP);
  bench_connect (bench, on_connected, &run);
}
