/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tap's notifications of what a connection sends: for each way to send and each role, over
 * transports that take all, and over some that block anywhere. */
#include "connection/line.h"
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <string.h>

#define KIB 1024
#define LONG (40 * KIB)         /* more than the copy limit and a TLS record */

#define DEFLATE "permessage-deflate"
#define DEFLATE_SHARED "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

/* Ways to send */

static WspMessage *
make_text (gsize length)
{
  g_autofree char *text = g_strnfill (length, 'x');

  return wsp_message_new_text (text);
}

/* Compression makes it hardly shorter. */
static WspMessage *
make_noise (gsize length)
{
  g_autofree guint8 *noise = g_malloc (length);
  guint32 state = 6455;

  for (gsize i = 0; i < length; i++)
    {
      state = state * 1664525 + 1013904223;
      noise[i] = state >> 24;
    }
  return wsp_message_new_binary (noise, length);
}

static void
queue_text (Line *line,
            gsize length)
{
  g_autoptr (WspMessage) message = make_text (length);

  g_assert_true (wsp_connection_queue_message (line->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
}

static void
queue_binary (Line *line,
              gsize length)
{
  g_autoptr (WspMessage) message = make_noise (length);

  g_assert_true (wsp_connection_queue_message (line->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
}

static void
send_text (Line        *line,
           gsize        length,
           WspSendFlags flags)
{
  g_autoptr (WspMessage) message = make_text (length);

  wsp_connection_send_message_async (line->connection, message, flags, NULL, line_note_result,
                                     line);
}

static void
send_short_text (Line *line)
{
  queue_text (line, 5);
}

static void
send_empty_text (Line *line)
{
  queue_text (line, 0);
}

static void
send_short_binary (Line *line)
{
  queue_binary (line, 5);
}

static void
send_1_kib (Line *line)
{
  queue_text (line, KIB);
}

static void
send_long (Line *line)
{
  queue_binary (line, LONG);
}

static void
send_long_text (Line *line)
{
  queue_text (line, LONG);
}

static void
send_awaited (Line *line)
{
  send_text (line, 5, WSP_SEND_FLAGS_DEFAULT);
  send_text (line, KIB, WSP_SEND_FLAGS_DEFAULT);
  send_text (line, LONG, WSP_SEND_FLAGS_DEFAULT);
}

/* The second one overtakes the third where that has to wait. */
static void
send_urgent (Line *line)
{
  send_text (line, LONG, WSP_SEND_FLAGS_DEFAULT);
  send_text (line, 5, WSP_SEND_FLAGS_DEFAULT);
  send_text (line, 5, WSP_SEND_FLAGS_URGENT);
}

static void
send_in_fragments (Line *line)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "fragment-size", (guint64) 100, NULL);
  wsp_connection_set_limits (line->connection, limits);
  queue_text (line, 250);
  queue_text (line, 100);
}

static void
send_pieces (Line *line)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (line->connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (g_output_stream_write_all (stream, "piece", 5, NULL, NULL, NULL));
      line_run (line);
    }
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
}

static void
send_binary_pieces (Line *line)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (line->connection, WSP_MESSAGE_TYPE_BINARY, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);
  static const guint8 long_piece[LONG];

  g_assert_true (g_output_stream_write_all (stream, long_piece, LONG, NULL, NULL, NULL));
  line_run (line);
  g_assert_true (g_output_stream_write_all (stream, "piece", 5, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
}

static void
send_ping (Line *line)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("ping", 4);

  wsp_connection_ping_async (line->connection, payload, NULL, NULL, NULL);
}

static void
answer_ping (Line *line)
{
  wsp_connection_start_receiving (line->connection);
  line_answer (line, 0x89, "ping");
}

static void
send_close (Line *line)
{
  wsp_connection_close_async (line->connection, 4000, "bye", NULL, NULL, NULL);
}

static void
send_empty_close (Line *line)
{
  wsp_connection_close_async (line->connection, 1005, NULL, NULL, NULL, NULL);
}

static void
send_and_close (Line *line)
{
  send_text (line, LONG, WSP_SEND_FLAGS_DEFAULT);
  queue_text (line, 5);
  send_close (line);
}

static void
answer_close (Line *line)
{
  wsp_connection_start_receiving (line->connection);
  line_answer (line, 0x88, "\x03\xe9");
}

/* RSV2 is set. */
static void
refuse_frame (Line *line)
{
  wsp_connection_start_receiving (line->connection);
  line_answer (line, 0xa1, "x");
}

static void
fail (Line *line)
{
  wsp_connection_fail (line->connection, NULL);
}

/* A pong that the library did not create. */
static void
send_raw (Line *line)
{
  g_autoptr (GBytes) bytes = line->role == WSP_ROLE_SERVER
                             ? g_bytes_new_static ("\x8a\0", 2)
                             : g_bytes_new_static ("\x8a\x80\0\0\0\0", 6);

  g_assert_true (wsp_connection_send_raw_unsafe (line->connection, bytes, NULL));
}

static void
send_raw_and_text (Line *line)
{
  queue_text (line, KIB);
  send_raw (line);
  queue_text (line, 5);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Line          *line)
{
  line->n_messages++;
  if (wsp_message_get_size (message) == 3)
    {
      queue_text (line, 5);
      queue_binary (line, LONG);
      queue_text (line, KIB);
      send_ping (line);
      return;
    }

  for (guint i = 0; i < 4; i++)
    queue_text (line, 5);
}

/* All in one turn. */
static void
send_several (Line *line)
{
  g_signal_connect (line->connection, "message", G_CALLBACK (on_message), line);
  wsp_connection_start_receiving (line->connection);
  line_answer (line, 0x81, "several");
}

static void
send_mixed (Line *line)
{
  g_signal_connect (line->connection, "message", G_CALLBACK (on_message), line);
  wsp_connection_start_receiving (line->connection);
  line_answer (line, 0x81, "mix");
}

static void
echo_message (WspConnection *connection,
              WspMessage    *message,
              gpointer       user_data)
{
  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
}

static void
send_echoes (Line *line)
{
  wsp_connection_set_message_func (line->connection, echo_message, NULL, NULL);
  wsp_connection_start_receiving (line->connection);
  for (guint i = 0; i < 3; i++)
    line_answer (line, 0x82, "echo");
}

static gpointer
send_in_thread (gpointer data)
{
  Line *line = data;
  g_autoptr (WspMessage) small = make_text (5);
  g_autoptr (WspMessage) large = make_noise (LONG);

  g_assert_true (wsp_connection_send_from_thread (line->connection, small, WSP_SEND_FLAGS_DEFAULT,
                                                  NULL));
  g_assert_true (wsp_connection_send_from_thread (line->connection, large, WSP_SEND_FLAGS_DEFAULT,
                                                  NULL));
  return NULL;
}

static void
send_from_thread (Line *line)
{
  g_thread_join (g_thread_new ("other", send_in_thread, line));
}

static void
note_nothing (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
}

/* A message that is cancelled before its first byte was written is not sent. */
static void
send_and_cancel (Line *line)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WspMessage) message = make_text (5);

  queue_binary (line, LONG);
  wsp_connection_send_message_async (line->connection, message, WSP_SEND_FLAGS_DEFAULT, cancellable,
                                     note_nothing, NULL);
  g_cancellable_cancel (cancellable);
}

