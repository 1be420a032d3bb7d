/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Timeline and statistics of a session, in the window: a selection of the time filters the list,
 * and tables have the numbers of the charts. */
#include "ui/charts/wsi-problems-page.h"
#include "ui/charts/wsi-statistics-page.h"
#include "ui/charts/wsi-timeline-page.h"
#include "ui/window/wsi-application.h"
#include "ui/session/wsi-session-page.h"
#include "ui/window/wsi-window.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

#include "inspector/opened.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"

#define MS 1000
#define S (1000 * (gint64) MS)
#define N_SECONDS 20
#define N_IN_SECOND 10
#define FAULTY_ROW 42
#define MANY 1000000
#define MAX_STOP_US (100 * MS)

static GtkApplication *application;

typedef struct
{
  WsiWindow       *window;
  WsiStore        *store;
  WsiConversation *conversation;
  WsiFrameList    *list;
  guint64          n_shown;     /* number of rows that is waited for */
} Scene;

/* Ten frames a second; every tenth is a ping, with its pong 50 ms later. */
static void
append (Scene *scene,
        guint  i)
{
  static const guint opcodes[N_IN_SECOND] = { 1, 2, 1, 1, 2, 9, 10, 1, 1, 1 };
  static const guint lengths[N_IN_SECOND] = { 10, 300, 40, 20, 900, 2, 2, 30, 60, 70 };
  g_autofree char *payload = g_strnfill (lengths[i % N_IN_SECOND], 'x');
  guint opcode = opcodes[i % N_IN_SECOND];
  WspFrameRecord frame = {
    .time_us = S + i * S / N_IN_SECOND - (opcode == 10 ? 50 * MS : 0),
    .direction = i % 3 == 0 || opcode == 9 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
    .fin = 1,
    .opcode = opcode,
    .message_opcode = opcode < 8 ? opcode : 0,
    .header_length = 2,
    .payload_length = strlen (payload),
    .inflated_length = strlen (payload),
    .fault = i == FAULTY_ROW ? 3 : 0,
  };
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) payload,
    .n_payload = strlen (payload),
  };

  if (opcode == 10)
    frame.direction = WSP_DIRECTION_RECEIVED;
  wsi_store_append (scene->store, scene->conversation, &kept);
}

static const char *
get_filter (Scene *scene)
{
  return wsi_shown_rows_get_filter (wsi_frame_list_get_rows (scene->list));
}

static gboolean
has_shown (gpointer data)
{
  Scene *scene = data;
  WsiShownCounts counts;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (scene->list), &counts);
  return counts.n_shown == scene->n_shown && counts.n_tested >= counts.n_rows;
}

static void
wait_for_rows (Scene  *scene,
               guint64 n_shown)
{
  scene->n_shown = n_shown;
  ui_test_wait_until (has_shown, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
}

/* The window shows a server without clients; the store is filled by hand. */
static void
scene_init (Scene *scene,
            int    width,
            guint  n_rows)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .uri = "ws://localhost/chat?token=secret",
    .handshake = WSI_HANDSHAKE_MISSING,
  };

  scene->window = wsi_window_new (application);
  gtk_window_set_default_size (GTK_WINDOW (scene->window), width, 720);
  gtk_window_present (GTK_WINDOW (scene->window));
  ui_test_serve (scene->window, "0");
  scene->list = ui_test_get_list (scene->window);
  scene->store = g_object_ref (wsi_session_get_store (ui_test_get_session (scene->window)));
  scene->conversation = opened_conversation (scene->store, &opening, S);
  for (guint i = 0; i < n_rows; i++)
    append (scene, i);
  wsi_store_announce (scene->store);
  wait_for_rows (scene, n_rows);
}

