/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Many whole messages in one read.  They have a way of their own (wsp_input_read_whole (),
 * wsp_connection_send_quietly ()), which a connection with a tap does not take: so each row runs
 * once without and once with a tap, and both must do the same. */
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 20
#define FRAME (6 + SIZE)
#define MAX_ROUNDS 200

typedef struct _Whole Whole;

typedef void (*Act) (Whole *self);

struct _Whole
{
  WspConnection *connection;
  int      fd;
  Act      act;                 /* function that is called with one message; NULL: each message is
                                 * sent back */
  guint    at;                  /* number of the message that act is called with, from 0 */
  guint    n_messages;
  guint    n_ended;             /* number of calls of act that have returned their results */
  gboolean is_silent;           /* TRUE if nothing is sent back any more */
  GOutputStream *stream;        /* stream of a message that act has begun; has a reference to the
                                 * connection */
  GString *log;
};

static void
note_nothing (gpointer data)
{
}

static void
answer (Whole      *self,
        WspMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (!wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, &error))
    g_string_append_printf (self->log, "(%d)", error->code);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  Whole *self = user_data;
  gsize length;
  const guint8 *data = g_bytes_get_data (wsp_message_get_bytes (message), &length);

  g_string_append_printf (self->log, "%c", length > 0 ? data[0] : '_');
  if (self->n_messages++ == self->at && self->act != NULL)
    self->act (self);
  if (!self->is_silent && wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_OPEN)
    answer (self, message);
}

static void
on_other_message (WspConnection *connection,
                  WspMessage    *message,
                  gpointer       user_data)
{
  Whole *self = user_data;

  g_string_append_c (self->log, '+');
  self->n_messages++;
  answer (self, message);
}

static void
begin (Whole   *self,
       gboolean is_tapped)
{
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  self->log = g_string_new (NULL);
  if (is_tapped)
    {
      g_autoptr (TestPlaceTap) tap = test_place_tap_new (N_TAP_PLACES, note_nothing, NULL);

      wsp_connection_add_tap (self->connection, WSP_TAP (tap));
    }
  wsp_connection_set_message_func (self->connection, on_message, self, NULL);
  wsp_connection_start_receiving (self->connection);
  run_pending ();
}

static void
put_messages (Whole *self,
              guint  n)
{
  g_autofree guint8 *bytes = g_malloc0 (n * FRAME);

  for (guint i = 0; i < n; i++)
    {
      bytes[i * FRAME] = i % 3 == 2 ? 0x81 : 0x82;
      bytes[i * FRAME + 1] = 0x80 | SIZE;
      memset (bytes + i * FRAME + 6, 'a' + i % 26, SIZE);
    }
  if (send (self->fd, bytes, n * FRAME, MSG_NOSIGNAL) < 0)
    g_assert_cmpint (errno, ==, EPIPE);         /* act has ended the connection */
}

static void
note_answers (Whole *self)
{
  guint8 bytes[4096];
  gssize n;
  guint32 sum = 0;
  gsize length = 0;

  while ((n = read (self->fd, bytes, sizeof bytes)) > 0)
    {
      for (gssize i = 0; i < n; i++)
        sum = sum * 31 + bytes[i];
      length += n;
    }
  if (length > 0)
    g_string_append_printf (self->log, " [%" G_GSIZE_FORMAT ":%08x]", length, sum);
  if (n == 0)
    g_string_append (self->log, " end");
}

/* Notes after each iteration of the main loop what the peer has received in it: so the log shows
 * how many messages a turn handles. */
static void
run (Whole *self)
{
  for (guint i = 0; i < MAX_ROUNDS; i++)
    {
      gboolean was_busy = g_main_context_iteration (NULL, FALSE);

      note_answers (self);
      if (was_busy)
        g_string_append (self->log, " /");
      else if (i > 5)
        return;
    }
}

static char *
end (Whole *self)
{
  if (self->connection != NULL)
    {
      g_string_append_printf (self->log, " state %d", wsp_connection_get_state (self->connection));
      wsp_connection_abort (self->connection);
      run (self);
      g_clear_object (&self->stream);
      g_clear_object (&self->connection);
    }
  run_pending ();
  close (self->fd);
  g_string_append_printf (self->log, " %u messages, %u ended", self->n_messages, self->n_ended);
  return g_string_free (self->log, FALSE);
}

