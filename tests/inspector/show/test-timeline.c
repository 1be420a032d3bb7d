/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-timeline.h"

#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <string.h>

#define MS 1000
#define S (1000 * MS)
#define YEAR (365 * 24 * 3600 * (gint64) S)
#define MANY 120000
#define MAX_REPLIES_AT_ONCE 8192        /* of the product */
#define SEGMENT_LENGTH 16384            /* of the store: rows that it removes together */

static guint64
append_at (StoreScene  *scene,
           gint64       time_us,
           WspDirection direction,
           guint        opcode,
           const char  *payload)
{
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, 1, payload);
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) payload,
    .n_payload = strlen (payload),
  };

  frame.time_us = time_us;
  wsi_store_append (scene->store, scene->conversation, &kept);
  return wsi_store_get_end (scene->store) - 1;
}

static void
read_all (WsiTimeline *timeline)
{
  while (!wsi_timeline_update (timeline))
    continue;
}

static WsiTimeBucket
sum_all (WsiTimeline *timeline)
{
  WsiTimeBucket sum;

  wsi_timeline_sum (timeline, -2 * YEAR, 100 * YEAR, &sum);
  return sum;
}

static void
test_counts (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  WsiTimeBucket sum;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  append_at (&scene, 10 * S, WSP_DIRECTION_SENT, TEXT, "abc");
  append_at (&scene, 10 * S + 1, WSP_DIRECTION_SENT, PING, "x");
  append_at (&scene, 10 * S + 301, WSP_DIRECTION_RECEIVED, PONG, "x");
  read_all (timeline);

  g_assert_cmpint (wsi_timeline_get_bucket_time (timeline, 0), ==, 10 * S);
  g_assert_cmpint (wsi_timeline_get_width (timeline), ==, 10);
  g_assert_cmpuint (wsi_timeline_get_n_buckets (timeline), ==, 31);
  g_assert_cmpuint (wsi_timeline_get_bucket (timeline, 0)->n_frames[WSP_DIRECTION_SENT], ==, 2);
  sum = sum_all (timeline);
  g_assert_cmpuint (sum.n_wire_bytes[WSP_DIRECTION_SENT], ==, 8);
  g_assert_cmpuint (sum.n_wire_bytes[WSP_DIRECTION_RECEIVED], ==, 3);
  g_assert_cmpuint (sum.n_by_kind[WSP_FRAME_KIND_TEXT], ==, 1);
  g_assert_cmpuint (sum.n_by_kind[WSP_FRAME_KIND_PONG], ==, 1);
  g_assert_cmpuint (sum.round_trips.n, ==, 1);
  g_assert_cmpuint (sum.round_trips.max_us, ==, 300);
}

/* The last row of each is so much later than the first one. */
static const struct
{
  const char *name;
  gint64      span_us, width_us;
} spans[] = {
  { "a-moment", 0, 10 },
  { "a-second", S, S / 1000 },
  { "a-day", YEAR / 365, 100 * (gint64) S },
  { "a-hundred-years", 100 * YEAR, 2000000 * (gint64) S },
};

static void
test_span (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  for (guint i = 0; i < 1000; i++)
    append_at (&scene, -S + spans[row].span_us / 999 * i, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  g_assert_cmpuint (wsi_timeline_get_n_buckets (timeline), <=, WSI_TIMELINE_MAX_BUCKETS);
  g_assert_cmpint (wsi_timeline_get_width (timeline), ==, spans[row].width_us);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 1000);
}

/* A source that is added later may be a recording of long ago. */
static void
test_earlier (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  gint64 begin_us, end_us;
  WsiTimeBucket sum;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  g_assert_false (wsi_timeline_get_span (timeline, &begin_us, &end_us));
  append_at (&scene, 50 * YEAR, WSP_DIRECTION_SENT, TEXT, "");
  append_at (&scene, 10 * YEAR, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  wsi_timeline_sum (timeline, 0, 30 * YEAR, &sum);
  g_assert_cmpuint (sum.n_frames[0], ==, 1);
  append_at (&scene, G_MININT64, WSP_DIRECTION_SENT, TEXT, "");
  append_at (&scene, G_MAXINT64, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  g_assert_cmpuint (wsi_timeline_get_n_buckets (timeline), <=, WSI_TIMELINE_MAX_BUCKETS);
  g_assert_true (wsi_timeline_get_span (timeline, &begin_us, &end_us));
  g_assert_cmpint (begin_us, <, 10 * YEAR);
  g_assert_cmpint (end_us, >, 50 * YEAR);
  g_assert_cmpint (wsi_timeline_get_origin (timeline), ==, 50 * YEAR);
}

static void
test_range (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  guint64 version;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  for (guint i = 0; i < 100; i++)
    append_at (&scene, i * S, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  g_assert_cmpint (wsi_timeline_get_width (timeline), ==, 100 * MS);

  /* The buckets of before stay until these are read. */
  wsi_timeline_set_range (timeline, 10 * S, 20 * S);
  version = wsi_timeline_get_version (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 100);
  read_all (timeline);
  g_assert_cmpuint (wsi_timeline_get_version (timeline), >, version);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 10);
  g_assert_cmpint (wsi_timeline_get_width (timeline), <=, 10 * MS);
  g_assert_cmpint (wsi_timeline_get_bucket_time (timeline, 0), ==, 10 * S);

  /* The latest seconds move on with the rows. */
  wsi_timeline_set_range (timeline, 90 * S, G_MAXINT64);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 10);
  for (guint i = 100; i < 110; i++)
    {
      append_at (&scene, i * S, WSP_DIRECTION_SENT, TEXT, "");
      read_all (timeline);
      wsi_timeline_set_range (timeline, (i - 9) * S, G_MAXINT64);
      g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 10);
    }
}

