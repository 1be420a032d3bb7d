/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Groups of connections, on a server without threads and on one with them. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/log-watch.h"

#include <malloc.h>
#include <time.h>
#include <unistd.h>

#define N_CLIENTS 12
#define N_SENDERS 3
#define N_MESSAGES 200          /* of each sender */

typedef struct
{
  WspServer *server;
  WspGroup  *group;             /* group that every connection is added to */
  guint16    port;
  int        fds[N_CLIENTS];
  guint      n_added;           /* number of added members; all threads change it and the numbers
                                 * below */
  guint      n_closed, n_members_at_closed, n_refused_at_closed;
  guint      n_ready;
  GDestroyNotify when_freed;    /* function that is called with the fixture when a message is
                                 * freed */
  GCancellable *cancellable;
} Fixture;

static void
on_closed (WspConnection *connection,
           Fixture       *self)
{
  g_autoptr (WspGroup) group = g_atomic_pointer_get (&self->group)
                               ? g_object_ref (self->group) : NULL;
  g_autoptr (GError) error = NULL;

  if (group != NULL)
    {
      if (wsp_group_remove (group, connection))
        g_atomic_int_inc (&self->n_members_at_closed);
      g_assert_false (wsp_group_add (group, connection, &error));
      if (g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED))
        g_atomic_int_inc (&self->n_refused_at_closed);
    }
  g_atomic_int_inc (&self->n_closed);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_assert_true (wsp_group_add (self->group, connection, &error));
  g_assert_no_error (error);
  g_atomic_int_inc (&self->n_added);
}

static void
fixture_init (Fixture *self,
              guint    n_threads)
{
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { .server = wsp_server_new () };
  self->group = wsp_group_new (self->server);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  if (n_threads > 0)
    g_assert_true (wsp_server_start_workers (self->server, n_threads, &error));
  g_assert_no_error (error);
  self->port = listen_on_free_port (self->server, NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    self->fds[i] = -1;
}

static void
run_until_items (Fixture *self,
                 guint    n)
{
  while (g_list_model_get_n_items (wsp_server_get_connections (self->server)) != n)
    g_main_context_iteration (NULL, FALSE);
}

static void
join_all (Fixture *self)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    self->fds[i] = knock_join (self->port);
  run_until_atomic (&self->n_added, N_CLIENTS);
  run_until_items (self, N_CLIENTS);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
}

static void
leave (Fixture *self,
       guint    i)
{
  close (self->fds[i]);
  self->fds[i] = -1;
}

static void
fixture_clear (Fixture *self)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    if (self->fds[i] >= 0)
      close (self->fds[i]);
  g_clear_object (&self->server);
  g_clear_object (&self->group);
  run_pending ();
}

static WspConnection *
get_connection (Fixture *self,
                guint    i)
{
  return g_list_model_get_item (wsp_server_get_connections (self->server), i);
}

static void
broadcast (WspGroup      *group,
           const char    *text,
           WspConnection *exclude)
{
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  wsp_group_broadcast (group, message, WSP_SEND_FLAGS_DEFAULT, exclude);
}

static void
expect (Fixture    *self,
        guint       i,
        const char *hex)
{
  g_autofree char *got = wire_read (self->fds[i], (strlen (hex) + 1) / 3);

  g_assert_cmpstr (got, ==, hex);
}

static void
expect_from_all (Fixture    *self,
                 const char *hex)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    expect (self, i, hex);
}

typedef struct                  /* runs a function in the thread of a connection, and waits */
{
  WspConnectionFunc func;
  gpointer          data;
  guint             is_done;
} Call;

static void
run_call (WspConnection *connection,
          gpointer       data)
{
  Call *self = data;

  self->func (connection, self->data);
  g_atomic_int_set (&self->is_done, TRUE);
}

static void
call (WspConnection    *connection,
      WspConnectionFunc func,
      gpointer          data)
{
  Call self = { func, data, FALSE };

  wsp_connection_invoke (connection, run_call, &self, NULL);
  run_until_atomic (&self.is_done, TRUE);
}

/* Two threads broadcast at once, and a worker and the main thread: each sender's messages keep
 * their order, and all members get the same bytes. */
typedef struct
{
  Fixture *fixture;
  guint8   number;
  guint    n_together;          /* number of senders that begin at the same time; 0: the sender
                                 * begins at once */
} Sender;

static void
send_all (Sender *self)
{
  if (self->n_together > 0)
    g_atomic_int_inc (&self->fixture->n_ready);
  while ((guint) g_atomic_int_get (&self->fixture->n_ready) < self->n_together)
    continue;

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      const guint8 data[] = { self->number, (guint8) (i / 256), (guint8) i };
      g_autoptr (WspMessage) message = wsp_message_new_binary (data, sizeof data);

      wsp_group_broadcast (self->fixture->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
    }
}

static gpointer
send_in_thread (gpointer data)
{
  send_all (data);
  return NULL;
}

static void
send_in_connection (WspConnection *connection,
                    gpointer       data)
{
  send_all (data);
}

