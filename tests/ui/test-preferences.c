/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The dialogs of preferences and export, and settings with values that make no sense. */
#include "ui/files/wsi-export-window.h"
#include "ui/preferences/wsi-preferences.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <glib/gstdio.h>
#include <string.h>

#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"

#define NARROW_WIDTH 360
#define N_ROWS 12

static GtkApplication *application;

static WsiWindow *
open_window (void)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

static GObject *
get_child (WsiPreferences *preferences,
           const char     *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (preferences), WSI_TYPE_PREFERENCES, name);
}

/* Each row shows its setting and changes it; all settings are as before at the end. */
static void
test_bound (void)
{
  WsiPreferences *preferences = wsi_preferences_new (NULL);
  g_autoptr (GSettings) settings = wsi_settings_new ();

  gtk_window_present (GTK_WINDOW (preferences));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (preferences));
  picture_save (GTK_WIDGET (preferences), "preferences");

  adw_combo_row_set_selected (ADW_COMBO_ROW (get_child (preferences, "style")), 2);
  g_assert_cmpint (g_settings_get_enum (settings, "style"), ==, WSI_STYLE_DARK);
  g_assert_true (adw_style_manager_get_dark (adw_style_manager_get_default ()));
  picture_save (GTK_WIDGET (preferences), "preferences-dark");
  g_settings_reset (settings, "style");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (get_child (preferences, "style"))),
                    ==, 0);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (get_child (preferences, "row_cap")), 1);
  g_assert_cmpuint (g_settings_get_uint (settings, "row-cap"), ==, 65536);
  g_settings_reset (settings, "row-cap");

  gtk_editable_set_text (GTK_EDITABLE (get_child (preferences, "default_listen")), "99999");
  g_assert_cmpstr (g_settings_get_string (settings, "default-listen"), ==, "");
  gtk_editable_set_text (GTK_EDITABLE (get_child (preferences, "default_listen")), "8080");
  g_assert_cmpstr (g_settings_get_string (settings, "default-listen"), ==, "8080");
  g_settings_reset (settings, "default-listen");

  gtk_editable_set_text (GTK_EDITABLE (get_child (preferences, "redact_names")), "x-one, two,,");
  g_signal_emit_by_name (get_child (preferences, "redact_names"), "apply");
  g_auto (GStrv) names = g_settings_get_strv (settings, "redact-names");
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "x-one");
  g_settings_reset (settings, "redact-names");
  gtk_window_destroy (GTK_WINDOW (preferences));
}

static void
test_narrow (void)
{
  const char *const pages[] = { "view", "capture", "privacy" };
  WsiPreferences *preferences = wsi_preferences_new (NULL);

  gtk_window_set_default_size (GTK_WINDOW (preferences), NARROW_WIDTH, 600);
  gtk_window_present (GTK_WINDOW (preferences));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strdup_printf ("preferences-narrow-%s", pages[i]);

      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (preferences),
                                                    pages[i]);
      ui_test_draw (GTK_WIDGET (preferences), 2);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (preferences)), <=, NARROW_WIDTH);
      picture_save (GTK_WIDGET (preferences), name);
    }
  gtk_window_destroy (GTK_WINDOW (preferences));
}

