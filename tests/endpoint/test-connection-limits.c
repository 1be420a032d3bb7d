/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The limits of connections of a server: which of them follow the server's, and until when. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"
#include "limits/wsp-limits-private.h"

#include <string.h>
#include <unistd.h>

#define N_CLIENTS 3
#define SERVER_SIZE 1000
#define OWN_SIZE 10
#define LATER_SIZE 20

typedef struct
{
  WspServer     *server;
  guint16        port;
  int            fds[N_CLIENTS];
  WspConnection *connections[N_CLIENTS];
  guint          n_connections;
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_assert_cmpuint (self->n_connections, <, N_CLIENTS);
  self->connections[self->n_connections++] = g_object_ref (connection);
  wsp_connection_start_receiving (connection);
}

static Fixture *
fixture_new (guint n_clients)
{
  Fixture *self = g_new (Fixture, 1);
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { .server = wsp_server_new (), .fds = { -1, -1, -1 } };
  wsp_limits_set_max_message_size (wsp_server_get_limits (self->server), SERVER_SIZE);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < n_clients; i++)
    {
      self->fds[i] = knock_dial (self->port);
      knock_send (self->fds[i], KNOCK_REQUEST (""));
      g_free (knock_read (self->fds[i], "\r\n\r\n"));
      run_until_count (&self->n_connections, i + 1);
    }
  return self;
}

static void
fixture_free (Fixture *self)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_clear_object (&self->connections[i]);
      if (self->fds[i] >= 0)
        close (self->fds[i]);
    }
  g_clear_object (&self->server);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
end_client (Fixture *self,
            guint    client)
{
  close (self->fds[client]);
  self->fds[client] = -1;
  while (wsp_connection_get_state (self->connections[client]) != WSP_CONNECTION_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}

static guint64
get_size (WspConnection *connection)
{
  return wsp_limits_get_max_message_size (wsp_connection_get_limits (connection));
}

/* Returns whether the connection takes a message of so many bytes; else it closes with 1009. */
static gboolean
takes (Fixture *self,
       guint    client,
       guint    length)
{
  g_autofree guint8 *frame = g_malloc0 (8 + length);
  WspConnection *connection = self->connections[client];
  g_autoptr (WspConnectionStats) before = wsp_connection_dup_stats (connection);
  guint n_header = length < 126 ? 6 : 8;

  frame[0] = 0x82;
  frame[1] = 0x80 | (length < 126 ? length : 126);
  if (length >= 126)
    {
      frame[2] = length >> 8;
      frame[3] = length & 0xff;
    }
  g_assert_cmpint (write (self->fds[client], frame, n_header + length), ==, n_header + length);
  while (TRUE)
    {
      g_autoptr (WspConnectionStats) after = wsp_connection_dup_stats (connection);

      if (after->messages_received >
          before->messages_received)
        return TRUE;
      if (wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_OPEN)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_autofree char *close_frame = wire_read (self->fds[client], 4);

  g_assert_true (g_str_has_suffix (close_frame, " 03 f1"));
  return FALSE;
}

static void
read_by_getter (WspConnection *connection)
{
  (void) get_size (connection);
}

static void
read_by_property (WspConnection *connection)
{
  g_autoptr (WspLimits) limits = NULL;

  g_object_get (connection, "limits", &limits, NULL);
}

/* As a debugger, a binding or a log line does. */
static void
read_everything (WspConnection *connection)
{
  WspLimits *limits = wsp_connection_get_limits (connection);
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (limits), &n);
  g_autoptr (WspLimits) copy = wsp_limits_copy (limits);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) of_copy = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (limits), specs[i]->name, &value);
      g_object_get_property (G_OBJECT (copy), specs[i]->name, &of_copy);
      g_assert_cmpint (g_param_values_cmp (specs[i], &value, &of_copy), ==, 0);
    }
}

static void
read_nothing (WspConnection *connection)
{
}

typedef struct
{
  const char *name;
  void      (*read)(WspConnection *connection);
} ReadCase;

static const ReadCase read_cases[] = {
  { "nothing", read_nothing },
  { "the-getter", read_by_getter },
  { "the-property", read_by_property },
  { "each-value", read_everything },
};

/* Limits that the server sets later reach the connection: their values, and what is taken from the
 * peer. */
