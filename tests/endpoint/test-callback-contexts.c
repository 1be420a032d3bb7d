/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* In which context the callback of each asynchronous function runs: the one that is the
 * thread-default one during the call, or the object's if none was pushed. */
#include "connection/async-stream.h"
#include "connection/transports.h"
#include "connection/wire.h"
#include "lib/listen.h"

#define TIME_LIMIT (30 * G_TIME_SPAN_SECOND)

typedef enum
{
  NONE,                         /* no context is pushed during the call */
  OWN,                          /* the context of the object */
  OTHER,                        /* another context, which the same thread runs */
  IN_THREAD,                    /* another context, which another thread runs after the call */
  N_PUSHED,
} Pushed;

static const char *const pushed_names[N_PUSHED] = { "none", "own", "other", "of-another-thread" };

typedef struct
{
  GMainContext   *own, *other;
  GSource        *tick;
  GMainLoop      *loop;         /* main loop of the thread */
  GThread        *thread;       /* thread that the objects belong to */
  GThread        *caller_thread, *callback_thread, *finalize_thread;
  WspServer      *server;
  WspClient      *client;
  guint16         port;
  GIOStream      *streams[2];
  WspConnection  *connection, *peer;
  GInputStream   *input;
  GOutputStream  *output;
  guint8          buffer[16];
  gboolean        is_calling;
  int             n_calls;      /* number of calls; atomic */
  GMainContext   *ran_in, *default_there;
  gboolean        was_inside;
  GString        *order[2];     /* letters of the results in own and in other, in their order */
} Scene;

/* The context that this thread iterates now. */
static GMainContext *
get_running (void)
{
  GSource *source = g_main_current_source ();

  return source != NULL ? g_source_get_context (source) : NULL;
}

static void
note (GObject      *source,
      GAsyncResult *result,
      gpointer      data)
{
  Scene *self = data;

  self->was_inside = self->is_calling;
  self->callback_thread = g_thread_self ();
  self->ran_in = get_running ();
  self->default_there = g_main_context_get_thread_default ();
  g_atomic_int_inc (&self->n_calls);
}

static gboolean
go_on (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the object's context, and another one as well: no third one is needed. */
static void
run_contexts (Scene        *self,
              GMainContext *other)
{
  g_main_context_iteration (self->own, TRUE);   /* ticks */
  if (other != self->own)
    while (g_main_context_iteration (other, FALSE))
      continue;
}

static void
run_own_until (Scene    *self,
               gpointer *place)
{
  while (*place == NULL)
    run_contexts (self, self->own);
}

static gpointer
run_thread (gpointer data)
{
  Scene *self = data;

  g_main_loop_run (self->loop);
  return NULL;
}

/* -- the calls -- */

static void
call_connect (Scene *self)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", self->port);

  wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, note, self);
}

static void
call_connect_refused (Scene *self)
{
  wsp_client_connect_async (self->client, "nonsense", NULL, NULL, NULL, note, self);
}

static void
call_open (Scene *self)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", self->port);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);

  wsp_client_open_async (self->client, handshake, NULL, NULL, note, self);
}

static void
call_shutdown (Scene *self)
{
  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, note, self);
}

static void
call_shutdown_refused (Scene *self)
{
  wsp_server_shutdown_async (self->server, 1, NULL, 0, NULL, note, self);
}

static void
call_send_message (Scene *self)
{
  wire_send_text (self->connection, "a", NULL, note, self);
}

static void
call_send_message_refused (Scene *self)
{
  wire_send_text (self->connection, "\xff", NULL, note, self);
}

static void
call_receive (Scene *self)
{
  wsp_connection_receive_async (self->connection, NULL, note, self);
}

static void
call_receive_cancelled (Scene *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  wsp_connection_receive_async (self->connection, cancellable, note, self);
  g_cancellable_cancel (cancellable);
}

static void
call_receive_stream (Scene *self)
{
  wsp_connection_receive_stream_async (self->connection, NULL, note, self);
}

