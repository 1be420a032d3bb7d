/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transport over a stream that can be polled, mostly TLS.
 *
 *   HANDSHAKING --> OPEN --> SHUTTING_DOWN --> SHUT_DOWN
 *
 *   when the owner closes:
 *   HANDSHAKING, SHUTTING_DOWN, or OPEN if close_notify is to be sent --> FINISHING --> CLOSING
 *   OPEN or SHUT_DOWN --> CLOSING
 *
 * A state only goes forward.  If a read has failed, base.error is set in addition; if a write that
 * has written a part has failed, base.write_error.
 *
 * For TLS over a socket, the socket is watched, in the same epoll set as all others.  If the socket
 * does not show the event that TLS waits for, a GSource of the stream is attached, for one event.
 *
 * may_hold_input tells that TLS may hold decrypted bytes, which polling the socket does not
 * show.  A read that filled its buffer sets it.  A shorter read clears it, but not if TLS runs
 * inside TLS: the outer TLS may hold more, and only a read that would block clears it.
 * In HANDSHAKING the socket belongs to GIO's thread.
 * The descriptor of a pipe is a duplicate, so that the program may close its own.  It is never made
 * non-blocking, because another process may share the file description.
 * A blocking descriptor is written to only when it has room, with at most PIPE_BUF bytes at once,
 * for which a pipe with room does not block.
 */
#include "reactor/wsp-graceful-close-private.h"
#include "reactor/wsp-transport-kind-private.h"

#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>

#define TLS_OVERHEAD 256                /* header, padding and tag of a record at most */

typedef enum
{
  HANDSHAKING,                  /* a thread of GIO does the handshake: nothing is read, written or
                                   watched */
  OPEN,                         /* the owner reads and writes */
  SHUTTING_DOWN,                /* the output is being closed; the owner reads */
  SHUT_DOWN,                    /* the output is closed; the owner reads */
  FINISHING,                    /* closed by the owner: the handshake is cancelled, or
                                 * close_notify is sent within a second */
  CLOSING,                      /* the stream is being closed; no other call may be under way */
} StreamState;

typedef struct
{
  WspTransport           base;          /* the first member: its address is that of the struct */
  GPollableInputStream  *input;
  GPollableOutputStream *output;
  GCancellable          *cancellable;   /* cancels the calls under way */
  GSource               *sources[2];    /* sources for reading and for writing; NULL: not
                                           attached */
  WspGracefulClose       graceful_close;
  guint8                 unseen;        /* events that the socket does not report now */
  int                    output_fd;     /* descriptor of an output that is not a socket; -1: none */
  StreamState            state;
  gboolean               is_inside_tls; /* the stream is TLS inside another TLS */
  gboolean               may_hold_input;
  gboolean               read_needs_write;
} StreamTransport;

static WspWatchEvents
transport_stream_get_event (guint number)
{
  return number == 0 ? WSP_WATCH_READ : WSP_WATCH_WRITE;
}

static void
transport_stream_drop_source (StreamTransport *self,
                              guint            number)
{
  if (self->sources[number] == NULL)
    return;

  g_source_destroy (self->sources[number]);
  g_clear_pointer (&self->sources[number], g_source_unref);
}

static gboolean
notify_of_source (StreamTransport *self,
                  guint            number)
{
  if (self->base.fd >= 0)
    self->unseen &= ~transport_stream_get_event (number);
  transport_stream_drop_source (self, number);
  wsp_transport_queue_notify (&self->base, transport_stream_get_event (number),
                              WSP_DUE_THIS_DISPATCH);
  return G_SOURCE_REMOVE;
}

static gboolean
transport_stream_on_readable (GObject *stream,
                              gpointer data)
{
  return notify_of_source (data, 0);
}

static gboolean
transport_stream_on_writable (GObject *stream,
                              gpointer data)
{
  return notify_of_source (data, 1);
}

