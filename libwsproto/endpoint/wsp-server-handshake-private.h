/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake of a server, for its two files: how it goes on, and how it fails. */
#pragma once

#include <libwsproto/session/wsp-session.h>
#include <libwsproto/session/wsp-session-error.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "endpoint/wsp-server-private.h"
#include "session/wsp-handshake-private.h"

G_BEGIN_DECLS

typedef enum                    /* wsp-server-handshake.c says what each waits for */
{
  WSP_SERVER_HANDSHAKE_READING,
  WSP_SERVER_HANDSHAKE_ASKING,
  WSP_SERVER_HANDSHAKE_UNDECIDED,
  WSP_SERVER_HANDSHAKE_ACCEPTING,
  WSP_SERVER_HANDSHAKE_REFUSING,
  WSP_SERVER_HANDSHAKE_OPEN,
  WSP_SERVER_HANDSHAKE_ENDED,
} WspServerHandshakeState;

struct _WspServerHandshake
{
  WspServerHandshakeState state;
  GList                   link; /* in the worker's pending */
  WspServerClient        *client;       /* NULL: OPEN */
  WspWorker              *worker;
  WspServerRules         *rules;
  WspUpgrade             *upgrade;
  WspHandshake           *handshake;    /* NULL: not needed so far */
  WspHandshakeSource      source;       /* of the connection */
  WspSession             *session;      /* from ACCEPTING on */
  WspServer              *server;       /* OPEN */
  WspConnection          *connection;   /* OPEN */
  WspHeadLog             *log;  /* NULL: nobody would hear it */
  WspDue                  due;  /* UNDECIDED: follows the decision; OPEN: emits `connection` */
  gint64                  begun;        /* when its transport was accepted */
  const char             *limit;        /* the property that was breached; NULL = none */
  guint8                  address[WSP_NATIVE_ADDRESS_SIZE];     /* as the system says it */
  gsize                   address_length;       /* 0 = the transport knows it */
};

/* To a later state; REFUSING: the response is written. */
void wsp_server_handshake_enter            (WspServerHandshake     *self,
                                            WspServerHandshakeState state);
/* Its object, which is there from then on: for the program, or as what the taps are told of. */
void wsp_server_handshake_ensure_object    (WspServerHandshake *self);

/* wsp-server-refusal.c */
/* Without an answer: nobody is there to read it. */
void wsp_server_handshake_fail             (WspServerHandshake *self,
                                            const GError       *error);
/* Takes the error, which becomes the body where the program gave none. */
void wsp_server_handshake_refuse           (WspServerHandshake *self,
                                            guint               status,
                                            WspHeaders         *headers,
                                            GBytes             *body,
                                            GError             *error);
void wsp_server_handshake_refuse_by_policy (WspServerHandshake *self,
                                            guint               status,
                                            const char         *text);
void wsp_server_handshake_refuse_fault     (WspServerHandshake *self,
                                            WscFault            fault);
/* The time for a handshake is over. */
void wsp_server_handshake_fail_late        (WspServerHandshake *self,
                                            const char         *what);
void wsp_server_handshake_refuse_late      (WspServerHandshake *self,
                                            guint               status,
                                            const char         *what);

G_END_DECLS