static void
check_order (const char *hex)
{
  g_auto (GStrv) bytes = g_strsplit (hex, " ", -1);
  guint next[N_SENDERS + 3] = { 0 };

  for (guint i = 0; bytes[i] != NULL; i += 5)
    {
      guint sender = (guint) g_ascii_strtoull (bytes[i + 2], NULL, 16);
      guint number = (guint) (g_ascii_strtoull (bytes[i + 3], NULL, 16) * 256 +
                              g_ascii_strtoull (bytes[i + 4], NULL, 16));

      g_assert_cmpuint (sender, <, G_N_ELEMENTS (next));
      g_assert_cmpuint (number, ==, next[sender]++);
    }
  for (guint i = 0; i < G_N_ELEMENTS (next); i++)
    g_assert_cmpuint (next[i], ==, N_MESSAGES);
}

static void
test_order (Fixture *self)
{
  Sender senders[N_SENDERS + 3];
  GThread *threads[N_SENDERS];
  g_autofree char *first = NULL;

  join_all (self);

  g_autoptr (WspConnection) one = get_connection (self, 0), other = get_connection (self, 1);

  for (guint i = 0; i < N_SENDERS + 3; i++)
    senders[i] = (Sender) { self, (guint8) i, i < N_SENDERS ? N_SENDERS : 0 };
  for (guint i = 0; i < N_SENDERS; i++)
    threads[i] = g_thread_new ("sender", send_in_thread, &senders[i]);
  wsp_connection_invoke (one, send_in_connection, &senders[N_SENDERS], NULL);
  wsp_connection_invoke (other, send_in_connection, &senders[N_SENDERS + 1], NULL);
  send_all (&senders[N_SENDERS + 2]);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *got = wire_read (self->fds[i], 5 * N_MESSAGES * (N_SENDERS + 3));

      if (i == 0)
        check_order (got);
      else
        g_assert_cmpstr (got, ==, first);
      if (first == NULL)
        first = g_steal_pointer (&got);
    }
  for (guint i = 0; i < N_SENDERS; i++)
    g_thread_join (threads[i]);
}

/* A broadcast, then a message of the same thread to one member: in this order on the wire. */
static void
send_both (WspConnection *connection,
           gpointer       data)
{
  broadcast (((Fixture *) data)->group, "a", NULL);
  g_assert_true (wsp_connection_queue_text (connection, "b", NULL));
}

static void
test_before_own_message (Fixture *self)
{
  join_all (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);
      guint n_with_b = 0;

      call (connection, send_both, self);
      for (guint k = 0; k < N_CLIENTS; k++)
        expect (self, k, "81 01 61");
      run_pending ();
      broadcast (self->group, "c", NULL);
      for (guint k = 0; k < N_CLIENTS; k++)
        {
          g_autofree char *next = wire_read (self->fds[k], 3);

          if (g_strcmp0 (next, "81 01 62") == 0)
            {
              n_with_b++;
              g_free (next);
              next = wire_read (self->fds[k], 3);
            }
          g_assert_cmpstr (next, ==, "81 01 63");
        }
      g_assert_cmpuint (n_with_b, ==, 1);
    }
}

static void
test_excluded (Fixture *self)
{
  guint n_without = 0;

  join_all (self);

  g_autoptr (WspConnection) excluded = get_connection (self, 3);

  broadcast (self->group, "a", excluded);
  broadcast (self->group, "b", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *first = wire_read (self->fds[i], 3);

      if (g_strcmp0 (first, "81 01 62") == 0)
        {
          n_without++;
          continue;
        }
      g_assert_cmpstr (first, ==, "81 01 61");
      expect (self, i, "81 01 62");
    }
  g_assert_cmpuint (n_without, ==, 1);
}

static void
add_again (WspConnection *connection,
           gpointer       data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_group_add (((Fixture *) data)->group, connection, &error));
  g_assert_no_error (error);
}

static void
test_added_twice (Fixture *self)
{
  join_all (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, add_again, self);
    }
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
  broadcast (self->group, "a", NULL);
  broadcast (self->group, "b", NULL);
  expect_from_all (self, "81 01 61 81 01 62");
}

static void
remove_twice (WspConnection *connection,
              gpointer       data)
{
  g_assert_true (wsp_group_remove (((Fixture *) data)->group, connection));
  g_assert_false (wsp_group_remove (((Fixture *) data)->group, connection));
}

