/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The statistics of a session as tables, one of which is chosen; also the charts' numbers.  Signal:
 * "filter-on" (const char *), a filter for the frames of a row. */
#pragma once

#include "ui/charts/wsi-figure-view.h"

G_BEGIN_DECLS

#define WSI_TYPE_STATISTICS_PAGE (wsi_statistics_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiStatisticsPage, wsi_statistics_page, WSI, STATISTICS_PAGE, GtkWidget)

/* Sets the feed; NULL = none. */
void wsi_statistics_page_set_feed (WsiStatisticsPage *self,
                                   WsiChartFeed      *feed);

G_END_DECLS
