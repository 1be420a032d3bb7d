/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* libsoup-server PORT [deflate] [CERTIFICATE KEY]: sends every message back */

#include <libsoup/soup.h>

#include <string.h>

#define MOST_PAYLOAD (16 * 1024 * 1024)

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            gpointer                 user_data)
{
  soup_websocket_connection_send_message (connection, type, message);
}

static void
on_connection (SoupServer              *server,
               SoupServerMessage       *message,
               const char              *path,
               SoupWebsocketConnection *connection,
               gpointer                 user_data)
{
  soup_websocket_connection_set_max_incoming_payload_size (connection, MOST_PAYLOAD);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (g_object_unref), NULL);
  g_object_ref (connection);
}

int
main (int    n_arguments,
      char **arguments)
{
  const gboolean is_deflating = n_arguments > 2 && strcmp (arguments[2], "deflate") == 0;
  const int first = is_deflating ? 3 : 2;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  SoupServerListenOptions options = SOUP_SERVER_LISTEN_IPV4_ONLY;

  if (!is_deflating)
    soup_server_remove_websocket_extension (server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  if (n_arguments > first + 1)
    {
      g_autoptr (GTlsCertificate) certificate =
        g_tls_certificate_new_from_files (arguments[first], arguments[first + 1], &error);

      if (certificate == NULL)
        g_error ("%s", error->message);
      soup_server_set_tls_certificate (server, certificate);
      options |= SOUP_SERVER_LISTEN_HTTPS;
    }
  soup_server_add_websocket_handler (server, NULL, NULL, NULL, on_connection, NULL, NULL);
  if (!soup_server_listen_local (server, n_arguments > 1 ? (guint) atoi (arguments[1]) : 0, options,
                                 &error))
    g_error ("%s", error->message);

  GSList *uris = soup_server_get_uris (server);

  g_print ("port %d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
