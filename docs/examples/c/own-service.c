/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An echo server whose clients come from a GSocketService of the program: own-service [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

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

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *stream,
             GObject           *source,
             WspServer         *server)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_server_accept_stream (server, G_IO_STREAM (stream), WSP_LISTEN_FLAGS_DEFAULT, &error))
    g_printerr ("%s\n", error->message);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = argc > 1 ? atoi (argv[1]) : 8080;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), server);
  if (port == 0)
    port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  else if (!g_socket_listener_add_inet_port (G_SOCKET_LISTENER (service), port, NULL, &error))
    port = 0;
  if (port == 0)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", port);
  g_main_loop_run (loop);
}
