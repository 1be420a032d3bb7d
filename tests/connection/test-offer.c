/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Broadcasts to one connection whose peer reads nothing: what leaves, what the program is notified
 * of, and what it may do then.  test-slow-receivers.c has servers, threads and sockets. */
#include "connection/narrow-stream.h"
#include "connection/tap-place.h"
#include "connection/wire.h"
#include "lib/turns.h"

#include "connection/wsp-connection-private.h"

#define LIMIT 8192              /* max-send-queue */
#define LENGTH 1000
#define CLOSE_1013 "\x88\x16\x03\xf5" "Receiver is too slow"

typedef enum
{
  NOTHING,
  CLOSE,
  ABORT,
  DROP,
  SEND,
  LOOP,
  BROADCAST_AGAIN,
  BEGIN_STREAM,
  FORGET_LIMITS,
  N_DEEDS,
} Deed;

static const char *const deed_names[N_DEEDS] = {
  "nothing", "closes", "aborts", "drops", "sends", "runs-a-loop", "broadcasts", "begins-a-stream",
  "gets-limits",
};

typedef struct
{
  Deed           deed;
  NarrowStream  *stream;
  WspConnection *connection;    /* the connection; NULL: it was dropped */
  Watched       *watched;
  guint          n_skipped, n_writable, n_deeds;
} Fixture;

static gboolean
offer (Fixture *self)
{
  g_autofree guint8 *zeros = g_malloc0 (LENGTH);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, LENGTH);

  return wsp_message_broadcast (message, &self->connection, 1, WSP_SEND_FLAGS_DEFAULT) == 1;
}

static void
do_deed (Fixture *self)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (WspLimits) limits = NULL;

  if (self->connection == NULL)
    return;

  self->n_deeds++;
  switch (self->deed)
    {
    case NOTHING:
      break;
    case CLOSE:
      wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
      break;
    case ABORT:
      wsp_connection_abort (self->connection);
      break;
    case DROP:
      wsp_connection_abort (self->connection);
      g_clear_pointer (&self->watched, watched_free);
      g_clear_object (&self->connection);
      break;
    case SEND:
      (void) wsp_connection_queue_text (self->connection, "a", NULL);
      break;
    case LOOP:
      run_pending ();
      break;
    case BROADCAST_AGAIN:
      (void) offer (self);
      break;
    case BEGIN_STREAM:
      stream = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT,
                                             WSP_SEND_FLAGS_DEFAULT, NULL);
      break;
    case FORGET_LIMITS:
      limits = wsp_limits_new ();
      wsp_connection_set_limits (self->connection, limits);
      break;
    case N_DEEDS:
      g_assert_not_reached ();
    }
}

static void
on_skipped (WspConnection *connection,
            Fixture       *self)
{
  self->n_skipped++;
  do_deed (self);
}

static void
fixture_init (Fixture      *self,
              WspSlowPolicy policy,
              guint         max_delay)
{
  self->stream = narrow_stream_new (10);
  self->stream->is_shut = TRUE;
  self->connection = wsp_connection_new_for_stream (G_IO_STREAM (self->stream), WSP_ROLE_SERVER,
                                                    NULL, NULL, NULL, NULL);
  wsp_connection_set_slow_rule (self->connection, policy, max_delay);
  self->watched = watch (self->connection);
  wire_limit (self->connection, "keepalive-interval", 0);
  wire_limit (self->connection, "max-send-queue", LIMIT);
  wire_limit (self->connection, "send-low-water-mark", LIMIT / 4);
  g_signal_connect (self->connection, "skipped", G_CALLBACK (on_skipped), self);
  g_signal_connect_swapped (self->connection, "writable", G_CALLBACK (g_atomic_int_inc),
                            &self->n_writable);
  wsp_connection_start_receiving (self->connection);
  run_pending ();
}

static void
read_all (Fixture *self)
{
  self->stream->room = 1024 * 1024;
  self->stream->is_shut = FALSE;
  run_pending ();
}

static void
fixture_clear (Fixture *self)
{
  if (self->connection != NULL)
    {
      wsp_connection_abort (self->connection);
      run_until_closed (self->watched);
      watched_free (self->watched);
      g_object_unref (self->connection);
    }
  run_pending ();
  g_object_unref (self->stream);
}

