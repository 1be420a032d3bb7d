/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

#define MASK "37 fa 21 3d"
#define MASKED_HELLO "81 85 37 fa 21 3d 7f 9f 4d 51 58"

static void
start_echo (Watched *server)
{
  server->echoes = TRUE;
  wsp_connection_start_receiving (server->connection);
}

static void
close_both (Watched *client,
            Watched *server)
{
  wsp_connection_close_async (client->connection, WSP_CLOSE_CODE_NORMAL, "done", NULL, NULL, NULL);
  run_until_closed (client);
  run_until_closed (server);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (client->connection)));
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (server->connection)));
}

static void
test_echo_text (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  start_echo (server);
  wsp_connection_start_receiving (client->connection);
  g_assert_true (wsp_connection_queue_text (client->connection, "Grüße", &error));
  g_assert_no_error (error);
  run_until_count (&client->n_messages, 1);
  g_assert_cmpstr (wsp_message_get_text (client->messages->pdata[0]), ==, "Grüße");

  close_both (client, server);
  g_assert_cmpstr (client->log->str, ==, "message closing-1000 closed");
  g_assert_cmpstr (server->log->str, ==, "message closing-1000 closed");

  WspCloseInfo *info = wsp_connection_get_close_info (server->connection);

  g_assert_true (wsp_close_info_was_started_by_peer (info));
  g_assert_cmpstr (wsp_close_info_get_peer_reason (info), ==, "done");
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, 1000);
  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, 1000);
  g_assert_false (wsp_close_info_was_started_by_peer (wsp_connection_get_close_info (client->
                                                                                     connection)));
}

static guint8 *
make_noise (gsize length)
{
  guint8 *noise = g_malloc (MAX (length, 1));
  guint32 state = 6455;

  for (gsize i = 0; i < length; i++)
    {
      state = state * 1664525 + 1013904223;
      noise[i] = state >> 24;
    }
  return noise;
}

/* Lengths next to those where frames, buffers and copies change their kind. */
static const gsize sizes[] = {
  0, 1, 125, 126, 65535, 65536, 16 * 1024, 16 * 1024 + 1, 80 * 1024, 256 * 1024 + 7, 1024 * 1024,
  16 * 1024 * 1024,
};

static void
test_echo_binary (gconstpointer data)
{
  gsize size = sizes[GPOINTER_TO_UINT (data)];
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autofree guint8 *noise = make_noise (size);
  g_autoptr (WspMessage) message = wsp_message_new_binary (noise, size);

  wire_watched_pair (&client, &server);
  start_echo (server);
  wsp_connection_start_receiving (client->connection);
  for (guint i = 0; i < 3; i++)
    g_assert_true (wsp_connection_queue_message (client->connection, message,
                                                 WSP_SEND_FLAGS_DEFAULT,
                                                 NULL) || size > 8 * 1024 * 1024);
  run_until_count (&client->n_messages, 1);

  gsize length;
  const guint8 *received =
    g_bytes_get_data (wsp_message_get_bytes (client->messages->pdata[0]), &length);

  g_assert_cmpmem (received, length, noise, size);
  close_both (client, server);
}

/* Row 133: a message longer than fragment-size is sent in fragments and echoed whole. */
static void
test_fragments (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  int fd;
  g_autoptr (WspConnection) raw = wire_raw (WSP_ROLE_SERVER, &fd);

  g_object_set (limits, "fragment-size", (guint64) 4, NULL);
  wsp_connection_set_limits (raw, limits);
  g_assert_true (wsp_connection_queue_text (raw, "Hello you", NULL));
  g_autofree char *bytes = wire_read (fd, 15);

  g_assert_cmpstr (bytes, ==, "01 04 48 65 6c 6c 00 04 6f 20 79 6f 80 01 75");
  close (fd);

  wire_watched_pair (&client, &server);
  start_echo (server);
  wsp_connection_set_limits (client->connection, limits);
  wsp_connection_start_receiving (client->connection);
  g_assert_true (wsp_connection_queue_text (client->connection, "in several pieces", NULL));
  run_until_count (&client->n_messages, 1);
  g_assert_cmpstr (wsp_message_get_text (client->messages->pdata[0]), ==, "in several pieces");
  close_both (client, server);
}

