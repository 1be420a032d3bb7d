/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/message/wsp-message-stream.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* So much waits in a stream before its connection stops reading. */
#define WSP_MESSAGE_STREAM_ROOM (64 * 1024)

typedef void (*WspMessageStreamFunc) (GObject *owner);

typedef struct                  /* what a stream asks of its connection until the message is whole */
{
  WspMessageStreamFunc drained;         /* there is room again */
  WspMessageStreamFunc dropped;         /* the rest of the message is not wanted */
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
/* error: taken; what has come before it can still be read. */
void              wsp_message_stream_fail     (WspMessageStream *self,
                                               GError           *error);
gsize             wsp_message_stream_get_held (WspMessageStream *self);

G_END_DECLS
