/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Keys for all that a pointer does.  Everything that a pointer does can be done with keys.  The
 * windows are searched for controllers of a pointer that the program adds to a widget, and for what
 * GTK itself gives to a pointer only. Each has a row in the table below with keys that do the same,
 * and these are pressed. */
#include "ui/charts/wsi-figure-view.h"
#include "ui/charts/wsi-timeline-chart.h"
#include "ui/details/wsi-bit-diagram.h"
#include "ui/frames/wsi-filter-entry.h"
#include "ui/frames/wsi-view-options.h"
#include "ui/parts/wsi-line-view.h"
#include "ui/parts/wsi-settings.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <string.h>

#include "keyboard.h"
#include "pages.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define OF_PROGRAM "wsi-of-program"     /* a controller that is not one of GTK's */
#define RESOURCES "/wsi"
#define TWO_RULES "[('one', 'ping', 'error'), ('two', 'pong', 'dim')]"
#define JSON_TEXT "{\"a\": {\"b\": 1}}"
#define ZOOM_FACTOR 1.5         /* as in wsi-timeline-chart.c */
#define WIDTH 1280
#define HEIGHT 800

/* The linker gives these names: it leads each call of the program to the second one. */
void __real_gtk_widget_add_controller (GtkWidget          *widget,
                                       GtkEventController *controller);
void __wrap_gtk_widget_add_controller (GtkWidget          *widget,
                                       GtkEventController *controller);

void
__wrap_gtk_widget_add_controller (GtkWidget          *widget,
                                  GtkEventController *controller)
{
  g_object_set_data (G_OBJECT (controller), OF_PROGRAM, controller);
  __real_gtk_widget_add_controller (widget, controller);
}

static GtkApplication *application;

typedef void (*PressFunc) (WsiWindow *window);

/* One thing that a pointer does, and a function that does it with keys. */
typedef struct
{
  const char *owner;            /* type of the program's widget that has the controller or is around
                                 * it */
  const char *what;             /* type of the controller, or the name of what GTK does */
  PressFunc   press;
} Way;

static GtkWidget *
find (WsiWindow  *window,
      const char *type_name)
{
  GtkWidget *widget = ui_test_find (GTK_WIDGET (window), ui_test_is_type, type_name);

  g_assert_nonnull (widget);
  return widget;
}

static gboolean
is_shown (GtkWidget  *widget,
          const char *type_name)
{
  return gtk_widget_get_mapped (widget) && ui_test_is_type (widget, type_name);
}

static GtkWidget *
find_shown (WsiWindow  *window,
            const char *type_name)
{
  GtkWidget *widget = ui_test_find (GTK_WIDGET (window), is_shown, type_name);

  g_assert_nonnull (widget);
  return widget;
}

/* The only one in front of the window. */
static GtkWindow *
get_dialog (WsiWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWindow *dialog = NULL;

  for (GList *i = windows; i != NULL; i = i->next)
    if (gtk_window_get_transient_for (i->data) == GTK_WINDOW (window))
      {
        g_assert_null (dialog);
        dialog = i->data;
      }
  g_assert_nonnull (dialog);
  return dialog;
}

static void
press (WsiWindow  *window,
       const char *keys)
{
  if (keyboard_press (GTK_WIDGET (window), keys) == NULL)
    g_error ("no widget takes %s", keys);
}

static void
act (WsiWindow  *window,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
  ui_test_draw (GTK_WIDGET (window), 3);
}

static void
focus (WsiWindow *window,
       GtkWidget *widget)
{
  g_assert_true (gtk_widget_grab_focus (widget) || gtk_widget_child_focus (widget,
                                                                           GTK_DIR_TAB_FORWARD));
}

static gboolean
has_rows (gpointer window)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (ui_test_get_list (window)), &counts);
  return counts.n_shown >= UI_TEST_N_EXAMPLE_ROWS;
}