/* The removed get what was broadcast before, and nothing of what follows. */
static void
test_removed (Fixture *self)
{
  join_all (self);
  broadcast (self->group, "a", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i * 5 % N_CLIENTS);

      call (connection, remove_twice, self);
      g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS - 1 - i);
      broadcast (self->group, "b", NULL);
      call (connection, add_again, self);
      broadcast (self->group, "c", NULL);
      call (connection, remove_twice, self);
    }
  g_autoptr (WspMessage) last = wsp_message_new_text ("z");

  wsp_server_broadcast (self->server, last, WSP_SEND_FLAGS_DEFAULT, NULL);
  gboolean is_seen[N_CLIENTS] = { FALSE };

  /* The n-th member got what was broadcast while n others were removed and added again. */
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (GString) got = g_string_new (NULL), expected = g_string_new ("a");
      guint n;

      while (!g_str_has_suffix (got->str, "z"))
        {
          g_autofree char *frame = wire_read (self->fds[i], 3);

          g_assert_true (g_str_has_prefix (frame, "81 01 "));
          g_string_append_c (got, (char) g_ascii_strtoull (frame + 6, NULL, 16));
        }
      n = (guint) (got->len - strlen ("acz")) / 2;
      for (guint k = 0; k < n; k++)
        g_string_append (expected, "bc");
      g_string_append (expected, "cz");
      g_assert_cmpstr (got->str, ==, expected->str);
      g_assert_cmpuint (n, <, N_CLIENTS);
      g_assert_false (is_seen[n]);
      is_seen[n] = TRUE;
    }
}

static gpointer
broadcast_in_thread (gpointer data)
{
  broadcast (((Fixture *) data)->group, "a", NULL);
  return NULL;
}

static void
remove_after_broadcast (WspConnection *connection,
                        gpointer       data)
{
  g_thread_join (g_thread_new ("sender", broadcast_in_thread, data));
  remove_twice (connection, data);
}

static void
add_after_broadcast (WspConnection *connection,
                     gpointer       data)
{
  g_thread_join (g_thread_new ("sender", broadcast_in_thread, data));
  add_again (connection, data);
}

/* Another thread has broadcast, and its queued call has not run yet: a member that leaves gets the
 * message, and one that joins does not. */
static void
test_mail_on_its_way (Fixture *self)
{
  guint n_two = 0;

  join_all (self);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  call (connection, remove_after_broadcast, self);
  expect_from_all (self, "81 01 61");
  call (connection, add_after_broadcast, self);
  broadcast (self->group, "b", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (self->fds[i], 3);

      if (g_strcmp0 (frame, "81 01 62") == 0)
        continue;
      n_two++;
      g_assert_cmpstr (frame, ==, "81 01 61");
      expect (self, i, "81 01 62");
    }
  g_assert_cmpuint (n_two, ==, N_CLIENTS - 1);
}