/* Ranges after one from 10 to 20 seconds, of rows in each of a hundred. */
static const struct
{
  const char *name;
  gint64      begin_s, end_s;
  guint       n_frames;
  gint64      max_width_us;
} ranges[] = {
  { "with-another-end", 10, 30, 20, 10 * MS },
  { "with-an-earlier-begin", 5, 20, 15, 10 * MS },
  { "with-a-later-begin", 19, 20, 1, MS },
};

static void
test_next_range (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  for (guint i = 0; i < 100; i++)
    append_at (&scene, i * S, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  wsi_timeline_set_range (timeline, 10 * S, 20 * S);
  read_all (timeline);
  wsi_timeline_set_range (timeline, ranges[row].begin_s * S, ranges[row].end_s * S);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, ranges[row].n_frames);
  g_assert_cmpint (wsi_timeline_get_width (timeline), <=, ranges[row].max_width_us);
}

static void
test_conversation (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  append_at (&scene, 1, WSP_DIRECTION_SENT, TEXT, "");
  store_scene_open (&scene);
  append_at (&scene, 2, WSP_DIRECTION_SENT, TEXT, "");
  append_at (&scene, 3, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 3);
  wsi_timeline_set_conversation (timeline, 2);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 2);
  wsi_timeline_set_conversation (timeline, 0);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, 3);
}

/* A decoder finds a reply long after its row; the same one is not counted twice. */
static void
test_replies (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  guint64 first, second, version;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  first = append_at (&scene, S, WSP_DIRECTION_SENT, TEXT, "");
  second = append_at (&scene, S + 700, WSP_DIRECTION_RECEIVED, TEXT, "");
  read_all (timeline);
  version = wsi_timeline_get_version (timeline);
  g_assert_cmpuint (sum_all (timeline).replies.n, ==, 0);
  for (guint i = 0; i < 2; i++)
    wsi_store_set_reply (scene.store, first, second);
  read_all (timeline);
  g_assert_cmpuint (wsi_timeline_get_version (timeline), >, version);
  g_assert_cmpuint (sum_all (timeline).replies.n, ==, 1);
  g_assert_cmpuint (sum_all (timeline).replies.sum_us, ==, 700);
  wsi_timeline_set_conversation (timeline, 2);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).replies.n, ==, 0);
}

/* Each row replies to the first one. */
static void
test_many_replies (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  guint n_slices = 1;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  timeline = wsi_timeline_new (scene.store);
  store_scene_append_many (&scene, 2 * MAX_REPLIES_AT_ONCE + 2);
  for (guint i = 1; i < 2 * MAX_REPLIES_AT_ONCE + 2; i++)
    wsi_store_set_reply (scene.store, 0, i);
  while (!wsi_timeline_update (timeline))
    n_slices++;
  g_assert_cmpuint (n_slices, ==, 3);
  g_assert_cmpuint (sum_all (timeline).replies.n, ==, 2 * MAX_REPLIES_AT_ONCE + 1);
}

/* Requests or replies that are gone: where sources are merged, a reply may be the earlier row. */
static void
test_evicted_replies (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  guint64 last = 2 * SEGMENT_LENGTH - 1;

  store_scene_init (&scene, 2 * SEGMENT_LENGTH);
  timeline = wsi_timeline_new (scene.store);
  store_scene_append_many (&scene, 2 * SEGMENT_LENGTH);
  wsi_store_set_reply (scene.store, 0, last);
  wsi_store_set_reply (scene.store, last, 1);
  store_scene_append_many (&scene, 1);
  g_assert_cmpuint (wsi_store_get_first (scene.store), ==, SEGMENT_LENGTH);
  read_all (timeline);
  g_assert_cmpuint (sum_all (timeline).replies.n, ==, 0);
}

