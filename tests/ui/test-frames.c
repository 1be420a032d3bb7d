/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames in a window of its own: columns, names, choices. */
#include "ui/frames/wsi-frame-table.h"
#include "ui/frames/wsi-note-menu.h"

#include <adwaita.h>
#include <string.h>

#include "inspector/opened.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-cell.h"
#include "ui/parts/wsi-column-titles.h"

#define TITLE_EDGE 16           /* pixels from the text of a title to the edge of its column */
#define MIN_SUMMARY 150
#define MANY 100000

typedef struct
{
  GtkWindow       *window;
  WsiFrameList    *list;
  WsiStore        *store;
  WsiConversation *conversation;
} Scene;

static void
append (Scene       *scene,
        WspDirection direction,
        guint        opcode,
        guint        fin,
        const char  *payload)
{
  const UiTestFrame frame = {
    .direction = direction,
    .opcode = opcode,
    .is_first_part = !fin,
    .payload = payload,
    .time_us = 1000 * (gint64) wsi_store_get_end (scene->store),
  };

  ui_test_append (scene->store, scene->conversation, &frame);
}

static void
append_all (Scene *scene)
{
  const WsiRecord event = {
    .kind = WSI_RECORD_KIND_EVENT,
    .event = WSI_EVENT_GAP,
    .direction = WSI_NO_DIRECTION,
  };

  append (scene, WSP_DIRECTION_SENT, 1, 1, "{\"type\":\"subscribe\",\"id\":7}");
  append (scene, WSP_DIRECTION_RECEIVED, 1, 0, "one ");
  append (scene, WSP_DIRECTION_RECEIVED, 9, 1, "k1");
  append (scene, WSP_DIRECTION_SENT, 10, 1, "k1");
  append (scene, WSP_DIRECTION_RECEIVED, 0, 1, "two");
  wsi_store_append_event (scene->store, scene->conversation, &event,
                          WSI_SENTENCE (TEXT, "12 bytes are missing"));
  wsi_store_announce (scene->store);
}

static WsiShownRows *
get_rows (Scene *scene)
{
  return wsi_frame_list_get_rows (scene->list);
}

static WsiShownCounts
get_counts (Scene *scene)
{
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts;
}

/* Until the rows that there should be are shown, and their columns fit. */
static void
wait_for_rows (Scene *scene,
               guint  n_rows)
{
  ui_test_wait_for_rows (scene->list, n_rows);
  ui_test_draw (GTK_WIDGET (scene->window), 12);
}

static void
scene_init (Scene *scene,
            int    width)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  scene->store = ui_test_make_store (&limits, &scene->conversation);
  scene->list = g_object_new (WSI_TYPE_FRAME_TABLE, NULL);
  append_all (scene);
  wsi_frame_list_set_store (scene->list, scene->store);
  scene->window = ui_test_open (GTK_WIDGET (scene->list), width, 300);
  wait_for_rows (scene, 6);
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
save_screenshot (Scene      *scene,
                 const char *name)
{
  g_autofree char *file = g_strdup_printf ("frames-%s", name);

  picture_save (GTK_WIDGET (scene->window), file);
}

static GtkWidget *
get_header (Scene *scene)
{
  return wsi_column_titles_get (wsi_frame_list_get_view (scene->list));
}

/* Pixels from the text of a title to the right edge of its column. */
static int
measure_edge (Scene      *scene,
              const char *text)
{
  GtkWidget *label = ui_test_find (get_header (scene), ui_test_is_label, text);
  GtkWidget *column = label;
  PangoRectangle ink;
  graphene_rect_t area;
  int x;

  g_assert_nonnull (label);
  while (gtk_widget_get_parent (column) != get_header (scene))
    column = gtk_widget_get_parent (column);
  gtk_label_get_layout_offsets (GTK_LABEL (label), &x, NULL);
  pango_layout_get_pixel_extents (gtk_label_get_layout (GTK_LABEL (label)), NULL, &ink);
  g_assert_true (gtk_widget_compute_bounds (label, column, &area));
  return gtk_widget_get_width (column) - (int) (area.origin.x + x + ink.x + ink.width);
}

static const char *const number_titles[] = { "No.", "Time", "Size" };

