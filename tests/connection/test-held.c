/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The most memory that a peer can make a connection hold, and for how long. */
#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "session/wsp-session-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE (64 * 1024)     /* the limit of the payload of a message */
#define QUEUE (256 * 1024)
#define READ_AHEAD (64 * 1024)
#define ONE_READ (256 * 1024)

static WspLimits *
make_limits (void)
{
  WspLimits *limits = wsp_limits_new ();

  wsp_limits_set_max_message_size (limits, MESSAGE);
  wsp_limits_set_max_send_queue (limits, QUEUE);
  wsp_limits_set_send_high_water_mark (limits, G_MAXUINT64);
  return limits;
}

/* Writes as much of endless messages as the other side takes. */
static gsize
flood (int fd)
{
  const guint8 header[] = { 0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
  g_autofree guint8 *message = g_malloc0 (sizeof header + MESSAGE);
  gsize n_written = 0;
  guint n_refused = 0;

  memcpy (message, header, sizeof header);
  while (n_refused < 100)
    {
      gsize at = n_written % (sizeof header + MESSAGE);
      gssize n = write (fd, message + at, sizeof header + MESSAGE - at);

      n_written += MAX (n, 0);
      n_refused = n > 0 ? 0 : n_refused + 1;
      g_main_context_iteration (NULL, FALSE);
    }
  return n_written;
}

/* docs/memory.md: payload received and payload to be sent are each within their limit, whatever the
 * peer does, and the memory for it is at most twice that. */
static void
test_formula (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = make_limits ();
  g_autofree guint8 *zeros = g_malloc0 (MESSAGE);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, MESSAGE);
  g_autoptr (GAsyncResult) first = NULL;

  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_receive_async (raw->connection, NULL, keep_result, &first);
  for (guint i = 0; i < 64; i++)
    wsp_connection_queue_message (raw->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_cmpuint (flood (raw->fd), >, 5 * MESSAGE);

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (raw->connection);

  g_assert_cmpuint (stats->send_queue_bytes, <, QUEUE + MESSAGE);
  g_assert_cmpuint (stats->send_queue_peak, <, QUEUE + MESSAGE);
  g_assert_cmpuint (stats->receive_buffer_bytes, >=, READ_AHEAD);
  g_assert_cmpuint (stats->receive_buffer_bytes, <=,
                    READ_AHEAD + ONE_READ);
  run_until_result (&first);
}

/* 40,000 fragments of one byte. */
static void
test_tiny_fragments (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  const guint n_fragments = 40000;
  g_autoptr (GString) frames = g_string_new (NULL);

  wsp_connection_start_receiving (raw->connection);
  for (guint i = 0; i < n_fragments; i++)
    g_string_append_len (frames, i == 0 ? "\x02\x81\0\0\0\0x" : "\0\x81\0\0\0\0x", 7);
  for (gsize sent = 0; sent < frames->len;)
    {
      gssize n = write (raw->fd, frames->str + sent, frames->len - sent);

      sent += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  run_pending ();

  const WspHeldInput *held = wsp_input_peek_held (&raw->connection->input);

  g_assert_cmpuint (held->builder.length, ==, n_fragments);
  g_assert_cmpuint (held->builder.block->capacity, <=, 2 * n_fragments);
}

static const void *last_read;   /* the address of the last read */

/* Takes the place of the system's function, for the library, too. */
ssize_t
recv (int    fd,
      void  *place,
      size_t length,
      int    flags)
{
  last_read = place;
  return recvfrom (fd, place, length, flags, NULL, NULL);
}

/* docs/data-path.md: the rest of a frame is read directly into the memory of its message. */
static void
test_read_directly (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "82 86 00 00 00 00 61 62");
  run_pending ();

  const WspMessageBuilder *builder = &wsp_input_peek_held (&raw->connection->input)->builder;
  const guint8 *place = builder->block->data;

  g_assert_cmpuint (builder->length, ==, 2);
  wire_write (raw->fd, "63 64 65");
  run_pending ();
  g_assert_cmpuint (builder->length, ==, 5);
  g_assert_true (last_read == place + 2);
  wire_write (raw->fd, "66 82 81 00 00 00 00 67");
  run_until_count (&raw->watched->n_messages, 2);
  g_assert_cmpuint (raw->watched->n_bytes, ==, 7);
}

static gboolean
set_true (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* A byte every few milliseconds: each counts as activity, and only received bytes are held. */
static void
test_slow_message (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_keepalive_interval (limits, 50);
  wsp_limits_set_keepalive_timeout (limits, 50);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "82 fe 10 00 00 00 00 00");
  for (guint i = 0; i < 40; i++)
    {
      gboolean is_over = FALSE;

      wire_write (raw->fd, "61");
      g_timeout_add (5, set_true, &is_over);
      run_until (&is_over);
    }

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (raw->connection);

  g_assert_false (raw->watched->is_closed);
  g_assert_cmpuint (stats->receive_buffer_bytes, <=, 40);
}

/* The server has sent its Close, and does not disconnect. */
static void
test_never_ends (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_close_timeout (limits, 20);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "88 02 03 e8");
  run_until_closed (raw->watched);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (raw->connection)));

  g_autofree char *answer = wire_read (raw->fd, 8);

  g_assert_true (g_str_has_prefix (answer, "88 82"));
  g_assert_true (wire_is_ended (raw->fd));
}

