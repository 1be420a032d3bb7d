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
  GObject *objects[WSP_DIAL_N_OBJECTS]; /* object for each property, of the property's type; NULL: not set */
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
/* peer: the GNetworkAddress that the certificate must fit. */
typedef gboolean (*WspDialCertificateFunc) (WspDial             *dial,
                                            GSocketConnectable  *peer,
                                            GTlsCertificate     *certificate,
                                            GTlsCertificateFlags errors,
                                            gpointer             owner);

typedef struct                  /* functions of the owner, which may free the dial in each of them */
{
  WspDialDoneFunc        done;
  WspDialEventFunc       event;
  WspDialCertificateFunc accept_certificate;
  WspDialRefusedFunc     refused;       /* an HTTP proxy has refused; wsp_dial_read_refusal () may follow */
} WspDialFuncs;

typedef struct
{
  char *value;                  /* value of Proxy-Authorization; NULL: none */
  char *proxy;                  /* key of the only proxy that gets the value; NULL: the first HTTP proxy gets it */
} WspProxyCredentials;

void        wsp_dial_settings_clear      (WspDialSettings *self);

typedef struct                  /* all nullable */
{
  GIOStream  *stream;           /* stream to the peer; the stream below TLS, if the library does TLS */
  GBytes     *remaining_input;  /* input of stream that was read after the proxy's response; NULL: none */
  GError     *error;            /* error of the dial; NULL: success */
  const char *limit;            /* property of the limit that was exceeded; NULL: none */
  char       *proxy;            /* key of the HTTP proxy (wsp_proxy_make_key ()), set before refused is called; NULL: no HTTP proxy */
  GBytes     *body;             /* body of the proxy's refusal; NULL: none */
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
