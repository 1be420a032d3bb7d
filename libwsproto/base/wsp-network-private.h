/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes GLib's default proxy resolver.  GLib makes its default objects under a lock, and libproxy
 * gets the network monitor meanwhile.  A thread that made the monitor at that moment would wait for
 * the lock, and the resolver for the monitor. */
static inline void
wsp_network_make_resolver (void)
{
  (void) g_proxy_resolver_get_default ();
}

/* Returns GLib's network monitor, after the resolver. */
static inline GNetworkMonitor *
wsp_network_get_monitor (void)
{
  wsp_network_make_resolver ();
  return g_network_monitor_get_default ();
}

G_END_DECLS
