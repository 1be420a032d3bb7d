/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The numbers of a server: exact sums of what its clients did, from the server's own context and
 * from several threads, while another thread reads them. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/limit.h"
#include "lib/listen.h"

#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 120
#define N_CLIENTS 20
#define N_ROUNDS 60
#define LONG_TIME (G_USEC_PER_SEC * 3 / 2)      /* after which a connection counts as idle */
#define TEN "0123456789"
#define NUMBER(member) G_STRUCT_OFFSET (WspServerStats, member)
#define NO_NUMBER G_MAXSIZE
#define SIZE 384                /* for ever: a script allocates as much as its typelib says */
#define FRAME "\x81\x81" "maska"       /* a mask, and one byte */
#define LONG_FIELD "X-Long: " TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "\r\n"

static const guint every_code[] = {
  1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
  3000, 4000
};

/* Counters, which never go down; the names are for the messages of failures. */
static const struct
{
  const char *name;
  gsize       number;
} counter_rows[] = {
  { "accepted", NUMBER (connections_accepted) },
  { "max-connections", NUMBER (refused_by_max_connections) },
  { "max-connections-per-address", NUMBER (refused_by_max_connections_per_address) },
  { "max-pending-handshakes", NUMBER (refused_by_max_pending_handshakes) },
  { "handshake-timeout", NUMBER (refused_by_handshake_timeout) },
  { "head", NUMBER (refused_by_head_limits) },
  { "messages-received", NUMBER (messages_received) },
  { "messages-sent", NUMBER (messages_sent) },
  { "bytes-received", NUMBER (bytes_received) },
  { "bytes-sent", NUMBER (bytes_sent) },
  { "skipped", NUMBER (messages_skipped) },
};

#define N_COUNTERS G_N_ELEMENTS (counter_rows)
#define N_CODES G_N_ELEMENTS (every_code)

static const gsize layout[] = {
  NUMBER (connections_open), NUMBER (connections_accepted), NUMBER (handshakes_pending),
  NUMBER (refused_by_max_connections), NUMBER (refused_by_max_connections_per_address),
  NUMBER (refused_by_max_pending_handshakes), NUMBER (refused_by_handshake_timeout),
  NUMBER (refused_by_head_limits), NUMBER (messages_received), NUMBER (messages_sent),
  NUMBER (messages_skipped), NUMBER (bytes_received), NUMBER (bytes_sent),
  NUMBER (send_queue_bytes), NUMBER (closed)
};

typedef struct
{
  WspServer *server;
  WspLimits *limits;
  guint16    port;
  WspMessage *for_all;          /* message that is sent to all for each received one; NULL: that one
                                 * is sent back */
  guint      n_opened;          /* number of opened connections; atomic */
  GThread   *reader;
  guint      ends;              /* TRUE if the reader has to end; atomic */
} Fixture;

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  if (g_strcmp0 (wsp_message_get_text (message), "quit") == 0)
    wsp_connection_close_async (connection, 1008, NULL, NULL, NULL, NULL);
  else if (self->for_all != NULL)
    wsp_server_broadcast (self->server, self->for_all, WSP_SEND_FLAGS_DEFAULT, NULL);
  else
    (void) wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_opened);
}

static Fixture *
fixture_new (gconstpointer n_threads)
{
  Fixture *self = g_new (Fixture, 1);

  limit_set (TIME_LIMIT, "a test of the numbers of a server");
  *self = (Fixture) { .server = wsp_server_new () };
  self->limits = wsp_server_get_limits (self->server);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  if (n_threads != NULL)
    g_assert_true (wsp_server_start_workers (self->server, GPOINTER_TO_UINT (n_threads), NULL));
  return self;
}

static void
begin_listening (Fixture *self)
{
  self->port = listen_on_free_port (self->server, "127.0.0.1");
}

