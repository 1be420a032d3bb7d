/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message in the making: pieces in, one WspMessage out. */
#pragma once

#include "connection/message/wsp-message-block-private.h"
#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

typedef struct
{
  WspMessageBlock *block;       /* memory of the message in progress; NULL: no message is in progress */
  gsize            length;
} WspMessageBuilder;

/* Memory grows with the bytes received, never with the announced length; only a spare block of
 * the pool may be as large as the announced length.  FALSE: no memory. */
gboolean    wsp_message_builder_add      (WspMessageBuilder *self,
                                          WspMessagePool    *pool,
                                          const guint8      *data,
                                          gsize              length,
                                          guint64            announced);
/* Sets room to the memory for the next announced bytes, and returns its length; 0: no memory. */
gsize       wsp_message_builder_get_room (WspMessageBuilder *self,
                                          guint64            announced,
                                          guint8           **room);
/* Adds bytes that were read into the room of wsp_message_builder_get_room (). */
void        wsp_message_builder_fill     (WspMessageBuilder *self,
                                          gsize              length);
/* Returns the message; the engine has checked its text.  The builder is empty afterwards. */
WspMessage *wsp_message_builder_end      (WspMessageBuilder *self,
                                          WspMessageType     type);
void        wsp_message_builder_clear    (WspMessageBuilder *self);

G_END_DECLS
