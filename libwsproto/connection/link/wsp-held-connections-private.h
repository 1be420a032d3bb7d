/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a main context that keep themselves alive until they are closed.  If the
 * context ends, no connection is closed any more, and each is let go. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* let_go: called with the connection if the context ends. */
void wsp_held_connections_add    (WspReactor    *reactor,
                                  gpointer       connection,
                                  GDestroyNotify let_go);
/* Does nothing for a connection that was let go. */
void wsp_held_connections_remove (WspReactor *reactor,
                                  gpointer    connection);

G_END_DECLS
