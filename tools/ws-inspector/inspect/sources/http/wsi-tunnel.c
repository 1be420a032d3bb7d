/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-tunnel.h"

#include "inspect/sources/tls/wsi-tls-messages.h"
#include "inspect/sources/tls/wsi-tls-side.h"

#define SURE_LENGTH (WSI_TLS_HEADER + 6)        /* bytes up to the version in the message */

WsiTunnelGuess
wsi_tunnel_guess (const guint8 *at,
                  gsize         length)
{
  if (!wsi_tls_side_is_hello (at, length))
    return WSI_TUNNEL_NO_HELLO;
  if (length <= WSI_TLS_HEADER)
    return WSI_TUNNEL_MORE;

  return at[WSI_TLS_HEADER] == WSI_TLS_CLIENT_HELLO ? WSI_TUNNEL_HELLO : WSI_TUNNEL_NO_HELLO;
}

/* Finds a message after other bytes: more of it has to fit than at the beginning of a segment,
 * namely the highest byte of its length, and the version behind it. */
static gsize
http_tunnel_find_message (const guint8 *at,
                          gsize         length,
                          guint8        type)
{
  for (gsize from = 1; from + SURE_LENGTH <= length; from++)
    {
      const guint8 *message = at + from + WSI_TLS_HEADER;

      if (at[from] == WSI_TLS_HANDSHAKE && message[0] == type && message[1] == 0 &&
          message[4] == 3 && message[5] <= 4 && wsi_tls_side_is_hello (at + from, length - from))
        return from;
    }
  return length;
}

gsize
wsi_tunnel_find_hello (const guint8 *at,
                       gsize         length)
{
  return http_tunnel_find_message (at, length, WSI_TLS_CLIENT_HELLO);
}

gsize
wsi_tunnel_find_answer (const guint8 *at,
                        gsize         length)
{
  const gboolean is_record = length > 0 && (at[0] == WSI_TLS_ALERT || at[0] == WSI_TLS_HANDSHAKE) &&
                             (length < 2 || at[1] == 3);

  return is_record ? 0 : http_tunnel_find_message (at, length, WSI_TLS_SERVER_HELLO);
}

WsiTcpConnection *
wsi_tunnel_new (const WsiTcpConnection *outer,
                guint                   client)
{
  const WsiSegment first = {
    .source = outer->endpoints[0],
    .destination = outer->endpoints[1],
  };
  WsiTcpConnection *self;

  if (outer->n_tunnels >= WSI_TUNNEL_MAX_DEPTH)
    return NULL;

  self = g_new (WsiTcpConnection, 1);
  wsi_tcp_connection_init (self, &first, outer->listener, outer->user_data, outer->counts);
  self->client = client;
  self->n_tunnels = outer->n_tunnels + 1;
  return self;
}

static void
note_outer (WsiTcpConnection       *self,
            const WsiTcpConnection *outer)
{
  self->now_us = outer->now_us;
  self->n_packets = outer->n_packets;
  self->n_fragments = outer->n_fragments;
}

static void
ignore_both (const WsiTcpConnection *self,
             WsiTcpConnection       *outer)
{
  if (self->is_ignored)
    wsi_tcp_connection_ignore (outer);
}

/* A copy: TLS around it and in it open their records in the same memory. */
void
wsi_tunnel_push (WsiTcpConnection *self,
                 WsiTcpConnection *outer,
                 guint             side,
                 const guint8     *at,
                 gsize             length,
                 gint64            time_us)
{
  g_autofree guint8 *copy = g_memdup2 (at, length);

  note_outer (self, outer);
  if (!self->is_ignored)
    self->listener->bytes (self, side, copy, length, time_us, self->user_data);
  ignore_both (self, outer);
}

void
wsi_tunnel_skip (WsiTcpConnection *self,
                 WsiTcpConnection *outer,
                 guint             side,
                 guint64           length,
                 gint64            time_us)
{
  note_outer (self, outer);
  if (!self->is_ignored)
    self->listener->gap (self, side, length, time_us, self->user_data);
  ignore_both (self, outer);
}

void
wsi_tunnel_end_side (WsiTcpConnection *self,
                     WsiTcpConnection *outer,
                     guint             side,
                     gint64            time_us)
{
  WsiTcpDirection *direction = &self->directions[side];

  note_outer (self, outer);
  direction->has_ended = TRUE;
  direction->is_end_reset = outer->directions[side].is_end_reset;
  direction->end_us = time_us;
  self->listener->end (self, side, WSI_TCP_END_FIN, time_us, self->user_data);
  ignore_both (self, outer);
}

void
wsi_tunnel_close (WsiTcpConnection       *self,
                  const WsiTcpConnection *outer,
                  WsiTcpClose             why,
                  gint64                  time_us)
{
  note_outer (self, outer);
  self->now_us = MAX (self->now_us, time_us);
  self->listener->close (self, why, time_us, self->user_data);
  g_free (self);
}