static void
scene_clear (Scene *scene)
{
  gtk_window_destroy (GTK_WINDOW (scene->window));
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gpointer
find (Scene *scene,
      GType  type)
{
  return ui_test_find (GTK_WIDGET (scene->window), ui_test_is_type, g_type_name (type));
}

static gboolean
has_buckets (gpointer data)
{
  WsiTimelineChart *chart = find (data, WSI_TYPE_TIMELINE_CHART);

  return chart != NULL && !wsi_timeline_chart_is_empty (chart);
}

static WsiTimelineChart *
show_timeline (Scene *scene)
{
  gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.show-timeline", NULL);
  ui_test_wait_until (has_buckets, scene);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
  return find (scene, WSI_TYPE_TIMELINE_CHART);
}

static GtkEventController *
find_controller (GtkWidget *widget,
                 GType      type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (g_type_is_a (G_OBJECT_TYPE (controller), type))
        return controller;
    }
  g_assert_not_reached ();
}

/* From one part of the width to another. */
static void
drag (WsiTimelineChart *chart,
      double            from,
      double            to)
{
  GtkEventController *gesture = find_controller (GTK_WIDGET (chart), GTK_TYPE_GESTURE_DRAG);
  double width = gtk_widget_get_width (GTK_WIDGET (chart));

  g_signal_emit_by_name (gesture, "drag-begin", from * width, 40.0);
  g_signal_emit_by_name (gesture, "drag-update", (to - from) * width / 2, 0.0);
  g_signal_emit_by_name (gesture, "drag-end", (to - from) * width, 0.0);
}

/* Rows in the selection. */
static guint64
count_selected (Scene            *scene,
                WsiTimelineChart *chart)
{
  const WsiTimeAxis *axis = wsi_timeline_chart_get_axis (chart);
  guint64 n = 0;

  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      gint64 time_us = wsi_store_get_record (scene->store, i)->time_us;

      n += time_us >= axis->from_us && time_us < axis->to_us;
    }
  return n;
}

static void
test_drag (void)
{
  g_auto (Scene) scene = { 0 };
  WsiTimelineChart *chart;
  guint64 n_selected;

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  chart = show_timeline (&scene);
  drag (chart, 0.25, 0.5);
  n_selected = count_selected (&scene, chart);
  g_assert_cmpuint (n_selected, >, N_SECONDS);
  g_assert_cmpuint (n_selected, <, N_SECONDS * N_IN_SECOND / 2);
  g_assert_true (g_str_has_prefix (get_filter (&scene), "time in "));
  wait_for_rows (&scene, n_selected);
  picture_save (GTK_WIDGET (scene.window), "timeline");

  /* To the left, too; this time replaces the one before. */
  drag (chart, 0.9, 0.8);
  wait_for_rows (&scene, count_selected (&scene, chart));
  g_assert_null (strstr (get_filter (&scene), "and"));

  /* A click selects nothing. */
  drag (chart, 0.5, 0.5);
  wait_for_rows (&scene, N_SECONDS * N_IN_SECOND);
}

static void
move (WsiTimelineChart *chart,
      int               n_bars,
      WsiCursorStep     step)
{
  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.move", "(ii)", n_bars, step);
}

static void
test_keys (void)
{
  g_auto (Scene) scene = { 0 };
  WsiTimelineChart *chart;
  const WsiTimeAxis *axis;

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  chart = show_timeline (&scene);
  axis = wsi_timeline_chart_get_axis (chart);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (scene.window)) == GTK_WIDGET (chart));
  move (chart, 30, WSI_CURSOR_MOVES);
  move (chart, 40, WSI_CURSOR_EXTENDS);
  move (chart, 40, WSI_CURSOR_EXTENDS);
  g_assert_true (wsi_time_axis_has_selection (axis));
  g_assert_null (get_filter (&scene));
  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.select", NULL);
  wait_for_rows (&scene, count_selected (&scene, chart));
  g_assert_cmpuint (scene.n_shown, >, 0);

  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.zoom-in", NULL);
  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.scroll", "i", -1);
  g_assert_cmpint (axis->mode, ==, WSI_AXIS_PART);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  picture_save (GTK_WIDGET (scene.window), "timeline-zoomed");
  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.show-all", NULL);
  g_assert_cmpint (axis->mode, ==, WSI_AXIS_ALL);
  gtk_widget_activate_action (GTK_WIDGET (chart), "timeline.unselect", NULL);
  wait_for_rows (&scene, N_SECONDS * N_IN_SECOND);
}

