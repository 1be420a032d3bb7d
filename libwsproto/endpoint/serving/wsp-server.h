/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/endpoint/serving/wsp-listener.h>
#include <libwsproto/endpoint/serving/wsp-server-stats.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/limits/wsp-limits.h>
#include <libwsproto/tap/wsp-tap.h>

G_BEGIN_DECLS

#define WSP_TYPE_SERVER (wsp_server_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspServer, wsp_server, WSP, SERVER, GObject)

WSP_AVAILABLE_IN_ALL
WspServer  *wsp_server_new (void);
WSP_AVAILABLE_IN_ALL
WspServer  *wsp_connection_dup_server (WspConnection *self);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_start_workers   (WspServer *self,
                                        guint      n_threads,
                                        GError   **error);
WSP_AVAILABLE_IN_ALL
WspListener *wsp_server_listen         (WspServer      *self,
                                        GSocketAddress *address,
                                        WspListenFlags  flags,
                                        GError        **error);
WSP_AVAILABLE_IN_ALL
WspListener *wsp_server_listen_inet    (WspServer     *self,
                                        const char    *host,
                                        guint16        port,
                                        WspListenFlags flags,
                                        GError       **error);
WSP_AVAILABLE_IN_ALL
WspListener *wsp_server_listen_socket  (WspServer     *self,
                                        GSocket       *socket,
                                        WspListenFlags flags,
                                        GError       **error);
WSP_AVAILABLE_IN_ALL
GListModel *wsp_server_get_listeners   (WspServer *self);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_add_route       (WspServer  *self,
                                        const char *pattern,
                                        GError    **error);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_remove_route    (WspServer  *self,
                                        const char *pattern);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_add_http_route  (WspServer  *self,
                                        const char *pattern,
                                        GError    **error);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_remove_http_route (WspServer  *self,
                                          const char *pattern);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_accept_stream   (WspServer     *self,
                                        GIOStream     *stream,
                                        WspListenFlags flags,
                                        GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_process_handshake           (WspServer    *self,
                                                    WspHandshake *handshake,
                                                    GError      **error);
WSP_AVAILABLE_IN_ALL
WspConnection *wsp_server_adopt        (WspServer    *self,
                                        WspHandshake *handshake,
                                        GIOStream    *stream,
                                        GError      **error);
WSP_AVAILABLE_IN_ALL
GListModel *wsp_server_get_connections (WspServer *self);
WSP_AVAILABLE_IN_ALL
guint       wsp_server_broadcast       (WspServer     *self,
                                        WspMessage    *message,
                                        WspSendFlags   flags,
                                        WspConnection *exclude);
WSP_AVAILABLE_IN_ALL
void        wsp_server_stop_accepting  (WspServer *self);
WSP_AVAILABLE_IN_ALL
void        wsp_server_shutdown_async  (WspServer          *self,
                                        guint               code,
                                        const char         *reason,
                                        guint               grace,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_shutdown_finish (WspServer    *self,
                                        GAsyncResult *result,
                                        GError      **error);
WSP_AVAILABLE_IN_ALL
void        wsp_server_drain_async     (WspServer          *self,
                                        guint               code,
                                        const char         *reason,
                                        guint               lead,
                                        guint               spread,
                                        guint               grace,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_drain_finish    (WspServer    *self,
                                        GAsyncResult *result,
                                        GError      **error);
WSP_AVAILABLE_IN_ALL
void        wsp_server_resume          (WspServer *self);
WSP_AVAILABLE_IN_ALL
gboolean    wsp_server_get_draining    (WspServer *self);
WSP_AVAILABLE_IN_ALL
WspServerStats *wsp_server_dup_stats   (WspServer *self);
WSP_AVAILABLE_IN_ALL
void        wsp_server_add_tap         (WspServer *self,
                                        WspTap    *tap);
WSP_AVAILABLE_IN_ALL
void        wsp_server_remove_tap      (WspServer *self,
                                        WspTap    *tap);
WSP_AVAILABLE_IN_ALL
WspLimits *wsp_server_get_limits (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_limits (WspServer *self,
                            WspLimits *limits);
WSP_AVAILABLE_IN_ALL
guint wsp_server_get_max_connections (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_max_connections (WspServer *self,
                                     guint      max_connections);
WSP_AVAILABLE_IN_ALL
guint wsp_server_get_max_connections_per_address (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_max_connections_per_address (WspServer *self,
                                                 guint      max_connections_per_address);
WSP_AVAILABLE_IN_ALL
guint wsp_server_get_max_connection_age (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_max_connection_age (WspServer *self,
                                        guint      max_connection_age);
WSP_AVAILABLE_IN_ALL
WspSlowPolicy wsp_server_get_slow_policy (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_slow_policy (WspServer    *self,
                                 WspSlowPolicy slow_policy);
WSP_AVAILABLE_IN_ALL
guint wsp_server_get_max_send_delay (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_max_send_delay (WspServer *self,
                                    guint      max_send_delay);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_server_get_subprotocols (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_subprotocols (WspServer          *self,
                                  const char * const *subprotocols);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_server_get_allowed_origins (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_allowed_origins (WspServer          *self,
                                     const char * const *origins);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_server_get_trusted_proxies (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_trusted_proxies (WspServer          *self,
                                     const char * const *proxies);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_server_get_allowed_hosts (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_allowed_hosts (WspServer          *self,
                                   const char * const *hosts);
WSP_AVAILABLE_IN_ALL
GTlsCertificate *wsp_server_get_tls_certificate (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_tls_certificate (WspServer       *self,
                                     GTlsCertificate *certificate);
WSP_AVAILABLE_IN_ALL
GTlsDatabase *wsp_server_get_tls_database (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_tls_database (WspServer    *self,
                                  GTlsDatabase *database);
WSP_AVAILABLE_IN_ALL
GTlsAuthenticationMode wsp_server_get_tls_authentication_mode (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_tls_authentication_mode (WspServer             *self,
                                             GTlsAuthenticationMode mode);
WSP_AVAILABLE_IN_ALL
GBytes *wsp_server_get_tls_ticket_key (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_tls_ticket_key (WspServer *self,
                                    GBytes    *key);
WSP_AVAILABLE_IN_ALL
WspDeflateOptions *wsp_server_get_deflate (WspServer *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_set_deflate (WspServer         *self,
                             WspDeflateOptions *deflate);

G_END_DECLS
