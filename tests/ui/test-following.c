/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of frames follows new frames: checked by the positions of its rows on the screen, each
 * time it is painted. */
#include "inspector/opened.h"
#include "lib/rows.h"
#include "ui-test.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"
#include "ui/window/wsi-window.h"

#include <string.h>

#include "ui/parts/wsi-column-titles.h"

#define RUN_US G_USEC_PER_SEC
#define FEED_MS 10
#define TIMEOUT_S 20

static GtkApplication *application;

/* The visible part of the list. */
typedef struct
{
  guint n_fitting;              /* number of rows that there is room for */
  guint n_whole;                /* number of rows that can be seen from top to bottom */
  guint first, last;            /* numbers of the first and the last of these rows, from 1 on; 0 =
                                 * none */
} Screen;

typedef struct
{
  WsiWindow *window;
  WsiStore  *store;
  WsiConversation *conversation;        /* connection of the store */
  guint      rate;              /* number of rows that are added in a second */
  gint64     begin_us;
  guint64    n_fed;
  guint      feeder;
  gulong     painted;
  guint      n_painted, n_blank, n_late, n_late_at_most;
} Scene;

static GtkWidget *
get_rows_widget (Scene *scene)
{
  return wsi_column_titles_get_list (wsi_frame_list_get_view (ui_test_get_list (scene->window)));
}

static GtkAdjustment *
get_adjustment (Scene *scene)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (get_rows_widget (scene)));
}

static guint
get_n_rows (Scene *scene)
{
  GtkColumnView *view = wsi_frame_list_get_view (ui_test_get_list (scene->window));

  return g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view)));
}

/* The number of the last row of the list. */
static guint
get_last_number (Scene *scene)
{
  GtkColumnView *view = wsi_frame_list_get_view (ui_test_get_list (scene->window));
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (view));
  guint n_rows = g_list_model_get_n_items (rows);
  g_autoptr (WsiRow) row = n_rows > 0 ? g_list_model_get_item (rows, n_rows - 1) : NULL;

  return row != NULL ? wsi_row_get_number (row) + 1 : 0;
}

/* The number in the first cell of a row. */
static guint
read_number (GtkWidget *row)
{
  GtkWidget *cell = gtk_widget_get_first_child (row);

  while (cell != NULL && !GTK_IS_INSCRIPTION (cell))
    cell = gtk_widget_get_first_child (cell);

  const char *text = cell != NULL ? gtk_inscription_get_text (GTK_INSCRIPTION (cell)) : NULL;

  return text != NULL ? atoi (text) : 0;
}

static Screen
look (Scene *scene)
{
  GtkWidget *rows = get_rows_widget (scene);
  double height = gtk_widget_get_height (rows);
  Screen screen = { 0 };

  for (GtkWidget *row = gtk_widget_get_first_child (rows); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      guint number = read_number (row);
      graphene_rect_t place;

      if (number == 0 || !gtk_widget_get_child_visible (row) ||
          !gtk_widget_compute_bounds (row, rows, &place) || place.size.height < 1)
        continue;

      screen.n_fitting = height / place.size.height;
      if (place.origin.y < -0.5 || place.origin.y + place.size.height > height + 0.5)
        continue;

      screen.n_whole++;
      screen.first = screen.first == 0 ? number : MIN (screen.first, number);
      screen.last = MAX (screen.last, number);
    }
  return screen;
}

static void
on_painted (GdkFrameClock *clock,
            Scene         *scene)
{
  Screen screen = look (scene);
  guint n_rows = get_n_rows (scene);

  scene->n_painted++;
  scene->n_late = screen.last == get_last_number (scene) ? 0 : scene->n_late + 1;
  scene->n_late_at_most = MAX (scene->n_late_at_most, scene->n_late);
  scene->n_blank += n_rows > 0 && screen.n_whole + 1 < MIN (n_rows, screen.n_fitting);
}

static void
set_store (Scene    *scene,
           WsiStore *store)
{
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };

  scene->store = store;
  g_clear_object (&scene->conversation);
  scene->conversation = opened_conversation (store, &opening, 1);
}

