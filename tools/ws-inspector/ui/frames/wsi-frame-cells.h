/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cells of the list of frames, and the names and styles of its rows. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/list/wsi-row-column.h"

G_BEGIN_DECLS

/* The list that cells belong to.  It is set while it has rows. */
typedef struct
{
  WsiRowFormat *format;
  /* The CSS class of a row, or NULL. */
  const char *(*choose_style)(WsiRow * row,
                              gpointer user_data);
  gpointer      user_data;
} WsiFrameCells;

/* Takes the column.  cells: as long as the factory. */
GtkListItemFactory *wsi_frame_cells_make_factory (WsiFrameCells *cells,
                                                  WsiRowColumn  *column,
                                                  float          alignment);
/* Writes the cells of rows that are there anew. */
void                wsi_frame_cells_refresh      (GtkColumnView *view);
/* The row and column at a place of the view; column: may be NULL. */
WsiRow             *wsi_frame_cells_pick         (GtkColumnView *view,
                                                  double         x,
                                                  double         y,
                                                  WsiRowColumn **column,
                                                  guint         *position);

G_END_DECLS
