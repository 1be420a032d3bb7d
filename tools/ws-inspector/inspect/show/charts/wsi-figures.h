/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The statistics of a store as tables: totals, by type, by length, by connection, and the buckets
 * of the timeline.  Totals count everything since the beginning. */
#pragma once

#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/models/wsi-conversation-model.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TABLE_TOTALS,
  WSI_TABLE_TYPES,
  WSI_TABLE_LENGTHS,
  WSI_TABLE_CONNECTIONS,
  WSI_TABLE_TIMES,
  WSI_N_TABLES,
} WsiTable;

typedef enum
{
  WSI_FIGURE_NUMBER,
  WSI_FIGURE_TEXT,
  WSI_FIGURE_WORDS,             /* a text of ours, not translated */
} WsiFigureKind;

/* The statistics of a store at one moment. */
typedef struct
{
  WsiStore             *store;
  WsiTimeline          *timeline;
  WsiTotals             totals;
  gint64                origin_us;
  WsiConversationModel *connections;    /* connections for the table of them */
} WsiFigures;

const char   *wsi_figures_get_name      (WsiTable table);       /* the name is not translated */
guint         wsi_figures_get_n_columns (WsiTable table);
const char   *wsi_figures_get_title     (WsiTable table,
                                         guint    column);      /* the name is not translated */
WsiFigureKind wsi_figures_get_kind      (WsiTable table,
                                         guint    column);
guint         wsi_figures_get_n_rows    (const WsiFigures *self,
                                         WsiTable          table);
/* Prints a cell; "" where it has no meaning. */
char         *wsi_figures_print         (const WsiFigures *self,
                                         WsiTable          table,
                                         guint             row,
                                         guint             column);
/* A filter for the rows that a cell counts; NULL = there is none. */
char         *wsi_figures_print_filter  (const WsiFigures *self,
                                         WsiTable          table,
                                         guint             row);

G_END_DECLS
