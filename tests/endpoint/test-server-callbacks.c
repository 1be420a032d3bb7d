/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* In every callback of a server the program does something disruptive: it drops the last
 * reference to the server, ends the connection, shuts the server down, or runs the main loop
 * until the client has disconnected.  Each is done with and without TLS, in the main thread and
 * in a worker, with requests that are accepted, refused, and decided later. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/heads.h"
#include "lib/limit.h"
#include "lib/listen.h"
#include "reactor/wsp-reactor-private.h"

#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 60           /* seconds, for one case */

typedef enum
{
  IN_REQUEST,
  IN_DECIDER,
  IN_STATUS,                    /* handler of notify::response-status, after the decision */
  IN_FAILED,
  IN_CONNECTION,
  IN_LISTED,
  IN_MESSAGE,
  IN_STATE,                     /* handler of notify::state of the connection */
  IN_CLOSED,
  IN_UNLISTED,
  IN_TAP_BYTES,
  IN_TAP_STATE,
  IN_SHUTDOWN,                  /* completion of the shutdown */
  IN_NOTIFY,                    /* notification of a setting of the server */
  IN_LIMITS,                    /* notification of a limit of the server */
  IN_TAP_GONE,                  /* disposal of a tap */
  IN_DECIDER_GONE,
  N_PLACES,
} Place;

typedef enum
{
  DO_NOTHING,
  DO_DROP_SERVER,
  DO_DROP_PARTS,                /* drop the connection and the handshake */
  DO_ABORT,
  DO_CLOSE,
  DO_DISPOSE,                   /* g_object_run_dispose () */
  DO_STOP,
  DO_SET,
  DO_SHUT_DOWN,
  DO_SHUT_DOWN_AND_RUN,
  DO_CANCEL_SHUTDOWN,
  DO_RUN,
  DO_DROP_AND_RUN,
  N_ACTIONS,
} Action;

typedef enum
{
  ACCEPTED,
  REFUSED,
  ACCEPTED_LATER,
  REFUSED_LATER,
  N_ANSWERS,
} Answer;

static const char *const place_names[N_PLACES] = {
  "request", "second-request", "notify-response-status", "handshake-failed", "connection", "items-changed-added",
  "message", "notify-state", "closed", "items-changed-removed", "tap-bytes", "tap-state", "shutdown-result",
  "notify-of-server", "notify-of-limits", "end-of-tap", "end-of-second-request",
};

static const char *const action_names[N_ACTIONS] = {
  "nothing", "drop-server", "drop-connection-and-handshake", "abort", "close", "dispose", "stop-accepting",
  "change-settings", "shut-down", "shut-down-and-run", "cancel-shutdown", "run-until-client-has-gone",
  "drop-server-and-run",
};

typedef struct
{
  Place          place;
  Action         action;
  Answer         answer;
  gboolean       has_tls, has_threads;
  int            n_done, is_gone;       /* number of times that the action was done; TRUE if the
                                         * server is gone; both atomic */
  GThread       *main_thread;
  GMutex         lock;
  WspServer     *server;        /* server that the program has a reference to; locked */
  GListModel    *list;
  WspConnection *connection;
  WspHandshake  *handshake;
  int            is_deciding;   /* TRUE inside accept () or reject () */
  gboolean       is_shutting_down, is_shut_down;
  GCancellable  *cancellable;
  GCancellable  *hang_up;       /* cancellable that lets the client hang up */
  int            client_has_ended;
  GMainContext  *waiting;       /* context that waits for hang_up; atomic; referenced until all
                                 * threads were joined */
  guint16        port;
} Case;

static void on_shut_down (GObject      *source,
                          GAsyncResult *result,
                          gpointer      data);

static void
drop_server (Case *self)
{
  WspServer *server;

  g_mutex_lock (&self->lock);
  server = g_steal_pointer (&self->server);
  g_mutex_unlock (&self->lock);
  g_clear_object (&server);
}

static WspServer *
dup_server (Case *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->server != NULL ? g_object_ref (self->server) : NULL;
}

static void
drop_parts (Case *self)
{
  g_clear_object (&self->connection);
  g_clear_object (&self->handshake);
}

/* Makes the client disconnect, and runs the loop until all its events are processed. */
static void
run_until_gone (Case *self)
{
  GMainContext *context = g_main_context_get_thread_default ();

  if (g_atomic_pointer_get (&self->waiting) == NULL)
    g_atomic_pointer_set (&self->waiting, g_main_context_ref_thread_default ());
  g_cancellable_cancel (self->hang_up);
  while (!g_atomic_int_get (&self->client_has_ended))
    g_main_context_iteration (context, TRUE);
  while (g_main_context_iteration (context, FALSE))
    continue;
}

