/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-problems.h"

#include "inspector/store-scene.h"

#define MANY 250000
#define MAX_CONNECTIONS 4096    /* of the product: with times */
#define RULE 3                  /* any two rules */
#define OTHER_RULE 4

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
test_groups (void)
{
  const guint one[] = { RULE }, both[] = { OTHER_RULE, RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  const WsiProblem *problem;
  guint64 first, second, number;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  problems = wsi_problems_new (scene.store);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 0);

  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "");
  first = append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  second = append_faults (&scene, WSP_DIRECTION_RECEIVED, both, 2);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_n_rows (problems), ==, 2);
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 2);
  problem = wsi_problems_get (problems, 0);
  g_assert_cmpuint (problem->fault, ==, RULE);
  g_assert_cmpuint (problem->n, ==, 2);
  g_assert_cmpuint (problem->n_by_direction[WSP_DIRECTION_SENT], ==, 1);
  g_assert_cmpuint (problem->first, ==, first);
  g_assert_cmpuint (problem->last, ==, second);
  g_assert_cmpuint (wsi_problems_get (problems, 1)->fault, ==, OTHER_RULE);
  g_assert_cmpuint (wsi_problems_get (problems, 1)->first, ==, second);

  g_assert_true (wsi_problems_find (problems, RULE, 0, &number));
  g_assert_cmpuint (number, ==, first);
  g_assert_true (wsi_problems_find (problems, OTHER_RULE, 0, &number));
  g_assert_cmpuint (number, ==, second);
  g_assert_false (wsi_problems_find (problems, OTHER_RULE, second + 1, &number));
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
  while (!wsi_problems_update (problems))
    continue;
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
  g_assert_cmpuint (wsi_problems_get_n_rows (problems), ==, MANY);
}

/* Rows that were removed still count, and the first row that is left is found. */
static void
test_evicted (void)
{
  const guint one[] = { RULE };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  guint64 last, number;

  store_scene_init (&scene, 20000);
  problems = wsi_problems_new (scene.store);
  append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  g_assert_true (wsi_problems_update (problems));
  store_scene_append_many (&scene, 60000);
  last = append_faults (&scene, WSP_DIRECTION_SENT, one, 1);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_store_get_first (scene.store), >, 0);
  g_assert_cmpuint (wsi_problems_get (problems, 0)->n, ==, 2);
  g_assert_true (wsi_problems_find (problems, RULE, wsi_problems_get (problems, 0)->first,
                                    &number));
  g_assert_cmpuint (number, ==, last);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/problems/groups/have-first-and-last-row", test_groups);
  g_test_add_func ("/inspector/problems/times/the-first-ones-and-the-last", test_times);
  g_test_add_func ("/inspector/problems/times/so-many-connections-have-some", test_connections);
  g_test_add_func ("/inspector/problems/many/are-read-in-slices", test_many);
  g_test_add_func ("/inspector/problems/evicted/rows-still-count", test_evicted);

  return g_test_run ();
}
