/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of one of zlib's streams, in one block.  A stream that is not used for a while keeps
 * only its window there, and gives the other pages of the block back to the system until it is used
 * again. */
#pragma once

#include "core/types.h"

/* The allocator's header of a piece of memory: a block and the header of the next piece fill whole
 * pages. */
#define WSC_CHUNK_HEADER (2 * sizeof (size_t))
/* More bytes than zlib's state has, without windows and tables. */
#define WSC_ZLIB_STATE_LENGTH (16 * 1024)

typedef struct
{
  uint8_t *block;               /* memory of the stream; begins with a page */
  size_t   size;                /* bytes of the block */
  size_t   used;                /* last bytes of the block, which the stream uses; or bytes of the window */
  uint8_t  is_window;           /* the block has only the window of a suspended stream */
  size_t   n_outside;           /* bytes of the stream that did not fit into the block */
  uint8_t  first[WSC_CHUNK_HEADER];     /* first bytes of the window, so that the rest of a window
                                           fills whole pages with the next header */
} WscZlibMemory;

/* False: no memory.  Bytes of the block that zlib does not ask for are never touched. */
bool   wsc_zlib_memory_init         (WscZlibMemory *self, size_t size);
void   wsc_zlib_memory_clear        (WscZlibMemory *self);
size_t wsc_zlib_memory_get_length   (const WscZlibMemory *self);
/* Gives back the pages that the stream, which has begun, does not use: the allocator, or an earlier
 * user of the memory, may have touched them. */
void   wsc_zlib_memory_give_back_unused (const WscZlibMemory *self);
/* False: a part of the stream is outside of the block. */
bool   wsc_zlib_memory_is_whole     (const WscZlibMemory *self);
/* Replaces the stream, which zlib has ended, by its window. */
void   wsc_zlib_memory_keep_window  (WscZlibMemory *self, WscBytes window);
/* Copies the window, which wsc_zlib_memory_keep_window () has set, to memory for 32 KiB.  Returns
 * its length. */
size_t wsc_zlib_memory_copy_window  (const WscZlibMemory *self, uint8_t *to);
/* Makes room for a new stream. */
void   wsc_zlib_memory_begin        (WscZlibMemory *self);

/* The functions zalloc and zfree of a z_stream.  memory: a WscZlibMemory. */
void  *wsc_zlib_allocate            (void *memory, unsigned n, unsigned size);
void   wsc_zlib_release             (void *memory, void *at);
