/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Allocates and counts the memory of zlib's streams: zlib frees none before a stream ends. */
#pragma once

#include <stddef.h>
#include <stdlib.h>

/* sum: a size_t of the stream's owner.  The signature is zlib's. */
static inline void *
wsc_zlib_allocate (void    *sum,
                   unsigned n,
                   unsigned size)
{
  size_t length;
  void *memory = __builtin_mul_overflow (n, size, &length) ? NULL : malloc (length);

  if (memory != NULL)
    *(size_t *) sum += length;
  return memory;
}

static inline void
wsc_zlib_release (void *sum,
                  void *memory)
{
  free (memory);
}
