/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A table of statistics.  Ctrl+C copies it; a row that counts frames is activated to filter the
 * list, with the signal "filter-on" (const char *). */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-figure-model.h"

G_BEGIN_DECLS

#define WSI_TYPE_FIGURE_VIEW (wsi_figure_view_get_type ())

G_DECLARE_FINAL_TYPE (WsiFigureView, wsi_figure_view, WSI, FIGURE_VIEW, GtkWidget)

/* Sets the model; NULL = none. */
void            wsi_figure_view_set_model (WsiFigureView  *self,
                                           WsiFigureModel *model);
/* Shows other numbers; only rows on the screen cost anything. */
void            wsi_figure_view_update    (WsiFigureView *self);

G_END_DECLS
