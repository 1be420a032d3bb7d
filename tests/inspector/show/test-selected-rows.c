/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selected-rows.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <string.h>

#define N_ROWS 10
#define SEGMENT 16384

/* Steps: one letter and up to two positions.  "a": this row alone, "c": this one too, "u": it no
 * more, "r": the rows from the first to the second alone (Shift), "R": these, too (Shift and Ctrl),
 * "A": all, "0": none, "f": rows before this number are gone, "l": this one is the last. */
static const struct
{
  const char *name, *steps;
  const char *selected;         /* numbers of the selected rows */
  int         last;             /* number of the last row; -1 = none */
} cases[] = {
  { "none-at-first", "", "", -1 },
  { "one", "a3", "3", 3 },
  { "another-one-alone", "a3 a5", "5", 5 },
  { "another-one-too", "a3 c5", "35", 5 },
  { "one-less-and-the-next-is-last", "a3 c7 c5 u5", "37", 7 },
  { "one-less-and-the-one-before-is-last", "a3 c5 u5", "3", 3 },
  { "the-only-one-less", "a3 u3", "", -1 },
  { "down-from-the-anchor", "a3 r36", "3456", 6 },
  { "up-from-the-anchor", "a6 r36", "3456", 3 },
  { "further-up-from-the-anchor", "a6 r46 r26", "23456", 2 },
  { "over-the-anchor", "a6 r46 r68", "678", 8 },
  { "a-range-too", "a1 c5 R57", "1567", 7 },
  { "all-keep-the-last-one", "a4 A", "0123456789", 4 },
  { "all-of-none-end-at-the-last-row", "A", "0123456789", 9 },
  { "none-again", "a4 A 0", "", -1 },
  { "what-is-gone-is-not-selected", "a2 c5 c7 f6", "7", 7 },
  { "all-that-was-selected-is-gone", "a2 c5 f6", "", -1 },
  { "a-selected-one-becomes-last", "a2 c5 c7 l5", "257", 5 },
  { "one-that-is-not-selected-does-not", "a2 c5 l4", "25", 5 },
  { "beyond-the-end-is-nothing", "a3 a:", "", -1 },
};

static void
step (WsiSelectedRows *rows,
      WsiFrameModel   *model,
      const char      *at)
{
  guint first = at[1] - '0', last = at[1] != '\0' ? at[2] - '0' : 0;

  switch (at[0])
    {
    case 'a':
    case 'c':
      wsi_selected_rows_select (rows, model, first, 1, at[0] == 'a' ? WSI_SELECT_ONLY
                                                                    : WSI_SELECT_TOO);
      break;
    case 'u':
      wsi_selected_rows_unselect (rows, model, first, 1);
      break;
    case 'r':
    case 'R':
      wsi_selected_rows_select (rows, model, first, last - first + 1,
                                at[0] == 'r' ? WSI_SELECT_ONLY : WSI_SELECT_TOO);
      break;
    case 'A':
      wsi_selected_rows_select (rows, model, 0, N_ROWS, WSI_SELECT_TOO);
      break;
    case '0':
      wsi_selected_rows_clear (rows);
      break;
    case 'f':
      wsi_selected_rows_forget (rows, first);
      break;
    case 'l':
      wsi_selected_rows_set_last (rows, first);
      break;
    default:
      g_assert_not_reached ();
    }
}

static char *
print (WsiSelectedRows *rows,
       WsiFrameModel   *model)
{
  g_autoptr (GArray) numbers = wsi_selected_rows_dup (rows, model);
  GString *text = g_string_new (NULL);

  g_assert_cmpuint (wsi_selected_rows_count (rows, model), ==, numbers->len);
  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, g_array_index (numbers, guint64, i));
  return g_string_free (text, FALSE);
}

