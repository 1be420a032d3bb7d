/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The run "connects" of clients/client.h with libsoup, one session for all connections. */

#include "../clients/client.h"

#include <libsoup/soup.h>

typedef enum
{
  WARMING_UP,
  MEASURING,
} Phase;

typedef struct
{
  const ClientOptions *options;
  GMainLoop *loop;
  SoupSession *session;
  char *uri;
  Phase phase;
  double begin, cpu;
  gsize n_connects;
} Run;

static void connect_next (Run *run);

static void
begin_phase (Run  *run,
             Phase phase)
{
  run->phase = phase;
  run->n_connects = 0;
  run->begin = client_now ();
  run->cpu = client_cpu ();
}

static void
end (Run *run)
{
  g_print ("{\"n\": %" G_GSIZE_FORMAT ", \"cpu\": %.9f, \"seconds\": %.6f}\n", run->n_connects,
           client_cpu () - run->cpu, client_now () - run->begin);
  g_main_loop_quit (run->loop);
}

static gboolean
go_on (gpointer data)
{
  Run *run = data;
  const double elapsed = client_now () - run->begin;

  run->n_connects++;
  if (run->phase == WARMING_UP && elapsed > run->options->warm_up)
    begin_phase (run, MEASURING);
  else if (run->phase == MEASURING && elapsed > run->options->seconds)
    {
      end (run);
      return G_SOURCE_REMOVE;
    }
  connect_next (run);
  return G_SOURCE_REMOVE;
}

static void
on_closed (SoupWebsocketConnection *connection,
           Run                     *run)
{
  if (soup_websocket_connection_get_close_code (connection) != SOUP_WEBSOCKET_CLOSE_NORMAL)
    g_error ("closed with %u", soup_websocket_connection_get_close_code (connection));
  g_object_unref (connection);
  g_idle_add (go_on, run);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection =
    soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), data);
  soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
connect_next (Run *run)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, run->uri);

  soup_session_websocket_connect_async (run->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, run);
}

int
main (int    n_arguments,
      char **arguments)
{
  ClientOptions options;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *uri = NULL;
  Run run = { .options = &options, .loop = loop, .session = session };

  client_parse_options (&options, n_arguments, arguments);
  uri = g_strdup_printf ("%s://127.0.0.1:%u/", options.trust != NULL ? "wss" : "ws", options.port);
  run.uri = uri;
  begin_phase (&run, WARMING_UP);
  connect_next (&run);
  g_main_loop_run (loop);
  return 0;
}
