/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a server: the list, a message to all of them, the shutdown. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

#define N_CLIENTS 7

typedef struct
{
  WspServer  *server;
  GListModel *list;
  guint16     port;
  guint       n_connections;
  GPtrArray  *mirror;           /* copy of the list, kept up to date by the list's signal alone */
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->n_connections++;
  wsp_connection_start_receiving (connection);
}

static void
on_items_changed (GListModel *list,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Fixture    *self)
{
  g_assert_cmpuint (position + n_removed, <=, self->mirror->len);
  if (n_removed > 0)
    g_ptr_array_remove_range (self->mirror, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    g_ptr_array_insert (self->mirror, i, g_list_model_get_item (list, i));

  g_assert_cmpuint (self->mirror->len, ==, g_list_model_get_n_items (list));
  for (guint i = 0; i < self->mirror->len; i++)
    {
      g_autoptr (WspConnection) connection = g_list_model_get_item (list, i);

      g_assert_true (connection == self->mirror->pdata[i]);
    }
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new (Fixture, 1);
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { .server = wsp_server_new () };
  self->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  self->list = wsp_server_get_connections (self->server);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_no_error (error);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->server);
  g_ptr_array_unref (self->mirror);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
run_until_length (Fixture *self,
                  guint    length)
{
  while (g_list_model_get_n_items (self->list) != length)
    g_main_context_iteration (NULL, TRUE);
}

/* The first, the last and those between leave: one by one, and all at once. */
static void
test_list (void)
{
  const guint leaving[N_CLIENTS] = { 0, 6, 3, 1, 5, 2, 4 };
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      fds[i] = knock_join (fixture->port);
      g_assert_cmpuint (g_list_model_get_n_items (fixture->list), ==, i + 1);
    }
  g_assert_true (g_list_model_get_item_type (fixture->list) == WSP_TYPE_CONNECTION);
  g_assert_null (g_list_model_get_item (fixture->list, N_CLIENTS));

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      close (fds[leaving[i]]);
      run_until_length (fixture, N_CLIENTS - i - 1);
    }
}

/* The list has a connection as long as its handlers of `closed` run. */
static void
look_into_list (WspConnection *connection,
                Fixture       *self)
{
  gboolean is_listed = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (self->list); i++)
    {
      g_autoptr (WspConnection) listed = g_list_model_get_item (self->list, i);

      is_listed = is_listed || listed == connection;
    }
  g_assert_true (is_listed);
  self->n_connections = 99;
}

static void
test_listed_until_emitted (void)
{
  int fd;

  g_autoptr (Fixture) fixture = fixture_new ();
  fd = knock_join (fixture->port);
  g_signal_connect (fixture->mirror->pdata[0], "closed", G_CALLBACK (look_into_list), fixture);
  close (fd);
  run_until_length (fixture, 0);
  g_assert_cmpuint (fixture->n_connections, ==, 99);
}

/* A connection that is closing, or that does not read, delays no other one and is not counted. */
static void
test_broadcast (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("Hello");
  int fds[3];
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL),
                    ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = knock_join (fixture->port);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL),
                    ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autofree char *frame = wire_read (fds[i], 7);

      g_assert_cmpstr (frame, ==, "81 05 48 65 6c 6c 6f");
    }

  WspConnection *client, *stranger;

  wire_pair (&client, &stranger);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT,
                                          stranger), ==, 3);
  g_object_unref (client);
  g_object_unref (stranger);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    g_free (wire_read (fds[i], 7));
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT,
                                          fixture->mirror->pdata[1]), ==, 2);
  wsp_connection_close_async (fixture->mirror->pdata[1], 1000, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT,
                                          fixture->mirror->pdata[1]), ==, 2);
  g_free (wire_read (fds[2], 7));
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL),
                    ==, 2);
  g_autofree char *frame = wire_read (fds[2], 7);

  g_assert_cmpstr (frame, ==, "81 05 48 65 6c 6c 6f");
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* P-01 for many connections: one that never reads costs at most the limit of its queue. */
static void
test_broadcast_to_stalled (void)
{
  g_autofree guint8 *bytes = g_malloc0 (64 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, 64 * 1024);
  guint n_taken = 1;
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_limits_set_max_send_queue (wsp_server_get_limits (fixture->server), 256 * 1024);
  int fd = knock_join (fixture->port);

  for (guint i = 0; i < 1000 && n_taken == 1; i++)
    {
      n_taken = wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
      run_pending ();
    }
  g_assert_cmpuint (n_taken, ==, 0);
  g_assert_cmpuint (wsp_message_broadcast (message, (WspConnection **) fixture->mirror->pdata, 1,
                                           WSP_SEND_FLAGS_DEFAULT),
                    ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (fixture->list), ==, 1);
  close (fd);
}

