/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-fork-private.h"

#include <pthread.h>

#define MAX_WAIT (5 * G_USEC_PER_SEC)   /* a thread may ask D-Bus, which may not answer */

guint wsp_n_forks;
gboolean wsp_has_forked;
static GMutex lock;
static GCond is_admitted;
static guint n_holders;         /* number of threads that hold fork () off */
static _Thread_local guint depth;       /* calls of wsp_fork_hold_off () in this thread */
static _Thread_local gboolean is_forking;       /* TRUE: this thread has waited, and has the lock */

/* A thread that holds fork () off does not wait: another one may be waiting for its locks. */
static void
fork_before_fork (void)
{
  gint64 end = g_get_monotonic_time () + MAX_WAIT;

  g_mutex_lock (&lock);
  while (depth == 0 && n_holders > 0 && g_cond_wait_until (&is_admitted, &lock, end))
    continue;
  is_forking = TRUE;
}

static void
fork_release (void)
{
  is_forking = FALSE;
  g_mutex_unlock (&lock);
}

/* The child has one thread.  A lock that another thread held at the moment of the fork () stays
 * locked, and data that it changed stay as they were: neither is touched here. */
static void
fork_after_fork_in_child (void)
{
  wsp_n_forks++;
  wsp_has_forked = FALSE;
  n_holders = depth > 0 ? 1 : 0;
  g_cond_init (&is_admitted);
  fork_release ();
}

static void
fork_after_fork_in_parent (void)
{
  wsp_has_forked = TRUE;
  fork_release ();
}

static void
fork_begin (void)
{
  pthread_atfork (fork_before_fork, fork_after_fork_in_parent, fork_after_fork_in_child);
}

void
wsp_fork_begin_counting (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, fork_begin);
}

void
wsp_fork_wait (void)
{
  if (is_forking)
    return;

  fork_before_fork ();
  fork_release ();
}

void
wsp_fork_hold_off (void)
{
  if (depth++ > 0)
    return;

  g_mutex_lock (&lock);
  n_holders++;
  g_mutex_unlock (&lock);
}

void
wsp_fork_admit (void)
{
  if (--depth > 0)
    return;

  g_mutex_lock (&lock);
  n_holders--;
  g_cond_broadcast (&is_admitted);
  g_mutex_unlock (&lock);
}