static void
test_titles (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  save_screenshot (&scene, "wide");
  for (guint i = 0; i < G_N_ELEMENTS (number_titles); i++)
    g_assert_cmpint (measure_edge (&scene, number_titles[i]), <=, TITLE_EDGE);
}

static void
test_narrow (void)
{
  g_auto (Scene) scene = { 0 };
  graphene_rect_t area;
  GtkWidget *title;

  scene_init (&scene, 300);
  save_screenshot (&scene, "narrow");
  title = ui_test_find (get_header (&scene), ui_test_is_label, "Summary");
  g_assert_nonnull (title);
  while (gtk_widget_get_parent (title) != get_header (&scene))
    title = gtk_widget_get_parent (title);
  g_assert_true (gtk_widget_compute_bounds (title, GTK_WIDGET (scene.list), &area));
  g_assert_cmpfloat (area.size.width, >=, MIN_SUMMARY);
  g_assert_cmpfloat (area.origin.x + area.size.width, <=, gtk_widget_get_width (
                       GTK_WIDGET (scene.list)) + 1);
  g_assert_null (ui_test_find (get_header (&scene), ui_test_is_label, "Size"));
}

static const struct
{
  const char *name;
  guint       row;
  const char *sentence;
} names[] = {
  { "sent-text", 0, "Frame 1, sent text, 27 bytes, {\"type\":\"subscribe\",\"id\":7}" },
  { "received-ping", 2, "Frame 3, received ping, 2 bytes, \"k1\"" },
  { "event", 5, "Row 6, event gap, 12 bytes are missing" },
};

static void
assert_name (GtkWidget  *widget,
             const char *expected)
{
  g_autofree char *found = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                                               GTK_ACCESSIBLE_PROPERTY_LABEL,
                                                               expected);

  g_assert_cmpstr (found, ==, NULL);
}

static void
test_name (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  GtkWidget *row;

  scene_init (&scene, 900);
  row = ui_test_get_row (scene.list, names[i].row);
  assert_name (row, names[i].sentence);
  for (GtkWidget *cell = gtk_widget_get_first_child (row); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (cell),
                                                     GTK_ACCESSIBLE_RELATION_LABELLED_BY));
}

/* The texts of the cells of a row, with "|" between them. */
static void
collect (GtkWidget *widget,
         GString   *text)
{
  if (GTK_IS_INSCRIPTION (widget))
    g_string_append_printf (text, "%s%s", text->len > 0 ? "|" : "",
                            gtk_inscription_get_text (GTK_INSCRIPTION (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, text);
}

static void
assert_cells (Scene      *scene,
              guint       position,
              const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  collect (ui_test_get_row (scene->list, position), text);
  g_assert_cmpstr (text->str, ==, expected);
}

/* Names that are no fields, and those that come again, are left out. */
static void
test_columns (void)
{
  const char *const columns[] = { "json.id", "summary", "nonsense", "no", "summary", NULL };
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) shown = NULL;
  g_autofree char *joined = NULL;
  GtkWidget *title;

  scene_init (&scene, 900);
  g_object_set (scene.list, "columns", columns, NULL);
  g_object_set (scene.list, "column-widths", g_variant_new_parsed ("{'no': uint32 200}"), NULL);
  wait_for_rows (&scene, 6);
  g_object_get (scene.list, "columns", &shown, NULL);
  joined = g_strjoinv (" ", shown);
  g_assert_cmpstr (joined, ==, "json.id no summary");
  assert_cells (&scene, 0, "7|1|↑|{\"type\":\"subscribe\",\"id\":7}");
  title = ui_test_find (get_header (&scene), ui_test_is_label, "No.");
  while (gtk_widget_get_parent (title) != get_header (&scene))
    title = gtk_widget_get_parent (title);
  g_assert_cmpint (gtk_widget_get_width (title), >, 180);
  g_object_set (scene.list, "columns", NULL, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 12);
  assert_cells (&scene, 2, "3|0.002|ping|2|↓|\"k1\"");
}

static GtkInscription *
find_inscription (GtkWidget  *widget,
                  const char *character)
{
  GtkInscription *found = NULL;

  if (GTK_IS_INSCRIPTION (widget) &&
      strstr (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), character) != NULL)
    return GTK_INSCRIPTION (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_inscription (child, character);
  return found;
}

/* Percent of the usual size of text, and the clock of the times. */
static const struct
{
  const char *name, *clock;
  int         size;
} times[] = {
  { "relative", "relative", 100 }, { "relative-large", "relative", 150 },
  { "delta", "delta", 100 }, { "delta-large", "delta", 150 },
  { "local", "local", 100 }, { "local-large", "local", 150 },
  { "utc", "utc", 100 }, { "utc-large", "utc", 150 },
};

static void
test_times (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (PangoLayout) layout = NULL;
  GtkWidget *cell;
  int width;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * times[i].size / 100, NULL);
  scene_init (&scene, 900);
  g_object_set (scene.list, "time-format", times[i].clock, NULL);
  wait_for_rows (&scene, 6);
  cell = GTK_WIDGET (find_inscription (ui_test_get_row (scene.list, 2), "."));
  layout = gtk_widget_create_pango_layout (cell, gtk_inscription_get_text (GTK_INSCRIPTION (cell)));
  pango_layout_get_pixel_size (layout, &width, NULL);
  g_assert_cmpint (gtk_widget_get_width (cell), >=, width);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024, NULL);
}

