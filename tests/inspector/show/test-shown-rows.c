/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of a list without a display: what each choice of the user shows, and which signals
 * notify of it. */
#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-colour-rules.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <string.h>

#define TICK_MS 20
#define N_TICKS 5
#define N_MANY 300000

typedef struct
{
  StoreScene    store;
  WsiShownRows *rows;
  guint         n_swapped, n_changed, n_rewritten, n_advanced;
  guint         n_rows_at_swap;
} Scene;

static void
append_all (Scene *scene)
{
  store_scene_append (&scene->store, WSP_DIRECTION_SENT, TEXT, 1, "hello");
  store_scene_append (&scene->store, WSP_DIRECTION_RECEIVED, TEXT, 0, "a");
  store_scene_append (&scene->store, WSP_DIRECTION_RECEIVED, PING, 1, "k");
  store_scene_append (&scene->store, WSP_DIRECTION_RECEIVED, CONTINUATION, 1, "two");
}

static void
add (Scene *scene,
     guint  n)
{
  scene->n_advanced += n;
}

static void
scene_init (Scene *scene)
{
  store_scene_init (&scene->store, 1000);
  scene->rows = wsi_shown_rows_new ();
  g_object_set (scene->rows, "tick-ms", TICK_MS, NULL);
  g_signal_connect_swapped (scene->rows, "swapped", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_swapped);
  g_signal_connect_swapped (scene->rows, "changed", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_changed);
  g_signal_connect_swapped (scene->rows, "rewritten", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_rewritten);
  g_signal_connect_swapped (scene->rows, "advanced", G_CALLBACK (add), scene);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->rows);
  store_scene_clear (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* The numbers of the rows, from 1 on. */
static char *
describe (Scene * scene)
{
  GListModel *model = G_LIST_MODEL (wsi_shown_rows_get_model (scene->rows));
  GString *text = g_string_new (NULL);

  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                              wsi_row_get_number (row) + 1);
    }
  return g_string_free (text, FALSE);
}

static void
wait_for (Scene      *scene,
          const char *expected)
{
  for (g_autofree char *shown = describe (scene); strcmp (shown, expected) != 0;)
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (shown);
      shown = describe (scene);
    }
}

static const struct
{
  const char *property, *value; /* property and its value as text; NULL = a switch that is off */
  const char *shown;
} choices[] = {
  { "view", "messages", "1 3 4" },
  { "view", "frames", "1 2 3 4" },
  { "direction", "sent", "1" },
  { "direction", "received", "2 3 4" },
  { "direction", "both", "1 2 3 4" },
  { "show-text", NULL, "3 4" },
  { "show-control", NULL, "1 2 4" },
  { "show-binary", NULL, "1 2 3 4" },
  { "show-events", NULL, "1 2 3 4" },
};

static void
test_choice (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  wait_for (&scene, "1 2 3 4");
  if (choices[i].value != NULL)
    g_object_set (scene.rows, choices[i].property, choices[i].value, NULL);
  else
    g_object_set (scene.rows, choices[i].property, FALSE, NULL);
  wait_for (&scene, choices[i].shown);

  wsi_shown_rows_show_all (scene.rows);
  wait_for (&scene, strcmp (choices[i].property, "view") == 0 ? choices[i].shown : "1 2 3 4");
}

static void
test_filter (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  WsiShownCounts counts;
  guint position;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "ping", NULL));
  wait_for (&scene, "3");
  wsi_shown_rows_get_counts (scene.rows, &counts);
  g_assert_cmpuint (counts.n_shown, ==, 1);
  g_assert_cmpuint (counts.n_rows, ==, 4);
  g_assert_true (wsi_shown_rows_find (scene.rows, 0, &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_false (wsi_shown_rows_find (scene.rows, 3, &position));

  g_assert_false (wsi_shown_rows_set_filter (scene.rows, "ping and", &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (wsi_shown_rows_get_filter (scene.rows), ==, "ping");
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "len > 1000", NULL));
  wait_for (&scene, "");
  while (!wsi_shown_rows_are_all_hidden (scene.rows))
    g_main_context_iteration (NULL, TRUE);
  g_object_set (scene.rows, "paused", TRUE, NULL);
  g_assert_false (wsi_shown_rows_are_all_hidden (scene.rows));
  g_object_set (scene.rows, "paused", FALSE, NULL);
  g_assert_true (wsi_shown_rows_are_all_hidden (scene.rows));
  /* The thread of the filter has not answered yet. */
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "text", NULL));
  g_assert_false (wsi_shown_rows_are_all_hidden (scene.rows));
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, NULL, NULL));
  wait_for (&scene, "1 2 3 4");
  wsi_shown_rows_show_all (scene.rows);
  g_assert_null (wsi_shown_rows_get_filter (scene.rows));
  wait_for (&scene, "1 2 3 4");
  g_assert_false (wsi_shown_rows_are_all_hidden (scene.rows));
}

