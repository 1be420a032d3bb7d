/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One connection that is watched: its opening handshake, its frames, how it ended. */
#pragma once

#include "inspect/capture/wsi-handshake-report.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ENDING_NONE,              /* it goes on */
  WSI_ENDING_CLEAN,
  WSI_ENDING_ABNORMAL,
} WsiEnding;

#define WSI_TYPE_CONVERSATION (wsi_conversation_get_type ())

G_DECLARE_FINAL_TYPE (WsiConversation, wsi_conversation, WSI, CONVERSATION, GObject)

WsiConversation    *wsi_conversation_new (guint32 number,
                                          WspRole role);
guint32             wsi_conversation_get_number     (WsiConversation *self);
WspRole             wsi_conversation_get_role       (WsiConversation *self);
WspDissector       *wsi_conversation_push           (WsiConversation *self,
                                                     WspDirection     direction,
                                                     GBytes          *bytes,
                                                     gint64           time_us);
void                wsi_conversation_forget_payload (WsiConversation *self);
guint64             wsi_conversation_take_dropped   (WsiConversation *self);
WsiHandshakeReport *wsi_conversation_make_report    (WsiConversation *self);
gboolean            wsi_conversation_is_answered    (WsiConversation *self);
WsiEnding           wsi_conversation_get_ending     (WsiConversation *self);
const char         *wsi_conversation_get_sentence   (WsiConversation *self);
void                wsi_conversation_end            (WsiConversation *self,
                                                     WsiEnding        ending,
                                                     const char      *sentence);

G_END_DECLS
