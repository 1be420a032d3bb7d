/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-statistics.h"

#include <stdatomic.h>

#define MS 1000

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
  const WsiRecord received = {
    .direction = WSP_DIRECTION_RECEIVED,
    .kind = WSP_FRAME_KIND_BINARY,
    .byte0 = 0xc2,
    .flags = WSI_RECORD_COMPRESSED,
    .header_length = 2,
    .payload_length = 20,
    .inflated_length = 30,
  };
  const WsiRecord ping = { .kind = WSP_FRAME_KIND_PING, .byte0 = 0x89 };
  const WsiRecord event = { .kind = WSI_RECORD_KIND_EVENT, .direction = WSI_NO_DIRECTION };
  WsiTotals totals;

  wsi_statistics_add (statistics, &fragment);
  wsi_statistics_add (statistics, &received);
  wsi_statistics_add (statistics, &ping);
  wsi_statistics_add (statistics, &event);
  add (statistics, 0, WSP_DIRECTION_SENT, 0);
  wsi_statistics_get_totals (statistics, &totals);
  g_assert_cmpuint (totals.all.flows[0].n_frames, ==, 3);
  g_assert_cmpuint (totals.all.flows[1].n_frames, ==, 1);
  g_assert_cmpuint (totals.all.flows[0].n_messages, ==, 1);
  g_assert_cmpuint (totals.all.flows[1].n_messages, ==, 1);
  g_assert_cmpuint (totals.all.flows[1].n_bytes, ==, 30);
  g_assert_cmpuint (totals.all.flows[1].n_wire_bytes, ==, 22);
  g_assert_cmpuint (totals.all.n_faults, ==, 1);
  g_assert_cmpuint (totals.n_events, ==, 1);
  g_assert_cmpuint (totals.n_by_kind[0][WSP_FRAME_KIND_TEXT], ==, 1);
  g_assert_cmpuint (totals.n_by_kind[1][WSP_FRAME_KIND_BINARY], ==, 1);
  g_assert_cmpuint (totals.n_by_size[0][0], ==, 2);
  g_assert_cmpuint (totals.n_by_size[0][10], ==, 1);
  g_assert_cmpuint (totals.n_by_size[1][5], ==, 1);
  g_assert_cmpuint (totals.n_compressed[0], ==, 1);
  g_assert_cmpuint (totals.n_compressed[1], ==, 1);
  g_assert_cmpuint (totals.n_compressed_wire[0], ==, 100);
  g_assert_cmpuint (totals.n_compressed_wire[1], ==, 20);
  g_assert_cmpuint (totals.n_compressed_bytes[0], ==, 1000);
  g_assert_cmpuint (totals.n_compressed_bytes[1], ==, 30);
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
        .direction = WSP_DIRECTION_RECEIVED,
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

  /* The smallest part of them has one, too. */
  g_assert_true (wsi_totals_get_round_trip (&totals, 0, &half));
  g_assert_cmpuint (half, >=, 100);
  g_assert_cmpuint (half, <=, 125);
}

typedef struct
{
  WsiStatistics *statistics;
  atomic_bool    is_ended;
} Scene;

/* A number never goes back. */
static gpointer
read_totals (gpointer data)
{
  Scene *scene = data;
  guint64 before = 0;

  while (!atomic_load (&scene->is_ended))
    {
      WsiTotals totals;

      wsi_statistics_get_totals (scene->statistics, &totals);
      g_assert_cmpuint (totals.all.flows[0].n_frames, >=, before);
      before = totals.all.flows[0].n_frames;
    }
  return NULL;
}

static void
test_threads (void)
{
  Scene scene = { .statistics = wsi_statistics_new () };
  GThread *reader = g_thread_new ("reader", read_totals, &scene);

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

  g_test_add_func ("/inspector/statistics/totals/kinds-sizes-and-compression", test_totals);
  g_test_add_func ("/inspector/statistics/totals/round-trips-by-percent", test_round_trips);
  g_test_add_func ("/inspector/statistics/totals/are-read-while-they-grow", test_threads);

  return g_test_run ();
}
