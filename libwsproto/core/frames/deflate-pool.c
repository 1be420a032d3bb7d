/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Deflate pool: keeps streams for reuse, because creating a stream costs more than compressing a
 * short message.
 *
 * A stream from the pool holds nothing of an earlier message.
 */

#include "core/frames/deflate-pool.h"

#include <stddef.h>

void
wsc_deflate_pool_clear (WscDeflatePool *self)
{
  for (size_t i = 0; i < WSC_DEFLATE_POOL_SIZE; i++)
    {
      wsc_deflater_free (self->deflaters[i]);
      wsc_inflater_free (self->inflaters[i]);
    }
  *self = (WscDeflatePool) { { NULL }, { NULL } };
}

WscDeflater *
wsc_deflate_pool_take_deflater (WscDeflatePool *self,
                                uint8_t         window_bits,
                                uint8_t         level,
                                uint8_t         memory_level)
{
  for (size_t i = 0; self != NULL && i < WSC_DEFLATE_POOL_SIZE; i++)
    {
      WscDeflater *found = self->deflaters[i];

      if (found != NULL && wsc_deflater_is (found, window_bits, level, memory_level))
        {
          self->deflaters[i] = NULL;
          wsc_deflater_reset (found);
          return found;
        }
    }
  return wsc_deflater_new (window_bits, level, memory_level);
}

WscInflater *
wsc_deflate_pool_take_inflater (WscDeflatePool *self,
                                uint8_t         window_bits)
{
  for (size_t i = 0; self != NULL && i < WSC_DEFLATE_POOL_SIZE; i++)
    {
      WscInflater *found = self->inflaters[i];

      if (found != NULL && wsc_inflater_is (found, window_bits))
        {
          self->inflaters[i] = NULL;
          wsc_inflater_reset (found);
          return found;
        }
    }
  return wsc_inflater_new (window_bits);
}

void
wsc_deflate_pool_give_deflater (WscDeflatePool *self,
                                WscDeflater    *deflater)
{
  size_t place = 0;

  while (self != NULL && place < WSC_DEFLATE_POOL_SIZE - 1 && self->deflaters[place] != NULL)
    place++;

  if (self == NULL)
    {
      wsc_deflater_free (deflater);
      return;
    }
  wsc_deflater_free (self->deflaters[place]);
  self->deflaters[place] = deflater;
}

void
wsc_deflate_pool_give_inflater (WscDeflatePool *self,
                                WscInflater    *inflater)
{
  size_t place = 0;

  while (self != NULL && place < WSC_DEFLATE_POOL_SIZE - 1 && self->inflaters[place] != NULL)
    place++;

  if (self == NULL)
    {
      wsc_inflater_free (inflater);
      return;
    }
  wsc_inflater_free (self->inflaters[place]);
  self->inflaters[place] = inflater;
}
