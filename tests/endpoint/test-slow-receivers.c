/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Broadcasts to a receiver that is slow: each policy with each cause, call, thread and transport.
 * The client reads nothing until the policy has had its effect. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "lib/limit.h"
#include "lib/listen.h"
#include "lib/log-watch.h"
#include "lib/turns.h"

#include <string.h>

#define TIME_LIMIT 120
#define LENGTH 100000
#define N_MESSAGES 400          /* 40 MB: more than max-send-queue and the buffers of the system */
#define N_FEWER 150             /* the same for a shorter queue, which takes less time */
#define SHORTER_QUEUE (4 * 1024 * 1024)
#define N_BELOW 100             /* more than the buffers, less than max-send-queue */
#define MAX_DELAY 50
#define LAST G_MAXUINT32

typedef enum { QUEUE_FULL, DELAY, DELAY_OF_OTHERS, N_CAUSES } Cause;
typedef enum { BROADCAST, MESSAGE_BROADCAST, N_CALLS } Call;
typedef enum { PLAIN, TLS, DEFLATED, N_FORMS } Form;

static const char *const policy_names[] = { "close", "skip" };
static const char *const cause_names[] = { "queue", "delay", "delay-of-other-messages" };
static const char *const call_names[] = { "broadcast", "message-broadcast" };
static const char *const form_names[] = { "plain", "tls", "deflated" };

typedef struct
{
  WspSlowPolicy  policy;
  Cause          cause;
  Call           call;
  Form           form;
  guint          n_threads;
  WspServer     *server;
  WspLimits     *limits;
  WspClient     *client;
  WspConnection *connection;    /* connection of the server */
  WspConnection *peer;          /* connection of the client */
  Watched       *watched;       /* receiver of peer; NULL: peer reads nothing yet */
  guint          n_opened, n_skipped, n_writable, n_closing, n_closed;  /* numbers of signals;
                                                                         * atomic */
  guint          n_sent, n_taken, close_code;
  guint          n_counted;     /* number of skipped messages in the statistics; atomic */
} Fixture;

static void
on_skipped (WspConnection *connection,
            Fixture       *self)
{
  g_assert_false (wsp_connection_is_writable (connection));
  g_atomic_int_inc (&self->n_skipped);
}

static void
keep_count (Fixture       *self,
            WspConnection *connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  g_atomic_int_set (&self->n_counted, (int) stats->messages_skipped);
}

/* Without a skipped message the queue may pass the high-water mark, too. */
static void
on_writable (WspConnection *connection,
             Fixture       *self)
{
  if (g_atomic_int_get (&self->n_skipped) == 0)
    return;

  keep_count (self, connection);
  g_atomic_int_inc (&self->n_writable);
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Fixture       *self)
{
  keep_count (self, connection);
  self->close_code = code;
  g_atomic_int_inc (&self->n_closing);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->connection = g_object_ref (connection);
  g_signal_connect (connection, "skipped", G_CALLBACK (on_skipped), self);
  g_signal_connect (connection, "writable", G_CALLBACK (on_writable), self);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_atomic_int_inc), &self->n_closed);
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_opened);
}

