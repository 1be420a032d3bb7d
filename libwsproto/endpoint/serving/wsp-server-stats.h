/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_SERVER_STATS (wsp_server_stats_get_type ())

typedef struct _WspServerStats WspServerStats;

/**
 * WspServerStats:
 * @connections_open: connections that are open or closing, as in
 *   [property@Wsp.Server:connections]
 * @connections_accepted: clients that were accepted: sockets of listeners, and streams of
 *   [method@Wsp.Server.accept_stream] and [method@Wsp.Server.adopt]; requests for ordinary HTTP
 *   are counted, too
 * @handshakes_pending: clients that were accepted and have no connection yet: those in the opening
 *   handshake, and those that get a response other than status 101
 * @refused_by_max_connections: clients that were refused because of
 *   [property@Wsp.Server:max-connections]
 * @refused_by_max_connections_per_address: clients that were refused because of
 *   [property@Wsp.Server:max-connections-per-address]
 * @refused_by_max_pending_handshakes: clients that were refused because of
 *   [property@Wsp.Server:max-pending-handshakes]
 * @refused_by_handshake_timeout: clients that were refused because of
 *   [property@Wsp.Limits:handshake-timeout]
 * @refused_by_head_limits: clients that were refused because of
 *   [property@Wsp.Limits:max-head-size] or [property@Wsp.Limits:max-header-fields]
 * @messages_received: messages that were received whole
 * @messages_sent: messages that were accepted for sending
 * @messages_skipped: messages of broadcasts that were not sent to receivers that were slow: one for
 *   each message and receiver
 * @bytes_received: bytes that were read, with the headers of frames, without opening handshakes,
 *   and without the encryption of TLS
 * @bytes_sent: bytes that were passed to the operating system
 * @send_queue_bytes: size of all send queues together, counted as for
 *   [property@Wsp.Limits:max-send-queue]
 *
 * The numbers of a server at one moment, the sums of all its workers. Messages and bytes are
 * counted as in [struct@Wsp.ConnectionStats], of all connections.
 * [method@Wsp.ServerStats.get_closed] gets how many connections have ended with a close code.
 *
 * Stats are a copy, which belongs to the program: the library does not change them any more, and
 * they may be read in any thread. A later version may have more members; the size stays.
 *
 * Since: 0.1
 */
struct _WspServerStats
{
  guint64 connections_open;
  guint64 connections_accepted;
  guint64 handshakes_pending;
  guint64 refused_by_max_connections;
  guint64 refused_by_max_connections_per_address;
  guint64 refused_by_max_pending_handshakes;
  guint64 refused_by_handshake_timeout;
  guint64 refused_by_head_limits;
  guint64 messages_received;
  guint64 messages_sent;
  guint64 messages_skipped;
  guint64 bytes_received;
  guint64 bytes_sent;
  guint64 send_queue_bytes;

  /*< private >*/
  guint64 closed[18];
  guint64 spare[16];            /* a new member takes one: scripts allocate stats of a fixed size */
};

WSP_AVAILABLE_IN_ALL
GType           wsp_server_stats_get_type   (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
guint64         wsp_server_stats_get_closed (const WspServerStats *self,
                                             guint                 code);
WSP_AVAILABLE_IN_ALL
WspServerStats *wsp_server_stats_copy       (const WspServerStats *self);
WSP_AVAILABLE_IN_ALL
void            wsp_server_stats_free       (WspServerStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspServerStats, wsp_server_stats_free)

G_END_DECLS
