/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message in the making: pieces in, one WspMessage out. */
#pragma once

#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 *data;                 /* NULL: no message is in progress */
  gsize   length, capacity;
} WspMessageBuilder;

/* Memory grows with the bytes that came, never with what was announced.  FALSE: there is none
 * left. */
gboolean    wsp_message_builder_add   (WspMessageBuilder *self,
                                       const guint8      *data,
                                       gsize              length);
/* The message, whose text the engine has checked.  The builder is empty again. */
WspMessage *wsp_message_builder_end   (WspMessageBuilder *self,
                                       WspMessageType     type);
void        wsp_message_builder_clear (WspMessageBuilder *self);

G_END_DECLS
