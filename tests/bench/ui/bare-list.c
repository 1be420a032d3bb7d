/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "bare-list.h"

#include "inspect/capture/wsi-row.h"

#define TICK_MS 100

static const int widths[] = { 72, 104, 56, 44, 118, 84, 0 };

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 3);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
  gtk_list_item_set_child (item, cell);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  WsiRow *row = gtk_list_item_get_item (item);
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, wsi_row_get_number (row) + 1);
  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
}

static gboolean
on_tick (gpointer data)
{
  BareList *self = data;
  guint n;

  self->tick = 0;
  wsi_frame_model_flush (self->model);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (n > 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                                "list.scroll-to-item", "u", n - 1);
  return G_SOURCE_REMOVE;
}

static void
on_appended (BareList *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add (TICK_MS, on_tick, self);
}

void
bare_list_init (BareList *self,
                WsiStore *store)
{
  GtkSingleSelection *selection;

  self->model = wsi_frame_model_new (store);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (selection)));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      column = gtk_column_view_column_new ("N", factory);
      if (widths[i] > 0)
        gtk_column_view_column_set_fixed_width (column, widths[i]);
      gtk_column_view_column_set_expand (column, widths[i] == 0);
      gtk_column_view_append_column (self->view, column);
    }
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);
}

/* After its window. */
void
bare_list_clear (BareList *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->model);
}
