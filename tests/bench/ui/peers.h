/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Clients, in threads that know as much of the protocol as they need: each of their connections
 * opens, sends one message, reads the echo and closes. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* So many connections a second, for so long; returns how many ended well. */
guint peers_run (guint16 port,
                 guint   rate,
                 guint   ms);

G_END_DECLS
