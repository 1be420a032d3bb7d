/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session file that a store is written to as it goes, in a thread of its own: what was announced
 * is on its way to the disk a moment later, also if the program is killed then.
 *
 * It is used in the thread that writes the store. */
#pragma once

#include "inspect/save/saving/wsi-export-job.h"

G_BEGIN_DECLS

#define WSI_TYPE_SAVER (wsi_saver_get_type ())

G_DECLARE_FINAL_TYPE (WsiSaver, wsi_saver, WSI, SAVER, GObject)

/* Begins with the rows that are there; the signal "saved" says that they are on the disk.  NULL:
 * the file cannot be made.  A file that is replaced stays as it was until wsi_saver_complete ():
 * what is written is next to it, in FILE.part.  The format of the options is not used. */
WsiSaver   *wsi_saver_new (WsiStore * store,
                           GFile * file,
                           const WsiExportOptions * options,
                           GError * *error);
/* The session is complete, though comments may follow: the file of before is replaced by all that
 * was announced.  So it is at the end of the saver. */
void        wsi_saver_complete     (WsiSaver *self);
/* Drops a saver: another one writes the same file, which this one no longer replaces. */
void        wsi_saver_drop         (WsiSaver *self);
/* Whether the file is written in place.  FALSE: it is still the earlier one. */
gboolean    wsi_saver_is_in_place  (WsiSaver *self);
/* Why nothing more is written, since the signal "failed"; NULL: all is well.  Written rows stay,
 * unless the file itself has gone.  A part stays only if the store has dropped some of its rows,
 * and then the sentence names it. */
const char *wsi_saver_get_sentence (WsiSaver *self);
/* Writes what is left.  The saver ends with it, or with its last
 * reference, which waits for the file. */
void        wsi_saver_stop_async   (WsiSaver           *self,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean    wsi_saver_stop_finish  (WsiSaver     *self,
                                    GAsyncResult *result,
                                    GError      **error);

G_END_DECLS
