/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row of a table is a filter that can be read. */

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/charts/wsi-figures.h"

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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/inspector/figures/filter/of-each-length-is-valid",
                        GUINT_TO_POINTER (WSI_TABLE_LENGTHS), test_filters);
  g_test_add_data_func ("/inspector/figures/filter/of-each-type-is-valid",
                        GUINT_TO_POINTER (WSI_TABLE_TYPES), test_filters);

  return g_test_run ();
}
