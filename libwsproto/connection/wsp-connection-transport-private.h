/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For endpoints: a connection of a transport that has carried the opening handshake. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/session/wsp-handshake.h>

#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

/* Takes over the transport.  initial_input: what was read behind the head;
 * may be NULL. */
WspConnection *wsp_connection_new_for_transport (WspTransport *transport,
                                                 WspSession   *session,
                                                 WspHandshake *handshake,
                                                 GBytes       *initial_input);
typedef void (*WspConnectionEndedFunc) (WspConnection *connection,
                                        gpointer       owner);

/* Called behind the handlers of `closed`; NULL: nobody is.  One owner at a time. */
void           wsp_connection_set_ended_func    (WspConnection         *self,
                                                 WspConnectionEndedFunc ended,
                                                 gpointer               owner);
/* What the program does not hold of the opening handshake is freed. */
void           wsp_connection_drop_handshake    (WspConnection *self);

G_END_DECLS
