/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/turns.h"

static gboolean
set (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

guint
count_turns (guint milliseconds)
{
  gboolean is_over = FALSE;
  guint n_turns = 0;

  g_timeout_add (milliseconds, set, &is_over);
  while (!is_over)
    {
      g_main_context_iteration (NULL, TRUE);
      n_turns++;
    }
  return n_turns;
}

static gboolean
on_too_late (gpointer data)
{
  g_error ("waited for too long");
  return G_SOURCE_REMOVE;
}

guint
begin_wait (guint seconds)
{
  return g_timeout_add_seconds (seconds, on_too_late, NULL);
}
