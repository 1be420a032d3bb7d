/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window in another language: test-language LANGUAGE FOLDER, the folder of the built
 * catalogs. */
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "inspect/show/charts/wsi-figure-text.h"
#include "inspect/show/columns/wsi-row-sums.h"

#include "language.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"
#include "ui/frames/wsi-frame-menu.h"
#include "ui/help/wsi-help-window.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-preferences.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-window.h"

#define SHOW "win.show-"

static const Language *language;
static GtkApplication *application;

/* A text that has a translation is not one, and the header of the catalog is the translation of an
 * empty text. */
static gboolean
is_translated (const char *text)
{
  return text == NULL || text[0] == '\0' ||
         (g_str_equal (gettext (text), text) && strstr (text, "Project-Id-Version:") == NULL);
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_label (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  if (GTK_IS_TEXT (widget))
    return gtk_text_get_placeholder_text (GTK_TEXT (widget));
  return NULL;
}

/* French has a blank before a colon, also where a number and a sentence are joined. */
static gboolean
has_english_colon (const char *text)
{
  return g_str_equal (language->name, "fr") && text != NULL &&
         g_regex_match_simple ("^(#|[\\p{L} ]+ )[0-9]+: ", text, 0, 0);
}

/* Those that stayed English, one a line. */
static void
collect_english (GtkWidget *widget,
                 GString   *english)
{
  const char *texts[] = { get_text (widget), gtk_widget_get_tooltip_text (widget) };

  if (!gtk_widget_get_mapped (widget))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!is_translated (texts[i]) || has_english_colon (texts[i]) ||
        (texts[i] != NULL && language_has_english (texts[i])))
      g_string_append_printf (english, "%s: %s\n", G_OBJECT_TYPE_NAME (widget), texts[i]);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_english (child, english);
}

static void
assert_translated (gpointer    window,
                   const char *page)
{
  g_autoptr (GString) english = g_string_new (NULL);
  g_autofree char *name = g_strdup_printf ("language-%s-%s", language->name, page);

  ui_test_draw (window, 2);
  picture_save (window, name);
  collect_english (window, english);
  g_assert_cmpstr (english->str, ==, "");
}

static void
test_start (void)
{
  WsiWindow *window = ui_test_open_window (application);

  g_assert_nonnull (ui_test_find (GTK_WIDGET (window), ui_test_is_label, language->start));
  assert_translated (window, "start");
  ui_test_connect (window, "ftp://example.com/");
  assert_translated (window, "client");
  ui_test_serve (window, "x");
  assert_translated (window, "server");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_rows (gpointer list)
{
  GtkSelectionModel *rows = gtk_column_view_get_model (wsi_frame_list_get_view (list));

  return rows != NULL && g_list_model_get_n_items (G_LIST_MODEL (rows)) >= UI_TEST_N_EXAMPLE_ROWS;
}

typedef gboolean (*IsMeantFunc) (const WsiShortcut *shortcut);

static gboolean
is_tab (const WsiShortcut *shortcut)
{
  return shortcut->part == WSI_PART_DETAIL;
}

static gboolean
is_view (const WsiShortcut *shortcut)
{
  return shortcut->group == WSI_SHORTCUTS_VIEW && shortcut->part != WSI_PART_DETAIL &&
         g_str_has_prefix (shortcut->action, SHOW);
}

static void
show_each (WsiWindow  *window,
           IsMeantFunc is_meant,
           guint       row)
{
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (is_meant (&wsi_shortcuts[i]))
      {
        const char *action = wsi_shortcuts[i].action;
        g_autofree char *page = g_strdup_printf ("%02u-%s", row, action + strlen (SHOW));

        g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
        assert_translated (window, page);
      }
}

/* Each row has another kind of frame or event. */
static void
test_session (void)
{
  WsiWindow *window = ui_test_open_window (application);

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, ui_test_get_list (window));
  for (guint i = 0; i < UI_TEST_N_EXAMPLE_ROWS; i++)
    {
      wsi_frame_list_select (ui_test_get_list (window), i);
      show_each (window, is_tab, i);
    }
  show_each (window, is_view, UI_TEST_N_EXAMPLE_ROWS);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* 0 = it has none; two signs stand for one that is shown. */
static gunichar
get_mnemonic (const char *label)
{
  const char *sign = strchr (label, '_');

  while (sign != NULL && sign[1] == '_')
    sign = strchr (sign + 2, '_');
  return sign != NULL ? g_unichar_tolower (g_utf8_get_char (sign + 1)) : 0;
}

/* A submenu has keys of its own, a section has not. */
static void
assert_mnemonics_differ (GMenuModel *menu,
                         GHashTable *owners)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
      g_autoptr (GHashTable) others = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      g_autofree char *label = NULL;

      if (section != NULL)
        assert_mnemonics_differ (section, owners);
      if (submenu != NULL)
        assert_mnemonics_differ (submenu, others);
      if (g_menu_model_get_item_attribute (menu, i, "label", "s", &label))
        {
          gpointer key = GUINT_TO_POINTER (get_mnemonic (label));

          if (key == NULL)
            continue;
          g_assert_cmpstr (g_hash_table_lookup (owners, key), ==, NULL);
          g_hash_table_insert (owners, key, g_steal_pointer (&label));
        }
    }
}

