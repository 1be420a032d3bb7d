/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Functions that all kinds of transport share.
 *
 * Only a dispatch of the reactor notifies the owner, and never after close.
 * In the child of a fork () a transport of the parent does nothing, and would block for ever.
 *
 * docs/rationales/reactor-and-transports.md has the reasons.
 */
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "system/sockets.h"

WspTransport *
wsp_transport_ref (WspTransport *self)
{
  self->ref_count++;
  return self;
}

WspTransportRest *
wsp_transport_ensure_rest (WspTransport *self)
{
  if (self->rest == NULL)
    self->rest = g_new0 (WspTransportRest, 1);

  return self->rest;
}

static void
free_rest (WspTransportRest *rest)
{
  g_clear_error (&rest->error);
  g_clear_error (&rest->write_error);
  g_clear_object (&rest->stream);
  g_free (rest);
}

void
wsp_transport_unref (WspTransport *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;

  wsp_transport_end_share (self);
  if (self->kind->clear != NULL)
    self->kind->clear (self);
  if (self->rest != NULL)
    free_rest (self->rest);
  wsp_reactor_get_closes (self->reactor)->n_unfreed--;
  wsp_reactor_unref (self->reactor);
  g_slice_free1 (self->kind->size, self);
}

static gboolean
is_owned (WspTransport *self)
{
  return self->ready != NULL;
}

/* If the transport has no owner, events is NOTHING.  Arms again even if the owner's events are the
 * same, because they may need other events of the socket than before. */
void
wsp_transport_notify (WspTransport  *self,
                      WspWatchEvents events)
{
  if (events != WSP_WATCH_NOTHING)
    self->ready (self, events, self->owner);
  if (is_owned (self) && !wsp_reactor_is_inherited (self->reactor))
    self->kind->arm (self);
}

static void
transport_run_due (WspDue *due)
{
  WspTransport *self = WSP_OWNER_OF (due, WspTransport, due);
  WspWatchEvents notified = self->due_events & self->events;

  self->due_events = WSP_WATCH_NOTHING;
  if (!wsp_reactor_has_ended (self->reactor) && !wsp_reactor_is_inherited (self->reactor))
    wsp_transport_notify (self, notified);
  wsp_transport_unref (self);
}

void
wsp_transport_queue_notify (WspTransport  *self,
                            WspWatchEvents events,
                            WspDueTime     time)
{
  self->due_events |= events;
  if (wsp_due_is_queued (&self->due))
    return;

  self->due.run = transport_run_due;
  wsp_reactor_call (self->reactor, &wsp_transport_ref (self)->due, time);
}

void
wsp_transport_fail (WspTransport *self,
                    GError       *error)
{
  WspTransportRest *rest = wsp_transport_ensure_rest (self);

  if (rest->error == NULL)
    rest->error = error;
  else
    g_error_free (error);
  wsp_transport_queue_notify (self, WSP_WATCH_READ | WSP_WATCH_WRITE, WSP_DUE_THIS_DISPATCH);
}

gssize
wsp_transport_return_error (WspTransport *self,
                            GError      **error)
{
  g_propagate_error (error, g_error_copy (wsp_transport_peek_error (self)));
  return WSP_TRANSPORT_FAILED;
}

gssize
wsp_transport_return_write_error (WspTransport *self,
                                  GError      **error)
{
  g_propagate_error (error, g_error_copy (wsp_transport_peek_write_error (self)));
  return WSP_TRANSPORT_FAILED;
}

static void
on_stream_closed (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  wsp_transport_unref (data);
}

void
wsp_transport_close_stream (WspTransport *self)
{
  if (wsp_reactor_has_ended (self->reactor))
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      g_cancellable_cancel (cancelled); /* TLS does not wait for the peer */
      g_io_stream_close (self->rest->stream, cancelled, NULL);
      return;
    }

  wsp_reactor_push_context (self->reactor);
  g_io_stream_close_async (self->rest->stream, G_PRIORITY_DEFAULT, NULL, on_stream_closed,
                           wsp_transport_ref (self));
  wsp_reactor_pop_context (self->reactor);
}

