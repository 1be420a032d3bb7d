/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The merger of recorders in lanes: what several threads observe is written by one, in the order of
 * time, and within bounds. */
#include "inspect/capture/wsi-recorder.h"

#include <string.h>

#define DELAY_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define N_SOURCES 3
#define N_FRAMES 20000
#define HELLO "\x81\x05Hello"
#define SMALL_LANE (64 * 1024)
#define LARGE_LANE (4 * 1024 * 1024)
#define BLOCK (8 * 1024)
#define N_BLOCKS 64
#define N_ROUNDS 20
#define MAX_AT_A_TIME 4096      /* of the product: entries in one turn of the main loop */

typedef struct
{
  WsiStore        *store;
  WsiMerger       *merger;
  WsiRecorder     *recorders[N_SOURCES];
  WsiConversation *conversations[N_SOURCES];
} Scene;

static void
scene_init (Scene *scene)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits) };
  scene->merger = wsi_merger_new (NULL);
}

/* Frames without a handshake, whose times are wall times. */
static void
scene_add (Scene                *scene,
           guint                 i,
           const WsiLaneOptions *options)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = WSI_HANDSHAKE_MISSING };

  scene->recorders[i] =
    wsi_recorder_new_in_lane (scene->store, WSP_ROLE_CLIENT, scene->merger, options);
  scene->conversations[i] = g_object_ref (wsi_recorder_open (scene->recorders[i], &opening, 0));
}

static void
scene_clear (Scene *scene)
{
  for (guint i = 0; i < N_SOURCES; i++)
    {
      g_clear_object (&scene->conversations[i]);
      g_clear_object (&scene->recorders[i]);
    }
  g_clear_object (&scene->merger);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
push (Scene      *scene,
      guint       i,
      const char *text,
      gsize       length,
      gint64      time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  wsi_recorder_push (scene->recorders[i], scene->conversations[i], WSP_DIRECTION_RECEIVED, bytes,
                     time_us);
}

static void
say_hello (Scene *scene,
           guint  i,
           gint64 time_us)
{
  push (scene, i, HELLO, strlen (HELLO), time_us);
}

static guint
count_frames (WsiStore *store)
{
  guint n = 0;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    n += wsi_record_is_frame (wsi_store_get_record (store, i));
  return n;
}

typedef struct
{
  Scene *scene;
  guint  i;
} Worker;

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  for (guint n = 0; n < N_FRAMES; n++)
    say_hello (worker->scene, worker->i, n * N_SOURCES + worker->i);
  wsi_recorder_end (worker->scene->recorders[worker->i]);
  return NULL;
}

/* However fast each thread is. */
static void
test_merge (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = {
    .kind = WSI_LANE_RECORDED, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = SMALL_LANE,
  };
  Worker workers[N_SOURCES];
  GThread *threads[N_SOURCES];
  gint64 latest = -1;

  scene_init (&scene);
  for (guint i = 0; i < N_SOURCES; i++)
    scene_add (&scene, i, &options);
  for (guint i = 0; i < N_SOURCES; i++)
    {
      workers[i] = (Worker) { &scene, i };
      threads[i] = g_thread_new ("worker", work, &workers[i]);
    }
  while (count_frames (scene.store) < N_SOURCES * N_FRAMES)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_SOURCES; i++)
    g_thread_join (threads[i]);

  for (guint64 i = 0; i < wsi_store_get_end (scene.store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene.store, i);

      g_assert_cmpint (record->time_us, >=, latest);
      latest = record->time_us;
    }
}

/* A capture that has not been read so far holds back what is later; a live source does not. */
static void
test_waiting (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED };
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };

  scene_init (&scene);
  scene_add (&scene, 0, &recorded);
  scene_add (&scene, 1, &live);
  scene_add (&scene, 2, &live);
  say_hello (&scene, 0, 1000);
  say_hello (&scene, 1, 2000);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, 1);

  say_hello (&scene, 0, 3000);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, 3);

  say_hello (&scene, 1, 4000);
  wsi_recorder_end (scene.recorders[0]);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, 4);
}

/* A recording may come from a pipe that says nothing more. */
static void
test_silence (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED };
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };

  scene_init (&scene);
  scene_add (&scene, 0, &recorded);
  scene_add (&scene, 1, &live);
  say_hello (&scene, 1, 1000);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, 0);
  while (count_frames (scene.store) < 1)
    g_main_context_iteration (NULL, TRUE);

  say_hello (&scene, 0, 2000);
  say_hello (&scene, 1, 3000);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, 2);
}

