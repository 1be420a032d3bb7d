/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The kind of transport for a stream: its socket, the pollable calls of the stream, or its
 * asynchronous calls. */
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "system/sockets.h"

#define MAX_UNSENT (64 * 1024)  /* bytes of a TCP socket that were written, but not sent */

/* Without the limit the kernel takes up to 4 MiB of output for a peer that reads slowly:
 * neither the high-water mark nor max-send-delay would notice this peer before. */
void
wsp_transport_prepare_tcp (int fd)
{
  const int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  wsc_socket_limit_unsent (fd, MAX_UNSENT);
}

/* Returns NULL if the stream is not a socket; stream may be NULL. */
static GSocket *
transport_for_stream_prepare_socket (GIOStream *stream)
{
  if (!wsp_transport_is_plain_socket (stream))
    return NULL;

  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_socket_set_blocking (socket, FALSE);
  if (G_IS_TCP_CONNECTION (stream))
    wsp_transport_prepare_tcp (g_socket_get_fd (socket));
  return socket;
}

static int
dup_descriptor (int      fd,
                GError **error)
{
  int own = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  if (own < 0)
    g_propagate_error (error, wsp_transport_make_error (errno));
  return own;
}

int
wsp_transport_dup_descriptor (GSocketConnection *connection,
                              GError           **error)
{
  GSocket *socket = transport_for_stream_prepare_socket (G_IO_STREAM (connection));

  return dup_descriptor (g_socket_get_fd (socket), error);
}

/* The next two functions set the place to NULL for a stream that is not a pipe.  FALSE: there are
 * no more descriptors.  A class of the program may have a descriptor of which they know nothing. */
static gboolean
dup_input (GInputStream  *input,
           GInputStream **place,
           GError       **error)
{
  *place = NULL;
  if (G_OBJECT_TYPE (input) != G_TYPE_UNIX_INPUT_STREAM)
    return TRUE;

  int fd = dup_descriptor (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (input)), error);

  if (fd >= 0)
    *place = g_unix_input_stream_new (fd, TRUE);
  return fd >= 0;
}

static gboolean
dup_output (GOutputStream  *output,
            GOutputStream **place,
            GError        **error)
{
  *place = NULL;
  if (G_OBJECT_TYPE (output) != G_TYPE_UNIX_OUTPUT_STREAM)
    return TRUE;

  int fd = dup_descriptor (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (output)), error);

  if (fd >= 0)
    *place = g_unix_output_stream_new (fd, TRUE);
  return fd >= 0;
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

static const WspTransportKind *
choose_kind (GIOStream *inner)
{
  if (wsp_transport_is_plain_socket (inner))
    return &wsp_transport_socket_kind;

  return can_poll (inner) ? &wsp_transport_stream_kind : &wsp_transport_async_kind;
}

static void
transport_for_stream_begin (WspTransport *self)
{
  if (self->kind != &wsp_transport_socket_kind)
    wsc_socket_ignore_broken_pipes ();
  if (self->kind == &wsp_transport_stream_kind)
    wsp_transport_stream_begin (self);
  else if (self->kind == &wsp_transport_async_kind)
    wsp_transport_async_begin (self);
}

static gboolean
check_open (GIOStream *stream,
            GIOStream *bottom,
            GError   **error)
{
  if (!wsp_transport_is_closed (stream, bottom))
    return TRUE;

  g_propagate_error (error, wsp_transport_make_closed_error ());
  return FALSE;
}

gboolean
wsp_transport_check_stream (GIOStream *stream,
                            GError   **error)
{
  g_autoptr (GIOStream) bottom = wsp_transport_dup_bottom (stream);

  return check_open (stream, bottom, error);
}

WspTransport *
wsp_transport_new_for_stream (WspReactor    *reactor,
                              GIOStream     *stream,
                              WspStreamOwner stream_owner,
                              GError       **error)
{
  const WspTransportKind *kind = choose_kind (wsp_transport_get_inner_stream (stream));
  gboolean is_shared = stream_owner == WSP_STREAM_IS_SHARED;
  g_autoptr (GIOStream) bottom = wsp_transport_dup_bottom (stream);
  GSocket *socket = transport_for_stream_prepare_socket (bottom);
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;
  int fd = -1;
  WspTransport *self;

  if (is_shared && !check_open (stream, bottom, error))
    return NULL;

  if (kind != &wsp_transport_async_kind && socket != NULL)
    {
      fd = g_socket_get_fd (socket);
      if (is_shared && (fd = dup_descriptor (fd, error)) < 0)
        return NULL;
    }
  else if (is_shared && kind == &wsp_transport_stream_kind && bottom == stream)
    {
      if (!dup_input (g_io_stream_get_input_stream (stream), &input, error) ||
          !dup_output (g_io_stream_get_output_stream (stream), &output, error))
        return NULL;
    }

  self = wsp_transport_new (kind, reactor, fd);
  wsp_transport_ensure_rest (self)->stream = g_object_ref (stream);
  if (is_shared)
    {
      WspTransportShare *share = wsp_transport_begin_share (self);

      share->input = g_steal_pointer (&input);
      share->output = g_steal_pointer (&output);
    }
  transport_for_stream_begin (self);
  return self;
}
