/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-timeline-chart.h"

#include <glib/gi18n.h>

#include "ui/charts/wsi-timeline-drawing.h"
#include "ui/charts/wsi-timeline-text.h"

#define NATURAL_HEIGHT 400
#define MIN_WIDTH 200
#define MIN_DRAG 4              /* pixels of a drag: less is a click */
#define ZOOM_FACTOR 1.5
#define SCROLL_PART 8           /* part of the shown time by which one step of a wheel scrolls */
#define MAX_MOVE_US 2e18

enum
{
  SELECTED,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiTimelineChart
{
  GtkWidget     parent_instance;

  WsiChartFeed *feed;           /* feed of the charts; NULL = none */
  WsiTimeAxis   axis;
  gint64        origin_us;
  double        pointer;        /* place of the pointer, or its last place */
  double        drag;           /* place where the drag began */
  gint64        drag_us;        /* time of that place: the shown part may move on */
  double        scale;          /* scale of the zoom gesture when it was reported last */
};

G_DEFINE_FINAL_TYPE (WsiTimelineChart, wsi_timeline_chart, GTK_TYPE_WIDGET)

static WsiTimeline *
get_timeline (WsiTimelineChart * self)
{
  return wsi_chart_feed_get_timeline (self->feed);
}

/* Sets the range that is read, with buckets for it: only the part that is shown. */
static void
timeline_chart_set_range (WsiTimelineChart *self)
{
  gboolean is_part = self->axis.mode == WSI_AXIS_PART;

  wsi_timeline_set_range (get_timeline (self),
                          self->axis.mode == WSI_AXIS_ALL ? G_MININT64 : self->axis.begin_us,
                          is_part ? self->axis.end_us : G_MAXINT64);
  wsi_chart_feed_refresh (self->feed);
}

static void
timeline_chart_describe (WsiTimelineChart *self)
{
  g_autofree char *all = wsi_timeline_text_describe (get_timeline (self), &self->axis,
                                                     self->origin_us);
  g_autofree char *selection = wsi_timeline_text_describe_selection (get_timeline (self),
                                                                     &self->axis, self->origin_us);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, selection, -1);
}

