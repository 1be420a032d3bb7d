/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* While the stream of a message is open, messages leave after it, and control frames go
 * between its fragments (RFC 6455 5.4). */
#include "connection/wire.h"
#include "lib/heads.h"
#include "lib/rows.h"

#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "

typedef struct
{
  WspConnection *connection;
  Watched       *watched;
  GOutputStream *stream;
  GAsyncResult  *result;
  gboolean       is_stream_closed;
  guint          n_notified;
  int            fd;
} Scene;

static guint64
get_queue (WspConnection *connection)
{
  guint64 bytes;

  g_object_get (connection, "send-queue-bytes", &bytes, NULL);
  return bytes;
}

static void
write_text (Scene      *self,
            const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (self->stream, text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
check_wire (Scene      *self,
            const char *expected)
{
  g_autofree char *bytes = wire_read (self->fd, (strlen (expected) + 1) / 3);

  g_assert_cmpstr (bytes, ==, expected);
}

static void
on_notified (GObject    *connection,
             GParamSpec *pspec,
             gpointer    scene)
{
  Scene *self = scene;

  self->n_notified++;
}

static void
begin (Scene *self)
{
  g_autoptr (GError) error = NULL;

  self->stream = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
}

static void
scene_init_for (Scene         *self,
                WspConnection *connection,
                int            fd)
{
  *self = (Scene) { .connection = connection, .fd = fd };
  self->watched = watch (self->connection);
  g_signal_connect (self->connection, "notify::send-queue-bytes", G_CALLBACK (on_notified), self);
  wsp_connection_start_receiving (self->connection);
  run_pending ();
  begin (self);
}

static void
scene_init (Scene *self)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);

  scene_init_for (self, connection, fd);
}

/* A compressed connection keeps no context: each message is the same bytes then. */
static void
scene_init_compressed (Scene *self)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (pair[0], TRUE, NULL));

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  scene_init_for (self, wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL,
                                                       EXTENSIONS ("permessage-deflate; "
                                                                   "server_no_context_takeover"),
                                                       NULL, NULL),
                  pair[0]);
}

static void
scene_clear (Scene *self)
{
  g_clear_object (&self->stream);
  wsp_connection_abort (self->connection);
  if (!self->watched->is_closed)
    run_until_closed (self->watched);
  g_assert_cmpuint (get_queue (self->connection), ==, 0);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  watched_free (self->watched);
  g_clear_object (&self->result);
  g_object_unref (self->connection);
  if (self->fd >= 0)
    close (self->fd);
}

static void
close_stream (Scene *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_output_stream_close (self->stream, NULL, &error));
  g_assert_no_error (error);
}

static void
queue (Scene      *self,
       const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_connection_queue_text (self->connection, text, &error));
  g_assert_no_error (error);
}

static void
send_flagged (Scene       *self,
              const char  *text,
              WspSendFlags flags)
{
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  wsp_connection_send_message_async (self->connection, message, flags, NULL,
                                     keep_result, &self->result);
}

/* The ways to send an x. */

static void
way_queue_text (Scene *self)
{
  queue (self, "x");
}

static void
way_queue_binary (Scene *self)
{
  g_assert_true (wsp_connection_queue_binary (self->connection, (const guint8 *) "x", 1, NULL));
}

static void
way_send_message (Scene *self)
{
  send_flagged (self, "x", WSP_SEND_FLAGS_DEFAULT);
}

static void
way_urgent (Scene *self)
{
  send_flagged (self, "x", WSP_SEND_FLAGS_URGENT);
}

static void
way_prepared (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("x");

  g_assert_true (wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
}

static void
way_broadcast (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("x");

  g_assert_cmpuint (wsp_message_broadcast (message, &self->connection, 1,
                                           WSP_SEND_FLAGS_DEFAULT), ==, 1);
}

static gpointer
send_in_thread (gpointer connection)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("x");

  g_assert_true (wsp_connection_send_from_thread (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                  NULL));
  return NULL;
}

