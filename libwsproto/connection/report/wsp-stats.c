/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/report/wsp-stats-private.h"

G_DEFINE_BOXED_TYPE (WspStats, wsp_stats, wsp_stats_ref, wsp_stats_unref)

WspStats *
wsp_stats_new (const WspCounters * counters)
{
  WspStats *self = g_new0 (WspStats, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->counters = *counters;
  return self;
}

/**
 * wsp_stats_get_messages_received:
 * @self: stats
 *
 * Tells how many whole messages have come.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_messages_received (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.messages_received;
}

/**
 * wsp_stats_get_messages_sent:
 * @self: stats
 *
 * Tells how many messages were accepted for sending. Those that were taken back or cut off
 * afterwards are counted too.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_messages_sent (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.messages_sent;
}

/**
 * wsp_stats_get_payload_bytes_received:
 * @self: stats
 *
 * Tells how much payload was received, uncompressed. [method@Wsp.Stats.get_bytes_received]
 * tells how many bytes were read from the transport: the two together show how well the
 * peer compresses.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_payload_bytes_received (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.payload_received;
}

/**
 * wsp_stats_get_payload_bytes_sent:
 * @self: stats
 *
 * Tells how much the messages held that were accepted for sending, as the program gave
 * them.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_payload_bytes_sent (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.payload_sent;
}

/**
 * wsp_stats_get_bytes_received:
 * @self: stats
 *
 * Tells how much was read, headers of frames included. Inside TLS it is counted without
 * the encryption.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_bytes_received (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.bytes_received;
}

/**
 * wsp_stats_get_bytes_sent:
 * @self: stats
 *
 * Tells how much was handed to the operating system, headers of frames included.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_bytes_sent (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.bytes_sent;
}

/**
 * wsp_stats_get_pings_sent:
 * @self: stats
 *
 * Tells how many pings were sent by [method@Wsp.Connection.ping_async]; those of keepalive are not
 * counted. See RFC 6455, section 5.5.2.
 *
 * Returns: pings
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_pings_sent (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.pings_sent;
}

/**
 * wsp_stats_get_pongs_received:
 * @self: stats
 *
 * Tells how many pongs have come, asked for or not. See RFC 6455, section 5.5.3.
 *
 * Returns: pongs
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_pongs_received (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.pongs_received;
}

/**
 * wsp_stats_get_send_queue_bytes:
 * @self: stats
 *
 * Tells how much was queued to be sent, counted as for
 * [property@Wsp.Limits:max-send-queue]. Bytes that the operating system holds are not counted.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_send_queue_bytes (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->send_queue_bytes;
}

/**
 * wsp_stats_get_send_queue_peak:
 * @self: stats
 *
 * Tells how much was held at most, at any time, of what waits to be sent.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_send_queue_peak (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.send_queue_peak;
}

/**
 * wsp_stats_get_receive_buffer_bytes:
 * @self: stats
 *
 * Tells how much payload was held of messages that were not complete, or that the program
 * had not taken.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_receive_buffer_bytes (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->receive_buffer_bytes;
}

/**
 * wsp_stats_get_compression_memory:
 * @self: stats
 *
 * Tells how much memory permessage-deflate held for this connection alone: the windows of
 * both directions and what belongs to them. Each comes with the first compressed message; without
 * context takeover it goes with the message's end, to be shared by others.
 *
 * How much it may be depends on the agreed window bits and the memory level, see
 * [class@Wsp.DeflateOptions]. See RFC 7692, section 7.
 *
 * Returns: bytes, 0 where no compression was agreed on
 *
 * Since: 0.1
 */
guint64
wsp_stats_get_compression_memory (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->compression_memory;
}

/**
 * wsp_stats_get_age:
 * @self: stats
 *
 * Tells how long the connection had been open.
 *
 * Returns: microseconds
 *
 * Since: 0.1
 */
gint64
wsp_stats_get_age (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->age;
}

/**
 * wsp_stats_get_idle_time:
 * @self: stats
 *
 * Tells for how long nothing had come from the peer.
 *
 * Returns: microseconds
 *
 * Since: 0.1
 */
gint64
wsp_stats_get_idle_time (WspStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->idle_time;
}

/**
 * wsp_stats_ref:
 * @self: stats
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WspStats *
wsp_stats_ref (WspStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wsp_stats_unref:
 * @self: (transfer full): stats
 *
 * Gives up a reference; the last one frees them.
 *
 * Since: 0.1
 */
void
wsp_stats_unref (WspStats *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}
