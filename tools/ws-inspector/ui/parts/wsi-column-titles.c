/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-column-titles.h"

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *label = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && label == NULL;
       child = gtk_widget_get_next_sibling (child))
    label = find_label (child);
  return label;
}

/* The list would scroll sideways for a long word, whatever else is there. */
static void
may_be_cut (GtkLabel            *label,
            GtkColumnViewColumn *column)
{
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), gtk_column_view_column_get_title (column));
}

GtkWidget *
wsi_column_titles_get (GtkColumnView *view)
{
  return gtk_widget_get_first_child (GTK_WIDGET (view));
}

GtkWidget *
wsi_column_titles_get_list (GtkColumnView *view)
{
  return gtk_widget_get_last_child (GTK_WIDGET (view));
}

/* Aligns titles, by the alignment of their labels. */
void
wsi_column_titles_align (GtkColumnView   *view,
                         WsiAlignmentFunc get_alignment)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkWidget *title = gtk_widget_get_first_child (wsi_column_titles_get (view));

  for (guint i = 0; i < g_list_model_get_n_items (columns) && title != NULL; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkWidget *label = find_label (title);

      if (label != NULL)
        {
          gtk_widget_set_hexpand (label, TRUE);
          gtk_label_set_xalign (GTK_LABEL (label), get_alignment (column));
          if (gtk_column_view_column_get_fixed_width (column) < 0)
            may_be_cut (GTK_LABEL (label), column);
        }
      title = gtk_widget_get_next_sibling (title);
    }
}
