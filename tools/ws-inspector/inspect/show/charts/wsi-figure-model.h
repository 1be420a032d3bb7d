/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A table of statistics as a list for the screen.  It changes when it is updated; texts are made
 * when they are asked for. */
#pragma once

#include "inspect/show/charts/wsi-figures.h"

G_BEGIN_DECLS

#define WSI_TYPE_FIGURE_ROW (wsi_figure_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiFigureRow, wsi_figure_row, WSI, FIGURE_ROW, GObject)

guint           wsi_figure_row_get_number  (WsiFigureRow *self);

typedef const char *(*WsiTranslateFunc) (const char *text);

#define WSI_TYPE_FIGURE_MODEL (wsi_figure_model_get_type ())

G_DECLARE_FINAL_TYPE (WsiFigureModel, wsi_figure_model, WSI, FIGURE_MODEL, GObject)

WsiFigureModel *wsi_figure_model_new (WsiChartFeed * feed,
                                      WsiTable      table);
WsiTable        wsi_figure_model_get_table (WsiFigureModel *self);
/* Rows come and go at the end: those that are shown have other numbers in them then. */
void            wsi_figure_model_update    (WsiFigureModel *self);
char           *wsi_figure_model_print     (WsiFigureModel *self,
                                            guint           row,
                                            guint           column);
char           *wsi_figure_model_print_filter (WsiFigureModel *self,
                                               guint           row);
/* Titles and at most so many rows, with a tabulator between the texts. */
char           *wsi_figure_model_print_all (WsiFigureModel  *self,
                                            WsiTranslateFunc translate,
                                            guint            max_rows);

G_END_DECLS
