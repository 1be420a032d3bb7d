/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A decoded message as a tree.  Parts are read when they are opened.
 *
 * Signals, each with the path of a field and its value: "show-column" and "filter-on". */
#pragma once

#include <gtk/gtk.h>

#include "inspect/decode/choosing/wsi-reading.h"

G_BEGIN_DECLS

#define WSI_TYPE_TREE_VIEW (wsi_tree_view_get_type ())

G_DECLARE_FINAL_TYPE (WsiTreeView, wsi_tree_view, WSI, TREE_VIEW, GtkWidget)

/* Shows a reading, and takes it; NULL = none. */
void         wsi_tree_view_set_reading (WsiTreeView *self,
                                        WsiReading  *reading);
gboolean     wsi_tree_view_is_ready    (WsiTreeView *self);

G_END_DECLS
