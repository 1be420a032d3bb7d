/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages in pieces: written to a stream, read from one. */
#include "connection/wire.h"
#include "lib/rows.h"

#include <string.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "

static GOutputStream *
begin (WspConnection *connection,
       WspMessageType type)
{
  g_autoptr (GError) error = NULL;
  GOutputStream *stream = wsp_connection_begin_message (connection, type, WSP_SEND_FLAGS_DEFAULT,
                                                        &error);

  g_assert_no_error (error);
  return stream;
}

static void
write_text (GOutputStream *stream,
            const char    *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
check_wire (int         fd,
            const char *expected)
{
  g_autofree char *bytes = wire_read (fd, (strlen (expected) + 1) / 3);

  g_assert_cmpstr (bytes, ==, expected);
}

static guint64
get_queue (WspConnection *connection)
{
  guint64 bytes;

  g_object_get (connection, "send-queue-bytes", &bytes, NULL);
  return bytes;
}

/* The calls of the program, one letter each: a to z writes it, . runs the main loop, ! sends a
 * ping, F flushes the connection, $ ends the message, X closes the connection. */
typedef struct
{
  const char *name;
  guint       fragment_size;
  const char *steps;
  const char *wire;
} Joined;

#define PING_1 "89 08 00 00 00 00 00 00 00 01 "

static const Joined joineds[] = {
  { "WS-129-pieces-and-a-last-one", 0, "ab.c.$", "01 02 61 62 00 01 63 80 00" },
  { "one-turn-is-one-frame", 0, "abc$", "81 03 61 62 63" },
  { "the-last-piece-ends-it-in-its-turn", 0, "ab.cd$", "01 02 61 62 80 02 63 64" },
  { "ping-is-sent-between", 0, "ab!c$", PING_1 "81 03 61 62 63" },
  { "ping-after-a-piece", 0, "ab.!c$", "01 02 61 62 " PING_1 "80 01 63" },
  { "flushed", 0, "abF.c$", "01 02 61 62 80 01 63" },
  { "fragment-size", 2, "abc$", "01 02 61 62 80 01 63" },
  { "fragment-size-and-turns", 2, "abcde.f$", "01 02 61 62 00 02 63 64 00 01 65 80 01 66" },
  { "exactly-fragment-size", 2, "abcd$", "01 02 61 62 00 02 63 64 80 00" },
  { "before-a-close", 0, "abX", "01 02 61 62 88 02 03 e8" },
  { "nothing", 0, "$", "81 00" },
};

static void
do_one (WspConnection *connection,
        GOutputStream *stream,
        char           step)
{
  char text[] = { step, '\0' };

  if (g_ascii_islower (step))
    write_text (stream, text);
  else if (step == '.')
    run_pending ();
  else if (step == '!')
    wsp_connection_ping_async (connection, NULL, NULL, NULL, NULL);
  else if (step == 'F')
    wsp_connection_flush_async (connection, NULL, NULL, NULL);
  else if (step == 'X')
    wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  else
    g_assert_true (g_output_stream_close (stream, NULL, NULL));
}

static void
test_joined (gconstpointer data)
{
  const Joined *joined = data;
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "fragment-size", (guint64) joined->fragment_size, NULL);
  wsp_connection_set_limits (raw->connection, limits);
  run_pending ();

  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);

  for (const char *step = joined->steps; *step != '\0'; step++)
    do_one (raw->connection, stream, *step);
  check_wire (raw->fd, joined->wire);
  if (strchr (joined->steps, '$') != NULL)
    {
      g_assert_true (wsp_connection_queue_text (raw->connection, "d", NULL));
      check_wire (raw->fd, "81 01 64");
    }
}

/* A log of short lines, many in each turn: frames of 64 KiB, and the rest. */
static void
test_joined_lines (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);
  g_autofree char *line = g_strnfill (1000, 'x');
  const gsize rest = 150 * 1000 - 2 * 65536;

  for (guint i = 0; i < 150; i++)
    write_text (stream, line);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    {
      check_wire (raw->fd, i == 0 ? "02 7f 00 00 00 00 00 01 00 00"
                                  : "00 7f 00 00 00 00 00 01 00 00");
      g_free (wire_read (raw->fd, 65536));
    }

  g_autofree char *header = g_strdup_printf ("80 7e %02x %02x", (guint) rest >> 8,
                                             (guint) rest & 0xff);

  check_wire (raw->fd, header);
  g_free (wire_read (raw->fd, rest));
}

