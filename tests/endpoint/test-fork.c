/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Objects of the library after a fork (): the child may use and drop what is older, and disturbs
 * nothing of the parent.  Each row brings the parent into a state, and forks.  The parent does
 * nothing until the child has ended: so the child finds each message, each timer and each call that
 * the parent has not come to.  Afterwards the sockets are as they were, and the parent goes on.
 *
 * A child that fails prints why, and ends with status 1. */
#include <libwsproto/wsproto.h>

#include "endpoint/far/certificates.h"
#include "lib/limit.h"
#include "lib/log-watch.h"
#include "lib/tcp-streams.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIME_LIMIT 600
#define CHILD_SECONDS 20
/* ThreadSanitizer ends the child of a program with threads that begins a thread. */
#ifdef __SANITIZE_THREAD__
#define MAY_BEGIN_THREADS FALSE
#else
#define MAY_BEGIN_THREADS TRUE
#endif
#define N_MAX 6
#define N_MESSAGES 5
#define MAX_FDS 512
#define INHERITED "belongs to the process that made it"

typedef enum
{
  DEED_ITERATES,                /* iterate the main context, before all else */
  DEED_CALLS,                   /* call all objects, before the main context is iterated */
  DEED_DROPS,                   /* drop all references, before the main context is iterated */
  DEED_LEAVES_HANDLER,          /* leave the handler that has forked, and go on in the main loop of
                                 * the parent */
} Deed;

static const char *const deed_names[] = {
  "iterates", "calls", "drops",
};

/* GIO does TLS in threads of the parent, which the child has not. */
typedef enum
{
  LAYERS_ALL,
  LAYERS_WITHOUT_GIO_TLS,
  LAYERS_PLAIN,                 /* connections without TLS; TLS of streams that were taken over is
                                 * GIO's */
} Layers;

typedef struct _Scene Scene;

typedef struct
{
  const char *name;
  void (*begin)(Scene *self);   /* function that the parent calls before the fork () */
  void (*call)(Scene *self);    /* function that the child calls; nullable */
  void (*end)(Scene *self);     /* function that the parent calls when the child has ended */
  Layers layers;
} Subject;

typedef struct
{
  const Subject *subject;
  Deed           deed;
  gboolean       has_tls;
  guint          n;             /* number of pairs: one is polled, more need epoll */
} Row;

struct _Scene
{
  const Row      *row;
  WspServer      *server;
  WspListener    *listener;
  WspClient      *client;
  WspGroup       *group;
  WspReconnector *reconnector;
  GPtrArray      *near, *far;   /* connections of the client, and of the server (WspConnection) */
  GPtrArray      *requests;     /* deferred requests (WspHandshake) */
  GPtrArray      *streams;      /* streams that the connections have taken over (GIOStream) */
  guint           n_near_messages, n_far_messages;
  guint           n_results, n_failures;
  guint           n_invoked, n_failed_attempts, n_reconnected;
  gboolean        defers, was_shutdown;
};

static gboolean is_child;
static gboolean has_own;        /* handlers and callbacks are the child's from now on */
static guint n_called_in_child; /* handlers and callbacks of the parent's */
static guint n_log_lines;       /* about threads */

