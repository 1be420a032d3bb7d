/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Waiting pongs: the payloads of pings that could not be answered at once, in their order (RFC
 * 6455 5.5.3).
 *
 * (1) Each entry is a byte for the length, and the payload; no payload is longer than 125.
 *
 * A list without entries is NULL, so that a comparison with NULL is enough. */

#include "core/stream/waiting-pongs.h"

#include "core/bytes/byte-order.h"
#include "core/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Returns the number of entries.  last: out, the offset of the last entry. */
static uint32_t
count_entries (const WscByteBuffer *self,
               size_t              *last)
{
  WscBytes bytes = wsc_byte_buffer_peek (self);
  uint32_t n = 0;

  *last = 0;
  for (size_t at = 0; at < bytes.length; at += 1u + bytes.at[at])
    {
      *last = at;
      n++;
    }
  return n;
}

void
wsc_waiting_pongs_add (WscByteBuffer **self,
                       WscBytes        payload,
                       uint32_t        max_waiting)
{
  uint8_t entry[1 + WSC_MAX_CONTROL_PAYLOAD];
  size_t last;

  assert (payload.length <= WSC_MAX_CONTROL_PAYLOAD);           /* (1) */
  if (*self == NULL && (*self = calloc (1, sizeof **self)) == NULL)
    return;

  /* A ping needs no pong if a later ping gets one: at the limit the new entry replaces the last
   * entry. */
  if (count_entries (*self, &last) >= max_waiting)
    wsc_byte_buffer_shrink (*self, last);

  entry[0] = (uint8_t) payload.length;
  if (payload.length > 0)
    memcpy (entry + 1, payload.at, payload.length);
  (void) wsc_byte_buffer_append (*self, (WscBytes) { entry, 1 + payload.length });
  if (wsc_byte_buffer_peek (*self).length == 0)
    wsc_waiting_pongs_clear (self);
}

WscBytes
wsc_waiting_pongs_peek (const WscByteBuffer *self)
{
  WscBytes bytes = wsc_byte_buffer_peek (self);

  return (WscBytes) { bytes.at + 1, bytes.at[0] };
}

void
wsc_waiting_pongs_take (WscByteBuffer **self)
{
  WscBytes bytes = wsc_byte_buffer_peek (*self);

  wsc_byte_buffer_forget (*self, 1u + bytes.at[0]);
  if (wsc_byte_buffer_peek (*self).length == 0)
    wsc_waiting_pongs_clear (self);
}

void
wsc_waiting_pongs_clear (WscByteBuffer **self)
{
  if (*self == NULL)
    return;
  wsc_byte_buffer_clear (*self);
  free (*self);
  *self = NULL;
}
