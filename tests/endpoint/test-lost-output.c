/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A write that fails ends the output only: what the peer has sent before it closed is received, in
 * each way of receiving, over each transport, in both roles and in opening handshakes. */
#include "connection/wire.h"
#include "endpoint/ways.h"
#include "lib/limit.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 180
#define MAX_DESCRIPTORS 256
#define N_MESSAGES 3
#define N_MANY 60               /* more than are read ahead, and less than a pipe takes */
#define LENGTH 1000
#define LARGE (8 * 1024 * 1024)

typedef enum { CLOSE_RESET, RESET, CLOSE_END, END, N_ENDS } End;
typedef enum { TAKES_WAITING, TAKES_LATER, TAKES_SIGNAL, TAKES_STREAM, N_TAKES } Take;
typedef enum { WRITES_LATE, WRITES_PONG, WRITES_LARGE, WRITES_FLUSH, N_WRITES } Write;

static const char *const end_names[] = { "close-and-reset", "reset", "close-and-end", "end" };
static const char *const take_names[] = { "waiting", "later", "signal", "stream" };
static const char *const write_names[] = { "sent-after", "pong", "large-send", "flush" };
static const char *const role_names[] = { "client", "server" };

typedef struct
{
  WspConnection *connection;    /* connection whose write fails */
  Take           take;
  guint          n_received;
  gsize          n_in_stream;
  gboolean       is_closed, is_ended, has_flushed;
  GError        *error;         /* error of the receive that has failed */
  GError        *flush_error;
} Side;

static void ask (Side *self);

static void
on_closed (WspConnection *connection,
           Side          *self)
{
  self->is_closed = TRUE;
}

static void
take (Side *self,
      gsize length)
{
  g_assert_cmpuint (length, ==, LENGTH);
  self->n_received++;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Side          *self)
{
  take (self, wsp_message_get_size (message));
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Side *self = data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               NULL);

  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    {
      self->n_in_stream += g_bytes_get_size (bytes);
      g_input_stream_read_bytes_async (G_INPUT_STREAM (source), LENGTH, 0, NULL, on_read, self);
      return;
    }

  take (self, self->n_in_stream);
  g_object_unref (source);
  ask (self);
}

static void
on_stream (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Side *self = data;
  WspMessageStream *stream = wsp_connection_receive_stream_finish (WSP_CONNECTION (source), result,
                                                                   &self->error);

  self->is_ended = stream == NULL;
  self->n_in_stream = 0;
  if (stream != NULL)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), LENGTH, 0, NULL, on_read, self);
}

static void
on_received (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Side *self = data;
  g_autoptr (WspMessage) message = wsp_connection_receive_finish (WSP_CONNECTION (source), result,
                                                                  &self->error);

  self->is_ended = message == NULL;
  if (message == NULL)
    return;

  take (self, wsp_message_get_size (message));
  ask (self);
}

static void
ask (Side *self)
{
  if (self->take == TAKES_STREAM)
    wsp_connection_receive_stream_async (self->connection, NULL, on_stream, self);
  else
    wsp_connection_receive_async (self->connection, NULL, on_received, self);
}

static void
begin_to_take (Side *self)
{
  if (self->take != TAKES_SIGNAL)
    {
      ask (self);
      return;
    }

  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start_receiving (self->connection);
  self->is_ended = TRUE;
}

static void
side_init (Side          *self,
           WspConnection *connection,
           Take           how)
{
  *self = (Side) { .connection = g_object_ref (connection), .take = how };
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  wsp_connection_stop_receiving (connection);
}

static void
side_clear (Side *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_error (&self->error);
  g_clear_error (&self->flush_error);
  g_object_unref (self->connection);
}

static void
on_flushed (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Side *self = data;

  self->has_flushed = wsp_connection_flush_finish (WSP_CONNECTION (source), result,
                                                   &self->flush_error);
}

static void
queue_binary (WspConnection *connection,
              gsize          length)
{
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);

  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
}

static guint16
get_port (GSocketAddress *address)
{
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Returns the descriptor of a connection that is in this process. */
static int
find_descriptor (WspConnection *connection)
{
  GIOStream *stream = wsp_connection_get_io_stream (connection);
  GSocketAddress *local = wsp_connection_get_local_address (connection);

  if (!G_IS_INET_SOCKET_ADDRESS (local))
    return g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));

  for (int fd = 0; fd < MAX_DESCRIPTORS; fd++)
    {
      struct sockaddr_in own, peer;
      socklen_t length = sizeof own;

      if (getsockname (fd, (struct sockaddr *) &own, &length) == 0 && own.sin_family == AF_INET &&
          getpeername (fd, (struct sockaddr *) &peer, &length) == 0 &&
          ntohs (own.sin_port) == get_port (local) &&
          ntohs (peer.sin_port) == get_port (wsp_connection_get_remote_address (connection)))
        return fd;
    }

  g_assert_not_reached ();
}

