/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-timeline-drawing.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-figure-text.h"

#define BAR_WIDTH 4             /* least width of a bar with the gap after it */
#define BAR_GAP 1
#define BAND_GAP 10
#define TICK_DISTANCE 90        /* distance between the labels of the time, about */
#define MAX_PARTS 5             /* parts of a bar */
#define SELECTION_ALPHA 0.22

typedef enum
{
  BAND_THROUGHPUT,
  BAND_FRAMES,
  BAND_ROUND_TRIPS,
  BAND_REPLIES,
  N_BANDS,
} Band;

/* Heights of the bands, as parts of the height that the titles leave. */
static const int weights[N_BANDS] = {
  [BAND_THROUGHPUT] = 4, [BAND_FRAMES] = 3, [BAND_ROUND_TRIPS] = 2, [BAND_REPLIES] = 2,
};

/* Colors have names in libadwaita; each part has a word next to its color. */
typedef struct
{
  const char *color, *title;
} Part;

static const Part parts[N_BANDS][MAX_PARTS] = {
  [BAND_THROUGHPUT] = { { "blue_3", N_("↑ sent") }, { "green_4", N_("↓ received") } },
  [BAND_FRAMES] = {
    { "blue_3", N_("text") }, { "purple_3", N_("binary") }, { "brown_2", N_("continuation") },
    { "yellow_5", N_("ping, pong, close") }, { "red_3", N_("reserved") },
  },
  [BAND_ROUND_TRIPS] = { { "orange_3", N_("shortest, mean, longest") } },
  [BAND_REPLIES] = { { "purple_3", N_("shortest, mean, longest") } },
};

static const char *const titles[N_BANDS] = {
  [BAND_THROUGHPUT] = N_("Bytes a second"),
  [BAND_FRAMES] = N_("Frames"),
  [BAND_ROUND_TRIPS] = N_("Round trips"),
  [BAND_REPLIES] = N_("Reply times"),
};

typedef struct
{
  GtkWidget         *widget;
  GtkSnapshot       *snapshot;
  WsiTimeline       *timeline;
  const WsiTimeAxis *axis;
  GdkRGBA            text, faint;
  GdkRGBA            colors[MAX_PARTS]; /* colours of the parts in the band that is drawn */
  double             width;             /* width of the bars */
  int                line_height;
  guint              n_bars;
  WsiTimeBucket     *bars;
  double            *places;            /* beginning of each bar, and the end of the last */
} Drawing;