static void
on_shut_down (GObject      *source,
              GAsyncResult *result,
              gpointer      is_over)
{
  g_assert_true (wsp_server_shutdown_finish (WSP_SERVER (source), result, NULL));
  *(gboolean *) is_over = TRUE;
}

static void
shut_down (Fixture *self)
{
  gboolean is_over = FALSE;

  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, on_shut_down, &is_over);
  run_until (&is_over);
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->server);
  run_pending ();
  limit_clear ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static guint64
get_number (WspServerStats *stats,
            gsize           number)
{
  return G_STRUCT_MEMBER (guint64, stats, number);
}

/* Numbers of other threads come later. */
static void
run_until_number (Fixture *self,
                  gsize    number,
                  guint64  wanted)
{
  guint64 n = wanted + 1;

  while (n != wanted)
    {
      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (self->server);

      n = get_number (stats, number);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
read_numbers (WspServerStats *stats,
              guint64        *numbers)
{
  for (guint i = 0; i < N_COUNTERS; i++)
    numbers[i] = get_number (stats, counter_rows[i].number);
  for (guint i = 0; i < N_CODES; i++)
    numbers[N_COUNTERS + i] = wsp_server_stats_get_closed (stats, every_code[i]);
}

/* Another thread than those that count: no counter ever goes down. */
static gpointer
read_often (gpointer data)
{
  Fixture *self = data;
  guint64 before[N_COUNTERS + N_CODES] = { 0 };

  do
    {
      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (self->server);
      guint64 now[N_COUNTERS + N_CODES];

      read_numbers (stats, now);
      for (guint i = 0; i < G_N_ELEMENTS (now); i++)
        g_assert_cmpuint (now[i], >=, before[i]);
      g_assert_cmpuint (stats->connections_open, <=, N_CLIENTS);
      g_assert_cmpuint (stats->handshakes_pending, <=, 2 * N_CLIENTS);
      memcpy (before, now, sizeof before);
      g_usleep (1000);
    }
  while (!g_atomic_int_get (&self->ends));

  return NULL;
}

static void
begin_reading (Fixture *self)
{
  self->reader = g_thread_new ("reader", read_often, self);
}

static void
end_reading (Fixture *self)
{
  g_atomic_int_set (&self->ends, TRUE);
  g_thread_join (self->reader);
}

/* Returns the length of the frame without its mask. */
static guint
send_message (int   fd,
              guint length)
{
  guint8 frame[8 + 200] = { 0x82, 0x80 | length };
  guint header = 2;

  if (length > 125)
    {
      frame[1] = 0x80 | 126;
      frame[2] = (guint8) (length >> 8);
      frame[3] = (guint8) length;
      header = 4;
    }
  g_assert_cmpint (write (fd, frame, header + 4 + length), ==, header + 4 + length);
  return header + length;
}

static void
skip (int   fd,
      gsize length)
{
  guint8 bytes[4096];

  while (length > 0)
    {
      gssize n = read (fd, bytes, MIN (length, sizeof bytes));

      g_assert_cmpint (n, !=, 0);
      if (n < 0)
        g_main_context_iteration (NULL, FALSE);
      else
        length -= n;
    }
}

/* Each client sends messages of its own lengths, and pings; each gets its echoes and pongs. */
static void
test_traffic (gconstpointer n_threads)
{
  int fds[N_CLIENTS];
  guint64 n_messages = 0, n_frames = 0, n_bytes = 0;

  g_autoptr (Fixture) fixture = fixture_new (n_threads);
  begin_listening (fixture);
  begin_reading (fixture);
  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = knock_join (fixture->port);
  run_until_atomic (&fixture->n_opened, N_CLIENTS);

  for (guint round = 0; round < N_ROUNDS; round++)
    for (guint i = 0; i < N_CLIENTS; i++)
      {
        guint n = i % 3 + 1, length = 0;

        for (guint j = 0; j < n; j++)
          length += send_message (fds[i], (round * 7 + i + j) % 200);
        n_messages += n;
        n_frames += n;
        if (round % 10 == i % 10)
          {
            wire_write (fds[i], "89 80 00 00 00 00");
            length += 2;
            n_frames++;
          }
        n_bytes += length;
        skip (fds[i], length);
      }

  run_until_number (fixture, NUMBER (messages_received), n_messages);
  run_until_number (fixture, NUMBER (messages_sent), n_messages);
  run_until_number (fixture, NUMBER (bytes_received), n_bytes + 4 * n_frames);
  run_until_number (fixture, NUMBER (bytes_sent), n_bytes);
  run_until_number (fixture, NUMBER (send_queue_bytes), 0);
  run_until_number (fixture, NUMBER (connections_open), N_CLIENTS);
  run_until_number (fixture, NUMBER (handshakes_pending), 0);
  run_until_number (fixture, NUMBER (connections_accepted), N_CLIENTS);

  /* Connections that have ended stay counted, also when the threads are gone. */
  for (guint i = 0; i < N_CLIENTS / 2; i++)
    close (fds[i]);
  run_until_number (fixture, NUMBER (connections_open), N_CLIENTS - N_CLIENTS / 2);
  for (guint i = N_CLIENTS / 2; i < N_CLIENTS; i++)
    send_message (fds[i], 1);
  for (guint i = N_CLIENTS / 2; i < N_CLIENTS; i++)
    skip (fds[i], 3);
  n_messages += N_CLIENTS - N_CLIENTS / 2;
  shut_down (fixture);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  g_assert_cmpuint (stats->connections_open, ==, 0);
  g_assert_cmpuint (stats->messages_received, ==, n_messages);
  g_assert_cmpuint (stats->messages_sent, ==, n_messages);
  g_assert_cmpuint (wsp_server_stats_get_closed (stats, 1001) +
                    wsp_server_stats_get_closed (stats, 1006), ==, N_CLIENTS);
  g_assert_cmpuint (wsp_server_stats_get_closed (stats, 1006), >=, N_CLIENTS / 2);
  end_reading (fixture);
  for (guint i = N_CLIENTS / 2; i < N_CLIENTS; i++)
    close (fds[i]);
}

/* In the thread of the connections the numbers are exact at once; here it is that of the server. */
static void
test_own_thread (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  begin_listening (fixture);

  int fd = knock_join (fixture->port);

  for (guint i = 0; i < 3; i++)
    {
      send_message (fd, 5);
      skip (fd, 7);

      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

      g_assert_cmpuint (stats->messages_received, ==, i + 1);
      g_assert_cmpuint (stats->messages_sent, ==, i + 1);
      g_assert_cmpuint (stats->bytes_received, ==, 11 * (i + 1));
      g_assert_cmpuint (stats->bytes_sent, ==, 7 * (i + 1));
    }
  close (fd);
}

/* A connection that is idle for long counts what it sends from outside, and what it receives with
 * its request. */
static void
test_after_idleness (void)
{
  g_autoptr (Fixture) fixture = fixture_new (NULL);

  begin_listening (fixture);

  int fd = knock_dial (fixture->port);
  gint64 end;

  knock_send (fd, KNOCK_REQUEST ("") FRAME);
  g_free (knock_read (fd, "\r\n\r\n"));
  skip (fd, 3);
  for (end = g_get_monotonic_time () + LONG_TIME; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);

  g_autoptr (WspConnection) connection =
    g_list_model_get_item (wsp_server_get_connections (fixture->server), 0);
  g_autoptr (WspMessage) message = wsp_message_new_text ("outside");

  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL),
                    ==, 1);
  skip (fd, 2 * 9);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);
  g_autoptr (WspConnectionStats) own = wsp_connection_dup_stats (connection);

  g_assert_cmpuint (stats->messages_received, ==, 1);
  g_assert_cmpuint (stats->messages_sent, ==, 3);
  g_assert_cmpuint (stats->bytes_received, ==, 7);
  g_assert_cmpuint (stats->bytes_sent, ==, 3 + 2 * 9);
  g_assert_cmpuint (own->bytes_received, ==, 7);
  close (fd);
}

