/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The timeouts and intervals of a connection.  The peer is a descriptor, the times are a few
 * milliseconds long. */
#include "connection/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connection/wsp-connection-private.h"
#include "lib/rows.h"

static void
set_times (WspConnection *connection,
           const char    *first_name,
           guint          first,
           const char    *second_name,
           guint          second)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, first_name, first, second_name, second, NULL);
  wsp_connection_set_limits (connection, limits);
}

static gboolean
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, set_true, &is_over);
  run_until (&is_over);
}

/* The main loop does not run. */
static void
block_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    g_thread_yield ();
}

/* Answers the ping that is read next, as a client. */
static void
answer_ping (int fd)
{
  g_autofree char *ping = wire_read (fd, 10);

  g_assert_true (g_str_has_prefix (ping, "89 08 "));

  g_autofree char *pong = g_strconcat ("8a 88 00 00 00 00 ", ping + strlen ("89 08 "), NULL);

  wire_write (fd, pong);
}

static gint64
get_rtt (WspConnection *connection)
{
  gint64 rtt;

  g_object_get (connection, "rtt-us", &rtt, NULL);
  return rtt;
}

static void
test_rtt (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "keepalive-interval", 5, "keepalive-timeout", 10000);
  wsp_connection_start_receiving (raw->connection);
  g_assert_cmpint (get_rtt (raw->connection), ==, -1);
  answer_ping (raw->fd);
  while (get_rtt (raw->connection) < 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (get_rtt (raw->connection), <, 10 * G_USEC_PER_SEC);
}

/* The pong was received in time, but the main loop did not run. */
static void
test_loop_blocked (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "keepalive-interval", 20, "keepalive-timeout", 20);
  wsp_connection_start_receiving (raw->connection);
  for (guint i = 0; i < 3; i++)
    {
      answer_ping (raw->fd);
      block_for (60);
    }
  answer_ping (raw->fd);
  g_assert_false (raw->watched->is_closed);
}

typedef struct
{
  int   fd;
  guint n_messages;
} Looper;

static gboolean
queue_one (gpointer connection)
{
  g_assert_true (wsp_connection_queue_text (connection, "x", NULL));
  return G_SOURCE_CONTINUE;
}

/* The handler of the first message runs the main loop: messages are sent, nothing is read. */
static void
loop_for_long (WspConnection *connection,
               WspMessage    *message,
               Looper        *looper)
{
  gboolean is_over = FALSE;
  guint sender;

  if (looper->n_messages++ > 0)
    return;

  sender = g_timeout_add (5, queue_one, connection);
  g_timeout_add (100, set_true, &is_over);
  wire_write (looper->fd, "82 81 00 00 00 00 61");
  run_until (&is_over);
  g_source_remove (sender);
}

/* Inside a handler nothing is read: the peer is not called dead for that. */
static void
test_loop_inside (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  Looper looper = { raw->fd, 0 };

  set_times (raw->connection, "keepalive-interval", 20, "keepalive-timeout", 20);
  g_signal_connect (raw->connection, "message", G_CALLBACK (loop_for_long), &looper);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "82 81 00 00 00 00 61");
  run_until_count (&looper.n_messages, 2);
  g_assert_false (raw->watched->is_closed);
}

/* A program that receives no messages receives no pongs either. */
static void
test_nothing_received (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "keepalive-interval", 5, "keepalive-timeout", 5);
  for (guint i = 0; i < 5; i++)         /* before the first call one is read ahead */
    wire_write (raw->fd, "82 81 00 00 00 00 61");
  run_for (60);
  g_assert_cmpstr (raw->watched->log->str, ==, "");
  wsp_connection_start_receiving (raw->connection);
  run_until_count (&raw->watched->n_messages, 5);
}

static void
test_close_info (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);

  set_times (raw->connection, "keepalive-interval", 10, "keepalive-timeout", 10);
  wsp_connection_start_receiving (raw->connection);
  run_until_closed (raw->watched);

  WspCloseInfo *info = wsp_connection_get_close_info (raw->connection);
  g_autofree char *sentence = wsp_close_info_to_string (info);

  g_assert_true (g_str_has_prefix (sentence, "Ended abnormally: Peer did not answer a ping within "
                                   "keepalive-timeout: "));
  g_assert_nonnull (strstr (sentence, ", limit 10; we sent no Close"));
  g_assert_nonnull (strstr (sentence, "; no data for 0.0 s, ping sent 0.0 s ago"));
  g_assert_cmpint (wsp_close_info_get_idle_time_us (info), >=, 20000);
}

