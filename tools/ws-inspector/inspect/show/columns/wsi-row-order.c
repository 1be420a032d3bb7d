/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-order.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-task.h"

#define ROWS_AT_ONCE 4096       /* rows in one reading, which keeps the store from freeing memory */

/* A row as it is sorted: first by the key, then by the index. */
typedef struct
{
  guint64 key;
  guint32 index;                /* index of the row in the numbers */
} Pair;

typedef struct
{
  WsiStore       *store;
  WsiUnit         unit;
  WsiRowOrder     order;
  WsiInterpreter *interpreter;  /* interpreter that has yet to decode messages; NULL = none */
  GArray         *numbers;      /* numbers of the rows, which rise */
  _Atomic guint   n_done;       /* steps of n_steps that are done */
  guint           n_steps;
} Job;

static const gboolean begins_descending[WSI_N_ROW_VALUES] = {
  [WSI_ROW_TIME] = TRUE,
  [WSI_ROW_SIZE] = TRUE,
  [WSI_ROW_WIRE] = TRUE,
  [WSI_ROW_REPLY] = TRUE,
};

WsiRowOrder
wsi_row_order_step (WsiRowOrder now,
                    WsiRowValue value)
{
  if (now.value != value)
    return (WsiRowOrder) { value, begins_descending[value] };
  if (now.is_descending == begins_descending[value])
    return (WsiRowOrder) { value, !now.is_descending };

  return (WsiRowOrder) { WSI_ROW_NONE, FALSE };
}

static void
row_order_job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->interpreter, wsi_interpreter_free);
  g_array_unref (job->numbers);
  g_object_unref (job->store);
  g_free (job);
}

/* Learns messages in their order, which pairs requests with their replies in the store. */
static void
row_order_learn (Job          *job,
                 GCancellable *cancellable)
{
  guint64 end = wsi_store_get_end (job->store);

  for (guint64 at = wsi_store_get_first (job->store);
       at < end && !g_cancellable_is_cancelled (cancellable);)
    {
      guint64 last = MIN (at + ROWS_AT_ONCE, end);
      guint reading = wsi_store_begin_reading (job->store);

      for (; at < last; at++)
        {
          const WsiRecord *record = wsi_store_get_record (job->store, at);

          if (record != NULL)
            wsi_interpreter_learn (job->interpreter, at, record);
          atomic_fetch_add_explicit (&job->n_done, 1, memory_order_relaxed);
        }
      wsi_store_end_reading (job->store, reading);
    }
}

static gboolean
row_order_get_key (Job     *job,
                   guint64  number,
                   guint64 *key)
{
  const WsiRecord *record = wsi_store_get_record (job->store, number);
  gint64 value;

  if (record == NULL || !wsi_row_value_get (job->order.value, job->store, job->unit, number, record,
                                            &value))
    return FALSE;

  *key = (guint64) value ^ ((guint64) 1 << 63);         /* the key rises as the signed value does */
  if (job->order.is_descending)
    *key = ~*key;
  return TRUE;
}

/* Reads keys: pairs with a value come first; returns how many they are.  The indices of the others
 * are written to the end of the order. */
static guint
read_keys (Job          *job,
           Pair         *pairs,
           guint32      *order,
           GCancellable *cancellable)
{
  guint n = 0, n_without = 0, n_rows = job->numbers->len;

  for (guint i = 0; i < n_rows && !g_cancellable_is_cancelled (cancellable);)
    {
      guint last = MIN (i + ROWS_AT_ONCE, n_rows);
      guint reading = wsi_store_begin_reading (job->store);

      for (; i < last; i++)
        {
          pairs[n].index = i;
          if (row_order_get_key (job, g_array_index (job->numbers, guint64, i), &pairs[n].key))
            n++;
          else
            order[n_rows - ++n_without] = i;
          atomic_fetch_add_explicit (&job->n_done, 1, memory_order_relaxed);
        }
      wsi_store_end_reading (job->store, reading);
    }
  return n;
}

static int
compare_pairs (const void *a,
               const void *b)
{
  const Pair *one = a, *other = b;

  if (one->key != other->key)
    return one->key < other->key ? -1 : 1;

  return one->index < other->index ? -1 : one->index > other->index;
}

/* Turns the order around, except for rows without a value, which were written from the end on. */
static void
turn_around (guint32 *order,
             guint    begin,
             guint    end)
{
  for (; begin + 1 < end; begin++, end--)
    {
      guint32 index = order[begin];

      order[begin] = order[end - 1];
      order[end - 1] = index;
    }
}

static void
row_order_run (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Job *job = data;
  guint n_rows = job->numbers->len, n;
  g_autofree Pair *pairs = g_new (Pair, n_rows);
  g_autofree guint32 *order = g_new (guint32, n_rows);

  if (job->interpreter != NULL)
    row_order_learn (job, cancellable);
  n = read_keys (job, pairs, order, cancellable);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (n > 0)
    qsort (pairs, n, sizeof *pairs, compare_pairs);
  for (guint i = 0; i < n; i++)
    order[i] = pairs[i].index;
  turn_around (order, n, n_rows);
  g_task_return_pointer (task, wsi_frame_model_new_sorted (job->store, job->numbers, order),
                         g_object_unref);
}

static GArray *
dup_numbers (WsiFrameModel *model)
{
  GArray *numbers = wsi_frame_model_dup_numbers (model);
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (model));

  if (numbers != NULL)
    return numbers;

  numbers = g_array_sized_new (FALSE, FALSE, sizeof (guint64), n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      guint64 number = wsi_frame_model_get_number (model, i);

      g_array_append_val (numbers, number);
    }
  return numbers;
}

GTask *
wsi_row_order_sort_async (const WsiSortedRows *rows,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->store = g_object_ref (rows->store);
  job->unit = rows->unit;
  job->order = rows->order;
  job->numbers = dup_numbers (rows->model);
  job->n_steps = job->numbers->len;
  if (rows->order.value == WSI_ROW_REPLY && !rows->is_learned)
    {
      job->interpreter = wsi_interpreter_new (rows->store);
      if (rows->interpreter != NULL)
        wsi_interpreter_copy_choices (job->interpreter, rows->interpreter);
      job->n_steps += wsi_store_get_end (rows->store) - wsi_store_get_first (rows->store);
    }
  g_task_set_source_tag (task, wsi_row_order_sort_async);
  g_task_set_task_data (task, job, row_order_job_free);
  wsi_task_run_in_thread (task, row_order_run);
  return task;
}

WsiFrameModel *
wsi_row_order_sort_finish (GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

double
wsi_row_order_get_progress (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  return job->n_steps > 0 ? MIN ((double) atomic_load (&job->n_done) / job->n_steps, 1) : 1;
}
