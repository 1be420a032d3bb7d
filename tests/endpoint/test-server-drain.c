/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server that sends its clients away: each state of a drain with each call and event, and
 * connections that are too old. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "lib/limit.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <sys/socket.h>
#include <unistd.h>

#define TIME_LIMIT 120
#define HOUR 3600000
#define N_CLIENTS 24
#define SPREAD 6000             /* of the state CLOSING: many connections stay for a while */
#define STEP 20                 /* milliseconds, of test_evenly () */
#define AGE 2000                 /* a busy machine stops for a tenth of it now and then */
#define MARK "72 65 74 72 79 2d 61 66 74 65 72 3d 30"   /* retry-after=0 */
#define MARKED_CLOSE "88 0f 03 e9 " MARK
#define MARKED_LENGTH 17

typedef enum { IDLE, LEADING, CLOSING, GRACE, N_STATES } State;

typedef enum
{
  CANCEL,
  RESUME,
  SHUT_DOWN,
  DRAIN_AGAIN,
  NEW_CLIENT,
  STOP_ACCEPTING,
  DISPOSE,
  DISPOSE_IN_CALLBACK,
  DISPOSE_IN_NOTIFY,
  RESUME_IN_NOTIFY,
  SHUT_DOWN_IN_NOTIFY,
  DROP,
  ACCEPT_STREAM,
  ADOPT,
  N_EVENTS,
} Event;

static const char *const state_names[N_STATES] = { "idle", "leading", "closing", "grace" };

static const char *const event_names[N_EVENTS] = {
  "cancel", "resume", "shutdown", "second-drain", "new-client", "stop-accepting", "dispose",
  "callback-disposes", "notify-disposes", "notify-resumes", "notify-shuts-down",
  "last-reference-dropped", "accepted-stream", "adopted-stream",
};

typedef struct
{
  State         state;
  Event         event;
  guint         n_threads;
  WspServer    *server;
  guint16       port;
  GCancellable *cancellable;
  int           fds[N_CLIENTS];
  int           n_opened, n_closing, n_closed;  /* numbers of connections; atomic */
  GMutex        lock;
  GArray       *times;          /* times of the signals `closing`; locked */
  guint         n_notified, n_drained, n_shut_down;
  GError       *drained, *shut_down;    /* errors of the two calls; NULL: none */
  gboolean      disposes, shuts_down, resumes;
} Fixture;

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Fixture       *self)
{
  const gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  g_array_append_val (self->times, now);
  g_mutex_unlock (&self->lock);
  g_atomic_int_inc (&self->n_closing);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  (void) wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_atomic_int_inc), &self->n_closed);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start_receiving (connection);
  g_atomic_int_inc (&self->n_opened);
}

static void
on_shut_down (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Fixture *self = data;

  self->n_shut_down++;
  g_clear_error (&self->shut_down);
  g_assert_cmpint (wsp_server_shutdown_finish (WSP_SERVER (source), result, &self->shut_down), ==,
                   self->shut_down == NULL);
}

static void
shut_down (Fixture *self)
{
  wsp_server_shutdown_async (self->server, 1001, NULL, 0, NULL, on_shut_down, self);
}

static void
dispose (Fixture *self)
{
  g_object_run_dispose (G_OBJECT (self->server));
}

static void
on_drained (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Fixture *self = data;

  self->n_drained++;
  g_clear_error (&self->drained);
  g_assert_cmpint (wsp_server_drain_finish (WSP_SERVER (source), result, &self->drained), ==,
                   self->drained == NULL);
  if (self->event == DISPOSE_IN_CALLBACK)
    dispose (self);
}

/* The first notify comes from the call itself; the later ones, if any, from the end. */
static void
on_notify (WspServer  *server,
           GParamSpec *pspec,
           Fixture    *self)
{
  self->n_notified++;
  if (self->disposes)
    {
      self->disposes = FALSE;
      dispose (self);
    }
  if (self->shuts_down)
    {
      self->shuts_down = FALSE;
      shut_down (self);
    }
  if (self->resumes)
    {
      self->resumes = FALSE;
      wsp_server_resume (self->server);
    }
}

