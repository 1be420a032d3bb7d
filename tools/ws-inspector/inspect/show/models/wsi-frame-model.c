/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-frame-model.h"

#include "inspect/capture/wsi-row.h"

#define MIN_ROWS_SWEPT 512      /* rows at which gone ones are removed first: more than a view
                                 * shows */

struct _WsiFrameModel
{
  GObject     parent_instance;

  WsiStore   *store;
  guint64     first, end;       /* range of shown rows: in the store, or in numbers */
  GArray     *numbers;          /* numbers of the shown records, rising; NULL: all are shown */
  guint32    *order;            /* index in numbers of each position; NULL: not sorted */
  guint32    *places;           /* position of each index, the reverse of order */
  GArray     *late;             /* numbers of records to put between numbers; NULL = none */
  GHashTable *rows;             /* rows by number (GWeakRef of WsiRow), of which some may be gone */
  guint       n_rows_swept;     /* size of rows at which entries of gone rows are removed */
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

guint64
wsi_frame_model_get_number (WsiFrameModel *self,
                            guint          position)
{
  guint64 place = self->order != NULL ? self->order[position] : self->first + position;

  return self->numbers != NULL ? g_array_index (self->numbers, guint64, place) : place;
}

static void
weak_free (gpointer weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static gboolean
is_gone (gpointer number,
         gpointer weak,
         gpointer model)
{
  g_autoptr (WsiRow) row = g_weak_ref_get (weak);

  return row == NULL;
}

static void
remember_row (WsiFrameModel *self,
              guint64        number,
              WsiRow        *row)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  if (g_hash_table_size (self->rows) >= self->n_rows_swept)
    {
      g_hash_table_foreach_remove (self->rows, is_gone, NULL);
      self->n_rows_swept = MAX (MIN_ROWS_SWEPT, 2 * g_hash_table_size (self->rows));
    }
  g_weak_ref_init (weak, row);
  g_hash_table_replace (self->rows, g_memdup2 (&number, sizeof number), weak);
}

/* Returns the same object for the same position, as a view expects.  Any thread may drop the last
 * reference to a row, so a row is remembered by a GWeakRef only. */
static gpointer
wsi_frame_model_get_item (GListModel *list,
                          guint       position)
{
  WsiFrameModel *self = WSI_FRAME_MODEL (list);
  guint64 number;
  GWeakRef *weak;
  WsiRow *row;

  if (position >= self->end - self->first)
    return NULL;

  number = wsi_frame_model_get_number (self, position);
  weak = g_hash_table_lookup (self->rows, &number);
  row = weak != NULL ? g_weak_ref_get (weak) : NULL;
  if (row != NULL)
    return row;

  row = wsi_row_new (self->store, number);
  remember_row (self, number, row);
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

  g_hash_table_unref (self->rows);
  g_clear_pointer (&self->numbers, g_array_unref);
  g_clear_pointer (&self->late, g_array_unref);
  g_free (self->order);
  g_free (self->places);
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
  self->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, weak_free);
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

WsiFrameModel *
wsi_frame_model_new_for_some (WsiStore *store)
{
  WsiFrameModel *self = g_object_new (WSI_TYPE_FRAME_MODEL, NULL);

  self->store = g_object_ref (store);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

WsiFrameModel *
wsi_frame_model_new_sorted (WsiStore      *store,
                            GArray        *numbers,
                            const guint32 *order)
{
  WsiFrameModel *self = g_object_new (WSI_TYPE_FRAME_MODEL, NULL);

  self->store = g_object_ref (store);
  self->numbers = g_array_ref (numbers);
  self->end = numbers->len;
  self->order = g_memdup2 (order, numbers->len * sizeof *order);
  self->places = g_new (guint32, numbers->len);
  for (guint32 i = 0; i < numbers->len; i++)
    self->places[order[i]] = i;
  return self;
}

void
wsi_frame_model_add (WsiFrameModel *self,
                     const guint64 *numbers,
                     guint          n_numbers)
{
  g_return_if_fail (self->numbers != NULL);

  g_array_append_vals (self->numbers, numbers, n_numbers);
}

void
wsi_frame_model_add_late (WsiFrameModel *self,
                          const guint64 *numbers,
                          guint          n_numbers)
{
  g_return_if_fail (self->numbers != NULL);

  if (self->late == NULL)
    self->late = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_vals (self->late, numbers, n_numbers);
}

/* The place of the first number that is not less than this one. */
static guint64
frame_model_find_place (GArray *numbers,
                        guint64 number)
{
  guint64 low = 0, high = numbers->len;

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (g_array_index (numbers, guint64, middle) < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

WsiFrameModel *
wsi_frame_model_dup_rest (WsiFrameModel *self)
{
  guint n_gone = frame_model_find_place (self->numbers, wsi_store_get_first (self->store)), n = 0;
  g_autoptr (GArray) numbers = NULL;
  g_autofree guint32 *order = NULL;

  if (n_gone == 0)
    return NULL;

  numbers = g_array_sized_new (FALSE, FALSE, sizeof (guint64), self->numbers->len - n_gone);
  order = g_new (guint32, self->numbers->len - n_gone);
  if (n_gone < self->numbers->len)
    g_array_append_vals (numbers, &g_array_index (self->numbers, guint64, n_gone),
                         self->numbers->len - n_gone);
  for (guint i = 0; i < self->numbers->len; i++)
    if (self->order[i] >= n_gone)
      order[n++] = self->order[i] - n_gone;
  return wsi_frame_model_new_sorted (self->store, numbers, order);
}

/* Frees the places of numbers that are gone, when they are as many as the others. */
static void
forget_places (WsiFrameModel *self)
{
  if (self->numbers == NULL || self->first < self->numbers->len / 2)
    return;

  g_array_remove_range (self->numbers, 0, self->first);
  self->end -= self->first;
  self->first = 0;
}

/* Removes the rows that the store dropped. */
static void
remove_gone (WsiFrameModel *self)
{
  guint64 oldest = wsi_store_get_first (self->store);
  guint64 first = self->numbers != NULL ? frame_model_find_place (self->numbers, oldest) : oldest;
  guint n_gone = MIN (first, self->end) - self->first;
  guint n_left = self->end - self->first - n_gone;

  self->first = first;
  self->end = first + n_left;
  forget_places (self);
  if (n_gone > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_gone, 0);
}

static int
frame_model_compare_numbers (gconstpointer a,
                             gconstpointer b)
{
  const guint64 *one = a, *other = b;

  return *one < *other ? -1 : *one > *other;
}

void
wsi_frame_model_sort_numbers (GArray *numbers)
{
  g_array_sort (numbers, frame_model_compare_numbers);
}

/* Adds a number after the others, unless it is the last of them. */
static void
append_new (GArray *numbers,
            guint64 number)
{
  if (numbers->len == 0 || g_array_index (numbers, guint64, numbers->len - 1) < number)
    g_array_append_val (numbers, number);
}

/* Merges two that rise, from a place of each on, into the first one. */
static void
frame_model_merge (GArray *numbers,
                   guint64 place,
                   GArray *late,
                   guint64 from)
{
  guint n_moved = numbers->len - place, at = 0;
  g_autofree guint64 *moved = g_memdup2 (&g_array_index (numbers, guint64, place),
                                         n_moved * sizeof (guint64));

  g_array_set_size (numbers, place);
  for (; from < late->len; from++)
    {
      guint64 number = g_array_index (late, guint64, from);

      for (; at < n_moved && moved[at] < number; at++)
        append_new (numbers, moved[at]);
      append_new (numbers, number);
    }
  for (; at < n_moved; at++)
    append_new (numbers, moved[at]);
}

/* Returns how many of the rows that are shown come after the first late one: they have moved. */
static guint
add_late (WsiFrameModel *self)
{
  g_autoptr (GArray) late = g_steal_pointer (&self->late);
  guint64 from, place;

  if (late == NULL)
    return 0;

  wsi_frame_model_sort_numbers (late);
  from = frame_model_find_place (late, wsi_store_get_first (self->store));
  if (from == late->len)
    return 0;

  place = frame_model_find_place (self->numbers, g_array_index (late, guint64, from));
  frame_model_merge (self->numbers, place, late, from);
  return self->end > place ? self->end - place : 0;
}

guint
wsi_frame_model_flush (WsiFrameModel *self)
{
  guint n_moved, n_left, n_added;

  g_return_val_if_fail (self->order == NULL, 0);

  remove_gone (self);
  n_moved = add_late (self);
  n_left = self->end - self->first - n_moved;
  self->end = MAX (self->first, self->numbers != NULL ? self->numbers->len
                                                      : wsi_store_get_end (self->store));
  n_added = self->end - self->first - n_left;
  if (n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_left, n_moved, n_added);

  return n_added - n_moved;
}

/* Finds a record, or the next one.  FALSE: there is none. */
gboolean
wsi_frame_model_find (WsiFrameModel *self,
                      guint64        number,
                      guint         *position)
{
  guint64 place = self->numbers != NULL ? frame_model_find_place (self->numbers, number) : number;

  if (place >= self->end)
    return FALSE;

  *position = self->places != NULL ? self->places[place] : MAX (place, self->first) - self->first;
  return TRUE;
}

GArray *
wsi_frame_model_dup_numbers (WsiFrameModel *self)
{
  GArray *numbers;

  if (self->numbers == NULL)
    return NULL;

  numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (self->end > self->first)
    g_array_append_vals (numbers, &g_array_index (self->numbers, guint64, self->first),
                         self->end - self->first);
  return numbers;
}
