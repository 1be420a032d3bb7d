/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output at the moments when it blocks, or when the program withdraws a part of it. */
#include "connection/tap-place.h"
#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "lib/heads.h"
#include "lib/rows.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LENGTH 60000            /* longer than the copy limit, and than what the socket takes */
#define N_PINGS 1000            /* their pongs are longer than the memory of a turn */

typedef struct
{
  WspConnection *connection;
  int            fd;
  GByteArray    *received;      /* bytes that the peer has received */
  WspMessage    *sent;          /* message that answers each received one; NULL: that one is sent
                                 * back */
  WspMessage    *current, *kept;
  GCancellable  *cancellable;
  guint          n_messages, n_writable, n_cancelled;
} Scene;

static void
scene_init (Scene      *self,
            WspRole     role,
            const char *limit,
            guint64     value)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_auto (GValue) number = G_VALUE_INIT;

  *self = (Scene) { .received = g_byte_array_new () };
  self->connection = wire_raw (role, &self->fd);
  g_value_init (&number, G_TYPE_UINT64);
  g_value_set_uint64 (&number, value);
  g_object_set_property (G_OBJECT (limits), limit, &number);
  wsp_limits_set_keepalive_interval (limits, 0);
  wsp_connection_set_limits (self->connection, limits);
}

static void
scene_init_with (Scene      *self,
                 WspRole     role,
                 const char *extensions)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (pair[0], TRUE, NULL));
  *self = (Scene) { .received = g_byte_array_new (), .fd = pair[0] };

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  self->connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), role, NULL, EXTENSIONS (extensions), NULL,
                                   NULL);
}

static void
use_small_socket (Scene *self)
{
  GIOStream *stream = wsp_connection_get_io_stream (self->connection);
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, 16384, NULL));
}

static void
drain (Scene *self)
{
  static guint8 bytes[65536];
  gssize n;

  while ((n = read (self->fd, bytes, sizeof bytes)) > 0)
    g_byte_array_append (self->received, bytes, n);
}

