/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server with threads: which thread runs what, and how all of them end. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <sys/socket.h>
#include <unistd.h>

#define N_THREADS 3
#define N_CLIENTS 12

typedef struct
{
  WspServer  *server;
  guint16     port;
  GMutex      lock;
  GHashTable *threads;          /* threads in which connections were signalled */
  guint       n_requests, n_connections, n_closed, n_wrong;
  GThread    *main_thread;
} Fixture;

/* All callbacks of one client run in one thread, which is not the main one. */
static void
check_thread (Fixture *self,
              GThread *thread)
{
  g_mutex_lock (&self->lock);
  if (g_thread_self () == self->main_thread || (thread != NULL && thread != g_thread_self ()))
    self->n_wrong++;
  g_hash_table_add (self->threads, g_thread_self ());
  g_mutex_unlock (&self->lock);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Fixture      *self)
{
  check_thread (self, NULL);
  g_object_set_data (G_OBJECT (handshake), "thread", g_thread_self ());
  g_atomic_int_inc (&self->n_requests);
  return TRUE;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  check_thread (self, g_object_get_data (G_OBJECT (connection), "thread"));
  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
}

static void
on_closed (WspConnection *connection,
           Fixture       *self)
{
  check_thread (self, g_object_get_data (G_OBJECT (connection), "thread"));
  g_atomic_int_inc (&self->n_closed);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_autoptr (WspHandshake) handshake = NULL;

  g_object_get (connection, "handshake", &handshake, NULL);
  check_thread (self, g_object_get_data (G_OBJECT (handshake), "thread"));
  g_object_set_data (G_OBJECT (connection), "thread", g_thread_self ());
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_connections);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new (Fixture, 1);
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { .server = wsp_server_new () };
  wsp_server_set_deflate (self->server, deflate);
  g_mutex_init (&self->lock);
  self->threads = g_hash_table_new (NULL, NULL);
  self->main_thread = g_thread_self ();
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_assert_true (wsp_server_start_workers (self->server, N_THREADS, &error));
  self->port = listen_on_free_port (self->server, NULL);
  g_assert_no_error (error);
  return self;
}

static void
on_gone (gpointer data,
         GObject *object)
{
  *(gboolean *) data = TRUE;
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->server);
  g_assert_cmpuint (self->n_wrong, ==, 0);
  g_hash_table_unref (self->threads);
  g_mutex_clear (&self->lock);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static int
join_with (Fixture    *self,
           const char *request)
{
  int fd = knock_dial (self->port);

  knock_send (fd, request);
  g_free (knock_read (fd, "\r\n\r\n"));
  return fd;
}

static int
join (Fixture *self)
{
  return join_with (self, KNOCK_REQUEST (""));
}

static void
run_until_length (Fixture *self,
                  guint    length)
{
  while (g_list_model_get_n_items (wsp_server_get_connections (self->server)) != length)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_spread (void)
{
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);
  g_assert_cmpuint (g_hash_table_size (fixture->threads), ==, N_THREADS);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      wire_write (fds[i], "81 81 00 00 00 00 61");
      g_autofree char *echo = wire_read (fds[i], 3);

      g_assert_cmpstr (echo, ==, "81 01 61");
      close (fds[i]);
    }
  run_until_length (fixture, 0);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_closed), ==, N_CLIENTS);
}

static GPtrArray *
copy_list (Fixture *self)
{
  GListModel *list = wsp_server_get_connections (self->server);
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_CLIENTS; i++)
    g_ptr_array_add (copy, g_list_model_get_item (list, i));
  return copy;
}

/* The main thread can send in three ways: to all connections, to some, and to each. */
static void
test_sent_from_main_thread (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("a");
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);
  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message,
                                          WSP_SEND_FLAGS_DEFAULT, NULL), ==, N_CLIENTS);

  g_autoptr (GPtrArray) all = copy_list (fixture);

  g_assert_cmpuint (wsp_message_broadcast (message, (WspConnection **) all->pdata, N_CLIENTS,
                                           WSP_SEND_FLAGS_DEFAULT), ==, N_CLIENTS);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (fds[i], 6);

      g_assert_cmpstr (frame, ==, "81 01 61 81 01 61");
      close (fds[i]);
    }
}

/* The one that is excluded gets the second message only; the main thread still counts it. */
static void
test_excluded (void)
{
  g_autoptr (WspMessage) some = wsp_message_new_text ("s");
  g_autoptr (WspMessage) all = wsp_message_new_text ("a");
  int fds[N_CLIENTS];
  guint n_got = 0;
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);

  g_autoptr (GPtrArray) list = copy_list (fixture);

  g_assert_cmpuint (wsp_server_broadcast (fixture->server, some, WSP_SEND_FLAGS_DEFAULT,
                                          list->pdata[1]), ==, N_CLIENTS);
  wsp_server_broadcast (fixture->server, all, WSP_SEND_FLAGS_DEFAULT, NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *first = wire_read (fds[i], 3);

      if (g_str_equal (first, "81 01 73"))
        {
          n_got++;
          g_free (wire_read (fds[i], 3));
        }
      else
        g_assert_cmpstr (first, ==, "81 01 61");
      close (fds[i]);
    }
  g_assert_cmpuint (n_got, ==, N_CLIENTS - 1);
}

