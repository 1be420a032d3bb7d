/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Clients, in threads that know as much of the protocol as they need.  Their connections come from
 * four loopback addresses, as the ports of one run out. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* So many connections a second, for so long: each opens, sends one message, reads the echo and
 * closes.  Returns how many ended well. */
guint peers_run  (guint16 port,
                  guint   rate,
                  guint   ms);
/* So many messages a second on connections that stay open; returns how many were echoed. */
guint peers_talk (guint16 port,
                  guint   rate,
                  guint   ms,
                  guint   n_connections);

G_END_DECLS
