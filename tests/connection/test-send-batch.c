/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Short messages that wait for one peer share a Send.  Each message is a letter: t is a text, b
 * binary, e empty, f as long as a message that is copied may be, l longer, u urgent, w one with a
 * call, p a ping, c the Close. */
#include "connection/narrow-stream.h"
#include "connection/wire.h"
#include "lib/rows.h"
#include "lib/turns.h"

#include "connection/output/wsp-output-private.h"
#include "connection/wsp-connection-private.h"

typedef struct
{
  const char *name;
  const char *sent;             /* letters of the messages in the order of the calls */
  const char *order;            /* letters in the order of the wire; NULL: that of sent */
  guint       n_sends;          /* number of Sends that wait */
  guint       fragment_size;
  WspRole     role;
} Row;

static const Row rows[] = {
  { "short-ones-share-a-send", "tbet", NULL, 1, 0, WSP_ROLE_SERVER },
  { "sixteen-of-them", "tttttttttttttttt", NULL, 1, 0, WSP_ROLE_SERVER },
  { "the-seventeenth-begins-another", "ttttttttttttttttt", NULL, 2, 0, WSP_ROLE_SERVER },
  { "of-4095-bytes", "tft", NULL, 1, 0, WSP_ROLE_SERVER },
  { "longer-is-alone", "tltt", NULL, 3, 0, WSP_ROLE_SERVER },
  { "with-a-call-is-alone", "twtt", NULL, 3, 0, WSP_ROLE_SERVER },
  { "urgent-passes-them", "ttut", "uttt", 2, 0, WSP_ROLE_SERVER },
  { "ping-passes-them", "ttpt", "pttt", 2, 0, WSP_ROLE_SERVER },
  { "close-follows-them", "tbc", NULL, 2, 0, WSP_ROLE_SERVER },
  { "more-than-a-turn-writes", "ffffffffffffffffffffffffffffffffffffffff", NULL, 3, 0, WSP_ROLE_SERVER },
  { "fragments-are-alone", "ftt", NULL, 2, 100, WSP_ROLE_SERVER },
  { "fragments-follow-alone", "ttf", NULL, 2, 100, WSP_ROLE_SERVER },
  { "a-client-masks-each", "ttt", NULL, 3, 0, WSP_ROLE_CLIENT },
};

typedef struct
{
  const Row     *row;
  WspConnection *connection;
  guint          n_sends, n_called;
  gsize          counted;
} Fixture;

static gsize
get_length (char letter)
{
  return letter == 'e' ? 0 : letter == 'f' ? WSP_OUTPUT_PREPARED_LENGTH - 1
         : letter == 'l' ? WSP_OUTPUT_PREPARED_LENGTH : 20;
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_connection_send_message_finish (WSP_CONNECTION (source), result, &error));
  g_assert_no_error (error);
}

/* The payload is the letter, again and again. */
static void
send_letter (Fixture *self,
             char     letter)
{
  const gsize length = get_length (letter);
  g_autofree char *payload = g_strnfill (length, letter);
  const guint8 *bytes = (const guint8 *) payload;
  g_autoptr (WspMessage) message = letter == 'b' ? wsp_message_new_binary (bytes, length)
                                                 : wsp_message_new_text (payload);
  const WspSendFlags flags = letter == 'u' ? WSP_SEND_FLAGS_URGENT : WSP_SEND_FLAGS_DEFAULT;

  if (letter == 'c')
    {
      wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
      return;
    }

  self->counted += length + WSP_MESSAGE_OVERHEAD;
  if (letter == 'p')
    {
      g_autoptr (GBytes) content = g_bytes_new (payload, length);

      wsp_connection_ping_async (self->connection, content, NULL, NULL, NULL);
    }
  else if (letter == 'w')
    {
      self->counted += WSP_OUTPUT_CALL_OVERHEAD;
      wsp_connection_send_message_async (self->connection, message, flags, NULL, on_sent, NULL);
    }
  else
    g_assert_true (wsp_connection_queue_message (self->connection, message, flags, NULL));
}