static void
keep_connection (WspServer      *server,
                 WspConnection  *connection,
                 WspConnection **place)
{
  *place = g_object_ref (connection);
}

/* Messages that wait for the program are parsed long after their bytes were read and added. */
static void
test_parsed_later (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (WspConnection) connection = NULL;
  int fd = knock_dial (listen_on_free_port (server, "127.0.0.1"));
  guint n_messages = 0;

  limit_set (TIME_LIMIT, "messages that are parsed late");
  g_signal_connect (server, "connection", G_CALLBACK (keep_connection), &connection);
  knock_send (fd, KNOCK_REQUEST ("") FRAME FRAME FRAME);
  g_free (knock_read (fd, "\r\n\r\n"));
  for (gint64 end = g_get_monotonic_time () + LONG_TIME; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_signal_connect_swapped (connection, "message", G_CALLBACK (g_atomic_int_inc), &n_messages);
  wsp_connection_start_receiving (connection);
  run_until_count (&n_messages, 3);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (server);

  g_assert_cmpuint (stats->messages_received, ==, 3);
  close (fd);
  g_clear_object (&server);
  run_pending ();
  limit_clear ();
}

/* A broadcast in a dispatch is written without a turn of its receivers. */
static void
test_without_turns (void)
{
  enum { LENGTH = 10000, IN_ALL = 4 + LENGTH, N = 5 };
  static const guint8 zeros[LENGTH];
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, LENGTH);
  int fds[N];

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  fixture->for_all = message;
  begin_listening (fixture);
  for (guint i = 0; i < N; i++)
    fds[i] = knock_join (fixture->port);
  for (gint64 end = g_get_monotonic_time () + LONG_TIME; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);

  send_message (fds[0], 1);
  for (guint i = 0; i < N; i++)
    skip (fds[i], IN_ALL);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  g_assert_cmpuint (stats->messages_received, ==, 1);
  g_assert_cmpuint (stats->messages_sent, ==, N);
  g_assert_cmpuint (stats->bytes_sent, ==, N * IN_ALL);
  for (guint i = 0; i < N; i++)
    close (fds[i]);
}

