/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The data of charts and of the list of problems, kept up to date while a store grows: at most ten
 * times a second, in slices, and without a timer while nothing comes. */
#pragma once

#include "inspect/show/charts/wsi-timeline.h"
#include "inspect/show/verdicts/wsi-problems.h"

G_BEGIN_DECLS

#define WSI_TYPE_CHART_FEED (wsi_chart_feed_get_type ())

G_DECLARE_FINAL_TYPE (WsiChartFeed, wsi_chart_feed, WSI, CHART_FEED, GObject)

/* Which data are read; problems always are. */
typedef enum
{
  WSI_CHARTS_HIDDEN,
  WSI_CHARTS_SHOWN,             /* the timeline is read, too */
} WsiChartsVisibility;

WsiChartFeed *wsi_chart_feed_new            (WsiStore *store);
/* Says whether a widget shows charts: while one does, the timeline is read. */
void          wsi_chart_feed_set_visibility (WsiChartFeed       *self,
                                             WsiChartsVisibility visibility);
WsiStore     *wsi_chart_feed_get_store      (WsiChartFeed *self);
WsiTimeline  *wsi_chart_feed_get_timeline   (WsiChartFeed *self);
/* Problems of all rows. */
WsiProblems  *wsi_chart_feed_get_problems   (WsiChartFeed *self);
/* Problems of the chosen connection; without one, of all rows. */
WsiProblems  *wsi_chart_feed_get_shown_problems (WsiChartFeed *self);
/* A pong or reply that took longer is late: the problems are made anew. */
void          wsi_chart_feed_set_slow       (WsiChartFeed *self,
                                             guint         slow_ms);
/* The timeline and the shown problems are those of one connection; 0 = of all.  Emits "changed"
 * while the problems that were shown before are still there. */
void          wsi_chart_feed_set_conversation (WsiChartFeed *self,
                                               guint32       conversation);
/* Reads again, after another range of the timeline was set. */
void          wsi_chart_feed_refresh        (WsiChartFeed *self);
/* Reads again at the next tick: replies may have been found. */
void          wsi_chart_feed_look_again     (WsiChartFeed *self);

G_END_DECLS
