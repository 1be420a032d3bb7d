/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects of each public class are made and used in the thread of their context, and the last
 * reference is dropped in another one, as a garbage collector does, while the loop runs.  An object
 * of a context ends in the thread of the context; the others end at once. */
#include "connection/wire.h"
#include "endpoint/far/dialed.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <libwsproto/wsproto-session.h>

#define N_ROUNDS 10
#define PATIENCE (10 * G_USEC_PER_SEC)

typedef struct
{
  WspServer     *server;
  WspClient     *client;
  char          *uri;
  WspConnection *far, *near;    /* the two connections; NULL: not connected */
  GObject       *kept;          /* object that must live as long as the tested one */
} Scene;

static GThread *ended_in;       /* atomic */
static GThread *main_thread;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Scene         *self)
{
  g_set_object (&self->far, connection);
  wsp_connection_start_receiving (connection);
}

static void
scene_init (Scene *self)
{
  *self = (Scene) { .server = wsp_server_new (), .client = dial_client (NULL) };
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  self->uri = g_strdup_printf ("ws://127.0.0.1:%u/",
                               listen_on_free_port (self->server, "127.0.0.1"));
}

static void
scene_clear (Scene *self)
{
  g_clear_object (&self->near);
  g_clear_object (&self->far);
  g_clear_object (&self->kept);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_free (self->uri);
  run_pending ();
}

static void
connect_both (Scene *self)
{
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, self->client, self->uri, NULL);
  dial_wait (&dialed);
  g_assert_no_error (dialed.error);
  self->near = g_steal_pointer (&dialed.connection);    /* dial_clear () would close it */
  while (self->far == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gpointer
make_client (Scene *self)
{
  connect_both (self);
  return g_steal_pointer (&self->client);
}

/* The call has the last reference but one. */
static gpointer
make_connecting_client (Scene *self)
{
  wsp_client_connect_async (self->client, self->uri, NULL, NULL, NULL, NULL, NULL);
  return g_steal_pointer (&self->client);
}

static gpointer
make_server (Scene *self)
{
  connect_both (self);
  g_clear_object (&self->far);
  return g_steal_pointer (&self->server);
}

static gpointer
make_server_with_workers (Scene *self)
{
  WspServer *server = wsp_server_new ();

  g_assert_true (wsp_server_start_workers (server, 2, NULL));
  listen_on_free_port (server, "127.0.0.1");
  return server;
}

static gpointer
make_listener (Scene *self)
{
  WspListener *listener = wsp_server_listen_inet (self->server, "127.0.0.1", 0,
                                                  WSP_LISTEN_FLAGS_DEFAULT, NULL);

  g_object_ref (listener);
  wsp_listener_close (listener);
  return listener;
}

static gpointer
make_client_connection (Scene *self)
{
  connect_both (self);
  return g_steal_pointer (&self->near);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
}

/* It keeps itself alive while it is open. */
static gpointer
make_started_connection (Scene *self)
{
  connect_both (self);
  wsp_connection_set_message_func (self->near, on_message, NULL, NULL);
  wsp_connection_start_receiving (self->near);
  wsp_connection_queue_text (self->near, "hi", NULL);
  wsp_connection_close_async (self->near, 1000, NULL, NULL, NULL, NULL);
  return g_steal_pointer (&self->near);
}

static gpointer
make_server_connection (Scene *self)
{
  connect_both (self);
  wsp_connection_abort (self->near);
  return g_steal_pointer (&self->far);
}

static gpointer
make_stopped_reconnector (Scene *self)
{
  return wsp_reconnector_new (self->uri, self->client);
}

static gpointer
make_connecting_reconnector (Scene *self)
{
  WspReconnector *reconnector = wsp_reconnector_new (self->uri, self->client);

  wsp_reconnector_start (reconnector);
  return reconnector;
}

static gpointer
make_open_reconnector (Scene *self)
{
  WspReconnector *reconnector = make_connecting_reconnector (self);

  while (wsp_reconnector_get_connection (reconnector) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return reconnector;
}

static gpointer
make_waiting_reconnector (Scene *self)
{
  WspReconnector *reconnector = wsp_reconnector_new ("ws://127.0.0.1:1/", self->client);

  wsp_reconnector_start (reconnector);
  while (wsp_reconnector_get_next_attempt_us (reconnector) == 0)
    g_main_context_iteration (NULL, TRUE);
  return reconnector;
}

static gpointer
make_group (Scene *self)
{
  WspGroup *group = wsp_group_new (self->server);

  connect_both (self);
  g_assert_true (wsp_group_add (group, self->far, NULL));
  return group;
}

static gpointer
make_client_handshake (Scene *self)
{
  return wsp_handshake_new_client (self->uri, NULL, NULL, NULL);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            GObject     **place)
{
  wsp_handshake_defer (handshake);
  g_set_object (place, G_OBJECT (handshake));
  return TRUE;
}

static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 GObject       **place)
{
  wsp_http_request_defer (request);
  g_set_object (place, G_OBJECT (request));
  return TRUE;
}

/* A deferred request whose client has gone. */
static gpointer
ask (Scene      *self,
     const char *request)
{
  g_autoptr (GUri) uri = g_uri_parse (self->uri, G_URI_FLAGS_NONE, NULL);
  GObject *object = NULL;
  guint n_failures = 0;
  int fd;

  g_signal_connect (self->server, "request", G_CALLBACK (on_request), &object);
  g_signal_connect (self->server, "http-request", G_CALLBACK (on_http_request), &object);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &n_failures);
  fd = knock_dial ((guint16) g_uri_get_port (uri));
  knock_send (fd, request);
  while (object == NULL)
    g_main_context_iteration (NULL, TRUE);
  close (fd);
  run_until_count (&n_failures, 1);
  return object;
}

