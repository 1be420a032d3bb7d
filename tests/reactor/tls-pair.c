/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls-pair.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static WspTlsContext *plain_context;

static int
make_socket (int buffer)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  if (buffer > 0)
    {
      setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
      setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    }

  return fd;
}

void
connect_sockets (int *fds,
                 int  buffer)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  const int one = 1;
  int listener = make_socket (buffer);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *) &address, &length), ==, 0);
  fds[0] = make_socket (buffer);
  g_assert_cmpint (connect (fds[0], (struct sockaddr *) &address, length), ==, 0);
  fds[1] = accept (listener, NULL, NULL);
  close (listener);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (fcntl (fds[i], F_SETFL, O_NONBLOCK), ==, 0);
      setsockopt (fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
}

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       owner)
{
  static guint8 bytes[100000];
  const struct iovec room = { bytes, sizeof bytes };
  TlsPair *self = owner;

  self->n_notified++;
  if (self->n_notified == self->close_at)
    {
      tls_pair_close (self);
      return;
    }
  if (self->only_counts || !(events & WSP_WATCH_READ))
    return;

  g_clear_error (&self->error);
  gssize n = wsp_transport_read (transport, &room, 1, &self->error);

  if (n > 0)
    g_byte_array_append (self->got, bytes, n);
  self->has_ended = self->has_ended || n == 0;
  if (n >= 0)
    wsp_transport_set_events (transport, n > 0 ? self->after_read
                                               : self->after_read & ~WSP_WATCH_READ);
  else if (n == WSP_TRANSPORT_FAILED)
    wsp_transport_set_events (transport, WSP_WATCH_NOTHING);
}

static WspTlsContext *
get_plain_context (void)
{
  g_autoptr (GBytes) key = wsp_tls_make_ticket_key ();
  const WspTlsSettings settings = {
    .certificate = authority_get_certificate (CERTIFICATE_GOOD), .ticket_key = key
  };

  if (plain_context == NULL)
    plain_context = wsp_tls_context_new (&settings, NULL);
  g_assert_nonnull (plain_context);
  return plain_context;
}

void
tls_pair_clear_context (void)
{
  g_clear_pointer (&plain_context, wsp_tls_context_unref);
}

static void
init_server (TlsPair       *self,
             int            fd,
             WspTlsContext *context)
{
  self->reactor = wsp_reactor_ref_thread_default ();
  self->got = g_byte_array_new ();
  self->after_read = WSP_WATCH_READ;
  self->transport = wsp_transport_new_for_tls (self->reactor, fd, context);
  wsp_transport_set_owner (self->transport, on_ready, self);
  wsp_transport_set_events (self->transport, WSP_WATCH_READ);
}

void
tls_pair_init (TlsPair       *self,
               const char    *priority,
               int            buffer,
               WspTlsContext *context)
{
  int fds[2];

  connect_sockets (fds, buffer);
  *self = (TlsPair) { .peer = tls_peer_new_for_fd (fds[0], priority, NULL, 0) };
  init_server (self, fds[1], context != NULL ? context : get_plain_context ());
}

void
tls_pair_init_early (TlsPair       *self,
                     WspTlsContext *context,
                     GBytes        *ticket)
{
  int fds[2];

  connect_sockets (fds, 0);
  *self = (TlsPair) {
    .peer = tls_peer_new_for_fd (fds[0], TLS_1_3, ticket, GNUTLS_ENABLE_EARLY_DATA)
  };
  init_server (self, fds[1], context);
}

void
tls_pair_close (TlsPair *self)
{
  if (self->transport != NULL)
    wsp_transport_close (g_steal_pointer (&self->transport), self->how);
}

void
tls_pair_clear (TlsPair *self)
{
  tls_pair_close (self);
  tls_peer_free (self->peer);
  g_byte_array_unref (self->got);
  g_clear_error (&self->error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  wsp_reactor_unref (self->reactor);
}

gboolean
tls_pair_is_open (TlsPair *self)
{
  g_auto (WspTransportTls) tls = { 0 };

  wsp_transport_describe_tls (self->transport, &tls);
  return tls.version != G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

void
tls_pair_open (TlsPair *self)
{
  tls_peer_do_handshake (self->peer);
  RUN_UNTIL (tls_pair_is_open (self));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

gsize
tls_pair_fill (TlsPair *self,
               gsize    limit)
{
  static guint8 bytes[16384];
  const struct iovec text = { bytes, sizeof bytes };
  gsize total = 0;

  while (total < limit)
    {
      gssize n = wsp_transport_write (self->transport, &text, 1, NULL);

      if (n <= 0)
        break;
      total += n;
    }

  return total;
}
