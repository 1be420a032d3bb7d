/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The order of what is sent, and which sends can be cancelled. */
#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "lib/rows.h"

#include <string.h>
#include <unistd.h>

#define BLOCKING (4 * 1024 * 1024)      /* more than a socket takes */

typedef struct
{
  WspConnection *connection;
  Watched       *watched;
  int            fd;
  GAsyncResult  *blocking;      /* result of the message that blocks the socket */
} Blocked;

static void
block (Blocked *self)
{
  g_autofree guint8 *zeros = g_malloc0 (BLOCKING);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, BLOCKING);

  self->blocking = NULL;
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  self->watched = watch (self->connection);
  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     keep_result,
                                     &self->blocking);
  run_pending ();
  g_assert_null (self->blocking);
}

/* The bytes on the wire after the message that blocked. */
static char *
read_after (Blocked *self,
            gsize    length)
{
  gsize left = BLOCKING + 10;
  g_autofree guint8 *buffer = g_malloc (BLOCKING);

  while (left > 0)
    {
      gssize n = read (self->fd, buffer, MIN (left, BLOCKING));

      if (n > 0)
        left -= n;
      g_main_context_iteration (NULL, FALSE);
    }
  return wire_read (self->fd, length);
}

static void
unblock (Blocked *self)
{
  g_clear_object (&self->blocking);
  wsp_connection_abort (self->connection);
  run_until_closed (self->watched);
  g_clear_pointer (&self->watched, watched_free);
  g_object_unref (self->connection);
  close (self->fd);
}

static WspMessage *
make_text (const char *text)
{
  return wsp_message_new_text (text);
}

static guint
get_queue_length (WspConnection *connection)
{
  guint length = 0;

  for (const WspSend *send = connection->output.queue.first; send != NULL; send = send->next)
    length += send->counted > 0 && send->kind != WSP_SEND_BYTES;
  return length;
}

