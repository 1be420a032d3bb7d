/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Learning in the main loop: all records, in short times, and old ones stay as they were read. */

#include "inspect/decode/choosing/wsi-learner.h"

#include "inspector/store-scene.h"

#include <string.h>
#include <time.h>

#define MAX_STOP_NS (20 * 1000 * 1000)
#define MANY 100000

static gint64
get_own_time_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

/* Returns its number. */
static guint64
append (StoreScene  *scene,
        WspDirection direction,
        const char  *message)
{
  guint64 number = wsi_store_get_end (scene->store);
  WspFrameRecord frame = store_scene_make_frame (direction, TEXT, 1, message);
  const WsiFrame kept = {
    .frame = &frame,
    .payload = (const guint8 *) message,
    .n_payload = frame.payload_length,
  };

  frame.message_opcode = TEXT;
  wsi_store_append (scene->store, scene->conversation, &kept);
  return number;
}

static void
append_times (StoreScene *scene,
              const char *message,
              guint       n)
{
  for (guint i = 0; i < n; i++)
    append (scene, WSP_DIRECTION_RECEIVED, message);
}

/* Returns the longest turn of the main loop. */
static gint64
run (void)
{
  gint64 longest_ns = 0;

  while (g_main_context_pending (NULL))
    {
      gint64 start_ns = get_own_time_ns ();

      g_main_context_iteration (NULL, FALSE);
      longest_ns = MAX (longest_ns, get_own_time_ns () - start_ns);
    }
  return longest_ns;
}

/* Once all are learned there is nothing to run. */
static void
test_slices (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;

  store_scene_init (&scene, MANY + 1000);
  append_times (&scene, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"price\":1.25}}", MANY);
  learner = wsi_learner_new (scene.store);
  g_assert_cmpuint (wsi_learner_get_n_learned (learner), ==, 0);
  g_assert_cmpint (run (), <, MAX_STOP_NS);
  g_assert_cmpuint (wsi_learner_get_n_learned (learner), ==, wsi_store_get_end (scene.store));
}

/* As large as a window keeps them; of the same and of another kind. */
static void
test_large_messages (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;
  g_autoptr (GString) text = g_string_new ("{\"jsonrpc\":\"2.0\",\"params\":[0");

  while (text->len < 8 * 1024 * 1024)
    g_string_append (text, ",[1,{\"a\":\"b\"}]");
  g_string_append (text, "],\"id\":7,\"method\":\"m\"}");
  store_scene_init (&scene, 1000);
  append_times (&scene, text->str, 8);
  learner = wsi_learner_new (scene.store);
  g_assert_cmpint (run (), <, MAX_STOP_NS);
}

static void
test_pairs (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;
  guint64 request, reply, found;

  store_scene_init (&scene, 1000);
  learner = wsi_learner_new (scene.store);
  request = append (&scene, WSP_DIRECTION_SENT,
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"}");
  wsi_store_announce (scene.store);
  run ();
  reply = append (&scene, WSP_DIRECTION_RECEIVED, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}");
  wsi_store_announce (scene.store);
  run ();
  g_assert_true (wsi_store_get_reply (scene.store, request, &found));
  g_assert_cmpuint (found, ==, reply);
}

static const WsiDecoder *
find_decoder (WsiLearner *learner,
              StoreScene *scene,
              guint64     number)
{
  const WsiRecord *record = wsi_store_get_record (scene->store, number);
  g_autoptr (GBytes) payload = wsi_store_dup_payload (scene->store, number, WSI_VIEW_INFLATED,
                                                      G_MAXSIZE);
  gsize length;
  const guint8 *at = g_bytes_get_data (payload, &length);
  WsiDecodeInput input;

  return wsi_interpreter_prepare (wsi_learner_get_interpreter (learner), number, record, at,
                                  length, &input);
}

/* "2" is in doubt: it is text, or a ping of Socket.IO after such messages. */
#define DOUBT "2"
#define JSON "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}"
#define SOCKET_IO "42[\"event\",{\"a\":1}]"

