/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of a WsiFrameModel, with those of a WsiSelectedRows selected.  GtkMultiSelection would
 * keep an object for each selected row. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/columns/wsi-selected-rows.h"

G_BEGIN_DECLS

#define WSI_TYPE_ROW_SELECTION (wsi_row_selection_get_type ())

G_DECLARE_FINAL_TYPE (WsiRowSelection, wsi_row_selection, WSI, ROW_SELECTION, GObject)

/* Makes a selection.  selected: must live as long as it, or until it is detached. */
WsiRowSelection *wsi_row_selection_new (WsiFrameModel * model,
                                        WsiSelectedRows * selected);
/* Detaches the selection: no row is selected in it any more. */
void             wsi_row_selection_detach    (WsiRowSelection *self);

G_END_DECLS