/* Returns the number of messages that were taken. */
static guint
fill (Fixture *self)
{
  guint n = 0;

  while (offer (self))
    {
      n++;
      run_pending ();
    }
  return n;
}

/* The code of the program that runs for a row is called once, never inside the broadcast, and
 * may do anything. */
static void
test_skipped (gconstpointer data)
{
  Fixture self = { .deed = GPOINTER_TO_UINT (data) };
  guint n;

  fixture_init (&self, WSP_SLOW_POLICY_SKIP, 0);
  n = fill (&self);
  g_assert_cmpuint (n, >, 4);
  g_assert_false (offer (&self));
  g_assert_cmpuint (self.n_skipped, ==, 0);
  run_pending ();
  g_assert_cmpuint (self.n_skipped, ==, 1);
  g_assert_cmpuint (self.n_deeds, ==, 1);
  if (self.connection != NULL && self.deed != FORGET_LIMITS)
    g_assert_false (offer (&self));
  run_pending ();
  g_assert_cmpuint (self.n_skipped, ==, 1);
  read_all (&self);
  if (self.deed != ABORT && self.deed != DROP)
    g_assert_cmpuint (self.n_writable, ==, 1);
  if (self.deed == NOTHING || self.deed == LOOP)
    {
      g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self.connection);

      g_assert_cmpuint (stats->messages_skipped, ==, 3);
      g_assert_cmpuint (self.stream->written->len, ==, n * (4 + LENGTH));
      g_assert_true (offer (&self));
      run_pending ();
      g_assert_cmpuint (self.n_skipped, ==, 1);
      g_assert_cmpuint (self.stream->written->len, ==, (n + 1) * (4 + LENGTH));
    }
  fixture_clear (&self);
}

static void
expect_tail (Fixture    *self,
             const char *tail,
             gsize       length)
{
  const GByteArray *written = self->stream->written;

  g_assert_cmpuint (written->len, >=, length);
  g_assert_cmpmem (written->data + written->len - length, length, tail, length);
}

/* A frame that has begun to leave is completed: here its first 10 bytes were taken.  Then comes the
 * Close. */
static void
test_closed (void)
{
  Fixture self = { 0 };

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  self.stream->is_shut = FALSE;
  g_assert_true (offer (&self));
  self.stream->is_shut = TRUE;
  g_assert_cmpuint (self.stream->written->len, ==, 10);
  (void) fill (&self);
  g_assert_cmpint (wsp_connection_get_state (self.connection), ==, WSP_CONNECTION_STATE_OPEN);
  g_assert_false (offer (&self));
  run_pending ();
  g_assert_cmpstr (self.watched->log->str, ==, "closing-1013");
  g_assert_false (offer (&self));
  read_all (&self);
  g_assert_cmpuint (self.stream->written->len, ==, 4 + LENGTH + sizeof CLOSE_1013 - 1);
  expect_tail (&self, CLOSE_1013, sizeof CLOSE_1013 - 1);
  g_assert_cmpuint (self.n_skipped, ==, 0);
  fixture_clear (&self);
}

/* The frame that has begun cannot be completed: the connection ends after close-timeout, not after
 * twice that time, as it does when there are messages to drop then. */
static void
test_deaf (void)
{
  Fixture self = { 0 };
  const guint timeout = 300;
  gint64 begun = g_get_monotonic_time ();

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  wire_limit (self.connection, "close-timeout", timeout);
  (void) fill (&self);
  run_until_closed (self.watched);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, timeout * 1000);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 2 * timeout * 1000);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (self.connection)),
                  G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  fixture_clear (&self);
}

static void
take_error (GObject      *source,
            GAsyncResult *result,
            gpointer      place)
{
  wsp_connection_send_message_finish (WSP_CONNECTION (source), result, place);
}

/* The calls of dropped messages fail. */
static void
test_calls (void)
{
  Fixture self = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  g_assert_true (offer (&self));
  run_pending ();
  wire_send_text (self.connection, "a", NULL, take_error, &error);
  (void) fill (&self);
  run_pending ();
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  fixture_clear (&self);
}

