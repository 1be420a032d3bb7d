/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Streams and sockets that a program shares with a connection.  The program has the stream below a
 * connection, or the socket of a listener, too, and closes it when it likes.  The number of the
 * descriptor is given to the next client, a stranger: what belongs to the connection never reaches
 * the stranger. */
#include "connection/transports.h"
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/knock.h"
#include "lib/heads.h"
#include "lib/listen.h"
#include "lib/tcp-streams.h"
#include "lib/turns.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH "/endpoint/shared-streams/"
#define WAIT_S 20
#define N_OTHERS 2              /* pairs that take the places of sockets without epoll */
#define SECRET "secret"
#define MAX_DESCRIPTORS 64

/* How the program has come by the stream. */
typedef enum
{
  ACCEPT_STREAM,
  ADOPT,
  OPEN_STREAM,                  /* stream of the program, given to open_async () */
  FOR_STREAM,
  IO_STREAM_OF_SERVER,
  IO_STREAM_OF_CLIENT,
  EVENT,                        /* stream of the client's signal "event" */
  N_WAYS,
} Way;

static const char * const way_names[N_WAYS] = {
  "accept-stream", "adopt", "open-stream", "for-stream", "io-stream-of-a-server",
  "io-stream-of-a-client", "event",
};

typedef enum
{
  PLAIN,
  GIO_TLS,
  N_LAYERS,
} Layer;

static const char * const layer_names[N_LAYERS] = { "plain", "gio-tls" };

typedef enum
{
  CLOSE_STREAM,
  CLOSE_BOTTOM,                 /* close the stream below TLS */
  CLOSE_SOCKET,                 /* close the GSocket below the stream */
} What;

typedef enum
{
  AT_ONCE,                      /* before the main loop has run */
  WHEN_IDLE,                    /* when the main loop is idle; nothing is sent or received
                                 * afterwards */
  BEFORE_SENDING,
  IN_A_HANDLER,                 /* while the peer's message is handled */
  BEFORE_AN_ABORT,
  AFTER_THE_END,
} When;

static const struct
{
  const char *name;
  What        what;
  When        when;
  gboolean    has_epoll;        /* TRUE if epoll watches the tested sockets */
} closes[] = {
  { "stream-at-once", CLOSE_STREAM, AT_ONCE, FALSE },
  { "stream-at-once-with-epoll", CLOSE_STREAM, AT_ONCE, TRUE },
  { "stream-of-an-idle-connection", CLOSE_STREAM, WHEN_IDLE, FALSE },
  { "stream-of-an-idle-connection-with-epoll", CLOSE_STREAM, WHEN_IDLE, TRUE },
  { "stream-before-sending", CLOSE_STREAM, BEFORE_SENDING, FALSE },
  { "stream-before-sending-with-epoll", CLOSE_STREAM, BEFORE_SENDING, TRUE },
  { "stream-in-a-handler", CLOSE_STREAM, IN_A_HANDLER, FALSE },
  { "stream-in-a-handler-with-epoll", CLOSE_STREAM, IN_A_HANDLER, TRUE },
  { "stream-before-an-abort", CLOSE_STREAM, BEFORE_AN_ABORT, FALSE },
  { "stream-before-an-abort-with-epoll", CLOSE_STREAM, BEFORE_AN_ABORT, TRUE },
  { "stream-after-the-end", CLOSE_STREAM, AFTER_THE_END, FALSE },
  { "stream-after-the-end-with-epoll", CLOSE_STREAM, AFTER_THE_END, TRUE },
  { "bottom-at-once", CLOSE_BOTTOM, AT_ONCE, TRUE },
  { "bottom-of-an-idle-connection", CLOSE_BOTTOM, WHEN_IDLE, TRUE },
  { "bottom-before-sending", CLOSE_BOTTOM, BEFORE_SENDING, TRUE },
  { "bottom-in-a-handler", CLOSE_BOTTOM, IN_A_HANDLER, TRUE },
  { "bottom-before-an-abort", CLOSE_BOTTOM, BEFORE_AN_ABORT, TRUE },
  { "bottom-after-the-end", CLOSE_BOTTOM, AFTER_THE_END, TRUE },
  { "socket-at-once", CLOSE_SOCKET, AT_ONCE, TRUE },
  { "socket-of-an-idle-connection", CLOSE_SOCKET, WHEN_IDLE, TRUE },
  { "socket-before-sending", CLOSE_SOCKET, BEFORE_SENDING, TRUE },
  { "socket-in-a-handler", CLOSE_SOCKET, IN_A_HANDLER, TRUE },
  { "socket-before-an-abort", CLOSE_SOCKET, BEFORE_AN_ABORT, TRUE },
  { "socket-after-the-end", CLOSE_SOCKET, AFTER_THE_END, TRUE },
};

