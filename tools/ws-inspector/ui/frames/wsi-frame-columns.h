/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The columns of the list of frames: which there are, in which order and how wide.  Where there is
 * no room for all of them, the summary stays. */
#pragma once

#include "inspect/show/columns/wsi-row-order.h"
#include "ui/frames/wsi-frame-cells.h"

G_BEGIN_DECLS

typedef struct _WsiFrameColumns WsiFrameColumns;

/* Makes the columns.  view, cells: must live as long as they do. */
WsiFrameColumns *wsi_frame_columns_new        (GtkColumnView *view,
                                               WsiFrameCells *cells);
void             wsi_frame_columns_free       (WsiFrameColumns *self);
/* Names of fields in their order; unknown ones are left out.  Empty or NULL: the usual ones. */
void             wsi_frame_columns_set_names  (WsiFrameColumns   *self,
                                               const char *const *names);
GStrv            wsi_frame_columns_dup_names  (WsiFrameColumns *self);
/* Sets widths (a{su}) that were changed by hand; they apply when the columns are shown. */
void             wsi_frame_columns_set_widths (WsiFrameColumns *self,
                                               GVariant        *widths);
GVariant        *wsi_frame_columns_dup_widths (WsiFrameColumns *self);
/* The title of a column for the user; for a field of a decoder its name. */
const char      *wsi_frame_columns_get_title  (const char *name);
/* Whether the column has the width that the others leave. */
gboolean         wsi_frame_columns_takes_rest (const char *name);
/* The width of a column in pixels; without meaning for one that takes the rest. */
int              wsi_frame_columns_get_width  (WsiFrameColumns *self,
                                               const char      *name);
/* Rows of another session come: columns without a value in it are hidden until a row has one. */
void             wsi_frame_columns_begin      (WsiFrameColumns *self);
/* Forgets the texts that were shown: columns are as wide as the new ones need. */
void             wsi_frame_columns_forget_texts (WsiFrameColumns *self);
/* Names of all columns but fields of decoders, in their usual order. */
GStrv            wsi_frame_columns_dup_all    (void);
void             wsi_frame_columns_fit        (WsiFrameColumns *self,
                                               int              width);
/* Calls when the user has changed order or widths of columns, or clicked on the title of one that
 * sorts by this value. */
void             wsi_frame_columns_watch      (WsiFrameColumns *self,
                                               void           (*changed)(gpointer    user_data),
                                               void           (*clicked)(WsiRowValue value,
                                                                         gpointer    user_data),
                                               gpointer         user_data);
/* Shows by an arrow how rows are sorted, in a title that there may be only later. */
void             wsi_frame_columns_set_order  (WsiFrameColumns *self,
                                               WsiRowOrder      order);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFrameColumns, wsi_frame_columns_free)

G_END_DECLS
