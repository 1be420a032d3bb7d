/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "pages/pages.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

size_t
wsc_pages_get_size (void)
{
  return (size_t) sysconf (_SC_PAGESIZE);
}

void *
wsc_pages_allocate (size_t length)
{
  void *memory;

  return posix_memalign (&memory, wsc_pages_get_size (), length) == 0 ? memory : NULL;
}

void
wsc_pages_free (void *at)
{
  free (at);
}

/* A system that does not take the pages loses nothing but memory. */
void
wsc_pages_give_back (void  *at,
                     size_t length)
{
  (void) madvise (at, length, MADV_DONTNEED);
}
