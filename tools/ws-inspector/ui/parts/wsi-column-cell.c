/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-column-cell.h"

#define MIN_CHARACTERS 3
#define SIGN_CHARACTERS 2
#define TOOLTIP_CHARACTERS 70   /* in a line */
#define TOOLTIP_LINES 20

/* The text that has no place in its cell.  NULL: all of it is shown. */
static const char *
column_cell_get_cut (GtkInscription *text)
{
  const char *words = gtk_inscription_get_text (text);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (text), words);
  int width;

  pango_layout_set_attributes (layout, gtk_inscription_get_attributes (text));
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width > gtk_widget_get_width (GTK_WIDGET (text)) ? words : NULL;
}

GtkWidget *
wsi_column_cell_make_tooltip (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TOOLTIP_CHARACTERS);
  gtk_label_set_lines (GTK_LABEL (label), TOOLTIP_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

/* Asked for, and not set with the text: cells get another text with each row that scrolls by. */
static gboolean
on_query_tooltip (GtkInscription *text,
                  int             x,
                  int             y,
                  gboolean        is_by_keyboard,
                  GtkTooltip     *tooltip)
{
  const char *words = column_cell_get_cut (text);

  gtk_tooltip_set_custom (tooltip, words != NULL ? wsi_column_cell_make_tooltip (words) : NULL);
  return words != NULL;
}

/* Aligns a text with the title of its column.  GTK 4.8 puts a text to the left whose own direction
 * is another one than that of the widget. */
static void
set_alignment (GtkInscription *text,
               float           alignment)
{
  gboolean is_mirrored = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  if (is_mirrored)
    gtk_widget_set_direction (GTK_WIDGET (text), GTK_TEXT_DIR_LTR);
  gtk_inscription_set_xalign (text, is_mirrored ? 1 - alignment : alignment);
}

/* Makes a cell as a box that gives an inscription its baseline.  A column view gives its cells
 * none, and an inscription without one puts the middle of its text in the middle of its place: a
 * script of another font is higher or lower then.  The baseline of the box is that of its font
 * whatever its text is. */
GtkWidget *
wsi_column_cell_new (float alignment)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *text = gtk_inscription_new (NULL);

  set_alignment (GTK_INSCRIPTION (text), alignment);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), MIN_CHARACTERS);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_widget_set_valign (text, GTK_ALIGN_BASELINE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_hexpand (box, FALSE);
  gtk_widget_add_css_class (text, "numeric");
  gtk_widget_set_has_tooltip (text, TRUE);
  g_signal_connect (text, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  gtk_box_append (GTK_BOX (box), text);
  return box;
}

GtkInscription *
wsi_column_cell_get_text (GtkWidget *cell)
{
  return GTK_INSCRIPTION (gtk_widget_get_last_child (cell));
}

GtkInscription *
wsi_column_cell_add_sign (GtkWidget *cell)
{
  GtkWidget *sign = gtk_inscription_new (NULL);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (sign), SIGN_CHARACTERS);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (sign), 1);
  gtk_widget_set_valign (sign, GTK_ALIGN_BASELINE);
  gtk_box_prepend (GTK_BOX (cell), sign);
  return GTK_INSCRIPTION (sign);
}
