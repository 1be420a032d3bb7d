/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Compression: passes the messages of one session through the streams of deflate.h, within its
 * limits (RFC 7692 7.2).
 *
 * A stream is created when a message needs it.  Without context takeover the stream is released at
 * the end of the message.  This file knows no frames and does not check text.
 *
 * Without context takeover no stream is held between messages.
 * A message never inflates to more than one byte above its limit.
 */

#include "core/frames/compression.h"

#include "core/limits.h"

#include <assert.h>
#include <stdlib.h>

/* inflated bytes above which the ratio is checked: harmless zeros also shrink by 1000 */
#define RATIO_CHECKED_FROM (1024u * 1024)
/* work that each byte of input counts as, because input costs time even if it gives no output */
#define WORK_OF_INPUT 16

WscCompression *
wsc_compression_new (const WscDeflateOptions    *options,
                     const WscDeflateParameters *agreed,
                     WscRole                     role)
{
  WscCompression *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  *self = (WscCompression) { .threshold = options->threshold, .agreed = *agreed,
                             .role = (uint8_t) role, .level = options->level,
                             .memory_level = options->memory_level };
  return self;
}

void
wsc_compression_free (WscCompression *self)
{
  if (self == NULL)
    return;

  wsc_deflater_free (self->deflater);
  wsc_inflater_free (self->inflater);
  free (self);
}

bool
wsc_compression_keeps_context (const WscCompression *self)
{
  return self->role == WSC_ROLE_CLIENT ? self->agreed.client_takeover
                                       : self->agreed.server_takeover;
}

static bool
keeps_context_of_peer (const WscCompression *self)
{
  return self->role == WSC_ROLE_CLIENT ? self->agreed.server_takeover
                                       : self->agreed.client_takeover;
}

size_t
wsc_compression_get_memory (const WscCompression *self)
{
  return self == NULL ? 0
                      : sizeof *self + wsc_deflater_get_memory (self->deflater)
         + wsc_inflater_get_memory (self->inflater);
}

WscDeflateForm
wsc_compression_get_form (const WscCompression *self)
{
  uint8_t bits = self->role == WSC_ROLE_CLIENT ? self->agreed.client_window_bits
                                               : self->agreed.server_window_bits;

  return (WscDeflateForm) { bits, self->level, self->memory_level };
}

static bool
ensure_deflater (WscCompression *self)
{
  WscDeflateForm form = wsc_compression_get_form (self);

  if (self->deflater == NULL)
    self->deflater = wsc_deflate_pool_take_deflater (self->pool, form.window_bits, form.level,
                                                     form.memory_level);
  return self->deflater != NULL;
}

static bool
ensure_inflater (WscCompression *self)
{
  uint8_t bits = self->role == WSC_ROLE_CLIENT ? self->agreed.server_window_bits
                                               : self->agreed.client_window_bits;

  if (self->inflater == NULL)
    self->inflater = wsc_deflate_pool_take_inflater (self->pool, bits);
  return self->inflater != NULL;
}

WscFault
wsc_compression_deflate (WscCompression *self,
                         WscBytes       *input,
                         WscDeflateEnd   end,
                         WscBuffer       output,
                         size_t         *made,
                         bool           *is_done)
{
  if (!ensure_deflater (self))
    return WSC_FAULT_OUT_OF_MEMORY;

  *made = wsc_deflater_take (self->deflater, input, end, output, is_done);
  if (*is_done && end == WSC_DEFLATE_MESSAGE && !wsc_compression_keeps_context (self))
    {
      wsc_deflate_pool_give_deflater (self->pool, self->deflater);
      self->deflater = NULL;
    }
  return WSC_FAULT_NONE;
}

void
wsc_compression_begin_message (WscCompression *self)
{
  assert (self->n_unmasked == 0);
  self->n_taken = 0;
  self->n_inflated = 0;
}

uint64_t
wsc_compression_get_ratio (const WscCompression *self)
{
  return self->n_taken > 0 ? (self->n_inflated + self->n_taken - 1) / self->n_taken : 0;
}

static bool
is_ratio_exceeded (const WscCompression *self,
                   const WscOptions     *options)
{
  return options->max_inflate_ratio > 0 && self->n_inflated > RATIO_CHECKED_FROM &&
         self->n_inflated / options->max_inflate_ratio > self->n_taken;
}

static WscFault
check_size (const WscCompression *self,
            const WscOptions     *options)
{
  if (self->n_inflated > options->max_message_length)
    return WSC_FAULT_MESSAGE_TOO_BIG;

  return is_ratio_exceeded (self, options) ? WSC_FAULT_INFLATE_RATIO_TOO_HIGH : WSC_FAULT_NONE;
}

/* Room for one byte above the limit, which shows that the message exceeds the limit. */
static WscBuffer
limited (const WscCompression *self,
         const WscOptions     *options,
         WscBuffer             output)
{
  uint64_t most = options->max_message_length;
  uint64_t left = self->n_inflated < most ? most - self->n_inflated : 0;

  if (left < output.length)
    output.length = (size_t) left + 1;
  return output;
}

WscFault
wsc_compression_inflate (WscCompression   *self,
                         const WscOptions *options,
                         WscBytes         *input,
                         WscBuffer         output,
                         size_t           *made)
{
  size_t length = input->length;
  WscFault fault = WSC_FAULT_OUT_OF_MEMORY;

  *made = 0;
  if (ensure_inflater (self))
    fault = wsc_inflater_take (self->inflater, input, limited (self, options, output), made);
  self->n_taken += length - input->length;
  self->n_inflated += *made;
  self->work += *made + WORK_OF_INPUT * (length - input->length);
  return fault == WSC_FAULT_NONE ? check_size (self, options) : fault;
}

WscFault
wsc_compression_end_message (WscCompression *self)
{
  WscFault fault = ensure_inflater (self) ? wsc_inflater_end (self->inflater)
                                        : WSC_FAULT_OUT_OF_MEMORY;

  if (fault == WSC_FAULT_NONE && !keeps_context_of_peer (self))
    {
      wsc_deflate_pool_give_inflater (self->pool, self->inflater);
      self->inflater = NULL;
    }
  return fault;
}

void
wsc_compression_forget_sent (WscCompression *self)
{
  wsc_deflater_free (self->deflater);
  self->deflater = NULL;
}

void
wsc_compression_stop_inflating (WscCompression *self)
{
  wsc_inflater_free (self->inflater);
  self->inflater = NULL;
  self->n_unmasked = 0;
}
