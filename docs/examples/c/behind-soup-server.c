/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pages and a WebSocket on one port: SoupServer speaks HTTP and hands the stream over once it has
 * written the 101: behind-soup-server [PORT] */
#include <stdlib.h>

#include <libsoup/soup.h>
#include <libwsproto/wsproto.h>

static const char page[] =
  "<!doctype html><title>Echo</title><p>The WebSocket is at this address, too.";

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

/* The server emits this for adopted connections too. */
static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       user_data)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

static WspHeaders *
copy_request_headers (SoupServerMessage *message)
{
  WspHeaders *headers = wsp_headers_new ();
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, soup_server_message_get_request_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    wsp_headers_append (headers, name, value, NULL);

  return headers;
}

/* NULL: not a WebSocket, or one that asks in a wrong way; is_for_http tells which. */
static WspHandshake *
read_request (SoupServerMessage *message,
              gboolean          *is_for_http)
{
  GUri *uri = soup_server_message_get_uri (message);
  g_autofree char *target = g_uri_to_string_partial (uri, G_URI_HIDE_FRAGMENT);
  g_autoptr (WspHeaders) headers = copy_request_headers (message);
  const char *version =
    soup_server_message_get_http_version (message) == SOUP_HTTP_1_1 ? "1.1" : "1.0";
  g_autoptr (GError) error = NULL;
  WspHandshake *handshake = wsp_handshake_new_server (soup_server_message_get_method (message),
                                                      target, version, headers, &error);

  *is_for_http = g_error_matches (error, WSP_ERROR, WSP_ERROR_NOT_WEBSOCKET);
  return handshake;
}

static void
on_answer_written (SoupServerMessage *message,
                   WspServer         *server)
{
  g_autoptr (WspHandshake) handshake = g_object_steal_data (G_OBJECT (message), "handshake");
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection = wsp_server_adopt (server, handshake, stream, &error);

  if (connection == NULL)
    g_printerr ("%s\n", error->message);
}

static void
switch_protocols (SoupServerMessage *message,
                  WspHandshake      *handshake,
                  WspServer         *server)
{
  WspHeaders *headers = wsp_handshake_get_response_headers (handshake);

  for (guint i = 0; i < wsp_headers_get_length (headers); i++)
    soup_message_headers_append (soup_server_message_get_response_headers (message),
                                 wsp_headers_get_name (headers, i),
                                 wsp_headers_get_value (headers, i));
  g_object_set_data_full (G_OBJECT (message), "handshake", g_object_ref (handshake),
                          g_object_unref);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (on_answer_written), server);
  soup_server_message_set_status (message, SOUP_STATUS_SWITCHING_PROTOCOLS, NULL);
}

static void
refuse (SoupServerMessage *message,
        WspHandshake      *handshake)
{
  GBytes *body = wsp_handshake_get_response_body (handshake);

  soup_server_message_set_status (message, wsp_handshake_get_response_status (handshake), NULL);
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* The server decides as for a port of its own: pages of other sites can reach this port as well. */
static void
answer (SoupServerMessage *message,
        WspHandshake      *handshake,
        WspServer         *server)
{
  wsp_handshake_set_addresses (handshake, soup_server_message_get_local_address (message),
                               soup_server_message_get_remote_address (message));
  if (wsp_server_process_handshake (server, handshake, NULL))
    switch_protocols (message, handshake, server);
  else
    refuse (message, handshake);
}

static void
on_health (SoupServer        *http,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "ok\n", 3);
}

static void
on_page (SoupServer        *http,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  gboolean is_for_http;
  g_autoptr (WspHandshake) handshake = read_request (message, &is_for_http);

  if (handshake != NULL)
    answer (message, handshake, user_data);
  else if (!is_for_http)
    soup_server_message_set_status (message, SOUP_STATUS_BAD_REQUEST, NULL);
  else
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, page,
                                        sizeof page - 1);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupServer) http = soup_server_new (NULL, NULL);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  soup_server_add_handler (http, "/health", on_health, NULL, NULL);
  soup_server_add_handler (http, NULL, on_page, server, NULL);
  if (!soup_server_listen_local (http, argc > 1 ? atoi (argv[1]) : 8080,
                                 SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  GSList *uris = soup_server_get_uris (http);

  g_print ("port %d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
}