typedef struct
{
  Way           way;
  WspServer     *server;
  WspClient     *client;
  GIOStream     *streams[2];    /* streams of the program */
  GIOStream     *kept;          /* stream that the program closes */
  WspConnection *accepted;
  GAsyncResult  *opened;
  Watched       *tested, *peer; /* tested connection and its peer; NULL: not open yet */
  Watched       *others[2 * N_OTHERS];
  int            number;        /* number of the descriptor that the program closes */
  Watched       *stranger;      /* connection that gets this number */
  int            raw;           /* the other end of the stranger */
  guint          n_closed;
  What           what;
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  g_set_object (&self->accepted, connection);
}

static void
on_event (WspClient          *client,
          WspHandshake       *handshake,
          GSocketClientEvent  event,
          GSocketConnectable *place,
          GIOStream          *stream,
          Fixture            *self)
{
  if (event == G_SOCKET_CLIENT_COMPLETE && stream != NULL)
    g_set_object (&self->kept, stream);
}

static gboolean
accept_any (void)
{
  return TRUE;
}

static void
fixture_init (Fixture *self,
              Way      way)
{
  *self = (Fixture) {
    .way = way, .server = wsp_server_new (), .client = wsp_client_new (), .raw = -1, .number = -1,
  };
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->client, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->tested, watched_free);
  g_clear_pointer (&self->peer, watched_free);
  g_clear_pointer (&self->stranger, watched_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->others); i++)
    g_clear_pointer (&self->others[i], watched_free);
  g_clear_object (&self->accepted);
  g_clear_object (&self->opened);
  g_clear_object (&self->kept);
  g_clear_object (&self->streams[0]);
  g_clear_object (&self->streams[1]);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  if (self->raw >= 0)
    close (self->raw);
  run_pending ();
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
make_streams (GIOStream **streams,
              Layer       layer)
{
  g_autoptr (GSocketAddress) bound = tcp_streams_make (streams, "127.0.0.1");

  if (layer == GIO_TLS)
    transport_add_tls (&streams[0], &streams[1]);
}

static void
begin_open (Fixture    *self,
            const char *uri,
            GIOStream  *stream)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);

  wsp_client_open_async (self->client, handshake, stream, NULL, keep_result, &self->opened);
}

static WspHandshake *
make_request (void)
{
  g_autoptr (WspHeaders) headers = parse_headers (KNOCK_FIELDS "\r\n", NULL);
  WspHandshake *handshake = wsp_handshake_new_server ("GET", "/", "HTTP/1.1", headers, NULL);

  g_assert_true (wsp_handshake_accept (handshake, NULL, NULL, NULL));
  return handshake;
}

static WspConnection *
make_connection (GIOStream *stream,
                 WspRole    role)
{
  g_autoptr (GError) error = NULL;
  WspConnection *connection = wsp_connection_new_for_stream (stream, role, NULL, NULL, NULL,
                                                             &error);

  g_assert_no_error (error);
  return connection;
}

static gboolean
is_of_client (Way way)
{
  return way == OPEN_STREAM || way == IO_STREAM_OF_CLIENT || way == EVENT;
}

static void
begin_on_streams (Fixture *self,
                  Layer    layer)
{
  make_streams (self->streams, layer);
  self->kept = g_object_ref (self->streams[is_of_client (self->way) ? 0 : 1]);
  if (self->way == ACCEPT_STREAM || self->way == OPEN_STREAM)
    {
      g_assert_true (wsp_server_accept_stream (self->server, self->streams[1],
                                               WSP_LISTEN_FLAGS_DEFAULT, NULL));
      begin_open (self, "ws://localhost/", self->streams[0]);
      return;
    }

  g_autoptr (WspHandshake) handshake = make_request ();
  g_autoptr (WspConnection) peer = make_connection (self->streams[0], WSP_ROLE_CLIENT);
  g_autoptr (WspConnection) tested =
    self->way == ADOPT ? wsp_server_adopt (self->server, handshake, self->streams[1], NULL)
                       : make_connection (self->streams[1], WSP_ROLE_SERVER);

  self->peer = watch (peer);
  self->tested = watch (tested);
}