static const struct
{
  const char *name;
  void        (*send)(Line *line);
  const char *extensions;
} ways[] = {
  { "short-text", send_short_text, NULL },
  { "empty-text", send_empty_text, NULL },
  { "short-binary", send_short_binary, NULL },
  { "1-kib", send_1_kib, NULL },
  { "long-binary", send_long, NULL },
  { "long-text", send_long_text, NULL },
  { "awaited", send_awaited, NULL },
  { "urgent", send_urgent, NULL },
  { "several-in-one-turn", send_several, NULL },
  { "mixed-in-one-turn", send_mixed, NULL },
  { "echoes", send_echoes, NULL },
  { "fragments", send_in_fragments, NULL },
  { "pieces", send_pieces, NULL },
  { "long-pieces", send_binary_pieces, NULL },
  { "ping", send_ping, NULL },
  { "pong", answer_ping, NULL },
  { "close", send_close, NULL },
  { "close-without-code", send_empty_close, NULL },
  { "close-after-messages", send_and_close, NULL },
  { "answer-to-a-close", answer_close, NULL },
  { "refusal-of-a-frame", refuse_frame, NULL },
  { "failure-of-the-program", fail, NULL },
  { "raw", send_raw, NULL },
  { "raw-between-messages", send_raw_and_text, NULL },
  { "from-another-thread", send_from_thread, NULL },
  { "cancelled", send_and_cancel, NULL },
  { "compressed-text", send_1_kib, DEFLATE },
  { "compressed-long-text", send_long_text, DEFLATE },
  { "compressed-long-binary", send_long, DEFLATE },
  { "compressed-in-one-turn", send_several, DEFLATE },
  { "compressed-for-broadcast", send_long_text, DEFLATE_SHARED },
};

