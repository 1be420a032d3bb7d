/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends the files of its folder (/get/NAME) and saves others (/put/NAME): file-server [PORT] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
copy (gpointer source,
      gpointer target)
{
  g_output_stream_splice_async (target, source, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE
                                | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, 0, NULL, NULL, NULL);
}

static void
on_stream (GObject      *connection,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GFile) file = data;
  g_autoptr (GFileOutputStream) output = NULL;
  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (WSP_CONNECTION (connection), result, NULL);

  if (stream != NULL && (output = g_file_replace (file, NULL, FALSE, 0, NULL, NULL)) != NULL)
    copy (stream, output);
  else
    wsp_connection_fail (WSP_CONNECTION (connection), NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  const char *path = wsp_handshake_get_path (wsp_connection_get_handshake (connection));
  g_autofree char *name = g_path_get_basename (path);   /* nothing above the folder */
  g_autoptr (GFile) file = g_file_new_for_path (name);
  g_autoptr (GFileInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;

  if (g_str_has_prefix (path, "/put/"))
    wsp_connection_receive_stream_async (connection, NULL, on_stream, g_steal_pointer (&file));
  else if ((input = g_file_read (file, NULL, NULL)) != NULL &&
           (output = wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_BINARY,
                                                   WSP_SEND_FLAGS_DEFAULT, NULL)))
    copy (input, output);
  else
    wsp_connection_close_async (connection, 4404, "no such file", NULL, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  WspListener *listener = wsp_server_listen_inet (server, NULL, argc > 1 ? atoi (argv[1]) : 8080,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
