/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints what a server sends, and connects again, each time with a new token, which a command
 * prints: fresh-token URI COMMAND [ARGUMENT...] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

/* With status 503 another attempt follows, which runs the command again.  If the attempt has ended
 * before the command, these calls have no effect. */
static void
on_token (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GSubprocess *command = G_SUBPROCESS (source);
  g_autoptr (WspHandshake) handshake = user_data;
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  gboolean is_read = g_subprocess_communicate_utf8_finish (command, result, &token, NULL, NULL);

  if (!is_read)
    g_subprocess_force_exit (command);          /* the attempt has ended, or this is no text */
  if (!is_read || !g_subprocess_get_successful (command))
    {
      wsp_handshake_reject (handshake, 503, NULL, NULL);
      return;
    }

  g_autofree char *value = g_strconcat ("Bearer ", g_strstrip (token), NULL);

  if (!wsp_headers_append (headers, "Authorization", value, &error))  /* it has a line break, say */
    {
      g_printerr ("%s\n", error->message);
      wsp_handshake_reject (handshake, 503, NULL, NULL);
      return;
    }

  wsp_handshake_set_request_headers (handshake, headers);
  wsp_handshake_proceed (handshake);
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            char        **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) command =
    g_subprocess_newv ((const char * const *) &argv[2], G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  if (command == NULL)
    {
      g_printerr ("%s\n", error->message);
      wsp_handshake_reject (handshake, 403, NULL, NULL);        /* for good */
      return;
    }

  wsp_handshake_defer (handshake);
  g_subprocess_communicate_utf8_async (command, NULL, wsp_handshake_get_cancellable (handshake),
                                       on_token, g_object_ref (handshake));
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  g_print ("%s\n", wsp_message_get_text (message));
}

static void
on_connected (WspReconnector *reconnector,
              WspConnection  *connection)
{
  g_print ("connected\n");
  wsp_connection_set_message_filter (connection, WSP_MESSAGE_FILTER_TEXT_ONLY);
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

static void
on_attempt_failed (WspReconnector *reconnector,
                   WspHandshake   *handshake,
                   GError         *error)
{
  g_printerr ("%s\n", error->message);
}

static void
on_disconnected (WspReconnector *reconnector,
                 WspCloseInfo   *info)
{
  g_autofree char *sentence = wsp_close_info_to_string (info);

  g_print ("%s\n", sentence);
}

static void
on_active_changed (WspReconnector *reconnector,
                   GParamSpec     *pspec,
                   GMainLoop      *loop)
{
  if (!wsp_reconnector_get_active (reconnector))
    g_main_loop_quit (loop);            /* another attempt would not help, after status 403, say */
}

int
main (int    argc,
      char **argv)
{
  if (argc < 3)
    {
      g_printerr ("fresh-token URI COMMAND [ARGUMENT...]\n");
      return EXIT_FAILURE;
    }

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new (argv[1], NULL);

  g_signal_connect (wsp_reconnector_get_client (reconnector), "prepare", G_CALLBACK (on_prepare),
                    argv);
  g_signal_connect (reconnector, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (reconnector, "attempt-failed", G_CALLBACK (on_attempt_failed), NULL);
  g_signal_connect (reconnector, "disconnected", G_CALLBACK (on_disconnected), NULL);
  g_signal_connect (reconnector, "notify::active", G_CALLBACK (on_active_changed), loop);
  wsp_reconnector_start (reconnector);
  g_main_loop_run (loop);
  return EXIT_FAILURE;
}
