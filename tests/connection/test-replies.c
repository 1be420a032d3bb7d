/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Replies that wait for the next iteration of the main context, after the delivery of a message.  A
 * row is a script of one letter for each step:
 *
 *   h        hold_replies ()
 *   m        the peer sends a message, and the context is iterated until it is delivered
 *   y        the same with two messages; the handler of the first one stops receiving
 *   r  d     start receiving; iterate the context until all messages are delivered
 *   k        begin a message in parts, and write a part
 *   i        one iteration of the context, which does not wait
 *   s  b     send a short message; send one of 70 000 bytes
 *   q        send one of 60 000 bytes
 *   w        write_replies ()
 *   t        add a tap
 *   u        drop the reference; the connection keeps itself alive
 *   c  f  a  close; flush, and run the loop until the result; abort
 *   0 to 4   the peer has got so many more frames */
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <sys/socket.h>
#include <unistd.h>

static const struct
{
  const char *name, *steps;
} rows[] = {
  { "wait-for-the-next-iteration", "hmss0i2" },
  { "again-after-each-message", "hms0i1ms0i1" },
  { "leave-at-once-without-the-call", "ms1s1" },
  { "leave-at-once-before-a-message", "hs1" },
  { "leave-at-once-in-a-later-iteration", "hmis1" },
  { "leave-at-once-after-those-that-waited", "hms0i1s1" },
  { "leave-at-once-after-the-end", "hmws1" },
  { "leave-at-once-with-more-ends", "wwhwwms1" },
  { "held-by-two", "hhms0w1ms0w1ms1" },
  { "leave-at-once-with-a-tap", "htms1" },
  { "leave-at-once-from-64-KiB-on", "hmb1" },
  { "leave-at-once-with-those-that-waited", "hmsb2" },
  { "leave-at-once-when-the-sum-is-64-KiB", "hmq0q2" },
  { "written-by-the-end", "hmss0w2i0" },
  { "written-before-the-next-message", "hms0m1s0i1" },
  { "tap-is-added", "hms0ti1" },
  { "reference-is-dropped", "hms0ui1" },
  { "reference-is-dropped-and-written-by-the-end", "hms0uw1" },
  { "before-a-close", "hmsc0i2" },
  { "before-a-close-written-by-the-end", "hmsc0w2" },
  { "before-a-flush", "hms0f1" },
  { "a-turn-for-messages-that-wait-follows", "hysr0i1d" },
  { "a-turn-for-messages-that-wait-follows-the-end", "hysr0w1d" },
  { "a-turn-for-a-part-follows", "hmsk0ii2" },
  { "abort", "hmsa" },
  { "abort-and-written-by-the-end", "hmsaw" },
};

typedef struct
{
  WspConnection *connection;
  int            fd;
  guint          n_messages, n_delivered;
  gboolean       must_stop;     /* the next message stops receiving */
  GOutputStream *part;          /* message in parts; NULL: none was begun */
  GByteArray    *received;      /* bytes that the peer has got, and not counted */
} Pair;

static void
count_message (WspConnection *connection,
               WspMessage    *message,
               gpointer       user_data)
{
  Pair *pair = user_data;

  pair->n_delivered++;
  if (pair->must_stop)
    wsp_connection_stop_receiving (connection);
  pair->must_stop = FALSE;
}

static void
send_zeros (Pair *pair,
            gsize length)
{
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (GError) error = NULL;

  wsp_connection_queue_binary (pair->connection, zeros, length, &error);
  g_assert_no_error (error);
}

static gsize
get_frame_length (const GByteArray *bytes)
{
  if (bytes->len < 4)
    return 4;
  if (bytes->data[1] < 126)
    return 2 + bytes->data[1];
  if (bytes->data[1] == 126)
    return 4 + (gsize) (bytes->data[2] << 8 | bytes->data[3]);

  if (bytes->len < 10)
    return 10;

  return 10 + (gsize) (bytes->data[7] << 16 | bytes->data[8] << 8 | bytes->data[9]);
}

