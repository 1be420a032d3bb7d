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
  WsiStore         *store;
  WsiMerger        *merger;
  WsiRecorder      *recorder;
  WsiSource        *source;
  WsiPrinter       *printer;    /* NULL: quiet */
  WsiSave          *save;       /* NULL: no file is written */
  GMainLoop        *loop;
  gboolean          is_stopping;
  WsiExit           status;
} WsiWatching;

/* self is zero.  FALSE: why not was printed, and the status set. */
gboolean wsi_watching_begin (WsiWatching      *self,
                             const WsiOptions *options,
                             const WsiTarget  *target);
/* Starts the source, and sets the status when it has ended. */
void     wsi_watching_run   (WsiWatching *self);
void     wsi_watching_clear (WsiWatching *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiWatching, wsi_watching_clear)

G_END_DECLS
