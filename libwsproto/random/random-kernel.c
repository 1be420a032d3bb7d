/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "random/random-system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#define NO_ADVICE (-1)          /* an advice that every kernel refuses */

/* qemu-user accepts any advice and does nothing: a system that accepts an impossible advice does
 * not clear pages. */
bool
wsc_random_wipe_on_fork (void *page)
{
  return madvise (page, WSC_RANDOM_PAGE_SIZE, MADV_WIPEONFORK) == 0 &&
         madvise (page, WSC_RANDOM_PAGE_SIZE, NO_ADVICE) != 0;
}

_Noreturn static void
fail (void)
{
  fprintf (stderr, "libwsproto: no random numbers: getrandom () failed: %s\n", strerror (errno));
  abort ();
}

void
wsc_random_ask_kernel (uint8_t *to,
                       size_t   n)
{
  while (n > 0)
    {
      ssize_t n_filled = getrandom (to, n, 0);

      if (n_filled < 0 && errno != EINTR)
        fail ();

      if (n_filled > 0)
        {
          to += n_filled;
          n -= (size_t) n_filled;
        }
    }
}
