/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A peer that reads nothing: how much is held for it, and for how long. */
#include "connection/wire.h"
#include "lib/rows.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#define KIB 1024
#define LIMIT (4 * 1024 * KIB)
#define MAX_CALLS 300000        /* more than fit, however little memory each one takes */
#define CALLS_AT_ONCE 64
#define PATIENCE 20000          /* milliseconds */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define IS_HEAP_MEASURED FALSE  /* the sanitizer has its own allocator */
#else
#define IS_HEAP_MEASURED TRUE
#endif

typedef struct
{
  WspConnection *connection;
  GOutputStream *parts;         /* stream of a message that was begun */
  gsize          length;        /* length of each payload */
  guint          n_refused;
} Sending;

typedef void (*SendFunc) (Sending *self);

static void
note_refusal (Sending *self,
              GError  *error)
{
  if (error == NULL)
    return;

  g_assert_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);
  g_error_free (error);
  self->n_refused++;
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GError *error = NULL;

  wsp_connection_send_message_finish (WSP_CONNECTION (source), result, &error);
  if (g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED))
    g_error_free (error);
  else
    note_refusal (data, error);
}

static void
on_pong (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GError *error = NULL;

  wsp_connection_ping_finish (WSP_CONNECTION (source), result, &error);
  if (g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED))
    g_error_free (error);
  else
    note_refusal (data, error);
}

static WspMessage *
make_message (Sending *self)
{
  static const guint8 zeros[20];

  return wsp_message_new_binary (zeros, self->length);
}

static void
queue_message (Sending *self)
{
  g_autoptr (WspMessage) message = make_message (self);
  GError *error = NULL;

  wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, &error);
  note_refusal (self, error);
}

static void
send_message (Sending *self)
{
  g_autoptr (WspMessage) message = make_message (self);

  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     on_sent, self);
}

/* Cancelling a message does not free all that it holds. */
static void
send_and_cancel (Sending *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WspMessage) message = make_message (self);

  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, cancellable,
                                     NULL, NULL);
  g_cancellable_cancel (cancellable);
  run_pending ();
  queue_message (self);
}

static void
send_raw (Sending *self)
{
  g_autofree guint8 *zeros = g_malloc0 (self->length + 1);
  g_autoptr (GBytes) bytes = g_bytes_new (zeros, self->length);
  GError *error = NULL;

  g_assert_true (wsp_connection_send_raw_unsafe (self->connection, bytes, &error)
                 == (error == NULL));
  note_refusal (self, error);
}

static void
send_ping (Sending *self)
{
  g_autofree guint8 *zeros = g_malloc0 (self->length + 1);
  g_autoptr (GBytes) bytes = g_bytes_new (zeros, self->length);

  wsp_connection_ping_async (self->connection, bytes, NULL, on_pong, self);
}

/* Each is a frame of its own: those of one turn are joined. */
static void
write_part (Sending *self)
{
  GError *error = NULL;

  if (self->parts == NULL)
    self->parts = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                                WSP_SEND_FLAGS_DEFAULT, &error);
  g_assert_no_error (error);
  g_output_stream_write (self->parts, "01234567890123456789", self->length, NULL, &error);
  note_refusal (self, error);
  run_pending ();
}

static void
send_from_thread (Sending *self)
{
  g_autoptr (WspMessage) message = make_message (self);
  GError *error = NULL;

  wsp_connection_send_from_thread (self->connection, message, WSP_SEND_FLAGS_DEFAULT, &error);
  note_refusal (self, error);
}

typedef enum
{
  IN_THE_QUEUE,
  IN_THE_MAILBOX,               /* the message waits for the main context, which does not run */
} Place;

static const struct
{
  const char *name;
  SendFunc    send;
  gsize       length;
  Place       place;
} held_cases[] = {
  { "message/0", queue_message, 0, IN_THE_QUEUE },
  { "message/1", queue_message, 1, IN_THE_QUEUE },
  { "message/20", queue_message, 20, IN_THE_QUEUE },
  { "message-with-a-result/0", send_message, 0, IN_THE_QUEUE },
  { "message-with-a-result/1", send_message, 1, IN_THE_QUEUE },
  { "message-with-a-result/20", send_message, 20, IN_THE_QUEUE },
  { "message-and-a-cancelled-one/0", send_and_cancel, 0, IN_THE_QUEUE },
  { "message-and-a-cancelled-one/20", send_and_cancel, 20, IN_THE_QUEUE },
  { "raw/0", send_raw, 0, IN_THE_QUEUE },
  { "raw/1", send_raw, 1, IN_THE_QUEUE },
  { "raw/20", send_raw, 20, IN_THE_QUEUE },
  { "ping/0", send_ping, 0, IN_THE_QUEUE },
  { "ping/1", send_ping, 1, IN_THE_QUEUE },
  { "ping/20", send_ping, 20, IN_THE_QUEUE },
  { "part/1", write_part, 1, IN_THE_QUEUE },
  { "part/20", write_part, 20, IN_THE_QUEUE },
  { "from-another-thread/0", send_from_thread, 0, IN_THE_MAILBOX },
  { "from-another-thread/1", send_from_thread, 1, IN_THE_MAILBOX },
  { "from-another-thread/20", send_from_thread, 20, IN_THE_MAILBOX },
};

