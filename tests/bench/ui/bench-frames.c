/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-frames [--quick]: the list of frames, followed, against a bare list over the same store.
 *
 * Processor time is that of the main thread without what fills the store.  Rows that are looked up
 * and notifications are counted in the model itself, which both use. */
#include "bare-list.h"
#include "inspect/capture/wsi-row.h"
#include "lib/tap.h"
#include "ui/frames/wsi-frame-list.h"

#include <adwaita.h>
#include <time.h>

#define RATE 10000              /* rows a second */
#define FEED_MS 10
#define MAX_LIVE_ROWS 300
#define MAX_LATE_FRAMES 3       /* from the change of the list to its last row */
#define MAX_CPU_RATIO 3.0
#define LOOK_UP_BAR 1.2          /* not reached: a list at its end looks up its rows once more */

typedef struct
{
  guint n_before, seconds;      /* rows at first; of feeding */
  gboolean is_quick;
} Scale;

/* The cost of one run. */
typedef struct
{
  double  cpu_s;
  guint64 n_look_ups, n_signals;
  guint   n_live_at_most, n_ticks;
  guint   n_painted, n_late, n_late_at_most;
} Cost;

typedef struct
{
  GtkWindow       *window;
  GtkColumnView   *view;
  WsiStore        *store;
  WsiConversation *conversation;
  Cost             cost;
  double           feeding_s;
  gint64           begin_us;
  guint64          n_fed;
  gboolean         is_over;
} Scene;

/* The function of the model that is in use, and rows that are alive. */
static gpointer (*get_item) (GListModel *model,
                             guint       position);
static GHashTable *live_rows;
static Cost *counted;

static double
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void
on_row_gone (gpointer data,
             GObject *row)
{
  g_hash_table_remove (live_rows, row);
}

static gpointer
count_item (GListModel *model,
            guint       position)
{
  gpointer row = get_item (model, position);

  counted->n_look_ups++;
  if (row != NULL && g_hash_table_add (live_rows, row))
    g_object_weak_ref (row, on_row_gone, NULL);
  counted->n_live_at_most = MAX (counted->n_live_at_most, g_hash_table_size (live_rows));
  return row;
}

static void
watch_models (void)
{
  gpointer class = g_type_class_ref (WSI_TYPE_FRAME_MODEL);
  GListModelInterface *iface = g_type_interface_peek (class, G_TYPE_LIST_MODEL);

  live_rows = g_hash_table_new (NULL, NULL);
  get_item = iface->get_item;
  iface->get_item = count_item;
}

static void
on_items_changed (Scene *scene)
{
  scene->cost.n_signals++;
}

static void
feed (Scene  *scene,
      guint64 n_rows)
{
  static const char text[] = "{\"type\":\"tick\",\"price\":1.0871}";
  const WspFrameRecord frame = {
    .fin = 1, .opcode = 1, .message_opcode = 1, .header_length = 2,
    .payload_length = sizeof text - 1, .inflated_length = sizeof text - 1,
  };
  const WsiFrame kept = {
    .frame = &frame, .payload = (const guint8 *) text, .n_payload = sizeof text - 1,
  };

  for (guint64 i = 0; i < n_rows; i++)
    wsi_store_append (scene->store, scene->conversation, &kept);
  wsi_store_announce (scene->store);
}

static gboolean
on_feed (gpointer data)
{
  Scene *scene = data;
  double begin_s = get_cpu_time ();
  guint64 n_due = RATE * (g_get_monotonic_time () - scene->begin_us) / G_USEC_PER_SEC;

  feed (scene, n_due - scene->n_fed);
  scene->n_fed = n_due;
  scene->feeding_s += get_cpu_time () - begin_s;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_over (gpointer data)
{
  ((Scene *) data)->is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static GListModel *
get_rows (Scene *scene)
{
  return G_LIST_MODEL (gtk_column_view_get_model (scene->view));
}

/* Whether the last row of the list is on the screen, by the end of its scrolling. */
static gboolean
shows_last (Scene *scene)
{
  GtkAdjustment *adjustment =
    gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (gtk_widget_get_last_child (
                                                      GTK_WIDGET (scene->view))));

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         > gtk_adjustment_get_upper (adjustment) - 2;
}

static void
on_painted (Scene *scene)
{
  Cost *cost = &scene->cost;

  cost->n_painted++;
  cost->n_late = shows_last (scene) ? 0 : cost->n_late + 1;
  cost->n_late_at_most = MAX (cost->n_late_at_most, cost->n_late);
}

static void
run_for (Scene *scene,
         guint  ms)
{
  scene->is_over = FALSE;
  g_timeout_add (ms, on_over, scene);
  while (!scene->is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* The list is there, and has been painted. */
static void
measure (Scene       *scene,
         const Scale *scale)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (scene->window));
  double begin_s;
  gulong painted;
  guint feeder;

  run_for (scene, 500);
  g_signal_connect_swapped (get_rows (scene), "items-changed", G_CALLBACK (on_items_changed),
                            scene);
  painted = g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_painted), scene, NULL,
                                   G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  scene->cost = (Cost) { 0 };
  scene->begin_us = g_get_monotonic_time ();
  feeder = g_timeout_add (FEED_MS, on_feed, scene);
  begin_s = get_cpu_time ();
  run_for (scene, 1000 * scale->seconds);
  scene->cost.cpu_s = get_cpu_time () - begin_s - scene->feeding_s;
  g_source_remove (feeder);
  g_signal_handler_disconnect (clock, painted);
  scene->cost.n_ticks = 10 * scale->seconds + 1;
  run_for (scene, 500);
}

