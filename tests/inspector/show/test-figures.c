/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tables of figures, and the filter of each row, which a filter bar can read. */

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/charts/wsi-figures.h"
#include "inspector/store-scene.h"

static void
test_filters (gconstpointer data)
{
  WsiTable table = GPOINTER_TO_UINT (data);
  WsiFigures figures = { .totals.n_by_size[0][WSI_N_SIZES - 1] = 1 };
  guint n = wsi_figures_get_n_rows (&figures, table);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = wsi_figures_print_filter (&figures, table, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (WsiFilter) filter = wsi_filter_new (text, &error);

      g_assert_no_error (error);
      g_assert_nonnull (filter);
    }
}

static const guint n_columns[WSI_N_TABLES] = {
  [WSI_TABLE_TOTALS] = 4, [WSI_TABLE_TYPES] = 4, [WSI_TABLE_LENGTHS] = 4,
  [WSI_TABLE_CONNECTIONS] = 9, [WSI_TABLE_TIMES] = 12,
};

static void
test_columns (void)
{
  for (guint i = 0; i < WSI_N_TABLES; i++)
    {
      g_assert_cmpuint (wsi_figures_get_n_columns (i), ==, n_columns[i]);
      g_assert_nonnull (wsi_figures_get_title (i, n_columns[i] - 1));
    }
}

/* Without frames no length has a row. */
static void
test_no_lengths (void)
{
  const WsiFigures figures = { 0 };

  g_assert_cmpuint (wsi_figures_get_n_rows (&figures, WSI_TABLE_LENGTHS), ==, 0);
}

static void
assert_cell (const WsiFigures *figures,
             guint             row,
             const char       *title,
             const char       *expected)
{
  g_autofree char *cell = NULL;
  guint column = 0;

  while (!g_str_equal (wsi_figures_get_title (WSI_TABLE_CONNECTIONS, column), title))
    column++;
  cell = wsi_figures_print (figures, WSI_TABLE_CONNECTIONS, row, column);
  g_assert_cmpstr (cell, ==, expected);
}

/* One that has ended, and one that goes on; after them there is none. */
static void
test_connections (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiConversationModel) connections = NULL;
  g_autofree char *filter = NULL;
  WsiFigures figures = { 0 };

  store_scene_init (&scene, 100);
  store_scene_append_many (&scene, 3);
  wsi_conversation_end (scene.conversation, WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, "end"), 2500001);
  store_scene_open (&scene);
  connections = wsi_conversation_model_new (scene.store);
  figures = (WsiFigures) { .store = scene.store, .connections = connections };
  assert_cell (&figures, 0, "No.", "1");
  assert_cell (&figures, 0, "Path", "/");
  assert_cell (&figures, 0, "Received", "3");
  assert_cell (&figures, 0, "Faults", "0");
  assert_cell (&figures, 0, "Seconds", "2.500000");
  assert_cell (&figures, 0, "Close Code", "");
  assert_cell (&figures, 1, "Seconds", "");
  assert_cell (&figures, 2, "No.", "");
  filter = wsi_figures_print_filter (&figures, WSI_TABLE_CONNECTIONS, 1);
  g_assert_cmpstr (filter, ==, "conn == 2");
  g_assert_null (wsi_figures_print_filter (&figures, WSI_TABLE_CONNECTIONS, 2));
}

static void
assert_total (const WsiFigures *figures,
              const char       *name,
              guint             column,
              const char       *expected)
{
  g_autofree char *cell = NULL;
  g_autofree char *found = NULL;
  guint row = 0;

  for (; g_strcmp0 (found, name) != 0; row++)
    {
      g_free (found);
      found = wsi_figures_print (figures, WSI_TABLE_TOTALS, row, 0);
    }
  cell = wsi_figures_print (figures, WSI_TABLE_TOTALS, row - 1, column);
  g_assert_cmpstr (cell, ==, expected);
}

/* A browser and a HAR tell no frames and bytes on the wire, inflating stops at a limit, and a class
 * of a histogram has a bound alone. */
static void
test_unknown (void)
{
  WsiFigures figures = { 0 };
  WsiFlow *flows = figures.totals.all.flows;

  assert_total (&figures, "Bytes on the wire", 1, "0");
  flows[0] = flows[1] = (WsiFlow) {
    .n_frames = 1, .n_messages = 1, .n_bytes = 5, .n_unframed = 1,
  };
  for (guint column = 1; column <= 3; column++)
    {
      assert_total (&figures, "Frames", column, "–");
      assert_total (&figures, "Bytes on the wire", column, "–");
    }
  assert_total (&figures, "Messages", 1, "2");
  flows[0] = (WsiFlow) { .n_frames = 2, .n_messages = 2, .n_bytes = 5, .n_wire_bytes = 11 };
  assert_total (&figures, "Frames", 2, "2");
  assert_total (&figures, "Frames", 1, "≥ 3");
  assert_total (&figures, "Bytes on the wire", 2, "11");
  assert_total (&figures, "Bytes on the wire", 1, "≥ 11");
  figures.totals.n_compressed_bytes[0] = 5;
  flows[0].n_stopped = 1;
  assert_total (&figures, "Bytes of payload", 1, "> 10");
  assert_total (&figures, "Bytes of payload", 2, "> 5");
  assert_total (&figures, "Bytes of payload", 3, "5");
  assert_total (&figures, "Their bytes, inflated", 1, "> 5");
  assert_total (&figures, "Saved by compression", 1, "–");
  figures.totals.n_by_round_trip[43] = 1;
  assert_total (&figures, "All of them within (ms)", 1, "≤ 4.1");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/inspector/figures/filter/of-each-length-is-valid",
                        GUINT_TO_POINTER (WSI_TABLE_LENGTHS), test_filters);
  g_test_add_data_func ("/inspector/figures/filter/of-each-type-is-valid",
                        GUINT_TO_POINTER (WSI_TABLE_TYPES), test_filters);
  g_test_add_func ("/inspector/figures/columns/each-has-a-title", test_columns);
  g_test_add_func ("/inspector/figures/lengths/none-without-frames", test_no_lengths);
  g_test_add_func ("/inspector/figures/totals/what-is-not-known-is-no-number", test_unknown);
  g_test_add_func ("/inspector/figures/connections/have-a-time-once-they-end", test_connections);

  return g_test_run ();
}