/* Limits: one below, at and one above what the messages need. */

typedef struct
{
  const char *property;         /* property of the limits; NULL: the bound is the number of messages
                                 * in a turn */
  guint       n_messages;
  guint64     value;
} Bound;

static const Bound bounds[] = {
  { NULL, 1, 0 },                       { NULL, 63, 0 },
  { NULL, 64, 0 },                      { NULL, 65, 0 },
  { NULL, 129, 0 },
  { "max-bytes-per-turn", 158, 4096 },  { "max-bytes-per-turn", 158, 158 * FRAME - 1 },
  { "max-bytes-per-turn", 158, 158 * FRAME },   { "max-bytes-per-turn", 158, 158 * FRAME + 1 },
  { "max-send-queue", 5, 1 },           { "max-send-queue", 5, SIZE + 2 },
  { "send-high-water-mark", 5, 0 },          { "send-high-water-mark", 5, SIZE + 1 },
  { "fragment-size", 5, SIZE - 1 },     { "fragment-size", 5, SIZE },
  { "fragment-size", 5, SIZE + 1 },
  { "max-message-size", 5, SIZE - 1 },  { "max-message-size", 5, SIZE },
  { "max-message-size", 5, SIZE + 1 },
  { "max-frame-size", 5, SIZE - 1 },    { "max-frame-size", 5, SIZE },
  { "max-frame-size", 5, SIZE + 1 },
};

static char *
run_bound (const Bound *row,
           gboolean     is_tapped)
{
  Whole self = { .at = G_MAXUINT };

  begin (&self, is_tapped);
  if (row->property != NULL)
    wire_limit (self.connection, row->property, row->value);
  run_pending ();
  put_messages (&self, row->n_messages);
  run (&self);
  return end (&self);
}

static void
test_bound (gconstpointer data)
{
  g_autofree char *whole = run_bound (data, FALSE);
  g_autofree char *tapped = run_bound (data, TRUE);

  g_assert_cmpstr (whole, ==, tapped);
}

/* The actions of a handler. */

static void
close_it (Whole *self)
{
  wsp_connection_close_async (self->connection, 1000, "enough", NULL, NULL, NULL);
}

static void
abort_it (Whole *self)
{
  wsp_connection_abort (self->connection);
}

static void
drop_it (Whole *self)
{
  wsp_connection_abort (self->connection);
  g_clear_object (&self->connection);
  self->connection = NULL;
}

static void
stop_it (Whole *self)
{
  wsp_connection_stop_receiving (self->connection);
}

static void
stop_and_start (Whole *self)
{
  wsp_connection_stop_receiving (self->connection);
  wsp_connection_start_receiving (self->connection);
}

static void
set_function (Whole *self)
{
  wsp_connection_set_message_func (self->connection, on_other_message, self, NULL);
}

static void
take_by_signal (Whole *self)
{
  wsp_connection_set_message_func (self->connection, NULL, NULL, NULL);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_other_message), self);
}

/* Changes the limits that the connection has. */
static void
change (Whole      *self,
        const char *property,
        guint64     value)
{
  wire_set_number (wsp_connection_get_limits (self->connection), property, value);
}

static void
limit_messages (Whole *self)
{
  change (self, "max-message-size", SIZE - 1);
}

static void
replace_limits (Whole *self)
{
  wire_limit (self->connection, "max-message-size", SIZE - 1);
}

static void
limit_silently (Whole *self)
{
  limit_messages (self);
  self->is_silent = TRUE;
}

static void
limit_fragments (Whole *self)
{
  change (self, "fragment-size", 7);
}

static void
limit_queue (Whole *self)
{
  change (self, "max-send-queue", 1);
}

static void
accept_text (Whole *self)
{
  wsp_connection_set_message_filter (self->connection, WSP_MESSAGE_FILTER_TEXT_ONLY);
}

static void
add_tap (Whole *self)
{
  g_autoptr (TestPlaceTap) tap = test_place_tap_new (N_TAP_PLACES, note_nothing, NULL);

  wsp_connection_add_tap (self->connection, WSP_TAP (tap));
}

static void
run_loop (Whole *self)
{
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
send_text (Whole *self)
{
  wsp_connection_queue_text (self->connection, "more", NULL);
}

static void
send_what_is_not_text (Whole *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_connection_queue_text (self->connection, "\xff", &error));
  g_string_append_printf (self->log, "(%d)", error->code);
}

