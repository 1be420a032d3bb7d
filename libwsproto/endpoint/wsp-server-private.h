/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server's struct, for its files. */
#pragma once

#include <libwsproto/endpoint/wsp-server.h>

#include "reactor/wsp-completion-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspServerHandshake WspServerHandshake;

typedef struct
{
  WspWatch   watch;             /* the first member */
  WspTimer   timer;             /* until accepting is tried again */
  WspServer *server;
  GSocket   *socket;
} WspListener;

struct _WspServer
{
  GObject        parent_instance;

  WspReactor    *reactor;
  WspLimits     *limits;
  GPtrArray     *taps;
  GPtrArray     *listeners;     /* of WspListener */
  GQueue         pending;       /* of WspServerHandshake, oldest first */
  GListStore    *connections;
  WspCompletion *shutdown;
  WspTimer       shutdown_timer;
  char         **protocols, **allowed_origins, **allowed_hosts;
  char          *server_header;
};

/* wsp-server.c */
gboolean wsp_server_emit_request          (WspServer    *self,
                                           WspHandshake *handshake);
void     wsp_server_emit_handshake_failed (WspServer      *self,
                                           GSocketAddress *address,
                                           const GError   *error);
/* Takes over an open connection and tells it. */
void     wsp_server_add_connection        (WspServer     *self,
                                           WspConnection *connection);
void     wsp_server_resume_accepting      (WspServer *self);
gboolean wsp_server_is_full               (WspServer *self);

/* wsp-server-listen.c */
void     wsp_listener_free                (WspListener *self);

/* wsp-server-handshake.c */
/* Takes over the transport. */
void     wsp_server_handshake_begin       (WspServer    *server,
                                           WspTransport *transport);
/* Without an answer. */
void     wsp_server_handshake_drop        (WspServerHandshake *self);

G_END_DECLS
