/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a store, a lane each, below a timeline with the same axis. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/charts/wsi-time-axis.h"

G_BEGIN_DECLS

#define WSI_TYPE_LANE_LIST (wsi_lane_list_get_type ())

G_DECLARE_FINAL_TYPE (WsiLaneList, wsi_lane_list, WSI, LANE_LIST, GtkWidget)

/* Sets the feed.  axis: it must live as long as the feed; NULL = none of both. */
void wsi_lane_list_set_feed (WsiLaneList       *self,
                             WsiChartFeed      *feed,
                             const WsiTimeAxis *axis);
void wsi_lane_list_update   (WsiLaneList *self,
                             gint64       origin_us);

G_END_DECLS
