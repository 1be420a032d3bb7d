/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* CONNECT: asks an HTTP proxy for a tunnel to the server (RFC 9110 9.3.6). */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-handshake.h>
#include <libwsproto/session/wsp-limits.h>

#include "session/wsp-uri-private.h"
#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspTunnel WspTunnel;
typedef void (*WspTunnelFunc) (WspTunnel *tunnel,
                               gpointer   owner);

/* TRUE: the owner frees the tunnel, or has freed it. */
typedef gboolean (*WspTunnelAuthenticateFunc) (WspTunnel *tunnel,
                                               gpointer   owner);

/* ready is called once, later; the owner may free the tunnel in it.  authenticate is called before
 * that, when the proxy answered with status 407: its status and headers are in the handshake, its
 * body is not.  credentials: the value of Proxy-Authorization, nullable.  A refusal is stored in
 * the handshake. */
WspTunnel    *wsp_tunnel_new             (WspReactor               *reactor,
                                          GIOStream                *stream,
                                          const WspUri             *uri,
                                          const char               *credentials,
                                          WspLimits                *limits,
                                          WspHandshake             *handshake,
                                          WspTunnelAuthenticateFunc authenticate,
                                          WspTunnelFunc             ready,
                                          gpointer                  owner);
void          wsp_tunnel_free            (WspTunnel *self);

const GError *wsp_tunnel_get_error       (WspTunnel *self);
const char   *wsp_tunnel_get_limit       (WspTunnel *self);     /* the property that was exceeded; nullable */
/* The stream to the server, and what was read after the proxy's response. */
GIOStream    *wsp_tunnel_release         (WspTunnel *self,
                                          GBytes   **remaining_input);

/* The value of Authorization or Proxy-Authorization (RFC 7617). */
char         *wsp_credentials_make_basic (const char *user,
                                          const char *password);

G_END_DECLS
