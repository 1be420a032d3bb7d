/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selection-note.h"
#include "inspector/store-scene.h"

#define N_ROWS 3

static GArray *
make_numbers (guint n)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint64 i = 0; i < n; i++)
    g_array_append_val (numbers, i);
  return numbers;
}

static void
assert_marks (StoreScene *scene,
              guint       first,
              guint       second,
              guint       third)
{
  g_assert_cmpuint (wsi_store_get_mark (scene->store, 0), ==, first);
  g_assert_cmpuint (wsi_store_get_mark (scene->store, 1), ==, second);
  g_assert_cmpuint (wsi_store_get_mark (scene->store, 2), ==, third);
}

static void
test_marks (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) two = make_numbers (2), none = make_numbers (0);

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, N_ROWS);
  wsi_store_set_mark (scene.store, 1, 1);
  g_assert_false (wsi_selection_note_are_marked (scene.store, two));
  wsi_selection_note_toggle_mark (scene.store, two);
  assert_marks (&scene, 1, 1, 0);
  g_assert_true (wsi_selection_note_are_marked (scene.store, two));
  wsi_selection_note_toggle_mark (scene.store, two);
  assert_marks (&scene, 0, 0, 0);
  g_assert_false (wsi_selection_note_are_marked (scene.store, none));
  wsi_selection_note_toggle_mark (scene.store, none);
  assert_marks (&scene, 0, 0, 0);
}

static void
assert_comments (StoreScene *scene,
                 const char *first,
                 const char *second)
{
  g_autofree char *one = wsi_store_dup_comment (scene->store, 0);
  g_autofree char *two = wsi_store_dup_comment (scene->store, 1);

  g_assert_cmpstr (one, ==, first);
  g_assert_cmpstr (two, ==, second);
}

/* A row that has the tag already is not written anew. */
static void
test_tags (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) two = make_numbers (2);
  guint n_commented = 0;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, N_ROWS);
  wsi_store_set_comment (scene.store, 0, "look #slow");
  g_signal_connect_swapped (scene.store, "noted", G_CALLBACK (g_atomic_int_inc), &n_commented);
  wsi_selection_note_toggle_tag (scene.store, two, "slow");
  assert_comments (&scene, "look #slow", "#slow");
  g_assert_cmpuint (n_commented, ==, 1);
  g_assert_true (wsi_selection_note_have_tag (scene.store, two, "slow"));
  wsi_selection_note_toggle_tag (scene.store, two, "slow");
  assert_comments (&scene, "look", NULL);
  g_assert_false (wsi_selection_note_have_tag (scene.store, two, "slow"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/selection-note/rows-are-marked-unless-all-are", test_marks);
  g_test_add_func ("/inspector/selection-note/rows-get-a-tag-unless-all-have-it", test_tags);
  return g_test_run ();
}
