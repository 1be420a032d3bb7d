/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that other threads may make on a connection. */
#include "connection/wire.h"

#include <string.h>
#include <unistd.h>

#define N_THREADS 4
#define N_MESSAGES 250

typedef struct
{
  WspConnection *connection;
  guint          number;
  guint          n_refused;
} Sender;

static gpointer
send_numbers (gpointer data)
{
  Sender *self = data;

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u %u", self->number, i);
      g_autoptr (WspMessage) message = wsp_message_new_text (text);

      self->n_refused += !wsp_connection_send_from_thread (self->connection, message,
                                                           WSP_SEND_FLAGS_DEFAULT, NULL);
    }
  return NULL;
}

static void
check_order (GPtrArray *messages)
{
  guint next[N_THREADS] = { 0 };

  for (guint i = 0; i < messages->len; i++)
    {
      char *rest;
      guint64 number = g_ascii_strtoull (wsp_message_get_text (messages->pdata[i]), &rest, 10);

      g_assert_cmpuint (number, <, N_THREADS);
      g_assert_cmpuint (g_ascii_strtoull (rest, NULL, 10), ==, next[number]++);
    }
}

static void
test_order (void)
{
  WspConnection *connections[2];
  Sender senders[N_THREADS];
  GThread *threads[N_THREADS];

  wire_pair (&connections[0], &connections[1]);

  g_autoptr (Watched) client = watch (connections[0]);
  g_autoptr (Watched) server = watch (connections[1]);

  wsp_connection_start_receiving (connections[1]);
  for (guint i = 0; i < N_THREADS; i++)
    {
      senders[i] = (Sender) { connections[0], i, 0 };
      threads[i] = g_thread_new ("sender", send_numbers, &senders[i]);
    }
  run_until_count (&server->n_messages, N_THREADS * N_MESSAGES);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (senders[i].n_refused, ==, 0);
    }
  check_order (server->messages);
  wsp_connection_close_async (connections[0], WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  run_until_closed (client);
  run_until_closed (server);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

static gpointer
send_large (gpointer data)
{
  Sender *self = data;
  g_autofree guint8 *zeros = g_malloc0 (64 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 64 * 1024);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 256; i++)
    {
      self->n_refused += !wsp_connection_send_from_thread (self->connection, message,
                                                           WSP_SEND_FLAGS_DEFAULT, &error);
      g_assert_true (error == NULL ||
                     g_error_matches (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL));
      g_clear_error (&error);
    }
  return NULL;
}

/* A peer that reads nothing: the queue and the mailbox each fill up to the limit.  Once it reads,
 * all accepted messages arrive. */
static void
test_bounded (void)
{
  WspConnection *connections[2];
  Sender sender;

  wire_pair (&connections[0], &connections[1]);

  g_autoptr (Watched) client = watch (connections[0]);
  g_autoptr (Watched) server = watch (connections[1]);

  sender = (Sender) { connections[0], 0, 0 };
  wire_limit (connections[0], "max-send-queue", 1024 * 1024);

  GThread *thread = g_thread_new ("sender", send_large, &sender);

  g_thread_join (thread);
  g_assert_cmpuint (sender.n_refused, ==, 256 - 16);
  run_pending ();
  thread = g_thread_new ("sender", send_large, &sender);
  g_thread_join (thread);
  run_pending ();
  g_assert_cmpuint (sender.n_refused, <, 2 * (256 - 16) + 1);

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connections[0]);

  g_assert_cmpuint (stats->send_queue_bytes, <, 1024 * 1024 + 64 * 1024);
  wsp_connection_start_receiving (connections[1]);
  run_until_count (&server->n_messages, 512 - sender.n_refused);
  wsp_connection_close_async (connections[0], WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  run_until_closed (client);
  run_until_closed (server);
  g_assert_cmpuint (server->n_messages, ==, 512 - sender.n_refused);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

/* After a message that is written in pieces, even where no other work is left for a turn. */
static void
test_waits_for_stream (gconstpointer is_started)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspMessage) message = wsp_message_new_text ("b");

  if (is_started != NULL)
    wsp_connection_start_receiving (raw->connection);
  run_pending ();

  GOutputStream *stream = wsp_connection_begin_message (raw->connection, WSP_MESSAGE_TYPE_TEXT,
                                                        WSP_SEND_FLAGS_DEFAULT, NULL);

  g_assert_cmpint (g_output_stream_write (stream, "a", 1, NULL, NULL), ==, 1);
  g_assert_true (wsp_connection_send_from_thread (raw->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                  NULL));
  run_pending ();
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_object_unref (stream);

  g_autofree char *bytes = wire_read (raw->fd, 8);

  g_assert_cmpstr (bytes, ==, "01 01 61 80 00 81 01 62");
}

