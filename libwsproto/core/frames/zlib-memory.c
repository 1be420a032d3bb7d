/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of one of zlib's streams.  zlib allocates it piece by piece, and frees nothing before
 * the stream ends.
 *
 * The stream, and later its window, lie at the end of the block, whose last page the allocator has
 * touched.
 *
 * docs/rationales/compression.md has the reasons.
 */

#include "core/frames/zlib-memory.h"

#include "pages/pages.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64            /* the largest one that a compression library asks for */

bool
wsc_zlib_memory_init (WscZlibMemory *self,
                      size_t         size)
{
  size_t page = wsc_pages_get_size ();

  size = (size + WSC_CHUNK_HEADER + page - 1) / page * page - WSC_CHUNK_HEADER;
  *self = (WscZlibMemory) { .block = wsc_pages_allocate (size), .size = size };
  return self->block != NULL;
}

void
wsc_zlib_memory_clear (WscZlibMemory *self)
{
  wsc_pages_free (self->block);
}

size_t
wsc_zlib_memory_get_length (const WscZlibMemory *self)
{
  return self->used + self->n_outside;
}

bool
wsc_zlib_memory_is_whole (const WscZlibMemory *self)
{
  return self->n_outside == 0;
}

static void
give_back_before (const WscZlibMemory *self,
                  size_t               offset)
{
  size_t page = wsc_pages_get_size ();

  wsc_pages_give_back (self->block, offset / page * page);
}

void
wsc_zlib_memory_give_back_unused (const WscZlibMemory *self)
{
  give_back_before (self, self->size - self->used);
}

void
wsc_zlib_memory_keep_window (WscZlibMemory *self,
                             WscBytes       window)
{
  size_t n_first = window.length < sizeof self->first ? window.length : sizeof self->first;
  size_t begin = self->size - (window.length - n_first);

  assert (wsc_zlib_memory_is_whole (self) && window.length - n_first <= self->size);
  memcpy (self->first, window.at, n_first);
  memcpy (self->block + begin, window.at + n_first, window.length - n_first);
  self->used = window.length;
  self->is_window = 1;
  give_back_before (self, begin);
}

size_t
wsc_zlib_memory_copy_window (const WscZlibMemory *self,
                             uint8_t             *to)
{
  size_t n_first = self->used < sizeof self->first ? self->used : sizeof self->first;
  size_t rest = self->used - n_first;

  memcpy (to, self->first, n_first);
  memcpy (to + n_first, self->block + self->size - rest, rest);
  return self->used;
}

void
wsc_zlib_memory_begin (WscZlibMemory *self)
{
  self->used = 0;
  self->is_window = 0;
}

static void *
allocate_outside (WscZlibMemory *self,
                  size_t         length)
{
  void *at = malloc (length);

  if (at != NULL)
    self->n_outside += length;
  return at;
}

void *
wsc_zlib_allocate (void    *memory,
                   unsigned n,
                   unsigned size)
{
  WscZlibMemory *self = memory;
  size_t end = self->size - self->used, length;

  if (__builtin_mul_overflow (n, size, &length))
    return NULL;

  if (length > end)
    return allocate_outside (self, length);

  end = (end - length) / ALIGNMENT * ALIGNMENT;
  self->used = self->size - end;
  return self->block + end;
}

void
wsc_zlib_release (void *memory,
                  void *at)
{
  const WscZlibMemory *self = memory;
  uintptr_t offset = (uintptr_t) at - (uintptr_t) self->block;

  if (offset >= self->size)
    free (at);
}
