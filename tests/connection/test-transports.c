/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection behaves alike over each kind of stream. */
#include "connection/transports.h"
#include "connection/wire.h"

typedef struct
{
  Watched *client, *server;
} Pair;

static Watched *
open_end (GIOStream *stream,
          WspRole    role)
{
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (stream, role, NULL, NULL, NULL, NULL);

  return watch (connection);
}

static void
open_pair (Pair     *self,
           Transport transport)
{
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;

  transport_pair (transport, &client, &server);
  self->client = open_end (client, WSP_ROLE_CLIENT);
  self->server = open_end (server, WSP_ROLE_SERVER);
  self->server->echoes = TRUE;
  wsp_connection_start_receiving (self->client->connection);
  wsp_connection_start_receiving (self->server->connection);
}

static void
pair_clear (Pair *self)
{
  watched_free (self->client);
  watched_free (self->server);
  run_pending ();
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static WspMessage *
make_message (gsize length)
{
  g_autofree guint8 *bytes = g_malloc (MAX (length, 1));

  for (gsize i = 0; i < length; i++)
    bytes[i] = i * 7 + (i >> 8);

  return wsp_message_new_binary (bytes, length);
}

static const gsize sizes[] = { 0, 1, 20, 1000, 16 * 1024, 16 * 1024 + 1, 70000, 300000 };

/* Lengths next to those of a TLS record, a pipe's buffer and the lent memory, all sent at once. */
static void
test_echo (gconstpointer data)
{
  g_auto (Pair) pair = { NULL, NULL };

  open_pair (&pair, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (WspMessage) message = make_message (sizes[i]);

      g_assert_true (wsp_connection_queue_message (pair.client->connection, message,
                                                   WSP_SEND_FLAGS_DEFAULT, NULL));
    }

  run_until_count (&pair.client->n_messages, G_N_ELEMENTS (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (WspMessage) message = make_message (sizes[i]);

      g_assert_true (g_bytes_equal (wsp_message_get_bytes (message),
                                    wsp_message_get_bytes (pair.client->messages->pdata[i])));
    }
}

static void
check_clean (Watched *end)
{
  run_until_closed (end);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (end->connection)));
  g_assert_cmpuint (wsp_close_info_get_peer_code (wsp_connection_get_close_info (
                                                    end->connection)), ==, 1000);
}

static void
test_close (gconstpointer data)
{
  g_auto (Pair) pair = { NULL, NULL };

  open_pair (&pair, GPOINTER_TO_INT (data));
  wsp_connection_close_async (pair.client->connection, 1000, NULL, NULL, NULL, NULL);
  check_clean (pair.client);
  check_clean (pair.server);
}

/* The other end is closed, too, and no call waits. */
static void
test_abort (gconstpointer data)
{
  g_auto (Pair) pair = { NULL, NULL };

  open_pair (&pair, GPOINTER_TO_INT (data));
  g_assert_true (wsp_connection_queue_text (pair.client->connection, "one", NULL));
  run_until_count (&pair.client->n_messages, 1);
  wsp_connection_abort (pair.client->connection);
  run_until_closed (pair.client);
  run_until_closed (pair.server);
  g_assert_false (wsp_close_info_is_clean (wsp_connection_get_close_info (
                                             pair.server->connection)));
}

/* The last reference is dropped while the TLS handshake, a read or a write may be pending. */
static void
test_drop (gconstpointer data)
{
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;

  transport_pair (GPOINTER_TO_INT (data), &client, &server);
  WspConnection *connection =
    wsp_connection_new_for_stream (client, WSP_ROLE_CLIENT, NULL, NULL, NULL, NULL);

  g_assert_true (wsp_connection_queue_text (connection, "never read", NULL));
  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  run_pending ();
  g_object_unref (connection);
  g_assert_null (connection);
  while (!g_io_stream_is_closed (client))
    g_main_context_iteration (NULL, TRUE);
}

static void
add_tests (const char   *claim,
           GTestDataFunc test)
{
  for (guint i = 0; i < N_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/transports/%s/%s", transport_names[i],
                                               claim);

      g_test_add_data_func (path, GINT_TO_POINTER (i), test);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_tests ("messages-of-all-sizes-are-echoed", test_echo);
  add_tests ("WS-159-closes-cleanly", test_close);
  add_tests ("WS-201-abort-ends-the-peer", test_abort);
  add_tests ("WS-168-drop-closes-the-stream", test_drop);

  return g_test_run ();
}
