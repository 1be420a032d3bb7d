/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way to a browser that runs already: a WebSocket. */
#pragma once

#include "inspect/sources/browser/wsi-browser-address.h"
#include "inspect/sources/browser/wsi-browser-link.h"

G_BEGIN_DECLS

typedef struct _WsiBrowserPort WsiBrowserPort;

typedef enum
{
  WSI_BROWSER_OPENS_SOON,
  WSI_BROWSER_ASKS_USER,        /* the user of the browser may take any time to allow it */
} WsiBrowserOpening;

/* The connect has ended, well or not; also after the socket was freed. */
typedef void (*WsiBrowserSettledFunc) (gpointer user_data);

/* In the default context of the thread.  The address has a path. */
WsiBrowserPort *wsi_browser_port_new   (const WsiBrowserAddress   *address,
                                        WsiBrowserOpening          opening,
                                        WsiBrowserSettledFunc      settled,
                                        const WsiBrowserLinkFuncs *funcs,
                                        gpointer                   user_data);
/* Nothing but `settled` is called any more. */
void              wsi_browser_port_free  (WsiBrowserPort *self);
void              wsi_browser_port_send  (WsiBrowserPort *self,
                                          const char     *command);
gboolean          wsi_browser_port_is_open (WsiBrowserPort *self);
/* Ends in good order. */
void              wsi_browser_port_close (WsiBrowserPort *self);

G_END_DECLS
