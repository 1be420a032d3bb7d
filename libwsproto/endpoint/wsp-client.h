/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/observe/wsp-tap.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-headers.h>
#include <libwsproto/session/wsp-limits.h>

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
WspLimits     *wsp_client_get_limits     (WspClient *self);
WSP_AVAILABLE_IN_ALL
void           wsp_client_set_limits     (WspClient *self,
                                          WspLimits *limits);

G_END_DECLS
