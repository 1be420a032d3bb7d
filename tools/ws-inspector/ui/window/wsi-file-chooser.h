/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Dialogs that ask for files.  The caller keeps the reference until "response". */
#pragma once

#include <gtk/gtk.h>

#include "inspect/save/saving/wsi-saver.h"

G_BEGIN_DECLS

/* Makes a dialog for any number of recordings. */
GtkFileChooserNative *wsi_file_chooser_new_open (GtkWindow * parent);
/* Makes a dialog for a file with the secrets of TLS. */
GtkFileChooserNative *wsi_file_chooser_new_key_log (GtkWindow * parent);
/* Makes a dialog for a session file, with the choice of secrets; it asks before it accepts a file
 * that is there. */
GtkFileChooserNative *wsi_file_chooser_new_save (GtkWindow *parent,
                                                 GFile     *file);
WsiRedaction          wsi_file_chooser_get_redaction (GtkFileChooserNative *chooser);
/* Makes a dialog for a file in this format. */
GtkFileChooserNative *wsi_file_chooser_new_export (GtkWindow *parent,
                                                   WsiFormat  format);

G_END_DECLS
