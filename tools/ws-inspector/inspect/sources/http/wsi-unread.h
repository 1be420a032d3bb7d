/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Packets of TCP that may have WebSockets, and that cannot be read: counted by port. */
#pragma once

#include "inspect/sources/packets/wsi-tcp-connection.h"

G_BEGIN_DECLS

/* Kinds of connections, as far as they are known; the tag of a WsiTcpConnection. */
typedef enum
{
  WSI_CONTENT_UNKNOWN,
  WSI_CONTENT_WEBSOCKET,
  WSI_CONTENT_TLS,              /* TLS that has begun before the capture */
  WSI_CONTENT_TUNNELLED_TLS,    /* TLS that has begun after other bytes */
  WSI_CONTENT_HTTP_2,
  WSI_CONTENT_DEEP_TUNNEL,      /* TLS in more tunnels than are opened */
} WsiContent;

typedef struct _WsiUnread WsiUnread;

WsiUnread *wsi_unread_new  (void);
void        wsi_unread_free (WsiUnread *self);
/* Looks at the first bytes of a segment. */
void        wsi_unread_classify (WsiTcpConnection *connection,
                                 const guint8     *at,
                                 gsize             length);
/* Counts a connection that has ended. */
void        wsi_unread_count (WsiUnread              *self,
                              const WsiTcpConnection *connection);
guint64     wsi_unread_get_n_found (const WsiUnread *self);
/* Lists a line for each kind and port: how many packets, and how to read them. */
void        wsi_unread_describe (const WsiUnread *self,
                                 GStrvBuilder    *lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiUnread, wsi_unread_free)

G_END_DECLS
