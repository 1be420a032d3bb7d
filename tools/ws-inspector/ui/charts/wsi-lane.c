/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-lane.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-timeline.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/charts/wsi-timeline-drawing.h"
#include "ui/parts/wsi-state-text.h"

#define BAR_HEIGHT 6
#define END_HEIGHT 12           /* height of the line where a connection begins or ends */
#define PADDING 4
#define MAX_MARKS 32
#define MARK_WIDTH 3

struct _WsiLane
{
  GtkWidget          parent_instance;

  GtkWidget         *title;
  WsiConversation   *conversation;      /* conversation of the lane; NULL = none */
  WsiProblems       *problems;
  const WsiTimeAxis *axis;
};

G_DEFINE_FINAL_TYPE (WsiLane, wsi_lane, GTK_TYPE_WIDGET)

static void
wsi_lane_dispose (GObject *object)
{
  WsiLane *self = WSI_LANE (object);

  g_clear_object (&self->conversation);
  g_clear_pointer (&self->title, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_lane_parent_class)->dispose (object);
}

static void
wsi_lane_measure (GtkWidget     *widget,
                  GtkOrientation orientation,
                  int            for_size,
                  int           *minimum,
                  int           *natural,
                  int           *minimum_baseline,
                  int           *natural_baseline)
{
  gtk_widget_measure (WSI_LANE (widget)->title, orientation, -1, minimum, natural,
                      NULL, NULL);
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;

  *minimum += END_HEIGHT + 2 * PADDING;
  *natural = *minimum;
}

static void
wsi_lane_size_allocate (GtkWidget *widget,
                        int        width,
                        int        height,
                        int        baseline)
{
  const GtkAllocation place = {
    WSI_TIMELINE_MARGIN, PADDING, MAX (width - 2 * WSI_TIMELINE_MARGIN, 0),
    height - END_HEIGHT - 2 * PADDING,
  };

  gtk_widget_size_allocate (WSI_LANE (widget)->title, &place, -1);
}

/* The place of a time, within the part that is shown. */
static double
lane_get_place (WsiLane *self,
                gint64   time_us)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * WSI_TIMELINE_MARGIN;
  gint64 shown_us = CLAMP (time_us, self->axis->begin_us, self->axis->end_us);

  return WSI_TIMELINE_MARGIN + wsi_time_axis_get_place (self->axis, shown_us, width);
}

static gboolean
lane_is_shown (WsiLane *self,
               gint64   time_us)
{
  return time_us >= self->axis->begin_us && time_us <= self->axis->end_us;
}