/* A program that closes first is not overruled. */
static void
test_own_close (void)
{
  Fixture self = { 0 };
  guint n;

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  n = fill (&self);
  wsp_connection_close_async (self.connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  run_pending ();
  g_assert_cmpstr (self.watched->log->str, ==, "closing-1000");
  read_all (&self);
  g_assert_cmpuint (self.stream->written->len, ==, n * (4 + LENGTH) + 4);
  fixture_clear (&self);
}

/* The stream of a message is open: it has begun, or not. */
static void
test_stream (gconstpointer data)
{
  const gboolean has_begun = GPOINTER_TO_INT (data);
  Fixture self = { 0 };
  g_autoptr (GOutputStream) parts = NULL;
  g_autoptr (GError) error = NULL;

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  parts = wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_BINARY,
                                        WSP_SEND_FLAGS_DEFAULT, NULL);
  if (has_begun)
    {
      self.stream->room = 5;
      self.stream->is_shut = FALSE;
      g_assert_true (g_output_stream_write_all (parts, "abc", 3, NULL, NULL, NULL));
      run_pending ();
      self.stream->is_shut = TRUE;
      g_assert_true (g_output_stream_write_all (parts, "def", 3, NULL, NULL, NULL));
    }
  g_assert_cmpuint (fill (&self), >, 4);
  run_pending ();
  g_assert_cmpstr (self.watched->log->str, ==, "closing-1013");
  read_all (&self);
  g_assert_cmpuint (self.stream->written->len, ==,
                    (has_begun ? 5 + 5 : 0) + sizeof CLOSE_1013 - 1);
  expect_tail (&self, CLOSE_1013, sizeof CLOSE_1013 - 1);
  g_assert_cmpint (g_output_stream_write (parts, "g", 1, NULL, &error), ==, -1);
  g_assert_nonnull (error);
  g_clear_object (&parts);
  fixture_clear (&self);
}

/* Messages that the program itself holds back, behind its stream, do not make the receiver slow. */
static void
test_held (void)
{
  Fixture self = { 0 };
  g_autoptr (GOutputStream) parts = NULL;

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 20);
  read_all (&self);
  parts = wsp_connection_begin_message (self.connection, WSP_MESSAGE_TYPE_BINARY,
                                        WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_true (g_output_stream_write_all (parts, "abc", 3, NULL, NULL, NULL));
  g_assert_true (offer (&self));
  count_turns (60);
  g_assert_true (offer (&self));
  g_assert_true (g_output_stream_close (parts, NULL, NULL));
  run_pending ();
  g_assert_true (offer (&self));
  run_pending ();
  g_assert_cmpstr (self.watched->log->str, ==, "");
  fixture_clear (&self);
}

typedef enum
{
  LATE_WRITTEN,                 /* the message was written to memory, but the socket has not taken
                                 * it */
  LATE_QUEUED,
  LATE_BEHIND_URGENT,
  N_LATE,
} Late;

static const char *const late_names[N_LATE] = { "written", "queued", "behind-an-urgent-message" };

static void
send_late (Fixture *self,
           Late     late)
{
  g_autoptr (WspMessage) urgent = wsp_message_new_text ("a");

  g_assert_true (wsp_connection_queue_text (self->connection, "first", NULL));
  run_pending ();
  if (late != LATE_WRITTEN)
    g_assert_true (wsp_connection_queue_text (self->connection, "second", NULL));
  count_turns (60);
  if (late == LATE_BEHIND_URGENT)
    g_assert_true (wsp_connection_queue_message (self->connection, urgent, WSP_SEND_FLAGS_URGENT,
                                                 NULL));
}

/* A few bytes that wait too long: the row ends when they have left, not before, although the queue
 * is below the low-water mark all the time. */
static void
test_late (gconstpointer data)
{
  Fixture self = { 0 };

  fixture_init (&self, WSP_SLOW_POLICY_SKIP, 20);
  send_late (&self, GPOINTER_TO_UINT (data));
  g_assert_false (offer (&self));
  count_turns (10);
  g_assert_false (offer (&self));
  g_assert_cmpuint (self.n_skipped, ==, 1);
  g_assert_cmpuint (self.n_writable, ==, 0);
  read_all (&self);
  g_assert_cmpuint (self.n_writable, ==, 1);
  g_assert_true (offer (&self));
  run_pending ();
  g_assert_cmpuint (self.n_skipped, ==, 1);
  fixture_clear (&self);
}