/* Live entries are not held back for long, but those of another recording are. */
static void
test_silence_of_one (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED };
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE };

  scene_init (&scene);
  scene_add (&scene, 0, &recorded);
  scene_add (&scene, 1, &recorded);
  scene_add (&scene, 2, &live);
  say_hello (&scene, 1, 1000);
  say_hello (&scene, 2, 2000);
  while (count_frames (scene.store) < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_frames (scene.store), ==, 1);
}

/* Nothing is recorded after the end. */
static void
test_after_end (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = { .kind = WSI_LANE_LIVE };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .source = "late" };
  guint64 end;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  wsi_merger_flush (scene.merger);
  end = wsi_store_get_end (scene.store);
  wsi_recorder_close (scene.recorders[0], scene.conversations[0], WSI_ENDING_CLEAN, NULL, 1);
  wsi_recorder_end (scene.recorders[0]);
  wsi_recorder_open (scene.recorders[0], &opening, 2);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, end + 1);
}

static void
flush_again (Scene *scene)
{
  wsi_merger_flush (scene->merger);
}

/* A receiver that flushes while a long entry is written changes no order. */
static void
test_flush_in_flush (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = { .kind = WSI_LANE_LIVE };
  g_autoptr (GString) many = g_string_new (NULL);
  gint64 latest = 0;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  for (guint i = 0; i < N_FRAMES * 10; i++)
    g_string_append (many, HELLO);
  g_signal_connect_swapped (scene.store, "appended", G_CALLBACK (flush_again), &scene);
  push (&scene, 0, many->str, many->len, 1);
  say_hello (&scene, 0, 2);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (count_frames (scene.store), ==, N_FRAMES * 10 + 1);
  for (guint64 i = 0; i < wsi_store_get_end (scene.store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene.store, i);

      g_assert_cmpint (record->time_us, >=, latest);
      latest = record->time_us;
    }
}

/* One binary frame, in blocks. */
static void
push_blocks (Scene *scene)
{
  const guint8 header[] = { 0x82, 127, 0, 0, 0, 0, 0, N_BLOCKS * BLOCK >> 16, 0, 0 };
  g_autofree char *block = g_strnfill (BLOCK, 'x');

  push (scene, 0, (const char *) header, sizeof header, 1);
  for (guint i = 0; i < N_BLOCKS; i++)
    push (scene, 0, block, BLOCK, 2);
}

static guint64
sum_gaps (WsiStore *store,
          guint    *n_gaps)
{
  guint64 sum = 0;

  *n_gaps = 0;
  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (record->kind != WSI_RECORD_KIND_EVENT || record->event != WSI_EVENT_GAP)
        continue;

      sum += record->payload_length;
      ++*n_gaps;
    }
  return sum;
}

/* The frame after the gap is found again, and the counts add up. */
static void
test_gap (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_SKIP, .max_bytes = SMALL_LANE,
  };
  WsiCounters counters;
  guint64 n_missing;
  guint n_gaps;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  push_blocks (&scene);
  wsi_merger_flush (scene.merger);
  say_hello (&scene, 0, 3);
  wsi_recorder_close (scene.recorders[0], scene.conversations[0], WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "end"), 4);
  wsi_merger_flush (scene.merger);

  n_missing = sum_gaps (scene.store, &n_gaps);
  wsi_conversation_get_counters (scene.conversations[0], WSP_DIRECTION_RECEIVED, &counters);
  g_assert_cmpuint (n_gaps, ==, 1);
  g_assert_cmpuint (n_missing, >=, N_BLOCKS * BLOCK - SMALL_LANE - BLOCK);
  g_assert_cmpuint (counters.n_wire_bytes + n_missing, ==,
                    10 + N_BLOCKS * BLOCK + strlen (HELLO));
  g_assert_cmpuint (counters.n_frames, ==, 2);
}

typedef enum
{
  WRITTEN_BY_FLUSH,
  WRITTEN_BY_LOOP,
} WrittenBy;

/* The connection stays open and says nothing more; its gap is seen. */
static void
test_gap_with_nothing_after (gconstpointer data)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = { .kind = WSI_LANE_LIVE, .max_bytes = SMALL_LANE };
  WrittenBy by = GPOINTER_TO_UINT (data);
  WsiCounters counters;
  guint64 n_missing;
  guint n_gaps = 0;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  push_blocks (&scene);
  if (by == WRITTEN_BY_FLUSH)
    wsi_merger_flush (scene.merger);
  while (by == WRITTEN_BY_LOOP && n_gaps == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      sum_gaps (scene.store, &n_gaps);
    }

  n_missing = sum_gaps (scene.store, &n_gaps);
  wsi_conversation_get_counters (scene.conversations[0], WSP_DIRECTION_RECEIVED, &counters);
  g_assert_cmpuint (n_gaps, ==, 1);
  g_assert_cmpuint (counters.n_wire_bytes + n_missing, ==, 10 + N_BLOCKS * BLOCK);
}

