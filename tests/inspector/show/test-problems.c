/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-problems.h"

#include "inspect/show/verdicts/wsi-verdict-text.h"
#include "inspector/opened.h"
#include "inspector/scene.h"
#include "inspector/store-scene.h"

#define MANY 250000
#define MAX_CONNECTIONS 4096    /* of the product: with times */
#define MAX_GROUPS 200          /* of the product: then one more has all of a kind */
#define MANY_ENDS 60000
#define RULE 3                  /* any two rules */
#define OTHER_RULE 4
#define MS 1000                 /* microseconds */

static guint64
append_faults (StoreScene  *scene,
               WspDirection direction,
               const guint *faults,
               guint        n_faults)
{
  WspFrameRecord frame = store_scene_make_frame (direction, TEXT, 1, "");
  const WsiFrame kept = { .frame = &frame, .faults = faults, .n_faults = n_faults };
  guint64 number = wsi_store_get_end (scene->store);

  frame.time_us = 1000 * (number + 1);
  frame.fault = faults[0];
  wsi_store_append (scene->store, scene->conversation, &kept);
  return number;
}

static void
read_all (WsiProblems *problems)
{
  while (!wsi_problems_update (problems))
    continue;
}

static guint
get_code (WsiProblems *problems,
          guint        i)
{
  return wsi_problems_get (problems, i)->verdict.code;
}

/* By rule, and by the side that breaks it. */
static void
test_groups (void)
{
  const guint one[] = { RULE }, both[] = { OTHER_RULE, RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  const WsiProblem *problem;
  guint64 first, second, version, number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 0);
  version = wsi_problems_get_version (problems);

  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_version (problems), ==, version);
  first = append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  append_faults (&scene, WSP_DIRECTION_RECEIVED, one, 1);
  second = append_faults (&scene, WSP_DIRECTION_SENT, both, 2);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_version (problems), !=, version);
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 3);
  g_assert_cmpuint (wsi_problems_get_n_errors (problems), ==, 3);
  problem = wsi_problems_get (problems, 0);
  g_assert_cmpuint (problem->verdict.kind, ==, WSI_VERDICT_RULE);
  g_assert_cmpuint (problem->verdict.code, ==, RULE);
  g_assert_cmpuint (problem->verdict.direction, ==, WSP_DIRECTION_SENT);
  g_assert_cmpuint (problem->n, ==, 2);
  g_assert_cmpuint (problem->rows->len, ==, 2);
  g_assert_cmpuint (problem->first.number, ==, first);
  g_assert_cmpuint (problem->last.number, ==, second);
  g_assert_cmpuint (wsi_problems_get (problems, 1)->verdict.direction, ==, WSP_DIRECTION_RECEIVED);
  g_assert_cmpuint (get_code (problems, 2), ==, OTHER_RULE);
  g_assert_true (wsi_problems_find (problems, problem, &number));
  g_assert_cmpuint (number, ==, first);
}

static void
append_event (WsiStore          *store,
              WsiConversation   *conversation,
              WsiEvent           event,
              const WsiSentence *sentence)
{
  const WsiRecord record = {
    .time_us = 1, .event = event, .kind = WSI_RECORD_KIND_EVENT, .direction = WSI_NO_DIRECTION,
  };

  wsi_store_append_event (store, conversation, &record, sentence);
}

/* Gaps are listed after endings, whichever came first; those of a pause are none. */
static void
test_kinds (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 7, scene.now);
  append_event (scene.store, scene.conversation, WSI_EVENT_GAP,
                WSI_SENTENCE (FRAMES_LEFT_OUT, "2"));
  append_event (scene.store, scene.conversation, WSI_EVENT_GAP, WSI_SENTENCE (FRAME_LEFT_OUT, "1"));
  append_event (scene.store, NULL, WSI_EVENT_NOTE, WSI_SENTENCE (TEXT, "a note"));
  append_event (scene.store, NULL, WSI_EVENT_NOTE, WSI_SENTENCE (PACKETS_DROPPED, "2"));
  wsi_recorder_close_stream (scene.recorder, scene.conversation, WSI_STREAM_ENDED, scene.now);
  problems = wsi_problems_new (scene.store);
  read_all (problems);
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 3);
  g_assert_cmpuint (wsi_problems_get (problems, 0)->verdict.kind, ==, WSI_VERDICT_ENDED);
  g_assert_cmpuint (get_code (problems, 0), ==, WSP_CLOSE_CODE_ABNORMAL);
  g_assert_cmpuint (get_code (problems, 1), ==, WSI_EVENT_GAP);
  g_assert_cmpuint (get_code (problems, 2), ==, WSI_EVENT_NOTE);
  g_assert_cmpuint (wsi_problems_get (problems, 1)->n, ==, 1);
  g_assert_cmpuint (wsi_problems_get_n_errors (problems), ==, 1);
}

