/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames in another order: by titles, menu and keys, with new and with evicted rows. */
#include "ui/frames/wsi-frame-table.h"

#include <string.h>

#include "inspector/opened.h"
#include "keyboard.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/parts/wsi-column-titles.h"

#define SEGMENT 16384
#define N_ROWS 60

typedef struct
{
  GtkWindow       *window;
  WsiFrameList    *list;
  WsiStore        *store;
  WsiConversation *conversation;
  const char      *expected;    /* numbers of the first rows that are expected */
} Scene;

/* Sizes 1, 2, 3, 1, 2, 3, ...: every fifth row is a ping. */
static void
append (Scene *scene,
        guint  n)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 number = wsi_store_get_end (scene->store);
      const UiTestFrame frame = {
        .direction = number % 2 == 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
        .opcode = number % 5 == 1 ? 9 : 1, .payload = &"xxx"[2 - number % 3],
        .time_us = 1000 * (gint64) number,
      };

      ui_test_append (scene->store, scene->conversation, &frame);
    }
  wsi_store_announce (scene->store);
}

static WsiShownRows *
get_rows (Scene *scene)
{
  return wsi_frame_list_get_rows (scene->list);
}

/* The numbers of the first rows as the window shows them, from 1 on. */
static char *
print_first (Scene *scene)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (get_rows (scene));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (5, g_list_model_get_n_items (G_LIST_MODEL (model))); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                            wsi_frame_model_get_number (model, i) + 1);
  return g_string_free (text, FALSE);
}

static gboolean
is_expected (gpointer data)
{
  Scene *scene = data;
  g_autofree char *text = print_first (scene);

  return g_str_equal (text, scene->expected);
}

static void
wait_for (Scene      *scene,
          const char *expected)
{
  scene->expected = expected;
  ui_test_wait_until (is_expected, scene);
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
  scene->window = ui_test_open (GTK_WIDGET (scene->list), 900, 300);
  wait_for (scene, "1 2 3 4 5");
}

static void
scene_clear (Scene *scene)
{
  ui_test_close (scene->window);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static GtkWidget *
find_title (Scene * scene,
            const char *text)
{
  GtkWidget *header = wsi_column_titles_get (wsi_frame_list_get_view (scene->list));
  GtkWidget *title = ui_test_find (header, ui_test_is_label, text);

  while (title != NULL && gtk_widget_get_parent (title) != header)
    title = gtk_widget_get_parent (title);
  return title;
}

/* "ascending", "descending", or "" for a title that does not sort. */
static const char *
get_arrow (GtkWidget *widget)
{
  const char *arrow = gtk_widget_has_css_class (widget, "ascending") ? "ascending"
                      : gtk_widget_has_css_class (widget, "descending") ? "descending" : "";

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && *arrow == '\0';
       child = gtk_widget_get_next_sibling (child))
    arrow = get_arrow (child);
  return arrow;
}

/* Does what GTK does at a click: the title sorts, or reverses the order if it did. */
static void
click_title (Scene      *scene,
             const char *text)
{
  GtkColumnView *view = wsi_frame_list_get_view (scene->list);
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      gboolean is_ascending = g_str_equal (get_arrow (find_title (scene, text)), "ascending");

      if (!g_str_equal (gtk_column_view_column_get_title (column), text))
        continue;

      gtk_column_view_sort_by_column (view, NULL, GTK_SORT_ASCENDING);
      gtk_column_view_sort_by_column (view, column, is_ascending ? GTK_SORT_DESCENDING
                                                                 : GTK_SORT_ASCENDING);
    }
}

static void
assert_arrows (Scene      *scene,
               const char *size,
               const char *time)
{
  g_assert_cmpstr (get_arrow (find_title (scene, "Size")), ==, size);
  g_assert_cmpstr (get_arrow (find_title (scene, "Time")), ==, time);
}

static gboolean
has_label (Scene      *scene,
           const char *text)
{
  return ui_test_find (GTK_WIDGET (scene->list), ui_test_is_label, text) != NULL;
}

