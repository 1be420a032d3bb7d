/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The function that receives the messages instead of the signal: when it is called, and when its
 * data is freed. */
#include "connection/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/connection/message-func/"
#define HI "81 82 00 00 00 00 68 69"            /* as a client sends it */
#define LARGE (600 * 1024)                      /* more than the memory of a turn holds */

typedef enum
{
  DO_NOTHING,
  DO_REPLACE,
  DO_REMOVE,
  DO_END,                       /* the connection ends in a main loop inside the call */
  DO_END_AND_REMOVE,
  DO_DISPOSE,
  N_ACTIONS,
} Action;

static const char *const action_names[] = {
  "nothing", "sets-another-function", "unsets-the-function", "ends-the-connection",
  "ends-the-connection-and-unsets", "disposes-the-connection",
};

/* The log of "hi", "hi" and the end: calls of functions a and b with their returns, the end of
 * their data, signals. */
static const char *const logs[] = {
  "(a )a (a )a closed -a ",
  "(a )a -a (b )b closed -b ",
  "(a )a -a signal closed ",
  "(a closed )a -a ",
  "(a closed )a -a ",
  "(a )a -a ",                  /* dispose disconnects the handlers */
};

typedef struct
{
  GString       *log;
  WspConnection *connection;
  Action           action;
  gboolean       is_closed;
  guint          n_calls;
  int            fd;
} Fixture;

typedef struct                  /* the data of a function */
{
  Fixture    *fixture;
  const char *name;
} FuncData;

static void
on_data_freed (gpointer data)
{
  FuncData *self = data;

  g_string_append_printf (self->fixture->log, "-%s ", self->name);
  g_free (self);
}

static void on_message (WspConnection *connection,
                        WspMessage    *message,
                        gpointer       user_data);

static void
set_func (Fixture    *self,
          const char *name)
{
  FuncData *func_data = g_new0 (FuncData, 1);

  *func_data = (FuncData) { self, name };
  wsp_connection_set_message_func (self->connection, on_message, func_data, on_data_freed);
}

static void
on_signal (WspConnection *connection,
           WspMessage    *message,
           Fixture       *self)
{
  g_string_append (self->log, "signal ");
}

static void
do_action (Fixture *self,
           Action   action)
{
  if (action == DO_REPLACE)
    set_func (self, "b");
  if (action == DO_END || action == DO_END_AND_REMOVE)
    {
      wsp_connection_abort (self->connection);
      run_until (&self->is_closed);
    }
  if (action == DO_REMOVE || action == DO_END_AND_REMOVE)
    {
      wsp_connection_set_message_func (self->connection, NULL, NULL, NULL);
      g_signal_connect (self->connection, "message", G_CALLBACK (on_signal), self);
    }
  if (action == DO_DISPOSE)
    {
      g_object_run_dispose (G_OBJECT (self->connection));
      g_assert_null (wsp_connection_get_close_info (self->connection));  /* before the turn ends */
    }
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  FuncData *func_data = user_data;
  Fixture *self = func_data->fixture;
  Action action = self->action;

  g_assert_true (connection == self->connection);
  g_string_append_printf (self->log, "(%s ", func_data->name);
  self->action = DO_NOTHING;
  self->n_calls++;
  do_action (self, action);
  g_string_append_printf (self->log, ")%s ", func_data->name);      /* it is still allocated */
}

static void
on_closed (WspConnection *connection,
           Fixture       *self)
{
  g_string_append (self->log, "closed ");
  self->is_closed = TRUE;
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture) { .log = g_string_new (NULL) };
  self->connection = wire_raw (WSP_ROLE_SERVER, &self->fd);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
}

static void
fixture_clear (Fixture *self)
{
  g_object_unref (self->connection);
  run_pending ();
  g_string_free (self->log, TRUE);
  close (self->fd);
}

