/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The traffic by time, as a chart.  A drag, or Shift and the arrow keys, selects a part of the
 * time; Ctrl and the wheel, or plus and minus, zoom. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/charts/wsi-time-axis.h"

G_BEGIN_DECLS

#define WSI_TYPE_TIMELINE_CHART (wsi_timeline_chart_get_type ())

G_DECLARE_FINAL_TYPE (WsiTimelineChart, wsi_timeline_chart, WSI, TIMELINE_CHART, GtkWidget)

/* Sets the feed; NULL = none. */
void               wsi_timeline_chart_set_feed (WsiTimelineChart *self,
                                                WsiChartFeed     *feed);
gboolean           wsi_timeline_chart_is_empty (WsiTimelineChart *self);
const WsiTimeAxis *wsi_timeline_chart_get_axis (WsiTimelineChart *self);
/* The time of the first row, from which times on the screen count. */
gint64             wsi_timeline_chart_get_origin (WsiTimelineChart *self);
/* The sentence about the selection, or the cursor. */
char              *wsi_timeline_chart_describe_selection (WsiTimelineChart *self);

G_END_DECLS
