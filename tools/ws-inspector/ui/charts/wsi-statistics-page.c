/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-statistics-page.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/charts/wsi-figures.h"
#include "ui/parts/wsi-drop-down.h"

enum
{
  FILTER_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiStatisticsPage
{
  GtkWidget      parent_instance;

  GtkDropDown   *tables;
  WsiFigureView *view;
  WsiChartFeed  *feed;          /* feed of the charts; NULL = none */
  guint          timer;         /* source id of the timer; 0 = none */
};

G_DEFINE_FINAL_TYPE (WsiStatisticsPage, wsi_statistics_page, GTK_TYPE_WIDGET)

#define TICK_MS 250

static gboolean
statistics_page_on_tick (gpointer data)
{
  WsiStatisticsPage *self = data;

  self->timer = 0;
  wsi_figure_view_update (self->view);
  return G_SOURCE_REMOVE;
}

/* Starts the timer, unless there are no new frames or the page is not on the screen. */
static void
statistics_page_ensure_tick (WsiStatisticsPage *self)
{
  if (self->timer == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->timer = g_timeout_add (TICK_MS, statistics_page_on_tick, self);
}

static void
on_table_chosen (WsiStatisticsPage *self)
{
  g_autoptr (WsiFigureModel) model = NULL;

  if (self->feed != NULL)
    model = wsi_figure_model_new (self->feed, gtk_drop_down_get_selected (self->tables));
  wsi_figure_view_set_model (self->view, model);
}

static void
on_filter (WsiStatisticsPage *self,
           const char        *filter)
{
  g_signal_emit (self, signals[FILTER_ON], 0, filter);
}

/* Says that the page shows charts, if the table is that of the timeline's buckets. */
static void
statistics_page_show_charts (WsiStatisticsPage *self)
{
  if (self->feed != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_chart_feed_set_visibility (self->feed, WSI_CHARTS_SHOWN);
}

static void
statistics_page_hide_charts (WsiStatisticsPage *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->feed != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_chart_feed_set_visibility (self->feed, WSI_CHARTS_HIDDEN);
}

static void
wsi_statistics_page_map (GtkWidget *widget)
{
  WsiStatisticsPage *self = WSI_STATISTICS_PAGE (widget);

  GTK_WIDGET_CLASS (wsi_statistics_page_parent_class)->map (widget);
  statistics_page_show_charts (self);
  wsi_figure_view_update (self->view);
}

static void
wsi_statistics_page_unmap (GtkWidget *widget)
{
  statistics_page_hide_charts (WSI_STATISTICS_PAGE (widget));
  GTK_WIDGET_CLASS (wsi_statistics_page_parent_class)->unmap (widget);
}

static void
statistics_page_drop_feed (WsiStatisticsPage *self)
{
  if (self->feed == NULL)
    return;

  statistics_page_hide_charts (self);
  g_signal_handlers_disconnect_by_data (self->feed, self);
  g_signal_handlers_disconnect_by_data (wsi_chart_feed_get_store (self->feed), self);
  g_clear_object (&self->feed);
}

static void
wsi_statistics_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  statistics_page_drop_feed (WSI_STATISTICS_PAGE (object));
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_statistics_page_parent_class)->dispose (object);
}

static gboolean
wsi_statistics_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_STATISTICS_PAGE (widget)->tables));
}

static void
statistics_page_activate_copy (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  WsiStatisticsPage *self = WSI_STATISTICS_PAGE (widget);

  gtk_widget_activate_action (GTK_WIDGET (self->view), "figures.copy", NULL);
  gtk_widget_activate_action (widget, "win.toast", "s", _("The table was copied"));
}

static void
wsi_statistics_page_class_init (WsiStatisticsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_statistics_page_dispose;
  widget_class->map = wsi_statistics_page_map;
  widget_class->unmap = wsi_statistics_page_unmap;
  widget_class->grab_focus = wsi_statistics_page_grab_focus;
  signals[FILTER_ON] = g_signal_new ("filter-on", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (WSI_TYPE_FIGURE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/charts/wsi-statistics-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiStatisticsPage, tables);
  gtk_widget_class_bind_template_child (widget_class, WsiStatisticsPage, view);
  gtk_widget_class_bind_template_callback (widget_class, on_table_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_install_action (widget_class, "statistics.copy", NULL,
                                   statistics_page_activate_copy);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_statistics_page_init (WsiStatisticsPage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < WSI_N_TABLES; i++)
    gtk_string_list_append (names, _(wsi_figures_get_name (i)));
  gtk_drop_down_set_model (self->tables, G_LIST_MODEL (names));
  wsi_drop_down_set_name (self->tables, _("Table"));
}

void
wsi_statistics_page_set_feed (WsiStatisticsPage *self,
                              WsiChartFeed      *feed)
{
  statistics_page_drop_feed (self);
  if (feed != NULL)
    {
      self->feed = g_object_ref (feed);
      g_signal_connect_swapped (feed, "changed", G_CALLBACK (statistics_page_ensure_tick), self);
      g_signal_connect_swapped (wsi_chart_feed_get_store (feed), "appended",
                                G_CALLBACK (statistics_page_ensure_tick), self);
      statistics_page_show_charts (self);
    }
  on_table_chosen (self);
}
