/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way to a browser that we have started: messages on a socket, each with a zero byte at its
 * end. */
#pragma once

#include "inspect/sources/browser/wsi-browser-link.h"

G_BEGIN_DECLS

typedef struct _WsiBrowserPipe WsiBrowserPipe;

/* Makes a pipe in the default context of the thread, and takes the descriptor. */
WsiBrowserPipe *wsi_browser_pipe_new  (int                        fd,
                                       const WsiBrowserLinkFuncs *funcs,
                                       gpointer                   user_data);
void            wsi_browser_pipe_free (WsiBrowserPipe *self);
void            wsi_browser_pipe_send (WsiBrowserPipe *self,
                                       const char     *command);

G_END_DECLS
