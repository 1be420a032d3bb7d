/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Messages whose bytes are received before the program asks for them: how much of them is held, and
 * how they are delivered. */
#include "connection/wire.h"
#include "lib/rows.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NO_MASK "00 00 00 00 "
#define MIB (1024 * 1024)
#define LARGE (24 * MIB)        /* more than max-message-size */
#define ROOM (64 * 1024)
#define ONE_READ (256 * 1024)   /* may be held in addition */
#define STALLED 50              /* turns of the main loop in which the peer can write nothing */

typedef struct
{
  WspConnection *connection;
  Watched       *watched;
  int            fd;
  GByteArray    *wire;          /* the bytes that the peer sends */
  gsize          n_sent;
  gsize          most_held;
} Fixture;

static void
add_frame (GByteArray   *wire,
           guint8        first,
           const guint8 *payload,
           gsize         length)
{
  guint8 header[14] = { first };
  gsize n = 2;

  header[1] = 0x80 | (length < 126 ? length : length < 65536 ? 126 : 127);
  for (int shift = length < 126 ? -8 : length < 65536 ? 8 : 56; shift >= 0; shift -= 8)
    header[n++] = (guint64) length >> shift;
  g_byte_array_append (wire, header, n + 4);    /* the key is zero */
  if (length > 0)
    g_byte_array_append (wire, payload, length);
}

static guint8 *
make_payload (gsize length)
{
  guint8 *payload = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    payload[i] = (guint8) (i * 2654435761u >> 13);
  return payload;
}

/* A binary message of so many bytes, in frames of at most so many; 0: one frame. */
static void
add_message (Fixture *self,
             gsize    length,
             gsize    frame_length)
{
  g_autofree guint8 *payload = make_payload (length);
  gsize at = 0;

  do
    {
      gsize n = frame_length > 0 ? MIN (frame_length, length - at) : length;

      add_frame (self->wire, (at == 0 ? 0x02 : 0x00) | (at + n == length ? 0x80 : 0x00),
                 payload + at, n);
      at += n;
    }
  while (at < length);
}

static guint n_pauses;          /* lines that reading pauses */

static GLogWriterOutput
count_pauses (GLogLevelFlags   level,
              const GLogField *fields,
              gsize            n_fields,
              gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "Reading pauses, and the peer waits") != NULL)
      n_pauses++;
  return level & G_LOG_LEVEL_INFO ? G_LOG_WRITER_HANDLED
                                  : g_log_writer_default (level, fields, n_fields, data);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new (Fixture, 1);

  *self = (Fixture) { .wire = g_byte_array_new () };
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  self->watched = watch (self->connection);
  return self;
}

static void
note_held (Fixture *self)
{
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self->connection);

  self->most_held = MAX (self->most_held, stats->receive_buffer_bytes);
}

/* FALSE: nothing could be written. */
static gboolean
send_some (Fixture *self,
           gsize    until)
{
  gssize n = 0;

  if (self->n_sent < until)
    n = write (self->fd, self->wire->data + self->n_sent, until - self->n_sent);
  self->n_sent += MAX (n, 0);
  g_main_context_iteration (NULL, FALSE);
  note_held (self);
  return n > 0;
}

/* Up to that byte, or as far as the other side takes it. */
static void
send_until (Fixture *self,
            gsize    until)
{
  guint n_idle = 0;

  while (n_idle < STALLED)
    n_idle = send_some (self, MIN (until, self->wire->len)) ? 0 : n_idle + 1;
}

static void
send_all (Fixture *self)
{
  send_until (self, G_MAXSIZE);
}

/* The peer has sent all, and reads no more. */
static void
shutdown_peer (Fixture *self)
{
  shutdown (self->fd, SHUT_RDWR);
  run_until_closed (self->watched);
}

