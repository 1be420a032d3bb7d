/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-hex-sides.h"

#include <adwaita.h>

#define MARGIN 6                /* margin in pixels at both sides */
#define DIM 0.7

static int
hex_sides_measure_column (GtkTextView *view)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (view), "0000000000");
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return MAX ((width + 9) / 10, 1);
}

static guint
hex_sides_count_columns (const WsiHexSides *self,
                         GtkTextView       *view)
{
  return MAX (gtk_widget_get_width (GTK_WIDGET (view)) - 2 * MARGIN, 0) / self->column;
}

static int
get_left (const WsiHexSides *self)
{
  return MARGIN + (int) (self->shape.n_digits + WSI_HEX_GAP) * self->column;
}

void
wsi_hex_sides_fit (WsiHexSides *self,
                   GtkTextView *view)
{
  int left = MARGIN, right = MARGIN;

  if (self->rows != NULL)
    {
      guint n_columns;

      self->column = hex_sides_measure_column (view);
      n_columns = hex_sides_count_columns (self, view);
      self->shape = wsi_hex_rows_choose_shape (self->rows, n_columns);
      left = get_left (self);
      right = gtk_widget_get_width (GTK_WIDGET (view)) - left -
              (int) self->shape.n_text * self->column;
    }
  gtk_text_view_set_left_margin (view, left);
  gtk_text_view_set_right_margin (view, MAX (right, MARGIN));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
wsi_hex_sides_set_text (WsiHexSides *self,
                        GtkTextView *view,
                        const char  *text)
{
  g_clear_pointer (&self->rows, wsi_hex_rows_free);
  if (text != NULL)
    self->rows = wsi_hex_rows_new (text);
  wsi_hex_sides_fit (self, view);
}

guint
wsi_hex_sides_choose_bytes (const WsiHexSides *self,
                            GtkTextView       *view)
{
  return self->rows != NULL
         ? wsi_hex_rows_choose_bytes (self->rows, hex_sides_count_columns (self, view)) : 1;
}

static void
hex_sides_draw (GtkSnapshot   *snapshot,
                PangoLayout   *layout,
                const GdkRGBA *colour,
                const char    *text,
                int            x,
                int            y)
{
  pango_layout_set_text (layout, text, -1);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/* Draws the row of a visible line, which the view may have broken: from one place up to the
 * other. */
static void
draw_line (const WsiHexSides *self,
           GtkSnapshot       *snapshot,
           PangoLayout       *layout,
           const GdkRGBA     *colour,
           const GtkTextIter *begin,
           const GtkTextIter *end,
           int                y)
{
  g_autofree char *offset = NULL, *characters = NULL;

  if (!wsi_hex_rows_print (self->rows, &self->shape, gtk_text_iter_get_offset (begin),
                           gtk_text_iter_get_offset (end), &offset, &characters))
    return;

  hex_sides_draw (snapshot, layout, colour, offset, MARGIN, y);
  hex_sides_draw (snapshot, layout, colour, characters,
                  get_left (self) + (int) self->shape.place * self->column, y);
}

void
wsi_hex_sides_snapshot (const WsiHexSides *self,
                        GtkTextView       *view,
                        GtkSnapshot       *snapshot)
{
  g_autoptr (PangoLayout) layout = NULL;
  GtkTextIter begin, end;
  GdkRectangle seen, place;
  GdkRGBA colour;

  if (self->rows == NULL)
    return;

  layout = gtk_widget_create_pango_layout (GTK_WIDGET (view), NULL);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (view)), &colour);
  if (!adw_style_manager_get_high_contrast (adw_style_manager_get_default ()))
    colour.alpha *= DIM;
  gtk_text_view_get_visible_rect (view, &seen);
  gtk_text_view_get_iter_at_location (view, &begin, seen.x, seen.y);
  gtk_text_view_backward_display_line_start (view, &begin);
  do
    {
      gtk_text_view_get_iter_location (view, &begin, &place);
      end = begin;
      if (!gtk_text_view_forward_display_line (view, &end))
        gtk_text_iter_forward_to_end (&end);
      draw_line (self, snapshot, layout, &colour, &begin, &end, place.y);
      if (gtk_text_iter_equal (&begin, &end))
        return;
      begin = end;
    }
  while (place.y + place.height < seen.y + seen.height);
}

void
wsi_hex_sides_clear (WsiHexSides *self)
{
  g_clear_pointer (&self->rows, wsi_hex_rows_free);
}
