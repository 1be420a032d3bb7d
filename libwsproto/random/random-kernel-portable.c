/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* POSIX has getentropy () since 2024, for as many bytes at once. */
#include "random/random-system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MAX_AT_ONCE 256

/* The pool compares the number of its process. */
bool
wsc_random_wipe_on_fork (void *page)
{
  (void) page;
  return false;
}

void
wsc_random_ask_kernel (uint8_t *to,
                       size_t   n)
{
  while (n > 0)
    {
      size_t part = n < MAX_AT_ONCE ? n : MAX_AT_ONCE;

      if (getentropy (to, part) != 0)
        {
          fprintf (stderr, "libwsproto: no random numbers: getentropy () failed: %s\n",
                   strerror (errno));
          abort ();
        }

      to += part;
      n -= part;
    }
}
