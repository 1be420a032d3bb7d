/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes messages of records that pass one after the other.  Each message is given once: with its
 * last frame, or when it is clear that no more of its frames follow. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct
{
  WsiMessageInfo info;
  WsiRecord      record;        /* record of the latest frame */
  WspFrameFlags  flags;         /* flags of all frames of the message */
} WsiOpenMessage;

typedef void (*WsiTakeMessage) (const WsiOpenMessage *message,
                                gpointer              user_data);

typedef struct _WsiOpenMessages WsiOpenMessages;

WsiOpenMessages *wsi_open_messages_new  (WsiStore      *store,
                                         WsiTakeMessage take_message,
                                         gpointer       user_data);
void             wsi_open_messages_free (WsiOpenMessages *self);
/* record: of a frame of a message, the latest one that the store has announced. */
void             wsi_open_messages_take (WsiOpenMessages *self,
                                         guint64          number,
                                         const WsiRecord *record);
/* Gives the messages of a conversation that are not finished. */
void             wsi_open_messages_end_conversation (WsiOpenMessages *self,
                                                     guint32          conversation);
/* Gives the unfinished messages of all conversations. */
void             wsi_open_messages_end (WsiOpenMessages *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiOpenMessages, wsi_open_messages_free)

G_END_DECLS