static gboolean
has_all_time (gpointer data)
{
  Scene *scene = data;
  WsiTimelineChart *chart = find (scene, WSI_TYPE_TIMELINE_CHART);
  guint64 last = wsi_store_get_end (scene->store) - 1;

  return wsi_timeline_chart_get_axis (chart)->last_us >
         wsi_store_get_record (scene->store, last)->time_us;
}

/* Frame by frame, but the chart is drawn once a tick. */
static void
test_follow (void)
{
  g_auto (Scene) scene = { 0 };
  WsiTimelineChart *chart;
  guint n_changes = 0, n_ticks;
  gint64 begin_us;

  scene_init (&scene, 1280, N_IN_SECOND);
  chart = show_timeline (&scene);
  g_signal_connect_swapped (chart, "changed", G_CALLBACK (g_atomic_int_inc), &n_changes);
  begin_us = g_get_monotonic_time ();
  for (guint i = N_IN_SECOND; i < N_SECONDS * N_IN_SECOND; i++)
    {
      append (&scene, i);
      wsi_store_announce (scene.store);
      g_main_context_iteration (NULL, FALSE);
    }
  ui_test_wait_until (has_all_time, &scene);
  n_ticks = (g_get_monotonic_time () - begin_us) / (100 * MS) + 2;
  g_assert_cmpuint (n_changes, >, 0);
  g_assert_cmpuint (n_changes, <=, n_ticks);
  g_assert_cmpint (wsi_timeline_chart_get_axis (chart)->mode, ==, WSI_AXIS_ALL);
}

static guint64
sum_column (WsiFigureModel *model,
            guint           column)
{
  guint64 sum = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autofree char *cell = wsi_figure_model_print (model, i, column);

      sum += g_ascii_strtoull (cell, NULL, 10);
    }
  return sum;
}

static WsiFigureModel *
show_table (Scene   *scene,
            WsiTable table)
{
  WsiStatisticsPage *page = find (scene, WSI_TYPE_STATISTICS_PAGE);
  GtkWidget *view;
  GtkSingleSelection *selection;

  gtk_widget_activate_action (GTK_WIDGET (scene->window), "win.show-statistics", NULL);
  gtk_drop_down_set_selected (ui_test_get_child (page, "tables"), table);
  ui_test_draw (GTK_WIDGET (scene->window), 3);
  view = ui_test_find (ui_test_get_child (page, "view"), ui_test_is_type, "GtkColumnView");
  selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
  return WSI_FIGURE_MODEL (gtk_single_selection_get_model (selection));
}

static void
assert_cell (WsiFigureModel *model,
             guint           row,
             guint           column,
             const char     *expected)
{
  g_autofree char *cell = wsi_figure_model_print (model, row, column);

  g_assert_cmpstr (cell, ==, expected);
}

/* Each bucket of the chart is a row of the table, and no frame is missing in it. */
static void
test_tables (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  WsiFigureModel *model;
  WsiTimeBucket sum;
  g_autofree char *copied = NULL, *filter = NULL;
  WsiStatisticsPage *page;

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  show_timeline (&scene);
  model = show_table (&scene, WSI_TABLE_TIMES);
  page = find (&scene, WSI_TYPE_STATISTICS_PAGE);
  timeline = wsi_timeline_new (scene.store);
  while (!wsi_timeline_update (timeline))
    {
    }
  wsi_timeline_sum (timeline, 0, 100 * S, &sum);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==,
                    wsi_timeline_get_n_buckets (timeline));
  g_assert_cmpuint (sum_column (model, 1), ==, sum.n_wire_bytes[WSP_DIRECTION_SENT]);
  g_assert_cmpuint (sum_column (model, 2), ==, sum.n_wire_bytes[WSP_DIRECTION_RECEIVED]);
  g_assert_cmpuint (sum_column (model, 3) + sum_column (model, 4), ==, N_SECONDS * N_IN_SECOND);
  g_assert_cmpuint (sum_column (model, 7), ==, 1);
  picture_save (GTK_WIDGET (scene.window), "statistics-time");

  model = show_table (&scene, WSI_TABLE_TYPES);
  g_assert_cmpuint (sum_column (model, 1) + sum_column (model, 2), ==, N_SECONDS * N_IN_SECOND);
  assert_cell (model, 1, 0, "binary");
  assert_cell (model, 1, 3, "20.0 %");
  filter = wsi_figure_model_print_filter (model, 1);
  g_assert_cmpstr (filter, ==, "type == binary");

  model = show_table (&scene, WSI_TABLE_LENGTHS);
  g_assert_cmpuint (sum_column (model, 1) + sum_column (model, 2), ==, N_SECONDS * N_IN_SECOND);
  picture_save (GTK_WIDGET (scene.window), "statistics-lengths");
  model = show_table (&scene, WSI_TABLE_CONNECTIONS);
  assert_cell (model, 0, 1, "/chat?token=redacted-6-bytes-0000");
  assert_cell (model, 0, 6, "1");

  model = show_table (&scene, WSI_TABLE_TOTALS);
  assert_cell (model, 0, 1, "200");
  picture_save (GTK_WIDGET (scene.window), "statistics");
  gtk_widget_activate_action (GTK_WIDGET (page), "statistics.copy", NULL);
  copied = ui_test_read_clipboard (GTK_WIDGET (scene.window));
  g_assert_nonnull (strstr (copied, "Frames\t200\t73\t127\n"));
}

