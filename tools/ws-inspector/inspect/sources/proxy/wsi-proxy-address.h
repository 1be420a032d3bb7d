/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a proxy listens, and the names that it and its target have. */
#pragma once

#include "inspect/sources/proxy/wsi-rewriter.h"
#include "inspect/sources/wsi-listen-address.h"

G_BEGIN_DECLS

/* Sockets that listen and do not block; at least one. */
GPtrArray     *wsi_proxy_address_listen (const WsiListenAddress *self,
                                         guint                   backlog,
                                         GError                **error);
/* The URI of the proxy; an address that means all of them is shown as that of this computer. */
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
WsiProxyNames *wsi_proxy_make_names     (const WsiListenAddress *address,
                                         guint16                 port,
                                         gboolean                is_tls,
                                         const char             *target,
                                         guint16                 target_port,
                                         gboolean                is_target_tls);

G_END_DECLS
