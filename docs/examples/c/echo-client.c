/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Says "Hello" to an echo server and prints what comes back: echo-client [URI] */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  const char *text = wsp_message_get_text (message);     /* NULL if it is binary */

  g_print ("%s\n", text != NULL ? text : "a binary message");
  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}

/* The server may close before it has sent the echo. */
static void
on_closed (WspConnection *connection)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);
  g_autofree char *sentence = wsp_close_info_to_string (info);

  if (wsp_close_info_is_clean (info) && !wsp_close_info_was_started_by_peer (info))
    exit (EXIT_SUCCESS);
  g_printerr ("%s\n", sentence);
  exit (EXIT_FAILURE);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (source), result, &error);

  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      exit (EXIT_FAILURE);
    }

  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
  /* With a handler of messages the connection keeps itself alive until it has closed. */
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  wsp_connection_queue_text (connection, "Hello", NULL);
}

int
main (int    argc,
      char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "ws://localhost:8080/chat";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspClient) client = wsp_client_new ();

  wsp_client_connect_async (client, uri, (const char *[]) { "chat", NULL }, NULL, NULL,
                            on_connected, NULL);
  g_main_loop_run (loop);
}
