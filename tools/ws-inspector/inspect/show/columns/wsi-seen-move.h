/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the next row of a kind in a list that is sorted: the next one that is seen. */
#pragma once

#include "inspect/show/columns/wsi-record-move.h"
#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_SEEN_FAULT,               /* a rule was broken */
  WSI_SEEN_CONVERSATION,        /* the row is of this connection */
  WSI_SEEN_HIT,                 /* another model has the row, too */
} WsiSeenKind;

typedef struct
{
  WsiSeenKind    kind;
  guint32        conversation;
  WsiFrameModel *hits;
} WsiSeenWanted;

/* Moves from the row with this number on, which is not looked at; WSI_NO_RECORD: from the first
 * row, or the last one.  FALSE: there is none.  It looks at each row that is between them: a
 * million take some ten milliseconds. */
gboolean wsi_seen_move (WsiFrameModel       *model,
                        WsiStore            *store,
                        const WsiSeenWanted *wanted,
                        WsiMoveDirection     direction,
                        guint64              from,
                        guint64             *number);

G_END_DECLS