static void
test_choices (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.view", "s", "messages");
  wait_for_rows (&scene, 5);
  assert_cells (&scene, 3, "5|0.004|text ×2|7|↓|\"one two\"");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.direction", "s", "sent");
  wait_for_rows (&scene, 2);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.show-control", NULL);
  wait_for_rows (&scene, 1);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.show-all", NULL);
  wait_for_rows (&scene, 5);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.view", "s", "frames");
  wait_for_rows (&scene, 6);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.time-format", "s", "delta");
  assert_cells (&scene, 2, "3|0.001|ping|2|↓|\"k1\"");
}

/* Whether a label with this text can be seen. */
static gboolean
is_shown (GtkWidget  *widget,
          const char *text)
{
  return ui_test_find (widget, ui_test_is_label, text) != NULL;
}

static void
test_filter (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GError) error = NULL;

  scene_init (&scene, 900);
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "ping", NULL));
  wait_for_rows (&scene, 1);
  append_all (&scene);
  wait_for_rows (&scene, 2);
  g_assert_false (wsi_shown_rows_set_filter (get_rows (&scene), "ping and", &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (wsi_shown_rows_get_filter (wsi_frame_list_get_rows (scene.list)), ==, "ping");
  g_assert_true (wsi_frame_list_go_to (scene.list, 1));
  g_assert_true (is_shown (GTK_WIDGET (scene.list), "Follow"));
  wsi_frame_list_set_growing (scene.list, FALSE);       /* all sources have ended */
  g_assert_false (is_shown (GTK_WIDGET (scene.list), "Follow"));
  wsi_frame_list_set_growing (scene.list, TRUE);
  g_assert_true (is_shown (GTK_WIDGET (scene.list), "Follow"));
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "len > 1000", NULL));
  wait_for_rows (&scene, 0);
  g_assert_false (is_shown (GTK_WIDGET (scene.list), "Follow"));
  save_screenshot (&scene, "no-match");
  g_assert_true (is_shown (GTK_WIDGET (scene.list), "0 of 12 rows are shown"));
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), NULL, NULL));
  wait_for_rows (&scene, 12);
}

/* Nothing of the store before is shown, also not what its filter finds later. */
static void
test_other_store (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiStore) other = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  WsiStore *before;

  scene_init (&scene, 900);
  for (guint i = 0; i < MANY; i++)
    append (&scene, WSP_DIRECTION_SENT, 1, 1, "a text");
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "text contains \"nothing\"", NULL));
  before = scene.store;
  scene.store = other;
  append (&scene, WSP_DIRECTION_SENT, 1, 1, "nothing");
  wsi_frame_list_set_store (scene.list, other);
  wait_for_rows (&scene, 1);
  for (guint i = 0; i < 20; i++)
    gtk_test_widget_wait_for_draw (GTK_WIDGET (scene.window));
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 1);
  g_assert_cmpuint (get_counts (&scene).n_rows, ==, 1);
  scene.store = before;
}

/* The row that was selected stays so, by its number. */
static void
test_selection (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  wsi_frame_list_select (scene.list, 2);
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "recv", NULL));
  wait_for_rows (&scene, 3);
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 2);
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "sent", NULL));
  wait_for_rows (&scene, 2);
  g_assert_null (wsi_frame_list_get_row (scene.list));
}

