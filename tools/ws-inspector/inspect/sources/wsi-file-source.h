/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A capture, which is read once.  It runs until its end; what could be read of a damaged one is
 * recorded before it fails. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_FILE_SOURCE (wsi_file_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiFileSource, wsi_file_source, WSI, FILE_SOURCE, WsiSource)

/* NULL: it cannot be opened, or is no capture.  name: for errors, and for the conversations. */
WsiFileSource *wsi_file_source_new (WsiRecorder * recorder,
                                    WsiPlace       place,
                                    GInputStream * stream,
                                    const char *name,
                                    GError * *error);

G_END_DECLS
