/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Several rows of the list of frames: selected by clicks and keys, copied, marked, compared. */
#include "ui/frames/wsi-frame-table.h"

#include <string.h>

#include "inspect/show/models/wsi-frame-model.h"
#include "inspector/opened.h"
#include "keyboard.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-titles.h"

#define N_ROWS 40
#define N_MANY 1400000
#define MAX_LOOK_UPS 2000
#define SEGMENT 16384

typedef struct
{
  GtkWindow       *window;
  WsiFrameList    *list;
  WsiStore        *store;
  WsiConversation *conversation;
  guint            n_selected;  /* number of signals about the selection */
  const char      *expected;    /* numbers of the rows that are selected after a click */
} Scene;

/* The model's own function; each row that the list looks at was made by it. */
static gpointer (*get_item) (GListModel *model,
                             guint       position);
static guint n_look_ups;

static gpointer
count_item (GListModel *model,
            guint       position)
{
  n_look_ups++;
  return get_item (model, position);
}

static void
count_look_ups (void)
{
  gpointer class = g_type_class_ref (WSI_TYPE_FRAME_MODEL);
  GListModelInterface *iface = g_type_interface_peek (class, G_TYPE_LIST_MODEL);

  get_item = iface->get_item;
  iface->get_item = count_item;
  g_type_class_unref (class);
}

static void
append (Scene *scene,
        guint  n)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 number = wsi_store_get_end (scene->store);
      char payload[32];
      const UiTestFrame frame = {
        .direction = number % 2 == 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
        .opcode = 1, .payload = payload, .time_us = 1000 * (gint64) number,
      };

      g_snprintf (payload, sizeof payload, "text %u", (guint) number + 1);
      ui_test_append (scene->store, scene->conversation, &frame);
    }
  wsi_store_announce (scene->store);
}

static WsiShownRows *
get_rows (Scene *scene)
{
  return wsi_frame_list_get_rows (scene->list);
}

static void
wait_for_rows (Scene *scene,
               guint  n_rows)
{
  ui_test_wait_for_rows (scene->list, n_rows);
  ui_test_draw (GTK_WIDGET (scene->window), 5);
}

static void
scene_init (Scene  *scene,
            guint   n_rows,
            guint64 max_records)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_records = max_records;
  limits.event_rows = WSI_EVENT_ROWS_NONE;
  scene->store = ui_test_make_store (&limits, &scene->conversation);
  scene->list = g_object_new (WSI_TYPE_FRAME_TABLE, NULL);
  append (scene, n_rows);
  wsi_frame_list_set_store (scene->list, scene->store);
  scene->window = ui_test_open (GTK_WIDGET (scene->list), 900, 400);
  wait_for_rows (scene, n_rows);
  g_signal_connect_swapped (scene->list, "selected", G_CALLBACK (g_atomic_int_inc),
                            &scene->n_selected);
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* Does what a click on a row does in GTK, with Ctrl and Shift. */
static void
click (Scene      *scene,
       guint       position,
       const char *modifiers)
{
  GtkWidget *list = wsi_column_titles_get_list (wsi_frame_list_get_view (scene->list));

  g_assert_true (gtk_widget_activate_action (list, "list.select-item", "(ubb)", position,
                                             strchr (modifiers, 'c') != NULL,
                                             strchr (modifiers, 's') != NULL));
}

/* Numbers as the window shows them, from 1 on. */
static char *
print_selected (Scene *scene)
{
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (scene->list);
  WsiRow *row = wsi_frame_list_get_row (scene->list);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ",
                            g_array_index (numbers, guint64, i) + 1);
  if (row != NULL)
    g_string_append_printf (text, "last %" G_GUINT64_FORMAT, wsi_row_get_number (row) + 1);
  return g_string_free (text, FALSE);
}

