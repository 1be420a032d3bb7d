/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TCP port that is in use: which program listens at it, and which port is free instead. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The owner of a port: its name in quotes, escaped, and the number of its process.  NULL: not
 * known, as for a program of another user. */
char   *wsi_port_dup_owner (guint    port,
                            guint64 *process);
/* The next free port after this one.  host: an IP address; NULL = this computer only.  0: none is
 * near. */
guint16 wsi_port_find_free (const char *host,
                            guint16     port);

G_END_DECLS
