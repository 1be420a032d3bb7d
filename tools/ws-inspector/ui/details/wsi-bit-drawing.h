/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a grid of bits is drawn: a ruler with the numbers of the bits, and rows of cells. */
#pragma once

#include <gtk/gtk.h>

#include "ui/details/wsi-bit-grid.h"

G_BEGIN_DECLS

int      wsi_bit_drawing_get_height (GtkWidget        *widget,
                                     const WsiBitGrid *grid);
void     wsi_bit_drawing_draw       (GtkWidget            *widget,
                                     GtkSnapshot          *snapshot,
                                     const WsiFrameLayout *layout,
                                     const WsiBitGrid     *grid,
                                     int                   selected,
                                     guint32               marks);
/* The rectangle around a field, in a widget of this width. */
void     wsi_bit_drawing_get_place  (GtkWidget        *widget,
                                     const WsiBitGrid *grid,
                                     guint             part,
                                     int               width,
                                     GdkRectangle     *place);
/* Finds the cell at a point.  FALSE: there is none. */
gboolean wsi_bit_drawing_find_cell  (GtkWidget        *widget,
                                     const WsiBitGrid *grid,
                                     double            x,
                                     double            y,
                                     int              *row,
                                     int              *column);

G_END_DECLS
