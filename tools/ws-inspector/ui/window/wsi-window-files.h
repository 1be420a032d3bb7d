/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The dialogs of a window about files: which ones are opened, where its session is saved, and what
 * becomes of frames that are in no file. */
#pragma once

#include "inspect/save/saving/wsi-leaving.h"
#include "inspect/targets/wsi-window-model.h"
#include "ui/window/wsi-toaster.h"

G_BEGIN_DECLS

#define WSI_TYPE_WINDOW_FILES (wsi_window_files_get_type ())

G_DECLARE_FINAL_TYPE (WsiWindowFiles, wsi_window_files, WSI, WINDOW_FILES, GObject)

/* Makes the dialogs of a window, which disposes of them.  Signal "keep-draft" asks the window to
 * save the message that was not sent; it returns FALSE if it cannot. */
WsiWindowFiles *wsi_window_files_new (GtkWindow * window,
                                      WsiWindowModel * model,
                                      WsiLeaving * leaving,
                                      WsiToaster * toaster);
/* Asks for files to open; the signal "chosen" has them, as a GListModel. */
void            wsi_window_files_open    (WsiWindowFiles *self);
/* Asks for the key log of a connection's capture, which is then read again.  While another file is
 * being chosen, nothing is done. */
/* Asks for a port whose connections are read as WebSockets. */
void            wsi_window_files_ask_port (WsiWindowFiles *self);
void            wsi_window_files_choose_key_log (WsiWindowFiles *self,
                                                 guint32         connection);
/* Saves the session.  One that is written to a file is saved already, which a toast says. */
void            wsi_window_files_save    (WsiWindowFiles *self);
/* Asks for a file to save to.  FALSE: there is no session, or another file is being chosen. */
gboolean        wsi_window_files_save_as (WsiWindowFiles *self);

G_END_DECLS
