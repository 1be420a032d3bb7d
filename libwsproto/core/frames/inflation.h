/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The received messages of a session with permessage-deflate: the inflater while it is needed, and
 * the counters of the message in progress. */
#pragma once

#include "core/frames/deflate-pool.h"

typedef struct
{
  WscInflater *inflater;        /* stream that inflates received messages; NULL while none is needed */
  WscDeflatePool *pool;         /* pool of streams; lent; NULL: streams are created and freed */
  WscBuffer output;             /* memory to inflate to; lent */
  uint64_t n_taken, n_inflated; /* bytes of the message: compressed bytes taken, inflated bytes produced */
  uint64_t work;                /* bytes inflated so far, and sixteen for each input byte */
  uint32_t n_unmasked;          /* leading unread bytes that are already unmasked */
  uint8_t  window_bits;         /* window bits of the peer's messages */
  uint8_t  keeps_context;       /* a message may refer to earlier ones */
  uint8_t  is_inside;           /* a message has begun and has not ended */
  uint8_t  is_used;             /* a message ended after the last wsc_inflation_suspend () */
} WscInflation;

void     wsc_inflation_init          (WscInflation *self, const WscDeflateParameters *agreed,
                                      WscRole role);
/* Calls for a message: begin, take its pieces, end.  The options limit its inflated size.  Taking a
 * piece sets *made to the bytes produced and removes the bytes taken from *input. */
void     wsc_inflation_begin_message (WscInflation *self);
WscFault wsc_inflation_take          (WscInflation *self, const WscOptions *options,
                                      WscBytes *input, WscBuffer output, size_t *made);
WscFault wsc_inflation_end_message   (WscInflation *self);
/* The window of the messages so far, for an observer: call it between messages.  to has room for
 * WSC_MAX_WINDOW_LENGTH.  Returns its length; 0: a message refers to no earlier one. */
size_t   wsc_inflation_copy_window   (const WscInflation *self, uint8_t *to);
/* Continues after messages of which only the window is known.  False: no memory. */
bool     wsc_inflation_set_window    (WscInflation *self, WscBytes window);
/* Does nothing while a message has not ended. */
void     wsc_inflation_suspend       (WscInflation *self);
/* inflated bytes per input byte so far, rounded up */
uint64_t wsc_inflation_get_ratio     (const WscInflation *self);
/* Call it when no more messages will be inflated: frees the inflater. */
void     wsc_inflation_stop          (WscInflation *self);
