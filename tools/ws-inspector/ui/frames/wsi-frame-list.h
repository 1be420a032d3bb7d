/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames or messages: grows with the store, at most ten times a second.  It scrolls to
 * new rows until the user scrolls up; the key End makes it follow again.  Each choice about
 * it is a property, and an action of the same name, such as frames.view. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/show/columns/wsi-list-filter.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_LIST (wsi_frame_list_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameList, wsi_frame_list, WSI, FRAME_LIST, GtkWidget)

typedef struct
{
  guint64 n_shown, n_rows;      /* n_rows: of the store */
  guint64 n_tested;             /* less than n_rows: the filter is at work */
  guint64 n_new;                /* since it does not follow */
} WsiListCounts;

void           wsi_frame_list_set_store        (WsiFrameList *self,
                                                WsiStore     *store);
/* It decodes the messages of the store until another store is set; NULL = each message is guessed
 * for itself. */
void           wsi_frame_list_set_learner      (WsiFrameList *self,
                                                WsiLearner   *learner);
/* The user has chosen another decoder. */
void           wsi_frame_list_decode_anew      (WsiFrameList *self);
WsiStore      *wsi_frame_list_get_store        (WsiFrameList *self);
WsiRow        *wsi_frame_list_get_row          (WsiFrameList *self);
GtkColumnView *wsi_frame_list_get_view         (WsiFrameList *self);
WsiRowFormat  *wsi_frame_list_get_format       (WsiFrameList *self);
/* Pixels; see wsi_frame_columns_get_width (). */
int            wsi_frame_list_get_column_width (WsiFrameList *self,
                                                const char   *name);
void           wsi_frame_list_get_counts       (WsiFrameList  *self,
                                                WsiListCounts *counts);
gboolean       wsi_frame_list_is_following     (WsiFrameList *self);
void           wsi_frame_list_follow           (WsiFrameList *self);
void           wsi_frame_list_select           (WsiFrameList *self,
                                                guint         position);
/* Selects the row with this number, or the next one that is shown.  FALSE: there is none. */
gboolean       wsi_frame_list_go_to            (WsiFrameList *self,
                                                guint64       number);
/* FALSE with an error, which has a column: the filter stays as it was.  NULL or "": no filter. */
gboolean       wsi_frame_list_set_filter       (WsiFrameList *self,
                                                const char   *text,
                                                GError      **error);
const char    *wsi_frame_list_get_filter       (WsiFrameList *self);
/* Everything that decides about rows, as one filter; NULL = all are shown. */
char          *wsi_frame_list_print_filter     (WsiFrameList *self);
/* 0 = all */
void           wsi_frame_list_set_conversation (WsiFrameList *self,
                                                guint32       conversation);
/* Rows from this one on are shown. */
void           wsi_frame_list_set_first        (WsiFrameList *self,
                                                guint64       number);
/* NULL: the first row again. */
void           wsi_frame_list_set_reference    (WsiFrameList *self,
                                                WsiRow       *row);
/* Marks this text in the summaries; NULL or "": none. */
void           wsi_frame_list_set_search       (WsiFrameList *self,
                                                const char   *text);
/* Rows say something else now. */
void           wsi_frame_list_refresh          (WsiFrameList *self);

G_END_DECLS