static void
begin_on_listener (Fixture *self,
                   Layer    layer)
{
  g_autofree char *uri = NULL;

  if (layer == GIO_TLS)
    g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                  NULL);
  if (self->way == EVENT)
    g_signal_connect (self->client, "event", G_CALLBACK (on_event), self);
  uri = g_strdup_printf ("%s://127.0.0.1:%u/", layer == GIO_TLS ? "wss" : "ws",
                         listen_on_free_port (self->server, "127.0.0.1"));
  begin_open (self, uri, NULL);
}

static gboolean
has_own_streams (Way way)
{
  return way < IO_STREAM_OF_SERVER;
}

/* Both ends are open afterwards. */
static void
finish_opening (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->tested != NULL)
    return;

  run_until_result (&self->opened);
  g_autoptr (WspConnection) client = wsp_client_open_finish (self->client, self->opened, &error);

  g_assert_no_error (error);
  while (self->accepted == NULL)
    g_main_context_iteration (NULL, TRUE);
  self->tested = watch (is_of_client (self->way) ? client : self->accepted);
  self->peer = watch (is_of_client (self->way) ? self->accepted : client);
  g_clear_object (&self->accepted);
  if (self->kept == NULL)
    self->kept = g_object_ref (wsp_connection_get_io_stream (self->tested->connection));
}

static void
start (Watched *watched)
{
  wsp_connection_start_receiving (watched->connection);
}

/* The stream that the program has is, in a wrapper and below TLS, that of a socket. */
static GIOStream *
dup_bottom (GIOStream *stream)
{
  GIOStream *below = NULL;

  if (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (stream));
  if (!G_IS_TLS_CONNECTION (stream))
    return g_object_ref (stream);

  g_object_get (stream, "base-io-stream", &below, NULL);
  return below;
}

static GSocket *
dup_socket (GIOStream *stream)
{
  g_autoptr (GIOStream) bottom = dup_bottom (stream);

  return g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (bottom)));
}

static void
close_kept (Fixture *self)
{
  g_autoptr (GIOStream) bottom = dup_bottom (self->kept);
  g_autoptr (GSocket) socket = dup_socket (self->kept);

  switch (self->what)
    {
    case CLOSE_STREAM:
      g_io_stream_close (self->kept, NULL, NULL);
      return;
    case CLOSE_BOTTOM:
      g_io_stream_close (bottom, NULL, NULL);
      return;
    case CLOSE_SOCKET:
      g_socket_close (socket, NULL);
      return;
    }
}

/* The stranger gets the number, which must be free. */
static void
meet_stranger (Fixture *self)
{
  int pair[2];

  g_assert_cmpint (fcntl (self->number, F_GETFD), ==, -1);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==,
                   0);
  if (pair[0] != self->number)
    {
      if (pair[1] == self->number)
        pair[1] = fcntl (self->number, F_DUPFD_CLOEXEC, self->number + 1);
      g_assert_cmpint (dup2 (pair[0], self->number), ==, self->number);
      close (pair[0]);
    }

  g_autoptr (GSocket) socket = g_socket_new_from_fd (self->number, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autoptr (WspConnection) connection = make_connection (G_IO_STREAM (stream), WSP_ROLE_SERVER);

  self->raw = pair[1];
  self->stranger = watch (connection);
  self->stranger->echoes = TRUE;
  start (self->stranger);
}

static void
close_and_meet (Fixture *self)
{
  close_kept (self);
  self->n_closed++;
  meet_stranger (self);
}