static void
call_ping (Scene *self)
{
  wsp_connection_ping_async (self->connection, NULL, NULL, note, self);
}

static void
call_ping_cancelled (Scene *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  wsp_connection_ping_async (self->connection, NULL, cancellable, note, self);
  g_cancellable_cancel (cancellable);
}

static void
call_close (Scene *self)
{
  wsp_connection_close_async (self->connection, 1000, NULL, NULL, note, self);
}

static void
call_flush (Scene *self)
{
  wsp_connection_queue_text (self->connection, "a", NULL);
  wsp_connection_flush_async (self->connection, NULL, note, self);
}

static void
call_read (Scene *self)
{
  g_input_stream_read_async (self->input, self->buffer, sizeof self->buffer, 0, NULL, note, self);
}

static void
call_read_cancelled (Scene *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_input_stream_read_async (self->input, self->buffer, sizeof self->buffer, 0, cancellable, note,
                             self);
  g_cancellable_cancel (cancellable);
}

static void
call_close_input (Scene *self)
{
  g_input_stream_close_async (self->input, 0, NULL, note, self);
}

static void
call_write (Scene *self)
{
  g_output_stream_write_async (self->output, "a", 1, 0, NULL, note, self);
}

static void
call_writev (Scene *self)
{
  GOutputVector vectors[] = { { "", 0 }, { "a", 1 } };

  g_output_stream_writev_async (self->output, vectors, 2, 0, NULL, note, self);
}

static void
call_writev_without_vectors (Scene *self)
{
  g_output_stream_writev_async (self->output, NULL, 0, 0, NULL, note, self);
}

static void
call_close_output (Scene *self)
{
  g_output_stream_close_async (self->output, 0, NULL, note, self);
}

typedef enum
{
  WITH_SERVER,
  WITH_PAIR,
  WITH_MESSAGE,                 /* the peer has sent a message */
  WITH_INPUT,
  WITH_EMPTY_INPUT,             /* an empty stream, which the peer fills after the call */
  WITH_OUTPUT,
} Setting;

typedef enum
{
  TO_OWN,
  TO_DEFAULT,                   /* the default context, as GOutputStream chooses it */
} Destination;                  /* if nothing is pushed */

static const struct
{
  const char *name;
  Setting     setting;
  Destination destination;
  void      (*call) (Scene *self);
} calls[] = {
  { "connect", WITH_SERVER, TO_OWN, call_connect },
  { "connect-refused", WITH_SERVER, TO_OWN, call_connect_refused },
  { "open", WITH_SERVER, TO_OWN, call_open },
  { "shutdown", WITH_SERVER, TO_OWN, call_shutdown },
  { "shutdown-refused", WITH_SERVER, TO_OWN, call_shutdown_refused },
  { "send-message", WITH_PAIR, TO_OWN, call_send_message },
  { "send-message-refused", WITH_PAIR, TO_OWN, call_send_message_refused },
  { "receive", WITH_MESSAGE, TO_OWN, call_receive },
  { "receive-cancelled", WITH_PAIR, TO_OWN, call_receive_cancelled },
  { "receive-stream", WITH_MESSAGE, TO_OWN, call_receive_stream },
  { "ping", WITH_PAIR, TO_OWN, call_ping },
  { "ping-cancelled", WITH_PAIR, TO_OWN, call_ping_cancelled },
  { "close", WITH_PAIR, TO_OWN, call_close },
  { "flush", WITH_PAIR, TO_OWN, call_flush },
  { "stream-read", WITH_INPUT, TO_OWN, call_read },
  { "stream-read-waits", WITH_EMPTY_INPUT, TO_OWN, call_read },
  { "stream-read-cancelled", WITH_EMPTY_INPUT, TO_OWN, call_read_cancelled },
  { "stream-close", WITH_INPUT, TO_OWN, call_close_input },
  { "sink-write", WITH_OUTPUT, TO_DEFAULT, call_write },
  { "sink-writev", WITH_OUTPUT, TO_OWN, call_writev },
  { "sink-writev-without-vectors", WITH_OUTPUT, TO_OWN, call_writev_without_vectors },
  { "sink-close", WITH_OUTPUT, TO_DEFAULT, call_close_output },
};

