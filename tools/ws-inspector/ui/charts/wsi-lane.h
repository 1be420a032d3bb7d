/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One connection below a timeline: from its beginning to its end, with marks for broken rules. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/show/verdicts/wsi-problems.h"
#include "inspect/show/charts/wsi-time-axis.h"

G_BEGIN_DECLS

#define WSI_TYPE_LANE (wsi_lane_get_type ())

G_DECLARE_FINAL_TYPE (WsiLane, wsi_lane, WSI, LANE, GtkWidget)

/* problems and axis stay as long as there is a conversation; NULL = none. */
void  wsi_lane_set_conversation (WsiLane           *self,
                                 WsiConversation   *conversation,
                                 WsiProblems       *problems,
                                 const WsiTimeAxis *axis);
/* Shows other data, or another part of the time. */
void  wsi_lane_update           (WsiLane *self,
                                 gint64   origin_us);
/* The sentence about the lane, for a screen reader. */
char *wsi_lane_describe         (WsiLane *self,
                                 gint64   origin_us);

G_END_DECLS
