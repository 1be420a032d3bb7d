/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-drop CAPTURE COPY: drops a file on the window as a file manager does, writes its rows to
 * another capture, and prints the number of frames.  tests/ui/test-captures runs it. */
#include "ui-test.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-window.h"

static void
drop (WsiWindow  *window,
      const char *path)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (window));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean was_taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &was_taken);
    }
  g_assert_true (was_taken);
}

static gboolean
has_ended (gpointer source)
{
  return wsi_source_get_state (source) >= WSI_SOURCE_ENDED;
}

static gboolean
is_all_shown (gpointer list)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (rows, &counts);
  return counts.n_shown > 0 &&
         counts.n_shown == wsi_store_get_end (wsi_shown_rows_get_store (rows));
}

static gboolean
is_written (gpointer dialog)
{
  return !g_str_equal (ui_test_get_page (dialog), "progress");
}

/* The format is that of the row, which is the window's own. */
static void
copy (WsiWindow  *window,
      const char *path)
{
  WsiExportWindow *dialog = wsi_export_window_new (GTK_WINDOW (window),
                                                   ui_test_get_list (window));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GObject *row = ui_test_get_child (dialog, "format_row");

  gtk_window_present (GTK_WINDOW (dialog));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), WSI_FORMAT_PCAPNG);
  wsi_export_window_write (dialog, file);
  ui_test_wait_until (is_written, dialog);
  g_assert_cmpstr (ui_test_get_page (dialog), ==, "report");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static gboolean
is_filtered (gpointer list)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_tested >= counts.n_rows && counts.n_shown < counts.n_rows;
}

/* Without events, which have no opcode. */
static guint
count_frames (WsiFrameList *list)
{
  g_autoptr (GError) error = NULL;
  WsiShownCounts counts;

  wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), "opcode <= 15", &error);
  g_assert_no_error (error);
  ui_test_wait_until (is_filtered, list);
  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (list), &counts);
  return counts.n_shown;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;
  WsiWindow *window;

  g_assert_cmpint (argc, ==, 3);
  gtk_init ();
  application = GTK_APPLICATION (wsi_application_new (APP_ID));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  window = wsi_window_new (application);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_draw (GTK_WIDGET (window), 2);
  drop (window, argv[1]);
  ui_test_wait_until (has_ended, ui_test_get_source (window));
  ui_test_wait_until (is_all_shown, ui_test_get_list (window));
  copy (window, argv[2]);
  g_print ("%u\n", count_frames (ui_test_get_list (window)));
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
