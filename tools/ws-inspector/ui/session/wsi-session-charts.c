/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-shown-rows.h"
#include "ui/session/wsi-session-page-private.h"

#include "inspect/capture/wsi-row.h"
#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/charts/wsi-problems.h"
#include "inspect/show/charts/wsi-timeline.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/store/wsi-store.h"

/* The badge has the number of rows with a problem. */
static void
on_feed_changed (WsiSessionPage *self)
{
  guint64 n = wsi_problems_get_n_rows (wsi_chart_feed_get_problems (self->feed));

  adw_view_stack_page_set_badge_number (self->problems, MIN (n, G_MAXUINT));
  adw_view_stack_page_set_needs_attention (self->problems, n > 0);
}

/* In microseconds since the first row; from after to: any time. */
static void
on_time_selected (WsiSessionPage *self,
                  gint64          from_us,
                  gint64          to_us)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (self->frame_list);
  g_autofree char *filter = wsi_list_filter_set_time (wsi_shown_rows_get_filter (rows), from_us,
                                                      to_us);

  gtk_widget_activate_action (GTK_WIDGET (self->frame_pane), "frames.apply-filter", "s",
                              filter != NULL ? filter : "");
}

static void
on_filter_on (WsiSessionPage *self,
              const char     *filter)
{
  gtk_widget_activate_action (GTK_WIDGET (self->frame_pane), "frames.apply-filter", "s", filter);
  wsi_session_page_show_view (self, "frames");
}

/* Whether the row, or the message that it is part of, is selected now. */
static gboolean
go_to (WsiSessionPage *self,
       guint64         number)
{
  WsiStore *store = wsi_session_get_store (self->session);
  const WsiRecord *wanted = wsi_store_get_record (store, number);
  WsiRow *row;

  if (!wsi_frame_list_go_to (self->frame_list, number))
    return FALSE;

  row = wsi_frame_list_get_row (self->frame_list);
  return row != NULL && (wsi_row_get_number (row) == number ||
                         (wanted != NULL && wanted->message != 0 &&
                          wsi_row_get_record (row)->message == wanted->message));
}

/* A row that was hidden is gone to once the list has all rows. */
void
wsi_session_charts_go_on (WsiSessionPage *self)
{
  WsiShownCounts counts;

  if (self->wanted_row == 0)
    return;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (self->frame_list), &counts);
  if (go_to (self, self->wanted_row - 1) || counts.n_tested >= counts.n_rows)
    self->wanted_row = 0;
}

/* Filters that hide it are taken away. */
static void
on_problem_chosen (WsiSessionPage *self,
                   guint64         number)
{
  wsi_session_page_show_view (self, "frames");
  if (go_to (self, number))
    return;

  wsi_sidebar_show_all (self->sidebar);
  gtk_widget_activate_action (GTK_WIDGET (self->frame_list), "frames.show-all", NULL);
  self->wanted_row = number + 1;
  wsi_session_charts_go_on (self);
}

void
wsi_session_charts_bind (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_callback (class, on_filter_on);
  gtk_widget_class_bind_template_callback (class, on_problem_chosen);
  gtk_widget_class_bind_template_callback (class, on_time_selected);
}

static void
show_charts_of (WsiSessionPage *self,
                WsiChartFeed   *feed)
{
  g_set_object (&self->feed, feed);
  wsi_timeline_page_set_feed (self->timeline_page, feed);
  wsi_statistics_page_set_feed (self->statistics_page, feed);
  wsi_problems_page_set_feed (self->problems_page, feed);
}

void
wsi_session_charts_begin (WsiSessionPage *self,
                          WsiLearner     *learner)
{
  g_autoptr (WsiChartFeed) feed = wsi_chart_feed_new (wsi_session_get_store (self->session));

  g_signal_connect_swapped (feed, "changed", G_CALLBACK (on_feed_changed), self);
  g_signal_connect_object (learner, "learned", G_CALLBACK (wsi_chart_feed_look_again), feed,
                           G_CONNECT_SWAPPED);
  show_charts_of (self, feed);
  on_feed_changed (self);
}

void
wsi_session_charts_end (WsiSessionPage *self)
{
  g_signal_handlers_disconnect_by_data (self->feed, self);
  show_charts_of (self, NULL);
  self->wanted_row = 0;
}

void
wsi_session_charts_set_conversation (WsiSessionPage *self,
                                     guint32         number)
{
  if (self->feed == NULL)
    return;

  wsi_timeline_set_conversation (wsi_chart_feed_get_timeline (self->feed), number);
  wsi_chart_feed_refresh (self->feed);
}
