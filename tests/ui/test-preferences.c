/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The dialogs of preferences and export, and settings with values that make no sense. */
#include "lib/rows.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-preferences.h"
#include "ui/window/wsi-window.h"

#include <glib/gstdio.h>
#include <string.h>

#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"

#define NARROW_WIDTH 360
#define N_ROWS 12

static GtkApplication *application;

static GObject *
get_child (WsiPreferences *preferences,
           const char     *name)
{
  return ui_test_get_child (preferences, name);
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

  g_assert_nonnull (ui_test_find (GTK_WIDGET (preferences), ui_test_is_label, "Follow System"));
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
  window = ui_test_open_window (application);
  wsi_window_demonstrate (window, NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.preferences", NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (junk); i++)
    g_settings_reset (settings, junk[i].key);
}

typedef struct
{
  const char *name, *key, *property, *value;
} Choice;

static const Choice own_choices[] = {
  { "columns", "columns", "columns", "['no', 'summary']" },
  { "widths", "column-widths", "column-widths", "{'no': uint32 99}" },
  { "times", "time-format", "time-format", "'utc'" },
  { "sources", "sidebar", "sidebar", "false" },
  { "details", "arrangement", "arrangement", "'below'" },
  { "shown-details", "details", "details", "true" },
};

/* The list, or the page that it is in. */
static GObject *
get_owner (WsiWindow    *window,
           const Choice *choice)
{
  WsiFrameList *list = ui_test_get_list (window);

  return g_object_class_find_property (G_OBJECT_GET_CLASS (list), choice->property) != NULL
         ? G_OBJECT (list)
         : ui_test_get_session_page (window);
}

static const char *
get_nick (const GValue *value)
{
  GEnumClass *class = g_type_class_peek (G_VALUE_TYPE (value));

  return g_enum_get_value (class, g_value_get_enum (value))->value_nick;
}

/* A property of words, or one of an enumeration with nicks. */
static void
choose_word (GObject    *owner,
             const char *property,
             const char *word)
{
  GParamSpec *param = g_object_class_find_property (G_OBJECT_GET_CLASS (owner), property);

  if (G_IS_PARAM_SPEC_ENUM (param))
    g_object_set (owner, property,
                  g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (param)->enum_class, word)->value,
                  NULL);
  else
    g_object_set (owner, property, word, NULL);
}

static GVariant *
dup_choice (WsiWindow    *window,
            const Choice *choice)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (get_owner (window, choice), choice->property, &value);
  if (G_VALUE_HOLDS_VARIANT (&value))
    return g_value_dup_variant (&value);
  if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    return g_variant_ref_sink (g_variant_new_strv (g_value_get_boxed (&value), -1));
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_variant_ref_sink (g_variant_new_boolean (g_value_get_boolean (&value)));
  if (G_VALUE_HOLDS_ENUM (&value))
    return g_variant_ref_sink (g_variant_new_string (get_nick (&value)));
  return g_variant_ref_sink (g_variant_new_string (g_value_get_string (&value)));
}

static void
choose_in (WsiWindow    *window,
           const Choice *choice,
           GVariant     *chosen)
{
  GObject *owner = get_owner (window, choice);
  const char *property = choice->property;

  if (g_variant_is_of_type (chosen, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **names = g_variant_get_strv (chosen, NULL);

      g_object_set (owner, property, names, NULL);
    }
  else if (g_variant_is_of_type (chosen, G_VARIANT_TYPE_BOOLEAN))
    g_object_set (owner, property, g_variant_get_boolean (chosen), NULL);
  else if (g_variant_is_of_type (chosen, G_VARIANT_TYPE_STRING))
    choose_word (owner, property, g_variant_get_string (chosen, NULL));
  else
    g_object_set (owner, property, chosen, NULL);
}

/* An open window keeps its own, and the next one begins with it. */
static void
test_own (gconstpointer data)
{
  const Choice *choice = data;
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autoptr (GVariant) chosen = g_variant_ref_sink (g_variant_new_parsed (choice->value));
  WsiWindow *window = ui_test_open_window (application);
  WsiWindow *other = ui_test_open_window (application), *next;
  g_autoptr (GVariant) before = dup_choice (other, choice);
  g_autoptr (GVariant) after = NULL, begun = NULL;

  choose_in (window, choice, chosen);
  next = ui_test_open_window (application);
  after = dup_choice (other, choice);
  begun = dup_choice (next, choice);
  g_assert_cmpvariant (after, before);
  g_assert_cmpvariant (begun, chosen);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (other));
  gtk_window_destroy (GTK_WINDOW (next));
  g_settings_reset (settings, choice->key);
}