GError *
wsp_transport_make_error (int number)
{
  if (number == 0)
    return NULL;

  return g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (number), g_strerror (number));
}

/* The system reports the end of a socket even if no event is asked for.  So a transport whose owner
 * waits for nothing stays watched until then only, or the loop would never sleep. */
void
wsp_transport_watch_socket (WspTransport  *self,
                            WspWatchEvents events,
                            WspWatchFunc   ready)
{
  if (self->watch.is_watched)
    wsp_reactor_set_events (self->reactor, &self->watch, events);
  else if (events != WSP_WATCH_NOTHING &&
           !wsp_reactor_watch (self->reactor, &self->watch, self->fd, events, ready))
    wsp_transport_fail (self, wsp_transport_make_error (errno));
}

WspWatchEvents
wsp_transport_filter_events (WspTransport  *self,
                             WspWatchEvents events)
{
  if (self->events == WSP_WATCH_NOTHING)
    wsp_reactor_unwatch (self->reactor, &self->watch);

  return events & WSP_WATCH_ENDED ? self->events : events & self->events;
}

WspTransport *
wsp_transport_new (const WspTransportKind *kind,
                   WspReactor             *reactor,
                   int                     fd)
{
  WspTransport *self = g_slice_alloc0 (kind->size);

  wsc_socket_prepare_sending ();
  self->kind = kind;
  self->reactor = wsp_reactor_ref (reactor);
  self->fd = fd;
  self->ref_count = 1;
  return self;
}

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

GError *
wsp_transport_make_closed_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                              "Stream was closed by the program (close or abort the connection "
                              "instead)");
}

/* A socket may be closed below its stream. */
gboolean
wsp_transport_is_closed (GIOStream *stream,
                         GIOStream *bottom)
{
  if (stream != NULL && g_io_stream_is_closed (stream))
    return TRUE;
  if (bottom == NULL)
    return FALSE;
  if (!wsp_transport_is_plain_socket (bottom))
    return g_io_stream_is_closed (bottom);

  return g_socket_is_closed (g_socket_connection_get_socket (G_SOCKET_CONNECTION (bottom)));
}

/* The pollable calls of pipes below TLS read and write descriptors that were closed.  The transport
 * itself closes the output when it has ended it. */
static gboolean
is_half_closed (WspTransport      *self,
                WspTransportShare *share)
{
  if (self->kind != &wsp_transport_stream_kind || share->bottom == NULL || self->fd >= 0)
    return FALSE;

  return g_input_stream_is_closed (g_io_stream_get_input_stream (share->bottom)) ||
         (!share->has_shut_down &&
          g_output_stream_is_closed (g_io_stream_get_output_stream (share->bottom)));
}

gboolean
wsp_transport_check_share (WspTransport *self)
{
  WspTransportShare *share = self->rest->share;

  if (wsp_reactor_is_inherited (self->reactor) ||
      (!wsp_transport_is_closed (self->rest->stream, share->bottom) &&
       !is_half_closed (self, share)))
    return FALSE;

  wsp_reactor_remove_shared (self->reactor, &share->shared);
  if (self->rest->error == NULL)
    {
      if (self->fd >= 0)
        shutdown (self->fd, SHUT_RDWR);
      wsp_transport_fail (self, wsp_transport_make_closed_error ());
    }
  return TRUE;
}

static void
transport_look (WspShared *shared)
{
  wsp_transport_check_share (((WspTransportShare *) shared)->transport);
}

WspTransportShare *
wsp_transport_begin_share (WspTransport *self)
{
  WspTransportShare *share = g_new0 (WspTransportShare, 1);

  share->shared.look = transport_look;
  share->transport = self;
  share->bottom = wsp_transport_dup_bottom (self->rest->stream);
  self->rest->share = share;
  wsp_reactor_add_shared (self->reactor, &share->shared);
  return share;
}