/* A peer that reads, but falls behind: the first message has just left when the second is late. */
static void
test_behind (gconstpointer data)
{
  static const guint8 zeros[LIMIT];
  const WspSendFlags flags = GPOINTER_TO_UINT (data);
  Fixture self = { 0 };
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, sizeof zeros);

  fixture_init (&self, WSP_SLOW_POLICY_SKIP, 20);
  wire_limit (self.connection, "max-send-queue", 10 * LIMIT);
  for (guint i = 0; i < 3; i++)
    g_assert_true (wsp_connection_queue_message (self.connection, message, flags, NULL));
  count_turns (60);
  self.stream->room = LIMIT + 100;
  self.stream->is_shut = FALSE;
  while (self.stream->written->len <= LIMIT)
    g_main_context_iteration (NULL, TRUE);
  self.stream->is_shut = TRUE;
  g_assert_cmpuint (self.stream->written->len, <, 2 * LIMIT);
  g_assert_false (offer (&self));
  fixture_clear (&self);
}

/* The queue of the low-water mark is longer than the whole queue. */
static void
test_marks (void)
{
  Fixture self = { 0 };

  fixture_init (&self, WSP_SLOW_POLICY_SKIP, 0);
  wire_limit (self.connection, "send-high-water-mark", 8 * LIMIT);
  wire_limit (self.connection, "send-low-water-mark", 4 * LIMIT);
  (void) fill (&self);
  for (guint i = 0; i < 3; i++)
    {
      run_pending ();
      g_assert_false (offer (&self));
    }
  g_assert_cmpuint (self.n_skipped, ==, 1);
  g_assert_cmpuint (self.n_writable, ==, 0);
  g_assert_false (wsp_connection_is_writable (self.connection));
  read_all (&self);
  g_assert_cmpuint (self.n_writable, ==, 1);
  fixture_clear (&self);
}

/* The message of a broadcast is freed when it is dropped: code of the program. */
static void
test_freed (gconstpointer data)
{
  Fixture self = { .deed = GPOINTER_TO_UINT (data) };
  static const guint8 zeros[LIMIT];

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  g_assert_true (offer (&self));
  run_pending ();
  {
    g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (zeros, sizeof zeros,
                                                           (GDestroyNotify) do_deed, &self);
    g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

    g_assert_cmpuint (wsp_message_broadcast (message, &self.connection, 1, WSP_SEND_FLAGS_DEFAULT),
                      ==, 1);
  }
  g_assert_false (offer (&self));
  g_assert_cmpuint (self.n_deeds, ==, 0);
  run_pending ();
  g_assert_cmpuint (self.n_deeds, ==, 1);
  read_all (&self);
  fixture_clear (&self);
}

static void
fill_in_tap (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < 20; i++)
    (void) offer (self);
}

/* A tap broadcasts in the middle of a write. */
static void
test_tap (gconstpointer data)
{
  WspSlowPolicy policy = GPOINTER_TO_UINT (data);
  Fixture self = { 0 };
  g_autoptr (TestPlaceTap) tap = test_place_tap_new (AT_BYTES_SENT, fill_in_tap, &self);

  fixture_init (&self, policy, 0);
  self.stream->is_shut = FALSE;
  self.stream->room = 100;
  wsp_connection_add_tap (self.connection, WSP_TAP (tap));
  g_assert_true (offer (&self));
  self.stream->is_shut = TRUE;
  g_assert_true (tap->was_reached);
  g_assert_cmpuint (self.n_skipped, ==, 0);
  run_pending ();
  if (policy == WSP_SLOW_POLICY_SKIP)
    g_assert_cmpuint (self.n_skipped, ==, 1);
  else
    g_assert_cmpstr (self.watched->log->str, ==, "closing-1013");
  read_all (&self);
  if (policy == WSP_SLOW_POLICY_CLOSE)
    g_assert_cmpuint (self.stream->written->len, ==, 4 + LENGTH + sizeof CLOSE_1013 - 1);
  fixture_clear (&self);
}