/* Lists that an editor of settings, or an older version, may have written. */
static void
test_junk (void)
{
  static const struct
  {
    const char *key, *value;
  } junk[] = {
    { "columns", "['', 'no such column', 'json.', 'summary', 'summary', '\\u202e']" },
    { "column-widths", "{'summary': 0, 'x': 4294967295, 'time': 4294967295}" },
    { "saved-filters", "[('', ''), ('broken', '(((')]" },
    { "colour-rules", "[('', '', ''), ('a', '((', 'no such style')]" },
    { "decoder-overrides", "[('', '')]" },
    { "recent-targets", "['', 'no such verb', 'connect \"', 'connect http://x/']" },
    { "last-sources", "['', 'connect', 'serve x', 'read']" },
    { "last-filter", "'((('" },
    { "default-listen", "'<b>99999'" },
    { "redact-names", "['', ' ', '(', ',,']" },
  };
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window;

  for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
    {
      g_autoptr (GVariant) usual = g_settings_get_default_value (settings, junk[i].key);
      g_autoptr (GVariant) value = g_variant_parse (g_variant_get_type (usual), junk[i].value, NULL,
                                                    NULL, NULL);

      g_test_message ("%s", junk[i].key);
      g_assert_nonnull (value);
      g_assert_true (g_settings_set_value (settings, junk[i].key, value));
    }
  window = open_window ();
  wsi_window_demonstrate (window, NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.preferences", NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
    g_settings_reset (settings, junk[i].key);
}

static gboolean
has_rows (gpointer window)
{
  WsiListCounts counts;

  wsi_frame_list_get_counts (wsi_window_get_frame_list (window), &counts);
  return counts.n_shown >= N_ROWS;
}

static gboolean
has_ended (gpointer dialog)
{
  return !g_str_equal (wsi_export_window_get_page (dialog), "progress");
}

static void
choose (WsiExportWindow *dialog,
        const char      *row,
        guint            i)
{
  GObject *combo = gtk_widget_get_template_child (GTK_WIDGET (dialog), WSI_TYPE_EXPORT_WINDOW,
                                                  row);

  adw_combo_row_set_selected (ADW_COMBO_ROW (combo), i);
}

/* Writes the rows of the example to a file; returns the page that the dialog ends with. */
static char *
export (GFile    *file,
        guint     rows,
        WsiFormat format,
        char    **text)
{
  WsiWindow *window = open_window ();
  WsiExportWindow *dialog;
  char *page;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  wsi_frame_list_select (wsi_window_get_frame_list (window), 1);
  dialog = wsi_export_window_new (GTK_WINDOW (window), wsi_window_get_frame_list (window));
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (dialog));
  if (format == WSI_FORMAT_SESSION)
    picture_save (GTK_WIDGET (dialog), "export-options");
  choose (dialog, "rows_row", rows);
  choose (dialog, "format_row", format);
  choose (dialog, "redaction_row", WSI_REDACTION_STRICT);
  wsi_export_window_write (dialog, file);
  ui_test_wait_until (has_ended, dialog);
  page = g_strdup (wsi_export_window_get_page (dialog));
  ui_test_draw (GTK_WIDGET (dialog), 2);
  if (format == WSI_FORMAT_SESSION)
    picture_save (GTK_WIDGET (dialog), page);
  g_file_get_contents (g_file_peek_path (file), text, NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
  gtk_window_destroy (GTK_WINDOW (window));
  return page;
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
    n++;
  return n;
}

static void
test_export (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.wsinspect", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *all = NULL, *one = NULL;
  g_autofree char *page = export (file, 0, WSI_FORMAT_SESSION, &all);
  g_autofree char *other_page = export (file, 2, WSI_FORMAT_SESSION, &one);

  g_assert_cmpstr (page, ==, "report");
  g_assert_cmpstr (other_page, ==, "report");
  g_assert_cmpuint (count_lines (all), >, N_ROWS);
  g_assert_cmpuint (count_lines (one), <, N_ROWS);
  g_file_delete (file, NULL, NULL);
  g_rmdir (folder);
}

/* Its sentence is shown, and the options come back. */
static void
test_no_folder (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/no/such/<b>folder/a.wsinspect");
  g_autofree char *text = NULL;
  g_autofree char *page = export (file, 0, WSI_FORMAT_SESSION, &text);

  g_assert_cmpstr (page, ==, "failed");
}

int
main (int    argc,
      char **argv)
{
  int status;

  gtk_test_init (&argc, &argv, NULL);
  application = GTK_APPLICATION (wsi_application_new (APP_ID));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  g_test_add_func ("/ui/preferences/rows-show-and-change-settings", test_bound);
  g_test_add_func ("/ui/preferences/fit-360-pixels", test_narrow);
  g_test_add_func ("/ui/preferences/values-without-sense-do-no-harm", test_junk);
  g_test_add_func ("/ui/export/rows-are-written-and-reported", test_export);
  g_test_add_func ("/ui/export/a-failure-is-explained", test_no_folder);
  status = g_test_run ();

  g_object_unref (application);
  return status;
}