static void
feed (Scene  *scene,
      guint64 n_rows)
{
  const WspFrameRecord frame = {
    .fin = 1,
    .opcode = 1,
    .header_length = 2,
    .payload_length = 5,
    .inflated_length = 5,
  };
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "hello", .n_payload = 5 };

  for (guint64 i = 0; i < n_rows; i++)
    wsi_store_append (scene->store, scene->conversation, &kept);
  wsi_store_announce (scene->store);
}

static gboolean
on_feed (gpointer data)
{
  Scene *scene = data;
  gint64 passed_us = g_get_monotonic_time () - scene->begin_us;
  guint64 n_due = scene->rate * passed_us / G_USEC_PER_SEC;

  feed (scene, n_due - scene->n_fed);
  scene->n_fed = n_due;
  return G_SOURCE_CONTINUE;
}

static void
begin_feeding (Scene *scene,
               guint  rate)
{
  scene->rate = rate;
  scene->n_fed = 0;
  scene->begin_us = g_get_monotonic_time ();
  scene->feeder = g_timeout_add (FEED_MS, on_feed, scene);
}

static void
end_feeding (Scene *scene)
{
  g_clear_handle_id (&scene->feeder, g_source_remove);
}

static gboolean
end_run (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (gint64 us)
{
  gboolean is_over = FALSE;

  g_timeout_add (us / 1000, end_run, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Until the list holds what the store holds and shows the last of it, or for so long that it never
 * will. */
static void
settle (Scene *scene)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

  while ((get_last_number (scene) != wsi_store_get_end (scene->store) ||
          look (scene).last != wsi_store_get_end (scene->store)) &&
         g_get_monotonic_time () < end_us)
    run_for (20 * 1000);
}

/* NULL while there is something to be laid out. */
static GskRenderNode *
take_picture (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *picture = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, picture, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  return gtk_snapshot_free_to_node (picture);
}

static void
save_screenshot (Scene      *scene,
                 const char *name)
{
  GtkWidget *widget = GTK_WIDGET (scene->window);
  g_autofree char *file = g_strdup_printf ("following-%s.png", name);
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, file, NULL);
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderNode *node;
  graphene_rect_t area;

  while ((node = take_picture (widget)) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      run_for (20 * 1000);
    }

  graphene_rect_init (&area, 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node,
                                         &area);
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  g_test_message ("screenshot: %s", path);
}

static void
scene_init (Scene *scene,
            guint  n_rows)
{
  scene->window = wsi_window_new (application);
  ui_test_serve (scene->window, "0");
  set_store (scene, wsi_session_get_store (ui_test_get_session (scene->window)));
  gtk_window_present (GTK_WINDOW (scene->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
  feed (scene, n_rows);
  settle (scene);
  scene->painted = g_signal_connect_after (gtk_widget_get_frame_clock (GTK_WIDGET (scene->window)),
                                           "after-paint", G_CALLBACK (on_painted), scene);
}

static void
scene_clear (Scene *scene)
{
  end_feeding (scene);
  g_signal_handler_disconnect (gtk_widget_get_frame_clock (GTK_WIDGET (scene->window)),
                               scene->painted);
  g_clear_object (&scene->conversation);
  gtk_window_destroy (GTK_WINDOW (scene->window));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
assert_at_end (Scene *scene)
{
  Screen screen = look (scene);

  g_test_message ("%u to %u of %u, room for %u; %u frames painted, %u blank, late for %u",
                  screen.first, screen.last, get_last_number (scene), screen.n_fitting,
                  scene->n_painted, scene->n_blank, scene->n_late_at_most);
  g_assert_cmpuint (screen.last, ==, wsi_store_get_end (scene->store));
  g_assert_cmpuint (screen.n_whole, ==, MIN (get_n_rows (scene), screen.n_fitting));
}

static const struct
{
  const char *name;
  guint       n_before, rate;
} runs[] = {
  { "5-a-second", 100, 5 },
  { "5-a-second-from-the-first-row", 0, 5 },
  { "200-a-second", 0, 200 },
  { "200-a-second-after-many", 100000, 200 },
  { "10000-a-second", 0, 10000 },
  { "10000-a-second-after-many", 100000, 10000 },
};

static void
test_run (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, runs[i].n_before);
  begin_feeding (&scene, runs[i].rate);
  run_for (RUN_US);
  end_feeding (&scene);
  settle (&scene);
  save_screenshot (&scene, runs[i].name);
  assert_at_end (&scene);
  g_assert_cmpuint (scene.n_blank, ==, 0);
  g_assert_cmpuint (scene.n_late_at_most, ==, 0);
}

static void
assert_pill (Scene      *scene,
             guint       n_rows,
             const char *expected)
{
  WsiFrameList *list = ui_test_get_list (scene->window);

  ui_test_wait_for_rows (list, n_rows);
  ui_test_draw (GTK_WIDGET (scene->window), 5);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (list), ui_test_is_label, expected));
}

/* Rows that a filter shows again were there before. */
static void
test_pill (void)
{
  g_auto (Scene) scene = { 0 };
  WsiFrameList *list;
  guint n;

  scene_init (&scene, 50);
  list = ui_test_get_list (scene.window);
  n = get_n_rows (&scene);
  g_assert_true (wsi_frame_list_go_to (list, 3));
  feed (&scene, 5);
  assert_pill (&scene, n + 5, "5 new");
  g_assert_true (wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), "no <= 10", NULL));
  assert_pill (&scene, 10, "Follow");
  g_assert_true (wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), "", NULL));
  assert_pill (&scene, n + 5, "5 new");
}

