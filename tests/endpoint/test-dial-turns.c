/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-dial-turns-private.h"

static WspDialTurns *turns;
static guint n_come;

static void
count_turn (WspDialTurn *turn)
{
  n_come++;
}

static WspDialTurnState
take (WspDialTurn *turn,
      const char  *place)
{
  return wsp_dial_turns_take (turns, turn, place, count_turn);
}

/* Row 9: to one place in the order of asking; to another one at once. */
static void
test_one_place (void)
{
  WspDialTurn turn[4] = { 0 };

  n_come = 0;
  turns = wsp_dial_turns_new ();
  g_assert_cmpint (take (&turn[0], "a 80"), ==, WSP_DIAL_TURN_HAS_COME);
  g_assert_cmpint (take (&turn[1], "a 80"), ==, WSP_DIAL_TURN_WAITS);
  g_assert_cmpint (take (&turn[2], "a 80"), ==, WSP_DIAL_TURN_WAITS);
  g_assert_cmpint (take (&turn[3], "b 80"), ==, WSP_DIAL_TURN_HAS_COME);

  wsp_dial_turns_end (turns, &turn[1]);
  g_assert_cmpuint (n_come, ==, 0);
  wsp_dial_turns_end (turns, &turn[0]);
  g_assert_cmpuint (n_come, ==, 1);
  g_assert_cmpint (turn[2].state, ==, WSP_DIAL_TURN_HAS_COME);
  wsp_dial_turns_end (turns, &turn[2]);
  wsp_dial_turns_end (turns, &turn[3]);
  wsp_dial_turns_end (turns, &turn[3]);
  wsp_dial_turns_free (turns);
}

/* Row 10: so many at once, whatever their names are. */
static void
test_cap (void)
{
  WspDialTurn turn[WSP_MAX_DIAL_TURNS + 3] = { { 0 } };

  n_come = 0;
  turns = wsp_dial_turns_new ();
  for (guint i = 0; i < G_N_ELEMENTS (turn); i++)
    {
      g_autofree char *place = g_strdup_printf ("host%u 80", i);

      g_assert_cmpint (take (&turn[i], place), ==,
                       i < WSP_MAX_DIAL_TURNS ? WSP_DIAL_TURN_HAS_COME : WSP_DIAL_TURN_WAITS);
    }

  wsp_dial_turns_end (turns, &turn[WSP_MAX_DIAL_TURNS + 1]);
  wsp_dial_turns_end (turns, &turn[0]);
  g_assert_cmpint (turn[WSP_MAX_DIAL_TURNS].state, ==, WSP_DIAL_TURN_HAS_COME);
  wsp_dial_turns_end (turns, &turn[1]);
  g_assert_cmpint (turn[WSP_MAX_DIAL_TURNS + 2].state, ==, WSP_DIAL_TURN_HAS_COME);
  g_assert_cmpuint (n_come, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (turn); i++)
    wsp_dial_turns_end (turns, &turn[i]);
  wsp_dial_turns_free (turns);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint/dial-turns/RFC-9-one-place-one-turn", test_one_place);
  g_test_add_func ("/endpoint/dial-turns/RFC-10-thirty-at-once", test_cap);

  return g_test_run ();
}