static void
test_titles (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  assert_arrows (&scene, "", "");
  g_assert_false (has_label (&scene, "Sorted by Size"));
  click_title (&scene, "Size");
  wait_for (&scene, "3 6 9 12 15");
  assert_arrows (&scene, "descending", "");
  g_assert_true (has_label (&scene, "Sorted by Size"));
  picture_save (GTK_WIDGET (scene.window), "sort-size");
  click_title (&scene, "Size");
  wait_for (&scene, "1 4 7 10 13");
  assert_arrows (&scene, "ascending", "");
  click_title (&scene, "Time");
  wait_for (&scene, "60 59 58 57 56");
  assert_arrows (&scene, "", "descending");
  click_title (&scene, "Time");
  click_title (&scene, "Time");
  wait_for (&scene, "1 2 3 4 5");
  assert_arrows (&scene, "", "");
  g_assert_false (has_label (&scene, "Sorted by Time"));
}

/* GTK does not sort at the second click of a double click, so there is none. */
static void
test_real_clicks (void)
{
  if (!ui_test_can_click ())
    return;

  g_auto (Scene) scene = { 0 };

  g_object_set (gtk_settings_get_default (), "gtk-double-click-time", 1, NULL);
  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_assert_true (keyboard_click (find_title (&scene, "Size"), NULL));
  wait_for (&scene, "3 6 9 12 15");
  g_assert_true (keyboard_click (find_title (&scene, "Size"), NULL));
  wait_for (&scene, "1 4 7 10 13");
  assert_arrows (&scene, "ascending", "");
  g_assert_true (keyboard_click (find_title (&scene, "Time"), NULL));
  wait_for (&scene, "60 59 58 57 56");
  assert_arrows (&scene, "", "descending");
  g_assert_true (keyboard_click (find_title (&scene, "Time"), NULL));
  wait_for (&scene, "1 2 3 4 5");
  assert_arrows (&scene, "", "ascending");
  g_assert_true (keyboard_click (find_title (&scene, "Time"), NULL));
  while (wsi_shown_rows_are_sorted (get_rows (&scene)))
    g_main_context_iteration (NULL, TRUE);
  assert_arrows (&scene, "", "");
}

/* A column that has no room is sorted by nevertheless, and has its arrow when it is shown again. */
static void
test_columns (void)
{
  const char *const few[] = { "no", "time", "summary", NULL };
  const char *const all[] = { "no", "time", "len", "summary", NULL };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "len");
  wait_for (&scene, "3 6 9 12 15");
  g_object_set (scene.list, "columns", few, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  wait_for (&scene, "3 6 9 12 15");
  g_assert_true (has_label (&scene, "Sorted by Size"));
  g_object_set (scene.list, "columns", all, NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  assert_arrows (&scene, "descending", "");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "summary");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "nonsense");
  wait_for (&scene, "3 6 9 12 15");
}

/* Whether the row that is selected last can be seen. */
static gboolean
is_seen (Scene *scene)
{
  GtkWidget *list = wsi_column_titles_get_list (wsi_frame_list_get_view (scene->list));
  graphene_rect_t area;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if ((gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED) != 0 &&
        gtk_widget_get_child_visible (row) && gtk_widget_compute_bounds (row, list, &area) &&
        area.origin.y >= -1 && area.origin.y + area.size.height <= gtk_widget_get_height (list) + 1)
      return TRUE;
  return FALSE;
}

/* Esc leads back to the selected row, wherever it was in the order; without an order the key is
 * that of others. */
static void
test_back (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_assert_true (wsi_frame_list_go_to (scene.list, 31));
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  g_assert_true (is_seen (&scene));
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 0));
  g_assert_null (keyboard_press (GTK_WIDGET (scene.window), "Escape"));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "len");
  wait_for (&scene, "3 6 9 12 15");
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 31);
  g_assert_false (wsi_frame_list_is_following (scene.list));
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 0));
  g_assert_nonnull (keyboard_press (GTK_WIDGET (scene.window), "Escape"));
  wait_for (&scene, "1 2 3 4 5");
  g_assert_cmpuint (wsi_row_get_number (wsi_frame_list_get_row (scene.list)), ==, 31);
  ui_test_draw (GTK_WIDGET (scene.window), 10);
  g_assert_true (is_seen (&scene));
}

static gboolean
has_new_ones (gpointer data)
{
  Scene *scene = data;

  return wsi_shown_rows_get_n_since (get_rows (scene)) == 3;
}

