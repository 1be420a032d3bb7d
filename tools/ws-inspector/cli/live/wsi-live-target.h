/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The target of a verb, which connects to it or listens for it: the options that say how its source
 * is made.  The verb itself has what is sent, printed and written, and when it ends. */
#pragma once

#include "cli/print/wsi-output.h"
#include "cli/table/wsi-options.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* Options of the target's kind; the arguments without a name are set by the verb.  NULL: one of the
 * options is wrong, or needs another one. */
WsiTarget *wsi_live_target_new  (WsiTargetKind     kind,
                                 const WsiOptions *options,
                                 GError          **error);
/* Sets the URI that text means, and says so if it is another text. */
void       wsi_live_target_set_address (WsiTarget  *target,
                                        const char *text);
/* Makes a source in this thread, or with a recorder in a lane in a thread of its own.  NULL: prints
 * why not, and sets the status with which the program exits. */
WsiSource *wsi_live_target_make (const WsiTarget *target,
                                 WsiRecorder     *recorder,
                                 WsiPlace         place,
                                 WsiExit         *status);

G_END_DECLS