static void
loop_in_message (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       data)
{
  const gint64 end = g_get_monotonic_time () + LONG_TIME;

  if (g_strcmp0 (wsp_message_get_text (message), "loop") == 0)
    while (g_get_monotonic_time () < end)
      g_main_context_iteration (NULL, FALSE);
}

static void
on_looping_connection (WspServer     *server,
                       WspConnection *connection,
                       gpointer       data)
{
  g_signal_connect (connection, "message", G_CALLBACK (loop_in_message), NULL);
}

/* A turn that waits in a main loop for longer than the numbers may be old goes on to count; so do
 * more connections than are added at a time. */
static void
test_many (void)
{
  enum { N_MANY = 600 };
  int fds[N_MANY];

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  g_signal_connect (fixture->server, "connection", G_CALLBACK (on_looping_connection), NULL);
  begin_listening (fixture);
  for (guint i = 0; i < N_MANY; i++)
    fds[i] = knock_join (fixture->port);
  run_until_number (fixture, NUMBER (connections_open), N_MANY);

  wire_write (fds[0], "81 84 00 00 00 00 6c 6f 6f 70 82 81 00 00 00 00 61");
  for (guint i = 1; i < N_MANY; i++)
    send_message (fds[i], 1);
  for (guint i = 1; i < N_MANY; i++)
    skip (fds[i], 3);
  skip (fds[0], 6 + 3);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  g_assert_cmpuint (stats->messages_received, ==, N_MANY + 1);
  g_assert_cmpuint (stats->messages_sent, ==, N_MANY + 1);
  g_assert_cmpuint (stats->bytes_received, ==, 7 * N_MANY + 10);
  g_assert_cmpuint (stats->bytes_sent, ==, 3 * N_MANY + 6);
  for (guint i = 0; i < N_MANY; i++)
    close (fds[i]);
  run_until_number (fixture, NUMBER (connections_open), 0);
}