static void
send_long (Whole *self)
{
  g_autofree guint8 *bytes = g_malloc0 (100000);

  wsp_connection_queue_binary (self->connection, bytes, 100000, NULL);
}

static void
send_urgent (Whole *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("urgent");

  wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_URGENT, NULL);
}

static void
count_end (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Whole *self = user_data;

  wsp_connection_send_message_finish (WSP_CONNECTION (source), result, NULL);
  self->n_ended++;
}

static void
send_and_wait (Whole *self)
{
  wire_send_text (self->connection, "awaited", NULL, count_end, self);
}

static void
ping (Whole *self)
{
  wsp_connection_ping_async (self->connection, NULL, NULL, NULL, NULL);
}

static void
begin_message (Whole *self)
{
  g_autoptr (GOutputStream) stream =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);

  g_output_stream_write_all (stream, "part", 4, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
}

static void
keep_beginning (Whole *self)
{
  self->stream =
    wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                  NULL);
  g_output_stream_write_all (self->stream, "part", 4, NULL, NULL, NULL);
}

static const struct
{
  const char *name;
  Act act;
} acts[] = {
  { "close", close_it },
  { "abort", abort_it },
  { "drop", drop_it },
  { "stop", stop_it },
  { "stop-and-start", stop_and_start },
  { "set-another-function", set_function },
  { "take-by-the-signal", take_by_signal },
  { "limit-messages", limit_messages },
  { "limit-messages-and-send-nothing", limit_silently },
  { "replace-the-limits", replace_limits },
  { "limit-fragments", limit_fragments },
  { "limit-the-queue", limit_queue },
  { "accept-text-only", accept_text },
  { "add-a-tap", add_tap },
  { "run-the-loop", run_loop },
  { "send-text", send_text },
  { "send-what-is-not-text", send_what_is_not_text },
  { "send-100-kb", send_long },
  { "send-urgently", send_urgent },
  { "send-and-wait", send_and_wait },
  { "ping", ping },
  { "begin-and-end-a-message", begin_message },
  { "begin-a-message", keep_beginning },
};

#define N_POINTS 3              /* first, middle, last of five messages */

static char *
run_act (guint    number,
         gboolean is_tapped)
{
  Whole self = { .act = acts[number / N_POINTS].act, .at = number % N_POINTS * 2 };

  begin (&self, is_tapped);
  put_messages (&self, 5);
  run (&self);
  put_messages (&self, 2);
  run (&self);
  return end (&self);
}

static void
test_act (gconstpointer data)
{
  g_autofree char *whole = run_act (GPOINTER_TO_UINT (data), FALSE);
  g_autofree char *tapped = run_act (GPOINTER_TO_UINT (data), TRUE);

  g_assert_cmpstr (whole, ==, tapped);
}

/* A limit holds from the next answer on, which leaves in the same turn: three fragments each. */
static void
test_fragments (void)
{
  Whole self = { .act = limit_fragments };

  begin (&self, FALSE);
  put_messages (&self, 5);
  run (&self);

  g_autofree char *log = end (&self);

  g_assert_true (g_str_has_prefix (log, "abcde [130:"));
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Whole *self = data;

  g_assert_true (wsp_connection_send_message_finish (WSP_CONNECTION (source), result, NULL));
  self->n_ended++;
}

/* The first message is answered by a call, the second one without. */
static void
on_one_of_two (WspConnection *connection,
               WspMessage    *message,
               gpointer       user_data)
{
  Whole *self = user_data;

  if (self->n_messages++ == 0)
    wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL, on_sent,
                                       self);
  else
    answer (self, message);
}

/* A call whose message is kept in the memory of the turn still counts in the send queue, while the
 * pong of a ping between the two messages was written. */
static char *
run_call (gboolean is_tapped)
{
  static const guint8 ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  Whole self = { .at = G_MAXUINT };
  guint8 bytes[2 * FRAME + sizeof ping] = { 0x82, 0x80 | SIZE };

  begin (&self, is_tapped);
  wsp_connection_set_message_func (self.connection, on_one_of_two, &self, NULL);
  wire_limit (self.connection, "max-send-queue", 100);
  run_pending ();
  memcpy (bytes + FRAME, ping, sizeof ping);
  memcpy (bytes + FRAME + sizeof ping, bytes, FRAME);
  g_assert_cmpint (write (self.fd, bytes, sizeof bytes), ==, sizeof bytes);
  run (&self);
  return end (&self);
}

