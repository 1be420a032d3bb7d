/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For endpoints: a connection of a transport that has carried the opening handshake. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/session/wsp-handshake.h>

#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspHandshakeSource WspHandshakeSource;

struct _WspHandshakeSource      /* embedded in the object that knows how the connection was opened */
{
  WspHandshake *(*make) (WspHandshakeSource *self);     /* transfer full */
};

/* Takes over the transport.  handshake: NULL where there is none, or a source of it.
 * initial_input: bytes that were read after the head; may be NULL. */
WspConnection *wsp_connection_new_for_transport (WspTransport *transport,
                                                 WspSession   *session,
                                                 WspHandshake *handshake,
                                                 GBytes       *initial_input);
typedef void (*WspConnectionEndedFunc) (WspConnection *connection,
                                        gpointer       owner);

/* Called after the handlers of `closed`; NULL: no function is called.  One owner at a time. */
void           wsp_connection_set_ended_func    (WspConnection         *self,
                                                 WspConnectionEndedFunc ended,
                                                 gpointer               owner);
/* The source makes the handshake when it is first asked for, unless it was dropped before. */
void           wsp_connection_set_handshake_source (WspConnection      *self,
                                                    WspHandshakeSource *source);
/* As the calls of the program, also for an endpoint that is used in a tap of the connection: what
 * they do takes effect when all taps have returned. */
gboolean       wsp_connection_send_quietly      (WspConnection *self,
                                                 WspMessage    *message,
                                                 GError       **error);
/* TRUE: the connection belongs to the main context of this reactor.  Other threads only send by
 * wsp_connection_send_from_thread (). */
gboolean       wsp_connection_is_in_context     (WspConnection *self,
                                                 WspReactor    *reactor);
void           wsp_connection_close_quietly     (WspConnection *self,
                                                 guint16        code,
                                                 const char    *reason);
void           wsp_connection_drop_transport    (WspConnection *self);
/* Drops the reference to the opening handshake, and forgets its source. */
void           wsp_connection_drop_handshake    (WspConnection *self);

G_END_DECLS
