/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake of a server. */
#pragma once

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/session/wsp-session.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "endpoint/serving/wsp-server-private.h"
#include "handshake/wsp-handshake-private.h"
#include "handshake/wsp-http-request-private.h"

G_BEGIN_DECLS

typedef enum                    /* wsp-server-handshake.c says what each waits for */
{
  WSP_SERVER_HANDSHAKE_READING,
  WSP_SERVER_HANDSHAKE_ASKING,
  WSP_SERVER_HANDSHAKE_UNDECIDED,
  WSP_SERVER_HANDSHAKE_DECIDED,
  WSP_SERVER_HANDSHAKE_ACCEPTING,
  WSP_SERVER_HANDSHAKE_RESPONDING,
  WSP_SERVER_HANDSHAKE_OPEN,
  WSP_SERVER_HANDSHAKE_ENDED,
} WspServerHandshakeState;

struct _WspServerHandshake
{
  WspServerHandshakeState state;
  WspStage                stage;
  GList                   link; /* link in the worker's list of pending handshakes of this stage */
  WspServerClient        *client;       /* client of the handshake; not used from OPEN on */
  WspWorker              *worker;
  WspServerRules         *rules;
  WspUpgrade             *upgrade;
  WspHandshake           *handshake;    /* handshake as an object; NULL: not needed yet */
  WspHttpRequest         *http_request; /* request for the signal `http-request`, which has the
                                           handshake; NULL: the request is not for it */
  const WspHandshakeFuncs *funcs;       /* functions that the WspHandshake calls */
  WspHandshakeSource      source;       /* source from which the connection gets its handshake */
  WspSession             *session;      /* session of the connection; set from ACCEPTING on */
  WspServer              *server;       /* server that gets the connection; set when OPEN */
  WspConnection          *connection;   /* connection that was made; set when OPEN */
  WspHeadLog             *log;  /* bytes of the exchange, for the taps; NULL: there are no taps */
  WspDue                  due;  /* DECIDED: notifies, follows the decision; OPEN: emits `connection` */
  gint64                  begun;        /* when the transport was accepted */
  gboolean                is_refused;   /* a request for ordinary HTTP: the server, not the program, has refused it */
  GQuark                  route;        /* route that fits the path of the request; 0 = none */
  const char             *limit;        /* property of the limit that was exceeded; NULL = none */
  WspNativeAddress        address;      /* address of the client; AF_UNSPEC: ask the transport */
  gboolean                is_proxied;   /* the listener is for the PROXY protocol */
  gboolean                is_trusted;   /* the request comes from a proxy that knows the client */
};

/* wsp-server-handshake-state.c */
/* Enters a later state.  The response must be written before RESPONDING is entered. */
void wsp_server_handshake_enter            (WspServerHandshake     *self,
                                            WspServerHandshakeState state);
WspHandshake *wsp_server_handshake_make_object (WspServerHandshake *self);
/* Creates the WspHandshake, for the program or as the source of taps; its head may be incomplete or
 * break a rule. */
void wsp_server_handshake_ensure_object    (WspServerHandshake *self);

/* If the handshake has ended without a decision: cancels the work of the program for it, in a due
 * call, as this runs code of the program. */
void wsp_server_handshake_cancel_later     (WspServerHandshake *self);

/* TRUE: pages may reach the server by a name of this machine, which their Host tells. */
gboolean wsp_server_handshake_is_on_loopback (WspServerHandshake *self);
/* FALSE: the transport is to be asked. */
gboolean wsp_server_handshake_has_address  (WspServerHandshake *self);
/* When a wait that begins now ends; WSP_TIMER_NEVER: no limit. */
gint64 wsp_server_handshake_get_deadline   (WspServerHandshake *self,
                                            gint64              now);
/* Enters a later stage of READING. */
void wsp_server_handshake_set_stage        (WspServerHandshake *self,
                                            WspStage            stage);
/* TRUE: more handshakes than max-pending-handshakes are in the stage. */
gboolean wsp_server_handshake_are_too_many (WspServerHandshake *self,
                                            WspStage            stage);

/* wsp-server-response.c */
/* Ends the handshake without a response, because the peer could not read it.  Takes the error. */
void wsp_server_handshake_fail             (WspServerHandshake *self,
                                            GError             *error);
/* Takes the error.  body NULL: the body is the error's text. */
void wsp_server_handshake_refuse           (WspServerHandshake *self,
                                            guint               status,
                                            WspHeaders         *headers,
                                            GBytes             *body,
                                            GError             *error);
/* The body is text; the error's text is text with details added. */
void wsp_server_handshake_refuse_by_policy (WspServerHandshake *self,
                                            guint               status,
                                            const char         *text,
                                            const char         *details);
/* Refuses ordinary HTTP at a path of which the server has nothing. */
void wsp_server_handshake_refuse_by_path   (WspServerHandshake *self);
/* Refuses the request because of max-connections-per-address. */
void wsp_server_handshake_refuse_by_address (WspServerHandshake *self);
/* For max-connections: another server may take the client. */
void wsp_server_handshake_refuse_by_connections (WspServerHandshake *self);
/* For max-pending-handshakes; without a response to a client that has sent nothing, or that does
 * not read its response. */
void wsp_server_handshake_refuse_by_pending (WspServerHandshake *self);
void wsp_server_handshake_refuse_fault     (WspServerHandshake *self,
                                            WscFault            fault);
/* The error of a stream that has ended before the request was complete.  version: UNKNOWN before
 * the TLS handshake has ended. */
GError *wsp_server_handshake_describe_end  (const GError       *error,
                                            GTlsProtocolVersion version);
/* The response that a handler has decided for ordinary HTTP.  headers and body may be NULL. */
void wsp_server_handshake_respond          (WspServerHandshake *self,
                                            guint               status,
                                            WspHeaders         *headers,
                                            GBytes             *body);
/* In READING: the request is for ordinary HTTP. */
void wsp_server_handshake_take_http        (WspServerHandshake *self);
/* The time is over: refuses with the status, and a client beyond max-connections that has less time
 * as wsp_server_handshake_refuse_by_connections () does.  status 0: without a response. */
void wsp_server_handshake_refuse_by_time   (WspServerHandshake *self,
                                            guint               status,
                                            const char         *what);

G_END_DECLS