/* -- the scenes -- */

static WspConnection *
make_connection (GIOStream *stream,
                 WspRole    role)
{
  return wsp_connection_new_for_stream (stream, role, NULL, NULL, NULL, NULL);
}

static void
on_finalized (gpointer data,
              GObject *object)
{
  Scene *self = data;

  self->finalize_thread = g_thread_self ();
}

static void
set_server (Scene *self)
{
  g_autoptr (GError) error = NULL;

  self->server = wsp_server_new ();
  self->client = wsp_client_new ();
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  g_assert_no_error (error);
}

static void
set_pair (Scene    *self,
          Transport transport)
{
  transport_pair (transport, &self->streams[0], &self->streams[1]);
  self->connection = make_connection (self->streams[0], WSP_ROLE_CLIENT);
  self->peer = make_connection (self->streams[1], WSP_ROLE_SERVER);
  g_object_weak_ref (G_OBJECT (self->connection), on_finalized, self);
}

static void
set_input (Scene *self)
{
  GAsyncResult *result = NULL;

  wsp_connection_receive_stream_async (self->connection, NULL, keep_result, &result);
  run_own_until (self, (gpointer *) &result);
  self->input = G_INPUT_STREAM (wsp_connection_receive_stream_finish (self->connection, result,
                                                                      NULL));
  g_assert_nonnull (self->input);
  g_object_unref (result);
}

static void
begin_peer_message (Scene *self)
{
  g_autoptr (GOutputStream) output =
    wsp_connection_begin_message (self->peer, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT, NULL);

  g_output_stream_write (output, "a", 1, NULL, NULL);
  g_object_set_data_full (G_OBJECT (self->peer), "output", g_steal_pointer (&output),
                          g_object_unref);
}

static void
continue_peer_message (Scene *self)
{
  g_output_stream_write (g_object_get_data (G_OBJECT (self->peer), "output"), "b", 1, NULL, NULL);
}

static void
empty_input (Scene *self)
{
  gssize n;

  do
    {
      run_contexts (self, self->own);
      n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (self->input),
                                                    self->buffer, 1, NULL, NULL);
    }
  while (n != 1);
}

static void
set_scene (Scene    *self,
           Setting   setting,
           Transport transport)
{
  g_main_context_push_thread_default (self->own);
  if (setting == WITH_SERVER)
    set_server (self);
  else
    set_pair (self, transport);
  g_main_context_pop_thread_default (self->own);

  switch (setting)
    {
    case WITH_MESSAGE:
      wsp_connection_queue_text (self->peer, "a", NULL);
      break;
    case WITH_INPUT:
    case WITH_EMPTY_INPUT:
      begin_peer_message (self);
      set_input (self);
      if (setting == WITH_EMPTY_INPUT)
        empty_input (self);
      break;
    case WITH_OUTPUT:
      self->output = wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_BINARY,
                                                   WSP_SEND_FLAGS_DEFAULT, NULL);
      break;
    case WITH_SERVER:
    case WITH_PAIR:
      break;
    }
}

static void
scene_init (Scene *self)
{
  *self = (Scene) { .own = g_main_context_new (), .other = g_main_context_new (),
                    .thread = g_thread_self () };
  self->tick = g_timeout_source_new (1);
  g_source_set_callback (self->tick, go_on, NULL, NULL);
  g_source_attach (self->tick, self->own);
}

static void
drop_objects (Scene *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  if (self->peer != NULL)
    {
      g_object_set_data (G_OBJECT (self->peer), "output", NULL);
      wsp_connection_abort (self->peer);
    }
  g_clear_object (&self->connection);
  g_clear_object (&self->peer);
  g_clear_object (&self->streams[0]);
  g_clear_object (&self->streams[1]);
  g_clear_object (&self->server);
  g_clear_object (&self->client);
}

