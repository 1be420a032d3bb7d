/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The kind of transport for a stream: its socket, the pollable calls of the stream, or its
 * asynchronous calls. */
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#define MAX_UNSENT (64 * 1024)  /* bytes of a TCP socket that were written, but not sent */

/* A class of the program may have streams of its own, which change the bytes. */
gboolean
wsp_transport_is_plain_socket (GIOStream *stream)
{
  if (!G_IS_SOCKET_CONNECTION (stream))
    return FALSE;

  GIOStreamClass *class = G_IO_STREAM_GET_CLASS (stream);
  GIOStreamClass *plain = g_type_class_peek (G_TYPE_SOCKET_CONNECTION);

  return class->get_input_stream == plain->get_input_stream &&
         class->get_output_stream == plain->get_output_stream;
}

/* Without TCP_NOTSENT_LOWAT the kernel takes up to 4 MiB of output for a peer that reads slowly:
 * neither the high-water mark nor max-send-delay would notice this peer before. */
void
wsp_transport_prepare_tcp (int fd)
{
  const int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
#ifdef TCP_NOTSENT_LOWAT
  const int max_unsent = MAX_UNSENT;

  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent, sizeof max_unsent);
#endif
}

/* Returns NULL if the stream is not a socket; stream may be NULL. */
static GSocket *
prepare_socket (GIOStream *stream)
{
  if (!wsp_transport_is_plain_socket (stream))
    return NULL;

  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_socket_set_blocking (socket, FALSE);
  if (G_IS_TCP_CONNECTION (stream))
    wsp_transport_prepare_tcp (g_socket_get_fd (socket));
  return socket;
}

int
wsp_transport_dup_descriptor (GSocketConnection *connection,
                              GError           **error)
{
  GSocket *socket = prepare_socket (G_IO_STREAM (connection));
  int fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);

  if (fd < 0)
    g_propagate_error (error, wsp_transport_make_error (errno));
  return fd;
}

static gboolean
can_poll (GIOStream *stream)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  return G_IS_POLLABLE_INPUT_STREAM (input) && G_IS_POLLABLE_OUTPUT_STREAM (output) &&
         g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (input)) &&
         g_pollable_output_stream_can_poll (G_POLLABLE_OUTPUT_STREAM (output));
}

/* Returns the socket to watch, below all TLS connections: there are two of these if the connection
 * goes through a proxy that uses TLS.  NULL: there is no socket. */
static GSocket *
get_socket (GIOStream *inner)
{
  g_autoptr (GIOStream) stream = g_object_ref (inner);

  while (G_IS_TLS_CONNECTION (stream))
    {
      g_autoptr (GIOStream) below = wsp_transport_dup_stream_below (G_TLS_CONNECTION (stream));

      g_set_object (&stream, below);
    }

  return prepare_socket (stream);
}

/* Writing to a pipe without a reader must return an error, not end the program.  GSocket ignores
 * SIGPIPE as well; unlike GSocket, this function keeps a handler that the program has set. */
static void
ignore_broken_pipes (void)
{
  struct sigaction action;

  sigaction (SIGPIPE, NULL, &action);
  if (action.sa_handler == SIG_DFL)
    signal (SIGPIPE, SIG_IGN);
}

WspTransport *
wsp_transport_new_for_stream (WspReactor *reactor,
                              GIOStream  *stream)
{
  GIOStream *inner = wsp_transport_get_inner_stream (stream);
  GSocket *socket = get_socket (inner);
  int fd = socket != NULL ? g_socket_get_fd (socket) : -1;
  WspTransport *self;

  if (wsp_transport_is_plain_socket (inner))
    self = wsp_transport_new (&wsp_transport_socket_kind, reactor, fd);
  else if (can_poll (inner))
    self = wsp_transport_new (&wsp_transport_stream_kind, reactor, fd);
  else
    self = wsp_transport_new (&wsp_transport_async_kind, reactor, -1);

  wsp_transport_ensure_rest (self)->stream = g_object_ref (stream);
  if (self->kind != &wsp_transport_socket_kind)
    ignore_broken_pipes ();
  if (self->kind == &wsp_transport_stream_kind)
    wsp_transport_stream_begin (self);
  else if (self->kind == &wsp_transport_async_kind)
    wsp_transport_async_begin (self);
  return self;
}