/* A window that has no room for its sidebar does not take it from the next one. */
static void
test_narrow_sidebar (void)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window = wsi_window_new (application);
  AdwFlap *flap;

  gtk_window_set_default_size (GTK_WINDOW (window), NARROW_WIDTH, 600);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_serve (window, "0");
  ui_test_draw (GTK_WIDGET (window), 5);
  flap = ADW_FLAP (ui_test_find (GTK_WIDGET (window), ui_test_is_type, "AdwFlap"));
  g_assert_true (adw_flap_get_folded (flap));
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_true (g_settings_get_boolean (settings, "sidebar"));
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "window-width");
  g_settings_reset (settings, "window-height");
}

static gboolean
is_folded (gpointer flap)
{
  return adw_flap_get_folded (flap);
}

static gboolean
is_unfolded (gpointer flap)
{
  return !adw_flap_get_folded (flap);
}

/* As for a window that gets smaller, and larger again. */
static void
set_room (AdwFlap *flap,
          gboolean has_room)
{
  adw_flap_set_fold_policy (flap, has_room ? ADW_FLAP_FOLD_POLICY_NEVER
                                           : ADW_FLAP_FOLD_POLICY_ALWAYS);
  ui_test_wait_until (has_room ? is_unfolded : is_folded, flap);
  ui_test_draw (GTK_WIDGET (flap), 3);
}

/* The last choice of the user holds where there is room again, and only the user changes it. */
static const struct
{
  const char *name;
  gboolean    is_shown, is_shown_by_next;       /* TRUE if the sidebar is shown, in this window and
                                                 * in one that is opened in between */
} sidebars[] = {
  { "hidden-stays-hidden", FALSE, FALSE },
  { "shown-comes-back", TRUE, TRUE },
  { "a-setting-of-another-window-is-kept", TRUE, FALSE },
  { "hidden-does-not-hide-the-next", FALSE, TRUE },
};

static void
test_room_again (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GSettings) settings = wsi_settings_new ();
  WsiWindow *window = ui_test_open_window (application);
  AdwFlap *flap;

  ui_test_serve (window, "0");
  ui_test_draw (GTK_WIDGET (window), 3);
  flap = ADW_FLAP (ui_test_find (GTK_WIDGET (window), ui_test_is_type, "AdwFlap"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sidebar", NULL);
  if (!sidebars[i].is_shown)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.sidebar", NULL);
  g_assert_cmpint (g_settings_get_boolean (settings, "sidebar"), ==, sidebars[i].is_shown);
  set_room (flap, FALSE);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_cmpint (g_settings_get_boolean (settings, "sidebar"), ==, sidebars[i].is_shown);
  g_settings_set_boolean (settings, "sidebar", sidebars[i].is_shown_by_next);
  set_room (flap, TRUE);
  g_assert_cmpint (adw_flap_get_reveal_flap (flap), ==, sidebars[i].is_shown);
  g_assert_cmpint (g_settings_get_boolean (settings, "sidebar"), ==, sidebars[i].is_shown_by_next);
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (settings, "sidebar");
}

static void
add_sidebars (void)
{
  ADD_ROWS ("/ui/preferences/sidebar/room-again", sidebars, test_room_again);
}

static void
add_own_choices (void)
{
  ADD_EACH_ROW ("/ui/preferences/windows/%s-are-of-the-window", own_choices, test_own);
}

static gboolean
has_rows (gpointer window)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (ui_test_get_list (window)), &counts);
  return counts.n_shown >= N_ROWS;
}