static void
assert_selected (Scene      *scene,
                 const char *expected)
{
  g_autofree char *text = print_selected (scene);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_clicks (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 2, "");
  assert_selected (&scene, "3 last 3");
  click (&scene, 5, "s");
  assert_selected (&scene, "3 4 5 6 last 6");
  click (&scene, 1, "s");
  assert_selected (&scene, "2 3 last 2");
  click (&scene, 8, "c");
  assert_selected (&scene, "2 3 9 last 9");
  click (&scene, 10, "cs");
  assert_selected (&scene, "2 3 9 10 11 last 11");
  click (&scene, 10, "c");
  assert_selected (&scene, "2 3 9 10 last 10");
  click (&scene, 4, "");
  assert_selected (&scene, "5 last 5");
  g_assert_cmpuint (scene.n_selected, ==, 7);
}

static gboolean
is_selected (gpointer data)
{
  Scene *scene = data;
  g_autofree char *text = print_selected (scene);

  return g_str_equal (text, scene->expected);
}

static void
click_really (Scene      *scene,
              guint       position,
              const char *held,
              const char *expected)
{
  scene->expected = expected;
  g_assert_true (keyboard_click (ui_test_get_row (scene->list, position), held));
  ui_test_wait_until (is_selected, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
  assert_selected (scene, expected);
}

/* A click reaches a row and the cell below the pointer: only one of them selects. */
static void
test_real_clicks (void)
{
  if (!ui_test_can_click ())
    return;

  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS / 4, WSI_DEFAULT_MAX_RECORDS);
  click_really (&scene, 1, NULL, "2 last 2");
  click_really (&scene, 3, "ctrl", "2 4 last 4");
  click_really (&scene, 5, "shift", "4 5 6 last 6");
  click_really (&scene, 4, "ctrl", "4 6 last 6");
}

static const struct
{
  const char *name, *keys, *selected;
} keys[] = {
  { "shift-down-extends", "<Shift>Down <Shift>Down", "3 4 5 last 5" },
  { "shift-up-extends", "<Shift>Up", "2 3 last 2" },
  { "shift-end-goes-to-the-end", "<Shift>End", NULL },
  { "shift-home-goes-to-the-beginning", "<Shift>Home", "1 2 3 last 1" },
  { "ctrl-space-adds-one", "<Control>Down <Control>Down <Control>space", "3 5 last 5" },
  { "ctrl-space-takes-one", "<Shift>Down <Control>space", "3 last 3" },
  { "ctrl-a-keeps-the-last", "<Control>a", NULL },
  { "down-leaves-one", "<Control>a Down", "4 last 4" },
};

static void
test_keys (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) presses = g_strsplit (keys[i].keys, " ", -1);
  g_autoptr (GArray) numbers = NULL;

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.next-row", NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  click (&scene, 2, "");
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 2));
  for (guint j = 0; presses[j] != NULL; j++)
    g_assert_nonnull (keyboard_press (GTK_WIDGET (scene.window), presses[j]));
  if (keys[i].selected != NULL)
    {
      assert_selected (&scene, keys[i].selected);
      return;
    }
  numbers = wsi_frame_list_dup_selected (scene.list);
  g_assert_cmpuint (numbers->len, ==, strstr (keys[i].keys, "End") != NULL ? N_ROWS - 2 : N_ROWS);
}

static void
press (Scene      *scene,
       const char *key)
{
  g_assert_nonnull (keyboard_press (GTK_WIDGET (scene->window), key));
}

/* Keys go on from the row that a jump has selected. */
static void
test_jump (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (scene.list)));
  g_assert_true (wsi_frame_list_go_to (scene.list, 19));
  press (&scene, "<Shift>Down");
  assert_selected (&scene, "20 21 last 21");
  press (&scene, "Down");
  assert_selected (&scene, "22 last 22");
}

/* The list follows, and no row is selected. */
static void
test_end (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (scene.list)));
  g_assert_true (wsi_frame_list_is_following (scene.list));
  press (&scene, "Up");
  assert_selected (&scene, "40 last 40");
  g_assert_false (wsi_frame_list_is_following (scene.list));
  press (&scene, "Up");
  assert_selected (&scene, "39 last 39");
}

/* No row is made for a row that is not seen. */
static void
test_many (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GArray) numbers = NULL;

  scene_init (&scene, N_MANY, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 7, "");
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 2));
  n_look_ups = 0;
  keyboard_press (GTK_WIDGET (scene.window), "<Control>a");
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  numbers = wsi_frame_list_dup_selected (scene.list);
  g_test_message ("%u look-ups for %u rows", n_look_ups, numbers->len);
  g_assert_cmpuint (numbers->len, ==, N_MANY);
  g_assert_cmpuint (n_look_ups, <, MAX_LOOK_UPS);
}

