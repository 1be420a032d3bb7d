/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* `pong` and `notify::rtt-us` come when a turn has read: their order among the other signals, and
 * what their handlers may do.  The connection is a server, the peer a descriptor. */
#include "connection/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE "81 81 00 00 00 00 78 "
#define PONG_A "8a 81 00 00 00 00 61 "
#define PONG_B "8a 81 00 00 00 00 62 "
#define CLOSE "88 82 00 00 00 00 03 e8 "
#define MAX_WAITING 64

typedef struct _Talk Talk;
typedef void (*Reaction) (Talk *self);

struct _Talk
{
  WspConnection *connection;
  gpointer       alive;         /* weak pointer to the connection */
  int            fd;
  GString       *log;
  Reaction       react;         /* reaction to the first pong, or to the first notify::rtt-us; NULL:
                                 * none */
  const char    *where;         /* word after which, in the log, react is called */
  guint          depth, n_pongs, n_messages;
  gboolean       is_closed;
};

static void
note (Talk       *self,
      const char *word)
{
  Reaction react = self->react;

  g_string_append_printf (self->log, "%s%s", self->log->len > 0 ? " " : "", word);
  if (react == NULL || strcmp (word, self->where) != 0)
    return;

  self->react = NULL;
  react (self);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Talk          *self)
{
  self->n_messages++;
  note (self, "message");
}

static void
on_pong (WspConnection *connection,
         GBytes        *payload,
         gint64         rtt,
         Talk          *self)
{
  gsize length;
  const char *text = g_bytes_get_data (payload, &length);
  g_autofree char *word = g_strndup (text, length);

  g_assert_cmpuint (self->depth, ==, 0);
  g_assert_false (self->is_closed);
  self->depth++;
  self->n_pongs++;
  note (self, word);
  self->depth--;
}

static void
on_rtt (WspConnection *connection,
        GParamSpec    *pspec,
        Talk          *self)
{
  g_assert_cmpint (wsp_connection_get_rtt_us (connection), >=, 0);
  g_assert_false (self->is_closed);
  note (self, "rtt");
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Talk          *self)
{
  note (self, "closing");
}

static void
on_closed (WspConnection *connection,
           Talk          *self)
{
  self->is_closed = TRUE;
  note (self, "closed");
}

static void
on_pinged (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  wsp_connection_ping_finish (WSP_CONNECTION (source), result, NULL);
  note (data, "result");
}

static void
talk_begin (Talk *self)
{
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  self->alive = self->connection;
  g_object_add_weak_pointer (G_OBJECT (self->connection), &self->alive);
  self->log = g_string_new (NULL);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->connection, "notify::rtt-us", G_CALLBACK (on_rtt), self);
  g_signal_connect (self->connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  wsp_connection_start_receiving (self->connection);
}

static void
talk_end (Talk *self)
{
  close (self->fd);
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  g_clear_object (&self->connection);
  while (self->alive != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_string_free (self->log, TRUE);
}

static void
ping (Talk       *self,
      const char *text)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));

  wsp_connection_ping_async (self->connection, payload, NULL, on_pinged, self);
}

static void
write_times (Talk       *self,
             const char *bytes,
             guint       n)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (all, bytes);
  wire_write (self->fd, all->str);
}

static void
abort_at_once (Talk *self)
{
  wsp_connection_abort (self->connection);
}

static const struct
{
  const char *name;
  const char *pinged;           /* payload of the ping; NULL: no ping is sent */
  const char *bytes, *log;
  const char *where;            /* word after which, in the log, the connection is aborted; NULL:
                                 * never */
} orders[] = {
  { "follows-messages-before-it", NULL, MESSAGE PONG_A, "message a", NULL },
  { "follows-messages-that-were-read-with-it", NULL, PONG_A MESSAGE, "message a", NULL },
  { "is-emitted-once-for-each", NULL, PONG_B PONG_A PONG_B, "b a b", NULL },
  { "precedes-closing", NULL, MESSAGE PONG_A CLOSE, "message a closing closed", NULL },
  { "is-not-emitted-after-a-close", NULL, CLOSE PONG_A, "closing closed", NULL },
  { "follows-rtt-and-precedes-the-result", "a", PONG_A MESSAGE, "message rtt a result", NULL },
  { "of-others-has-no-rtt", "a", PONG_B PONG_A, "rtt b a result", NULL },
  { "rtt-is-notified-once-for-a-turn", "a", PONG_A PONG_A PONG_B, "rtt a a b result", NULL },
  { "is-not-emitted-after-an-abort-in-it", NULL, PONG_A PONG_B, "a closed", "a" },
  { "is-not-emitted-after-an-abort-in-rtt", "a", PONG_A, "rtt result closed", "rtt" },
  { "is-not-emitted-after-an-abort-in-a-message", NULL, PONG_A MESSAGE, "message closed",
    "message" },
};