#define check(condition) \
  G_STMT_START { \
    if (!(condition)) fail_here (__LINE__, #condition); \
  } G_STMT_END

static void
fail_here (int         line,
           const char *what)
{
  g_printerr ("%s, line %d: %s\n", is_child ? "child" : "parent", line, what);
  if (is_child)
    _exit (1);
  g_assert_not_reached ();
}

static void
note (void)
{
  n_called_in_child += is_child && !has_own;
}

static void
check_inherited (GError *error)
{
  check (error != NULL);
  check (strstr (error->message, INHERITED) != NULL);
  g_error_free (error);
}

static gboolean
set_over (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
iterate_for (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, set_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

#define iterate_until(condition) \
  G_STMT_START { \
    const gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; \
    while (!(condition) && g_get_monotonic_time () < end) \
    iterate_for (2); \
    check (condition); \
  } G_STMT_END

/* The sockets: what is unread, and the state of TCP. */

typedef struct
{
  int unread[MAX_FDS];
  int states[MAX_FDS];          /* states of the TCP connections; -1: no connection */
} Sockets;

static void
look (Sockets *self)
{
  for (int fd = 0; fd < MAX_FDS; fd++)
    {
      struct tcp_info info = { 0 };
      socklen_t length = sizeof info;

      self->unread[fd] = 0;
      self->states[fd] = -1;
      if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_state == 10)
        continue;               /* 10: it listens */

      self->states[fd] = info.tcpi_state;
      ioctl (fd, FIONREAD, &self->unread[fd]);
    }
}

static void
check_sockets (const Sockets *before)
{
  Sockets now;

  look (&now);
  for (int fd = 0; fd < MAX_FDS; fd++)
    {
      g_assert_cmpint (now.states[fd], ==, before->states[fd]);
      g_assert_cmpint (now.unread[fd], ==, before->unread[fd]);
    }
}

/* The scene. */

static void
on_signal (gpointer instance,
           ...)
{
  note ();
}

static void
on_notify (GObject    *object,
           GParamSpec *pspec,
           gpointer    data)
{
  note ();
}

static void
watch_signals (WspConnection *connection)
{
  static const char *const names[] = { "closing", "closed", "skipped", "writable", "pong" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect (connection, names[i], G_CALLBACK (on_signal), NULL);
  g_signal_connect (connection, "notify", G_CALLBACK (on_notify), NULL);
}

static void
on_near_message (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       data)
{
  Scene *self = data;

  note ();
  self->n_near_messages++;
}

static void
on_far_message (WspConnection *connection,
                WspMessage    *message,
                gpointer       data)
{
  Scene *self = data;

  note ();
  self->n_far_messages++;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Scene         *self)
{
  note ();
  g_ptr_array_add (self->far, g_object_ref (connection));
  wsp_connection_set_message_func (connection, on_far_message, self, NULL);
  watch_signals (connection);
  if (self->group != NULL)
    g_assert_true (wsp_group_add (self->group, connection, NULL));
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Scene        *self)
{
  note ();
  if (!self->defers)
    return TRUE;

  wsp_handshake_defer (handshake);
  g_ptr_array_add (self->requests, g_object_ref (handshake));
  return FALSE;
}

static void
keep_near (Scene         *self,
           WspConnection *connection,
           GError        *error)
{
  note ();
  g_assert_no_error (error);
  g_ptr_array_add (self->near, connection);
  wsp_connection_set_message_func (connection, on_near_message, self, NULL);
  watch_signals (connection);
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  keep_near (data, connection, error);
}

static void
on_opened (GObject      *client,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_client_open_finish (WSP_CLIENT (client), result, &error);

  keep_near (data, connection, error);
}

static char *
make_uri (Scene *self)
{
  return g_strdup_printf ("%s://127.0.0.1:%u/", self->row->has_tls ? "wss" : "ws",
                          wsp_listener_get_port (self->listener));
}

static void
connect_all (Scene *self)
{
  g_autofree char *uri = make_uri (self);

  for (guint i = 0; i < self->row->n; i++)
    wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, on_connected, self);
}

static WspClient *
make_client (Scene *self)
{
  WspClient *client = wsp_client_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new ("direct://", NULL);

  wsp_client_set_proxy_resolver (client, direct);
  g_object_set (client, "concurrent-connects", TRUE, NULL);
  if (self->row->has_tls)
    wsp_client_set_tls_database (client, authority_get_database ());
  return client;
}

static void
scene_begin (Scene     *self,
             const Row *row,
             guint      n_threads)
{
  *self = (Scene) { .row = row };
  self->near = g_ptr_array_new_with_free_func (g_object_unref);
  self->far = g_ptr_array_new_with_free_func (g_object_unref);
  self->requests = g_ptr_array_new_with_free_func (g_object_unref);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = wsp_server_new ();
  self->client = make_client (self);
  if (row->has_tls)
    wsp_server_set_tls_certificate (self->server, authority_get_certificate (CERTIFICATE_GOOD));
  if (n_threads == 0)
    {
      g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
      g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
    }
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_signal), NULL);
  g_signal_connect (self->client, "event", G_CALLBACK (on_signal), NULL);
  g_signal_connect (self->client, "prepare", G_CALLBACK (on_signal), NULL);
  if (n_threads > 0)
    g_assert_true (wsp_server_start_workers (self->server, n_threads, NULL));
  self->listener = wsp_server_listen_inet (self->server, "127.0.0.1", 0,
                                           row->has_tls ? WSP_LISTEN_FLAGS_TLS
                                                        : WSP_LISTEN_FLAGS_DEFAULT, NULL);
  g_assert_nonnull (self->listener);
  g_object_ref (self->listener);
}

