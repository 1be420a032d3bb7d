/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of shortcuts: each row is an action of the window, has keys of its own, and is shown in
 * the shortcuts window. */
#include "keyboard.h"
#include "ui-test.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-window.h"

static GtkApplication *application;

static gboolean
has_action (WsiWindow  *window,
            const char *action)
{
  GtkWidgetClass *class = GTK_WIDGET_GET_CLASS (window);
  GType owner;
  const char *name, *property;
  const GVariantType *type;

  for (guint i = 0; gtk_widget_class_query_action (class, i, &owner, &name, &type, &property); i++)
    if (g_str_equal (name, action))
      return TRUE;

  return g_action_map_lookup_action (G_ACTION_MAP (window), action + strlen ("win.")) != NULL;
}

/* The switches of the list come with the page of the session. */
static void
test_actions (void)
{
  WsiWindow *window = ui_test_open_window (application);

  ui_test_get_list (window);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    {
      g_test_message ("%s", wsi_shortcuts[i].action);
      g_assert_true (has_action (window, wsi_shortcuts[i].action));
      g_assert_true (wsi_shortcut_find (wsi_shortcuts[i].action) == &wsi_shortcuts[i]);
    }
  g_assert_false (has_action (window, "win.nothing"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_keys (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < wsi_n_shortcuts; i++)
    {
      g_auto (GStrv) keys = g_strsplit (wsi_shortcuts[i].keys, " ", -1);

      for (guint j = 0; keys[j] != NULL; j++)
        {
          guint key;
          GdkModifierType modifiers;

          g_test_message ("%s", keys[j]);
          g_assert_true (gtk_accelerator_parse (keys[j], &key, &modifiers));
          g_assert_true (g_hash_table_add (seen, g_strdup (keys[j])));
        }
    }
}

static void
collect_titles (GtkWidget  *widget,
                GHashTable *titles)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      char *title;

      g_object_get (widget, "title", &title, NULL);
      g_hash_table_add (titles, title);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_titles (child, titles);
}

static void
test_window (void)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GtkWidget *window = wsi_shortcuts_make_window ();
  int height;

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, <=, 360);
  collect_titles (window, titles);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    g_assert_true (g_hash_table_contains (titles, wsi_shortcuts[i].title));
  gtk_window_destroy (GTK_WINDOW (window));
}

static GtkWidget *
get_part (WsiWindow *window,
          GType      type)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus != NULL ? gtk_widget_get_ancestor (focus, type) : NULL;
}

static gboolean
has_rows (gpointer window)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (ui_test_get_list (window)), &counts);
  return counts.n_shown >= UI_TEST_N_EXAMPLE_ROWS;
}

/* Where the focus may be, by the name of the widget's type. */
static const char *const places[] = {
  "WsiSidebar", "WsiFrameTable", "WsiMessagePage", "WsiFramePage", "WsiComposer", "WsiTimelineChart",
};

static GtkWidget *
get_page_of (WsiWindow  *window,
             const char *place)
{
  const char *const actions[][2] = {
    { "WsiMessagePage", "win.show-message" },
    { "WsiFramePage", "win.show-frame" },
    { "WsiTimelineChart", "win.show-timeline" },
  };

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-frames", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (place, actions[i][0]))
      gtk_widget_activate_action (GTK_WIDGET (window), actions[i][1], NULL);
  ui_test_draw (GTK_WIDGET (window), 2);
  return ui_test_find (GTK_WIDGET (window), ui_test_is_type, place);
}

/* Dialogs and the end of the window are not wanted here, and no capture goes on.  A second menu
 * after that of win.copy-as would close the first one, for which GTK asks the pointer later. */
static gboolean
is_left_out (const WsiShortcut *shortcut)
{
  return (shortcut->group == WSI_SHORTCUTS_WINDOW &&
          strstr (shortcut->action, "-part") == NULL &&
          !g_str_equal (shortcut->action, "win.divider")) ||
         g_str_equal (shortcut->action, "win.stop") ||
         g_str_equal (shortcut->action, "win.sort") ||
         g_str_equal (shortcut->action, "win.pause-capture");
}

/* Text is edited with keys of its own, and End goes to the end of a list of lines, too. */
static gboolean
may_take (GtkWidget         *taker,
          const WsiShortcut *shortcut)
{
  return g_str_has_prefix (G_OBJECT_TYPE_NAME (taker), "Wsi") || GTK_IS_TEXT (taker) ||
         GTK_IS_TEXT_VIEW (taker) ||
         ((GTK_IS_LIST_VIEW (taker) || GTK_IS_LIST_BOX (taker)) &&
          g_str_equal (shortcut->keys, "End"));
}

