/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-statistics.h"

#include <stdatomic.h>

#define MS 1000
#define S (1000 * MS)

static void
add (WsiStatistics *statistics,
     gint64         time_us,
     WspDirection   direction,
     guint          length)
{
  const WsiRecord record = {
    .time_us = time_us,
    .direction = direction,
    .kind = WSP_FRAME_KIND_BINARY,
    .byte0 = 0x82,
    .header_length = 2,
    .payload_length = length,
  };

  wsi_statistics_add (statistics, &record);
}

static const struct
{
  const char *name;
  WsiWidth    width;
  gint64      begin_us;
  guint64     n_frames[4];      /* in four buckets from there on */
} views[] = {
  { "10-ms", WSI_WIDTH_10_MS, 0, { 2, 1, 0, 0 } },
  { "10-ms-from-within", WSI_WIDTH_10_MS, 19 * MS, { 1, 0, 0, 0 } },
  { "100-ms", WSI_WIDTH_100_MS, 0, { 3, 1, 0, 0 } },
  { "1-s", WSI_WIDTH_1_S, 0, { 4, 0, 2, 0 } },
  { "10-s", WSI_WIDTH_10_S, 0, { 6, 0, 0, 1 } },
  { "before-zero", WSI_WIDTH_1_S, -S, { 1, 4, 0, 2 } },
};

static void
test_buckets (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const gint64 times[] = { -1, 1, 9999, 10 * MS, 150 * MS, 2 * S, 3 * S - 1, 30 * S };
  g_autoptr (WsiStatistics) statistics = wsi_statistics_new ();
  WsiBucket buckets[4];

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    add (statistics, times[i], WSP_DIRECTION_SENT, 10);
  wsi_statistics_get_buckets (statistics, views[row].width, views[row].begin_us, buckets, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (buckets[i].flows[0].n_frames, ==, views[row].n_frames[i]);
      g_assert_cmpuint (buckets[i].flows[0].n_bytes, ==, views[row].n_frames[i] * 10);
      g_assert_cmpuint (buckets[i].flows[0].n_wire_bytes, ==, views[row].n_frames[i] * 12);
      g_assert_cmpuint (buckets[i].flows[1].n_frames, ==, 0);
    }
}

/* Merged sources may be out of order; a bucket that has left its ring is only in the totals. */
static void
test_order (void)
{
  g_autoptr (WsiStatistics) statistics = wsi_statistics_new ();
  WsiBucket bucket;
  WsiTotals totals;

  for (guint i = 0; i < 100; i++)
    add (statistics, i % 2 * 50 * MS, WSP_DIRECTION_RECEIVED, 1);
  wsi_statistics_get_buckets (statistics, WSI_WIDTH_10_MS, 0, &bucket, 1);
  g_assert_cmpuint (bucket.flows[1].n_frames, ==, 50);

  add (statistics, 3600 * (gint64) S, WSP_DIRECTION_RECEIVED, 1);
  add (statistics, 1, WSP_DIRECTION_RECEIVED, 1);
  add (statistics, WSI_N_BUCKETS * 10 * MS, WSP_DIRECTION_RECEIVED, 1);
  add (statistics, 2, WSP_DIRECTION_RECEIVED, 1);
  add (statistics, 3600 * (gint64) S, WSP_DIRECTION_RECEIVED, 1);
  wsi_statistics_get_buckets (statistics, WSI_WIDTH_10_MS, 0, &bucket, 1);
  g_assert_cmpuint (bucket.flows[1].n_frames, ==, 0);
  wsi_statistics_get_buckets (statistics, WSI_WIDTH_1_S, 0, &bucket, 1);
  g_assert_cmpuint (bucket.flows[1].n_frames, ==, 102);
  wsi_statistics_get_totals (statistics, &totals);
  g_assert_cmpuint (totals.all.flows[1].n_frames, ==, 105);
}

