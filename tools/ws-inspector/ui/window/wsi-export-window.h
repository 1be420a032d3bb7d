/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A dialog that writes rows of a list to a file, and reports which values were hidden. */
#pragma once

#include <adwaita.h>

#include "inspect/save/saving/wsi-export-job.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_EXPORT_WINDOW (wsi_export_window_get_type ())

G_DECLARE_FINAL_TYPE (WsiExportWindow, wsi_export_window, WSI, EXPORT_WINDOW, AdwWindow)

/* The rows of the list as they are now, and its store.  Several selected ones are chosen. */
WsiExportWindow *wsi_export_window_new (GtkWindow * parent,
                                        WsiFrameList * list);
/* Writes a file as if the user had chosen it. */
void             wsi_export_window_write (WsiExportWindow *self,
                                          GFile           *file);

G_END_DECLS
