/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which thread may call the objects of a context: each public call asks the reactor. */
#include "lib/rows.h"
#include "reactor/wsp-reactor-private.h"

#define PATH "/reactor/reactor-threads/"

typedef enum
{
  NOBODY,
  MAKER,                        /* thread that has made the reactor */
  OTHER,
} Who;

static const struct
{
  const char *name;
  Who         iterates_first, acquires, iterates_then;
  gboolean    is_others;        /* TRUE if the other thread is the reactor's while it may have
                                 * acquired the context */
  gboolean    is_makers;        /* TRUE if the maker's thread is the reactor's afterwards */
} cases[] = {
  { "new-one-is-everybodys", NOBODY, NOBODY, NOBODY, TRUE, TRUE },
  { "new-one-is-nobodys-while-another-thread-has-acquired-it", NOBODY, MAKER, NOBODY, FALSE, TRUE },
  { "iterated-one-is-its-threads", MAKER, NOBODY, NOBODY, FALSE, TRUE },
  { "iterated-one-is-of-who-has-acquired-it", MAKER, OTHER, NOBODY, TRUE, TRUE },
  { "iterated-one-is-of-who-iterates-it-then", MAKER, NOBODY, OTHER, TRUE, FALSE },
};

typedef struct
{
  WspReactor *reactor;
  guint       row;
} Question;

static gpointer
ask_in_thread (gpointer data)
{
  const Question *question = data;
  GMainContext *context = wsp_reactor_get_context (question->reactor);
  gboolean is_ours;

  if (cases[question->row].acquires == OTHER)
    g_assert_true (g_main_context_acquire (context));
  if (cases[question->row].iterates_then == OTHER)
    g_main_context_iteration (context, FALSE);
  is_ours = wsp_reactor_is_in_thread (question->reactor);
  if (cases[question->row].acquires == OTHER)
    g_main_context_release (context);
  return GINT_TO_POINTER (is_ours);
}

static void
test_thread (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GMainContext) context = g_main_context_new ();
  gboolean is_others;

  g_main_context_push_thread_default (context);
  Question question = { wsp_reactor_ref_thread_default (), row };

  g_main_context_pop_thread_default (context);
  if (cases[row].iterates_first == MAKER)
    g_main_context_iteration (context, FALSE);
  if (cases[row].acquires == MAKER)
    g_assert_true (g_main_context_acquire (context));
  is_others = GPOINTER_TO_INT (g_thread_join (g_thread_new ("other", ask_in_thread, &question)));
  if (cases[row].acquires == MAKER)
    g_main_context_release (context);
  g_assert_true (is_others == cases[row].is_others);
  g_assert_true (wsp_reactor_is_in_thread (question.reactor) == cases[row].is_makers);
  wsp_reactor_unref (question.reactor);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS (PATH "%s", cases, test_thread);

  return g_test_run ();
}
