/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages there and back, as many in flight on each connection as its depth. */

#include "bench-client.h"

typedef enum
{
  WARMING_UP,
  MEASURING,
  DRAINING,
} Phase;

typedef struct
{
  Bench *bench;
  Phase phase;
  guint64 n_messages;
  gsize n_in_flight;
  double cpu, begin;
} Run;

static gboolean
end_measuring (gpointer data)
{
  ((Run *) data)->phase = DRAINING;
  return G_SOURCE_REMOVE;
}

static void
end (Run *run)
{
  g_print ("{\"n\": %" G_GUINT64_FORMAT ", \"cpu\": %.9f, \"seconds\": %.6f}\n", run->n_messages,
           client_cpu () - run->cpu, client_now () - run->begin);
  g_main_loop_quit (run->bench->loop);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  Run *run = data;

  if (wsp_message_get_size (message) != run->bench->options->size)
    g_error ("an echo has %" G_GSIZE_FORMAT " bytes", wsp_message_get_size (message));
  run->n_messages++;
  if (run->phase != DRAINING)
    bench_send (run->bench, connection);
  else if (--run->n_in_flight == 0)
    end (run);
}

static gboolean
begin_measuring (gpointer data)
{
  Run *run = data;

  run->phase = MEASURING;
  run->n_messages = 0;
  run->begin = client_now ();
  run->cpu = client_cpu ();
  g_timeout_add ((guint) (1000 * run->bench->options->seconds), end_measuring, run);
  return G_SOURCE_REMOVE;
}

static void
begin_echoes (Bench   *bench,
              gpointer data)
{
  Run *run = data;

  for (guint i = 0; i < bench->connections->len; i++)
    {
      WspConnection *connection = bench->connections->pdata[i];

#ifdef WITHOUT_MESSAGE_FUNC     /* bench-echo --with an older library */
      g_signal_connect (connection, "message", G_CALLBACK (on_message), run);
#else
      wsp_connection_set_message_func (connection, on_message, run, NULL);
#endif
      wsp_connection_start_receiving (connection);
      for (gsize n = 0; n < bench->options->depth; n++)
        bench_send (bench, connection);
      run->n_in_flight += bench->options->depth;
    }
  g_timeout_add ((guint) (1000 * bench->options->warm_up), begin_measuring, run);
}

void
bench_begin_echo (Bench *bench)
{
  static Run run;

  run.bench = bench;
  bench_open (bench, (guint) bench->options->n_connections, begin_echoes, &run);
}
