/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"

#include <unistd.h>

#define NUMBER(member) G_STRUCT_OFFSET (WspConnectionStats, member)
#define SIZE 248                /* for ever: a script allocates as much as its typelib says */
#define HELLO "81 85 37 fa 21 3d 7f 9f 4d 51 58"

static const gsize layout[] = {
  NUMBER (messages_received), NUMBER (messages_sent), NUMBER (messages_skipped),
  NUMBER (payload_bytes_received), NUMBER (payload_bytes_sent), NUMBER (bytes_received),
  NUMBER (bytes_sent), NUMBER (pings_sent), NUMBER (pongs_received), NUMBER (send_queue_bytes),
  NUMBER (send_queue_peak), NUMBER (receive_buffer_bytes), NUMBER (compression_memory),
  NUMBER (age_us), NUMBER (idle_time_us), NUMBER (spare)
};

/* A member stays where it is, and a new one takes the place of a spare one. */
static void
test_layout (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (layout); i++)
    g_assert_cmpuint (layout[i], ==, i * sizeof (guint64));
  g_assert_cmpuint (sizeof (WspConnectionStats), ==, SIZE);
}

/* Also stats that the program has made: every byte, spare ones too. */
static void
test_copied (void)
{
  WspConnectionStats own;

  for (guint i = 0; i < sizeof own; i++)
    ((guint8 *) &own)[i] = i;

  g_autoptr (WspConnectionStats) copy = wsp_connection_stats_copy (&own);
  g_autoptr (WspConnectionStats) boxed = g_boxed_copy (WSP_TYPE_CONNECTION_STATS, copy);

  g_assert_cmpmem (copy, sizeof *copy, &own, sizeof own);
  g_assert_cmpmem (boxed, sizeof *boxed, &own, sizeof own);
}

static void
test_counted (void)
{
  g_autoptr (WspMessage) binary = wsp_message_new_binary ((const guint8 *) "d", 1);
  g_autoptr (GAsyncResult) result = NULL;        /* comes when raw ends */
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, HELLO " 8a 80 00 00 00 00 " HELLO);
  run_until_count (&raw->watched->n_messages, 2);
  g_assert_true (wsp_connection_queue_text (raw->connection, "abc", NULL));
  g_assert_true (wsp_connection_queue_message (raw->connection, binary, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  wsp_connection_ping_async (raw->connection, NULL, NULL, keep_result, &result);

  g_autofree char *sent = wire_read (raw->fd, 5 + 3 + 10);
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (stats->messages_received, ==, 2);
  g_assert_cmpuint (stats->payload_bytes_received, ==, 10);
  g_assert_cmpuint (stats->bytes_received, ==, 11 + 6 + 11);
  g_assert_cmpuint (stats->pongs_received, ==, 1);
  g_assert_cmpuint (stats->messages_sent, ==, 2);
  g_assert_cmpuint (stats->payload_bytes_sent, ==, 4);
  g_assert_cmpuint (stats->bytes_sent, ==, 5 + 3 + 10);
  g_assert_cmpuint (stats->pings_sent, ==, 1);
  g_assert_cmpuint (stats->send_queue_bytes, ==, 0);
  g_assert_cmpuint (stats->send_queue_peak, >, 0);
  g_assert_cmpint (stats->age_us, >=,
                   stats->idle_time_us);
}

/* The memory held of the peer's messages: a message in pieces, and one that was not received by the
 * program. */
static void
test_held (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "01 83 00 00 00 00 61 62 63");
  run_pending ();

  g_autoptr (WspConnectionStats) half = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (half->receive_buffer_bytes, ==, 3);
  g_assert_cmpuint (half->messages_received, ==, 0);

  wsp_connection_stop_receiving (raw->connection);
  wire_write (raw->fd, "80 82 00 00 00 00 64 65");
  run_pending ();

  g_autoptr (WspConnectionStats) whole = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (whole->receive_buffer_bytes, ==, 5);
  g_assert_cmpuint (whole->messages_received, ==, 1);
  g_assert_cmpuint (half->messages_received, ==, 0);
}

static void
take_all (int   fd,
          gsize length)
{
  g_autofree guint8 *memory = g_malloc (length);

  while (length > 0)
    {
      gssize n = read (fd, memory, length);

      length -= MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* The peak stays when the queue was empty and a little waits again. */
static void
test_queue (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  const gsize length = 2 * 1024 * 1024;
  g_autofree guint8 *zeros = g_malloc0 (length);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, length);

  for (guint i = 0; i < 2; i++)
    g_assert_true (wsp_connection_queue_message (raw->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
  run_pending ();

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (stats->send_queue_bytes, >, length);
  g_assert_cmpuint (stats->send_queue_peak, >=, 2 * length);
  g_assert_cmpuint (stats->send_queue_peak, <, 2 * (length + 512));

  take_all (raw->fd, 2 * (length + 10));
  run_pending ();
  wire_send_text (raw->connection, "little", NULL, NULL, NULL);

  g_autoptr (WspConnectionStats) later = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (later->send_queue_bytes, <, length);
  g_assert_cmpuint (later->send_queue_peak, ==,
                    stats->send_queue_peak);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/stats/members-stay-where-they-are", test_layout);
  g_test_add_func ("/connection/stats/copy-has-every-byte", test_copied);
  g_test_add_func ("/connection/stats/counts-what-is-sent-and-received", test_counted);
  g_test_add_func ("/connection/stats/buffered-input-of-the-moment", test_held);
  g_test_add_func ("/connection/stats/send-queue-and-its-peak", test_queue);

  return g_test_run ();
}