static void
run_rest (Scene *self)
{
  for (guint i = 0; i < 5; i++)
    {
      run_contexts (self, self->own);
      run_contexts (self, self->other);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
}

static void
scene_clear (Scene *self)
{
  drop_objects (self);
  run_rest (self);
  g_source_destroy (self->tick);
  g_source_unref (self->tick);
  g_main_context_unref (self->own);
  g_main_context_unref (self->other);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
begin_thread (Scene *self)
{
  self->loop = g_main_loop_new (self->other, FALSE);
  self->caller_thread = g_thread_new ("caller", run_thread, self);
}

static void
end_thread (Scene *self)
{
  if (self->caller_thread == NULL)
    return;

  g_main_loop_quit (self->loop);
  g_thread_join (self->caller_thread);
  g_main_loop_unref (self->loop);
}

/* -- the table -- */

typedef struct
{
  guint     call;
  Pushed    pushed;
  Transport transport;
} Case;

static GMainContext *
get_expected (const Scene *self,
              const Case  *one)
{
  if (one->pushed == OTHER || one->pushed == IN_THREAD)
    return self->other;
  if (one->pushed == NONE && calls[one->call].destination == TO_DEFAULT)
    return g_main_context_default ();

  return self->own;
}

static void
make_call (Scene      *self,
           const Case *one)
{
  GMainContext *pushed = one->pushed == OWN ? self->own : self->other;

  if (one->pushed != NONE)
    g_main_context_push_thread_default (pushed);
  self->is_calling = TRUE;
  calls[one->call].call (self);
  self->is_calling = FALSE;
  if (one->pushed != NONE)
    g_main_context_pop_thread_default (pushed);
}

static void
test_context (gconstpointer data)
{
  const Case *one = data;
  g_auto (Scene) self;
  gint64 end = g_get_monotonic_time () + TIME_LIMIT;

  scene_init (&self);
  set_scene (&self, calls[one->call].setting, one->transport);

  GMainContext *expected = get_expected (&self, one);
  GMainContext *runs = one->pushed == IN_THREAD ? self.own : expected;

  make_call (&self, one);
  g_assert_cmpint (g_atomic_int_get (&self.n_calls), ==, 0);
  if (one->pushed == IN_THREAD)
    begin_thread (&self);
  if (calls[one->call].setting == WITH_EMPTY_INPUT)
    continue_peer_message (&self);
  while (g_atomic_int_get (&self.n_calls) == 0 && g_get_monotonic_time () < end)
    run_contexts (&self, runs);
  end_thread (&self);
  run_rest (&self);

  g_assert_cmpint (self.n_calls, ==, 1);
  g_assert_false (self.was_inside);
  g_assert_true (self.ran_in == expected);
  if (one->pushed == OTHER || one->pushed == IN_THREAD)
    g_assert_true (self.default_there == self.other);
  g_assert_true ((self.callback_thread == self.thread) == (one->pushed != IN_THREAD));
}

/* -- what happens to a result on its way -- */

static void
note_order (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Scene *self = g_object_get_data (source, "scene");

  g_string_append_c (self->order[get_running () == self->other], *(const char *) data);
}

static void
test_order (void)
{
  g_auto (Scene) self;
  const char *letters = "abcdefgh";

  scene_init (&self);
  set_scene (&self, WITH_PAIR, TRANSPORT_SOCKET);
  g_object_set_data (G_OBJECT (self.connection), "scene", &self);
  self.order[0] = g_string_new (NULL);
  self.order[1] = g_string_new (NULL);
  for (guint i = 0; letters[i] != '\0'; i++)
    {
      if (i % 2 == 0)
        g_main_context_push_thread_default (self.other);
      wire_send_text (self.connection, "a", NULL, note_order, (gpointer) (letters + i));
      if (i % 2 == 0)
        g_main_context_pop_thread_default (self.other);
    }
  run_rest (&self);

  g_assert_cmpstr (self.order[0]->str, ==, "bdfh");
  g_assert_cmpstr (self.order[1]->str, ==, "aceg");
  g_string_free (self.order[0], TRUE);
  g_string_free (self.order[1], TRUE);
}

static void
call_again (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Scene *self = data;

  wire_send_text (self->connection, "b", NULL, note, self);
}

static void
test_next_call (void)
{
  g_auto (Scene) self;

  scene_init (&self);
  set_scene (&self, WITH_PAIR, TRANSPORT_SOCKET);
  g_main_context_push_thread_default (self.other);
  wire_send_text (self.connection, "a", NULL, call_again, &self);
  g_main_context_pop_thread_default (self.other);
  run_rest (&self);

  g_assert_cmpint (self.n_calls, ==, 1);
  g_assert_true (self.ran_in == self.other);
}

typedef enum
{
  BEFORE_RESULT,
  AFTER_RESULT,
} Freed;

static void
test_context_freed (gconstpointer data)
{
  g_auto (Scene) self;

  scene_init (&self);
  set_scene (&self, WITH_PAIR, TRANSPORT_SOCKET);
  g_main_context_push_thread_default (self.other);
  call_send_message (&self);
  g_main_context_pop_thread_default (self.other);
  if (GPOINTER_TO_INT (data) == AFTER_RESULT)
    {
      for (guint i = 0; i < 5; i++)
        run_contexts (&self, self.own);
    }
  g_main_context_unref (self.other);
  self.other = g_main_context_new ();
  drop_objects (&self);
  run_rest (&self);

  g_assert_cmpint (self.n_calls, ==, 0);
  g_assert_true (self.finalize_thread == self.thread);
}

static void
test_last_reference_in_thread (void)
{
  g_auto (Scene) self;

  scene_init (&self);
  set_scene (&self, WITH_PAIR, TRANSPORT_SOCKET);
  g_main_context_push_thread_default (self.other);
  call_send_message (&self);
  g_main_context_pop_thread_default (self.other);
  for (guint i = 0; i < 5; i++)
    run_contexts (&self, self.own);
  drop_objects (&self);
  begin_thread (&self);
  while (g_atomic_int_get (&self.n_calls) == 0)
    run_contexts (&self, self.own);
  end_thread (&self);
  run_rest (&self);

  g_assert_true (self.callback_thread != self.thread);
  g_assert_true (self.finalize_thread == self.thread);
}

static void
add_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (Pushed pushed = 0; pushed < N_PUSHED; pushed++)
      {
        for (guint j = 0; j < 2; j++)
          {
            Case *one = g_new0 (Case, 1);
            g_autofree char *path = NULL;

            *one = (Case) { i, pushed, j == 0 ? TRANSPORT_SOCKET : TRANSPORT_ASYNC };
            path = g_strdup_printf ("/endpoint/callback-contexts/%s/%s/pushed-%s", calls[i].name,
                                    calls[i].setting == WITH_SERVER ? "server"
                                    : transport_names[one->transport], pushed_names[pushed]);
            g_test_add_data_func_full (path, one, test_context, g_free);
            if (calls[i].setting == WITH_SERVER)
              break;
          }
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ();
  g_test_add_func ("/endpoint/callback-contexts/results/keep-the-order-of-each-context",
                   test_order);
  g_test_add_func ("/endpoint/callback-contexts/results/of-a-call-in-a-callback-come-there-too",
                   test_next_call);
  g_test_add_data_func ("/endpoint/callback-contexts/context-freed/before-the-result-drops-it",
                        GINT_TO_POINTER (BEFORE_RESULT), test_context_freed);
  g_test_add_data_func ("/endpoint/callback-contexts/context-freed/after-the-result-drops-it",
                        GINT_TO_POINTER (AFTER_RESULT), test_context_freed);
  g_test_add_func ("/endpoint/callback-contexts/thread/object-is-finalized-in-its-own",
                   test_last_reference_in_thread);

  return g_test_run ();
}
