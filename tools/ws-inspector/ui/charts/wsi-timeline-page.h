/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The traffic of a session by time, and a lane for each connection.  Signals:
 *
 * "selected" (gint64 from, gint64 to): the user has chosen a time for the list, in microseconds
 * since the first row; from after to: any.
 * "filter-on" (const char *): a filter for the frames of a lane. */
#pragma once

#include "ui/charts/wsi-timeline-chart.h"

G_BEGIN_DECLS

#define WSI_TYPE_TIMELINE_PAGE (wsi_timeline_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiTimelinePage, wsi_timeline_page, WSI, TIMELINE_PAGE, GtkWidget)

/* Sets the feed; NULL = none. */
void              wsi_timeline_page_set_feed  (WsiTimelinePage *self,
                                               WsiChartFeed    *feed);

G_END_DECLS
