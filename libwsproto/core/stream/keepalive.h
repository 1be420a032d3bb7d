/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/types.h"

#define WSC_KEEPALIVE_PAYLOAD 8         /* random octets of a keepalive ping: no pong can be forged */
#define WSC_NO_DEADLINE INT64_MAX
#define WSC_LAST_TIME (INT64_MAX / 2)   /* later ones count as this: no deadline overflows */

typedef struct                  /* times in microseconds */
{
  int64_t  now;                 /* as last told; 0 = nobody told the time */
  int64_t  last_in, ping_sent;  /* 0 = never; ping_sent also 0 when something came since */
  int64_t  pings_since;         /* begin of the second in which the peer's pings are counted */
  uint32_t n_pings;
  uint8_t  payload[WSC_KEEPALIVE_PAYLOAD];
} WscKeepalive;

typedef enum
{
  WSC_KEEPALIVE_QUIET,
  WSC_KEEPALIVE_PING_DUE,
  WSC_KEEPALIVE_PEER_DEAD,
} WscKeepaliveVerdict;

WscKeepaliveVerdict wsc_keepalive_judge        (WscKeepalive *self, const WscOptions *options,
                                                int64_t now);
void                wsc_keepalive_ping_sent    (WscKeepalive *self);
int64_t             wsc_keepalive_get_deadline (const WscKeepalive *self,
                                                const WscOptions   *options);
/* counts the peer's pings */
bool                wsc_keepalive_may_ping     (WscKeepalive *self, const WscOptions *options);

/* the peer lives */
static inline void
wsc_keepalive_heard (WscKeepalive *self)
{
  self->last_in = self->now;
}
