/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A chat with rooms for clients whose cookie is known, and a health check:
 * members-only [PORT [SESSION=NAME...]] */
#include <stdlib.h>
#include <string.h>

#include <libwsproto/wsproto.h>

static GHashTable *names;       /* session -> name of the member */

static const char *
get_name (WspHandshake *handshake)
{
  g_autofree char *session = wsp_handshake_dup_cookie (handshake, "session");

  return session != NULL ? g_hash_table_lookup (names, session) : NULL;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake)
{
  if (get_name (handshake) != NULL)     /* a program that asks a database defers the handshake */
    return TRUE;

  wsp_handshake_reject (handshake, 401, NULL, NULL);
  return FALSE;
}

static gboolean
is_in_room (WspConnection *connection,
            const char    *room)
{
  WspHandshake *handshake = wsp_connection_get_handshake (connection);
  g_autofree char *own = wsp_handshake_dup_path_value (handshake, "room");

  return g_strcmp0 (own, room) == 0;
}

static void
on_message (WspConnection *sender,
            WspMessage    *message,
            gpointer       everybody)
{
  WspHandshake *handshake = wsp_connection_get_handshake (sender);
  g_autofree char *room = wsp_handshake_dup_path_value (handshake, "room");
  g_autofree char *text = g_strdup_printf ("%s: %s", get_name (handshake),
                                           wsp_message_get_text (message));

  for (guint i = 0; i < g_list_model_get_n_items (everybody); i++)
    {
      g_autoptr (WspConnection) member = g_list_model_get_item (everybody, i);

      if (is_in_room (member, room))
        wsp_connection_queue_text (member, text, NULL);
    }
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_filter (connection, WSP_MESSAGE_FILTER_TEXT_ONLY);
  wsp_connection_set_message_func (connection, on_message,
                                   wsp_server_get_connections (server), NULL);
}

static gboolean
on_health (WspServer      *server,
           WspHttpRequest *request)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("ok\n", strlen ("ok\n"));

  wsp_headers_append (headers, "Cache-Control", "no-store", NULL);
  wsp_http_request_respond (request, 200, headers, body);
  return TRUE;
}

static gboolean
add_services (WspServer *server,
              GError   **error)
{
  g_signal_connect (server, "request", G_CALLBACK (on_request), NULL);
  g_signal_connect (server, "connection::/rooms/{room}", G_CALLBACK (on_connection), NULL);
  g_signal_connect (server, "http-request::/healthz", G_CALLBACK (on_health), NULL);
  return wsp_server_add_route (server, "/rooms/{room}", error) &&
         wsp_server_add_http_route (server, "/healthz", error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener = NULL;

  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (int i = 2; i < argc; i++)
    {
      g_auto (GStrv) member = g_strsplit (argv[i], "=", 2);

      g_hash_table_insert (names, g_strdup (member[0]), g_strdup (member[1]));
    }
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
