/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recordings that a source reads in its context, some pieces at a time: other calls of the context
 * come between. */
#pragma once

#include "inspect/sources/files/wsi-recording-set.h"
#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

/* error: NULL = they were read to their end.  The function may free the reader. */
typedef void (*WsiStepReaderEnded) (WsiSource    *source,
                                    const GError *error);

typedef struct _WsiStepReader WsiStepReader;

/* cancellable: NULL = a read is not cancelled; key_log: NULL = none; websocket_ports: as of
 * wsi_recording_set_read_as_websocket ().  The source owns it. */
WsiStepReader    *wsi_step_reader_new   (WsiSource         *source,
                                         GCancellable      *cancellable,
                                         const char        *key_log,
                                         const GArray      *websocket_ports,
                                         WsiStepReaderEnded ended);
void           wsi_step_reader_free  (WsiStepReader *self);
/* The recordings, to which files are added, and which are opened before the beginning. */
WsiRecordingSet *wsi_step_reader_get_recordings (WsiStepReader *self);
/* Begins to read, and reports that the source runs. */
void           wsi_step_reader_begin (WsiStepReader *self);
/* Reads a step at once, if the reader has begun and not ended. */
void           wsi_step_reader_step  (WsiStepReader *self);

G_END_DECLS
