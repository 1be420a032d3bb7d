/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows of a file that has one connection after the other.  They are recorded in the order of their
 * times, once all were read: a connection may begin before the ones ahead of it in the file.  The
 * functions are those of WsiRecorder, for the connection that was opened last. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef struct _WsiSortedRows WsiSortedRows;

WsiSortedRows *wsi_sorted_rows_new  (WsiRecorder *recorder);
void           wsi_sorted_rows_free (WsiSortedRows *self);
/* time_us 0: it begins with its first row that has a time, or after the connection ahead of it. */
void           wsi_sorted_rows_open (WsiSortedRows    *self,
                                     const WsiOpening *opening,
                                     gint64            time_us);
void           wsi_sorted_rows_push (WsiSortedRows *self,
                                     WspDirection   direction,
                                     GBytes        *bytes,
                                     gint64         time_us);
void           wsi_sorted_rows_message (WsiSortedRows *self,
                                        WspDirection   direction,
                                        guint          opcode,
                                        GBytes        *payload,
                                        gboolean       is_hidden,
                                        gint64         time_us);
/* sentence may be NULL. */
void           wsi_sorted_rows_event (WsiSortedRows     *self,
                                      WsiEvent           event,
                                      const WsiSentence *sentence,
                                      gint64             time_us);
void           wsi_sorted_rows_close (WsiSortedRows     *self,
                                      WsiEnding          ending,
                                      const WsiSentence *sentence,
                                      gint64             time_us);
/* Records the next ones; nothing is added from the first call on.  FALSE: there are no more. */
gboolean       wsi_sorted_rows_record (WsiSortedRows *self,
                                       guint64        max_rows);
/* How many rows were left out, because the disk is full. */
guint64        wsi_sorted_rows_get_n_lost (const WsiSortedRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSortedRows, wsi_sorted_rows_free)

G_END_DECLS