static void
on_message_fail (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       user_data)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "Disk is full");
  g_autoptr (GError) later = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_IO, "Disk is gone");

  wsp_connection_fail (connection, error);
  wsp_connection_fail (connection, later);
}

/* The peer receives the code, not the error.  The first error stays. */
static void
test_handler_failed (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "message", G_CALLBACK (on_message_fail), NULL);
  wsp_connection_start_receiving (connection);
  wire_write (fd, "82 81 00 00 00 00 61 82 81 00 00 00 00 62");

  g_autofree char *close_frame = wire_read (fd, 4);

  g_assert_true (g_str_has_suffix (close_frame, " 03 f3"));
  close (fd);
  run_until_closed (server);
  g_assert_cmpuint (server->n_messages, ==, 1);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  wsp_connection_fail (connection, NULL);
  g_assert_false (wsp_connection_queue_text (connection, "late", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

/* The closing handshake is complete, and the peer has not ended the transport. */
static void
test_failed_too_late (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_CLIENT, &fd);
  g_autoptr (Watched) client = watch (connection);
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "Disk is full");

  wsp_connection_start_receiving (connection);
  wire_write (fd, "88 02 03 e8");

  g_autofree char *answer = wire_read (fd, 8);

  run_pending ();
  wsp_connection_fail (connection, error);
  close (fd);
  run_until_closed (client);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)));
}

typedef struct
{
  int      fd;
  gboolean is_done;
} Elsewhere;

static gpointer
echo_elsewhere (gpointer data)
{
  Elsewhere *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);

  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  Watched *server = watch (connection);

  server->echoes = TRUE;
  wsp_connection_start_receiving (connection);
  wire_write (self->fd, "82 81 00 00 00 00 61");
  while (server->n_messages < 1)
    g_main_context_iteration (context, TRUE);
  wsp_connection_abort (connection);
  while (!server->is_closed)
    g_main_context_iteration (context, TRUE);
  watched_free (server);
  g_object_unref (connection);
  g_main_context_pop_thread_default (context);
  self->is_done = TRUE;
  return NULL;
}

/* A connection uses only the main context of the thread that created it: no other thread, no other
 * loop. */
static void
test_own_context (void)
{
  Elsewhere elsewhere = { -1, FALSE };

  g_thread_join (g_thread_new ("elsewhere", echo_elsewhere, &elsewhere));
  g_assert_true (elsewhere.is_done);
  g_assert_false (g_main_context_pending (NULL));
  close (elsewhere.fd);
}

/* The peer closes inside a message that is longer than the limit: only then the program asks for
 * messages.  The closing handshake is over, and nothing is refused any more. */
/* Part of a message is held when the closing handshake ends. */
static void
test_too_long_and_closed (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  wire_limit (connection, "max-message-size", 3);
  wire_write (fd, "02 82 00 00 00 00 61 62 00 82 00 00 00 00 63 64 88 82 00 00 00 00 03 e8");

  g_autofree char *close_frame = wire_read (fd, 4);

  g_assert_cmpstr (close_frame, ==, "88 02 03 e8");
  wsp_connection_start_receiving (connection);
  run_pending ();
  close (fd);
  run_until_closed (server);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)));
}

/* The message that was read ahead is whole: no Close can refuse it any more, but it is not
 * delivered. */
static void
test_too_long_and_whole (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  wire_limit (connection, "max-message-size", 3);
  wire_write (fd, "82 84 00 00 00 00 61 62 63 64");
  run_pending ();
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);

  g_autofree char *close_frame = wire_read (fd, 4);

  g_assert_cmpstr (close_frame, ==, "88 02 03 e8");
  wire_write (fd, "88 82 00 00 00 00 03 e8");
  run_pending ();
  wsp_connection_start_receiving (connection);
  run_pending ();
  close (fd);
  run_until_closed (server);
  g_assert_cmpuint (server->n_messages, ==, 0);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/held/memory/WS-259-formula-of-docs-memory", test_formula);
  g_test_add_func ("/connection/held/memory/SEC-63-tiny-fragments", test_tiny_fragments);
  g_test_add_func ("/connection/held/memory/SEC-97-slow-message-takes-what-was-received",
                   test_slow_message);
  g_test_add_func ("/connection/held/large/read-directly-into-its-message", test_read_directly);
  g_test_add_func ("/connection/held/read-ahead/too-long-and-closed-is-not-refused",
                   test_too_long_and_closed);
  g_test_add_func ("/connection/held/read-ahead/too-long-and-whole-is-not-delivered",
                   test_too_long_and_whole);
  g_test_add_func ("/connection/held/end/SEC-61-timeout-drops-the-peer", test_never_ends);
  g_test_add_func ("/connection/held/end/WS-183-handler-failed-is-1011", test_handler_failed);
  g_test_add_func ("/connection/held/end/failed-after-the-closing-handshake-is-clean",
                   test_failed_too_late);
  g_test_add_func ("/connection/held/context/only-that-of-its-creation", test_own_context);

  return g_test_run ();
}
