/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For endpoints: makes a connection from the transport of an opening handshake, and uses it. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/handshake/wsp-handshake.h>

#include "handshake/wsp-kept-handshake-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspHandshakeSource WspHandshakeSource;

struct _WspHandshakeSource      /* embedded in the object that knows how the connection was opened */
{
  WspHandshake *(*make) (WspHandshakeSource *self);     /* transfer full */
  WspKeptHandshake *(*keep) (WspHandshakeSource *self); /* transfer full */
  GQuark route;                 /* route of the server that fits the path; 0 = none */
};

/* Takes over the transport.  handshake: NULL if there is no handshake, or if its source is set
 * later.  initial_input: bytes that were read after the head; may be NULL. */
WspConnection *wsp_connection_new_for_transport (WspTransport *transport,
                                                 WspSession   *session,
                                                 WspHandshake *handshake,
                                                 GBytes       *initial_input);

WspReactor    *wsp_connection_peek_reactor      (WspConnection *self);
/* FALSE: closing has started, and the error is set. */
gboolean       wsp_connection_check_open        (WspConnection *self,
                                                 GError       **error);
/* The source makes the handshake when the handshake is first needed.  The source is not called
 * after wsp_connection_keep_handshake () and wsp_connection_drop_handshake (). */
void           wsp_connection_set_handshake_source (WspConnection      *self,
                                                    WspHandshakeSource *source);
/* Sets the address of the peer, a sockaddr of IPv4 or IPv6, which may be another one than that of
 * the transport. */
void           wsp_connection_set_remote_address  (WspConnection *self,
                                                   gconstpointer  address);
/* The route of the server that the handshake has, or had; 0 = none. */
GQuark         wsp_connection_peek_route        (WspConnection *self);
/* Call it when the callback or the handlers that were given the connection have returned: starts
 * the connection if it has a receiver of messages and was asked for nothing. */
void           wsp_connection_end_handing_out   (gpointer connection);
/* TLS of the transport ends at a proxy, and says nothing about the peer. */
void           wsp_connection_hide_tls          (WspConnection *self);
/* wsp_connection_send_quietly (), _close_quietly () and _drop_transport () send, close and abort as
 * the public calls do.  They may also be called in a tap of the connection: then they take effect
 * when all taps have returned. */
gboolean       wsp_connection_send_quietly      (WspConnection *self,
                                                 WspMessage    *message,
                                                 WspSendFlags   flags,
                                                 GError       **error);
/* For every broadcast: the receiver takes the message, or it is slow, and is skipped or closed.
 * FALSE: it does not take the message.  The receiver is closed, and the program notified, in a turn
 * that follows; what is said about wsp_connection_send_quietly () and taps holds here, too. */
gboolean       wsp_connection_offer             (WspConnection *self,
                                                 WspMessage    *message,
                                                 WspSendFlags   flags);
/* The rule of the server for slow receivers.  Call it before anything is sent.  Without the call
 * the receiver is skipped while its send queue is full. */
void           wsp_connection_set_slow_rule     (WspConnection *self,
                                                 WspSlowPolicy  policy,
                                                 guint          max_delay);
/* FALSE: a bit is no flag, and the error is set. */
gboolean       wsp_send_flags_check             (WspSendFlags flags,
                                                 GError     **error);
void           wsp_connection_close_quietly     (WspConnection *self,
                                                 guint16        code,
                                                 const char    *reason);
void           wsp_connection_drop_transport    (WspConnection *self);
/* In the child of a fork (): ends the connection, which is the parent's, without a byte, a signal
 * or a result.  Later calls fail. */
void           wsp_connection_leave             (WspConnection *self);
/* The program was called with the connection.  A handshake that it has not asked for and does not
 * know is kept as a block, from which an equal one is made later.  The caller has dropped its own
 * reference to the handshake. */
void           wsp_connection_keep_handshake    (WspConnection *self);
/* Drops the reference to the opening handshake, and forgets its source. */
void           wsp_connection_drop_handshake    (WspConnection *self);

G_END_DECLS