static void
run_some (guint n_turns)
{
  while (n_turns-- > 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
peer_writes (int           fd,
             const guint8 *bytes,
             gsize         length)
{
  for (gsize at = 0; at < length; run_some (1))
    {
      gssize n = write (fd, bytes + at, length - at);

      at += MAX (n, 0);
    }
}

/* A masked message of the peer: the same byte repeated. */
static void
peer_sends (int    fd,
            guint8 byte,
            gsize  length)
{
  g_autofree guint8 *frame = g_malloc0 (8 + length);

  frame[0] = 0x82;
  frame[1] = 0x80 | 126;
  frame[2] = length >> 8;
  frame[3] = length & 0xff;
  memset (frame + 8, byte, length);
  peer_writes (fd, frame, 8 + length);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Scene         *self)
{
  self->n_messages++;
  self->current = message;
  g_assert_true (wsp_connection_queue_message (connection,
                                               self->sent != NULL ? self->sent : message,
                                               WSP_SEND_FLAGS_DEFAULT, NULL));
  self->current = NULL;
}

/* The connection may have ended, or hold output. */
static void
scene_abort (Scene *self)
{
  wsp_connection_abort (self->connection);
  run_pending ();
  g_object_unref (self->connection);
  g_byte_array_unref (self->received);
  close (self->fd);
}

static void
scene_clear (Scene *self)
{
  guint64 bytes;

  g_object_get (self->connection, "send-queue-bytes", &bytes, NULL);
  g_assert_cmpuint (bytes, ==, 0);
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_OPEN);
  wsp_connection_abort (self->connection);
  run_pending ();
  g_object_get (self->connection, "send-queue-bytes", &bytes, NULL);
  g_assert_cmpuint (bytes, ==, 0);
  g_object_unref (self->connection);
  g_byte_array_unref (self->received);
  g_clear_pointer (&self->sent, wsp_message_unref);
  g_clear_pointer (&self->kept, wsp_message_unref);
  g_clear_object (&self->cancellable);
  close (self->fd);
}

/* The number of frames with this first byte; all frames are whole. */
static guint
count_frames (Scene *self,
              guint8 first)
{
  const guint8 *data = self->received->data;
  guint n_frames = 0;

  for (gsize at = 0; at < self->received->len;)
    {
      gsize length = data[at + 1] == 126 ? 4 + (gsize) (data[at + 2] << 8 | data[at + 3])
                                         : 2 + (gsize) data[at + 1];

      g_assert_cmphex (data[at] & 0x70, ==, 0);
      g_assert_cmpuint (at + length, <=, self->received->len);
      n_frames += data[at] == first;
      at += length;
    }
  return n_frames;
}

/* Pongs fill the memory of the turn and the socket.  A message waits after them: one whose frame is
 * already written, or an echo, which borrows its bytes. */
static void
test_pongs_block (gconstpointer data)
{
  const gboolean is_echo = GPOINTER_TO_UINT (data);
  static const guint8 message[] = { 0x82, 0x81, 0, 0, 0, 0, 'x' };
  g_autofree guint8 *payload = g_malloc0 (LENGTH);
  guint8 ping[6 + 125] = { 0x89, 0x80 | 125 };
  gsize length = LENGTH + 4 + N_PINGS * 127 + (is_echo ? 3 : LENGTH + 4);
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "idle-timeout", 0);
  ((WscOptions *) self.connection->link.stream->options)->max_waiting_pongs = N_PINGS;
  use_small_socket (&self);
  self.sent = wsp_message_new_binary (payload, LENGTH);
  g_signal_connect (self.connection, "message", G_CALLBACK (on_message), &self);
  wsp_connection_start_receiving (self.connection);
  peer_writes (self.fd, message, sizeof message);
  run_some (10);
  for (guint i = 0; i < N_PINGS; i++)
    peer_writes (self.fd, ping, sizeof ping);
  run_some (10);

  /* It is received in the turn in which the socket takes more. */
  drain (&self);
  if (is_echo)
    g_clear_pointer (&self.sent, wsp_message_unref);
  g_assert_cmpint (write (self.fd, message, sizeof message), ==, sizeof message);
  for (guint i = 0; i < 20000 && self.received->len < length; i++)
    {
      run_some (1);
      drain (&self);
    }
  g_assert_cmpuint (count_frames (&self, 0x82), ==, 2);
  g_assert_cmpuint (count_frames (&self, 0x8a), ==, N_PINGS);
  run_pending ();
  scene_clear (&self);
}

static void
keep_current (gpointer data)
{
  Scene *self = data;

  if (self->current != NULL && self->kept == NULL)
    self->kept = wsp_message_ref (self->current);
}

/* A message that borrows its bytes is echoed, and a tap ends the loan while the socket takes a part
 * of it: the rest has to be the message's bytes, not those that another connection reads next. */
static void
test_loan_ends (void)
{
  Scene self, other;
  g_autoptr (TestPlaceTap) tap = test_place_tap_new (AT_BYTES_SENT, keep_current, &self);

  scene_init (&self, WSP_ROLE_SERVER, "max-bytes-per-turn", 4096);
  scene_init (&other, WSP_ROLE_SERVER, "max-bytes-per-turn", 4096);
  use_small_socket (&self);
  g_signal_connect (self.connection, "message", G_CALLBACK (on_message), &self);
  wsp_connection_add_tap (self.connection, WSP_TAP (tap));
  wsp_connection_start_receiving (self.connection);
  wsp_connection_start_receiving (other.connection);
  peer_sends (self.fd, 'a', LENGTH);
  run_some (5);
  g_assert_nonnull (self.kept);
  peer_sends (other.fd, 'z', LENGTH);
  run_some (5);
  for (guint i = 0; i < 2000 && self.received->len < LENGTH + 4; i++)
    {
      run_some (2);
      drain (&self);
    }
  g_assert_cmpuint (count_frames (&self, 0x82), ==, 1);
  for (guint i = 4; i < self.received->len; i++)
    g_assert_cmphex (self.received->data[i], ==, 'a');
  scene_clear (&self);
  scene_clear (&other);
}

