/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files of recorded connections, which are read once from beginning to end, merged by time.  The
 * store keeps only the latest records, so a verb uses each record at once. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-output.h"
#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef struct _WsiCapture WsiCapture;

/* For a listing, memory is kept for payloads as they are on the wire; for a command or a file also
 * for inflated payloads.  For all, every row is kept, with a file for what memory has no room for.
 * A signal ends the program; where a file is written a signal ends only the reading. */
typedef enum
{
  WSI_CAPTURE_FOR_LISTING,
  WSI_CAPTURE_FOR_COMMAND,
  WSI_CAPTURE_FOR_FILE,
  WSI_CAPTURE_FOR_ALL,
} WsiCaptureUse;

typedef WsiExit (*WsiCaptureList) (WsiCapture *capture,
                                   WsiListing *listing);
/* FALSE: the caller needs no more records. */
typedef gboolean (*WsiCaptureWants) (gpointer user_data);

/* Several files are read together; at most one of them is standard input.  A file that cannot be
 * read has an error line at the end.  first: the open stream of the first path, or NULL. */
WsiCapture  *wsi_capture_new  (const WsiOptions  *options,
                               GInputStream      *first,
                               const char *const *paths,
                               guint              n_paths,
                               WsiCaptureUse      use,
                               GError           **error);
void         wsi_capture_free (WsiCapture *self);
WsiStore    *wsi_capture_get_store    (WsiCapture *self);
WsiRecorder *wsi_capture_get_recorder (WsiCapture *self);
/* Prints an error line if the file is damaged, or has no connection of the chosen number; what
 * could be read was recorded.  At the end of the file, all connections end. */
WsiExit      wsi_capture_run (WsiCapture     *self,
                              WsiCaptureWants wants,
                              gpointer        user_data);
/* Prints an error line.  A file that could be opened counts as damaged input, whatever it holds,
 * and so does a file whose reading a signal has ended. */
WsiExit      wsi_capture_fail (const GError *error);
/* Runs a verb that lists the files at these paths ("-": standard input).  Prints an error line if
 * an option is wrong, or if a file cannot be opened or has another format. */
WsiExit      wsi_capture_list (const WsiOptions  *options,
                               const char *const *paths,
                               WsiCaptureList     list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiCapture, wsi_capture_free)

G_END_DECLS
