/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends a file and shows how far it is: file-upload URI FILE */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static gboolean
show_progress (gpointer connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  g_print ("%" G_GUINT64_FORMAT " bytes sent\n", stats->bytes_sent);
  return G_SOURCE_CONTINUE;
}

static void
on_sent (GObject      *target,
         GAsyncResult *result,
         gpointer      connection)
{
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (target), result, &error) < 0)
    g_printerr ("%s\n", error->message);
  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}

static void
on_closed (WspConnection *connection)
{
  exit (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)) ? 0 : 1);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      source)
{
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (client), result, &error);
  g_autoptr (GOutputStream) target = NULL;

  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      exit (EXIT_FAILURE);
    }

  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
  g_timeout_add (100, show_progress, connection);
  target = wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_BINARY,
                                         WSP_SEND_FLAGS_DEFAULT, NULL);
  g_output_stream_splice_async (target, source, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, NULL, on_sent, connection);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (argv[2]);
  g_autoptr (GFileInputStream) source = g_file_read (file, NULL, &error);

  if (source == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  wsp_client_connect_async (client, argv[1], NULL, NULL, NULL, on_connected, source);
  g_main_loop_run (loop);
}