/* To the first and the third of three, to one that is closing, and to one twice. */
static void
test_broadcast_to_some (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("b");
  g_autoptr (WspMessage) last = wsp_message_new_text ("a");
  WspConnection *some[3];
  int fds[3];
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_cmpuint (wsp_message_broadcast (message, NULL, 0, WSP_SEND_FLAGS_DEFAULT), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = knock_join (fixture->port);
  some[0] = some[2] = fixture->mirror->pdata[0];
  some[1] = fixture->mirror->pdata[2];
  g_assert_cmpuint (wsp_message_broadcast (message, some, 2, WSP_SEND_FLAGS_DEFAULT), ==, 2);
  wsp_connection_close_async (some[1], 1000, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (wsp_message_broadcast (message, some, 3, WSP_SEND_FLAGS_DEFAULT), ==, 2);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, last, WSP_SEND_FLAGS_DEFAULT, NULL), ==,
                    2);

  g_autofree char *first = wire_read (fds[0], 12), *second = wire_read (fds[1], 3);
  g_autofree char *third = wire_read (fds[2], 3);

  g_assert_cmpstr (first, ==, "81 01 62 81 01 62 81 01 62 81 01 61");
  g_assert_cmpstr (second, ==, "81 01 61");
  g_assert_cmpstr (third, ==, "81 01 62");
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
run_shutdown (Fixture *self,
              guint    grace,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_server_shutdown_async (self->server, 1001, "bye", grace, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_true (wsp_server_shutdown_finish (self->server, result, error));
  g_assert_cmpuint (g_list_model_get_n_items (self->list), ==, 0);
}

/* 1005: a Close without a code. */
static void
test_shutdown_without_code (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = knock_join (fixture->port);

  wsp_server_shutdown_async (fixture->server, WSP_CLOSE_CODE_NO_STATUS, NULL, 1000, NULL,
                             keep_result, &result);
  g_autofree char *close_frame = wire_read (fd, 2);

  g_assert_cmpstr (close_frame, ==, "88 00");
  wire_write (fd, "88 80 00 00 00 00");
  run_until_result (&result);
  g_assert_true (wsp_server_shutdown_finish (fixture->server, result, &error));
  g_assert_no_error (error);
  close (fd);
}

static void
test_stream_after_the_end (void)
{
  g_autoptr (WspConnection) connection = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = knock_join (fixture->port);

  connection = g_list_model_get_item (fixture->list, 0);
  close (fd);
  run_until_length (fixture, 0);
  g_assert_null (wsp_connection_get_io_stream (connection));
}

/* A client that reads gets 1001 and answers; one that does not is aborted; so is a
 * handshake; a client that connects later finds no listener. */
static void
test_shutdown (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int polite = knock_join (fixture->port), rude = knock_join (fixture->port);
  int half = knock_dial (fixture->port);

  knock_send (half, "GET /");
  run_pending ();
  wsp_server_shutdown_async (fixture->server, 1001, "bye", 50, NULL, keep_result, &result);
  g_autofree char *close_frame = wire_read (polite, 7);

  g_assert_cmpstr (close_frame, ==, "88 05 03 e9 62 79 65");
  wire_write (polite, "88 82 00 00 00 00 03 e9");
  g_assert_null (result);
  run_until_result (&result);
  g_assert_true (wire_is_ended (half));
  g_assert_true (wsp_server_shutdown_finish (fixture->server, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (fixture->list), ==, 0);
  close (polite);
  close (rude);
  close (half);
}

static void
test_shutdown_of_none (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  run_shutdown (fixture, 0, &error);
  g_assert_no_error (error);

  /* It may listen again. */
  fixture->port = listen_on_free_port (fixture->server, NULL);
  g_assert_no_error (error);
  close (knock_join (fixture->port));
  run_shutdown (fixture, 1000, &error);
  g_assert_no_error (error);
}

static const struct
{
  const char *name, *reason;
  guint16     code;
} bad_requests[] = {
  { "reserved-code", NULL, 1006 },
  { "long-reason",
    "1234567890123456789012345678901234567890123456789012345678901234567890"
    "123456789012345678901234567890123456789012345678901234", 1001 },
  { "reason-not-utf8", "\xff", 1001 },
  { "reason-without-a-code", "bye", 1005 },
};

static void
test_bad_shutdown (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = knock_join (fixture->port);

  wsp_server_shutdown_async (fixture->server, bad_requests[i].code, bad_requests[i].reason, 0,
                             NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_false (wsp_server_shutdown_finish (fixture->server, result, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (g_list_model_get_n_items (fixture->list), ==, 1);
  g_clear_object (&result);     /* its result holds a reference to the server */
  close (knock_join (fixture->port));
  close (fd);
}

static void
test_cancelled_shutdown (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = knock_join (fixture->port);

  wsp_server_shutdown_async (fixture->server, 1001, NULL, 100000, cancellable, keep_result,
                             &result);
  wsp_server_shutdown_async (fixture->server, 1001, NULL, 0, NULL, keep_result, &second);
  run_until_result (&second);
  g_assert_false (wsp_server_shutdown_finish (fixture->server, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_assert_false (wsp_server_shutdown_finish (fixture->server, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_until_length (fixture, 0);
  close (fd);
}

/* A handler of the list's signal drops the server when a connection leaves. */
static void
drop_server (GListModel *list,
             guint       position,
             guint       n_removed,
             guint       n_added,
             Fixture    *self)
{
  if (n_removed > 0)
    g_clear_object (&self->server);
}

static void
test_dropped_by_list (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (GListModel) list = g_object_ref (fixture->list);

  int leaving = knock_join (fixture->port), fd = knock_join (fixture->port);

  g_signal_connect (list, "items-changed", G_CALLBACK (drop_server), fixture);
  close (leaving);
  while (fixture->server != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wire_is_ended (fd));
  close (fd);
  g_signal_handlers_disconnect_by_data (list, fixture);
}

/* SEC-100: clients that connect and disconnect leave nothing allocated. */
static void
test_churn (void)
{
  guint n_before;
  g_autoptr (Fixture) fixture = fixture_new ();

  close (knock_join (fixture->port));
  run_until_length (fixture, 0);
  n_before = knock_count_files ();
  for (guint i = 0; i < 500; i++)
    close (knock_join (fixture->port));
  for (guint i = 0; i < 300; i++)
    {
      int fd = knock_dial (fixture->port);

      knock_send (fd, "GET /chat HTTP/1.1\r\nHost");
      close (fd);
    }
  run_until_length (fixture, 0);
  while (knock_count_files () > n_before)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (knock_count_files (), ==, n_before);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/server-connections/list/tells-every-change", test_list);
  g_test_add_func ("/endpoint/server-connections/list/has-it-while-closed-is-emitted",
                   test_listed_until_emitted);
  g_test_add_func ("/endpoint/server-connections/list/SEC-32-server-dropped-by-its-handler",
                   test_dropped_by_list);
  g_test_add_func ("/endpoint/server-connections/broadcast/all-that-are-open", test_broadcast);
  g_test_add_func ("/endpoint/server-connections/broadcast/some-in-the-order-of-the-list",
                   test_broadcast_to_some);
  g_test_add_func ("/endpoint/server-connections/broadcast/stalled-reader",
                   test_broadcast_to_stalled);
  g_test_add_func ("/endpoint/server-connections/shutdown/WS-170-closes-then-aborts",
                   test_shutdown);
  g_test_add_func ("/endpoint/server-connections/shutdown/without-a-code",
                   test_shutdown_without_code);
  g_test_add_func ("/endpoint/server-connections/stream/none-after-the-end",
                   test_stream_after_the_end);
  g_test_add_func ("/endpoint/server-connections/shutdown/no-connections", test_shutdown_of_none);
  g_test_add_func ("/endpoint/server-connections/shutdown/cancelled", test_cancelled_shutdown);
  ADD_ROWS ("/endpoint/server-connections/shutdown/refused", bad_requests, test_bad_shutdown);
  g_test_add_func ("/endpoint/server-connections/life/SEC-100-come-and-go", test_churn);

  return g_test_run ();
}
