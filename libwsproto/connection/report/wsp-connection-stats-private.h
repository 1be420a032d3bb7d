/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/report/wsp-connection-stats.h"

G_BEGIN_DECLS

typedef struct                  /* the counters of a connection */
{
  guint64 messages_received, messages_sent;
  guint64 payload_received, payload_sent;
  guint64 bytes_received, bytes_sent;
  guint64 send_queue_peak;
  guint32 pings_sent, pongs_received;
} WspCounters;

/* All members except the counters are zero. */
WspConnectionStats *wsp_connection_stats_new (const WspCounters *counters);

G_END_DECLS