static void
lane_draw_rectangle (GtkSnapshot   *snapshot,
                     double         x,
                     double         y,
                     double         width,
                     double         height,
                     const GdkRGBA *color)
{
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static gint64
get_begin (WsiLane *self)
{
  return wsi_timeline_limit_time (wsi_conversation_get_begin_time (self->conversation));
}

/* The end of a lane; an open one goes on to the edge, and beyond. */
static gint64
lane_get_end (WsiLane *self)
{
  return wsi_conversation_get_ending (self->conversation) == WSI_ENDING_NONE ? G_MAXINT64
         : wsi_timeline_limit_time (wsi_conversation_get_end_time (self->conversation));
}

/* Marks are higher than the bar, so that they are seen without their color. */
static void
draw_marks (WsiLane       *self,
            GtkSnapshot   *snapshot,
            double         top,
            const GdkRGBA *color)
{
  gint64 times[MAX_MARKS];
  guint n = wsi_problems_get_times (self->problems,
                                    wsi_conversation_get_number (self->conversation), times,
                                    G_N_ELEMENTS (times));

  for (guint i = 0; i < n; i++)
    if (lane_is_shown (self, times[i]))
      lane_draw_rectangle (snapshot, lane_get_place (self, times[i]) - MARK_WIDTH / 2.0, top,
                           MARK_WIDTH,
                           END_HEIGHT, color);
}

static void
wsi_lane_snapshot (GtkWidget   *widget,
                   GtkSnapshot *snapshot)
{
  WsiLane *self = WSI_LANE (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double top = gtk_widget_get_height (widget) - END_HEIGHT - PADDING;
  GdkRGBA color, problem;

  GTK_WIDGET_CLASS (wsi_lane_parent_class)->snapshot (widget, snapshot);
  if (self->conversation == NULL)
    return;

  gint64 begin_us = get_begin (self);
  gint64 end_us = lane_get_end (self);
  double from = lane_get_place (self, begin_us), to = lane_get_place (self, end_us);

  gtk_style_context_get_color (style, &color);
  if (!gtk_style_context_lookup_color (style, "error_color", &problem))
    problem = color;
  color.alpha *= 0.55;
  if (end_us >= self->axis->begin_us && begin_us <= self->axis->end_us)
    lane_draw_rectangle (snapshot, from, top + (END_HEIGHT - BAR_HEIGHT) / 2, MAX (to - from, 1),
                         BAR_HEIGHT, &color);
  if (lane_is_shown (self, begin_us))
    lane_draw_rectangle (snapshot, from, top, 1, END_HEIGHT, &color);
  if (lane_is_shown (self, end_us))
    lane_draw_rectangle (snapshot, to, top, 1, END_HEIGHT, &color);
  draw_marks (self, snapshot, top, &problem);
}

static void
wsi_lane_class_init (WsiLaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_lane_dispose;
  widget_class->measure = wsi_lane_measure;
  widget_class->size_allocate = wsi_lane_size_allocate;
  widget_class->snapshot = wsi_lane_snapshot;
  gtk_widget_class_set_css_name (widget_class, "lane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wsi_lane_init (WsiLane *self)
{
  self->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}

void
wsi_lane_set_conversation (WsiLane           *self,
                           WsiConversation   *conversation,
                           WsiProblems       *problems,
                           const WsiTimeAxis *axis)
{
  g_set_object (&self->conversation, conversation);
  self->problems = problems;
  self->axis = axis;
}

/* The title, with state and faults. */
static char *
dup_title (WsiLane *self)
{
  g_autofree char *title = wsi_conversation_title_dup (self->conversation);
  g_autofree char *state = wsi_state_text_dup (self->conversation);
  guint32 n_faults = wsi_conversation_get_n_faults (self->conversation);
  g_autofree char *faults = NULL;

  if (n_faults > 0)
    faults = g_strdup_printf (g_dngettext (NULL, "⚠ %'u problem", "⚠ %'u problems", n_faults),
                              n_faults);
  return g_strdup_printf ("%s   %s   %s", title, state, faults != NULL ? faults : "");
}

/* Updates the lane; a title that stays costs no layout. */
void
wsi_lane_update (WsiLane *self,
                 gint64   origin_us)
{
  g_autofree char *title = NULL;
  g_autofree char *sentence = NULL;

  if (self->conversation == NULL)
    return;

  title = dup_title (self);
  if (!g_str_equal (title, gtk_label_get_text (GTK_LABEL (self->title))))
    {
      gtk_label_set_text (GTK_LABEL (self->title), title);
      gtk_widget_set_tooltip_text (self->title, title);
    }
  sentence = wsi_lane_describe (self, origin_us);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

char *
wsi_lane_describe (WsiLane *self,
                   gint64   origin_us)
{
  gint64 begin_us = get_begin (self);
  g_autofree char *title = dup_title (self);
  g_autofree char *begin = wsi_timeline_drawing_print_time (self->axis, begin_us - origin_us);
  g_autofree char *end = NULL;

  if (wsi_conversation_get_ending (self->conversation) == WSI_ENDING_NONE)
    /* Translators: a connection, and the time since which it is open. */
    return g_strdup_printf (_("%s, from %s on"), title, begin);

  end = wsi_timeline_drawing_print_time (self->axis, lane_get_end (self) - origin_us);
  /* Translators: a connection, and from when to when it was open. */
  return g_strdup_printf (_("%s, from %s to %s"), title, begin, end);
}