static void
send_all (WspConnection *connection,
          gpointer       data)
{
  Fixture *self = data;
  const WspOutput *output = &connection->output;

  for (const char *letter = self->row->sent; *letter != '\0'; letter++)
    send_letter (self, *letter);
  for (const WspSend *send = output->queue.first; send != NULL; send = send->next)
    self->n_sends++;
  g_assert_cmpuint (output->queue.bytes, ==, self->counted);
  self->n_called++;
}

static gsize
read_length (const guint8 **at)
{
  gsize length = *(*at)++ & 0x7f;

  if (length == 126)
    {
      length = (gsize) (*at)[0] << 8 | (*at)[1];
      *at += 2;
    }
  return length;
}

/* Returns the letters of the messages, and checks each payload. */
static char *
read_letters (const GByteArray *written)
{
  g_autoptr (GString) letters = g_string_new (NULL);
  const guint8 *at = written->data, *const end = at + written->len;
  guint8 key[4] = { 0 };
  gsize n_of_message = 0;

  while (at < end)
    {
      const guint8 first = *at++;
      const gboolean is_masked = (*at & 0x80) != 0;
      const gsize length = read_length (&at);

      if (is_masked)
        {
          memcpy (key, at, sizeof key);
          at += sizeof key;
        }

      const char letter = first == 0x88 ? 'c' : length == 0 ? 'e' : (char) (at[0] ^ key[0]);

      g_assert_cmpuint (end - at, >=, (gssize) length);
      for (gsize i = 0; i < length && letter != 'c'; i++)
        g_assert_cmpint (at[i] ^ key[i % 4], ==, letter);
      at += length;
      n_of_message += length;
      if ((first & 0x80) == 0)
        continue;

      if (letter != 'c')
        g_assert_cmpuint (n_of_message, ==, get_length (letter));
      g_assert_cmpint ((first & 0x0f) == 0x02, ==, letter == 'b');
      g_string_append_c (letters, letter);
      n_of_message = 0;
    }
  return g_strdup (letters->str);
}

static void
play (const Row *row,
      gsize      room)
{
  NarrowStream *stream = narrow_stream_new (room);
  Fixture self = { .row = row };

  self.connection = wsp_connection_new_for_stream (G_IO_STREAM (stream), row->role, NULL, NULL,
                                                   NULL, NULL);
  wire_limit (self.connection, "keepalive-interval", 0);
  wire_limit (self.connection, "fragment-size", row->fragment_size);

  Watched *watched = watch (self.connection);

  wsp_connection_start_receiving (self.connection);
  run_pending ();
  wsp_connection_invoke (self.connection, send_all, &self, NULL);
  run_until_count (&self.n_called, 1);
  g_assert_cmpuint (self.n_sends, ==, row->n_sends);
  while (self.connection->output.queue.first != NULL ||
         wsp_output_is_blocked (&self.connection->link))
    g_main_context_iteration (NULL, TRUE);

  g_autofree char *letters = read_letters (stream->written);
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self.connection);
  gsize n_messages = 0;

  for (const char *letter = row->sent; *letter != '\0'; letter++)
    n_messages += *letter != 'c' && *letter != 'p';
  g_assert_cmpstr (letters, ==, row->order != NULL ? row->order : row->sent);
  g_assert_cmpuint (stats->messages_sent, ==, n_messages);
  g_assert_cmpuint (self.connection->output.queue.bytes, ==, 0);
  wsp_connection_abort (self.connection);
  run_until_closed (watched);
  watched_free (watched);
  g_object_unref (self.connection);
  run_pending ();
  g_object_unref (stream);
}