/* Pieces that wait to be joined count as queued, and a flush sends them. */
static void
test_joined_is_queued (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);
  g_autoptr (GAsyncResult) flushed = NULL;

  write_text (stream, "abc");
  g_assert_cmpuint (get_queue (raw->connection), >=, 3);
  wsp_connection_flush_async (raw->connection, NULL, keep_result, &flushed);
  run_until_result (&flushed);
  g_assert_true (wsp_connection_flush_finish (raw->connection, flushed, NULL));
  g_assert_cmpuint (get_queue (raw->connection), ==, 0);
  check_wire (raw->fd, "01 03 61 62 63");
  write_text (stream, "d");
  raw_end (raw);
  g_assert_cmpuint (get_queue (raw->connection), ==, 0);
}

static void
write_inside (WspConnection *connection,
              WspMessage    *message,
              gpointer       data)
{
  GOutputStream *stream = data;

  write_text (stream, "a");
  write_text (stream, "b");
}

/* Written in a message handler, of the same or of another connection: sent with the turn. */
static void
test_joined_in_a_handler (gconstpointer data)
{
  gboolean is_own = GPOINTER_TO_UINT (data);
  g_autoptr (Raw) one = raw_new (WSP_ROLE_SERVER);
  g_autoptr (Raw) other = raw_new (WSP_ROLE_SERVER);
  Raw *written = is_own ? one : other;
  g_autoptr (GOutputStream) stream = begin (written->connection, WSP_MESSAGE_TYPE_TEXT);

  g_signal_connect (one->connection, "message", G_CALLBACK (write_inside), stream);
  wsp_connection_start_receiving (one->connection);
  wire_write (one->fd, "81 81 " NO_MASK "61");
  check_wire (written->fd, "01 02 61 62");
}

static void
test_empty (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);

  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  check_wire (raw->fd, "82 00");
}

static void
begin_two (WspConnection *connection)
{
  g_autoptr (GOutputStream) stream = begin (connection, WSP_MESSAGE_TYPE_TEXT);
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_true (wsp_connection_queue_text (connection, "between", NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_assert_true (wsp_connection_queue_text (connection, "after", NULL));
}

static void
test_one_at_a_time (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  begin_two (raw->connection);
}

/* There a message that is sent alone is written at once. */
static void
test_one_at_a_time_in_a_handler (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  g_signal_connect (raw->connection, "message", G_CALLBACK (begin_two), NULL);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "81 81 " NO_MASK "61");
  check_wire (raw->fd, "81 00 81 07 62 65 74 77 65 65 6e 81 05 61 66 74 65 72");
}

static void
check_refused (WspConnection *connection)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
}

static void
test_refused_when_closing (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_close_async (raw->connection, 1000, NULL, NULL, NULL, NULL);
  check_refused (raw->connection);
  check_wire (raw->fd, "88 02 03 e8");
  check_refused (raw->connection);
  raw_end (raw);
  check_refused (raw->connection);
}

typedef enum
{
  ABANDON_DROPPED,
  ABANDON_CANCELLED,
  ABANDON_INSIDE_A_CHARACTER,
  ABANDON_IN_THE_SAME_TURN,     /* abandoned in the same turn, so nothing was sent */
  N_ABANDONS,
} Abandon;

static const char *const give_ups[N_ABANDONS] =
{ "dropped", "closed-with-a-fired-cancellable", "closed-inside-a-character", "dropped-at-once" };