static void
scene_drop (Scene *self)
{
  g_clear_object (&self->group);
  g_clear_object (&self->reconnector);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->near, g_ptr_array_unref);
  g_clear_pointer (&self->far, g_ptr_array_unref);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_object (&self->client);
  g_clear_object (&self->listener);
  g_clear_object (&self->server);
}

/* Opened, but nobody iterates any more. */
static void
begin_open (Scene *self)
{
  connect_all (self);
  iterate_until (self->near->len == self->row->n && self->far->len == self->row->n);
  iterate_for (20);
}

/* Streams of the program, which holds them. */
static void
begin_taken_over (Scene *self)
{
  for (guint i = 0; i < self->row->n; i++)
    {
      GIOStream *streams[2];
      g_autoptr (GSocketAddress) address = tcp_streams_make (streams, "127.0.0.1");
      g_autoptr (WspHandshake) handshake =
        wsp_handshake_new_client ("ws://127.0.0.1/", NULL, NULL, NULL);

      g_ptr_array_add (self->streams, streams[0]);
      g_ptr_array_add (self->streams, streams[1]);
      g_assert_true (wsp_server_accept_stream (self->server, streams[1], WSP_LISTEN_FLAGS_DEFAULT,
                                               NULL));
      wsp_client_open_async (self->client, handshake, streams[0], NULL, on_opened, self);
    }
  iterate_until (self->near->len == self->row->n && self->far->len == self->row->n);
  iterate_for (20);
}

static void
queue_messages (Scene *self)
{
  for (guint i = 0; i < self->row->n; i++)
    for (guint k = 0; k < N_MESSAGES; k++)
      {
        g_assert_true (wsp_connection_queue_text (self->near->pdata[i], "near", NULL));
        g_assert_true (wsp_connection_queue_text (self->far->pdata[i], "far", NULL));
      }
}

static void
begin_traffic (Scene *self)
{
  begin_open (self);
  queue_messages (self);
}

static void
begin_taken_over_traffic (Scene *self)
{
  begin_taken_over (self);
  queue_messages (self);
}

static void
check_open (Scene *self)
{
  for (guint i = 0; i < self->row->n; i++)
    {
      g_assert_cmpint (wsp_connection_get_state (self->near->pdata[i]), ==,
                       WSP_CONNECTION_STATE_OPEN);
      g_assert_cmpint (wsp_connection_get_state (self->far->pdata[i]), ==,
                       WSP_CONNECTION_STATE_OPEN);
    }
}

static void
end_traffic (Scene *self)
{
  const guint n = self->row->n * N_MESSAGES;

  iterate_until (self->n_near_messages == n && self->n_far_messages == n);
  check_open (self);
}

static void
end_open (Scene *self)
{
  const guint before = self->n_far_messages;

  for (guint i = 0; i < self->row->n; i++)
    g_assert_true (wsp_connection_queue_text (self->near->pdata[i], "still open", NULL));
  iterate_until (self->n_far_messages == before + self->row->n);
  check_open (self);
}

static void
begin_keepalive (Scene *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  g_object_set (limits, "keepalive-interval", 100, NULL);
  wsp_server_set_limits (self->server, limits);
  begin_open (self);
}

static void
end_nothing (Scene *self)
{
}

/* Calls of inherited connections. */

typedef struct
{
  guint n_errors;
} Refused;

static void
on_flushed (GObject      *connection,
            GAsyncResult *result,
            gpointer      data)
{
  Refused *self = data;
  GError *error = NULL;

  check (!wsp_connection_flush_finish (WSP_CONNECTION (connection), result, &error));
  check_inherited (error);
  self->n_errors++;
}

static void
on_received (GObject      *connection,
             GAsyncResult *result,
             gpointer      data)
{
  Refused *self = data;
  GError *error = NULL;

  check (wsp_connection_receive_finish (WSP_CONNECTION (connection), result, &error) == NULL);
  check_inherited (error);
  self->n_errors++;
}

