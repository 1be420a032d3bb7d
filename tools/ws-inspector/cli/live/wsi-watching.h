/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A run of a verb that only watches: its source works in a thread of its own, until a signal, or
 * until the source ends. */
#pragma once

#include "cli/files/wsi-save.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-printer.h"
#include "inspect/capture/lanes/wsi-merger.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

typedef struct
{
  const WsiOptions *options;
  WsiListing        listing;
  WsiStore         *store;      /* store of the recording; NULL: nothing is recorded */
  WsiMerger        *merger;
  WsiRecorder      *recorder;   /* recorder of the source; NULL: nothing is recorded */
  WsiSource        *source;
  WsiPrinter       *printer;    /* printer of the frames; NULL: the verb is quiet */
  WsiSave          *save;       /* file that frames are written to; NULL: none */
  GMainLoop        *loop;
  gboolean          is_stopping;
  gboolean          is_interrupted;     /* a signal has ended the run, or the listing is full */
  WsiExit           status;

  /* A verb whose source ends with a program: it is called at the first signal, and asks the
   * program to end.  NULL: there is no program, and the source is stopped. */
  void              (*interrupt)(gpointer user_data);
  gpointer          user_data;
} WsiWatching;

/* self must be zero-initialized.  FALSE: an error was printed, and the status set. */
gboolean wsi_watching_begin (WsiWatching      *self,
                             const WsiOptions *options,
                             const WsiTarget  *target);
/* Starts the source, and sets the status when it has ended. */
void     wsi_watching_run   (WsiWatching *self);
/* Watches what a target names until it ends.  target: NULL = it could not be made, by the error. */
WsiExit  wsi_watching_watch (const WsiOptions *options,
                             const WsiTarget  *target,
                             const GError     *error);
/* The status of a program whose source has failed; failure: what the source says, or NULL. */
WsiExit  wsi_watching_get_status (const WsiSentence *failure);
/* A signal that nothing else has seen asks the program to end; a second call ends the loop. */
void     wsi_watching_interrupt (WsiWatching *self);
void     wsi_watching_clear (WsiWatching *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiWatching, wsi_watching_clear)

G_END_DECLS