static void
shut_down (Case *self)
{
  g_autoptr (WspServer) server = dup_server (self);

  if (server == NULL || self->is_shutting_down)
    return;

  self->is_shutting_down = TRUE;
  wsp_server_shutdown_async (server, 1001, NULL, 0, self->cancellable, on_shut_down, self);
}

static void
set_things (Case *self)
{
  const char *protocols[] = { "a", NULL };
  g_autoptr (WspServer) server = dup_server (self);

  if (server == NULL)
    return;

  g_object_set (server, "subprotocols", protocols, "server-header", "x", NULL);
  wsp_server_set_max_connections (server, 3);
  wsp_limits_set_max_head_size (wsp_server_get_limits (server), 8192);
  wsp_server_add_route (server, "/chatter", NULL);
}

/* Actions that are allowed in the server's main context only. */
static void
do_in_main_thread (Case *self)
{
  if (self->action == DO_STOP && self->server != NULL)
    wsp_server_stop_accepting (self->server);
  if (self->action == DO_SET)
    set_things (self);
  if (self->action == DO_SHUT_DOWN || self->action == DO_SHUT_DOWN_AND_RUN ||
      self->action == DO_CANCEL_SHUTDOWN)
    shut_down (self);
  if (self->action == DO_CANCEL_SHUTDOWN)
    g_cancellable_cancel (self->cancellable);
  while (self->action == DO_SHUT_DOWN_AND_RUN && self->is_shutting_down && !self->is_shut_down)
    g_main_context_iteration (NULL, TRUE);
}

/* Actions for the thread that serves the client. */
static void
do_where_served (Case *self)
{
  if (self->action == DO_ABORT && self->connection != NULL)
    wsp_connection_abort (self->connection);
  if (self->action == DO_CLOSE && self->connection != NULL)
    wsp_connection_close_async (self->connection, 1000, NULL, NULL, NULL, NULL);
  if (self->action == DO_DISPOSE && self->connection != NULL)
    g_object_run_dispose (G_OBJECT (self->connection));
  if (self->action == DO_DROP_PARTS)
    drop_parts (self);
}

static void
reach (Case *self,
       Place place)
{
  gboolean is_in_main_thread = g_thread_self () == self->main_thread;

  if (self->place != place || g_atomic_int_add (&self->n_done, 1) > 0)
    return;

  if (is_in_main_thread)
    do_in_main_thread (self);
  if (is_in_main_thread != self->has_threads)
    do_where_served (self);
  if (self->action == DO_DROP_SERVER || self->action == DO_DROP_AND_RUN)
    drop_server (self);
  if (self->action == DO_RUN || self->action == DO_DROP_AND_RUN)
    run_until_gone (self);
}

static void
on_shut_down (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Case *self = data;

  self->is_shut_down = TRUE;
  reach (self, IN_SHUTDOWN);
}

typedef struct
{
  GObject parent_instance;
  Case   *owner;
} TestTap;

typedef GObjectClass TestTapClass;

static void
observe_bytes (WspTap      *tap,
               GObject     *source,
               WspDirection direction,
               GBytes      *bytes,
               gint64       time_us)
{
  reach (((TestTap *) tap)->owner, IN_TAP_BYTES);
}

static void
observe_state (WspTap  *tap,
               GObject *source)
{
  reach (((TestTap *) tap)->owner, IN_TAP_STATE);
}

static void
test_tap_init_interface (WspTapInterface *iface)
{
  iface->bytes_passed = observe_bytes;
  iface->state_changed = observe_state;
}

GType test_tap_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestTap, test_tap, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_tap_init_interface))

static void
test_tap_dispose (GObject *object)
{
  reach (((TestTap *) object)->owner, IN_TAP_GONE);
  G_OBJECT_CLASS (test_tap_parent_class)->dispose (object);
}

static void
test_tap_class_init (TestTapClass *class)
{
  class->dispose = test_tap_dispose;
}

static void
test_tap_init (TestTap *self)
{
}

static void
on_decider_gone (gpointer  data,
                 GClosure *closure)
{
  reach (data, IN_DECIDER_GONE);
}

static void
on_status (WspHandshake *handshake,
           GParamSpec   *pspec,
           Case         *self)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  g_assert_cmpuint (wsp_reactor_get_depth (reactor), >, 0);
  g_assert_false (g_atomic_int_get (&self->is_deciding));
  reach (self, IN_STATUS);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Case         *self)
{
  g_set_object (&self->handshake, handshake);
  g_signal_connect (handshake, "notify::response-status", G_CALLBACK (on_status), self);
  reach (self, IN_REQUEST);
  return TRUE;
}