/* Without the flag the message is compressed: its first byte has RSV1. */
static void
test_flags_from_main_thread (void)
{
  g_autofree char *text = g_strnfill (200, 'x');
  g_autoptr (WspMessage) message = wsp_message_new_text (text);
  WspSendFlags flags = WSP_SEND_FLAGS_NO_COMPRESSION;
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join_with (fixture,
                        KNOCK_REQUEST ("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  run_until_length (fixture, N_CLIENTS);

  g_autoptr (GPtrArray) all = copy_list (fixture);

  g_assert_cmpuint (wsp_server_broadcast (fixture->server, message, flags, NULL), ==, N_CLIENTS);
  g_assert_cmpuint (wsp_message_broadcast (message, (WspConnection **) all->pdata, N_CLIENTS,
                                           flags),
                    ==, N_CLIENTS);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *first = wire_read (fds[i], 204), *second = wire_read (fds[i], 204);

      g_assert_true (g_str_has_prefix (first, "81 7e 00 c8 78 78 "));
      g_assert_cmpstr (first, ==, second);
    }

  wsp_server_broadcast (fixture->server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *compressed = wire_read (fds[i], 1);

      g_assert_cmpstr (compressed, ==, "c1");
      close (fds[i]);
    }
}

static void
close_in_thread (WspConnection *connection,
                 gpointer       data)
{
  check_thread (data, g_object_get_data (G_OBJECT (connection), "thread"));
  wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
}

/* The main thread may call every function of a connection, by way of its thread. */
static void
test_invoked (void)
{
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);

  g_autoptr (GPtrArray) all = copy_list (fixture);

  for (guint i = 0; i < N_CLIENTS; i++)
    wsp_connection_invoke (all->pdata[i], close_in_thread, fixture, NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (fds[i], 4);

      g_assert_cmpstr (frame, ==, "88 02 03 e8");
      close (fds[i]);
    }
  run_until_length (fixture, 0);
}

typedef struct
{
  WspConnection *connection;
  GMainContext  *context;       /* context of the connection, held beyond the end of its thread */
  int            n_called, n_destroyed, n_invoked;      /* numbers of calls in all threads */
  int            is_over;
} Invoker;

static void
note_called (WspConnection *connection,
             gpointer       data)
{
  Invoker *self = data;

  if (self->context == NULL)
    self->context = wsp_connection_dup_main_context (connection);
  g_atomic_int_inc (&self->n_called);
}

static void
note_destroyed (gpointer data)
{
  g_atomic_int_inc (&((Invoker *) data)->n_destroyed);
}

static gpointer
invoke_until_over (gpointer data)
{
  Invoker *self = data;

  for (gboolean is_last = FALSE; !is_last;)
    {
      is_last = g_atomic_int_get (&self->is_over);
      wsp_connection_invoke (self->connection, note_called, self, note_destroyed);
      g_atomic_int_inc (&self->n_invoked);
    }
  return NULL;
}

/* The thread of the connection ends meanwhile: each call gets its destroy notify, even if the
 * program holds the context. */
static void
test_invoked_at_end (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();
  int fd = join (fixture);

  run_until_length (fixture, 1);

  GListModel *list = wsp_server_get_connections (fixture->server);
  Invoker invoker = { .connection = g_list_model_get_item (list, 0) };
  GThread *thread = g_thread_new ("invoker", invoke_until_over, &invoker);

  while (g_atomic_int_get (&invoker.n_called) == 0)
    g_main_context_iteration (NULL, FALSE);
  wsp_server_shutdown_async (fixture->server, 1001, NULL, 0, NULL, keep_result, &result);
  run_until_result (&result);
  g_atomic_int_set (&invoker.is_over, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (invoker.n_destroyed, ==, invoker.n_invoked);
  g_assert_cmpint (invoker.n_called, <, invoker.n_invoked);
  g_object_unref (invoker.connection);
  g_main_context_unref (invoker.context);
  close (fd);
}

/* A connection that is closed is in another thread, but says so: nothing is a critical. */
static void
test_sent_to_closed (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("a");
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);

  g_autoptr (GPtrArray) all = copy_list (fixture);

  for (guint i = 0; i < N_CLIENTS; i++)
    close (fds[i]);
  run_until_length (fixture, 0);
  g_assert_cmpuint (wsp_message_broadcast (message, (WspConnection **) all->pdata, N_CLIENTS,
                                           WSP_SEND_FLAGS_DEFAULT), ==, 0);
}

