/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The dialogs of a window about files: which ones are opened, where its session is saved, and what
 * becomes of frames that are in no file. */
#pragma once

#include "inspect/save/saving/wsi-leaving.h"
#include "inspect/targets/wsi-workspace.h"
#include "ui/window/wsi-toaster.h"

G_BEGIN_DECLS

#define WSI_TYPE_WINDOW_FILES (wsi_window_files_get_type ())

G_DECLARE_FINAL_TYPE (WsiWindowFiles, wsi_window_files, WSI, WINDOW_FILES, GObject)

/* The window has it, and disposes of it. */
WsiWindowFiles *wsi_window_files_new (GtkWindow * window,
                                      WsiWorkspace * workspace,
                                      WsiLeaving * leaving,
                                      WsiToaster * toaster);
/* Signal "chosen" has the files to open, a GListModel. */
void            wsi_window_files_open    (WsiWindowFiles *self);
/* Asks for the key log of a connection's capture, which is then read again.  While another file is
 * being chosen, nothing is done. */
/* Asks for a port whose connections are read as WebSockets. */
void            wsi_window_files_ask_port (WsiWindowFiles *self);
void            wsi_window_files_choose_key_log (WsiWindowFiles *self,
                                                 guint32         connection);
/* A session that is written to a file is saved already, which a toast says. */
void            wsi_window_files_save    (WsiWindowFiles *self);
/* FALSE: there is no session, or another file is being chosen. */
gboolean        wsi_window_files_save_as (WsiWindowFiles *self);

G_END_DECLS
