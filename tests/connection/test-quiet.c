/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection that only reads and sends skips the end of its turns, or writes without a turn: what
 * must not be skipped. */
#include "connection/narrow-stream.h"
#include "connection/wire.h"

#include <string.h>
#include <unistd.h>

#include "connection/wsp-connection-private.h"

#define HOUR 3600000            /* milliseconds: the timer is set, and no turn is due to it */
#define LARGE 5000              /* its frame is prepared, and is written from its own memory */

static const WspRole roles[] = { WSP_ROLE_CLIENT, WSP_ROLE_SERVER };
static const char *const role_names[] = { "client", "server" };
static const char *const one_byte[] = { "82 01 61", "82 81 00 00 00 00 61" };

typedef struct
{
  guint n_flushed, n_writable;
} Counts;

static void
count_flushed (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_assert_true (wsp_connection_flush_finish (WSP_CONNECTION (source), result, NULL));
  ((Counts *) user_data)->n_flushed++;
}

static void
send_and_flush (WspConnection *connection,
                WspMessage    *message,
                Counts        *counts)
{
  g_assert_true (wsp_connection_queue_text (connection, "a", NULL));
  wsp_connection_flush_async (connection, NULL, count_flushed, counts);
}

static void
test_flush (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (roles[i], &fd);
  g_autoptr (Watched) watched = watch (connection);
  Counts counts = { 0, 0 };

  wire_limit (connection, "keepalive-interval", HOUR);
  g_signal_connect (connection, "message", G_CALLBACK (send_and_flush), &counts);
  wsp_connection_start_receiving (connection);
  run_pending ();
  wire_write (fd, one_byte[i]);
  run_until_count (&counts.n_flushed, 1);
  wsp_connection_abort (connection);
  run_until_closed (watched);
  close (fd);
}

static void
send_much (WspConnection *connection,
           WspMessage    *message,
           gpointer       user_data)
{
  static const guint8 zeros[2000];
  g_autoptr (WspMessage) much = wsp_message_new_binary (zeros, sizeof zeros);

  wsp_connection_send_message_async (connection, much, WSP_SEND_FLAGS_DEFAULT, NULL, NULL, NULL);
}

/* The queue counts as full, although the socket takes all of it at the end of the turn. */
static void
test_writable (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (roles[i], &fd);
  g_autoptr (Watched) watched = watch (connection);
  Counts counts = { 0, 0 };

  wire_limit (connection, "keepalive-interval", HOUR);
  wire_limit (connection, "send-low-water-mark", 100);
  wire_limit (connection, "send-high-water-mark", 1000);
  g_signal_connect (connection, "message", G_CALLBACK (send_much), NULL);
  g_signal_connect_swapped (connection, "writable", G_CALLBACK (g_atomic_int_inc),
                            &counts.n_writable);
  wsp_connection_start_receiving (connection);
  run_pending ();
  wire_write (fd, one_byte[i]);
  run_until_count (&counts.n_writable, 1);
  wsp_connection_abort (connection);
  run_until_closed (watched);
  close (fd);
}

/* A message that could be written without a turn waits until the stream has taken what is before
 * it. */
static void
test_blocked (void)
{
  static const guint8 zeros[LARGE];
  g_autoptr (NarrowStream) stream = narrow_stream_new (3);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, NULL, NULL);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (WspMessage) large = wsp_message_new_binary (zeros, sizeof zeros);

  wsp_connection_start_receiving (connection);
  run_pending ();
  g_assert_true (wsp_connection_queue_text (connection, "first", NULL));
  stream->is_shut = TRUE;
  g_assert_cmpuint (stream->written->len, <, 7);
  g_assert_true (wsp_connection_queue_message (connection, large, WSP_SEND_FLAGS_DEFAULT, NULL));
  run_pending ();
  stream->room = 2 * LARGE;
  stream->is_shut = FALSE;
  run_pending ();
  g_assert_cmpuint (stream->written->len, ==, 7 + 4 + LARGE);
  g_assert_cmpmem (stream->written->data, 9, "\x81\5first\x82\x7e", 9);
  wsp_connection_abort (connection);
  run_until_closed (server);
}

/* The answer to the peer's Close is all that waits: there is a limit for that, too. */
static void
test_blocked_close (void)
{
  static const guint8 frame[] = { 0x88, 0x82, 0, 0, 0, 0, 3, 0xe8 };
  g_autoptr (NarrowStream) stream = narrow_stream_new (3);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, NULL, NULL);
  g_autoptr (Watched) server = watch (connection);

  wire_limit (connection, "keepalive-interval", 0);
  wire_limit (connection, "close-timeout", 20);
  stream->is_shut = TRUE;
  wsp_connection_start_receiving (connection);
  g_byte_array_append (stream->unread, frame, sizeof frame);
  run_until_closed (server);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* The time until a message that waits is logged begins in the turn that has received it. */
static void
test_unread (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  gint64 since = 0;

  run_pending ();
  wire_write (raw->fd, one_byte[1]);
  while (since == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      since = wsp_input_peek_held (&raw->connection->input)->undecided_since;
    }
  g_assert_cmpint (raw->connection->timer.deadline, <=, since + 5 * G_USEC_PER_SEC);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autofree char *flush = g_strconcat ("/connection/quiet/handler-that-flushes/",
                                            role_names[i], NULL);
      g_autofree char *writable = g_strconcat ("/connection/quiet/handler-that-fills-the-queue/",
                                               role_names[i], NULL);

      g_test_add_data_func (flush, GUINT_TO_POINTER (i), test_flush);
      g_test_add_data_func (writable, GUINT_TO_POINTER (i), test_writable);
    }
  g_test_add_func ("/connection/quiet/blocked-output-keeps-its-order", test_blocked);
  g_test_add_func ("/connection/quiet/close-that-cannot-leave-is-timed", test_blocked_close);
  g_test_add_func ("/connection/quiet/message-that-waits-is-timed", test_unread);

  return g_test_run ();
}
