/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings of a server, and copies of them at one moment for its opening handshakes.  A copy
 * never changes, so that handshakes of several threads may share it. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/limits/wsp-limits.h>

#include "core/handshake/http-head.h"
#include "endpoint/opening/wsp-origin-private.h"
#include "endpoint/opening/wsp-routes-private.h"
#include "endpoint/opening/wsp-server-tls-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"

G_BEGIN_DECLS

/* File descriptors that a server leaves to the rest of the program, and to the clients that come
 * while max-connections is reached. */
#define WSP_SPARE_DESCRIPTORS 64

typedef struct
{
  int                ref_count;
  WspLimits         *limits;
  WscHeadLimits      head;
  guint              handshake_timeout, max_pending, max_connections, max_per_address, max_age;
  WspSlowPolicy      slow_policy;
  guint              max_send_delay;
  char             **protocols, **allowed_origins, **allowed_hosts, **trusted_proxies;
  WspOrigins        *origins;   /* allowed_origins, parsed; NULL: no list */
  WspTrustedProxies *trusted;  /* trusted_proxies of a copy, parsed; NULL: no list */
  gboolean           prefers_own_protocols, keeps_handshake;
  char              *server_header;
  WspDeflateOptions *deflate;
  WspServerTls       tls;
  WspRoutes         *routes, *http_routes;      /* of WebSockets, and of ordinary HTTP alone */
  GPtrArray         *taps;
} WspServerRules;

WspServerRules *wsp_server_rules_new                 (WspLimits *limits);
/* max_connections of the copy is at most what the system permits for open files. */
WspServerRules *wsp_server_rules_copy                (const WspServerRules *other);
/* Does not free the list of before. */
void            wsp_server_rules_set_origins         (WspServerRules     *self,
                                                      const char * const *origins);
WspServerRules *wsp_server_rules_ref                 (WspServerRules *self);
void            wsp_server_rules_unref               (WspServerRules *self);
/* Checks the request line and all fields against the rules of the protocol. */
WscFault        wsp_server_rules_check               (WspServerRules *self,
                                                      WscHttpHead    *head);
/* TRUE: a GET or HEAD request for ordinary HTTP, without Upgrade to websocket and without
 * Sec-WebSocket headers. */
gboolean        wsp_server_rules_is_http             (WscHttpHead *head);
WscFault        wsp_server_rules_check_http          (WscHttpHead *head);
/* 0: no route fits the path of the request.  For ordinary HTTP its own routes come first.  mistake
 * is set if the path has a value that is not valid; details: what was received, for the server's
 * error, not for the response. */
GQuark          wsp_server_rules_find_route          (WspServerRules *self,
                                                      WscHttpHead    *head,
                                                      const char    **mistake,
                                                      char          **details);
/* TRUE: the server has routes of ordinary HTTP, and no WebSocket at the path of the request: 404 is
 * then the answer to ordinary HTTP that no handler takes. */
gboolean        wsp_server_rules_lack_path           (WspServerRules *self,
                                                      WscHttpHead    *head);
/* Checks the origin.  NULL: the origin may connect.  details: what was received, and the rules; for
 * the server's error, not for the response. */
const char     *wsp_server_rules_find_refusal_reason (WspServerRules *self,
                                                      const char     *origin,
                                                      const char     *host,
                                                      gboolean        is_on_loopback,
                                                      char          **details);
/* Returns the text of an error about max-connections. */
char           *wsp_server_rules_describe_full       (const WspServerRules *self);
/* Returns the text of an error about max-connections-per-address. */
char           *wsp_server_rules_describe_full_address (WspServerRules *self);
const char     *wsp_server_rules_find_wrong_host     (WspServerRules *self,
                                                      const char     *host,
                                                      char          **details);
/* NULL: a client can offer this subprotocol (RFC 6455 4.1).  Otherwise the text of the problem. */
char           *wsp_subprotocol_find_mistake         (const char *name);
/* Returns one of the offered subprotocols, or NULL. */
const char     *wsp_server_rules_choose_protocol     (WspServerRules     *self,
                                                      const char * const *offered);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspServerRules, wsp_server_rules_unref)

G_END_DECLS
