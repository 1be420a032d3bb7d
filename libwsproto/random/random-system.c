/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "random/random-system.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *
wsc_random_new_page (bool *is_wiped)
{
  void *page = mmap (NULL, WSC_RANDOM_PAGE_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED)
    return NULL;

  *is_wiped = wsc_random_wipe_on_fork (page);
  return page;
}

void
wsc_random_free_page (void *page)
{
  memset (page, 0, WSC_RANDOM_PAGE_SIZE);
  munmap (page, WSC_RANDOM_PAGE_SIZE);
}

int64_t
wsc_random_get_process (void)
{
  return getpid ();
}
