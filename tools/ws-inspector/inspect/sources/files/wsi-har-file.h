/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads the WebSocket connections of a HAR into a recorder.  A HAR has messages, no frames: their
 * bits, masks and sizes on the wire are not known.
 *
 * Browsers write `time` in seconds since 1970, Playwright in milliseconds, and some tools in
 * seconds of a clock that begins anywhere; startedDateTime tells which.
 *
 * docs/rationales/session-files-and-hars.md has the reasons. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef struct _WsiHarFile WsiHarFile;

/* Whether a file that begins with these bytes, and an object, is one. */
gboolean    wsi_har_file_is_one (const guint8 *at,
                                 gsize         length);
WsiHarFile *wsi_har_file_new  (GInputStream *stream,
                               const char   *name,
                               WsiRecorder  *recorder,
                               GCancellable *cancellable);
void        wsi_har_file_free (WsiHarFile *self);
/* Reads at most so many entries; FALSE: the end, or an error.  Damaged entries and messages are
 * left out: the end is an error then, which names the first one. */
gboolean    wsi_har_file_step (WsiHarFile *self,
                               guint       max_entries,
                               GError    **error);
/* The number of entries and messages that are above a limit. */
guint64     wsi_har_file_get_n_too_long (const WsiHarFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHarFile, wsi_har_file_free)

G_END_DECLS