static void
reset (int fd)
{
  const struct sockaddr none = { .sa_family = AF_UNSPEC };

  connect (fd, &none, sizeof none);
}

/* Returns when the kernel of the other side has acknowledged all bytes: what it has not received is
 * lost. */
static void
wait_for_arrival (int fd)
{
  int n_unsent = 1;

  while (n_unsent > 0)
    {
      g_assert_cmpint (ioctl (fd, SIOCOUTQ, &n_unsent), ==, 0);
      g_thread_yield ();
    }
}

/* The main loop does not run meanwhile: the kernel has all of it. */
static void
end_peer (WspConnection *peer,
          Way            way,
          End            end,
          guint          n_messages,
          gboolean       pings)
{
  int fd = find_descriptor (peer);

  if (pings)
    wsp_connection_ping_async (peer, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < n_messages; i++)
    queue_binary (peer, LENGTH);
  if (end == CLOSE_RESET || end == CLOSE_END)
    wsp_connection_close_async (peer, 4001, "gone", NULL, NULL, NULL);
  if (way != OVER_UNIX)
    wait_for_arrival (fd);
  if (way != OVER_UNIX && (end == CLOSE_RESET || end == RESET))
    reset (fd);
  else
    shutdown (fd, SHUT_RDWR);
}

static void
run_some (void)
{
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

/* TRUE: a call has failed. */
static gboolean
write_late (Side *self)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3 && error == NULL; i++)
    wsp_connection_queue_text (self->connection, "late", &error);
  return error != NULL;
}

static void
check_end (Side *self,
           End   end,
           guint n_messages)
{
  WspCloseInfo *info = wsp_connection_get_close_info (self->connection);
  gboolean has_close = end == CLOSE_RESET || end == CLOSE_END;

  g_assert_cmpuint (self->n_received, ==, n_messages);
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, has_close ? 4001 : 1006);
  g_assert_cmpint (wsp_close_info_is_clean (info), ==, has_close);
  g_assert_cmpint (wsp_close_info_get_error (info) == NULL, ==, has_close);
  if (self->take != TAKES_SIGNAL)
    g_assert_cmpint (self->error == NULL, ==, has_close);
}

typedef struct
{
  Way   way;
  guint role;
  End   end;
} Row;

static void
run_case (const Row *row,
          Take       how,
          Write      writes)
{
  WayPair pair;
  Side side;
  WspConnection *peer;

  way_pair_init (&pair, row->way);
  way_pair_connect (&pair);
  side_init (&side, pair.connections[row->role], how);
  peer = pair.connections[1 - row->role];
  wsp_connection_stop_receiving (peer);
  if (how != TAKES_LATER)
    begin_to_take (&side);
  if (writes == WRITES_LARGE || writes == WRITES_FLUSH)
    queue_binary (side.connection, LARGE);
  if (writes == WRITES_FLUSH)
    wsp_connection_flush_async (side.connection, NULL, on_flushed, &side);
  run_some ();

  end_peer (peer, row->way, row->end, N_MESSAGES, writes == WRITES_PONG);
  if (writes == WRITES_LATE)
    write_late (&side);
  if (how == TAKES_LATER)
    run_some ();
  if (how == TAKES_LATER)
    begin_to_take (&side);
  while (!side.is_closed || !side.is_ended)
    g_main_context_iteration (NULL, TRUE);

  check_end (&side, row->end, N_MESSAGES);
  if (writes == WRITES_FLUSH)
    g_assert_nonnull (side.flush_error);
  side_clear (&side);
  way_pair_clear (&pair);
}

static void
test_row (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const Row row = { i / 2 / N_ENDS, i / N_ENDS % 2, i % N_ENDS };

  for (Take how = 0; how < N_TAKES; how++)
    for (Write writes = 0; writes < N_WRITES; writes++)
      {
        /* A peer that closes with unread input resets the connection. */
        if (writes >= WRITES_LARGE && (row.end == CLOSE_END || row.end == END))
          continue;

        g_test_message ("%s, %s", take_names[how], write_names[writes]);
        run_case (&row, how, writes);
      }
}