static void
way_thread (Scene *self)
{
  g_thread_join (g_thread_new ("other", send_in_thread, self->connection));
}

static void
way_ping (Scene *self)
{
  g_autoptr (GBytes) payload = g_bytes_new ("p", 1);

  wsp_connection_ping_async (self->connection, payload, NULL, keep_result, &self->result);
}

static void
way_pong (Scene *self)
{
  wire_write (self->fd, "89 81 " NO_MASK "70");
}

static void
way_close (Scene *self)
{
  wsp_connection_close_async (self->connection, 1000, NULL, NULL, keep_result, &self->result);
}

/* after: the frame that waits for the stream; between: the one that does not. */
static const struct
{
  const char *name;
  void        (*send)(Scene *self);
  const char *behind, *between;
  gboolean    has_result;
} ways[] = {
  { "queue-text", way_queue_text, "81 01 78", NULL, FALSE },
  { "queue-binary", way_queue_binary, "82 01 78", NULL, FALSE },
  { "send-message-async", way_send_message, "81 01 78", NULL, TRUE },
  { "urgent", way_urgent, "81 01 78", NULL, TRUE },
  { "prepared-message", way_prepared, "81 01 78", NULL, FALSE },
  { "broadcast", way_broadcast, "81 01 78", NULL, FALSE },
  { "send-from-thread", way_thread, "81 01 78", NULL, FALSE },
  { "ping", way_ping, NULL, "89 01 70", TRUE },
  { "pong", way_pong, NULL, "8a 01 70", FALSE },
  { "close", way_close, NULL, "88 02 03 e8", TRUE },
};

typedef enum
{
  END_CLOSED,                   /* the stream was closed, so its message is whole */
  END_CANCELLED,
  END_DISPOSED,
  END_CONNECTION_CLOSED,
  END_PEER_CLOSED,
  END_ABORTED,
  END_PEER_GONE,
  N_ENDS,
} End;

static const char *const end_names[N_ENDS] = {
  "stream-ends", "stream-is-cancelled", "stream-is-disposed-of", "connection-is-closed",
  "peer-closes", "connection-is-aborted", "peer-goes",
};

static void
cancel_stream (Scene *self)
{
  g_autoptr (GCancellable) fired = g_cancellable_new ();

  g_cancellable_cancel (fired);
  g_assert_false (g_output_stream_close (self->stream, fired, NULL));
}

static void
do_end (Scene *self,
        End    end)
{
  switch (end)
    {
    case END_CLOSED:
      self->is_stream_closed = g_output_stream_close (self->stream, NULL, NULL);
      return;
    case END_CANCELLED:
      cancel_stream (self);
      return;
    case END_DISPOSED:
      g_clear_object (&self->stream);
      return;
    case END_CONNECTION_CLOSED:
      wsp_connection_close_async (self->connection, 1000, NULL, NULL, NULL, NULL);
      return;
    case END_PEER_CLOSED:
      wire_write (self->fd, "88 82 " NO_MASK "03 e8");
      return;
    case END_ABORTED:
      wsp_connection_abort (self->connection);
      return;
    case END_PEER_GONE:
      close (self->fd);
      self->fd = -1;
      return;
    case N_ENDS:
      break;
    }

  g_assert_not_reached ();
}

/* A Close that says that the message was given up. */
static void
check_given_up (Scene *self)
{
  g_autofree char *frame = wire_read (self->fd, 4);

  g_assert_true (g_str_has_prefix (frame, "88 ") && g_str_has_suffix (frame, " 03 f3"));
}

/* A message that was not begun leaves no trace, but where it is ended. */
static void
check_end_on_wire (Scene      *self,
                   End         end,
                   gboolean    is_begun,
                   const char *behind)
{
  gboolean is_given_up = is_begun && (end == END_CANCELLED || end == END_DISPOSED);
  gboolean has_closed = end == END_CONNECTION_CLOSED || end == END_PEER_CLOSED;

  if (end == END_ABORTED || end == END_PEER_GONE)
    return;
  if (is_given_up)
    {
      check_given_up (self);
      return;
    }

  if (end == END_CLOSED)
    check_wire (self, is_begun ? "80 00" : "81 00");
  if (behind != NULL && (end == END_CLOSED || !is_begun))
    check_wire (self, behind);
  if (has_closed)
    check_wire (self, "88 02 03 e8");
}

