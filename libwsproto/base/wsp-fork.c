/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-fork-private.h"

#include <pthread.h>

guint wsp_n_forks;
gboolean wsp_has_forked;

/* The child has one thread.  A lock that another thread held at the moment of the fork () stays
 * locked, and data that it changed stay as they were: neither is touched here. */
static void
fork_after_fork_in_child (void)
{
  wsp_n_forks++;
  wsp_has_forked = FALSE;
}

static void
fork_after_fork_in_parent (void)
{
  wsp_has_forked = TRUE;
}

static void
fork_begin (void)
{
  pthread_atfork (NULL, fork_after_fork_in_parent, fork_after_fork_in_child);
}

void
wsp_fork_begin_counting (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, fork_begin);
}
