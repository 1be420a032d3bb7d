/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The editor of colour rules, by its actions and widgets, and the list that they are for. */
#include "inspect/show/columns/wsi-colour-rules.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/frames/wsi-colour-row.h"
#include "ui/frames/wsi-colour-window.h"
#include "ui/frames/wsi-filter-entry.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <string.h>

#define KEY "colour-rules"
#define NARROW 360
#define TWO_RULES "[('one', 'ping', 'error'), ('two', 'pong', 'off:dim')]"

static GtkApplication *application;

typedef struct
{
  GSettings       *settings;
  WsiColourWindow *window;
} Scene;

static void
scene_init (Scene      *scene,
            const char *rules)
{
  scene->settings = wsi_settings_new ();
  g_settings_set_value (scene->settings, KEY, g_variant_new_parsed (rules));
  scene->window = wsi_colour_window_new (NULL);
  gtk_window_present (GTK_WINDOW (scene->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
}

static void
scene_clear (Scene *scene)
{
  g_settings_reset (scene->settings, KEY);
  gtk_window_destroy (GTK_WINDOW (scene->window));
  g_object_unref (scene->settings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static GtkWidget *
get_row (Scene * scene,
         int    index)
{
  GtkListBox *list = GTK_LIST_BOX (ui_test_get_child (scene->window, "list"));

  return GTK_WIDGET (gtk_list_box_get_row_at_index (list, index));
}

static GObject *
get_part (Scene      *scene,
          int         index,
          const char *name)
{
  return ui_test_get_child (get_row (scene, index), name);
}

static void
assert_stored (Scene      *scene,
               const char *expected)
{
  g_autoptr (GVariant) rules = g_settings_get_value (scene->settings, KEY);
  g_autofree char *text = g_variant_print (rules, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
activate (Scene      *scene,
          int         index,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (get_row (scene, index), action, NULL));
}

/* As typing does. */
static void
type_filter (Scene      *scene,
             int         index,
             const char *text)
{
  GtkWidget *entry = ui_test_find (GTK_WIDGET (get_part (scene, index, "filter_entry")),
                                   ui_test_is_type, "GtkEntry");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

/* The order is that of the list; neither end is crossed, and the last rule stays. */
static void
test_order (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, TWO_RULES);
  activate (&scene, 0, "rule.down");
  assert_stored (&scene, "[('two', 'pong', 'off:dim'), ('one', 'ping', 'error')]");
  activate (&scene, 1, "rule.down");
  activate (&scene, 0, "rule.up");
  assert_stored (&scene, "[('two', 'pong', 'off:dim'), ('one', 'ping', 'error')]");
  activate (&scene, 1, "rule.up");
  assert_stored (&scene, TWO_RULES);
  activate (&scene, 0, "rule.remove");
  activate (&scene, 0, "rule.remove");
  assert_stored (&scene, "[('two', 'pong', 'off:dim')]");
}

/* A rule that is dragged onto another one takes its place. */
static void
test_drop (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GListModel) controllers = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean is_taken = FALSE;

  scene_init (&scene, TWO_RULES);
  g_value_init (&value, WSI_TYPE_COLOUR_ROW);
  g_value_set_object (&value, get_row (&scene, 1));
  controllers = gtk_widget_observe_controllers (get_row (&scene, 0));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &is_taken);
    }
  g_assert_true (is_taken);
  assert_stored (&scene, "[('two', 'pong', 'off:dim'), ('one', 'ping', 'error')]");
}

/* Each part of a rule is stored as it changes. */
static void
test_parts (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, TWO_RULES);
  gtk_editable_set_text (GTK_EDITABLE (get_part (&scene, 0, "name")), "<b>");
  gtk_switch_set_active (GTK_SWITCH (get_part (&scene, 0, "is_on")), FALSE);
  gtk_switch_set_active (GTK_SWITCH (get_part (&scene, 1, "is_on")), TRUE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (get_part (&scene, 0, "style")), 2);
  type_filter (&scene, 0, "len > 5");
  assert_stored (&scene, "[('<b>', 'len > 5', 'off:success'), ('two', 'pong', 'dim')]");
}

/* It says what is wrong, and the filter before stays in force. */
static void
test_mistake (void)
{
  g_auto (Scene) scene = { 0 };
  GtkLabel *mistake;

  scene_init (&scene, TWO_RULES);
  mistake = GTK_LABEL (get_part (&scene, 0, "mistake"));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (mistake)));
  type_filter (&scene, 0, "ping and len ==");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (mistake)));
  g_assert_nonnull (strstr (gtk_label_get_text (mistake), "column"));
  assert_stored (&scene, TWO_RULES);
  picture_save (GTK_WIDGET (scene.window), "colours-mistake");
  type_filter (&scene, 0, "");
  assert_stored (&scene, TWO_RULES);
  type_filter (&scene, 0, "ping and len == 0");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (mistake)));
  assert_stored (&scene, "[('one', 'ping and len == 0', 'error'), ('two', 'pong', 'off:dim')]");
}