/* A peer may change its format more often than is noted. */
static void
test_old_records (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;
  const WsiDecoder *before[3];
  guint64 numbers[3];

  store_scene_init (&scene, 100000);
  numbers[0] = append (&scene, WSP_DIRECTION_RECEIVED, DOUBT);
  append_times (&scene, SOCKET_IO, 4);
  numbers[1] = append (&scene, WSP_DIRECTION_RECEIVED, DOUBT);
  append_times (&scene, JSON, 4);
  numbers[2] = append (&scene, WSP_DIRECTION_RECEIVED, DOUBT);
  learner = wsi_learner_new (scene.store);
  run ();
  for (guint i = 0; i < 3; i++)
    before[i] = find_decoder (learner, &scene, numbers[i]);
  g_assert_true (before[0] != before[1]);

  for (guint i = 0; i < 200; i++)
    {
      append_times (&scene, SOCKET_IO, 4);
      append_times (&scene, JSON, 4);
    }
  wsi_store_announce (scene.store);
  run ();
  for (guint i = 0; i < 3; i++)
    g_assert_true (find_decoder (learner, &scene, numbers[i]) == before[i]);
}

static void
test_changes (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;
  guint n_changed = 0;

  store_scene_init (&scene, 1000);
  learner = wsi_learner_new (scene.store);
  g_signal_connect_swapped (learner, "changed", G_CALLBACK (g_atomic_int_inc), &n_changed);
  append_times (&scene, SOCKET_IO, 4);
  wsi_store_announce (scene.store);
  run ();
  g_assert_cmpuint (n_changed, ==, 1);
  append_times (&scene, SOCKET_IO, 4);
  wsi_store_announce (scene.store);
  run ();
  g_assert_cmpuint (n_changed, ==, 1);
}

/* A choice pairs what was read otherwise before. */
static void
test_restart (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;
  WsiInterpreter *interpreter;
  guint64 request, reply, found;

  store_scene_init (&scene, 1000);
  learner = wsi_learner_new (scene.store);
  interpreter = wsi_learner_get_interpreter (learner);
  wsi_interpreter_set_decoder (interpreter, 0, WSI_NO_DIRECTION, wsi_decoder_list_find ("text"));
  request = append (&scene, WSP_DIRECTION_SENT,
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"}");
  reply = append (&scene, WSP_DIRECTION_RECEIVED, JSON);
  wsi_store_announce (scene.store);
  run ();
  g_assert_false (wsi_store_get_reply (scene.store, request, &found));
  wsi_interpreter_set_decoder (interpreter, 0, WSI_NO_DIRECTION, NULL);
  wsi_learner_restart (learner);
  run ();
  g_assert_true (wsi_store_get_reply (scene.store, request, &found));
  g_assert_cmpuint (found, ==, reply);
}

/* Records that are gone before their turn, and a learner that ends before its turn. */
static void
test_eviction (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiLearner) learner = NULL;

  store_scene_init (&scene, 100);
  learner = wsi_learner_new (scene.store);
  append_times (&scene, JSON, 10000);
  wsi_store_announce (scene.store);
  run ();
  g_assert_cmpuint (wsi_learner_get_n_learned (learner), ==, wsi_store_get_end (scene.store));
  append_times (&scene, JSON, 10);
  wsi_store_announce (scene.store);
  g_clear_object (&learner);
  run ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspector/learner/slices/are-short-and-end-with-the-last-record", test_slices);
  g_test_add_func ("/inspector/learner/slices/are-short-for-large-messages", test_large_messages);
  g_test_add_func ("/inspector/learner/pairs-new-records-with-old-ones", test_pairs);
  g_test_add_func ("/inspector/learner/old-records-stay-as-they-were-read", test_old_records);
  g_test_add_func ("/inspector/learner/notifies-only-of-changes", test_changes);
  g_test_add_func ("/inspector/learner/a-choice-is-learned-for-all-records", test_restart);
  g_test_add_func ("/inspector/learner/records-that-are-gone-are-passed-over", test_eviction);
  return g_test_run ();
}
