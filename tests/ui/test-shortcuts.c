/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of shortcuts: each row is an action of the window, has keys of its own, and is shown in
 * the shortcuts window. */
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-shortcuts.h"
#include "ui/window/wsi-window.h"

static GtkApplication *application;

static WsiWindow *
open_window (void)
{
  WsiWindow *window = wsi_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

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

static void
test_actions (void)
{
  WsiWindow *window = open_window ();

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

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
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

/* From sidebar to list to details to the composer, and back; parts that are not shown are left
 * out. */
static void
test_parts (void)
{
  WsiWindow *window = open_window ();

  wsi_window_serve (window, "0");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_widget_grab_focus (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window),
                                                                    WSI_TYPE_WINDOW,
                                                                    "menu_button")));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_COMPOSER));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_DETAIL));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-part", NULL);
  g_assert_nonnull (get_part (window, WSI_TYPE_COMPOSER));
  gtk_window_destroy (GTK_WINDOW (window));
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

  g_test_add_func ("/ui/shortcuts/each-is-an-action-of-the-window", test_actions);
  g_test_add_func ("/ui/shortcuts/keys-are-valid-and-differ", test_keys);
  g_test_add_func ("/ui/shortcuts/all-stand-in-their-window", test_window);
  g_test_add_func ("/ui/shortcuts/f6-goes-from-part-to-part", test_parts);
  status = g_test_run ();

  g_object_unref (application);
  return status;
}