/* With a message of JSON selected. */
static void
open_example (WsiWindow *window)
{
  WsiFrameList *list = ui_test_get_list (window);

  wsi_window_demonstrate (window, JSON_TEXT);
  ui_test_wait_until (has_rows, window);
  wsi_frame_list_select (list, UI_TEST_ROW_OF_TEXT);
  ui_test_draw (GTK_WIDGET (window), 3);
}

static gboolean
has_widget_name (GtkWidget  *widget,
                 const char *name)
{
  return g_str_equal (gtk_widget_get_name (widget), name);
}

static gboolean
is_open_menu (GtkWidget  *widget,
              const char *unused)
{
  return GTK_IS_POPOVER_MENU (widget) && gtk_widget_get_visible (widget);
}

static gboolean
has_focus_again (gpointer widget)
{
  GtkWidget *focused = gtk_root_get_focus (gtk_widget_get_root (widget));

  return ui_test_find (widget, is_open_menu, NULL) == NULL && focused != NULL &&
         gtk_widget_get_ancestor (focused, GTK_TYPE_POPOVER) == NULL &&
         (focused == widget || gtk_widget_is_ancestor (focused, widget));
}

/* GTK crashes if the pointer was over a menu that has lost its surface. */
static gboolean
has_surface (GtkWidget  *widget,
             const char *unused)
{
  return GTK_IS_POPOVER_MENU (widget) && gtk_native_get_surface (GTK_NATIVE (widget)) != NULL;
}

/* The widget has the focus again after its menu: others get keys, too. */
static void
press_for_menu (WsiWindow  *window,
                const char *type_name,
                const char *keys)
{
  GtkWidget *menu;

  press (window, keys);
  menu = ui_test_find (find (window, type_name), is_open_menu, NULL);
  g_assert_nonnull (menu);
  gtk_popover_popdown (GTK_POPOVER (menu));
  ui_test_wait_until (has_focus_again, find (window, type_name));
  g_assert_nonnull (ui_test_find (find (window, type_name), has_surface, NULL));
}

static void
press_in_list (WsiWindow *window)
{
  focus (window, GTK_WIDGET (wsi_frame_list_get_view (ui_test_get_list (window))));
  press_for_menu (window, "WsiFrameTable", "Menu");
  press_for_menu (window, "WsiFrameTable", "<Shift>F10");
}

static gboolean
is_sorted (gpointer window)
{
  return wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (ui_test_get_list (window)));
}

static void
press_to_sort (WsiWindow *window)
{
  focus (window, GTK_WIDGET (wsi_frame_list_get_view (ui_test_get_list (window))));
  press_for_menu (window, "WsiFrameTable", "F7");
  gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (window)), "frames.sort", "s", "len");
  ui_test_wait_until (is_sorted, window);
  press (window, "Escape");
  g_assert_false (is_sorted (window));
}

static void
press_in_tree (WsiWindow *window)
{
  act (window, "win.show-message");
  ui_test_show_view (ui_test_get_tab (window, "message_page"), "tree");
  ui_test_draw (GTK_WIDGET (window), 3);
  focus (window, find (window, "WsiTreeView"));
  press_for_menu (window, "WsiTreeView", "Menu");
  press_for_menu (window, "WsiTreeView", "<Shift>F10");
}

static void
press_in_diagram (WsiWindow *window)
{
  GtkWidget *diagram;

  act (window, "win.show-frame");
  diagram = find (window, "WsiBitDiagram");
  focus (window, diagram);
  g_assert_cmpint (wsi_bit_diagram_get_selected (WSI_BIT_DIAGRAM (diagram)), ==, -1);
  press (window, "Right");
  g_assert_cmpint (wsi_bit_diagram_get_selected (WSI_BIT_DIAGRAM (diagram)), ==, 0);
}