static void
test_pause (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  g_object_set (scene.list, "paused", TRUE, NULL);
  append_all (&scene);
  for (guint i = 0; i < 5; i++)
    gtk_test_widget_wait_for_draw (GTK_WIDGET (scene.window));
  g_assert_cmpuint (get_counts (&scene).n_shown, ==, 6);
  g_object_set (scene.list, "paused", FALSE, NULL);
  wait_for_rows (&scene, 12);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.clear", NULL);
  wait_for_rows (&scene, 0);
  append_all (&scene);
  wait_for_rows (&scene, 6);
}

/* The labels of a part of the menu, with "|" between them. */
static char *
list_labels (GMenuModel *menu)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autofree char *label = NULL;

      g_assert_true (g_menu_model_get_item_attribute (menu, i, "label", "s", &label));
      g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", label);
    }
  return g_string_free (text, FALSE);
}

/* The submenu of the filters, which is the first one. */
static GMenuModel *
get_filters (GMenuModel *menu)
{
  g_autoptr (GMenuModel) others = g_menu_model_get_item_link (menu, 1, G_MENU_LINK_SECTION);

  return g_menu_model_get_item_link (others, 0, G_MENU_LINK_SUBMENU);
}

/* Everything that a menu for a row offers as filters. */
static char *
list_terms (GMenuModel *menu)
{
  g_autoptr (GMenuModel) filters = get_filters (menu);
  GString *text = g_string_new (NULL);

  for (int i = 0; i < g_menu_model_get_n_items (filters); i++)
    {
      g_autofree char *action = NULL, *target = NULL;

      g_assert_true (g_menu_model_get_item_attribute (filters, i, "action", "s", &action));
      g_assert_true (g_menu_model_get_item_attribute (filters, i, "target", "s", &target));
      g_string_append_printf (text, "%s%s(%s)", i > 0 ? " " : "", action, target);
    }
  return g_string_free (text, FALSE);
}

/* The menu that a click on a cell of the row opens. */
static GtkPopoverMenu *
open_menu (Scene *scene,
           guint  position,
           guint  column)
{
  GtkWidget *view = GTK_WIDGET (wsi_frame_list_get_view (scene->list));
  GtkWidget *cell = gtk_widget_get_first_child (ui_test_get_row (scene->list, position));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);
  double x, y;

  while (column-- > 0)
    cell = gtk_widget_get_next_sibling (cell);
  gtk_widget_translate_coordinates (cell, view, gtk_widget_get_width (cell) / 2.0,
                                    gtk_widget_get_height (cell) / 2.0, &x, &y);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller) &&
          gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == GDK_BUTTON_SECONDARY)
        g_signal_emit_by_name (controller, "pressed", 1, x, y);
    }
  return GTK_POPOVER_MENU (ui_test_find (GTK_WIDGET (scene->list), ui_test_is_type,
                                         "GtkPopoverMenu"));
}

static void
test_menu (void)
{
  g_auto (Scene) scene = { 0 };
  const char *const columns[] = { "no", "json.type", "summary", NULL };
  g_autofree char *terms = NULL, *first_labels = NULL, *words = NULL, *more_words = NULL;
  g_autoptr (GMenuModel) first = NULL, filters = NULL, more_filters = NULL;
  GtkPopoverMenu *menu;

  scene_init (&scene, 900);
  g_object_set (scene.list, "columns", columns, NULL);
  wait_for_rows (&scene, 6);
  menu = open_menu (&scene, 0, 1);
  terms = list_terms (gtk_popover_menu_get_menu_model (menu));
  first = g_menu_model_get_item_link (gtk_popover_menu_get_menu_model (menu), 0,
                                      G_MENU_LINK_SECTION);
  first_labels = list_labels (first);
  filters = get_filters (gtk_popover_menu_get_menu_model (menu));
  words = list_labels (filters);
  gtk_popover_popdown (GTK_POPOVER (menu));
  g_assert_cmpstr (first_labels, ==, "_Copy Payload|Send A_gain…|_Mark");
  g_assert_cmpstr (words, ==, "Only Where json.type Is \"subscribe\"|"
                   "Not Where json.type Is \"subscribe\"|Only This _Connection|"
                   "_Not This Connection|Only _Sent|Not Sent|Only Where Type Is text|"
                   "Not Where Type Is text");
  g_assert_cmpstr (terms, ==, "frames.only(json.type == \"subscribe\") "
                   "frames.not(json.type == \"subscribe\") frames.only(conn == 1) "
                   "frames.not(conn == 1) frames.only(dir == sent) frames.not(dir == sent) "
                   "frames.only(type == text) frames.not(type == text)");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.only", "s", "dir == sent");
  wait_for_rows (&scene, 2);
  menu = open_menu (&scene, 0, 0);
  more_filters = get_filters (gtk_popover_menu_get_menu_model (menu));
  more_words = list_labels (more_filters);
  gtk_popover_popdown (GTK_POPOVER (menu));
  g_assert_nonnull (strstr (more_words, "Or This Connection"));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.not", "s", "type == pong");
  wait_for_rows (&scene, 1);
}

