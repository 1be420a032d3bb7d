/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recordings of any formats that are read together, merged by time, into one recorder.  Captures
 * are merged packet by packet, before connections are put together; the others message by message.
 * One that cannot be read does not keep the others from being read. */
#pragma once

#include "inspect/sources/files/wsi-recording.h"

G_BEGIN_DECLS

typedef struct _WsiRecordingSet WsiRecordingSet;

WsiRecordingSet *wsi_recording_set_new  (WsiRecorder  *recorder,
                                         GCancellable *cancellable);
void           wsi_recording_set_free (WsiRecordingSet *self);
/* Adds a file before the first step.  stream: NULL, with an error that is taken, if it cannot be
 * opened. */
void           wsi_recording_set_add  (WsiRecordingSet *self,
                                       GInputStream    *stream,
                                       const char      *name,
                                       GError          *error);
/* Makes connections of these ports (guint16) of servers WebSockets, in captures, also without a
 * handshake; in those that are read already, from the next packet on. */
void           wsi_recording_set_read_as_websocket (WsiRecordingSet *self,
                                                    const GArray    *ports);
/* Whether one of the open files is a capture. */
gboolean       wsi_recording_set_have_captures (WsiRecordingSet *self);
/* The file with the secrets of TLS connections, before wsi_recording_set_open (). */
void           wsi_recording_set_set_key_log (WsiRecordingSet *self,
                                              const char      *path);
/* Sets another key log, while captures are read that grow.  FALSE: it cannot be read. */
gboolean       wsi_recording_set_change_key_log (WsiRecordingSet *self,
                                                 const char      *path,
                                                 GError         **error);
/* Opens the files; all were added before.  FALSE: none can be read. */
gboolean       wsi_recording_set_open (WsiRecordingSet *self,
                                       GError         **error);
/* The functions do what those of a WsiRecording do.  An error has a sentence for each file
 * (WSI_ERROR_SEPARATOR), and comes when the other files were read. */
gboolean       wsi_recording_set_step (WsiRecordingSet *self,
                                       guint            max_pieces,
                                       GError         **error);
guint64        wsi_recording_set_get_n_bytes (WsiRecordingSet *self);
gboolean       wsi_recording_set_are_empty   (WsiRecordingSet *self);
/* Lines about what is in no row; with several files, a line names its file. */
char         **wsi_recording_set_dup_losses  (WsiRecordingSet *self);
gboolean       wsi_recording_set_are_too_large (WsiRecordingSet *self);
gboolean       wsi_recording_set_are_cut    (WsiRecordingSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRecordingSet, wsi_recording_set_free)

G_END_DECLS
