/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/limits/wsp-deflate-options.h>

G_BEGIN_DECLS

#define WSP_TYPE_HANDSHAKE (wsp_handshake_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspHandshake, wsp_handshake, WSP, HANDSHAKE, GObject)

WSP_AVAILABLE_IN_ALL
WspHandshake *wsp_handshake_new_client (const char *uri,
                                        const char * const *subprotocols,
                                        WspHeaders * headers,
                                        GError * *error);
WSP_AVAILABLE_IN_ALL
WspHandshake *wsp_handshake_new_server (const char *method,
                                        const char *target,
                                        const char *version,
                                        WspHeaders *headers,
                                        GError    **error);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_set_addresses (WspHandshake   *self,
                                  GSocketAddress *local,
                                  GSocketAddress *remote);
WSP_AVAILABLE_IN_ALL
gboolean wsp_handshake_accept (WspHandshake *self,
                               const char   *subprotocol,
                               WspHeaders   *headers,
                               GError      **error);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_reject (WspHandshake *self,
                           guint         status,
                           WspHeaders   *headers,
                           GBytes       *body);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_defer (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_proceed (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
GCancellable *wsp_handshake_get_cancellable (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
WspRole wsp_handshake_get_role (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_uri (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_method (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_path (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_query (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_route (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_host (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_origin (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_handshake_get_offered_subprotocols (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_subprotocol (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_handshake_get_request_headers (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_handshake_get_request_header (WspHandshake *self,
                                              const char   *name);
WSP_AVAILABLE_IN_ALL
char *wsp_handshake_dup_path_value (WspHandshake *self,
                                    const char   *name);
WSP_AVAILABLE_IN_ALL
char *wsp_handshake_dup_query_value (WspHandshake *self,
                                     const char   *name);
WSP_AVAILABLE_IN_ALL
char *wsp_handshake_dup_cookie (WspHandshake *self,
                                const char   *name);
WSP_AVAILABLE_IN_ALL
void wsp_handshake_set_request_headers (WspHandshake *self,
                                        WspHeaders   *request_headers);
WSP_AVAILABLE_IN_ALL
guint wsp_handshake_get_response_status (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_handshake_get_response_headers (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
GBytes *wsp_handshake_get_response_body (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress *wsp_handshake_get_remote_address (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
GTlsCertificate *wsp_handshake_get_tls_peer_certificate (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
GTlsCertificateFlags wsp_handshake_get_tls_peer_certificate_errors (WspHandshake *self);
WSP_AVAILABLE_IN_ALL
gint64 wsp_handshake_get_time_us (WspHandshake    *self,
                                  WspHandshakeStep step);

G_END_DECLS
