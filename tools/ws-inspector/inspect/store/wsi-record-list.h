/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a store in segments that never move. */
#pragma once

#include "inspect/store/memory/wsi-readers.h"
#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

#define WSI_SEGMENT_LENGTH 16384

typedef struct _WsiRecordList WsiRecordList;

WsiRecordList         *wsi_record_list_new  (WsiReaders *readers,
                                             guint64     max_records);
void             wsi_record_list_free (WsiRecordList *self);
/* Functions of the writer. */
gboolean         wsi_record_list_is_full      (WsiRecordList *self);
/* The number of the first one that stays then.  Many go at once, because a list on the screen pays
 * for each removal at its head. */
guint64          wsi_record_list_choose_first (WsiRecordList *self);
/* Removes the records before first. */
void             wsi_record_list_evict        (WsiRecordList *self,
                                               guint64        first);
/* The place of the next record; NULL: there is no memory, or readers hold all of it. */
WsiRecord       *wsi_record_list_begin_append (WsiRecordList *self);
/* Publishes the record. */
void             wsi_record_list_end_append   (WsiRecordList *self);
/* Sets all faults of the record that is being appended.  FALSE: they cannot be kept. */
gboolean         wsi_record_list_set_faults   (WsiRecordList *self,
                                               const guint   *faults,
                                               guint          n_faults);
/* Everybody's; records between wsi_readers_begin () and wsi_readers_end (). */
guint64          wsi_record_list_get_first  (WsiRecordList *self);
guint64          wsi_record_list_get_end    (WsiRecordList *self);
const WsiRecord *wsi_record_list_get        (WsiRecordList *self,
                                             guint64        number);
/* The record and those that follow it in memory: n of them. */
const WsiRecord *wsi_record_list_get_run    (WsiRecordList *self,
                                             guint64        number,
                                             guint64       *n);
/* The faults of a record that has more than one; returns how many they are. */
guint            wsi_record_list_get_faults (WsiRecordList *self,
                                             guint64        number,
                                             guint         *faults,
                                             guint          n_faults);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRecordList, wsi_record_list_free)

G_END_DECLS
