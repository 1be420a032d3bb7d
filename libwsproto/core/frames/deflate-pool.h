/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Streams that nobody uses just now, for sessions that keep none between messages.  It belongs to
 * one thread, like the sessions that share it. */
#pragma once

#include "core/frames/deflate.h"

#define WSC_DEFLATE_POOL_SIZE 4

typedef struct
{
  WscDeflater *deflaters[WSC_DEFLATE_POOL_SIZE];        /* NULL = place for one */
  WscInflater *inflaters[WSC_DEFLATE_POOL_SIZE];
} WscDeflatePool;               /* all zero: empty */

void wsc_deflate_pool_clear (WscDeflatePool *self);

/* A stream without a window, a fresh one where none of its kind waits; NULL: no memory.  The pool
 * may be NULL in all of these: then streams are made and freed. */
WscDeflater *wsc_deflate_pool_take_deflater (WscDeflatePool *self, uint8_t window_bits,
                                             uint8_t level, uint8_t memory_level);
WscInflater *wsc_deflate_pool_take_inflater (WscDeflatePool *self, uint8_t window_bits);
/* NULL is fine; where there is no place, the one given last is freed for it. */
void         wsc_deflate_pool_give_deflater (WscDeflatePool *self, WscDeflater *deflater);
void         wsc_deflate_pool_give_inflater (WscDeflatePool *self, WscInflater *inflater);