/* Parts of the text and of the bytes. */
static void
press_in_lines (WsiWindow *window)
{
  const char *const views[] = { "text", "hex" };

  act (window, "win.show-message");
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      WsiByteRange range;
      WsiLineView *lines;

      ui_test_show_view (ui_test_get_tab (window, "message_page"), views[i]);
      ui_test_draw (GTK_WIDGET (window), 3);
      focus (window, find_shown (window, "WsiLineView"));
      lines = WSI_LINE_VIEW (find_shown (window, "WsiLineView"));
      press (window, "Right");
      press (window, "Right");
      press (window, "<Shift>Right");
      range = wsi_line_view_get_selection (lines);
      g_assert_cmpuint (range.begin, ==, 1);
      g_assert_cmpuint (range.end, ==, 3);
    }
}

static gboolean
is_laid_out (GtkWidget  *widget,
             const char *type_name)
{
  return is_shown (widget, type_name) && gtk_paned_get_position (GTK_PANED (widget)) > 0;
}

static gboolean
has_divider (gpointer owner)
{
  return gtk_widget_get_mapped (owner) && ui_test_find (owner, is_laid_out, "GtkPaned") != NULL;
}

/* A width or a position that keys make smaller. */
typedef struct
{
  GtkWidget *widget;
  int        before;
} Change;

static gboolean
is_divided_higher (gpointer data)
{
  const Change *change = data;

  return gtk_paned_get_position (GTK_PANED (change->widget)) < change->before;
}

/* owner: type of the widget that has it, as in the table below. */
static void
press_divider (WsiWindow  *window,
               const char *action,
               const char *owner)
{
  Change change;

  act (window, action);
  ui_test_wait_until (has_divider, find (window, owner));
  press (window, "<Shift>F8");
  change.widget = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_true (GTK_IS_PANED (change.widget));
  change.before = gtk_paned_get_position (GTK_PANED (change.widget));
  press (window, "Up");
  ui_test_wait_until (is_divided_higher, &change);
  press (window, "Return");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) != change.widget);
}

static void
press_for_details (WsiWindow *window)
{
  press_divider (window, "win.show-frames", "WsiSplit");
}

static void
press_for_lanes (WsiWindow *window)
{
  press_divider (window, "win.show-timeline", "WsiTimelinePage");
}

static gboolean
has_times (gpointer chart)
{
  return !wsi_timeline_chart_is_empty (chart);
}

static const WsiTimeAxis *
show_chart (WsiWindow *window)
{
  GtkWidget *chart;

  act (window, "win.show-timeline");
  chart = find (window, "WsiTimelineChart");
  ui_test_wait_until (has_times, chart);
  focus (window, chart);
  return wsi_timeline_chart_get_axis (WSI_TIMELINE_CHART (chart));
}

static void
press_to_select_time (WsiWindow *window)
{
  const WsiTimeAxis *axis = show_chart (window);

  press (window, "Home");
  press (window, "<Shift>End");
  g_assert_cmpint (axis->first_us, <, axis->last_us);
  g_assert_cmpint (axis->from_us, ==, axis->first_us);
  g_assert_cmpint (axis->to_us, ==, axis->last_us);
  press (window, "Return");
  press (window, "Escape");
  g_assert_false (wsi_time_axis_has_selection (axis));
}

/* At the cursor instead of the pointer. */
static void
press_to_zoom (WsiWindow *window)
{
  const WsiTimeAxis *axis = show_chart (window);
  const gint64 span_us = axis->end_us - axis->begin_us;

  press (window, "plus");
  g_assert_cmpint (axis->mode, ==, WSI_AXIS_PART);
  g_assert_cmpint (axis->end_us - axis->begin_us, ==, (gint64) (span_us * (1 / ZOOM_FACTOR)));
  press (window, "plus");
  press (window, "minus");
  g_assert_cmpfloat_with_epsilon (axis->end_us - axis->begin_us, span_us / ZOOM_FACTOR, 2);
  press (window, "0");
  g_assert_cmpint (axis->mode, ==, WSI_AXIS_ALL);
  g_assert_cmpint (axis->begin_us, ==, axis->first_us);
  g_assert_cmpint (axis->end_us, ==, axis->last_us);
}

