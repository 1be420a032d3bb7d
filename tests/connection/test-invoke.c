/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Functions that run in the thread of a connection: when, in which order, and what happens when
 * its main context has ended. */
#include "connection/wire.h"

#include <unistd.h>

#define N_THREADS 4
#define N_CALLS 250

typedef struct
{
  WspConnection *connection;
  GString       *log;           /* log of the main thread, one word for each event */
  GThread       *thread;        /* thread that runs the context */
} Scene;

typedef struct
{
  Scene *scene;
  char  *word;
} Word;

static Word *
word_new (Scene      *scene,
          const char *word)
{
  Word *self = g_new0 (Word, 1);

  self->scene = scene;
  self->word = g_strdup (word);
  return self;
}

static void
word_free (gpointer data)
{
  Word *self = data;

  g_string_append_printf (self->scene->log, "-%s ", self->word);
  g_free (self->word);
  g_free (self);
}

static void
log_word (WspConnection *connection,
          gpointer       data)
{
  Word *self = data;

  g_assert_true (g_thread_self () == self->scene->thread);
  g_assert_true (connection == self->scene->connection);
  g_string_append_printf (self->scene->log, "%s ", self->word);
}

static void
invoke_word (Scene            *self,
             WspConnectionFunc func,
             const char       *word)
{
  wsp_connection_invoke (self->connection, func, word_new (self, word), word_free);
}

static void
scene_init (Scene *self,
            int   *fd)
{
  *self = (Scene) { wire_raw (WSP_ROLE_SERVER, fd), g_string_new (NULL), g_thread_self () };
}

static void
scene_clear (Scene *self,
             int    fd)
{
  g_clear_object (&self->connection);
  g_string_free (self->log, TRUE);
  run_pending ();
  close (fd);
}

/* Inside another call, too: its own call waits for the next dispatch. */
static void
invoke_again (WspConnection *connection,
              gpointer       data)
{
  Word *self = data;

  log_word (connection, data);
  invoke_word (self->scene, log_word, "inner");
  g_string_append (self->scene->log, "end ");
}

static void
test_later (void)
{
  Scene self;
  int fd;

  scene_init (&self, &fd);
  run_pending ();
  invoke_word (&self, invoke_again, "outer");
  invoke_word (&self, log_word, "second");
  g_assert_cmpstr (self.log->str, ==, "");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (self.log->str, ==, "outer end -outer second -second ");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (self.log->str, ==, "outer end -outer second -second inner -inner ");
  scene_clear (&self, fd);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Scene         *self)
{
  invoke_word (self, log_word, "invoked");
  g_string_append (self->log, "message ");
}

static void
test_later_than_handler (void)
{
  Scene self;
  int fd;

  scene_init (&self, &fd);
  g_signal_connect (self.connection, "message", G_CALLBACK (on_message), &self);
  wsp_connection_start_receiving (self.connection);
  wire_write (fd, "81 81 00 00 00 00 61 81 81 00 00 00 00 62");
  run_pending ();
  g_assert_cmpstr (self.log->str, ==, "message message invoked -invoked invoked -invoked ");
  wsp_connection_abort (self.connection);
  scene_clear (&self, fd);
}

/* A main loop in a function does not hold up the functions behind it. */
static void
run_loop (WspConnection *connection,
          gpointer       data)
{
  log_word (connection, data);
  run_pending ();
  log_word (connection, data);
}

static void
test_loop (void)
{
  Scene self;
  int fd;

  scene_init (&self, &fd);
  invoke_word (&self, run_loop, "loop");
  invoke_word (&self, log_word, "behind");
  run_pending ();
  g_assert_cmpstr (self.log->str, ==, "loop behind -behind loop -loop ");
  scene_clear (&self, fd);
}

typedef struct
{
  WspConnection *connection;
  GThread       *thread;
  guint          number;        /* number of the calling thread */
  guint          n_called, n_destroyed;
} Caller;

typedef struct
{
  Caller *caller;
  guint   number;
} Numbered;

static void
check_number (WspConnection *connection,
              gpointer       data)
{
  Numbered *self = data;

  g_assert_true (g_thread_self () == self->caller->thread);
  g_assert_cmpuint (self->number, ==, self->caller->n_called++);
}

static void
numbered_free (gpointer data)
{
  Numbered *self = data;

  self->caller->n_destroyed++;
  g_free (self);
}

static gpointer
invoke_numbers (gpointer data)
{
  Caller *self = data;

  for (guint i = 0; i < N_CALLS; i++)
    {
      Numbered *numbered = g_new0 (Numbered, 1);

      numbered->caller = self;
      numbered->number = i;
      wsp_connection_invoke (self->connection, check_number, numbered, numbered_free);
    }
  return NULL;
}

