/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/columns/wsi-row-order.h"
#include "inspect/show/columns/wsi-seen-move.h"
#include "inspector/store-scene.h"

#include <string.h>

#include "inspect/filter/wsi-filter.h"
#include "lib/rows.h"

#define N_MANY 100000
#define SEGMENT 16384

/* Steps of a user, and what is sorted then. */
static const struct
{
  const char *name;
  WsiRowValue steps[4];         /* columns that the user clicks on; WSI_ROW_NONE = no more */
  WsiRowOrder order;
} steps[] = {
  { "numbers-begin-ascending", { WSI_ROW_NUMBER }, { WSI_ROW_NUMBER, FALSE } },
  { "types-begin-ascending", { WSI_ROW_TYPE }, { WSI_ROW_TYPE, FALSE } },
  { "connections-begin-ascending", { WSI_ROW_CONNECTION }, { WSI_ROW_CONNECTION, FALSE } },
  { "times-begin-descending", { WSI_ROW_TIME }, { WSI_ROW_TIME, TRUE } },
  { "sizes-begin-descending", { WSI_ROW_SIZE }, { WSI_ROW_SIZE, TRUE } },
  { "sizes-on-the-wire-begin-descending", { WSI_ROW_WIRE }, { WSI_ROW_WIRE, TRUE } },
  { "reply-times-begin-descending", { WSI_ROW_REPLY }, { WSI_ROW_REPLY, TRUE } },
  { "the-second-time-is-the-reverse", { WSI_ROW_SIZE, WSI_ROW_SIZE }, { WSI_ROW_SIZE, FALSE } },
  { "the-second-time-of-a-number-is-the-reverse", { WSI_ROW_NUMBER, WSI_ROW_NUMBER },
    { WSI_ROW_NUMBER, TRUE } },
  { "the-third-time-is-none", { WSI_ROW_SIZE, WSI_ROW_SIZE, WSI_ROW_SIZE }, { WSI_ROW_NONE, FALSE } },
  { "another-one-begins-anew", { WSI_ROW_SIZE, WSI_ROW_TYPE }, { WSI_ROW_TYPE, FALSE } },
  { "the-fourth-time-begins-anew", { WSI_ROW_SIZE, WSI_ROW_SIZE, WSI_ROW_SIZE, WSI_ROW_SIZE },
    { WSI_ROW_SIZE, TRUE } },
};

static void
test_steps (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  WsiRowOrder order = { WSI_ROW_NONE, FALSE };

  for (guint j = 0; j < 4 && steps[i].steps[j] != WSI_ROW_NONE; j++)
    order = wsi_row_order_step (order, steps[i].steps[j]);
  g_assert_cmpint (order.value, ==, steps[i].order.value);
  g_assert_cmpint (order.is_descending, ==, steps[i].order.is_descending);
}

/* Rows, by their digits: 0 and 1 a request and its reply, 2 and 4 fragments, 3 a ping, 5 its pong,
 * 6 an event of no connection, 7 a text of another connection, which is as long as 0. */