static void
transport_stream_add_source (StreamTransport *self,
                             guint            number)
{
  GSource *source = number == 0 ? g_pollable_input_stream_create_source (self->input, NULL)
                                : g_pollable_output_stream_create_source (self->output, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (number == 0 ? transport_stream_on_readable
                                                : transport_stream_on_writable), self,
                         NULL);
  g_source_attach (source, wsp_reactor_get_context (self->base.reactor));
  self->sources[number] = source;
}

static void
transport_stream_on_socket_ready (WspWatch      *watch,
                                  WspWatchEvents events)
{
  WspTransport *base = WSP_OWNER_OF (watch, WspTransport, watch);
  StreamTransport *self = (StreamTransport *) base;

  if (self->read_needs_write)
    {
      self->read_needs_write = FALSE;
      events |= WSP_WATCH_READ;
    }

  WspWatchEvents notified = wsp_transport_filter_events (base, events);

  if (notified == WSP_WATCH_NOTHING)
    return;

  wsp_transport_ref (base);
  wsp_transport_notify (base, notified);
  wsp_transport_unref (base);
}

/* TRUE: what a read would return is not shown by the socket. */
static gboolean
has_more (StreamTransport *self)
{
  return self->may_hold_input || wsp_transport_has_failed (&self->base);
}

static void
transport_stream_arm (WspTransport *base)
{
  StreamTransport *self = (StreamTransport *) base;
  WspWatchEvents wanted = self->state == HANDSHAKING ? WSP_WATCH_NOTHING : base->events;

  for (guint number = 0; number < G_N_ELEMENTS (self->sources); number++)
    {
      if ((wanted & self->unseen & transport_stream_get_event (number)) == 0)
        transport_stream_drop_source (self, number);
      else if (self->sources[number] == NULL)
        transport_stream_add_source (self, number);
    }

  if (wanted & WSP_WATCH_READ && has_more (self))
    wsp_transport_queue_notify (base, WSP_WATCH_READ, WSP_DUE_NEXT_DISPATCH);
  if (wanted & WSP_WATCH_WRITE && wsp_transport_peek_write_error (base) != NULL)
    wsp_transport_queue_notify (base, WSP_WATCH_WRITE, WSP_DUE_NEXT_DISPATCH);
  if (base->fd < 0)
    return;

  wanted &= ~self->unseen;
  if (wanted & WSP_WATCH_READ && self->read_needs_write)
    wanted |= WSP_WATCH_WRITE;
  if (self->state == HANDSHAKING)
    wsp_reactor_unwatch (base->reactor, &base->watch);
  else
    wsp_transport_watch_socket (base, wanted, transport_stream_on_socket_ready);
}

/* Polls the socket to find out why a read or a write would block.  If the socket is ready for the
 * event, TLS waits for something else.  If the socket is not writable, a read may wait for room. */
static void
look_why_blocked (StreamTransport *self,
                  WspWatchEvents   event)
{
  struct pollfd socket = { .fd = self->base.fd, .events = POLLIN | POLLOUT };

  if (self->base.fd < 0 || poll (&socket, 1, 0) < 0)
    return;

  if (event == WSP_WATCH_READ)
    self->read_needs_write = (socket.revents & POLLOUT) == 0;
  if (socket.revents & (event == WSP_WATCH_READ ? POLLIN : POLLOUT))
    self->unseen |= event;
}

