/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of the table of totals. */
#pragma once

#include "inspect/show/charts/wsi-figures.h"

G_BEGIN_DECLS

#define WSI_N_TOTALS 15
#define WSI_BOTH_DIRECTIONS 2   /* stands for both directions, where one is asked for */

guint64 wsi_figure_totals_add        (const guint64 *counts,
                                      guint          direction);
char   *wsi_figure_totals_print      (const WsiFigures *self,
                                      guint             row,
                                      guint             direction);
char   *wsi_figure_totals_print_name (const WsiFigures *self,
                                      guint             row,
                                      guint             column);

G_END_DECLS
