/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the WebSocket conversations among the TCP connections of a capture. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/http/wsi-unread.h"

G_BEGIN_DECLS

typedef struct _WsiHttpSniffer WsiHttpSniffer;

extern const WsiTcpListener wsi_http_sniffer_listener;

/* Makes a sniffer.  source: the name of the capture. */
WsiHttpSniffer *wsi_http_sniffer_new            (WsiRecorder *recorder,
                                                 const char  *source);
/* Sets the name of the capture for connections that begin from now on; the caller keeps the
 * string. */
void            wsi_http_sniffer_set_source     (WsiHttpSniffer *self,
                                                 const char     *source);
/* Connections of this port of a server are WebSockets, also without a handshake. */
void            wsi_http_sniffer_read_as_websocket (WsiHttpSniffer *self,
                                                    guint16         port);
/* Frees the sniffer; call it after the end of the reassembler, which closes the streams. */
void            wsi_http_sniffer_free           (WsiHttpSniffer *self);
/* Heads and other beginnings that were not read for lack of room. */
guint64         wsi_http_sniffer_get_n_lost     (WsiHttpSniffer *self);
/* Traffic that was read, and that was not, of the connections that have ended. */
const WsiUnread *wsi_http_sniffer_get_unread (WsiHttpSniffer *self);
/* Bytes of memory that the sniffer holds. */
gsize           wsi_http_sniffer_get_n_held     (WsiHttpSniffer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHttpSniffer, wsi_http_sniffer_free)

G_END_DECLS