static void
test_receive (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_true (wsp_connection_queue_text (client->connection, text, NULL));
    }
  wsp_connection_close_async (client->connection, 3000, NULL, NULL, NULL, NULL);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (WspMessage) message = receive (server->connection, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_ascii_strtoull (wsp_message_get_text (message), NULL, 10), ==, i);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (receive (server->connection, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (wsp_connection_get_peer_close_code (server->connection), ==, 3000);
  run_until_closed (client);
  g_assert_cmpstr (server->log->str, ==, "closing-3000 closed");
}

static void
test_receive_twice (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_receive_async (server->connection, NULL, keep_result, &first);
  wsp_connection_receive_async (server->connection, NULL, keep_result, &second);
  run_until_result (&second);
  g_assert_null (wsp_connection_receive_finish (server->connection, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_null (first);
  wsp_connection_abort (server->connection);
  run_until_result (&first);
}

/* Row 203: the message that a cancelled call asked for is the result of the next call. */
static void
test_receive_cancelled (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_receive_async (server->connection, cancellable, keep_result, &result);
  run_pending ();
  g_cancellable_cancel (cancellable);
  g_assert_null (result);
  g_assert_true (wsp_connection_queue_text (client->connection, "kept", NULL));
  run_until_result (&result);
  g_assert_null (wsp_connection_receive_finish (server->connection, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_autoptr (WspMessage) message = receive (server->connection, &error);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "kept");
}

static void
test_receive_after_start (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_start_receiving (server->connection);
  g_assert_null (receive (server->connection, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  wsp_connection_abort (server->connection);
  run_until_closed (server);
}

/* One message is read ahead, the rest stays with the peer until start_receiving() is called again.
 * */
static void
test_stop (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  wsp_connection_start_receiving (connection);
  run_pending ();
  wsp_connection_stop_receiving (connection);
  wire_write (fd, MASKED_HELLO);
  wire_write (fd, MASKED_HELLO);
  run_pending ();
  g_assert_cmpuint (server->n_messages, ==, 0);

  wsp_connection_start_receiving (connection);
  g_assert_cmpuint (server->n_messages, ==, 0);
  run_until_count (&server->n_messages, 2);
  close (fd);
  run_until_closed (server);
}

static void
test_send_results (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) text = NULL;
  g_autoptr (GAsyncResult) bad = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) flushed = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wire_send_text (client->connection, "text", NULL, keep_result, &text);
  wire_send_text (client->connection, "\xff", NULL, keep_result, &bad);
  g_cancellable_cancel (cancellable);
  wire_send_binary (client->connection, (const guint8 *) "x", 1, cancellable, keep_result,
                    &cancelled);
  wsp_connection_flush_async (client->connection, NULL, keep_result, &flushed);
  g_assert_true (text == NULL && bad == NULL && cancelled == NULL && flushed == NULL);
  run_until_result (&text);
  run_until_result (&bad);
  run_until_result (&cancelled);
  run_until_result (&flushed);

  g_assert_true (wsp_connection_send_message_finish (client->connection, text, &error));
  g_assert_true (wsp_connection_flush_finish (client->connection, flushed, &error));
  g_assert_no_error (error);
  g_assert_false (wsp_connection_send_message_finish (client->connection, bad, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (wsp_connection_send_message_finish (client->connection, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  wsp_connection_start_receiving (server->connection);
  run_until_count (&server->n_messages, 1);
  wsp_connection_abort (client->connection);
  run_until_closed (server);
  g_assert_cmpuint (server->n_messages, ==, 1);
}

/* The peer reads nothing: the queue is filled, then sends fail, and the connection stays open.
 * Rows 254, SEC-96. */
static void
test_slow_reader (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autofree guint8 *noise = make_noise (1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (noise, 1024 * 1024);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_queued = 0;
  guint64 queued;

  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL, keep_result,
                                     &result);
  while (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, &error))
    n_queued++;
  g_assert_error (error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);
  g_assert_cmpuint (n_queued, ==, 15);
  run_pending ();
  g_assert_null (result);
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_OPEN);
  g_object_get (connection, "send-queue-bytes", &queued, NULL);
  g_assert_cmpuint (queued, >=, 16 * 1024 * 1024);
  g_assert_cmpuint (queued, <, 16 * (1024 * 1024 + 512));

  for (guint i = 0; i < 16; i++)
    {
      g_autofree guint8 *frame = g_malloc (1024 * 1024 + 10);
      gsize length = 0;

      while (length < 1024 * 1024 + 10)
        {
          gssize n = read (fd, frame + length, 1024 * 1024 + 10 - length);

          if (n > 0)
            length += n;
          else
            g_main_context_iteration (NULL, FALSE);
        }
      g_assert_cmpmem (frame + 10, 1024 * 1024, noise, 1024 * 1024);
    }
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (connection, result, NULL));
  g_object_get (connection, "send-queue-bytes", &queued, NULL);
  g_assert_cmpuint (queued, ==, 0);
  close (fd);
}

static void
test_ping (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  gint64 rtt;

  wire_watched_pair (&client, &server);
  wsp_connection_start_receiving (client->connection);
  wsp_connection_ping_async (client->connection, NULL, NULL, keep_result, &first);
  wsp_connection_ping_async (client->connection, NULL, NULL, keep_result, &second);
  run_until_result (&first);
  run_until_result (&second);
  g_assert_cmpint (wsp_connection_ping_finish (client->connection, first, &error), >=, 0);
  g_assert_cmpint (wsp_connection_ping_finish (client->connection, second, &error), >=, 0);
  g_assert_no_error (error);
  g_object_get (client->connection, "rtt-us", &rtt, NULL);
  g_assert_cmpint (rtt, >=, 0);
  g_assert_cmpstr (client->log->str, ==, "pong pong");
  close_both (client, server);

  g_clear_object (&first);
  wsp_connection_ping_async (client->connection, NULL, NULL, keep_result, &first);
  run_until_result (&first);
  g_assert_cmpint (wsp_connection_ping_finish (client->connection, first, &error), ==, -1);
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
}

/* Row 144: a pong that answers the second ping answers the first one too.  Row 143: other pongs
 * only emit the signal. */
static void
test_pong_answers_older_pings (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  wsp_connection_start_receiving (connection);
  wsp_connection_ping_async (connection, NULL, NULL, keep_result, &first);
  wsp_connection_ping_async (connection, payload, NULL, keep_result, &second);
  g_free (wire_read (fd, 10 + 7));

  wire_write (fd, "8a 80 " MASK);
  run_pending ();
  g_assert_true (first == NULL && second == NULL);
  g_assert_cmpstr (server->log->str, ==, "pong");

  wire_write (fd, "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
  run_until_result (&first);
  run_until_result (&second);
  close (fd);
  run_until_closed (server);
}

/* Bytes of a raw peer, and what the connection answers. */
static const struct
{
  const char *name, *input, *answer, *log;
  int         error;            /* code of the WspError; -1 = a clean close without an error */
  guint       local_code, peer_code;
} raw_cases[] = {
  { "WS-97-TRAP-13-rsv-closes-1002-before-the-end", "c1 80 " MASK, "88 32 03 ea",
    "closing-1002 closed",
    WSP_ERROR_INVALID_FORMAT, 1002, 1006 },
  { "WS-110-unmasked-closes-1002", "81 00", "88 23 03 ea", "closing-1002 closed",
    WSP_ERROR_INVALID_FORMAT, 1002, 1006 },
  { "WS-185-not-utf8-closes-1007", "81 81 00 00 00 00 ff", "88 13 03 ef", "closing-1007 closed",
    WSP_ERROR_INVALID_UTF8, 1007, 1006 },
  { "WS-103-too-big-closes-1009", "82 ff 00 00 00 00 01 00 00 01 " MASK, "88 22 03 f1",
    "closing-1009 closed",
    WSP_ERROR_TOO_BIG, 1009, 1006 },
  { "WS-164-nothing-after-a-fault", "83 80 " MASK " 89 80 " MASK " 88 80 " MASK, "88 14 03 ea",
    "closing-1002 closed",
    WSP_ERROR_INVALID_FORMAT, 1002, 1006 },
  { "TRAP-2-message-before-the-fault", MASKED_HELLO "83 80 " MASK " 89 80 " MASK,
    "81 05 48 65 6c 6c 6f 88 14 03 ea",
    "message closing-1002 closed", WSP_ERROR_INVALID_FORMAT, 1002, 1006 },
  { "WS-147-WS-156-WS-163-close-is-answered-then-the-end", "88 82 00 00 00 00 03 e9",
    "88 02 03 e9", "closing-1001 closed",
    -1, 1001, 1001 },
  { "WS-155-empty-close", "88 80 " MASK, "88 00", "closing-1005 closed", -1, 1005, 1005 },
  { "WS-172-reserved-code-closes-1002", "88 82 00 00 00 00 03 ed", "88 26 03 ea",
    "closing-1002 closed",
    WSP_ERROR_INVALID_FORMAT, 1002, 1006 },
  { "WS-137-ping-is-answered", "89 85 37 fa 21 3d 7f 9f 4d 51 58 88 80 " MASK,
    "8a 05 48 65 6c 6c 6f 88 00",
    "closing-1005 closed", -1, 1005, 1005 },
  { "WS-151-nothing-after-the-close", "88 80 " MASK " ff ff ff ff ff", "88 00",
    "closing-1005 closed", -1, 1005, 1005 },
};

static void
check_end (Watched *server,
           guint    i)
{
  WspCloseInfo *info = wsp_connection_get_close_info (server->connection);

  g_assert_cmpstr (server->log->str, ==, raw_cases[i].log);
  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, raw_cases[i].local_code);
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, raw_cases[i].peer_code);
  g_assert_cmpint (wsp_close_info_is_clean (info), ==, raw_cases[i].error < 0);
  if (raw_cases[i].error >= 0)
    g_assert_error (wsp_close_info_get_error (info), WSP_ERROR, raw_cases[i].error);
}

/* The Close of the response is followed by a reason and by the end of the stream, which the peer
 * then answers. */
static void
test_raw (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = (strlen (raw_cases[i].answer) + 1) / 3;
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  start_echo (server);
  wire_write (fd, raw_cases[i].input);
  g_autofree char *answer = wire_read (fd, length);

  /* The second byte of the Close is the length of its reason, which is the rule's sentence. */
  if (raw_cases[i].error < 0)
    g_assert_cmpstr (answer, ==, raw_cases[i].answer);
  else
    g_assert_cmpmem (answer + strlen (answer) - 5, 5, raw_cases[i].answer + strlen (answer) - 5, 5);
  while (!wire_is_ended (fd))
    continue;
  g_assert_false (server->is_closed);
  close (fd);
  run_until_closed (server);
  check_end (server, i);
}

/* Row 56: the bytes that were received after the HTTP head are the first frames. */
static void
test_initial_input (void)
{
  int pair[2];
  g_autoptr (GBytes) input = g_bytes_new_static ("\x81\x85\x37\xfa\x21\x3d\x7f\x9f", 8);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, input, NULL);

  wire_write (pair[0], "4d 51 58");
  g_autoptr (WspMessage) message = receive (connection, NULL);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "Hello");
  close (pair[0]);
}

static void
test_end_without_close (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GError) error = NULL;

  close (fd);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (receive (connection, &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
      g_clear_error (&error);
    }
  g_assert_cmpuint (wsp_close_info_get_local_code (wsp_connection_get_close_info (
                                                     connection)), ==, 1006);
  g_assert_false (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)));
  g_assert_false (wsp_connection_queue_text (connection, "late", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

static void
test_abort (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) received = NULL;
  g_autoptr (GAsyncResult) pinged = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_receive_async (client->connection, NULL, keep_result, &received);
  wsp_connection_ping_async (client->connection, NULL, NULL, keep_result, &pinged);
  wsp_connection_close_async (client->connection, 1000, NULL, NULL, keep_result, &closed);
  wsp_connection_abort (client->connection);
  wsp_connection_abort (client->connection);
  g_assert_true (received == NULL && pinged == NULL && closed == NULL && !client->is_closed);
  run_until_closed (client);

  g_assert_null (wsp_connection_receive_finish (client->connection, received, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (wsp_connection_ping_finish (client->connection, pinged, &error), ==, -1);
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (wsp_connection_close_finish (client->connection, closed, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
}

/* Row 150: the second close joins the first. */
static void
test_close_twice (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_start_receiving (server->connection);
  wsp_connection_close_async (client->connection, 4000, "one", NULL, keep_result, &first);
  wsp_connection_close_async (client->connection, 4001, "two", NULL, keep_result, &second);
  run_until_result (&first);
  run_until_result (&second);
  g_assert_true (wsp_connection_close_finish (client->connection, first, &error));
  g_assert_true (wsp_connection_close_finish (client->connection, second, &error));
  run_until_closed (server);
  g_assert_cmpuint (wsp_close_info_get_peer_code (wsp_connection_get_close_info (
                                                    server->connection)), ==, 4000);

  wsp_connection_close_async (server->connection, 1000, NULL, NULL, keep_result, &late);
  run_until_result (&late);
  g_assert_true (wsp_connection_close_finish (server->connection, late, &error));
  g_assert_no_error (error);
}

/* Messages that the program does not receive do not delay the closing handshake. */
static void
test_close_unread (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    wire_write (fd, MASKED_HELLO);
  run_pending ();
  wsp_connection_close_async (connection, 1000, NULL, NULL, keep_result, &result);
  wire_write (fd, "88 82 00 00 00 00 03 e8");
  while (!wire_is_ended (fd))
    continue;
  close (fd);
  run_until_result (&result);
  g_assert_true (wsp_connection_close_finish (connection, result, &error));
  g_assert_no_error (error);
  run_until_closed (server);

  /* The one that was read ahead can still be received. */
  g_autoptr (WspMessage) message = receive (connection, &error);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "Hello");
  g_assert_null (receive (connection, &error));
  g_assert_no_error (error);
}

static void
test_close_both_ends (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_close_async (client->connection, 3001, NULL, NULL, NULL, NULL);
  wsp_connection_close_async (server->connection, 3002, NULL, NULL, NULL, NULL);
  run_until_closed (client);
  run_until_closed (server);
  g_assert_cmpuint (wsp_close_info_get_peer_code (wsp_connection_get_close_info (
                                                    client->connection)), ==, 3002);
  g_assert_cmpuint (wsp_close_info_get_peer_code (wsp_connection_get_close_info (
                                                    server->connection)), ==, 3001);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (client->connection)));
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (server->connection)));
}

static void
test_close_refused (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wire_watched_pair (&client, &server);
  wsp_connection_close_async (client->connection, 1006, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_false (wsp_connection_close_finish (client->connection, result, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (wsp_connection_get_state (client->connection), ==, WSP_CONNECTION_STATE_OPEN);
}

/* Row 167: the peer never answers. */
static void
test_close_timeout (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GAsyncResult) result = NULL;

  wsp_limits_set_close_timeout (limits, 20);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_close_async (raw->connection, 1000, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_false (wsp_connection_close_finish (raw->connection, result, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  run_until_closed (raw->watched);
  g_assert_false (wsp_close_info_is_clean (wsp_connection_get_close_info (raw->connection)));
}

/* Row 148: a peer that reads nothing delays neither the Close nor the end.  Whole messages are sent
 * first. */
static void
test_close_blocked (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autofree guint8 *noise = make_noise (1024 * 1024);
  g_autoptr (WspMessage) message = wsp_message_new_binary (noise, 1024 * 1024);
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GAsyncResult) closed = NULL;

  wsp_limits_set_close_timeout (limits, 20);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_send_message_async (raw->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     keep_result, &begun);
  wsp_connection_send_message_async (raw->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     keep_result, &waiting);
  wsp_connection_close_async (raw->connection, 1000, NULL, NULL, keep_result, &closed);
  run_until_closed (raw->watched);
  g_assert_false (wsp_connection_send_message_finish (raw->connection, waiting, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_clear_error (&raw->error);
  g_assert_false (wsp_connection_send_message_finish (raw->connection, begun, &raw->error));
  g_clear_error (&raw->error);
  g_assert_false (wsp_connection_close_finish (raw->connection, closed, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

/* Row 157: a client waits for the server to end the stream, but at most close-timeout. */
static void
test_client_waits_for_end (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_close_timeout (limits, 20);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "88 02 03 e8");
  g_free (wire_read (raw->fd, 8));
  g_assert_false (raw->watched->is_closed);
  run_until_closed (raw->watched);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (raw->connection)));
}

/* A peer that does not answer a ping is dropped.  SEC-98 */
static void
test_keepalive (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_keepalive_interval (limits, 10);
  wsp_limits_set_keepalive_timeout (limits, 10);
  wsp_connection_set_limits (raw->connection, limits);
  wsp_connection_start_receiving (raw->connection);
  run_until_closed (raw->watched);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (
                                              raw->connection)), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (wsp_close_info_get_local_code (wsp_connection_get_close_info (
                                                     raw->connection)), ==, 1006);

  g_autofree char *ping = wire_read (raw->fd, 2);
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (raw->connection);

  g_assert_true (g_str_has_prefix (ping, "89 "));
  g_assert_cmpuint (stats->pings_sent, >, 0);
}

static void
expect_ends (WspConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) closed = NULL, flushed = NULL, pinged = NULL;

  g_assert_null (receive (connection, &error));
  g_assert_nonnull (error);
  wsp_connection_close_async (connection, 1000, NULL, NULL, keep_result, &closed);
  wsp_connection_flush_async (connection, NULL, keep_result, &flushed);
  wsp_connection_ping_async (connection, NULL, NULL, keep_result, &pinged);
  run_pending ();
  g_assert_false (wsp_connection_close_finish (connection, closed, NULL));
  g_assert_false (wsp_connection_flush_finish (connection, flushed, NULL));
  g_assert_cmpint (wsp_connection_ping_finish (connection, pinged, NULL), ==, -1);
  g_assert_false (wsp_connection_queue_text (connection, "x", NULL));
  g_assert_null (wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, NULL));
}

/* A connection that never was open is closed from the start, and each call fails. */
static void
test_unopened (void)
{
  guint n_closed = 0;
  WspConnection *connection = g_object_new (WSP_TYPE_CONNECTION, NULL);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  gpointer alive = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &alive);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_atomic_int_inc), &n_closed);
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  WSP_ERROR, WSP_ERROR_CLOSED);
  g_assert_null (wsp_connection_get_io_stream (connection));
  wsp_connection_set_limits (connection, limits);
  wsp_connection_start_receiving (connection);
  wsp_connection_abort (connection);
  wsp_connection_stop_receiving (connection);
  expect_ends (connection);
  run_pending ();
  g_assert_cmpuint (n_closed, ==, 0);
  g_object_unref (connection);
  run_pending ();
  g_assert_null (alive);
}