/* Before the result of each send the tap was notified of its bytes: of more for each result. */
static void
check_results (Line *line)
{
  gsize before = 0;

  for (guint i = 0; i < line->results->len; i++)
    {
      gsize n_notified = g_array_index (line->results, gsize, i);

      g_assert_cmpuint (n_notified, >, 0);
      g_assert_cmpuint (n_notified, >=, before);
      before = n_notified;
    }
}

/* Rows */

typedef struct
{
  WspRole  role;
  LineKind kind;
  guint    way;
} Row;

static Row
get_row (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);

  return (Row) {
           .role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
           .kind = number / 2 % N_LINE_KINDS,
           .way = number / 2 / N_LINE_KINDS,
  };
}

static void
play (Line      *line,
      const Row *row,
      LineTap    tap)
{
  line_init (line, row->role, row->kind, ways[row->way].extensions, tap);
  line_run (line);
  ways[row->way].send (line);
  line_run (line);
  g_assert_cmpuint (line->arrived->len, >, 0);
}

static void
test_notified (gconstpointer data)
{
  Row row = get_row (data);
  g_auto (Line) line = { 0 };

  play (&line, &row, LINE_CHECKED);
  line_check_bytes (&line);
  check_results (&line);
}

/* A connection with a tap makes the same writes as one without.  Where writes cannot be
 * distinguished, the bytes are counted. */
static void
test_same_writes (gconstpointer data)
{
  Row row = get_row (data);
  g_auto (Line) tapped = { 0 };
  g_auto (Line) untapped = { 0 };

  play (&tapped, &row, LINE_LOOKED_AT);
  play (&untapped, &row, LINE_UNTAPPED);
  g_assert_cmpuint (tapped.arrived->len, ==, untapped.arrived->len);
  if (row.kind == SOCKET_WITH_LITTLE_ROOM)
    return;

  g_assert_cmpmem (tapped.writes->data, tapped.writes->len * sizeof (gsize),
                   untapped.writes->data, untapped.writes->len * sizeof (gsize));
}