static void
test_order (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Talk talk = { .where = orders[i].where };

  if (talk.where != NULL)
    talk.react = abort_at_once;
  talk_begin (&talk);
  if (orders[i].pinged != NULL)
    {
      ping (&talk, orders[i].pinged);
      g_free (wire_read (talk.fd, 2 + 1));
    }
  wire_write (talk.fd, orders[i].bytes);
  if (strstr (orders[i].bytes, CLOSE) != NULL)
    {
      g_free (wire_read (talk.fd, 4));
      g_assert_true (wire_is_ended (talk.fd));
      g_assert_no_errno (shutdown (talk.fd, SHUT_WR));
      run_until (&talk.is_closed);
    }
  while (talk.log->len < strlen (orders[i].log))
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_assert_cmpstr (talk.log->str, ==, orders[i].log);
  talk_end (&talk);
}

/* Otherwise a peer could fill the memory with pongs that wait. */
static void
test_turn_ends (void)
{
  Talk talk = { 0 };

  talk_begin (&talk);
  write_times (&talk, PONG_A, MAX_WAITING + 1);
  wire_write (talk.fd, MESSAGE);
  run_until_count (&talk.n_pongs, MAX_WAITING + 1);
  g_assert_cmpstr (talk.log->str + MAX_WAITING * strlen ("a "), ==, "message a");
  talk_end (&talk);
}

static void
receive_inside (Talk *self)
{
  wire_write (self->fd, MESSAGE PONG_B MESSAGE);
  run_until_count (&self->n_messages, 2);
}

static void
close_inside (Talk *self)
{
  wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  g_free (wire_read (self->fd, 4));
  wire_write (self->fd, PONG_B CLOSE);
  g_assert_true (wire_is_ended (self->fd));
  g_assert_no_errno (shutdown (self->fd, SHUT_WR));
  run_until (&self->is_closed);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (self->connection)));
}

static void
abort_inside (Talk *self)
{
  wire_write (self->fd, PONG_B);
  wsp_connection_abort (self->connection);
  run_until (&self->is_closed);
}

static void
drop_inside (Talk *self)
{
  wsp_connection_abort (self->connection);
  g_clear_object (&self->connection);
  run_until (&self->is_closed);
}

static void
dispose_inside (Talk *self)
{
  g_object_run_dispose (G_OBJECT (self->connection));
  run_pending ();
}

static void
note_message (WspConnection *connection,
              WspMessage    *message,
              gpointer       user_data)
{
  Talk *self = user_data;

  self->n_messages++;
  note (self, "function");
}

static void
set_func_inside (Talk *self)
{
  g_signal_handlers_disconnect_by_func (self->connection, on_message, self);
  wsp_connection_set_message_func (self->connection, note_message, self, NULL);
  wire_write (self->fd, MESSAGE);
  run_until_count (&self->n_messages, 1);
}

static void
limit_inside (Talk *self)
{
  wire_limit (self->connection, "max-message-size", 1);
  wire_write (self->fd, "81 82 00 00 00 00 78 78");
  g_free (wire_read (self->fd, 4));
}