static void
end_many (WsiStore *store,
          guint     n,
          gboolean  has_many_peers)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *client = g_strdup_printf ("127.0.0.1:%u", 1024 + i);
      g_autofree char *server = g_strdup_printf ("s:%u", has_many_peers ? i + 1 : 80);
      const WsiOpening opening = {
        .role = WSP_ROLE_CLIENT, .client = client, .server = server,
        .handshake = WSI_HANDSHAKE_MISSING,
      };
      g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 1);

      wsi_conversation_end (conversation, WSI_ENDING_ABNORMAL, WSI_SENTENCE (RESET), 2);
      append_event (store, conversation, WSI_EVENT_ENDED, WSI_SENTENCE (RESET));
    }
}

static void
test_ends (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  const WsiProblem *problem;
  guint n_slices = 1;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  end_many (scene.store, MANY_ENDS, FALSE);
  problems = wsi_problems_new (scene.store);
  while (!wsi_problems_update (problems))
    n_slices++;
  g_assert_cmpuint (n_slices, >=, MANY_ENDS / 1000);
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 1);
  problem = wsi_problems_get (problems, 0);
  g_assert_cmpuint (problem->n, ==, MANY_ENDS);
  g_assert_cmpuint (problem->rows->len, ==, WSI_MAX_PROBLEM_ROWS);
  g_assert_cmpstr (problem->peer, ==, "s:80");
}

/* Each connection has another peer: so many groups have one, and one more has all. */
static void
test_peers (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  const WsiProblem *last;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  end_many (scene.store, MANY_ENDS, TRUE);
  problems = wsi_problems_new (scene.store);
  read_all (problems);
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, MAX_GROUPS + 1);
  last = wsi_problems_get (problems, MAX_GROUPS);
  g_assert_cmpuint (last->verdict.code, ==, WSI_ANY_CODE);
  g_assert_null (last->peer);
  g_assert_cmpuint (last->n, ==, MANY_ENDS);
}

static void
append_ping (StoreScene  *scene,
             WspDirection direction,
             guint        opcode,
             gint64       time_us)
{
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, 1, "a");
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "a", .n_payload = 1 };

  frame.time_us = time_us;
  wsi_store_append (scene->store, scene->conversation, &kept);
}

/* A pong and a reply at the limit are in time, one after it is late; the limit may change, and 0 is
 * none. */
static void
test_slow (void)
{
  static const struct
  {
    guint slow_ms, n;           /* limit in milliseconds; number of groups of problems */
  } limits[] = { { 1000, 2 }, { 1001, 0 }, { 1, 2 }, { 0, 0 } };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  append_ping (&scene, WSP_DIRECTION_SENT, PING, 1);
  append_ping (&scene, WSP_DIRECTION_RECEIVED, PONG, 1 + 1000 * MS);
  append_ping (&scene, WSP_DIRECTION_SENT, PING, 5000 * MS);
  append_ping (&scene, WSP_DIRECTION_RECEIVED, PONG, 5000 * MS + 1000 * MS + 1);
  wsi_store_set_reply (scene.store, 0, 1);
  wsi_store_set_reply (scene.store, 2, 3);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      wsi_problems_set_slow (problems, limits[i].slow_ms);
      read_all (problems);
      g_assert_cmpuint (wsi_problems_get_n (problems), ==, limits[i].n);
      g_assert_cmpuint (wsi_problems_get_n_errors (problems), ==, 0);
      if (limits[i].n > 0)
        {
          g_assert_cmpuint (get_code (problems, 0), ==, WSI_SLOW_PONG);
          g_assert_cmpuint (get_code (problems, 1), ==, WSI_SLOW_REPLY);
          g_assert_cmpuint (wsi_problems_get (problems, 1)->n, ==, limits[i].slow_ms == 1 ? 2 : 1);
        }
    }
}