/* Row 168: a connection that is not started ends with its last reference, without a signal. */
static void
test_last_reference (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  run_pending ();
  g_object_unref (connection);
  g_assert_true (wsp_connection_queue_text (server->connection, "x", NULL));
  while (wsp_connection_get_send_queue_bytes (connection) > 0)  /* a call was faulty */
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&server, watched_free);

  g_autofree char *sent = wire_read (fd, 3);

  g_assert_cmpstr (sent, ==, "81 01 78");
  g_assert_true (wire_is_ended (fd));
  close (fd);
}

/* start_receiving() holds a reference for as long as the connection is open, and no longer. */
static void
test_start_holds (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);

  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  wsp_connection_start_receiving (connection);
  g_object_unref (connection);
  run_pending ();
  g_assert_nonnull (connection);
  close (fd);
  while (connection != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The answers to all frames of one read are sent in one write. */
static void
test_corked (void)
{
  int fd;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, pair), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);
  g_autoptr (GSocketConnection) stream = g_object_new (G_TYPE_SOCKET_CONNECTION, "socket", socket,
                                                       NULL);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, NULL, NULL);
  g_autoptr (Watched) server = watch (connection);
  guint8 packet[1024];

  fd = pair[0];
  start_echo (server);
  wire_write (fd, MASKED_HELLO MASKED_HELLO MASKED_HELLO "89 80 " MASK);
  run_until_count (&server->n_messages, 3);
  g_assert_cmpint (read (fd, packet, sizeof packet), ==, 3 * 7 + 2);
  close (fd);
  run_until_closed (server);
}