static void
test_cancel_waiting (void)
{
  Blocked blocked;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;

  block (&blocked);
  wire_send_text (blocked.connection, "first", cancellable, keep_result, &result);
  wire_send_text (blocked.connection, "second", NULL, keep_result, &kept);
  g_assert_cmpuint (get_queue_length (blocked.connection), ==, 3);
  g_cancellable_cancel (cancellable);
  g_assert_null (result);
  run_until_result (&result);
  g_assert_false (wsp_connection_send_message_finish (blocked.connection, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (get_queue_length (blocked.connection), ==, 2);

  g_autofree char *behind = read_after (&blocked, 8);

  g_assert_cmpstr (behind, ==, "81 06 73 65 63 6f 6e 64");
  run_until_result (&kept);
  g_assert_true (wsp_connection_send_message_finish (blocked.connection, kept, &error) ||
                 error != NULL);
  unblock (&blocked);
}

static void
test_cancel_begun (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autofree guint8 *zeros = g_malloc0 (BLOCKING);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, BLOCKING);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_send_message_async (raw->connection, message, WSP_SEND_FLAGS_DEFAULT, cancellable,
                                     keep_result, &result);
  run_pending ();
  g_cancellable_cancel (cancellable);
  run_pending ();
  g_assert_null (result);
  for (gsize left = BLOCKING + 10; left > 0;)
    {
      gssize n = read (raw->fd, zeros, BLOCKING);

      left -= MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (raw->connection, result, &raw->error));
  g_assert_no_error (raw->error);
}

/* Cancelled when it is too late: the result stays. */
static void
test_cancel_done (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  wire_send_text (raw->connection, "x", cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (raw->connection, result, NULL));

  g_autofree char *bytes = wire_read (raw->fd, 3);

  g_assert_cmpstr (bytes, ==, "81 01 78");
}

static void
test_urgent (void)
{
  Blocked blocked;
  g_autoptr (WspMessage) first = make_text ("1");
  g_autoptr (WspMessage) second = make_text ("2");
  g_autoptr (WspMessage) third = make_text ("3");
  g_autoptr (GAsyncResult) result = NULL;

  block (&blocked);
  g_assert_true (wsp_connection_queue_message (blocked.connection, first, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  wsp_connection_send_message_async (blocked.connection, second, WSP_SEND_FLAGS_URGENT, NULL, NULL,
                                     NULL);
  wsp_connection_send_message_async (blocked.connection, third,
                                     WSP_SEND_FLAGS_URGENT | WSP_SEND_FLAGS_NO_COMPRESSION, NULL,
                                     keep_result, &result);
  wsp_connection_ping_async (blocked.connection, NULL, NULL, NULL, NULL);

  g_autofree char *behind = read_after (&blocked, 10 + 9);

  g_assert_cmpstr (behind, ==, "89 08 00 00 00 00 00 00 00 01 81 01 32 81 01 33 81 01 31");
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (blocked.connection, result, NULL));
  unblock (&blocked);
}

typedef struct
{
  GString *results;             /* kinds of the replies that have their result, in its order */
  guint    n_results;
} Replies;

static void
note_result (Replies      *self,
             GObject      *connection,
             GAsyncResult *result,
             char          kind)
{
  g_assert_true (wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, NULL));
  g_string_append_c (self->results, kind);
  self->n_results++;
}

static void
on_sent (GObject      *connection,
         GAsyncResult *result,
         gpointer      user_data)
{
  note_result (user_data, connection, result, 'd');
}

static void
on_urgent_sent (GObject      *connection,
                GAsyncResult *result,
                gpointer      user_data)
{
  note_result (user_data, connection, result, 'u');
}

static void
reply (WspConnection *connection,
       WspMessage    *message,
       gpointer       user_data)
{
  gboolean is_urgent = g_str_equal (wsp_message_get_text (message), "u");

  wsp_connection_send_message_async (connection, message,
                                     is_urgent ? WSP_SEND_FLAGS_URGENT : WSP_SEND_FLAGS_DEFAULT,
                                     NULL, is_urgent ? on_urgent_sent : on_sent, user_data);
}

/* The ping between the messages has the first reply written to memory before the urgent reply is
 * sent: the urgent one cannot overtake it any more, and neither can its result. */
static void
test_urgent_result (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);
  g_autoptr (GString) results = g_string_new (NULL);
  Replies replies = { results, 0 };

  watched_leave_messages (server);
  wsp_connection_set_message_func (connection, reply, &replies, NULL);
  wsp_connection_start_receiving (connection);
  wire_write (fd, "81 81 00 00 00 00 64 89 80 00 00 00 00 81 81 00 00 00 00 75");
  run_until_count (&replies.n_results, 2);
  g_assert_cmpstr (results->str, ==, "du");

  g_autofree char *bytes = wire_read (fd, 3 + 2 + 3);

  g_assert_cmpstr (bytes, ==, "8a 00 81 01 64 81 01 75");
  wsp_connection_abort (connection);
  run_until_closed (server);
  close (fd);
}

/* Lengths next to those where the form of a header changes, and where copies end. */
static const gsize prepared_sizes[] = { 0, 125, 126, 4095, 4096, 16385, 65535, 65536 };

/* One message to a client and two servers, one of which splits it into fragments: each sends it in
 * frames of its own kind. */