static void
scene_init (StoreScene *scene)
{
  const WsiRecord event = {
    .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION,
    .time_us = 100,
  };

  store_scene_init (scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a long one\"}");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, TEXT, 0, "12345678");
  store_scene_append (scene, WSP_DIRECTION_SENT, PING, 1, "12");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, CONTINUATION, 1, "123");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, PONG, 1, "12");
  wsi_store_append_event (scene->store, NULL, &event, WSI_SENTENCE (TEXT, "note"));
  store_scene_open (scene);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"b\"}");
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static WsiFrameModel *
sort (StoreScene   *scene,
      WsiUnit       unit,
      WsiRowOrder   order,
      GCancellable *cancellable)
{
  g_autoptr (WsiFrameModel) model = wsi_frame_model_new (scene->store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = NULL;
  WsiFrameModel *sorted;

  task = wsi_row_order_sort_async (&(WsiSortedRows) {
    .store = scene->store, .unit = unit, .order = order, .model = model,
  }, cancellable, on_result, &result);
  g_assert_cmpfloat (wsi_row_order_get_progress (task), >=, 0);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  sorted = wsi_row_order_sort_finish (result, NULL);
  g_assert_true (sorted == NULL || wsi_row_order_get_progress (task) == 1);
  return sorted;
}

static const struct
{
  const char *name;
  WsiUnit     unit;
  WsiRowOrder order;
  const char *rows;
} orders[] = {
  { "number-up", WSI_UNIT_FRAMES, { WSI_ROW_NUMBER, FALSE }, "01234567" },
  { "number-down", WSI_UNIT_FRAMES, { WSI_ROW_NUMBER, TRUE }, "76543210" },
  { "time-up", WSI_UNIT_FRAMES, { WSI_ROW_TIME, FALSE }, "60123457" },
  { "size-down-ties-by-number-events-last", WSI_UNIT_FRAMES, { WSI_ROW_SIZE, TRUE }, "10724356" },
  { "size-up-ties-by-number-events-last", WSI_UNIT_FRAMES, { WSI_ROW_SIZE, FALSE }, "35420716" },
  { "size-of-messages", WSI_UNIT_MESSAGES, { WSI_ROW_SIZE, FALSE }, "35240716" },
  { "wire-up", WSI_UNIT_FRAMES, { WSI_ROW_WIRE, FALSE }, "35420716" },
  { "type-by-name", WSI_UNIT_FRAMES, { WSI_ROW_TYPE, FALSE }, "46350127" },
  { "type-of-messages", WSI_UNIT_MESSAGES, { WSI_ROW_TYPE, FALSE }, "63501247" },
  { "connection-down-none-last", WSI_UNIT_FRAMES, { WSI_ROW_CONNECTION, TRUE }, "70123456" },
  { "reply-time-down-none-last", WSI_UNIT_FRAMES, { WSI_ROW_REPLY, TRUE }, "50123467" },
  { "reply-time-up-none-last", WSI_UNIT_FRAMES, { WSI_ROW_REPLY, FALSE }, "01523467" },
};

static char *
print (WsiFrameModel *model)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, wsi_frame_model_get_number (model, i));
  return g_string_free (text, FALSE);
}

/* Each row is found again where it is. */
static void
test_order (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data), position;
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameModel) sorted = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  sorted = sort (&scene, orders[i].unit, orders[i].order, NULL);
  text = print (sorted);
  g_assert_cmpstr (text, ==, orders[i].rows);
  for (guint j = 0; orders[i].rows[j] != '\0'; j++)
    {
      g_assert_true (wsi_frame_model_find (sorted, orders[i].rows[j] - '0', &position));
      g_assert_cmpuint (position, ==, j);
    }
  g_assert_false (wsi_frame_model_find (sorted, 8, &position));
}

static void
test_column (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameModel) sorted = NULL;
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRowColumn) column = wsi_row_column_new ("reply");
  static const char *const texts[] = { "0.001000", "0.001000", "", "", "", "0.002000", "", "" };

  scene_init (&scene);
  sorted = sort (&scene, WSI_UNIT_FRAMES, (WsiRowOrder) { WSI_ROW_REPLY, TRUE }, NULL);
  format = wsi_row_format_new (scene.store);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (WsiRow) row = wsi_row_new (scene.store, i);
      g_autofree char *text = wsi_row_column_print (column, format, row);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

/* Each value has its column, by which the list shows what it is sorted by. */
static void
test_columns (void)
{
  for (WsiRowValue value = WSI_ROW_NUMBER; value < WSI_N_ROW_VALUES; value++)
    g_assert_cmpint (wsi_column_kind_of_value (value)->value, ==, value);
}

static void
test_empty (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameModel) sorted = NULL;
  guint position;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  sorted = sort (&scene, WSI_UNIT_FRAMES, (WsiRowOrder) { WSI_ROW_SIZE, TRUE }, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (sorted)), ==, 0);
  g_assert_false (wsi_frame_model_find (sorted, 0, &position));
  g_assert_null (wsi_frame_model_dup_rest (sorted));
}

static void
test_cancelled (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, N_MANY);
  g_assert_null (sort (&scene, WSI_UNIT_FRAMES, (WsiRowOrder) { WSI_ROW_REPLY, TRUE },
                       cancellable));
}

