/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/endpoint/wsp-client.h>

G_BEGIN_DECLS

#define WSP_TYPE_RECONNECTOR (wsp_reconnector_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspReconnector, wsp_reconnector, WSP, RECONNECTOR,
                                           GObject)

WSP_AVAILABLE_IN_ALL
WspReconnector *wsp_reconnector_new (const char *uri,
                                     WspClient * client);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_start (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_stop (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_retry_now (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
WspClient *wsp_reconnector_get_client (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
const char *wsp_reconnector_get_uri (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
const char * const *wsp_reconnector_get_subprotocols (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_subprotocols (WspReconnector     *self,
                                       const char * const *subprotocols);
WSP_AVAILABLE_IN_ALL
WspHeaders *wsp_reconnector_get_headers (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_headers (WspReconnector *self,
                                  WspHeaders     *headers);
WSP_AVAILABLE_IN_ALL
guint wsp_reconnector_get_spread (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_spread (WspReconnector *self,
                                 guint           spread);
WSP_AVAILABLE_IN_ALL
guint wsp_reconnector_get_min_delay (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_min_delay (WspReconnector *self,
                                    guint           min_delay);
WSP_AVAILABLE_IN_ALL
guint wsp_reconnector_get_max_delay (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_max_delay (WspReconnector *self,
                                    guint           max_delay);
WSP_AVAILABLE_IN_ALL
guint wsp_reconnector_get_reset_after (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void wsp_reconnector_set_reset_after (WspReconnector *self,
                                      guint           reset_after);
WSP_AVAILABLE_IN_ALL
WspConnection *wsp_reconnector_get_connection (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
guint wsp_reconnector_get_attempt (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
gint64 wsp_reconnector_get_next_attempt_us (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
gboolean wsp_reconnector_get_active (WspReconnector *self);

G_END_DECLS
