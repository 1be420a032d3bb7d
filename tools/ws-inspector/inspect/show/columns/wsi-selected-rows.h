/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows that a user has selected in a list, by their numbers: they stay selected when the list
 * shows other rows or has another order, and no object is made for them.  Those that the list does
 * not show do not count until it shows them again. */
#pragma once

#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_SELECT_ONLY,              /* only these rows are selected */
  WSI_SELECT_TOO,
} WsiSelectMode;

typedef struct _WsiSelectedRows WsiSelectedRows;

WsiSelectedRows *wsi_selected_rows_new      (void);
void             wsi_selected_rows_free     (WsiSelectedRows *self);
/* Selects n rows from a position of the model on. */
void             wsi_selected_rows_select   (WsiSelectedRows *self,
                                             WsiFrameModel   *model,
                                             guint            position,
                                             guint            n,
                                             WsiSelectMode    mode);
void             wsi_selected_rows_unselect (WsiSelectedRows *self,
                                             WsiFrameModel   *model,
                                             guint            position,
                                             guint            n);
void             wsi_selected_rows_clear    (WsiSelectedRows *self);
/* Forgets the rows before this one, which are gone. */
void             wsi_selected_rows_forget   (WsiSelectedRows *self,
                                             guint64          first);
/* Selects each message of which a frame is selected, where rows are messages. */
void             wsi_selected_rows_add_messages (WsiSelectedRows *self,
                                                 WsiStore        *store);
/* Makes a selected row the last one, without another change. */
void             wsi_selected_rows_set_last (WsiSelectedRows *self,
                                             guint64          number);
gboolean         wsi_selected_rows_has      (WsiSelectedRows *self,
                                             guint64          number);
/* The row that was selected last; if it was unselected or is gone, the next one that is selected,
 * or the one before it.  FALSE: none is. */
gboolean         wsi_selected_rows_get_last (WsiSelectedRows *self,
                                             guint64         *number);
/* The number of all selected rows, also of those that are not shown. */
guint64          wsi_selected_rows_count_all (WsiSelectedRows *self);
/* The number of selected rows that the model has. */
guint            wsi_selected_rows_count    (WsiSelectedRows *self,
                                             WsiFrameModel   *model);
/* The numbers of the selected rows (guint64), in the order of the model. */
GArray          *wsi_selected_rows_dup      (WsiSelectedRows *self,
                                             WsiFrameModel   *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSelectedRows, wsi_selected_rows_free)

G_END_DECLS