/* The connection and the first row that were chosen are of the store before. */
static void
test_another_store (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (StoreScene) other = { 0 };
  g_autofree char *filter = NULL;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  wsi_shown_rows_set_first (scene.rows, 2);
  wsi_shown_rows_set_conversation (scene.rows, 1);
  wait_for (&scene, "3 4");

  store_scene_init (&other, 1000);
  store_scene_append (&other, WSP_DIRECTION_SENT, TEXT, 1, "hello");
  wsi_shown_rows_set_store (scene.rows, other.store);
  wait_for (&scene, "1");
  filter = wsi_shown_rows_print_filter (scene.rows);
  g_assert_null (filter);

  wsi_shown_rows_set_store (scene.rows, NULL);
  g_assert_null (wsi_shown_rows_get_model (scene.rows));
  g_assert_null (wsi_shown_rows_get_format (scene.rows));
}

static gboolean
note_end (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_ticks (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (N_TICKS * TICK_MS, note_end, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Without a store, or with one that has no rows, there is nothing to hide. */
static void
test_nothing (void)
{
  g_auto (Scene) scene = { 0 };
  guint position;

  scene_init (&scene);
  g_object_set (scene.rows, "paused", FALSE, NULL);
  run_ticks ();
  g_assert_false (wsi_shown_rows_find (scene.rows, 0, &position));
  g_assert_false (wsi_shown_rows_are_all_hidden (scene.rows));
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_assert_nonnull (wsi_shown_rows_get_model (scene.rows));
  g_assert_false (wsi_shown_rows_are_all_hidden (scene.rows));
  g_assert_cmpuint (scene.n_advanced, ==, 0);
}

/* New rows come with a tick, a paused list has them afterwards. */
static void
test_ticks (void)
{
  g_auto (Scene) scene = { 0 };
  guint n_swapped;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  wait_for (&scene, "1 2 3 4");
  n_swapped = scene.n_swapped;

  g_object_set (scene.rows, "paused", TRUE, NULL);
  store_scene_append (&scene.store, WSP_DIRECTION_SENT, TEXT, 1, "new");
  run_ticks ();
  g_assert_cmpuint (scene.n_advanced, ==, 0);
  g_object_set (scene.rows, "paused", FALSE, NULL);
  wait_for (&scene, "1 2 3 4 5");
  g_assert_cmpuint (scene.n_advanced, ==, 1);
  g_assert_cmpuint (scene.n_swapped, ==, n_swapped);
  g_assert_cmpuint (scene.n_changed, >, 0);
}

/* Each of them makes the cells of rows be written anew, and only with a store. */
static void
test_rewritten (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  const char *name;

  scene_init (&scene);
  g_object_set (scene.rows, "time-format", "utc", "colour-rules", NULL, NULL);
  wsi_shown_rows_set_reference (scene.rows, NULL);
  wsi_shown_rows_refresh (scene.rows);
  g_assert_cmpuint (scene.n_rewritten, ==, 0);

  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_assert_cmpint (wsi_row_format_get_clock (wsi_shown_rows_get_format (scene.rows)), ==,
                   WSI_CLOCK_UTC);
  row = wsi_row_new (scene.store.store, 2);
  wsi_shown_rows_set_reference (scene.rows, row);
  g_assert_cmpuint (scene.n_rewritten, ==, 1);
  g_object_set (scene.rows, "time-format", "delta", NULL);
  g_assert_cmpuint (scene.n_rewritten, ==, 2);
  g_assert_cmpstr (wsi_shown_rows_choose_style (scene.rows, row, &name), ==, "dim");
  g_assert_cmpstr (name, ==, "Ping and pong");
  g_object_set (scene.rows, "colour-rules",
                g_variant_new_parsed ("[('Mine', 'ping', 'error')]"), NULL);
  g_assert_cmpuint (scene.n_rewritten, ==, 3);
  g_assert_cmpstr (wsi_shown_rows_choose_style (scene.rows, row, &name), ==, "error");
  g_assert_cmpstr (name, ==, "Mine");
}

/* The first rule counts that is valid, is on, and matches. */
static const struct
{
  const char *name, *rules, *style;
} rules[] = {
  { "none-are-the-usual-ones", "@a(sss) []", "dim" },
  { "wrong-filter-is-left-out", "[('Bad', 'ping and', 'error'), ('Mine', 'ping', 'accent')]", "accent" },
  { "that-is-off-is-left-out", "[('Off', 'ping', 'off:error'), ('Mine', 'ping', 'accent')]", "accent" },
};

static void
test_rules (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  const char *name;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_object_set (scene.rows, "colour-rules", g_variant_new_parsed (rules[i].rules), NULL);
  row = wsi_row_new (scene.store.store, 2);
  g_assert_cmpstr (wsi_shown_rows_choose_style (scene.rows, row, &name), ==, rules[i].style);
}

static void
test_many_rules (void)
{
  g_auto (Scene) scene = { 0 };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sss)"));
  g_autoptr (WsiRow) row = NULL;
  const char *name;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  for (guint i = 0; i < WSI_MAX_COLOUR_RULES; i++)
    g_variant_builder_add (&builder, "(sss)", "Others", "pong", "error");
  g_variant_builder_add (&builder, "(sss)", "Mine", "ping", "accent");
  g_object_set (scene.rows, "colour-rules", g_variant_builder_end (&builder), NULL);
  row = wsi_row_new (scene.store.store, 2);
  g_assert_null (wsi_shown_rows_choose_style (scene.rows, row, &name));
}

static void
set_order (Scene      *scene,
           WsiRowValue value,
           gboolean    is_descending)
{
  wsi_shown_rows_set_order (scene->rows, (WsiRowOrder) { value, is_descending });
}

/* Sizes 5, 1, 1, 3: the list is a snapshot, in each view and with each filter. */
static void
test_order (void)
{
  g_auto (Scene) scene = { 0 };
  double part;

  scene_init (&scene);
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_assert_cmpint (wsi_shown_rows_get_order (scene.rows).value, ==, WSI_ROW_NONE);
  wait_for (&scene, "1 2 3 4");
  g_assert_false (wsi_shown_rows_are_being_sorted (scene.rows, &part));
  scene.n_swapped = 0;
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  g_assert_true (wsi_shown_rows_are_being_sorted (scene.rows, &part));
  g_assert_false (wsi_shown_rows_are_sorted (scene.rows));
  wait_for (&scene, "1 4 2 3");
  g_assert_true (wsi_shown_rows_are_sorted (scene.rows));
  g_assert_cmpuint (scene.n_swapped, ==, 1);

  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "recv", NULL));
  wait_for (&scene, "4 2 3");
  g_object_set (scene.rows, "view", "messages", NULL);
  wait_for (&scene, "4 3");
  wsi_shown_rows_show_all (scene.rows);
  wait_for (&scene, "1 4 3");
  set_order (&scene, WSI_ROW_SIZE, FALSE);
  wait_for (&scene, "3 4 1");
  set_order (&scene, WSI_ROW_NONE, FALSE);
  wait_for (&scene, "1 3 4");
  g_assert_false (wsi_shown_rows_are_sorted (scene.rows));
}

