/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* CONNECT: asks an HTTP proxy for a tunnel to the server (RFC 9110 9.3.6). */
#pragma once

#include <gio/gio.h>
#include <libwsproto/limits/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "http/wsp-uri-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspTunnel WspTunnel;
typedef void (*WspTunnelFunc) (WspTunnel *tunnel,
                               gpointer   owner);
typedef void (*WspTunnelRefusedFunc) (WspTunnel   *tunnel,
                                      WscHttpHead *head,
                                      gpointer     owner);

/* Takes over the transport, which was made for a stream.  ready is called once, later.  If the
 * proxy refuses, refused is called first, and the tunnel then waits for wsp_tunnel_read_refusal ().
 * The owner may free the tunnel in refused and in ready.  credentials: the value of
 * Proxy-Authorization, nullable. */
WspTunnel    *wsp_tunnel_new             (WspReactor          *reactor,
                                          WspTransport        *transport,
                                          const WspUri        *uri,
                                          const char          *credentials,
                                          WspLimits           *limits,
                                          WspTunnelRefusedFunc refused,
                                          WspTunnelFunc        ready,
                                          gpointer             owner);
void          wsp_tunnel_free            (WspTunnel *self);
/* Reads the body; then ready is called, with an error. */
void          wsp_tunnel_read_refusal    (WspTunnel *self);

const GError *wsp_tunnel_get_error       (WspTunnel *self);
const char   *wsp_tunnel_get_limit       (WspTunnel *self);     /* the property that was exceeded; nullable */
GBytes       *wsp_tunnel_dup_body        (WspTunnel *self);     /* the body of a refusal; NULL: no body was read */
/* The stream to the server, and the bytes that were read after the proxy's response. */
GIOStream    *wsp_tunnel_release         (WspTunnel *self,
                                          GBytes   **remaining_input);

/* The value of Authorization or Proxy-Authorization (RFC 7617). */
char         *wsp_credentials_make_basic (const char *user,
                                          const char *password);

G_END_DECLS
