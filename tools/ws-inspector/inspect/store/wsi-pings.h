/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pings of one conversation that wait for their pongs.  A pong gets the round trip of its
 * ping. */
#pragma once

#include "inspect/store/wsi-record.h"

G_BEGIN_DECLS

typedef struct                  /* pings of one conversation; all zero: there are none */
{
  GArray *pings[2];             /* pings without a pong, by direction; NULL: there was none */
} WsiPings;

void wsi_pings_clear     (WsiPings *self);
void wsi_pings_take_ping (WsiPings        *self,
                          const WsiRecord *record,
                          const guint8    *payload,
                          gsize            length);
/* Takes a pong, which answers the latest ping with its payload, and all before it (RFC 6455
 * 5.5.3). */
void wsi_pings_take_pong (WsiPings     *self,
                          WsiRecord    *record,
                          const guint8 *payload,
                          gsize         length);

G_END_DECLS