static void
test_reading (gconstpointer data)
{
  const ReadCase *row = data;
  g_autoptr (Fixture) self = fixture_new (1);

  row->read (self->connections[0]);
  g_assert_true (takes (self, 0, 2 * LATER_SIZE));
  wsp_limits_set_max_message_size (wsp_server_get_limits (self->server), LATER_SIZE);
  if (row->read != read_nothing)
    g_assert_cmpuint (get_size (self->connections[0]), ==, LATER_SIZE);
  g_assert_true (takes (self, 0, LATER_SIZE));
  g_assert_false (takes (self, 0, LATER_SIZE + 1));
}

static void
set_by_setter (WspConnection *connection)
{
  wsp_limits_set_max_message_size (wsp_connection_get_limits (connection), OWN_SIZE);
}

static void
set_by_property (WspConnection *connection)
{
  wire_set_number (wsp_connection_get_limits (connection), "max-message-size", OWN_SIZE);
}

static void
set_after_reading (WspConnection *connection)
{
  read_everything (connection);
  set_by_setter (connection);
}

static const ReadCase set_cases[] = {
  { "the-setter", set_by_setter },
  { "the-property", set_by_property },
  { "after-each-was-read", set_after_reading },
};

static void
test_setting (gconstpointer data)
{
  const ReadCase *row = data;
  WspLimits *own, *of_server;
  g_autoptr (Fixture) self = fixture_new (N_CLIENTS);

  of_server = wsp_server_get_limits (self->server);
  (void) get_size (self->connections[1]);
  row->read (self->connections[0]);
  own = wsp_connection_get_limits (self->connections[0]);
  g_assert_cmpuint (wsp_limits_get_max_message_size (of_server), ==, SERVER_SIZE);
  g_assert_cmpuint (get_size (self->connections[1]), ==, SERVER_SIZE);
  g_assert_cmpuint (get_size (self->connections[0]), ==, OWN_SIZE);
  g_assert_true (own != of_server);
  g_assert_true (takes (self, 1, SERVER_SIZE));
  g_assert_true (takes (self, 2, SERVER_SIZE));
  g_assert_true (takes (self, 0, OWN_SIZE));

  /* The server's values reach the others, and none of them this connection. */
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  wsp_limits_set_max_send_queue (of_server, 12345);
  g_assert_cmpuint (get_size (self->connections[0]), ==, OWN_SIZE);
  g_assert_cmpuint (wsp_limits_get_max_send_queue (own), !=, 12345);
  g_assert_cmpuint (get_size (self->connections[1]), ==, LATER_SIZE);
  g_assert_cmpuint (get_size (self->connections[2]), ==, LATER_SIZE);
  g_assert_true (own == wsp_connection_get_limits (self->connections[0]));
  g_assert_false (takes (self, 0, OWN_SIZE + 1));
  g_assert_false (takes (self, 1, LATER_SIZE + 1));
  g_assert_false (takes (self, 2, LATER_SIZE + 1));
}

/* The program has chosen this value, although it is the server's at that moment. */
static void
test_same_value (void)
{
  g_autoptr (Fixture) self = fixture_new (1);

  wsp_limits_set_max_message_size (wsp_connection_get_limits (self->connections[0]), SERVER_SIZE);
  wsp_limits_set_max_message_size (wsp_server_get_limits (self->server), LATER_SIZE);
  g_assert_cmpuint (get_size (self->connections[0]), ==, SERVER_SIZE);
}

static void
note_notify (WspLimits  *limits,
             GParamSpec *pspec,
             GString    *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

/* The limits of the connection in the middle are set or dropped before those of the others. */
static void
test_notify (void)
{
  GString *logs[N_CLIENTS];
  WspLimits *of_server;
  g_autoptr (Fixture) self = fixture_new (N_CLIENTS);

  of_server = wsp_server_get_limits (self->server);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      logs[i] = g_string_new (NULL);
      g_signal_connect (wsp_connection_get_limits (self->connections[i]), "notify",
                        G_CALLBACK (note_notify), logs[i]);
    }
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE + 1);
  wsp_limits_set_close_timeout (of_server, 1234);
  wsp_limits_set_close_timeout (of_server, 1234);
  g_assert_cmpstr (logs[0]->str, ==, "");       /* no signal inside a call for another object */
  run_pending ();
  for (guint i = 0; i < N_CLIENTS; i++)
    g_assert_cmpstr (logs[i]->str, ==, "max-message-size close-timeout ");

  wsp_limits_set_max_message_size (wsp_connection_get_limits (self->connections[1]), OWN_SIZE);
  g_assert_cmpstr (logs[1]->str, ==, "max-message-size close-timeout max-message-size ");
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  run_pending ();
  g_assert_cmpstr (logs[1]->str, ==, "max-message-size close-timeout max-message-size ");
  g_assert_cmpstr (logs[2]->str, ==, "max-message-size close-timeout max-message-size ");
  for (guint i = 0; i < N_CLIENTS; i++)
    g_signal_handlers_disconnect_by_data (wsp_connection_get_limits (self->connections[i]),
                                          logs[i]);
  for (guint i = 0; i < N_CLIENTS; i++)
    g_string_free (logs[i], TRUE);
}