void
wsp_transport_end_share (WspTransport *self)
{
  WspTransportShare *share = self->rest != NULL ? g_steal_pointer (&self->rest->share) : NULL;

  if (share == NULL)
    return;

  wsp_reactor_remove_shared (self->reactor, &share->shared);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_object (&share->bottom);
  if (share->input != NULL)
    g_input_stream_close (share->input, NULL, NULL);
  if (share->output != NULL)
    g_output_stream_close (share->output, NULL, NULL);
  g_clear_object (&share->input);
  g_clear_object (&share->output);
  g_free (share);
}

GIOStream *
wsp_transport_get_inner_stream (GIOStream *stream)
{
  while (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (stream));

  return stream;
}

GIOStream *
wsp_transport_dup_stream_below (GTlsConnection *tls)
{
  g_autoptr (GIOStream) below = NULL;

  g_object_get (tls, "base-io-stream", &below, NULL);
  return below != NULL ? g_object_ref (wsp_transport_get_inner_stream (below)) : NULL;
}

GIOStream *
wsp_transport_dup_bottom (GIOStream *stream)
{
  g_autoptr (GIOStream) bottom = g_object_ref (wsp_transport_get_inner_stream (stream));

  while (G_IS_TLS_CONNECTION (bottom))
    {
      g_autoptr (GIOStream) below = wsp_transport_dup_stream_below (G_TLS_CONNECTION (bottom));

      g_set_object (&bottom, below);
    }

  return g_steal_pointer (&bottom);
}

/* Each write to TLS becomes a record, so short vectors are joined. */
struct iovec
wsp_transport_gather (const struct iovec *vectors,
                      guint               n_vectors,
                      gsize               offset,
                      guint8             *record)
{
  struct iovec gathered = { record, 0 };

  for (guint i = 0; i < n_vectors; i++)
    {
      if (offset >= vectors[i].iov_len)
        {
          offset -= vectors[i].iov_len;
          continue;
        }

      guint8 *at = (guint8 *) vectors[i].iov_base + offset;
      gsize left = vectors[i].iov_len - offset;

      if (gathered.iov_len == 0 && (left >= WSP_TLS_RECORD_SIZE || i + 1 == n_vectors))
        {
          gathered = (struct iovec) { at, left };
          return gathered;
        }

      left = MIN (left, WSP_TLS_RECORD_SIZE - gathered.iov_len);
      memcpy (record + gathered.iov_len, at, left);
      gathered.iov_len += left;
      offset = 0;
    }

  return gathered;
}

void
wsp_transport_close_descriptor (WspTransport *self)
{
  if (wsp_has_forked && !wsp_reactor_is_inherited (self->reactor))
    shutdown (self->fd, SHUT_RDWR);
  close (self->fd);
}

static void
end_ownership (WspTransport *self)
{
  self->ready = NULL;
  self->events = WSP_WATCH_NOTHING;
  if (self->rest != NULL && self->rest->share != NULL)
    wsp_reactor_remove_shared (self->reactor, &self->rest->share->shared);
  wsp_reactor_get_closes (self->reactor)->n_unfreed++;
  wsp_reactor_unwatch (self->reactor, &self->watch);
}

/* In the child of a fork (): the descriptor refers to a socket without a peer from now on, whatever
 * is done with it; the one of the parent is closed here. */
static void
cut_descriptor (int fd)
{
  int unconnected = wsc_socket_new_unix ();

  if (fd < 0 || unconnected < 0)
    return;

  wsc_socket_replace (unconnected, fd);
  close (unconnected);
}

/* Returns the socket at the bottom; NULL: there is none, or the stream is unknown. */
static GSocket *
dup_socket_below (GIOStream *outer)
{
  g_autoptr (GIOStream) stream = g_object_ref (wsp_transport_get_inner_stream (outer));

  while (G_IS_TLS_CONNECTION (stream))
    {
      g_autoptr (GIOStream) below = wsp_transport_dup_stream_below (G_TLS_CONNECTION (stream));

      if (below == NULL)
        return NULL;
      g_set_object (&stream, below);
    }

  return G_IS_SOCKET_CONNECTION (stream)
         ? g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream))) : NULL;
}