/* Each frame has at least four bytes, and is written as a whole before the peer looks. */
static guint
count_frames (Pair *pair)
{
  guint8 buffer[4096];
  gssize n;
  guint n_frames = 0;

  while ((n = recv (pair->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (pair->received, buffer, (guint) n);
  while (pair->received->len >= get_frame_length (pair->received))
    {
      g_byte_array_remove_range (pair->received, 0, (guint) get_frame_length (pair->received));
      n_frames++;
    }
  g_assert_cmpuint (pair->received->len, ==, 0);
  return n_frames;
}

static void
flush (Pair *pair)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wsp_connection_flush_async (pair->connection, NULL, keep_result, &result);
  run_until_result (&result);
  wsp_connection_flush_finish (pair->connection, result, &error);
  g_assert_no_error (error);
}

static void
do_nothing (gpointer data)
{
}

static void
replies_take_step (Pair *pair,
                   char  step)
{
  g_autoptr (TestPlaceTap) tap = NULL;

  switch (step)
    {
    case 'h':
      wsp_connection_hold_replies ();
      break;
    case 'm':
      wire_write (pair->fd, "81 80 00 00 00 00");
      pair->n_messages++;
      run_until_count (&pair->n_delivered, pair->n_messages);
      break;
    case 'y':
      wire_write (pair->fd, "81 80 00 00 00 00 81 80 00 00 00 00");
      pair->n_messages += 2;
      pair->must_stop = TRUE;
      run_until_count (&pair->n_delivered, pair->n_messages - 1);
      break;
    case 'r':
      wsp_connection_start_receiving (pair->connection);
      break;
    case 'd':
      run_until_count (&pair->n_delivered, pair->n_messages);
      break;
    case 'k':
      pair->part = wsp_connection_begin_message (pair->connection, WSP_MESSAGE_TYPE_BINARY,
                                                 WSP_SEND_FLAGS_DEFAULT, NULL);
      g_output_stream_write (pair->part, "kk", 2, NULL, NULL);
      break;
    case 'i':
      g_main_context_iteration (NULL, FALSE);
      break;
    case 's':
      send_zeros (pair, 2);
      break;
    case 'b':
      send_zeros (pair, 70000);
      break;
    case 'q':
      send_zeros (pair, 60000);
      break;
    case 'w':
      wsp_connection_write_replies ();
      break;
    case 't':
      tap = test_place_tap_new (AT_STATE_CLOSED, do_nothing, NULL);
      wsp_connection_add_tap (pair->connection, WSP_TAP (tap));
      break;
    case 'u':
      g_clear_object (&pair->connection);
      break;
    case 'c':
      wsp_connection_close_async (pair->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
      break;
    case 'f':
      flush (pair);
      break;
    case 'a':
      wsp_connection_abort (pair->connection);
      break;
    default:
      g_assert_cmpuint (count_frames (pair), ==, (guint) (step - '0'));
    }
}

static void
pair_open (Pair *pair)
{
  *pair = (Pair) { .received = g_byte_array_new () };
  pair->connection = wire_raw (WSP_ROLE_SERVER, &pair->fd);
  wsp_connection_set_message_func (pair->connection, count_message, pair, NULL);
  wsp_connection_start_receiving (pair->connection);
}

static void
pair_clear (Pair *pair)
{
  close (pair->fd);
  g_clear_object (&pair->part);
  g_clear_object (&pair->connection);
  g_byte_array_unref (pair->received);
}

static void
test_row (gconstpointer data)
{
  Pair pair;

  pair_open (&pair);
  run_pending ();
  for (const char *step = rows[GPOINTER_TO_UINT (data)].steps; *step != '\0'; step++)
    replies_take_step (&pair, *step);
  wsp_connection_write_replies ();
  pair_clear (&pair);
  run_pending ();
}

/* A reply that is held when the context ends is lost with the connection. */
static void
test_context_ends (void)
{
  GMainContext *context = g_main_context_new ();
  Pair pair;

  g_main_context_push_thread_default (context);
  pair_open (&pair);
  wsp_connection_hold_replies ();
  wire_write (pair.fd, "81 80 00 00 00 00");
  while (pair.n_delivered == 0)
    g_main_context_iteration (context, TRUE);
  send_zeros (&pair, 2);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_assert_cmpuint (count_frames (&pair), ==, 0);
  pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/replies/%s", rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/connection/replies/context-ends", test_context_ends);

  return g_test_run ();
}
