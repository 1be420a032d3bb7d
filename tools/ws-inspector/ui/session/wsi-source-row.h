/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One source in the sidebar: its kind, its title and its state, and buttons that copy the line for
 * clients, stop it, and remove it once it has ended. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_SOURCE_ROW (wsi_source_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiSourceRow, wsi_source_row, WSI, SOURCE_ROW, GtkListBoxRow)

GtkWidget *wsi_source_row_new (WsiSource * source,
                               WsiSession * session);
void       wsi_source_row_update (WsiSourceRow *self);
WsiSource *wsi_source_row_get_source (WsiSourceRow *self);

G_END_DECLS