static void
test_prepared (gconstpointer data)
{
  gsize size = prepared_sizes[GPOINTER_TO_UINT (data)];
  g_autofree guint8 *noise = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    noise[i] = (guint8) (i * 2654435761u >> 9);

  g_autoptr (WspMessage) message = wsp_message_new_binary (noise, size);
  WspConnection *pairs[2][2];
  Watched *receivers[2], *senders[2];
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "fragment-size", (guint64) 1000, NULL);
  for (guint i = 0; i < 2; i++)
    {
      wire_pair (&pairs[i][0], &pairs[i][1]);
      receivers[i] = watch (pairs[i][0]);
      senders[i] = watch (pairs[i][1]);
      wsp_connection_start_receiving (pairs[i][0]);
      if (i == 1)
        wsp_connection_set_limits (pairs[i][1], limits);
      for (guint j = 0; j < 2; j++)
        g_assert_true (wsp_connection_queue_message (pairs[i][1], message, WSP_SEND_FLAGS_DEFAULT,
                                                     NULL));
      run_until_count (&receivers[i]->n_messages, 2);
      for (guint j = 0; j < 2; j++)
        {
          gsize length;
          const guint8 *received =
            g_bytes_get_data (wsp_message_get_bytes (receivers[i]->messages->pdata[j]), &length);

          g_assert_cmpmem (received, length, noise, size);
        }
    }
  g_assert_true (wsp_connection_queue_message (pairs[0][0], message, WSP_SEND_FLAGS_DEFAULT, NULL));
  wsp_connection_start_receiving (pairs[0][1]);
  run_until_count (&senders[0]->n_messages, 1);
  g_assert_cmpuint (senders[0]->n_bytes, ==, size);
  for (guint i = 0; i < 2; i++)
    {
      wsp_connection_abort (pairs[i][0]);
      wsp_connection_abort (pairs[i][1]);
      run_until_closed (receivers[i]);
      run_until_closed (senders[i]);
      watched_free (receivers[i]);
      watched_free (senders[i]);
      g_object_unref (pairs[i][0]);
      g_object_unref (pairs[i][1]);
    }
}

/* The caller may reuse its memory at once, however long the peer takes. */
static void
test_partial_writes (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  guint8 *mine = g_malloc (BLOCKING);
  g_autofree guint8 *received = g_malloc (2 * (BLOCKING + 10));
  g_autoptr (GAsyncResult) result = NULL;
  gsize n_read = 0;

  memset (mine, 0x5a, BLOCKING);
  wire_send_binary (raw->connection, mine, BLOCKING, NULL, keep_result, &result);
  memset (mine, 0, BLOCKING);

  GBytes *bytes = g_bytes_new_take (mine, BLOCKING);
  WspMessage *message = wsp_message_new_binary_bytes (bytes);

  g_assert_true (wsp_connection_queue_message (raw->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                               NULL));
  wsp_message_unref (message);
  g_bytes_unref (bytes);
  while (n_read < 2 * (BLOCKING + 10))
    {
      gssize n = read (raw->fd, received + n_read, MIN (50001, 2 * (BLOCKING + 10) - n_read));

      n_read += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  for (gsize i = 0; i < BLOCKING; i++)
    if (received[10 + i] != 0x5a || received[BLOCKING + 20 + i] != 0)
      g_assert_not_reached ();
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (raw->connection, result, NULL));
}

typedef enum
{
  RACE_SEND,
  RACE_CLOSE,
  RACE_CLOSE_AGAIN,
  RACE_ABORT,
  N_RACERS,
} Racer;

static void
race (WspConnection *connection,
      Racer          racer,
      GAsyncResult **result)
{
  switch (racer)
    {
    case RACE_SEND:
      wire_send_text (connection, "race", NULL, keep_result, result);
      return;
    case RACE_CLOSE:
    case RACE_CLOSE_AGAIN:
      wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, keep_result,
                                  result);
      return;
    case RACE_ABORT:
      wsp_connection_abort (connection);
      return;
    case N_RACERS:
      return;
    }
}

