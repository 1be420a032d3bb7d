/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a connection, their notify signals, and how its waiting calls are cancelled. */
#include "connection/wire.h"
#include "lib/rows.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

#define MUCH (4 * 1024 * 1024)  /* more than a socket takes */

static void
count_notify (GObject    *object,
              GParamSpec *pspec,
              gpointer    counter)
{
  ++*(guint *) counter;
}

static guint *
count (WspConnection *connection,
       const char    *detailed_signal,
       guint         *counter)
{
  *counter = 0;
  g_signal_connect (connection, detailed_signal, G_CALLBACK (count_notify), counter);
  return counter;
}

static void
test_facts (void)
{
  WspConnection *pair[2];

  wire_pair (&pair[0], &pair[1]);
  for (guint i = 0; i < 2; i++)
    {
      WspConnection *connection = pair[i];

      g_assert_cmpint (wsp_connection_get_role (connection), ==,
                       i == 0 ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER);
      g_assert_null (wsp_connection_get_handshake (connection));
      g_assert_null (wsp_connection_get_uri (connection));
      g_assert_null (wsp_connection_get_extensions (connection));
      g_assert_null (wsp_connection_get_peer_close_reason (connection));
      g_assert_null (wsp_connection_get_tls_ciphersuite (connection));
      g_assert_cmpint (wsp_connection_get_tls_protocol (connection), ==,
                       G_TLS_PROTOCOL_VERSION_UNKNOWN);
      g_assert_cmpuint (wsp_connection_get_peer_close_code (connection), ==, 0);
      g_assert_cmpint (wsp_connection_get_rtt_us (connection), ==, -1);
      g_assert_cmpuint (wsp_connection_get_send_queue_bytes (connection), ==, 0);
    }
  g_object_unref (pair[0]);
  g_object_unref (pair[1]);
}

typedef GSocketAddress *(*GetAddress) (WspConnection *connection);

static const struct
{
  const char *name;
  GetAddress  get;
} addresses[] = {
  { "remote-address", wsp_connection_get_remote_address },
  { "local-address", wsp_connection_get_local_address },
};

static GetAddress
find_getter (gconstpointer data)
{
  return addresses[GPOINTER_TO_UINT (data)].get;
}

static void
test_address_is_kept (gconstpointer data)
{
  GetAddress get = find_getter (data);
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  GSocketAddress *address = get (raw->connection);

  g_assert_true (G_IS_SOCKET_ADDRESS (address));
  g_assert_true (get (raw->connection) == address);
  wsp_connection_abort (raw->connection);
  run_until_closed (raw->watched);
  g_assert_true (get (raw->connection) == address);
}

static void
test_address_of_a_closed_one (gconstpointer data)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_abort (raw->connection);
  run_until_closed (raw->watched);
  g_assert_null (find_getter (data) (raw->connection));
}

/* A stream of pipes has no socket. */
static void
test_address_of_pipes (gconstpointer data)
{
  int pipes[2];

  g_assert_true (g_unix_open_pipe (pipes, FD_CLOEXEC, NULL));
  g_autoptr (GInputStream) input = g_unix_input_stream_new (pipes[0], TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (pipes[1], TRUE);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (stream, WSP_ROLE_CLIENT, NULL, NULL, NULL, NULL);

  g_assert_null (find_getter (data) (connection));
  wsp_connection_abort (connection);
  run_pending ();
}

static void
add_addresses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *root = g_strconcat ("/connection/properties/", addresses[i].name, NULL);
      g_autofree char *kept = g_strconcat (root, "/is-kept", NULL);
      g_autofree char *closed = g_strconcat (root, "/none-of-a-closed-one", NULL);
      g_autofree char *pipes = g_strconcat (root, "/none-of-pipes", NULL);

      g_test_add_data_func (kept, GSIZE_TO_POINTER (i), test_address_is_kept);
      g_test_add_data_func (closed, GSIZE_TO_POINTER (i), test_address_of_a_closed_one);
      g_test_add_data_func (pipes, GSIZE_TO_POINTER (i), test_address_of_pipes);
    }
}

/* Several sends of one turn are one notification; what is written at once is none. */
static void
test_queue_is_notified_once_a_turn (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autofree guint8 *zeros = g_malloc0 (MUCH);
  guint n_notified;

  count (connection, "notify::send-queue-bytes", &n_notified);
  g_assert_true (wsp_connection_queue_text (connection, "short", NULL));
  run_pending ();
  g_assert_cmpuint (n_notified, ==, 0);

  g_assert_true (wsp_connection_queue_binary (connection, zeros, MUCH, NULL));
  g_assert_true (wsp_connection_queue_binary (connection, zeros, MUCH, NULL));
  run_pending ();
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpuint (wsp_connection_get_send_queue_bytes (connection), >, MUCH);

  g_assert_true (wsp_connection_queue_text (connection, "one more", NULL));
  run_pending ();
  g_assert_cmpuint (n_notified, ==, 2);

  wsp_connection_abort (connection);
  run_pending ();
  g_assert_cmpuint (n_notified, ==, 3);
  g_assert_cmpuint (wsp_connection_get_send_queue_bytes (connection), ==, 0);
  close (fd);
}

static void
send_once (WspConnection *connection,
           gpointer       data)
{
  g_signal_handlers_disconnect_by_func (connection, send_once, data);
  g_assert_true (wsp_connection_queue_text (connection, "one more", NULL));
}

static void
note_queue (WspConnection *connection,
            GParamSpec    *pspec,
            gpointer       place)
{
  *(guint64 *) place = wsp_connection_get_send_queue_bytes (connection);
}

static const struct
{
  const char *name;
  WspRole     role;
} sides[] = {
  { "client", WSP_ROLE_CLIENT },
  { "server", WSP_ROLE_SERVER },
};

