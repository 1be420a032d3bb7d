/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-frame-model.h"

#include "inspect/capture/wsi-row.h"

struct _WsiFrameModel
{
  GObject     parent_instance;

  WsiStore   *store;
  guint64     first, end;       /* what is shown of the store */
  GHashTable *rows;             /* number to WsiRow, while it has a reference */
};

static GType
wsi_frame_model_get_item_type (GListModel *list)
{
  return WSI_TYPE_ROW;
}

static guint
wsi_frame_model_get_n_items (GListModel *list)
{
  WsiFrameModel *self = WSI_FRAME_MODEL (list);

  return self->end - self->first;
}

static void
forget_row (gpointer model,
            GObject *row)
{
  WsiFrameModel *self = model;
  guint64 number = wsi_row_get_number ((WsiRow *) row);

  g_hash_table_remove (self->rows, &number);
}

/* The same position gives the same object, as a view expects. */
static gpointer
wsi_frame_model_get_item (GListModel *list,
                          guint       position)
{
  WsiFrameModel *self = WSI_FRAME_MODEL (list);
  guint64 number = self->first + position;
  WsiRow *row;

  if (number >= self->end)
    return NULL;

  row = g_hash_table_lookup (self->rows, &number);
  if (row != NULL)
    return g_object_ref (row);

  row = wsi_row_new (self->store, number);
  g_object_weak_ref (G_OBJECT (row), forget_row, self);
  g_hash_table_insert (self->rows, g_memdup2 (&number, sizeof number), row);
  return row;
}

static void
wsi_frame_model_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = wsi_frame_model_get_item_type;
  iface->get_n_items = wsi_frame_model_get_n_items;
  iface->get_item = wsi_frame_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiFrameModel, wsi_frame_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wsi_frame_model_list_model_iface_init))

static void
wsi_frame_model_finalize (GObject *object)
{
  WsiFrameModel *self = WSI_FRAME_MODEL (object);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_object_weak_unref (row, forget_row, self);
  g_hash_table_unref (self->rows);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (wsi_frame_model_parent_class)->finalize (object);
}

static void
wsi_frame_model_class_init (WsiFrameModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_frame_model_finalize;
}

static void
wsi_frame_model_init (WsiFrameModel *self)
{
  self->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

WsiFrameModel *
wsi_frame_model_new (WsiStore *store)
{
  WsiFrameModel *self = g_object_new (WSI_TYPE_FRAME_MODEL, NULL);

  self->store = g_object_ref (store);
  self->first = wsi_store_get_first (store);
  self->end = wsi_store_get_end (store);
  return self;
}

/* Adds new records and removes those that the store dropped; returns how many rows are new.
 * Emits at most two signals, whatever the number of frames. */
guint
wsi_frame_model_flush (WsiFrameModel *self)
{
  guint64 first = wsi_store_get_first (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint n_gone = MIN (first, self->end) - self->first;
  guint n_left = self->end - self->first - n_gone;
  guint n_new = end - MAX (first, self->end);

  self->first = first;
  self->end = first + n_left;
  if (n_gone > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_gone, 0);

  self->end = end;
  if (n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_left, 0, n_new);

  return n_new;
}