/* The gap is known to the end of the conversation, even if no byte follows it. */
static void
test_gap_at_the_end (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = { .kind = WSI_LANE_LIVE, .max_bytes = SMALL_LANE };
  guint n_gaps;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  push_blocks (&scene);
  wsi_recorder_close (scene.recorders[0], scene.conversations[0], WSI_ENDING_CLEAN,
                      WSI_SENTENCE (TEXT, "end"), 4);
  wsi_merger_flush (scene.merger);

  g_assert_cmpuint (sum_gaps (scene.store, &n_gaps), >, 0);
  g_assert_cmpuint (n_gaps, ==, 1);
  g_assert_cmpint (wsi_conversation_get_ending (scene.conversations[0]), ==, WSI_ENDING_CLEAN);
}

#define N_SMALL 4096            /* those that the writer takes at a time */
#define SMALL 256

/* An entry without bytes tells of the gap before it.  The lane has more than half of its room in
 * use then: it goes on dropping. */
static void
test_gap_told_early (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = { .kind = WSI_LANE_LIVE, .max_bytes = LARGE_LANE };
  g_autofree char *block = g_strnfill (LARGE_LANE, 'x');
  guint n_gaps;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  for (guint i = 0; i < N_SMALL; i++)
    push (&scene, 0, block, SMALL, 1);
  push (&scene, 0, block, LARGE_LANE * 3 / 4, 2);
  push (&scene, 0, block, BLOCK, 3);
  wsi_recorder_end_direction (scene.recorders[0], scene.conversations[0], WSP_DIRECTION_SENT, 4);
  g_assert_true (g_main_context_iteration (NULL, FALSE));
  push (&scene, 0, block, BLOCK, 5);
  wsi_merger_flush (scene.merger);
  push (&scene, 0, block, BLOCK, 6);
  wsi_merger_flush (scene.merger);

  g_assert_cmpuint (sum_gaps (scene.store, &n_gaps), ==, 2 * BLOCK);
  g_assert_cmpuint (n_gaps, ==, 2);
}

static gpointer
push_in_thread (gpointer scene)
{
  push_blocks (scene);
  wsi_recorder_end (((Scene *) scene)->recorders[0]);
  return NULL;
}

/* Nothing is missing. */
static void
test_lossless (gconstpointer data)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions *options = data;
  GThread *thread;
  guint n_gaps;

  scene_init (&scene);
  scene_add (&scene, 0, options);
  thread = g_thread_new ("source", push_in_thread, &scene);
  while (count_frames (scene.store) < 1)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (sum_gaps (scene.store, &n_gaps), ==, 0);
}

/* More than the writer takes at a time, from a source that waits for it in between. */
static void
test_many (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = LARGE_LANE,
  };
  Worker worker = { &scene, 0 };
  GThread *thread;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  for (guint i = 0; i < N_FRAMES / 2; i++)
    say_hello (&scene, 0, 0);
  while (count_frames (scene.store) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_frames (scene.store), <=, MAX_AT_A_TIME);
  thread = g_thread_new ("source", work, &worker);
  while (count_frames (scene.store) < N_FRAMES + N_FRAMES / 2)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

/* A source that waits goes on, and what it brings is dropped. */
static void
test_close (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = SMALL_LANE,
  };
  GThread *thread;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  thread = g_thread_new ("source", push_in_thread, &scene);
  wsi_merger_close (scene.merger);
  g_thread_join (thread);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
}

typedef struct
{
  Scene *scene;
  int    n_begun;               /* number of pushes that have begun; atomic */
} Pushing;

static gpointer
push_counted (gpointer data)
{
  Pushing *pushing = data;
  g_autofree char *block = g_strnfill (BLOCK, 'a');

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_atomic_int_inc (&pushing->n_begun);
      push (pushing->scene, 0, block, BLOCK, 0);
    }
  return NULL;
}