/* Two messages; the call for the first one performs the action. */
static void
test_action (gconstpointer data)
{
  Action action = GPOINTER_TO_UINT (data);
  Fixture fixture;

  fixture_init (&fixture);
  fixture.action = action;
  set_func (&fixture, "a");
  wsp_connection_start_receiving (fixture.connection);
  wire_write (fixture.fd, HI);
  wire_write (fixture.fd, HI);
  shutdown (fixture.fd, SHUT_WR);
  while (fixture.log->len < strlen (logs[action]))
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_assert_cmpstr (fixture.log->str, ==, logs[action]);
  fixture_clear (&fixture);
}

/* The function is called only while the connection is started. */
static void
test_not_started (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  set_func (&fixture, "a");
  wire_write (fixture.fd, HI);
  run_pending ();
  g_assert_cmpstr (fixture.log->str, ==, "");

  wsp_connection_start_receiving (fixture.connection);
  run_until_count (&fixture.n_calls, 1);
  wsp_connection_stop_receiving (fixture.connection);
  wire_write (fixture.fd, HI);
  run_pending ();
  g_assert_cmpstr (fixture.log->str, ==, "(a )a ");
  wsp_connection_abort (fixture.connection);
  run_until (&fixture.is_closed);
  fixture_clear (&fixture);
}

static void
take_size (WspConnection *connection,
           WspMessage    *message,
           gpointer       size)
{
  *(guint *) size = wsp_message_get_size (message);
}

/* A message of this length is received by another way than a short one. */
static void
test_large (void)
{
  g_autofree guint8 *bytes = g_malloc0 (LARGE);
  g_autoptr (WspMessage) message = wsp_message_new_binary (bytes, LARGE);
  WspConnection *client, *server;
  guint size = 0;

  wire_pair (&client, &server);
  g_autoptr (Watched) near = watch (client);
  g_autoptr (Watched) far = watch (server);

  watched_leave_messages (far);
  wsp_connection_set_message_func (server, take_size, &size, NULL);
  wsp_connection_start_receiving (server);
  wsp_connection_queue_message (client, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  run_until_count (&size, LARGE);
  g_assert_cmpuint (far->n_messages, ==, 0);
  wsp_connection_abort (client);
  wsp_connection_abort (server);
  run_until_closed (near);
  run_until_closed (far);
  g_object_unref (client);
  g_object_unref (server);
}

/* The data holds the connection, only until that is closed. */
static void
test_cycle (void)
{
  Fixture fixture;
  gpointer connection;

  fixture_init (&fixture);
  connection = fixture.connection;
  g_object_add_weak_pointer (G_OBJECT (connection), &connection);
  wsp_connection_set_message_func (connection, take_size, g_object_ref (connection),
                                   g_object_unref);
  wsp_connection_abort (connection);
  run_until (&fixture.is_closed);
  fixture_clear (&fixture);
  g_assert_null (connection);
}

/* A closed connection frees the data at once. */
static void
test_closed (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  wsp_connection_abort (fixture.connection);
  run_until (&fixture.is_closed);
  set_func (&fixture, "a");
  g_assert_cmpstr (fixture.log->str, ==, "closed -a ");
  fixture_clear (&fixture);
}

/* A connection that is not started ends with its last reference. */
static void
test_dropped (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  Fixture fixture = { .log = log };

  fixture.connection = wire_raw (WSP_ROLE_SERVER, &fixture.fd);
  set_func (&fixture, "a");
  g_object_unref (fixture.connection);
  run_pending ();
  g_assert_cmpstr (log->str, ==, "-a ");
  close (fixture.fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_ACTIONS; i++)
    {
      g_autofree char *path = g_strconcat (PATH "called/does-", action_names[i], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_action);
    }

  g_test_add_func (PATH "called/from-start-to-stop", test_not_started);
  g_test_add_func (PATH "called/for-a-large-message", test_large);
  g_test_add_func (PATH "data/that-holds-the-connection", test_cycle);
  g_test_add_func (PATH "data/of-a-closed-connection-is-freed", test_closed);
  g_test_add_func (PATH "data/of-a-dropped-connection-is-freed", test_dropped);
  return g_test_run ();
}