/* Many marks of one connection: the first ones, and the last. */
static void
test_times (void)
{
  const guint one[] = { RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  gint64 times[100];
  guint n;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  g_assert_true (wsi_problems_update (problems));
  n = wsi_problems_get_times (problems, 1, times, G_N_ELEMENTS (times));
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpuint (n, <, G_N_ELEMENTS (times));
  g_assert_cmpint (times[0], ==, wsi_store_get_record (scene.store, 0)->time_us);
  g_assert_cmpint (times[n - 1], ==, wsi_store_get_record (scene.store, 99)->time_us);
  g_assert_cmpuint (wsi_problems_get_times (problems, 2, times, G_N_ELEMENTS (times)), ==, 0);
}

/* More connections than have times: those that have some get more. */
static void
test_connections (void)
{
  const guint one[] = { RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  g_autoptr (WsiConversation) first = NULL;
  gint64 times[3];

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  first = g_object_ref (scene.conversation);
  for (guint i = 0; i <= MAX_CONNECTIONS; i++)
    {
      append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
      store_scene_open (&scene);
    }
  g_set_object (&scene.conversation, first);
  append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  read_all (problems);
  g_assert_cmpuint (wsi_problems_get_times (problems, 1, times, G_N_ELEMENTS (times)), ==, 2);
  g_assert_cmpuint (wsi_problems_get_times (problems, MAX_CONNECTIONS, times, 3), ==, 1);
  g_assert_cmpuint (wsi_problems_get_times (problems, MAX_CONNECTIONS + 1, times, 3), ==, 0);
}

/* Also if each of them breaks a rule. */
static void
test_many (void)
{
  const guint both[] = { OTHER_RULE, RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  guint n_slices = 1;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  store_scene_append_many (&scene, MANY);
  for (guint i = 0; i < MANY; i++)
    append_faults (&scene, WSP_DIRECTION_SENT, both, 2);
  while (!wsi_problems_update (problems))
    n_slices++;
  g_assert_cmpuint (n_slices, >=, 54);
  g_assert_cmpuint (n_slices, <=, 56);
  g_assert_cmpuint (wsi_problems_get (problems, 0)->n, ==, MANY);
}

/* Rows that were removed still count, are listed no more, and the first row that is left is found;
 * at last there is none. */
static void
test_evicted (void)
{
  const guint one[] = { RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  const WsiProblem *problem;
  guint64 last, number;

  store_scene_init (&scene, 20000);
  problems = wsi_problems_new (scene.store);
  append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  g_assert_true (wsi_problems_update (problems));
  problem = wsi_problems_get (problems, 0);
  g_assert_cmpuint (problem->rows->len, ==, 1);
  store_scene_append_many (&scene, 60000);
  last = append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  read_all (problems);
  g_assert_cmpuint (wsi_store_get_first (scene.store), >, 0);
  g_assert_cmpuint (problem->n, ==, 2);
  g_assert_cmpuint (problem->rows->len, ==, 1);
  g_assert_true (wsi_problems_find (problems, problem, &number));
  g_assert_cmpuint (number, ==, last);

  store_scene_append_many (&scene, 60000);
  g_assert_false (wsi_problems_find (problems, problem, &number));
  read_all (problems);
  g_assert_cmpuint (problem->rows->len, ==, 0);
  g_assert_false (wsi_problems_find (problems, problem, &number));
}

/* The first different texts, and that there are more.  One connection alone has its own. */
static void
test_words (void)
{
  static const char *const texts[] = { "b", "a", "b", "c", "d" };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) all = NULL;
  g_autoptr (WsiProblems) of_first = NULL;
  g_autoptr (WsiProblems) of_second = NULL;
  g_autofree char *filter = NULL;
  const WsiProblem *problem;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  all = wsi_problems_new (scene.store);
  of_first = wsi_problems_new_of (scene.store, 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (i == G_N_ELEMENTS (texts) - 1)
        store_scene_open (&scene);
      store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "");
      wsi_store_set_error (scene.store, wsi_store_get_end (scene.store) - 1, "rpc.error", texts[i]);
    }
  read_all (all);
  g_assert_cmpuint (wsi_problems_get_n (all), ==, 1);
  problem = wsi_problems_get (all, 0);
  g_assert_cmpuint (problem->verdict.kind, ==, WSI_VERDICT_MESSAGE);
  g_assert_cmpuint (problem->n, ==, G_N_ELEMENTS (texts));
  g_assert_cmpuint (problem->words->len, ==, WSI_MAX_PROBLEM_WORDS);
  g_assert_cmpstr (problem->words->pdata[0], ==, "b");
  g_assert_cmpstr (problem->words->pdata[2], ==, "c");
  g_assert_true (problem->has_more_words);

  read_all (of_first);
  problem = wsi_problems_get (of_first, 0);
  g_assert_cmpuint (problem->n, ==, G_N_ELEMENTS (texts) - 1);
  g_assert_false (problem->has_more_words);
  filter = wsi_problem_dup_filter (problem, 0);
  g_assert_true (g_str_has_suffix (filter, ") and conn == 1"));

  of_second = wsi_problems_new_of (scene.store, 2);
  wsi_problems_take (of_second, wsi_store_get_end (scene.store) - 1);
  wsi_problems_take (of_second, 0);
  g_assert_cmpuint (wsi_problems_get (of_second, 0)->n, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/problems/have-the-words-of-peers", test_words);
  g_test_add_func ("/inspector/problems/groups/have-first-and-last-row", test_groups);
  g_test_add_func ("/inspector/problems/kinds/are-in-order-and-a-pause-is-none", test_kinds);
  g_test_add_func ("/inspector/problems/ends/60000-are-one-group", test_ends);
  g_test_add_func ("/inspector/problems/ends/60000-peers-are-so-many-groups", test_peers);
  g_test_add_func ("/inspector/problems/slow/after-the-limit", test_slow);
  g_test_add_func ("/inspector/problems/times/the-first-ones-and-the-last", test_times);
  g_test_add_func ("/inspector/problems/times/so-many-connections-have-some", test_connections);
  g_test_add_func ("/inspector/problems/many/are-read-in-slices", test_many);
  g_test_add_func ("/inspector/problems/evicted/rows-still-count", test_evicted);

  return g_test_run ();
}
