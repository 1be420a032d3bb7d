/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Taps of a client and of a server, and the dissector behind them: both sides see the same
 * conversation. */
#include "connection/wire.h"
#include "lib/observer.h"

/* Opcodes and lengths, in the order in which they were seen. */
static char *
list_records (TestObserver *self,
              WspDirection  direction)
{
  GString *list = g_string_new (NULL);
  g_autoptr (GArray) records = wsp_dissector_steal_records (self->dissector);

  for (guint i = 0; i < records->len; i++)
    {
      const WspFrameRecord *record = &g_array_index (records, WspFrameRecord, i);

      g_assert_cmpuint (record->fault, ==, 0);
      if (record->direction == direction)
        g_string_append_printf (list, "%x:%" G_GUINT64_FORMAT " ", record->opcode,
                                record->payload_length);
    }

  return g_string_free (list, FALSE);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Watched      **place)
{
  *place = watch (connection);
  (*place)->echoes = TRUE;
  wsp_connection_start (connection);
}

static void
check_handshake (TestObserver *self)
{
  WspHandshake *handshake = wsp_dissector_get_handshake (self->dissector);
  g_autoptr (GError) error = NULL;
  guint status;

  g_assert_nonnull (handshake);
  g_object_get (handshake, "response-status", &status, NULL);
  g_assert_cmpuint (status, ==, 101);
}

static void
test_conversation (void)
{
  g_autoptr (TestObserver) near = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (TestObserver) far = test_observer_new (WSP_ROLE_SERVER);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Watched) remote = NULL;
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/a",
                                          wsp_server_add_inet_port (server, NULL, 0, NULL));

  wsp_client_add_tap (client, WSP_TAP (near));
  wsp_server_add_tap (server, WSP_TAP (far));
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), &remote);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_autoptr (WspConnection) connection = wsp_client_connect_finish (client, result, NULL);
  g_autoptr (Watched) local = watch (connection);

  g_object_set (limits, "fragment-size", 3, NULL);
  wsp_connection_start (connection);
  wsp_connection_queue_text (connection, "Hello", NULL);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_queue_text (connection, "in 3", NULL);
  run_until_count (&local->n_messages, 2);
  wsp_connection_close_async (connection, 1000, "bye", NULL, NULL, NULL);
  run_until_closed (local);
  run_until_closed (remote);

  g_autofree char *near_sent = list_records (near, WSP_DIRECTION_SENT);
  g_autofree char *far_received = list_records (far, WSP_DIRECTION_RECEIVED);

  check_handshake (near);
  check_handshake (far);
  g_assert_true (near->source == G_OBJECT (connection));
  g_assert_true (far->source == G_OBJECT (remote->connection));
  g_assert_cmpstr (near_sent, ==, "1:5 1:3 0:1 8:5 ");
  g_assert_cmpstr (near_sent, ==, far_received);
  g_assert_cmpuint (near->n_actions[WSP_ACTION_TYPE_SEND_TO_NETWORK], >=, 4);
  g_assert_cmpuint (near->n_actions[WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK], >, 0);
  g_assert_cmpuint (near->n_states, >=, 2);

  /* The heads are one piece each, and the same on both sides. */
  g_assert_true (g_str_has_suffix (near->first[WSP_DIRECTION_SENT]->str, "\r\n\r\n"));
  g_assert_cmpstr (near->first[WSP_DIRECTION_SENT]->str, ==,
                   far->first[WSP_DIRECTION_RECEIVED]->str);
  g_assert_cmpstr (near->first[WSP_DIRECTION_RECEIVED]->str, ==,
                   far->first[WSP_DIRECTION_SENT]->str);
}

static void
test_refusal (void)
{
  g_autoptr (TestObserver) near = test_observer_new (WSP_ROLE_CLIENT);
  g_autoptr (TestObserver) far = test_observer_new (WSP_ROLE_SERVER);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "origin", "https://other.example",
                                               NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/a",
                                          wsp_server_add_inet_port (server, NULL, 0, NULL));

  wsp_client_add_tap (client, WSP_TAP (near));
  wsp_server_add_tap (server, WSP_TAP (far));
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_null (wsp_client_connect_finish (client, result, &error));
  g_assert_error (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_HANDSHAKE);
  g_assert_true (WSP_IS_HANDSHAKE (near->source));
  g_assert_true (WSP_IS_HANDSHAKE (far->source));
  g_assert_true (g_str_has_prefix (near->first[WSP_DIRECTION_RECEIVED]->str, "HTTP/1.1 403 "));
}

static void
test_removed (void)
{
  WspConnection *connections[2];
  g_autoptr (TestObserver) observer = test_observer_new (WSP_ROLE_CLIENT);

  wire_pair (&connections[0], &connections[1]);
  wsp_connection_add_tap (connections[0], WSP_TAP (observer));
  wsp_connection_remove_tap (connections[0], WSP_TAP (observer));
  wsp_connection_queue_text (connections[0], "unheard", NULL);
  g_assert_null (observer->first[WSP_DIRECTION_SENT]);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/observed/tap/RFC-132-both-sides-see-the-same-frames",
                   test_conversation);
  g_test_add_func ("/endpoint/observed/tap/refusal-is-told-of-the-handshake", test_refusal);
  g_test_add_func ("/endpoint/observed/tap/removed-hears-nothing", test_removed);

  return g_test_run ();
}