static void
test_order (void)
{
  Caller callers[N_THREADS];
  GThread *threads[N_THREADS];
  Scene self;
  int fd;

  scene_init (&self, &fd);
  for (guint i = 0; i < N_THREADS; i++)
    {
      callers[i] = (Caller) { self.connection, g_thread_self (), i, 0, 0 };
      threads[i] = g_thread_new ("caller", invoke_numbers, &callers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    {
      run_until_count (&callers[i].n_destroyed, N_CALLS);
      g_assert_cmpuint (callers[i].n_called, ==, N_CALLS);
      g_thread_join (threads[i]);
    }
  scene_clear (&self, fd);
}

static void
send_b (WspConnection *connection,
        gpointer       data)
{
  g_assert_true (wsp_connection_queue_text (connection, "b", NULL));
}

static gpointer
send_and_invoke (gpointer data)
{
  WspConnection *connection = data;
  g_autoptr (WspMessage) message = wsp_message_new_text ("a");

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (wsp_connection_send_from_thread (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                      NULL));
      wsp_connection_invoke (connection, send_b, NULL, NULL);
    }
  return NULL;
}

/* The message that the thread sends second may overtake the function that it invoked first. */
static void
test_behind_sends (void)
{
  Scene self;
  int fd;

  scene_init (&self, &fd);
  g_thread_join (g_thread_new ("caller", send_and_invoke, self.connection));

  g_autofree char *bytes = wire_read (fd, 12);

  g_assert_cmpstr (bytes, ==, "81 01 61 81 01 61 81 01 62 81 01 62");
  scene_clear (&self, fd);
}

static void
abort_connection (WspConnection *connection,
                  gpointer       data)
{
  wsp_connection_abort (connection);
}

/* Messages that wait for a peer that does not read hold up no function. */
static void
test_full_queue (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);
  g_autoptr (WspMessage) message = wsp_message_new_binary (zeros, 1 << 20);

  wire_limit (raw->connection, "max-send-queue", 1 << 20);
  while (wsp_connection_send_from_thread (raw->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL))
    run_pending ();
  wsp_connection_invoke (raw->connection, abort_connection, NULL, NULL);
}

static void
note_state (WspConnection *connection,
            gpointer       state)
{
  *(WspConnectionState *) state = wsp_connection_get_state (connection);
}

static void
test_closed (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  WspConnectionState state = WSP_CONNECTION_STATE_OPEN;

  wsp_connection_abort (raw->connection);
  run_until_closed (raw->watched);
  wsp_connection_invoke (raw->connection, note_state, &state, NULL);
  run_pending ();
  g_assert_cmpint (state, ==, WSP_CONNECTION_STATE_CLOSED);
}

static void
on_gone (gpointer is_gone,
         GObject *object)
{
  *(gboolean *) is_gone = TRUE;
}

/* The connection lives until its function has returned. */
static void
test_held (void)
{
  Scene self;
  gboolean is_gone = FALSE;
  int fd;

  scene_init (&self, &fd);
  run_pending ();
  g_object_weak_ref (G_OBJECT (self.connection), on_gone, &is_gone);
  invoke_word (&self, log_word, "held");
  g_object_unref (self.connection);
  g_assert_false (is_gone);
  run_pending ();
  g_assert_cmpstr (self.log->str, ==, "held -held ");
  g_assert_true (is_gone);
  self.connection = NULL;
  scene_clear (&self, fd);
}

static void
never (WspConnection *connection,
       gpointer       data)
{
  g_assert_not_reached ();
}

/* A context that ends: the calls that wait are dropped with it, later ones at once. */
static void
test_ended_context (void)
{
  GMainContext *context = g_main_context_new ();
  Scene self;
  int fd;

  g_main_context_push_thread_default (context);
  scene_init (&self, &fd);
  g_main_context_pop_thread_default (context);
  while (g_main_context_iteration (context, FALSE))
    continue;

  g_autoptr (GMainContext) found = wsp_connection_dup_main_context (self.connection);

  g_assert_true (found == context);
  g_clear_pointer (&found, g_main_context_unref);
  invoke_word (&self, never, "first");
  invoke_word (&self, never, "second");
  g_assert_cmpstr (self.log->str, ==, "");
  g_main_context_unref (context);
  g_assert_cmpstr (self.log->str, ==, "-first -second ");
  invoke_word (&self, never, "third");
  g_assert_cmpstr (self.log->str, ==, "-first -second -third ");
  g_assert_null (wsp_connection_dup_main_context (self.connection));

  g_autoptr (WspMessage) message = wsp_message_new_text ("late");
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_connection_send_from_thread (self.connection, message,
                                                   WSP_SEND_FLAGS_DEFAULT, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  scene_clear (&self, fd);
}

/* The call that waits holds the last reference, and a message of another thread waits, too. */
static void
test_ended_with_connection (void)
{
  GMainContext *context = g_main_context_new ();
  g_autoptr (WspMessage) message = wsp_message_new_text ("late");
  gboolean is_gone = FALSE;
  Scene self;
  int fd;

  g_main_context_push_thread_default (context);
  scene_init (&self, &fd);
  g_main_context_pop_thread_default (context);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_object_weak_ref (G_OBJECT (self.connection), on_gone, &is_gone);
  g_assert_true (wsp_connection_send_from_thread (self.connection, message,
                                                  WSP_SEND_FLAGS_DEFAULT, NULL));
  invoke_word (&self, never, "last");
  g_clear_object (&self.connection);
  g_assert_false (is_gone);
  g_main_context_unref (context);
  g_assert_true (is_gone);
  g_assert_cmpstr (self.log->str, ==, "-last ");
  scene_clear (&self, fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/invoke/time/in-a-later-dispatch", test_later);
  g_test_add_func ("/connection/invoke/time/later-than-the-handler-that-invokes",
                   test_later_than_handler);
  g_test_add_func ("/connection/invoke/time/main-loop-goes-on-with-the-others", test_loop);
  g_test_add_func ("/connection/invoke/time/also-while-the-send-queue-is-full", test_full_queue);
  g_test_add_func ("/connection/invoke/time/also-after-the-end", test_closed);
  g_test_add_func ("/connection/invoke/order/each-thread-keeps-its-order", test_order);
  g_test_add_func ("/connection/invoke/order/behind-messages-sent-before", test_behind_sends);
  g_test_add_func ("/connection/invoke/connection-is-held", test_held);
  g_test_add_func ("/connection/invoke/ended-context/only-destroy-is-called", test_ended_context);
  g_test_add_func ("/connection/invoke/ended-context/drops-the-connection",
                   test_ended_with_connection);

  return g_test_run ();
}
