/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/types.h"

#define WSC_KEEPALIVE_PAYLOAD 8         /* random bytes of a keepalive ping: no pong can be forged */
#define WSC_NO_DEADLINE INT64_MAX
#define WSC_LAST_TIME (INT64_MAX / 2)   /* later times count as this time, so that no deadline overflows */

typedef struct                  /* times in microseconds */
{
  int64_t  now;                 /* the latest time that was set; 0 = no time was set */
  int64_t  last_in, ping_sent;  /* times of the last input and of the keepalive ping; 0 = never;
                                   ping_sent is 0 also after its pong was taken */
  uint32_t pings_since;         /* start of the second in which the peer's pings are counted, in
                                   milliseconds, modulo 2^32 */
  uint32_t n_pings;
  uint8_t  payload[WSC_KEEPALIVE_PAYLOAD];
} WscKeepalive;

typedef enum
{
  WSC_KEEPALIVE_QUIET,
  WSC_KEEPALIVE_PING_DUE,
  WSC_KEEPALIVE_PEER_SILENT,
} WscKeepaliveVerdict;

WscKeepaliveVerdict wsc_keepalive_check        (WscKeepalive *self, const WscOptions *options,
                                                int64_t now);
void                wsc_keepalive_ping_sent    (WscKeepalive *self);
int64_t             wsc_keepalive_get_deadline (const WscKeepalive *self,
                                                const WscOptions   *options);
/* Counts a ping of the peer.  False: the peer has sent too many pings in this second. */
bool                wsc_keepalive_may_ping     (WscKeepalive *self, const WscOptions *options);

/* Returns whether payload is the payload of the last ping. */
bool                wsc_keepalive_is_pong        (const WscKeepalive *self, WscBytes payload);
/* Returns the time at which the last ping was sent; 0 if pong is not the pong to this ping, or if
 * the time was taken before. */
int64_t             wsc_keepalive_take_ping_time (WscKeepalive *self, WscBytes pong);

/* TRUE: nothing was received since the last ping. */
static inline bool
wsc_keepalive_is_waiting (const WscKeepalive *self)
{
  return self->last_in < self->ping_sent;
}

/* Notes that the peer was active now. */
static inline void
wsc_keepalive_note_input (WscKeepalive *self)
{
  self->last_in = self->now;
}
