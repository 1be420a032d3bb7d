/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-client PORT CONNECTIONS SIZE SECONDS: the cost of an echo to a client of the library.
 *
 * One message is in flight on each connection; prints a line of JSON, as the load generator
 * does. */

#include <libwsproto/wsproto.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

#define WARM_UP_MS 200

typedef enum
{
  WARMING_UP,
  MEASURING,
  DRAINING,
} Phase;

typedef struct
{
  GMainLoop *loop;
  WspClient *client;
  GPtrArray *connections;
  char *uri;
  guint n_connections, seconds_ms;
  WspMessage *message;
  gsize size;
  Phase phase;
  guint64 n_messages;
  guint n_in_flight;
  double cpu;
  gint64 begin;
} Run;

static double
cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + 1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
send_one (Run           *run,
          WspConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_connection_queue_message (connection, run->message, WSP_SEND_FLAGS_DEFAULT, &error))
    g_error ("%s", error->message);
  run->n_in_flight++;
}

static gboolean
end_measuring (gpointer data)
{
  ((Run *) data)->phase = DRAINING;
  return G_SOURCE_REMOVE;
}

static void
print (const Run *run)
{
  g_print ("{\"n\": %" G_GUINT64_FORMAT ", \"cpu\": %.9f, \"seconds\": %.6f}\n", run->n_messages,
           cpu_time () - run->cpu, 1e-6 * (double) (g_get_monotonic_time () - run->begin));
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Run           *run)
{
  if (wsp_message_get_size (message) != run->size)
    g_error ("an echo has %" G_GSIZE_FORMAT " bytes", wsp_message_get_size (message));
  run->n_in_flight--;
  run->n_messages++;
  if (run->phase != DRAINING)
    send_one (run, connection);
  else if (run->n_in_flight == 0)
    {
      print (run);
      g_main_loop_quit (run->loop);
    }
}

static gboolean
begin_measuring (gpointer data)
{
  Run *run = data;

  run->phase = MEASURING;
  run->n_messages = 0;
  run->begin = g_get_monotonic_time ();
  run->cpu = cpu_time ();
  g_timeout_add (run->seconds_ms, end_measuring, run);
  return G_SOURCE_REMOVE;
}

static void
begin_echoes (Run *run)
{
  for (guint i = 0; i < run->connections->len; i++)
    {
      WspConnection *connection = run->connections->pdata[i];

      g_signal_connect (connection, "message", G_CALLBACK (on_message), run);
      wsp_connection_start (connection);
      send_one (run, connection);
    }
  g_timeout_add (WARM_UP_MS, begin_measuring, run);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (source), result, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  g_ptr_array_add (run->connections, connection);
  if (run->connections->len < run->n_connections)
    wsp_client_connect_async (run->client, run->uri, NULL, NULL, NULL, on_connected, run);
  else
    begin_echoes (run);
}

int
main (int    n_arguments,
      char **arguments)
{
  Run run = { .loop = g_main_loop_new (NULL, FALSE), .client = wsp_client_new () };
  g_autofree guint8 *payload = NULL;

  if (n_arguments < 5)
    g_error ("bench-client PORT CONNECTIONS SIZE SECONDS");
  run.uri = g_strdup_printf ("ws://127.0.0.1:%s/", arguments[1]);
  run.n_connections = (guint) atoi (arguments[2]);
  run.size = (gsize) atol (arguments[3]);
  run.seconds_ms = (guint) (1000 * atof (arguments[4]));
  run.connections = g_ptr_array_new_with_free_func (g_object_unref);
  payload = g_malloc0 (run.size);
  run.message = wsp_message_new_binary (payload, run.size);
  wsp_client_connect_async (run.client, run.uri, NULL, NULL, NULL, on_connected, &run);
  g_main_loop_run (run.loop);

  wsp_message_unref (run.message);
  g_ptr_array_unref (run.connections);
  g_object_unref (run.client);
  g_main_loop_unref (run.loop);
  g_free (run.uri);
  return 0;
}