static void
test_copy (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = NULL;

  scene_init (&scene, 1280, N_IN_SECOND);
  show_table (&scene, WSI_TABLE_TYPES);
  gtk_widget_activate_action (find (&scene, WSI_TYPE_STATISTICS_PAGE), "statistics.copy", NULL);
  text = ui_test_read_clipboard (GTK_WIDGET (scene.window));
  g_assert_true (g_str_has_prefix (text, "Type\tSent\tReceived\tShare\ntext\t"));
}

static gint64 poll_begin_us;
static gint64 longest_us;

/* The time of this thread: other programs do not count. */
static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* Between two waits the main loop is busy. */
static int
on_poll (GPollFD *fds,
         guint    n_fds,
         int      timeout_ms)
{
  int n;

  longest_us = MAX (longest_us, get_cpu_time () - poll_begin_us);
  n = g_poll (fds, n_fds, timeout_ms);
  poll_begin_us = get_cpu_time ();
  return n;
}

static void
test_many (void)
{
  g_auto (Scene) scene = { 0 };
  const char *const views[] = { "win.show-timeline", "win.show-statistics", "win.show-problems" };

  scene_init (&scene, 1280, MANY);
  ui_test_draw (GTK_WIDGET (scene.window), 5);
  poll_begin_us = get_cpu_time ();
  longest_us = 0;
  g_main_context_set_poll_func (NULL, on_poll);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (scene.window), views[i], NULL);
      ui_test_draw (GTK_WIDGET (scene.window), 5);
    }
  ui_test_wait_until (has_buckets, &scene);
  g_main_context_set_poll_func (NULL, NULL);
  g_test_message ("longest stop of the main loop: %" G_GINT64_FORMAT " us", longest_us);
  g_assert_cmpint (longest_us, <, MAX_STOP_US);
}

/* Whether there is a timer, or something to do at once. */
static gboolean
is_idle (gpointer data)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[64];
  int timeout_ms, priority;
  gboolean is_ready;

  g_main_context_acquire (context);
  is_ready = g_main_context_prepare (context, &priority);
  g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return !is_ready && timeout_ms < 0;
}

