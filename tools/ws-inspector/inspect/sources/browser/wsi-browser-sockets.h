/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The WebSockets of a browser, from the events of its targets to the recorder.
 *
 * The browser tells messages and handshakes, but no frames and no close code.
 *
 * docs/rationales/browsers.md has the reasons. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/browser/wsi-browser-clock.h"
#include "inspect/sources/browser/wsi-devtools-message.h"

G_BEGIN_DECLS

/* State that all targets of a browser share. */
typedef struct
{
  WsiRecorder    *recorder;
  WsiBrowserClock clock;
  guint           n_sockets;    /* sockets that are open or left out */
  guint64         n_left_out;   /* sockets that were left out, because too many are open */
} WsiBrowserRecording;

typedef gboolean (*WsiBrowserWantedFunc)(gpointer user_data);

/* The sockets of one target. */
typedef struct _WsiBrowserSockets WsiBrowserSockets;

WsiBrowserSockets *wsi_browser_sockets_new  (WsiBrowserRecording *recording);
/* Frees the sockets; open ones are closed with this sentence. */
void               wsi_browser_sockets_free (WsiBrowserSockets *self,
                                             const WsiSentence *sentence);
/* The page was left: closes the open sockets; later events about them are not recorded. */
void               wsi_browser_sockets_leave (WsiBrowserSockets *self,
                                              const WsiSentence *sentence);
/* Whether it is an event of a WebSocket, which wsi_browser_sockets_take () takes. */
gboolean           wsi_browser_sockets_is_event (WsiDevtoolsKind kind);
/* Whether the conversation is that of an open socket. */
gboolean           wsi_browser_sockets_have (WsiBrowserSockets     *self,
                                             const WsiConversation *conversation);
/* is_wanted: asked for a socket that begins: whether it is recorded. */
void               wsi_browser_sockets_take (WsiBrowserSockets        *self,
                                             const WsiDevtoolsMessage *message,
                                             WsiBrowserWantedFunc      is_wanted,
                                             gpointer                  user_data);

G_END_DECLS
