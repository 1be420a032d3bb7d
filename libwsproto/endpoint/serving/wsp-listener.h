/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_LISTENER (wsp_listener_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspListener, wsp_listener, WSP, LISTENER, GObject)

WSP_AVAILABLE_IN_ALL
guint16 wsp_listener_get_port (WspListener *self);
WSP_AVAILABLE_IN_ALL
void wsp_listener_close (WspListener *self);
WSP_AVAILABLE_IN_ALL
GSocketAddress *wsp_listener_get_address (WspListener *self);
WSP_AVAILABLE_IN_ALL
WspListenFlags wsp_listener_get_flags (WspListener *self);

G_END_DECLS