static void
open_peer (Fixture *self)
{
  guint16 port = listen_on_free_port (self->server, "127.0.0.1");
  g_autofree char *uri =
    g_strdup_printf ("%s://127.0.0.1:%u/", self->form == TLS ? "wss" : "ws", port);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_client_open_async (self->client, handshake, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  self->peer = wsp_client_open_finish (self->client, result, &error);
  g_assert_no_error (error);
  run_until_atomic (&self->n_opened, 1);
  while (g_list_model_get_n_items (wsp_server_get_connections (self->server)) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
fixture_init (Fixture *self)
{
  self->server = wsp_server_new ();
  self->client = wsp_client_new ();
  self->limits = wsp_limits_new ();
  wsp_limits_set_keepalive_interval (self->limits, 0);
  wsp_server_set_limits (self->server, self->limits);
  wsp_server_set_slow_policy (self->server, self->policy);
  if (self->cause != QUEUE_FULL)
    wsp_server_set_max_send_delay (self->server, MAX_DELAY);
  else if (self->form != PLAIN)
    wsp_limits_set_max_send_queue (self->limits, SHORTER_QUEUE);
  if (self->n_threads > 0)
    g_assert_true (wsp_server_start_workers (self->server, self->n_threads, NULL));
  if (self->form == TLS)
    {
      wsp_server_set_tls_certificate (self->server, authority_get_certificate (CERTIFICATE_GOOD));
      wsp_client_set_tls_database (self->client, authority_get_database ());
    }
  if (self->form == DEFLATED)
    {
      g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();

      wsp_server_set_deflate (self->server, deflate);
      wsp_client_set_deflate (self->client, deflate);
    }
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  open_peer (self);
}

static void
fixture_clear (Fixture *self)
{
  if (self->watched == NULL)
    self->watched = watch (self->peer);
  wsp_connection_abort (self->peer);
  run_until_closed (self->watched);
  run_until_atomic (&self->n_closed, 1);
  watched_free (self->watched);
  g_object_unref (self->peer);
  g_object_unref (self->server);        /* ends the threads */
  g_object_unref (self->connection);
  g_object_unref (self->client);
  g_object_unref (self->limits);
  run_pending ();
}

/* Random bytes stay as long when they are compressed. */
static WspMessage *
make_message (guint32 number)
{
  static guint8 bytes[LENGTH];

  if (bytes[LENGTH - 1] == 0)
    for (guint i = 0; i < LENGTH; i++)
      bytes[i] = (guint8) (1 + g_random_int_range (0, 255));
  memcpy (bytes, &number, sizeof number);
  return wsp_message_new_binary (bytes, LENGTH);
}

static void
send_numbered (Fixture *self,
               guint32  number)
{
  g_autoptr (WspMessage) message = make_message (number);

  self->n_sent++;
  self->n_taken += self->call == BROADCAST
                   ? wsp_server_broadcast (self->server, message, WSP_SEND_FLAGS_DEFAULT, NULL)
                   : wsp_message_broadcast (message, &self->connection, 1, WSP_SEND_FLAGS_DEFAULT);
}

/* Messages to the connection alone.  The broadcast comes after them. */
static void
send_directly (Fixture *self,
               guint32  number)
{
  g_autoptr (WspMessage) message = make_message (number);

  self->n_sent++;
  self->n_taken += self->n_threads > 0
                   ? wsp_connection_send_from_thread (self->connection, message, 0, NULL)
                   : wsp_connection_queue_message (self->connection, message, 0, NULL);
}

static void
count_taken (WspConnection *connection,
             gpointer       n_taken)
{
  g_atomic_int_inc ((guint *) n_taken);
}

/* Until the thread has taken the messages that were sent directly: a broadcast comes to it another
 * way, and may overtake them. */
static void
wait_for_thread (Fixture *self)
{
  guint n_taken = 0;

  if (self->n_threads == 0)
    return;

  wsp_connection_invoke (self->connection, count_taken, &n_taken, NULL);
  run_until_atomic (&n_taken, 1);
}

static gboolean
has_effect (Fixture *self)
{
  return g_atomic_int_get (&self->n_skipped) > 0 || g_atomic_int_get (&self->n_closing) > 0;
}

/* A thread that has no time may get several broadcasts at once, and find the first of them no older
 * than the last. */
static void
make_slow (Fixture *self)
{
  if (self->cause == QUEUE_FULL)
    {
      for (guint32 i = 0; i < (self->form == PLAIN ? N_MESSAGES : N_FEWER); i++)
        send_numbered (self, i);
      return;
    }

  for (guint32 i = 0; i < N_BELOW; i++)
    if (self->cause == DELAY)
      send_numbered (self, i);
    else
      send_directly (self, i);
  if (self->cause == DELAY_OF_OTHERS)
    wait_for_thread (self);
  for (guint32 i = N_BELOW; !has_effect (self) && i < N_MESSAGES; i++)
    {
      count_turns (2 * MAX_DELAY);
      send_numbered (self, i);
    }
}

static guint32
read_number (WspMessage *message)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (wsp_message_get_bytes (message), &length);
  guint32 number;

  g_assert_cmpuint (length, ==, LENGTH);
  memcpy (&number, bytes, sizeof number);
  return number;
}

static void
begin_reading (Fixture *self)
{
  self->watched = watch (self->peer);
  wsp_connection_start_receiving (self->peer);
}

/* A frame that had begun to leave arrives, and then the Close: nothing is missing before it. */
static void
check_closed (Fixture *self)
{
  GPtrArray *messages;
  WspCloseInfo *info;

  run_until_atomic (&self->n_closing, 1);
  g_assert_cmpuint (self->close_code, ==, WSP_CLOSE_CODE_TRY_AGAIN_LATER);
  begin_reading (self);
  run_until_closed (self->watched);
  info = wsp_connection_get_close_info (self->peer);
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, WSP_CLOSE_CODE_TRY_AGAIN_LATER);
  g_assert_cmpstr (wsp_close_info_get_peer_reason (info), ==, "Receiver is too slow");
  g_assert_true (wsp_close_info_is_clean (info));
  messages = self->watched->messages;
  if (self->n_threads == 0 || self->call == BROADCAST)  /* else the thread may not have begun */
    g_assert_cmpuint (messages->len, >, 0);
  g_assert_cmpuint (messages->len, <, N_BELOW); /* the queue was dropped */
  for (guint i = 0; i < messages->len; i++)
    g_assert_cmpuint (read_number (messages->pdata[i]), ==, i);
  g_assert_cmpuint (self->n_counted, ==, 0);
  g_assert_cmpuint (self->n_skipped, ==, 0);
}

/* Each message has come or is counted. */
static void
run_until_accounted (Fixture *self)
{
  while (self->watched->n_messages + (guint) g_atomic_int_get (&self->n_counted) < self->n_sent)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

/* The row has one signal, and all of its messages are counted.  In the middle of the row a message
 * may be taken, if the system has made room for more.  A thread that has no time may end a row
 * before it looks at the rest. */
static void
check_skipped (Fixture *self)
{
  GPtrArray *messages;

  run_until_atomic (&self->n_skipped, 1);
  begin_reading (self);
  run_until_atomic (&self->n_writable, 1);
  g_assert_cmpuint (self->n_counted, >, 0);
  run_until_accounted (self);
  send_numbered (self, LAST);
  run_until_accounted (self);
  messages = self->watched->messages;
  for (guint i = 1; i < messages->len; i++)
    g_assert_cmpuint (read_number (messages->pdata[i]), >, read_number (messages->pdata[i - 1]));
  g_assert_cmpuint (read_number (messages->pdata[messages->len - 1]), ==, LAST);
  if (self->n_threads > 0 && self->call == BROADCAST)
    g_assert_cmpuint (self->n_taken, ==, self->n_sent); /* passed on to the thread */
  if (self->n_threads == 0)
    {
      g_assert_cmpuint (self->n_taken, ==, messages->len);
      g_assert_cmpuint (self->n_skipped, ==, 1);
    }
  g_assert_cmpuint (self->n_closing, ==, 0);
}

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Fixture self = { .policy = row % 2, .cause = row / 2 % N_CAUSES };

  row /= 2 * N_CAUSES;
  self.call = row % N_CALLS;
  self.form = row / N_CALLS % N_FORMS;
  self.n_threads = row / N_CALLS / N_FORMS;
  limit_set (TIME_LIMIT, "a slow receiver");
  fixture_init (&self);
  make_slow (&self);
  if (self.policy == WSP_SLOW_POLICY_CLOSE)
    check_closed (&self);
  else
    check_skipped (&self);
  fixture_clear (&self);
  limit_clear ();
}

/* A policy is that of each receiver's server, and a broadcast to a list does not mix them up.  A
 * change counts for connections that open later. */
static void
test_each (void)
{
  Fixture closed = { .policy = WSP_SLOW_POLICY_CLOSE };
  Fixture skipped = { .policy = WSP_SLOW_POLICY_SKIP };

  limit_set (TIME_LIMIT, "two servers");
  fixture_init (&closed);
  fixture_init (&skipped);
  wsp_server_set_slow_policy (closed.server, WSP_SLOW_POLICY_SKIP);
  wsp_server_set_slow_policy (skipped.server, WSP_SLOW_POLICY_CLOSE);
  for (guint32 i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (WspMessage) message = make_message (i);
      WspConnection *receivers[] = { closed.connection, skipped.connection };

      wsp_message_broadcast (message, receivers, G_N_ELEMENTS (receivers), WSP_SEND_FLAGS_DEFAULT);
    }
  run_until_atomic (&closed.n_closing, 1);
  run_until_atomic (&skipped.n_skipped, 1);
  g_assert_cmpuint (closed.n_skipped, ==, 0);
  g_assert_cmpuint (skipped.n_closing, ==, 0);
  fixture_clear (&closed);
  fixture_clear (&skipped);
  limit_clear ();
}

/* The Close is not answered, or cannot leave: close-timeout is the end. */
static void
test_deaf (void)
{
  Fixture self = { .policy = WSP_SLOW_POLICY_CLOSE };
  const guint timeout = 300;
  gint64 begun;

  limit_set (TIME_LIMIT, "a peer that reads nothing");
  fixture_init (&self);
  wsp_limits_set_close_timeout (self.limits, timeout);
  run_pending ();
  make_slow (&self);
  begun = g_get_monotonic_time ();
  run_until_atomic (&self.n_closed, 1);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, timeout * 900);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 2 * timeout * 1000);

  WspCloseInfo *info = wsp_connection_get_close_info (self.connection);

  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, WSP_CLOSE_CODE_TRY_AGAIN_LATER);
  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  fixture_clear (&self);
  limit_clear ();
}

