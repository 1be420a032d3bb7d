/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-line-model.h"

struct _WsiLineItem
{
  GObject parent_instance;

  guint   number;
  WsiLine line;
};

G_DEFINE_FINAL_TYPE (WsiLineItem, wsi_line_item, G_TYPE_OBJECT)

static void
wsi_line_item_class_init (WsiLineItemClass *class)
{
}

static void
wsi_line_item_init (WsiLineItem *self)
{
}

const WsiLine *
wsi_line_item_get_line (WsiLineItem *self)
{
  return &self->line;
}

struct _WsiLineModel
{
  GObject       parent_instance;

  WsiLineIndex *index;
  WsiByteRange  selection;
};

static void wsi_line_model_init_list (GListModelInterface *interface);
static void wsi_line_model_init_selection (GtkSelectionModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiLineModel, wsi_line_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, wsi_line_model_init_list)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                      wsi_line_model_init_selection))

static GType
wsi_line_model_get_item_type (GListModel *model)
{
  return WSI_TYPE_LINE_ITEM;
}

static guint
wsi_line_model_get_n_items (GListModel *model)
{
  return wsi_line_index_get_n_lines (WSI_LINE_MODEL (model)->index);
}

static gpointer
wsi_line_model_get_item (GListModel *model,
                         guint       position)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);
  WsiLineItem *item;

  if (position >= wsi_line_index_get_n_lines (self->index))
    return NULL;

  item = g_object_new (WSI_TYPE_LINE_ITEM, NULL);
  item->number = position;
  wsi_line_index_get_line (self->index, position, &item->line);
  return item;
}

static void
wsi_line_model_init_list (GListModelInterface *interface)
{
  interface->get_item_type = wsi_line_model_get_item_type;
  interface->get_n_items = wsi_line_model_get_n_items;
  interface->get_item = wsi_line_model_get_item;
}

static WsiByteRange
get_range (WsiLineModel *self,
           guint         position,
           guint         n)
{
  WsiByteRange range = { 0, wsi_line_index_get_end (self->index) };
  guint n_lines = wsi_line_index_get_n_lines (self->index);
  WsiLine line;

  if (n == 0 || position >= n_lines)
    return (WsiByteRange) { 0, 0 };

  wsi_line_index_get_line (self->index, position, &line);
  range.begin = line.offset;
  if (n < n_lines - position)
    {
      wsi_line_index_get_line (self->index, position + n, &line);
      range.end = line.offset;
    }
  return range;
}

/* Whether a line is selected; one of which a part is selected is not: its bytes are shown as
 * selected instead. */
static gboolean
wsi_line_model_is_selected (GtkSelectionModel *model,
                            guint              position)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);
  WsiByteRange line;

  if (self->selection.begin == self->selection.end)
    return FALSE;

  line = get_range (self, position, 1);
  return line.begin >= self->selection.begin && line.end <= self->selection.end;
}

static GtkBitset *
wsi_line_model_get_selection_in_range (GtkSelectionModel *model,
                                       guint              position,
                                       guint              n_items)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);
  guint first, end;

  if (self->selection.begin == self->selection.end)
    return gtk_bitset_new_empty ();

  first = wsi_line_index_find (self->index, self->selection.begin);
  end = wsi_line_index_find (self->index, self->selection.end - 1) + 1;
  if (!wsi_line_model_is_selected (model, first))
    first++;
  if (end > 0 && !wsi_line_model_is_selected (model, end - 1))
    end--;
  return first < end ? gtk_bitset_new_range (first, end - first) : gtk_bitset_new_empty ();
}

static void
line_model_set_selection (WsiLineModel *self,
                          WsiByteRange  selection)
{
  guint n_lines = wsi_line_index_get_n_lines (self->index);

  self->selection = selection;
  if (n_lines > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n_lines);
}

/* Selects a line; the selection is one piece: another line replaces it. */
static gboolean
wsi_line_model_select_item (GtkSelectionModel *model,
                            guint              position,
                            gboolean           unselect_rest)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);

  line_model_set_selection (self, get_range (self, position, 1));
  return TRUE;
}

static gboolean
wsi_line_model_select_range (GtkSelectionModel *model,
                             guint              position,
                             guint              n_items,
                             gboolean           unselect_rest)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);

  line_model_set_selection (self, get_range (self, position, n_items));
  return TRUE;
}

static gboolean
wsi_line_model_unselect_all (GtkSelectionModel *model)
{
  line_model_set_selection (WSI_LINE_MODEL (model), (WsiByteRange) { 0, 0 });
  return TRUE;
}

static gboolean
wsi_line_model_unselect_item (GtkSelectionModel *model,
                              guint              position)
{
  return wsi_line_model_unselect_all (model);
}

static gboolean
wsi_line_model_select_all (GtkSelectionModel *model)
{
  WsiLineModel *self = WSI_LINE_MODEL (model);

  line_model_set_selection (self, (WsiByteRange) { 0, wsi_line_index_get_end (self->index) });
  return TRUE;
}

static void
wsi_line_model_init_selection (GtkSelectionModelInterface *interface)
{
  interface->is_selected = wsi_line_model_is_selected;
  interface->get_selection_in_range = wsi_line_model_get_selection_in_range;
  interface->select_item = wsi_line_model_select_item;
  interface->unselect_item = wsi_line_model_unselect_item;
  interface->select_range = wsi_line_model_select_range;
  interface->select_all = wsi_line_model_select_all;
  interface->unselect_all = wsi_line_model_unselect_all;
}

static void
wsi_line_model_finalize (GObject *object)
{
  wsi_line_index_unref (WSI_LINE_MODEL (object)->index);
  G_OBJECT_CLASS (wsi_line_model_parent_class)->finalize (object);
}

static void
wsi_line_model_class_init (WsiLineModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_line_model_finalize;
}

static void
wsi_line_model_init (WsiLineModel *self)
{
}

WsiLineModel *
wsi_line_model_new (WsiLineIndex *index)
{
  WsiLineModel *self = g_object_new (WSI_TYPE_LINE_MODEL, NULL);

  self->index = wsi_line_index_ref (index);
  return self;
}

WsiLineIndex *
wsi_line_model_get_index (WsiLineModel *self)
{
  return self->index;
}

WsiByteRange
wsi_line_model_get_selection (WsiLineModel *self)
{
  return self->selection;
}

void
wsi_line_model_select_bytes (WsiLineModel *self,
                             gsize         begin,
                             gsize         end)
{
  gsize length = wsi_line_index_get_end (self->index);
  gsize first = MIN (MIN (begin, end), length);
  gsize last = MIN (MAX (begin, end), length);

  line_model_set_selection (self, (WsiByteRange) { first, last });
}