/* Drops the last reference of the program, and waits until the object is freed. */
static void
drop (WspConnection **place)
{
  gpointer object = *place;

  g_object_add_weak_pointer (object, &object);
  g_clear_object (place);
  while (object != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The object keeps its values when its connection and the server are gone. */
static void
test_outlives (gconstpointer data)
{
  gboolean is_set = GPOINTER_TO_INT (data);
  g_autoptr (WspLimits) limits = NULL, of_server = NULL;
  g_autoptr (Fixture) self = fixture_new (2);

  limits = g_object_ref (wsp_connection_get_limits (self->connections[0]));
  of_server = g_object_ref (wsp_server_get_limits (self->server));
  if (is_set)
    wsp_limits_set_max_message_size (limits, OWN_SIZE);
  end_client (self, 0);
  drop (&self->connections[0]);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  g_assert_cmpuint (wsp_limits_get_max_message_size (limits), ==, is_set ? OWN_SIZE : SERVER_SIZE);
  g_clear_pointer (&self, fixture_free);
  wsp_limits_set_max_message_size (limits, LATER_SIZE);
  g_assert_cmpuint (wsp_limits_get_max_message_size (limits), ==, LATER_SIZE);
}

/* Connections keep following the limits that they began with. */
static void
test_replaced (void)
{
  g_autoptr (WspLimits) before = NULL, later = wsp_limits_new ();
  g_autoptr (Fixture) self = fixture_new (2);

  before = g_object_ref (wsp_server_get_limits (self->server));
  (void) get_size (self->connections[0]);
  wsp_limits_set_max_message_size (later, LATER_SIZE);
  wsp_server_set_limits (self->server, later);
  g_assert_cmpuint (get_size (self->connections[0]), ==, SERVER_SIZE);
  wsp_limits_set_max_message_size (before, SERVER_SIZE - 1);
  g_assert_cmpuint (get_size (self->connections[0]), ==, SERVER_SIZE - 1);
  g_assert_cmpuint (get_size (self->connections[1]), ==, SERVER_SIZE - 1);

  self->fds[2] = knock_dial (self->port);
  knock_send (self->fds[2], KNOCK_REQUEST (""));
  g_free (knock_read (self->fds[2], "\r\n\r\n"));
  run_until_count (&self->n_connections, 3);
  g_assert_cmpuint (get_size (self->connections[2]), ==, LATER_SIZE);
}

/* set_limits () uses the object itself: the server's brings the server's values back.  The own
 * values of the connection are gone then. */
static void
test_set_object (void)
{
  g_autoptr (WspLimits) own = wsp_limits_new ();
  g_autoptr (WspLimits) first = NULL;
  WspLimits *of_server;
  guint n_notified = 0;
  g_autoptr (Fixture) self = fixture_new (2);

  of_server = wsp_server_get_limits (self->server);
  g_signal_connect_swapped (self->connections[0], "notify::limits", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  first = g_object_ref (wsp_connection_get_limits (self->connections[0]));
  wsp_limits_set_max_message_size (first, OWN_SIZE);
  g_assert_cmpuint (n_notified, ==, 0);
  wsp_connection_set_limits (self->connections[0], first);
  g_assert_cmpuint (n_notified, ==, 0);

  wsp_connection_set_limits (self->connections[0], of_server);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (wsp_connection_get_limits (self->connections[0]) == of_server);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  wsp_limits_set_max_message_size (first, 1);           /* no longer the connection's */
  g_assert_true (takes (self, 0, LATER_SIZE));

  g_autoptr (WspLimits) replaced = g_object_ref (wsp_connection_get_limits (self->connections[1]));

  wsp_connection_set_limits (self->connections[1], own);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE + 2);
  g_assert_cmpuint (wsp_limits_get_max_message_size (replaced), ==, LATER_SIZE);
}

/* A connection uses the limits of another, which follow the server's. */
static void
test_share_object (void)
{
  WspLimits *of_server, *of_other;
  g_autoptr (Fixture) self = fixture_new (2);

  of_server = wsp_server_get_limits (self->server);
  of_other = wsp_connection_get_limits (self->connections[1]);
  wsp_connection_set_limits (self->connections[0], of_other);
  g_assert_true (wsp_connection_get_limits (self->connections[0]) == of_other);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE + 1);
  g_assert_cmpuint (get_size (self->connections[0]), ==, LATER_SIZE + 1);
  wsp_limits_set_max_message_size (of_other, OWN_SIZE);
  g_assert_false (takes (self, 0, OWN_SIZE + 1));
  g_assert_false (takes (self, 1, OWN_SIZE + 1));
}

/* A server may have the limits of a connection of another: followers of a follower. */
static void
test_follower_of_follower (void)
{
  g_autoptr (Fixture) first = fixture_new (1);
  g_autoptr (Fixture) second = fixture_new (0);

  wsp_server_set_limits (second->server, wsp_connection_get_limits (first->connections[0]));
  second->fds[0] = knock_dial (second->port);
  knock_send (second->fds[0], KNOCK_REQUEST (""));
  g_free (knock_read (second->fds[0], "\r\n\r\n"));
  run_until_count (&second->n_connections, 1);
  g_assert_cmpuint (get_size (second->connections[0]), ==, SERVER_SIZE);
  wsp_limits_set_max_message_size (wsp_server_get_limits (first->server), LATER_SIZE);
  g_assert_cmpuint (get_size (second->connections[0]), ==, LATER_SIZE);
  g_assert_false (takes (second, 0, LATER_SIZE + 1));
  g_clear_pointer (&first, fixture_free);
  wsp_limits_set_max_message_size (wsp_server_get_limits (second->server), OWN_SIZE);
  g_assert_cmpuint (get_size (second->connections[0]), ==, OWN_SIZE);
}

/* 80 KiB fit once: a connection with own limits is in the sum of the server's connections, until it
 * is freed. */
static void
test_sum (void)
{
  WspLimits *of_server;
  g_autoptr (Fixture) self = fixture_new (N_CLIENTS);

  of_server = wsp_server_get_limits (self->server);
  wire_set_number (of_server, "max-buffered-input", 100 * 1024);
  wsp_limits_set_max_message_size (of_server, 4 << 20);
  wsp_limits_set_max_message_size (wsp_connection_get_limits (self->connections[0]), 5 << 20);
  wire_write_unfinished (self->fds[0]);
  g_assert_cmpint (wsp_connection_get_state (self->connections[0]), ==, WSP_CONNECTION_STATE_OPEN);
  wire_write_unfinished (self->fds[1]);
  g_autofree char *refused = wire_read (self->fds[1], 4);

  g_assert_true (g_str_has_suffix (refused, " 03 f5"));

  for (guint i = 0; i < 2; i++)
    {
      end_client (self, i);
      drop (&self->connections[i]);
    }
  wsp_limits_set_max_message_size (wsp_connection_get_limits (self->connections[2]), 5 << 20);
  wire_write_unfinished (self->fds[2]);
  g_assert_cmpint (wsp_connection_get_state (self->connections[2]), ==, WSP_CONNECTION_STATE_OPEN);
}

/* The timer of an idle connection is set anew when one of its own limits is set. */
static void
test_at_once (void)
{
  g_autoptr (Fixture) self = fixture_new (2);

  run_pending ();
  wsp_limits_set_idle_timeout (wsp_connection_get_limits (self->connections[0]), 10);
  g_autofree char *close_frame = wire_read (self->fds[0], 4);

  g_assert_true (g_str_has_suffix (close_frame, " 03 e9"));
  g_assert_cmpint (wsp_connection_get_state (self->connections[1]), ==, WSP_CONNECTION_STATE_OPEN);
}

typedef struct
{
  WspServer *server;
  GThread   *main_thread;
  int        n_connections, n_notified, n_wrong, n_messages;
  int        sizes[2];          /* sizes that were in force for the messages 0 and 1 */
} Workers;

static void
on_worker_notify (WspLimits  *limits,
                  GParamSpec *pspec,
                  Workers    *self)
{
  if (g_thread_self () == self->main_thread)
    g_atomic_int_inc (&self->n_wrong);
  g_atomic_int_inc (&self->n_notified);
}

static void
on_worker_message (WspConnection *connection,
                   WspMessage    *message,
                   Workers       *self)
{
  const char *text = wsp_message_get_text (message);

  if (g_str_equal (text, "set"))
    wsp_limits_set_max_message_size (wsp_connection_get_limits (connection), OWN_SIZE);
  else
    g_atomic_int_set (&self->sizes[text[0] - '0'], (int) get_size (connection));
  g_atomic_int_inc (&self->n_messages);
}

static void
on_worker_connection (WspServer     *server,
                      WspConnection *connection,
                      Workers       *self)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_worker_message), self);
  g_signal_connect (wsp_connection_get_limits (connection), "notify", G_CALLBACK (on_worker_notify),
                    self);
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_connections);
}