/* It has received nothing, and its connection works in both directions. */
static void
check_stranger (Fixture *self)
{
  char byte;

  run_pending ();
  g_assert_cmpint (recv (self->raw, &byte, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_false (self->stranger->is_closed);
  wire_write (self->raw, "81 82 00 00 00 00 68 69");
  g_autofree char *echo = wire_read (self->raw, 4);

  g_assert_cmpstr (echo, ==, "81 02 68 69");
}

static void
send_secret (Fixture *self)
{
  wsp_connection_queue_text (self->tested->connection, SECRET, NULL);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Fixture       *self)
{
  close_and_meet (self);
  send_secret (self);
}

static void
do_deed (Fixture *self,
         When     when)
{
  switch (when)
    {
    case AT_ONCE:
    case WHEN_IDLE:
      close_and_meet (self);
      return;
    case BEFORE_SENDING:
      close_and_meet (self);
      send_secret (self);
      return;
    case IN_A_HANDLER:
      g_signal_connect (self->tested->connection, "message", G_CALLBACK (on_message), self);
      g_assert_true (wsp_connection_queue_text (self->peer->connection, "go", NULL));
      run_until_count (&self->n_closed, 1);
      return;
    case BEFORE_AN_ABORT:
      close_and_meet (self);
      wsp_connection_abort (self->tested->connection);
      return;
    case AFTER_THE_END:
      wsp_connection_abort (self->tested->connection);
      run_until_closed (self->tested);
      while (!g_io_stream_is_closed (self->kept) || fcntl (self->number, F_GETFD) != -1)
        g_main_context_iteration (NULL, FALSE);
      meet_stranger (self);
      close_kept (self);
      return;
    }
}

static void
check_error (Fixture *self)
{
  WspCloseInfo *info = wsp_connection_get_close_info (self->tested->connection);

  g_assert_error (wsp_close_info_get_error (info), G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* The opening fails at both ends. */
static void
check_opening (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  run_until_result (&self->opened);
  g_assert_null (wsp_client_open_finish (self->client, self->opened, &error));
  if (is_of_client (self->way))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  run_pending ();
  g_assert_null (self->accepted);
}

static void
note_number (Fixture *self)
{
  g_autoptr (GSocket) socket = dup_socket (self->kept);

  self->number = g_socket_get_fd (socket);
}

static void
begin (Fixture *self,
       Layer    layer,
       When     when)
{
  if (has_own_streams (self->way))
    begin_on_streams (self, layer);
  else
    begin_on_listener (self, layer);
  if (when != AT_ONCE || !has_own_streams (self->way))
    finish_opening (self);
  note_number (self);
  if (self->tested == NULL)
    return;

  if (when != AT_ONCE)
    start (self->tested);
  start (self->peer);
  if (when == AT_ONCE)
    return;

  /* The handshake of TLS is over. */
  g_assert_true (wsp_connection_queue_text (self->tested->connection, "there", NULL));
  run_until_count (&self->peer->n_messages, 1);
}

static void
test_closed (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint i = row / (N_WAYS * N_LAYERS);
  Layer layer = row / N_WAYS % N_LAYERS;
  When when = closes[i].when;
  g_auto (Fixture) fixture = { 0 };
  guint limit = begin_wait (WAIT_S);

  fixture_init (&fixture, row % N_WAYS);
  fixture.what = closes[i].what;
  for (guint j = 0; closes[i].has_epoll && j < N_OTHERS; j++)
    wire_watched_pair (&fixture.others[2 * j], &fixture.others[2 * j + 1]);
  run_pending ();
  begin (&fixture, layer, when);
  do_deed (&fixture, when);
  if (fixture.tested == NULL)
    {
      check_opening (&fixture);
    }
  else
    {
      run_until_closed (fixture.tested);
      run_until_closed (fixture.peer);
      if (when < BEFORE_AN_ABORT)
        check_error (&fixture);
    }
  check_stranger (&fixture);
  g_source_remove (limit);
}

/* The connection keeps the stream that the program drops. */
static void
test_dropped (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Fixture) fixture = { 0 };
  guint limit = begin_wait (WAIT_S);

  fixture_init (&fixture, row % N_WAYS);
  begin (&fixture, row / N_WAYS, WHEN_IDLE);
  g_clear_object (&fixture.kept);
  g_clear_object (&fixture.streams[0]);
  g_clear_object (&fixture.streams[1]);
  g_assert_true (wsp_connection_queue_text (fixture.tested->connection, "there", NULL));
  run_until_count (&fixture.peer->n_messages, 2);
  g_assert_true (wsp_connection_queue_text (fixture.peer->connection, "back", NULL));
  run_until_count (&fixture.tested->n_messages, 1);
  wsp_connection_abort (fixture.tested->connection);
  run_until_closed (fixture.peer);
  g_source_remove (limit);
}

/* GIO does not close a stream of which the program reads. */
static void
test_reading (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  guint limit = begin_wait (WAIT_S);
  char byte;

  fixture_init (&fixture, FOR_STREAM);
  begin (&fixture, PLAIN, WHEN_IDLE);
  g_input_stream_read_async (g_io_stream_get_input_stream (fixture.kept), &byte, 1, 0, NULL,
                             keep_result, &result);
  wsp_connection_abort (fixture.tested->connection);
  run_until_closed (fixture.peer);
  run_until_result (&result);
  g_source_remove (limit);
}

typedef enum
{
  IS_CLOSED,
  HAS_CLOSED_SOCKET,
  WITHOUT_DESCRIPTORS,
  N_OBSTACLES,
} Obstacle;

static const struct
{
  const char *name;
  int         error;
} obstacles[N_OBSTACLES] = {
  [IS_CLOSED] = { "closed-stream", G_IO_ERROR_CLOSED },
  [HAS_CLOSED_SOCKET] = { "stream-with-a-closed-socket", G_IO_ERROR_CLOSED },
  [WITHOUT_DESCRIPTORS] = { "stream-without-a-free-descriptor", G_IO_ERROR_TOO_MANY_OPEN_FILES },
};

typedef struct
{
  struct rlimit before;
  int           taken[MAX_DESCRIPTORS];
  guint         n_taken;
} Descriptors;

/* No more descriptors can be made. */
static void
take_descriptors (Descriptors *self)
{
  struct rlimit few;
  int fd;

  self->n_taken = 0;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &self->before), ==, 0);
  few = self->before;
  few.rlim_cur = MAX_DESCRIPTORS;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  while ((fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
    self->taken[self->n_taken++] = fd;
  g_assert_cmpint (errno, ==, EMFILE);
}

static void
give_back (Descriptors *self)
{
  for (guint i = 0; i < self->n_taken; i++)
    close (self->taken[i]);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &self->before), ==, 0);
}

static void
raise_obstacle (GIOStream *stream,
                Obstacle   obstacle)
{
  g_autoptr (GSocket) socket = dup_socket (stream);

  if (obstacle == IS_CLOSED)
    g_io_stream_close (stream, NULL, NULL);
  else if (obstacle == HAS_CLOSED_SOCKET)
    g_socket_close (socket, NULL);
}

/* Also with TLS, of which the handshake has not begun. */
static void
test_refused (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Way way = row % IO_STREAM_OF_SERVER;
  Obstacle obstacle = row / IO_STREAM_OF_SERVER % N_OBSTACLES;
  Layer layer = row / IO_STREAM_OF_SERVER / N_OBSTACLES;
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (WspHandshake) handshake = make_request ();
  g_autoptr (GError) error = NULL;

  fixture_init (&fixture, way);
  make_streams (fixture.streams, layer);
  run_pending ();
  raise_obstacle (fixture.streams[1], obstacle);

  Descriptors descriptors;

  if (obstacle == WITHOUT_DESCRIPTORS)
    take_descriptors (&descriptors);
  switch (way)
    {
    case ACCEPT_STREAM:
      g_assert_false (wsp_server_accept_stream (fixture.server, fixture.streams[1],
                                                WSP_LISTEN_FLAGS_DEFAULT, &error));
      break;
    case ADOPT:
      g_assert_null (wsp_server_adopt (fixture.server, handshake, fixture.streams[1], &error));
      break;
    case OPEN_STREAM:
      begin_open (&fixture, "ws://localhost/", fixture.streams[1]);
      run_until_result (&fixture.opened);
      g_assert_null (wsp_client_open_finish (fixture.client, fixture.opened, &error));
      break;
    case FOR_STREAM:
      g_assert_null (wsp_connection_new_for_stream (fixture.streams[1], WSP_ROLE_SERVER, NULL, NULL,
                                                    NULL, &error));
      break;
    case IO_STREAM_OF_SERVER:
    case IO_STREAM_OF_CLIENT:
    case EVENT:
    case N_WAYS:
      g_assert_not_reached ();
    }
  if (obstacle == WITHOUT_DESCRIPTORS)
    give_back (&descriptors);
  g_assert_error (error, G_IO_ERROR, obstacles[obstacle].error);

  /* The same call succeeds when there is a descriptor again. */
  if (obstacle == WITHOUT_DESCRIPTORS && layer == PLAIN)
    {
      g_assert_false (g_io_stream_is_closed (fixture.streams[1]));
      if (way == ADOPT)
        {
          g_autoptr (WspConnection) connection =
            wsp_server_adopt (fixture.server, handshake, fixture.streams[1], NULL);

          g_assert_nonnull (connection);
        }
    }
}

/* A stream that cannot be shared is not handed out, and the connection goes on. */
static void
test_not_handed_out (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Fixture) fixture = { 0 };
  guint limit = begin_wait (WAIT_S);

  fixture_init (&fixture, row == 0 ? IO_STREAM_OF_SERVER : IO_STREAM_OF_CLIENT);
  begin_on_listener (&fixture, PLAIN);
  fixture.kept = (GIOStream *) g_object_new (G_TYPE_OBJECT, NULL);      /* it is not asked for */
  finish_opening (&fixture);

  Descriptors descriptors;

  take_descriptors (&descriptors);
  g_assert_null (wsp_connection_get_io_stream (fixture.tested->connection));
  give_back (&descriptors);
  start (fixture.peer);
  g_assert_true (wsp_connection_queue_text (fixture.tested->connection, "there", NULL));
  run_until_count (&fixture.peer->n_messages, 1);
  g_assert_nonnull (wsp_connection_get_io_stream (fixture.tested->connection));
  g_assert_true (wsp_connection_queue_text (fixture.tested->connection, "there", NULL));
  run_until_count (&fixture.peer->n_messages, 2);
  g_source_remove (limit);
}