static gssize
return_error (StreamTransport *self,
              WspWatchEvents   event,
              GError          *io_error,
              GError         **error)
{
  if (!g_error_matches (io_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_propagate_error (error, io_error);
      return WSP_TRANSPORT_FAILED;
    }

  g_error_free (io_error);
  look_why_blocked (self, event);
  return WSP_TRANSPORT_WOULD_BLOCK;
}

/* Bytes that were read before an end or an error are returned first; the next read returns the
 * end or the error. */
static gssize
transport_stream_end_read (StreamTransport *self,
                           gsize            total,
                           GError          *io_error,
                           GError         **error)
{
  if (io_error == NULL)
    {
      self->may_hold_input = total > 0;
      return total;
    }

  self->may_hold_input = FALSE;

  GError **kept = total > 0 ? &wsp_transport_ensure_rest (&self->base)->error : error;
  gssize result = return_error (self, WSP_WATCH_READ, io_error, kept);

  return total > 0 ? (gssize) total : result;
}

/* TLS returns one record at a time: after a full record there may be another. */
static gssize
transport_stream_read_records (WspTransport       *base,
                               const struct iovec *vectors,
                               guint               n_vectors,
                               GError            **error)
{
  StreamTransport *self = (StreamTransport *) base;
  gsize total = 0, filled = 0;

  if (wsp_transport_has_failed (base))
    return wsp_transport_return_error (base, error);
  if (self->state == HANDSHAKING)
    return WSP_TRANSPORT_WOULD_BLOCK;

  self->may_hold_input = self->is_inside_tls;
  for (guint i = 0; i < n_vectors;)
    {
      GError *io_error = NULL;
      gsize room = vectors[i].iov_len - filled;
      gssize n = g_pollable_input_stream_read_nonblocking (
        self->input, (guint8 *) vectors[i].iov_base + filled, room, NULL, &io_error);

      if (n <= 0)
        return transport_stream_end_read (self, total, io_error, error);

      total += n;
      filled += n;
      if ((gsize) n < MIN (room, WSP_TLS_RECORD_SIZE))
        return total;
      if (filled == vectors[i].iov_len)
        {
          filled = 0;
          i++;
        }
    }

  self->may_hold_input = TRUE;
  return total;
}

/* Arms, because the owner may read outside a notification, behind which nothing else would arm. */
static gssize
read_stream (WspTransport       *base,
             const struct iovec *vectors,
             guint               n_vectors,
             GError            **error)
{
  StreamTransport *self = (StreamTransport *) base;
  gssize n = transport_stream_read_records (base, vectors, n_vectors, error);

  if (has_more (self))
    transport_stream_arm (base);
  return n;
}

static gboolean
is_blocking (StreamTransport *self)
{
  return self->output_fd >= 0 && (fcntl (self->output_fd, F_GETFL) & O_NONBLOCK) == 0;
}

static gsize
get_write_limit (StreamTransport *self)
{
  if (!is_blocking (self))
    return G_MAXSIZE;

  return wsp_transport_is_secure (&self->base) ? PIPE_BUF - TLS_OVERHEAD : PIPE_BUF;
}

static gssize
write_stream (WspTransport       *base,
              const struct iovec *vectors,
              guint               n_vectors,
              GError            **error)
{
  StreamTransport *self = (StreamTransport *) base;
  guint8 record[WSP_TLS_RECORD_SIZE];
  gsize total = 0, limit;

  if (wsp_transport_has_failed (base) || wsp_transport_peek_write_error (base) != NULL)
    return wsp_transport_return_write_error (base, error);
  if (self->state == HANDSHAKING)
    return WSP_TRANSPORT_WOULD_BLOCK;

  limit = get_write_limit (self);
  while (TRUE)
    {
      GError *io_error = NULL;
      struct iovec bytes = wsp_transport_gather (vectors, n_vectors, total, record);

      if (bytes.iov_len == 0)
        return total;

      gssize n = g_pollable_output_stream_write_nonblocking (self->output, bytes.iov_base,
                                                             MIN (bytes.iov_len, limit), NULL,
                                                             &io_error);

      if (n > 0)
        {
          total += n;
          continue;
        }

      GError **kept = total > 0 ? &wsp_transport_ensure_rest (base)->write_error : error;
      gssize result = return_error (self, WSP_WATCH_WRITE, io_error, kept);

      return total > 0 ? (gssize) total : result;
    }
}

static void
transport_stream_enter (StreamTransport *self,
                        StreamState      state)
{
  g_assert (state > self->state);

  self->state = state;
  wsp_graceful_close_end (&self->graceful_close, self->base.reactor);
  if (state == FINISHING)
    wsp_graceful_close_begin (&self->graceful_close, self->base.reactor);
  if (state != CLOSING)
    return;

  wsp_transport_end_share (&self->base);        /* now: the main loop may not run any more */
  wsp_transport_close_stream (&self->base);
}

/* Makes each call under way return at once. */
static void
transport_stream_cut (StreamTransport *self)
{
  if (wsp_reactor_is_inherited (self->base.reactor))
    return;                     /* the parent's calls would see that */

  g_cancellable_cancel (self->cancellable);
  if (self->base.fd >= 0)
    shutdown (self->base.fd, SHUT_RDWR);
}

static void
transport_stream_on_expired (WspTimer *timer)
{
  transport_stream_cut (WSP_OWNER_OF (timer, StreamTransport, graceful_close.timer));
}

static void
transport_stream_on_ended (GObject      *source,
                           GAsyncResult *result,
                           gpointer      data)
{
  StreamTransport *self = data;

  g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  if (!wsp_reactor_is_inherited (self->base.reactor))
    {
      if (self->base.rest->share != NULL && self->base.rest->share->output != NULL)
        g_output_stream_close (g_io_stream_get_output_stream (self->base.rest->stream), NULL, NULL);
      if (self->base.fd >= 0)
        shutdown (self->base.fd, SHUT_WR);
      transport_stream_enter (self, self->state == FINISHING ? CLOSING : SHUT_DOWN);
    }
  wsp_transport_unref (&self->base);
}

static void
shutdown_stream (WspTransport *base)
{
  StreamTransport *self = (StreamTransport *) base;

  if (self->state != OPEN)
    return;

  transport_stream_enter (self, SHUTTING_DOWN);
  wsp_reactor_push_context (base->reactor);
  g_output_stream_close_async (G_OUTPUT_STREAM (self->output), G_PRIORITY_DEFAULT,
                               self->cancellable, transport_stream_on_ended,
                               wsp_transport_ref (base));
  wsp_reactor_pop_context (base->reactor);
}

static void
transport_stream_close_when_free (WspTransport     *base,
                                  WspTransportClose how)
{
  StreamTransport *self = (StreamTransport *) base;

  transport_stream_drop_source (self, 0);
  transport_stream_drop_source (self, 1);
  if (how == WSP_TRANSPORT_CLOSE_GRACEFUL && wsp_transport_is_secure (base) &&
      self->state != HANDSHAKING)
    shutdown_stream (base);
  else
    transport_stream_cut (self);
  transport_stream_enter (self, self->state == HANDSHAKING || self->state == SHUTTING_DOWN
                          ? FINISHING : CLOSING);
}

GError *
wsp_transport_make_version_error (void)
{
  return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE,
                              "TLS: expected version 1.2 or later, received an older one "
                              "(G_TLS_GNUTLS_PRIORITY can permit it)");
}

