/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Draws the bands of a timeline: throughput, frames by type, round trips, reply times, and the time
 * below them.  A bar is at least some pixels wide, so that the cost depends on the width only. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/charts/wsi-time-axis.h"
#include "inspect/show/charts/wsi-timeline.h"

G_BEGIN_DECLS

#define WSI_TIMELINE_MARGIN 12  /* pixels at the left and at the right, also of lanes */

int    wsi_timeline_drawing_get_min_height (GtkWidget *widget);
void   wsi_timeline_drawing_draw      (GtkWidget         *widget,
                                       GtkSnapshot       *snapshot,
                                       WsiTimeline       *timeline,
                                       const WsiTimeAxis *axis,
                                       gint64             origin_us);
/* The time of a place, to the length of one bar. */
gint64 wsi_timeline_drawing_get_time  (GtkWidget         *widget,
                                       const WsiTimeAxis *axis,
                                       double             x);
gint64 wsi_timeline_drawing_get_bar   (GtkWidget         *widget,
                                       WsiTimeline       *timeline,
                                       const WsiTimeAxis *axis);
/* The text of a time by the axis, with its unit. */
char  *wsi_timeline_drawing_print_time (const WsiTimeAxis *axis,
                                        gint64             since_us);

G_END_DECLS