static void
cancel_and_run (gpointer data)
{
  g_cancellable_cancel (((Scene *) data)->cancellable);
  run_some (20);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_connection_send_message_finish (WSP_CONNECTION (source), result, &error))
    ((Scene *) data)->n_cancelled++;
}

static void
send_two (WspConnection *connection,
          WspMessage    *message,
          Scene         *self)
{
  guint8 bytes[4096];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) g_test_rand_int ();
  wire_send_binary (connection, bytes, sizeof bytes, NULL, on_sent, self);
  wire_send_binary (connection, bytes, sizeof bytes, self->cancellable, on_sent, self);
}

/* The first message uses up what may be compressed in a turn.  A tap of its write cancels the
 * second one, which would be written next. */
static void
test_cancelled_in_a_tap (void)
{
  static const guint8 frame[] = { 0x82, 0x01, 'x' };
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  Scene self;
  g_autoptr (TestPlaceTap) tap = test_place_tap_new (AT_BYTES_SENT, cancel_and_run, &self);

  scene_init_with (&self, WSP_ROLE_CLIENT, "permessage-deflate");
  self.cancellable = g_cancellable_new ();
  g_object_set (limits, "max-bytes-per-turn", (guint64) 4096, NULL);
  wsp_connection_set_limits (self.connection, limits);
  g_signal_connect (self.connection, "message", G_CALLBACK (send_two), &self);
  wsp_connection_add_tap (self.connection, WSP_TAP (tap));
  wsp_connection_start_receiving (self.connection);
  run_some (5);
  peer_writes (self.fd, frame, sizeof frame);
  run_some (50);
  drain (&self);
  g_assert_cmpuint (self.n_cancelled, ==, 1);
  scene_clear (&self);
}

static void
count_writable (WspConnection *connection,
                Scene         *self)
{
  g_assert_true (wsp_connection_is_writable (connection));
  self->n_writable++;
}