static void
close_and_add (WspConnection *connection,
               gpointer       data)
{
  Fixture *self = data;
  g_autoptr (WspGroup) group = wsp_group_new (self->server);
  g_autoptr (GError) error = NULL;

  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  g_assert_false (wsp_group_add (group, connection, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  g_assert_cmpuint (wsp_group_get_n_members (group), ==, 0);
}

/* A closing connection cannot join, stays a member, and has left when `closed` is emitted. */
static void
test_closing (Fixture *self)
{
  join_all (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, close_and_add, self);
    }
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
  broadcast (self->group, "a", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      expect (self, i, "88 02 03 e8");
      wire_write (self->fds[i], "88 82 00 00 00 00 03 e8");
      g_assert_true (wire_is_ended (self->fds[i]));
    }
  run_until_atomic (&self->n_closed, N_CLIENTS);
  g_assert_cmpuint (self->n_members_at_closed, ==, 0);
  g_assert_cmpuint (self->n_refused_at_closed, ==, N_CLIENTS);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
}

/* All leave while threads broadcast. */
static void
test_all_leaving (Fixture *self)
{
  Sender senders[N_SENDERS];
  GThread *threads[N_SENDERS];

  join_all (self);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      senders[i] = (Sender) { self, (guint8) i, 0 };
      threads[i] = g_thread_new ("sender", send_in_thread, &senders[i]);
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    leave (self, i);
  run_until_atomic (&self->n_closed, N_CLIENTS);
  for (guint i = 0; i < N_SENDERS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
  g_assert_cmpuint (self->n_members_at_closed, ==, 0);
  broadcast (self->group, "a", NULL);
}

static void
find_server (WspConnection *connection,
             gpointer       data)
{
  g_autoptr (WspServer) found = wsp_connection_dup_server (connection);

  g_assert_true (found == ((Fixture *) data)->server);
}

static void
add_stranger (WspConnection *connection,
              gpointer       data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_group_add (data, connection, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_false (wsp_group_remove (data, connection));
}

/* A connection of another server, of a client, and of a server that had the same memory. */
static void
test_strangers (Fixture *self)
{
  g_autoptr (WspServer) other = wsp_server_new ();
  g_autoptr (WspGroup) group = wsp_group_new (other);
  WspConnection *client, *server;

  join_all (self);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  call (connection, add_stranger, group);
  call (connection, find_server, self);
  wire_pair (&client, &server);
  g_assert_null (wsp_connection_dup_server (client));
  add_stranger (client, self->group);
  add_stranger (server, self->group);
  g_object_unref (client);
  g_object_unref (server);
  g_assert_cmpuint (wsp_group_get_n_members (group), ==, 0);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
}

static void
on_asked (WspConnection *connection,
          WspMessage    *message,
          gpointer       data)
{
  wsp_group_broadcast (data, message, WSP_SEND_FLAGS_DEFAULT, connection);
  wsp_group_broadcast (data, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
answer (WspConnection *connection,
        gpointer       data)
{
  wsp_connection_set_message_func (connection, on_asked, ((Fixture *) data)->group, NULL);
}

static void
test_in_handler (Fixture *self)
{
  join_all (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, answer, self);
    }
  wire_write (self->fds[0], "81 81 00 00 00 00 61");
  expect (self, 0, "81 01 61");
  for (guint i = 1; i < N_CLIENTS; i++)
    expect (self, i, "81 01 61 81 01 61");
}

static void
on_last_asked (WspConnection *connection,
               WspMessage    *message,
               gpointer       data)
{
  Fixture *self = data;
  WspGroup *group = g_atomic_pointer_exchange (&self->group, NULL);

  wsp_group_broadcast (group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_object_unref (group);
}

static void
drop_when_asked (WspConnection *connection,
                 gpointer       data)
{
  wsp_connection_set_message_func (connection, on_last_asked, data, NULL);
}

static void
count_gone (gpointer data,
            GObject *object)
{
  g_atomic_int_inc ((guint *) data);
}

/* The last reference is dropped in a handler: what was broadcast arrives, and the members are
 * free for other groups. */
static void
test_dropped_in_handler (Fixture *self)
{
  guint n_gone = 0;

  join_all (self);

  g_autoptr (WspGroup) next = wsp_group_new (self->server);

  g_object_weak_ref (G_OBJECT (self->group), count_gone, &n_gone);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, drop_when_asked, self);
    }
  wire_write (self->fds[0], "81 81 00 00 00 00 61");
  run_until_atomic (&n_gone, 1);
  expect_from_all (self, "81 01 61");

  Fixture second = { .group = next };

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) member = get_connection (self, i);

      call (member, add_again, &second);
    }
  broadcast (next, "b", NULL);
  expect_from_all (self, "81 01 62");
}

static gpointer
drop_in_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_dropped_in_thread (Fixture *self)
{
  join_all (self);
  broadcast (self->group, "a", NULL);
  g_thread_join (g_thread_new ("dropper", drop_in_thread, g_steal_pointer (&self->group)));
  expect_from_all (self, "81 01 61");
}

static void
test_server_gone_first (Fixture *self)
{
  guint n_gone = 0;

  join_all (self);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  g_object_weak_ref (G_OBJECT (self->server), count_gone, &n_gone);
  broadcast (self->group, "a", NULL);
  g_clear_object (&self->server);
  run_until_atomic (&n_gone, 1);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
  broadcast (self->group, "b", NULL);
  broadcast (self->group, "b", connection);
  run_pending ();
  g_clear_object (&self->group);
}

/* The last broadcast: it and the request to close come to a worker in different ways. */
static void
test_before_shutdown (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  join_all (self);
  broadcast (self->group, "a", NULL);
  wsp_server_shutdown_async (self->server, 1001, NULL, 1000, NULL, keep_result, &result);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      expect (self, i, "81 01 61 88 02 03 e9");
      wire_write (self->fds[i], "88 82 00 00 00 00 03 e9");
    }
  run_until_result (&result);
}

static void
stay_busy (WspConnection *connection,
           gpointer       data)
{
  Fixture *self = data;

  while (g_atomic_int_get (&self->n_ready) == 0)
    continue;
}

/* The worker is busy until both have come. */
static void
test_before_shutdown_of_busy_workers (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  join_all (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      wsp_connection_invoke (connection, stay_busy, self, NULL);
    }
  broadcast (self->group, "a", NULL);
  wsp_server_shutdown_async (self->server, 1001, NULL, 1000, NULL, keep_result, &result);
  g_atomic_int_set (&self->n_ready, 1);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      expect (self, i, "81 01 61 88 02 03 e9");
      wire_write (self->fds[i], "88 82 00 00 00 00 03 e9");
    }
  run_until_result (&result);
}

/* A server is shut down: the messages of later go nowhere. */
static void
test_shut_down (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  join_all (self);
  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, keep_result, &result);
  broadcast (self->group, "a", NULL);
  run_until_result (&result);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
}

typedef GObject Meddler;
typedef GObjectClass MeddlerClass;

typedef enum
{
  MEDDLE_BROADCAST,
  MEDDLE_REMOVE,
  MEDDLE_ADD,
  MEDDLE_ADD_TO_BATCH,
  MEDDLE_LOOP,
} Meddling;

static Meddling meddling;
static Fixture *meddled;
static guint n_meddled;