/* Allocated bytes, with those that the allocator adds to each block.  The memory of the process
 * would depend on the size of pages, and under an emulator on the code that it has translated. */
static gsize
get_held (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static guint64
get_queue_bytes (WspConnection *connection)
{
  guint64 queued;

  g_object_get (connection, "send-queue-bytes", &queued, NULL);
  return queued;
}

static WspConnection *
open_stalled (int *fd)
{
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, fd);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autofree guint8 *zeros = g_malloc0 (1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 1024 * 1024);

  wsp_limits_set_max_send_queue (limits, LIMIT);
  wsp_limits_set_keepalive_interval (limits, 0);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_start_receiving (connection);
  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
  run_pending ();
  return connection;
}

/* Sends until a send is refused: the memory taken is little more than the limit. */
static void
fill (guint row)
{
  int fd;
  g_autoptr (WspConnection) connection = open_stalled (&fd);
  g_autoptr (Watched) server = watch (connection);
  Sending sending = { .connection = connection, .length = held_cases[row].length };
  gsize before, after;
  guint n_calls = 0;

  before = get_held ();
  while (sending.n_refused == 0 && n_calls < MAX_CALLS)
    {
      held_cases[row].send (&sending);
      if (++n_calls % CALLS_AT_ONCE == 0 && held_cases[row].place == IN_THE_QUEUE)
        run_pending ();
    }
  after = get_held ();
  g_test_message ("%u calls, %zu bytes each", n_calls, (MAX (after, before) - before) / n_calls);

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  g_assert_cmpuint (sending.n_refused, >, 0);
  if (IS_HEAP_MEASURED)
    g_assert_cmpuint (after, <, before + LIMIT + LIMIT / 4);
  if (held_cases[row].place == IN_THE_QUEUE)
    {
      g_assert_cmpuint (stats->send_queue_bytes, <, LIMIT + LIMIT / 8);
      g_assert_cmpuint (stats->send_queue_peak, >=,
                        stats->send_queue_bytes);
    }

  wsp_connection_abort (connection);
  run_until_closed (server);
  run_pending ();
  g_assert_cmpuint (get_queue_bytes (connection), ==, 0);
  g_clear_object (&sending.parts);
  close (fd);
}

/* In a process that has no freed memory to use again. */
static void
test_held (gconstpointer data)
{
  if (g_test_subprocess ())
    {
      fill (GPOINTER_TO_UINT (data));
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* All that was counted is subtracted again, for each way to send. */
static void
test_freed (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (held_cases); row++)
    {
      int fd;
      g_autoptr (WspConnection) connection = open_stalled (&fd);
      g_autoptr (Watched) server = watch (connection);
      Sending sending = { .connection = connection, .length = held_cases[row].length };
      g_autofree guint8 *memory = g_malloc (64 * 1024);

      for (guint i = 0; i < 10; i++)
        held_cases[row].send (&sending);
      g_assert_cmpuint (get_queue_bytes (connection), >, 0);
      while (get_queue_bytes (connection) > 0)
        {
          if (read (fd, memory, 64 * 1024) <= 0)
            g_main_context_iteration (NULL, FALSE);
        }
      wsp_connection_abort (connection);
      run_until_closed (server);
      g_clear_object (&sending.parts);
      close (fd);
    }
}

/* A ping that was sent waits for its pong. */
static void
test_pings_without_pongs (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autofree guint8 *memory = g_malloc (64 * 1024);
  Sending sending = { .connection = raw->connection, .length = 8 };
  gsize before;

  wire_limit (raw->connection, "max-send-queue", LIMIT);
  wsp_connection_start_receiving (raw->connection);
  before = get_held ();
  for (guint n = 0; sending.n_refused == 0 && n < MAX_CALLS; n++)
    {
      send_ping (&sending);
      run_pending ();
      if (read (raw->fd, memory, 64 * 1024) < 0)
        g_assert_cmpint (errno, ==, EAGAIN);
    }
  g_assert_cmpuint (sending.n_refused, >, 0);
  if (IS_HEAP_MEASURED)
    g_assert_cmpuint (get_held (), <, before + LIMIT + LIMIT / 4);
  g_assert_true (wsp_connection_queue_text (raw->connection, "is sent nevertheless", NULL));
}

static const struct
{
  const char *name;
  guint64     high, low;
  gsize       length;           /* length of each message */
} mark_cases[] = {
  { "empty-messages", 100000, 20000, 0 },
  { "short-messages", 100000, 50000, 20 },
  { "long-messages", 1000000, 300000, 20000 },
  { "low-is-0", 100000, 0, 100 },
};

typedef struct
{
  guint   n_emitted;
  guint64 queued;               /* number of queued bytes when the signal was emitted */
} Writable;

static void
on_writable (WspConnection *connection,
             Writable      *self)
{
  self->n_emitted++;
  self->queued = get_queue_bytes (connection);
}

static WspConnection *
open_with_marks (guint   row,
                 guint64 high,
                 int    *fd)
{
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, fd);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_send_high_water_mark (limits, high);
  wsp_limits_set_send_low_water_mark (limits, mark_cases[row].low);
  wsp_limits_set_keepalive_interval (limits, 0);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_start_receiving (connection);
  return connection;
}