/* A word without blanks, too: it is as wide as others, and its end is there. */
static void
test_tooltip (void)
{
  g_autofree char *word = g_strnfill (600, 'x');
  g_autofree char *text = g_strconcat (word, " end", NULL);
  GtkWidget *label = g_object_ref_sink (wsi_column_cell_make_tooltip (text));
  int width, height, one_line;

  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  gtk_label_set_text (GTK_LABEL (label), "x");
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, width, NULL, &one_line, NULL, NULL);
  g_assert_cmpint (width, >, 100);
  g_assert_cmpint (width, <, 900);
  g_assert_cmpint (height, >=, 5 * one_line);
  g_object_unref (label);
}

/* The text of a column begins below its title, at the right. */
static void
test_mirrored (void)
{
  GtkWidget *cell;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  cell = g_object_ref_sink (wsi_column_cell_new (0));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_assert_cmpfloat (gtk_inscription_get_xalign (wsi_column_cell_get_text (cell)), ==, 1);
  g_object_unref (cell);
}

static GtkWidget *
get_focus (Scene *scene)
{
  return gtk_window_get_focus (scene->window);
}

static gboolean
is_at_first_filter (gpointer data)
{
  GtkWidget *focus = get_focus (data);
  g_autofree char *text = NULL;

  if (focus == NULL || !g_str_equal (G_OBJECT_TYPE_NAME (focus), "GtkModelButton"))
    return FALSE;

  g_object_get (focus, "text", &text, NULL);
  return g_str_equal (text, "Only This _Connection") || g_str_equal (text, "Only This Connection");
}

/* Return carries the first item out, and does not lead back. */
static void
test_submenu (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *menu, *stack;

  scene_init (&scene, 900);
  wsi_frame_list_select (scene.list, 0);
  gtk_widget_grab_focus (GTK_WIDGET (scene.list));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.menu", NULL);
  menu = ui_test_find (GTK_WIDGET (scene.list), ui_test_is_type, "GtkPopoverMenu");
  ui_test_draw (menu, 2);
  stack = ui_test_find (menu, ui_test_is_type, "GtkStack");
  gtk_stack_set_visible_child_name (GTK_STACK (stack), "F_ilter");
  ui_test_wait_until (is_at_first_filter, &scene);
  gtk_popover_popdown (GTK_POPOVER (menu));
}

/* By the menu and by keys, the row that is selected. */
static void
test_actions (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.mark", NULL);
  wsi_frame_list_select (scene.list, 2);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.mark", NULL);
  assert_cells (&scene, 2, "★ 3|0.002|ping|2|↓|\"k1\"");
  g_assert_true (gtk_widget_has_css_class (ui_test_get_row (scene.list, 2), "row-accent"));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.reference", NULL);
  assert_cells (&scene, 0, "1|-0.002|text|27|↑|{\"type\":\"subscribe\",\"id\":7}");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.no-reference", NULL);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.mark", NULL);
  assert_cells (&scene, 2, "3|0.002|ping|2|↓|\"k1\"");
  wsi_store_set_comment (scene.store, 2, "why?");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.copy", "s", "hex");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.copy", "s", "nonsense");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.menu", NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene.window));
}