static void
fixture_free (Fixture *self)
{
  wsp_connection_abort (self->connection);
  run_until_closed (self->watched);
  run_pending ();
  watched_free (self->watched);
  g_object_unref (self->connection);
  g_byte_array_unref (self->wire);
  close (self->fd);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
check_bytes (gconstpointer received,
             gsize         n,
             gsize         length)
{
  g_autofree guint8 *expected = make_payload (length);

  g_assert_cmpmem (received, n, expected, length);
}

/* The stream is read while the peer sends; the memory that it holds is measured. */
static void
read_large (Fixture          *self,
            WspMessageStream *stream,
            gsize             length)
{
  g_autofree guint8 *received = g_malloc (length + 1);
  gsize n = 0;
  guint n_idle = 0;

  while (n_idle < STALLED)
    {
      g_autoptr (GError) error = NULL;
      gboolean was_sent = send_some (self, self->wire->len);
      gssize result = g_input_stream_read (G_INPUT_STREAM (stream), received + n, length + 1 - n,
                                           NULL, &error);

      if (result == 0)
        break;
      if (result < 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      n += MAX (result, 0);
      n_idle = was_sent || result > 0 ? 0 : n_idle + 1;
    }
  check_bytes (received, n, length);
}

static WspMessageStream *
take_stream (Fixture       *self,
             GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  for (guint n_idle = 0; *result == NULL && n_idle < STALLED; n_idle++)
    if (send_some (self, self->wire->len))
      n_idle = 0;
  g_assert_nonnull (*result);

  WspMessageStream *stream = wsp_connection_receive_stream_finish (self->connection, *result,
                                                                   &error);

  g_assert_no_error (error);
  g_assert_nonnull (stream);
  return stream;
}

static WspMessageStream *
request_stream (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_stream_async (self->connection, NULL, keep_result, &result);
  return take_stream (self, &result);
}

static const struct
{
  const char *name;
  gsize       length, frame_length;
  gsize       before;           /* number of bytes that are on the wire before the call */
} request_cases[] = {
  { "before-the-first-byte", LARGE, 0, 0 },
  { "inside-the-header", LARGE, 0, 3 },
  { "after-the-header", LARGE, 0, 14 },
  { "after-the-first-byte", LARGE, 0, 15 },
  { "after-64-KiB", LARGE, 0, 14 + ROOM },
  { "late", LARGE, 0, G_MAXSIZE },
  { "late-in-frames-of-64-KiB", LARGE, ROOM, G_MAXSIZE },
  { "late-in-frames-of-1-MiB", LARGE, MIB, G_MAXSIZE },
  { "after-a-frame", LARGE, 1000, 1008 },
  { "after-the-second-header", LARGE, MIB, 14 + MIB + 14 },
  { "late-whole", 1000, 0, G_MAXSIZE },
};

/* A stream has no limit of length, whenever it is asked for, and it holds no more than documented.
 */
static void
test_requested (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, request_cases[i].length, request_cases[i].frame_length);
  send_until (fixture, request_cases[i].before);

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  read_large (fixture, stream, request_cases[i].length);
  g_assert_cmpuint (fixture->most_held, <=, ROOM + ONE_READ);
}

typedef enum
{
  TAKE_RECEIVE,
  TAKE_START,
  TAKE_STREAM,
  N_TAKES,
} Take;

static const char *const take_names[N_TAKES] = { "receive", "start", "receive-stream" };

/* Before the call a little is held and the peer waits; after it the whole message is received. */
static void
test_held (gconstpointer data)
{
  Take take = GPOINTER_TO_UINT (data);
  const gsize length = 8 * MIB;
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, length, take == TAKE_START ? 0 : 100000);
  send_all (fixture);
  g_assert_cmpuint (fixture->n_sent, <, length / 2);
  g_assert_cmpuint (fixture->most_held, <=, ROOM + ONE_READ);

  if (take == TAKE_STREAM)
    {
      g_autoptr (WspMessageStream) stream = request_stream (fixture);

      read_large (fixture, stream, length);
      g_clear_pointer (&fixture, fixture_free);
      return;
    }

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WspMessage) message = NULL;

  if (take == TAKE_START)
    wsp_connection_start_receiving (fixture->connection);
  else
    wsp_connection_receive_async (fixture->connection, NULL, keep_result, &result);
  send_all (fixture);
  if (take == TAKE_START)
    message = wsp_message_ref (fixture->watched->messages->pdata[0]);
  else
    message = wsp_connection_receive_finish (fixture->connection, result, NULL);

  gsize n;
  const void *received = g_bytes_get_data (wsp_message_get_bytes (message), &n);

  check_bytes (received, n, length);
}

/* A message that was read ahead, whole or in part, and is longer than the call allows. */
static const struct
{
  const char *name;
  gsize       limit, length, frame_length, before;
  guint64     max_fragments;
  guint       code;
} too_longs[] = {
  { "read-ahead", 3, 4, 0, G_MAXSIZE, 0, 1009 },
  { "header-alone", 3, 4, 0, 6, 0, 1009 },
  { "half", 3, 4, 0, 8, 0, 1009 },
  { "frames", 3, 4, 2, 8, 0, 1009 },
  { "many-fragments", 100, 50, 1, 14 * 6, 10, 1008 },
  { "large", 16 * MIB, LARGE, 0, G_MAXSIZE, 0, 1009 },
  { "large-in-frames", 16 * MIB, LARGE, MIB, G_MAXSIZE, 0, 1009 },
};

