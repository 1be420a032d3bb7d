/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Error texts of failed connects: the step that failed, what was expected, and what to do.  An
 * error keeps its domain and code, and GIO's text is the last part of the new text. */
#pragma once

#include <gio/gio.h>

#include "http/wsp-uri-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_DIAL_PEER_SERVER,
  WSP_DIAL_PEER_PROXY,
} WspDialPeer;

/* host:port, or the path of a Unix socket, quoted. */
char *wsp_place_name_uri             (const WspUri *uri);
char *wsp_place_name_proxy           (GProxyAddress *proxy);
/* Scheme, host and port, as a key that identifies the proxy; NULL: unknown. */
char *wsp_proxy_make_key             (GProxyAddress *proxy);
/* For an error that occurred before there was a stream. */
void  wsp_dial_error_explain_connect (GError    **error,
                                      const char *place,
                                      gboolean    is_by_proxy);
/* For an error of a TLS handshake.  refused: the certificate that was not accepted, nullable.
 * errors: why refused was not accepted. */
void  wsp_dial_error_explain_tls     (GError             **error,
                                      WspDialPeer          peer,
                                      const char          *place,
                                      GTlsCertificate     *refused,
                                      GTlsCertificateFlags errors);

G_END_DECLS