static void
drain (Fixture *self,
       guint    lead,
       guint    spread,
       guint    grace)
{
  wsp_server_drain_async (self->server, 1001, NULL, lead, spread, grace, self->cancellable,
                          on_drained, self);
}

static void
run_until_reached (int *n,
                   int  wanted)
{
  while (g_atomic_int_get (n) < wanted)
    g_main_context_iteration (NULL, FALSE);
}

static void
fixture_init (Fixture *self,
              guint    n_clients)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  self->server = wsp_server_new ();
  self->cancellable = g_cancellable_new ();
  self->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&self->lock);
  wsp_limits_set_close_timeout (limits, 0);     /* the clients never answer a Close */
  wsp_server_set_limits (self->server, limits);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "notify::draining", G_CALLBACK (on_notify), self);
  if (self->n_threads > 0)
    g_assert_true (wsp_server_start_workers (self->server, self->n_threads, NULL));
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  for (guint i = 0; i < n_clients; i++)
    self->fds[i] = knock_join (self->port);
  run_until_reached (&self->n_opened, n_clients);
}

static void
fixture_clear (Fixture *self,
               guint    n_clients)
{
  gpointer server = self->server;

  if (server != NULL)
    g_object_add_weak_pointer (server, &server);
  g_clear_object (&self->server);
  while (server != NULL)
    g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < n_clients; i++)
    close (self->fds[i]);
  g_object_unref (self->cancellable);
  g_array_unref (self->times);
  g_mutex_clear (&self->lock);
  g_clear_error (&self->drained);
  g_clear_error (&self->shut_down);
  run_pending ();
}

static void
lead_to (Fixture *self)
{
  switch (self->state)
    {
    case IDLE:
    case N_STATES:
      break;
    case LEADING:
      drain (self, HOUR, 0, HOUR);
      run_pending ();
      g_assert_cmpint (g_atomic_int_get (&self->n_closing), ==, 0);
      break;
    case CLOSING:
      drain (self, 0, SPREAD, HOUR);
      run_until_reached (&self->n_closing, 1);
      break;
    case GRACE:
      drain (self, 0, 0, HOUR);
      run_until_reached (&self->n_closing, N_CLIENTS);
      break;
    }

  g_assert_cmpint (wsp_server_get_draining (self->server), ==, self->state != IDLE);
  g_assert_cmpuint (self->n_notified, ==, self->state != IDLE);
}

static void
check_service (Fixture *self)
{
  GListModel *listeners = wsp_server_get_listeners (self->server);

  g_assert_false (wsp_server_get_draining (self->server));
  g_assert_cmpuint (self->n_notified % 2, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (listeners), ==, 1);

  int fd = knock_join (self->port);

  wire_write (fd, "81 81 00 00 00 00 61");
  g_autofree char *echo = wire_read (fd, 3);

  g_assert_cmpstr (echo, ==, "81 01 61");
  close (fd);
}

static void
check_ended (Fixture *self)
{
  run_until_reached (&self->n_closed, g_atomic_int_get (&self->n_opened));
  g_assert_false (wsp_server_get_draining (self->server));
  g_assert_cmpuint (self->n_notified % 2, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (wsp_server_get_listeners (self->server)), ==, 0);
}