static void
test_too_long (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  gboolean is_started = GPOINTER_TO_UINT (data) % 2;
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_limits_set_max_message_size (limits, (guint64) too_longs[i].limit);
  if (too_longs[i].max_fragments > 0)
    g_object_set (limits, "max-fragments", (guint) too_longs[i].max_fragments, NULL);
  wsp_connection_set_limits (fixture->connection, limits);
  add_message (fixture, too_longs[i].length, too_longs[i].frame_length);
  add_message (fixture, 1, 0);
  send_until (fixture, MIN (too_longs[i].before, fixture->wire->len - 7));
  g_assert_cmpint (wsp_connection_get_state (fixture->connection), ==, WSP_CONNECTION_STATE_OPEN);

  if (is_started)
    wsp_connection_start_receiving (fixture->connection);
  else
    wsp_connection_receive_async (fixture->connection, NULL, keep_result, &result);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 0);
  if (too_longs[i].frame_length == 0)           /* the header announced the excess */
    g_assert_cmpuint (fixture->most_held, <=, ROOM + ONE_READ);
  shutdown_peer (fixture);

  WspCloseInfo *info = wsp_connection_get_close_info (fixture->connection);

  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, too_longs[i].code);
  g_assert_error (wsp_close_info_get_error (info), WSP_ERROR, WSP_ERROR_TOO_BIG);
  if (!is_started)
    {
      g_assert_nonnull (result);
      g_assert_null (wsp_connection_receive_finish (fixture->connection, result, &error));
      g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
    }
}

/* As a stream each of them is valid. */
static void
test_not_too_long (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_limits_set_max_message_size (limits, (guint64) too_longs[i].limit);
  if (too_longs[i].max_fragments > 0)
    g_object_set (limits, "max-fragments", (guint) too_longs[i].max_fragments, NULL);
  wsp_connection_set_limits (fixture->connection, limits);
  add_message (fixture, too_longs[i].length, too_longs[i].frame_length);
  send_until (fixture, too_longs[i].before);

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  read_large (fixture, stream, too_longs[i].length);
}

/* All ways of receiving agree about max-message-size, whatever is behind the message. */
typedef enum
{
  WAY_SIGNAL,
  WAY_SIGNAL_LATE,              /* start_receiving () is called after the bytes have arrived */
  WAY_FUNC,
  WAY_RECEIVE,                  /* the callback asks for the next message */
  WAY_RECEIVE_LATE,
  WAY_STREAM,
  WAY_STREAM_LATE,
  N_WAYS,
} Way;

static const char *const way_names[N_WAYS] = {
  "signal", "signal-late", "function", "receive", "receive-late", "stream", "stream-late",
};

typedef enum
{
  BEHIND_NOTHING,
  BEHIND_CLOSE,
  BEHIND_END,
  BEHIND_MESSAGES,
  BEHIND_MESSAGES_AND_CLOSE,
  BEHIND_MESSAGES_AND_END,
  N_BEHINDS,
} Behind;

static const char *const behind_names[N_BEHINDS] = {
  "alone", "close", "end", "messages", "messages-and-close", "messages-and-end",
};

#define SIZE_LIMIT 3000

static const struct { gsize length, frame_length; } limited_sizes[] = {
  { SIZE_LIMIT - 1, 0 }, { SIZE_LIMIT, 0 }, { SIZE_LIMIT + 1, 0 }, { 60000, 0 },
  { SIZE_LIMIT, 2000 }, { SIZE_LIMIT + 1, 2000 }, { 9000, 1 },
};

typedef struct
{
  Fixture *fixture;
  Way     way;
  GArray *lengths;              /* lengths of the received messages (guint) */
  GError *error;                /* error of the call that failed; NULL: none */
} Limited;

static void ask (Limited *self);

static void
note_length (Limited *self,
             gsize    length)
{
  guint number = length;

  g_array_append_val (self->lengths, number);
}

static void
take_pushed (WspConnection *connection,
             WspMessage    *message,
             gpointer       data)
{
  note_length (data, wsp_message_get_size (message));
}

