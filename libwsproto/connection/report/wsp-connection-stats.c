/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/report/wsp-connection-stats-private.h"

G_DEFINE_BOXED_TYPE (WspConnectionStats, wsp_connection_stats, wsp_connection_stats_copy,
                     wsp_connection_stats_free)

WspConnectionStats *
wsp_connection_stats_new (const WspCounters * counters)
{
  WspConnectionStats *self = g_new0 (WspConnectionStats, 1);

  self->messages_received = counters->messages_received;
  self->messages_sent = counters->messages_sent;
  self->payload_bytes_received = counters->payload_received;
  self->payload_bytes_sent = counters->payload_sent;
  self->bytes_received = counters->bytes_received;
  self->bytes_sent = counters->bytes_sent;
  self->pings_sent = counters->pings_sent;
  self->pongs_received = counters->pongs_received;
  self->send_queue_peak = counters->send_queue_peak;
  return self;
}

/**
 * wsp_connection_stats_copy:
 * @self: stats
 *
 * Copies stats, also those that a program has in a variable of its own.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
WspConnectionStats *
wsp_connection_stats_copy (const WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * wsp_connection_stats_free:
 * @self: (transfer full): stats that the library has made
 *
 * Frees stats.
 *
 * Since: 0.1
 */
void
wsp_connection_stats_free (WspConnectionStats *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