/* However few bytes the stream takes at once, the same bytes leave. */
static void
test_wire (gconstpointer data)
{
  static const gsize rooms[] = { 7, 22, 23, 100, 5000, 1 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    play (&rows[GPOINTER_TO_UINT (data)], rooms[i]);
}

/* The connection ends while they wait: all are freed. */
static void
test_aborted (void)
{
  NarrowStream *stream = narrow_stream_new (10);
  Fixture self = { .row = &rows[0] };

  stream->is_shut = TRUE;
  self.connection = wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL,
                                                   NULL, NULL, NULL);
  Watched *watched = watch (self.connection);

  wsp_connection_start_receiving (self.connection);
  run_pending ();
  wsp_connection_invoke (self.connection, send_all, &self, NULL);
  run_until_count (&self.n_called, 1);
  wsp_connection_abort (self.connection);
  run_until_closed (watched);
  g_assert_cmpuint (stream->written->len, ==, 0);
  watched_free (watched);
  g_object_unref (self.connection);
  run_pending ();
  g_object_unref (stream);
}

static void
send_one (Fixture *self,
          char     letter)
{
  self->counted = 0;
  send_letter (self, letter);
  run_pending ();
}

static void
on_queue_bytes (WspConnection *connection,
                GParamSpec    *pspec,
                gsize         *bytes)
{
  *bytes = wsp_connection_get_send_queue_bytes (connection);
}

/* The peer reads nothing: the property is notified of each message, also of one that joins. */
static void
test_notified (void)
{
  NarrowStream *stream = narrow_stream_new (10);
  Fixture self = { .row = &rows[0] };
  gsize notified = 0;

  stream->is_shut = TRUE;
  self.connection = wsp_connection_new_for_stream (G_IO_STREAM (stream), WSP_ROLE_SERVER, NULL,
                                                   NULL, NULL, NULL);
  Watched *watched = watch (self.connection);

  g_signal_connect (self.connection, "notify::send-queue-bytes", G_CALLBACK (on_queue_bytes),
                    &notified);
  wsp_connection_start_receiving (self.connection);
  run_pending ();
  for (guint i = 0; i < 8; i++)
    {
      send_one (&self, 't');
      g_assert_cmpuint (notified, ==, self.connection->output.queue.bytes);
    }
  g_assert_cmpint (self.connection->output.queue.first->previous->holds, ==, WSP_HOLDS_BATCH);
  wsp_connection_abort (self.connection);
  run_until_closed (watched);
  watched_free (watched);
  g_object_unref (self.connection);
  run_pending ();
  g_object_unref (stream);
}

static gboolean
reply_all (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *payload = g_strnfill (1000, 'a');
      g_autoptr (GError) error = NULL;

      wsp_connection_queue_text (self->connection, payload, &error);
      g_assert_no_error (error);
    }
  self->n_called++;
  return G_SOURCE_REMOVE;
}

static void
reply_later (WspConnection *connection,
             WspMessage    *message,
             gpointer       data)
{
  g_idle_add_full (G_PRIORITY_HIGH, reply_all, data, NULL);
}

/* Replies that are held leave before they fill the queue, though they join. */
static void
test_held (void)
{
  Raw *raw;
  Fixture self = { .row = &rows[0] };

  wsp_connection_hold_replies ();
  raw = raw_new (WSP_ROLE_SERVER);
  self.connection = raw->connection;
  wire_limit (self.connection, "max-send-queue", 16384);
  g_signal_connect (self.connection, "message", G_CALLBACK (reply_later), &self);
  wsp_connection_start_receiving (self.connection);
  wire_write (raw->fd, "81 81 00 00 00 00 61");
  run_until_count (&self.n_called, 1);
  wsp_connection_write_replies ();
  g_free (wire_read (raw->fd, 30 * 1004));
  raw_free (raw);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/connection/send-batch", rows, test_wire);
  g_test_add_func ("/connection/send-batch/aborted-while-they-wait", test_aborted);
  g_test_add_func ("/connection/send-batch/queue-is-notified-while-the-peer-reads-nothing",
                   test_notified);
  g_test_add_func ("/connection/send-batch/held-replies-do-not-fill-the-queue", test_held);
  return g_test_run ();
}