static void
on_stream_read (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  Limited *self = data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               NULL);
  guint *last = &g_array_index (self->lengths, guint, self->lengths->len - 1);

  *last += bytes != NULL ? g_bytes_get_size (bytes) : 0;
  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    {
      g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 100000, 0, NULL, on_stream_read,
                                       self);
      return;
    }

  g_object_unref (source);
  ask (self);
}

static void
on_limited (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  WspConnection *connection = WSP_CONNECTION (source);
  Limited *self = data;
  g_autoptr (WspMessage) message = NULL;
  WspMessageStream *stream = NULL;
  g_autoptr (GError) error = NULL;

  if (self->way >= WAY_STREAM)
    stream = wsp_connection_receive_stream_finish (connection, result, &error);
  else
    message = wsp_connection_receive_finish (connection, result, &error);

  if (error != NULL && self->error == NULL)
    self->error = g_steal_pointer (&error);
  if (message != NULL)
    {
      take_pushed (connection, message, self);
      ask (self);
    }
  if (stream != NULL)
    {
      note_length (self, 0);
      g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), 100000, 0, NULL, on_stream_read,
                                       self);
    }
}

static void
ask (Limited *self)
{
  if (self->way >= WAY_STREAM)
    wsp_connection_receive_stream_async (self->fixture->connection, NULL, on_limited, self);
  else
    wsp_connection_receive_async (self->fixture->connection, NULL, on_limited, self);
}

static void
begin_way (Limited *self)
{
  switch (self->way)
    {
    case WAY_FUNC:
      wsp_connection_set_message_func (self->fixture->connection, take_pushed, self, NULL);
      wsp_connection_start_receiving (self->fixture->connection);
      return;
    case WAY_SIGNAL:
    case WAY_SIGNAL_LATE:
      g_signal_connect (self->fixture->connection, "message", G_CALLBACK (take_pushed), self);
      wsp_connection_start_receiving (self->fixture->connection);
      return;
    case WAY_RECEIVE:
    case WAY_RECEIVE_LATE:
    case WAY_STREAM:
    case WAY_STREAM_LATE:
    case N_WAYS:
      ask (self);
      return;
    }
}

/* As max-message-size of the whole; a stream has no limit. */
static void
check_limited (Limited *self,
               gsize    length,
               Behind   behind)
{
  const gboolean is_refused = self->way < WAY_STREAM && length > SIZE_LIMIT;
  const gboolean is_called = self->way >= WAY_RECEIVE;
  const guint n_behind = behind >= BEHIND_MESSAGES ? 2 : 0;
  const gboolean has_close = behind == BEHIND_CLOSE || behind == BEHIND_MESSAGES_AND_CLOSE;
  WspCloseInfo *info = wsp_connection_get_close_info (self->fixture->connection);

  if (self->way == WAY_SIGNAL_LATE && (behind == BEHIND_END || behind == BEHIND_MESSAGES_AND_END))
    {
      g_assert_cmpuint (self->lengths->len, ==, 0);     /* ended: start_receiving () does nothing */
      return;
    }

  g_assert_cmpuint (self->lengths->len, ==, is_refused ? 1 : 2 + n_behind);
  g_assert_cmpuint (g_array_index (self->lengths, guint, 0), ==, 5);
  if (!is_refused)
    g_assert_cmpuint (g_array_index (self->lengths, guint, 1), ==, length);
  if (is_refused && is_called)
    g_assert_error (self->error, WSP_ERROR, WSP_ERROR_TOO_BIG);
  if (is_refused && has_close && (self->way == WAY_RECEIVE_LATE || self->way == WAY_SIGNAL_LATE))
    g_assert_true (wsp_close_info_is_clean (info));     /* the Close was received before */
  else if (is_refused && !has_close && behind != BEHIND_END && behind != BEHIND_MESSAGES_AND_END)
    g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, 1009);
  if (!is_refused)
    g_assert_cmpint (wsp_close_info_is_clean (info), ==, has_close);
}

