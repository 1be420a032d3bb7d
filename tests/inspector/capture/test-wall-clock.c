/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/lanes/wsi-wall-clock.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/show/charts/wsi-timeline.h"

#include <string.h>
#include <time.h>

#include "inspector/upgrade.h"
#include "lib/rows.h"

#define MS 1000
#define HOUR (3600 * (gint64) G_USEC_PER_SEC)
#define WIDTH_S 10
#define TOLERANCE_US (200 * MS)         /* the clock follows the system's to 100 ms */

static const struct
{
  const char *name;
  gint64      moved_us;         /* time by which the wall clock moves against the monotonic one */
  gint64      error_us;
  gboolean    is_new;
} pairs[] = {
  { "a-small-correction-changes-nothing", 90 * MS, 0, FALSE },
  { "nor-does-one-back", -90 * MS, 0, FALSE },
  { "after-a-sleep-the-pair-is-new", 8 * HOUR, 100, TRUE },
  { "a-clock-may-be-set-back", -HOUR, 100, TRUE },
  { "a-thread-that-was-interrupted-has-measured-nothing", 150 * MS, 200 * MS, FALSE },
};

static gint64 moved_us;         /* by which the wall clock was set */
static gint64 interruption_us;  /* of each thread, before it has read the wall clock */
static gint64 interrupted_us;   /* all of them so far */

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + interrupted_us;
}

/* The program's own functions are called instead of GLib's. */
gint64
g_get_monotonic_time (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

gint64
g_get_real_time (void)
{
  interrupted_us += interruption_us;
  return read_clock (CLOCK_REALTIME) + moved_us;
}

static void
test_pair (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiWallClock) clock = wsi_wall_clock_new ();
  gint64 before = wsi_wall_clock_to_wall (clock, 5000), change;

  moved_us = pairs[i].moved_us;
  interruption_us = pairs[i].error_us;
  change = wsi_wall_clock_to_wall (clock, 5000) - before;
  moved_us = interruption_us = 0;
  if (pairs[i].is_new)
    g_assert_cmpint (ABS (change - pairs[i].moved_us), <, TOLERANCE_US);
  else
    g_assert_cmpint (change, ==, 0);
}

/* A pair that is wrong is found out with the next time. */
static void
test_wall (void)
{
  g_autoptr (WsiWallClock) clock = NULL;
  gint64 now;

  moved_us = HOUR;
  clock = wsi_wall_clock_new ();
  moved_us = 0;
  now = wsi_wall_clock_to_wall (clock, g_get_monotonic_time ());
  g_assert_cmpint (ABS (now - g_get_real_time ()), <, TOLERANCE_US);
}

static void
observe (WsiRecorder *recorder,
         GObject     *connection,
         WspDirection direction,
         const char  *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  WspTap *tap = WSP_TAP (recorder);

  WSP_TAP_GET_IFACE (tap)->bytes_passed (tap, connection, direction, bytes,
                                         g_get_monotonic_time ());
}

/* The rows of a recording and of a connection of ours are in the same part of a timeline. */
static void
test_sources (void)
{
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE }, recorded = { .kind = WSI_LANE_RECORDED };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1000000);
  g_autoptr (WsiMerger) merger = wsi_merger_new (NULL);
  g_autoptr (WsiRecorder) client = wsi_recorder_new_in_lane (store, WSP_ROLE_CLIENT, merger, &live);
  g_autoptr (WsiRecorder) file =
    wsi_recorder_new_in_lane (store, WSP_ROLE_CLIENT, merger, &recorded);
  g_autoptr (GObject) connection = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);
  gint64 begin = g_get_real_time ();
  g_autoptr (WsiTimeline) timeline = NULL;
  WsiTimeBucket sum;

  wsi_recorder_message (file, wsi_recorder_open (file, &opening, begin), WSP_DIRECTION_RECEIVED, 1,
                        hello, begin);
  wsi_recorder_end (file);
  observe (client, connection, WSP_DIRECTION_SENT, UPGRADE_REQUEST);
  observe (client, connection, WSP_DIRECTION_RECEIVED, UPGRADE_RESPONSE HELLO);
  wsi_recorder_end (client);
  wsi_merger_flush (merger);

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    g_assert_cmpint (ABS (wsi_store_get_record (store, i)->time_us - begin), <,
                     WIDTH_S * G_USEC_PER_SEC);
  timeline = wsi_timeline_new (store);
  g_assert_true (wsi_timeline_update (timeline));
  wsi_timeline_sum (timeline, begin - WIDTH_S * G_USEC_PER_SEC, begin + WIDTH_S * G_USEC_PER_SEC,
                    &sum);
  g_assert_cmpuint (sum.n_frames[WSP_DIRECTION_RECEIVED], ==, 2);
}

/* A file that ends while its connections go on does not end today. */
static void
test_end_of_recording (void)
{
  const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1000000);
  g_autoptr (WsiMerger) merger = wsi_merger_new (NULL);
  g_autoptr (WsiRecorder) file =
    wsi_recorder_new_in_lane (store, WSP_ROLE_CLIENT, merger, &recorded);
  g_autoptr (WsiConversation) conversation =
    g_object_ref (wsi_recorder_open (file, &opening, HOUR));

  wsi_recorder_end (file);
  wsi_merger_flush (merger);
  g_assert_cmpint (wsi_conversation_get_end_time (conversation), ==, HOUR);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/wall-clock/pair", pairs, test_pair);
  g_test_add_func ("/inspector/wall-clock/wall/is-that-of-the-system", test_wall);
  g_test_add_func ("/inspector/wall-clock/sources/are-in-the-same-buckets", test_sources);
  g_test_add_func ("/inspector/wall-clock/recording/ends-with-its-last-entry",
                   test_end_of_recording);

  return g_test_run ();
}