static void
test_shutdown (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int fds[N_CLIENTS];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < N_CLIENTS; i++)
    fds[i] = join (fixture);
  run_until_length (fixture, N_CLIENTS);
  wsp_server_shutdown_async (fixture->server, 1001, NULL, 50, NULL, keep_result, &result);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *close_frame = wire_read (fds[i], 4);

      g_assert_cmpstr (close_frame, ==, "88 02 03 e9");
      if (i % 2 == 0)
        wire_write (fds[i], "88 82 00 00 00 00 03 e9");
    }
  run_until_result (&result);
  g_assert_true (wsp_server_shutdown_finish (fixture->server, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&fixture->n_closed), ==, N_CLIENTS);
  for (guint i = 0; i < N_CLIENTS; i++)
    close (fds[i]);
}

/* With connections, half a request and a connection that was just accepted. */
static void
test_dropped (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  int open = join (fixture), half = knock_dial (fixture->port), fresh = knock_dial (fixture->port);

  knock_send (half, "GET /");
  run_pending ();
  g_clear_object (&fixture->server);
  g_assert_true (wire_is_ended (open));
  g_assert_true (wire_is_ended (half));
  g_assert_true (wire_is_ended (fresh));
  g_assert_cmpint (g_atomic_int_get (&fixture->n_closed), ==, 1);
  close (open);
  close (half);
  close (fresh);
}

static void
drop_from_thread (WspServer     *server,
                  WspConnection *connection,
                  WspServer    **place)
{
  g_object_unref (g_atomic_pointer_exchange (place, NULL));
}

/* SEC-32: the last reference is dropped in a worker; the server is finalized in its own context,
 * which can wait for the threads. */
static void
test_dropped_in_thread (void)
{
  gboolean is_gone = FALSE;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_object_weak_ref (G_OBJECT (fixture->server), on_gone, &is_gone);
  g_signal_connect (fixture->server, "connection", G_CALLBACK (drop_from_thread), &fixture->server);
  int fd = knock_dial (fixture->port);

  knock_send (fd, KNOCK_REQUEST (""));
  while (!is_gone)
    g_main_context_iteration (NULL, FALSE);
  g_free (knock_read (fd, NULL));
  close (fd);
}

static void
test_started_too_late (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  listen_on_free_port (server, NULL);
  g_assert_false (wsp_server_start_workers (server, 2, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_clear_error (&error);
  wsp_server_stop_accepting (server);
  g_assert_true (wsp_server_start_workers (server, 2, &error));
  g_assert_false (wsp_server_start_workers (server, 2, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
}

/* Settings change in the server's context while workers use them. */
static void
test_settings_meanwhile (void)
{
  const char *protocols[] = { "a", "b", NULL };
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint i = 0; i < 200; i++)
    {
      int fd = knock_dial (fixture->port);

      knock_send (fd, KNOCK_REQUEST ("Sec-WebSocket-Protocol: b\r\n"));
      g_object_set (fixture->server, "subprotocols", i % 2 ? protocols : NULL, NULL);
      g_object_set (wsp_server_get_limits (fixture->server), "max-header-fields", 50 + i, NULL);
      g_autofree char *answer = knock_read (fd, "\r\n\r\n");

      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
      close (fd);
    }
  run_until_length (fixture, 0);

  /* A worker that runs a handler holds a reference to the server, which is then finalized in its
   * own context. */
  gboolean is_gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->server), on_gone, &is_gone);
  g_clear_object (&fixture->server);
  run_until (&is_gone);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/server-workers/start/too-late", test_started_too_late);
  g_test_add_func ("/endpoint/server-workers/signals/in-one-thread-for-each-client",
                   test_spread);
  g_test_add_func ("/endpoint/server-workers/broadcast/flags-hold-in-all-threads",
                   test_flags_from_main_thread);
  g_test_add_func ("/endpoint/server-workers/broadcast/closed-in-another-thread-is-not-counted",
                   test_sent_to_closed);
  g_test_add_func ("/endpoint/server-workers/broadcast/reaches-all-threads",
                   test_sent_from_main_thread);
  g_test_add_func ("/endpoint/server-workers/broadcast/excludes-one", test_excluded);
  g_test_add_func ("/endpoint/server-workers/invoke/runs-in-the-thread-of-the-client",
                   test_invoked);
  g_test_add_func ("/endpoint/server-workers/invoke/ended-thread-calls-destroy-only",
                   test_invoked_at_end);
  g_test_add_func ("/endpoint/server-workers/settings/changed-meanwhile", test_settings_meanwhile);
  g_test_add_func ("/endpoint/server-workers/end/WS-170-shutdown", test_shutdown);
  g_test_add_func ("/endpoint/server-workers/end/dropped", test_dropped);
  g_test_add_func ("/endpoint/server-workers/end/SEC-32-dropped-in-a-thread",
                   test_dropped_in_thread);

  return g_test_run ();
}
