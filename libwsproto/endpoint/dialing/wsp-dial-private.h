/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connects to the host of a URI: name, proxy, tunnel, TLS.  The result is a transport that is ready
 * for the HTTP request. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/limits/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "http/wsp-uri-private.h"
#include "reactor/wsp-reactor-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspDial WspDial;

typedef enum                    /* the objects that a program sets, in the order of the client's properties */
{
  WSP_DIAL_PROXY_RESOLVER,
  WSP_DIAL_LOCAL_ADDRESS,
  WSP_DIAL_TLS_DATABASE,
  WSP_DIAL_TLS_CERTIFICATE,
  WSP_DIAL_TLS_INTERACTION,
  WSP_DIAL_N_OBJECTS,
} WspDialObject;

typedef struct
{
  GObject *objects[WSP_DIAL_N_OBJECTS]; /* of the type of the property; nullable */
} WspDialSettings;

typedef void (*WspDialDoneFunc) (WspDial *dial,
                                 gpointer owner);
/* Returns whether the program has seen the stream. */
typedef WspStreamOwner (*WspDialEventFunc) (WspDial            *dial,
                                            GSocketClientEvent  event,
                                            GSocketConnectable *place,
                                            GIOStream          *stream,
                                            gpointer            owner);
typedef void (*WspDialRefusedFunc) (WspDial     *dial,
                                    WscHttpHead *head,
                                    gpointer     owner);
typedef gboolean (*WspDialCertificateFunc) (WspDial             *dial,
                                            GTlsCertificate     *certificate,
                                            GTlsCertificateFlags errors,
                                            gpointer             owner);

typedef struct                  /* functions of the owner, which may free the dial in each of them */
{
  WspDialDoneFunc        done;
  WspDialEventFunc       event;
  WspDialCertificateFunc accept_certificate;
  WspDialRefusedFunc     refused;       /* by an HTTP proxy; then wsp_dial_read_refusal () */
} WspDialFuncs;

typedef struct
{
  char *value;                  /* of Proxy-Authorization; nullable */
  char *proxy;                  /* the only proxy that the value is sent to; NULL: the first HTTP proxy */
} WspProxyCredentials;

void        wsp_dial_settings_clear      (WspDialSettings *self);

typedef struct                  /* all nullable */
{
  GIOStream  *stream;           /* below TLS, if the library does TLS */
  GBytes     *remaining_input;  /* of stream, after the proxy's response */
  GError     *error;            /* NULL: success */
  const char *limit;            /* the property that was exceeded */
  char       *proxy;            /* wsp_proxy_make_key (), set before refused is called; NULL: no HTTP proxy */
  GBytes     *body;             /* of the proxy's refusal */
} WspDialResult;

/* proxy_credentials: if the value is NULL, the credentials in the proxy's URI are sent. */
WspDial    *wsp_dial_new                 (WspReactor                *reactor,
                                          const WspUri              *uri,
                                          const WspDialSettings     *settings,
                                          const WspProxyCredentials *proxy_credentials,
                                          WspLimits                 *limits,
                                          const WspDialFuncs        *funcs,
                                          gpointer                   owner);
/* Runs code of the program, which may run the main loop: functions of the owner may be called
 * before this function returns. */
void        wsp_dial_begin               (WspDial *self);
void        wsp_dial_free                (WspDial *self);       /* cancels a running dial */

/* Reads the body of the proxy's response; then done is called, with an error. */
void        wsp_dial_read_refusal        (WspDial *self);

/* The result is complete when done is called. */
const WspDialResult *wsp_dial_get_result (WspDial *self);
/* Gives the transport to the server to the caller; call it once, after success.  NULL with an
 * error: the program has closed the stream, or there are no more descriptors. */
WspTransport *wsp_dial_steal_transport   (WspDial *self,
                                          GError **error);
/* The server's address; NULL with a proxy or a Unix socket. */
GSocketAddress *wsp_dial_get_address     (WspDial *self);

G_END_DECLS
