/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-line-marks.h"

/* The part of a range that is in the line, from the line's begin on; FALSE: there is none. */
static gboolean
intersect (const WsiLine      *line,
           const WsiByteRange *range,
           WsiByteRange       *part)
{
  gsize end = line->offset + line->length;

  if (range->begin == range->end || range->begin >= end || range->end <= line->offset)
    return FALSE;

  part->begin = MAX (range->begin, line->offset) - line->offset;
  part->end = MIN (range->end, end) - line->offset;
  return TRUE;
}

static void
add_attribute (PangoAttrList  *attributes,
               PangoAttribute *attribute,
               WsiSpan         span)
{
  attribute->start_index = span.begin;
  attribute->end_index = span.end;
  pango_attr_list_insert (attributes, attribute);
}

static void
add_background (PangoAttrList *attributes,
                const GdkRGBA *colour,
                WsiSpan        span)
{
  add_attribute (attributes,
                 pango_attr_background_new (colour->red * G_MAXUINT16, colour->green * G_MAXUINT16,
                                            colour->blue * G_MAXUINT16), span);
  add_attribute (attributes, pango_attr_background_alpha_new (colour->alpha * G_MAXUINT16), span);
}

static void
add_selection (GtkWidget     *widget,
               PangoAttrList *attributes,
               WsiSpan        span)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA back = { 0, 0, 0, 1 }, front = { 1, 1, 1, 1 };

  gtk_style_context_lookup_color (context, "accent_bg_color", &back);
  gtk_style_context_lookup_color (context, "accent_fg_color", &front);
  add_background (attributes, &back, span);
  add_attribute (attributes,
                 pango_attr_foreground_new (front.red * G_MAXUINT16, front.green * G_MAXUINT16,
                                            front.blue * G_MAXUINT16), span);
}

/* The line below says the same as the colour. */
static void
add_highlight (GtkWidget     *widget,
               PangoAttrList *attributes,
               WsiSpan        span)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA back = { 0, 0, 0, 1 };

  gtk_style_context_lookup_color (context, "accent_bg_color", &back);
  back.alpha = 0.3;
  add_background (attributes, &back, span);
  add_attribute (attributes, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), span);
}

typedef void (*AddMark) (GtkWidget     *widget,
                         PangoAttrList *attributes,
                         WsiSpan        span);

static void
add_marks (GtkWidget          *widget,
           PangoAttrList      *attributes,
           const WsiShownLine *shown,
           WsiByteRange        part,
           AddMark             add)
{
  add (widget, attributes, (WsiSpan) { shown->spans[part.begin].begin,
                                       shown->spans[part.end - 1].end });
  if (shown->characters != NULL)
    add (widget, attributes, (WsiSpan) { shown->characters[part.begin].begin,
                                         shown->characters[part.end - 1].end });
}

static void
add_escapes (PangoAttrList      *attributes,
             const WsiShownLine *shown)
{
  for (guint i = 0; i < shown->escapes->len; i++)
    {
      WsiSpan span = g_array_index (shown->escapes, WsiSpan, i);

      add_attribute (attributes, pango_attr_style_new (PANGO_STYLE_ITALIC), span);
      add_attribute (attributes, pango_attr_foreground_alpha_new (G_MAXUINT16 * 2 / 3), span);
    }
}

PangoAttrList *
wsi_line_marks_make (const WsiLineMarks *self,
                     GtkWidget          *widget,
                     const WsiLine      *line,
                     const WsiShownLine *shown)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  WsiByteRange part;

  add_escapes (attributes, shown);
  if (intersect (line, &self->highlight, &part))
    add_marks (widget, attributes, shown, part, add_highlight);
  if (intersect (line, &self->selection, &part))
    add_marks (widget, attributes, shown, part, add_selection);
  return attributes;
}
