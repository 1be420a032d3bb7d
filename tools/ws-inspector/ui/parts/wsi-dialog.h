/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Windows that belong to another one. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The window goes with its parent, also if something that is under way still holds it: GTK 4.8 then
 * looks for the parent when the last reference is released.  parent: NULL = none. */
void wsi_dialog_set_parent (GtkWindow *self,
                            GtkWindow *parent);
/* Shows a dialog that nothing else keeps, and takes the reference.  It is there until it is
 * answered, or its parent goes.  Connect handlers of "response" before. */
void wsi_dialog_show_chooser (GtkFileChooserNative *chooser);

G_END_DECLS