/* The dot at the end of a name is in no certificate. */
GSocketConnectable *
wsp_transport_make_tls_peer (const char *host,
                             guint16     port)
{
  gsize length = strlen (host);
  g_autofree char *name = g_strndup (host, g_str_has_suffix (host, ".") ? length - 1 : length);

  return g_network_address_new (name, port);
}

/* For a GNetworkAddress GIO sends an IP literal as server name, which RFC 6066 3 forbids; for a
 * GSocketAddress GIO sends no name, and still checks the certificate for the address. */
GSocketConnectable *
wsp_transport_make_tls_identity (const char *host,
                                 guint16     port)
{
  GSocketAddress *literal = g_inet_socket_address_new_from_string (host, port);

  return literal != NULL ? G_SOCKET_CONNECTABLE (literal)
                         : wsp_transport_make_tls_peer (host, port);
}

gboolean
wsp_transport_check_tls_version (GTlsConnection *tls,
                                 GError        **error)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (tls);
  gboolean is_old = version == G_TLS_PROTOCOL_VERSION_SSL_3_0 ||
                    version == G_TLS_PROTOCOL_VERSION_TLS_1_0 ||
                    version == G_TLS_PROTOCOL_VERSION_TLS_1_1;

  if (!is_old || g_getenv ("G_TLS_GNUTLS_PRIORITY") != NULL)
    return TRUE;

  g_propagate_error (error, wsp_transport_make_version_error ());
  return FALSE;
}

