/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server that sends each message back, on a port that it chooses; it prints its URI, and SIGTERM
 * ends it: wire-server [OPTION]...
 *
 * It has the library's public API and no more, so that the table of behaviours is played in each
 * build. */
#include <glib-unix.h>
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static gboolean has_deflate;
static gint64 max_message;      /* limit of a message in bytes; 0: that of the library */
static GStrv protocols;
static char *certificate_file, *key_file;

static const GOptionEntry entries[] = {
  { "deflate", 0, 0, G_OPTION_ARG_NONE, &has_deflate, "Accept permessage-deflate", NULL },
  { "max-message", 0, 0, G_OPTION_ARG_INT64, &max_message, "Receive no larger messages", "BYTES" },
  { "protocol", 0, 0, G_OPTION_ARG_STRING_ARRAY, &protocols, "Support this subprotocol", "NAME" },
  { "cert", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file, "Speak TLS", "FILE" },
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, "Key of the certificate", "FILE" },
  { NULL }
};

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

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* Returns the listener of the server; NULL = error. */
static WspListener *
listen_as_asked (WspServer *server,
                 GError   **error)
{
  g_autoptr (WspDeflateOptions) deflate = has_deflate ? wsp_deflate_options_new () : NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  wsp_server_set_deflate (server, deflate);
  wsp_server_set_subprotocols (server, (const char * const *) protocols);
  if (max_message > 0)
    wsp_limits_set_max_message_size (wsp_server_get_limits (server), max_message);
  if (certificate_file == NULL)
    return wsp_server_listen_inet (server, NULL, 0, WSP_LISTEN_FLAGS_DEFAULT, error);

  certificate = g_tls_certificate_new_from_files (certificate_file, key_file, error);
  if (certificate == NULL)
    return NULL;

  wsp_server_set_tls_certificate (server, certificate);
  return wsp_server_listen_inet (server, NULL, 0, WSP_LISTEN_FLAGS_TLS, error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (g_option_context_parse (options, &argc, &argv, &error))
    listener = listen_as_asked (server, &error);
  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_print ("%s://127.0.0.1:%u/\n", certificate_file != NULL ? "wss" : "ws",
           wsp_listener_get_port (listener));
  g_main_loop_run (loop);
  g_strfreev (protocols);
  g_free (certificate_file);
  g_free (key_file);
}