/* More messages than are read ahead wait: the connection is CLOSING until they were taken. */
static void
test_held_back (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const Row row = { i / 2 / N_ENDS, i / N_ENDS % 2, i % N_ENDS };
  g_autoptr (GError) error = NULL;
  WayPair pair;
  Side side;

  way_pair_init (&pair, row.way);
  way_pair_connect (&pair);
  side_init (&side, pair.connections[row.role], TAKES_WAITING);
  end_peer (pair.connections[1 - row.role], row.way, row.end, N_MANY, FALSE);
  g_assert_true (write_late (&side) || row.way == OVER_GIO_TLS || row.way == OVER_TLS_STREAMS);
  run_some ();
  g_assert_cmpint (wsp_connection_get_state (side.connection), ==, WSP_CONNECTION_STATE_CLOSING);
  g_assert_false (side.is_closed);
  g_assert_false (wsp_connection_queue_text (side.connection, "late", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);

  begin_to_take (&side);
  while (!side.is_closed || !side.is_ended)
    g_main_context_iteration (NULL, TRUE);
  check_end (&side, row.end, N_MANY);
  side_clear (&side);
  way_pair_clear (&pair);
}

/* A connection over pipes whose peer has closed only the one that it reads. */
static WspConnection *
open_over_pipes (WspRole role,
                 int    *peer)
{
  int in[2], out[2];
  g_autoptr (GError) error = NULL;

  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  close (out[0]);
  *peer = in[1];

  g_autoptr (GInputStream) input = g_unix_input_stream_new (in[0], TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (out[1], TRUE);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspConnection *connection = wsp_connection_new_for_stream (stream, role, NULL, NULL, NULL,
                                                             &error);

  g_assert_no_error (error);
  return connection;
}

/* Input that does not end: close-timeout ends it, and no keepalive and idle-timeout does. */
static void
test_timeout (gconstpointer data)
{
  gboolean is_taken = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = open_over_pipes (WSP_ROLE_CLIENT, &fd);
  g_autofree guint8 *frames = g_malloc0 (N_MANY * (4 + LENGTH));
  gint64 begin = g_get_monotonic_time ();
  Side side;

  wire_limit (connection, "close-timeout", 200);
  wire_limit (connection, "keepalive-interval", 20);
  wire_limit (connection, "keepalive-timeout", 20);
  wire_limit (connection, "idle-timeout", 30);
  wire_limit (connection, "close-timeout", 200);
  side_init (&side, connection, TAKES_WAITING);
  if (is_taken)
    begin_to_take (&side);
  g_assert_true (write_late (&side));
  for (guint i = 0; i < N_MANY; i++)
    memcpy (frames + i * (4 + LENGTH), "\x82\x7e\x03\xe8", 4);
  g_assert_cmpint (write (fd, frames, N_MANY * (4 + LENGTH)), ==, N_MANY * (4 + LENGTH));
  while (!side.is_closed)
    g_main_context_iteration (NULL, TRUE);

  WspCloseInfo *info = wsp_connection_get_close_info (connection);

  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 200000);
  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  if (is_taken)
    g_assert_cmpuint (side.n_received, ==, N_MANY);
  close (fd);
  side_clear (&side);
}

/* The peer of a client that is being opened closes before it reads the request. */
static const struct
{
  const char *name, *response;
  const char *error;            /* text of the error; NULL: there is a connection, which has
                                 * received the Close */
} openings[] = {
  { "no-response", "", "Broken pipe" },
  { "half-a-response", "HTTP/1.1 503 ", "Broken pipe" },
  { "refused", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "503" },
  { "refused-with-a-body", "HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nwhy", "403" },
  { "malformed", "what\r\n\r\n", "HTTP" },
};

static void
test_opening (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  gboolean ends = GPOINTER_TO_UINT (data) % 2;
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://host/", NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int in[2], out[2];

  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  close (out[0]);
  g_assert_cmpint (write (in[1], openings[i].response, strlen (openings[i].response)), >=, 0);
  if (ends)
    close (in[1]);

  g_autoptr (GInputStream) input = g_unix_input_stream_new (in[0], TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (out[1], TRUE);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);

  wsp_limits_set_close_timeout (wsp_client_get_limits (client), 50);
  wsp_client_open_async (client, handshake, stream, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_null (wsp_client_open_finish (client, result, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, openings[i].error));
  if (!ends)
    close (in[1]);
}

int
main (int    argc,
      char **argv)
{
  static const char *const ways[N_WAYS] = {
    "tcp", "gio-tls", "own-tls", "unix", "streams", "tls-streams",
  };

  g_test_init (&argc, &argv, NULL);
  limit_set (TIME_LIMIT, "lost-output");
  for (guint i = 0; i < N_WAYS * 2 * N_ENDS; i++)
    {
      const char *way = ways[i / 2 / N_ENDS], *role = role_names[i / N_ENDS % 2];
      const char *end = end_names[i % N_ENDS];
      g_autofree char *path = g_strdup_printf ("/endpoint/lost-output/received/%s/%s/%s", way, role,
                                               end);
      g_autofree char *held = g_strdup_printf ("/endpoint/lost-output/held-back/%s/%s/%s", way,
                                               role, end);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
      g_test_add_data_func (held, GUINT_TO_POINTER (i), test_held_back);
    }
  g_test_add_data_func ("/endpoint/lost-output/close-timeout/taken", GUINT_TO_POINTER (1),
                        test_timeout);
  g_test_add_data_func ("/endpoint/lost-output/close-timeout/not-taken", GUINT_TO_POINTER (0),
                        test_timeout);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (openings); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/lost-output/opening/%s%s",
                                               openings[i / 2].name, i % 2 ? "-and-end" : "");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_opening);
    }
  return g_test_run ();
}
