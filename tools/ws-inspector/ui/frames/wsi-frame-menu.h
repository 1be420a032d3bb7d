/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions on one row, and the context menu with them; keys reach them, too. */
#pragma once

#include "inspect/show/columns/wsi-row-column.h"
#include "ui/frames/wsi-frame-list.h"

G_BEGIN_DECLS

/* Installs the actions in the class of the list. */
void wsi_frame_menu_install_actions (GtkWidgetClass *class);
/* Opens the menu by the pointer and by the keyboard. */
void wsi_frame_menu_attach          (WsiFrameList *list);

G_END_DECLS