static void
on_pinged (GObject      *connection,
           GAsyncResult *result,
           gpointer      data)
{
  Refused *self = data;
  GError *error = NULL;

  check (wsp_connection_ping_finish (WSP_CONNECTION (connection), result, &error) < 0);
  check_inherited (error);
  self->n_errors++;
}

static void
on_closed_call (GObject      *connection,
                GAsyncResult *result,
                gpointer      data)
{
  Refused *self = data;
  GError *error = NULL;

  check (!wsp_connection_close_finish (WSP_CONNECTION (connection), result, &error));
  check_inherited (error);
  self->n_errors++;
}

static void
on_sent_call (GObject      *connection,
              GAsyncResult *result,
              gpointer      data)
{
  Refused *self = data;
  GError *error = NULL;

  check (!wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, &error));
  check_inherited (error);
  self->n_errors++;
}

static void
call_connection (WspConnection *connection)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("child");
  Refused refused = { 0 };
  GError *error = NULL;

  check (!wsp_connection_queue_text (connection, "child", &error));
  check_inherited (g_steal_pointer (&error));
  check (!wsp_connection_send_from_thread (connection, message, WSP_SEND_FLAGS_DEFAULT, &error));
  check_inherited (g_steal_pointer (&error));
  check (wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT, WSP_SEND_FLAGS_DEFAULT,
                                       &error) == NULL);
  check_inherited (g_steal_pointer (&error));
  check (wsp_message_broadcast (message, &connection, 1, WSP_SEND_FLAGS_DEFAULT) == 0);
  check (wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_CLOSED);
  wsp_connection_start_receiving (connection);
  wsp_connection_abort (connection);
  wsp_connection_flush_async (connection, NULL, on_flushed, &refused);
  wsp_connection_ping_async (connection, NULL, NULL, on_pinged, &refused);
  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     on_sent_call, &refused);
  wsp_connection_close_async (connection, 1000, NULL, NULL, on_closed_call, &refused);
  wsp_connection_receive_async (connection, NULL, on_received, &refused);
  iterate_until (refused.n_errors == 5);
}

static void
call_connections (Scene *self)
{
  for (guint i = 0; i < self->near->len; i++)
    call_connection (self->near->pdata[i]);
  for (guint i = 0; i < self->far->len; i++)
    call_connection (self->far->pdata[i]);
}

/* Calls that the parent has begun. */

static void
on_own_result (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  Scene *self = data;

  note ();
  self->n_results++;
}

static void
on_invoked (WspConnection *connection,
            gpointer       data)
{
  Scene *self = data;

  note ();
  self->n_invoked++;
}

static void
begin_calls (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("queued");

  begin_open (self);
  for (guint i = 0; i < self->row->n; i++)
    {
      WspConnection *near = self->near->pdata[i];

      wsp_connection_send_message_async (near, message, WSP_SEND_FLAGS_DEFAULT, NULL, on_own_result,
                                         self);
      wsp_connection_flush_async (near, NULL, on_own_result, self);
      wsp_connection_ping_async (near, NULL, NULL, on_own_result, self);
      wsp_connection_invoke (near, on_invoked, self, NULL);
      g_assert_true (wsp_connection_send_from_thread (near, message, WSP_SEND_FLAGS_DEFAULT, NULL));
    }
}

static void
end_calls (Scene *self)
{
  const guint n = self->row->n;

  iterate_until (self->n_results == 3 * n && self->n_invoked == n && self->n_far_messages == 2 * n);
  check_open (self);
}

static void
begin_receives (Scene *self)
{
  begin_open (self);
  for (guint i = 0; i < self->row->n; i++)
    {
      wsp_connection_stop_receiving (self->near->pdata[i]);
      wsp_connection_set_message_func (self->near->pdata[i], NULL, NULL, NULL);
      wsp_connection_receive_async (self->near->pdata[i], NULL, on_own_result, self);
      wsp_connection_queue_text (self->far->pdata[i], "received", NULL);
    }
}

static void
end_receives (Scene *self)
{
  iterate_until (self->n_results == self->row->n);
  check_open (self);
}

static void
begin_closing (Scene *self)
{
  begin_open (self);
  for (guint i = 0; i < self->row->n; i++)
    wsp_connection_close_async (self->near->pdata[i], 4001, "bye", NULL, on_own_result, self);
}