static void
add_to_rest (void)
{
  WspGroup *groups[20];

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autoptr (WspConnection) connection = get_connection (meddled, i % N_CLIENTS);

      groups[i] = wsp_group_new (meddled->server);
      g_assert_true (wsp_group_add (groups[i], connection, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    g_object_unref (groups[i]);
}

static WspMessage *
message_new_with_func (GDestroyNotify func,
                       gpointer       data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func ("a", 1, func, data);

  return wsp_message_new_binary_bytes (bytes);
}

static guint n_freed;

static void
count_freed (gpointer data)
{
  n_freed++;
}

static void
broadcast_counted (void)
{
  g_autoptr (WspMessage) message = message_new_with_func (count_freed, NULL);

  wsp_group_broadcast (meddled->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
meddle (WspTap      *tap,
        GObject     *source,
        WspDirection direction,
        GBytes      *bytes,
        gint64       time_us)
{
  if (direction != WSP_DIRECTION_SENT ||
      (n_meddled++ > 0 && meddling != MEDDLE_ADD_TO_BATCH))
    return;

  switch (meddling)
    {
    case MEDDLE_LOOP:
      broadcast (meddled->group, "b", NULL);
      run_pending ();
      break;
    case MEDDLE_BROADCAST:
      broadcast (meddled->group, "b", NULL);
      break;
    case MEDDLE_ADD:
      for (guint i = 0; i < N_CLIENTS; i++)
        {
          g_autoptr (WspConnection) connection = get_connection (meddled, i);

          g_assert_true (wsp_group_remove (meddled->group, connection));
          g_assert_true (wsp_group_add (meddled->group, connection, NULL));
        }
      add_to_rest ();
      broadcast (meddled->group, "b", NULL);
      break;
    case MEDDLE_ADD_TO_BATCH:
      if (n_meddled == 1)
        {
          broadcast (meddled->group, "b", NULL);
        }
      else if (n_meddled == N_CLIENTS)
        {
          g_autoptr (WspConnection) connection = get_connection (meddled, 0);

          g_assert_true (wsp_group_add (meddled->group, connection, NULL));
        }
      break;
    case MEDDLE_REMOVE:
      for (guint i = 0; i < N_CLIENTS; i++)
        {
          g_autoptr (WspConnection) connection = get_connection (meddled, i);

          g_assert_true (wsp_group_remove (meddled->group, connection));
        }
      broadcast_counted ();
      break;
    }
}

static void
meddler_init_interface (WspTapInterface *iface)
{
  iface->bytes_passed = meddle;
}

GType meddler_get_type (void);
G_DEFINE_TYPE_WITH_CODE (Meddler, meddler, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, meddler_init_interface))

static void
meddler_class_init (MeddlerClass *class)
{
}

static void
meddler_init (Meddler *self)
{
}

static void
begin_meddling (Fixture *self,
                Meddling how)
{
  g_autoptr (WspTap) tap = g_object_new (meddler_get_type (), NULL);

  if (self->fds[0] < 0)
    join_all (self);
  meddled = self;
  meddling = how;
  n_meddled = 0;
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      wsp_connection_add_tap (connection, tap);
    }
  broadcast (self->group, "a", NULL);
}

/* A tap is notified while the first member is sent the message: all others get that one first. */
static void
test_sent_in_tap (Fixture *self)
{
  begin_meddling (self, MEDDLE_BROADCAST);
  expect_from_all (self, "81 01 61 81 01 62");
}

static void
test_loop_in_tap (Fixture *self)
{
  begin_meddling (self, MEDDLE_LOOP);
  expect_from_all (self, "81 01 61 81 01 62");
}

/* A message waits for its queued call, but is sent with the next one, and makes a connection a
 * member. */
static void
test_added_to_batch (Fixture *self)
{
  guint n_three = 0;

  join_all (self);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  g_assert_true (wsp_group_remove (self->group, connection));
  begin_meddling (self, MEDDLE_ADD_TO_BATCH);
  broadcast (self->group, "c", NULL);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
  broadcast (self->group, "d", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (self->fds[i], 3);

      if (g_strcmp0 (frame, "81 01 64") == 0)
        continue;
      n_three++;
      g_assert_cmpstr (frame, ==, "81 01 61");
      expect (self, i, "81 01 62 81 01 63 81 01 64");
    }
  g_assert_cmpuint (n_three, ==, N_CLIENTS - 1);
}

static void
test_added_in_tap (Fixture *self)
{
  guint n_first = 0;

  begin_meddling (self, MEDDLE_ADD);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (self->fds[i], 3);

      if (g_strcmp0 (frame, "81 01 61") == 0)
        {
          n_first++;
          expect (self, i, "81 01 62");
        }
      else
        g_assert_cmpstr (frame, ==, "81 01 62");
    }
  g_assert_cmpuint (n_first, ==, 1);
}

static void
drop_server (gpointer data)
{
  g_clear_object (&((Fixture *) data)->server);
}

static gpointer
broadcast_and_free (gpointer data)
{
  Fixture *self = data;
  g_autoptr (WspMessage) message = message_new_with_func (self->when_freed, self);

  wsp_group_broadcast (self->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  return NULL;
}

static void
broadcast_at_end (WspConnection *connection,
                  GParamSpec    *pspec,
                  gpointer       data)
{
  g_thread_join (g_thread_new ("sender", broadcast_and_free, data));
}

/* The last member leaves before the call in its thread runs: the message is freed, and drops the
 * server. */
static void
test_server_dropped_by_message (Fixture *self)
{
  g_autoptr (WspGroup) other = wsp_group_new (self->server);

  self->fds[0] = knock_join (self->port);
  run_until_items (self, 1);
  self->when_freed = drop_server;

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  g_assert_true (wsp_group_remove (self->group, connection));
  g_assert_true (wsp_group_add (other, connection, NULL));
  g_assert_true (wsp_group_add (self->group, connection, NULL));
  g_signal_connect (connection, "notify::close-info", G_CALLBACK (broadcast_at_end), self);
  leave (self, 0);
  run_until_atomic (&self->n_closed, 1);
  g_assert_null (self->server);
  g_assert_cmpuint (self->n_members_at_closed, ==, 0);
  g_assert_cmpuint (wsp_group_get_n_members (other), ==, 0);
}

static Fixture *logged;         /* NULL: the log does nothing */

static GLogWriterOutput
drop_server_in_log (GLogLevelFlags   level,
                    const GLogField *fields,
                    gsize            n_fields,
                    gpointer         data)
{
  Fixture *self = g_steal_pointer (&logged);

  if (self != NULL)
    {
      drop_server (self);
      broadcast (self->group, "b", NULL);
    }
  return G_LOG_WRITER_HANDLED;
}

/* While the members are sent a message, the log drops the server, and broadcasts to those that have
 * just left. */
static void
test_server_dropped_in_log (Fixture *self)
{
  WspLimits *limits = wsp_server_get_limits (self->server);
  static const guint8 zeros[2048];
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, sizeof zeros);

  wsp_limits_set_send_low_water_mark (limits, 512);
  wsp_limits_set_send_high_water_mark (limits, 1024);
  join_all (self);
  logged = self;
  wsp_group_broadcast (self->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_null (self->server);
  run_pending ();
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
}

static void
cancel_and_loop (gpointer data)
{
  g_cancellable_cancel (((Fixture *) data)->cancellable);
  run_pending ();
}

/* The last broadcast cancels the shutdown: clients that come later are not closed. */
static void
test_shutdown_cancelled_by_message (Fixture *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->fds[0] = knock_join (self->port);
  run_until_items (self, 1);
  self->when_freed = cancel_and_loop;
  self->cancellable = cancellable;
  g_thread_join (g_thread_new ("sender", broadcast_and_free, self));
  wsp_server_shutdown_async (self->server, 1001, NULL, 1000, cancellable, keep_result, &result);
  run_until_result (&result);
  g_assert_false (wsp_server_shutdown_finish (self->server, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_until_items (self, 0);

  self->port = listen_on_free_port (self->server, NULL);
  self->fds[1] = knock_join (self->port);
  run_until_items (self, 1);
  broadcast (self->group, "b", NULL);
  expect (self, 1, "81 01 62");
}

static void
test_removed_in_tap (Fixture *self)
{
  n_freed = 0;
  begin_meddling (self, MEDDLE_REMOVE);
  g_assert_cmpuint (n_freed, ==, 1);    /* no member is left to send it to */
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, 0);
  broadcast (self->group, "b", NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, add_again, self);
    }
  broadcast (self->group, "c", NULL);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, N_CLIENTS);
}

static void
add_to (WspConnection *connection,
        gpointer       group)
{
  g_assert_true (wsp_group_add (group, connection, NULL));
}

static void
send_end (WspConnection *connection,
          gpointer       data)
{
  g_assert_true (wsp_connection_queue_text (connection, "z", NULL));
}

/* A second message and the end of the group come about when the thread has sent the first one. */
static void
test_dropped_when_sent (Fixture *self)
{
  const guint n_rounds = 10000;
  guint n_second = 0;
  g_autofree char *frame = NULL;

  self->fds[0] = knock_join (self->port);
  run_until_items (self, 1);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  for (guint i = 0; i < n_rounds; i++)
    {
      g_autoptr (WspGroup) group = wsp_group_new (self->server);

      call (connection, add_to, group);
      broadcast (group, "a", NULL);
      for (gint64 end = g_get_monotonic_time () + i % 60; g_get_monotonic_time () < end;)
        continue;
      broadcast (group, "b", NULL);
    }
  call (connection, send_end, NULL);

  while (g_strcmp0 (frame, "81 01 7a") != 0)
    {
      g_free (frame);
      frame = wire_read (self->fds[0], 3);
      n_second += g_strcmp0 (frame, "81 01 62") == 0;
    }
  g_assert_cmpuint (n_second, ==, n_rounds);
}

static void
test_not_utf8 (Fixture *self)
{
  join_all (self);
  broadcast (self->group, "\xff", NULL);
  broadcast (self->group, "a", NULL);
  expect_from_all (self, "81 01 61");
}

static void
join_other (WspConnection *connection,
            gpointer       data)
{
  GPtrArray *groups = data;

  for (guint i = 0; i < groups->len; i++)
    g_assert_true (wsp_group_add (groups->pdata[i], connection, NULL));
}

static void
leave_other (WspConnection *connection,
             gpointer       data)
{
  GPtrArray *groups = data;

  for (guint i = 0; i < groups->len; i += 2)
    g_assert_true (wsp_group_remove (groups->pdata[i], connection));
}

/* Connections in many groups leave some, and then all by ending. */
static void
test_many_groups (Fixture *self)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_object_unref);

  join_all (self);
  for (guint i = 0; i < 50; i++)
    g_ptr_array_add (groups, wsp_group_new (self->server));
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autoptr (WspConnection) connection = get_connection (self, i);

      call (connection, join_other, groups);
      if (i % 2 == 0)
        call (connection, leave_other, groups);
    }
  for (guint i = 0; i < groups->len; i++)
    g_assert_cmpuint (wsp_group_get_n_members (groups->pdata[i]), ==,
                      i % 2 == 0 ? N_CLIENTS / 2 : N_CLIENTS);
  broadcast (groups->pdata[1], "a", NULL);
  expect_from_all (self, "81 01 61");
  for (guint i = 0; i < N_CLIENTS; i++)
    leave (self, i);
  run_until_atomic (&self->n_closed, N_CLIENTS);
  for (guint i = 0; i < groups->len; i++)
    g_assert_cmpuint (wsp_group_get_n_members (groups->pdata[i]), ==, 0);
}

