/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows that a filter finds in a store, as a model that grows.  A thread tests those that are
 * there, and those that come later each time it is advanced. */
#pragma once

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/models/wsi-frame-model.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_QUERY (wsi_frame_query_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameQuery, wsi_frame_query, WSI, FRAME_QUERY, GObject)

/* filter: NULL = all rows; interpreter: whose choices of decoders are taken over, or NULL. */
WsiFrameQuery *wsi_frame_query_new (WsiStore * store,
                                    WsiFilter * filter,
                                    const WsiInterpreter * interpreter);
WsiFrameModel *wsi_frame_query_get_model    (WsiFrameQuery *self);
/* Shows new rows; returns how many.  Those that are to be tested come later, with "found". */
guint          wsi_frame_query_advance      (WsiFrameQuery *self);
/* Whether there is a row to show, or all rows were tested. */
gboolean       wsi_frame_query_is_ready     (WsiFrameQuery *self);
/* Whether all rows were tested that there were at first. */
gboolean       wsi_frame_query_is_whole     (WsiFrameQuery *self);
guint64        wsi_frame_query_get_n_tested (WsiFrameQuery *self);
/* The percentage of rows that were tested; "found" is emitted each time it has changed. */
guint          wsi_frame_query_get_percent  (WsiFrameQuery *self);
/* Stops the query: nothing is found any more. */
void           wsi_frame_query_stop         (WsiFrameQuery *self);

G_END_DECLS
