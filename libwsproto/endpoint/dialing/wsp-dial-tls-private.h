/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a client by GIO, with a server or a proxy. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Adds TLS on top of base, which may be a TLS connection itself.  database NULL: GIO's default. */
GTlsConnection *wsp_dial_tls_new            (GIOStream    *base,
                                             const char   *host,
                                             guint16       port,
                                             GTlsDatabase *database,
                                             GError      **error);
/* After the TLS handshake.  FALSE: the TLS version is too old, or ALPN chose another protocol. */
gboolean        wsp_dial_tls_check_protocol (GTlsConnection *tls,
                                             GError        **error);

G_END_DECLS
