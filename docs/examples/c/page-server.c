/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A page, a health check and the WebSocket that the page uses, on one port: page-server [PORT] */
#include <stdlib.h>
#include <string.h>

#include <libwsproto/wsproto.h>

static const char page[] =
  "<!DOCTYPE html><title>Echo</title><pre></pre><script>\n"
  "const socket = new WebSocket(location.href.replace('http', 'ws'));\n"
  "socket.onopen = () => socket.send('Hello');\n"
  "socket.onmessage = event => document.querySelector('pre').append(event.data);\n"
  "</script>\n";

static gboolean
respond (WspHttpRequest *request,
         const char     *content_type,
         const char     *text)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

  wsp_headers_append (headers, "Content-Type", content_type, NULL);
  wsp_http_request_respond (request, 200, headers, body);
  return TRUE;
}

static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 gpointer        user_data)
{
  const char *path = wsp_http_request_get_path (request);

  if (g_str_equal (path, "/healthz"))
    return respond (request, "text/plain", "ok\n");
  if (g_str_equal (path, "/"))
    return respond (request, "text/html; charset=utf-8", page);

  wsp_http_request_respond (request, 404, NULL, NULL);
  return TRUE;
}

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
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "http-request", G_CALLBACK (on_http_request), NULL);
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