static gboolean
has_ended (gpointer dialog)
{
  return !g_str_equal (ui_test_get_page (dialog), "progress");
}

static void
choose (WsiExportWindow *dialog,
        const char      *row,
        guint            i)
{
  GObject *combo = ui_test_get_child (dialog, row);

  adw_combo_row_set_selected (ADW_COMBO_ROW (combo), i);
}

/* Writes the rows of the example to a file; returns the page that the dialog ends with. */
static char *
export (GFile    *file,
        guint     rows,
        WsiFormat format,
        char    **text)
{
  WsiWindow *window = ui_test_open_window (application);
  WsiExportWindow *dialog;
  char *page;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  wsi_frame_list_select (ui_test_get_list (window), 1);
  dialog = wsi_export_window_new (GTK_WINDOW (window), ui_test_get_list (window));
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (dialog));
  if (format == WSI_FORMAT_SESSION)
    picture_save (GTK_WIDGET (dialog), "export-options");
  choose (dialog, "rows_row", rows);
  choose (dialog, "format_row", format);
  choose (dialog, "redaction_row", WSI_REDACTION_STRICT);
  wsi_export_window_write (dialog, file);
  ui_test_wait_until (has_ended, dialog);
  page = g_strdup (ui_test_get_page (dialog));
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

static gboolean
are_sorted (gpointer window)
{
  return wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (ui_test_get_list (window)));
}

/* Several selected rows are chosen already, in whatever order they are seen. */
static void
test_export_selected (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.wsinspect", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  WsiWindow *window = ui_test_open_window (application);
  GtkSelectionModel *selection;
  WsiExportWindow *dialog;
  AdwComboRow *rows;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  selection = gtk_column_view_get_model (wsi_frame_list_get_view (ui_test_get_list (window)));
  gtk_selection_model_select_range (selection, 1, 3, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (window)), "frames.sort", "s", "time");
  ui_test_wait_until (are_sorted, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.offer-export", "s", "too much");
  ui_test_draw (GTK_WIDGET (window), 2);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (window), ui_test_is_label, "too much"));
  dialog = wsi_export_window_new (GTK_WINDOW (window), ui_test_get_list (window));
  gtk_window_present (GTK_WINDOW (dialog));
  rows = ADW_COMBO_ROW (ui_test_get_child (dialog, "rows_row"));
  g_assert_cmpstr (gtk_string_object_get_string (adw_combo_row_get_selected_item (rows)), ==,
                   "Those that are selected (3 rows)");
  wsi_export_window_write (dialog, file);
  ui_test_wait_until (has_ended, dialog);
  g_assert_cmpstr (ui_test_get_page (dialog), ==, "report");
  g_assert_true (g_str_has_prefix (adw_status_page_get_description (
                                     ADW_STATUS_PAGE (ui_test_get_child (dialog, "report_page"))),
                                   "3 rows were written."));
  gtk_window_destroy (GTK_WINDOW (dialog));
  gtk_window_destroy (GTK_WINDOW (window));
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
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/preferences/rows-show-and-change-settings", test_bound);
  g_test_add_func ("/ui/preferences/fit-360-pixels", test_narrow);
  g_test_add_func ("/ui/preferences/values-without-sense-do-no-harm", test_junk);
  add_own_choices ();
  add_sidebars ();
  g_test_add_func ("/ui/preferences/windows/a-narrow-one-keeps-the-sidebar-of-the-next",
                   test_narrow_sidebar);
  g_test_add_func ("/ui/export/rows-are-written-and-reported", test_export);
  g_test_add_func ("/ui/export/several-selected-rows-are-chosen", test_export_selected);
  g_test_add_func ("/ui/export/a-failure-is-explained", test_no_folder);
  return ui_test_end (application);
}