/* Rows that are gone leave the order of the rest. */
static void
test_rest (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameModel) sorted = NULL, rest = NULL;
  guint64 first;

  store_scene_init (&scene, 2 * SEGMENT);
  store_scene_append_many (&scene, 2 * SEGMENT);
  sorted = sort (&scene, WSI_UNIT_FRAMES, (WsiRowOrder) { WSI_ROW_NUMBER, TRUE }, NULL);
  g_assert_null (wsi_frame_model_dup_rest (sorted));
  store_scene_append_many (&scene, 1);
  first = wsi_store_get_first (scene.store);
  rest = wsi_frame_model_dup_rest (sorted);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rest)), ==, 2 * SEGMENT - first);
  g_assert_cmpuint (wsi_frame_model_get_number (rest, 0), ==, 2 * SEGMENT - 1);
  g_assert_cmpuint (wsi_frame_model_get_number (rest, 2 * SEGMENT - first - 1), ==, first);
}

/* Rows in the order "10724356" of their sizes, and where the next one is that is seen. */
static const struct
{
  const char      *name;
  WsiSeenKind      kind;
  WsiMoveDirection direction;
  int              from, found; /* row to begin at, and row that is found; -1 = none */
} moves[] = {
  { "the-next-of-the-connection", WSI_SEEN_CONVERSATION, WSI_MOVE_FORWARD, 1, 0 },
  { "it-may-have-a-higher-number", WSI_SEEN_CONVERSATION, WSI_MOVE_FORWARD, 0, 2 },
  { "there-is-none-behind-it", WSI_SEEN_CONVERSATION, WSI_MOVE_FORWARD, 5, -1 },
  { "the-one-before", WSI_SEEN_CONVERSATION, WSI_MOVE_BACKWARD, 2, 0 },
  { "the-first-one", WSI_SEEN_CONVERSATION, WSI_MOVE_FORWARD, -1, 1 },
  { "the-last-one", WSI_SEEN_CONVERSATION, WSI_MOVE_BACKWARD, -1, 5 },
  { "the-next-hit", WSI_SEEN_HIT, WSI_MOVE_FORWARD, 7, 4 },
  { "the-hit-before", WSI_SEEN_HIT, WSI_MOVE_BACKWARD, 5, 4 },
  { "there-is-no-fault", WSI_SEEN_FAULT, WSI_MOVE_FORWARD, 1, -1 },
};

static void
test_move (gconstpointer data)
{
  static const guint64 hits[] = { 1, 4, 6 };
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameModel) sorted = NULL, some = NULL;
  WsiSeenWanted wanted = { .kind = moves[i].kind, .conversation = 1 };
  guint64 number;

  scene_init (&scene);
  sorted = sort (&scene, WSI_UNIT_FRAMES, (WsiRowOrder) { WSI_ROW_SIZE, TRUE }, NULL);
  some = wsi_frame_model_new_for_some (scene.store);
  wsi_frame_model_add (some, hits, G_N_ELEMENTS (hits));
  wsi_frame_model_flush (some);
  wanted.hits = some;
  g_assert_cmpint (wsi_seen_move (sorted, scene.store, &wanted, moves[i].direction,
                                  moves[i].from >= 0 ? (guint64) moves[i].from : WSI_NO_RECORD,
                                  &number), ==, moves[i].found >= 0);
  if (moves[i].found >= 0)
    g_assert_cmpuint (number, ==, moves[i].found);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/row-order/step", steps, test_steps);
  ADD_ROWS ("/inspector/row-order/sort", orders, test_order);
  g_test_add_func ("/inspector/row-order/sort/no-rows", test_empty);
  g_test_add_func ("/inspector/row-order/sort/cancelled-gives-none", test_cancelled);
  g_test_add_func ("/inspector/row-order/sort/eviction-leaves-the-order-of-the-rest", test_rest);
  g_test_add_func ("/inspector/row-order/column/has-the-reply-times", test_column);
  g_test_add_func ("/inspector/row-order/column/each-value-has-one", test_columns);
  ADD_ROWS ("/inspector/row-order/move", moves, test_move);
  return g_test_run ();
}
