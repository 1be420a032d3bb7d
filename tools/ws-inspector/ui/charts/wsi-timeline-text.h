/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A timeline in sentences: for screen readers, tooltips and the line below the chart. */
#pragma once

#include "inspect/show/charts/wsi-time-axis.h"
#include "inspect/show/charts/wsi-timeline.h"

G_BEGIN_DECLS

/* Describes the whole part that is shown. */
char *wsi_timeline_text_describe           (WsiTimeline       *timeline,
                                            const WsiTimeAxis *axis,
                                            gint64             origin_us);
/* Describes a part of the time, such as "1.2 to 1.4 s: 12 frames sent (1.2 kB), ...". */
char *wsi_timeline_text_describe_part      (WsiTimeline       *timeline,
                                            const WsiTimeAxis *axis,
                                            gint64             origin_us,
                                            gint64             from_us,
                                            gint64             to_us);
/* Describes the selection, or the place of the cursor. */
char *wsi_timeline_text_describe_selection (WsiTimeline       *timeline,
                                            const WsiTimeAxis *axis,
                                            gint64             origin_us);

G_END_DECLS