static void
press_to_scroll (WsiWindow *window)
{
  const WsiTimeAxis *axis = show_chart (window);
  gint64 begin_us;

  press (window, "plus");
  begin_us = axis->begin_us;
  press (window, "<Control>Left");
  g_assert_cmpint (axis->begin_us, <, begin_us);
}

/* The rule changes places with the next one. */
static void
press_to_move_rule (WsiWindow *window)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autoptr (GVariant) rules = NULL;
  const char *name;
  GtkWindow *editor;

  g_settings_set_value (settings, "colour-rules", g_variant_new_parsed (TWO_RULES));
  act (window, "win.colours");
  editor = get_dialog (window);
  ui_test_draw (GTK_WIDGET (editor), 3);
  gtk_widget_child_focus (ui_test_find (GTK_WIDGET (editor), ui_test_is_type, "WsiColourRow"),
                          GTK_DIR_TAB_FORWARD);
  keyboard_press (GTK_WIDGET (editor), "<Alt>Down");
  rules = g_settings_get_value (settings, "colour-rules");
  g_variant_get_child (rules, 0, "(&s&s&s)", &name, NULL, NULL);
  g_assert_cmpstr (name, ==, "two");
  gtk_window_destroy (editor);
  g_settings_reset (settings, "colour-rules");
}

static GtkWidget *
show_columns (WsiWindow *window)
{
  GtkWidget *options = find (window, "WsiViewOptions");
  GtkWidget *button = gtk_widget_get_ancestor (options, GTK_TYPE_MENU_BUTTON);

  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  ui_test_draw (GTK_WIDGET (window), 3);
  focus (window, ui_test_find (options, has_widget_name, "time"));
  return button;
}

static gboolean
has_no_popover (gpointer options)
{
  return !gtk_widget_get_mapped (options);
}

/* GTK 4.8 complains about a surface that goes with its window. */
static void
hide_columns (WsiWindow *window,
              GtkWidget *button)
{
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  ui_test_wait_until (has_no_popover, find (window, "WsiViewOptions"));
  ui_test_draw (GTK_WIDGET (window), 2);
}

static void
press_to_move_column (WsiWindow *window)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_auto (GStrv) columns = NULL;
  GtkWidget *button = show_columns (window);

  press (window, "<Alt>Up");
  g_object_get (ui_test_get_list (window), "columns", &columns, NULL);
  g_assert_cmpstr (columns[0], ==, "time");
  g_assert_cmpstr (columns[1], ==, "no");
  hide_columns (window, button);
  g_settings_reset (settings, "columns");
}

static void
press_to_widen_column (WsiWindow *window)
{
  g_autoptr (GSettings) settings = wsi_settings_new ();
  g_autoptr (GVariant) widths = NULL;
  guint32 width, wider;
  GtkWidget *button = show_columns (window);

  press (window, "<Alt>Left");
  g_object_get (ui_test_get_list (window), "column-widths", &widths, NULL);
  g_assert_true (g_variant_lookup (widths, "time", "u", &width));
  g_clear_pointer (&widths, g_variant_unref);
  press (window, "<Alt>Right");
  g_object_get (ui_test_get_list (window), "column-widths", &widths, NULL);
  g_assert_true (g_variant_lookup (widths, "time", "u", &wider));
  g_assert_cmpuint (wider, >, width);
  hide_columns (window, button);
  g_settings_reset (settings, "column-widths");
}

static int
get_first_width (GtkWidget *figures)
{
  GtkColumnView *view =
    GTK_COLUMN_VIEW (ui_test_find (figures, ui_test_is_type, "GtkColumnView"));
  g_autoptr (GtkColumnViewColumn) column =
    g_list_model_get_item (gtk_column_view_get_columns (view), 0);

  return gtk_column_view_column_get_fixed_width (column);
}

static gboolean
is_narrower (gpointer data)
{
  const Change *change = data;

  return get_first_width (change->widget) < change->before;
}

