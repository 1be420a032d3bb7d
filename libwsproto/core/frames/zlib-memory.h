/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory for zlib's streams, and how much of it: zlib gives none back before a stream ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* sum: a size_t of the stream's owner.  zlib's own signature. */
static inline void *
wsc_zlib_allocate (void    *sum,
                   unsigned n,
                   unsigned size)
{
  void *memory = size != 0 && n > SIZE_MAX / size ? NULL : malloc ((size_t) n * size);

  if (memory != NULL)
    *(size_t *) sum += (size_t) n * size;
  return memory;
}

static inline void
wsc_zlib_release (void *sum,
                  void *memory)
{
  free (memory);
}