static gboolean
send_long (gpointer data)
{
  Scene *self = data;

  g_assert_true (wsp_connection_is_writable (self->connection));
  g_assert_true (wsp_connection_queue_message (self->connection, self->sent, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  g_assert_false (wsp_connection_is_writable (self->connection));
  return G_SOURCE_REMOVE;
}

/* A source of the program fills the queue, and the socket takes it at once: the program is
 * notified. */
static void
test_writable_outside (gconstpointer data)
{
  g_autofree guint8 *payload = g_malloc0 (LENGTH);
  Scene self;

  scene_init (&self, GPOINTER_TO_INT (data), "send-high-water-mark", 20000);
  self.sent = wsp_message_new_binary (payload, LENGTH);
  g_signal_connect (self.connection, "writable", G_CALLBACK (count_writable), &self);
  wsp_connection_start_receiving (self.connection);
  run_some (10);
  g_idle_add (send_long, &self);
  for (guint i = 0; i < 100; i++)
    {
      run_some (1);
      drain (&self);
    }
  g_assert_cmpuint (self.received->len, >, LENGTH);
  g_assert_cmpuint (self.n_writable, ==, 1);
  scene_clear (&self);
}

/* Nobody waits for a signal that a connection does not emit any more. */
static void
test_writable_at_end (void)
{
  g_autofree guint8 *payload = g_malloc0 (4 << 20);
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "send-high-water-mark", 20000);
  wsp_limits_set_send_low_water_mark (wsp_connection_get_limits (self.connection), 0);
  self.sent = wsp_message_new_binary (payload, 4 << 20);
  send_long (&self);
  wsp_connection_abort (self.connection);
  g_assert_false (wsp_connection_is_writable (self.connection));
  while (wsp_connection_get_state (self.connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wsp_connection_is_writable (self.connection));
  g_object_unref (self.connection);
  g_byte_array_unref (self.received);
  wsp_message_unref (self.sent);
  close (self.fd);
}

static const struct
{
  const char *name;
  guint       fragment_size;
  gboolean    is_raw;
} begun_cases[] = {
  { "message", 0, FALSE },
  { "message-between-fragments", 1000, FALSE },
  { "message-inside-a-fragment", 100000, FALSE },
  { "raw-bytes", 0, TRUE },
};

static void
note_left (GObject      *source,
           GAsyncResult *result,
           gpointer      place)
{
  g_object_get (source, "send-queue-bytes", place, NULL);
}

/* A client's long frame is masked and written in pieces: a pong waits until it is whole. */
static void
test_pong_waits (void)
{
  static const guint8 ping[] = { 0x89, 0x00 };
  const gsize length = 14 + 300000;
  g_autofree guint8 *zeros = g_malloc0 (300000);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 300000);
  Scene self;

  scene_init (&self, WSP_ROLE_CLIENT, "idle-timeout", 0);
  use_small_socket (&self);
  g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_some (10);
  peer_writes (self.fd, ping, sizeof ping);
  for (guint i = 0; i < 20000 && self.received->len < length + 6; i++)
    {
      run_some (1);
      drain (&self);
    }
  g_assert_cmpuint (self.received->len, ==, length + 6);
  g_assert_cmphex (self.received->data[length], ==, 0x8a);
  g_assert_cmphex (self.received->data[length + 1], ==, 0x80);
  run_pending ();
  scene_clear (&self);
}

/* Half of the time for closing is over: what waits is dropped, but for data of which the socket has
 * taken a part, and the Close. */
static void
test_begun (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  const gsize length = 1024 * 1024;
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (GBytes) bytes = g_bytes_new (zeros, length);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);
  guint64 left = G_MAXUINT64;
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "fragment-size", begun_cases[i].fragment_size);
  wsp_limits_set_close_timeout (wsp_connection_get_limits (self.connection), 20);
  use_small_socket (&self);
  if (begun_cases[i].is_raw)
    g_assert_true (wsp_connection_send_raw_unsafe (self.connection, bytes, NULL));
  else
    g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
  run_some (10);
  wire_send_text (self.connection, "dropped", NULL, note_left, &left);
  wsp_connection_close_async (self.connection, 1000, NULL, NULL, NULL, NULL);
  while (left == G_MAXUINT64)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (left, >=, length);
  wsp_limits_set_close_timeout (wsp_connection_get_limits (self.connection), 0);
  for (guint n = 0; n < 20000 && self.received->len < length + 4; n++)
    {
      run_some (1);
      drain (&self);
    }
  run_pending ();
  drain (&self);
  g_assert_cmpuint (self.received->len, >=, length + 4);
  g_assert_cmpmem (self.received->data + self.received->len - 4, 4, "\x88\x02\x03\xe8", 4);
  scene_abort (&self);
}

static gsize
measure_small_socket (void)
{
  g_autofree guint8 *zeros = g_malloc0 (1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 1024 * 1024);
  gsize room;
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "idle-timeout", 0);
  use_small_socket (&self);
  g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_some (10);
  drain (&self);
  room = self.received->len;
  scene_abort (&self);
  return room;
}

static void
drain_other (WspConnection *connection,
             WspMessage    *message,
             Scene         *other)
{
  drain (other);
}

/* The time for closing ends in the turn in which the socket has room for the rest of a frame.  The
 * loop does not know of the room yet: a handler of another connection makes it. */
static void
test_room_after_timeout (void)
{
  static const guint8 frame[] = { 0x82, 0x00 };
  const gsize room = measure_small_socket (), length = room + 100;
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);
  guint64 left = G_MAXUINT64;
  gint64 end;
  Scene self, other;

  scene_init (&other, WSP_ROLE_CLIENT, "idle-timeout", 0);
  g_signal_connect (other.connection, "message", G_CALLBACK (drain_other), &self);
  wsp_connection_start_receiving (other.connection);
  scene_init (&self, WSP_ROLE_SERVER, "close-timeout", 20);
  use_small_socket (&self);
  g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_some (10);
  wire_send_text (self.connection, "dropped", NULL, note_left, &left);
  wsp_connection_close_async (self.connection, 1000, NULL, NULL, NULL, NULL);
  while (left == G_MAXUINT64)
    g_main_context_iteration (NULL, TRUE);

  end = g_get_monotonic_time () + 30 * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time () < end)
    continue;
  g_assert_cmpint (write (other.fd, frame, sizeof frame), ==, sizeof frame);
  while (wsp_connection_get_state (self.connection) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  drain (&self);
  g_assert_cmpuint (self.received->len, ==, room);
  scene_abort (&self);
  scene_abort (&other);
}

