/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes of the kernel, for keys and masks.  One page for the whole process saves a system
 * call for each frame of a client.
 *
 * This file is not a generator: every byte is the kernel's and is used once.
 *
 * (1) A byte is wiped from the page when it is used.
 * (2) The kernel zeroes the page in a child of fork(): there the page is empty and not locked.  If
 *     the kernel cannot do this, or an emulator only claims to, there is no page.
 * (3) No caller waits for another: a caller that finds the page locked calls the kernel. */

#include "win32/websocket-random-private.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#define PAGE_SIZE 4096
#define NO_ADVICE (-1)          /* an advice that every kernel refuses */

typedef struct
{
  atomic_uint is_taken;
  uint32_t n_left;
  uint8_t bytes[PAGE_SIZE - sizeof (atomic_uint) - sizeof (uint32_t)];
} RandomPage;

static RandomPage *page;        /* NULL: the kernel cannot zero a page in children */
static pthread_once_t page_once = PTHREAD_ONCE_INIT;

/* qemu-user accepts any advice and does nothing: a system that accepts an impossible advice does
 * not clear pages. */
static bool
is_wiped_on_fork (void *at)
{
  return madvise (at, PAGE_SIZE, MADV_WIPEONFORK) == 0 && madvise (at, PAGE_SIZE, NO_ADVICE) != 0;
}

static void
map_page (void)
{
  void *at = mmap (NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (at == MAP_FAILED)
    return;

  if (!is_wiped_on_fork (at))
    {
      munmap (at, PAGE_SIZE);
      return;
    }

  page = at;
}

static void
ask_kernel (uint8_t *to,
            size_t   n)
{
  while (n > 0)
    {
      ssize_t n_got = getrandom (to, n, 0);

      /* Without unpredictable keys the program must not go on (RFC 6455 10.3). */
      if (n_got < 0 && errno != EINTR)
        abort ();

      if (n_got > 0)
        {
          to += n_got;
          n -= (size_t) n_got;
        }
    }
}

static void
take_from_page (uint8_t *to,
                size_t   n)
{
  if (page->n_left < n)
    {
      ask_kernel (page->bytes, sizeof page->bytes);
      page->n_left = sizeof page->bytes;
    }

  page->n_left -= (uint32_t) n;
  memcpy (to, page->bytes + page->n_left, n);
  memset (page->bytes + page->n_left, 0, n);      /* (1) */
}

void
websocket_random_fill (void    *data,
                       uint8_t *to,
                       size_t   n)
{
  pthread_once (&page_once, map_page);

  if (page == NULL || n > sizeof page->bytes || atomic_exchange (&page->is_taken, 1) != 0)
    {
      ask_kernel (to, n);       /* (3) */
      return;
    }

  take_from_page (to, n);
  atomic_store (&page->is_taken, 0);
}