typedef struct
{
  const char *name;
  const char *sent;             /* bytes that the client sends, in hex; NULL: a Close with the
                                 * code */
  guint       answered;         /* number of bytes of the server's Close that the client waits
                                 * for */
  const char *reply;            /* reply to the server's Close; NULL: the client drops the
                                 * connection */
  guint       code;
} EndRow;

static const EndRow end_rows[] = {
  { "1000", NULL, 4, NULL, 1000 },
  { "1001", NULL, 4, NULL, 1001 },
  { "1002", NULL, 4, NULL, 1002 },
  { "1003", NULL, 4, NULL, 1003 },
  { "1007", NULL, 4, NULL, 1007 },
  { "1008", NULL, 4, NULL, 1008 },
  { "1009", NULL, 4, NULL, 1009 },
  { "1010", NULL, 4, NULL, 1010 },
  { "1011", NULL, 4, NULL, 1011 },
  { "1012", NULL, 4, NULL, 1012 },
  { "1013", NULL, 4, NULL, 1013 },
  { "1014", NULL, 4, NULL, 1014 },
  { "3000", NULL, 4, NULL, 3000 },
  { "3999", NULL, 4, NULL, 3999 },
  { "4000", NULL, 4, NULL, 4000 },
  { "4999", NULL, 4, NULL, 4999 },
  { "close-without-code", "88 80 00 00 00 00", 2, NULL, 1005 },
  { "dropped", "", 0, NULL, 1006 },
  { "dropped-in-a-frame", "81 85 00 00", 0, NULL, 1006 },
  { "unmasked", "81 01 61", 4, NULL, 1002 },
  { "not-utf8", "81 81 00 00 00 00 ff", 4, NULL, 1007 },
  { "too-long", "82 ff 00 00 00 00 7f 00 00 00 00 00 00 00", 4, NULL, 1009 },
  { "by-the-server", "81 84 00 00 00 00 71 75 69 74", 4, "88 82 00 00 00 00 03 f0", 1008 },
  { "by-the-server-other-reply", "81 84 00 00 00 00 71 75 69 74", 4, "88 82 00 00 00 00 03 e8",
    1008 },
  { "by-the-server-no-reply", "81 84 00 00 00 00 71 75 69 74", 4, NULL, 1008 },
};

static void
end_one (Fixture      *self,
         const EndRow *row)
{
  int fd = knock_join (self->port);
  g_autofree char *close_frame =
    g_strdup_printf ("88 82 00 00 00 00 %02x %02x", row->code >> 8, row->code & 0xff);

  wire_write (fd, row->sent != NULL ? row->sent : close_frame);
  if (row->answered > 0)
    skip (fd, row->answered);
  if (row->reply != NULL)
    {
      wire_write (fd, row->reply);
      g_assert_true (wire_is_ended (fd));
    }
  close (fd);
}

/* Each row counts for its code alone. */
static void
test_ends (gconstpointer n_threads)
{
  guint64 expected[N_CODES] = { 0 };

  g_autoptr (Fixture) fixture = fixture_new (n_threads);
  begin_listening (fixture);
  begin_reading (fixture);
  for (guint row = 0; row < G_N_ELEMENTS (end_rows); row++)
    {
      guint found = 0;

      end_one (fixture, &end_rows[row]);
      run_until_atomic (&fixture->n_opened, row + 1);
      run_until_number (fixture, NUMBER (connections_open), 0);
      while (every_code[found] != (end_rows[row].code < 2000 ? end_rows[row].code
                                                             : end_rows[row].code / 1000 * 1000))
        found++;
      expected[found]++;

      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

      g_test_message ("%s", end_rows[row].name);
      for (guint i = 0; i < N_CODES; i++)
        {
          guint64 n = wsp_server_stats_get_closed (stats, every_code[i]);

          if (n != expected[i])
            g_test_message ("%u: %" G_GUINT64_FORMAT, every_code[i], n);
          g_assert_cmpuint (n, ==, expected[i]);
        }
    }

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  g_assert_cmpuint (wsp_server_stats_get_closed (stats, 3456), ==,
                    wsp_server_stats_get_closed (stats, 3000));
  for (guint code = 0; code < 70000; code++)
    if (code < 1000 || (code > 1015 && code < 3000) || code >= 5000)
      g_assert_cmpuint (wsp_server_stats_get_closed (stats, code), ==, 0);
  end_reading (fixture);
}