static void
run_until_number (int *number,
                  int  expected)
{
  while (g_atomic_int_get (number) != expected)
    g_main_context_iteration (NULL, FALSE);
}

static void
say (Workers    *self,
     int         fd,
     const char *hex)
{
  int before = g_atomic_int_get (&self->n_messages);

  wire_write (fd, hex);
  run_until_number (&self->n_messages, before + 1);
}

/* The server's limits are set in the main thread, while connections of workers follow them. */
static void
test_workers (void)
{
  Workers self = { .server = wsp_server_new (), .main_thread = g_thread_self () };
  WspLimits *of_server = wsp_server_get_limits (self.server);
  int fds[2];

  g_signal_connect (self.server, "connection", G_CALLBACK (on_worker_connection), &self);
  g_assert_true (wsp_server_start_workers (self.server, 2, NULL));
  guint16 port = listen_on_free_port (self.server, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = knock_dial (port);
      knock_send (fds[i], KNOCK_REQUEST (""));
      g_free (knock_read (fds[i], "\r\n\r\n"));
      run_until_number (&self.n_connections, (int) i + 1);
    }
  wsp_limits_set_max_message_size (of_server, SERVER_SIZE);
  run_until_number (&self.n_notified, 2);
  say (&self, fds[0], "81 83 00 00 00 00 73 65 74");    /* "set": notifies, too */
  run_until_number (&self.n_notified, 3);
  for (guint i = 0; i < 1000; i++)
    wsp_limits_set_max_message_size (of_server, SERVER_SIZE + i);
  wsp_limits_set_max_message_size (of_server, LATER_SIZE);
  say (&self, fds[0], "81 81 00 00 00 00 30");
  say (&self, fds[1], "81 81 00 00 00 00 31");
  g_assert_cmpint (self.sizes[0], ==, OWN_SIZE);
  g_assert_cmpint (self.sizes[1], ==, LATER_SIZE);
  g_assert_cmpint (g_atomic_int_get (&self.n_wrong), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  wsp_limits_set_max_message_size (of_server, SERVER_SIZE);     /* while the connections end */
  g_clear_object (&self.server);
  run_pending ();
}

static void
drop_with_news (WspServer     *server,
                WspConnection *connection,
                WspServer    **place)
{
  g_assert_nonnull (wsp_connection_get_limits (connection));
  wsp_limits_set_max_message_size (wsp_server_get_limits (server), LATER_SIZE);
  wsp_connection_abort (connection);
  g_clear_object (place);
}

/* The last user of the context's source goes while a notify of followed limits waits. */
static void
test_dropped_with_news (void)
{
  WspServer *server = wsp_server_new ();
  int fd = knock_dial (listen_on_free_port (server, NULL));

  g_signal_connect (server, "connection", G_CALLBACK (drop_with_news), &server);
  knock_send (fd, KNOCK_REQUEST (""));
  while (server != NULL)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  close (fd);
}

static gpointer
send_much (gpointer data)
{
  g_autofree char *text = g_strnfill (5000, 'a');
  g_autoptr (WspMessage) message = wsp_message_new_text (text);
  g_autoptr (GError) error = NULL;
  guint n_sent = 0;

  while (n_sent < 100 &&
         wsp_connection_send_from_thread (data, message, WSP_SEND_FLAGS_DEFAULT, &error))
    n_sent++;
  return GUINT_TO_POINTER (n_sent);
}

/* Other threads see the limit of the send queue that is followed; a connection whose limits nobody
 * has asked for sees it when it next works. */
static void
test_followed_by_threads (gconstpointer data)
{
  gboolean is_asked = GPOINTER_TO_INT (data);
  WspLimits *limits;
  g_autoptr (Fixture) self = fixture_new (1);

  limits = wsp_server_get_limits (self->server);
  if (is_asked)
    g_assert_nonnull (wsp_connection_get_limits (self->connections[0]));
  g_object_set (limits, "send-low-water-mark", (guint64) 500, "send-high-water-mark",
                (guint64) 1000,
                "max-send-queue", (guint64) 20000, NULL);
  if (!is_asked)
    g_assert_true (takes (self, 0, 1));
  GThread *thread = g_thread_new ("sender", send_much, self->connections[0]);

  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), <, 5);
  wsp_connection_abort (self->connections[0]);
}

