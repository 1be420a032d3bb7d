/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the page's implementation. */
#pragma once

#include <adwaita.h>

#include "ui/charts/wsi-problems-page.h"
#include "ui/charts/wsi-statistics-page.h"
#include "ui/charts/wsi-timeline-page.h"
#include "ui/frames/wsi-frame-pane.h"
#include "ui/parts/wsi-width-bin.h"
#include "ui/session/wsi-session-page.h"
#include "ui/session/wsi-sidebar.h"
#include "ui/start/wsi-waiting-page.h"

G_BEGIN_DECLS

struct _WsiSessionPage
{
  GtkWidget      parent_instance;

  AdwFlap       *flap;
  GtkPaned      *paned;
  WsiSidebar    *sidebar;
  WsiWidthBin   *width;
  GtkWidget     *views;         /* to choose between list and details, where only one fits */
  GtkToggleButton *list_button, *detail_button;
  GtkStack      *list_stack;
  WsiWaitingPage *waiting_page;
  GtkLabel      *status;
  WsiComposer   *composer;
  WsiFramePane  *frame_pane;
  WsiFrameList  *frame_list;    /* in it */
  WsiDetail     *detail;
  AdwViewStack  *stack;
  AdwViewStackPage *problems;
  AdwViewSwitcherBar *switcher_bar;
  WsiTimelinePage *timeline_page;
  WsiStatisticsPage *statistics_page;
  WsiProblemsPage *problems_page;
  WsiSession    *session;       /* NULL = none */
  WsiChartFeed  *feed;          /* of the session */
  gboolean       wants_sidebar; /* by the user, where there is room */
  guint64        wanted_row;    /* plus one; 0 = none waits for the filter */
  guint          latest_tick;   /* shows the latest handshake; 0 = the next is shown at once */
  gboolean       has_latest;    /* it is not shown yet */
  GSettings     *settings;
};

/* wsi-session-charts.c: the other pages than that of the frames. */
void wsi_session_charts_bind             (GtkWidgetClass *class);
void wsi_session_charts_begin            (WsiSessionPage *self,
                                          WsiLearner     *learner);
void wsi_session_charts_end              (WsiSessionPage *self);
void wsi_session_charts_set_conversation (WsiSessionPage *self,
                                          guint32         number);
/* The list is another one: a row that is gone to may be in it now. */
void wsi_session_charts_go_on            (WsiSessionPage *self);

/* wsi-session-views.c: the page that is shown, and which part has the focus. */
void wsi_session_views_bind              (GtkWidgetClass *class);

G_END_DECLS