static void
queue_until (WspConnection *connection,
             guint64        most,
             gsize          length)
{
  g_autofree guint8 *zeros = g_malloc0 (length + 1);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);

  while (get_queue_bytes (connection) < most)
    {
      g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                   NULL));
      run_pending ();
    }
}

/* `writable` is emitted once, as soon as no more than send-low-water-mark waits, and only if
 * high-water- mark was reached. */
static void
test_marks (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data);

  for (guint is_reached = 0; is_reached < 2; is_reached++)
    {
      const guint64 high = mark_cases[row].high;
      int fd;
      g_autoptr (WspConnection) connection = open_with_marks (row, is_reached ? high : high * 2,
                                                              &fd);
      g_autoptr (Watched) server = watch (connection);
      g_autofree guint8 *memory = g_malloc (16 * 1024);
      Writable writable = { 0, 0 };

      g_signal_connect (connection, "writable", G_CALLBACK (on_writable), &writable);
      queue_until (connection, high, mark_cases[row].length);
      while (get_queue_bytes (connection) > 0)
        {
          g_assert_cmpuint (writable.n_emitted, ==,
                            is_reached && get_queue_bytes (connection) <= mark_cases[row].low);
          if (read (fd, memory, 16 * 1024) < 0)
            g_assert_cmpint (errno, ==, EAGAIN);
          run_pending ();
        }
      g_assert_cmpuint (writable.n_emitted, ==, is_reached);
      g_assert_cmpuint (writable.queued, <=, mark_cases[row].low);
      wsp_connection_abort (connection);
      run_until_closed (server);
      close (fd);
    }
}

typedef enum
{
  PEER_SENDS = 1 << 0,          /* the peer sends messages all the time */
  PEER_SENDS_ONCE = 1 << 1,     /* the peer sends one message, shortly before the end */
  PEER_TAKES = 1 << 2,          /* the peer reads slowly */
} PeerDoes;

static const struct
{
  const char *name;
  WspRole     role;
  guint       interval, timeout;
  gsize       length;           /* length of the message that waits; 0: none */
  PeerDoes    does;
  gboolean    is_dead;
} time_cases[] = {
  { "server-ends-when-its-client-only-sends", WSP_ROLE_SERVER, 20, 20, 512 * KIB, PEER_SENDS,
    TRUE },
  { "client-ends-when-its-server-only-sends", WSP_ROLE_CLIENT, 20, 20, 512 * KIB, PEER_SENDS,
    TRUE },
  { "full-server-ends-when-its-client-only-sends", WSP_ROLE_SERVER, 20, 20, 4096 * KIB, PEER_SENDS,
    TRUE },
  { "full-client-ends-when-its-server-only-sends", WSP_ROLE_CLIENT, 20, 20, 4096 * KIB, PEER_SENDS,
    TRUE },
  { "server-ends-when-its-client-does-nothing", WSP_ROLE_SERVER, 20, 20, 512 * KIB, 0, TRUE },
  { "server-ends-in-time-although-a-message-was-received", WSP_ROLE_SERVER, 20, 1000, 512 * KIB,
    PEER_SENDS_ONCE, TRUE },
  { "peer-that-reads-slowly-stays", WSP_ROLE_SERVER, 200, 200, 4096 * KIB, PEER_TAKES, FALSE },
  { "peer-that-sends-and-reads-slowly-stays", WSP_ROLE_CLIENT, 200, 200, 4096 * KIB,
    PEER_TAKES | PEER_SENDS, FALSE },
  { "peer-stays-when-nothing-waits", WSP_ROLE_SERVER, 200, 200, 0, PEER_SENDS, FALSE },
  { "peer-stays-without-an-interval", WSP_ROLE_SERVER, 0, 20, 4096 * KIB, PEER_SENDS, FALSE },
  { "peer-stays-without-a-timeout", WSP_ROLE_SERVER, 20, 0, 512 * KIB, PEER_SENDS, FALSE },
};

