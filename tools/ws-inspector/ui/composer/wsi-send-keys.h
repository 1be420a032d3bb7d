/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ctrl+Return and Ctrl+Shift+Return of a widget with the actions "composer.send" and
 * "composer.send-and-keep". */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wsi_send_keys_add (GtkWidget *widget);

G_END_DECLS