/* Times count from when they are set; 0 means never. */
static void
test_changed_while_open (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "keepalive-interval", 5, "keepalive-timeout", 5);
  wire_limit (raw->connection, "keepalive-interval", 0);
  wsp_connection_start_receiving (raw->connection);
  run_for (30);
  g_assert_cmpstr (raw->watched->log->str, ==, "");

  wire_limit (raw->connection, "keepalive-interval", 5);
  run_until_closed (raw->watched);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (raw->connection)),
                  G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* A timer for the old time is set already. */
static void
test_shortened_while_open (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "keepalive-interval", 60000, "keepalive-timeout", 60000);
  wsp_connection_start_receiving (raw->connection);
  run_for (10);

  set_times (raw->connection, "keepalive-interval", 5, "keepalive-timeout", 5);
  run_until_closed (raw->watched);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (raw->connection)),
                  G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

#define LONG_TIME 60000
#define OTHERS "others"

static const struct
{
  const char *name;
  const char *property;         /* property of the limits, which two connections share */
  const char *before, *after;   /* bytes that the peer sends before the change and after it; NULL:
                                 * the connection sends; OTHERS: the change happens in a dispatch of
                                 * another connection */
  const char *expected;         /* result that follows from the new time */
} shared_times[] = {
  { "a-message-makes-keepalive-count", "keepalive-interval", "", "82 81 00 00 00 00 61", "89 08" },
  { "a-ping-does", "keepalive-interval", "", "89 80 00 00 00 00", "8a 00 89 08" },
  { "the-end-of-a-message-does", "keepalive-interval", "02 81 00 00 00 00 61",
    "80 81 00 00 00 00 61", "89 08" },
  { "a-message-that-is-sent-does", "keepalive-interval", "", NULL, "81 01 78 89 08" },
  { "a-message-that-is-sent-by-a-handler-does", "keepalive-interval", "", OTHERS,
    "81 01 78 89 08" },
  { "a-message-makes-the-idle-timeout-count", "idle-timeout", "", "82 81 00 00 00 00 61",
    "88 02 03 e9" },
};

static void
send_to (WspConnection *connection,
         WspMessage    *message,
         gpointer       other)
{
  g_assert_true (wsp_connection_queue_text (other, "x", NULL));
}

static void
cause_turn (guint          row,
            WspConnection *connection,
            const int     *fds)
{
  if (shared_times[row].after == NULL)
    g_assert_true (wsp_connection_queue_text (connection, "x", NULL));
  else if (strcmp (shared_times[row].after, OTHERS) == 0)
    wire_write (fds[1], "81 80 00 00 00 00");
  else
    wire_write (fds[0], shared_times[row].after);
}

/* A timer for the old time is set, and the turn after the change is a short one. */
static void
test_shared_times (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fds[2];
  g_autoptr (WspConnection) first = wire_raw (WSP_ROLE_SERVER, &fds[0]);
  g_autoptr (WspConnection) second = wire_raw (WSP_ROLE_SERVER, &fds[1]);
  g_autoptr (Watched) watched = watch (first);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "keepalive-interval", LONG_TIME, "idle-timeout", LONG_TIME, NULL);
  wsp_connection_set_limits (first, limits);
  wsp_connection_set_limits (second, limits);
  wsp_connection_set_message_func (second, send_to, first, NULL);
  wsp_connection_start_receiving (first);
  wsp_connection_start_receiving (second);
  wire_write (fds[0], shared_times[i].before);
  run_pending ();

  g_object_set (limits, shared_times[i].property, 5, NULL);
  cause_turn (i, first, fds);

  g_autofree char *bytes = wire_read (fds[0], (strlen (shared_times[i].expected) + 1) / 3);

  g_assert_cmpstr (bytes, ==, shared_times[i].expected);
  wsp_connection_abort (first);
  wsp_connection_abort (second);
  run_until_closed (watched);
  close (fds[0]);
  close (fds[1]);
}

/* The session takes other limits when the message ends; what only the connection times does not
 * wait for it. */
static void
test_set_inside_message (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "idle-timeout", LONG_TIME, "keepalive-interval", LONG_TIME);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "01 80 00 00 00 00");
  run_pending ();
  set_times (raw->connection, "idle-timeout", 5, "keepalive-interval", 0);
  g_free (wire_read (raw->fd, 4));
}

