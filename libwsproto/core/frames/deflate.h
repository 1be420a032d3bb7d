/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The two streams of permessage-deflate, one message after the other.  Only deflate.c and the
 * files compressor-*.c call the compression library. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef struct WscDeflater WscDeflater;
typedef struct WscInflater WscInflater;

typedef enum                    /* what ends at the last byte of the input */
{
  WSC_DEFLATE_FRAGMENT,
  WSC_DEFLATE_MESSAGE,
} WscDeflateEnd;

typedef struct                  /* everything besides the payload that determines the compressed bytes */
{
  uint8_t window_bits, level, memory_level;
} WscDeflateForm;

static inline bool
wsc_deflate_form_equal (const WscDeflateForm *one,
                        const WscDeflateForm *other)
{
  return one->window_bits == other->window_bits && one->level == other->level &&
         one->memory_level == other->memory_level;
}

/* NULL: no memory.  Window bits 8 to 15; level and memory level 1 to 9. */
WscDeflater *wsc_deflater_new   (uint8_t window_bits, uint8_t level, uint8_t memory_level);
void         wsc_deflater_free  (WscDeflater *self);             /* NULL is allowed */
bool         wsc_deflater_is    (const WscDeflater *self, uint8_t window_bits, uint8_t level,
                                 uint8_t memory_level);
size_t       wsc_deflater_get_memory (const WscDeflater *self);  /* bytes; NULL is fine */
/* The next message will not refer to earlier ones. */
void         wsc_deflater_reset (WscDeflater *self);
/* Call it between messages: only the window, to which the next message refers, stays in memory
 * until that message.  Does nothing if the library of the stream cannot do that. */
void         wsc_deflater_suspend (WscDeflater *self);
/* Takes bytes from the front of *input and returns the number of bytes produced, which may be more
 * than 0 without input.  is_done: the output so far contains all input. */
size_t       wsc_deflater_take  (WscDeflater *self, WscBytes *input, WscDeflateEnd end,
                                 WscBuffer output, bool *is_done);

/* NULL: no memory.  Window bits 8 to 15. */
WscInflater *wsc_inflater_new   (uint8_t window_bits);
void         wsc_inflater_free  (WscInflater *self);             /* NULL is allowed */
bool         wsc_inflater_is    (const WscInflater *self, uint8_t window_bits);
/* Bytes, including the window once it is allocated; NULL is allowed. */
size_t       wsc_inflater_get_memory (const WscInflater *self);
/* The next message may not refer to earlier ones. */
void         wsc_inflater_reset (WscInflater *self);
/* As wsc_deflater_suspend (). */
void         wsc_inflater_suspend (WscInflater *self);
/* Copies the window, the last bytes of the output so far, to memory for 32 KiB.  Returns its
 * length.  Call it between messages. */
size_t       wsc_inflater_copy_window (const WscInflater *self, uint8_t *to);
/* Sets the window of a new inflater, which must not exceed it.  False: no memory. */
bool         wsc_inflater_set_window  (WscInflater *self, WscBytes window);
/* Takes bytes from the front of *input.  If the output is full afterwards, call this function
 * again, even without input.  After a fault the stream returns only this fault. */
WscFault     wsc_inflater_take  (WscInflater *self, WscBytes *input, WscBuffer output,
                                 size_t *made);
/* Checks that the message, whose input and output are complete, may end here. */
WscFault     wsc_inflater_end   (WscInflater *self);