static void
scene_init (Scene       *scene,
            const Scale *scale)
{
  const WsiOpening opening = { .role = WSP_ROLE_SERVER };

  *scene = (Scene) { .store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD) };
  counted = &scene->cost;
  scene->conversation = wsi_store_open_conversation (scene->store, &opening, 1);
  feed (scene, scale->n_before);
  scene->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (scene->window, 1000, 700);
}

static void
scene_clear (Scene *scene)
{
  gtk_window_destroy (scene->window);
  g_clear_object (&scene->conversation);
  g_clear_object (&scene->store);
}

static Cost
run_bare (const Scale *scale)
{
  Scene scene;
  BareList list = { 0 };

  scene_init (&scene, scale);
  bare_list_init (&list, scene.store);
  scene.view = list.view;
  gtk_window_set_child (scene.window, list.scroller);
  gtk_window_present (scene.window);
  measure (&scene, scale);
  scene_clear (&scene);
  bare_list_clear (&list);
  return scene.cost;
}

static Cost
run_ours (const Scale *scale,
          gboolean    *shows_last_row)
{
  Scene scene;
  WsiFrameList *list = g_object_new (WSI_TYPE_FRAME_LIST, NULL);

  scene_init (&scene, scale);
  wsi_frame_list_set_store (list, scene.store);
  scene.view = wsi_frame_list_get_view (list);
  gtk_window_set_child (scene.window, GTK_WIDGET (list));
  gtk_window_present (scene.window);
  measure (&scene, scale);
  *shows_last_row = shows_last (&scene)
                    && g_list_model_get_n_items (get_rows (&scene))
                    == wsi_store_get_end (scene.store);
  scene_clear (&scene);
  return scene.cost;
}

static void
print_cost (const char *name,
            const Cost *cost)
{
  tap_diag ("%s: %.3f s of the main thread, %" G_GUINT64_FORMAT " look-ups, %" G_GUINT64_FORMAT
            " notifications, %u live rows, %u frames painted, late for %u", name, cost->cpu_s,
            cost->n_look_ups, cost->n_signals, cost->n_live_at_most, cost->n_painted,
            cost->n_late_at_most);
}

/* Ratios are left out where the machine may be busy. */
static void
compare (const Scale *scale)
{
  gboolean shows_last_row = FALSE;
  Cost bare = run_bare (scale), ours = run_ours (scale, &shows_last_row);

  print_cost ("bare", &bare);
  print_cost ("ours", &ours);
  tap_diag ("%u rows, then %u a second for %u s: processor %.2f, look-ups of a notification "
            "%.2f of the bare list (bar %.1f)",
            scale->n_before, RATE, scale->seconds, ours.cpu_s / bare.cpu_s,
            (double) ours.n_look_ups / ours.n_signals / bare.n_look_ups * bare.n_signals,
            LOOK_UP_BAR);
  tap_point (shows_last_row, "/bench/frames/the-last-row-is-shown-at-the-end");
  tap_point (ours.n_live_at_most < MAX_LIVE_ROWS, "/bench/frames/few-rows-are-alive");
  tap_point (ours.n_signals <= ours.n_ticks, "/bench/frames/one-notification-a-tick");
  if (scale->is_quick)
    return;

  tap_point (ours.n_late_at_most <= MAX_LATE_FRAMES,
             "/bench/frames/the-last-row-is-shown-after-each-tick");
  tap_point (ours.cpu_s <= MAX_CPU_RATIO * bare.cpu_s, "/bench/frames/processor");
}

int
main (int    argc,
      char **argv)
{
  gboolean is_quick = argc > 1 && g_str_equal (argv[1], "--quick");
  const Scale scale = is_quick ? (Scale) { 100000, 1, TRUE } : (Scale) { 1000000, 5, FALSE };

  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  gtk_init ();
  adw_init ();
  watch_models ();
  compare (&scale);
  return tap_end ();
}
