/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-macros.h>
#include <libwsproto/http/wsp-headers.h>

G_BEGIN_DECLS

#define WSP_TYPE_HTTP_REQUEST (wsp_http_request_get_type ())

WSP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WspHttpRequest, wsp_http_request, WSP, HTTP_REQUEST, GObject)

WSP_AVAILABLE_IN_ALL
void wsp_http_request_respond (WspHttpRequest *self,
                               guint           status,
                               WspHeaders     *headers,
                               GBytes         *body);
WSP_AVAILABLE_IN_ALL
void wsp_http_request_defer (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
GCancellable *wsp_http_request_get_cancellable (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_http_request_get_method (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_http_request_get_path (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_http_request_get_query (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_http_request_get_route (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
char *wsp_http_request_dup_path_value (WspHttpRequest *self,
                                       const char     *name);
WSP_AVAILABLE_IN_ALL
char *wsp_http_request_dup_query_value (WspHttpRequest *self,
                                        const char     *name);
WSP_AVAILABLE_IN_ALL
char *wsp_http_request_dup_cookie (WspHttpRequest *self,
                                   const char     *name);
WSP_AVAILABLE_IN_ALL
const char *wsp_http_request_get_host (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_http_request_get_request_headers (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress *wsp_http_request_get_remote_address (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress *wsp_http_request_get_local_address (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
GTlsCertificate *wsp_http_request_get_tls_peer_certificate (WspHttpRequest *self);
WSP_AVAILABLE_IN_ALL
guint wsp_http_request_get_response_status (WspHttpRequest *self);

G_END_DECLS
