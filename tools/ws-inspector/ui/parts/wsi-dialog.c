/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-dialog.h"

#define PARENT "wsi-parent"

/* GTK's own handler, which was connected first, has destroyed the window. */
static void
dialog_forget_parent (GtkWindow *self)
{
  gtk_window_set_transient_for (self, NULL);
}

void
wsi_dialog_set_parent (GtkWindow *self,
                       GtkWindow *parent)
{
  gtk_window_set_transient_for (self, parent);
  gtk_window_set_destroy_with_parent (self, TRUE);
  if (parent != NULL)
    g_signal_connect_object (parent, "destroy", G_CALLBACK (dialog_forget_parent), self,
                             G_CONNECT_SWAPPED);
}

/* Ends a dialog when its parent goes, which GTK has forgotten then. */
static void
end_chooser (GtkNativeDialog *chooser)
{
  GtkWindow *parent = g_object_steal_data (G_OBJECT (chooser), PARENT);

  if (parent == NULL)
    return;

  g_signal_handlers_disconnect_by_func (parent, end_chooser, chooser);
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

void
wsi_dialog_show_chooser (GtkFileChooserNative *chooser)
{
  GtkNativeDialog *dialog = GTK_NATIVE_DIALOG (chooser);
  GtkWindow *parent = gtk_native_dialog_get_transient_for (dialog);

  g_object_set_data (G_OBJECT (dialog), PARENT, parent);
  g_signal_connect_swapped (parent, "destroy", G_CALLBACK (end_chooser), dialog);
  g_signal_connect_after (dialog, "response", G_CALLBACK (end_chooser), NULL);
  gtk_native_dialog_set_modal (dialog, TRUE);
  gtk_native_dialog_show (dialog);
}
