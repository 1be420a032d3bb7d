/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The addresses of what a tap observes, as they are recorded. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

/* source: a connection, or a handshake that failed; of that the own address is not known.
 * "192.0.2.1:80"; NULL: not known. */
void wsi_socket_addresses_describe (GObject *source,
                                    char   **local,
                                    char   **remote);

G_END_DECLS