/* Shows another part, selection or cursor. */
static void
timeline_chart_show (WsiTimelineChart *self)
{
  timeline_chart_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
timeline_chart_on_feed_changed (WsiTimelineChart *self)
{
  gint64 begin_us, end_us;

  self->origin_us = wsi_timeline_get_origin (get_timeline (self));
  if (wsi_timeline_get_span (get_timeline (self), &begin_us, &end_us))
    wsi_time_axis_set_data (&self->axis, begin_us, end_us + 1);
  if (self->axis.mode == WSI_AXIS_LATEST)
    timeline_chart_set_range (self);
  timeline_chart_show (self);
}

/* Whether there is no row, or none was read so far. */
gboolean
wsi_timeline_chart_is_empty (WsiTimelineChart *self)
{
  gint64 begin_us, end_us;

  return self->feed == NULL || !wsi_timeline_get_span (get_timeline (self), &begin_us, &end_us);
}

static gint64
timeline_chart_get_time (WsiTimelineChart *self,
                         double            x)
{
  return wsi_timeline_drawing_get_time (GTK_WIDGET (self), &self->axis, x);
}

static gint64
get_bar (WsiTimelineChart *self)
{
  return wsi_timeline_drawing_get_bar (GTK_WIDGET (self), get_timeline (self), &self->axis);
}

/* Announces the selection, which becomes the user's filter. */
static void
announce_selection (WsiTimelineChart *self)
{
  g_signal_emit (self, signals[SELECTED], 0, self->axis.from_us, self->axis.to_us);
}

static void
timeline_chart_unselect (WsiTimelineChart *self)
{
  gboolean had_selection = wsi_time_axis_has_selection (&self->axis);

  wsi_time_axis_unselect (&self->axis);
  timeline_chart_show (self);
  if (had_selection)
    announce_selection (self);
}

static void
timeline_chart_on_drag_begin (WsiTimelineChart *self,
                              double            x,
                              double            y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag = x;
  self->drag_us = timeline_chart_get_time (self, x);
}

static void
timeline_chart_select_to (WsiTimelineChart *self,
                          gint64            time_us)
{
  wsi_time_axis_select (&self->axis, self->drag_us, time_us);
  self->axis.anchor_us = self->drag_us;
  self->axis.cursor_us = time_us;
  timeline_chart_show (self);
}

static void
timeline_chart_on_drag_update (WsiTimelineChart *self,
                               double            dx,
                               double            dy)
{
  if (ABS (dx) >= MIN_DRAG && !wsi_timeline_chart_is_empty (self))
    timeline_chart_select_to (self, timeline_chart_get_time (self, self->drag + dx));
}

static void
on_drag_end (WsiTimelineChart *self,
             double            dx,
             double            dy)
{
  if (wsi_timeline_chart_is_empty (self))
    return;

  if (ABS (dx) >= MIN_DRAG)
    {
      timeline_chart_on_drag_update (self, dx, dy);
      announce_selection (self);
      return;
    }

  self->axis.has_cursor = TRUE;
  self->axis.cursor_us = self->drag_us;
  timeline_chart_unselect (self);
}

static void
timeline_chart_zoom (WsiTimelineChart *self,
                     double            factor,
                     gint64            at_us)
{
  if (wsi_timeline_chart_is_empty (self))
    return;

  wsi_time_axis_zoom (&self->axis, factor, at_us);
  timeline_chart_set_range (self);
  timeline_chart_show (self);
}

static void
timeline_chart_scroll (WsiTimelineChart *self,
                       double            n_steps)
{
  if (wsi_timeline_chart_is_empty (self))
    return;

  wsi_time_axis_scroll (&self->axis, (self->axis.end_us - self->axis.begin_us) / SCROLL_PART
                        * n_steps);
  timeline_chart_set_range (self);
  timeline_chart_show (self);
}

static void
on_motion (WsiTimelineChart *self,
           double            x,
           double            y)
{
  self->pointer = x;
}

static gboolean
on_scroll (WsiTimelineChart         *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *controller)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_CONTROL_MASK) != 0 && dy != 0)
    timeline_chart_zoom (self, dy > 0 ? ZOOM_FACTOR : 1 / ZOOM_FACTOR,
                         timeline_chart_get_time (self, self->pointer));
  else if (dx != 0)
    timeline_chart_scroll (self, dx);
  else if ((state & GDK_SHIFT_MASK) != 0)
    timeline_chart_scroll (self, dy);
  else
    return GDK_EVENT_PROPAGATE;

  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (WsiTimelineChart *self)
{
  self->scale = 1;
}

static void
on_pinch (WsiTimelineChart *self,
          double            scale)
{
  timeline_chart_zoom (self, self->scale / MAX (scale, 0.01),
                       timeline_chart_get_time (self, self->pointer));
  self->scale = MAX (scale, 0.01);
}

/* The place at which keys zoom: the cursor, if it can be seen. */
static gint64
timeline_chart_get_place (WsiTimelineChart *self)
{
  const WsiTimeAxis *axis = &self->axis;
  gboolean is_seen = axis->has_cursor && axis->cursor_us >= axis->begin_us &&
                     axis->cursor_us <= axis->end_us;

  return is_seen ? axis->cursor_us : axis->begin_us + (axis->end_us - axis->begin_us) / 2;
}

static void
activate_zoom_in (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);

  timeline_chart_zoom (self, 1 / ZOOM_FACTOR, timeline_chart_get_place (self));
}

static void
activate_zoom_out (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);

  timeline_chart_zoom (self, ZOOM_FACTOR, timeline_chart_get_place (self));
}

