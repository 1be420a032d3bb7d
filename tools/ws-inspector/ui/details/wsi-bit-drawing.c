/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-bit-drawing.h"

#include <glib/gi18n.h>

#define PADDING 5               /* pixels above and below the two lines of a cell */
#define GAP 2                   /* pixels between cells */
#define RADIUS 4
#define BITS_IN_BYTE 8

typedef struct
{
  GtkWidget            *widget;
  GtkSnapshot          *snapshot;
  const WsiFrameLayout *layout;
  const WsiBitGrid     *grid;
  GdkRGBA               text, faint, border, accent, accent_text;
  double                cell_width;
  int                   line_height;
} Drawing;

static PangoLayout *
bit_drawing_make_text (GtkWidget  *widget,
                       const char *text,
                       double      scale)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static int
bit_drawing_measure_line (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = bit_drawing_make_text (widget, "0", 1);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static int
bit_drawing_get_row_height (int line_height)
{
  return 2 * line_height + 2 * PADDING;
}

int
wsi_bit_drawing_get_height (GtkWidget        *widget,
                            const WsiBitGrid *grid)
{
  int line_height = bit_drawing_measure_line (widget);

  return line_height + GAP + (int) grid->n_rows * (bit_drawing_get_row_height (line_height) + GAP);
}

static GdkRectangle
get_cell (const WsiBitSegment *segment,
          double               cell_width,
          int                  line_height)
{
  int row_height = bit_drawing_get_row_height (line_height);

  return (GdkRectangle) {
           segment->first_column * cell_width,
                                 line_height + GAP + segment->row * (row_height + GAP),
           MAX ((int) (segment->n_columns * cell_width) - GAP, 0),
           row_height,
  };
}

void
wsi_bit_drawing_get_place (GtkWidget        *widget,
                           const WsiBitGrid *grid,
                           guint             part,
                           int               width,
                           GdkRectangle     *place)
{
  int line_height = bit_drawing_measure_line (widget);

  *place = (GdkRectangle) { 0 };
  for (guint i = 0; i < grid->n_segments; i++)
    {
      GdkRectangle cell = get_cell (&grid->segments[i], (double) width / grid->n_columns,
                                    line_height);

      if (grid->segments[i].part == part && place->height == 0)
        *place = cell;
      else if (grid->segments[i].part == part)
        gdk_rectangle_union (place, &cell, place);
    }
}

static GdkRGBA
bit_drawing_fade (GdkRGBA color,
                  float   alpha)
{
  color.alpha *= alpha;
  return color;
}

static void
bit_drawing_init_drawing (Drawing *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (self->widget);

  gtk_style_context_get_color (style, &self->text);
  self->faint = bit_drawing_fade (self->text, 0.06);
  self->border = bit_drawing_fade (self->text, 0.5);
  if (!gtk_style_context_lookup_color (style, "accent_bg_color", &self->accent) ||
      !gtk_style_context_lookup_color (style, "accent_fg_color", &self->accent_text))
    {
      self->accent = self->text;
      self->accent_text = bit_drawing_fade (self->text, 0);
    }
  self->cell_width = (double) gtk_widget_get_width (self->widget) / self->grid->n_columns;
  self->line_height = bit_drawing_measure_line (self->widget);
}

/* Draws a text in the middle of a cell, cut with an ellipsis where it is too long. */
static void
bit_drawing_draw_text (Drawing       *self,
                       PangoLayout   *text,
                       double         x,
                       double         y,
                       double         width,
                       const GdkRGBA *color)
{
  pango_layout_set_width (text, (int) width * PANGO_SCALE);
  pango_layout_set_ellipsize (text, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (text, PANGO_ALIGN_CENTER);
  gtk_snapshot_save (self->snapshot);
  gtk_snapshot_translate (self->snapshot, &GRAPHENE_POINT_INIT ((int) x, (int) y));
  gtk_snapshot_append_layout (self->snapshot, text, color);
  gtk_snapshot_restore (self->snapshot);
}

/* Names of single bits that fit in a narrow cell; NULL = nothing shorter is understood. */
static const char *
shorten_name (WsiFrameField field)
{
  switch (field)
    {
    case WSI_FRAME_FIELD_FIN:
      return "F";
    case WSI_FRAME_FIELD_RSV1:
    case WSI_FRAME_FIELD_RSV2:
    case WSI_FRAME_FIELD_RSV3:
      return "R";
    case WSI_FRAME_FIELD_MASK:
      return "M";
    case WSI_FRAME_FIELD_OPCODE:
      return "op";
    case WSI_FRAME_FIELD_LENGTH:
      return _("length");
    case WSI_FRAME_FIELD_LENGTH_16:
    case WSI_FRAME_FIELD_LENGTH_64:
      return _("extended length");
    case WSI_FRAME_FIELD_MASKING_KEY:
    case WSI_FRAME_FIELD_PAYLOAD:
    case WSI_FRAME_FIELD_REST:
      return NULL;
    }

  g_assert_not_reached ();
}

static PangoLayout *
bit_drawing_make_name (Drawing      *self,
                       WsiFrameField field,
                       double        width)
{
  const char *name = _(wsi_frame_field_get_name (field));
  PangoLayout *layout = bit_drawing_make_text (self->widget, name, PANGO_SCALE_SMALL);
  const char *shorter = shorten_name (field);
  int needed;

  pango_layout_get_pixel_size (layout, &needed, NULL);
  if (shorter != NULL && needed > width)
    pango_layout_set_text (layout, shorter, -1);
  return layout;
}

static void
draw_label (Drawing             *self,
            const WsiBitSegment *segment,
            graphene_rect_t     *cell,
            const GdkRGBA       *color,
            gboolean             is_marked)
{
  WsiFrameField field = self->layout->parts[segment->part].field;
  g_autofree char *value = wsi_frame_layout_format (self->layout, segment->part);
  g_autofree char *shown = is_marked ? g_strdup_printf ("⚠ %s", value) : g_strdup (value);
  g_autoptr (PangoLayout) number = bit_drawing_make_text (self->widget, shown, 1);
  g_autoptr (PangoLayout) name = bit_drawing_make_name (self, field, cell->size.width);
  int needed;

  pango_layout_get_pixel_size (number, &needed, NULL);
  if (needed > cell->size.width && is_marked)
    pango_layout_set_text (number, "⚠", -1);
  bit_drawing_draw_text (self, number, cell->origin.x, cell->origin.y + PADDING, cell->size.width,
                         color);
  bit_drawing_draw_text (self, name, cell->origin.x, cell->origin.y + PADDING + self->line_height,
                         cell->size.width, color);
}

/* Draws the rest of a field in several rows, which has its label in one of them: its name again
 * where there is room. */
static void
draw_rest (Drawing             *self,
           const WsiBitSegment *segment,
           graphene_rect_t     *cell,
           const GdkRGBA       *color)
{
  WsiFrameField field = self->layout->parts[segment->part].field;
  g_autofree char *name = g_strconcat ("… ", _(wsi_frame_field_get_name (field)), NULL);
  g_autoptr (PangoLayout) text = bit_drawing_make_text (self->widget, name, PANGO_SCALE_SMALL);
  int needed;

  pango_layout_get_pixel_size (text, &needed, NULL);
  if (needed > cell->size.width)
    pango_layout_set_text (text, "…", -1);
  bit_drawing_draw_text (self, text, cell->origin.x,
                         cell->origin.y + PADDING + self->line_height / 2,
                         cell->size.width, color);
}

/* Draws a segment; that of a selected field has a thick border, too: color alone may not be
 * seen. */
static void
draw_segment (Drawing             *self,
              const WsiBitSegment *segment,
              gboolean             is_selected,
              gboolean             is_marked)
{
  GdkRectangle place = get_cell (segment, self->cell_width, self->line_height);
  graphene_rect_t cell = GRAPHENE_RECT_INIT (place.x, place.y, place.width, place.height);
  GskRoundedRect outline;
  float width = is_selected || is_marked ? 2 : 1;
  const GdkRGBA *color = is_selected || is_marked ? &self->text : &self->border;

  gsk_rounded_rect_init_from_rect (&outline, &cell, RADIUS);
  gtk_snapshot_push_rounded_clip (self->snapshot, &outline);
  gtk_snapshot_append_color (self->snapshot, is_selected ? &self->accent : &self->faint, &cell);
  gtk_snapshot_pop (self->snapshot);
  gtk_snapshot_append_border (self->snapshot, &outline, (float[4]) { width, width, width, width },
                              (GdkRGBA[4]) { *color, *color, *color, *color });
  if (segment->has_label)
    draw_label (self, segment, &cell, is_selected ? &self->accent_text : &self->text, is_marked);
  else
    draw_rest (self, segment, &cell, is_selected ? &self->accent_text : &self->border);
}

/* Draws the numbers of bits: each one where there is room, otherwise the first and last of each
 * byte. */
static void
bit_drawing_draw_ruler (Drawing *self)
{
  g_autoptr (PangoLayout) widest = bit_drawing_make_text (self->widget, "30", PANGO_SCALE_SMALL);
  int needed;

  pango_layout_get_pixel_size (widest, &needed, NULL);
  for (guint i = 0; i < self->grid->n_columns; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autoptr (PangoLayout) text =
        bit_drawing_make_text (self->widget, number, PANGO_SCALE_SMALL);

      if (needed > self->cell_width && i % BITS_IN_BYTE != 0 && (i + 1) % BITS_IN_BYTE != 0)
        continue;

      bit_drawing_draw_text (self, text, i * self->cell_width, 0, self->cell_width, &self->text);
    }
}

void
wsi_bit_drawing_draw (GtkWidget            *widget,
                      GtkSnapshot          *snapshot,
                      const WsiFrameLayout *layout,
                      const WsiBitGrid     *grid,
                      int                   selected,
                      guint32               marks)
{
  Drawing self = { .widget = widget, .snapshot = snapshot, .layout = layout, .grid = grid };

  if (grid->n_segments == 0)
    return;

  bit_drawing_init_drawing (&self);
  bit_drawing_draw_ruler (&self);
  for (guint i = 0; i < grid->n_segments; i++)
    {
      const WsiBitSegment *segment = &grid->segments[i];

      draw_segment (&self, segment, (int) segment->part == selected,
                    (marks >> segment->part & 1) != 0);
    }
}

gboolean
wsi_bit_drawing_find_cell (GtkWidget        *widget,
                           const WsiBitGrid *grid,
                           double            x,
                           double            y,
                           int              *row,
                           int              *column)
{
  int line_height = bit_drawing_measure_line (widget);
  double top = y - line_height - GAP;

  if (x < 0 || top < 0 || grid->n_columns == 0 || gtk_widget_get_width (widget) == 0)
    return FALSE;

  *row = top / (bit_drawing_get_row_height (line_height) + GAP);
  *column = x * grid->n_columns / gtk_widget_get_width (widget);
  return TRUE;
}