/* Other connections have their turn after 64 messages of one, and no message is lost. */
static void
test_budget (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GString) input = g_string_new (NULL);
  guint n_turns = 0, n_seen = 0;

  for (guint i = 0; i < 1000; i++)
    g_string_append (input, MASKED_HELLO " ");
  wire_write (fd, input->str);
  wsp_connection_start_receiving (connection);
  while (server->n_messages < 1000)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (server->n_messages - n_seen, <=, 2 * 64);
      n_turns += server->n_messages > n_seen;
      n_seen = server->n_messages;
    }
  g_assert_cmpuint (n_turns, >=, 1000 / 128);
  close (fd);
  run_until_closed (server);
}

/* Row 142: a ping is answered although the program asks for no messages. */
static void
test_ping_unread (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);

  wire_write (fd, "89 85 37 fa 21 3d 7f 9f 4d 51 58");
  g_autofree char *pong = wire_read (fd, 7);

  g_assert_cmpstr (pong, ==, "8a 05 48 65 6c 6c 6f");
  close (fd);
}

/* TRAP-12: a large message, a small one and the Close are read at once; both echoes are sent before
 * the Close. */
static void
test_echoes_before_close (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autofree guint8 *noise = make_noise (256 * 1024);
  g_autoptr (WspMessage) large = wsp_message_new_binary (noise, 256 * 1024);

  wire_watched_pair (&client, &server);
  start_echo (server);
  wsp_connection_start_receiving (client->connection);
  wsp_connection_queue_message (client->connection, large, WSP_SEND_FLAGS_DEFAULT, NULL);
  wsp_connection_queue_text (client->connection, "short", NULL);
  close_both (client, server);
  g_assert_cmpuint (client->n_messages, ==, 2);
  g_assert_cmpuint (client->n_bytes, ==, 256 * 1024 + 5);
}