typedef struct
{
  const char *name;
  const char *first;            /* request of a client that stays; NULL: there is none */
  const char *request;          /* request of the client that is refused */
  gsize       number;
} RefusalRow;

static const RefusalRow refusal_rows[] = {
  { "max-connections", KNOCK_REQUEST (""), KNOCK_REQUEST (""),
    NUMBER (refused_by_max_connections) },
  { "max-connections-per-address", KNOCK_REQUEST (""), KNOCK_REQUEST (""),
    NUMBER (refused_by_max_connections_per_address) },
  { "max-pending-handshakes", "GET", "GET",
    NUMBER (refused_by_max_pending_handshakes) },
  { "handshake-timeout", NULL, "GET /", NUMBER (refused_by_handshake_timeout) },
  { "max-head-size", NULL, KNOCK_REQUEST (LONG_FIELD),
    NUMBER (refused_by_head_limits) },
  { "max-header-fields", NULL, KNOCK_REQUEST (""), NUMBER (refused_by_head_limits) },
  { NULL, NULL, "GET / HTTP/1.1\r\n\r\n", NO_NUMBER },          /* by no limit */
};

static void
set_limit (Fixture    *self,
           const char *name)
{
  if (name == NULL)
    return;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->server), name) != NULL)
    wire_set_number (self->server, name, 1);
  else if (g_str_equal (name, "max-head-size"))
    wsp_limits_set_max_head_size (self->limits, 256);
  else
    wire_set_number (self->limits, name, g_str_equal (name, "handshake-timeout") ? 20 : 1);
}

static void
refuse_one (const RefusalRow *row,
            guint             n_threads)
{
  int first = -1, second;

  g_autoptr (Fixture) fixture = fixture_new (GUINT_TO_POINTER (n_threads));
  set_limit (fixture, row->name);
  begin_listening (fixture);
  if (row->first != NULL)
    {
      first = knock_dial (fixture->port);
      knock_send (first, row->first);
      if (g_str_has_suffix (row->first, "\r\n\r\n"))
        g_free (knock_read (first, "\r\n\r\n"));
    }

  second = knock_dial (fixture->port);
  knock_send (second, row->request);
  if (g_strcmp0 (row->name, "max-pending-handshakes") != 0)
    g_free (knock_read (second, NULL));
  run_until_number (fixture, NUMBER (connections_accepted), row->first != NULL ? 2 : 1);
  if (row->number != NO_NUMBER)
    run_until_number (fixture, row->number, 1);
  close (second);
  close (first);
  run_until_number (fixture, NUMBER (handshakes_pending), 0);
  run_until_number (fixture, NUMBER (connections_open), 0);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  for (guint i = 1; i < 6; i++)
    g_assert_cmpuint (get_number (stats, counter_rows[i].number), ==,
                      counter_rows[i].number == row->number);
}

/* Not with more threads: each has its own part of max-pending-handshakes. */
static void
test_refusals (gconstpointer n_threads)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusal_rows); i++)
    {
      g_test_message ("%s", refusal_rows[i].name != NULL ? refusal_rows[i].name : "no limit");
      refuse_one (&refusal_rows[i], GPOINTER_TO_UINT (n_threads));
    }
}