static void
abandon (GOutputStream *stream,
         Abandon        way)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  switch (way)
    {
    case ABANDON_DROPPED:
    case ABANDON_IN_THE_SAME_TURN:
      break;
    case ABANDON_CANCELLED:
      g_cancellable_cancel (cancellable);
      g_assert_false (g_output_stream_close (stream, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      break;
    case ABANDON_INSIDE_A_CHARACTER:
      write_text (stream, "\xc3");
      g_assert_false (g_output_stream_close (stream, NULL, &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
      break;
    case N_ABANDONS:
      break;
    }
  g_object_unref (stream);
}

static void
test_abandoned (gconstpointer data)
{
  Abandon way = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  GOutputStream *stream = begin (connection, WSP_MESSAGE_TYPE_TEXT);

  wsp_connection_start_receiving (connection);
  write_text (stream, "half");
  if (way != ABANDON_IN_THE_SAME_TURN)
    run_pending ();
  abandon (stream, way);
  if (way != ABANDON_IN_THE_SAME_TURN)
    check_wire (fd, "01 04 68 61 6c 66");

  g_autofree char *close_frame = wire_read (fd, 4);

  g_assert_true (g_str_has_suffix (close_frame, " 03 f3"));
  close (fd);
  run_until_closed (server);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Nothing of it is left to fail: the end was the program's. */
static void
test_abandoned_after_abort (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  GOutputStream *stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);

  write_text (stream, "half");
  run_pending ();
  wsp_connection_abort (raw->connection);
  g_object_unref (stream);
  run_until_closed (raw->watched);

  WspCloseInfo *info = wsp_connection_get_close_info (raw->connection);

  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, WSP_CLOSE_CODE_ABNORMAL);
}

static void
test_nothing_written (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  g_object_unref (begin (raw->connection, WSP_MESSAGE_TYPE_TEXT));
  g_assert_true (wsp_connection_queue_text (raw->connection, "d", NULL));
  check_wire (raw->fd, "81 01 64");
}

static void
test_bad_text (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);

  write_text (stream, "\xc3");
  g_assert_cmpint (g_output_stream_write (stream, "x", 1, NULL, &raw->error), ==, -1);
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  write_text (stream, "\xbc");
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  check_wire (raw->fd, "81 02 c3 bc");
}

static void
test_cancelled_write (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (g_output_stream_write (stream, "x", 1, cancellable, &raw->error), ==, -1);
  g_assert_error (raw->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  write_text (stream, "y");
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  check_wire (raw->fd, "81 01 79");
}

/* A stream that outlives its connection does not wait: its next call fails at once. */
static void
test_writable_after_the_end (void)
{
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GOutputStream) stream = begin (connection, WSP_MESSAGE_TYPE_TEXT);

  wsp_connection_abort (connection);
  run_pending ();
  g_object_unref (connection);
  run_pending ();
  g_assert_true (g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (stream)));
  g_assert_cmpint (g_output_stream_write (stream, "x", 1, NULL, NULL), ==, -1);
  close (fd);
}

/* So does one that was closed. */
static void
test_writable_when_closed (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);

  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_assert_true (g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (stream)));
}

/* Each call takes the first vector that is not empty. */
static void
test_vectors (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_TEXT);
  g_autoptr (GAsyncResult) result = NULL;
  GOutputVector vectors[] = { { "", 0 }, { "ab", 2 }, { "c", 1 } };
  gsize n_written;

  g_output_stream_writev_async (stream, vectors, G_N_ELEMENTS (vectors), G_PRIORITY_DEFAULT, NULL,
                                keep_result, &result);
  run_until_result (&result);
  g_assert_true (g_output_stream_writev_finish (stream, result, &n_written, NULL));
  g_assert_cmpuint (n_written, ==, 2);
  check_wire (raw->fd, "01 02 61 62");
}

static void
test_synchronous_full (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  GOutputStream *stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);
  g_autofree guint8 *zeros = g_malloc0 (8 * 1024 * 1024);
  gsize written;

  wire_limit (raw->connection, "max-send-queue", 1024 * 1024);
  g_assert_false (g_output_stream_write_all (stream, zeros, 8 * 1024 * 1024, &written, NULL,
                                             &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_QUEUE_FULL);
  g_assert_cmpuint (written, >=, 1024 * 1024);
  g_assert_cmpuint (written, <, 4 * 1024 * 1024);
  g_object_unref (stream);
}