static void
test_idle (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  show_timeline (&scene);
  while (!is_idle (NULL))
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.show-statistics", NULL);
  while (!is_idle (NULL))
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_fits (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

/* The header, too, while the capture runs. */
static void
test_narrow (void)
{
  const char *const views[] = { "timeline", "statistics", "problems", "frames" };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 360, N_SECONDS * N_IN_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *action = g_strconcat ("win.show-", views[i], NULL);
      g_autofree char *name = g_strdup_printf ("narrow-%s", views[i]);

      gtk_widget_activate_action (GTK_WIDGET (scene.window), action, NULL);
      ui_test_draw (GTK_WIDGET (scene.window), 5);
      assert_fits (find (&scene, WSI_TYPE_SESSION_PAGE));
      assert_fits (find (&scene, ADW_TYPE_HEADER_BAR));
      picture_save (GTK_WIDGET (scene.window), name);
    }
}

static void
test_dark (void)
{
  g_auto (Scene) scene = { 0 };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  drag (show_timeline (&scene), 0.25, 0.5);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (GTK_WIDGET (scene.window), "dark-timeline");
  show_table (&scene, WSI_TABLE_TIMES);
  picture_save (GTK_WIDGET (scene.window), "dark-statistics");
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.show-problems", NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (GTK_WIDGET (scene.window), "dark-problems");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static GtkWidget *
get_part (Scene *scene,
          GType  type)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (scene->window));

  return focus != NULL ? gtk_widget_get_ancestor (focus, type) : NULL;
}

#define N_PARTS 5               /* sidebar, page, line to send from, and two to spare */

/* F6 goes from the sidebar to each page, and around. */
static void
test_parts (void)
{
  const struct
  {
    const char *action;
    GType       type;
  } views[] = {
    { "win.show-timeline", WSI_TYPE_TIMELINE_PAGE },
    { "win.show-statistics", WSI_TYPE_STATISTICS_PAGE },
    { "win.show-problems", WSI_TYPE_PROBLEMS_PAGE },
  };
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.sidebar", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (scene.window), views[i].action, NULL);
      ui_test_draw (GTK_WIDGET (scene.window), 3);
      g_assert_nonnull (get_part (&scene, views[i].type));
      gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.next-part", NULL);
      g_assert_null (get_part (&scene, views[i].type));
      for (guint step = 2; step < N_PARTS && get_part (&scene, views[i].type) == NULL; step++)
        gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.next-part", NULL);
      g_assert_nonnull (get_part (&scene, views[i].type));
    }
}

static gboolean
is_lane (GtkWidget  *widget,
         const char *text)
{
  return GTK_IS_LABEL (widget) && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), text);
}

static void
test_lanes (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *lanes, *view;

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  show_timeline (&scene);
  lanes = find (&scene, g_type_from_name ("WsiLaneList"));
  g_assert_nonnull (ui_test_find (lanes, is_lane, "#1 · /chat?token=redacted-6-bytes-0000   "
                                  "● open   ⚠ 1 problem"));
  view = ui_test_find (lanes, ui_test_is_type, "GtkListView");
  g_signal_emit_by_name (view, "activate", 0);
  g_assert_cmpstr (get_filter (&scene), ==, "conn == 1");
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (scene.list)));
}

/* The feed of a session that is gone is not asked any more. */
static void
test_end (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, 1280, N_SECONDS * N_IN_SECOND);
  show_timeline (&scene);
  append (&scene, 0);
  wsi_store_announce (scene.store);
  gtk_widget_activate_action (GTK_WIDGET (scene.window), "win.back", NULL);
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  ui_test_serve (scene.window, "0");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);
  g_type_ensure (WSI_TYPE_STATISTICS_PAGE);
  g_type_ensure (WSI_TYPE_PROBLEMS_PAGE);

  g_test_add_func ("/ui/charts/drag/filters-the-list", test_drag);
  g_test_add_func ("/ui/charts/keys/filter-the-list", test_keys);
  g_test_add_func ("/ui/charts/follow/is-drawn-once-a-tick", test_follow);
  g_test_add_func ("/ui/charts/tables/have-the-numbers-of-the-chart", test_tables);
  g_test_add_func ("/ui/charts/tables/are-copied", test_copy);
  g_test_add_func ("/ui/charts/lanes/filter-the-list", test_lanes);
  g_test_add_func ("/ui/charts/many/pages-open-without-a-stop", test_many);
  g_test_add_func ("/ui/charts/idle/has-no-timer", test_idle);
  g_test_add_func ("/ui/charts/parts/each-page-is-one", test_parts);
  g_test_add_func ("/ui/charts/end/of-a-session", test_end);
  g_test_add_func ("/ui/charts/narrow/pages-fit-360-pixels", test_narrow);
  g_test_add_func ("/ui/charts/dark/is-drawn", test_dark);

  return ui_test_end (application);
}