/* The two ends of a connection have one descriptor each while the program does not ask for a
 * stream. */
static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_descriptors = 0;

  while (g_dir_read_name (dir) != NULL)
    n_descriptors++;
  return n_descriptors;
}

static guint
count_cost (Layer layer)
{
  g_auto (Fixture) fixture = { 0 };
  guint before;

  fixture_init (&fixture, IO_STREAM_OF_SERVER);
  begin_on_listener (&fixture, layer);
  before = count_descriptors ();
  fixture.kept = (GIOStream *) g_object_new (G_TYPE_OBJECT, NULL);
  finish_opening (&fixture);
  run_pending ();
  return count_descriptors () - before;
}

/* GIO keeps some descriptors from the first connect on. */
static void
test_cost (gconstpointer layer)
{
  guint limit = begin_wait (WAIT_S);

  count_cost (GPOINTER_TO_UINT (layer));
  g_assert_cmpuint (count_cost (GPOINTER_TO_UINT (layer)), <=, 2);
  g_source_remove (limit);
}

typedef enum
{
  CLOSE_GIVEN,                  /* close the socket that the program was given */
  CLOSE_GIVEN_AND_LISTENER,     /* close that socket, and the listener before the main loop has
                                 * run */
  CLOSE_LISTENER,
  STOP_ACCEPTING,
  DROP_SERVER,
} Ending;