static void
test_refused (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspMessage) good = wsp_message_new_text ("good");
  g_autoptr (WspMessage) bad = wsp_message_new_text ("\xff");

  g_assert_false (wsp_connection_send_from_thread (raw->connection, bad, WSP_SEND_FLAGS_DEFAULT,
                                                   &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&raw->error);
  g_assert_true (wsp_connection_send_from_thread (raw->connection, good, WSP_SEND_FLAGS_DEFAULT,
                                                  &raw->error));
  wsp_connection_abort (raw->connection);
  run_until_closed (raw->watched);
  g_assert_false (wsp_connection_send_from_thread (raw->connection, good, WSP_SEND_FLAGS_DEFAULT,
                                                   &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_CLOSED);
}

static gpointer
queue_in_thread (gpointer data)
{
  g_assert_false (wsp_connection_queue_text (data, "x", NULL));
  return NULL;
}

static void
test_wrong_thread (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  GMainContext *context = g_main_context_default ();

  g_assert_true (g_main_context_acquire (context));
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_connection_may_be_called*failed*");
  g_thread_join (g_thread_new ("other", queue_in_thread, raw->connection));
  g_test_assert_expected_messages ();
  g_main_context_release (context);
}

typedef struct
{
  GOutputStream *out;
  GInputStream  *in;
} Streams;

static gpointer
use_streams_in_thread (gpointer data)
{
  Streams *streams = data;
  char buffer[4];
  GError *errors[4] = { NULL };

  g_assert_cmpint (g_output_stream_write (streams->out, "x", 1, NULL, &errors[0]), ==, -1);
  g_assert_cmpint (g_input_stream_read (streams->in, buffer, 4, NULL, &errors[1]), ==, -1);
  G_OUTPUT_STREAM_GET_CLASS (streams->out)->write_async (streams->out, "x", 1, 0, NULL, NULL, NULL);
  G_INPUT_STREAM_GET_CLASS (streams->in)->read_async (streams->in, buffer, 4, 0, NULL, NULL, NULL);
  G_OUTPUT_STREAM_GET_CLASS (streams->out)->close_async (streams->out, 0, NULL, NULL, NULL);
  G_INPUT_STREAM_GET_CLASS (streams->in)->close_async (streams->in, 0, NULL, NULL, NULL);
  g_assert_false (G_OUTPUT_STREAM_GET_CLASS (streams->out)->close_fn (streams->out, NULL,
                                                                      &errors[2]));
  g_assert_false (G_INPUT_STREAM_GET_CLASS (streams->in)->close_fn (streams->in, NULL, &errors[3]));
  wsp_message_stream_get_message_type (WSP_MESSAGE_STREAM (streams->in));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
      g_error_free (errors[i]);
    }
  return NULL;
}

/* Calls of the thread have changed nothing: both streams go on. */
static void
test_streams_in_wrong_thread (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  g_autoptr (GAsyncResult) result = NULL;
  Streams streams;
  char buffer[4];

  wire_write (raw->fd, "01 02 48 69");
  wsp_connection_receive_stream_async (raw->connection, NULL, keep_result, &result);
  run_until_result (&result);
  streams.in = G_INPUT_STREAM (wsp_connection_receive_stream_finish (raw->connection, result,
                                                                     &raw->error));
  streams.out = wsp_connection_begin_message (raw->connection, WSP_MESSAGE_TYPE_BINARY,
                                              WSP_SEND_FLAGS_DEFAULT, &raw->error);
  g_assert_no_error (raw->error);

  for (guint i = 0; i < 8; i++)
    g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*in another thread*");
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "*wsp_reactor_is_in_thread*failed*");
  g_thread_join (g_thread_new ("other", use_streams_in_thread, &streams));
  g_test_assert_expected_messages ();

  g_assert_cmpint (g_input_stream_read (streams.in, buffer, 4, NULL, &raw->error), ==, 2);
  g_assert_cmpmem (buffer, 2, "Hi", 2);
  g_assert_true (g_output_stream_close (streams.out, NULL, &raw->error));
  g_assert_no_error (raw->error);
  g_clear_object (&streams.in);
  g_clear_object (&streams.out);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/threads/send-from-thread/each-keeps-its-order", test_order);
  g_test_add_func ("/connection/threads/send-from-thread/bounded-and-nothing-lost", test_bounded);
  g_test_add_data_func ("/connection/threads/send-from-thread/after-a-stream", NULL,
                        test_waits_for_stream);
  g_test_add_data_func ("/connection/threads/send-from-thread/after-a-stream-in-a-quiet-connection",
                        GINT_TO_POINTER (TRUE), test_waits_for_stream);
  g_test_add_func ("/connection/threads/send-from-thread/invalid-messages-refused", test_refused);
  g_test_add_func ("/connection/threads/other-calls/critical-without-effect",
                   test_wrong_thread);
  g_test_add_func ("/connection/threads/other-calls/streams-critical-without-effect",
                   test_streams_in_wrong_thread);

  return g_test_run ();
}