/* Sent messages have left, the others fail; each call returns once. */
static void
check_result (Scene   *self,
              End      end,
              gboolean is_sent)
{
  g_autoptr (GError) error = NULL;

  if (self->result == NULL)
    run_until_result (&self->result);

  gboolean was_sent = wsp_connection_send_message_finish (self->connection, self->result, &error);

  g_assert_cmpint (was_sent, ==, is_sent);
  if (end == END_CONNECTION_CLOSED || end == END_PEER_CLOSED || end == END_ABORTED)
    g_assert_true (is_sent ||
                   g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED));
}

static void
end_scene (Scene *self,
           End    end,
           gsize  way)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (end != END_CLOSED || self->result == NULL || ways[way].behind == NULL)
    run_until_closed (self->watched);
  if (ways[way].has_result && self->result == NULL)
    run_until_result (&self->result);
  scene_clear (self);
}

static void
test_one (gsize    way,
          End      end,
          gboolean is_begun)
{
  Scene self;
  const char *behind = ways[way].behind;
  gboolean is_sent = end == END_CLOSED || (!is_begun && end != END_ABORTED && end != END_PEER_GONE);

  scene_init (&self);
  if (is_begun)
    {
      write_text (&self, "s");
      check_wire (&self, "01 01 73");
    }
  ways[way].send (&self);
  if (ways[way].between != NULL)
    check_wire (&self, ways[way].between);
  run_pending ();
  g_assert_null (behind != NULL ? self.result : NULL);
  g_assert_cmpint (get_queue (self.connection) > 0, ==, behind != NULL);
  g_assert_cmpint (self.n_notified > 0, ==, behind != NULL);

  do_end (&self, end);
  if (ways[way].send != way_close)
    check_end_on_wire (&self, end, is_begun, behind);
  else
    g_assert_false (self.is_stream_closed);
  if (behind != NULL && ways[way].has_result)
    check_result (&self, end, is_sent);
  run_pending ();
  g_assert_true (self.watched->is_closed || get_queue (self.connection) == 0);
  end_scene (&self, end, way);
}

static void
test_row (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);

  test_one (row / N_ENDS, row % N_ENDS, TRUE);
  test_one (row / N_ENDS, row % N_ENDS, FALSE);
}

static void
send_urgent (Scene      *self,
             const char *text)
{
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_URGENT, NULL, NULL,
                                     NULL);
}

/* Urgent ones first, then the others, each in their order. */
static void
test_order (void)
{
  Scene self;

  scene_init (&self);
  write_text (&self, "s");
  check_wire (&self, "01 01 73");
  queue (&self, "a");
  send_urgent (&self, "u");
  queue (&self, "b");
  way_thread (&self);
  run_pending ();
  send_urgent (&self, "v");
  write_text (&self, "t");
  check_wire (&self, "00 01 74");
  way_ping (&self);
  check_wire (&self, "89 01 70");
  close_stream (&self);
  queue (&self, "c");
  check_wire (&self, "80 00 81 01 75 81 01 76 81 01 61 81 01 62 81 01 78 81 01 63");
  scene_clear (&self);
}

/* Two streams: what waits after the first leaves before the second. */
static void
test_next_stream (void)
{
  Scene self;

  scene_init (&self);
  queue (&self, "a");
  g_assert_null (wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, NULL));
  close_stream (&self);
  g_clear_object (&self.stream);
  begin (&self);
  queue (&self, "b");
  write_text (&self, "s");
  close_stream (&self);
  check_wire (&self, "81 00 81 01 61 81 01 73 81 01 62");
  scene_clear (&self);
}

