/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_STATS (wsp_stats_get_type ())

/**
 * WspStats:
 *
 * The counters of a connection at one moment. Stats do not change, and may be read in any thread.
 *
 * Since: 0.1
 */
typedef struct _WspStats WspStats;

WSP_AVAILABLE_IN_ALL
GType     wsp_stats_get_type                   (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_messages_received      (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_messages_sent          (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_payload_bytes_received (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_payload_bytes_sent     (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_bytes_received         (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_bytes_sent             (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_pings_sent             (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_pongs_received         (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_send_queue_bytes       (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_send_queue_peak        (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_receive_buffer_bytes   (WspStats *self);
WSP_AVAILABLE_IN_ALL
guint64   wsp_stats_get_compression_memory     (WspStats *self);
WSP_AVAILABLE_IN_ALL
gint64    wsp_stats_get_age                    (WspStats *self);
WSP_AVAILABLE_IN_ALL
gint64    wsp_stats_get_idle_time              (WspStats *self);
WSP_AVAILABLE_IN_ALL
WspStats *wsp_stats_ref                        (WspStats *self);
WSP_AVAILABLE_IN_ALL
void      wsp_stats_unref                      (WspStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspStats, wsp_stats_unref)

G_END_DECLS
