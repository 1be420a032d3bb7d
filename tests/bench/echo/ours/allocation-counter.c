/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Preloaded into a server: counts its allocations into the file that BENCH_COUNTER names, as one
 * number of 64 bits.  G_SLICE=always-malloc makes GLib's slices visible too.
 */

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The functions of glibc that malloc () and the like call. */
void *__libc_malloc (size_t n);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t n);
void *__libc_memalign (size_t alignment, size_t n);

static uint64_t unshared;
static uint64_t *counter = &unshared;

__attribute__ ((constructor)) static void
share_counter (void)
{
  const char *name = getenv ("BENCH_COUNTER");
  const int fd = name != NULL ? open (name, O_RDWR | O_CLOEXEC) : -1;
  void *shared;

  if (fd < 0)
    return;
  shared = mmap (NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (shared != MAP_FAILED)
    counter = shared;
}

static void
count (void)
{
  __atomic_fetch_add (counter, 1, __ATOMIC_RELAXED);
}

void *
malloc (size_t n)
{
  count ();
  return __libc_malloc (n);
}

void *
calloc (size_t n,
        size_t size)
{
  count ();
  return __libc_calloc (n, size);
}

void *
realloc (void  *memory,
         size_t n)
{
  count ();
  return __libc_realloc (memory, n);
}

void *
memalign (size_t alignment,
          size_t n)
{
  count ();
  return __libc_memalign (alignment, n);
}

void *
aligned_alloc (size_t alignment,
               size_t n)
{
  return memalign (alignment, n);
}

int
posix_memalign (void **memory,
                size_t alignment,
                size_t n)
{
  *memory = memalign (alignment, n);
  return *memory == NULL ? ENOMEM : 0;
}
