/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a store in segments that never move. */
#pragma once

#include "inspect/store/memory/wsi-readers.h"
#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

#define WSI_SEGMENT_LENGTH 16384

typedef struct _WsiRows WsiRows;

WsiRows         *wsi_rows_new  (WsiReaders *readers,
                                guint64     max_records);
void             wsi_rows_free (WsiRows *self);
/* Functions of the writer. */
gboolean         wsi_rows_is_full      (WsiRows *self);
/* The number of the first one that stays then.  Many go at once, because a list on the screen pays
 * for each removal at its head. */
guint64          wsi_rows_choose_first (WsiRows *self);
/* Removes the records before first. */
void             wsi_rows_evict        (WsiRows *self,
                                        guint64  first);
/* The place of the next record; NULL: there is no memory, or readers hold all of it. */
WsiRecord       *wsi_rows_begin_append (WsiRows *self);
/* Publishes the record. */
void             wsi_rows_end_append   (WsiRows *self);
/* Sets all faults of the record that is being appended.  FALSE: they cannot be kept. */
gboolean         wsi_rows_set_faults   (WsiRows     *self,
                                        const guint *faults,
                                        guint        n_faults);
/* Everybody's; records between wsi_readers_begin () and wsi_readers_end (). */
guint64          wsi_rows_get_first  (WsiRows *self);
guint64          wsi_rows_get_end    (WsiRows *self);
const WsiRecord *wsi_rows_get        (WsiRows *self,
                                      guint64  number);
/* The record and those that follow it in memory: n of them. */
const WsiRecord *wsi_rows_get_run    (WsiRows *self,
                                      guint64  number,
                                      guint64 *n);
/* The faults of a record that has more than one; returns how many they are. */
guint            wsi_rows_get_faults (WsiRows *self,
                                      guint64  number,
                                      guint   *faults,
                                      guint    n_faults);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRows, wsi_rows_free)

G_END_DECLS
