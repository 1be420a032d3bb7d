/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends "NUMBER TEXT", waits half a second for that number: request-response URI TEXT... */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

/* A response that comes too late is read, and left out, by the next request. */
static WspMessage *
ask (WspConnection *connection,
     guint          number,
     const char    *text)
{
  g_autofree char *line = g_strdup_printf ("%u %s", number, text);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint timeout = g_timeout_add_once (500, (GSourceOnceFunc) g_cancellable_cancel, cancellable);
  WspMessage *message = NULL;
  const char *response;

  wsp_connection_queue_text (connection, line, NULL);
  do
    {
      g_autoptr (GAsyncResult) result = NULL;

      g_clear_pointer (&message, wsp_message_unref);
      wsp_connection_receive_async (connection, cancellable, on_result, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      message = wsp_connection_receive_finish (connection, result, NULL);
      response = message != NULL ? wsp_message_get_text (message) : line;
    }
  while (response == NULL || g_ascii_strtoull (response, NULL, 10) != number);

  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timeout);
  return message;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_connect_async (client, argv[1], NULL, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (WspConnection) connection = wsp_client_connect_finish (client, result, &error);

  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  for (int i = 2; i < argc; i++)
    {
      g_autoptr (WspMessage) message = ask (connection, i - 1, argv[i]);

      g_print ("%s\n", message != NULL ? wsp_message_get_text (message) : "no response");
    }

  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  while (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}