typedef struct
{
  WspConnection *connection;
  guint          n_sent;
} Sender;

static gpointer
send_all (gpointer data)
{
  Sender *self = data;

  for (guint32 i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (WspMessage) message = make_message (i);

      self->n_sent += wsp_connection_send_from_thread (self->connection, message, 0, NULL);
    }
  return NULL;
}

static gpointer
broadcast_last (gpointer data)
{
  Sender *self = data;
  g_autoptr (WspMessage) message = make_message (LAST);

  wsp_message_broadcast (message, &self->connection, 1, WSP_SEND_FLAGS_DEFAULT);
  return NULL;
}

/* Messages that are no broadcasts wait for room in the send queue, and fill the queue of messages
 * of other threads, too, or do not.  A broadcast behind them does not wait with them: the receiver
 * is slow. */
static void
test_thread (gconstpointer data)
{
  Fixture self = { .policy = GPOINTER_TO_UINT (data) % 2 };
  const gboolean fills_all = GPOINTER_TO_UINT (data) / 2;
  Sender sender = { 0 };

  limit_set (TIME_LIMIT, "broadcast behind messages that wait for room");
  fixture_init (&self);
  sender.connection = self.connection;
  for (guint i = 0; i < 2; i++)
    {
      g_thread_join (g_thread_new ("sender", send_all, &sender));
      run_pending ();
    }
  if (fills_all)
    g_thread_join (g_thread_new ("sender", send_all, &sender));
  run_pending ();
  g_assert_cmpuint (self.n_skipped + self.n_closing, ==, 0);
  g_thread_join (g_thread_new ("sender", broadcast_last, &sender));
  if (self.policy == WSP_SLOW_POLICY_CLOSE)
    {
      run_until_atomic (&self.n_closing, 1);
      g_assert_cmpuint (self.close_code, ==, WSP_CLOSE_CODE_TRY_AGAIN_LATER);
    }
  else
    {
      run_until_atomic (&self.n_skipped, 1);
      begin_reading (&self);
      run_until_atomic (&self.n_writable, 1);
      run_until_count (&self.watched->n_messages, sender.n_sent);
      g_assert_cmpuint (self.n_counted, ==, 1);
    }
  fixture_clear (&self);
  limit_clear ();
}