/* In most of the rounds it waits then. */
static void
test_close_full (void)
{
  const WsiLaneOptions options = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = SMALL_LANE,
  };

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_auto (Scene) scene = { 0 };
      Pushing pushing = { &scene, 0 };
      GThread *thread;

      scene_init (&scene);
      scene_add (&scene, 0, &options);
      thread = g_thread_new ("source", push_counted, &pushing);
      while (g_atomic_int_get (&pushing.n_begun) <= SMALL_LANE / BLOCK)
        g_thread_yield ();
      wsi_merger_close (scene.merger);
      g_thread_join (thread);
      g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 0);
    }
}

/* Bytes without room are a gap then: the writer's thread may wait for the source's. */
static void
test_stop_waiting (void)
{
  g_auto (Scene) scene = { 0 };
  const WsiLaneOptions options = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = SMALL_LANE,
  };
  GThread *thread;
  guint n_gaps;

  scene_init (&scene);
  scene_add (&scene, 0, &options);
  thread = g_thread_new ("source", push_in_thread, &scene);
  wsi_recorder_stop_waiting (scene.recorders[0]);
  g_thread_join (thread);
  wsi_merger_flush (scene.merger);
  g_assert_cmpuint (sum_gaps (scene.store, &n_gaps), >, 0);
}

/* The first entry of a live source; a recording is as old as it is. */
static void
test_delay (void)
{
  const WsiLaneOptions live = { .kind = WSI_LANE_LIVE }, recorded = { .kind = WSI_LANE_RECORDED };
  g_auto (Scene) scene;

  scene_init (&scene);
  scene_add (&scene, 0, &recorded);
  g_assert_cmpint (wsi_merger_get_delay (scene.merger), ==, 0);
  wsi_recorder_end (scene.recorders[0]);
  scene_add (&scene, 1, &live);
  wsi_merger_flush (scene.merger);
  g_assert_cmpint (wsi_merger_get_delay (scene.merger), ==, 0);
  say_hello (&scene, 1, g_get_real_time () - 2 * DELAY_US);
  say_hello (&scene, 1, g_get_real_time ());
  g_assert_cmpint (wsi_merger_get_delay (scene.merger), >=, DELAY_US);
  wsi_merger_flush (scene.merger);
  g_assert_cmpint (wsi_merger_get_delay (scene.merger), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  static const WsiLaneOptions lossless = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_WAIT, .max_bytes = SMALL_LANE,
  };
  static const WsiLaneOptions recorded = { .kind = WSI_LANE_RECORDED, .max_bytes = SMALL_LANE };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/merger/lanes/are-merged-by-time", test_merge);
  g_test_add_func ("/inspector/merger/lanes/a-recorded-one-is-waited-for", test_waiting);
  g_test_add_func ("/inspector/merger/lanes/a-silent-one-is-not-waited-for-long", test_silence);
  g_test_add_func ("/inspector/merger/lanes/a-silent-one-holds-recorded-ones", test_silence_of_one);
  g_test_add_func ("/inspector/merger/lanes/nothing-comes-after-the-end", test_after_end);
  g_test_add_func ("/inspector/merger/lanes/a-receiver-may-flush", test_flush_in_flush);
  g_test_add_func ("/inspector/merger/full/what-does-not-fit-is-one-gap", test_gap);
  g_test_add_func ("/inspector/merger/full/a-gap-at-the-end-is-not-lost", test_gap_at_the_end);
  g_test_add_func ("/inspector/merger/full/a-gap-that-is-told-early-ends-no-dropping",
                   test_gap_told_early);
  g_test_add_data_func ("/inspector/merger/full/a-gap-is-seen-with-nothing-after-it/flush",
                        GUINT_TO_POINTER (WRITTEN_BY_FLUSH), test_gap_with_nothing_after);
  g_test_add_data_func ("/inspector/merger/full/a-gap-is-seen-with-nothing-after-it/loop",
                        GUINT_TO_POINTER (WRITTEN_BY_LOOP), test_gap_with_nothing_after);
  g_test_add_data_func ("/inspector/merger/full/a-lossless-source-waits", &lossless, test_lossless);
  g_test_add_data_func ("/inspector/merger/full/a-recorded-source-waits", &recorded, test_lossless);
  g_test_add_func ("/inspector/merger/full/a-source-that-ends-does-not-wait", test_stop_waiting);
  g_test_add_func ("/inspector/merger/full/many-entries-are-written-to-the-last-one", test_many);
  g_test_add_func ("/inspector/merger/close/a-source-that-waits-goes-on", test_close);
  g_test_add_func ("/inspector/merger/close/a-source-of-a-full-lane-goes-on", test_close_full);

  g_test_add_func ("/inspector/merger/live/knows-how-late-it-is", test_delay);
  return g_test_run ();
}
