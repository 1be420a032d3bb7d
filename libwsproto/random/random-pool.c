/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A pool of random bytes for one thread: it holds bytes that the kernel made and that were not
 * returned yet, and so saves a system call for each frame of a client.  A pool needs no lock.
 *
 * A child of fork () starts with an empty pool.  The pool is a page that the kernel clears in the
 * child; where the kernel cannot do that, the pool compares the number of its process.
 *
 * (1) n_left <= sizeof bytes; returned bytes are erased.
 *
 * docs/rationales/stream-and-engine.md has the reasons. */

#include "random/random-pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "random/random-system.h"

typedef struct
{
  size_t  n_left;               /* number of unused bytes; 0 after a fork: the kernel has cleared
                                   the page */
  int64_t owner;                /* number of the process; 0: the kernel clears the page on fork */
  volatile bool is_busy;        /* a call is in progress; a call in a signal handler finds this set,
                                   and asks the kernel */
  uint8_t bytes[WSC_RANDOM_PAGE_SIZE - 3 * sizeof (int64_t)];
} RandomPool;

static_assert (sizeof (RandomPool) <= WSC_RANDOM_PAGE_SIZE, "the pool is one page");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_end;    /* key by which the pool of a thread is freed at its end */
static atomic_bool has_key;     /* FALSE: no pool is made, because no thread would free it */
/* own_pool is reached without a call by this model; the C library has room for such a pointer, also
 * of a library that is loaded later. */
static _Thread_local RandomPool *own_pool __attribute__ ((tls_model ("initial-exec")));

static void
pool_free (void *pool)
{
  own_pool = NULL;
  wsc_random_free_page (pool);
}

static void
random_pool_make_key (void)
{
  has_key = pthread_key_create (&at_end, pool_free) == 0;
}

/* The library is unloaded, or the process ends.  Only the pool of this thread is freed: other
 * threads may still run, and use theirs. */
__attribute__ ((destructor))
static void
random_pool_end (void)
{
  if (atomic_exchange (&has_key, false))
    pthread_key_delete (at_end);
  if (own_pool != NULL)
    pool_free (own_pool);
}

/* NULL: there is no memory, or no key. */
static RandomPool *
pool_new (void)
{
  RandomPool *pool;
  bool is_wiped;

  pthread_once (&once, random_pool_make_key);
  pool = has_key ? wsc_random_new_page (&is_wiped) : NULL;
  if (pool == NULL)
    return NULL;

  pthread_setspecific (at_end, pool);
  if (!is_wiped)
    pool->owner = wsc_random_get_process ();
  own_pool = pool;
  return pool;
}

static void
pool_forget_parent (RandomPool *pool)
{
  int64_t here = wsc_random_get_process ();

  if (pool->owner == here)
    return;

  pool->owner = here;
  pool->n_left = 0;
}

/* Inline: for the four bytes of a masking key the copies become single instructions. */
static inline void
random_pool_take_part (RandomPool *pool,
                       uint8_t    *to,
                       size_t      n)
{
  const size_t n_left = pool->n_left - n;
  uint8_t *from = pool->bytes + n_left;

  assert (n <= pool->n_left && pool->n_left <= sizeof pool->bytes);     /* (1) */
  pool->n_left = n_left;
  memcpy (to, from, n);
  memset (from, 0, n);
}

static void
pool_take (RandomPool *pool,
           uint8_t    *to,
           size_t      n)
{
  if (pool->owner != 0)
    pool_forget_parent (pool);

  while (n > 0)
    {
      size_t part;

      if (pool->n_left == 0)
        {
          wsc_random_ask_kernel (pool->bytes, sizeof pool->bytes);
          pool->n_left = sizeof pool->bytes;
        }

      part = n < pool->n_left ? n : pool->n_left;
      random_pool_take_part (pool, to, part);
      to += part;
      n -= part;
    }
}

__attribute__ ((noinline))
static void
random_pool_fill (uint8_t *to,
                  size_t   n)
{
  RandomPool *pool = own_pool != NULL ? own_pool : pool_new ();

  if (pool == NULL || pool->is_busy)
    {
      wsc_random_ask_kernel (to, n);
      return;
    }

  pool->is_busy = true;
  pool_take (pool, to, n);
  pool->is_busy = false;
}

/* A masking key comes from the pool without a call.  is_busy is set before n_left is read, because
 * a signal handler may take bytes. */
void
wsc_random_fill (void    *data,
                 uint8_t *to,
                 size_t   n)
{
  RandomPool *pool = own_pool;
  bool is_taken;

  if (n != sizeof (uint32_t) || pool == NULL || pool->is_busy)
    {
      random_pool_fill (to, n);
      return;
    }

  pool->is_busy = true;
  is_taken = pool->n_left >= n && pool->owner == 0;
  if (is_taken)
    random_pool_take_part (pool, to, sizeof (uint32_t));
  pool->is_busy = false;
  if (!is_taken)
    random_pool_fill (to, n);
}
