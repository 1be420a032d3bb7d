/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts every allocation of the program and its libraries, and may refuse it: these functions come
 * before libc's. */

#include "lib/allocations.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static uint64_t n_allocations;
static size_t max_at_once = SIZE_MAX;

uint64_t
allocations_count (void)
{
  return n_allocations;
}

void
allocations_refuse_above (size_t n)
{
  max_at_once = n;
}

#if ALLOCATIONS_ARE_COUNTED

static bool
is_refused (size_t n)
{
  n_allocations++;
  if (n <= max_at_once)
    return false;

  errno = ENOMEM;
  return true;
}

/* glibc's own names of what is replaced here. */
extern void *__libc_malloc   (size_t n);
extern void *__libc_calloc   (size_t n, size_t size);
extern void *__libc_realloc  (void *at, size_t n);
extern void *__libc_memalign (size_t alignment, size_t n);

void *
malloc (size_t n)
{
  return is_refused (n) ? NULL : __libc_malloc (n);
}

void *
calloc (size_t n,
        size_t size)
{
  bool is_too_much = size > 0 && n > SIZE_MAX / size;

  return is_refused (is_too_much ? SIZE_MAX : n * size) ? NULL : __libc_calloc (n, size);
}

void *
realloc (void  *at,
         size_t n)
{
  return is_refused (n) ? NULL : __libc_realloc (at, n);
}

void *
aligned_alloc (size_t alignment,
               size_t n)
{
  return is_refused (n) ? NULL : __libc_memalign (alignment, n);
}

int
posix_memalign (void **at,
                size_t alignment,
                size_t n)
{
  void *found = is_refused (n) ? NULL : __libc_memalign (alignment, n);

  if (found == NULL)
    return ENOMEM;
  *at = found;
  return 0;
}

#endif
