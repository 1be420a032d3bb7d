/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Without TLS, the socket is read and written by the system's calls: they are most of what a
 * message costs.  With TLS, GIO's streams are. */

#include "inspect/sources/proxy/wsi-leg.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct _WsiLeg
{
  GIOStream   *stream;
  GSocket     *socket;
  int          fd;
  gboolean     is_tls;
  WsiWatch    *watch;           /* without TLS */
  GSource     *input, *output;  /* with TLS, while they are waited for */
  WsiLegFunc   function;
  gpointer     user_data;
};

static void
on_ready (GIOCondition condition,
          gpointer     data)
{
  WsiLeg *self = data;

  self->function (self, condition, self->user_data);
}

static GSocket *
get_socket (GIOStream *stream)
{
  g_autoptr (GIOStream) base = NULL;

  if (!G_IS_TLS_CONNECTION (stream))
    return g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  g_object_get (stream, "base-io-stream", &base, NULL);
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (base));
}

WsiLeg *
wsi_leg_new (GIOStream *stream,
             WsiPoller *poller,
             WsiLegFunc function,
             gpointer   user_data)
{
  WsiLeg *self = g_new0 (WsiLeg, 1);
  int yes = 1;

  self->stream = g_object_ref (stream);
  self->socket = g_object_ref (get_socket (stream));
  self->fd = g_socket_get_fd (self->socket);
  self->is_tls = G_IS_TLS_CONNECTION (stream);
  self->function = function;
  self->user_data = user_data;
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (!self->is_tls)
    self->watch = wsi_watch_new (poller, self->fd, on_ready, self);
  return self;
}

static void
stop_waiting (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
wsi_leg_free (WsiLeg *self)
{
  g_clear_pointer (&self->watch, wsi_watch_free);
  stop_waiting (&self->input);
  stop_waiting (&self->output);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_object_unref (self->stream);
  g_free (self);
}

static gboolean
on_input (GObject *stream,
          gpointer data)
{
  on_ready (G_IO_IN, data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_output (GObject *stream,
           gpointer data)
{
  on_ready (G_IO_OUT, data);
  return G_SOURCE_CONTINUE;
}

static void
start_waiting (WsiLeg             *self,
               GSource           **place,
               GSource            *source,
               GPollableSourceFunc function)
{
  *place = source;
  g_source_set_callback (source, G_SOURCE_FUNC (function), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
wait_with_tls (WsiLeg      *self,
               GIOCondition condition)
{
  GPollableInputStream *input =
    G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  GPollableOutputStream *output =
    G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));

  if ((condition & G_IO_IN) == 0)
    stop_waiting (&self->input);
  else if (self->input == NULL)
    start_waiting (self, &self->input, g_pollable_input_stream_create_source (input, NULL),
                   on_input);

  if ((condition & G_IO_OUT) == 0)
    stop_waiting (&self->output);
  else if (self->output == NULL)
    start_waiting (self, &self->output, g_pollable_output_stream_create_source (output, NULL),
                   on_output);
}

void
wsi_leg_wait (WsiLeg      *self,
              GIOCondition condition)
{
  if (self->is_tls)
    wait_with_tls (self, condition);
  else
    wsi_watch_set (self->watch, condition);
}

static WsiLegResult
get_result_of_errno (void)
{
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? WSI_LEG_AGAIN : WSI_LEG_BROKEN;
}

/* Many peers end TLS without saying so: that is an end, too. */
static WsiLegResult
get_result_of_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return WSI_LEG_AGAIN;

  return g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF) ? WSI_LEG_ENDED : WSI_LEG_BROKEN;
}

WsiLegResult
wsi_leg_read (WsiLeg *self,
              guint8 *at,
              gsize   size,
              gsize  *n_read)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  *n_read = 0;
  if (self->is_tls)
    n = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream)), at, size, NULL,
      &error);
  else
    n = recv (self->fd, at, size, MSG_DONTWAIT);

  if (n < 0)
    return self->is_tls ? get_result_of_error (error) : get_result_of_errno ();

  *n_read = n;
  return n > 0 ? WSI_LEG_DONE : WSI_LEG_ENDED;
}

WsiLegResult
wsi_leg_write (WsiLeg       *self,
               const guint8 *at,
               gsize         length,
               gsize        *n_written)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  *n_written = 0;
  if (self->is_tls)
    n = g_pollable_output_stream_write_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream)), at, length, NULL,
      &error);
  else
    n = send (self->fd, at, length, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n < 0 && self->is_tls)
    return get_result_of_error (error) == WSI_LEG_AGAIN ? WSI_LEG_AGAIN : WSI_LEG_BROKEN;
  if (n < 0)
    return get_result_of_errno ();

  *n_written = n;
  return WSI_LEG_DONE;
}

/* With TLS the other direction stays open, too: close_notify is for one. */
void
wsi_leg_shut (WsiLeg *self)
{
  if (self->is_tls)
    g_output_stream_close_async (g_io_stream_get_output_stream (self->stream), G_PRIORITY_DEFAULT,
                                 NULL, NULL, NULL);
  else
    shutdown (self->fd, SHUT_WR);
}

void
wsi_leg_set_reset (WsiLeg *self)
{
  const struct linger none = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}
