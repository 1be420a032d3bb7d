/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* State of a session with permessage-deflate: the deflater while it is needed, and the inflation of
 * the received messages. */
#pragma once

#include "core/frames/inflation.h"

typedef struct
{
  WscInflation inflation;       /* state of the received messages; its pool has the deflaters,
                                   too */
  WscDeflater *deflater;        /* stream that compresses sent messages; NULL while none is needed */
  uint32_t threshold;
  WscDeflateParameters agreed;
  uint8_t  role, level, memory_level;
  uint8_t  is_inside;           /* a sent message has begun and has not ended */
  uint8_t  is_used;             /* a message ended after the last wsc_compression_suspend () */
  uint8_t  begins_anew;         /* the message after the one in progress begins with an empty window */
} WscCompression;

/* NULL: no memory.  The first message creates the first stream. */
WscCompression *wsc_compression_new  (const WscDeflateOptions    *options,
                                      const WscDeflateParameters *agreed,
                                      WscRole                     role);
void            wsc_compression_free (WscCompression *self);     /* NULL is allowed */
bool            wsc_compression_keeps_context (const WscCompression *self);   /* TRUE: a sent message may refer to earlier ones */
/* The bytes that self holds, including its streams; self may be NULL: 0. */
size_t          wsc_compression_get_memory    (const WscCompression *self);
/* The form of sent messages.  Without context takeover, a message that is compressed in the same
 * form always gives the same bytes. */
WscDeflateForm  wsc_compression_get_form      (const WscCompression *self);

/* TRUE: a message ended after the last wsc_compression_suspend ().  self may be NULL. */
static inline bool
wsc_compression_may_suspend (const WscCompression *self)
{
  return self != NULL && (self->is_used || self->inflation.is_used);
}

/* Sets *made to the bytes produced and removes the bytes taken from *input.  output has room for
 * WSC_MIN_DEFLATE_OUTPUT.  Fails only without memory, before it takes any input. */
WscFault wsc_compression_deflate (WscCompression *self, WscBytes *input, WscDeflateEnd end,
                                  WscBuffer output, size_t *made, bool *is_done);

/* Keeps only the window of each stream in memory until its next message.  A stream whose message
 * has begun and has not ended stays as it is. */
void     wsc_compression_suspend       (WscCompression *self);
/* The messages after the one in progress will not refer to earlier ones, for an observer who has
 * not seen these. */
void     wsc_compression_begin_anew    (WscCompression *self);
/* Call it after a message was sent only partly: the next message will not refer to earlier ones. */
void     wsc_compression_forget_sent   (WscCompression *self);
