/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A chat: each path is a room, and a client that never reads is evicted: chat-server [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static const char *
get_room (WspConnection *connection)
{
  return wsp_handshake_get_path (wsp_connection_get_handshake (connection));
}

static void
on_message (WspConnection *sender,
            WspMessage    *message,
            gpointer       everybody)
{
  for (guint i = 0; i < g_list_model_get_n_items (everybody); i++)
    {
      g_autoptr (WspConnection) member = g_list_model_get_item (everybody, i);
      g_autoptr (GError) error = NULL;

      if (g_str_equal (get_room (member), get_room (sender)) &&
          !wsp_connection_queue_message (member, message, WSP_SEND_FLAGS_DEFAULT, &error) &&
          g_error_matches (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL))
        wsp_connection_abort (member);          /* it has not read for max-send-queue bytes */
    }
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_func (connection, on_message,
                                   wsp_server_get_connections (server), NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  wsp_server_set_subprotocols (server, (const char *[]) { "chat", NULL });
  wsp_limits_set_max_send_queue (wsp_server_get_limits (server), 1 << 20);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