/* The 24 orders of four events, with a peer that answers in between. */
static void
test_race (gconstpointer data)
{
  guint order = GPOINTER_TO_UINT (data);
  WspConnection *connections[2];
  GAsyncResult *results[N_RACERS] = { NULL };
  gboolean has_run[N_RACERS] = { FALSE };
  g_autoptr (GError) error = NULL;

  wire_pair (&connections[0], &connections[1]);

  g_autoptr (Watched) client = watch (connections[0]);
  g_autoptr (Watched) server = watch (connections[1]);

  wsp_connection_start_receiving (connections[1]);
  for (guint left = N_RACERS; left > 0; left--)
    {
      guint skipped = order % left, racer = 0;

      while (has_run[racer] || skipped-- > 0)
        racer++;
      order /= left;
      has_run[racer] = TRUE;
      race (connections[0], racer, &results[racer]);
      if (left == 2)
        g_main_context_iteration (NULL, FALSE);
    }
  run_until_closed (client);
  run_until_closed (server);
  run_pending ();
  for (Racer racer = RACE_SEND; racer < RACE_ABORT; racer++)
    {
      g_assert_nonnull (results[racer]);
      g_object_unref (results[racer]);
    }
  g_assert_false (wsp_connection_queue_text (connections[0], "late", &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

static void
test_nothing (void)
{
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_true (wsp_connection_queue_binary (connection, NULL, 0, NULL));
  wire_send_binary (connection, NULL, 0, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_true (wsp_connection_send_message_finish (connection, result, NULL));

  g_autofree char *frames = wire_read (fd, 4);

  g_assert_cmpstr (frames, ==, "82 00 82 00");
  wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

static void
test_raw (void)
{
  Blocked blocked;
  static const guint8 strange[] = { 0xf2, 0x01, 0x61 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (strange, sizeof strange);
  g_autoptr (GBytes) nothing = g_bytes_new_static (NULL, 0);
  g_autoptr (GAsyncResult) flushed = NULL;

  block (&blocked);
  g_assert_true (wsp_connection_queue_text (blocked.connection, "1", NULL));
  g_assert_true (wsp_connection_send_raw_unsafe (blocked.connection, nothing, NULL));
  g_assert_true (wsp_connection_send_raw_unsafe (blocked.connection, bytes, NULL));
  wsp_connection_flush_async (blocked.connection, NULL, keep_result, &flushed);

  g_autofree char *behind = read_after (&blocked, 6);

  g_assert_cmpstr (behind, ==, "f2 01 61 81 01 31");
  run_until_result (&flushed);
  g_assert_true (wsp_connection_flush_finish (blocked.connection, flushed, NULL));
  unblock (&blocked);
}

/* More than a socket takes at once. */
static void
test_raw_large (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_CLIENT);
  g_autofree guint8 *pattern = g_malloc (BLOCKING);
  g_autofree guint8 *received = g_malloc (BLOCKING);
  gsize n_read = 0;

  for (gsize i = 0; i < BLOCKING; i++)
    pattern[i] = (guint8) (i * 2654435761u >> 11);

  g_autoptr (GBytes) bytes = g_bytes_new_static (pattern, BLOCKING);

  g_assert_true (wsp_connection_send_raw_unsafe (raw->connection, bytes, NULL));
  while (n_read < BLOCKING)
    {
      gssize n = read (raw->fd, received + n_read, BLOCKING - n_read);

      n_read += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpmem (received, BLOCKING, pattern, BLOCKING);
  wsp_connection_abort (raw->connection);
  g_assert_false (wsp_connection_send_raw_unsafe (raw->connection, bytes, &raw->error));
  g_assert_error (raw->error, WSP_ERROR, WSP_ERROR_CLOSED);
}

static const struct
{
  const char      *name;
  WspMessageFilter filter;
  const char      *hex;
  guint            n_messages;  /* number of messages that are let through; 0: refused */
} filter_cases[] = {
  { "text-when-all-are-accepted", WSP_MESSAGE_FILTER_NONE, "81 81 00 00 00 00 61", 1 },
  { "binary-when-all-are-accepted", WSP_MESSAGE_FILTER_NONE, "82 81 00 00 00 00 61", 1 },
  { "text-for-text-only", WSP_MESSAGE_FILTER_TEXT_ONLY, "81 81 00 00 00 00 61", 1 },
  { "binary-for-text-only-is-1003", WSP_MESSAGE_FILTER_TEXT_ONLY, "82 81 00 00 00 00 61", 0 },
  { "fragment-for-text-only-is-1003", WSP_MESSAGE_FILTER_TEXT_ONLY, "02 81 00 00 00 00 61", 0 },
  { "text-for-binary-only-is-1003", WSP_MESSAGE_FILTER_BINARY_ONLY, "81 81 00 00 00 00 61", 0 },
  { "binary-for-binary-only", WSP_MESSAGE_FILTER_BINARY_ONLY, "82 81 00 00 00 00 61", 1 },
};

static void
test_filter (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int fd;
  g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fd);
  g_autoptr (Watched) server = watch (connection);

  g_object_set (connection, "message-filter", filter_cases[i].filter, NULL);
  wsp_connection_start_receiving (connection);
  wire_write (fd, filter_cases[i].hex);
  if (filter_cases[i].n_messages > 0)
    {
      run_until_count (&server->n_messages, 1);
      wsp_connection_abort (connection);
      run_until_closed (server);
    }
  else
    {
      g_autofree char *close_frame = wire_read (fd, 4);

      g_assert_true (g_str_has_suffix (close_frame, " 03 eb"));
      close (fd);
      fd = -1;
      run_until_closed (server);
      g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                      WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
    }
  g_assert_cmpuint (server->n_messages, ==, filter_cases[i].n_messages);
  if (fd >= 0)
    close (fd);
}

/* 80 KiB fit once, not twice, and again after the first one ended. */
static void
test_buffered_input (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) watched_free);
  int fds[3];

  g_object_set (limits, "max-buffered-input", (guint64) (100 * 1024), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr (WspConnection) connection = wire_raw (WSP_ROLE_SERVER, &fds[i]);

      wsp_connection_set_limits (connection, limits);
      wsp_connection_start_receiving (connection);
      g_ptr_array_add (all, watch (connection));
    }

  wire_write_unfinished (fds[0]);
  wire_write_unfinished (fds[1]);

  g_autofree char *close_frame = wire_read (fds[1], 4);

  g_assert_true (g_str_has_suffix (close_frame, " 03 f5"));
  close (fds[1]);
  run_until_closed (all->pdata[1]);
  g_assert_error (wsp_close_info_get_error (
                    wsp_connection_get_close_info (((Watched *) all->pdata[1])->connection)),
                  WSP_ERROR, WSP_ERROR_REJECTED);

  close (fds[0]);
  run_until_closed (all->pdata[0]);
  wire_write_unfinished (fds[2]);
  g_assert_false (((Watched *) all->pdata[2])->is_closed);
  close (fds[2]);
  run_until_closed (all->pdata[2]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/connection/receive/filter/WS-184-%s", filter_cases, test_filter);
  for (guint i = 0; i < G_N_ELEMENTS (prepared_sizes); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/send/prepared/%" G_GSIZE_FORMAT "-bytes-to-many",
                         prepared_sizes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_prepared);
    }
  for (guint i = 0; i < 24; i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection/send/race/SEC-104-order-%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_race);
    }
  g_test_add_func ("/connection/send/partial/SEC-107-caller-may-reuse-its-memory",
                   test_partial_writes);
  g_test_add_func ("/connection/send/cancel/WS-204-waiting-is-cancelled",
                   test_cancel_waiting);
  g_test_add_func ("/connection/send/cancel/WS-204-partly-written-continues", test_cancel_begun);
  g_test_add_func ("/connection/send/cancel/WS-204-sent-has-its-result", test_cancel_done);
  g_test_add_func ("/connection/send/urgent/before-queued-messages", test_urgent);
  g_test_add_func ("/connection/send/urgent/its-result-follows-earlier-ones", test_urgent_result);
  g_test_add_func ("/connection/send/binary/null-of-no-bytes-is-an-empty-message", test_nothing);
  g_test_add_func ("/connection/send/raw/after-the-frame-in-progress", test_raw);
  g_test_add_func ("/connection/send/raw/of-any-length", test_raw_large);
  g_test_add_func ("/connection/receive/max-buffered-input/1013-above-it", test_buffered_input);

  return g_test_run ();
}