/* The items of the submenu for tags, for the selected row. */
static char *
list_tags (Scene *scene)
{
  WsiRow *row = wsi_frame_list_get_row (scene->list);
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (scene->list);
  g_autoptr (GMenuModel) notes = wsi_note_menu_make (row, numbers);
  g_autoptr (GMenuModel) tags = g_menu_model_get_item_link (notes, 1, G_MENU_LINK_SUBMENU);
  GString *text = g_string_new (NULL);

  for (int i = 0; i < g_menu_model_get_n_items (tags); i++)
    {
      g_autofree char *label = NULL;

      g_assert_true (g_menu_model_get_item_attribute (tags, i, "label", "s", &label));
      g_string_append_printf (text, "%s|", label);
    }
  return g_string_free (text, FALSE);
}

static void
assert_tags (Scene      *scene,
             guint       row,
             const char *comment,
             const char *offered)
{
  g_autofree char *found = wsi_store_dup_comment (scene->store, row), *tags = NULL;

  g_assert_cmpstr (found, ==, comment);
  wsi_frame_list_select (scene->list, row);
  tags = list_tags (scene);
  g_assert_cmpstr (tags, ==, offered);
}

static GtkWidget *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *window = windows; window != NULL; window = window->next)
    if (ADW_IS_MESSAGE_DIALOG (window->data))
      return window->data;
  g_assert_not_reached ();
}

/* By the menu, and all of them in a dialog. */
static void
test_tags (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *dialog;

  scene_init (&scene, 900);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tag", "s", "none-is-selected");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tags", NULL);
  wsi_store_set_comment (scene.store, 0, "look #to_do #slow");
  assert_tags (&scene, 0, "look #to_do #slow", "Remove #to__do|Remove #slow|_Edit Tags…|");
  assert_tags (&scene, 1, NULL, "Add #slow|Add #to__do|_Edit Tags…|");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tag", "s", "slow");
  assert_tags (&scene, 1, "#slow", "Remove #slow|Add #to__do|_Edit Tags…|");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tag", "s", "slow");
  assert_tags (&scene, 1, NULL, "Add #slow|Add #to__do|_Edit Tags…|");

  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tags", NULL);
  dialog = find_dialog ();
  gtk_editable_set_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (
                                         ADW_MESSAGE_DIALOG (dialog))), "new, #slow <b>");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "save");
  assert_tags (&scene, 1, "#new #slow #b",
               "Remove #new|Remove #slow|Remove #b|Add #to__do|_Edit Tags…|");
}

static const struct
{
  const char *name;
  guint       row;
  const char *class;            /* style class of the row; NULL = none */
} styles[] = {
  { "a-text-has-none", 0, NULL },
  { "a-ping-is-dim", 2, "row-dim" },
  { "a-gap-is-an-error", 5, "row-error" },
};

static void
test_style (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  static const char *const classes[] = {
    "row-error", "row-warning", "row-accent", "row-success", "row-dim",
  };
  GtkWidget *row;

  scene_init (&scene, 900);
  row = ui_test_get_row (scene.list, styles[i].row);
  for (guint j = 0; j < G_N_ELEMENTS (classes); j++)
    g_assert_cmpint (gtk_widget_has_css_class (row, classes[j]), ==,
                     g_strcmp0 (classes[j], styles[i].class) == 0);
}

static char *
dup_signs (Scene *scene)
{
  GString *signs = g_string_new (NULL);

  for (guint i = 0; i < 6; i++)
    {
      GtkWidget *row = ui_test_get_row (scene->list, i);
      GtkWidget *place = gtk_widget_get_last_child (row);
      GtkWidget *cell = gtk_widget_get_first_child (place);
      GtkWidget *sign = gtk_widget_get_first_child (cell);
      gboolean has_sign = sign != gtk_widget_get_last_child (cell);
      const char *text = has_sign ? gtk_inscription_get_text (GTK_INSCRIPTION (sign)) : "no";

      g_string_append_printf (signs, "%s%s|", text,
                              gtk_widget_has_css_class (row, "row-sent") ? "t" : "");
    }
  return g_string_free (signs, FALSE);
}

/* By an arrow at the head of the summary, and by a tint where no rule has a colour. */
static void
test_direction_of_rows (void)
{
  static const char *const with_direction[] = { "dir", "summary", NULL };
  g_auto (Scene) scene = { 0 };
  g_autofree char *signs = NULL, *none = NULL;

  scene_init (&scene, 900);
  signs = dup_signs (&scene);
  g_assert_cmpstr (signs, ==, "↑t|↓|↓|↑|↓||");
  g_object_set (scene.list, "columns", with_direction, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 12);
  none = dup_signs (&scene);
  g_assert_cmpstr (none, ==, "not|no|no|no|no|no|");
}

