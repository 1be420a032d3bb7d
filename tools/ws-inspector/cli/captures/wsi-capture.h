/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A file of recorded connections, which is read once from its beginning to its end.  The store
 * keeps the latest records only: they are used at once. */
#pragma once

#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-output.h"
#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef struct _WsiCapture WsiCapture;

/* Memory is kept for payloads as they are on the wire, or also for inflated ones, or all rows are,
 * with a file for what memory has no room for.  A signal ends the program, or the reading only
 * where a file is written. */
typedef enum
{
  WSI_CAPTURE_FOR_LISTING,
  WSI_CAPTURE_FOR_COMMAND,
  WSI_CAPTURE_FOR_FILE,
  WSI_CAPTURE_FOR_ALL,
} WsiCaptureUse;

typedef WsiExit (*WsiCaptureList) (WsiCapture *capture,
                                   WsiListing *listing);
/* FALSE: no more is needed. */
typedef gboolean (*WsiCaptureWants) (gpointer user_data);

/* stream: of wsi_file_open (). */
WsiCapture  *wsi_capture_new  (const WsiOptions *options,
                               GInputStream     *stream,
                               const char       *path,
                               WsiCaptureUse     use,
                               GError          **error);
void         wsi_capture_free (WsiCapture *self);
WsiStore    *wsi_capture_get_store    (WsiCapture *self);
WsiRecorder *wsi_capture_get_recorder (WsiCapture *self);
/* Prints an error line if the file is damaged, or has no connection of the chosen number; what
 * could be read was recorded.  At the end of the file, all connections end. */
WsiExit      wsi_capture_run (WsiCapture     *self,
                              WsiCaptureWants wants,
                              gpointer        user_data);
/* Prints an error line.  A file that could be opened is damaged input, whatever it holds, and so is
 * one that was not read because of a signal. */
WsiExit      wsi_capture_fail (const GError *error);
/* A verb that lists the file at path ("-": standard input).  Prints an error line if an option
 * is wrong, or if the file cannot be opened or has another format. */
WsiExit      wsi_capture_list (const WsiOptions *options,
                               const char       *path,
                               WsiCaptureList    list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiCapture, wsi_capture_free)

G_END_DECLS
