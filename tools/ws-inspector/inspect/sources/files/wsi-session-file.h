/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads a session file, as WsiSessionExporter writes it, into a recorder: the bytes of each
 * direction are made again, and dissected like those of any other source.
 * docs/rationales/session-files-and-hars.md has the reasons. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

/* Connections that are open at a time. */
#define WSI_SESSION_MAX_OPEN 65536

typedef struct _WsiSessionFile WsiSessionFile;

/* Opens a session file, and reads its first line.  An error if it is not such a file. */
WsiSessionFile *wsi_session_file_new  (GInputStream *stream,
                                       WsiRecorder  *recorder,
                                       GCancellable *cancellable,
                                       GError      **error);
void            wsi_session_file_free (WsiSessionFile *self);
/* Reads the notes that come later than their rows, from a copy of the rest of the stream: then
 * they come with these rows, but for the last ones of very many. */
void            wsi_session_file_look_ahead (WsiSessionFile *self,
                                             GInputStream   *rest);
/* Reads at most max_lines; FALSE: the end, or an error.  The lines before it stay read. */
gboolean        wsi_session_file_step (WsiSessionFile *self,
                                       guint           max_lines,
                                       GError        **error);
/* The bytes of a last line that was not written as a whole; 0 = there is none. */
guint64         wsi_session_file_get_n_cut (const WsiSessionFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSessionFile, wsi_session_file_free)

G_END_DECLS
