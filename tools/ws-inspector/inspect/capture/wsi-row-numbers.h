/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which rows of a store are those that a file names by numbers of its own. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiRowNumbers WsiRowNumbers;

/* The rows that a line of a file has made. */
typedef struct
{
  guint64      number;          /* number of the line; numbers of lines ascend, and may have gaps */
  guint32      conversation;
  guint8       direction;       /* direction of the line's bytes; WSI_NO_DIRECTION = it ends both */
  guint64      first, end;      /* range of rows; empty while the line waits for its rows */
} WsiNumberedRows;

WsiRowNumbers *wsi_row_numbers_new  (void);
void           wsi_row_numbers_free (WsiRowNumbers *self);
/* Rows of earlier lines come before those of this one.  If it makes more than one, the others are
 * those of the next numbers, unless these are added, too. */
void           wsi_row_numbers_add  (WsiRowNumbers         *self,
                                     const WsiNumberedRows *rows);
/* Forgets the rows before this one, which are gone. */
void           wsi_row_numbers_forget (WsiRowNumbers *self,
                                       guint64        first);
gboolean       wsi_row_numbers_find (const WsiRowNumbers *self,
                                     guint64              number,
                                     guint64             *row);
/* Whether the line with this number is yet to make its rows. */
gboolean       wsi_row_numbers_is_waiting (const WsiRowNumbers *self,
                                           guint64              number);
/* The last line that was added, if it is yet to make its rows, which are those of this
 * conversation; 0 = it is not. */
guint64        wsi_row_numbers_get_waiting (const WsiRowNumbers *self,
                                            guint32              conversation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRowNumbers, wsi_row_numbers_free)

G_END_DECLS