static void
decide (Case         *self,
        WspHandshake *handshake)
{
  g_atomic_int_set (&self->is_deciding, TRUE);
  if (self->answer == REFUSED || self->answer == REFUSED_LATER)
    wsp_handshake_reject (handshake, 403, NULL, NULL);
  else
    wsp_handshake_accept (handshake, NULL, NULL, NULL);
  g_atomic_int_set (&self->is_deciding, FALSE);
}

typedef struct
{
  Case         *owner;
  WspHandshake *handshake;
} Later;

static gboolean
decide_later (gpointer data)
{
  Later *later = data;

  decide (later->owner, later->handshake);
  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  g_object_unref (later->handshake);
  g_free (later);
}

/* The second handler of `request`. */
static gboolean
on_decider (WspServer    *server,
            WspHandshake *handshake,
            Case         *self)
{
  reach (self, IN_DECIDER);
  if (self->answer == ACCEPTED || self->answer == REFUSED)
    {
      decide (self, handshake);
      return TRUE;
    }

  g_autoptr (GSource) source = g_idle_source_new ();
  Later *later = g_new0 (Later, 1);

  *later = (Later) { self, g_object_ref (handshake) };
  wsp_handshake_defer (handshake);
  g_source_set_callback (source, decide_later, later, later_free);
  g_source_attach (source, g_main_context_get_thread_default ());
  return TRUE;
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Case           *self)
{
  reach (self, IN_FAILED);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Case          *self)
{
  reach (self, IN_MESSAGE);
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_state (WspConnection *connection,
          GParamSpec    *pspec,
          Case          *self)
{
  reach (self, IN_STATE);
}

static void
on_closed (WspConnection *connection,
           Case          *self)
{
  reach (self, IN_CLOSED);
  g_signal_handlers_disconnect_by_data (connection, self);
  drop_parts (self);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Case          *self)
{
  g_set_object (&self->connection, connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  wsp_connection_start_receiving (connection);
  reach (self, IN_CONNECTION);
}

static void
on_items_changed (GListModel *list,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Case       *self)
{
  reach (self, n_added > n_removed ? IN_LISTED : IN_UNLISTED);
}

static void
on_server_notify (WspServer  *server,
                  GParamSpec *pspec,
                  Case       *self)
{
  reach (self, IN_NOTIFY);
}

static void
on_limits_notify (WspLimits  *limits,
                  GParamSpec *pspec,
                  Case       *self)
{
  reach (self, IN_LIMITS);
}

static void
on_server_gone (gpointer data,
                GObject *object)
{
  g_atomic_int_set (&((Case *) data)->is_gone, TRUE);
}

static void
set_up (Case *self)
{
  g_autoptr (GError) error = NULL;
  TestTap *tap = g_object_new (test_tap_get_type (), NULL);

  tap->owner = self;
  self->main_thread = g_thread_self ();
  self->cancellable = g_cancellable_new ();
  self->hang_up = g_cancellable_new ();
  self->server = wsp_server_new ();
  self->list = g_object_ref (wsp_server_get_connections (self->server));
  g_object_weak_ref (G_OBJECT (self->server), on_server_gone, self);
  if (self->has_tls)
    g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                  NULL);
  wsp_server_add_tap (self->server, WSP_TAP (tap));
  g_object_unref (tap);
  g_assert_true (wsp_server_add_route (self->server, "/chat", NULL));
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect_data (self->server, "request", G_CALLBACK (on_decider), self, on_decider_gone,
                         G_CONNECT_DEFAULT);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "notify", G_CALLBACK (on_server_notify), self);
  g_signal_connect (wsp_server_get_limits (self->server), "notify",
                    G_CALLBACK (on_limits_notify), self);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
  if (self->has_threads)
    g_assert_true (wsp_server_start_workers (self->server, 1, NULL));
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  g_assert_no_error (error);
}

static gboolean
trust (void)
{
  return TRUE;
}

