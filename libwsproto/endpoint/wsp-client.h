/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/limits/wsp-limits.h>
#include <libwsproto/tap/wsp-tap.h>

G_BEGIN_DECLS

#define WSP_TYPE_CLIENT (wsp_client_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspClient, wsp_client, WSP, CLIENT, GObject)

WSP_AVAILABLE_IN_ALL
WspClient     *wsp_client_new (void);
WSP_AVAILABLE_IN_ALL
void           wsp_client_connect_async  (WspClient          *self,
                                          const char         *uri,
                                          const char * const *subprotocols,
                                          WspHeaders         *headers,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
WSP_AVAILABLE_IN_ALL
WspConnection *wsp_client_connect_finish (WspClient    *self,
                                          GAsyncResult *result,
                                          GError      **error);
WSP_AVAILABLE_IN_ALL
void           wsp_client_open_async     (WspClient          *self,
                                          WspHandshake       *handshake,
                                          GIOStream          *stream,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
WSP_AVAILABLE_IN_ALL
WspConnection *wsp_client_open_finish    (WspClient    *self,
                                          GAsyncResult *result,
                                          GError      **error);
WSP_AVAILABLE_IN_ALL
void           wsp_client_add_tap        (WspClient *self,
                                          WspTap    *tap);
WSP_AVAILABLE_IN_ALL
void           wsp_client_remove_tap     (WspClient *self,
                                          WspTap    *tap);
WSP_AVAILABLE_IN_ALL
WspLimits *wsp_client_get_limits (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_limits (WspClient *self,
                            WspLimits *limits);
WSP_AVAILABLE_IN_ALL
GProxyResolver *wsp_client_get_proxy_resolver (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_proxy_resolver (WspClient      *self,
                                    GProxyResolver *resolver);
WSP_AVAILABLE_IN_ALL
GSocketAddress *wsp_client_get_local_address (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_local_address (WspClient      *self,
                                   GSocketAddress *address);
WSP_AVAILABLE_IN_ALL
GTlsDatabase *wsp_client_get_tls_database (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_tls_database (WspClient    *self,
                                  GTlsDatabase *database);
WSP_AVAILABLE_IN_ALL
GTlsCertificate *wsp_client_get_tls_certificate (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_tls_certificate (WspClient       *self,
                                     GTlsCertificate *certificate);
WSP_AVAILABLE_IN_ALL
GTlsInteraction *wsp_client_get_tls_interaction (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_tls_interaction (WspClient       *self,
                                     GTlsInteraction *interaction);
WSP_AVAILABLE_IN_ALL
const char *wsp_client_get_origin (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_origin (WspClient  *self,
                            const char *origin);
WSP_AVAILABLE_IN_ALL
const char *wsp_client_get_user_agent (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_user_agent (WspClient  *self,
                                const char *user_agent);
WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_client_get_deflate (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_deflate (WspClient         *self,
                             WspDeflateOptions *deflate);
WSP_AVAILABLE_IN_ALL
guint wsp_client_get_connect_timeout (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_connect_timeout (WspClient *self,
                                     guint      connect_timeout);
WSP_AVAILABLE_IN_ALL
guint wsp_client_get_max_redirects (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_max_redirects (WspClient *self,
                                   guint      max_redirects);
WSP_AVAILABLE_IN_ALL
gboolean wsp_client_get_subprotocol_required (WspClient *self);
WSP_AVAILABLE_IN_ALL
void wsp_client_set_subprotocol_required (WspClient *self,
                                          gboolean   required);

G_END_DECLS
