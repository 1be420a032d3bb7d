/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Questions by HTTP at the DevTools port of a browser.  No Origin is sent: browsers refuse one. */
#pragma once

#include "inspect/sources/browser/wsi-browser-address.h"

G_BEGIN_DECLS

#define WSI_BROWSER_VERSION "/json/version"     /* question for the WebSocket of the browser */
#define WSI_BROWSER_LIST "/json/list"           /* question for the pages of the browser */

/* Asks the browser; the address must have a host. */
void    wsi_browser_http_get_async  (const WsiBrowserAddress *address,
                                     const char              *path,
                                     GCancellable            *cancellable,
                                     GAsyncReadyCallback      callback,
                                     gpointer                 user_data);
/* The body of the answer. */
GBytes *wsi_browser_http_get_finish (GAsyncResult *result,
                                     GError      **error);

G_END_DECLS
