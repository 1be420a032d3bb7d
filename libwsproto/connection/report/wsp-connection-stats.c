/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/report/wsp-connection-stats-private.h"

G_DEFINE_BOXED_TYPE (WspConnectionStats, wsp_connection_stats, wsp_connection_stats_ref,
                     wsp_connection_stats_unref)

WspConnectionStats *
wsp_connection_stats_new (const WspCounters * counters)
{
  WspConnectionStats *self = g_new0 (WspConnectionStats, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->counters = *counters;
  return self;
}

/**
 * wsp_connection_stats_get_messages_received:
 * @self: stats
 *
 * Gets the number of messages that were received whole.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_messages_received (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.messages_received;
}

/**
 * wsp_connection_stats_get_messages_sent:
 * @self: stats
 *
 * Gets the number of messages that were accepted for sending. Messages that were withdrawn or not
 * completed afterwards are counted, too.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_messages_sent (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.messages_sent;
}

/**
 * wsp_connection_stats_get_messages_skipped:
 * @self: stats
 *
 * Gets the number of messages of broadcasts that the connection did not get because it was slow,
 * see [property@Wsp.Server:slow-policy]. With %WSP_SLOW_POLICY_CLOSE the number stays 0.
 *
 * Returns: messages
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_messages_skipped (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->messages_skipped;
}

/**
 * wsp_connection_stats_get_payload_bytes_received:
 * @self: stats
 *
 * Gets the size of the received payload, uncompressed.
 * [method@Wsp.ConnectionStats.get_bytes_received] gets how many bytes were read from the
 * transport: both together show how well the peer compresses.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_payload_bytes_received (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.payload_received;
}

/**
 * wsp_connection_stats_get_payload_bytes_sent:
 * @self: stats
 *
 * Gets the size of the payload that was accepted for sending, before compression.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_payload_bytes_sent (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.payload_sent;
}

/**
 * wsp_connection_stats_get_bytes_received:
 * @self: stats
 *
 * Gets the number of bytes that were read, including the headers of frames. Bytes inside TLS are
 * counted without the encryption.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_bytes_received (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.bytes_received;
}

/**
 * wsp_connection_stats_get_bytes_sent:
 * @self: stats
 *
 * Gets the number of bytes that were passed to the operating system, including the headers of
 * frames.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_bytes_sent (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.bytes_sent;
}

/**
 * wsp_connection_stats_get_pings_sent:
 * @self: stats
 *
 * Gets the number of pings that were sent or are queued, those of keepalive too. See RFC 6455,
 * section 5.5.2.
 *
 * Returns: pings
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_pings_sent (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.pings_sent;
}

/**
 * wsp_connection_stats_get_pongs_received:
 * @self: stats
 *
 * Gets the number of received pongs, including those that answer no ping. See RFC 6455, section
 * 5.5.3.
 *
 * Returns: pongs
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_pongs_received (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.pongs_received;
}

/**
 * wsp_connection_stats_get_send_queue_bytes:
 * @self: stats
 *
 * Gets the size of the send queue, counted as for [property@Wsp.Limits:max-send-queue]. Bytes that
 * the operating system holds are not counted.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_send_queue_bytes (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->send_queue_bytes;
}

/**
 * wsp_connection_stats_get_send_queue_peak:
 * @self: stats
 *
 * Gets the largest size that the send queue has had.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_send_queue_peak (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counters.send_queue_peak;
}

/**
 * wsp_connection_stats_get_receive_buffer_bytes:
 * @self: stats
 *
 * Gets the size of the payload of messages that were incomplete, or that the program had not
 * received yet.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_receive_buffer_bytes (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->receive_buffer_bytes;
}

/**
 * wsp_connection_stats_get_compression_memory:
 * @self: stats
 *
 * Gets the memory that permessage-deflate held for this connection alone: the windows of both
 * directions with their tables. A window is allocated for the first compressed message of its
 * direction. Without context takeover the window is released at the end of each message, and other
 * connections use it.
 *
 * The largest value depends on the negotiated window bits and the memory level, see
 * [class@Wsp.DeflateOptions]. See RFC 7692, section 7.
 *
 * Returns: bytes, 0 if compression was not negotiated
 *
 * Since: 0.1
 */
guint64
wsp_connection_stats_get_compression_memory (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->compression_memory;
}

/**
 * wsp_connection_stats_get_age:
 * @self: stats
 *
 * Gets the time since the connection was opened.
 *
 * Returns: microseconds
 *
 * Since: 0.1
 */
gint64
wsp_connection_stats_get_age (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->age;
}

/**
 * wsp_connection_stats_get_idle_time:
 * @self: stats
 *
 * Gets the time since the last input from the peer.
 *
 * Returns: microseconds
 *
 * Since: 0.1
 */
gint64
wsp_connection_stats_get_idle_time (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->idle_time;
}

/**
 * wsp_connection_stats_ref:
 * @self: stats
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WspConnectionStats *
wsp_connection_stats_ref (WspConnectionStats *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wsp_connection_stats_unref:
 * @self: (transfer full): stats
 *
 * Gives up a reference; the last one frees them.
 *
 * Since: 0.1
 */
void
wsp_connection_stats_unref (WspConnectionStats *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}