static void
assert_reaches (WsiWindow         *window,
                const char        *place,
                const WsiShortcut *shortcut)
{
  g_auto (GStrv) keys = g_strsplit (shortcut->keys, " ", -1);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      GtkWidget *taker;

      gtk_widget_child_focus (get_page_of (window, place), GTK_DIR_TAB_FORWARD);
      taker = keyboard_press (GTK_WIDGET (window), keys[i]);
      g_test_message ("%s in %s: %s", keys[i], place,
                      taker != NULL ? G_OBJECT_TYPE_NAME (taker) : "none");
      g_assert_nonnull (taker);
      g_assert_true (may_take (taker, shortcut));
    }
}

/* No widget of GTK around the one with the focus takes the keys for itself. */
static void
test_pressed (gconstpointer place)
{
  WsiWindow *window = ui_test_open_window (application);

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  wsi_frame_list_select (ui_test_get_list (window), UI_TEST_ROW_OF_TEXT);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (!is_left_out (&wsi_shortcuts[i]))
      assert_reaches (window, place, &wsi_shortcuts[i]);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The one between list and details, and that of the timeline. */
static void
test_divider (void)
{
  const char *const views[] = { "win.show-frames", "win.show-timeline" };
  WsiWindow *window = ui_test_open_window (application);

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      GtkWidget *paned;
      int before;

      gtk_widget_activate_action (GTK_WIDGET (window), views[i], NULL);
      ui_test_draw (GTK_WIDGET (window), 5);
      keyboard_press (GTK_WIDGET (window), "<Shift>F8");
      paned = gtk_window_get_focus (GTK_WINDOW (window));
      g_assert_true (GTK_IS_PANED (paned));
      before = gtk_paned_get_position (GTK_PANED (paned));
      g_assert_true (keyboard_press (GTK_WIDGET (window), "Up") == paned);
      g_assert_cmpint (gtk_paned_get_position (GTK_PANED (paned)), <, before);
      keyboard_press (GTK_WIDGET (window), "Return");
      g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) != paned);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

/* From sidebar to list to details to the composer, and back; parts that are not shown are left
 * out. */
static void
test_parts (void)
{
  WsiWindow *window = ui_test_open_window (application);

  ui_test_serve (window, "0");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-message", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compose-row", NULL);
  gtk_widget_grab_focus (GTK_WIDGET (ui_test_get_child (window, "menu_button")));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_COMPOSER));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_DETAIL));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_COMPOSER));
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_focus_in_popover (gpointer window)
{
  return get_part (window, GTK_TYPE_POPOVER) != NULL;
}

/* The window below it stays as it is. */
static void
test_popover (void)
{
  WsiWindow *window = ui_test_open_window (application);
  GtkWidget *button;
  WsiRow *row;

  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_rows, window);
  row = wsi_frame_list_get_row (ui_test_get_list (window));
  button = gtk_widget_get_ancestor (ui_test_find (GTK_WIDGET (window), ui_test_is_type,
                                                  "WsiViewOptions"), GTK_TYPE_MENU_BUTTON);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  ui_test_wait_until (has_focus_in_popover, window);
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    if (wsi_shortcuts[i].is_first)
      {
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

        g_test_message ("%s", wsi_shortcuts[i].action);
        g_assert_nonnull (keyboard_press (GTK_WIDGET (window), wsi_shortcuts[i].keys));
        g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == focus);
        g_assert_true (has_focus_in_popover (window));
        g_assert_true (wsi_frame_list_get_row (ui_test_get_list (window)) == row);
      }
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/shortcuts/each-is-an-action-of-the-window", test_actions);
  g_test_add_func ("/ui/shortcuts/keys-are-valid-and-differ", test_keys);
  g_test_add_func ("/ui/shortcuts/all-stand-in-their-window", test_window);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/shortcuts/pressed/are-not-taken-in-%s",
                                               places[i]);

      g_test_add_data_func (path, places[i], test_pressed);
    }
  g_test_add_func ("/ui/shortcuts/the-divider-is-moved-by-keys", test_divider);
  g_test_add_func ("/ui/shortcuts/f6-goes-from-part-to-part", test_parts);
  g_test_add_func ("/ui/shortcuts/those-of-a-popover-are-not-for-the-window", test_popover);
  return ui_test_end (application);
}