static void
fill_queue (WspConnection *connection,
            gpointer       data)
{
  static const guint8 zeros[LENGTH];
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 2048);

  g_assert_true (wsp_connection_queue_message (connection, message, 0, NULL));
}

static gpointer
send_then_broadcast (gpointer data)
{
  WspConnection *connection = data;
  g_autoptr (WspMessage) first = wsp_message_new_text ("first");
  g_autoptr (WspMessage) last = wsp_message_new_text ("last");

  g_assert_true (wsp_connection_send_from_thread (connection, first, 0, NULL));
  wsp_message_broadcast (last, &connection, 1, WSP_SEND_FLAGS_DEFAULT);
  return NULL;
}

/* The queue is full when the messages of a thread come, but not blocked: they keep their order. */
static void
test_order_of_thread (void)
{
  Fixture self = { .policy = WSP_SLOW_POLICY_SKIP };

  limit_set (TIME_LIMIT, "the order of one thread");
  fixture_init (&self);
  begin_reading (&self);
  wsp_limits_set_max_send_queue (self.limits, 1024);
  run_pending ();
  wsp_connection_invoke (self.connection, fill_queue, NULL, NULL);
  g_thread_join (g_thread_new ("sender", send_then_broadcast, self.connection));
  run_until_count (&self.watched->n_messages, 3);
  g_assert_cmpstr (wsp_message_get_text (self.watched->messages->pdata[1]), ==, "first");
  g_assert_cmpstr (wsp_message_get_text (self.watched->messages->pdata[2]), ==, "last");
  fixture_clear (&self);
  limit_clear ();
}

