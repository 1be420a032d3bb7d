/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-row.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "inspector/opened.h"
#include "lib/rows.h"

#define SEGMENT_LENGTH 16384

typedef struct
{
  guint n_signals, n_items;
} Watch;

static void
append (WsiStore *store,
        guint     n_records)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

  for (guint i = 0; i < n_records; i++)
    {
      const WspFrameRecord frame = { .offset = wsi_store_get_end (store), .header_length = 2 };
      const WsiFrame kept = { .frame = &frame };

      wsi_store_append (store, conversation, &kept);
    }
}

/* Follows the signals as a view does. */
static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Watch      *watch)
{
  g_assert_cmpuint (position + n_removed, <=, watch->n_items);
  watch->n_items += n_added - n_removed;
  watch->n_signals++;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, watch->n_items);
}

static void
assert_row (GListModel *model,
            guint       position,
            guint64     number)
{
  g_autoptr (WsiRow) row = g_list_model_get_item (model, position);

  g_assert_nonnull (row);
  g_assert_cmpuint (wsi_row_get_number (row), ==, number);
  g_assert_cmpuint (wsi_row_get_frame (row)->offset, ==, number);
}

static void
test_flush (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (store);
  Watch watch = { 0 };

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &watch);
  append (store, 10000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);

  g_assert_cmpuint (wsi_frame_model_flush (model), ==, 10000);
  g_assert_cmpuint (watch.n_items, ==, 10000);
  g_assert_cmpuint (watch.n_signals, ==, 1);
  g_assert_cmpuint (wsi_frame_model_flush (model), ==, 0);
  g_assert_cmpuint (watch.n_signals, ==, 1);

  assert_row (G_LIST_MODEL (model), 0, 0);
  assert_row (G_LIST_MODEL (model), 9999, 9999);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 10000));
}

static void
test_eviction (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (2 * SEGMENT_LENGTH, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (store);
  Watch watch = { 0 };

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &watch);
  append (store, 2 * SEGMENT_LENGTH);
  wsi_frame_model_flush (model);
  append (store, 1);

  /* The record is gone; the view that asks for its row has not been notified yet. */
  g_autoptr (WsiRow) gone = g_list_model_get_item (G_LIST_MODEL (model), 0);

  g_assert_nonnull (gone);
  wsi_frame_model_flush (model);
  g_assert_cmpuint (watch.n_items, ==, SEGMENT_LENGTH + 1);
  g_assert_cmpuint (watch.n_signals, ==, 3);
  assert_row (G_LIST_MODEL (model), 0, SEGMENT_LENGTH);
  assert_row (G_LIST_MODEL (model), SEGMENT_LENGTH, 2 * SEGMENT_LENGTH);
}

/* All that was shown is gone, and more than that. */
static void
test_overrun (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (SEGMENT_LENGTH, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (store);
  Watch watch = { 0 };

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &watch);
  append (store, 5);
  wsi_frame_model_flush (model);
  append (store, 4 * SEGMENT_LENGTH);
  wsi_frame_model_flush (model);

  guint64 first = wsi_store_get_first (store);

  g_assert_cmpuint (watch.n_items, ==, wsi_store_get_end (store) - first);
  assert_row (G_LIST_MODEL (model), 0, first);
}

/* Every third record is shown; the store drops its oldest ones meanwhile. */
static void
test_some (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (2 * SEGMENT_LENGTH, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new_for_some (store);
  Watch watch = { 0 };
  guint64 number = 0;

  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &watch);
  for (guint i = 0; i < 20; i++)
    {
      guint n_before = watch.n_signals;

      append (store, SEGMENT_LENGTH / 2);
      for (; number < wsi_store_get_end (store); number += 3)
        wsi_frame_model_add (model, &number, 1);
      wsi_frame_model_flush (model);

      guint64 first = (wsi_store_get_first (store) + 2) / 3 * 3;

      g_assert_cmpuint (watch.n_signals - n_before, <=, 2);
      g_assert_cmpuint (watch.n_items, ==, (number - first) / 3);
      assert_row (G_LIST_MODEL (model), 0, first);
      assert_row (G_LIST_MODEL (model), watch.n_items - 1, number - 3);
      g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), watch.n_items));
    }
  g_assert_cmpuint (wsi_store_get_first (store), >, 0);
}

