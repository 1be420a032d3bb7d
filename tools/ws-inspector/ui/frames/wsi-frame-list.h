/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Shows the rows of a WsiShownRows as a table: columns, the selected rows, and where it scrolls to.
 * It follows new rows until the user scrolls up; the key End makes it follow again.  Each choice
 * about it and its rows is a property, and an action of the same name, such as frames.view. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/columns/wsi-shown-rows.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_LIST (wsi_frame_list_get_type ())

G_DECLARE_DERIVABLE_TYPE (WsiFrameList, wsi_frame_list, WSI, FRAME_LIST, GtkWidget)

/* The class of lists; WsiFrameTable adds the actions of a user on rows. */
struct _WsiFrameListClass
{
  GtkWidgetClass parent_class;
};

/* The rows of the list, whose store is set by the next function. */
WsiShownRows  *wsi_frame_list_get_rows         (WsiFrameList *self);
void           wsi_frame_list_set_store        (WsiFrameList *self,
                                                WsiStore     *store);
/* The row that was selected last, whose details are shown; NULL = none, or the list does not show
 * it. */
WsiRow        *wsi_frame_list_get_row          (WsiFrameList *self);
gboolean       wsi_frame_list_has_selected     (WsiFrameList *self,
                                                guint         position);
/* The numbers (guint64) of the selected rows that are shown, in their order. */
GArray        *wsi_frame_list_dup_selected     (WsiFrameList *self);
/* The sums of the selected rows, as a phrase; NULL = fewer than two are selected. */
const char    *wsi_frame_list_get_sums         (WsiFrameList *self);
GtkColumnView *wsi_frame_list_get_view         (WsiFrameList *self);
/* The width of a column in pixels; see wsi_frame_columns_get_width (). */
int            wsi_frame_list_get_column_width (WsiFrameList *self,
                                                const char   *name);
/* Says whether the list is live.  One that is not follows no rows, and begins with the first one
 * selected. */
void           wsi_frame_list_set_live         (WsiFrameList *self,
                                                gboolean      is_live);
/* Whether more rows may come; a list that follows none asks nobody to follow. */
void           wsi_frame_list_set_growing (WsiFrameList *self,
                                           gboolean      is_growing);
gboolean       wsi_frame_list_is_following     (WsiFrameList *self);
/* Selects this row alone.  No row is there to select before the filter has found the first ones. */
void           wsi_frame_list_select           (WsiFrameList *self,
                                                guint         position);
/* Makes a selected row the last one of those that are selected. */
void           wsi_frame_list_set_last         (WsiFrameList *self,
                                                guint64       number);
/* Selects the row with this number, or the next one that is shown.  FALSE: there is none. */
gboolean       wsi_frame_list_go_to            (WsiFrameList *self,
                                                guint64       number);
/* Keeps the selected row in view while the list gets another size; one that follows does so
 * anyway. */
void           wsi_frame_list_hold_row         (WsiFrameList *self);
/* Marks this text in the summaries, which begin near it; NULL or "": none. */
void           wsi_frame_list_set_search       (WsiFrameList *self,
                                                const char   *text);
/* NULL = none; "search-changed" is emitted when it is another one. */
const char    *wsi_frame_list_get_search       (WsiFrameList *self);

G_END_DECLS
