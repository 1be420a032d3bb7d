/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory of connections that are open, have had one message echoed, and are idle. */

#include "bench-client.h"

#define N_FEW       16          /* connections that are open when memory is read first */
#define SETTLING_MS 300

typedef struct
{
  Bench *bench;
  gsize before, few;
} Run;

static void open_next (Run *run);

static gboolean
note_few (gpointer data)
{
  Run *run = data;

  run->few = client_resident ();
  open_next (run);
  return G_SOURCE_REMOVE;
}

static gboolean
end (gpointer data)
{
  Run *run = data;

  g_print ("{\"n\": %u, \"before\": %" G_GSIZE_FORMAT ", \"n_few\": %d, \"few\": %" G_GSIZE_FORMAT
           ", \"all\": %" G_GSIZE_FORMAT "}\n", run->bench->connections->len, run->before, N_FEW,
           run->few, client_resident ());
  g_main_loop_quit (run->bench->loop);
  return G_SOURCE_REMOVE;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Run           *run)
{
  const guint n = run->bench->connections->len;

  if (n == run->bench->options->n_connections)
    g_timeout_add (SETTLING_MS, end, run);
  else if (n == N_FEW)
    g_timeout_add (SETTLING_MS, note_few, run);
  else
    open_next (run);
}

static void
take_opened (Bench   *bench,
             gpointer run)
{
  WspConnection *connection = bench->connections->pdata[bench->connections->len - 1];

  g_signal_connect (connection, "message", G_CALLBACK (on_message), run);
  wsp_connection_start_receiving (connection);
  bench_send (bench, connection);
}

static void
open_next (Run *run)
{
  bench_open (run->bench, run->bench->connections->len + 1, take_opened, run);
}

void
bench_begin_hold (Bench *bench)
{
  static Run run;

  run.bench = bench;
  run.before = client_resident ();
  open_next (&run);
}