/* The CPU time, in nanoseconds, in which a connection leaves one of n groups and joins it again. */
static double
measure_member (Fixture       *self,
                WspConnection *connection,
                guint          n)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_object_unref);
  const guint n_rounds = 1000;
  struct timespec begin, end;

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (groups, wsp_group_new (self->server));
      g_assert_true (wsp_group_add (groups->pdata[i], connection, NULL));
    }
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
  for (guint i = 0; i < n_rounds; i++)
    {
      WspGroup *group = groups->pdata[i * 7 % n];

      g_assert_true (wsp_group_remove (group, connection));
      g_assert_false (wsp_group_remove (group, connection));
      g_assert_true (wsp_group_add (group, connection, NULL));
    }
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (wsp_group_get_n_members (groups->pdata[i]), ==, 1);
  g_ptr_array_set_size (groups, 0);
  run_pending ();
  return ((end.tv_sec - begin.tv_sec) * 1e9 + (double) (end.tv_nsec - begin.tv_nsec)) / n_rounds;
}

/* A connection that searches its groups one by one takes a hundred times as long. */
static void
test_member_of_many (Fixture *self)
{
  self->fds[0] = knock_join (self->port);
  run_until_items (self, 1);

  g_autoptr (WspConnection) connection = get_connection (self, 0);
  const double few = measure_member (self, connection, 10);
  const double many = measure_member (self, connection, 10000);

  g_test_message ("%.0f ns with 10 groups, %.0f ns with 10000", few, many);
  g_assert_cmpfloat (many, <, 20 * few);
}