static WspMessageStream *
receive_stream (WspConnection *connection,
                GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_stream_async (connection, NULL, keep_result, &result);
  g_assert_null (result);
  run_until_result (&result);
  return wsp_connection_receive_stream_finish (connection, result, error);
}

static void
end_pair (Watched *client,
          Watched *server)
{
  wsp_connection_abort (client->connection);
  wsp_connection_abort (server->connection);
  run_until_closed (client);
  run_until_closed (server);
}

#define LARGE (12 * 1024 * 1024)

/* 12 MiB from a stream into a stream: neither side holds more than its water mark. */
static void
test_large (void)
{
  g_autoptr (Watched) client = NULL;
  g_autoptr (Watched) server = NULL;
  g_autofree guint8 *noise = g_malloc (LARGE);
  g_autofree guint8 *received = g_malloc (LARGE);
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  for (gsize i = 0; i < LARGE; i++)
    noise[i] = (guint8) (i * 2654435761u >> 13);

  wire_watched_pair (&client, &server);
  wire_limit (server->connection, "max-message-size", 1024);

  g_autoptr (GOutputStream) out = begin (client->connection, WSP_MESSAGE_TYPE_BINARY);

  g_output_stream_write_all_async (out, noise, LARGE, G_PRIORITY_DEFAULT, NULL, keep_result,
                                   &written);

  g_autoptr (WspMessageStream) in = receive_stream (server->connection, &error);

  g_assert_no_error (error);
  g_assert_cmpint (wsp_message_stream_get_message_type (in), ==, WSP_MESSAGE_TYPE_BINARY);
  run_pending ();
  g_assert_null (written);
  g_assert_cmpuint (get_queue (client->connection), <=, 1024 * 1024 + 64 * 1024);

  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (server->connection);

  g_assert_cmpuint (stats->receive_buffer_bytes, >, 0);
  g_assert_cmpuint (stats->receive_buffer_bytes, <=, (64 + 256) * 1024);

  g_input_stream_read_all_async (G_INPUT_STREAM (in), received, LARGE, G_PRIORITY_DEFAULT, NULL,
                                 keep_result, &read);
  run_until_result (&written);
  g_assert_true (g_output_stream_write_all_finish (out, written, &n, &error));
  g_assert_true (g_output_stream_close (out, NULL, &error));
  run_until_result (&read);
  g_assert_true (g_input_stream_read_all_finish (G_INPUT_STREAM (in), read, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (received, n, noise, LARGE);
  end_pair (client, server);
}

static void
abort_connection (WspConnection *connection,
                  GOutputStream *stream)
{
  wsp_connection_abort (connection);
}

static void
dispose_of_stream (WspConnection *connection,
                   GOutputStream *stream)
{
  g_object_run_dispose (G_OBJECT (stream));
}

static const struct
{
  const char *name;
  void        (*end)(WspConnection *connection,
                     GOutputStream *stream);
  const char *message;
} waiting_ends[] = {
  { "at-the-end", abort_connection, "Connection was aborted" },
  { "after-disposal", dispose_of_stream, "Stream is closed" },
};

static void
test_waiting_write_fails (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);
  g_autofree guint8 *zeros = g_malloc0 (LARGE);
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (stream, zeros, LARGE, G_PRIORITY_DEFAULT, NULL, keep_result,
                                   &result);
  run_pending ();
  g_assert_null (result);
  waiting_ends[i].end (raw->connection, stream);
  run_until_result (&result);
  g_assert_false (g_output_stream_write_all_finish (stream, result, NULL, &raw->error));
  g_assert_cmpstr (raw->error->message, ==, waiting_ends[i].message);
  wsp_connection_abort (raw->connection);
}

/* GObject lets a script make one of any type. */
static void
test_made_by_a_script (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);
  g_autoptr (GOutputStream) made = g_object_new (G_OBJECT_TYPE (stream), NULL);
  g_autoptr (GAsyncResult) written = NULL, closed = NULL;

  g_assert_true (g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (made)));
  g_assert_cmpint (g_output_stream_write (made, "x", 1, NULL, &raw->error), ==, -1);
  g_assert_error (raw->error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_output_stream_write_async (made, "x", 1, G_PRIORITY_DEFAULT, NULL, keep_result, &written);
  run_until_result (&written);
  g_assert_cmpint (g_output_stream_write_finish (made, written, NULL), ==, -1);
  g_output_stream_close_async (made, G_PRIORITY_DEFAULT, NULL, keep_result, &closed);
  run_until_result (&closed);
  g_assert_true (g_output_stream_close_finish (made, closed, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  check_wire (raw->fd, "82 00");
}

/* It gives its result once, and nothing of it stays with the main loop. */
static void
test_waiting_write_is_cancelled (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GOutputStream) stream = begin (raw->connection, WSP_MESSAGE_TYPE_BINARY);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree guint8 *zeros = g_malloc0 (LARGE);
  g_autoptr (GAsyncResult) result = NULL;

  g_output_stream_write_all_async (stream, zeros, LARGE, G_PRIORITY_DEFAULT, cancellable,
                                   keep_result, &result);
  run_pending ();
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_assert_false (g_output_stream_write_all_finish (stream, result, NULL, &raw->error));
  g_assert_error (raw->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint n = 0; g_main_context_iteration (NULL, FALSE); n++)
    g_assert_cmpuint (n, <, 100);
}

static void
read_text (WspMessageStream *stream,
           const char       *expected)
{
  char buffer[64];
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, expected, strlen (expected));
}

