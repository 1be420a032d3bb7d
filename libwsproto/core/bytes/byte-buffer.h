/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory that grows at the end and is released from the front, for waiting pongs and HTTP heads:
 * not for a fast path. */
#pragma once

#include "core/types.h"

typedef struct
{
  uint8_t *at;
  size_t begin, end, capacity;
} WscByteBuffer;                /* all zero: empty, owns nothing */

bool     wsc_byte_buffer_append (WscByteBuffer *self, WscBytes bytes);   /* false: no memory, nothing changed */
WscBytes wsc_byte_buffer_peek   (const WscByteBuffer *self);             /* returns all bytes; valid until the next append */
void     wsc_byte_buffer_forget (WscByteBuffer *self, size_t n);         /* removes n bytes from the front */
void     wsc_byte_buffer_shrink (WscByteBuffer *self, size_t length);    /* keeps the first length bytes */
void     wsc_byte_buffer_clear  (WscByteBuffer *self);                   /* frees the memory */