/* As if the key had been pressed over the list. */
static void
press (Scene *scene,
       guint  key)
{
  GtkWidget *list = GTK_WIDGET (ui_test_get_list (scene->window));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (list);
  gboolean is_handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &is_handled);
    }
}

static void
press_end (Scene *scene)
{
  press (scene, GDK_KEY_End);
}

static void
press_page_up (Scene *scene)
{
  press (scene, GDK_KEY_Page_Up);
}

static void
scroll_by (Scene *scene,
           double pixels)
{
  GtkAdjustment *adjustment = get_adjustment (scene);

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + pixels);
}

/* As a bar that is dragged. */
static void
drag_up (Scene *scene)
{
  scroll_by (scene, -30);
}

static void
note (gboolean *has_changed)
{
  *has_changed = TRUE;
}

/* Before it could go to its new end. */
static void
drag_up_when_it_has_grown (Scene *scene)
{
  gboolean has_grown = FALSE;
  gulong handler = g_signal_connect_swapped (get_adjustment (scene), "changed", G_CALLBACK (note),
                                             &has_grown);

  while (!has_grown)            /* it is fed */
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (get_adjustment (scene), handler);
  drag_up (scene);
}

/* As a click selects one. */
static void
select_seen (Scene *scene)
{
  wsi_frame_list_select (ui_test_get_list (scene->window), look (scene).last - 3);
}

static void
activate_follow (Scene *scene)
{
  gtk_widget_activate_action (GTK_WIDGET (ui_test_get_list (scene->window)),
                              "frames.follow", NULL);
}

/* With the focus anywhere else in the window. */
static void
activate_follow_of_window (Scene *scene)
{
  gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.follow", NULL);
}

static void
assert_at_rest (Scene *scene,
                Screen before)
{
  Screen screen = look (scene);

  g_test_message ("%u to %u, then %u to %u of %u", before.first, before.last, screen.first,
                  screen.last, get_n_rows (scene));
  g_assert_cmpuint (screen.first, ==, before.first);
  g_assert_cmpuint (screen.last, ==, before.last);
}

static const struct
{
  const char *name;
  guint       rate;
  void        (*scroll_up) (Scene *scene);
  void        (*go_to_end) (Scene *scene);
} ways[] = {
  { "5-a-second/bar-and-end", 5, drag_up, press_end },
  { "200-a-second/bar-and-end", 200, drag_up, press_end },
  { "10000-a-second/bar-and-end", 10000, drag_up, press_end },
  { "200-a-second/bar-when-it-has-grown-and-end", 200, drag_up_when_it_has_grown, press_end },
  { "200-a-second/bar-and-button", 200, drag_up, activate_follow },
  { "10000-a-second/page-up-and-button", 10000, press_page_up, activate_follow },
  { "200-a-second/key-and-end-of-the-window", 200, press_page_up, activate_follow_of_window },
  { "5-a-second/selection-and-end", 5, select_seen, press_end },
  { "10000-a-second/selection-and-button", 10000, select_seen, activate_follow },
};