static void
abort_and_loop (WspConnection *connection,
                Fixture       *self)
{
  wsp_connection_abort (connection);
  run_until_atomic (&self->n_closed, 1);
}

/* `closed` is the last signal, also in a main loop inside a handler of `skipped`. */
static void
test_ended_in_skipped (void)
{
  Fixture self = { .policy = WSP_SLOW_POLICY_SKIP };

  limit_set (TIME_LIMIT, "a connection that ends in a handler of skipped");
  fixture_init (&self);
  g_signal_connect (self.connection, "skipped", G_CALLBACK (abort_and_loop), &self);
  make_slow (&self);
  run_until_atomic (&self.n_closed, 1);
  run_pending ();
  g_assert_cmpuint (self.n_skipped, ==, 1);
  g_assert_cmpuint (self.n_writable, ==, 0);
  fixture_clear (&self);
  limit_clear ();
}

static Fixture *logged;

static GLogWriterOutput
abort_in_log (GLogLevelFlags   level,
              const GLogField *fields,
              gsize            n_fields,
              gpointer         data)
{
  for (gsize i = 0; logged != NULL && i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && strstr (fields[i].value, "skip a receiver"))
      abort_and_loop (logged->connection, logged);

  return G_LOG_WRITER_HANDLED;
}

/* The line of the log is written before `skipped` is emitted. */
static void
test_ended_in_log (void)
{
  Fixture self = { .policy = WSP_SLOW_POLICY_SKIP };

  limit_set (TIME_LIMIT, "a connection that the log ends");
  fixture_init (&self);
  logged = &self;
  make_slow (&self);
  run_until_atomic (&self.n_closed, 1);
  logged = NULL;
  run_pending ();
  g_assert_cmpuint (self.n_skipped, ==, 0);
  fixture_clear (&self);
  limit_clear ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch (abort_in_log);
  for (guint i = 0; i < 2 * N_CAUSES * N_CALLS * N_FORMS * 2; i++)
    {
      guint rest = i / 2 / N_CAUSES;
      g_autofree char *path =
        g_strdup_printf ("/endpoint/slow-receivers/%s/%s/%s/%s%s", policy_names[i % 2],
                         cause_names[i / 2 % N_CAUSES], call_names[rest % N_CALLS],
                         form_names[rest / N_CALLS % N_FORMS],
                         rest / N_CALLS / N_FORMS > 0 ? "-with-threads" : "");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/endpoint/slow-receivers/each-server-has-its-policy", test_each);
  g_test_add_func ("/endpoint/slow-receivers/peer-that-reads-nothing-times-out", test_deaf);
  g_test_add_func ("/endpoint/slow-receivers/messages-of-one-thread-keep-their-order",
                   test_order_of_thread);
  g_test_add_func ("/endpoint/slow-receivers/ended-in-a-handler-of-skipped",
                   test_ended_in_skipped);
  g_test_add_func ("/endpoint/slow-receivers/ended-by-the-log", test_ended_in_log);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (policy_names); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/slow-receivers/broadcast-of-another-thread/%s%s",
                         policy_names[i % 2], i / 2 ? "-both-queues-full" : "");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_thread);
    }
  return g_test_run ();
}
