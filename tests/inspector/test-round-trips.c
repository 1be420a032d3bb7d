/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/explain/wsi-round-trips.h"

#include "store-scene.h"

#define MANY 100000

/* A ping and its pong; times of the scene go up by a millisecond with each record. */
static void
append_round_trip (StoreScene *scene,
                   guint       n_between)
{
  store_scene_append (scene, WSP_DIRECTION_SENT, PING, 1, "x");
  store_scene_append_many (scene, n_between);
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, PONG, 1, "x");
}

static void
assert_summary (WsiRoundTrips *trips,
                guint          n,
                guint          min_us,
                guint          median_us,
                guint          max_us)
{
  WsiRoundTripSummary summary;

  wsi_round_trips_summarize (trips, &summary);
  g_assert_cmpuint (summary.n, ==, n);
  g_assert_cmpuint (summary.min_us, ==, min_us);
  g_assert_cmpuint (summary.median_us, ==, median_us);
  g_assert_cmpuint (summary.max_us, ==, max_us);
}

static void
test_summary (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRoundTrips) trips = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  trips = wsi_round_trips_new (scene.store, scene.conversation);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 0, 0, 0, 0);

  append_round_trip (&scene, 4);
  append_round_trip (&scene, 0);
  append_round_trip (&scene, 1);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 3, 1000, 2000, 5000);

  append_round_trip (&scene, 9);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 4, 1000, 2000, 10000);
}

/* Another connection's are not counted, and those before it began are not read. */
static void
test_conversation (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRoundTrips) trips = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  append_round_trip (&scene, 0);
  store_scene_open (&scene);
  trips = wsi_round_trips_new (scene.store, scene.conversation);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 0, 0, 0, 0);
  append_round_trip (&scene, 0);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 1, 1000, 1000, 1000);
}

static void
test_many (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRoundTrips) trips = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, MANY);
  append_round_trip (&scene, 0);
  trips = wsi_round_trips_new (scene.store, scene.conversation);
  g_assert_false (wsi_round_trips_update (trips));
  assert_summary (trips, 0, 0, 0, 0);
  g_assert_true (wsi_round_trips_update (trips));
  assert_summary (trips, 1, 1000, 1000, 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/round-trips/summary/reads-on-where-it-ended", test_summary);
  g_test_add_func ("/inspector/round-trips/conversation/has-its-own-only", test_conversation);
  g_test_add_func ("/inspector/round-trips/many/are-read-in-slices", test_many);

  return g_test_run ();
}
