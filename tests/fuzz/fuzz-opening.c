/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake of a client or a server whose peer sends any bytes, in pieces, and goes.  An
 * inspector is attached to the program (lib/watched.c).  The opening ends, and so does a connection
 * that is made.
 *
 * The first byte: 1 = a server, else a client; 2 = the program defers; 4 = the peer resets.  255
 * ends a piece. */
#include "fuzz/fuzz-input.h"

#include <gio/gio.h>
#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define END_OF_PIECE 255
#define MAX_TURNS 2000

typedef enum
{
  CONFIG_SERVER = 1 << 0,
  CONFIG_DEFERS = 1 << 1,
  CONFIG_RESETS = 1 << 2,
} Config;

typedef struct
{
  guint8         config;
  WspServer     *server;        /* the server; NULL: a client is tested */
  WspConnection *connection;    /* connection that the handshake made; NULL: none */
  gboolean       is_over;
} Play;

/* Before the constructor of lib/watched.c. */
__attribute__ ((constructor (101)))
static void
ask_for_inspector (void)
{
  setenv ("WSP_TEST_WATCHED", "1", 1);
}

static void
iterate (void)
{
  for (guint i = 0; i < 8 && g_main_context_iteration (NULL, FALSE); i++)
    continue;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
take_connection (Play          *self,
                 WspConnection *connection)
{
  g_set_object (&self->connection, connection);
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
  self->is_over = TRUE;
}

static void
on_opened (GObject      *client,
           GAsyncResult *result,
           gpointer      play)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_open_finish (WSP_CLIENT (client), result, &error);

  REQUIRE ((connection == NULL) == (error != NULL));
  if (connection != NULL)
    take_connection (play, connection);
  ((Play *) play)->is_over = TRUE;
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Play          *self)
{
  take_connection (self, connection);
}

/* The request line was read, and it is too late for a decision. */
static void
read_failed (WspHandshake *handshake)
{
  REQUIRE (wsp_handshake_get_method (handshake) != NULL);
  REQUIRE (wsp_handshake_get_request_headers (handshake) != NULL);
  REQUIRE (!wsp_handshake_accept (handshake, NULL, NULL, NULL));
  (void) wsp_handshake_get_response_headers (handshake);
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Play           *self)
{
  if (handshake != NULL)
    read_failed (handshake);
  self->is_over = TRUE;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Play         *self)
{
  if (self->config & CONFIG_DEFERS)
    wsp_handshake_defer (handshake);
  return TRUE;
}

/* The stream of our side; fd: the peer's. */
static GIOStream *
make_stream (int *fd)
{
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  REQUIRE (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
  *fd = fds[0];
  socket = g_socket_new_from_fd (fds[1], NULL);
  REQUIRE (socket != NULL);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
begin_client (Play      *self,
              GIOStream *stream)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client ("ws://localhost/", NULL, NULL, NULL);

  wsp_client_open_async (client, handshake, stream, NULL, on_opened, self);
}

static void
begin_server (Play      *self,
              GIOStream *stream)
{
  self->server = wsp_server_new ();
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_failed), self);
  REQUIRE (wsp_server_accept_stream (self->server, stream, WSP_LISTEN_FLAGS_DEFAULT, NULL));
}

static void
send_pieces (int            fd,
             const uint8_t *at,
             size_t         left)
{
  while (left > 0)
    {
      const uint8_t *end = memchr (at, END_OF_PIECE, left);
      size_t n = end != NULL ? (size_t) (end - at) : left;

      (void) !send (fd, at, n, MSG_NOSIGNAL);
      iterate ();
      n += end != NULL;
      at += n;
      left -= n;
    }
}

/* A socket that is closed with unread input is reset. */
static void
leave (Play *self,
       int   fd)
{
  char bytes[4096];

  while (!(self->config & CONFIG_RESETS) && recv (fd, bytes, sizeof bytes, 0) > 0)
    continue;
  close (fd);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  Play play = { .config = size > 0 ? data[0] : 0 };
  g_autoptr (GIOStream) stream = NULL;
  int fd;

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  stream = make_stream (&fd);
  if (play.config & CONFIG_SERVER)
    begin_server (&play, stream);
  else
    begin_client (&play, stream);
  iterate ();
  if (size > 0)
    send_pieces (fd, data + 1, size - 1);
  leave (&play, fd);
  for (guint i = 0; i < MAX_TURNS && !play.is_over; i++)
    g_main_context_iteration (NULL, TRUE);
  REQUIRE (play.is_over);
  for (guint i = 0; i < MAX_TURNS && play.connection != NULL &&
       wsp_connection_get_state (play.connection) != WSP_CONNECTION_STATE_CLOSED; i++)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&play.connection);
  g_clear_object (&play.server);
  iterate ();
  return 0;
}
