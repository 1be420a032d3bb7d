/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS that begins after other bytes, as after CONNECT, SOCKS or a PROXY header.  From its
 * ClientHello on, it is a connection of its own before the listeners of the one around it. */
#pragma once

#include "inspect/sources/packets/wsi-tcp-connection.h"

G_BEGIN_DECLS

#define WSI_TUNNEL_MAX_DEPTH 4          /* tunnels in each other */

/* How far bytes show that TLS begins with them. */
typedef enum
{
  WSI_TUNNEL_NO_HELLO,
  WSI_TUNNEL_MORE,              /* more bytes are needed */
  WSI_TUNNEL_HELLO,
} WsiTunnelGuess;

WsiTunnelGuess    wsi_tunnel_guess      (const guint8 *at,
                                         gsize         length);
/* The place of a ClientHello after the first byte; length: nowhere. */
gsize             wsi_tunnel_find_hello (const guint8 *at,
                                         gsize         length);
/* The place of the server's first record, which is a ServerHello or an alert; length: nowhere.  The
 * bytes before it answer those that the client has sent before its ClientHello. */
gsize             wsi_tunnel_find_answer (const guint8 *at,
                                          gsize         length);
/* client: the side that has sent the ClientHello.  NULL: there are too many around it. */
WsiTcpConnection *wsi_tunnel_new        (const WsiTcpConnection *outer,
                                         guint                   client);
/* The events of the connection around it, which is ignored once the tunnel is. */
void              wsi_tunnel_push       (WsiTcpConnection *self,
                                         WsiTcpConnection *outer,
                                         guint             side,
                                         const guint8     *at,
                                         gsize             length,
                                         gint64            time_us);
void              wsi_tunnel_skip       (WsiTcpConnection *self,
                                         WsiTcpConnection *outer,
                                         guint             side,
                                         guint64           length,
                                         gint64            time_us);
void              wsi_tunnel_end_side   (WsiTcpConnection *self,
                                         WsiTcpConnection *outer,
                                         guint             side,
                                         gint64            time_us);
/* Closes the tunnel, and frees it. */
void              wsi_tunnel_close      (WsiTcpConnection       *self,
                                         const WsiTcpConnection *outer,
                                         WsiTcpClose             why,
                                         gint64                  time_us);

G_END_DECLS
