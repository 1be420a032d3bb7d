/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-http-sniffer.h"

#include "inspect/sources/http/wsi-http-stream.h"
#include "inspect/sources/http/wsi-proxy-header.h"

#include <string.h>

struct _WsiHttpSniffer
{
  WsiHttpShared shared;
  WsiUnread   *unread;
  char         *source;
};

WsiHttpSniffer *
wsi_http_sniffer_new (WsiRecorder *recorder,
                      const char  *source)
{
  WsiHttpSniffer *self = g_new0 (WsiHttpSniffer, 1);

  self->source = g_strdup (source);
  self->shared.recorder = g_object_ref (recorder);
  self->shared.source = self->source;
  self->shared.websocket_ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->unread = wsi_unread_new ();
  return self;
}

void
wsi_http_sniffer_set_source (WsiHttpSniffer *self,
                             const char     *source)
{
  self->shared.source = source;
}

void
wsi_http_sniffer_read_as_websocket (WsiHttpSniffer *self,
                                    guint16         port)
{
  g_array_append_val (self->shared.websocket_ports, port);
}

void
wsi_http_sniffer_free (WsiHttpSniffer *self)
{
  g_array_unref (self->shared.websocket_ports);
  g_object_unref (self->shared.recorder);
  wsi_unread_free (self->unread);
  g_free (self->source);
  g_free (self);
}

guint64
wsi_http_sniffer_get_n_lost (WsiHttpSniffer *self)
{
  return self->shared.room.n_lost;
}

const WsiUnread *
wsi_http_sniffer_get_unread (WsiHttpSniffer *self)
{
  return self->unread;
}

gsize
wsi_http_sniffer_get_n_held (WsiHttpSniffer *self)
{
  return self->shared.room.n_bytes;
}

static WsiHttpStream *
get_stream (WsiHttpSniffer   *self,
            WsiTcpConnection *connection)
{
  if (connection->data == NULL)
    connection->data = wsi_http_stream_new (&self->shared, connection);
  return connection->data;
}

/* Forgets the stream of an ignored connection, unless another one in it has to be closed. */
static void
forget_if_ignored (WsiTcpConnection *connection)
{
  WsiHttpStream *stream = connection->data;

  if (!connection->is_ignored || stream == NULL || wsi_http_stream_is_tunnel (stream))
    return;

  connection->data = NULL;
  wsi_http_stream_free (stream);
}

static void
http_sniffer_take_bytes (WsiTcpConnection *connection,
                         guint             side,
                         const guint8     *at,
                         gsize             length,
                         gint64            time_us,
                         gpointer          user_data)
{
  wsi_http_stream_push (get_stream (user_data, connection), side, at, length, time_us);
  forget_if_ignored (connection);
}

static void
http_sniffer_take_gap (WsiTcpConnection *connection,
                       guint             side,
                       guint64           length,
                       gint64            time_us,
                       gpointer          user_data)
{
  wsi_http_stream_skip (get_stream (user_data, connection), side, length, time_us);
  forget_if_ignored (connection);
}

static void
http_sniffer_take_end (WsiTcpConnection *connection,
                       guint             side,
                       WsiTcpEnd         how,
                       gint64            time_us,
                       gpointer          user_data)
{
  if (connection->data != NULL)
    wsi_http_stream_end_side (connection->data, side, time_us);
  forget_if_ignored (connection);
}

static void
http_sniffer_take_close (WsiTcpConnection *connection,
                         WsiTcpClose       why,
                         gint64            time_us,
                         gpointer          user_data)
{
  g_autoptr (WsiHttpStream) stream = connection->data;

  WsiHttpSniffer *self = user_data;

  connection->data = NULL;
  if (stream != NULL)
    wsi_http_stream_close (stream, why, time_us);
  wsi_unread_count (self->unread, connection);
}

/* Whether bytes begin a request: a whole line has its version, too, which a text in the middle of a
 * message rarely has. */
static gboolean
http_sniffer_is_beginning (const guint8 *at,
                           gsize         length,
                           gpointer      unused)
{
  gsize n_before = 0;
  WsiEndpoint client;
  const guint8 *end;
  WsiGuess guess;
  WsiHttpHead head;

  if (wsi_proxy_header_read (at, length, &n_before, &client) == WSI_PROXY_HEADER_READ)
    return TRUE;

  while (length > 0 && (*at == '\r' || *at == '\n'))
    {
      at++;
      length--;
    }
  end = length > 0 ? memchr (at, '\n', length) : NULL;
  guess = wsi_stream_guess (at, length, WSI_GUESS_HTTP, WSI_GUESS_OPEN);
  if (guess != WSI_GUESS_REQUEST && guess != WSI_GUESS_RESPONSE)
    return FALSE;

  return end == NULL ||
         wsi_http_head_parse (&head, guess == WSI_GUESS_REQUEST ? WSI_HTTP_REQUEST
                                        : WSI_HTTP_RESPONSE, at, (gsize) (end - at));
}

/* For wsi_tcp_reassembler_new(), with the sniffer as the data. */
const WsiTcpListener wsi_http_sniffer_listener = {
  http_sniffer_take_bytes, http_sniffer_take_gap, http_sniffer_take_end, http_sniffer_take_close,
  http_sniffer_is_beginning,
};