static void
timeline_chart_activate_show_all (GtkWidget  *widget,
                                  const char *name,
                                  GVariant   *parameter)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);

  if (wsi_timeline_chart_is_empty (self))
    return;

  wsi_time_axis_show_all (&self->axis);
  timeline_chart_set_range (self);
  timeline_chart_show (self);
}

static void
activate_scroll (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  timeline_chart_scroll (WSI_TIMELINE_CHART (widget), g_variant_get_int32 (parameter));
}

/* Moves the cursor.  The parameter: bars, and a WsiCursorStep. */
static void
timeline_chart_activate_move (GtkWidget  *widget,
                              const char *name,
                              GVariant   *parameter)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);
  WsiAxisMode mode = self->axis.mode;
  gint64 begin_us = self->axis.begin_us, by_us;
  int n_bars, step;

  if (wsi_timeline_chart_is_empty (self))
    return;

  g_variant_get (parameter, "(ii)", &n_bars, &step);
  by_us = CLAMP ((double) n_bars * get_bar (self), -MAX_MOVE_US, MAX_MOVE_US);
  wsi_time_axis_move_cursor (&self->axis, by_us, step);
  if (mode != self->axis.mode || begin_us != self->axis.begin_us)
    timeline_chart_set_range (self);
  timeline_chart_show (self);
}

static void
timeline_chart_activate_select (GtkWidget  *widget,
                                const char *name,
                                GVariant   *parameter)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);

  if (wsi_time_axis_has_selection (&self->axis))
    announce_selection (self);
}

static void
activate_unselect (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  timeline_chart_unselect (WSI_TIMELINE_CHART (widget));
}

static void
wsi_timeline_chart_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL
             ? MIN_WIDTH : wsi_timeline_drawing_get_min_height (widget);
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? *minimum : MAX (*minimum, NATURAL_HEIGHT);
}

static void
wsi_timeline_chart_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);

  if (self->feed != NULL)
    wsi_timeline_drawing_draw (widget, snapshot, get_timeline (self), &self->axis,
                               self->origin_us);
}

static gboolean
wsi_timeline_chart_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    is_keyboard,
                                  GtkTooltip *tooltip)
{
  WsiTimelineChart *self = WSI_TIMELINE_CHART (widget);
  g_autofree char *text = NULL;
  gint64 bar_us, begin_us;

  if (wsi_timeline_chart_is_empty (self))
    return FALSE;

  bar_us = get_bar (self);
  begin_us = is_keyboard ? timeline_chart_get_place (self) : timeline_chart_get_time (self, x);
  begin_us -= begin_us % bar_us + (begin_us % bar_us < 0 ? bar_us : 0);
  text = wsi_timeline_text_describe_part (get_timeline (self), &self->axis, self->origin_us,
                                          begin_us, begin_us + bar_us);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
timeline_chart_drop_feed (WsiTimelineChart *self)
{
  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
}

static void
wsi_timeline_chart_dispose (GObject *object)
{
  timeline_chart_drop_feed (WSI_TIMELINE_CHART (object));
  G_OBJECT_CLASS (wsi_timeline_chart_parent_class)->dispose (object);
}

static void
add_move_keys (GtkWidgetClass *class)
{
  static const struct
  {
    guint key, keypad_key;
    int   n_bars;
  } keys[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, G_MININT },
    { GDK_KEY_End, GDK_KEY_KP_End, G_MAXINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    for (guint j = 0; j < 2; j++)
      {
        guint key = j == 0 ? keys[i].key : keys[i].keypad_key;

        gtk_widget_class_add_binding_action (class, key, 0, "timeline.move", "(ii)",
                                             keys[i].n_bars, WSI_CURSOR_MOVES);
        gtk_widget_class_add_binding_action (class, key, GDK_SHIFT_MASK, "timeline.move", "(ii)",
                                             keys[i].n_bars, WSI_CURSOR_EXTENDS);
      }
}

static void
timeline_chart_add_keys (GtkWidgetClass *class)
{
  static const struct
  {
    guint           key;
    GdkModifierType modifiers;
    const char     *action;
  } keys[] = {
    { GDK_KEY_plus, 0, "timeline.zoom-in" }, { GDK_KEY_KP_Add, 0, "timeline.zoom-in" },
    { GDK_KEY_equal, 0, "timeline.zoom-in" }, { GDK_KEY_minus, 0, "timeline.zoom-out" },
    { GDK_KEY_KP_Subtract, 0, "timeline.zoom-out" }, { GDK_KEY_0, 0, "timeline.show-all" },
    { GDK_KEY_KP_0, 0, "timeline.show-all" }, { GDK_KEY_Return, 0, "timeline.select" },
    { GDK_KEY_KP_Enter, 0, "timeline.select" }, { GDK_KEY_Escape, 0, "timeline.unselect" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Left, GDK_CONTROL_MASK, "timeline.scroll",
                                       "i", -1);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Right, GDK_CONTROL_MASK, "timeline.scroll",
                                       "i", 1);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Page_Up, 0, "timeline.scroll", "i",
                                       -SCROLL_PART);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Page_Down, 0, "timeline.scroll", "i",
                                       SCROLL_PART);
}