/* One message to two connections: each tap is notified of its own bytes. */
static void
test_broadcast (gconstpointer data)
{
  Row row = get_row (data);
  g_autoptr (WspMessage) message = make_text (row.way == 0 ? 5 : LONG);
  Line lines[2];

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      line_init (&lines[i], row.role, row.kind, NULL, LINE_CHECKED);
      line_run (&lines[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_true (wsp_connection_queue_message (lines[i].connection, message,
                                                 WSP_SEND_FLAGS_DEFAULT, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      line_run (&lines[i]);
      g_assert_cmpuint (lines[i].arrived->len, >, wsp_message_get_size (message));
      line_check_bytes (&lines[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    line_clear (&lines[i]);
}

static void
relay (WspConnection *connection,
       WspMessage    *message,
       Line          *to)
{
  g_autoptr (WspMessage) copy = make_text (wsp_message_get_size (message));

  for (guint i = 0; i < to->n_messages; i++)
    g_assert_true (wsp_connection_queue_message (to->connection, copy, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
}

/* A message that another connection receives is sent in the same dispatch. */
static void
test_relay (gconstpointer data)
{
  Row row = get_row (data);
  g_auto (Line) from = { 0 };
  g_auto (Line) to = { 0 };

  line_init (&from, row.role, SOCKET_OF_PACKETS, NULL, LINE_UNTAPPED);
  line_init (&to, row.role, row.kind, NULL, LINE_CHECKED);
  to.n_messages = row.way + 1;
  g_signal_connect (from.connection, "message", G_CALLBACK (relay), &to);
  wsp_connection_start_receiving (from.connection);
  wsp_connection_start_receiving (to.connection);
  line_run (&from);
  line_run (&to);
  line_answer (&from, 0x81, "relayed");
  line_run (&from);
  line_run (&to);
  line_check_bytes (&to);
}

/* Bytes that the transport did not take are not shown. */
static void
test_cut_off (gconstpointer data)
{
  Row row = get_row (data);
  g_auto (Line) line = { 0 };

  line_init (&line, row.role, row.kind, NULL, LINE_CHECKED);
  line_run (&line);
  queue_text (&line, 5);
  queue_binary (&line, LONG);
  queue_text (&line, 5);
  wsp_connection_abort (line.connection);
  line_run (&line);
  g_assert_cmpuint (line.arrived->len, <, LONG);
  line_check_bytes (&line);
}

/* A finalizer of a tap removes another tap, or drops the connection. */

typedef struct
{
  WspConnection *connection;
  WspTap        *other;
} LastTap;

static void
on_tap_finalized (gpointer data,
                  GObject *tap)
{
  LastTap *self = data;

  if (self->other != NULL)
    wsp_connection_remove_tap (self->connection, self->other);
  g_clear_object (&self->connection);
}

static void
test_finalized (gconstpointer data)
{
  gboolean removes_other = GPOINTER_TO_UINT (data) & 1;
  gboolean adds_other_first = GPOINTER_TO_UINT (data) & 2;
  LastTap self = { NULL, NULL };
  g_autoptr (NarrowStream) stream = narrow_stream_new (1000);
  WspTap *tap = WSP_TAP (test_place_tap_new (N_TAP_PLACES, NULL, NULL));
  g_autoptr (WspTap) other = WSP_TAP (test_place_tap_new (N_TAP_PLACES, NULL, NULL));

  self.connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL, NULL, NULL, NULL);
  self.other = removes_other ? other : NULL;
  if (removes_other && adds_other_first)
    wsp_connection_add_tap (self.connection, other);
  wsp_connection_add_tap (self.connection, tap);
  if (removes_other && !adds_other_first)
    wsp_connection_add_tap (self.connection, other);
  g_object_weak_ref (G_OBJECT (tap), on_tap_finalized, &self);
  g_object_unref (tap);
  run_pending ();
  wsp_connection_remove_tap (self.connection, tap);
  g_assert_null (self.connection);
  run_pending ();
}

typedef void (*RowFunc) (gconstpointer data);

static void
add_row (guint       number,
         const char *claim,
         const char *name,
         RowFunc     run)
{
  Row row = get_row (GUINT_TO_POINTER (number));
  g_autofree char *path =
    g_strdup_printf ("/connection/taps/%s/%s/%s/%s", claim,
                     row.role == WSP_ROLE_SERVER ? "server" : "client",
                     line_kind_names[row.kind], name);

  g_test_add_data_func (path, GUINT_TO_POINTER (number), run);
}

int
main (int    argc,
      char **argv)
{
  const guint n_lines = 2 * N_LINE_KINDS;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n_lines * G_N_ELEMENTS (ways); i++)
    {
      add_row (i, "notified-of-each-write", ways[i / n_lines].name, test_notified);
      add_row (i, "same-writes-as-without", ways[i / n_lines].name, test_same_writes);
    }
  for (guint i = 0; i < 2 * n_lines; i++)
    add_row (i, "broadcast-to-each-its-bytes", i < n_lines ? "short" : "long", test_broadcast);
  for (guint i = 0; i < 2 * n_lines; i++)
    add_row (i, "relay-is-sent-in-the-same-dispatch", i < n_lines ? "one" : "two", test_relay);
  for (guint i = 0; i < 2; i++)
    add_row (i + 2 * STREAM_OF_1000_BYTES, "unsent-is-not-shown", "cut-off", test_cut_off);
  g_test_add_data_func ("/connection/taps/finalized-in-its-removal/drops-the-connection",
                        GUINT_TO_POINTER (0), test_finalized);
  g_test_add_data_func ("/connection/taps/finalized-in-its-removal/removes-a-later-tap",
                        GUINT_TO_POINTER (1), test_finalized);
  g_test_add_data_func ("/connection/taps/finalized-in-its-removal/removes-an-earlier-tap",
                        GUINT_TO_POINTER (3), test_finalized);
  return g_test_run ();
}
