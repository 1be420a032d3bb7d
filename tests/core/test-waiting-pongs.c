/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/stream/waiting-pongs.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

#define MAX_WAITING 4

static void
add (WscByteBuffer **pongs,
     uint8_t         byte,
     size_t          length)
{
  uint8_t payload[WSC_MAX_CONTROL_PAYLOAD];

  memset (payload, byte, sizeof payload);
  wsc_waiting_pongs_add (pongs, (WscBytes) { length > 0 ? payload : NULL, length }, MAX_WAITING);
}

static bool
is_next (WscByteBuffer **pongs,
         uint8_t         byte,
         size_t          length)
{
  const WscBytes payload = *pongs != NULL ? wsc_waiting_pongs_peek (*pongs)
                                          : (WscBytes) { NULL, 0 };
  const bool is_right = payload.at != NULL && payload.length == length &&
                        (length == 0 ||
                         (payload.at[0] == byte && payload.at[length - 1] == byte));

  if (is_right)
    wsc_waiting_pongs_take (pongs);
  return is_right;
}

int
main (void)
{
  WscByteBuffer *pongs = NULL;

  add (&pongs, 'a', 1);
  add (&pongs, 'b', 0);
  add (&pongs, 'c', 125);
  tap_point (is_next (&pongs, 'a', 1) && is_next (&pongs, 'b', 0) && is_next (&pongs, 'c', 125),
             "/core/waiting-pongs/order/TRAP-7-first-ping-first-pong");
  tap_point (pongs == NULL, "/core/waiting-pongs/order/empty-list-owns-nothing");

  for (uint8_t i = 0; i < MAX_WAITING + 3; i++)
    add (&pongs, (uint8_t) ('a' + i), 2);
  tap_point (is_next (&pongs, 'a', 2) && is_next (&pongs, 'b', 2) && is_next (&pongs, 'c', 2) &&
             is_next (&pongs, 'g', 2) && pongs == NULL,
             "/core/waiting-pongs/limit/WS-141-SEC-65-newest-replaces-the-last");

  add (&pongs, 'z', 125);
  wsc_waiting_pongs_clear (&pongs);
  tap_point (pongs == NULL, "/core/waiting-pongs/clear/gives-the-memory-back");
  return tap_end ();
}
