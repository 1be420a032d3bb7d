/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One colour rule in its editor: whether it is on, its name, filter and style.  A filter that is
 * wrong says so, and the one before stays in force.
 *
 * Actions: "rule.up", "rule.down", "rule.remove", with keys.  Signals: "changed"; "move" with the
 * number of places, and "remove", which are for the list; "dropped" with the row that was. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_COLOUR_ROW (wsi_colour_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiColourRow, wsi_colour_row, WSI, COLOUR_ROW, GtkListBoxRow)

/* Makes a row.  style: with WSI_COLOUR_OFF before it, if it is off. */
WsiColourRow *wsi_colour_row_new (const char *name,
                                  const char *filter,
                                  const char *style);
/* Appends it as (sss); nothing while it has had no right filter yet. */
void          wsi_colour_row_add (WsiColourRow    *self,
                                  GVariantBuilder *rules);

G_END_DECLS
