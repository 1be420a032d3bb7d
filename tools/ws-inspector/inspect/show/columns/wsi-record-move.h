/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the next record of a kind. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Moves to the first record with a fault, from this number on.  FALSE: there is none.  It looks at
 * each record: a million take some milliseconds. */
gboolean wsi_record_move_to_fault (WsiStore *store,
                                   guint64   from,
                                   guint64  *number);

typedef enum
{
  WSI_MOVE_FORWARD,
  WSI_MOVE_BACKWARD,
} WsiMoveDirection;

typedef enum
{
  WSI_MOVE_FOUND,
  WSI_MOVE_GOES_ON,             /* not found yet, because many records were of others: call it
                                 * again */
  WSI_MOVE_AT_END,
} WsiMoveResult;

/* Moves from this number to the next record of the conversation.  It looks at some records only, so
 * that a window stays fluent. */
WsiMoveResult wsi_record_move_in_conversation (WsiStore        *store,
                                               guint32          conversation,
                                               WsiMoveDirection direction,
                                               guint64         *at);

G_END_DECLS