/* An urgent message that has waited for the end of the stream is not passed by a later one, when
 * all of them wait for the peer. */
static void
test_order_at_a_peer_that_does_not_read (void)
{
  Scene self;
  g_autofree char *text = g_strnfill (1 << 20, 'x');
  g_autofree char *read = NULL;

  scene_init (&self);
  close_stream (&self);
  check_wire (&self, "81 00");
  g_clear_object (&self.stream);
  queue (&self, text);
  begin (&self);
  write_text (&self, "s");
  send_urgent (&self, "u");
  queue (&self, "a");
  close_stream (&self);
  send_urgent (&self, "v");
  queue (&self, "b");
  read = wire_read (self.fd, 10 + (1 << 20));
  check_wire (&self, "81 01 73 81 01 75 81 01 76 81 01 61 81 01 62");
  scene_clear (&self);
}

static void
send_text_cancellable (Scene        *self,
                       const char   *text,
                       GCancellable *cancellable)
{
  wire_send_text (self->connection, text, cancellable, keep_result, &self->result);
}

/* Each message that waits can be taken back. */
static void
test_taken_back (void)
{
  Scene self;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  scene_init (&self);
  write_text (&self, "s");
  check_wire (&self, "01 01 73");
  queue (&self, "a");
  guint64 before = get_queue (self.connection);

  send_text_cancellable (&self, "x", cancellable);
  queue (&self, "b");
  g_assert_cmpuint (get_queue (self.connection), >, before);
  g_cancellable_cancel (cancellable);
  run_until_result (&self.result);
  g_assert_false (wsp_connection_send_message_finish (self.connection, self.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (get_queue (self.connection) - before, ==, before);
  close_stream (&self);
  check_wire (&self, "80 00 81 01 61 81 01 62");
  scene_clear (&self);
}

/* A message that can never be sent is refused at once. */
static void
test_bad_text (void)
{
  Scene self;
  g_autoptr (GError) error = NULL;

  scene_init (&self);
  write_text (&self, "s\xc3");
  g_assert_false (wsp_connection_queue_text (self.connection, "\xff", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  queue (&self, "a");
  write_text (&self, "\xa4");
  close_stream (&self);
  check_wire (&self, "81 03 73 c3 a4 81 01 61");
  scene_clear (&self);
}

#define LIMIT (64 * 1024)

/* The limit counts what waits, just as what is queued; the parts of the stream have their own room:
 * it would never end otherwise. */
static void
test_limit (gconstpointer with_calls)
{
  Scene self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) written = NULL;
  g_autofree char *text = g_strnfill (LIMIT, 'x');
  guint n_queued = 0, n_refused = 0;

  scene_init (&self);
  wire_limit (self.connection, "max-send-queue", LIMIT);
  wire_limit (self.connection, "send-high-water-mark", LIMIT / 2);
  wire_limit (self.connection, "send-low-water-mark", LIMIT / 4);
  run_pending ();
  while (get_queue (self.connection) < LIMIT && with_calls != NULL)
    {
      wire_send_text (self.connection, "x", NULL, NULL, NULL);
      n_queued++;
    }
  for (; with_calls == NULL && wsp_connection_queue_text (self.connection, "x", NULL); n_queued++)
    g_assert_cmpuint (get_queue (self.connection), <, LIMIT + 1024);
  g_assert_cmpuint (n_queued, >, LIMIT / 1024);
  g_assert_false (wsp_connection_queue_text (self.connection, "x", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);

  write_text (&self, "s");
  g_output_stream_write_all_async (self.stream, text, LIMIT, G_PRIORITY_DEFAULT, NULL, keep_result,
                                   &written);
  while (written == NULL)
    {
      g_autofree char *some = wire_read (self.fd, 1);

      n_refused += some == NULL;
    }
  g_assert_true (g_output_stream_write_all_finish (self.stream, written, NULL, NULL));
  g_assert_cmpuint (n_refused, ==, 0);
  scene_clear (&self);
}

/* A peer that does not read stops the stream, too: its asynchronous writes wait. */
static void
test_stalled (void)
{
  Scene self;
  g_autoptr (GAsyncResult) written = NULL;
  g_autofree char *text = g_strnfill (LIMIT, 'x');
  char read_bytes[4096];
  guint n_written = 0;

  scene_init (&self);
  wire_limit (self.connection, "send-high-water-mark", LIMIT / 2);
  wire_limit (self.connection, "send-low-water-mark", LIMIT / 4);
  queue (&self, "a");
  do
    {
      g_clear_object (&written);
      g_output_stream_write_all_async (self.stream, text, LIMIT, G_PRIORITY_DEFAULT, NULL,
                                       keep_result, &written);
      run_pending ();
      n_written++;
    }
  while (written != NULL && n_written < 1000);
  g_assert_cmpuint (n_written, <, 1000);
  g_assert_cmpuint (get_queue (self.connection), <, 4 * LIMIT);
  while (written == NULL)
    {
      g_assert_cmpint (read (self.fd, read_bytes, sizeof read_bytes), !=, 0);
      run_pending ();
    }
  g_assert_true (g_output_stream_write_all_finish (self.stream, written, NULL, NULL));
  scene_clear (&self);
}

/* Just below the limit a message of any length is taken, at the limit none is, and none begins. */
static void
test_limit_is_exact (void)
{
  Scene self;
  g_autoptr (GError) error = NULL;
  guint64 one;

  scene_init (&self);
  queue (&self, "x");
  one = get_queue (self.connection);
  wire_limit (self.connection, "max-send-queue", one + 1);
  queue (&self, "y");
  wire_limit (self.connection, "max-send-queue", 2 * one);
  g_assert_false (wsp_connection_queue_text (self.connection, "z", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);
  g_clear_error (&error);
  g_assert_null (wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);
  close_stream (&self);
  queue (&self, "z");
  check_wire (&self, "81 00 81 01 78 81 01 79 81 01 7a");
  scene_clear (&self);
}

/* A message that waits is compressed as it was to be when it was sent. */
static const struct
{
  const char  *name;
  WspSendFlags flags;
  const char  *first_byte;
} compressions[] = {
  { "default", WSP_SEND_FLAGS_DEFAULT, "c2" },
  { "none", WSP_SEND_FLAGS_NO_COMPRESSION, "82" },
  { "urgent", WSP_SEND_FLAGS_URGENT, "c2" },
  { "none-and-urgent", WSP_SEND_FLAGS_NO_COMPRESSION | WSP_SEND_FLAGS_URGENT, "82" },
};

static void
test_compression (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  static const guint8 zeros[1000];
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, sizeof zeros);
  g_autofree char *first = NULL;
  Scene self;

  scene_init_compressed (&self);
  wsp_connection_send_message_async (self.connection, message, compressions[i].flags, NULL, NULL,
                                     NULL);
  g_assert_cmpuint (get_queue (self.connection), >, sizeof zeros);
  /* Nothing of the message in parts was sent: it leaves no frame where it is given up. */
  wsp_connection_close_async (self.connection, 1000, NULL, NULL, NULL, NULL);
  first = wire_read (self.fd, 1);
  g_assert_cmpstr (first, ==, compressions[i].first_byte);
  close (self.fd);
  self.fd = -1;
  scene_clear (&self);
}

/* A flush waits for what waits. */
static void
test_flushed (void)
{
  Scene self;

  scene_init (&self);
  queue (&self, "a");
  wsp_connection_flush_async (self.connection, NULL, keep_result, &self.result);
  run_pending ();
  g_assert_null (self.result);
  close_stream (&self);
  run_until_result (&self.result);
  g_assert_true (wsp_connection_flush_finish (self.connection, self.result, NULL));
  check_wire (&self, "81 00 81 01 61");
  scene_clear (&self);
}

static void
end_inside (WspConnection *connection,
            WspMessage    *message,
            gpointer       scene)
{
  Scene *self = scene;

  queue (self, "a");
  close_stream (self);
  queue (self, "b");
}

/* In a turn, where a message that is sent alone is written at once. */
static void
test_in_a_handler (void)
{
  Scene self;

  scene_init (&self);
  g_signal_connect (self.connection, "message", G_CALLBACK (end_inside), &self);
  queue (&self, "x");
  wire_write (self.fd, "81 81 " NO_MASK "61");
  check_wire (&self, "81 00 81 01 78 81 01 61 81 01 62");
  g_assert_cmpuint (get_queue (self.connection), ==, 0);
  scene_clear (&self);
}

static void
send_again (gpointer scene)
{
  Scene *self = scene;

  (void) wsp_connection_queue_text (self->connection, "f", NULL);
}

/* Code of the program that runs when a message is freed sends another one. */
static void
test_freed_sends (gconstpointer is_closed)
{
  Scene self;

  scene_init (&self);
  write_text (&self, "s");
  check_wire (&self, "01 01 73");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func ("x", 1, send_again, &self);
      g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

      g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                   NULL));
    }
  if (is_closed != NULL)
    {
      wsp_connection_close_async (self.connection, 1000, NULL, NULL, NULL, NULL);
      check_wire (&self, "88 02 03 e8");
    }
  else
    {
      close_stream (&self);
      check_wire (&self, "80 00 82 01 78 82 01 78 82 01 78 81 01 66 81 01 66 81 01 66");
    }
  scene_clear (&self);
}

/* Messages that wait are freed with their connection. */
static void
test_disposed_of (void)
{
  Scene self;

  scene_init (&self);
  write_text (&self, "s");
  check_wire (&self, "01 01 73");
  queue (&self, "a");
  way_send_message (&self);
  g_object_run_dispose (G_OBJECT (self.connection));
  run_until_result (&self.result);
  g_assert_false (wsp_connection_send_message_finish (self.connection, self.result, NULL));
  g_clear_object (&self.result);
  g_clear_object (&self.stream);
  g_signal_handlers_disconnect_by_data (self.connection, &self);
  watched_free (self.watched);
  g_object_unref (self.connection);
  close (self.fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (ways) * N_ENDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/behind-stream/%s/%s",
                                               ways[i / N_ENDS].name, end_names[i % N_ENDS]);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/connection/behind-stream/order", test_order);
  g_test_add_func ("/connection/behind-stream/order-at-a-peer-that-does-not-read",
                   test_order_at_a_peer_that_does_not_read);
  g_test_add_func ("/connection/behind-stream/next-stream", test_next_stream);
  g_test_add_func ("/connection/behind-stream/taken-back", test_taken_back);
  g_test_add_func ("/connection/behind-stream/bad-text-refused", test_bad_text);
  g_test_add_data_func ("/connection/behind-stream/limit/full-and-the-stream-goes-on", NULL,
                        test_limit);
  g_test_add_data_func ("/connection/behind-stream/limit/calls-and-the-stream-goes-on",
                        GUINT_TO_POINTER (1), test_limit);
  g_test_add_func ("/connection/behind-stream/limit/peer-that-does-not-read-stops-the-stream",
                   test_stalled);
  g_test_add_func ("/connection/behind-stream/limit/exact", test_limit_is_exact);
  ADD_ROWS ("/connection/behind-stream/compression", compressions, test_compression);
  g_test_add_func ("/connection/behind-stream/flushed", test_flushed);
  g_test_add_func ("/connection/behind-stream/in-a-handler", test_in_a_handler);
  g_test_add_data_func ("/connection/behind-stream/freed-sends", NULL, test_freed_sends);
  g_test_add_data_func ("/connection/behind-stream/freed-sends-when-closed", GUINT_TO_POINTER (1),
                        test_freed_sends);
  g_test_add_func ("/connection/behind-stream/disposed-of", test_disposed_of);

  return g_test_run ();
}
