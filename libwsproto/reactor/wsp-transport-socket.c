/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The plain socket, which is read and written by its descriptor.  It has no states: it is owned, or
 * closed.
 *
 * A shared stream and its transport have a descriptor each, and the transport closes both.
 *
 * docs/rationales/reactor-and-transports.md has the reasons.
 */
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/sockets.h"

static void
transport_socket_on_socket_ready (WspWatch      *watch,
                                  WspWatchEvents events)
{
  WspTransport *self = WSP_OWNER_OF (watch, WspTransport, watch);
  WspWatchEvents notified = wsp_transport_filter_events (self, events);

  if (notified != WSP_WATCH_NOTHING)
    self->ready (self, notified, self->owner);
}

static void
arm_socket (WspTransport *self)
{
  wsp_transport_watch_socket (self, self->events, transport_socket_on_socket_ready);
}

static gssize
return_errno (GError **error)
{
  if (errno == EAGAIN)
    return WSP_TRANSPORT_WOULD_BLOCK;

  g_propagate_error (error, wsp_transport_make_error (errno));
  return WSP_TRANSPORT_FAILED;
}

static gssize
transport_socket_read (WspTransport       *self,
                       const struct iovec *vectors,
                       guint               n_vectors,
                       GError            **error)
{
  gssize n;

  if (wsp_transport_has_failed (self))
    return wsp_transport_return_error (self, error);

  do
    n = n_vectors == 1 ? recv (self->fd, vectors->iov_base, vectors->iov_len, 0)
                       : readv (self->fd, vectors, n_vectors);
  while (n < 0 && errno == EINTR);

  return n >= 0 ? n : return_errno (error);
}

static gssize
transport_socket_write (WspTransport       *self,
                        const struct iovec *vectors,
                        guint               n_vectors,
                        GError            **error)
{
  gssize n;

  if (wsp_transport_has_failed (self))
    return wsp_transport_return_error (self, error);

  do
    n = n_vectors == 1 ? wsc_socket_send (self->fd, vectors->iov_base, vectors->iov_len)
                       : wsc_socket_send_vectors (self->fd, vectors, n_vectors);
  while (n < 0 && errno == EINTR);

  return n >= 0 ? n : return_errno (error);
}

static void
shutdown_socket (WspTransport *self)
{
  shutdown (self->fd, SHUT_WR);
}

/* A GTcpConnection with graceful-disconnect set would wait for its peer.  A stream that GIO does
 * not close, because the program reads from it, must not keep the peer waiting. */
static void
close_socket (WspTransport     *self,
              WspTransportClose how)
{
  GIOStream *stream = wsp_transport_peek_stream (self);

  if (stream == NULL)
    {
      wsp_transport_close_descriptor (self);
      return;
    }

  if (wsp_has_forked)
    shutdown (self->fd, SHUT_RDWR);
  if (G_IS_TCP_CONNECTION (stream))
    g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (stream), FALSE);
  if (!g_io_stream_close (stream, NULL, NULL) && self->rest->share != NULL)
    shutdown (self->fd, SHUT_RDWR);
  wsp_transport_end_share (self);
}

static GIOStream *
transport_socket_make_stream (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  if (socket == NULL)
    return NULL;

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

const WspTransportKind wsp_transport_socket_kind = {
  .size = sizeof (WspTransport),
  .read = transport_socket_read,
  .write = transport_socket_write,
  .arm = arm_socket,
  .shutdown = shutdown_socket,
  .close = close_socket,
  .make_stream = transport_socket_make_stream,
};

WspTransport *
wsp_transport_new_for_fd (WspReactor *reactor,
                          int         fd)
{
  return wsp_transport_new (&wsp_transport_socket_kind, reactor, fd);
}