static void
run_limited (Way    way,
             gsize  length,
             gsize  frame_length,
             Behind behind)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  Limited self = { .fixture = fixture, .way = way,
                   .lengths = g_array_new (FALSE, FALSE, sizeof (guint)) };
  gboolean is_late = way == WAY_SIGNAL_LATE || way == WAY_RECEIVE_LATE || way == WAY_STREAM_LATE;

  watched_leave_messages (fixture->watched);
  wire_limit (fixture->connection, "max-message-size", SIZE_LIMIT);
  wsp_connection_stop_receiving (fixture->connection);
  add_message (fixture, 5, 0);
  add_message (fixture, length, frame_length);
  for (guint i = 0; behind >= BEHIND_MESSAGES && i < 2; i++)
    add_message (fixture, 7, 0);
  if (behind == BEHIND_CLOSE || behind == BEHIND_MESSAGES_AND_CLOSE)
    add_frame (fixture->wire, 0x88, (const guint8 *) "\x03\xe8", 2);
  if (!is_late)
    begin_way (&self);
  g_assert_cmpint (write (fixture->fd, fixture->wire->data, fixture->wire->len), ==,
                   fixture->wire->len);
  if (behind == BEHIND_END || behind == BEHIND_MESSAGES_AND_END)
    shutdown (fixture->fd, SHUT_WR);
  if (is_late)
    run_pending ();
  if (is_late)
    begin_way (&self);
  run_pending ();
  shutdown_peer (fixture);
  run_pending ();
  check_limited (&self, length, behind);
  g_array_unref (self.lengths);
  g_clear_error (&self.error);
}

static void
test_limited (gconstpointer data)
{
  Way way = GPOINTER_TO_UINT (data) / N_BEHINDS;
  Behind behind = GPOINTER_TO_UINT (data) % N_BEHINDS;

  for (guint i = 0; i < G_N_ELEMENTS (limited_sizes); i++)
    run_limited (way, limited_sizes[i].length, limited_sizes[i].frame_length, behind);
}

/* A log of short lines: each is a fragment, and the message has no end. */
static void
test_many_fragments (void)
{
  const gsize length = 400000;
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, length, 1);
  send_until (fixture, 1000);

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  read_large (fixture, stream, length);
  g_assert_cmpuint (fixture->most_held, <=, ROOM + ONE_READ);
}

/* After the connection's Close messages are dropped, whatever their length, and the stream fails
 * with that reason. */
static void
test_closing (gconstpointer data)
{
  gboolean has_stream = GPOINTER_TO_UINT (data);
  g_autoptr (WspMessageStream) stream = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, LARGE, MIB);
  add_frame (fixture->wire, 0x88, (const guint8 *) "\x03\xe8", 2);
  if (has_stream)
    stream = request_stream (fixture);
  send_all (fixture);
  wsp_connection_close_async (fixture->connection, 3003, "enough", NULL, NULL, NULL);
  send_all (fixture);
  g_assert_cmpuint (fixture->n_sent, ==, fixture->wire->len);
  g_assert_cmpuint (fixture->most_held, <=, ROOM + 2 * ONE_READ);
  shutdown_peer (fixture);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (fixture->connection)));

  while (has_stream)
    {
      char buffer[4096];
      g_autoptr (GError) error = NULL;

      if (g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL, &error) > 0)
        continue;
      g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
      g_assert_nonnull (strstr (error->message, "3003"));
      break;
    }
}

/* The stream fails with the peer's fault, not with the end of the connection. */
static void
test_failed (void)
{
  g_autoptr (GError) error = NULL;
  char buffer[16];
  g_autoptr (Fixture) fixture = fixture_new ();

  add_frame (fixture->wire, 0x02, (const guint8 *) "a", 1);
  send_all (fixture);

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  add_frame (fixture->wire, 0x82, (const guint8 *) "b", 1);
  send_all (fixture);
  shutdown_peer (fixture);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL,
                                        &error), ==, 1);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, NULL,
                                        &error), ==, -1);
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
}

/* Calls are cancelled, again and again, while the message is received: nothing of it is lost. */
static void
test_cancelled (void)
{
  const gsize length = 1000;

  for (gsize at = 0; at < 40; at++)
    for (Take take = TAKE_RECEIVE; take < N_TAKES; take++)
      {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (GAsyncResult) result = NULL;
        g_autoptr (GError) error = NULL;

        if (take == TAKE_START)
          continue;

        g_autoptr (Fixture) fixture = fixture_new ();
        add_message (fixture, length, 10);
        if (take == TAKE_RECEIVE)
          wsp_connection_receive_async (fixture->connection, cancellable, keep_result, &result);
        else
          wsp_connection_receive_stream_async (fixture->connection, cancellable, keep_result,
                                               &result);
        g_cancellable_cancel (cancellable);
        send_until (fixture, at);
        g_assert_nonnull (result);

        g_autoptr (WspMessageStream) stream = request_stream (fixture);

        read_large (fixture, stream, length);
      }
}