static gboolean
has_sums (gpointer data)
{
  Scene *scene = data;

  return wsi_frame_list_get_sums (scene->list) != NULL;
}

static gboolean
has_no_sums (gpointer data)
{
  return !has_sums (data);
}

static void
test_sums (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 1, "");
  g_assert_null (wsi_frame_list_get_sums (scene.list));
  click (&scene, 3, "s");
  ui_test_wait_until (has_sums, &scene);
  g_assert_cmpstr (wsi_frame_list_get_sums (scene.list), ==,
                   "3 rows selected · 18 bytes · 24 bytes on the wire · 0.002000 s");
  click (&scene, 1, "");
  ui_test_wait_until (has_no_sums, &scene);
}

/* Rows that the filter still shows are selected, and the rest again without it. */
static void
test_filter (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 1, "");
  click (&scene, 4, "s");
  assert_selected (&scene, "2 3 4 5 last 5");
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), "recv", NULL));
  wait_for_rows (&scene, N_ROWS / 2);
  assert_selected (&scene, "2 4 ");
  g_assert_true (wsi_shown_rows_set_filter (get_rows (&scene), NULL, NULL));
  wait_for_rows (&scene, N_ROWS);
  assert_selected (&scene, "2 3 4 5 last 5");
  g_object_set (scene.list, "view", "messages", NULL);
  wait_for_rows (&scene, N_ROWS);
  assert_selected (&scene, "2 3 4 5 last 5");
}

/* A message stands for a fragment of it that was selected. */
static void
test_messages (void)
{
  const UiTestFrame fragments[] = {
    { .direction = WSP_DIRECTION_SENT, .opcode = 1, .payload = "one ", .is_first_part = TRUE },
    { .direction = WSP_DIRECTION_SENT, .opcode = 0, .payload = "two" },
  };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 4, WSI_DEFAULT_MAX_RECORDS);
  for (guint i = 0; i < G_N_ELEMENTS (fragments); i++)
    ui_test_append (scene.store, scene.conversation, &fragments[i]);
  wsi_store_announce (scene.store);
  wait_for_rows (&scene, 6);
  click (&scene, 1, "");
  click (&scene, 4, "c");
  assert_selected (&scene, "2 5 last 5");
  g_object_set (scene.list, "view", "messages", NULL);
  wait_for_rows (&scene, 5);
  assert_selected (&scene, "2 6 last 6");
}

static gboolean
is_evicted (gpointer data)
{
  Scene *scene = data;
  g_autoptr (GArray) numbers = wsi_frame_list_dup_selected (scene->list);

  return numbers->len == 2;
}

static gboolean
has_none (gpointer data)
{
  return wsi_frame_list_get_row (((Scene *) data)->list) == NULL;
}

static void
test_eviction (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 2 * SEGMENT, 2 * SEGMENT);
  click (&scene, 3, "");
  click (&scene, SEGMENT + 3, "c");
  click (&scene, SEGMENT + 5, "c");
  click (&scene, 1, "c");
  append (&scene, 1);
  ui_test_wait_until (is_evicted, &scene);
  assert_selected (&scene, "16388 16390 last 16388");
  append (&scene, 3 * SEGMENT);
  ui_test_wait_until (has_none, &scene);
  assert_selected (&scene, "");
}

static void
assert_copied (Scene      *scene,
               const char *form,
               const char *expected)
{
  g_autofree char *text = NULL;

  gtk_widget_activate_action (GTK_WIDGET (scene->list), "frames.copy", "s", form);
  text = ui_test_read_clipboard (GTK_WIDGET (scene->window));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_copy (void)
{
  const char *const columns[] = { "no", "type", "len", NULL };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_object_set (scene.list, "columns", columns, NULL);
  click (&scene, 1, "");
  click (&scene, 3, "c");
  assert_copied (&scene, "text", "text 2\ntext 4");
  assert_copied (&scene, "shown", "2\ttext\t6\n4\ttext\t6");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.mark", NULL);
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 1), ==, 1);
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 2), ==, 0);
  g_assert_cmpuint (wsi_store_get_mark (scene.store, 3), ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.tag", "s", "odd");
  assert_copied (&scene, "shown", "★ 2\ttext\t6\n★ 4\ttext\t6");
}