static void
test_row_menu (void)
{
  WsiWindow *window = ui_test_open_window (application);
  WsiFrameList *list = ui_test_get_list (window);
  g_autoptr (GHashTable) owners = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GtkWidget *menu;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, list);
  wsi_frame_list_select (list, 0);
  gtk_widget_activate_action (GTK_WIDGET (list), "frames.menu", NULL);
  menu = ui_test_find (GTK_WIDGET (list), ui_test_is_type, "GtkPopoverMenu");
  assert_mnemonics_differ (gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (menu)), owners);
  g_assert_cmpuint (g_hash_table_size (owners), >, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
assert_dialog_translated (gpointer    dialog,
                          const char *page)
{
  gtk_window_present (dialog);
  assert_translated (dialog, page);
  gtk_window_destroy (dialog);
}

static void
test_dialogs (void)
{
  WsiWindow *window = ui_test_open_window (application);
  GtkWindow *parent = GTK_WINDOW (window);

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, ui_test_get_list (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compose-row", NULL);
  assert_translated (window, "composer");
  assert_dialog_translated (wsi_export_window_new (parent, ui_test_get_list (window)),
                            "export");
  assert_dialog_translated (wsi_preferences_new (parent), "preferences");
  assert_dialog_translated (wsi_shortcuts_make_window (), "shortcuts");
  gtk_window_destroy (parent);
}

/* The first is in the catalog, the second only in English. */
static const char *const found[] = { "Connect as a Client", "Rows of the list", };

static void
test_found (gconstpointer text)
{
  g_autoptr (GString) english = g_string_new (NULL);
  g_autofree char *line = g_strdup_printf ("GtkLabel: %s\n", (const char *) text);
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new (text));
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  collect_english (window, english);
  g_assert_cmpstr (english->str, ==, line);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Counts have the separators of the locale, which are no characters of the translations. */
static void
test_counts (void)
{
  const WsiRowSums sums = { .n_rows = 1234567 };
  g_autofree char *phrase = wsi_row_sums_print (&sums);
  g_autofree char *figure = wsi_figure_text_number (1234567);
  const char *separator = localeconv ()->thousands_sep;
  g_autofree char *number = g_strdup_printf ("1%s234%s567", separator, separator);

  g_assert_cmpstr (separator, !=, "");
  g_assert_true (g_str_has_prefix (phrase, number));
  g_assert_cmpstr (figure, ==, number);
}

/* Prose of the help: what is neither code nor a word of a filter. */
static char *
dup_prose (GtkWidget *row)
{
  GtkWidget *label = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  g_autoptr (GRegex) code =
    g_regex_new ("<tt>.*?</tt>|<[^>]*>|\\bsent\\b|\\bnot-kept\\b", 0, 0, NULL);

  return gtk_widget_has_css_class (row, "code")
         ? g_strdup ("")
         : g_regex_replace_literal (code, gtk_label_get_label (GTK_LABEL (label)), -1, 0, "", 0,
                                    NULL);
}

static void
test_help (void)
{
  static const char *const pages[] = { "filter", "wss" };
  WsiHelpWindow *window = wsi_help_window_new (NULL);
  g_autoptr (GString) english = g_string_new (NULL);
  guint n_rows = 0;

  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *picture = g_strdup_printf ("language-%s-help-%s", language->name, pages[i]);
      GtkWidget *list = ui_test_get_child (window, pages[i]);

      gtk_stack_set_visible_child_name (ui_test_get_child (window, "pages"), pages[i]);
      ui_test_draw (GTK_WIDGET (window), 3);
      picture_save (GTK_WIDGET (window), picture);
      for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
           row = gtk_widget_get_next_sibling (row))
        {
          g_autofree char *prose = dup_prose (row);

          n_rows += *prose != '\0';
          if (language_has_english (prose))
            g_string_append_printf (english, "%s\n", prose);
        }
    }
  g_assert_cmpstr (english->str, ==, "");
  g_assert_cmpuint (n_rows, >, 150);
  gtk_window_destroy (GTK_WINDOW (window));
}

static int
run (void)
{
  gtk_init ();
  application = ui_test_make_application ();

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/language/english-is-found/%u", i + 1);

      g_test_add_data_func (path, found[i], test_found);
    }
  g_test_add_func ("/ui/language/start-and-forms-are-translated", test_start);
  g_test_add_func ("/ui/language/session-is-translated", test_session);
  g_test_add_func ("/ui/language/dialogs-are-translated", test_dialogs);
  g_test_add_func ("/ui/language/help-is-translated", test_help);
  g_test_add_func ("/ui/language/mnemonics-of-a-row-menu-differ", test_row_menu);
  g_test_add_func ("/ui/language/counts-have-the-separators-of-the-locale", test_counts);
  return ui_test_end (application);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  language = language_set (argv[1], argv[2]);
  if (language == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      return 0;
    }

  return run ();
}
