/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a store, all or some, as a list for the screen.  It grows when it is updated, not
 * with each frame; one that is sorted stays as it is. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_FRAME_MODEL (wsi_frame_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiFrameModel, wsi_frame_model, WSI, FRAME_MODEL, GObject)

WsiFrameModel *wsi_frame_model_new (WsiStore * store);
/* Shows those that are added, such as the ones that a filter finds. */
WsiFrameModel *wsi_frame_model_new_for_some (WsiStore * store);
/* Shows the records with these numbers (guint64), which rise, in another order: of indices in the
 * numbers, each once. */
WsiFrameModel *wsi_frame_model_new_sorted   (WsiStore      *store,
                                             GArray        *numbers,
                                             const guint32 *order);
/* The same model without the records that the store dropped; NULL = none of them is gone. */
WsiFrameModel *wsi_frame_model_dup_rest     (WsiFrameModel *self);
/* Numbers of records, in rising order, after those that were added before.  They are shown when it
 * is updated. */
void           wsi_frame_model_add          (WsiFrameModel *self,
                                             const guint64 *numbers,
                                             guint          n_numbers);
/* Adds records in any order, also between those that were added. */
void           wsi_frame_model_add_late     (WsiFrameModel *self,
                                             const guint64 *numbers,
                                             guint          n_numbers);
/* Adds new records and removes those that the store dropped; returns how many rows are new.
 * Emits at most two signals, whatever the number of frames. */
guint          wsi_frame_model_flush        (WsiFrameModel *self);
/* Finds the place of a record, or else of the one with the next number. */
gboolean       wsi_frame_model_find         (WsiFrameModel *self,
                                             guint64        number,
                                             guint         *position);
/* The number of the record at a position; no WsiRow is made for it. */
guint64        wsi_frame_model_get_number   (WsiFrameModel *self,
                                             guint          position);
/* The records that are shown, as guint64, which rise; NULL: all of the store. */
GArray        *wsi_frame_model_dup_numbers  (WsiFrameModel *self);
/* Sorts numbers: a selection may have another order. */
void           wsi_frame_model_sort_numbers (GArray *numbers);

G_END_DECLS
