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
WspReconnector *wsp_reconnector_new (WspClient * client,
                                     const char *uri);
WSP_AVAILABLE_IN_ALL
void            wsp_reconnector_start     (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void            wsp_reconnector_stop      (WspReconnector *self);
WSP_AVAILABLE_IN_ALL
void            wsp_reconnector_retry_now (WspReconnector *self);

G_END_DECLS
