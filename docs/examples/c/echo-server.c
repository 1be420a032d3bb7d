/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends every message back: echo-server [PORT] [deflate] */
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
               WspConnection *connection,
               gpointer       user_data)
{
  /* The server keeps the connection alive. */
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  const char *protocols[] = { "chat", NULL };
  const char *origins[] = { "https://example.org", NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  wsp_server_set_subprotocols (server, protocols);
  wsp_server_set_allowed_origins (server, origins);
  if (argc > 2 && g_str_equal (argv[2], "deflate"))
    {
      g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();

      wsp_server_set_deflate (server, deflate);
    }
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
