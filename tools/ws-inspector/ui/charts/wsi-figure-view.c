/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-figure-view.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-figures.h"
#include "ui/parts/wsi-column-cell.h"
#include "ui/parts/wsi-column-titles.h"

#define MAX_COPIED_ROWS 10000
#define NUMBER_CHARACTERS 9
#define TEXT_CHARACTERS 26
#define TITLE_CHARACTERS 2       /* characters of a title in addition to its own: it is bold, and
                                  * has a margin */
#define LEAST_WIDTH 80          /* least width of the first column in pixels */
#define MAX_WIDTH 2000
#define WIDTH_STEP 16           /* change of a width by one key */
#define CELL_PADDING 12
#define KEY_COLUMN "wsi-column"

enum
{
  FILTER_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiFigureView
{
  GtkWidget       parent_instance;

  GtkWidget      *scroller;
  GtkColumnView  *view;
  WsiFigureModel *model;        /* model of the figures; NULL = none */
  GHashTable     *items;        /* columns by the GtkListItems of their cells on the screen */
  guint           fitting;      /* id of the tick callback that fits columns; 0 = none */
  int             first_width;  /* width that the first column wants, in pixels */
};

G_DEFINE_FINAL_TYPE (WsiFigureView, wsi_figure_view, GTK_TYPE_WIDGET)

static const char *
figure_view_translate (const char *text)
{
  return _(text);
}

/* The number of a column, which columns and their factories know. */
static guint
figure_view_get_number (gpointer column)
{
  return GPOINTER_TO_UINT (g_object_get_data (column, KEY_COLUMN));
}

static char *
dup_cell (WsiFigureView *self,
          guint          row,
          guint          column)
{
  g_autofree char *text = wsi_figure_model_print (self->model, row, column);
  WsiTable table = wsi_figure_model_get_table (self->model);

  return g_strdup (wsi_figures_get_kind (table, column) == WSI_FIGURE_WORDS
                   ? figure_view_translate (text)
                                                                            : text);
}

/* A row in a sentence: its first text, then each number with its title. */
static char *
figure_view_describe_row (WsiFigureView *self,
                          guint          row)
{
  WsiTable table = wsi_figure_model_get_table (self->model);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < wsi_figures_get_n_columns (table); i++)
    {
      g_autofree char *cell = dup_cell (self, row, i);

      if (cell[0] != '\0')
        g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "",
                                figure_view_translate (wsi_figures_get_title (table, i)), cell);
    }
  return g_string_free (text, FALSE);
}

/* The row, which is GTK's, is the parent of the parent of a cell. */
static void
show_cell (WsiFigureView *self,
           GtkListItem   *item,
           guint          column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkWidget *parent = gtk_widget_get_parent (cell);
  GtkWidget *row = parent != NULL ? gtk_widget_get_parent (parent) : NULL;
  guint number = wsi_figure_row_get_number (gtk_list_item_get_item (item));
  g_autofree char *text = dup_cell (self, number, column);

  if (g_strcmp0 (gtk_inscription_get_text (wsi_column_cell_get_text (cell)), text) != 0)
    gtk_inscription_set_text (wsi_column_cell_get_text (cell), text);
  if (column == 0 && row != NULL)
    {
      g_autofree char *sentence = figure_view_describe_row (self, number);

      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      sentence, -1);
    }
}

static void
figure_view_on_setup (GtkListItemFactory *factory,
                      GtkListItem        *item,
                      WsiFigureView      *self)
{
  WsiFigureKind kind = wsi_figures_get_kind (wsi_figure_model_get_table (self->model),
                                             figure_view_get_number (factory));

  gtk_list_item_set_child (item, wsi_column_cell_new (kind == WSI_FIGURE_NUMBER ? 1 : 0));
}

static void
figure_view_on_bind (GtkListItemFactory *factory,
                     GtkListItem        *item,
                     WsiFigureView      *self)
{
  guint column = figure_view_get_number (factory);

  g_hash_table_insert (self->items, item, GUINT_TO_POINTER (column));
  show_cell (self, item, column);
}

static void
figure_view_on_unbind (GtkListItemFactory *factory,
                       GtkListItem        *item,
                       WsiFigureView      *self)
{
  g_hash_table_remove (self->items, item);
}

static void
figure_view_on_activated (WsiFigureView *self,
                          guint          position)
{
  g_autofree char *filter = wsi_figure_model_print_filter (self->model, position);

  if (filter != NULL)
    g_signal_emit (self, signals[FILTER_ON], 0, filter);
}