/* Rows that are shown, late ones that come after those, and all of them in the end. */
static const struct
{
  const char *name;
  guint64     shown[3], late[3], all[4];        /* numbers of the rows; 0 = no more */
} lates[] = {
  { "before-none", { 0 }, { 1 }, { 1 } },
  { "before-all", { 2, 4 }, { 1 }, { 1, 2, 4 } },
  { "between", { 2, 4 }, { 3 }, { 2, 3, 4 } },
  { "after-all", { 2 }, { 9 }, { 2, 9 } },
  { "in-no-order-and-twice", { 2, 4 }, { 3, 1, 2 }, { 1, 2, 3, 4 } },
};

static void
add_until_0 (WsiFrameModel *model,
             const guint64 *numbers,
             void         (*add)(WsiFrameModel *, const guint64 *, guint))
{
  for (guint i = 0; numbers[i] != 0 && i < 3; i++)
    add (model, &numbers[i], 1);
  wsi_frame_model_flush (model);
}

static void
test_late (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), n = 0;
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new_for_some (store);
  Watch watch = { 0 };

  append (store, 10);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), &watch);
  add_until_0 (model, lates[i].shown, wsi_frame_model_add);
  add_until_0 (model, lates[i].late, wsi_frame_model_add_late);
  for (; n < 4 && lates[i].all[n] != 0; n++)
    assert_row (G_LIST_MODEL (model), n, lates[i].all[n]);
  g_assert_cmpuint (watch.n_items, ==, n);
}

static void
test_identity (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiFrameModel) model = NULL;
  g_autoptr (WsiRow) first = NULL;
  g_autoptr (WsiRow) again = NULL;

  append (store, 3);
  model = wsi_frame_model_new (store);
  first = g_list_model_get_item (G_LIST_MODEL (model), 1);
  again = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_true (first == again);
  g_assert_true (wsi_row_get_store (first) == store);

  g_clear_object (&model);
  g_assert_cmpuint (wsi_row_get_number (first), ==, 1);
}

static gpointer
drop_rows (gpointer queue)
{
  gpointer row;

  while ((row = g_async_queue_pop (queue)) != queue)
    g_object_unref (row);
  return NULL;
}

/* A task drops the last reference to a row in its thread, while the list asks for the row. */
static void
test_dropped_elsewhere (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, 0);
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (store);
  g_autoptr (GAsyncQueue) queue = g_async_queue_new ();
  GThread *thread = g_thread_new ("drop-rows", drop_rows, queue);

  append (store, 4);
  wsi_frame_model_flush (model);
  for (guint i = 0; i < 500000; i++)
    {
      gpointer row = g_list_model_get_item (G_LIST_MODEL (model), i / 8 % 4);

      g_assert_cmpuint (wsi_row_get_number (row), ==, i / 8 % 4);
      g_async_queue_push (queue, row);
    }
  g_async_queue_push (queue, queue);
  g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/frame-model/flush/one-signal-for-many-frames", test_flush);
  g_test_add_func ("/inspector/frame-model/flush/what-is-gone-leaves-at-the-head", test_eviction);
  g_test_add_func ("/inspector/frame-model/flush/everything-shown-may-be-gone", test_overrun);
  g_test_add_func ("/inspector/frame-model/some/are-those-that-were-added", test_some);
  ADD_ROWS ("/inspector/frame-model/late", lates, test_late);
  g_test_add_func ("/inspector/frame-model/rows/same-position-same-object", test_identity);
  g_test_add_func ("/inspector/frame-model/rows/dropped-in-another-thread", test_dropped_elsewhere);

  return g_test_run ();
}