/* A message of the `writable` handler leaves alone: its end is notified, too. */
static void
test_empty_queue_is_notified (gconstpointer data)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (sides[GPOINTER_TO_UINT (data)].role, &fd);
  g_autofree guint8 *bytes = g_malloc0 (MUCH);
  guint64 notified = 0;
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  g_signal_connect (connection, "notify::send-queue-bytes", G_CALLBACK (note_queue), &notified);
  g_signal_connect (connection, "writable", G_CALLBACK (send_once), NULL);
  wsp_connection_start_receiving (connection);
  g_assert_true (wsp_connection_queue_binary (connection, bytes, MUCH, NULL));
  run_pending ();
  g_assert_cmpuint (notified, >, 0);
  g_assert_true (g_unix_set_fd_nonblocking (fd, TRUE, NULL));
  while (notified > 0 && g_get_monotonic_time () < end)
    {
      while (read (fd, bytes, MUCH) > 0)
        continue;
      run_pending ();
    }
  g_assert_cmpuint (notified, ==, 0);
  g_assert_cmpuint (wsp_connection_get_send_queue_bytes (connection), ==, 0);
  wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

static const struct
{
  const char *name, *close;     /* payload of the peer's Close, masked with zeros; NULL: the peer
                                 * only ends */
  guint       code;
  const char *reason;
} peer_closes[] = {
  { "code-and-reason", "88 85 00 00 00 00 03 e8 62 79 65", 1000, "bye" },
  { "code", "88 82 00 00 00 00 03 e9", 1001, "" },
  { "empty", "88 80 00 00 00 00", 1005, "" },
  { "none", NULL, 1006, NULL },
};

static void
test_peer_close (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) watched = watch (connection);
  guint n_codes, n_reasons;

  count (connection, "notify::peer-close-code", &n_codes);
  count (connection, "notify::peer-close-reason", &n_reasons);
  if (peer_closes[i].close != NULL)
    wire_write (fd, peer_closes[i].close);
  close (fd);
  run_until_closed (watched);
  g_assert_cmpuint (wsp_connection_get_peer_close_code (connection), ==, peer_closes[i].code);
  g_assert_cmpstr (wsp_connection_get_peer_close_reason (connection), ==, peer_closes[i].reason);
  g_assert_cmpuint (n_codes, ==, 1);
  g_assert_cmpuint (n_reasons, ==, 1);
}

/* The notify comes with the peer's Close, not with the local one before it. */
static void
test_peer_close_after_ours (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) watched = watch (connection);
  guint n_codes, n_reasons;

  count (connection, "notify::peer-close-code", &n_codes);
  count (connection, "notify::peer-close-reason", &n_reasons);
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  run_pending ();
  g_assert_cmpuint (n_codes + n_reasons, ==, 0);
  wire_write (fd, peer_closes[0].close);
  close (fd);
  run_until_closed (watched);
  g_assert_cmpuint (n_codes, ==, 1);
  g_assert_cmpuint (n_reasons, ==, 1);
}

typedef void (*Begin) (WspConnection      *connection,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data);

static void
begin_ping (WspConnection      *connection,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  wsp_connection_ping_async (connection, NULL, cancellable, callback, user_data);
}

static void
begin_flush (WspConnection      *connection,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autofree guint8 *zeros = g_malloc0 (MUCH);

  wsp_connection_queue_binary (connection, zeros, MUCH, NULL);
  wsp_connection_flush_async (connection, cancellable, callback, user_data);
}

static void
begin_close (WspConnection      *connection,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  wsp_connection_close_async (connection, 1000, NULL, cancellable, callback, user_data);
}

static gboolean
finish_ping (WspConnection *connection,
             GAsyncResult  *result,
             GError       **error)
{
  return wsp_connection_ping_finish (connection, result, error) >= 0;
}

static const struct
{
  const char *name;
  Begin       begin;
  gboolean  (*finish)(WspConnection *connection,
                      GAsyncResult  *result,
                      GError       **error);
  gboolean    aborts;
} waiting_calls[] = {
  { "ping", begin_ping, finish_ping, FALSE },
  { "flush", begin_flush, wsp_connection_flush_finish, FALSE },
  { "close", begin_close, wsp_connection_close_finish, TRUE },
};

/* The peer is silent, and takes nothing. */
static void
test_cancelled (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  waiting_calls[i].begin (connection, cancellable, keep_result, &result);
  run_pending ();
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_assert_false (waiting_calls[i].finish (connection, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_pending ();
  g_assert_cmpint (wsp_connection_get_state (connection), ==,
                   waiting_calls[i].aborts ? WSP_CONNECTION_STATE_CLOSED
                                           : WSP_CONNECTION_STATE_OPEN);
  close (fd);
}

static void
test_limits_are_notified (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  guint n_notified;

  count (connection, "notify::limits", &n_notified);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_set_limits (connection, limits);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (wsp_connection_get_limits (connection) == limits);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/properties/facts", test_facts);
  add_addresses ();
  g_test_add_func ("/connection/properties/send-queue-is-notified-once-a-turn",
                   test_queue_is_notified_once_a_turn);
  ADD_ROWS ("/connection/properties/empty-send-queue-is-notified", sides,
            test_empty_queue_is_notified);
  ADD_ROWS ("/connection/properties/peer-close", peer_closes, test_peer_close);
  g_test_add_func ("/connection/properties/peer-close/notified-after-ours",
                   test_peer_close_after_ours);
  ADD_ROWS ("/connection/properties/cancelled", waiting_calls, test_cancelled);
  g_test_add_func ("/connection/properties/limits-are-notified", test_limits_are_notified);
  return g_test_run ();
}