static void
press_to_widen_figures (WsiWindow *window)
{
  Change change;

  act (window, "win.show-statistics");
  change.widget = find_shown (window, "WsiFigureView");
  focus (window, change.widget);
  change.before = get_first_width (change.widget);
  press (window, "<Alt>Left");
  ui_test_wait_until (is_narrower, &change);
}

static void
press_to_open (WsiWindow *window)
{
  GtkWindow *dialog;

  press (window, "<Control>o");
  dialog = get_dialog (window);
  g_assert_true (GTK_IS_FILE_CHOOSER (dialog));
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
}

static gboolean
has_offers (gpointer entry)
{
  return gtk_widget_get_visible (ui_test_get_child (entry, "popover"));
}

static GtkWidget *
write_filter (WsiWindow  *window,
              const char *text)
{
  GtkWidget *entry;
  int position = 0;

  press (window, "<Control>k");
  entry = ui_test_find (find (window, "WsiFilterEntry"), ui_test_is_type, "GtkEntry");
  for (const char *at = text; *at != '\0'; at++)
    {
      gtk_editable_insert_text (GTK_EDITABLE (entry), at, 1, &position);
      gtk_editable_set_position (GTK_EDITABLE (entry), position);
    }
  return entry;
}

static void
press_to_clear_filter (WsiWindow *window)
{
  GtkWidget *entry = write_filter (window, "ping ");

  press (window, "<Control>a");
  press (window, "BackSpace");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
}

static void
press_to_complete_filter (WsiWindow *window)
{
  GtkWidget *entry = write_filter (window, "opc");

  ui_test_wait_until (has_offers, find (window, "WsiFilterEntry"));
  press (window, "Down");
  press (window, "Return");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "opcode ");
}

static const Way ways[] = {
  { "WsiBitDiagram", "GtkGestureClick", press_in_diagram },
  { "WsiColourRow", "GtkDragSource", press_to_move_rule },
  { "WsiColourRow", "GtkDropTarget", press_to_move_rule },
  { "WsiFigureView", "resize", press_to_widen_figures },
  { "WsiFilterEntry", "click", press_to_complete_filter },
  { "WsiFilterEntry", "icon", press_to_clear_filter },
  { "WsiFrameTable", "GtkGestureClick", press_in_list },
  { "WsiFrameTable", "reorder", press_to_move_column },
  { "WsiFrameTable", "resize", press_to_widen_column },
  { "WsiFrameTable", "sort", press_to_sort },
  { "WsiLineView", "GtkGestureDrag", press_in_lines },
  { "WsiSplit", "divide", press_for_details },
  { "WsiTimelineChart", "GtkEventControllerMotion", press_to_zoom },
  { "WsiTimelineChart", "GtkEventControllerScroll", press_to_scroll },
  { "WsiTimelineChart", "GtkGestureDrag", press_to_select_time },
  { "WsiTimelineChart", "GtkGestureZoom", press_to_zoom },
  { "WsiTimelinePage", "divide", press_for_lanes },
  { "WsiTreeView", "GtkGestureClick", press_in_tree },
  { "WsiWindow", "GtkDropTarget", press_to_open },
};

/* The nearest widget of the program around it; NULL: it is in a window of GTK. */
static GtkWidget *
get_owner (GtkWidget *widget)
{
  while (widget != NULL && !g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Wsi"))
    widget = gtk_widget_get_parent (widget);
  return widget;
}

static void
note (GHashTable *found,
      GtkWidget  *widget,
      const char *what)
{
  GtkWidget *owner = get_owner (widget);

  g_hash_table_add (found, g_strdup_printf ("%s %s", owner != NULL ? G_OBJECT_TYPE_NAME (owner)
                                                                   : G_OBJECT_TYPE_NAME (widget),
                                            what));
}

static gboolean
is_of_pointer (GtkEventController *controller)
{
  return GTK_IS_GESTURE (controller) || GTK_IS_DROP_TARGET (controller) ||
         GTK_IS_DROP_TARGET_ASYNC (controller) || GTK_IS_DROP_CONTROLLER_MOTION (controller) ||
         GTK_IS_EVENT_CONTROLLER_MOTION (controller) ||
         GTK_IS_EVENT_CONTROLLER_SCROLL (controller) ||
         GTK_IS_EVENT_CONTROLLER_LEGACY (controller);
}

static void
note_controllers (GHashTable *found,
                  GtkWidget  *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (g_object_get_data (G_OBJECT (controller), OF_PROGRAM) != NULL &&
          is_of_pointer (controller))
        note (found, widget, G_OBJECT_TYPE_NAME (controller));
    }
}

