/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-timeline-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "inspect/show/charts/wsi-timeline.h"
#include "ui/charts/wsi-lane-list.h"
#include "ui/parts/wsi-wrap-box.h"

enum
{
  SELECTED,
  FILTER_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiTimelinePage
{
  GtkWidget         parent_instance;

  GtkStack         *stack;
  WsiTimelineChart *chart;
  WsiLaneList      *lanes;
  WsiChartFeed     *feed;       /* feed of the charts; NULL = none */
  GtkLabel         *selection;
  GtkWidget        *show_frames;
};

G_DEFINE_FINAL_TYPE (WsiTimelinePage, wsi_timeline_page, GTK_TYPE_WIDGET)

/* The text about the chart, which names the connection if it has only one. */
static char *
timeline_page_dup_text (WsiTimelinePage * self)
{
  g_autofree char *text = wsi_timeline_chart_describe_selection (self->chart);
  guint32 number = self->feed != NULL
                   ? wsi_timeline_get_conversation (wsi_chart_feed_get_timeline (self->feed)) : 0;

  /* Translators: the number of a connection, and a sentence about the selection. */
  return number != 0 ? g_strdup_printf (_("Only connection #%u. %s"), number, text)
                     : g_steal_pointer (&text);
}

static void
on_chart_changed (WsiTimelinePage *self)
{
  const WsiTimeAxis *axis = wsi_timeline_chart_get_axis (self->chart);
  g_autofree char *text = timeline_page_dup_text (self);

  gtk_stack_set_visible_child_name (self->stack, wsi_timeline_chart_is_empty (self->chart)
                                    ? "none" : "chart");
  if (!g_str_equal (gtk_label_get_text (self->selection), text))
    gtk_label_set_text (self->selection, text);
  gtk_widget_set_sensitive (self->show_frames, wsi_time_axis_has_selection (axis));
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_lane_list_update (self->lanes, wsi_timeline_chart_get_origin (self->chart));
}

/* Shows the charts, which are read only on the screen. */
static void
wsi_timeline_page_map (GtkWidget * widget)
{
  WsiTimelinePage *self = WSI_TIMELINE_PAGE (widget);

  GTK_WIDGET_CLASS (wsi_timeline_page_parent_class)->map (widget);
  if (self->feed == NULL)
    return;

  wsi_chart_feed_set_visibility (self->feed, WSI_CHARTS_SHOWN);
  on_chart_changed (self);
}

static void
timeline_page_hide_charts (WsiTimelinePage *self)
{
  if (self->feed != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_chart_feed_set_visibility (self->feed, WSI_CHARTS_HIDDEN);
}

static void
wsi_timeline_page_unmap (GtkWidget *widget)
{
  timeline_page_hide_charts (WSI_TIMELINE_PAGE (widget));
  GTK_WIDGET_CLASS (wsi_timeline_page_parent_class)->unmap (widget);
}

/* The list counts from its first row, and to is not part of what was selected. */
static void
on_chart_selected (WsiTimelinePage *self,
                   gint64           from_us,
                   gint64           to_us)
{
  gint64 origin_us = wsi_timeline_chart_get_origin (self->chart);

  if (from_us < to_us)
    g_signal_emit (self, signals[SELECTED], 0, from_us - origin_us, to_us - origin_us - 1);
  else
    g_signal_emit (self, signals[SELECTED], 0, G_GINT64_CONSTANT (1), G_GINT64_CONSTANT (0));
}

static void
on_lane_activated (WsiTimelinePage *self,
                   guint            number)
{
  g_autofree char *filter = g_strdup_printf ("conn == %u", number);

  g_signal_emit (self, signals[FILTER_ON], 0, filter);
}

/* Activates an action of the chart for a button, which is not within it. */
static void
activate_on_chart (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiTimelinePage *self = WSI_TIMELINE_PAGE (widget);
  g_autofree char *action = g_strconcat ("timeline", strchr (name, '.'), NULL);

  gtk_widget_activate_action_variant (GTK_WIDGET (self->chart), action, parameter);
}

static void
wsi_timeline_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  timeline_page_hide_charts (WSI_TIMELINE_PAGE (object));
  g_clear_object (&WSI_TIMELINE_PAGE (object)->feed);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_timeline_page_parent_class)->dispose (object);
}

static gboolean
wsi_timeline_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WSI_TIMELINE_PAGE (widget)->chart));
}

static void
wsi_timeline_page_class_init (WsiTimelinePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const char *const actions[] = {
    "timeline-page.zoom-in", "timeline-page.zoom-out", "timeline-page.show-all",
    "timeline-page.unselect",
  };

  G_OBJECT_CLASS (class)->dispose = wsi_timeline_page_dispose;
  widget_class->map = wsi_timeline_page_map;
  widget_class->unmap = wsi_timeline_page_unmap;
  widget_class->grab_focus = wsi_timeline_page_grab_focus;
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[FILTER_ON] = g_signal_new ("filter-on", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ADW_TYPE_STATUS_PAGE);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  g_type_ensure (WSI_TYPE_LANE_LIST);
  g_type_ensure (WSI_TYPE_TIMELINE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/charts/wsi-timeline-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiTimelinePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiTimelinePage, chart);
  gtk_widget_class_bind_template_child (widget_class, WsiTimelinePage, lanes);
  gtk_widget_class_bind_template_child (widget_class, WsiTimelinePage, selection);
  gtk_widget_class_bind_template_child (widget_class, WsiTimelinePage, show_frames);
  gtk_widget_class_bind_template_callback (widget_class, on_chart_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_chart_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_lane_activated);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, activate_on_chart);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_timeline_page_init (WsiTimelinePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_timeline_page_set_feed (WsiTimelinePage *self,
                            WsiChartFeed    *feed)
{
  timeline_page_hide_charts (self);
  g_set_object (&self->feed, feed);
  if (feed != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wsi_chart_feed_set_visibility (feed, WSI_CHARTS_SHOWN);
  wsi_lane_list_set_feed (self->lanes, feed, wsi_timeline_chart_get_axis (self->chart));
  wsi_timeline_chart_set_feed (self->chart, feed);
  on_chart_changed (self);
}