/* An HTTP server asks before it takes clients: what is refused there counts, too. */
static void
test_refused_check (void)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  wsp_server_set_max_connections (fixture->server, 1);
  begin_listening (fixture);

  g_assert_true (wsp_headers_append (headers, "Host", "localhost", NULL));
  g_assert_true (wsp_headers_append (headers, "Upgrade", "websocket", NULL));
  g_assert_true (wsp_headers_append (headers, "Connection", "Upgrade", NULL));
  g_assert_true (wsp_headers_append (headers, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
                                     NULL));
  g_assert_true (wsp_headers_append (headers, "Sec-WebSocket-Version", "13", NULL));

  int fd = knock_join (fixture->port);
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_server ("GET", "/chat", "1.1", headers, &error);

  g_assert_no_error (error);
  g_assert_false (wsp_server_process_handshake (fixture->server, handshake, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_REJECTED);

  g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

  g_assert_cmpuint (stats->refused_by_max_connections, ==, 1);
  g_assert_cmpuint (stats->connections_accepted, ==, 1);
  close (fd);
}

/* Clients that have not sent their request, also those behind a proxy, and one that gets a page. */
static void
test_pending (gconstpointer n_threads)
{
  int silent, half;

  g_autoptr (Fixture) fixture = fixture_new (n_threads);
  begin_listening (fixture);
  silent = knock_dial (fixture->port);
  half = knock_dial (fixture->port);
  knock_send (half, "GET");
  run_until_number (fixture, NUMBER (handshakes_pending), 2);
  knock_send (half, " /chat HTTP/1.1\r\n" KNOCK_FIELDS "\r\n");
  g_free (knock_read (half, "\r\n\r\n"));
  run_until_number (fixture, NUMBER (connections_open), 1);
  run_until_number (fixture, NUMBER (handshakes_pending), 1);
  close (silent);
  run_until_number (fixture, NUMBER (handshakes_pending), 0);
  close (half);
  run_until_number (fixture, NUMBER (connections_open), 0);
}

static void
on_slow_connection (WspServer      *server,
                    WspConnection  *connection,
                    WspConnection **place)
{
  *place = g_object_ref (connection);
}

/* A client that does not read: its queue is the server's, until it reads, and what does not fit is
 * skipped. */
static void
test_slow (void)
{
  static const guint8 zeros[64 * 1024];
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, sizeof zeros);
  g_autoptr (WspConnection) connection = NULL;
  guint n_skipped = 0, n_taken = 0;

  g_autoptr (Fixture) fixture = fixture_new (NULL);
  wsp_limits_set_max_send_queue (fixture->limits, 256 * 1024);
  wsp_server_set_slow_policy (fixture->server, WSP_SLOW_POLICY_SKIP);
  g_signal_connect (fixture->server, "connection", G_CALLBACK (on_slow_connection), &connection);
  begin_listening (fixture);

  int fd = knock_join (fixture->port);

  for (guint i = 0; i < 1000 && n_skipped < 3; i++)
    {
      guint n = wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);

      n_taken += n;
      n_skipped += n == 0;
      run_pending ();
    }
  g_assert_cmpuint (n_skipped, ==, 3);
  run_until_number (fixture, NUMBER (send_queue_bytes),
                    wsp_connection_get_send_queue_bytes (connection));
  g_assert_cmpuint (wsp_connection_get_send_queue_bytes (connection), >=, 256 * 1024);
  run_until_number (fixture, NUMBER (messages_skipped), 3);
  run_until_number (fixture, NUMBER (messages_sent), n_taken);
  for (guint i = 0; i < n_taken; i++)
    skip (fd, 10 + sizeof zeros);
  run_until_number (fixture, NUMBER (send_queue_bytes), 0);
  run_until_number (fixture, NUMBER (bytes_sent), n_taken * (10 + sizeof zeros));

  while (wsp_connection_get_send_queue_bytes (connection) < 100000)
    {
      wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
      run_pending ();
    }
  g_object_run_dispose (G_OBJECT (connection));         /* it leaves before its queue is empty */
  run_until_number (fixture, NUMBER (connections_open), 0);
  run_until_number (fixture, NUMBER (send_queue_bytes), 0);
  close (fd);
}

