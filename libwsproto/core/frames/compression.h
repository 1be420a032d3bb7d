/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What one session needs once permessage-deflate was agreed: the streams of both directions while
 * they are needed, and what counts of the messages in progress. */
#pragma once

#include "core/frames/deflate-pool.h"

typedef struct
{
  WscDeflater *deflater;        /* NULL while none is needed */
  WscInflater *inflater;
  WscDeflatePool *pool;         /* lent; NULL: streams are made and freed */
  WscBuffer output;             /* lent: where to inflate to */
  uint64_t n_taken, n_inflated; /* bytes of the message that is coming */
  uint64_t work;                /* bytes inflated so far, and sixteen for each that was taken */
  uint32_t threshold;
  uint32_t n_unmasked;          /* bytes at the front of the unread that are unmasked already */
  WscDeflateParameters agreed;
  uint8_t  role, level, memory_level;
} WscCompression;

/* NULL: no memory.  No stream is made before the first message. */
WscCompression *wsc_compression_new  (const WscDeflateOptions    *options,
                                      const WscDeflateParameters *agreed,
                                      WscRole                     role);
void            wsc_compression_free (WscCompression *self);     /* NULL is fine */
bool            wsc_compression_keeps_context (const WscCompression *self);   /* of what is sent */
/* Bytes that it holds, those of its streams among them; NULL: 0. */
size_t          wsc_compression_get_memory    (const WscCompression *self);
/* Of what is sent; without context takeover a message is always compressed to the same. */
WscDeflateForm  wsc_compression_get_form      (const WscCompression *self);

/* Bytes made; those that were taken are gone from *input.  output has room for
 * WSC_DEFLATE_MIN_OUTPUT.  A fault, for want of memory, comes before anything is taken. */
WscFault wsc_compression_deflate (WscCompression *self, WscBytes *input, WscDeflateEnd end,
                                  WscBuffer output, size_t *made, bool *is_done);

/* A message comes, is inflated in pieces, ends.  What a message may grow to is in the options. */
void     wsc_compression_begin_message (WscCompression *self);
WscFault wsc_compression_inflate       (WscCompression *self, const WscOptions *options,
                                        WscBytes *input, WscBuffer output, size_t *made);
WscFault wsc_compression_end_message   (WscCompression *self);
/* Nobody knows what of the last message the peer has got: the next one refers to none before it. */
void     wsc_compression_forget_sent   (WscCompression *self);
/* times that it has grown so far, rounded up */
uint64_t wsc_compression_get_ratio     (const WscCompression *self);
/* Nothing will be inflated any more. */
void     wsc_compression_stop_inflating (WscCompression *self);