static void
end_closing (Scene *self)
{
  iterate_until (self->n_results == self->row->n);
  for (guint i = 0; i < self->row->n; i++)
    {
      iterate_until (wsp_connection_get_state (self->far->pdata[i]) == WSP_CONNECTION_STATE_CLOSED);
      g_assert_cmpuint (wsp_connection_get_peer_close_code (self->far->pdata[i]), ==, 4001);
    }
}

/* Attempts and requests. */

static void
begin_attempts (Scene *self)
{
  connect_all (self);
}

/* Clients that wait to be accepted are the child's, too.  qemu-user gives four bytes of TCP_INFO
 * only, so their number is not known there. */
static gboolean
has_unaccepted (void)
{
  for (int fd = 0; fd < MAX_FDS; fd++)
    {
      struct pollfd listener = { .fd = fd, .events = POLLIN };
      int listens = 0;
      socklen_t length = sizeof listens;

      if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens &&
          poll (&listener, 1, 0) > 0)
        return TRUE;
    }

  return FALSE;
}

static void
begin_attempts_for (Scene *self,
                    guint  n_iterations)
{
  connect_all (self);
  for (guint i = 0; i < n_iterations || has_unaccepted (); i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
begin_attempts_later (Scene *self)
{
  begin_attempts_for (self, 4);
}

static void
begin_attempts_late (Scene *self)
{
  begin_attempts_for (self, 8);
}

static void
begin_attempts_very_late (Scene *self)
{
  begin_attempts_for (self, 16);
}

static void
end_attempts (Scene *self)
{
  iterate_until (self->near->len == self->row->n && self->far->len == self->row->n);
  end_open (self);
}

static void
begin_requests (Scene *self)
{
  self->defers = TRUE;
  connect_all (self);
  iterate_until (self->requests->len == self->row->n);
}

static void
call_requests (Scene *self)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      GError *error = NULL;

      check (!wsp_handshake_accept (self->requests->pdata[i], NULL, NULL, &error));
      check_inherited (error);
      wsp_handshake_reject (self->requests->pdata[i], 403, NULL, NULL);
      wsp_handshake_proceed (self->requests->pdata[i]);
    }
}

static void
end_requests (Scene *self)
{
  for (guint i = 0; i < self->requests->len; i++)
    g_assert_true (wsp_handshake_accept (self->requests->pdata[i], NULL, NULL, NULL));
  end_attempts (self);
}

static void
begin_decided (Scene *self)
{
  begin_requests (self);
  for (guint i = 0; i < self->requests->len; i++)
    g_assert_true (wsp_handshake_accept (self->requests->pdata[i], NULL, NULL, NULL));
}

/* Reconnectors. */

static void
on_reconnected (WspReconnector *reconnector,
                WspConnection  *connection,
                Scene          *self)
{
  note ();
  self->n_reconnected++;
}

static void
begin_reconnector (Scene *self)
{
  g_autofree char *uri = make_uri (self);

  begin_open (self);
  self->reconnector = wsp_reconnector_new (uri, self->client);
  g_signal_connect (self->reconnector, "connected", G_CALLBACK (on_reconnected), self);
  g_signal_connect (self->reconnector, "notify", G_CALLBACK (on_notify), NULL);
  wsp_reconnector_start (self->reconnector);
}

static void
begin_reconnected (Scene *self)
{
  begin_reconnector (self);
  iterate_until (self->n_reconnected == 1);
}

static void
call_reconnector (Scene *self)
{
  wsp_reconnector_start (self->reconnector);
  wsp_reconnector_retry_now (self->reconnector);
  wsp_reconnector_stop (self->reconnector);
  iterate_for (50);
}

static void
end_reconnector (Scene *self)
{
  iterate_until (self->n_reconnected == 1);
  end_open (self);
}

/* Groups. */