static void
run_until_drained (Fixture *self)
{
  while (self->n_drained == 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
cancel (Fixture *self)
{
  if (self->state == IDLE)
    {
      g_cancellable_cancel (self->cancellable);
      drain (self, 0, 0, HOUR);
    }
  g_cancellable_cancel (self->cancellable);
  run_until_drained (self);
  g_assert_error (self->drained, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_ended (self);
}

static void
resume (Fixture *self)
{
  wsp_server_resume (self->server);
  g_assert_false (wsp_server_get_draining (self->server));
  run_pending ();
  g_assert_cmpuint (self->n_drained, ==, self->state != IDLE);
  if (self->state != IDLE)
    g_assert_error (self->drained, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  check_service (self);
  if (self->state != GRACE)
    g_assert_cmpint (g_atomic_int_get (&self->n_closing), <, N_CLIENTS);
}

static void
check_shut_down (Fixture *self)
{
  while (self->n_shut_down == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_no_error (self->shut_down);
  if (self->n_drained > 0)
    g_assert_error (self->drained, WSP_ERROR, WSP_ERROR_CLOSED);
  check_ended (self);
}

static void
drain_again (Fixture *self)
{
  if (self->state == IDLE)
    drain (self, HOUR, 0, 0);
  wsp_server_drain_async (self->server, 1001, NULL, 0, 0, 0, NULL, on_drained, self);
  run_until_drained (self);
  g_assert_error (self->drained, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_true (wsp_server_get_draining (self->server));
  self->n_drained = 0;
  self->state = LEADING;
  cancel (self);
}

/* The last client is closed at once. */
static void
check_newcomer (Fixture *self,
                int      fd)
{
  if (self->state == GRACE)
    {
      g_autofree char *frame = wire_read (fd, MARKED_LENGTH);

      g_assert_cmpstr (frame, ==, MARKED_CLOSE);
    }
  else
    {
      wire_write (fd, "81 81 00 00 00 00 61");
      g_autofree char *echo = wire_read (fd, 3);

      g_assert_cmpstr (echo, ==, "81 01 61");
    }
  shut_down (self);
  check_shut_down (self);
  close (fd);
}

static void
come (Fixture *self)
{
  check_newcomer (self, knock_join (self->port));
}

static GIOStream *
make_stream (int *fd)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[0], NULL);

  *fd = pair[1];
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
accept_stream (Fixture *self)
{
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);

  g_assert_true (wsp_server_accept_stream (self->server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  knock_send (fd, KNOCK_REQUEST (""));
  g_autofree char *response = knock_read (fd, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  check_newcomer (self, fd);
}

static void
adopt (Fixture *self)
{
  static const char *const fields[] = {
    "Host", "localhost", "Upgrade", "websocket", "Connection", "Upgrade",
    "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version", "13",
  };
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  int fd;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i += 2)
    g_assert_true (wsp_headers_append (headers, fields[i], fields[i + 1], NULL));
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_server ("GET", "/chat", "HTTP/1.1",
                                                                 headers, NULL);
  g_autoptr (GIOStream) stream = make_stream (&fd);

  g_assert_true (wsp_server_process_handshake (self->server, handshake, NULL));
  g_autoptr (WspConnection) connection = wsp_server_adopt (self->server, handshake, stream, NULL);

  g_assert_nonnull (connection);
  check_newcomer (self, fd);
}

/* A drain holds its server until it has ended: here because all clients have gone, or by its
 * cancellable. */
static void
drop_server (Fixture *self)
{
  gpointer server = self->server;

  g_object_add_weak_pointer (server, &server);
  g_clear_object (&self->server);
  run_pending ();
  g_assert_cmpint (server != NULL, ==, self->state != IDLE);
  g_assert_cmpuint (self->n_drained, ==, 0);
  for (guint i = 0; i < N_CLIENTS && self->state == GRACE; i++)
    shutdown (self->fds[i], SHUT_RDWR);
  if (self->state != GRACE)
    g_cancellable_cancel (self->cancellable);
  while (server != NULL)
    g_main_context_iteration (NULL, FALSE);
  run_pending ();
  run_until_reached (&self->n_closed, N_CLIENTS);
  g_assert_cmpuint (self->n_drained, ==, self->state != IDLE);
  if (self->state == LEADING || self->state == CLOSING)
    g_assert_error (self->drained, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_no_error (self->drained);
}

/* The drain goes on without listeners, and resume () brings none back. */
static void
stop_accepting (Fixture *self)
{
  GListModel *listeners = wsp_server_get_listeners (self->server);

  wsp_server_stop_accepting (self->server);
  run_pending ();
  g_assert_cmpuint (self->n_drained, ==, 0);
  g_assert_cmpint (wsp_server_get_draining (self->server), ==, self->state != IDLE);
  wsp_server_resume (self->server);
  g_assert_cmpuint (g_list_model_get_n_items (listeners), ==, 0);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  check_service (self);
}

static void
check_disposed (Fixture *self)
{
  run_pending ();
  run_until_reached (&self->n_closed, N_CLIENTS);
  g_assert_false (wsp_server_get_draining (self->server));
  if (self->state != IDLE)
    {
      run_until_drained (self);
      g_assert_no_error (self->drained);
    }
}

static void
dispose_in_callback (Fixture *self)
{
  if (self->state == IDLE)
    wsp_server_drain_async (self->server, 1005, NULL, 0, 0, 0, NULL, on_drained, self);
  else if (self->state == GRACE)
    {
      for (guint i = 0; i < N_CLIENTS; i++)
        shutdown (self->fds[i], SHUT_RDWR);
    }
  else
    g_cancellable_cancel (self->cancellable);

  run_until_drained (self);
  run_until_reached (&self->n_closed, N_CLIENTS);
}

/* notify::draining of the beginning, from LEADING on: of the end. */
static void
act_in_notify (Fixture *self)
{
  self->disposes = self->event == DISPOSE_IN_NOTIFY;
  self->shuts_down = self->event == SHUT_DOWN_IN_NOTIFY;
  self->resumes = self->event == RESUME_IN_NOTIFY;
  if (self->state == IDLE)
    drain (self, HOUR, 0, HOUR);
  else
    g_cancellable_cancel (self->cancellable);
  run_until_drained (self);
  run_pending ();
  while (self->event == SHUT_DOWN_IN_NOTIFY && self->n_shut_down == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_no_error (self->shut_down);
  if (self->event == RESUME_IN_NOTIFY && self->state == IDLE)
    check_service (self);
  else
    run_until_reached (&self->n_closed, N_CLIENTS);
}

static void
test_transition (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Fixture self = {
    .state = row % N_STATES,
    .event = row / N_STATES % N_EVENTS,
    .n_threads = row / N_STATES / N_EVENTS * 2,
  };

  limit_set (TIME_LIMIT, event_names[self.event]);
  fixture_init (&self, N_CLIENTS);
  lead_to (&self);
  switch (self.event)
    {
    case CANCEL:
      cancel (&self);
      break;
    case RESUME:
      resume (&self);
      break;
    case SHUT_DOWN:
      shut_down (&self);
      check_shut_down (&self);
      g_assert_cmpuint (self.n_drained, ==, self.state != IDLE);
      break;
    case DRAIN_AGAIN:
      drain_again (&self);
      break;
    case NEW_CLIENT:
      come (&self);
      break;
    case STOP_ACCEPTING:
      stop_accepting (&self);
      break;
    case DISPOSE:
      dispose (&self);
      check_disposed (&self);
      break;
    case DISPOSE_IN_CALLBACK:
      dispose_in_callback (&self);
      break;
    case DISPOSE_IN_NOTIFY:
    case RESUME_IN_NOTIFY:
    case SHUT_DOWN_IN_NOTIFY:
      act_in_notify (&self);
      break;
    case DROP:
      drop_server (&self);
      break;
    case ACCEPT_STREAM:
      accept_stream (&self);
      break;
    case ADOPT:
      adopt (&self);
      break;
    case N_EVENTS:
      break;
    }

  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

static int
compare_times (gconstpointer one,
               gconstpointer other)
{
  const gint64 difference = *(const gint64 *) one - *(const gint64 *) other;

  return (difference > 0) - (difference < 0);
}

/* No client leaves within lead, and at no time have more left than the time permits. */
static void
test_evenly (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };
  const guint n_workers = MAX (self.n_threads, 1);
  const gint64 step = STEP * 1000 * n_workers;
  gint64 begun;

  limit_set (TIME_LIMIT, "an even drain");
  fixture_init (&self, N_CLIENTS);
  begun = g_get_monotonic_time ();
  drain (&self, 100, N_CLIENTS * STEP, HOUR);
  run_until_reached (&self.n_closing, N_CLIENTS);
  g_array_sort (self.times, compare_times);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      const gint64 earliest = begun + 100 * 1000 + (i / n_workers) * step - step;

      g_assert_cmpint (g_array_index (self.times, gint64, i), >=, MAX (earliest, begun + 100000));
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (self.fds[i], MARKED_LENGTH);

      g_assert_cmpstr (frame, ==, MARKED_CLOSE);
      wire_write (self.fds[i], "88 82 00 00 00 00 03 e9");
    }
  run_until_drained (&self);
  g_assert_no_error (self.drained);
  check_ended (&self);
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

/* The order is neither that of coming nor its reverse: 24 connections have more than 10^23. */
static void
test_randomly (void)
{
  Fixture self = { 0 };
  gboolean is_sorted = TRUE, is_reversed = TRUE;
  int left[N_CLIENTS];
  guint n_left = 0;

  limit_set (TIME_LIMIT, "a random drain");
  fixture_init (&self, N_CLIENTS);
  drain (&self, 0, N_CLIENTS * STEP, HOUR);
  while (n_left < N_CLIENTS)
    {
      g_main_context_iteration (NULL, FALSE);
      for (guint i = 0; i < N_CLIENTS; i++)
        {
          guint8 frame[MARKED_LENGTH];

          if (recv (self.fds[i], frame, sizeof frame, MSG_DONTWAIT) > 0)
            left[n_left++] = (int) i;
        }
    }
  for (guint i = 1; i < N_CLIENTS; i++)
    {
      is_sorted &= left[i] > left[i - 1];
      is_reversed &= left[i] < left[i - 1];
    }
  g_assert_false (is_sorted);
  g_assert_false (is_reversed);
  wsp_server_resume (self.server);
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

static void
resume_when_freed (gpointer data)
{
  Fixture *self = data;

  if (self->server != NULL)
    wsp_server_resume (self->server);
}

static void
keep_reason (WspConnection *connection,
             guint          code,
             const char    *reason,
             char         **place)
{
  *place = g_strdup (reason);
}

/* Begins a message in parts, and sends one behind it, which a Close drops. */
static GOutputStream *
send_behind (Fixture       *self,
             WspConnection *connection)
{
  GOutputStream *parts =
    wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func ("behind", 6, resume_when_freed, self);
  g_autoptr (WspMessage) behind = wsp_message_new_binary_bytes (bytes);

  g_assert_true (g_output_stream_write_all (parts, "begun", 5, NULL, NULL, NULL));
  run_pending ();
  g_assert_true (wsp_connection_queue_message (connection, behind, WSP_SEND_FLAGS_DEFAULT, NULL));
  return parts;
}

/* The first Close ends the drain: its reason arrives, and there is no other one. */
static void
test_resumed_in_close (gconstpointer spread)
{
  Fixture self = { 0 };
  GOutputStream *parts[2];
  g_autofree char *reason = NULL;

  limit_set (TIME_LIMIT, "a drain that is resumed inside a Close");
  fixture_init (&self, G_N_ELEMENTS (parts));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (WspConnection) connection =
        g_list_model_get_item (wsp_server_get_connections (self.server), i);

      parts[i] = send_behind (&self, connection);
      g_signal_connect (connection, "closing", G_CALLBACK (keep_reason), &reason);
    }
  drain (&self, 0, GPOINTER_TO_UINT (spread), HOUR);
  run_until_drained (&self);
  g_assert_error (self.drained, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  run_pending ();
  g_assert_cmpint (self.n_closing, ==, 1);
  g_assert_cmpstr (reason, ==, "retry-after=0");
  fixture_clear (&self, G_N_ELEMENTS (parts));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_object_unref (parts[i]);
  limit_clear ();
}

/* Without grace a drain drops the handshakes, unless a Close has ended the drain. */
static void
test_handshake_after_resume (void)
{
  Fixture self = { 0 };
  g_autoptr (GOutputStream) parts = NULL;
  int half;

  limit_set (TIME_LIMIT, "a handshake in a drain that is resumed");
  fixture_init (&self, 1);
  g_autoptr (WspConnection) connection =
    g_list_model_get_item (wsp_server_get_connections (self.server), 0);

  parts = send_behind (&self, connection);
  half = knock_dial (self.port);
  knock_send (half, "GET /chat HTTP/1.1\r\n");
  run_pending ();
  drain (&self, 0, 0, 0);
  run_until_drained (&self);
  g_assert_error (self.drained, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  knock_send (half, KNOCK_FIELDS "\r\n");
  g_autofree char *response = knock_read (half, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 101 "));
  close (half);
  fixture_clear (&self, 1);
  limit_clear ();
}

/* After grace, the rest is aborted. */
static void
test_grace (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };

  limit_set (TIME_LIMIT, "the end of a drain");
  fixture_init (&self, N_CLIENTS);
  drain (&self, 0, 20, 50);
  run_until_drained (&self);
  g_assert_no_error (self.drained);
  g_assert_cmpint (g_atomic_int_get (&self.n_closing), ==, N_CLIENTS);
  check_ended (&self);
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

/* `draining` is TRUE during a shutdown, and neither a drain nor resume () takes over from it. */
static void
test_in_shutdown (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };

  limit_set (TIME_LIMIT, "a drain in a shutdown");
  fixture_init (&self, N_CLIENTS);
  wsp_server_shutdown_async (self.server, 1001, NULL, HOUR, NULL, on_shut_down, &self);
  g_assert_true (wsp_server_get_draining (self.server));
  drain (&self, 0, 0, 0);
  wsp_server_resume (self.server);
  run_until_drained (&self);
  g_assert_error (self.drained, G_IO_ERROR, G_IO_ERROR_PENDING);
  run_until_reached (&self.n_closing, N_CLIENTS);
  g_assert_true (wsp_server_get_draining (self.server));
  g_assert_cmpuint (self.n_shut_down, ==, 0);
  for (guint i = 0; i < N_CLIENTS; i++)
    shutdown (self.fds[i], SHUT_RDWR);
  g_clear_error (&self.drained);
  self.n_drained = 0;
  check_shut_down (&self);
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

static gboolean
answer_http (WspServer      *server,
             WspHttpRequest *request,
             gpointer        data)
{
  wsp_http_request_respond (request, wsp_server_get_draining (server) ? 503 : 200, NULL, NULL);
  return TRUE;
}

static void
check_health (Fixture    *self,
              const char *expected)
{
  g_autofree char *response =
    knock_ask (self->port, "GET /health HTTP/1.1\r\n" KNOCK_HOST "\r\n", "\r\n\r\n");

  g_assert_true (g_str_has_prefix (response, expected));
}

/* A server without clients leads all the same, and its answers say it. */
static void
test_health (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };

  limit_set (TIME_LIMIT, "a health check");
  fixture_init (&self, 0);
  g_signal_connect (self.server, "http-request", G_CALLBACK (answer_http), NULL);
  check_health (&self, "HTTP/1.1 200");
  drain (&self, HOUR, 0, HOUR);
  check_health (&self, "HTTP/1.1 503");
  g_assert_cmpuint (self.n_drained, ==, 0);
  wsp_server_resume (self.server);
  check_health (&self, "HTTP/1.1 200");
  fixture_clear (&self, 0);
  limit_clear ();
}

static const struct
{
  const char *name;
  guint       code, length;     /* close code; length of the reason, 0: none */
  char        character;
  gboolean    is_allowed;
} reason_cases[] = {
  { "none", 1001, 0, 0, TRUE },
  { "108", 1001, 108, 'a', TRUE },
  { "109-refused", 1001, 109, 'a', FALSE },
  { "123-refused", 1001, 123, 'a', FALSE },
  { "not-utf8-refused", 1001, 1, '\xff', FALSE },
  { "1012", 1012, 1, 'a', TRUE },
  { "4999", 4999, 0, 0, TRUE },
  { "1005-refused", 1005, 0, 0, FALSE },
  { "1006-refused", 1006, 0, 0, FALSE },
  { "65536-refused", 66537, 0, 0, FALSE },      /* 65536 + 1001 */
};

static void
test_reason (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture self = { 0 };
  g_autofree char *reason = reason_cases[i].length > 0
                            ? g_strnfill (reason_cases[i].length, reason_cases[i].character) : NULL;

  limit_set (TIME_LIMIT, reason_cases[i].name);
  fixture_init (&self, 1);
  wsp_server_drain_async (self.server, reason_cases[i].code, reason, 0, 0, HOUR, NULL, on_drained,
                          &self);
  g_assert_cmpint (wsp_server_get_draining (self.server), ==, reason_cases[i].is_allowed);
  if (reason_cases[i].is_allowed)
    {
      guint code = reason_cases[i].code;
      g_autofree char *expected =
        g_strdup_printf ("88 %02x %02x %02x " MARK "%s",
                         15 + (reason != NULL ? 2 + reason_cases[i].length : 0), code >> 8,
                         code & 0xff, reason != NULL ? " 3b 20 61" : "");
      g_autofree char *frame = wire_read (self.fds[0], MARKED_LENGTH + (reason != NULL ? 3 : 0));

      g_assert_cmpstr (frame, ==, expected);
    }
  else
    {
      run_until_drained (&self);
      g_assert_error (self.drained, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
    }
  wsp_server_resume (self.server);
  fixture_clear (&self, 1);
  limit_clear ();
}

/* Each connection gets old for itself, and not before 90 % of the limit.  One that was made while
 * there was no limit stays. */
static void
test_age (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };
  gint64 begun, first, last;

  limit_set (TIME_LIMIT, "old connections");
  fixture_init (&self, 1);
  wsp_server_set_max_connection_age (self.server, AGE);
  begun = g_get_monotonic_time ();
  for (guint i = 1; i < N_CLIENTS; i++)
    self.fds[i] = knock_join (self.port);
  shutdown (self.fds[1], SHUT_RDWR);    /* it leaves before it is old */
  run_until_reached (&self.n_closed, 1);
  run_until_reached (&self.n_closing, N_CLIENTS - 2);
  for (guint i = 2; i < N_CLIENTS; i++)
    {
      g_autofree char *frame = wire_read (self.fds[i], MARKED_LENGTH);

      g_assert_cmpstr (frame, ==, MARKED_CLOSE);
    }

  wire_write (self.fds[0], "81 81 00 00 00 00 61");
  g_autofree char *echo = wire_read (self.fds[0], 3);

  g_assert_cmpstr (echo, ==, "81 01 61");
  g_array_sort (self.times, compare_times);
  first = g_array_index (self.times, gint64, 0);
  last = g_array_index (self.times, gint64, N_CLIENTS - 3);
  g_assert_cmpint (first - begun, >=, AGE * 900);
  g_assert_cmpint (last - first, >, AGE * 20);  /* of 200: each has its own */
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

/* An old connection and a drain, at the same time and in a server that ends. */
static void
test_age_and_drain (gconstpointer data)
{
  Fixture self = { .n_threads = GPOINTER_TO_UINT (data) };

  limit_set (TIME_LIMIT, "old connections in a drain");
  fixture_init (&self, 0);
  wsp_server_set_max_connection_age (self.server, 50);
  for (guint i = 0; i < N_CLIENTS; i++)
    self.fds[i] = knock_join (self.port);
  drain (&self, 0, 100, 20);
  run_until_drained (&self);
  g_assert_no_error (self.drained);
  check_ended (&self);
  fixture_clear (&self, N_CLIENTS);
  limit_clear ();
}

static void
add_with_threads (const char   *path,
                  GTestDataFunc test)
{
  g_autofree char *threaded = g_strconcat (path, "-with-threads", NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (0), test);
  g_test_add_data_func (threaded, GUINT_TO_POINTER (2), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_STATES * N_EVENTS * 2; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/server-drain/%s/%s%s", state_names[i % N_STATES],
                         event_names[i / N_STATES % N_EVENTS],
                         i / N_STATES / N_EVENTS > 0 ? "-with-threads" : "");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_transition);
    }
  ADD_ROWS ("/endpoint/server-drain/reason", reason_cases, test_reason);
  add_with_threads ("/endpoint/server-drain/closes-evenly", test_evenly);
  g_test_add_func ("/endpoint/server-drain/closes-in-random-order", test_randomly);
  g_test_add_func ("/endpoint/server-drain/resumed-in-a-close-keeps-handshakes",
                   test_handshake_after_resume);
  g_test_add_data_func ("/endpoint/server-drain/resumed-in-the-first-close",
                        GUINT_TO_POINTER (500), test_resumed_in_close);
  g_test_add_data_func ("/endpoint/server-drain/resumed-in-a-close-of-all",
                        GUINT_TO_POINTER (0), test_resumed_in_close);
  add_with_threads ("/endpoint/server-drain/aborts-after-grace", test_grace);
  add_with_threads ("/endpoint/server-drain/in-a-shutdown-pending", test_in_shutdown);
  add_with_threads ("/endpoint/server-drain/health-is-told", test_health);
  add_with_threads ("/endpoint/server-drain/max-connection-age", test_age);
  add_with_threads ("/endpoint/server-drain/max-connection-age-in-a-drain", test_age_and_drain);
  return g_test_run ();
}