/* A sanitizer has an allocator of its own. */
#if !defined (__SANITIZE_ADDRESS__) && !defined (__SANITIZE_THREAD__)
#define HAS_ALLOCATOR

#define N_GROUPS 1000
#define N_MANY 300

static gsize
count_allocated (void)
{
  const struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
add_all (Fixture  *self,
         WspGroup *group)
{
  GListModel *list = wsp_server_get_connections (self->server);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (WspConnection) connection = g_list_model_get_item (list, i);

      g_assert_true (wsp_group_add (group, connection, NULL));
    }
}

/* Makes groups with a member, and drops them: the members leave them. */
static gsize
count_after_drop (Fixture       *self,
                  WspConnection *connection)
{
  for (guint i = 0; i < N_GROUPS; i++)
    {
      g_autoptr (WspGroup) group = wsp_group_new (self->server);

      g_assert_true (wsp_group_add (group, connection, NULL));
    }
  run_pending ();
  return count_allocated ();
}

/* Chunks that malloc () keeps for a thread count as allocated, and a worker may have more the
 * second time: 16 bytes for each group are half of the smallest allocation that could be lost.
 *
 * At most 256 bytes for a group, 32 for each worker with members, and 32 for a membership. */
static void
test_memory (Fixture *self)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_full (N_GROUPS, g_object_unref);
  g_autoptr (WspGroup) large = wsp_group_new (self->server);
  int fds[N_MANY];

  join_all (self);

  for (guint i = 0; i < N_MANY; i++)
    fds[i] = knock_join (self->port);
  run_until_atomic (&self->n_added, N_CLIENTS + N_MANY);

  gsize before = count_allocated ();

  add_all (self, large);
  g_test_message ("%zu for a membership", (count_allocated () - before) / (N_CLIENTS + N_MANY));
  g_assert_cmpuint (count_allocated () - before, <=, 32 * (N_CLIENTS + N_MANY));
  g_assert_cmpuint (wsp_group_get_n_members (large), ==, N_CLIENTS + N_MANY);
  for (guint i = 0; i < N_MANY; i++)
    close (fds[i]);
  run_until_atomic (&self->n_closed, N_MANY);
  g_assert_cmpuint (wsp_group_get_n_members (large), ==, N_CLIENTS);

  g_autoptr (WspConnection) connection = get_connection (self, 0);

  before = count_allocated ();
  for (guint i = 0; i < N_GROUPS; i++)
    {
      g_autoptr (WspGroup) group = wsp_group_new (self->server);

      g_assert_true (wsp_group_add (group, connection, NULL));
      g_ptr_array_add (groups, g_steal_pointer (&group));
    }
  g_test_message ("%zu for a group with a member", (count_allocated () - before) / N_GROUPS);
  g_assert_cmpuint ((count_allocated () - before) / N_GROUPS, <=, 256 + 32 + 32);
  for (guint i = 0; i < N_GROUPS; i++)
    g_assert_true (wsp_group_remove (groups->pdata[i], connection));
  g_test_message ("%zu for a group", (count_allocated () - before) / N_GROUPS);
  g_assert_cmpuint ((count_allocated () - before) / N_GROUPS, <=, 256 + 32);

  g_ptr_array_set_size (groups, 0);
  before = count_after_drop (self, connection);
  g_assert_cmpuint (count_after_drop (self, connection), <=, before + 16 * N_GROUPS);
}

