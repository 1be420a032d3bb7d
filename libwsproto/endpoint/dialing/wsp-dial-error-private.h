/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Error texts of connecting: where it failed, what was expected, and what to do.  Domain and code
 * stay, and GIO's text is the last part. */
#pragma once

#include <gio/gio.h>

#include "session/wsp-uri-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_DIAL_PEER_SERVER,
  WSP_DIAL_PEER_PROXY,
} WspDialPeer;

/* host:port, or the path of a Unix socket, quoted. */
char *wsp_place_name_uri             (const WspUri *uri);
char *wsp_place_name_proxy           (GProxyAddress *proxy);
/* Scheme, host and port, to compare; NULL: unknown. */
char *wsp_proxy_make_key             (GProxyAddress *proxy);
/* For errors before there is a stream. */
void  wsp_dial_error_explain_connect (GError    **error,
                                      const char *place,
                                      gboolean    is_by_proxy);
/* After a TLS handshake failed.  refused: the certificate that was not accepted, and why not;
 * nullable. */
void  wsp_dial_error_explain_tls     (GError             **error,
                                      WspDialPeer          peer,
                                      const char          *place,
                                      GTlsCertificate     *refused,
                                      GTlsCertificateFlags errors);

G_END_DECLS
