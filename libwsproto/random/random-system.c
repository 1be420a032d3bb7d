/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "random/random-system.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t n_forks;        /* number of fork () since counting began */

static void
count_fork (void)
{
  n_forks++;
}

static void
begin_counting_forks (void)
{
  pthread_atfork (NULL, NULL, count_fork);
}

void *
wsc_random_new_page (bool *is_wiped)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  void *page = mmap (NULL, WSC_RANDOM_PAGE_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED)
    return NULL;

  *is_wiped = wsc_random_wipe_on_fork (page);
  if (!*is_wiped)
    pthread_once (&once, begin_counting_forks);
  return page;
}

void
wsc_random_free_page (void *page)
{
  memset (page, 0, WSC_RANDOM_PAGE_SIZE);
  munmap (page, WSC_RANDOM_PAGE_SIZE);
}

/* A child can have the process id of its parent: in a PID namespace of its own, or when the parent
 * has ended.  A child of clone () is not counted. */
int64_t
wsc_random_get_process (void)
{
  return (int64_t) n_forks << 32 | (uint32_t) getpid ();
}
