/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recordings of any formats that are read together, merged by time, into one recorder.  Captures
 * are merged packet by packet, before connections are put together; the others message by message.
 * One that cannot be read does not keep the others from being read. */
#pragma once

#include "inspect/sources/files/wsi-recording.h"

G_BEGIN_DECLS

typedef struct _WsiRecordings WsiRecordings;

WsiRecordings *wsi_recordings_new  (WsiRecorder  *recorder,
                                    GCancellable *cancellable);
void           wsi_recordings_free (WsiRecordings *self);
/* Adds a file before the first step.  stream: NULL, with an error that is taken, if it cannot be
 * opened. */
void           wsi_recordings_add  (WsiRecordings *self,
                                    GInputStream  *stream,
                                    const char    *name,
                                    GError        *error);
/* Makes connections of these ports (guint16) of servers WebSockets, in captures, also without a
 * handshake; in those that are read already, from the next packet on. */
void           wsi_recordings_read_as_websocket (WsiRecordings *self,
                                                 const GArray  *ports);
/* Whether one of the open files is a capture. */
gboolean       wsi_recordings_have_captures (WsiRecordings *self);
/* The file with the secrets of TLS connections, before wsi_recordings_open (). */
void           wsi_recordings_set_key_log (WsiRecordings *self,
                                           const char    *path);
/* Sets another key log, while captures are read that grow.  FALSE: it cannot be read. */
gboolean       wsi_recordings_change_key_log (WsiRecordings *self,
                                              const char    *path,
                                              GError       **error);
/* Opens the files; all were added before.  FALSE: none can be read. */
gboolean       wsi_recordings_open (WsiRecordings *self,
                                    GError       **error);
/* The functions do what those of a WsiRecording do.  An error has a sentence for each file
 * (WSI_ERROR_SEPARATOR), and comes when the other files were read. */
gboolean       wsi_recordings_step (WsiRecordings *self,
                                    guint          max_pieces,
                                    GError       **error);
guint64        wsi_recordings_get_n_bytes (WsiRecordings *self);
gboolean       wsi_recordings_are_empty   (WsiRecordings *self);
/* Lines about what is in no row; with several files, a line names its file. */
char         **wsi_recordings_dup_losses  (WsiRecordings *self);
gboolean       wsi_recordings_are_too_large (WsiRecordings *self);
gboolean       wsi_recordings_are_cut    (WsiRecordings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRecordings, wsi_recordings_free)

G_END_DECLS