#endif

static const struct
{
  const char *name;
  void        (*test) (Fixture *self);
  gboolean    without_threads;  /* TRUE if the tested code runs in the main thread only */
} cases[] = {
  { "broadcast/one-order-for-all-threads", test_order, FALSE },
  { "broadcast/before-a-message-of-the-same-thread", test_before_own_message, FALSE },
  { "broadcast/excluded", test_excluded, FALSE },
  { "broadcast/in-a-handler", test_in_handler, FALSE },
  { "broadcast/in-a-tap-of-a-member", test_sent_in_tap, TRUE },
  { "broadcast/main-loop-in-a-tap-of-a-member", test_loop_in_tap, TRUE },
  { "broadcast/not-utf8-is-not-sent", test_not_utf8, FALSE },
  { "add/twice-is-once", test_added_twice, FALSE },
  { "add/closing-is-refused", test_closing, FALSE },
  { "add/strangers-are-refused", test_strangers, FALSE },
  { "add/in-a-tap-of-a-member", test_added_in_tap, TRUE },
  { "add/between-messages-that-waited-together", test_added_to_batch, TRUE },
  { "remove/gets-what-was-broadcast-before", test_removed, FALSE },
  { "remove/while-mail-is-on-its-way", test_mail_on_its_way, FALSE },
  { "remove/in-a-tap-of-a-member", test_removed_in_tap, TRUE },
  { "remove/of-many-groups", test_many_groups, FALSE },
  { "remove/in-the-same-time-from-many-groups", test_member_of_many, TRUE },
  { "end/all-leave-at-once", test_all_leaving, FALSE },
  { "end/dropped-in-a-handler", test_dropped_in_handler, FALSE },
  { "end/dropped-in-a-thread", test_dropped_in_thread, FALSE },
  { "end/dropped-when-a-message-was-sent", test_dropped_when_sent, FALSE },
  { "end/message-of-the-last-member-drops-the-server", test_server_dropped_by_message, TRUE },
  { "end/message-cancels-the-shutdown", test_shutdown_cancelled_by_message, TRUE },
  { "end/log-drops-the-server", test_server_dropped_in_log, TRUE },
  { "end/server-is-gone-first", test_server_gone_first, FALSE },
  { "end/last-broadcast-before-a-shutdown", test_before_shutdown, FALSE },
  { "end/last-broadcast-to-busy-threads", test_before_shutdown_of_busy_workers, FALSE },
  { "end/server-is-shut-down", test_shut_down, FALSE },
#ifdef HAS_ALLOCATOR
  { "memory/of-groups-and-memberships", test_memory, TRUE },
#endif
};

typedef struct
{
  guint row, n_threads;
} Case;

static void
test_case (gconstpointer data)
{
  const Case *this = data;
  Fixture fixture;

  fixture_init (&fixture, this->n_threads);
  cases[this->row].test (&fixture);
  fixture_clear (&fixture);
}

int
main (int    argc,
      char **argv)
{
  static Case all[2 * G_N_ELEMENTS (cases)];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  log_watch (drop_server_in_log);
  for (guint row = 0; row < G_N_ELEMENTS (cases); row++)
    for (guint n_threads = 0; n_threads <= (cases[row].without_threads ? 0 : 3); n_threads += 3)
      {
        g_autofree char *path = g_strdup_printf ("/endpoint/group/%s%s", cases[row].name,
                                                 n_threads > 0 ? "-with-threads" : "");

        all[n] = (Case) { row, n_threads };
        g_test_add_data_func (path, &all[n++], test_case);
      }

  return g_test_run ();
}
