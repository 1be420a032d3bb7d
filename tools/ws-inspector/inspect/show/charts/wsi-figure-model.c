/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-figure-model.h"

#include "inspect/store/wsi-statistics.h"

struct _WsiFigureRow
{
  GObject parent_instance;
  guint   number;
};

G_DEFINE_FINAL_TYPE (WsiFigureRow, wsi_figure_row, G_TYPE_OBJECT)

static void
wsi_figure_row_class_init (WsiFigureRowClass *class)
{
}

static void
wsi_figure_row_init (WsiFigureRow *self)
{
}

guint
wsi_figure_row_get_number (WsiFigureRow *self)
{
  return self->number;
}

struct _WsiFigureModel
{
  GObject       parent_instance;

  WsiChartFeed *feed;           /* feed of the charts, which owns the timeline */
  WsiTable      table;
  WsiFigures    figures;
  guint         n_rows;
};

static GType
wsi_figure_model_get_item_type (GListModel *list)
{
  return WSI_TYPE_FIGURE_ROW;
}

static guint
wsi_figure_model_get_n_items (GListModel *list)
{
  return WSI_FIGURE_MODEL (list)->n_rows;
}

static gpointer
wsi_figure_model_get_item (GListModel *list,
                           guint       position)
{
  WsiFigureRow *row;

  if (position >= WSI_FIGURE_MODEL (list)->n_rows)
    return NULL;

  row = g_object_new (WSI_TYPE_FIGURE_ROW, NULL);
  row->number = position;
  return row;
}

static void
wsi_figure_model_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = wsi_figure_model_get_item_type;
  iface->get_n_items = wsi_figure_model_get_n_items;
  iface->get_item = wsi_figure_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiFigureModel, wsi_figure_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsi_figure_model_list_model_iface_init))

static void
wsi_figure_model_finalize (GObject *object)
{
  WsiFigureModel *self = WSI_FIGURE_MODEL (object);

  g_clear_object (&self->figures.connections);
  g_clear_object (&self->figures.store);
  g_clear_object (&self->feed);
  G_OBJECT_CLASS (wsi_figure_model_parent_class)->finalize (object);
}

static void
wsi_figure_model_class_init (WsiFigureModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_figure_model_finalize;
}

static void
wsi_figure_model_init (WsiFigureModel *self)
{
}

WsiFigureModel *
wsi_figure_model_new (WsiChartFeed *feed,
                      WsiTable      table)
{
  WsiFigureModel *self = g_object_new (WSI_TYPE_FIGURE_MODEL, NULL);

  self->feed = g_object_ref (feed);
  self->table = table;
  self->figures.store = g_object_ref (wsi_chart_feed_get_store (feed));
  self->figures.timeline = wsi_chart_feed_get_timeline (feed);
  if (table == WSI_TABLE_CONNECTIONS)
    self->figures.connections = wsi_conversation_model_new (self->figures.store);
  wsi_figure_model_update (self);
  return self;
}

WsiTable
wsi_figure_model_get_table (WsiFigureModel *self)
{
  return self->table;
}

void
wsi_figure_model_update (WsiFigureModel *self)
{
  guint n_before = self->n_rows;

  wsi_statistics_get_totals (wsi_store_get_statistics (self->figures.store),
                             &self->figures.totals);
  self->figures.origin_us = wsi_timeline_get_origin (self->figures.timeline);
  if (self->figures.connections != NULL)
    wsi_conversation_model_update (self->figures.connections);

  self->n_rows = wsi_figures_get_n_rows (&self->figures, self->table);
  if (self->n_rows > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->n_rows - n_before);
  else if (self->n_rows < n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), self->n_rows, n_before - self->n_rows, 0);
}

char *
wsi_figure_model_print (WsiFigureModel *self,
                        guint           row,
                        guint           column)
{
  return wsi_figures_print (&self->figures, self->table, row, column);
}

char *
wsi_figure_model_print_filter (WsiFigureModel *self,
                               guint           row)
{
  return wsi_figures_print_filter (&self->figures, self->table, row);
}

static void
figure_model_append_row (WsiFigureModel  *self,
                         guint            row,
                         WsiTranslateFunc translate,
                         GString         *text)
{
  for (guint i = 0; i < wsi_figures_get_n_columns (self->table); i++)
    {
      g_autofree char *cell = wsi_figure_model_print (self, row, i);
      gboolean is_ours = wsi_figures_get_kind (self->table, i) == WSI_FIGURE_WORDS;

      g_string_append_printf (text, "%s%s", i > 0 ? "\t" : "", is_ours ? translate (cell) : cell);
    }
  g_string_append_c (text, '\n');
}

char *
wsi_figure_model_print_all (WsiFigureModel  *self,
                            WsiTranslateFunc translate,
                            guint            max_rows)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < wsi_figures_get_n_columns (self->table); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\t" : "",
                            translate (wsi_figures_get_title (self->table, i)));
  g_string_append_c (text, '\n');
  for (guint row = 0; row < MIN (self->n_rows, max_rows); row++)
    figure_model_append_row (self, row, translate, text);
  return g_string_free (text, FALSE);
}
