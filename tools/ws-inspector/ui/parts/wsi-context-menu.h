/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens a menu of the owner, whose actions it has.  place: in the owner; NULL = its middle, for
 * keys.  Once the menu is closed, focus has the focus again: the owner, or a widget in it that
 * lives as long. */
void wsi_context_menu_open (GtkWidget          *owner,
                            GtkWidget          *focus,
                            GMenuModel         *model,
                            const GdkRectangle *place);

G_END_DECLS