/* The key End is that of the list: nothing is followed. */
static void
test_since (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "time");
  wait_for (&scene, "60 59 58 57 56");
  append (&scene, 3);
  ui_test_wait_until (has_new_ones, &scene);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  g_assert_true (has_label (&scene, "3 new"));
  g_assert_false (has_label (&scene, "Follow"));
  picture_save (GTK_WIDGET (scene.window), "sort-since");
  wait_for (&scene, "60 59 58 57 56");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.follow", NULL);
  g_assert_false (wsi_frame_list_is_following (scene.list));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort-anew", NULL);
  wait_for (&scene, "63 62 61 60 59");
  g_assert_false (has_label (&scene, "3 new"));
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.unsort", NULL);
  wait_for (&scene, "1 2 3 4 5");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.follow", NULL);
  g_assert_true (wsi_frame_list_is_following (scene.list));
}

/* The selected row, and rows that are gone, while rows are sorted. */
static void
test_eviction (void)
{
  g_auto (Scene) scene = { 0 };
  guint64 last;
  char expected[64];

  scene_init (&scene, 2 * SEGMENT, 2 * SEGMENT);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "no");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "no");
  wait_for (&scene, "32768 32767 32766 32765 32764");
  g_assert_true (wsi_frame_list_go_to (scene.list, 5));
  append (&scene, 1);
  while (wsi_frame_list_get_row (scene.list) != NULL)
    g_main_context_iteration (NULL, TRUE);
  wait_for (&scene, "32768 32767 32766 32765 32764");
  append (&scene, 5 * SEGMENT);
  wait_for (&scene, "");
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort-anew", NULL);
  last = wsi_store_get_end (scene.store);
  g_snprintf (expected, sizeof expected, "%u %u %u %u %u", (guint) last, (guint) last - 1,
              (guint) last - 2, (guint) last - 3, (guint) last - 4);
  wait_for (&scene, expected);
}

/* The next row is the next one that is seen. */
static void
test_moves (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "len");
  wait_for (&scene, "3 6 9 12 15");
  ui_test_assert_move (scene.list, "frames.next-row", 2);
  ui_test_assert_move (scene.list, "frames.next-row", 5);
  ui_test_assert_move (scene.list, "frames.next-of-connection", 8);
  ui_test_assert_move (scene.list, "frames.previous-of-connection", 5);
  ui_test_assert_move (scene.list, "frames.next-problem", 5);
}

static void
test_menu (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *menu;

  scene_init (&scene, N_ROWS, WSI_DEFAULT_MAX_RECORDS);
  g_assert_true (wsi_frame_list_go_to (scene.list, 3));
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  gtk_widget_grab_focus (ui_test_get_row (scene.list, 0));
  g_assert_nonnull (keyboard_press (GTK_WIDGET (scene.window), "F7"));
  menu = ui_test_find (GTK_WIDGET (scene.list), ui_test_is_type, "GtkPopoverMenu");
  g_assert_nonnull (menu);
  gtk_popover_popdown (GTK_POPOVER (menu));
}

/* The window is closed while rows are sorted. */
static void
test_closing (void)
{
  g_auto (Scene) scene = { 0 };
  double part;

  scene_init (&scene, 10 * SEGMENT, WSI_DEFAULT_MAX_RECORDS);
  gtk_widget_activate_action (GTK_WIDGET (scene.list), "frames.sort", "s", "reply");
  g_assert_true (wsi_shown_rows_are_being_sorted (get_rows (&scene), &part));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/ui/sort/titles/sort-and-lead-back", test_titles);
  g_test_add_func ("/ui/sort/titles/real-clicks-sort-and-lead-back", test_real_clicks);
  g_test_add_func ("/ui/sort/titles/a-column-without-room-sorts", test_columns);
  g_test_add_func ("/ui/sort/back/is-the-same-row", test_back);
  g_test_add_func ("/ui/sort/since/new-rows-are-counted-and-sorted", test_since);
  g_test_add_func ("/ui/sort/eviction/takes-rows-out-of-the-order", test_eviction);
  g_test_add_func ("/ui/sort/moves/go-by-what-is-seen", test_moves);
  g_test_add_func ("/ui/sort/closing/while-rows-are-sorted", test_closing);
  g_test_add_func ("/ui/sort/menu/opens-by-a-key", test_menu);
  return g_test_run ();
}
