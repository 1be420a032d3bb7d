/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo server whose clients share four threads: workers [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

/* In the thread of the connection, as everything of it. */
static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_start_workers (server, 4, &error)
    ? wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                              WSP_LISTEN_FLAGS_DEFAULT, &error) : NULL;

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