/* A copy of many rows goes on for some steps: the list may be closed, or have another store. */
static void
test_copy_ends (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 20 * SEGMENT, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 2));
  keyboard_press (GTK_WIDGET (scene.window), "<Control>a");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.copy", "s", "shown");
  wsi_frame_list_set_store (scene.list, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  wsi_frame_list_set_store (scene.list, scene.store);
  wait_for_rows (&scene, 20 * SEGMENT);
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 2));
  keyboard_press (GTK_WIDGET (scene.window), "<Control>a");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.copy", "s", "json");
}

static GtkWidget *
find_window (const char *title)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *window = windows; window != NULL; window = window->next)
    if (g_strcmp0 (gtk_window_get_title (window->data), title) == 0)
      return window->data;
  return NULL;
}

static void
test_compare (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *window;

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 1, "");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.compare", NULL);
  g_assert_null (find_window ("Rows 2 and 4"));
  click (&scene, 3, "c");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.compare", NULL);
  window = find_window ("Rows 2 and 4");
  g_assert_nonnull (window);
  gtk_window_destroy (GTK_WINDOW (window));
  click (&scene, 4, "c");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.compare", NULL);
  g_assert_null (find_window ("Rows 2 and 4"));
  picture_save (GTK_WIDGET (scene.window), "selection-three");
}

static void
right_click (Scene *scene,
             guint  position)
{
  GtkWidget *view = GTK_WIDGET (wsi_frame_list_get_view (scene->list));
  GtkWidget *row = ui_test_get_row (scene->list, position);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);
  GtkWidget *menu;
  double x, y;

  gtk_widget_translate_coordinates (row, view, 20, gtk_widget_get_height (row) / 2.0, &x, &y);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller) &&
          gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == GDK_BUTTON_SECONDARY)
        g_signal_emit_by_name (controller, "pressed", 1, x, y);
    }
  menu = ui_test_find (GTK_WIDGET (scene->list), ui_test_is_type, "GtkPopoverMenu");
  g_assert_nonnull (menu);
  gtk_popover_popdown (GTK_POPOVER (menu));
}

/* Inside the selection it stays, and the row below the pointer is the last one. */
static void
test_right_click (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS / 4, WSI_DEFAULT_MAX_RECORDS);
  click (&scene, 1, "");
  click (&scene, 4, "s");
  right_click (&scene, 2);
  assert_selected (&scene, "2 3 4 5 last 3");
  right_click (&scene, 6);
  assert_selected (&scene, "7 last 7");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  count_look_ups ();

  g_test_add_func ("/ui/selection/clicks/with-shift-and-ctrl", test_clicks);
  g_test_add_func ("/ui/selection/clicks/real-ones-select-once", test_real_clicks);
  ADD_ROWS ("/ui/selection/keys", keys, test_keys);
  g_test_add_func ("/ui/selection/keys/go-on-from-a-jump", test_jump);
  g_test_add_func ("/ui/selection/keys/up-leads-to-the-newest-first", test_end);
  g_test_add_func ("/ui/selection/all-of-a-million-make-no-rows", test_many);
  g_test_add_func ("/ui/selection/sums/are-those-of-several-rows", test_sums);
  g_test_add_func ("/ui/selection/filter/keeps-what-it-still-shows", test_filter);
  g_test_add_func ("/ui/selection/messages/stand-for-their-fragments", test_messages);
  g_test_add_func ("/ui/selection/eviction/takes-rows-and-leaves-the-others", test_eviction);
  g_test_add_func ("/ui/selection/copy/has-all-selected-rows", test_copy);
  g_test_add_func ("/ui/selection/copy/ends-with-its-list", test_copy_ends);
  g_test_add_func ("/ui/selection/compare/needs-two", test_compare);
  g_test_add_func ("/ui/selection/menu/inside-keeps-the-selection", test_right_click);
  return g_test_run ();
}
