/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The watch of a browser's pages, frames and workers by the DevTools protocol: attaches to each of
 * them, and records their WebSockets.
 *
 * A target that begins waits until it is released, which is done in the same call: an inspector
 * that stands still must not stop pages. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

/* Sends a command, an object of JSON. */
typedef void (*WsiBrowserSendFunc) (const char *command,
                                    gpointer    user_data);
/* Notifies the user that something is not watched; the sentence says what. */
typedef void (*WsiBrowserNotifyFunc) (const WsiSentence *sentence,
                                      gpointer           user_data);

/* Is called when the last page has gone; another one may still come. */
typedef void (*WsiBrowserEmptiedFunc) (gpointer user_data);

typedef struct
{
  WsiBrowserSendFunc    send;
  WsiBrowserNotifyFunc  notify;
  WsiBrowserEmptiedFunc emptied;
} WsiBrowserWatchFuncs;

typedef struct _WsiBrowserWatch WsiBrowserWatch;

/* page: only pages whose URL or title has this text, whatever its case; NULL = all. */
WsiBrowserWatch *wsi_browser_watch_new   (WsiRecorder                *recorder,
                                          const char                 *page,
                                          const WsiBrowserWatchFuncs *funcs,
                                          gpointer                    user_data);
/* Frees the watch; open connections are closed with this sentence. */
void             wsi_browser_watch_free  (WsiBrowserWatch   *self,
                                          const WsiSentence *sentence);
/* Sends the first commands.  url: that of a page to open; NULL: none. */
void             wsi_browser_watch_begin (WsiBrowserWatch *self,
                                          const char      *url);
/* Takes a message, whose bytes are changed.  FALSE: what has sent it is no browser. */
gboolean         wsi_browser_watch_take  (WsiBrowserWatch *self,
                                          guint8          *at,
                                          gsize            length,
                                          GError         **error);
/* Lets the page of a conversation load again. */
void             wsi_browser_watch_reload (WsiBrowserWatch       *self,
                                           const WsiConversation *conversation);
gboolean         wsi_browser_watch_has_page (WsiBrowserWatch *self);
/* Asks the browser to end. */
void             wsi_browser_watch_close (WsiBrowserWatch *self);

G_END_DECLS