void
wsp_stream_leave (GIOStream *stream)
{
  g_autoptr (GSocket) socket = dup_socket_below (stream);

  if (socket != NULL)
    cut_descriptor (g_socket_get_fd (socket));
  else if (G_IS_TLS_CONNECTION (wsp_transport_get_inner_stream (stream)))
    g_object_ref (stream);      /* the reference is never dropped: the stream's end would write */
}

/* In the child of a fork (): closes descriptors, and neither ends TLS nor the connection.  A call
 * that GIO has begun in a thread stays as it is. */
static void
transport_leave (WspTransport *self)
{
  GIOStream *stream = wsp_transport_peek_stream (self);

  if (stream != NULL)
    wsp_stream_leave (stream);
  if (self->fd >= 0 && (stream == NULL || self->rest->share != NULL))
    close (self->fd);
  self->fd = -1;
}

void
wsp_transport_close (WspTransport     *self,
                     WspTransportClose how)
{
  end_ownership (self);
  if (wsp_reactor_is_inherited (self->reactor))
    {
      transport_leave (self);
      wsp_transport_unref (self);
      return;
    }

  if (how == WSP_TRANSPORT_CLOSE_RESET)
    wsc_socket_reset (self->fd);
  if (wsp_reactor_has_ended (self->reactor))    /* nothing could wait for the peer */
    how = WSP_TRANSPORT_CLOSE_NOW;
  self->kind->close (self, how);
  wsp_transport_unref (self);
}

GIOStream *
wsp_transport_release (WspTransport *self)
{
  GIOStream *stream = g_object_ref (wsp_transport_peek_stream (self));

  end_ownership (self);
  wsp_transport_unref (self);
  return stream;
}

void
wsp_transport_set_owner (WspTransport    *self,
                         WspTransportFunc ready,
                         gpointer         owner)
{
  self->ready = ready;
  self->owner = owner;
}

void
wsp_transport_set_events (WspTransport  *self,
                          WspWatchEvents events)
{
  self->events = events;
  if (!wsp_reactor_is_inherited (self->reactor))
    self->kind->arm (self);
}

gssize
wsp_transport_read (WspTransport       *self,
                    const struct iovec *vectors,
                    guint               n_vectors,
                    GError            **error)
{
  if (wsp_reactor_is_inherited (self->reactor))
    return WSP_TRANSPORT_WOULD_BLOCK;

  return self->kind->read (self, vectors, n_vectors, error);
}

gssize
wsp_transport_write (WspTransport       *self,
                     const struct iovec *vectors,
                     guint               n_vectors,
                     GError            **error)
{
  if (wsp_reactor_is_inherited (self->reactor))
    return WSP_TRANSPORT_WOULD_BLOCK;

  return self->kind->write (self, vectors, n_vectors, error);
}

gboolean
wsp_transport_has_own_io (WspTransport *self)
{
  return self->kind->make_stream != NULL || self->kind->describe_tls != NULL;
}

void
wsp_transport_shutdown (WspTransport *self)
{
  if (wsp_reactor_is_inherited (self->reactor))
    return;

  if (self->rest != NULL && self->rest->share != NULL)
    self->rest->share->has_shut_down = TRUE;
  self->kind->shutdown (self);
}

/* The stream keeps the descriptor that it has. */
static void
use_descriptor (WspTransport *self,
                int           fd)
{
  gboolean was_watched = self->watch.is_watched;
  WspWatchEvents events = self->watch.events;
  WspWatchFunc ready = self->watch.ready;

  wsp_reactor_unwatch (self->reactor, &self->watch);
  self->fd = fd;
  if (was_watched)
    wsp_transport_watch_socket (self, events, ready);
}