/* Sends "hi" and disconnects when the echo was received. */
static void
talk (Case      *self,
      GIOStream *stream)
{
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  const char hi[] = { '\x81', '\x82', 0, 0, 0, 0, 'h', 'i' };
  char answer[12], byte;
  guint n_at_end = 0;

  if (!g_output_stream_write_all (output, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")), NULL,
                                  self->hang_up, NULL) ||
      !g_input_stream_read_all (input, answer, sizeof answer, NULL, self->hang_up, NULL))
    return;

  while (n_at_end < 4 && g_input_stream_read (input, &byte, 1, self->hang_up, NULL) == 1)
    n_at_end = byte == "\r\n\r\n"[n_at_end] ? n_at_end + 1 : byte == '\r';
  if (memcmp (answer, "HTTP/1.1 101", sizeof answer) == 0 &&
      g_output_stream_write_all (output, hi, sizeof hi, NULL, self->hang_up, NULL))
    g_input_stream_read_all (input, answer, 4, NULL, self->hang_up, NULL);
}

static GIOStream *
begin_tls (GIOStream *stream)
{
  GTlsBackend *backend = g_tls_backend_get_default ();

  /* If it were set later, the system's database would be loaded first, which is slow. */
  GIOStream *tls = g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, NULL,
                                   "base-io-stream", stream, "database",
                                   authority_get_database (), NULL);

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (trust), NULL);
  return tls;
}

static gpointer
run_client (gpointer data)
{
  Case *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) stream = NULL;

  g_socket_client_set_timeout (client, TIME_LIMIT / 2);
  stream = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, self->hang_up, NULL);
  if (stream != NULL)
    {
      g_autoptr (GIOStream) top = self->has_tls ? begin_tls (G_IO_STREAM (stream))
                                                : g_object_ref (G_IO_STREAM (stream));

      talk (self, top);
      g_io_stream_close (top, NULL, NULL);
    }

  g_atomic_int_set (&self->client_has_ended, TRUE);
  g_main_context_wakeup (NULL);
  g_main_context_wakeup (g_atomic_pointer_get (&self->waiting));
  return NULL;
}

static void
tear_down (Case *self)
{
  g_autoptr (GMainContext) waiting = NULL;

  set_things (self);
  shut_down (self);
  while (self->is_shutting_down && !self->is_shut_down)
    g_main_context_iteration (NULL, TRUE);
  drop_server (self);
  while (!g_atomic_int_get (&self->is_gone))
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  drop_parts (self);
  waiting = g_atomic_pointer_exchange (&self->waiting, NULL);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->hang_up);
  g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
}

static gboolean
is_refused (Answer answer)
{
  return answer == REFUSED || answer == REFUSED_LATER;
}

static gboolean
is_reached (Place  place,
            Answer answer)
{
  if (place == IN_FAILED)
    return is_refused (answer);

  return !is_refused (answer) || place <= IN_STATUS || place >= IN_TAP_BYTES;
}

static void
run_case (Place    place,
          Action   action,
          Answer   answer,
          gboolean has_tls,
          gboolean has_threads)
{
  Case self = {
    .place = place, .action = action, .answer = answer, .has_tls = has_tls,
    .has_threads = has_threads
  };

  g_autofree char *name = g_strdup_printf ("%s %s, answer %u, TLS %d, threads %d",
                                           place_names[place], action_names[action], answer,
                                           has_tls, has_threads);

  limit_set (TIME_LIMIT, name);
  set_up (&self);

  GThread *client = g_thread_new ("client", run_client, &self);

  while (!g_atomic_int_get (&self.client_has_ended) ||
         (!g_atomic_int_get (&self.is_gone) && g_list_model_get_n_items (self.list) > 0))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (client);
  tear_down (&self);
  g_assert_cmpint (self.n_done > 0, ==, is_reached (place, answer));
  limit_clear ();
}

static Place
get_place (guint number)
{
  return number / N_ACTIONS / 2;
}

static Action
get_action (guint number)
{
  return number / 2 % N_ACTIONS;
}

/* The server's list has a connection until its handlers have returned. */
static gboolean
waits_for_itself (guint number)
{
  Place place = get_place (number);

  return get_action (number) == DO_SHUT_DOWN_AND_RUN &&
         (place == IN_MESSAGE || place == IN_STATE || place == IN_CLOSED || place == IN_TAP_BYTES ||
          place == IN_TAP_STATE);
}

static void
test_callback (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Place place = get_place (number);
  Action action = get_action (number);

  for (Answer answer = 0; answer < N_ANSWERS; answer++)
    run_case (place, action, answer, FALSE, number % 2);
  run_case (place, action, ACCEPTED_LATER, TRUE, number % 2);
  run_case (place, action, REFUSED, TRUE, number % 2);
}

