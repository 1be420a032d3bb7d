/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A listener of a server, in the server's context. */
#pragma once

#include "endpoint/serving/wsp-server-private.h"
#include "endpoint/serving/wsp-socket-file-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

#define WSP_LISTENER_MAX_SOCKETS 2      /* one for each family of loopback */

/* Takes listening sockets; the first one's address is the listener's.  Takes file, which may be
 * NULL.  On error the sockets stay open.  The listener is not in the server's list yet. */
WspListener *wsp_listener_new            (WspServer      *server,
                                          WspListenFlags  flags,
                                          GSocket *const *sockets,
                                          guint           n_sockets,
                                          WspStreamOwner  owner,
                                          WspSocketFile  *file,
                                          GError        **error);
gboolean     wsp_listener_is_open        (WspListener *self);
gboolean     wsp_listener_has_socket     (WspListener *self,
                                          GSocket     *socket);
/* In the child of a fork (): accepts in another reactor. */
void         wsp_listener_move           (WspListener *self,
                                          WspReactor  *reactor);
/* Closes the sockets; the listener stays in the list.  Does nothing if the listener is closed. */
void         wsp_listener_end            (WspListener *self);

G_END_DECLS