static void
test_add (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, "[('one', 'ping', 'error')]");
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "colours.add", NULL);
  assert_stored (&scene, "[('one', 'ping', 'error')]");
  type_filter (&scene, 1, "sent");
  assert_stored (&scene, "[('one', 'ping', 'error'), ('New rule', 'sent', 'accent')]");
  for (guint i = 0; i < 2 * WSI_MAX_COLOUR_RULES; i++)
    gtk_widget_activate_action (GTK_WIDGET (scene.window), "colours.add", NULL);
  g_assert_nonnull (get_row (&scene, WSI_MAX_COLOUR_RULES - 1));
  g_assert_null (get_row (&scene, WSI_MAX_COLOUR_RULES));
}

/* The rules that the program comes with are shown while there are no other ones. */
static void
test_reset (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, "[('one', 'ping', 'no such style')]");
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "colours.reset", NULL);
  assert_stored (&scene, "[]");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_part (&scene, 4, "name"))), ==,
                   "Event");
  g_assert_null (get_row (&scene, 5));
  picture_save (GTK_WIDGET (scene.window), "colours");
  g_settings_set_value (scene.settings, KEY, g_variant_new_parsed (TWO_RULES));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_part (&scene, 1, "name"))), ==, "two");
  g_assert_null (get_row (&scene, 2));
}

static void
test_narrow (void)
{
  g_auto (Scene) scene = { 0 };
  int least;

  scene_init (&scene, TWO_RULES);
  type_filter (&scene, 0, "ping and len ==");
  gtk_widget_measure (GTK_WIDGET (scene.window), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL,
                      NULL, NULL);
  g_assert_cmpint (least, <=, NARROW);
}

/* A row of the list, by the text of a cell, which is in a box of its own. */
static GtkWidget *
find_list_row (GtkWidget  *widget,
               const char *text)
{
  if (GTK_IS_INSCRIPTION (widget) &&
      g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0)
    return gtk_widget_get_parent (gtk_widget_get_parent (gtk_widget_get_parent (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_list_row (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
has_ping (gpointer list)
{
  return find_list_row (list, "ping") != NULL;
}

/* The window's list has the colours at once, and the name of the rule as a text. */
static void
test_live (void)
{
  WsiWindow *window = wsi_window_new (application);
  GtkWidget *list = GTK_WIDGET (ui_test_get_list (window));
  g_autoptr (GSettings) settings = wsi_settings_new ();
  GtkWidget *row;

  gtk_window_present (GTK_WINDOW (window));
  wsi_window_demonstrate (window, NULL);
  ui_test_wait_until (has_ping, list);
  ui_test_draw (list, 3);
  row = find_list_row (list, "ping");
  g_assert_true (gtk_widget_has_css_class (row, "row-dim"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Ping and pong");

  g_settings_set_value (settings, KEY, g_variant_new_parsed ("[('mine', 'ping', 'error')]"));
  g_assert_true (gtk_widget_has_css_class (row, "row-error"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "mine");
  g_settings_set_value (settings, KEY, g_variant_new_parsed ("[('mine', 'ping', 'off:error')]"));
  g_assert_false (gtk_widget_has_css_class (row, "row-error"));
  g_assert_false (gtk_widget_get_has_tooltip (row));
  g_settings_reset (settings, KEY);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.colours", NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/colours/order/by-actions", test_order);
  g_test_add_func ("/ui/colours/order/by-drag-and-drop", test_drop);
  g_test_add_func ("/ui/colours/rule/each-part-is-stored", test_parts);
  g_test_add_func ("/ui/colours/rule/a-wrong-filter-says-so-and-changes-nothing", test_mistake);
  g_test_add_func ("/ui/colours/rule/added-up-to-the-limit", test_add);
  g_test_add_func ("/ui/colours/reset-shows-the-usual-rules", test_reset);
  g_test_add_func ("/ui/colours/fits-360-pixels", test_narrow);
  g_test_add_func ("/ui/colours/list/follows-at-once", test_live);
  return ui_test_end (application);
}
