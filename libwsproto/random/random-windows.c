/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A pool of random bytes for the process: random-pool.c for Windows, which has no fork () and no
 * signal handlers.  A pool for each thread would outlive websocket.dll when a program frees it.
 * The pool has no lock, which would take longer than the masking of a short message.
 *
 * (1) n_left <= sizeof bytes; returned bytes are erased. */

#include "random/random-pool.h"

#include <windows.h>

#include <assert.h>
#include <bcrypt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  atomic_bool is_taken;         /* a thread uses the other members */
  size_t n_left;                /* number of unused bytes */
  uint8_t bytes[4096];
} RandomPool;

static RandomPool pool;

static void
ask_system (uint8_t *to,
            size_t   n)
{
  const NTSTATUS status = BCryptGenRandom (NULL, to, (ULONG) n, BCRYPT_USE_SYSTEM_PREFERRED_RNG);

  if (BCRYPT_SUCCESS (status))
    return;

  fprintf (stderr, "libwsproto: no random numbers: BCryptGenRandom () failed: 0x%08lx\n",
           (unsigned long) status);
  abort ();
}

/* The caller has set is_taken. */
static void
pool_take (uint8_t *to,
           size_t   n)
{
  while (n > 0)
    {
      size_t part;
      uint8_t *from;

      if (pool.n_left == 0)
        {
          ask_system (pool.bytes, sizeof pool.bytes);
          pool.n_left = sizeof pool.bytes;
        }

      part = n < pool.n_left ? n : pool.n_left;
      pool.n_left -= part;
      from = pool.bytes + pool.n_left;
      assert (part <= sizeof pool.bytes - pool.n_left);         /* (1) */
      memcpy (to, from, part);
      memset (from, 0, part);
      to += part;
      n -= part;
    }
}

/* While another thread uses the pool, this one asks the system itself. */
void
wsc_random_fill (void    *data,
                 uint8_t *to,
                 size_t   n)
{
  if (atomic_exchange_explicit (&pool.is_taken, true, memory_order_acquire))
    {
      ask_system (to, n);
      return;
    }

  pool_take (to, n);
  atomic_store_explicit (&pool.is_taken, false, memory_order_release);
}