static void
begin_group (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("to all");

  self->group = wsp_group_new (self->server);
  begin_open (self);
  g_assert_cmpuint (wsp_group_get_n_members (self->group), ==, self->row->n);
  wsp_group_broadcast (self->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
call_group (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("of the child");

  wsp_group_broadcast (self->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  check (wsp_server_broadcast (self->server, message, WSP_SEND_FLAGS_DEFAULT, NULL) == 0);
  wsp_group_broadcast (self->group, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  check (wsp_group_get_n_members (self->group) == 0);
  call_connections (self);
}

static void
end_group (Scene *self)
{
  iterate_until (self->n_near_messages == self->row->n);
  iterate_for (20);
  g_assert_cmpuint (self->n_near_messages, ==, self->row->n);
}

/* Servers that end. */

static void
on_shutdown (GObject      *server,
             GAsyncResult *result,
             gpointer      data)
{
  Scene *self = data;

  self->was_shutdown = wsp_server_shutdown_finish (WSP_SERVER (server), result, NULL);
}

static void
call_shutdown (Scene *self)
{
  check (g_list_model_get_n_items (wsp_server_get_connections (self->server)) == 0);
  check (g_list_model_get_n_items (wsp_server_get_listeners (self->server)) == 1);
  wsp_server_shutdown_async (self->server, 1001, "child ends", 60000, NULL, on_shutdown, self);
  iterate_until (self->was_shutdown);
}

/* The listener of the parent still accepts. */
static void
end_shutdown (Scene *self)
{
  end_open (self);
  g_ptr_array_set_size (self->near, 0);
  connect_all (self);
  iterate_until (self->near->len == self->row->n);
}

static void
begin_shutdown (Scene *self)
{
  begin_open (self);
  wsp_server_shutdown_async (self->server, 1001, NULL, 60000, NULL, on_own_result, self);
}

static void
end_parents_shutdown (Scene *self)
{
  iterate_until (self->n_results == 1);
}

static void
begin_drain (Scene *self)
{
  begin_open (self);
  wsp_server_drain_async (self->server, 1001, NULL, 0, 100, 60000, NULL, on_own_result, self);
}

/* A child that serves. */

static void
call_listener (Scene *self)
{
  g_autofree char *uri = make_uri (self);
  const guint n_far = self->far->len;
  const guint n_near = self->near->len;
  WspConnection *near;

  self->defers = FALSE;
  has_own = TRUE;
  wsp_client_connect_async (self->client, uri, NULL, NULL, NULL, on_connected, self);
  iterate_until (self->near->len == n_near + 1 && self->far->len == n_far + 1);
  near = self->near->pdata[n_near];
  for (guint i = 0; i < N_MESSAGES; i++)
    check (wsp_connection_queue_text (near, "child", NULL));
  iterate_until (self->n_far_messages == N_MESSAGES);
  check (wsp_connection_queue_text (self->far->pdata[n_far], "child", NULL));
  iterate_until (self->n_near_messages == 1);
  check (g_list_model_get_n_items (wsp_server_get_connections (self->server)) == 1);
}

static const Subject subjects[] = {
  { "idle", begin_open, call_connections, end_open, LAYERS_ALL },
  { "traffic", begin_traffic, call_connections, end_traffic, LAYERS_ALL },
  { "keepalive", begin_keepalive, call_connections, end_nothing, LAYERS_ALL },
  { "calls", begin_calls, call_connections, end_calls, LAYERS_ALL },
  { "taken-over", begin_taken_over, call_connections, end_open, LAYERS_PLAIN },
  { "taken-over-traffic", begin_taken_over_traffic, call_connections, end_traffic, LAYERS_PLAIN },
  { "receives", begin_receives, call_connections, end_receives, LAYERS_ALL },
  { "closing", begin_closing, call_connections, end_closing, LAYERS_ALL },
  { "attempts", begin_attempts, NULL, end_attempts, LAYERS_WITHOUT_GIO_TLS },
  { "attempts-later", begin_attempts_later, NULL, end_attempts, LAYERS_WITHOUT_GIO_TLS },
  { "attempts-late", begin_attempts_late, NULL, end_attempts, LAYERS_WITHOUT_GIO_TLS },
  { "attempts-very-late", begin_attempts_very_late, NULL, end_attempts, LAYERS_WITHOUT_GIO_TLS },
  { "requests", begin_requests, call_requests, end_requests, LAYERS_ALL },
  { "decided-requests", begin_decided, call_requests, end_attempts, LAYERS_ALL },
  { "reconnector", begin_reconnector, call_reconnector, end_reconnector, LAYERS_ALL },
  { "reconnected", begin_reconnected, call_reconnector, end_reconnector, LAYERS_ALL },
  { "group", begin_group, call_group, end_group, LAYERS_ALL },
  { "shutdown-in-child", begin_open, call_shutdown, end_shutdown, LAYERS_ALL },
  { "shutdown", begin_shutdown, call_connections, end_parents_shutdown, LAYERS_ALL },
  { "drain", begin_drain, call_connections, end_parents_shutdown, LAYERS_ALL },
  { "listener", begin_open, call_listener, end_shutdown, LAYERS_WITHOUT_GIO_TLS },
  { "listener-and-requests", begin_requests, call_listener, end_requests, LAYERS_WITHOUT_GIO_TLS },
  { "listener-and-attempts", begin_attempts_later, call_listener, end_attempts,
    LAYERS_WITHOUT_GIO_TLS },
};

static void
be_child (Scene *self)
{
  const Subject *subject = self->row->subject;

  is_child = TRUE;
  alarm (CHILD_SECONDS);
  if (self->row->deed == DEED_ITERATES)
    iterate_for (150);
  check (n_called_in_child == 0);
  if (self->row->deed != DEED_DROPS && subject->call != NULL)
    subject->call (self);
  check (n_called_in_child == 0);
  scene_drop (self);
  iterate_for (20);
  check (n_called_in_child == 0);
  _exit (0);
}

static void
wait_for_child (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  Scene self;
  Sockets before;

  scene_begin (&self, row, 0);
  row->subject->begin (&self);
  look (&before);

  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    be_child (&self);
  wait_for_child (pid);
  check_sockets (&before);
  row->subject->end (&self);
  scene_drop (&self);
  iterate_for (1);
}

/* A handler that forks: the child returns from it to the main loop of the parent. */

static void
fork_in_handler (WspConnection *connection,
                 WspMessage    *message,
                 gpointer       data)
{
  Scene *self = data;

  note ();
  if (++self->n_far_messages != 2)
    return;

  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid != 0)
    {
      wait_for_child (pid);
      return;
    }

  is_child = TRUE;
  alarm (CHILD_SECONDS);
}

static void
test_handler (gconstpointer data)
{
  const Row *row = data;
  Scene self;

  scene_begin (&self, row, 0);
  begin_open (&self);
  for (guint i = 0; i < row->n; i++)
    wsp_connection_set_message_func (self.far->pdata[i], fork_in_handler, &self, NULL);
  for (guint i = 0; i < row->n; i++)
    for (guint k = 0; k < N_MESSAGES; k++)
      wsp_connection_queue_text (self.near->pdata[i], "x", NULL);

  while (!is_child && self.n_far_messages < row->n * N_MESSAGES)
    g_main_context_iteration (NULL, TRUE);
  if (is_child)
    {
      iterate_for (100);
      check (n_called_in_child == 0);
      call_connections (&self);
      scene_drop (&self);
      check (n_called_in_child == 0);
      _exit (0);
    }

  self.n_far_messages = row->n * N_MESSAGES;
  check_open (&self);
  iterate_for (50);
  g_assert_cmpuint (self.n_far_messages, ==, row->n * N_MESSAGES);
  scene_drop (&self);
}

/* Pre-fork: the parent only listens; each client is served by one of the children. */

static void
serve_in_child (Scene *self)
{
  is_child = TRUE;
  alarm (CHILD_SECONDS);
  while (TRUE)
    {
      g_main_context_iteration (NULL, TRUE);
      for (; self->n_far_messages > 0; self->n_far_messages--)
        for (guint i = 0; i < self->far->len; i++)
          (void) wsp_connection_queue_text (self->far->pdata[i], "from a child", NULL);
    }
}

static void
test_prefork (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GMainContext) own = g_main_context_new ();
  pid_t pids[2];
  Scene self;

  scene_begin (&self, row, 0);
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    if ((pids[i] = fork ()) == 0)
      serve_in_child (&self);

  /* The client's context is another one, so the parent does not accept. */
  g_clear_object (&self.client);
  g_main_context_push_thread_default (own);
  self.client = make_client (&self);
  connect_all (&self);
  while (self.near->len < row->n)
    g_main_context_iteration (own, TRUE);
  for (guint i = 0; i < row->n; i++)
    g_assert_true (wsp_connection_queue_text (self.near->pdata[i], "hi", NULL));
  while (self.n_near_messages < row->n)
    g_main_context_iteration (own, TRUE);
  g_assert_cmpuint (self.far->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      int status;

      kill (pids[i], SIGKILL);
      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
    }
  g_ptr_array_set_size (self.near, 0);
  g_clear_object (&self.client);
  g_main_context_pop_thread_default (own);
  scene_drop (&self);
}

/* A child that lives has the descriptors of the parent's connections. */
static void
test_abort (gconstpointer data)
{
  const Row *row = data;
  Scene self;

  scene_begin (&self, row, 0);
  begin_open (&self);

  pid_t pid = fork ();

  if (pid == 0)
    while (TRUE)
      pause ();
  for (guint i = 0; i < row->n; i++)
    wsp_connection_abort (self.near->pdata[i]);
  for (guint i = 0; i < row->n; i++)
    iterate_until (wsp_connection_get_state (self.far->pdata[i]) == WSP_CONNECTION_STATE_CLOSED);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  scene_drop (&self);
}

/* Threads do not survive a fork (). */

static void
test_workers (gconstpointer data)
{
  const Row *row = data;
  Scene self;

  scene_begin (&self, row, 2);
  connect_all (&self);
  iterate_until (self.near->len == row->n);
  iterate_for (50);

  Sockets before;

  look (&before);

  pid_t pid = fork ();

  if (pid == 0)
    {
      is_child = TRUE;
      alarm (CHILD_SECONDS);
      n_log_lines = 0;
      iterate_for (50);
      check (n_log_lines == 1);
      check (g_list_model_get_n_items (wsp_server_get_listeners (self.server)) == 0);
      check (g_list_model_get_n_items (wsp_server_get_connections (self.server)) == 0);
      check (wsp_server_start_workers (self.server, 1, NULL));
      check (wsp_server_listen_inet (self.server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_DEFAULT, NULL));
      scene_drop (&self);
      _exit (0);
    }

  wait_for_child (pid);
  check_sockets (&before);
  for (guint i = 0; i < row->n; i++)
    g_assert_true (wsp_connection_queue_text (self.near->pdata[i], "still open", NULL));
  iterate_for (50);
  for (guint i = 0; i < row->n; i++)
    g_assert_cmpint (wsp_connection_get_state (self.near->pdata[i]), ==, WSP_CONNECTION_STATE_OPEN);
  scene_drop (&self);
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 &&
        strstr (fields[i].value, "does not listen in a child"))
      n_log_lines++;

  return g_log_writer_default (level, fields, n_fields, data);
}

static void
add (const char   *name,
     const Row    *row,
     GTestDataFunc test)
{
  g_autofree char *path =
    g_strdup_printf ("/endpoint/fork/%s/%s/%u-%s", name, row->has_tls ? "tls" : "plain", row->n,
                     row->n == 1 ? "pair" : "pairs");

  g_test_add_data_func (path, row, test);
}

int
main (int    argc,
      char **argv)
{
  static Row rows[G_N_ELEMENTS (subjects) * G_N_ELEMENTS (deed_names) * 4 + 4];
  const gboolean is_by_gio = g_strcmp0 (g_getenv ("WSP_TLS"), "gio") == 0;
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  log_watch (write_log);
  limit_set (TIME_LIMIT, "forks");

  for (guint has_tls = 0; has_tls < 2; has_tls++)
    for (guint pairs = 1; pairs <= N_MAX; pairs += N_MAX - 1)
      {
        const Row base = { NULL, DEED_LEAVES_HANDLER, has_tls, pairs };

        for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
          for (guint deed = 0; deed < G_N_ELEMENTS (deed_names); deed++)
            {
              if (has_tls && subjects[i].layers >= (is_by_gio ? LAYERS_WITHOUT_GIO_TLS
                                                              : LAYERS_PLAIN))
                continue;

              g_autofree char *name = g_strdup_printf ("%s/child-%s", subjects[i].name,
                                                       deed_names[deed]);

              rows[n] = base;
              rows[n].subject = &subjects[i];
              rows[n].deed = deed;
              add (name, &rows[n++], test_row);
            }
        rows[n] = base;
        add ("handler-forks", &rows[n], test_handler);
        add ("parent-aborts-while-child-lives", &rows[n], test_abort);
        if (!has_tls || !is_by_gio)
          add ("listener/children-serve", &rows[n], test_prefork);
        if (MAY_BEGIN_THREADS)
          add ("threads/child-does-not-listen", &rows[n], test_workers);
        n++;
      }
  return g_test_run ();
}