static void
assert_selected (WsiSelectedRows *rows,
                 WsiFrameModel   *model,
                 const char      *selected,
                 int              last)
{
  g_autofree char *text = print (rows, model);
  guint64 number;

  g_assert_cmpstr (text, ==, selected);
  g_assert_cmpint (wsi_selected_rows_get_last (rows, &number), ==, last >= 0);
  if (last >= 0)
    g_assert_cmpuint (number, ==, last);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiSelectedRows) rows = wsi_selected_rows_new ();
  g_auto (GStrv) steps = g_strsplit (cases[i].steps, " ", -1);
  g_autoptr (WsiFrameModel) model = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, N_ROWS);
  model = wsi_frame_model_new (scene.store);
  for (guint j = 0; steps[j] != NULL && *steps[j] != '\0'; j++)
    step (rows, model, steps[j]);
  assert_selected (rows, model, cases[i].selected, cases[i].last);
}

/* Rows that a filter hides do not count, and are selected when they are shown again. */
static void
test_filter (void)
{
  static const guint64 some[] = { 1, 4, 5, 8 };
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiSelectedRows) rows = wsi_selected_rows_new ();
  g_autoptr (WsiFrameModel) all = NULL, filtered = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append_many (&scene, N_ROWS);
  all = wsi_frame_model_new (scene.store);
  filtered = wsi_frame_model_new_for_some (scene.store);
  wsi_frame_model_add (filtered, some, G_N_ELEMENTS (some));
  wsi_frame_model_flush (filtered);

  wsi_selected_rows_select (rows, all, 3, 3, WSI_SELECT_ONLY);
  assert_selected (rows, filtered, "45", 5);
  wsi_selected_rows_select (rows, filtered, 3, 1, WSI_SELECT_TOO);
  assert_selected (rows, all, "3458", 8);
  wsi_selected_rows_select (rows, filtered, 0, 1, WSI_SELECT_ONLY);
  assert_selected (rows, all, "1", 1);
}

/* The message of a fragment is the row of its last frame. */
static void
test_messages (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiSelectedRows) rows = wsi_selected_rows_new ();
  g_autoptr (WsiFrameModel) model = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "alone");
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "one ");
  store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "two");
  model = wsi_frame_model_new (scene.store);
  wsi_selected_rows_select (rows, model, 0, 1, WSI_SELECT_ONLY);
  wsi_selected_rows_select (rows, model, 1, 1, WSI_SELECT_TOO);
  wsi_selected_rows_add_messages (rows, scene.store);
  assert_selected (rows, model, "013", 3);
}

/* No object is made for any of them, and removed rows leave nothing behind. */
static void
test_many (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiSelectedRows) rows = wsi_selected_rows_new ();
  g_autoptr (WsiFrameModel) model = NULL;
  guint64 number;

  store_scene_init (&scene, 4 * SEGMENT);
  store_scene_append_many (&scene, 4 * SEGMENT);
  model = wsi_frame_model_new (scene.store);
  wsi_selected_rows_select (rows, model, 0, 4 * SEGMENT, WSI_SELECT_TOO);
  g_assert_cmpuint (wsi_selected_rows_count (rows, model), ==, 4 * SEGMENT);

  store_scene_append_many (&scene, 1);
  wsi_frame_model_flush (model);
  wsi_selected_rows_forget (rows, wsi_store_get_first (scene.store));
  g_assert_cmpuint (wsi_selected_rows_count (rows, model), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (model)) - 1);
  g_assert_true (wsi_selected_rows_get_last (rows, &number));
  g_assert_cmpuint (number, ==, 4 * SEGMENT - 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/selected-rows", cases, test_case);
  g_test_add_func ("/inspector/selected-rows/what-a-filter-still-shows-is-selected", test_filter);
  g_test_add_func ("/inspector/selected-rows/a-fragment-becomes-its-message", test_messages);
  g_test_add_func ("/inspector/selected-rows/eviction-leaves-the-others", test_many);
  return g_test_run ();
}
