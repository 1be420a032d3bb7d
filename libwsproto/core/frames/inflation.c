/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Inflation: passes the received messages of one session through the inflaters of deflate.h, within
 * the limits of the session (RFC 7692 7.2.2).
 *
 * An inflater is created when a message needs it.  Without context takeover no inflater is held
 * between messages.  This file knows no frames and does not check text.
 * A message never inflates to more than one byte above its limit.
 *
 * docs/rationales/compression.md has the reasons.
 */

#include "core/frames/inflation.h"

#include "core/limits.h"

#include <assert.h>

/* inflated bytes above which the ratio is checked: harmless zeros also shrink by 1000 */
#define RATIO_CHECKED_FROM (1024u * 1024)
/* work that each byte of input counts as, because input costs time even if it gives no output */
#define WORK_OF_INPUT 16

void
wsc_inflation_init (WscInflation               *self,
                    const WscDeflateParameters *agreed,
                    WscRole                     role)
{
  const bool is_client = role == WSC_ROLE_CLIENT;

  *self = (WscInflation) {
    .window_bits = is_client ? agreed->server_window_bits : agreed->client_window_bits,
    .keeps_context = is_client ? agreed->server_takeover : agreed->client_takeover,
  };
}

static bool
ensure_inflater (WscInflation *self)
{
  if (self->inflater == NULL)
    self->inflater = wsc_deflate_pool_take_inflater (self->pool, self->window_bits);
  return self->inflater != NULL;
}

void
wsc_inflation_begin_message (WscInflation *self)
{
  assert (self->n_unmasked == 0);
  self->n_taken = 0;
  self->n_inflated = 0;
  self->is_inside = true;
}

uint64_t
wsc_inflation_get_ratio (const WscInflation *self)
{
  return self->n_taken > 0 ? (self->n_inflated + self->n_taken - 1) / self->n_taken : 0;
}

static bool
is_ratio_exceeded (const WscInflation *self,
                   const WscOptions   *options)
{
  return options->max_inflate_ratio > 0 && self->n_inflated > RATIO_CHECKED_FROM &&
         self->n_inflated / options->max_inflate_ratio > self->n_taken;
}

static WscFault
inflation_check_size (const WscInflation *self,
                      const WscOptions   *options)
{
  if (self->n_inflated > options->max_message_length)
    return WSC_FAULT_MESSAGE_TOO_BIG;

  return is_ratio_exceeded (self, options) ? WSC_FAULT_INFLATE_RATIO_TOO_HIGH : WSC_FAULT_NONE;
}

/* Room for one byte above the limit, which shows that the message exceeds the limit. */
static WscBuffer
inflation_limited (const WscInflation *self,
                   const WscOptions   *options,
                   WscBuffer           output)
{
  uint64_t most = options->max_message_length;
  uint64_t left = self->n_inflated < most ? most - self->n_inflated : 0;

  if (left < output.length)
    output.length = (size_t) left + 1;
  return output;
}

WscFault
wsc_inflation_take (WscInflation     *self,
                    const WscOptions *options,
                    WscBytes         *input,
                    WscBuffer         output,
                    size_t           *made)
{
  size_t length = input->length;
  WscFault fault = WSC_FAULT_OUT_OF_MEMORY;

  *made = 0;
  if (ensure_inflater (self))
    fault =
      wsc_inflater_take (self->inflater, input, inflation_limited (self, options, output), made);
  self->n_taken += length - input->length;
  self->n_inflated += *made;
  self->work += *made + WORK_OF_INPUT * (length - input->length);
  return fault == WSC_FAULT_NONE ? inflation_check_size (self, options) : fault;
}

WscFault
wsc_inflation_end_message (WscInflation *self)
{
  WscFault fault = ensure_inflater (self) ? wsc_inflater_end (self->inflater)
                                        : WSC_FAULT_OUT_OF_MEMORY;

  if (fault == WSC_FAULT_NONE && !self->keeps_context)
    {
      wsc_deflate_pool_give_inflater (self->pool, self->inflater);
      self->inflater = NULL;
    }
  self->is_inside = false;
  self->is_used = self->inflater != NULL;
  return fault;
}

void
wsc_inflation_suspend (WscInflation *self)
{
  self->is_used = false;
  if (self->inflater != NULL && !self->is_inside)
    wsc_inflater_suspend (self->inflater);
}

size_t
wsc_inflation_copy_window (const WscInflation *self,
                           uint8_t            *to)
{
  return self->inflater != NULL ? wsc_inflater_copy_window (self->inflater, to) : 0;
}

bool
wsc_inflation_set_window (WscInflation *self,
                          WscBytes      window)
{
  wsc_inflation_stop (self);
  return ensure_inflater (self) && wsc_inflater_set_window (self->inflater, window);
}

void
wsc_inflation_stop (WscInflation *self)
{
  wsc_inflater_free (self->inflater);
  self->inflater = NULL;
  self->n_unmasked = 0;
}