/* TRAP-16: 4 MiB in 65,536 fragments. */
static void
test_many_fragments (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  gsize size = 4 * 1024 * 1024;
  g_autofree guint8 *noise = make_noise (size);
  g_autoptr (WspMessage) message = wsp_message_new_binary (noise, size);

  g_object_set (limits, "fragment-size", (guint64) 64, NULL);
  wire_watched_pair (&client, &server);
  wsp_connection_set_limits (client->connection, limits);
  wsp_connection_start_receiving (server->connection);
  g_assert_true (wsp_connection_queue_message (client->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  run_until_count (&server->n_messages, 1);
  g_assert_true (g_bytes_equal (wsp_message_get_bytes (server->messages->pdata[0]),
                                wsp_message_get_bytes (message)));
  close_both (client, server);
}

/* SEC-50: 16 MiB are announced and a few bytes are received. */
static void
test_announced (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);

  wsp_connection_start_receiving (connection);
  wire_write (fd, "82 ff 00 00 00 00 01 00 00 00 00 00 00 00 61 62 63");
  while (wsp_input_peek_held (&connection->input)->builder.length < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (wsp_input_peek_held (&connection->input)->builder.block->capacity, <=, 4096);
  close (fd);
  run_pending ();
}

/* The peer disconnects while the program receives nothing: the connection notices it once, and the
 * messages can still be received. */
static void
test_disconnected_unread (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 6; i++)
    wire_write (fd, MASKED_HELLO);
  close (fd);
  run_pending ();
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_OPEN);

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (WspMessage) message = receive (connection, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (wsp_message_get_text (message), ==, "Hello");
    }
  g_assert_null (receive (connection, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* Row 166: a peer that answers pings may send no messages for any time. */
static void
test_idle (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  gboolean is_over = FALSE;

  wsp_limits_set_keepalive_interval (limits, 5);
  wsp_limits_set_keepalive_timeout (limits, 2000);
  wire_watched_pair (&client, &server);
  wsp_connection_set_limits (client->connection, limits);
  wsp_connection_start_receiving (client->connection);
  wsp_connection_start_receiving (server->connection);
  g_timeout_add (100, set_flag, &is_over);
  run_until (&is_over);
  g_assert_cmpint (wsp_connection_get_state (client->connection), ==, WSP_CONNECTION_STATE_OPEN);
  close_both (client, server);
}

static void
add_data_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf (
        "/connection/connection/echo/binary-of-%" G_GSIZE_FORMAT, sizes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_echo_binary);
    }
  ADD_ROWS ("/connection/connection/peer", raw_cases, test_raw);
  g_test_add_func ("/connection/connection/unopened/without-properties", test_unopened);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/connection/echo/text", test_echo_text);
  g_test_add_func ("/connection/connection/send/WS-133-fragments", test_fragments);
  g_test_add_func ("/connection/connection/send/results-come-later", test_send_results);
  g_test_add_func (
    "/connection/connection/send/SEC-96-WS-205-full-queue-refuses-and-loses-nothing",
    test_slow_reader);
  /* Its socket keeps packets apart: bytes that a short read leaves are lost. */
  if (g_getenv ("FAULTY_CALLS_SEED") == NULL)
    g_test_add_func ("/connection/connection/send/answers-are-sent-in-one-write", test_corked);
  g_test_add_func ("/connection/connection/receive/in-order-then-null", test_receive);
  g_test_add_func ("/connection/connection/receive/second-call-refused",
                   test_receive_twice);
  g_test_add_func ("/connection/connection/receive/WS-203-cancelling-loses-nothing",
                   test_receive_cancelled);
  g_test_add_func ("/connection/connection/receive/after-start-refused", test_receive_after_start);
  g_test_add_func ("/connection/connection/receive/WS-56-bytes-after-the-head",
                   test_initial_input);
  g_test_add_func ("/connection/connection/receive/SEC-70-64-messages-a-turn", test_budget);
  g_test_add_func ("/connection/connection/stop/one-message-is-read-ahead", test_stop);
  g_test_add_func ("/connection/connection/ping/WS-145-answered-while-open-refused-later",
                   test_ping);
  g_test_add_func ("/connection/connection/ping/WS-144-pong-answers-older-pings",
                   test_pong_answers_older_pings);
  g_test_add_func ("/connection/connection/end/WS-160-without-close-is-1006",
                   test_end_without_close);
  g_test_add_func ("/connection/connection/abort/results-follow-later", test_abort);
  g_test_add_func ("/connection/connection/close/WS-150-twice-ends-together", test_close_twice);
  g_test_add_func ("/connection/connection/close/WS-158-both-ends-at-once", test_close_both_ends);
  g_test_add_func ("/connection/connection/close/unread-messages-do-not-block", test_close_unread);
  g_test_add_func ("/connection/connection/close/WS-171-bad-code-refused",
                   test_close_refused);
  g_test_add_func ("/connection/connection/close/WS-167-timeout", test_close_timeout);
  g_test_add_func ("/connection/connection/close/WS-148-blocked-queue-is-dropped",
                   test_close_blocked);
  g_test_add_func ("/connection/connection/close/WS-157-client-waits-for-the-end",
                   test_client_waits_for_end);
  g_test_add_func ("/connection/connection/keepalive/SEC-98-dead-peer-is-dropped", test_keepalive);
  g_test_add_func ("/connection/connection/life/WS-168-last-reference-aborts",
                   test_last_reference);
  g_test_add_func ("/connection/connection/life/start-holds-until-closed", test_start_holds);
  g_test_add_func ("/connection/connection/ping/WS-142-answered-though-nothing-received",
                   test_ping_unread);
  g_test_add_func ("/connection/connection/close/TRAP-12-echoes-are-sent-before-the-close",
                   test_echoes_before_close);
  g_test_add_func ("/connection/connection/receive/TRAP-16-65536-fragments", test_many_fragments);
  g_test_add_func ("/connection/connection/receive/SEC-50-announced-length-is-not-allocated",
                   test_announced);
  g_test_add_func ("/connection/connection/end/peer-disconnects-while-nothing-is-received",
                   test_disconnected_unread);
  g_test_add_func ("/connection/connection/keepalive/WS-166-idle-peer-stays-connected", test_idle);
  add_data_tests ();

  return g_test_run ();
}