static void
on_handshake_done (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  StreamTransport *self = data;
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    wsp_transport_check_tls_version (G_TLS_CONNECTION (source), &error);
  if (wsp_reactor_is_inherited (self->base.reactor))
    {
      wsp_transport_unref (&self->base);
      return;
    }

  transport_stream_enter (self, self->state == FINISHING ? CLOSING : OPEN);
  /* An owner that has closed is not notified. */
  if (error != NULL)
    wsp_transport_fail (&self->base, g_steal_pointer (&error));
  else
    wsp_transport_queue_notify (&self->base, WSP_WATCH_READ | WSP_WATCH_WRITE,
                                WSP_DUE_THIS_DISPATCH);
  wsp_transport_unref (&self->base);
}

static void
transport_stream_clear (WspTransport *base)
{
  StreamTransport *self = (StreamTransport *) base;

  transport_stream_drop_source (self, 0);
  transport_stream_drop_source (self, 1);
  g_clear_object (&self->cancellable);
}

const WspTransportKind wsp_transport_stream_kind = {
  .size = sizeof (StreamTransport),
  .read = read_stream,
  .write = write_stream,
  .arm = transport_stream_arm,
  .shutdown = shutdown_stream,
  .close = transport_stream_close_when_free,
  .clear = transport_stream_clear,
};

static gboolean
is_inside_tls (GTlsConnection *tls)
{
  g_autoptr (GIOStream) below = wsp_transport_dup_stream_below (tls);

  return G_IS_TLS_CONNECTION (below);
}

/* The descriptor that is written to, if it is not a socket; otherwise -1. */
static int
find_output_fd (GTlsConnection *tls,
                GOutputStream  *output)
{
  g_autoptr (GIOStream) below = tls != NULL ? wsp_transport_dup_bottom (G_IO_STREAM (tls)) : NULL;

  if (tls != NULL)
    output = below != NULL ? g_io_stream_get_output_stream (below) : NULL;

  return G_IS_FILE_DESCRIPTOR_BASED (output)
         ? g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (output)) : -1;
}

void
wsp_transport_stream_begin (WspTransport *base)
{
  StreamTransport *self = (StreamTransport *) base;
  GTlsConnection *tls = wsp_transport_get_tls (base);
  WspTransportShare *share = base->rest->share;
  GInputStream *input = share != NULL ? share->input : NULL;
  GOutputStream *output = share != NULL ? share->output : NULL;

  if (input == NULL)
    input = g_io_stream_get_input_stream (base->rest->stream);
  if (output == NULL)
    output = g_io_stream_get_output_stream (base->rest->stream);
  self->input = G_POLLABLE_INPUT_STREAM (input);
  self->output = G_POLLABLE_OUTPUT_STREAM (output);
  self->cancellable = g_cancellable_new ();
  self->graceful_close.timer.expired = transport_stream_on_expired;
  self->unseen = base->fd < 0 ? WSP_WATCH_READ | WSP_WATCH_WRITE : WSP_WATCH_NOTHING;
  self->output_fd = find_output_fd (tls, output);
  self->is_inside_tls = tls != NULL && is_inside_tls (tls);
  /* A previous owner may have read a part of a record. */
  self->may_hold_input = tls != NULL;

  if (tls == NULL ||
      g_tls_connection_get_protocol_version (tls) != G_TLS_PROTOCOL_VERSION_UNKNOWN)
    {
      transport_stream_enter (self, OPEN);
      return;
    }

  wsp_reactor_push_context (base->reactor);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, self->cancellable, on_handshake_done,
                                    wsp_transport_ref (base));
  wsp_reactor_pop_context (base->reactor);
}
