/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-sort [--quick]: sorts the rows of a list by each value, and the same numbers by qsort ().
 * Times are the processor's, the least of some; --quick asserts only that rows are in order. */
#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/columns/wsi-row-order.h"
#include "inspector/opened.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inspect/store/wsi-store.h"

#define N_ROUNDS 3
#define N_CONVERSATIONS 10
#define MAX_RATIO 4.0

typedef struct
{
  gint64  value;
  guint64 number;
} Pair;

static double
read_clock (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* Sizes, kinds and connections in no order. */
static WsiStore *
make_store (guint n_rows)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiStore *store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GPtrArray) conversations = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_CONVERSATIONS; i++)
    g_ptr_array_add (conversations, opened_conversation (store, &opening, 1));
  for (guint i = 0; i < n_rows; i++)
    {
      guint length = g_rand_int_range (random, 0, 100000);
      const WspFrameRecord frame = {
        .fin = 1, .opcode = g_rand_int_range (random, 1, 3), .message_opcode = 1,
        .header_length = 4, .payload_length = length, .inflated_length = length,
        .time_us = g_rand_int_range (random, 1, G_MAXINT32),
      };

      wsi_store_append (store, conversations->pdata[g_rand_int_range (random, 0, N_CONVERSATIONS)],
                        &(WsiFrame) { .frame = &frame });
    }
  return store;
}

static int
compare_pairs (const void *a,
               const void *b)
{
  const Pair *one = a, *other = b;

  if (one->value != other->value)
    return one->value < other->value ? -1 : 1;

  return one->number < other->number ? -1 : one->number > other->number;
}

static Pair *
read_pairs (WsiStore   *store,
            WsiRowValue value,
            guint       n_rows)
{
  Pair *pairs = g_new0 (Pair, n_rows);
  guint reading = wsi_store_begin_reading (store);

  for (guint i = 0; i < n_rows; i++)
    {
      pairs[i].number = i;
      wsi_row_value_get (value, store, WSI_UNIT_FRAMES, i, wsi_store_get_record (store, i),
                         &pairs[i].value);
    }
  wsi_store_end_reading (store, reading);
  return pairs;
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static WsiFrameModel *
sort (WsiFrameModel *model,
      WsiStore      *store,
      WsiRowValue    value)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = wsi_row_order_sort_async (&(WsiSortedRows) {
    .store = store, .model = model, .order = { value, FALSE },
  }, NULL, on_result, &result);

  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wsi_row_order_sort_finish (result, NULL);
}

static gboolean
are_equal (WsiFrameModel *sorted,
           const Pair    *pairs,
           guint          n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    if (wsi_frame_model_get_number (sorted, i) != pairs[i].number)
      return FALSE;
  return g_list_model_get_n_items (G_LIST_MODEL (sorted)) == n_rows;
}

static void
measure (WsiStore   *store,
         WsiRowValue value,
         guint       n_rows,
         gboolean    is_quick)
{
  const char *name = wsi_column_kind_of_value (value)->name;
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (store);
  double ours_s = G_MAXDOUBLE, theirs_s = G_MAXDOUBLE;
  gboolean is_in_order = TRUE;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree Pair *pairs = read_pairs (store, value, n_rows);
      g_autoptr (WsiFrameModel) sorted = NULL;
      double begin_s = read_clock ();

      qsort (pairs, n_rows, sizeof *pairs, compare_pairs);
      theirs_s = MIN (theirs_s, read_clock () - begin_s);
      begin_s = read_clock ();
      sorted = sort (model, store, value);
      ours_s = MIN (ours_s, read_clock () - begin_s);
      is_in_order = is_in_order && are_equal (sorted, pairs, n_rows);
    }
  tap_point (is_in_order, "/bench/sort/%s/is-in-order", name);
  tap_diag ("%s: %.0f ms, qsort %.0f ms, ratio %.2f, at most %.2f", name, 1000 * ours_s,
            1000 * theirs_s, ours_s / theirs_s, MAX_RATIO);
  if (!is_quick)
    tap_point (ours_s <= MAX_RATIO * theirs_s, "/bench/sort/%s/ratio-to-qsort", name);
}

int
main (int    argc,
      char **argv)
{
  gboolean is_quick = argc > 1 && strcmp (argv[1], "--quick") == 0;
  guint n_rows = is_quick ? 20000 : 1400000;
  g_autoptr (WsiStore) store = make_store (n_rows);

  for (WsiRowValue value = WSI_ROW_NUMBER; value < WSI_ROW_REPLY; value++)
    measure (store, value, n_rows, is_quick);
  return tap_end ();
}
