/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo server that closes all connections with 1001 at SIGTERM: graceful-stop [PORT] */
#include <glib-unix.h>
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
on_message (WspConnection *connection,
            WspMessage    *message)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
on_stopped (GObject      *source,
            GAsyncResult *result,
            gpointer      loop)
{
  wsp_server_shutdown_finish (WSP_SERVER (source), result, NULL);
  g_main_loop_quit (loop);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);

  /* A client that has not answered the Close after five seconds is cut off. */
  wsp_server_shutdown_async (server, WSP_CLOSE_CODE_GOING_AWAY, "restart", 5000, NULL,
                             on_stopped, loop);
  g_main_loop_run (loop);
  g_print ("stopped\n");
}
