/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recordings (captures, HARs or session files), which are read once.  It runs until its end;
 * what could be read of a damaged one is recorded before it fails.  The sentence of one that has
 * ended names what is in it and in no row. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_FILE_SOURCE (wsi_file_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiFileSource, wsi_file_source, WSI, FILE_SOURCE, WsiSource)

/* The files are opened in the source's context, and read together, merged by time.  One that cannot
 * be read makes the source fail once the others were read.  key_log: a path, or NULL = none;
 * websocket_ports: as of wsi_recording_set_read_as_websocket (), or NULL = none. */
WsiFileSource *wsi_file_source_new (WsiRecorder * recorder,
                                    WsiPlace     place,
                                    GListModel * files,
                                    const char * key_log,
                                    const GArray * websocket_ports);
/* The files of the source (GFile). */
GListModel    *wsi_file_source_get_files (WsiFileSource *self);
/* Whether one of the files is a capture: it is known once the source runs. */
gboolean       wsi_file_source_has_packets (WsiFileSource *self);

G_END_DECLS
