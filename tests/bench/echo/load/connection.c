/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One socket of the generator, plain or with TLS; it never blocks. */

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_ADDRESSES 100

/* One address has too few ports: those of ended connections stay in use for a minute. */
static void
bind_to_next (int fd)
{
  static unsigned n;
  const int on = 1;
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_addr = { .s_addr = htonl (INADDR_LOOPBACK + n++ % N_ADDRESSES) },
  };

  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind (fd, (const struct sockaddr *) &address, sizeof address) != 0)
    load_fail ("bind: %s", strerror (errno));
}

int
load_connect (const LoadOptions *options,
              int                flags)
{
  const int on = !options->is_delayed;
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (options->port),
    .sin_addr = { .s_addr = htonl (INADDR_LOOPBACK) },
  };

  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

  if (fd < 0)
    load_fail ("socket: %s", strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bind_to_next (fd);
  if (connect (fd, (const struct sockaddr *) &address, sizeof address) != 0 &&
      errno != EINPROGRESS)
    load_fail ("connect: %s", strerror (errno));
  return fd;
}

void
load_connection_begin (LoadConnection *self,
                       Load           *load)
{
  memset (self, 0, sizeof *self);
  self->fd = load_connect (load->options, SOCK_NONBLOCK);
  self->state = LOAD_CONNECTING;
  load_watch (load, self, EPOLLOUT);
}

void
load_connection_close (LoadConnection *self)
{
  if (self->state == LOAD_CLOSED)
    return;
  if (self->state == LOAD_OPEN && self->tls != NULL)
    SSL_shutdown (self->tls);   /* without it OpenSSL does not reuse a ticket */
  close (self->fd);
  if (self->tls != NULL)
    SSL_free (self->tls);
  free (self->head);
  load_reader_clear (&self->reader);
  memset (self, 0, sizeof *self);
}

static size_t
result_of_tls (LoadConnection *self,
               int             result)
{
  const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error (self->tls, result);

  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    return 0;
  if (error != SSL_ERROR_NONE)
    load_fail ("TLS fails: %d", error);
  return (size_t) result;
}

static size_t
result_of_call (ssize_t     result,
                const char *what)
{
  if (result < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  if (result < 0)
    load_fail ("%s: %s", what, strerror (errno));
  return (size_t) result;
}

size_t
load_connection_read (LoadConnection *self,
                      uint8_t        *to,
                      size_t          n)
{
  if (self->tls != NULL)
    return result_of_tls (self, SSL_read (self->tls, to, (int) n));

  const ssize_t result = recv (self->fd, to, n, 0);

  if (result == 0)
    load_fail ("the server ends a connection");
  return result_of_call (result, "recv");
}

size_t
load_connection_write (LoadConnection *self,
                       const void     *at,
                       size_t          n)
{
  if (self->tls != NULL)
    return result_of_tls (self, SSL_write (self->tls, at, (int) n));
  return result_of_call (send (self->fd, at, n, MSG_NOSIGNAL), "send");
}

static LoadProgress
flush_pong (LoadConnection *self)
{
  if (self->reader.n_pong == 0 || self->sent_of_frame > 0)
    return LOAD_DONE;
  if (load_connection_write (self, self->reader.pong, self->reader.n_pong) != self->reader.n_pong)
    return LOAD_MORE;           /* it is short enough to be sent completely or not at all */
  self->reader.n_pong = 0;
  return LOAD_DONE;
}

/* One call sends as many frames as are adjacent in memory. */
LoadProgress
load_connection_flush (LoadConnection *self)
{
  const LoadWire *wire = self->wire;

  while (self->n_to_send > 0)
    {
      const size_t n_left = wire->n_frames - self->frame;
      const size_t end = self->frame + (self->n_to_send < n_left ? self->n_to_send : n_left);
      const size_t from = wire->starts[self->frame] + self->sent_of_frame;
      size_t sent = load_connection_write (self, wire->bytes + from, wire->starts[end] - from);
      const bool is_short = sent < wire->starts[end] - from;

      sent += self->sent_of_frame;
      while (self->frame < end &&
             sent >= wire->starts[self->frame + 1] - wire->starts[self->frame])
        {
          sent -= wire->starts[self->frame + 1] - wire->starts[self->frame];
          self->frame++;
          self->n_to_send--;
        }
      self->frame %= wire->n_frames;
      self->sent_of_frame = sent;
      if (is_short)
        return LOAD_MORE;
    }
  return flush_pong (self);
}
