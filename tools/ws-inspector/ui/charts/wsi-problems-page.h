/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The problems of a session: groups of verdicts, each with its rows, what they mean and what to do.
 * Arrow keys go through groups and rows, Right and Left open and close a group, Return shows the
 * row.  Signals:
 *
 * "row-chosen" (guint64): the user goes to the row with this number.
 * "filter-on" (const char *): only the rows of a group are wanted. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-chart-feed.h"

G_BEGIN_DECLS

#define WSI_TYPE_PROBLEMS_PAGE (wsi_problems_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiProblemsPage, wsi_problems_page, WSI, PROBLEMS_PAGE, GtkWidget)

/* Sets the feed; NULL = none. */
void wsi_problems_page_set_feed (WsiProblemsPage *self,
                                 WsiChartFeed    *feed);

G_END_DECLS
