/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a client: by the library on the reactor, or by GIO with a server or a proxy. */
#pragma once

#include <gio/gio.h>

#include "http/wsp-uri-private.h"
#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

/* Decides who does TLS on top of base.  NULL: GIO does it, and the error says why.  certificate: of
 * the client, nullable; interaction: nullable. */
WspTlsContext  *wsp_dial_tls_get_context    (GIOStream       *base,
                                             GTlsCertificate *certificate,
                                             GTlsInteraction *interaction,
                                             GError         **error);
/* Begins TLS on the socket of base, which must be one for which wsp_dial_tls_get_context () gives a
 * context; base itself may be dropped.  way: names the proxy between, nullable.  NULL with an
 * error: there are no more descriptors. */
WspTransport   *wsp_dial_tls_begin          (WspReactor      *reactor,
                                             GIOStream       *base,
                                             WspTlsContext   *context,
                                             const WspUri    *uri,
                                             const char      *way,
                                             GTlsDatabase    *database,
                                             WspTlsAcceptFunc accept,
                                             GError         **error);
/* Call it when the transport may be written to.  FALSE: the handshake has failed, or the server has
 * chosen a protocol that was not offered. */
gboolean        wsp_dial_tls_finish         (WspTransport *transport,
                                             GError      **error);

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