/* GTK 4.8 has no keys for titles of columns. */
static void
note_columns (GHashTable    *found,
              GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  if (gtk_column_view_get_reorderable (view) && g_list_model_get_n_items (columns) > 1)
    note (found, GTK_WIDGET (view), "reorder");
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (gtk_column_view_column_get_resizable (column))
        note (found, GTK_WIDGET (view), "resize");
      if (gtk_column_view_column_get_sorter (column) != NULL)
        note (found, GTK_WIDGET (view), "sort");
      if (gtk_column_view_column_get_header_menu (column) != NULL)
        note (found, GTK_WIDGET (view), "menu of a column");
    }
}

/* These have keys for what their own buttons do. */
static gboolean
is_in_part_of_gtk (GtkWidget *widget)
{
  const GType types[] = {
    GTK_TYPE_WINDOW_CONTROLS, GTK_TYPE_SPIN_BUTTON, GTK_TYPE_MENU_BUTTON, ADW_TYPE_ENTRY_ROW,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (gtk_widget_get_ancestor (widget, types[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
can_focus (GtkWidget *widget)
{
  gboolean can = gtk_widget_get_focusable (widget);

  for (; widget != NULL && can; widget = gtk_widget_get_parent (widget))
    can = gtk_widget_get_can_focus (widget);
  return can;
}

static gboolean
is_clickable (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SWITCH (widget) ||
         (GTK_IS_LIST_BOX_ROW (widget) &&
          gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget)));
}

static void
note_functions_of_gtk (GHashTable *found,
                       GtkWidget  *widget)
{
  if (GTK_IS_COLUMN_VIEW (widget))
    note_columns (found, GTK_COLUMN_VIEW (widget));
  if (GTK_IS_PANED (widget))
    note (found, widget, "divide");
  if (GTK_IS_ENTRY (widget) &&
      g_signal_has_handler_pending (widget, g_signal_lookup ("icon-press", GTK_TYPE_ENTRY), 0,
                                    FALSE))
    note (found, widget, "icon");
  if (is_clickable (widget) && gtk_widget_get_mapped (widget) && !can_focus (widget) &&
      !is_in_part_of_gtk (widget))
    note (found, widget, "click");
}

static void
search (GHashTable *found,
        GtkWidget  *widget)
{
  note_controllers (found, widget);
  note_functions_of_gtk (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    search (found, child);
}

static void
search_all (GHashTable *found)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    search (found, i->data);
}

static GHashTable *found;       /* what page_show_all () has come to */

/* Keys that go to a hidden widget do nothing, not even those of menus. */
static void
check_focus (GtkWindow  *window,
             const Page *page)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  if (focus == NULL || gtk_widget_get_mapped (focus))
    return;

  g_test_message ("%s: the focus is on a hidden %s", page->name, G_OBJECT_TYPE_NAME (focus));
  g_test_fail ();
}

static void
search_page (GtkWindow  *front,
             const Page *page)
{
  check_focus (front, page);
  search_all (found);
}

/* Windows and lists that no page has. */
static void
search_others (void)
{
  const char *const actions[] = { "win.colours", "frames.follow-conversation" };
  WsiWindow *window = ui_test_open_window (application);

  open_example (window);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      GtkWidget *list = GTK_WIDGET (ui_test_get_list (window));
      GtkWindow *dialog;

      g_assert_true (gtk_widget_activate_action (list, actions[i], NULL));
      dialog = get_dialog (window);
      ui_test_draw (GTK_WIDGET (dialog), 3);
      search_all (found);
      gtk_window_destroy (dialog);
    }
  write_filter (window, "opc");
  ui_test_wait_until (has_offers, find (window, "WsiFilterEntry"));
  search_all (found);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* One a line. */
static char *
dup_found (void)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (found), (GCompareFunc) strcmp);
  GString *text = g_string_new (NULL);

  for (GList *i = keys; i != NULL; i = i->next)
    g_string_append_printf (text, "%s\n", (char *) i->data);
  return g_string_free (text, FALSE);
}