static void
test_client (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) of_first = NULL;
  g_autoptr (GAsyncResult) of_second = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (WspConnection) first = NULL;
  g_autoptr (WspConnection) second = NULL;
  g_autoptr (Fixture) self = fixture_new (0);

  uri = g_strdup_printf ("ws://localhost:%u/", self->port);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &of_first);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &of_second);
  run_until_result (&of_first);
  run_until_result (&of_second);
  first = wsp_client_connect_finish (client, of_first, NULL);
  second = wsp_client_connect_finish (client, of_second, NULL);
  wsp_limits_set_max_message_size (wsp_connection_get_limits (first), OWN_SIZE);
  wsp_limits_set_max_message_size (wsp_client_get_limits (client), LATER_SIZE);
  g_assert_cmpuint (get_size (first), ==, OWN_SIZE);
  g_assert_cmpuint (get_size (second), ==, LATER_SIZE);
}

/* The object and its block of options, with what malloc () adds to each. */
static void
test_cost (void)
{
  GTypeQuery query;

  g_type_query (WSP_TYPE_LIMITS, &query);
  g_test_message ("%u + %" G_GSIZE_FORMAT " bytes", query.instance_size,
                  sizeof (WspSessionOptions));
  g_assert_cmpuint (query.instance_size + sizeof (WspSessionOptions) + 32, <=, 700);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_EACH_ROW ("/endpoint/connection-limits/reading/%s-follows-still", read_cases, test_reading);
  ADD_EACH_ROW ("/endpoint/connection-limits/setting/%s-is-for-one", set_cases, test_setting);
  g_test_add_func ("/endpoint/connection-limits/setting/the-same-value-stays", test_same_value);
  g_test_add_func ("/endpoint/connection-limits/setting/idle-timeout-counts-at-once", test_at_once);
  g_test_add_func ("/endpoint/connection-limits/notify/once-and-not-after-setting", test_notify);
  g_test_add_data_func ("/endpoint/connection-limits/outlives/following", GINT_TO_POINTER (FALSE),
                        test_outlives);
  g_test_add_data_func ("/endpoint/connection-limits/outlives/set", GINT_TO_POINTER (TRUE),
                        test_outlives);
  g_test_add_func ("/endpoint/connection-limits/object/replaced-for-the-server", test_replaced);
  g_test_add_func ("/endpoint/connection-limits/object/set-is-used-itself", test_set_object);
  g_test_add_func ("/endpoint/connection-limits/object/of-another-is-shared", test_share_object);
  g_test_add_func ("/endpoint/connection-limits/object/of-a-follower-is-followed",
                   test_follower_of_follower);
  g_test_add_func ("/endpoint/connection-limits/sum/1013-with-own-limits", test_sum);
  g_test_add_func ("/endpoint/connection-limits/workers/in-their-threads", test_workers);
  g_test_add_func ("/endpoint/connection-limits/dropped-with-news", test_dropped_with_news);
  g_test_add_data_func ("/endpoint/connection-limits/followed-by-threads/asked",
                        GINT_TO_POINTER (TRUE), test_followed_by_threads);
  g_test_add_data_func ("/endpoint/connection-limits/followed-by-threads/not-asked",
                        GINT_TO_POINTER (FALSE), test_followed_by_threads);
  g_test_add_func ("/endpoint/connection-limits/client/is-for-one", test_client);
  g_test_add_func ("/endpoint/connection-limits/cost/at-most-700-bytes", test_cost);

  return g_test_run ();
}