static const struct
{
  const char *name;
  Ending      ending;
} endings[] = {
  { "socket-closed-by-the-program", CLOSE_GIVEN },
  { "socket-closed-by-the-program-and-then-the-listener", CLOSE_GIVEN_AND_LISTENER },
  { "listener-closed", CLOSE_LISTENER },
  { "accepting-stopped", STOP_ACCEPTING },
  { "server-dropped", DROP_SERVER },
};

static GSocket *
make_listening_socket (guint16 *port)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

static gboolean
is_refused (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = connect (fd, (struct sockaddr *) &address, sizeof address);
  int number = errno;

  close (fd);
  return result != 0 && number == ECONNREFUSED;
}

static void
test_listener (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2;
  gboolean has_epoll = GPOINTER_TO_UINT (data) % 2;
  Ending ending = endings[row].ending;
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  guint limit = begin_wait (WAIT_S);
  guint16 port;

  fixture_init (&fixture, ACCEPT_STREAM);
  for (guint j = 0; has_epoll && j < N_OTHERS; j++)
    wire_watched_pair (&fixture.others[2 * j], &fixture.others[2 * j + 1]);
  socket = make_listening_socket (&port);
  fixture.number = g_socket_get_fd (socket);
  WspListener *listener =
    wsp_server_listen_socket (fixture.server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                              &error);
  GListModel *listeners = wsp_server_get_listeners (fixture.server);

  g_assert_no_error (error);
  close (knock_join (port));
  if (ending == CLOSE_GIVEN || ending == CLOSE_GIVEN_AND_LISTENER)
    g_socket_close (socket, NULL);
  else if (ending == CLOSE_LISTENER)
    wsp_listener_close (listener);
  else if (ending == STOP_ACCEPTING)
    wsp_server_stop_accepting (fixture.server);
  else
    g_clear_object (&fixture.server);
  while (!g_socket_is_closed (socket))  /* the worker may have the last reference */
    g_main_context_iteration (NULL, TRUE);
  meet_stranger (&fixture);
  if (ending == CLOSE_GIVEN_AND_LISTENER)
    wsp_listener_close (listener);
  while (ending == CLOSE_GIVEN && g_list_model_get_n_items (listeners) > 0)
    g_main_context_iteration (NULL, TRUE);
  run_pending ();
  g_assert_true (is_refused (port));
  check_stranger (&fixture);
  g_source_remove (limit);
}

