/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The two streams of permessage-deflate, one message after the other.  Which library does the work,
 * no file above knows. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

typedef struct WscDeflater WscDeflater;
typedef struct WscInflater WscInflater;

/* An output that is shorter need not be offered. */
#define WSC_DEFLATE_MIN_OUTPUT 16

typedef enum                    /* what the last byte of the input ends */
{
  WSC_DEFLATE_FRAGMENT,
  WSC_DEFLATE_MESSAGE,
} WscDeflateEnd;

typedef struct                  /* all that a compressed message depends on beside itself */
{
  uint8_t window_bits, level, memory_level;
} WscDeflateForm;

static inline bool
wsc_deflate_form_equal (const WscDeflateForm *one,
                        const WscDeflateForm *other)
{
  return one->window_bits == other->window_bits && one->level == other->level
         && one->memory_level == other->memory_level;
}

/* NULL: no memory.  Window bits 9 to 15; level and memory level 1 to 9. */
WscDeflater *wsc_deflater_new   (uint8_t window_bits, uint8_t level, uint8_t memory_level);
void         wsc_deflater_free  (WscDeflater *self);             /* NULL is fine */
bool         wsc_deflater_is    (const WscDeflater *self, uint8_t window_bits, uint8_t level,
                                 uint8_t memory_level);
size_t       wsc_deflater_get_memory (const WscDeflater *self);  /* bytes; NULL is fine */
/* The next message will not refer to those before it. */
void         wsc_deflater_reset (WscDeflater *self);
/* Takes from the front of *input and returns the bytes made, which are 0 or more even when nothing
 * was left to take; is_done: all of it is in what was made so far. */
size_t       wsc_deflater_take  (WscDeflater *self, WscBytes *input, WscDeflateEnd end,
                                 WscBuffer output, bool *is_done);

/* NULL: no memory.  Window bits 8 to 15. */
WscInflater *wsc_inflater_new   (uint8_t window_bits);
void         wsc_inflater_free  (WscInflater *self);             /* NULL is fine */
bool         wsc_inflater_is    (const WscInflater *self, uint8_t window_bits);
/* Bytes, with the window as soon as there is one; NULL is fine. */
size_t       wsc_inflater_get_memory (const WscInflater *self);
/* The next message may not refer to those before it. */
void         wsc_inflater_reset (WscInflater *self);
/* Takes from the front of *input.  Output that was filled may be short of more: call again, even
 * when no input is left.  After a fault the stream gives only this fault. */
WscFault     wsc_inflater_take  (WscInflater *self, WscBytes *input, WscBuffer output,
                                 size_t *made);
/* The message has no more input, and all that was taken is out: did it end where it may? */
WscFault     wsc_inflater_end   (WscInflater *self);
