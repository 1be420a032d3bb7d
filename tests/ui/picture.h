/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A picture of a widget, for people to look at.  WSI_PICTURES of the environment is its folder;
 * without it there is none. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void picture_save (GtkWidget  *widget,
                   const char *name);

G_END_DECLS