/* A newer handshake removes the oldest one, whose handler drops the server. */
static void
test_pushed_out (void)
{
  Case self = { .place = IN_FAILED, .action = DO_DROP_SERVER };
  int fds[3];

  limit_set (TIME_LIMIT, "a handshake that is pushed out");
  set_up (&self);
  g_object_set (self.server, "max-pending-handshakes", 1, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = knock_dial (self.port);
  while (!g_atomic_int_get (&self.is_gone))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_assert_true (wire_is_ended (fds[i]));
      close (fds[i]);
    }
  tear_down (&self);
}

static GIOStream *
make_stream (int *fd)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (pair[0], TRUE, NULL));
  *fd = pair[0];

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static WspConnection *
adopt (Case *self,
       int  *fd)
{
  g_autoptr (WspHeaders) headers = parse_headers (KNOCK_FIELDS "\r\n", NULL);
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_server ("GET", "/chat", "1.1", headers,
                                                                 NULL);
  g_autoptr (GIOStream) stream = make_stream (fd);

  return wsp_server_adopt (self->server, handshake, stream, NULL);
}

/* These two are notified inside a call of the program. */
static const Place called_inside[] = { IN_LISTED, IN_TAP_BYTES };

static void
test_inside_call (gconstpointer data)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("Hello");
  Case self = { .place = called_inside[GPOINTER_TO_UINT (data)], .action = DO_DROP_SERVER };
  int fd;

  limit_set (TIME_LIMIT, "what is told inside a call");
  set_up (&self);
  g_autoptr (WspConnection) connection = adopt (&self, &fd);

  g_assert_nonnull (connection);
  if (self.place == IN_TAP_BYTES)
    wsp_server_broadcast (self.server, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_cmpint (self.n_done, ==, 1);
  while (!g_atomic_int_get (&self.is_gone))
    g_main_context_iteration (NULL, TRUE);
  g_free (knock_read (fd, NULL));       /* until the end */
  close (fd);
  tear_down (&self);
}

static int n_finalized;         /* atomic */

static void
on_finalized (gpointer data,
              GObject *connection)
{
  g_atomic_int_inc (&n_finalized);
}

static gboolean
dispose_now (gpointer connection)
{
  g_object_run_dispose (connection);
  g_object_weak_ref (connection, on_finalized, NULL);   /* called by the dispose at its end */
  return G_SOURCE_REMOVE;
}

static void
dispose_idle (WspServer     *server,
              WspConnection *connection)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_LOW);
  g_source_set_callback (source, dispose_now, g_object_ref (connection), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* With no call under way, it still leaves the server, makes room for another one, and delays
 * neither a shutdown nor the end of the server. */
static void
test_disposed_idle (gconstpointer data)
{
  Case self = { .place = N_PLACES, .has_threads = GPOINTER_TO_UINT (data) };

  limit_set (TIME_LIMIT, "what was disposed while idle");
  set_up (&self);
  g_signal_connect_after (self.server, "connection", G_CALLBACK (dispose_idle), NULL);
  wsp_server_set_max_connections (self.server, 1);
  for (guint n_accepted = 0; n_accepted < 2;)
    {
      int fd = knock_dial (self.port);

      knock_send (fd, KNOCK_REQUEST (""));

      g_autofree char *answer = knock_read (fd, NULL);  /* until the end */

      close (fd);
      /* A thread may still have to tell the server that the connection before has left. */
      n_accepted += !g_str_has_prefix (answer, "HTTP/1.1 503");
    }
  tear_down (&self);
  g_assert_cmpint (n_finalized, ==, 2);
  n_finalized = 0;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  authority_get_certificate (CERTIFICATE_GOOD);
  authority_get_database ();

  for (guint i = 0; i < N_PLACES * N_ACTIONS * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-callbacks/%s/SEC-32-%s%s",
                                               place_names[get_place (i)],
                                               action_names[get_action (i)],
                                               i % 2 ? "-with-threads" : "");

      if (!waits_for_itself (i))
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_callback);
    }

  g_test_add_func ("/endpoint/server-callbacks/handshake-failed/SEC-32-pushed-out-by-a-newer-one",
                   test_pushed_out);
  for (guint i = 0; i < G_N_ELEMENTS (called_inside); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/server-callbacks/%s/SEC-32-inside-a-call",
                                               place_names[called_inside[i]]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_inside_call);
    }

  g_test_add_data_func ("/endpoint/server-callbacks/disposed-while-idle/SEC-32",
                        GUINT_TO_POINTER (FALSE), test_disposed_idle);
  g_test_add_data_func ("/endpoint/server-callbacks/disposed-while-idle/SEC-32-with-threads",
                        GUINT_TO_POINTER (TRUE), test_disposed_idle);

  return g_test_run ();
}
