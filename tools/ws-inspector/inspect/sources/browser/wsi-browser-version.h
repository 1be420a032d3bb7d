/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The question which WebSocket a browser has for all of its pages: GET /json/version.  No Origin is
 * sent: browsers refuse one. */
#pragma once

#include "inspect/sources/browser/wsi-browser-address.h"

G_BEGIN_DECLS

/* The address has a host. */
void     wsi_browser_version_ask_async  (const WsiBrowserAddress *address,
                                         GCancellable            *cancellable,
                                         GAsyncReadyCallback      callback,
                                         gpointer                 user_data);
/* Sets the path of the address. */
gboolean wsi_browser_version_ask_finish (GAsyncResult      *result,
                                         WsiBrowserAddress *address,
                                         GError           **error);

G_END_DECLS