static char *
dup_known (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    g_string_append_printf (text, "%s %s\n", ways[i].owner, ways[i].what);
  return g_string_free (text, FALSE);
}

/* Each that is found is in the table, and each of the table is found. */
static void
test_all (void)
{
  g_autofree char *expected = dup_known (), *received = NULL;

  found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page_show_all (application, WIDTH, HEIGHT, search_page);
  search_others ();
  received = dup_found ();
  g_assert_cmpstr (received, ==, expected);
  g_clear_pointer (&found, g_hash_table_unref);
}

/* One that is added, and a button without focus. */
static void
test_found (void)
{
  g_autofree char *received = NULL;
  GtkWidget *window = gtk_window_new (), *button = gtk_button_new ();

  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (gtk_gesture_long_press_new ()));
  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  search (found, window);
  received = dup_found ();
  g_assert_cmpstr (received, ==, "GtkButton click\nGtkWindow GtkGestureLongPress\n");
  g_clear_pointer (&found, g_hash_table_unref);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  WsiWindow *window = ui_test_open_window (application);

  open_example (window);
  way->press (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* How often the sources make a controller of a pointer. */
static guint
count_in_file (const char *path)
{
  g_autoptr (GRegex) regex =
    g_regex_new ("gtk_(gesture_\\w+|drop_target\\w*|drop_controller_motion|drag_source|"
                 "event_controller_(motion|scroll|legacy))_new \\(", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    n++;
  return n;
}

static guint
count_in_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n += count_in_folder (child);
      else if (g_str_has_suffix (name, ".c"))
        n += count_in_file (child);
    }
  return n;
}

/* Also those of a window that no test opens. */
static void
test_sources (void)
{
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "..", "tools", "ws-inspector", "ui", NULL);
  guint n_controllers = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    n_controllers += g_str_has_prefix (ways[i].what, "Gtk");
  g_assert_cmpuint (count_in_folder (path), ==, n_controllers);
}

static void
assert_no_controller (const char *path)
{
  const char *const types[] = {
    "\"GtkGesture", "\"GtkDropTarget", "\"GtkDropController", "\"GtkDragSource",
    "\"GtkEventControllerMotion", "\"GtkEventControllerScroll", "\"GtkEventControllerLegacy",
  };
  g_auto (GStrv) children = g_resources_enumerate_children (path, 0, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);

  for (guint i = 0; children != NULL && children[i] != NULL; i++)
    {
      g_autofree char *child = g_build_path ("/", path, children[i], NULL);

      assert_no_controller (child);
    }
  for (guint i = 0; bytes != NULL && i < G_N_ELEMENTS (types); i++)
    g_assert_null (g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                 types[i]));
}

/* They are added in code, where the test knows them again. */
static void
test_templates (void)
{
  assert_no_controller (RESOURCES);
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/keys/what-a-pointer-does-is-found", test_found);
  g_test_add_func ("/ui/keys/what-a-pointer-does-has-keys", test_all);
  g_test_add_func ("/ui/keys/controllers-of-sources-are-known", test_sources);
  g_test_add_func ("/ui/keys/templates-have-no-controllers", test_templates);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/keys/pressed/%s/%s", ways[i].owner,
                                               ways[i].what);

      g_test_add_data_func (path, &ways[i], test_way);
    }
  return ui_test_end (application);
}
