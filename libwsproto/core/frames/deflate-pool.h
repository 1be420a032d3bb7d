/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Unused streams, for sessions that keep none between messages.  A pool belongs to one thread, like
 * the sessions that share it. */
#pragma once

#include "core/frames/deflate.h"

#define WSC_DEFLATE_POOL_SIZE 4

typedef struct
{
  WscDeflater *deflaters[WSC_DEFLATE_POOL_SIZE];        /* unused compressors; NULL = free entry */
  WscInflater *inflaters[WSC_DEFLATE_POOL_SIZE];
} WscDeflatePool;               /* all zero: empty */

void wsc_deflate_pool_clear (WscDeflatePool *self);

/* A reset stream from the pool, or a new one if the pool has none of this form; NULL: no memory.
 * If self is NULL, here and in the functions below, there is no pool: streams are created and
 * freed. */
WscDeflater *wsc_deflate_pool_take_deflater (WscDeflatePool *self, uint8_t window_bits,
                                             uint8_t level, uint8_t memory_level);
WscInflater *wsc_deflate_pool_take_inflater (WscDeflatePool *self, uint8_t window_bits);
/* NULL is allowed; if the pool is full, the stream that was added last is freed. */
void         wsc_deflate_pool_give_deflater (WscDeflatePool *self, WscDeflater *deflater);
void         wsc_deflate_pool_give_inflater (WscDeflatePool *self, WscInflater *inflater);
