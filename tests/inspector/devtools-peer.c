/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/devtools-peer.h"

#include <string.h>

#define PEER "peer"
#define MAX_REQUEST 1024

/* A request that comes after the end of the peer is not answered. */
static void
on_read (GObject      *stream,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GSocketConnection) connection = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, &error);
  DevtoolsPeer *self = g_object_get_data (G_OBJECT (connection), PEER);
  g_autofree char *text = NULL;

  if (bytes == NULL)
    return;

  text = g_strdup_printf (self->answer, strlen (self->body), self->body);
  g_string_append_len (self->request, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, NULL);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           data)
{
  DevtoolsPeer *self = data;

  g_object_set_data (G_OBJECT (connection), PEER, self);
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                   MAX_REQUEST, G_PRIORITY_DEFAULT, self->cancellable, on_read,
                                   g_object_ref (connection));
  return TRUE;
}

void
devtools_peer_init (DevtoolsPeer *self,
                    const char   *answer,
                    const char   *body)
{
  *self = (DevtoolsPeer) { .service = g_socket_service_new (), .answer = answer };
  self->body = g_strdelimit (g_strdup (body), "'", '"');
  self->request = g_string_new (NULL);
  self->cancellable = g_cancellable_new ();
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_assert_cmpuint (self->port, !=, 0);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
}

void
devtools_peer_clear (DevtoolsPeer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_string_free (self->request, TRUE);
  g_free (self->body);
}
