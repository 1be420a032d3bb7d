/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Three services on one port: routes-server [PORT].  /echo sends back what it gets, /time says what
 * time it is, /hello/NAME greets; the server refuses other paths with 404. */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
echo (WspConnection *connection,
      WspMessage    *message,
      gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_echo (WspServer     *server,
         WspConnection *connection,
         gpointer       user_data)
{
  wsp_connection_set_message_func (connection, echo, NULL, NULL);
}

static void
on_time (WspServer     *server,
         WspConnection *connection,
         gpointer       user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *text = g_date_time_format (now, "%T");

  wsp_connection_queue_text (connection, text, NULL);
  wsp_connection_start_receiving (connection);            /* reads pings and the Close */
}

static void
on_hello (WspServer     *server,
          WspConnection *connection,
          gpointer       user_data)
{
  WspHandshake *handshake = wsp_connection_get_handshake (connection);
  g_autofree char *name = wsp_handshake_dup_path_value (handshake, "name");
  g_autofree char *text = g_strconcat ("Hello ", name, NULL);

  wsp_connection_queue_text (connection, text, NULL);
  wsp_connection_start_receiving (connection);
}

static gboolean
add_services (WspServer *server,
              GError   **error)
{
  g_signal_connect (server, "connection::/echo", G_CALLBACK (on_echo), NULL);
  g_signal_connect (server, "connection::/time", G_CALLBACK (on_time), NULL);
  g_signal_connect (server, "connection::/hello/{name}", G_CALLBACK (on_hello), NULL);
  return wsp_server_add_route (server, "/echo", error) &&
         wsp_server_add_route (server, "/time", error) &&
         wsp_server_add_route (server, "/hello/{name}", error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener = NULL;

  if (add_services (server, &error))
    listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                       WSP_LISTEN_FLAGS_DEFAULT, &error);
  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