static void
send_burst (WspConnection *connection,
            gpointer       data)
{
  Fixture *self = data;

  for (guint i = 0; i < 50; i++)
    g_assert_true (offer (self));
  self->n_deeds++;
}

/* More than the queue holds, in one dispatch, to a peer that takes it all. */
static void
test_burst (void)
{
  Fixture self = { 0 };

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  g_assert_true (offer (&self));
  read_all (&self);
  wsp_connection_invoke (self.connection, send_burst, &self, NULL);
  run_until_count (&self.n_deeds, 1);
  run_pending ();
  g_assert_cmpuint (self.stream->written->len, ==, 51 * (4 + LENGTH));
  g_assert_cmpstr (self.watched->log->str, ==, "");
  fixture_clear (&self);
}

static void
loop_in_message (WspConnection *connection,
                 WspMessage    *message,
                 Fixture       *self)
{
  (void) fill (self);
  run_pending ();
  read_all (self);
  expect_tail (self, CLOSE_1013, sizeof CLOSE_1013 - 1);
  self->n_deeds++;
}

/* The Close leaves although a handler of the connection runs a main loop. */
static void
test_loop (void)
{
  static const guint8 frame[] = { 0x82, 0x81, 0, 0, 0, 0, 0 };
  Fixture self = { 0 };

  fixture_init (&self, WSP_SLOW_POLICY_CLOSE, 0);
  g_signal_connect (self.connection, "message", G_CALLBACK (loop_in_message), &self);
  g_byte_array_append (self.stream->unread, frame, sizeof frame);
  run_until_count (&self.n_deeds, 1);
  run_pending ();
  g_assert_cmpstr (self.watched->log->str, ==, "message closing-1013");
  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (Deed deed = 0; deed < N_DEEDS; deed++)
    {
      g_autofree char *skipped = g_strconcat ("/connection/offer/skipped-", deed_names[deed], NULL);
      g_autofree char *freed = g_strconcat ("/connection/offer/dropped-message-", deed_names[deed],
                                            NULL);

      g_test_add_data_func (skipped, GUINT_TO_POINTER (deed), test_skipped);
      g_test_add_data_func (freed, GUINT_TO_POINTER (deed), test_freed);
    }
  g_test_add_func ("/connection/offer/close-follows-the-frame-that-has-begun", test_closed);
  g_test_add_func ("/connection/offer/close-that-cannot-leave-is-timed-once", test_deaf);
  g_test_add_func ("/connection/offer/calls-of-dropped-messages-fail", test_calls);
  g_test_add_func ("/connection/offer/close-of-the-program-stands", test_own_close);
  g_test_add_data_func ("/connection/offer/close-in-a-stream", GINT_TO_POINTER (TRUE), test_stream);
  g_test_add_data_func ("/connection/offer/close-in-a-stream-that-has-not-begun",
                        GINT_TO_POINTER (FALSE), test_stream);
  g_test_add_func ("/connection/offer/behind-a-stream-is-not-late", test_held);
  for (Late late = 0; late < N_LATE; late++)
    {
      g_autofree char *path = g_strconcat ("/connection/offer/late-", late_names[late], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (late), test_late);
    }
  g_test_add_data_func ("/connection/offer/reads-and-falls-behind",
                        GUINT_TO_POINTER (WSP_SEND_FLAGS_DEFAULT), test_behind);
  g_test_add_data_func ("/connection/offer/reads-and-falls-behind-urgent-messages",
                        GUINT_TO_POINTER (WSP_SEND_FLAGS_URGENT), test_behind);
  g_test_add_func ("/connection/offer/one-row-with-any-marks", test_marks);
  g_test_add_data_func ("/connection/offer/tap-that-broadcasts/close",
                        GUINT_TO_POINTER (WSP_SLOW_POLICY_CLOSE), test_tap);
  g_test_add_data_func ("/connection/offer/tap-that-broadcasts/skip",
                        GUINT_TO_POINTER (WSP_SLOW_POLICY_SKIP), test_tap);
  g_test_add_func ("/connection/offer/burst-to-a-fast-peer-is-taken", test_burst);
  g_test_add_func ("/connection/offer/close-leaves-inside-a-handler", test_loop);
  return g_test_run ();
}
