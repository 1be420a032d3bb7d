/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cost of connections and echoes to a client of the library, see clients/client.h. */

#include "bench-client.h"

static const struct
{
  const char *name;
  void (*begin) (Bench *bench);
} runs[] = {
  { "connects", bench_begin_connects },
  { "echo", bench_begin_echo },
  { "hold", bench_begin_hold },
  { "standstill", bench_begin_standstill },
};

void
bench_connect (Bench              *bench,
               GAsyncReadyCallback callback,
               gpointer            data)
{
  wsp_client_connect_async (bench->client, bench->uri, NULL, NULL, NULL, callback, data);
}

typedef struct
{
  Bench *bench;
  guint n;
  BenchOpened opened;
  gpointer data;
} Openings;

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Openings *openings = data;
  Bench *bench = openings->bench;
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (source), result, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  g_ptr_array_add (bench->connections, connection);
  if (bench->connections->len < openings->n)
    {
      bench_connect (bench, on_connected, openings);
      return;
    }
  openings->opened (bench, openings->data);
  g_free (openings);
}

void
bench_open (Bench      *bench,
            guint       n,
            BenchOpened opened,
            gpointer    data)
{
  Openings *openings = g_new (Openings, 1);

  *openings = (Openings) { bench, n, opened, data };
  bench_connect (bench, on_connected, openings);
}

void
bench_send (Bench         *bench,
            WspConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_connection_queue_message (connection, bench->message, WSP_SEND_FLAGS_DEFAULT, &error))
    g_error ("%s", error->message);
}

WspClient *
bench_create_client (const char *trust)
{
  WspClient *client = wsp_client_new ();
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (client, "persistent-handshakes", FALSE, NULL);
  if (trust == NULL || g_str_equal (trust, "system"))
    return client;
  database = g_tls_file_database_new (trust, &error);
  if (database == NULL)
    g_error ("%s", error->message);
  g_object_set (client, "tls-database", database, NULL);
  return client;
}

int
main (int    n_arguments,
      char **arguments)
{
  ClientOptions options;
  Bench bench = { .options = &options, .loop = g_main_loop_new (NULL, FALSE) };
  g_autofree guint8 *payload = NULL;
  guint run = 0;

  client_parse_options (&options, n_arguments, arguments);
  while (run < G_N_ELEMENTS (runs) && !g_str_equal (options.run, runs[run].name))
    run++;
  if (run == G_N_ELEMENTS (runs))
    g_error ("there is no run %s", options.run);

  bench.client = bench_create_client (options.trust);
  bench.uri = g_strdup_printf ("%s://127.0.0.1:%u/", options.trust != NULL ? "wss" : "ws",
                               options.port);
  bench.connections = g_ptr_array_new_with_free_func (g_object_unref);
  payload = g_malloc0 (options.size);
  bench.message = wsp_message_new_binary (payload, options.size);
  runs[run].begin (&bench);
  g_main_loop_run (bench.loop);

  wsp_message_unref (bench.message);
  g_ptr_array_unref (bench.connections);
  g_object_unref (bench.client);
  g_main_loop_unref (bench.loop);
  g_free (bench.uri);
  return 0;
}
