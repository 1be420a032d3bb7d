/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/layout/wsi-dialog.h"

/* GTK's own handler, which was connected first, has destroyed the window. */
static void
forget_parent (GtkWindow *self)
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
    g_signal_connect_object (parent, "destroy", G_CALLBACK (forget_parent), self,
                             G_CONNECT_SWAPPED);
}
