/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* State of a session with permessage-deflate: the streams of both directions while they are needed,
 * and the counters of the messages in progress. */
#pragma once

#include "core/frames/deflate-pool.h"

typedef struct
{
  WscDeflater *deflater;        /* NULL while none is needed */
  WscInflater *inflater;
  WscDeflatePool *pool;         /* lent; NULL: streams are created and freed */
  WscBuffer output;             /* lent: where to inflate to */
  uint64_t n_taken, n_inflated; /* bytes of the message being received */
  uint64_t work;                /* bytes inflated so far, and sixteen for each input byte */
  uint32_t threshold;
  uint32_t n_unmasked;          /* leading unread bytes that are already unmasked */
  WscDeflateParameters agreed;
  uint8_t  role, level, memory_level;
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

/* Sets *made to the bytes produced and removes the bytes taken from *input.  output has room for
 * WSC_DEFLATE_MIN_OUTPUT.  Fails only without memory, before it takes any input. */
WscFault wsc_compression_deflate (WscCompression *self, WscBytes *input, WscDeflateEnd end,
                                  WscBuffer output, size_t *made, bool *is_done);

/* Calls for a received message: begin, inflate in pieces, end.  The options limit the inflated size
 * of the message. */
void     wsc_compression_begin_message (WscCompression *self);
WscFault wsc_compression_inflate       (WscCompression *self, const WscOptions *options,
                                        WscBytes *input, WscBuffer output, size_t *made);
WscFault wsc_compression_end_message   (WscCompression *self);
/* Call it after a message was sent only partly: the next message will not refer to earlier ones. */
void     wsc_compression_forget_sent   (WscCompression *self);
/* inflated bytes per input byte so far, rounded up */
uint64_t wsc_compression_get_ratio     (const WscCompression *self);
/* Call it when no more messages will be inflated: frees the inflater. */
void     wsc_compression_stop_inflating (WscCompression *self);
