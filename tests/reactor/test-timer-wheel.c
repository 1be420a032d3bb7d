/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/rows.h"
#include "reactor/wsp-timer-wheel-private.h"

#define N_TIMERS 2000

static void
ignore (WspTimer *timer)
{
}

/* Asks the wheel at the times that it returns itself, as the reactor does; returns when the timer
 * expired. */
static gint64
wait_for (WspTimerWheel *wheel,
          WspTimer      *timer)
{
  for (guint n_asked = 0; n_asked < 100; n_asked++)
    {
      gint64 next = wsp_timer_wheel_get_next (wheel);

      g_assert_cmpint (next, !=, WSP_TIMER_NEVER);
      if (wsp_timer_wheel_take_due (wheel, next) == timer)
        return next;
    }

  g_assert_not_reached ();
}

static const struct
{
  const char *name;
  gint64      distance;
} distances[] = {
  { "at-once", 0 },
  { "one-microsecond", 1 },
  { "one-grain", WSP_TIMER_GRAIN },
  { "end-of-first-level", 63 * WSP_TIMER_GRAIN },
  { "begin-of-second-level", 64 * WSP_TIMER_GRAIN },
  { "second", G_USEC_PER_SEC },
  { "keepalive", 30 * (gint64) G_USEC_PER_SEC },
  { "hour", 3600 * (gint64) G_USEC_PER_SEC },
  { "day-beyond-the-last-level", 86400 * (gint64) G_USEC_PER_SEC },
};

static void
test_never_early (gconstpointer data)
{
  gint64 distance = distances[GPOINTER_TO_UINT (data)].distance;

  for (gint64 begin = 0; begin < 20; begin++)
    {
      WspTimerWheel wheel;
      WspTimer timer = { .expired = ignore };
      gint64 now = begin * 123456789;

      wsp_timer_wheel_init (&wheel, now);
      wsp_timer_wheel_set (&wheel, &timer, now + distance);
      gint64 came = wait_for (&wheel, &timer);
      g_assert_cmpint (came, >=, now + distance);
      g_assert_cmpint (came, <=, now + distance + 2 * WSP_TIMER_GRAIN);
      g_assert_cmpint (wsp_timer_wheel_get_next (&wheel), ==, WSP_TIMER_NEVER);
    }
}

static int
compare_deadlines (gconstpointer left,
                   gconstpointer right)
{
  gint64 difference = ((const WspTimer *) left)->deadline - ((const WspTimer *) right)->deadline;

  return (difference > 0) - (difference < 0);
}

/* Compared with a sorted list: no matter when the wheel is asked, exactly the timers that are due
 * expire, each once. */
static void
test_against_sorted_list (void)
{
  static WspTimer timers[N_TIMERS], sorted[N_TIMERS];
  WspTimerWheel wheel;
  gint64 now = 5 * G_USEC_PER_SEC;
  guint n_received = 0, n_expected = 0;
  g_autoptr (GRand) random = g_rand_new_with_seed (6455);

  wsp_timer_wheel_init (&wheel, now);
  for (guint i = 0; i < N_TIMERS; i++)
    {
      gint64 distance = (gint64) (g_rand_double (random) * (1 << g_rand_int_range (random, 1, 28)));

      timers[i] = (WspTimer) { .expired = ignore };
      wsp_timer_wheel_set (&wheel, &timers[i], now + distance);
      sorted[i] = timers[i];
    }
  qsort (sorted, N_TIMERS, sizeof sorted[0], compare_deadlines);

  while (n_received < N_TIMERS)
    {
      WspTimer *timer;

      now += g_rand_int_range (random, 1, 400000);
      while ((timer = wsp_timer_wheel_take_due (&wheel, now)))
        {
          g_assert_cmpint (timer->deadline, <=, now);
          n_received++;
        }
      while (n_expected < N_TIMERS && sorted[n_expected].deadline <= now - WSP_TIMER_GRAIN)
        n_expected++;
      g_assert_cmpuint (n_received, >=, n_expected);
    }
  g_assert_cmpint (wsp_timer_wheel_get_next (&wheel), ==, WSP_TIMER_NEVER);
}

static void
test_unset (void)
{
  WspTimerWheel wheel;
  WspTimer first = { .expired = ignore }, second = { .expired = ignore };

  wsp_timer_wheel_init (&wheel, 0);
  wsp_timer_wheel_set (&wheel, &first, 1000);
  wsp_timer_wheel_set (&wheel, &second, 1000);
  g_assert_true (wsp_timer_wheel_take_due (&wheel, 100000) == &first);

  /* Also one that is due already, and one that was never set. */
  wsp_timer_wheel_unset (&wheel, &second);
  wsp_timer_wheel_unset (&wheel, &first);
  g_assert_null (wsp_timer_wheel_take_due (&wheel, 200000));
  g_assert_cmpint (wsp_timer_wheel_get_next (&wheel), ==, WSP_TIMER_NEVER);
}

/* Its neighbours in the slot come, whichever of them goes. */
static void
test_unset_neighbour (void)
{
  for (guint gone = 0; gone < 3; gone++)
    {
      WspTimer timers[3] = { { .expired = ignore }, { .expired = ignore }, { .expired = ignore } };
      WspTimerWheel wheel;
      guint n_received = 0;

      wsp_timer_wheel_init (&wheel, 0);
      for (guint i = 0; i < G_N_ELEMENTS (timers); i++)
        wsp_timer_wheel_set (&wheel, &timers[i], 1000);
      wsp_timer_wheel_unset (&wheel, &timers[gone]);
      while (wsp_timer_wheel_take_due (&wheel, 100000) != NULL)
        n_received++;
      g_assert_cmpuint (n_received, ==, 2);
      g_assert_false (wsp_timer_is_set (&timers[gone]));
    }
}

static void
test_set_again (void)
{
  WspTimerWheel wheel;
  WspTimer timer = { .expired = ignore };

  wsp_timer_wheel_init (&wheel, 0);
  wsp_timer_wheel_set (&wheel, &timer, 10 * G_USEC_PER_SEC);
  wsp_timer_wheel_set (&wheel, &timer, G_USEC_PER_SEC);
  g_assert_cmpint (wait_for (&wheel, &timer), <, 2 * G_USEC_PER_SEC);
  wsp_timer_wheel_set (&wheel, &timer, WSP_TIMER_NEVER);
  g_assert_cmpint (wsp_timer_wheel_get_next (&wheel), ==, WSP_TIMER_NEVER);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/reactor/timer-wheel/never-early", distances, test_never_early);
  g_test_add_func ("/reactor/timer-wheel/random/same-as-a-sorted-list", test_against_sorted_list);
  g_test_add_func ("/reactor/timer-wheel/unset/never-comes", test_unset);
  g_test_add_func ("/reactor/timer-wheel/unset/neighbours-come", test_unset_neighbour);
  g_test_add_func ("/reactor/timer-wheel/set-again/moves", test_set_again);

  return g_test_run ();
}
