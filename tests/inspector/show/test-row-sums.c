/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-sums.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

/* Rows of the scene: sizes 5 and 7, a message of two frames with 3 and 4 bytes, 2 bytes; each has a
 * header of 2 bytes, and comes a millisecond after the one before. */
static const struct
{
  const char *name;
  WsiUnit     unit;
  guint64     numbers[4];       /* numbers of the selected rows plus one; 0 = no more */
  const char *text;
} cases[] = {
  { "one-frame", WSI_UNIT_FRAMES, { 1 }, "1 row selected · 5 bytes · 7 bytes on the wire · 0.000000 s" },
  { "several", WSI_UNIT_FRAMES, { 1, 2 }, "2 rows selected · 12 bytes · 16 bytes on the wire · 0.001000 s" },
  { "in-any-order", WSI_UNIT_FRAMES, { 5, 1 }, "2 rows selected · 7 bytes · 11 bytes on the wire · 0.004000 s" },
  { "a-frame-of-a-message", WSI_UNIT_FRAMES, { 2, 4 }, "2 rows selected · 11 bytes · 15 bytes on the wire · 0.002000 s" },
  { "a-message", WSI_UNIT_MESSAGES, { 2, 4 }, "2 rows selected · 14 bytes · 20 bytes on the wire · 0.002000 s" },
  { "rows-that-are-gone-do-not-count", WSI_UNIT_FRAMES, { 1, 900 }, "1 row selected · 5 bytes · 7 bytes on the wire · 0.000000 s" },
};

static void
scene_init (StoreScene *scene)
{
  store_scene_init (scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "12345");
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "1234567");
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 0, "123");
  store_scene_append (scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "1234");
  store_scene_append (scene, WSP_DIRECTION_SENT, PING, 1, "12");
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  WsiRowSums sums;

  scene_init (&scene);
  for (guint j = 0; j < 4 && cases[i].numbers[j] != 0; j++)
    {
      guint64 number = cases[i].numbers[j] - 1;

      g_array_append_val (numbers, number);
    }
  wsi_row_sums_async (scene.store, cases[i].unit, numbers, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (wsi_row_sums_finish (result, &sums, NULL));
  text = wsi_row_sums_print (&sums);
  g_assert_cmpstr (text, ==, cases[i].text);
}

/* The selection may be another one before the sums of the first are there. */
static void
test_cancelled (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  WsiRowSums sums;

  scene_init (&scene);
  g_array_set_size (numbers, 100000);
  wsi_row_sums_async (scene.store, WSI_UNIT_FRAMES, numbers, cancellable, on_result, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (wsi_row_sums_finish (result, &sums, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/row-sums", cases, test_case);
  g_test_add_func ("/inspector/row-sums/cancelled-ones-are-none", test_cancelled);
  return g_test_run ();
}
