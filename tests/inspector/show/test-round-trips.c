/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-round-trips.h"

#include "inspect/show/charts/wsi-timeline.h"

#include "inspector/opened.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

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

/* Another connection's are not counted. */
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

/* Rows before it began are not read. */
static void
test_later (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRoundTrips) trips = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, MANY);
  g_object_unref (scene.conversation);
  scene.conversation = opened_conversation (scene.store, &opening, 1000 * MANY);
  append_round_trip (&scene, 0);
  trips = wsi_round_trips_new (scene.store, scene.conversation);
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

/* Pings and pongs, and how many round trips they are.  The payload of a ping is "x". */
static const struct
{
  const char  *name;
  WspDirection ping;
  const char  *pong;            /* payload of the pong; NULL: there is no ping before it */
  guint        n;
} countings[] = {
  { "our-ping-and-their-pong", WSP_DIRECTION_SENT, "x", 1 },
  { "their-ping-and-our-pong-is-none", WSP_DIRECTION_RECEIVED, "x", 0 },
  { "another-payload-is-none", WSP_DIRECTION_SENT, "y", 0 },
  { "a-pong-of-theirs-without-a-ping-is-none", WSP_DIRECTION_SENT, NULL, 0 },
  { "a-pong-of-ours-without-a-ping-is-none", WSP_DIRECTION_RECEIVED, NULL, 0 },
};

/* All that count round trips agree: the connection, the timeline, the totals, the store. */
static void
test_counting (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  WspDirection of_pong = countings[i].ping == WSP_DIRECTION_SENT ? WSP_DIRECTION_RECEIVED
                                                                 : WSP_DIRECTION_SENT;
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRoundTrips) trips = NULL;
  g_autoptr (WsiTimeline) timeline = NULL;
  WsiRoundTripSummary summary;
  WsiTimeBucket sum;
  WsiTotals totals;
  guint64 pong, percent;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  if (countings[i].pong != NULL)
    store_scene_append (&scene, countings[i].ping, PING, 1, "x");
  pong = store_scene_append (&scene, of_pong, PONG, 1,
                             countings[i].pong != NULL ? countings[i].pong : "x");

  trips = wsi_round_trips_new (scene.store, scene.conversation);
  g_assert_true (wsi_round_trips_update (trips));
  wsi_round_trips_summarize (trips, &summary);
  g_assert_cmpuint (summary.n, ==, countings[i].n);
  timeline = wsi_timeline_new (scene.store);
  while (!wsi_timeline_update (timeline))
    continue;
  wsi_timeline_sum (timeline, 0, G_USEC_PER_SEC, &sum);
  g_assert_cmpuint (sum.round_trips.n, ==, countings[i].n);
  wsi_statistics_get_totals (wsi_store_get_statistics (scene.store), &totals);
  g_assert_cmpint (wsi_totals_get_round_trip (&totals, 50, &percent), ==, countings[i].n);
  g_assert_cmpint (store_scene_get_round_trip (&scene, pong) > 0, ==, countings[i].n);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/round-trips/summary/reads-on-where-it-ended", test_summary);
  g_test_add_func ("/inspector/round-trips/conversation/has-its-own-only", test_conversation);
  g_test_add_func ("/inspector/round-trips/conversation/is-read-from-its-begin", test_later);
  g_test_add_func ("/inspector/round-trips/many/are-read-in-slices", test_many);
  ADD_ROWS ("/inspector/round-trips/counting", countings, test_counting);

  return g_test_run ();
}
