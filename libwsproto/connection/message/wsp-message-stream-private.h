/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/message/wsp-message-stream.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* The connection stops reading when this many bytes wait in the stream. */
#define WSP_MESSAGE_STREAM_ROOM (64 * 1024)

typedef void (*WspMessageStreamFunc) (GObject *owner);

typedef struct                  /* the functions of the connection that a stream calls until the message is whole */
{
  WspMessageStreamFunc drained;         /* called when the stream has room again */
  WspMessageStreamFunc dropped;         /* called to drop the rest of the message */
} WspMessageStreamFuncs;

/* owner: the connection, kept alive until the message is whole or has failed. */
WspMessageStream *wsp_message_stream_new      (WspReactor                  *reactor,
                                               WspMessageType               message_type,
                                               GObject                     *owner,
                                               const WspMessageStreamFuncs *funcs);
void              wsp_message_stream_add      (WspMessageStream *self,
                                               const guint8     *data,
                                               gsize             length);
void              wsp_message_stream_end      (WspMessageStream *self);
/* error: (transfer full).  Bytes that were received before can still be read. */
void              wsp_message_stream_fail     (WspMessageStream *self,
                                               GError           *error);
gsize             wsp_message_stream_get_held (WspMessageStream *self);

G_END_DECLS