static void
read_error (WspMessageStream *stream,
            GQuark            domain,
            int               code)
{
  char buffer[64];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL,
                                        &error), ==, -1);
  g_assert_error (error, domain, code);
}

/* It is of no connection, and of no thread. */
static void
test_made_by_hand (void)
{
  g_autoptr (WspMessageStream) stream = g_object_new (WSP_TYPE_MESSAGE_STREAM, NULL);

  g_assert_cmpint (wsp_message_stream_get_message_type (stream), ==, WSP_MESSAGE_TYPE_TEXT);
}

static void
test_pieces (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_write (raw->fd, "01 82 " NO_MASK "61 62");

  g_autoptr (WspMessageStream) stream = receive_stream (raw->connection, &raw->error);

  g_assert_cmpint (wsp_message_stream_get_message_type (stream), ==, WSP_MESSAGE_TYPE_TEXT);
  read_text (stream, "ab");
  read_error (stream, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  wire_write (raw->fd, "00 81 " NO_MASK "63 80 80 " NO_MASK "81 81 " NO_MASK "64");
  run_pending ();
  read_text (stream, "c");
  read_text (stream, "");

  g_autoptr (WspMessage) next = receive (raw->connection, &raw->error);

  g_assert_cmpstr (wsp_message_get_text (next), ==, "d");
}

/* Only a message that is read as a stream may be longer than the limit. */
static void
test_limit (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_limit (raw->connection, "max-message-size", 3);
  wire_write (raw->fd, "82 84 " NO_MASK "61 62 63 64");

  g_autoptr (WspMessageStream) stream = receive_stream (raw->connection, &raw->error);

  read_text (stream, "abcd");
  wire_write (raw->fd, "82 84 " NO_MASK "61 62 63 64");
  g_assert_null (receive (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

static void
test_skipped (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_write (raw->fd, "01 82 " NO_MASK "61 62");

  g_autoptr (WspMessageStream) stream = receive_stream (raw->connection, &raw->error);

  g_assert_true (g_input_stream_close (G_INPUT_STREAM (stream), NULL, &raw->error));
  wire_write (raw->fd, "00 81 " NO_MASK "63 80 81 " NO_MASK "64 81 81 " NO_MASK "65");

  g_autoptr (WspMessage) next = receive (raw->connection, &raw->error);

  g_assert_cmpstr (wsp_message_get_text (next), ==, "e");
}

/* A result that is not fetched frees its message. */
static void
test_result_dropped (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wsp_connection_receive_stream_async (raw->connection, NULL, NULL, NULL);
  wire_write (raw->fd, "01 82 " NO_MASK "61 62 80 81 " NO_MASK "64 81 81 " NO_MASK "65");
  run_pending ();

  g_autoptr (WspMessage) next = receive (raw->connection, &raw->error);

  g_assert_cmpstr (wsp_message_get_text (next), ==, "e");
}

static void
test_bad_text_received (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_write (raw->fd, "01 82 " NO_MASK "61 62");

  g_autoptr (WspMessageStream) stream = receive_stream (raw->connection, &raw->error);

  wire_write (raw->fd, "00 83 " NO_MASK "63 ff 64");
  run_until_closed (raw->watched);
  read_text (stream, "ab");
  read_error (stream, WSP_ERROR, WSP_ERROR_INVALID_UTF8);
  read_error (stream, WSP_ERROR, WSP_ERROR_INVALID_UTF8);
}

static void
test_cut_off (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GError) error = NULL;

  wire_write (fd, "02 82 " NO_MASK "61 62");

  g_autoptr (WspMessageStream) stream = receive_stream (connection, &error);
  char buffer[8];
  g_autoptr (GAsyncResult) result = NULL;

  read_text (stream, "ab");
  g_input_stream_read_async (G_INPUT_STREAM (stream), buffer, sizeof buffer, G_PRIORITY_DEFAULT,
                             NULL, keep_result, &result);
  run_pending ();
  g_assert_null (result);
  close (fd);
  run_until_result (&result);
  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (stream), result, &error), ==, -1);
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  run_until_closed (server);
}

static void
test_cancelled (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  wire_limit (raw->connection, "max-message-size", 3);
  wsp_connection_receive_stream_async (raw->connection, cancellable, keep_result, &result);
  run_pending ();
  g_cancellable_cancel (cancellable);
  wire_write (raw->fd, "82 83 " NO_MASK "61 62 63");
  run_until_result (&result);
  g_assert_null (wsp_connection_receive_stream_finish (raw->connection, result, &raw->error));
  g_assert_error (raw->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&raw->error);

  g_autoptr (WspMessage) message = receive (raw->connection, &raw->error);

  g_assert_cmpuint (wsp_message_get_size (message), ==, 3);
  wire_write (raw->fd, "82 84 " NO_MASK "61 62 63 64");
  g_assert_null (receive (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

/* Its header was accepted while a stream was requested. */
static void
test_cancelled_after_the_header (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  wire_limit (raw->connection, "max-message-size", 3);
  wsp_connection_receive_stream_async (raw->connection, cancellable, keep_result, &result);
  wire_write (raw->fd, "82 84 " NO_MASK);
  run_pending ();
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_clear_object (&result);

  /* Cancelling another call changes nothing of that. */
  g_autoptr (GCancellable) second = g_cancellable_new ();

  wsp_connection_receive_async (raw->connection, second, keep_result, &result);
  g_cancellable_cancel (second);
  run_until_result (&result);
  wire_write (raw->fd, "61 62 63 64");
  g_assert_null (receive (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

static void
test_exclusion (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GAsyncResult) waiting = NULL;

  wsp_connection_receive_async (raw->connection, NULL, keep_result, &waiting);
  g_assert_null (receive_stream (raw->connection, &raw->error));
  g_assert_error (raw->error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&raw->error);
  wire_write (raw->fd, "81 81 " NO_MASK "61 01 81 " NO_MASK "62");
  run_until_result (&waiting);

  g_autoptr (WspMessage) first = wsp_connection_receive_finish (raw->connection, waiting,
                                                                &raw->error);
  g_autoptr (WspMessageStream) stream = receive_stream (raw->connection, &raw->error);

  g_assert_cmpstr (wsp_message_get_text (first), ==, "a");
  g_assert_null (receive (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_clear_error (&raw->error);
  g_assert_null (receive_stream (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_clear_error (&raw->error);
  g_assert_true (g_input_stream_close (G_INPUT_STREAM (stream), NULL, NULL));

  wsp_connection_start_receiving (raw->connection);
  g_assert_null (receive_stream (raw->connection, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
}

/* Bytes that were parsed ahead, and bytes received before the stream was requested. */
static void
test_requested_late (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_write (raw->fd, "82 81 " NO_MASK "61");
  run_pending ();

  g_autoptr (WspMessageStream) whole = receive_stream (raw->connection, &raw->error);

  read_text (whole, "a");
  read_text (whole, "");

  wire_write (raw->fd, "02 82 " NO_MASK "62 63");
  run_pending ();
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_stream_async (raw->connection, NULL, keep_result, &result);
  wire_write (raw->fd, "80 81 " NO_MASK "64");
  run_until_result (&result);

  g_autoptr (WspMessageStream) half = wsp_connection_receive_stream_finish (raw->connection, result,
                                                                            &raw->error);

  read_text (half, "bcd");
  read_text (half, "");
}

static void
start_receive (WspConnection *connection,
               GAsyncResult **result)
{
  wsp_connection_receive_stream_async (connection, NULL, keep_result, result);
}

static void
check_stream (WspConnection *connection,
              GAsyncResult  *result,
              const char    *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessageStream) stream =
    wsp_connection_receive_stream_finish (connection, result, &error);

  g_assert_no_error (error);
  read_text (stream, text);
  read_text (stream, "");
}

/* The rest of the frame was to be read directly into the message; the next message has no such
 * memory before it is received. */
static void
test_requested_inside_a_frame (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GAsyncResult) first = NULL, second = NULL;

  wire_write (raw->fd, "81 85 " NO_MASK "62 63");
  run_pending ();
  start_receive (raw->connection, &first);
  wire_write (raw->fd, "64 65");
  run_pending ();
  wire_write (raw->fd, "66");
  run_until_result (&first);
  run_pending ();
  check_stream (raw->connection, first, "bcdef");

  start_receive (raw->connection, &second);
  run_pending ();
  g_assert_null (second);
  wire_write (raw->fd, "82 81 " NO_MASK "67");
  run_until_result (&second);
  check_stream (raw->connection, second, "g");
}

static void
test_end (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);

  wire_write (raw->fd, "88 82 " NO_MASK "03 e8");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (receive_stream (raw->connection, &raw->error));
      g_assert_no_error (raw->error);
    }
}

/* The calls before the stream ends, letters as above; A aborts the connection, C
 * drops the connection, S drops the stream, f is a write that has to fail. */
static const char *const ends[] = {
  "aS.", "aC.S.", "aSC.", "CaS.", "aA.S.", "aA.fS.", "a.bACS.", "aXS.", "aX.fS.", "a.bX.S.", "A.fS.", "aF.S.", "aFA.S.",
  "a!SC.", "aAC$S.", "a.AS.",
};

static void
end_one (WspConnection **connection,
         GOutputStream **stream,
         char            step)
{
  g_autoptr (GError) error = NULL;

  if (step == 'A')
    wsp_connection_abort (*connection);
  else if (step == 'C')
    g_clear_object (connection);
  else if (step == 'S')
    g_clear_object (stream);
  else if (step == 'f')
    {
      g_assert_cmpint (g_output_stream_write (*stream, "f", 1, NULL, &error), ==, -1);
      g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
    }
  else if (step == '$')
    g_output_stream_close (*stream, NULL, NULL);
  else
    do_one (*connection, *stream, step);
}

static void
test_ends (gconstpointer data)
{
  const char *steps = data;
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  gpointer watched = connection;
  GOutputStream *stream = begin (connection, WSP_MESSAGE_TYPE_TEXT);

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  for (const char *step = steps; *step != '\0'; step++)
    end_one (&connection, &stream, *step);
  g_assert_null (stream);
  close (fd);
  g_clear_object (&connection);
  run_pending ();
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
add_outgoing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/streams/begin-message/ended-by/%s",
                                               ends[i]);

      g_test_add_data_func (path, ends[i], test_ends);
    }

  for (guint i = 0; i < N_ABANDONS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/streams/begin-message/WS-131-%s-is-1011", give_ups[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_abandoned);
    }
  ADD_EACH_ROW ("/connection/streams/begin-message/joined/%s", joineds, test_joined);
  g_test_add_func ("/connection/streams/begin-message/joined/short-lines", test_joined_lines);
  g_test_add_func ("/connection/streams/begin-message/joined/is-queued", test_joined_is_queued);
  g_test_add_data_func ("/connection/streams/begin-message/joined/written-in-its-own-handler",
                        GUINT_TO_POINTER (1), test_joined_in_a_handler);
  g_test_add_data_func ("/connection/streams/begin-message/joined/written-in-another-handler",
                        GUINT_TO_POINTER (0), test_joined_in_a_handler);
  g_test_add_func ("/connection/streams/begin-message/empty", test_empty);
  g_test_add_func ("/connection/streams/begin-message/WS-130-another-stream-refused",
                   test_one_at_a_time);
  g_test_add_func ("/connection/streams/begin-message/refused-when-closing",
                   test_refused_when_closing);
  g_test_add_func ("/connection/streams/begin-message/dropped-after-an-abort-adds-nothing",
                   test_abandoned_after_abort);
  g_test_add_func ("/connection/streams/begin-message/another-stream-refused-in-a-handler",
                   test_one_at_a_time_in_a_handler);
  g_test_add_func ("/connection/streams/begin-message/closed-with-an-error-before-the-first-piece",
                   test_nothing_written);
  g_test_add_func ("/connection/streams/begin-message/WS-193-pieces-end-inside-a-character",
                   test_bad_text);
  g_test_add_func ("/connection/streams/begin-message/cancelled-write-writes-nothing",
                   test_cancelled_write);
  g_test_add_func ("/connection/streams/begin-message/writable-after-the-end",
                   test_writable_after_the_end);
  g_test_add_func ("/connection/streams/begin-message/writable-when-closed",
                   test_writable_when_closed);
  g_test_add_func ("/connection/streams/begin-message/first-vector-that-is-not-empty",
                   test_vectors);
  g_test_add_func ("/connection/streams/begin-message/synchronous-writes-fill-the-queue",
                   test_synchronous_full);
  ADD_ROWS_AS ("/connection/streams/begin-message/waiting-write-fails-%s", waiting_ends,
               test_waiting_write_fails);
  g_test_add_func ("/connection/streams/begin-message/refused-where-a-script-made-the-stream",
                   test_made_by_a_script);
  g_test_add_func ("/connection/streams/begin-message/cancelled-while-it-waits",
                   test_waiting_write_is_cancelled);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_outgoing ();
  g_test_add_func ("/connection/streams/both/larger-than-both-sides-hold", test_large);
  g_test_add_func ("/connection/streams/made-by-hand/has-a-type", test_made_by_hand);
  g_test_add_func ("/connection/streams/receive-stream/WS-132-pieces-then-the-next-message",
                   test_pieces);
  g_test_add_func ("/connection/streams/receive-stream/may-exceed-the-limit", test_limit);
  g_test_add_func ("/connection/streams/receive-stream/closed-early-skips-the-rest", test_skipped);
  g_test_add_func ("/connection/streams/receive-stream/dropped-result-skips", test_result_dropped);
  g_test_add_func ("/connection/streams/receive-stream/WS-194-only-valid-text-is-read",
                   test_bad_text_received);
  g_test_add_func ("/connection/streams/receive-stream/cut-off-is-an-error", test_cut_off);
  g_test_add_func ("/connection/streams/receive-stream/WS-203-cancelling-loses-nothing",
                   test_cancelled);
  g_test_add_func ("/connection/streams/receive-stream/cancelled-after-the-header-keeps-the-limit",
                   test_cancelled_after_the_header);
  g_test_add_func ("/connection/streams/receive-stream/one-way-at-a-time", test_exclusion);
  g_test_add_func ("/connection/streams/receive-stream/requested-late", test_requested_late);
  g_test_add_func ("/connection/streams/receive-stream/requested-inside-a-frame",
                   test_requested_inside_a_frame);
  g_test_add_func ("/connection/streams/receive-stream/null-at-the-end", test_end);

  return g_test_run ();
}
