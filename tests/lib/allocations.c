/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts every allocation of the program and its libraries: these functions come before libc's. */

#include "lib/allocations.h"

#include <errno.h>
#include <stdlib.h>

static uint64_t n_allocations;

uint64_t
allocations_count (void)
{
  return n_allocations;
}

#if ALLOCATIONS_ARE_COUNTED

/* glibc's own names of what is replaced here. */
extern void *__libc_malloc   (size_t n);
extern void *__libc_calloc   (size_t n, size_t size);
extern void *__libc_realloc  (void *at, size_t n);
extern void *__libc_memalign (size_t alignment, size_t n);

void *
malloc (size_t n)
{
  n_allocations++;
  return __libc_malloc (n);
}

void *
calloc (size_t n,
        size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void  *at,
         size_t n)
{
  n_allocations++;
  return __libc_realloc (at, n);
}

void *
aligned_alloc (size_t alignment,
               size_t n)
{
  n_allocations++;
  return __libc_memalign (alignment, n);
}

int
posix_memalign (void **at,
                size_t alignment,
                size_t n)
{
  void *found = __libc_memalign (alignment, n);

  n_allocations++;
  if (found == NULL)
    return ENOMEM;
  *at = found;
  return 0;
}

#endif
