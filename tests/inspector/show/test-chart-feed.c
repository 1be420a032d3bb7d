/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-chart-feed.h"

#include "inspector/store-scene.h"

#include <time.h>

#define MANY 1000000
#define MAX_STOP_US (100 * 1000)        /* fifty times what a slice takes */
#define TICK_US (100 * 1000)
#define TIMEOUT_S 30

typedef struct
{
  StoreScene    scene;
  WsiChartFeed *feed;
  guint         n_changes;
} FeedScene;

static void
feed_scene_init (FeedScene *self)
{
  store_scene_init (&self->scene, WSI_DEFAULT_MAX_RECORDS);
  self->feed = wsi_chart_feed_new (self->scene.store);
  g_signal_connect_swapped (self->feed, "changed", G_CALLBACK (g_atomic_int_inc), &self->n_changes);
}

static void
feed_scene_clear (FeedScene *self)
{
  g_assert_finalize_object (g_steal_pointer (&self->feed));
  store_scene_clear (&self->scene);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FeedScene, feed_scene_clear)

/* Whether the main loop has a timer, or something to do at once. */
static gboolean
has_work (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[16];
  int timeout_ms, priority;
  gboolean is_ready;

  g_main_context_acquire (context);
  is_ready = g_main_context_prepare (context, &priority);
  g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return is_ready || timeout_ms >= 0;
}

/* The time of this thread: other programs do not count. */
static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* Until nothing is left to do; returns the longest turn, in microseconds. */
static gint64
settle (void)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC, longest_us = 0;

  while (has_work ())
    {
      gint64 begin_us;

      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      begin_us = get_cpu_time ();
      if (g_main_context_iteration (NULL, FALSE))
        longest_us = MAX (longest_us, get_cpu_time () - begin_us);
      else
        g_main_context_iteration (NULL, TRUE);
    }
  return longest_us;
}

static void
test_idle (void)
{
  g_auto (FeedScene) self = { 0 };

  feed_scene_init (&self);
  wsi_chart_feed_set_visibility (self.feed, WSI_CHARTS_SHOWN);
  settle ();
  g_assert_cmpuint (self.n_changes, ==, 0);
  store_scene_append_many (&self.scene, 3);
  wsi_store_announce (self.scene.store);
  g_assert_true (has_work ());
  settle ();
  g_assert_cmpuint (self.n_changes, ==, 1);
  g_assert_cmpuint (wsi_timeline_get_n_buckets (wsi_chart_feed_get_timeline (self.feed)), >, 0);
}

/* Each batch is announced, but charts are drawn at most once a tick. */
static void
test_ticks (void)
{
  g_auto (FeedScene) self = { 0 };
  gint64 begin_us = g_get_monotonic_time (), elapsed_us;

  feed_scene_init (&self);
  wsi_chart_feed_set_visibility (self.feed, WSI_CHARTS_SHOWN);
  while (self.n_changes < 5)
    {
      store_scene_append_many (&self.scene, 1);
      wsi_store_announce (self.scene.store);
      g_main_context_iteration (NULL, FALSE);
    }
  elapsed_us = g_get_monotonic_time () - begin_us;
  g_assert_cmpint (elapsed_us, >=, (self.n_changes - 1) * TICK_US * 9 / 10);
  settle ();
}

/* Hidden charts cost nothing, but problems are counted. */
static void
test_hidden (void)
{
  g_auto (FeedScene) self = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "");
  const WsiFrame kept = { .frame = &frame };
  guint n_changes;

  feed_scene_init (&self);
  store_scene_append_many (&self.scene, 3);
  wsi_store_announce (self.scene.store);
  settle ();
  g_assert_cmpuint (self.n_changes, ==, 0);

  frame.fault = 3;
  wsi_store_append (self.scene.store, self.scene.conversation, &kept);
  wsi_store_announce (self.scene.store);
  settle ();
  g_assert_cmpuint (self.n_changes, ==, 1);
  g_assert_cmpuint (wsi_problems_get_n (wsi_chart_feed_get_problems (self.feed)), ==, 1);
  g_assert_cmpuint (wsi_timeline_get_n_buckets (wsi_chart_feed_get_timeline (self.feed)), ==, 0);

  wsi_chart_feed_set_visibility (self.feed, WSI_CHARTS_SHOWN);
  settle ();
  g_assert_cmpuint (wsi_timeline_get_n_buckets (wsi_chart_feed_get_timeline (self.feed)), >, 0);

  wsi_chart_feed_set_visibility (self.feed, WSI_CHARTS_HIDDEN);
  n_changes = self.n_changes;
  store_scene_append_many (&self.scene, 3);
  wsi_store_announce (self.scene.store);
  settle ();
  g_assert_cmpuint (self.n_changes, ==, n_changes);
}

static void
test_many (void)
{
  g_auto (FeedScene) self = { 0 };
  gint64 longest_us;

  feed_scene_init (&self);
  store_scene_append_many (&self.scene, MANY);
  wsi_store_announce (self.scene.store);
  wsi_chart_feed_set_visibility (self.feed, WSI_CHARTS_SHOWN);
  longest_us = settle ();
  g_test_message ("longest turn of the main loop: %" G_GINT64_FORMAT " us", longest_us);
  g_assert_cmpint (longest_us, <, MAX_STOP_US);
  g_assert_cmpuint (self.n_changes, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/chart-feed/idle/has-no-timer", test_idle);
  g_test_add_func ("/inspector/chart-feed/ticks/changes-are-as-rare", test_ticks);
  g_test_add_func ("/inspector/chart-feed/hidden/only-problems-are-read", test_hidden);
  g_test_add_func ("/inspector/chart-feed/many/do-not-stop-the-main-loop", test_many);

  return g_test_run ();
}
