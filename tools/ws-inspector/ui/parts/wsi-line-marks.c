/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-line-marks.h"

#include "inspect/show/lines/wsi-syntax.h"
#include "inspect/show/lines/wsi-text-matches.h"

/* The part of a range that is in the line, from the line's begin on; FALSE: there is none. */
static gboolean
line_marks_intersect (const WsiLine      *line,
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

/* Changes the foreground of a range, and replaces the earlier one. */
static void
change_foreground (PangoAttrList *attributes,
                   const GdkRGBA *colour,
                   WsiSpan        span)
{
  PangoAttribute *attribute = pango_attr_foreground_new (colour->red * G_MAXUINT16,
                                                         colour->green * G_MAXUINT16,
                                                         colour->blue * G_MAXUINT16);

  attribute->start_index = span.begin;
  attribute->end_index = span.end;
  pango_attr_list_change (attributes, attribute);
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
  change_foreground (attributes, &front, span);
}

/* Adds a highlight, which a line below shows as well as the colour. */
void
wsi_line_marks_add_highlight (GtkWidget     *widget,
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

/* The colours are those of style.css.  Quotes and brackets say without them what a part is. */
static void
add_syntax (GtkWidget          *widget,
            PangoAttrList      *attributes,
            const WsiSyntax    *syntax,
            const WsiLine      *line,
            const WsiShownLine *shown)
{
  static const char *const names[] = {
    [WSI_SYNTAX_NAME] = "syntax_name",
    [WSI_SYNTAX_STRING] = "syntax_string",
    [WSI_SYNTAX_NUMBER] = "syntax_number",
    [WSI_SYNTAX_WORD] = "syntax_word",
    [WSI_SYNTAX_TAG] = "syntax_name",
    [WSI_SYNTAX_ATTRIBUTE] = "syntax_attribute",
    [WSI_SYNTAX_COMMENT] = "syntax_comment",
  };
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  guint n_parts;
  const WsiSyntaxPart *parts = wsi_syntax_get_parts (syntax, line->offset,
                                                     line->offset + line->length, &n_parts);

  for (guint i = 0; i < n_parts; i++)
    {
      const WsiByteRange range = { parts[i].begin, parts[i].end };
      WsiByteRange part;
      GdkRGBA colour;

      if (line_marks_intersect (line, &range, &part) &&
          gtk_style_context_lookup_color (context, names[parts[i].kind], &colour))
        change_foreground (attributes, &colour, (WsiSpan) { shown->spans[part.begin].begin,
                                                            shown->spans[part.end - 1].end });
    }
}

static void
add_matches (GtkWidget          *widget,
             PangoAttrList      *attributes,
             const WsiShownLine *shown,
             const char         *search)
{
  g_autoptr (GArray) spans = wsi_text_matches_find (shown->text, search);

  for (guint i = 0; i < spans->len; i++)
    wsi_line_marks_add_highlight (widget, attributes, g_array_index (spans, WsiSpan, i));
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
  if (self->syntax != NULL)
    add_syntax (widget, attributes, self->syntax, line, shown);
  if (self->search != NULL)
    add_matches (widget, attributes, shown, self->search);
  if (line_marks_intersect (line, &self->highlight, &part))
    add_marks (widget, attributes, shown, part, wsi_line_marks_add_highlight);
  if (line_marks_intersect (line, &self->selection, &part))
    add_marks (widget, attributes, shown, part, add_selection);
  return attributes;
}