/* Threads that begin after others have ended go on with their numbers. */
static void
test_second_threads (void)
{
  g_autoptr (Fixture) fixture = fixture_new (GUINT_TO_POINTER (2));

  begin_reading (fixture);
  for (guint i = 0; i < 3; i++)
    {
      begin_listening (fixture);

      int fd = knock_join (fixture->port);

      send_message (fd, 3);
      skip (fd, 5);
      shut_down (fixture);
      close (fd);

      g_autoptr (WspServerStats) stats = wsp_server_dup_stats (fixture->server);

      g_assert_cmpuint (stats->messages_received, ==, i + 1);
      g_assert_cmpuint (stats->connections_accepted, ==, i + 1);
      g_assert_cmpuint (stats->connections_open, ==, 0);
      g_assert_true (wsp_server_start_workers (fixture->server, i + 1, NULL));
    }
  end_reading (fixture);
}

/* A member stays where it is, and a new one takes the place of a spare one. */
static void
test_layout (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (layout); i++)
    g_assert_cmpuint (layout[i], ==, i * sizeof (guint64));
  g_assert_cmpuint (NUMBER (spare) - NUMBER (closed), ==, N_CODES * sizeof (guint64));
  g_assert_cmpuint (sizeof (WspServerStats), ==, SIZE);
}

/* Also stats that the program has made: every byte, spare ones too. */
static void
test_copied (void)
{
  WspServerStats own;

  for (guint i = 0; i < sizeof own; i++)
    ((guint8 *) &own)[i] = i;

  g_autoptr (WspServerStats) copy = wsp_server_stats_copy (&own);
  g_autoptr (WspServerStats) boxed = g_boxed_copy (WSP_TYPE_SERVER_STATS, copy);

  g_assert_cmpmem (copy, sizeof *copy, &own, sizeof own);
  g_assert_cmpmem (boxed, sizeof *boxed, &own, sizeof own);
}

static void
add_with_threads (const char   *path,
                  GTestDataFunc func,
                  guint         max_threads)
{
  for (guint n_threads = 0; n_threads <= max_threads; n_threads += 1 + n_threads)
    {
      g_autofree char *name = g_strdup_printf ("/endpoint/server-stats/%s/%u-threads", path,
                                               n_threads);

      g_test_add_data_func (name, GUINT_TO_POINTER (n_threads), func);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/server-stats/members-stay-where-they-are", test_layout);
  g_test_add_func ("/endpoint/server-stats/copy-has-every-byte", test_copied);
  add_with_threads ("traffic-is-exact", test_traffic, 3);
  add_with_threads ("ends-count-by-code", test_ends, 3);
  add_with_threads ("refusals-count-by-limit", test_refusals, 1);
  add_with_threads ("pending-until-open-or-gone", test_pending, 3);
  g_test_add_func ("/endpoint/server-stats/exact-at-once-in-the-own-thread", test_own_thread);
  g_test_add_func ("/endpoint/server-stats/exact-after-idleness", test_after_idleness);
  g_test_add_func ("/endpoint/server-stats/exact-of-messages-that-are-parsed-later",
                   test_parsed_later);
  g_test_add_func ("/endpoint/server-stats/exact-without-turns", test_without_turns);
  g_test_add_func ("/endpoint/server-stats/exact-of-many-and-in-loops-of-handlers", test_many);
  g_test_add_func ("/endpoint/server-stats/refused-check-counts", test_refused_check);
  g_test_add_func ("/endpoint/server-stats/queued-and-skipped-of-a-slow-client", test_slow);
  g_test_add_func ("/endpoint/server-stats/later-threads-go-on-counting", test_second_threads);
  return g_test_run ();
}
