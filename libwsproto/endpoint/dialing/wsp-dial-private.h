/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way to where a URI leads: name, proxy, tunnel, TLS.  What comes out is a stream on which
 * HTTP can begin. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-limits.h>

#include "session/wsp-uri-private.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspDial WspDial;

typedef struct                  /* all nullable */
{
  GProxyResolver  *proxy_resolver;
  GSocketAddress  *local_address;
  GTlsDatabase    *tls_database;
  GTlsCertificate *tls_certificate;
  GTlsInteraction *tls_interaction;
} WspDialSettings;

typedef void (*WspDialDoneFunc) (WspDial *dial,
                                 gpointer owner);
typedef void (*WspDialEventFunc) (WspDial            *dial,
                                  GSocketClientEvent  event,
                                  GSocketConnectable *place,
                                  GIOStream          *stream,
                                  gpointer            owner);
typedef gboolean (*WspDialAuthenticateFunc) (WspDial *dial,
                                             gpointer owner);
typedef gboolean (*WspDialCertificateFunc) (WspDial             *dial,
                                            GTlsCertificate     *certificate,
                                            GTlsCertificateFlags errors,
                                            gpointer             owner);

typedef struct                  /* what the owner is told; it may free the dial in each of them */
{
  WspDialDoneFunc         done;
  WspDialEventFunc        event;
  WspDialCertificateFunc  accept_certificate;
  WspDialAuthenticateFunc authenticate; /* to the proxy; TRUE: the dial is over */
} WspDialFuncs;

typedef struct
{
  char *value;                  /* of Proxy-Authorization; nullable */
  char *proxy;                  /* whom alone it is for; NULL: the first proxy of HTTP there is */
} WspProxyCredentials;

/* proxy_credentials: without a value those of the proxy's own URI are sent.  A refusal of an HTTP
 * proxy is stored in the handshake. */
WspDial    *wsp_dial_new                 (WspReactor                *reactor,
                                          const WspUri              *uri,
                                          const WspDialSettings     *settings,
                                          const WspProxyCredentials *proxy_credentials,
                                          WspLimits                 *limits,
                                          WspHandshake              *handshake,
                                          const WspDialFuncs        *funcs,
                                          gpointer                   owner);
/* What it calls of the program's may already run the main loop, and so tell the owner. */
void        wsp_dial_begin               (WspDial *self);
void        wsp_dial_free                (WspDial *self);       /* what is under way is cancelled */

/* In done and authenticate. */
const char *wsp_dial_get_proxy           (WspDial *self);       /* of HTTP: scheme, host, port; NULL: none */
/* In done. */
GError     *wsp_dial_steal_error         (WspDial *self);       /* NULL: there is a stream */
const char *wsp_dial_get_limit           (WspDial *self);       /* the property that was breached; nullable */
/* Where the server is; NULL: a proxy knows it, or it is of this machine. */
char       *wsp_dial_dup_address         (WspDial *self);
GIOStream  *wsp_dial_get_stream          (WspDial *self);
GBytes     *wsp_dial_get_remaining_input (WspDial *self);       /* what came behind a proxy's answer; nullable */

G_END_DECLS