static gpointer
make_server_handshake (Scene *self)
{
  return ask (self, KNOCK_REQUEST (""));
}

static gpointer
make_http_request (Scene *self)
{
  return ask (self, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static gpointer
make_sink (Scene *self)
{
  GOutputStream *stream;

  connect_both (self);
  stream = wsp_connection_begin_message (self->near, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                         NULL);
  g_output_stream_write_all (stream, "half", 4, NULL, NULL, NULL);
  return stream;
}

static void
on_stream (GObject      *connection,
           GAsyncResult *result,
           gpointer      place)
{
  *(gpointer *) place = wsp_connection_receive_stream_finish (WSP_CONNECTION (connection), result,
                                                              NULL);
}

/* A message of which more is to come. */
static gpointer
make_stream (Scene *self)
{
  gpointer stream = NULL;
  GOutputStream *sink;

  connect_both (self);
  sink = wsp_connection_begin_message (self->far, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                       NULL);
  self->kept = G_OBJECT (sink);
  g_output_stream_write_all (sink, "half", 4, NULL, NULL, NULL);
  g_output_stream_flush (sink, NULL, NULL);
  wsp_connection_receive_stream_async (self->near, NULL, on_stream, &stream);
  while (stream == NULL)
    g_main_context_iteration (NULL, TRUE);
  return stream;
}

static gpointer
make_session (Scene *self)
{
  WspSession *session = wsp_session_new_established (WSP_ROLE_CLIENT, NULL, NULL, NULL);

  wsp_session_receive (session, NULL);
  return session;
}

static gpointer
make_limits (Scene *self)
{
  return wsp_limits_new ();
}

static gpointer
make_connections (Scene *self)
{
  return g_object_ref (wsp_server_get_connections (self->server));
}

static gpointer
make_deflate (Scene *self)
{
  return wsp_deflate_options_new ();
}

typedef enum
{
  ENDS_IN_ITS_THREAD,
  ENDS_AT_ONCE,
  STAYS,                        /* the object stays, as there are other references */
} Ending;

static const struct
{
  const char *name;
  gpointer  (*make)(Scene *self);
  Ending      ending;
} objects[] = {
  { "client", make_client, ENDS_IN_ITS_THREAD },
  { "client-that-connects", make_connecting_client, ENDS_IN_ITS_THREAD },
  { "server", make_server, ENDS_IN_ITS_THREAD },
  { "server-with-workers", make_server_with_workers, ENDS_IN_ITS_THREAD },
  { "listener", make_listener, ENDS_IN_ITS_THREAD },
  { "connection-of-a-client", make_client_connection, ENDS_IN_ITS_THREAD },
  { "connection-that-is-closing", make_started_connection, ENDS_IN_ITS_THREAD },
  { "connection-of-a-server", make_server_connection, ENDS_IN_ITS_THREAD },
  { "reconnector-that-is-stopped", make_stopped_reconnector, ENDS_IN_ITS_THREAD },
  { "reconnector-that-connects", make_connecting_reconnector, ENDS_IN_ITS_THREAD },
  { "reconnector-that-is-open", make_open_reconnector, ENDS_IN_ITS_THREAD },
  { "reconnector-that-waits", make_waiting_reconnector, ENDS_IN_ITS_THREAD },
  { "message-stream", make_stream, ENDS_IN_ITS_THREAD },
  { "message-stream-that-is-sent", make_sink, ENDS_IN_ITS_THREAD },
  { "group", make_group, ENDS_AT_ONCE },
  { "handshake-of-a-client", make_client_handshake, ENDS_AT_ONCE },
  { "handshake-of-a-server", make_server_handshake, ENDS_AT_ONCE },
  { "http-request", make_http_request, ENDS_AT_ONCE },
  { "session", make_session, ENDS_AT_ONCE },
  { "limits", make_limits, ENDS_AT_ONCE },
  { "deflate-options", make_deflate, ENDS_AT_ONCE },
  { "connections-of-a-server", make_connections, STAYS },
};

static void
on_end (gpointer data,
        GObject *object)
{
  g_atomic_pointer_set (&ended_in, g_thread_self ());
}

static gpointer
drop (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
iterate (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (100);
}

static void
test_object (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gint64 deadline = g_get_monotonic_time () + PATIENCE;
      Scene scene;
      GObject *object;
      GThread *thread;

      scene_init (&scene);
      object = objects[row].make (&scene);
      g_atomic_pointer_set (&ended_in, NULL);
      g_object_weak_ref (object, on_end, NULL);
      thread = g_thread_new ("collector", drop, object);
      while (objects[row].ending != STAYS && g_atomic_pointer_get (&ended_in) == NULL)
        {
          g_assert_cmpint (g_get_monotonic_time (), <, deadline);
          iterate ();
        }
      if (objects[row].ending == ENDS_IN_ITS_THREAD)
        g_assert_true (g_atomic_pointer_get (&ended_in) == main_thread);
      if (objects[row].ending == ENDS_AT_ONCE)
        g_assert_true (g_atomic_pointer_get (&ended_in) == thread);
      g_thread_join (thread);
      if (objects[row].ending == STAYS)
        g_object_weak_unref (object, on_end, NULL);
      scene_clear (&scene);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  main_thread = g_thread_self ();
  ADD_ROWS ("/endpoint/last-reference", objects, test_object);
  return g_test_run ();
}