static void
test_listener_without_descriptors (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  Descriptors descriptors;
  guint16 port;

  fixture_init (&fixture, ACCEPT_STREAM);
  socket = make_listening_socket (&port);
  take_descriptors (&descriptors);
  g_assert_null (wsp_server_listen_socket (fixture.server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                           &error));
  give_back (&descriptors);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_false (g_socket_is_closed (socket));
  g_clear_error (&error);
  g_assert_nonnull (wsp_server_listen_socket (fixture.server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                              &error));
  g_assert_no_error (error);
}

/* A socket may be listened at once only, however many descriptors it has. */
static void
test_listener_twice (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port;

  fixture_init (&fixture, ACCEPT_STREAM);
  socket = make_listening_socket (&port);
  g_assert_nonnull (wsp_server_listen_socket (fixture.server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                              NULL));
  g_assert_null (wsp_server_listen_socket (fixture.server, socket, WSP_LISTEN_FLAGS_DEFAULT,
                                           &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

typedef enum
{
  PIPES_CLOSED,
  PIPE_OF_INPUT_CLOSED,
  PIPE_OF_OUTPUT_CLOSED,
  NUMBERS_CLOSED,               /* numbers of pipes are closed, whose streams do not close them */
} PipesEnding;

static const struct
{
  const char *name;
  Transport   transport;
  PipesEnding ending;
} pipes_endings[] = {
  { "pipes-closed", TRANSPORT_PIPES, PIPES_CLOSED },
  { "pipe-of-input-closed", TRANSPORT_PIPES, PIPE_OF_INPUT_CLOSED },
  { "pipe-of-output-closed", TRANSPORT_PIPES, PIPE_OF_OUTPUT_CLOSED },
  { "numbers-of-pipes-closed", TRANSPORT_PIPES, NUMBERS_CLOSED },
  { "pipes-below-tls-closed", TRANSPORT_TLS_OVER_PIPES, PIPES_CLOSED },
  { "pipe-of-input-below-tls-closed", TRANSPORT_TLS_OVER_PIPES, PIPE_OF_INPUT_CLOSED },
  { "pipe-of-output-below-tls-closed", TRANSPORT_TLS_OVER_PIPES, PIPE_OF_OUTPUT_CLOSED },
};

static int
get_number (GIOStream *pipes,
            gboolean   of_input)
{
  GInputStream *input = g_io_stream_get_input_stream (pipes);
  GOutputStream *output = g_io_stream_get_output_stream (pipes);

  return of_input ? g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (input))
                  : g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (output));
}

static void
test_pipes (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  PipesEnding ending = pipes_endings[row].ending;
  gboolean of_input = ending == PIPE_OF_INPUT_CLOSED;
  g_auto (Fixture) fixture = { 0 };
  guint limit = begin_wait (WAIT_S);

  fixture_init (&fixture, FOR_STREAM);
  transport_pair (pipes_endings[row].transport, &fixture.streams[0], &fixture.streams[1]);
  g_autoptr (WspConnection) peer = make_connection (fixture.streams[0], WSP_ROLE_CLIENT);
  g_autoptr (WspConnection) tested = make_connection (fixture.streams[1], WSP_ROLE_SERVER);
  g_autoptr (GIOStream) bottom = dup_bottom (fixture.streams[1]);

  fixture.peer = watch (peer);
  fixture.tested = watch (tested);
  start (fixture.peer);
  start (fixture.tested);
  g_assert_true (wsp_connection_queue_text (tested, "there", NULL));
  run_until_count (&fixture.peer->n_messages, 1);
  fixture.number = get_number (bottom, of_input);
  if (ending == NUMBERS_CLOSED)
    close (fixture.number);
  else if (ending == PIPES_CLOSED)
    g_io_stream_close (bottom, NULL, NULL);
  else if (of_input)
    g_input_stream_close (g_io_stream_get_input_stream (bottom), NULL, NULL);
  else
    g_output_stream_close (g_io_stream_get_output_stream (bottom), NULL, NULL);
  meet_stranger (&fixture);
  wsp_connection_queue_text (tested, SECRET, NULL);
  if (ending == NUMBERS_CLOSED)
    {
      run_until_count (&fixture.peer->n_messages, 2);
      check_stranger (&fixture);
      g_source_remove (limit);
      return;
    }

  run_until_closed (fixture.tested);
  run_until_closed (fixture.peer);
  check_error (&fixture);
  check_stranger (&fixture);
  g_source_remove (limit);
}

static void
add_table (const char   *group,
           const char   *name,
           guint         row,
           GTestDataFunc test)
{
  g_autofree char *path = g_strconcat (PATH, group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), test);
}