/* Rows that come later are counted, and sorted if that is asked for. */
static void
test_since (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "recv", NULL));
  wait_for (&scene, "2 3 4");
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  wait_for (&scene, "4 2 3");
  append_all (&scene);
  wsi_store_announce (scene.store.store);
  while (wsi_shown_rows_get_n_since (scene.rows) != 3)
    g_main_context_iteration (NULL, TRUE);
  wait_for (&scene, "4 2 3");
  wsi_shown_rows_sort_anew (scene.rows);
  wait_for (&scene, "4 8 2 3 6 7");
  g_assert_cmpuint (wsi_shown_rows_get_n_since (scene.rows), ==, 0);
}

static void
note_n_rows (Scene *scene)
{
  scene->n_rows_at_swap = g_list_model_get_n_items (
    G_LIST_MODEL (wsi_shown_rows_get_model (scene->rows)));
}

/* A filter finds its first rows long before its last ones: all of them are sorted at once. */
static void
test_order_of_many (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  wsi_shown_rows_set_store (scene.rows, NULL);
  store_scene_clear (&scene.store);
  store_scene_init (&scene.store, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene.store, N_MANY);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  set_order (&scene, WSI_ROW_NUMBER, TRUE);
  while (!wsi_shown_rows_are_sorted (scene.rows))
    g_main_context_iteration (NULL, TRUE);
  scene.n_swapped = 0;
  g_signal_connect_swapped (scene.rows, "swapped", G_CALLBACK (note_n_rows), &scene);
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "text contains \"\"", NULL));
  while (scene.n_swapped == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (scene.n_rows_at_swap, ==, N_MANY);
}

