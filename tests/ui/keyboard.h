/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Keys as GTK gives them to widgets: to the one with the focus and to those around it, where the
 * first that knows the key takes it.  No display is needed for that, so a test can see which one
 * it was. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* keys: as for gtk_accelerator_parse ().  Returns the widget that has taken them, NULL = none. */
GtkWidget *keyboard_press (GtkWidget  *root,
                           const char *keys);

/* A real click of the X server at the middle of a widget of a window that is alone there, while a
 * key such as "ctrl" is held; NULL = none.  FALSE: xdotool is not installed. */
gboolean   keyboard_click (GtkWidget  *widget,
                           const char *held);

G_END_DECLS
