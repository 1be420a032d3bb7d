/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The shortest programs in C, as the API is meant to be used; each runs against a real peer. */
#include <libwsproto/wsproto.h>

#define SECONDS 60

static void
echo (WspConnection *connection,
      WspMessage    *message,
      gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsp_connection_set_message_func (connection, echo, NULL, NULL);
  wsp_connection_start_receiving (connection);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake)
{
  if (wsp_handshake_get_tls_peer_certificate (handshake) != NULL)
    return TRUE;

  wsp_handshake_reject (handshake, 403, NULL, NULL);
  return FALSE;
}

static void
set_up (WspClient *client)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  wsp_client_set_connect_timeout (client, 5000);
  wsp_client_set_deflate (client, options);
  wsp_limits_set_max_message_size (wsp_client_get_limits (client), 1 << 20);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static WspConnection *
open_connection (WspServer *server,
                 GError   **error)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *uri = NULL;

  set_up (client);
  WspListener *listener = wsp_server_listen_inet (server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT,
                                                  error);

  if (listener == NULL)
    return NULL;

  uri = g_strdup_printf ("ws://127.0.0.1:%u/", wsp_listener_get_port (listener));
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  wait_for (&result);
  return wsp_client_connect_finish (client, result, error);
}

static void
test_echo (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_autoptr (WspConnection) connection = open_connection (server, NULL);

  g_assert_nonnull (connection);
  g_assert_true (wsp_connection_queue_text (connection, "Hello", NULL));
  wsp_connection_receive_async (connection, NULL, keep_result, &result);
  wait_for (&result);
  g_autoptr (WspMessage) message = wsp_connection_receive_finish (connection, result, NULL);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "Hello");
  g_assert_cmpuint (wsp_limits_get_max_message_size (wsp_connection_get_limits (connection)), ==,
                    1 << 20);
  wsp_connection_abort (connection);
}

static void
test_certificate_is_required (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "request", G_CALLBACK (on_request), NULL);
  g_assert_null (open_connection (server, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_HANDSHAKE);
  g_assert_nonnull (g_strstr_len (error->message, -1, "403"));
}

static gboolean
on_too_late (gpointer data)
{
  g_error ("the time is over");
  return G_SOURCE_REMOVE;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add_seconds (SECONDS, on_too_late, NULL);
  g_test_add_func ("/bindings/programs/c/echo", test_echo);
  g_test_add_func ("/bindings/programs/c/certificate-is-required", test_certificate_is_required);
  return g_test_run ();
}