/* Another filter, another order, the end of the order and another store come while rows are being
 * sorted. */
static void
test_order_meanwhile (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  wait_for (&scene, "1 2 3 4");
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  set_order (&scene, WSI_ROW_NUMBER, TRUE);
  wait_for (&scene, "4 3 2 1");
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "recv", NULL));
  wait_for (&scene, "4 2 3");
  g_assert_true (wsi_shown_rows_set_filter (scene.rows, "sent", NULL));
  set_order (&scene, WSI_ROW_NONE, FALSE);
  wait_for (&scene, "1");
  set_order (&scene, WSI_ROW_SIZE, TRUE);
  set_order (&scene, WSI_ROW_NONE, FALSE);
  wait_for (&scene, "1");
  set_order (&scene, WSI_ROW_REPLY, TRUE);
  wsi_shown_rows_set_store (scene.rows, NULL);
  wait_for (&scene, "");
}

/* All that is gone leaves the list at once. */
static void
test_order_eviction (void)
{
  g_auto (Scene) scene = { 0 };
  guint n_rows = 1;

  scene_init (&scene);
  append_all (&scene);
  wsi_shown_rows_set_store (scene.rows, scene.store.store);
  set_order (&scene, WSI_ROW_NUMBER, TRUE);
  wait_for (&scene, "4 3 2 1");
  scene.n_swapped = 0;
  store_scene_append_many (&scene.store, 40000);
  g_assert_cmpuint (wsi_store_get_first (scene.store.store), >, 4);
  wsi_store_announce (scene.store.store);
  while (n_rows > 0)
    {
      g_main_context_iteration (NULL, TRUE);
      n_rows = g_list_model_get_n_items (G_LIST_MODEL (wsi_shown_rows_get_model (scene.rows)));
    }
  g_assert_cmpuint (scene.n_swapped, ==, 1);
  g_assert_true (wsi_shown_rows_are_sorted (scene.rows));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autofree char *path =
        g_strconcat ("/inspector/shown-rows/choice/", choices[i].property, "-",
                     choices[i].value != NULL ? choices[i].value : "off", NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_choice);
    }
  g_test_add_func ("/inspector/shown-rows/filter/wrong-one-changes-nothing", test_filter);
  g_test_add_func ("/inspector/shown-rows/store/another-one-begins-anew", test_another_store);
  g_test_add_func ("/inspector/shown-rows/store/without-rows-none-is-hidden", test_nothing);
  g_test_add_func ("/inspector/shown-rows/ticks/paused-rows-come-later", test_ticks);
  g_test_add_func ("/inspector/shown-rows/rewritten/by-each-choice-of-looks", test_rewritten);
  ADD_ROWS ("/inspector/shown-rows/rules", rules, test_rules);
  g_test_add_func ("/inspector/shown-rows/rules/above-the-limit-are-left-out", test_many_rules);

  g_test_add_func ("/inspector/shown-rows/order/stays-with-filters-and-views", test_order);
  g_test_add_func ("/inspector/shown-rows/order/counts-what-came-since", test_since);
  g_test_add_func ("/inspector/shown-rows/order/waits-for-all-that-a-filter-finds",
                   test_order_of_many);
  g_test_add_func ("/inspector/shown-rows/order/something-else-comes-meanwhile",
                   test_order_meanwhile);
  g_test_add_func ("/inspector/shown-rows/order/eviction-is-one-swap", test_order_eviction);
  return g_test_run ();
}
