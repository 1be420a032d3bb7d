/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP of one TCP connection, with the WebSocket conversations in it. */
#pragma once

#include "inspect/sources/http/wsi-http-side.h"
#include "inspect/sources/http/wsi-upgrade.h"

G_BEGIN_DECLS

typedef struct
{
  WsiRecorder *recorder;
  const char  *source;          /* source and note of the conversations, as in WsiUpgrade */
  const WsiSentence *note;
  GArray      *websocket_ports; /* ports (guint16) of servers whose bytes are HTTP or frames */
  gboolean     shows_unknown;   /* bytes that are not HTTP become a conversation with a fault */
  WsiHttpRoom  room;
} WsiHttpShared;

typedef struct _WsiHttpStream WsiHttpStream;

WsiHttpStream   *wsi_http_stream_new  (WsiHttpShared    *shared,
                                       WsiTcpConnection *tcp);
void             wsi_http_stream_free (WsiHttpStream *self);
/* Pushes the next bytes of a side. */
void             wsi_http_stream_push (WsiHttpStream *self,
                                       guint          side,
                                       const guint8  *at,
                                       gsize          length,
                                       gint64         time_us);
/* Bytes of a side are missing; WSI_TCP_UNKNOWN_LENGTH: it is not known how many. */
void             wsi_http_stream_skip (WsiHttpStream *self,
                                       guint          side,
                                       guint64        length,
                                       gint64         time_us);
/* Whether it hands its bytes on to a connection in it, until wsi_http_stream_close (). */
gboolean         wsi_http_stream_is_tunnel (const WsiHttpStream *self);
/* Shows what is incomplete, for a source that knows the client: such a request, and a connection
 * without a byte, become a conversation. */
void             wsi_http_stream_show_incomplete (WsiHttpStream *self,
                                                  gint64         time_us);
/* Ends a side: no more bytes follow. */
void             wsi_http_stream_end_side (WsiHttpStream *self,
                                           guint          side,
                                           gint64         time_us);
/* Closes the stream: the connection has ended, or the capture. */
void             wsi_http_stream_close (WsiHttpStream *self,
                                        WsiTcpClose    why,
                                        gint64         time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHttpStream, wsi_http_stream_free)

G_END_DECLS
