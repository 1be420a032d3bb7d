/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules that frames of a session break, each with its section and the consequence.  Signals:
 *
 * "row-chosen" (guint64): the user goes to the row with this number.
 * "filter-on" (const char *): only the rows that break a rule are wanted. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-chart-feed.h"

G_BEGIN_DECLS

#define WSI_TYPE_PROBLEMS_PAGE (wsi_problems_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiProblemsPage, wsi_problems_page, WSI, PROBLEMS_PAGE, GtkWidget)

/* NULL = none */
void wsi_problems_page_set_feed (WsiProblemsPage *self,
                                 WsiChartFeed    *feed);

G_END_DECLS
