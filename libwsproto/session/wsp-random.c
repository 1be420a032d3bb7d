/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Random bytes from the kernel, read 4 KiB at a time; each byte is returned once.
 *
 * The pool is a page that the kernel clears in the child after fork (), so that parent and child
 * never return the same bytes.  If the kernel cannot clear the page, or an emulator only claims to,
 * the pool compares its process id.  A pool belongs to one thread, so it needs no lock.
 *
 * (1) n_left <= sizeof bytes; returned bytes are erased.
 */

#include "session/wsp-random-private.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#define POOL_SIZE 4096
#define NO_ADVICE (-1)          /* an advice that every kernel refuses */

typedef struct
{
  gsize  n_left;                /* 0 after a fork: the kernel has cleared the page */
  pid_t  owner;                 /* process id; 0: the kernel clears the page on fork */
  guint8 bytes[POOL_SIZE - sizeof (gsize) - sizeof (gsize)];
} RandomPool;

G_STATIC_ASSERT (sizeof (RandomPool) == POOL_SIZE);

static void
random_pool_free (gpointer data)
{
  memset (data, 0, POOL_SIZE);
  munmap (data, POOL_SIZE);
}

static GPrivate thread_pool = G_PRIVATE_INIT (random_pool_free);

/* qemu-user accepts any advice and does nothing: a system that accepts an impossible advice does
 * not clear pages. */
static gboolean
is_wiped_on_fork (void *page)
{
  return madvise (page, POOL_SIZE, MADV_WIPEONFORK) == 0 &&
         madvise (page, POOL_SIZE, NO_ADVICE) != 0;
}

static RandomPool *
random_pool_new (void)
{
  RandomPool *pool = mmap (NULL, POOL_SIZE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (pool == MAP_FAILED)
    g_error ("Could not allocate memory for random numbers: %s", g_strerror (errno));

  if (!is_wiped_on_fork (pool))
    pool->owner = getpid ();

  g_private_set (&thread_pool, pool);
  return pool;
}

static void
random_pool_fill (RandomPool *pool)
{
  gsize filled = 0;

  while (filled < sizeof pool->bytes)
    {
      gssize n = getrandom (pool->bytes + filled, sizeof pool->bytes - filled, 0);

      if (n > 0)
        filled += (gsize) n;
      else if (errno != EINTR)
        g_error ("getrandom() failed: %s", g_strerror (errno));
    }

  pool->n_left = filled;
}

static void
random_pool_forget_parent (RandomPool *pool)
{
  pid_t here = getpid ();

  if (pool->owner == here)
    return;

  pool->owner = here;
  pool->n_left = 0;
}

void
wsp_random_fill (void    *data,
                 uint8_t *to,
                 size_t   n)
{
  RandomPool *pool = g_private_get (&thread_pool);

  if (pool == NULL)
    pool = random_pool_new ();

  if (pool->owner != 0)
    random_pool_forget_parent (pool);

  while (n > 0)
    {
      gsize part;

      if (pool->n_left == 0)
        random_pool_fill (pool);

      part = MIN (n, pool->n_left);
      g_assert (pool->n_left <= sizeof pool->bytes);        /* (1) */
      pool->n_left -= part;
      memcpy (to, pool->bytes + pool->n_left, part);
      memset (pool->bytes + pool->n_left, 0, part);
      to += part;
      n -= part;
    }
}
