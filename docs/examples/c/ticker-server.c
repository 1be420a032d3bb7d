/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends a number to every client, ten times a second: ticker-server [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

typedef struct
{
  WspServer *server;
  guint      number;
} Ticker;

static gboolean
tick (gpointer user_data)
{
  Ticker *ticker = user_data;
  g_autofree char *text = g_strdup_printf ("%u", ticker->number++);
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  wsp_server_broadcast (ticker->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  return G_SOURCE_CONTINUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_start_receiving (connection);            /* reads pings and the Close */
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  Ticker ticker = { server, 0 };

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_timeout_add (100, tick, &ticker);
  g_main_loop_run (loop);
}