static void
test_idle (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "idle-timeout", 10, "keepalive-interval", 0);
  wsp_connection_start_receiving (raw->connection);

  g_autofree char *bytes = wire_read (raw->fd, 4);

  g_assert_cmpstr (bytes, ==, "88 02 03 e9");
  wire_write (raw->fd, "88 82 00 00 00 00 03 e9");
  run_until_closed (raw->watched);
  g_assert_cmpstr (raw->watched->log->str, ==, "closing-1001 closed");

  WspCloseInfo *info = wsp_connection_get_close_info (raw->connection);

  g_assert_false (wsp_close_info_was_started_by_peer (info));
}

/* While the peer's Close is waited for, only the time for closing counts. */
static void
test_idle_once (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  set_times (raw->connection, "idle-timeout", 5, "keepalive-interval", 0);
  wsp_connection_start_receiving (raw->connection);
  g_free (wire_read (raw->fd, 4));
  run_for (30);
  g_assert_cmpint (raw->connection->timer.deadline, >, g_get_monotonic_time () + G_USEC_PER_SEC);
}

static gboolean
is_closing (Watched *watched)
{
  return strstr (watched->log->str, "closing-1001") != NULL;
}

/* Nothing more is sent after the Close of a failure: the client half-closes, and reads on. */
static void
test_failed_client (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_CLIENT, &fd);
  g_autoptr (Watched) client = watch (connection);
  guint length;

  wsp_connection_start_receiving (connection);
  wire_write (fd, "c2 00");
  g_autofree char *begin = wire_read (fd, 2);

  g_assert_cmpint (sscanf (begin, "88 %x", &length), ==, 1);
  g_free (wire_read (fd, 4 + (length & 0x7f)));
  g_assert_true (wire_is_ended (fd));
  g_assert_false (client->is_closed);
  close (fd);
  run_until_closed (client);
}

/* Pings are no messages; a message in either direction is.  On a slow machine the end may be
 * between two of them: it is never too early. */
static void
test_idle_counts_messages (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  gint64 begin = g_get_monotonic_time ();
  gint64 last;

  set_times (raw->connection, "idle-timeout", 40, "keepalive-interval", 5);
  wsp_connection_start_receiving (raw->connection);
  run_for (30);
  last = is_closing (raw->watched) ? begin : g_get_monotonic_time ();
  wire_write (raw->fd, "82 81 00 00 00 00 61");
  run_for (20);
  if (!is_closing (raw->watched) && wsp_connection_queue_text (raw->connection, "x", NULL))
    last = g_get_monotonic_time ();

  while (!is_closing (raw->watched))
    {
      if (begin + 20 * G_USEC_PER_SEC < g_get_monotonic_time ())
        g_assert_not_reached ();
      wire_write (raw->fd, "8a 80 00 00 00 00");
      run_for (2);
    }
  g_assert_cmpint (g_get_monotonic_time () - last, >=, 40 * 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/time/keepalive/pongs-are-measured", test_rtt);
  g_test_add_func ("/connection/time/keepalive/input-is-read-before-the-timeout",
                   test_loop_blocked);
  g_test_add_func ("/connection/time/keepalive/no-timeout-while-a-handler-runs-a-loop",
                   test_loop_inside);
  g_test_add_func ("/connection/time/keepalive/no-timeout-while-nothing-is-received",
                   test_nothing_received);
  g_test_add_func ("/connection/time/keepalive/close-info-has-silence-and-ping",
                   test_close_info);
  g_test_add_func ("/connection/time/keepalive/can-be-changed-and-0-is-off",
                   test_changed_while_open);
  g_test_add_func ("/connection/time/keepalive/other-limits-count-at-once",
                   test_shortened_while_open);
  g_test_add_func ("/connection/time/idle/is-changed-inside-a-message", test_set_inside_message);
  ADD_ROWS ("/connection/time/shared", shared_times, test_shared_times);
  g_test_add_func ("/connection/time/draining/failed-client-half-closes", test_failed_client);
  g_test_add_func ("/connection/time/idle/closed-with-1001", test_idle);
  g_test_add_func ("/connection/time/idle/has-passed-once-the-close-was-sent", test_idle_once);
  g_test_add_func ("/connection/time/idle/only-messages-count", test_idle_counts_messages);

  return g_test_run ();
}
