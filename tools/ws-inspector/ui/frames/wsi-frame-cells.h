/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cells of the list of frames, and the names and styles of its rows. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/columns/wsi-row-column.h"

G_BEGIN_DECLS

/* The looks of a row, each of which may be NULL. */
typedef struct
{
  const char *class;            /* CSS class of the row */
  const char *reason;           /* name of the colour rule of the row */
} WsiRowLook;

/* The list that cells belong to.  It is set while it has rows. */
typedef struct
{
  WsiRowFormat *format;
  WsiRowLook  (*choose_look)(WsiRow * row,
                             gpointer user_data);
  gpointer      user_data;
  /* Is called when a cell of the column shows the text. */
  void        (*shown)(const char *column,
                       const char *text,
                       gpointer    columns);
  /* Is called when a row has cells on the screen. */
  void        (*seen)(WsiRow * row,
                      gpointer columns);
  gpointer      columns;
  gboolean      has_direction;  /* the direction has a column, and no sign in the summary */
  char         *search;         /* searched text, which is marked in summaries; NULL = none */
} WsiFrameCells;

/* Makes the factory of a column, and takes the column.  cells: must live as long as the factory. */
GtkListItemFactory *wsi_frame_cells_make_factory (WsiFrameCells *cells,
                                                  WsiRowColumn  *column,
                                                  float          alignment);
/* Writes the cells of rows that are there anew. */
void                wsi_frame_cells_refresh      (GtkColumnView *view);
/* Gives the focus to the row at a position, if it has a widget. */
void                wsi_frame_cells_focus        (GtkColumnView *view,
                                                  guint          position);
/* The row and column at a place of the view; column: may be NULL. */
WsiRow             *wsi_frame_cells_pick         (GtkColumnView *view,
                                                  double         x,
                                                  double         y,
                                                  WsiRowColumn **column,
                                                  guint         *position);

G_END_DECLS