static void
test_call (void)
{
  g_autofree char *log = run_call (FALSE), *tapped = run_call (TRUE);
  g_autofree char *refused = g_strdup_printf ("(%d)", WSP_ERROR_QUEUE_FULL);

  g_assert_cmpstr (log, ==, tapped);
  g_assert_nonnull (strstr (log, refused));
}

/* RFC 6455 5.3, 10.3: a client masks each frame with a new key, which also holds for messages that
 * are written at once. */

static const guint masked_lengths[] = {
  0, 1, 3, 4, 5, 7, 8, 15, 16, 20, 31, 32, 33, 63, 64, 65, 125, 126, 127, 5000,
};

static gsize
put_server_frame (guint8 *to,
                  gsize   length)
{
  const gsize n = length < 126 ? 2 : 4;

  to[0] = 0x82;
  to[1] = (guint8) MIN (length, 126);
  if (n == 4)
    {
      to[2] = (guint8) (length >> 8);
      to[3] = (guint8) length;
    }
  memset (to + n, 'a', length);
  return n + length;
}

/* Returns the key, after the frame was compared with that of put_server_frame (). */
static guint32
check_client_frame (const guint8 *frame,
                    const guint8 *expected,
                    gsize         n_expected)
{
  const gsize n = expected[1] < 126 ? 2 : 4;
  guint32 key;

  g_assert_cmphex (frame[0], ==, expected[0]);
  g_assert_cmphex (frame[1], ==, expected[1] | 0x80);
  g_assert_cmpmem (frame + 2, n - 2, expected + 2, n - 2);
  memcpy (&key, frame + n, sizeof key);
  for (gsize i = n; i < n_expected; i++)
    g_assert_cmphex (frame[sizeof key + i] ^ frame[n + (i - n) % sizeof key], ==, expected[i]);
  return key;
}

static void
test_masked (gconstpointer data)
{
  const gsize length = GPOINTER_TO_UINT (data);
  g_autofree guint8 *frames = g_malloc (2 * (length + 4)), *answers = g_malloc (2 * (length + 8));
  const gsize n = put_server_frame (frames, length);
  Whole self = { .at = G_MAXUINT, .log = g_string_new (NULL) };
  guint32 keys[2];

  self.connection = wire_raw (WSP_ROLE_CLIENT, &self.fd);
  wsp_connection_set_message_func (self.connection, on_message, &self, NULL);
  wsp_connection_start_receiving (self.connection);
  run_pending ();
  put_server_frame (frames + n, length);
  g_assert_cmpint (write (self.fd, frames, 2 * n), ==, 2 * n);
  run_pending ();

  g_assert_cmpint (read (self.fd, answers, 2 * (n + 4)), ==, 2 * (n + 4));
  for (guint i = 0; i < 2; i++)
    keys[i] = check_client_frame (answers + i * (n + 4), frames, n);
  g_assert_cmphex (keys[0], !=, 0);
  g_assert_cmphex (keys[1], !=, 0);
  g_assert_cmphex (keys[0], !=, keys[1]);
  g_free (end (&self));
}

int
main (int    n_arguments,
      char **arguments)
{
  static const char *const points[N_POINTS] = { "first", "middle", "last" };

  g_test_init (&n_arguments, &arguments, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      const Bound *row = &bounds[i];
      g_autofree char *path =
        g_strdup_printf ("/connection/whole/bounds/%s/%u-messages/%" G_GUINT64_FORMAT,
                         row->property != NULL ? row->property : "in-a-turn", row->n_messages,
                         row->value);

      g_test_add_data_func (path, row, test_bound);
    }
  for (guint i = 0; i < N_POINTS * G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/whole/handler/%s/in-the-%s-message",
                                               acts[i / N_POINTS].name, points[i % N_POINTS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_act);
    }
  for (guint i = 0; i < G_N_ELEMENTS (masked_lengths); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/whole/masked/%u-bytes",
                                               masked_lengths[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (masked_lengths[i]), test_masked);
    }
  g_test_add_func ("/connection/whole/bounds/max-send-queue/after-a-call", test_call);
  g_test_add_func ("/connection/whole/fragments-in-the-same-turn", test_fragments);
  return g_test_run ();
}