/* The title of a column that some row has a value for. */
static gboolean
has_column (Scene      *scene,
            const char *title)
{
  ui_test_draw (GTK_WIDGET (scene->window), 12);
  return ui_test_find (get_header (scene), ui_test_is_label, title) != NULL;
}

static void
test_columns_without_values (void)
{
  static const char *const chosen[] = { "no", "comment", "conn", "summary", NULL };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) other = NULL;

  scene_init (&scene, 900);
  g_assert_false (has_column (&scene, "Conn."));
  g_assert_false (has_column (&scene, "Dir."));

  /* The user chooses them in this session. */
  g_object_set (scene.list, "columns", chosen, NULL);
  g_assert_true (has_column (&scene, "Comment"));

  /* They were chosen in one before. */
  wsi_frame_list_set_store (scene.list, NULL);
  wsi_frame_list_set_store (scene.list, scene.store);
  wait_for_rows (&scene, 6);
  g_assert_false (has_column (&scene, "Comment"));
  g_assert_false (has_column (&scene, "Conn."));
  wsi_store_set_comment (scene.store, 1, "late");
  ui_test_draw (GTK_WIDGET (scene.window), 30);
  g_assert_true (has_column (&scene, "Comment"));

  other = wsi_conversation_new (&(WsiOpening) { .role = WSP_ROLE_CLIENT }, 0);
  wsi_store_add_conversation (scene.store, other);
  append (&scene, WSP_DIRECTION_SENT, 1, 1, "more");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 7);
  g_assert_true (has_column (&scene, "Conn."));
}

/* A session that begins with events has no size until its first message. */
static void
test_events_alone (void)
{
  const WsiRecord event = {
    .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_GAP, .direction = WSI_NO_DIRECTION,
  };
  g_auto (Scene) scene = { 0 };
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  scene_init (&scene, 900);
  g_assert_true (has_column (&scene, "Size"));
  wsi_frame_list_set_store (scene.list, NULL);
  g_clear_object (&scene.conversation);
  g_clear_object (&scene.store);
  scene.store = ui_test_make_store (&limits, &scene.conversation);
  wsi_store_append_event (scene.store, scene.conversation, &event, WSI_SENTENCE (TEXT, "a gap"));
  wsi_frame_list_set_store (scene.list, scene.store);
  wait_for_rows (&scene, 1);
  g_assert_false (has_column (&scene, "Size"));
  g_assert_true (has_column (&scene, "No."));
  g_assert_true (has_column (&scene, "Time"));
  g_assert_true (has_column (&scene, "Type"));
  append (&scene, WSP_DIRECTION_SENT, 1, 1, "first");
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 2);
  g_assert_true (has_column (&scene, "Size"));
}

static gboolean
has_text (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_INSCRIPTION (widget) &&
         g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0;
}

/* From the second server on, also rows that were there before have their server in their name. */
static void
test_servers (void)
{
  static const struct
  {
    const char *uri, *first, *last;     /* cells of the first connection and of this one */
  } steps[] = {
    { "ws://h:1/b", "#1", "#2" },
    { "ws://localhost:9444/chat", "#1 · h:1 /a", "#3 · localhost:9444 /chat" },
  };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1200);
  wsi_conversation_set_uri (scene.conversation, "ws://h:1/a");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (WsiConversation) other = wsi_conversation_new (&(WsiOpening) {
      .role = WSP_ROLE_CLIENT, .uri = steps[i].uri,
    }, 0);

      wsi_store_add_conversation (scene.store, other);
      ui_test_append (scene.store, other, &(UiTestFrame) { .opcode = 1, .payload = "more" });
      wsi_store_announce (scene.store);
      wait_for_rows (&scene, 7 + i);
      ui_test_draw (GTK_WIDGET (scene.window), 12);
      g_assert_nonnull (ui_test_find (GTK_WIDGET (scene.list), has_text, steps[i].first));
      g_assert_nonnull (ui_test_find (GTK_WIDGET (scene.list), has_text, steps[i].last));
    }
}

