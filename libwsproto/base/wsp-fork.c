/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-fork-private.h"

#include <pthread.h>

#define MAX_WAIT (5 * G_USEC_PER_SEC)   /* what GLib's thread asks may not answer */

guint wsp_n_forks;
gboolean wsp_has_forked;
static GMutex lock;
static GCond is_admitted;
static guint n_holders;         /* number of threads that hold fork () off */
static _Thread_local guint holds;       /* 1: this thread is one of them */

static void
fork_before_fork (void)
{
  gint64 end = g_get_monotonic_time () + MAX_WAIT;

  g_mutex_lock (&lock);
  while (n_holders > holds && g_cond_wait_until (&is_admitted, &lock, end))
    ;
}

/* The child has one thread.  A lock that another thread held at the moment of the fork () stays
 * locked, and data that it changed stay as they were: neither is touched here. */
static void
fork_after_fork_in_child (void)
{
  wsp_n_forks++;
  wsp_has_forked = FALSE;
  n_holders = holds;
  g_cond_init (&is_admitted);
  g_mutex_unlock (&lock);
}

static void
fork_after_fork_in_parent (void)
{
  wsp_has_forked = TRUE;
  g_mutex_unlock (&lock);
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
wsp_fork_hold_off (void)
{
  g_mutex_lock (&lock);
  n_holders++;
  holds = 1;
  g_mutex_unlock (&lock);
}

void
wsp_fork_admit (void)
{
  g_mutex_lock (&lock);
  n_holders--;
  holds = 0;
  g_cond_broadcast (&is_admitted);
  g_mutex_unlock (&lock);
}