/* FALSE: there are no more descriptors, or the stream cannot be created. */
static gboolean
share_stream (WspTransport *self)
{
  GIOStream *made = NULL;
  int fd = self->fd >= 0 ? fcntl (self->fd, F_DUPFD_CLOEXEC, 0) : -1;

  if (fd < 0 && self->fd >= 0)
    return FALSE;

  if (wsp_transport_peek_stream (self) != NULL)
    {
      use_descriptor (self, fd);
    }
  else
    {
      made = self->kind->make_stream (fd);
      if (made == NULL)
        {
          close (fd);
          return FALSE;
        }
      wsp_transport_ensure_rest (self)->stream = made;
    }

  wsp_transport_begin_share (self);
  return TRUE;
}

GIOStream *
wsp_transport_get_stream (WspTransport *self)
{
  GIOStream *stream = wsp_transport_peek_stream (self);

  if (stream == NULL && self->kind->make_stream == NULL)
    return NULL;
  if (stream != NULL && self->rest->share != NULL)
    return stream;

  return share_stream (self) ? wsp_transport_peek_stream (self) : NULL;
}

GTlsConnection *
wsp_transport_get_tls (WspTransport *self)
{
  GIOStream *stream = wsp_transport_peek_stream (self);
  GIOStream *inner = stream != NULL ? wsp_transport_get_inner_stream (stream) : NULL;

  return G_IS_TLS_CONNECTION (inner) ? G_TLS_CONNECTION (inner) : NULL;
}

gboolean
wsp_transport_is_secure (WspTransport *self)
{
  return self->kind->describe_tls != NULL || wsp_transport_get_tls (self) != NULL;
}

void
wsp_transport_describe_tls (WspTransport    *self,
                            WspTransportTls *tls)
{
  GTlsConnection *connection = wsp_transport_get_tls (self);
  GTlsCertificate *certificate;

  *tls = (WspTransportTls) { .version = G_TLS_PROTOCOL_VERSION_UNKNOWN };
  if (self->kind->describe_tls != NULL)
    self->kind->describe_tls (self, tls);
  if (connection == NULL)
    return;

  certificate = g_tls_connection_get_peer_certificate (connection);
  if (certificate != NULL)
    tls->peer_certificate = wsp_peer_certificate_new (certificate);
  tls->peer_errors = g_tls_connection_get_peer_certificate_errors (connection);
  tls->version = g_tls_connection_get_protocol_version (connection);
  tls->ciphersuite = g_tls_connection_get_ciphersuite_name (connection);
}

void
wsp_transport_tls_clear (WspTransportTls *self)
{
  g_clear_pointer (&self->peer_certificate, wsp_peer_certificate_unref);
  g_clear_pointer (&self->ciphersuite, g_free);
}

WspPeerCertificate *
wsp_transport_dup_peer_certificate (WspTransport         *self,
                                    GTlsCertificateFlags *errors)
{
  g_auto (WspTransportTls) tls;

  wsp_transport_describe_tls (self, &tls);
  if (errors != NULL)
    *errors = tls.peer_errors;
  return g_steal_pointer (&tls.peer_certificate);
}

GSocketAddress *
wsp_transport_dup_remote_address (WspTransport *self)
{
  struct sockaddr_storage name;
  socklen_t length = sizeof name;

  if (getpeername (self->fd, (struct sockaddr *) &name, &length) != 0)
    return NULL;

  return g_socket_address_new_from_native (&name, length);
}

GSocketAddress *
wsp_transport_dup_local_address (WspTransport *self)
{
  struct sockaddr_storage name;
  socklen_t length = sizeof name;

  if (getsockname (self->fd, (struct sockaddr *) &name, &length) != 0)
    return NULL;

  return g_socket_address_new_from_native (&name, length);
}

/* 127.0.0.0/8 as an IPv6 address, which a socket for both families gives, counts too. */
gboolean
wsp_address_is_loopback (GSocketAddress *address)
{
  static const guint8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 };
  GInetAddress *host;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;

  host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  return g_inet_address_get_is_loopback (host) ||
         (g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6 &&
          memcmp (g_inet_address_to_bytes (host), mapped, sizeof mapped) == 0);
}

gboolean
wsp_transport_is_on_loopback (WspTransport *self)
{
  g_autoptr (GSocketAddress) address = wsp_transport_dup_local_address (self);

  return wsp_address_is_loopback (address);
}
