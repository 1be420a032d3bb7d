/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A proxy resolver for WebSocket URIs (RFC 6455 4.1), which asks another resolver once or twice. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSP_TYPE_PROXY_CHOICE (wsp_proxy_choice_get_type ())

G_DECLARE_FINAL_TYPE (WspProxyChoice, wsp_proxy_choice, WSP, PROXY_CHOICE, GObject)

GProxyResolver *wsp_proxy_choice_new (GProxyResolver * resolver);

G_END_DECLS
