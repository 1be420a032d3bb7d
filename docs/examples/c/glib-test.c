/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tests a server with GLib's test framework: glib-test */
#include <libwsproto/wsproto.h>

/* What is tested: each text comes back in capitals. */
static void
on_message (WspConnection *connection,
            WspMessage    *message)
{
  const char *text = wsp_message_get_text (message);     /* NULL if it is binary */
  g_autofree char *capitals = text != NULL ? g_utf8_strup (text, -1) : NULL;

  if (capitals != NULL)
    wsp_connection_queue_text (connection, capitals, NULL);
  else
    wsp_connection_close_async (connection, WSP_CLOSE_CODE_UNSUPPORTED_DATA, "Text only",
                                NULL, NULL, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
}

typedef struct
{
  WspServer *server;
  WspConnection *client;
} Fixture;

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

/* Server and client run in the main context of the test until a call has its result. */
static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->server = wsp_server_new ();
  g_signal_connect (fixture->server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (fixture->server, NULL, 0,
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  g_assert_no_error (error);
  g_autofree char *uri = g_strdup_printf ("ws://localhost:%u/", wsp_listener_get_port (listener));

  wsp_client_connect_async (client, uri, NULL, NULL, NULL, on_result, &result);
  fixture->client = wsp_client_connect_finish (client, wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_server_shutdown_async (fixture->server, WSP_CLOSE_CODE_GOING_AWAY, NULL, 5000, NULL,
                             on_result, &result);
  wsp_server_shutdown_finish (fixture->server, wait_for (&result), NULL);
  g_clear_object (&fixture->client);
  g_clear_object (&fixture->server);
}

static WspMessage *
receive (Fixture *fixture,
         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_async (fixture->client, NULL, on_result, &result);
  return wsp_connection_receive_finish (fixture->client, wait_for (&result), error);
}

typedef struct
{
  const char *text;
  const char *expected;
} Case;

static const Case cases[] = {
  { "hello", "HELLO" },
  { "", "" },
  { "naïve", "NAÏVE" },
};

static void
test_text (Fixture      *fixture,
           gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GError) error = NULL;

  wsp_connection_queue_text (fixture->client, row->text, NULL);
  g_autoptr (WspMessage) message = receive (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (wsp_message_get_text (message), ==, row->expected);
}

static void
test_bytes (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  wsp_connection_queue_binary (fixture->client, (const guint8 *) "x", 1, NULL);
  g_assert_null (receive (fixture, &error));     /* a Close */
  g_assert_no_error (error);
  g_assert_cmpuint (wsp_connection_get_peer_close_code (fixture->client), ==,
                    WSP_CLOSE_CODE_UNSUPPORTED_DATA);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/shout/text/%u", i);

      g_test_add (path, Fixture, &cases[i], set_up, test_text, tear_down);
    }
  g_test_add ("/shout/bytes", Fixture, NULL, set_up, test_bytes, tear_down);
  return g_test_run ();
}
