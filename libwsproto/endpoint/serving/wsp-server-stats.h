/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_SERVER_STATS (wsp_server_stats_get_type ())

/**
 * WspServerStats:
 *
 * The counters of a server at one moment, the sums of all its workers. Stats do not change, and may
 * be read in any thread.
 *
 * Since: 0.1
 */
typedef struct _WspServerStats WspServerStats;

WSP_AVAILABLE_IN_ALL
GType   wsp_server_stats_get_type (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_open (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_pending (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_accepted (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_refused_by_max_connections (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_refused_by_max_connections_per_address (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_refused_by_max_pending_handshakes (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_refused_by_handshake_timeout (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_refused_by_head_limits (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_closed (WspServerStats *self,
                                     guint           code);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_messages_received (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_messages_sent (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_bytes_received (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_bytes_sent (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_queued (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
guint64 wsp_server_stats_get_skipped (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
WspServerStats *wsp_server_stats_ref (WspServerStats *self);
WSP_AVAILABLE_IN_ALL
void wsp_server_stats_unref (WspServerStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspServerStats, wsp_server_stats_unref)

G_END_DECLS