/* While output is blocked one ping of keepalive waits, however many are due. */
static void
test_keepalive_blocked (void)
{
  g_autofree guint8 *zeros = g_malloc0 (LENGTH);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, LENGTH);
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "keepalive-timeout", 0);
  use_small_socket (&self);
  for (guint i = 0; i < 4; i++)
    g_assert_true (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
  run_some (10);
  wire_limit (self.connection, "keepalive-interval", 1);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, TRUE);
  wire_limit (self.connection, "keepalive-interval", 0);
  for (guint i = 0; i < 20000 && self.received->len <= 4 * (LENGTH + 4); i++)
    {
      run_some (1);
      drain (&self);
    }
  run_pending ();
  drain (&self);
  g_assert_cmpuint (count_frames (&self, 0x82), ==, 4);
  g_assert_cmpuint (count_frames (&self, 0x89), ==, 1);
  scene_clear (&self);
}

/* A server that uses a new context for each message: one compressed form serves several peers. */
static void
scene_init_compressed (Scene *self)
{
  scene_init_with (self, WSP_ROLE_SERVER, "permessage-deflate; server_no_context_takeover");
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start_receiving (self->connection);
  run_pending ();
}

/* Two messages borrow the same memory: each echo has its own compressed form. */
static void
test_compressed_echoes (void)
{
  Scene self;

  scene_init_compressed (&self);
  peer_sends (self.fd, 'a', 1000);
  peer_sends (self.fd, 'b', 1000);
  run_pending ();
  drain (&self);

  const guint8 *frames = self.received->data;
  gsize length = self.received->len / 2;        /* of each */

  g_assert_cmpuint (length, >, 2);
  g_assert_cmphex (frames[0], ==, 0xc2);
  g_assert_cmphex (frames[1], ==, length - 2);
  g_assert_cmpmem (frames, 2, frames + length, 2);
  g_assert_cmpint (memcmp (frames, frames + length, length), !=, 0);
  scene_clear (&self);
}

static void
note_is_queue_empty (GObject      *source,
                     GAsyncResult *result,
                     gpointer      place)
{
  *(gboolean *) place = WSP_CONNECTION (source)->output.queue.first == NULL;
}

static void
send_and_flush (WspConnection *connection,
                WspMessage    *message,
                gpointer       is_empty)
{
  guint8 bytes[4096] = { 0 };

  for (bytes[0] = 1; bytes[0] <= 5; bytes[0]++)
    wire_send_binary (connection, bytes, sizeof bytes, NULL, NULL, NULL);
  wsp_connection_flush_async (connection, NULL, note_is_queue_empty, is_empty);
}

/* A turn compresses one message: a flush ends after the turn of the last one. */
static void
test_flush_compressed (void)
{
  gboolean is_empty = FALSE;
  Scene self;

  scene_init_with (&self, WSP_ROLE_SERVER, "permessage-deflate");
  g_object_set (wsp_connection_get_limits (self.connection), "max-bytes-per-turn", (guint64) 4096,
                NULL);
  g_signal_connect (self.connection, "message", G_CALLBACK (send_and_flush), &is_empty);
  wsp_connection_start_receiving (self.connection);
  run_some (5);
  peer_sends (self.fd, 'a', 1000);
  run_pending ();
  drain (&self);
  g_assert_true (is_empty);
  scene_clear (&self);
}