typedef enum
{
  LEAVE_CLOSED,
  LEAVE_DROPPED,
  N_LEAVES,
} Leave;

static const char *const leave_names[N_LEAVES] = { "closed", "dropped" };

/* The rest of the message is skipped, whatever its length, and the next message is received under
 * its limits. */
static void
test_left (gconstpointer data)
{
  Leave leave = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, LARGE, 100000);
  add_message (fixture, 5, 0);
  send_all (fixture);

  WspMessageStream *stream = request_stream (fixture);

  if (leave == LEAVE_CLOSED)
    g_assert_true (g_input_stream_close (G_INPUT_STREAM (stream), NULL, NULL));
  g_object_unref (stream);
  wsp_connection_start_receiving (fixture->connection);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 1);
  g_assert_cmpuint (wsp_message_get_size (fixture->watched->messages->pdata[0]), ==, 5);

  wire_limit (fixture->connection, "max-message-size", 3);
  add_message (fixture, 4, 0);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 1);
  g_assert_cmpint (wsp_connection_get_state (fixture->connection), !=, WSP_CONNECTION_STATE_OPEN);
}

static void
stop_at_second (WspConnection *connection,
                WspMessage    *message,
                Fixture       *self)
{
  if (self->watched->n_messages == 2)
    wsp_connection_stop_receiving (connection);
}

/* stop_receiving() inside a handler has effect at once; the next call receives the rest. */
static void
test_stop_inside (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  g_signal_connect (fixture->connection, "message", G_CALLBACK (stop_at_second), fixture);
  for (guint i = 1; i <= 10; i++)
    add_message (fixture, i, 0);
  wsp_connection_start_receiving (fixture->connection);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 2);

  for (guint i = 3; i <= 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WspMessage) message = receive (fixture->connection, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (wsp_message_get_size (message), ==, i);
    }

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  read_large (fixture, stream, 6);
  wsp_connection_start_receiving (fixture->connection);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (wsp_message_get_size (fixture->watched->messages->pdata[i]), ==,
                      i < 2 ? i + 1 : i + 5);
}

/* A message that was begun under start_receiving() continues as a stream without a limit. */
static void
test_stop_in_the_middle (void)
{
  const gsize length = 12 * MIB;
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, length, 0);
  wsp_connection_start_receiving (fixture->connection);
  send_until (fixture, 6 * MIB);
  wsp_connection_stop_receiving (fixture->connection);
  wire_limit (fixture->connection, "max-message-size", MIB);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 0);
  g_assert_cmpuint (fixture->n_sent, <, 10 * MIB);

  g_autoptr (WspMessageStream) stream = request_stream (fixture);

  read_large (fixture, stream, length);
}

static void
start_again (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WspMessage) message = wsp_connection_receive_finish (WSP_CONNECTION (source), result,
                                                                  NULL);

  g_assert_cmpuint (wsp_message_get_size (message), ==, 1);
  wsp_connection_start_receiving (WSP_CONNECTION (source));
}

static void
test_start_in_a_callback (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 1; i <= 8; i++)
    add_message (fixture, i, 0);
  wsp_connection_receive_async (fixture->connection, NULL, start_again, NULL);
  send_all (fixture);
  g_assert_cmpuint (fixture->watched->n_messages, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpuint (wsp_message_get_size (fixture->watched->messages->pdata[i]), ==, i + 2);
}

/* The rest of a long frame is read directly into the memory of its message, but only as much as
 * that has room for, however much of it waits in the socket. */
static void
test_first_piece (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  add_message (fixture, MIB, 0);
  send_until (fixture, 40000);
  g_assert_cmpuint (fixture->most_held, >, 0);
  g_assert_cmpuint (fixture->most_held, <=, 40000);
  send_all (fixture);
  g_assert_cmpuint (fixture->most_held, ==, ROOM);
}

/* The program does not ask for messages, and the peer continues with empty fragments: they take no
 * memory. */
static void
test_empty_fragments (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  add_frame (fixture->wire, 0x02, (const guint8 *) "a", 1);
  for (guint i = 0; i < 200000; i++)
    add_frame (fixture->wire, 0x00, NULL, 0);
  send_all (fixture);
  g_assert_cmpuint (fixture->n_sent, ==, fixture->wire->len);
  g_assert_cmpuint (fixture->most_held, ==, 1);

  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_async (fixture->connection, NULL, keep_result, &result);
  add_frame (fixture->wire, 0x00, NULL, 0);
  send_all (fixture);
  shutdown_peer (fixture);
  g_assert_cmpuint (wsp_close_info_get_local_code (wsp_connection_get_close_info (
                                                     fixture->connection)), ==, 1008);
}

