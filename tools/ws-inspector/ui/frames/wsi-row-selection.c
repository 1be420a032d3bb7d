/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-row-selection.h"

#include "inspect/capture/wsi-row.h"
#include "inspect/show/models/wsi-frame-model.h"

struct _WsiRowSelection
{
  GObject          parent_instance;

  WsiFrameModel   *model;
  WsiSelectedRows *selected;    /* rows that are selected; NULL = detached */
};

static GType
get_item_type (GListModel *list)
{
  return WSI_TYPE_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (WSI_ROW_SELECTION (list)->model));
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (WSI_ROW_SELECTION (list)->model), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (model);

  return self->selected != NULL && position < get_n_items (G_LIST_MODEL (self)) &&
         wsi_selected_rows_has (self->selected,
                                wsi_frame_model_get_number (self->model, position));
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  GtkBitset *positions = gtk_bitset_new_empty ();
  guint n = get_n_items (G_LIST_MODEL (model));

  for (guint i = position; i < n && i - position < n_items; i++)
    if (is_selected (model, i))
      gtk_bitset_add (positions, i);
  return positions;
}

static void
notify_all (WsiRowSelection *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static gboolean
select_range (GtkSelectionModel *model,
              guint              position,
              guint              n_items,
              gboolean           unselect_rest)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (model);

  if (self->selected == NULL)
    return FALSE;

  wsi_selected_rows_select (self->selected, self->model, position, n_items,
                            unselect_rest ? WSI_SELECT_ONLY : WSI_SELECT_TOO);
  notify_all (self);
  return TRUE;
}

static gboolean
unselect_range (GtkSelectionModel *model,
                guint              position,
                guint              n_items)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (model);

  if (self->selected == NULL)
    return FALSE;

  wsi_selected_rows_unselect (self->selected, self->model, position, n_items);
  notify_all (self);
  return TRUE;
}

static gboolean
select_item (GtkSelectionModel *model,
             guint              position,
             gboolean           unselect_rest)
{
  return select_range (model, position, 1, unselect_rest);
}

static gboolean
unselect_item (GtkSelectionModel *model,
               guint              position)
{
  return unselect_range (model, position, 1);
}

static gboolean
select_all (GtkSelectionModel *model)
{
  return select_range (model, 0, get_n_items (G_LIST_MODEL (model)), FALSE);
}

/* Unselects all rows, also those that the list does not show. */
static gboolean
unselect_all (GtkSelectionModel *model)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (model);

  if (self->selected == NULL)
    return FALSE;

  wsi_selected_rows_clear (self->selected);
  notify_all (self);
  return TRUE;
}

/* Sets the selection for a rubberband, which the list does not have. */
static gboolean
row_selection_set_selection (GtkSelectionModel *model,
                             GtkBitset         *selected,
                             GtkBitset         *mask)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (model);
  GtkBitsetIter iter;
  guint position;

  if (self->selected == NULL)
    return FALSE;

  for (gboolean is_one = gtk_bitset_iter_init_first (&iter, mask, &position); is_one;
       is_one = gtk_bitset_iter_next (&iter, &position))
    if (gtk_bitset_contains (selected, position))
      wsi_selected_rows_select (self->selected, self->model, position, 1, WSI_SELECT_TOO);
    else
      wsi_selected_rows_unselect (self->selected, self->model, position, 1);
  notify_all (self);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = row_selection_set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiRowSelection, wsi_row_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                      selection_model_init))

static void
wsi_row_selection_finalize (GObject *object)
{
  WsiRowSelection *self = WSI_ROW_SELECTION (object);

  g_signal_handlers_disconnect_by_data (self->model, self);
  g_object_unref (self->model);

  G_OBJECT_CLASS (wsi_row_selection_parent_class)->finalize (object);
}

static void
wsi_row_selection_class_init (WsiRowSelectionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_row_selection_finalize;
}

static void
wsi_row_selection_init (WsiRowSelection *self)
{
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  gpointer    self)
{
  g_list_model_items_changed (self, position, n_removed, n_added);
}

WsiRowSelection *
wsi_row_selection_new (WsiFrameModel   *model,
                       WsiSelectedRows *selected)
{
  WsiRowSelection *self = g_object_new (WSI_TYPE_ROW_SELECTION, NULL);

  self->model = g_object_ref (model);
  self->selected = selected;
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  return self;
}

void
wsi_row_selection_detach (WsiRowSelection *self)
{
  self->selected = NULL;
}
