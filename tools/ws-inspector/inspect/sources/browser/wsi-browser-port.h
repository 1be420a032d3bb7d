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
  WSI_BROWSER_ASKS_USER,        /* the browser asks its user, who may take any time to allow it */
} WsiBrowserOpening;

/* The connect has ended, well or not; also after the socket was freed. */
typedef void (*WsiBrowserSettledFunc) (gpointer user_data);

/* Makes a port in the default context of the thread.  The address must have a path. */
WsiBrowserPort *wsi_browser_port_new   (const WsiBrowserAddress   *address,
                                        WsiBrowserOpening          opening,
                                        WsiBrowserSettledFunc      settled,
                                        const WsiBrowserLinkFuncs *funcs,
                                        gpointer                   user_data);
/* Frees the port: only `settled` may still be called. */
void              wsi_browser_port_free  (WsiBrowserPort *self);
void              wsi_browser_port_send  (WsiBrowserPort *self,
                                          const char     *command);
gboolean          wsi_browser_port_is_open (WsiBrowserPort *self);
/* Closes the port in good order. */
void              wsi_browser_port_close (WsiBrowserPort *self);

G_END_DECLS