typedef enum                    /* what the program has done before the messages are received */
{
  BEFORE_NOTHING,
  BEFORE_STOPPED,
  BEFORE_STARTED,               /* start_receiving () was called, and stop_receiving () after it */
  BEFORE_ASKED,
  N_BEFORES,
} Before;

static const char *const before_names[N_BEFORES] = {
  "unasked", "stopped", "started-and-stopped", "asked",
};

static void
act_before (Fixture *self,
            Before   before)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  switch (before)
    {
    case BEFORE_STARTED:
      wsp_connection_start_receiving (self->connection);
      send_all (self);
      wsp_connection_stop_receiving (self->connection);
      return;
    case BEFORE_STOPPED:
      wsp_connection_stop_receiving (self->connection);
      return;
    case BEFORE_ASKED:
      wsp_connection_receive_async (self->connection, cancellable, NULL, NULL);
      return;
    case BEFORE_NOTHING:
    case N_BEFORES:
      return;
    }
}

/* One message before the first call; then max-read-ahead of them, or 64 KiB, of which each takes
 * 240 bytes beside its payload. */
static void
test_queue (gconstpointer data)
{
  Before before = GPOINTER_TO_UINT (data);
  const struct { gsize length; guint n_sent, n; } rows[] = {
    { 1, 80, 64 }, { 0, 80, 64 }, { 30000, 6, 3 }, { 5000, 20, 13 }, { 1000, 80, 53 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WspConnectionStats) stats = NULL;
      g_autoptr (Fixture) fixture = fixture_new ();

      act_before (fixture, before);
      for (guint n = 0; n < rows[i].n_sent; n++)
        add_message (fixture, rows[i].length, 0);
      send_all (fixture);
      stats = wsp_connection_dup_stats (fixture->connection);
      g_assert_cmpuint (stats->messages_received, ==,
                        before == BEFORE_NOTHING ? 1 : rows[i].n);
      for (guint n = 0; n < rows[i].n_sent; n++)
        {
          g_autoptr (WspMessage) message = receive (fixture->connection, NULL);

          g_assert_cmpuint (wsp_message_get_size (message), ==, rows[i].length);
        }
    }
}

/* The program only sends, and does not receive some messages: pings are answered and the Close is
 * received, until reading pauses, which is logged. */
static void
test_unread (gconstpointer data)
{
  Before before = GPOINTER_TO_UINT (data);
  const guint limit = before == BEFORE_NOTHING ? 1 : 64;
  const guint numbers[] = { 0, 1, 3, 10, 63, 64, 65, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gboolean is_read = numbers[i] < limit;
      char pong[16];
      g_autoptr (Fixture) fixture = fixture_new ();

      act_before (fixture, before);
      n_pauses = 0;
      for (guint n = 0; n < numbers[i]; n++)
        add_message (fixture, 1, 0);
      add_frame (fixture->wire, 0x89, (const guint8 *) "p", 1);
      send_all (fixture);
      g_assert_cmpint (read (fixture->fd, pong, sizeof pong), ==, is_read ? 3 : -1);
      g_assert_true (wsp_connection_queue_text (fixture->connection, "tick", NULL));
      g_assert_cmpuint (n_pauses, ==, is_read ? 0 : 1);

      add_frame (fixture->wire, 0x88, (const guint8 *) "\x0f\xa1", 2);
      send_all (fixture);
      g_assert_cmpuint (wsp_connection_get_peer_close_code (fixture->connection), ==,
                        is_read ? 4001 : 0);
      g_assert_cmpint (wsp_connection_queue_text (fixture->connection, "tick", NULL), ==, !is_read);
    }
}

/* A message was read ahead before stop_receiving (), so reading has paused. */
static void
test_stop_late (void)
{
  char pong[16];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint n = 0; n < 3; n++)
    add_message (fixture, 1, 0);
  add_frame (fixture->wire, 0x89, (const guint8 *) "p", 1);
  send_all (fixture);
  g_assert_cmpint (read (fixture->fd, pong, sizeof pong), ==, -1);
  wsp_connection_stop_receiving (fixture->connection);
  send_all (fixture);
  g_assert_cmpint (read (fixture->fd, pong, sizeof pong), ==, 3);
}

