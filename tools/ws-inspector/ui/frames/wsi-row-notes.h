/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The comment and the tags of a row; not visible where it has none.
 *
 * Signals: "filter-on" (name and value of a field) when a tag was clicked; "edit". */
#pragma once

#include <gtk/gtk.h>

#include "inspect/capture/wsi-row.h"

G_BEGIN_DECLS

#define WSI_TYPE_ROW_NOTES (wsi_row_notes_get_type ())

G_DECLARE_FINAL_TYPE (WsiRowNotes, wsi_row_notes, WSI, ROW_NOTES, GtkWidget)

/* Shows the notes of a row; NULL = none. */
void wsi_row_notes_set_row (WsiRowNotes *self,
                            WsiRow      *row);

G_END_DECLS
