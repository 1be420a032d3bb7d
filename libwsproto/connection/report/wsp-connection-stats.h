/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_CONNECTION_STATS (wsp_connection_stats_get_type ())

typedef struct _WspConnectionStats WspConnectionStats;

/**
 * WspConnectionStats:
 * @messages_received: messages that were received whole
 * @messages_sent: messages that were accepted for sending, including those that were withdrawn or
 *   not completed afterwards
 * @messages_skipped: messages of broadcasts that the connection did not get because it was slow,
 *   see [property@Wsp.Server:slow-policy]; 0 with %WSP_SLOW_POLICY_CLOSE
 * @payload_bytes_received: size of the received payload, uncompressed; with @bytes_received it
 *   shows how well the peer compresses
 * @payload_bytes_sent: size of the payload that was accepted for sending, before compression
 * @bytes_received: bytes that were read, including the headers of frames; bytes inside TLS are
 *   counted without the encryption
 * @bytes_sent: bytes that were passed to the operating system, including the headers of frames
 * @pings_sent: pings that were sent or are queued, those of keepalive too (RFC 6455, section 5.5.2)
 * @pongs_received: received pongs, including those that answer no ping (RFC 6455, section 5.5.3)
 * @send_queue_bytes: size of the send queue, counted as for [property@Wsp.Limits:max-send-queue],
 *   without bytes that the operating system holds
 * @send_queue_peak: largest size that the send queue has had, in bytes
 * @receive_buffer_bytes: size of the payload of messages that were incomplete, or that the program
 *   had not received yet
 * @compression_memory: bytes that permessage-deflate held for this connection alone; 0 if
 *   compression was not negotiated
 * @age_us: time since the connection was opened, in microseconds
 * @idle_time_us: time since the last input from the peer, in microseconds
 *
 * The numbers of a connection at one moment.
 *
 * Stats are a copy, which belongs to the program: the library does not change them any more, and
 * they may be read in any thread. A later version may have more members; the size stays.
 *
 * @compression_memory counts the windows of both directions with their tables. A window is
 * allocated for the first compressed message of its direction. Without context takeover the window
 * is released at the end of each message, and other connections use it. After five seconds without
 * a message only the contents of the windows are held, until the next message. The largest value
 * depends on the negotiated window bits and the memory level, see [class@Wsp.DeflateOptions] and
 * RFC 7692, section 7.
 *
 * Since: 0.1
 */
struct _WspConnectionStats
{
  guint64 messages_received;
  guint64 messages_sent;
  guint64 messages_skipped;
  guint64 payload_bytes_received;
  guint64 payload_bytes_sent;
  guint64 bytes_received;
  guint64 bytes_sent;
  guint64 pings_sent;
  guint64 pongs_received;
  guint64 send_queue_bytes;
  guint64 send_queue_peak;
  guint64 receive_buffer_bytes;
  guint64 compression_memory;
  gint64  age_us;
  gint64  idle_time_us;

  /*< private >*/
  guint64 spare[16];            /* a new member takes one: scripts allocate stats of a fixed size */
};

WSP_AVAILABLE_IN_ALL
GType               wsp_connection_stats_get_type (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspConnectionStats *wsp_connection_stats_copy     (const WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
void                wsp_connection_stats_free     (WspConnectionStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspConnectionStats, wsp_connection_stats_free)

G_END_DECLS