static void
add_rows (void)
{
  for (guint i = 0; i < N_WAYS * N_BEHINDS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/read-ahead/max-message-size/%s/%s-behind",
                         way_names[i / N_BEHINDS], behind_names[i % N_BEHINDS]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_limited);
    }
  for (guint i = 0; i < N_BEFORES; i++)
    {
      g_autofree char *limited =
        g_strconcat ("/connection/read-ahead/limited-by-messages-or-bytes/", before_names[i], NULL);
      g_autofree char *unread =
        g_strconcat ("/connection/read-ahead/pings-and-close-behind-unread/", before_names[i],
                     NULL);

      g_test_add_data_func (limited, GUINT_TO_POINTER (i), test_queue);
      g_test_add_data_func (unread, GUINT_TO_POINTER (i), test_unread);
    }
  ADD_ROWS_AS ("/connection/read-ahead/stream-requested-%s", request_cases, test_requested);
  for (guint i = 0; i < N_TAKES; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/read-ahead/held-until-%s",
                                               take_names[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_held);
    }
  for (guint i = 0; i < G_N_ELEMENTS (too_longs) * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/read-ahead/too-long/%s/%s",
                                               too_longs[i / 2].name, take_names[i % 2]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_too_long);
    }
  ADD_ROWS_AS ("/connection/read-ahead/too-long/%s/right-as-stream", too_longs, test_not_too_long);
  for (guint i = 0; i < N_LEAVES; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/read-ahead/stream-%s-early",
                                               leave_names[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_left);
    }
}

static void
abort_now (Fixture *self)
{
  wsp_connection_abort (self->connection);
}

static void
abort_and_wait (Fixture *self)
{
  wsp_connection_abort (self->connection);
  run_until_closed (self->watched);
}

static void
fail_now (Fixture *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "No more");

  wsp_connection_fail (self->connection, error);
}

static const struct
{
  const char *name;
  void        (*end)(Fixture *self);    /* function that ends the connection in the handler of the
                                         * first of three messages */
  const char *log;
} early_ends[] = {
  { "abort-inside-a-handler-has-effect-at-once", abort_now, "message closed" },
  { "nothing-follows-closed-in-the-loop-of-a-handler", abort_and_wait, "message closed" },
  { "fail-inside-a-handler-has-effect-at-once", fail_now, "message closing-1011" },
};

static void
end_early (WspConnection *connection,
           WspMessage    *message,
           Fixture       *self)
{
  const guint *row = g_object_get_data (G_OBJECT (connection), "row");

  if (self->watched->n_messages == 1)
    early_ends[*row].end (self);
}

static void
test_ended_early (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_signal_connect (fixture->connection, "message", G_CALLBACK (end_early), fixture);
  g_object_set_data (G_OBJECT (fixture->connection), "row", &i);
  wsp_connection_receive_async (fixture->connection, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  for (guint n = 0; n < 3; n++)
    add_message (fixture, 1, 0);
  send_all (fixture);
  wsp_connection_start_receiving (fixture->connection);
  run_pending ();
  g_assert_cmpstr (fixture->watched->log->str, ==, early_ends[i].log);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows ();
  g_test_add_func ("/connection/read-ahead/stream-of-400000-fragments", test_many_fragments);
  g_test_add_data_func ("/connection/read-ahead/closing/without-a-receive", GUINT_TO_POINTER (0),
                        test_closing);
  g_test_add_data_func ("/connection/read-ahead/closing/stream-not-read", GUINT_TO_POINTER (1),
                        test_closing);
  g_test_add_func ("/connection/read-ahead/failed-stream-has-the-peers-fault", test_failed);
  g_test_add_func ("/connection/read-ahead/cancelling-loses-nothing", test_cancelled);
  g_test_add_func ("/connection/read-ahead/stop-inside-a-handler-has-effect-at-once",
                   test_stop_inside);
  ADD_ROWS ("/connection/read-ahead", early_ends, test_ended_early);
  g_test_add_func ("/connection/read-ahead/stop-inside-a-message", test_stop_in_the_middle);
  g_test_add_func ("/connection/read-ahead/start-in-a-callback", test_start_in_a_callback);
  g_test_add_func ("/connection/read-ahead/empty-fragments-take-no-memory", test_empty_fragments);
  g_test_add_func ("/connection/read-ahead/first-piece-smaller-than-the-room", test_first_piece);
  g_test_add_func ("/connection/read-ahead/stop-reads-on", test_stop_late);
  g_log_set_writer_func (count_pauses, NULL, NULL);
  return g_test_run ();
}
