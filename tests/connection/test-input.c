/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Input at the moments when the program changes how it takes a message. */
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <sys/socket.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "
#define LONG (1024 * 1024)

/* A frame of zeros. */
static void
write_frame (int    fd,
             guint8 first,
             gsize  length)
{
  g_autofree guint8 *frame = g_malloc0 (8 + length);

  frame[0] = first;
  frame[1] = 0x80 | 126;
  frame[2] = length >> 8;
  frame[3] = length & 0xff;
  g_assert_cmpint (write (fd, frame, 8 + length), ==, 8 + length);
  run_pending ();
}

static void
close_and_request_next (GObject      *source,
                        GAsyncResult *result,
                        gpointer      place)
{
  WspConnection *connection = WSP_CONNECTION (source);
  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (connection, result, NULL);

  g_assert_true (g_input_stream_close (G_INPUT_STREAM (stream), NULL, NULL));
  wsp_connection_receive_stream_async (connection, NULL, keep_result, place);
}

/* A stream is closed before the rest of its message is received: the next stream is that of the
 * next message. */
static void
test_next_stream (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GAsyncResult) result = NULL;
  char text[16];

  wire_write (fd, "01 83 " NO_MASK "61 62 63");
  run_pending ();
  wsp_connection_receive_stream_async (connection, NULL, close_and_request_next, &result);
  run_pending ();
  g_assert_null (result);
  wire_write (fd, "80 83 " NO_MASK "64 65 66");
  run_pending ();
  g_assert_null (result);
  wire_write (fd, "81 82 " NO_MASK "67 68");
  run_pending ();
  g_assert_nonnull (result);

  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (connection, result, NULL);

  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (stream), text, sizeof text, NULL, NULL),
                   ==, 2);
  g_assert_cmpmem (text, 2, "gh", 2);
  wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

static gboolean
stop (gpointer connection)
{
  wsp_connection_stop_receiving (connection);
  return G_SOURCE_REMOVE;
}

static void
run_loop_that_stops (gpointer connection)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, stop, connection, NULL);
  run_pending ();
}

/* A main loop inside a tap stops the messages after a piece was read for which there is no room any
 * more: the piece is kept. */
static void
test_stop_in_a_tap (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (TestPlaceTap) tap =
    test_place_tap_new (AT_BYTES_RECEIVED, run_loop_that_stops, connection);
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_start_receiving (connection);
  write_frame (fd, 0x02, 40000);
  write_frame (fd, 0x00, 40000);
  wsp_connection_add_tap (connection, WSP_TAP (tap));
  write_frame (fd, 0x80, 40000);
  g_assert_true (tap->was_reached);
  wsp_connection_receive_async (connection, NULL, keep_result, &result);
  run_pending ();
  g_assert_nonnull (result);

  g_autoptr (WspMessage) message = wsp_connection_receive_finish (connection, result, NULL);

  g_assert_cmpuint (wsp_message_get_size (message), ==, 120000);
  wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

/* The connection has more to send than the socket takes. */
static void
fill_output (WspConnection *connection)
{
  g_autofree guint8 *zeros = g_malloc0 (LONG);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, LONG);

  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
  run_pending ();
}

static void
read_zeros (int   fd,
            gsize length)
{
  guint8 bytes[4096];

  while (length > 0)
    {
      gssize n = read (fd, bytes, MIN (length, sizeof bytes));

      if (n > 0)
        length -= n;
      else
        g_main_context_iteration (NULL, FALSE);
    }
}

/* A server takes no requests from a peer that takes no responses. */
static void
test_held_back (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "send-low-water-mark", (guint64) 0,
                                               "send-high-water-mark", (guint64) 1, NULL);

  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  run_pending ();
  fill_output (raw->connection);
  wire_write (raw->fd, "81 81 " NO_MASK "61");
  run_pending ();
  g_assert_cmpuint (raw->watched->n_messages, ==, 0);
  read_zeros (raw->fd, 10 + LONG);
  run_until_count (&raw->watched->n_messages, 1);
}

static guint64
get_bytes_received (WspConnection *connection)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (connection);

  return stats->bytes_received;
}

/* Bytes and the end come after the peer's Close before the answer to it could leave: they are not
 * read, and the answer and what is in front of it are sent. */
static void
test_after_close (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = g_object_new (WSP_TYPE_LIMITS, "send-high-water-mark", G_MAXUINT64,
                                               NULL);
  g_autofree char *answer = NULL;

  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  run_pending ();
  fill_output (raw->connection);
  wire_write (raw->fd, "88 82 " NO_MASK "03 e8");
  run_pending ();
  wire_write (raw->fd, "81 81 " NO_MASK "61");
  run_pending ();
  g_assert_cmpuint (get_bytes_received (raw->connection), ==, 8);
  g_assert_cmpint (shutdown (raw->fd, SHUT_WR), ==, 0);
  run_pending ();
  read_zeros (raw->fd, 10 + LONG);
  answer = wire_read (raw->fd, 4);
  g_assert_cmpstr (answer, ==, "88 02 03 e8");
  run_until_closed (raw->watched);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (raw->connection)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/input/next-stream-is-of-the-next-message", test_next_stream);
  g_test_add_func ("/connection/input/stop-inside-a-tap-loses-nothing", test_stop_in_a_tap);
  g_test_add_func ("/connection/input/server-waits-for-a-peer-that-takes-nothing", test_held_back);
  g_test_add_func ("/connection/input/bytes-after-the-close-are-not-read", test_after_close);
  return g_test_run ();
}
