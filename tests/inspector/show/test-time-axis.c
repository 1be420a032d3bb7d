/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-time-axis.h"
#include "lib/rows.h"

#define MS 1000
#define S (1000 * MS)
#define WIDTH 1000

static void
assert_shown (const WsiTimeAxis *axis,
              gint64             begin_us,
              gint64             end_us)
{
  g_assert_cmpint (axis->begin_us, ==, begin_us);
  g_assert_cmpint (axis->end_us, ==, end_us);
}

static void
test_follow (void)
{
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  wsi_time_axis_set_data (&axis, 5 * S, 5 * S);
  assert_shown (&axis, 5 * S, 5 * S + MS);
  wsi_time_axis_set_data (&axis, 5 * S, 15 * S);
  assert_shown (&axis, 5 * S, 15 * S);

  wsi_time_axis_zoom (&axis, 0.5, 15 * S);
  assert_shown (&axis, 10 * S, 15 * S);
  wsi_time_axis_set_data (&axis, 5 * S, 25 * S);
  assert_shown (&axis, 20 * S, 25 * S);

  wsi_time_axis_scroll (&axis, -S);
  assert_shown (&axis, 19 * S, 24 * S);
  wsi_time_axis_set_data (&axis, 5 * S, 35 * S);
  assert_shown (&axis, 19 * S, 24 * S);

  wsi_time_axis_scroll (&axis, 60 * (gint64) S);
  wsi_time_axis_set_data (&axis, 5 * S, 45 * S);
  assert_shown (&axis, 40 * S, 45 * S);
  wsi_time_axis_show_all (&axis);
  wsi_time_axis_set_data (&axis, 5 * S, 55 * S);
  assert_shown (&axis, 5 * S, 55 * S);
}

static void
test_zoom (void)
{
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  wsi_time_axis_set_data (&axis, 0, 100 * S);
  for (guint i = 0; i < 100; i++)
    {
      wsi_time_axis_zoom (&axis, 0.5, 25 * S);
      g_assert_cmpint (axis.begin_us, <=, 25 * S);
      g_assert_cmpint (axis.end_us, >=, 25 * S);
    }
  g_assert_cmpint (axis.end_us - axis.begin_us, ==, 100);
  for (guint i = 0; i < 100; i++)
    wsi_time_axis_zoom (&axis, 2, 25 * S);
  assert_shown (&axis, 0, 100 * S);
  g_assert_cmpint (axis.mode, ==, WSI_AXIS_ALL);
}

static void
test_places (void)
{
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  wsi_time_axis_set_data (&axis, 100 * S, 200 * S);
  g_assert_cmpfloat_with_epsilon (wsi_time_axis_get_place (&axis, 150 * S, WIDTH), WIDTH / 2,
                                  1e-6);
  g_assert_cmpint (wsi_time_axis_get_time (&axis, WIDTH / 2, WIDTH), ==, 150 * S);
  g_assert_cmpint (wsi_time_axis_get_time (&axis, 1, 0), ==, 100 * S);
}

static const struct
{
  const char *name;
  gint64      span_us;
  guint       max_steps;
  gint64      step_us;
  const char *second_label;
} steps[] = {
  { "seconds", 10 * S, 6, 2 * S, "2" },
  { "tenths-of-a-second", S, 6, 200 * MS, "0.2" },
  { "fives", 12 * MS, 6, 5 * MS, "0.005" },
  { "microseconds", 100, 6, 20, "0.00002" },
  { "days", 1000000 * (gint64) S, 6, 200000 * (gint64) S, "200000" },
};

static void
test_step (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *label = NULL, *before = NULL;
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  axis.end_us = axis.last_us = steps[i].span_us;
  g_assert_cmpint (wsi_time_axis_get_step (&axis, steps[i].max_steps), ==, steps[i].step_us);
  label = wsi_time_axis_format (steps[i].step_us, steps[i].step_us);
  before = wsi_time_axis_format (-steps[i].step_us, steps[i].step_us);
  g_assert_cmpstr (label, ==, steps[i].second_label);
  g_assert_cmpstr (before + 1, ==, steps[i].second_label);
}

static void
test_select (void)
{
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  wsi_time_axis_set_data (&axis, 0, 10 * S);
  g_assert_false (wsi_time_axis_has_selection (&axis));
  wsi_time_axis_select (&axis, 7 * S, -5 * S);
  g_assert_cmpint (axis.from_us, ==, 0);
  g_assert_cmpint (axis.to_us, ==, 7 * S);
  wsi_time_axis_unselect (&axis);
  g_assert_false (wsi_time_axis_has_selection (&axis));
}

/* Keys do what a drag does. */
static void
test_cursor (void)
{
  WsiTimeAxis axis;

  wsi_time_axis_init (&axis);
  wsi_time_axis_set_data (&axis, 0, 10 * S);
  wsi_time_axis_move_cursor (&axis, 2 * S, WSI_CURSOR_MOVES);
  g_assert_false (wsi_time_axis_has_selection (&axis));
  wsi_time_axis_move_cursor (&axis, S, WSI_CURSOR_EXTENDS);
  wsi_time_axis_move_cursor (&axis, S, WSI_CURSOR_EXTENDS);
  g_assert_cmpint (axis.from_us, ==, 2 * S);
  g_assert_cmpint (axis.to_us, ==, 4 * S);
  wsi_time_axis_move_cursor (&axis, -3 * S, WSI_CURSOR_EXTENDS);
  g_assert_cmpint (axis.from_us, ==, S);
  g_assert_cmpint (axis.to_us, ==, 2 * S);

  wsi_time_axis_zoom (&axis, 0.2, S);
  wsi_time_axis_move_cursor (&axis, 5 * S, WSI_CURSOR_MOVES);
  g_assert_false (wsi_time_axis_has_selection (&axis));
  g_assert_cmpint (axis.end_us, >=, 6 * S);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/time-axis/follow/the-end-stays-in-view", test_follow);
  g_test_add_func ("/inspector/time-axis/zoom/keeps-its-place-and-has-limits", test_zoom);
  g_test_add_func ("/inspector/time-axis/places/and-times-are-the-same", test_places);
  ADD_ROWS ("/inspector/time-axis/steps", steps, test_step);
  g_test_add_func ("/inspector/time-axis/select/is-cut-to-the-data", test_select);
  g_test_add_func ("/inspector/time-axis/cursor/selects-as-a-pointer", test_cursor);

  return g_test_run ();
}