static PangoLayout *
timeline_drawing_make_text (GtkWidget  *widget,
                            const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static int
timeline_drawing_measure_line (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = timeline_drawing_make_text (widget, "0↑");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

int
wsi_timeline_drawing_get_min_height (GtkWidget *widget)
{
  int n_lines = 0, n_parts = 0;

  for (guint i = 0; i < N_BANDS; i++)
    {
      n_lines++;
      n_parts += weights[i];
    }
  return (n_lines + 1) * timeline_drawing_measure_line (widget) + N_BANDS * BAND_GAP + n_parts * 12;
}

static double
get_plot_width (GtkWidget *widget)
{
  return MAX (gtk_widget_get_width (widget) - 2 * WSI_TIMELINE_MARGIN, 1);
}

gint64
wsi_timeline_drawing_get_time (GtkWidget         *widget,
                               const WsiTimeAxis *axis,
                               double             x)
{
  double place = CLAMP (x - WSI_TIMELINE_MARGIN, 0, get_plot_width (widget));

  return wsi_time_axis_get_time (axis, place, get_plot_width (widget));
}

/* Whole buckets, so that no bar changes because another one comes. */
gint64
wsi_timeline_drawing_get_bar (GtkWidget         *widget,
                              WsiTimeline       *timeline,
                              const WsiTimeAxis *axis)
{
  gint64 width_us = wsi_timeline_get_width (timeline);
  double least_us = (axis->end_us - axis->begin_us) * (BAR_WIDTH / get_plot_width (widget));

  return ((gint64) least_us / width_us + 1) * width_us;
}

char *
wsi_timeline_drawing_print_time (const WsiTimeAxis *axis,
                                 gint64             since_us)
{
  gint64 step_us = MAX (wsi_time_axis_get_step (axis, 100), 1);
  g_autofree char *seconds = wsi_time_axis_format (since_us, step_us);

  /* Translators: a number of seconds. */
  return g_strdup_printf (_("%s s"), seconds);
}

static GdkRGBA
timeline_drawing_fade (GdkRGBA color,
                       float   alpha)
{
  color.alpha *= alpha;
  return color;
}

static GdkRGBA
look_up (Drawing    *self,
         const char *name)
{
  GdkRGBA color;

  return gtk_style_context_lookup_color (gtk_widget_get_style_context (self->widget), name, &color)
         ? color : self->text;
}

static void
timeline_drawing_draw_text (Drawing       *self,
                            PangoLayout   *text,
                            double         x,
                            double         y,
                            const GdkRGBA *color)
{
  gtk_snapshot_save (self->snapshot);
  gtk_snapshot_translate (self->snapshot, &GRAPHENE_POINT_INIT ((int) x, (int) y));
  gtk_snapshot_append_layout (self->snapshot, text, color);
  gtk_snapshot_restore (self->snapshot);
}

static void
timeline_drawing_draw_rectangle (Drawing       *self,
                                 double         x,
                                 double         y,
                                 double         width,
                                 double         height,
                                 const GdkRGBA *color)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (self->snapshot, color, &GRAPHENE_RECT_INIT (x, y, width, height));
}

/* Joins the buckets to bars. */
static void
sum_bars (Drawing *self)
{
  gint64 bar_us = wsi_timeline_drawing_get_bar (self->widget, self->timeline, self->axis);
  gint64 first = self->axis->begin_us / bar_us - (self->axis->begin_us < 0 ? 1 : 0);

  self->n_bars = self->axis->end_us / bar_us - first + 1;
  self->bars = g_new0 (WsiTimeBucket, self->n_bars);
  self->places = g_new0 (double, self->n_bars + 1);
  for (guint i = 0; i <= self->n_bars; i++)
    {
      gint64 begin_us = (first + i) * bar_us;
      double place = wsi_time_axis_get_place (self->axis, begin_us, self->width);

      self->places[i] = CLAMP (place, 0, self->width);
      if (i < self->n_bars)
        wsi_timeline_sum (self->timeline, begin_us, begin_us + bar_us, &self->bars[i]);
    }
}

static void
timeline_drawing_init_drawing (Drawing *self)
{
  gtk_style_context_get_color (gtk_widget_get_style_context (self->widget), &self->text);
  self->faint = timeline_drawing_fade (self->text, 0.12);
  self->width = get_plot_width (self->widget);
  self->line_height = timeline_drawing_measure_line (self->widget);
  sum_bars (self);
}

static guint64
timeline_drawing_get_part (const WsiTimeBucket *bar,
                           guint                part)
{
  static const WspFrameKind kinds[] = {
    WSP_FRAME_KIND_TEXT, WSP_FRAME_KIND_BINARY, WSP_FRAME_KIND_CONTINUATION, WSP_FRAME_KIND_PING,
    WSP_FRAME_KIND_RESERVED,
  };

  return kinds[part] != WSP_FRAME_KIND_PING ? bar->n_by_kind[kinds[part]]
         : bar->n_by_kind[WSP_FRAME_KIND_PING] + bar->n_by_kind[WSP_FRAME_KIND_PONG]
         + bar->n_by_kind[WSP_FRAME_KIND_CLOSE];
}

static const WsiSpread *
get_spread (const WsiTimeBucket *bar,
            Band                 band)
{
  return band == BAND_ROUND_TRIPS ? &bar->round_trips : &bar->replies;
}

static guint64
get_height (const WsiTimeBucket *bar,
            Band                 band)
{
  guint64 n = 0;

  switch (band)
    {
    case BAND_THROUGHPUT:
      return MAX (bar->n_wire_bytes[0], bar->n_wire_bytes[1]);
    case BAND_FRAMES:
      for (guint i = 0; i < MAX_PARTS; i++)
        n += timeline_drawing_get_part (bar, i);
      return n;
    case BAND_ROUND_TRIPS:
    case BAND_REPLIES:
      return get_spread (bar, band)->max_us;
    case N_BANDS:
      break;
    }

  g_assert_not_reached ();
}

static guint64
get_greatest (Drawing *self,
              Band     band)
{
  guint64 greatest = 0;

  for (guint i = 0; i < self->n_bars; i++)
    greatest = MAX (greatest, get_height (&self->bars[i], band));
  return greatest;
}

/* Prints the greatest value in words. */
static char *
print_greatest (Drawing *self,
                Band     band,
                guint64  greatest)
{
  gint64 bar_us = wsi_timeline_drawing_get_bar (self->widget, self->timeline, self->axis);
  g_autofree char *size = NULL;

  if (greatest == 0)
    return g_strdup (_("none"));

  switch (band)
    {
    case BAND_THROUGHPUT:
      size = g_format_size ((double) greatest * G_USEC_PER_SEC / bar_us);
      return g_strdup_printf (_("up to %s/s"), size);
    case BAND_FRAMES:
      size = wsi_figure_text_number (greatest);
      /* Translators: frames in one bar of a chart. */
      return g_strdup_printf (_("up to %s in a bar"), size);
    case BAND_ROUND_TRIPS:
    case BAND_REPLIES:
      size = wsi_figure_text_ms (greatest);
      /* Translators: a number of milliseconds. */
      return g_strdup_printf (_("up to %s ms"), size);
    case N_BANDS:
      break;
    }

  g_assert_not_reached ();
}

/* Draws words, and returns where they end; words without room are left out. */
static double
draw_words (Drawing       *self,
            const char    *words,
            double         x,
            double         y,
            const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = timeline_drawing_make_text (self->widget, words);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (x + width > WSI_TIMELINE_MARGIN + self->width)
    return x;

  timeline_drawing_draw_text (self, layout, x, y, color);
  return x + width + BAND_GAP;
}

static void
draw_title (Drawing *self,
            Band     band,
            double   y,
            guint64  greatest)
{
  const GdkRGBA dim = timeline_drawing_fade (self->text, 0.75);
  const int swatch = self->line_height / 2;
  g_autofree char *most = print_greatest (self, band, greatest);
  double x = draw_words (self, _(titles[band]), WSI_TIMELINE_MARGIN, y, &self->text);

  x = draw_words (self, most, x, y, &dim);
  for (guint i = 0; i < MAX_PARTS && parts[band][i].title != NULL; i++)
    {
      double end = draw_words (self, _(parts[band][i].title), x + swatch + 4, y, &dim);

      if (end > x + swatch + 4)
        timeline_drawing_draw_rectangle (self, x, y + swatch / 2, swatch, swatch, &self->colors[i]);
      x = MAX (end, x);
    }
}

/* Draws the throughput: sent bytes above the middle, received ones below it. */
static void
draw_throughput (Drawing               *self,
                 const WsiTimeBucket   *bar,
                 double                 x,
                 double                 width,
                 const graphene_rect_t *area,
                 guint64                greatest)
{
  double middle = area->origin.y + area->size.height / 2;

  for (guint i = 0; i < 2; i++)
    {
      double height = area->size.height / 2 * bar->n_wire_bytes[i] / greatest;

      if (bar->n_wire_bytes[i] > 0)
        height = MAX (height, 1);
      timeline_drawing_draw_rectangle (self, x, i == WSP_DIRECTION_SENT ? middle - height : middle,
                                       width, height,
                                       &self->colors[i == WSP_DIRECTION_SENT ? 0 : 1]);
    }
}

static void
draw_frames (Drawing               *self,
             const WsiTimeBucket   *bar,
             double                 x,
             double                 width,
             const graphene_rect_t *area,
             guint64                greatest)
{
  double y = area->origin.y + area->size.height;

  for (guint i = 0; i < MAX_PARTS; i++)
    {
      double height = area->size.height * timeline_drawing_get_part (bar, i) / greatest;

      if (timeline_drawing_get_part (bar, i) > 0)
        height = MAX (height, 1);
      y -= height;
      timeline_drawing_draw_rectangle (self, x, y, width, height, &self->colors[i]);
    }
}

/* Draws times from the shortest to the longest, and a dot in the middle. */
static void
draw_spread (Drawing               *self,
             const WsiSpread       *spread,
             double                 x,
             double                 width,
             const graphene_rect_t *area,
             guint64                greatest)
{
  const GdkRGBA faded = timeline_drawing_fade (self->colors[0], 0.5);
  double bottom = area->origin.y + area->size.height;
  double unit = area->size.height / greatest;
  double dot = MIN (width, BAR_WIDTH);

  if (spread->n == 0)
    return;

  timeline_drawing_draw_rectangle (self, x, bottom - spread->max_us * unit, width,
                                   MAX ((spread->max_us - spread->min_us) * unit, 1), &faded);
  timeline_drawing_draw_rectangle (self, x + (width - dot) / 2,
                                   bottom - (double) spread->sum_us / spread->n * unit - dot / 2,
                                   dot, dot,
                                   &self->colors[0]);
}

static void
draw_bars (Drawing               *self,
           Band                   band,
           const graphene_rect_t *area,
           guint64                greatest)
{
  for (guint i = 0; i < self->n_bars && greatest > 0; i++)
    {
      double x = WSI_TIMELINE_MARGIN + self->places[i];
      double width = MAX (self->places[i + 1] - self->places[i] - BAR_GAP, 1);

      if (self->places[i + 1] <= self->places[i])
        continue;
      if (band == BAND_THROUGHPUT)
        draw_throughput (self, &self->bars[i], x, width, area, greatest);
      else if (band == BAND_FRAMES)
        draw_frames (self, &self->bars[i], x, width, area, greatest);
      else
        draw_spread (self, get_spread (&self->bars[i], band), x, width, area, greatest);
    }
}

static void
draw_band (Drawing *self,
           Band     band,
           double   y,
           double   height)
{
  graphene_rect_t area = GRAPHENE_RECT_INIT (WSI_TIMELINE_MARGIN, y + self->line_height + 2,
                                             self->width, height);
  guint64 greatest = get_greatest (self, band);
  double base = area.origin.y + (band == BAND_THROUGHPUT ? height / 2 : height);

  for (guint i = 0; i < MAX_PARTS && parts[band][i].color != NULL; i++)
    self->colors[i] = look_up (self, parts[band][i].color);
  draw_title (self, band, y, greatest);
  draw_bars (self, band, &area, greatest);
  timeline_drawing_draw_rectangle (self, area.origin.x, base, self->width, 1, &self->faint);
}

static void
timeline_drawing_draw_ruler (Drawing *self,
                             gint64   origin_us,
                             double   y)
{
  gint64 step_us = wsi_time_axis_get_step (self->axis, self->width / TICK_DISTANCE);
  gint64 first = (self->axis->begin_us - origin_us) / step_us;

  for (gint64 i = first; origin_us + i * step_us <= self->axis->end_us; i++)
    {
      double place = wsi_time_axis_get_place (self->axis, origin_us + i * step_us, self->width);
      g_autofree char *seconds = wsi_time_axis_format (i * step_us, step_us);
      g_autofree char *label = g_strdup_printf (_("%s s"), seconds);

      if (place < 0)
        continue;

      timeline_drawing_draw_rectangle (self, WSI_TIMELINE_MARGIN + place, self->line_height, 1,
                                       y - self->line_height, &self->faint);
      draw_words (self, label, WSI_TIMELINE_MARGIN + place + 2, y, &self->text);
    }
}

static double
clamp_place (Drawing *self,
             gint64   time_us)
{
  return CLAMP (wsi_time_axis_get_place (self->axis, time_us, self->width), 0, self->width);
}

/* Draws the selection with edges as lines: a pale area alone may not be seen. */
static void
draw_selection (Drawing *self,
                double   height)
{
  GdkRGBA color = look_up (self, "accent_color");
  const GdkRGBA faded = timeline_drawing_fade (color, SELECTION_ALPHA);
  double from = clamp_place (self, self->axis->from_us);
  double to = clamp_place (self, self->axis->to_us);

  if (!wsi_time_axis_has_selection (self->axis) || from == to)
    return;

  timeline_drawing_draw_rectangle (self, WSI_TIMELINE_MARGIN + from, 0, to - from, height, &faded);
  timeline_drawing_draw_rectangle (self, WSI_TIMELINE_MARGIN + from - 1, 0, 2, height, &color);
  timeline_drawing_draw_rectangle (self, WSI_TIMELINE_MARGIN + to - 1, 0, 2, height, &color);
}

static void
draw_cursor (Drawing *self,
             double   height)
{
  if (self->axis->has_cursor && gtk_widget_has_focus (self->widget))
    timeline_drawing_draw_rectangle (self, WSI_TIMELINE_MARGIN +
                                     clamp_place (self, self->axis->cursor_us), 0, 2,
                                     height, &self->text);
}

void
wsi_timeline_drawing_draw (GtkWidget         *widget,
                           GtkSnapshot       *snapshot,
                           WsiTimeline       *timeline,
                           const WsiTimeAxis *axis,
                           gint64             origin_us)
{
  Drawing self = { .widget = widget, .snapshot = snapshot, .timeline = timeline, .axis = axis };
  double unit, y = 0, height;
  int n_parts = 0;

  timeline_drawing_init_drawing (&self);
  height = gtk_widget_get_height (widget) - self.line_height;
  for (guint i = 0; i < N_BANDS; i++)
    n_parts += weights[i];
  unit = (height - N_BANDS * (self.line_height + BAND_GAP)) / n_parts;
  timeline_drawing_draw_ruler (&self, origin_us, height);
  for (guint i = 0; i < N_BANDS; i++)
    {
      draw_band (&self, i, y, MAX (unit * weights[i], 1));
      y += self.line_height + unit * weights[i] + BAND_GAP;
    }
  draw_selection (&self, height);
  draw_cursor (&self, height);
  g_free (self.bars);
  g_free (self.places);
}