static void
timeline_chart_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "timeline.zoom-in", NULL, activate_zoom_in);
  gtk_widget_class_install_action (class, "timeline.zoom-out", NULL, activate_zoom_out);
  gtk_widget_class_install_action (class, "timeline.show-all", NULL,
                                   timeline_chart_activate_show_all);
  gtk_widget_class_install_action (class, "timeline.scroll", "i", activate_scroll);
  gtk_widget_class_install_action (class, "timeline.move", "(ii)", timeline_chart_activate_move);
  gtk_widget_class_install_action (class, "timeline.select", NULL, timeline_chart_activate_select);
  gtk_widget_class_install_action (class, "timeline.unselect", NULL, activate_unselect);
}

static void
wsi_timeline_chart_class_init (WsiTimelineChartClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_timeline_chart_dispose;
  widget_class->measure = wsi_timeline_chart_measure;
  widget_class->snapshot = wsi_timeline_chart_snapshot;
  widget_class->query_tooltip = wsi_timeline_chart_query_tooltip;

  /* The user has chosen a time for the list: from and to, as those of records; equal: any. */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  /* signal: other data, another part of them, or another selection */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  timeline_chart_install_actions (widget_class);
  add_move_keys (widget_class);
  timeline_chart_add_keys (widget_class);
}

static void
add_controller (WsiTimelineChart *self,
                gpointer          controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
wsi_timeline_chart_init (WsiTimelineChart *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *wheel =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  wsi_time_axis_init (&self->axis);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (timeline_chart_on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (timeline_chart_on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (wheel, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), self);
  add_controller (self, drag);
  add_controller (self, pinch);
  add_controller (self, motion);
  add_controller (self, wheel);
  add_controller (self, focus);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Timeline without frames"), -1);
}

void
wsi_timeline_chart_set_feed (WsiTimelineChart *self,
                             WsiChartFeed     *feed)
{
  timeline_chart_drop_feed (self);
  wsi_time_axis_init (&self->axis);
  if (feed == NULL)
    return;

  self->feed = g_object_ref (feed);
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (timeline_chart_on_feed_changed), self);
  timeline_chart_on_feed_changed (self);
}

const WsiTimeAxis *
wsi_timeline_chart_get_axis (WsiTimelineChart *self)
{
  return &self->axis;
}

gint64
wsi_timeline_chart_get_origin (WsiTimelineChart *self)
{
  return self->origin_us;
}

char *
wsi_timeline_chart_describe_selection (WsiTimelineChart *self)
{
  return self->feed != NULL
         ? wsi_timeline_text_describe_selection (get_timeline (self), &self->axis, self->origin_us)
         : g_strdup ("");
}
