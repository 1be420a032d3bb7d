/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a proxy listens, and the names that it and its target have. */
#pragma once

#include "inspect/proxy/wsi-rewriter.h"

G_BEGIN_DECLS

typedef struct
{
  char   *host;                 /* an IP address; NULL: the loopback addresses */
  guint16 port;                 /* 0: any that is free */
} WsiProxyAddress;

/* PORT or HOST:PORT. */
gboolean       wsi_proxy_address_parse  (WsiProxyAddress *self,
                                         const char      *text,
                                         GError         **error);
/* Sockets that listen and do not block; at least one. */
GPtrArray     *wsi_proxy_address_listen (const WsiProxyAddress *self,
                                         guint                  backlog,
                                         GError               **error);
char          *wsi_proxy_address_make_uri (GSocket *socket,
                                           gboolean is_tls,
                                           guint16 *port);
/* Takes the reference of own, where a socket listens; other: where another one has connected to. */
gboolean       wsi_proxy_address_is_same (GSocketAddress *own,
                                          GSocketAddress *other);
gboolean       wsi_proxy_target_parse   (const char *text,
                                         char      **host,
                                         guint16    *port,
                                         gboolean   *is_tls,
                                         GError    **error);
WsiProxyNames *wsi_proxy_make_names     (const WsiProxyAddress *address,
                                         guint16                port,
                                         gboolean               is_tls,
                                         const char            *target,
                                         guint16                target_port,
                                         gboolean               is_target_tls);

G_END_DECLS
