/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Compression: passes the sent messages of one session through the deflaters of deflate.h (RFC 7692
 * 7.2.1); inflation.c has the received messages.
 *
 * A deflater is created when a message needs it.  Without context takeover no deflater is held
 * between messages.  This file knows no frames.
 *
 * docs/rationales/compression.md has the reasons.
 */

#include "core/frames/compression.h"

#include "core/limits.h"

#include <stdlib.h>

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
  wsc_inflation_init (&self->inflation, agreed, role);
  return self;
}

void
wsc_compression_free (WscCompression *self)
{
  if (self == NULL)
    return;

  wsc_deflater_free (self->deflater);
  wsc_inflation_stop (&self->inflation);
  free (self);
}

bool
wsc_compression_keeps_context (const WscCompression *self)
{
  return self->role == WSC_ROLE_CLIENT ? self->agreed.client_takeover
                                       : self->agreed.server_takeover;
}

size_t
wsc_compression_get_memory (const WscCompression *self)
{
  if (self == NULL)
    return 0;

  return sizeof *self + wsc_deflater_get_memory (self->deflater) +
         wsc_inflater_get_memory (self->inflation.inflater);
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
    self->deflater = wsc_deflate_pool_take_deflater (self->inflation.pool, form.window_bits,
                                                     form.level, form.memory_level);
  return self->deflater != NULL;
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
  self->is_inside = !(*is_done && end == WSC_DEFLATE_MESSAGE);
  if (!self->is_inside && (self->begins_anew || !wsc_compression_keeps_context (self)))
    {
      wsc_deflate_pool_give_deflater (self->inflation.pool, self->deflater);
      self->deflater = NULL;
      self->begins_anew = false;
    }
  self->is_used = !self->is_inside && self->deflater != NULL;
  return WSC_FAULT_NONE;
}

void
wsc_compression_suspend (WscCompression *self)
{
  self->is_used = false;
  if (self->deflater != NULL && !self->is_inside)
    wsc_deflater_suspend (self->deflater);
  wsc_inflation_suspend (&self->inflation);
}

void
wsc_compression_forget_sent (WscCompression *self)
{
  wsc_deflater_free (self->deflater);
  self->deflater = NULL;
  self->is_inside = self->begins_anew = false;
}

void
wsc_compression_begin_anew (WscCompression *self)
{
  if (self->is_inside)
    self->begins_anew = true;
  else
    wsc_compression_forget_sent (self);
}