static const struct
{
  const char *name;
  Reaction    react;
  const char *log;              /* log: "a" (a pong) or "rtt" (notify::rtt-us) comes first */
} reactions[] = {
  { "messages-are-received-in-its-loop", receive_inside, "message message" },
  { "the-closing-handshake-ends-in-its-loop", close_inside, "closing closed" },
  { "nothing-follows-an-end-in-its-loop", abort_inside, "closed" },
  { "the-last-reference-may-go", drop_inside, "closed" },
  { "the-connection-may-be-disposed-of", dispose_inside, "" },
  { "another-function-gets-messages-in-its-loop", set_func_inside, "function" },
  { "other-limits-count-in-its-loop", limit_inside, "closing" },
};

static void
run_reaction (guint       i,
              const char *where)
{
  Talk talk = { .react = reactions[i].react, .where = where };
  g_autofree char *begin = g_strconcat (where, *reactions[i].log != '\0' ? " " : "",
                                        reactions[i].log, NULL);

  talk_begin (&talk);
  ping (&talk, "a");
  g_free (wire_read (talk.fd, 2 + 1));
  wire_write (talk.fd, PONG_A);
  while (talk.react != NULL)
    g_main_context_iteration (NULL, TRUE);

  const char *log = talk.log->str + (strcmp (where, "rtt") == 0 ? 0 : strlen ("rtt "));

  /* In the loop the ping has its result, too. */
  if (g_str_has_prefix (log + strlen (where), " result"))
    g_string_erase (talk.log, log + strlen (where) - talk.log->str, strlen (" result"));
  if (!g_str_has_prefix (log, begin))
    g_assert_cmpstr (log, ==, begin);
  talk_end (&talk);
}

static void
test_in_pong (gconstpointer data)
{
  run_reaction (GPOINTER_TO_UINT (data), "a");
}

static void
test_in_rtt (gconstpointer data)
{
  run_reaction (GPOINTER_TO_UINT (data), "rtt");
}

static void
receive_many_inside (Talk *self)
{
  write_times (self, PONG_A, MAX_WAITING);
  wire_write (self->fd, PONG_B MESSAGE);
  run_until_count (&self->n_messages, 1);
  g_assert_cmpuint (self->n_pongs, ==, 1);
}

/* No handler runs inside another one, and no more pongs wait for one than may. */
static void
test_wait_for_handler (void)
{
  Talk talk = { .react = receive_many_inside, .where = "a" };

  talk_begin (&talk);
  wire_write (talk.fd, PONG_A);
  run_until_count (&talk.n_pongs, 1 + MAX_WAITING);
  run_pending ();
  g_assert_cmpuint (talk.n_pongs, ==, 1 + MAX_WAITING);
  g_assert_true (g_str_has_suffix (talk.log->str, " a b"));
  talk_end (&talk);
}

static void
measure_and_abort_inside (Talk *self)
{
  ping (self, "b");
  g_free (wire_read (self->fd, 2 + 1));
  wire_write (self->fd, PONG_B);
  run_pending ();
  g_assert_true (g_str_has_suffix (self->log->str, "result"));
  abort_inside (self);
}

/* on_rtt () and on_pong () fail after the end. */
static void
test_ends_before_notify (void)
{
  Talk talk = { .react = measure_and_abort_inside, .where = "a" };

  talk_begin (&talk);
  wire_write (talk.fd, PONG_A);
  run_until (&talk.is_closed);
  run_pending ();
  g_assert_cmpuint (talk.n_pongs, ==, 1);
  talk_end (&talk);
}

static void
add (const char   *place,
     const char   *name,
     guint         row,
     GTestDataFunc run)
{
  g_autofree char *path = g_strdup_printf ("/connection/pongs/%s/%s", place, name);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), run);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    add ("order", orders[i].name, i, test_order);
  for (guint i = 0; i < G_N_ELEMENTS (reactions); i++)
    {
      add ("in-pong", reactions[i].name, i, test_in_pong);
      add ("in-rtt", reactions[i].name, i, test_in_rtt);
    }
  g_test_add_func ("/connection/pongs/order/a-turn-ends-after-64", test_turn_ends);
  g_test_add_func ("/connection/pongs/in-pong/64-more-wait-and-the-newest-replaces-the-last",
                   test_wait_for_handler);

  g_test_add_func ("/connection/pongs/in-pong/no-rtt-is-notified-after-an-end-in-its-loop",
                   test_ends_before_notify);

  return g_test_run ();
}