static void
write_and_flush (WspConnection *connection,
                 WspMessage    *message,
                 GOutputStream *stream)
{
  static const guint8 zeros[LENGTH];
  guint64 *left = g_object_get_data (G_OBJECT (stream), "left");

  g_assert_cmpint (g_output_stream_write (stream, zeros, LENGTH, NULL, NULL), ==, LENGTH);
  wsp_connection_flush_async (connection, NULL, note_left, left);
}

/* A piece that is written in a handler waits to be joined: a flush ends after it was sent. */
static void
test_flush_piece (void)
{
  guint64 left = G_MAXUINT64;
  Scene self;

  scene_init (&self, WSP_ROLE_SERVER, "idle-timeout", 0);
  use_small_socket (&self);

  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_BINARY, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);

  g_object_set_data (G_OBJECT (stream), "left", &left);
  g_signal_connect (self.connection, "message", G_CALLBACK (write_and_flush), stream);
  wsp_connection_start_receiving (self.connection);
  run_some (5);
  peer_sends (self.fd, 'a', 1000);
  for (guint i = 0; i < 20000 && self.received->len < LENGTH + 4; i++)
    {
      run_some (1);
      drain (&self);
    }
  run_pending ();
  g_assert_cmpuint (left, ==, 0);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  run_pending ();
  scene_clear (&self);
}

static void
test_not_compressed (void)
{
  g_autofree guint8 *zeros = g_malloc0 (1000);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 1000);
  Scene self;

  scene_init_compressed (&self);
  wsp_connection_send_message_async (self.connection, message, WSP_SEND_FLAGS_NO_COMPRESSION, NULL,
                                     NULL, NULL);
  run_pending ();
  drain (&self);
  g_assert_cmpuint (count_frames (&self, 0x82), ==, 1);
  scene_clear (&self);
}

static void
test_compressed_text_is_checked (void)
{
  g_autofree char *text = g_strnfill (1000, '\xff');
  g_autoptr (WspMessage) message = wsp_message_new_text (text);
  g_autoptr (GError) error = NULL;
  Scene self;

  scene_init_compressed (&self);
  g_assert_false (wsp_connection_queue_message (self.connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  scene_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/connection/output/waits-while-pongs-block/message",
                        GUINT_TO_POINTER (FALSE), test_pongs_block);
  g_test_add_data_func ("/connection/output/waits-while-pongs-block/echo",
                        GUINT_TO_POINTER (TRUE), test_pongs_block);
  g_test_add_func ("/connection/output/pong-waits-for-a-whole-frame", test_pong_waits);
  ADD_ROWS ("/connection/output/partly-written-is-kept", begun_cases, test_begun);
  g_test_add_func ("/connection/output/one-ping-of-keepalive-waits", test_keepalive_blocked);
  g_test_add_func ("/connection/output/compressed/each-echo-for-itself", test_compressed_echoes);
  g_test_add_func ("/connection/output/closing/nothing-is-written-after-its-time",
                   test_room_after_timeout);
  g_test_add_func ("/connection/output/flush-waits-for-a-piece", test_flush_piece);
  g_test_add_func ("/connection/output/compressed/flush-waits-for-all", test_flush_compressed);
  g_test_add_func ("/connection/output/compressed/not-with-no-compression", test_not_compressed);
  g_test_add_func ("/connection/output/compressed/text-not-utf8-refused",
                   test_compressed_text_is_checked);
  g_test_add_func ("/connection/output/copies-a-message-whose-loan-ends", test_loan_ends);
  g_test_add_func ("/connection/output/skips-a-send-cancelled-in-a-tap", test_cancelled_in_a_tap);
  g_test_add_data_func ("/connection/output/writable-follows-a-send-of-a-source/server",
                        GINT_TO_POINTER (WSP_ROLE_SERVER), test_writable_outside);
  g_test_add_data_func ("/connection/output/writable-follows-a-send-of-a-source/client",
                        GINT_TO_POINTER (WSP_ROLE_CLIENT), test_writable_outside);
  g_test_add_func ("/connection/output/writable-after-the-end", test_writable_at_end);
  return g_test_run ();
}
