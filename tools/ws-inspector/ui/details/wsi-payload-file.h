/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Saves a payload to a file that the user chooses, and that only the user can read. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Saves the payload; the widget may be gone before the file is written. */
void wsi_payload_file_save (GtkWidget *widget,
                            GBytes    *bytes);

G_END_DECLS
