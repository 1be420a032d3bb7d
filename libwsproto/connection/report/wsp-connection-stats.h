/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_CONNECTION_STATS (wsp_connection_stats_get_type ())

/**
 * WspConnectionStats:
 *
 * The counters of a connection at one moment. Stats do not change, and may be read in any thread.
 *
 * Since: 0.1
 */
typedef struct _WspConnectionStats WspConnectionStats;

WSP_AVAILABLE_IN_ALL
GType     wsp_connection_stats_get_type                   (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_messages_received      (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_messages_sent          (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_messages_skipped       (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_payload_bytes_received (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_payload_bytes_sent     (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_bytes_received         (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_bytes_sent             (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_pings_sent             (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_pongs_received         (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_send_queue_bytes       (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_send_queue_peak        (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_receive_buffer_bytes   (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_connection_stats_get_compression_memory     (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
gint64    wsp_connection_stats_get_age                    (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
gint64    wsp_connection_stats_get_idle_time              (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
WspConnectionStats *wsp_connection_stats_ref                        (WspConnectionStats *self);
WSP_AVAILABLE_IN_ALL
void      wsp_connection_stats_unref                      (WspConnectionStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspConnectionStats, wsp_connection_stats_unref)

G_END_DECLS