static void
test_evicted (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  gint64 begin_us, end_us, oldest_us;
  WsiTimeBucket sum;

  store_scene_init (&scene, MANY);
  timeline = wsi_timeline_new (scene.store);
  for (guint i = 0; i < 4; i++)
    {
      store_scene_append_many (&scene, MANY / 2);
      read_all (timeline);
    }
  oldest_us = wsi_store_get_record (scene.store, wsi_store_get_first (scene.store))->time_us;
  sum = sum_all (timeline);
  g_assert_cmpuint (oldest_us, >, S);
  g_assert_true (wsi_timeline_get_span (timeline, &begin_us, &end_us));
  g_assert_cmpint (begin_us, ==, oldest_us);
  g_assert_cmpint (wsi_timeline_get_bucket_time (timeline, 0), <=, oldest_us);
  g_assert_cmpint (wsi_timeline_get_bucket_time (timeline, 1), >, oldest_us);
  g_assert_cmpuint (sum.n_frames[1], <=, wsi_store_get_end (scene.store)
                    - wsi_store_get_first (scene.store) + wsi_timeline_get_width (timeline) / MS);
}

/* Rows of a recording that is older than the rows that were removed, and of one that is newer: the
 * removed ones are neither first nor last in time. */
static void
test_evicted_live (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  gint64 begin_us, end_us;
  guint64 n_kept;

  store_scene_init (&scene, MANY);
  timeline = wsi_timeline_new (scene.store);
  store_scene_append_many (&scene, MANY / 2);
  for (guint i = 0; i < 100; i++)
    append_at (&scene, -YEAR + i, WSP_DIRECTION_SENT, TEXT, "");
  for (guint i = 0; i < MANY; i++)
    append_at (&scene, YEAR + i, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  n_kept = wsi_store_get_end (scene.store) - wsi_store_get_first (scene.store);
  g_assert_cmpuint (wsi_store_get_first (scene.store), >, MS);
  g_assert_cmpuint (wsi_store_get_first (scene.store), <, MANY / 2);
  g_assert_true (wsi_timeline_get_span (timeline, &begin_us, &end_us));
  g_assert_cmpint (begin_us, ==, -YEAR);
  g_assert_cmpint (end_us, ==, YEAR + MANY - 1);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], ==, MANY + 100);

  /* All live rows go, and those of the old recording. */
  for (guint i = 0; i < MANY / 2; i++)
    append_at (&scene, YEAR + MANY + i, WSP_DIRECTION_SENT, TEXT, "");
  read_all (timeline);
  n_kept = wsi_store_get_end (scene.store) - wsi_store_get_first (scene.store);
  g_assert_cmpuint (wsi_store_get_first (scene.store), >, MANY / 2 + 100);
  g_assert_true (wsi_timeline_get_span (timeline, &begin_us, &end_us));
  g_assert_cmpint (begin_us, >=, YEAR);
  g_assert_cmpuint (sum_all (timeline).n_frames[1], ==, 0);
  g_assert_cmpuint (sum_all (timeline).n_frames[0], >=, n_kept);
}

static void
test_slices (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiTimeline) timeline = NULL;
  guint n_slices = 0;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, MANY);
  timeline = wsi_timeline_new (scene.store);
  while (!wsi_timeline_update (timeline))
    n_slices++;
  g_assert_cmpuint (n_slices, ==, MANY / 20000);
  g_assert_cmpuint (sum_all (timeline).n_frames[1], ==, MANY);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/timeline/buckets/count-bytes-kinds-and-round-trips", test_counts);
  ADD_ROWS ("/inspector/timeline/spans", spans, test_span);
  g_test_add_func ("/inspector/timeline/order/a-later-row-may-be-earlier", test_earlier);
  g_test_add_func ("/inspector/timeline/range/is-read-with-narrower-buckets", test_range);
  ADD_ROWS ("/inspector/timeline/range", ranges, test_next_range);
  g_test_add_func ("/inspector/timeline/conversation/has-its-rows-only", test_conversation);
  g_test_add_func ("/inspector/timeline/replies/are-found-later-and-once", test_replies);
  g_test_add_func ("/inspector/timeline/replies/many-are-read-in-slices", test_many_replies);
  g_test_add_func ("/inspector/timeline/replies/of-rows-that-are-gone-are-none",
                   test_evicted_replies);
  g_test_add_func ("/inspector/timeline/evicted/rows-are-not-in-it", test_evicted);
  g_test_add_func ("/inspector/timeline/evicted/older-recordings-stay", test_evicted_live);
  g_test_add_func ("/inspector/timeline/many/are-read-in-slices", test_slices);

  return g_test_run ();
}
