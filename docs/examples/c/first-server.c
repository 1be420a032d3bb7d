/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends every message back: first-server [PORT] */
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

int
main (int    argc,
      char **argv)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}