typedef struct
{
  int      fd;
  WspRole  role;                /* role of the connection, which is not the peer's */
  PeerDoes does;
} Peer;

static void
send_as_peer (Peer *self)
{
  gboolean is_masked = self->role == WSP_ROLE_SERVER;

  if (write (self->fd, is_masked ? "\x82\x80\0\0\0\0" : "\x82\0", is_masked ? 6 : 2) < 0)
    g_assert_true (errno == EAGAIN || errno == EPIPE);
}

static gboolean
send_once (gpointer data)
{
  send_as_peer (data);
  return G_SOURCE_REMOVE;
}

static gboolean
act_as_peer (gpointer data)
{
  static guint8 memory[16 * 1024];
  Peer *self = data;

  if (self->does & PEER_TAKES && read (self->fd, memory, sizeof memory) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  if (self->does & PEER_SENDS)
    send_as_peer (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
check_dead (WspConnection *connection,
            gint64         begin,
            guint          least)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);
  g_autofree char *sentence = wsp_close_info_to_string (info);

  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (sentence, "keepalive-timeout"));
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, least * 1000);
}

/* Milliseconds: a session alone would notice too late. */
static guint
get_patience (guint row)
{
  const guint both = time_cases[row].interval + time_cases[row].timeout;

  if (!time_cases[row].is_dead)
    return 2 * both;
  return time_cases[row].does & PEER_SENDS_ONCE ? both * 17 / 10 : PATIENCE;
}

/* SEC-96, SEC-98: received messages do not prove that the peer is alive while it does not read. */
static void
test_time (gconstpointer data)
{
  const guint row = GPOINTER_TO_UINT (data);
  const guint both = time_cases[row].interval + time_cases[row].timeout;
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (time_cases[row].role, &fd);
  g_autoptr (Watched) watched = watch (connection);
  const gsize length = time_cases[row].length;
  g_autofree guint8 *zeros = g_malloc0 (length + 1);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  Peer peer = { fd, time_cases[row].role, time_cases[row].does };
  guint source = g_timeout_add (5, act_as_peer, &peer);
  gint64 begin = g_get_monotonic_time ();
  gboolean is_over = FALSE;

  wsp_limits_set_keepalive_interval (limits, time_cases[row].interval);
  wsp_limits_set_keepalive_timeout (limits, time_cases[row].timeout);
  wsp_connection_set_limits (connection, limits);
  wsp_connection_start_receiving (connection);
  if (length > 0)
    g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
  if (time_cases[row].does & PEER_SENDS_ONCE)
    g_timeout_add (both * 9 / 10, send_once, &peer);

  guint end = g_timeout_add (get_patience (row), set_true, &is_over);

  while (!is_over && !watched->is_closed)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (watched->is_closed, ==, time_cases[row].is_dead);
  if (time_cases[row].is_dead)
    check_dead (connection, begin, both);
  else
    g_assert_cmpint (get_queue_bytes (connection) > 0, ==, length > 0);
  g_source_remove (source);
  if (!is_over)
    g_source_remove (end);
  wsp_connection_abort (connection);
  run_until_closed (watched);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/connection/stalled/held/SEC-96-%s", held_cases, test_held);
  g_test_add_func ("/connection/stalled/held/freed-when-sent", test_freed);
  g_test_add_func ("/connection/stalled/held/pings-without-pongs-count", test_pings_without_pongs);
  ADD_ROWS ("/connection/stalled/marks", mark_cases, test_marks);
  ADD_ROWS_AS ("/connection/stalled/time/SEC-96-SEC-98-%s", time_cases, test_time);

  return g_test_run ();
}
