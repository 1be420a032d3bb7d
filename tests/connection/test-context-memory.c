/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory that turns borrow from their main context. */
#include "connection/link/wsp-context-memory-private.h"
#include "reactor/wsp-reactor-private.h"

static void
test_spare (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  WspTurn first, second, third;
  guint32 deflate_left = 0;

  wsp_context_memory_lend (reactor, &first, &deflate_left);
  wsp_context_memory_lend (reactor, &second, &deflate_left);
  g_assert_true (first.workspace != second.workspace);

  WscWorkspace *kept = second.workspace;

  wsp_context_memory_take_back (&second);
  wsp_context_memory_take_back (&first);
  wsp_context_memory_lend (reactor, &third, &deflate_left);
  g_assert_true (third.workspace == kept);
  wsp_context_memory_take_back (&third);
}

/* Memory that was not written to, because output was blocked, is usable in the next turn. */
static void
test_write (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  guint32 deflate_left = 7;
  WspTurn turn;
  gsize room;

  wsp_context_memory_lend (reactor, &turn, &deflate_left);
  room = turn.workspace->write.length;
  g_assert_cmpuint (room, >, 0);
  g_assert_true (turn.workspace->deflate_left == &deflate_left);
  wsp_context_memory_open_write (turn.workspace, FALSE);
  g_assert_cmpuint (turn.workspace->write.length, ==, 0);
  wsp_context_memory_take_back (&turn);

  wsp_context_memory_lend (reactor, &turn, &deflate_left);
  g_assert_cmpuint (turn.workspace->write.length, ==, room);
  g_assert_cmpuint (turn.workspace->write_kept, ==, 0);
  wsp_context_memory_take_back (&turn);
}

int
main (int    n_arguments,
      char **arguments)
{
  g_test_init (&n_arguments, &arguments, NULL);
  g_test_add_func ("/connection/context-memory/one-is-kept", test_spare);
  g_test_add_func ("/connection/context-memory/write-memory-is-usable-again", test_write);
  return g_test_run ();
}