static void
figure_view_activate_copy (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  WsiFigureView *self = WSI_FIGURE_VIEW (widget);
  g_autofree char *text = self->model != NULL
                          ? wsi_figure_model_print_all (self->model, figure_view_translate,
                                                        MAX_COPIED_ROWS)
                          : g_strdup ("");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* The width that a column needs in pixels, with the font of the moment. */
static int
figure_view_measure_column (WsiFigureView *self,
                            WsiTable       table,
                            guint          i)
{
  const char *title = figure_view_translate (wsi_figures_get_title (table, i));
  guint n = wsi_figures_get_kind (table, i) == WSI_FIGURE_NUMBER ? NUMBER_CHARACTERS
                                                                 : TEXT_CHARACTERS;
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autofree char *digits = g_strnfill (n, '0');
  g_autofree char *text = g_strdup_printf ("%s%*s", title, TITLE_CHARACTERS, "");
  int width, title_width;

  pango_layout_set_text (layout, digits, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &title_width, NULL);
  return MAX (width, title_width * 11 / 10) + CELL_PADDING;
}

/* Fits the first column: it has the width that it wants, or what the others leave. */
static void
fit_first_column (WsiFigureView *self,
                  int            rest)
{
  g_autoptr (GtkColumnViewColumn) column =
    g_list_model_get_item (gtk_column_view_get_columns (self->view), 0);

  if (column != NULL)
    gtk_column_view_column_set_fixed_width (column, CLAMP (rest, LEAST_WIDTH, self->first_width));
}

/* Shows as many columns as have room, from the first one on; two at least. */
static void
fit_columns (WsiFigureView *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);
  int width = gtk_widget_get_width (GTK_WIDGET (self)), needed = self->first_width, rest = width;

  for (guint i = 1; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      int wanted = gtk_column_view_column_get_fixed_width (column);
      gboolean has_room = needed + wanted <= width || i == 1;

      needed += wanted;
      rest -= has_room ? wanted : 0;
      gtk_column_view_column_set_visible (column, has_room);
    }
  fit_first_column (self, rest);
}

static gboolean
figure_view_on_fit (GtkWidget     *widget,
                    GdkFrameClock *clock,
                    gpointer       data)
{
  WsiFigureView *self = WSI_FIGURE_VIEW (widget);

  self->fitting = 0;
  fit_columns (self);
  return G_SOURCE_REMOVE;
}

/* Fits columns after a resize, as they cannot be hidden while the table is laid out. */
static void
figure_view_on_resized (WsiFigureView *self)
{
  if (self->fitting == 0)
    self->fitting =
      gtk_widget_add_tick_callback (GTK_WIDGET (self), figure_view_on_fit, NULL, NULL);
}

static float
figure_view_get_alignment (GtkColumnViewColumn *column)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), "wsi-is-number")) ? 1 : 0;
}

static void
drop_model (WsiFigureView *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  gtk_column_view_set_model (self->view, NULL);
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->view, column);
    }
  g_clear_object (&self->model);
}

/* Widens the first column, whose names may be long. */
static void
figure_view_activate_widen (GtkWidget  *widget,
                            const char *name,
                            GVariant   *parameter)
{
  WsiFigureView *self = WSI_FIGURE_VIEW (widget);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int step = g_variant_get_int32 (parameter) * (is_mirrored ? -WIDTH_STEP : WIDTH_STEP);

  self->first_width = CLAMP (self->first_width + step, LEAST_WIDTH, MAX_WIDTH);
  figure_view_on_resized (self);
}

static void
wsi_figure_view_dispose (GObject *object)
{
  WsiFigureView *self = WSI_FIGURE_VIEW (object);

  if (self->fitting != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->fitting);
  self->fitting = 0;
  if (self->scroller != NULL)
    drop_model (self);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->items, g_hash_table_unref);
  G_OBJECT_CLASS (wsi_figure_view_parent_class)->dispose (object);
}

static void
wsi_figure_view_class_init (WsiFigureViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_figure_view_dispose;
  signals[FILTER_ON] = g_signal_new ("filter-on", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "figures.copy", NULL, figure_view_activate_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "figures.copy",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "figures.widen", "i", figure_view_activate_widen);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "figures.widen",
                                       "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, GDK_ALT_MASK, "figures.widen",
                                       "i", 1);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_figure_view_init (WsiFigureView *self)
{
  self->items = g_hash_table_new (NULL, NULL);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_show_column_separators (self->view, TRUE);
  gtk_column_view_set_reorderable (self->view, FALSE);
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (figure_view_on_activated), self);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (
                             GTK_SCROLLED_WINDOW (self->scroller)), "notify::page-size",
                           G_CALLBACK (figure_view_on_resized), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

static void
add_column (WsiFigureView *self,
            WsiTable       table,
            guint          i)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), KEY_COLUMN, GUINT_TO_POINTER (i));
  g_signal_connect (factory, "setup", G_CALLBACK (figure_view_on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (figure_view_on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (figure_view_on_unbind), self);
  column =
    gtk_column_view_column_new (figure_view_translate (wsi_figures_get_title (table, i)), factory);
  g_object_set_data (G_OBJECT (column), "wsi-is-number",
                     GINT_TO_POINTER (wsi_figures_get_kind (table, i) == WSI_FIGURE_NUMBER));
  gtk_column_view_column_set_resizable (column, i == 0);
  gtk_column_view_column_set_fixed_width (column, figure_view_measure_column (self, table, i));
  if (i == 0)
    self->first_width = gtk_column_view_column_get_fixed_width (column);
  gtk_column_view_append_column (self->view, column);
}

void
wsi_figure_view_set_model (WsiFigureView  *self,
                           WsiFigureModel *model)
{
  g_autoptr (GtkSingleSelection) selection = NULL;
  WsiTable table;

  drop_model (self);
  if (model == NULL)
    return;

  self->model = g_object_ref (model);
  table = wsi_figure_model_get_table (model);
  for (guint i = 0; i < wsi_figures_get_n_columns (table); i++)
    add_column (self, table, i);
  wsi_column_titles_align (self->view, figure_view_get_alignment);
  figure_view_on_resized (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  figure_view_translate (wsi_figures_get_name (table)), -1);
  selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (model));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

void
wsi_figure_view_update (WsiFigureView *self)
{
  GHashTableIter iter;
  gpointer item, column;

  if (self->model == NULL)
    return;

  wsi_figure_model_update (self->model);
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &item, &column))
    show_cell (self, item, GPOINTER_TO_UINT (column));
}