static void
test_totals (void)
{
  g_autoptr (WsiStatistics) statistics = wsi_statistics_new ();
  const WsiRecord fragment = {
    .kind = WSP_FRAME_KIND_TEXT,
    .byte0 = 0x41,
    .flags = WSI_RECORD_COMPRESSED,
    .payload_length = 100,
    .inflated_length = 1000,
    .fault = 1,
  };
  const WsiRecord event = { .kind = WSI_RECORD_KIND_EVENT, .direction = WSI_NO_DIRECTION };
  WsiTotals totals;

  wsi_statistics_add (statistics, &fragment);
  wsi_statistics_add (statistics, &event);
  add (statistics, 0, WSP_DIRECTION_SENT, 0);
  wsi_statistics_get_totals (statistics, &totals);
  g_assert_cmpuint (totals.all.flows[0].n_frames, ==, 2);
  g_assert_cmpuint (totals.all.flows[0].n_messages, ==, 1);
  g_assert_cmpuint (totals.all.n_faults, ==, 1);
  g_assert_cmpuint (totals.n_events, ==, 1);
  g_assert_cmpuint (totals.n_by_kind[0][WSP_FRAME_KIND_TEXT], ==, 1);
  g_assert_cmpuint (totals.n_by_size[0][0], ==, 1);
  g_assert_cmpuint (totals.n_by_size[0][10], ==, 1);
  g_assert_cmpuint (totals.n_compressed_wire[0], ==, 100);
  g_assert_cmpuint (totals.n_compressed_bytes[0], ==, 1000);
}

static void
test_round_trips (void)
{
  g_autoptr (WsiStatistics) statistics = wsi_statistics_new ();
  WsiTotals totals;
  guint64 half, most;

  wsi_statistics_get_totals (statistics, &totals);
  g_assert_false (wsi_totals_get_round_trip (&totals, 50, &half));
  for (guint i = 1; i <= 100; i++)
    {
      const WsiRecord pong = {
        .kind = WSP_FRAME_KIND_PONG,
        .byte0 = 0x8a,
        .flags = WSI_RECORD_ROUND_TRIP,
        .round_trip_us = i < 100 ? i * 100 : G_MAXUINT32,
      };

      wsi_statistics_add (statistics, &pong);
    }
  wsi_statistics_get_totals (statistics, &totals);
  g_assert_true (wsi_totals_get_round_trip (&totals, 50, &half));
  g_assert_true (wsi_totals_get_round_trip (&totals, 100, &most));
  g_assert_cmpuint (half, >=, 5000);
  g_assert_cmpuint (half, <=, 6250);
  g_assert_cmpuint (most, ==, G_MAXUINT32);
}

typedef struct
{
  WsiStatistics *statistics;
  atomic_bool    is_ended;
} Scene;

/* However the buckets move, a frame is never counted twice or missing. */
static gpointer
read_buckets (gpointer data)
{
  Scene *scene = data;
  guint64 before = 0;

  while (!atomic_load (&scene->is_ended))
    {
      WsiBucket bucket;

      wsi_statistics_get_buckets (scene->statistics, WSI_WIDTH_10_S, 0, &bucket, 1);
      g_assert_cmpuint (bucket.flows[0].n_frames, >=, before);
      before = bucket.flows[0].n_frames;
    }
  return NULL;
}

static void
test_threads (void)
{
  Scene scene = { .statistics = wsi_statistics_new () };
  GThread *reader = g_thread_new ("reader", read_buckets, &scene);

  for (guint i = 0; i < 300000; i++)
    add (scene.statistics, i % 1000 * 10 * MS, WSP_DIRECTION_SENT, 1);
  atomic_store (&scene.is_ended, TRUE);
  g_thread_join (reader);
  wsi_statistics_free (scene.statistics);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/statistics/buckets/hold-their-time/%s", views[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_buckets);
    }
  g_test_add_func ("/inspector/statistics/buckets/may-come-out-of-order", test_order);
  g_test_add_func ("/inspector/statistics/buckets/are-read-while-they-move", test_threads);
  g_test_add_func ("/inspector/statistics/totals/kinds-sizes-and-compression", test_totals);
  g_test_add_func ("/inspector/statistics/totals/round-trips-by-percent", test_round_trips);

  return g_test_run ();
}