/* It stays where it was scrolled to, or where a row was selected, until End. */
static void
test_scrolled_up (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1000);
  begin_feeding (&scene, ways[i].rate);
  run_for (RUN_US / 4);
  ways[i].scroll_up (&scene);
  run_for (RUN_US / 8);

  Screen before = look (&scene);

  run_for (RUN_US / 4);
  assert_at_rest (&scene, before);
  g_assert_cmpuint (before.last, <, get_last_number (&scene));
  save_screenshot (&scene, "not");

  /* Down again, but not to the end. */
  scroll_by (&scene, 10);
  run_for (RUN_US / 8);
  g_assert_cmpuint (look (&scene).last, <=, before.last + 1);

  ways[i].go_to_end (&scene);
  run_for (RUN_US / 4);
  end_feeding (&scene);
  settle (&scene);
  assert_at_end (&scene);
}

#define SMALL_STORE 40000       /* rows; it drops 16384 of them at once */

/* Rows go at the head while others come at the end. */
static void
test_evicting (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiStore) store = wsi_store_new (SMALL_STORE, WSI_DEFAULT_MAX_PAYLOAD);

  scene_init (&scene, 1);
  set_store (&scene, store);
  feed (&scene, SMALL_STORE - 1000);
  wsi_frame_list_set_store (ui_test_get_list (scene.window), store);
  settle (&scene);
  begin_feeding (&scene, 10000);
  run_for (2 * RUN_US);
  end_feeding (&scene);
  settle (&scene);
  g_assert_cmpuint (wsi_store_get_first (store), >, 0);
  assert_at_end (&scene);
}

/* Another size of the window is not scrolling up. */
static void
test_not_scrolling (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1000);
  begin_feeding (&scene, 200);
  run_for (RUN_US / 8);
  gtk_window_set_default_size (GTK_WINDOW (scene.window), 1000, 600);
  run_for (RUN_US / 8);
  gtk_window_set_default_size (GTK_WINDOW (scene.window), 1000, 850);
  run_for (RUN_US / 8);
  end_feeding (&scene);
  settle (&scene);
  assert_at_end (&scene);
}

static const struct
{
  const char *name, *filter;    /* text of the filter; NULL = none */
  guint       last;
} filters[] = {
  { "few-rows", "no < 100", 99 },
  { "all-rows", "no > 0", 1000 },
  { "as-many-rows", NULL, 1000 },
};

/* Another filter is not scrolling up, whatever number of rows it passes. */
static void
test_filtered (void)
{
  g_auto (Scene) scene = { 0 };
  WsiFrameList *list;

  scene_init (&scene, 1000);
  list = ui_test_get_list (scene.window);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;

      g_test_message ("%s", filters[i].name);
      wsi_shown_rows_set_filter (wsi_frame_list_get_rows (list), filters[i].filter, NULL);
      do
        run_for (50 * 1000);
      while (look (&scene).last != filters[i].last && g_get_monotonic_time () < end_us);
      g_assert_true (wsi_frame_list_is_following (list));
      g_assert_cmpuint (look (&scene).last, ==, filters[i].last);
    }
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/frame-list/follows", runs, test_run);
  ADD_ROWS ("/ui/frame-list/scrolled-up/stays-there", ways, test_scrolled_up);
  g_test_add_func ("/ui/frame-list/follows/while-rows-go-at-the-head", test_evicting);
  g_test_add_func ("/ui/frame-list/follows/after-a-new-size", test_not_scrolling);
  g_test_add_func ("/ui/frame-list/new-rows/are-those-that-came", test_pill);
  g_test_add_func ("/ui/frame-list/follows/after-another-filter", test_filtered);
  return ui_test_end (application);
}