/* A rule of the user replaces the usual ones; one that is no filter is left out. */
static void
test_rules (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  g_object_set (scene.list, "colour-rules",
                g_variant_new_parsed ("[('bad', 'no ==', 'error'), ('two', 'no == 2', 'success'),"
                                      " ('odd', 'no == 3', 'nonsense')]"), NULL);
  g_assert_true (gtk_widget_has_css_class (ui_test_get_row (scene.list, 1), "row-success"));
  g_assert_false (gtk_widget_has_css_class (ui_test_get_row (scene.list, 2), "row-dim"));
  g_assert_false (gtk_widget_has_css_class (ui_test_get_row (scene.list, 5), "row-error"));
}

static void
test_go_to (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  g_assert_true (wsi_frame_list_go_to (scene.list, 3));
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 3);
  g_assert_false (wsi_frame_list_is_following (scene.list));
  g_assert_false (wsi_frame_list_go_to (scene.list, 300));
}

/* Beyond the ends the selection stays. */
static void
test_moves (void)
{
  const WsiRecord fault = {
    .kind = WSI_RECORD_KIND_EVENT,
    .event = WSI_EVENT_GAP,
    .direction = WSI_NO_DIRECTION,
    .fault = 3,
  };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 900);
  wsi_store_append_event (scene.store, scene.conversation, &fault, WSI_SENTENCE (TEXT, "wrong"));
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 7);
  ui_test_assert_move (scene.list, "frames.next-row", 0);
  ui_test_assert_move (scene.list, "frames.previous-row", 0);
  ui_test_assert_move (scene.list, "frames.next-row", 1);
  ui_test_assert_move (scene.list, "frames.previous-row", 0);
  ui_test_assert_move (scene.list, "frames.next-problem", 6);
  ui_test_assert_move (scene.list, "frames.next-row", 6);
  ui_test_assert_move (scene.list, "frames.next-problem", 6);
}

int
main (int    argc,
      char **argv)
{
  /* GTK keeps names only where a program may ask for them. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/frames/columns/titles-of-numbers-stand-right", test_titles);
  g_test_add_func ("/ui/frames/columns/the-summary-has-room-at-360", test_narrow);
  g_test_add_func ("/ui/frames/columns/are-chosen-ordered-and-resized", test_columns);
  ADD_ROWS ("/ui/frames/columns/times-have-room", times, test_times);
  ADD_ROWS ("/ui/frames/names", names, test_name);
  g_test_add_func ("/ui/frames/choices/decide-about-rows", test_choices);
  g_test_add_func ("/ui/frames/filter/shows-what-it-finds-also-later", test_filter);
  g_test_add_func ("/ui/frames/filter/ends-with-its-store", test_other_store);
  g_test_add_func ("/ui/frames/filter/the-selected-row-stays-selected", test_selection);
  g_test_add_func ("/ui/frames/pause/shows-nothing-new-and-clear-begins-anew", test_pause);
  ADD_ROWS ("/ui/frames/colours", styles, test_style);
  g_test_add_func ("/ui/frames/colours/rules-of-the-user-replace-the-usual-ones", test_rules);
  g_test_add_func ("/ui/frames/direction/is-an-arrow-and-a-tint", test_direction_of_rows);
  g_test_add_func ("/ui/frames/columns/without-a-value-are-hidden", test_columns_without_values);
  g_test_add_func ("/ui/frames/columns/have-no-size-before-the-first-message", test_events_alone);
  g_test_add_func ("/ui/frames/columns/name-servers-from-the-second-one-on", test_servers);
  g_test_add_func ("/ui/frames/go-to/selects-the-row", test_go_to);
  g_test_add_func ("/ui/frames/moves/go-from-row-to-row-and-to-problems", test_moves);
  g_test_add_func ("/ui/frames/tooltips/wrap-a-long-word", test_tooltip);
  g_test_add_func ("/ui/frames/right-to-left/texts-are-below-their-titles", test_mirrored);
  /* Menus come last: GTK asks for the pointer half a second later, for a tooltip, also if their
   * window is gone. */
  g_test_add_func ("/ui/frames/menu/offers-filters-for-the-cell-and-the-row", test_menu);
  g_test_add_func ("/ui/frames/menu/gives-and-takes-tags", test_tags);
  g_test_add_func ("/ui/frames/menu/acts-on-the-selected-row", test_actions);
  g_test_add_func ("/ui/frames/menu/submenu-begins-with-its-first-item", test_submenu);
  return g_test_run ();
}