static void
add_closed (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (closes) * N_WAYS * N_LAYERS; row++)
    {
      Layer layer = row / N_WAYS % N_LAYERS;
      g_autofree char *name = g_strconcat (closes[row / (N_WAYS * N_LAYERS)].name, "/",
                                           way_names[row % N_WAYS], "/", layer_names[layer], NULL);

      /* A thread of GIO, which does the handshake, uses the number for a moment. */
      if (closes[row / (N_WAYS * N_LAYERS)].when != AT_ONCE || layer == PLAIN)
        add_table ("closed", name, row, test_closed);
    }
}

static void
add_refused (void)
{
  for (guint row = 0; row < IO_STREAM_OF_SERVER * N_OBSTACLES * N_LAYERS; row++)
    {
      Obstacle obstacle = row / IO_STREAM_OF_SERVER % N_OBSTACLES;
      Layer layer = row / IO_STREAM_OF_SERVER / N_OBSTACLES;
      g_autofree char *name = g_strconcat (obstacles[obstacle].name, "/",
                                           way_names[row % IO_STREAM_OF_SERVER], "/",
                                           layer_names[layer], NULL);

      /* Without descriptors GIO's own TLS cannot even fail. */
      if (obstacle != WITHOUT_DESCRIPTORS || layer == PLAIN)
        add_table ("refused", name, row, test_refused);
    }
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("WSP_TLS", "gio", TRUE);
  g_test_init (&argc, &argv, NULL);

  add_closed ();
  add_refused ();
  for (guint row = 0; row < N_WAYS * N_LAYERS; row++)
    {
      g_autofree char *name = g_strconcat (way_names[row % N_WAYS], "/", layer_names[row / N_WAYS],
                                           NULL);

      add_table ("dropped", name, row, test_dropped);
    }
  add_table ("handed-out", "not-without-descriptors/of-a-server", 0, test_not_handed_out);
  add_table ("handed-out", "not-without-descriptors/of-a-client", 1, test_not_handed_out);
  for (Layer layer = 0; layer < N_LAYERS; layer++)
    add_table ("own/costs-one-descriptor-at-each-end", layer_names[layer], layer, test_cost);
  g_test_add_func (PATH "stream-that-the-program-reads/peer-sees-the-end", test_reading);
  for (guint row = 0; row < 2 * G_N_ELEMENTS (endings); row++)
    {
      g_autofree char *name = g_strconcat (endings[row / 2].name, row % 2 ? "/with-epoll" : "",
                                           NULL);

      add_table ("listener", name, row, test_listener);
    }
  g_test_add_func (PATH "listener/refused-without-descriptors", test_listener_without_descriptors);
  g_test_add_func (PATH "listener/refused-twice", test_listener_twice);
  for (guint row = 0; row < G_N_ELEMENTS (pipes_endings); row++)
    add_table ("pipes", pipes_endings[row].name, row, test_pipes);

  return g_test_run ();
}
