/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A reverse proxy: listens, connects each client to the one target, and relays byte for byte.  It
 * decides nothing by what it reads, so it relays what it cannot parse, too.  The sentence tells of
 * targets and clients that cannot be connected.  docs/rationales/inspector.md has the reasons. */
#pragma once

#include "inspect/sources/wsi-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_PROXY_SOURCE (wsi_proxy_source_get_type ())

G_DECLARE_FINAL_TYPE (WsiProxySource, wsi_proxy_source, WSI, PROXY_SOURCE, WsiSource)

/* listen: PORT, for the loopback addresses, or HOST:PORT; port 0 chooses one.  target: a ws or wss
 * URI without a path.  NULL: one of them is wrong. */
WsiProxySource *wsi_proxy_source_new (WsiRecorder * recorder,
                                      WsiPlace      place,
                                      const char *listen,
                                      const char *target,
                                      GError * *error);
/* Sets the certificate for clients; call it before listening. */
void            wsi_proxy_source_set_certificate (WsiProxySource  *self,
                                                  GTlsCertificate *certificate);
/* Sets the CAs for the target; call it before the start. */
void            wsi_proxy_source_set_authorities (WsiProxySource *self,
                                                  GTlsDatabase   *authorities);
/* Accepts any certificate of the target; the sentence says what is wrong with it.  Call this before
 * the start. */
void            wsi_proxy_source_accept_any_certificate (WsiProxySource *self);
/* Gives requests the target's Host, and the target's Origin to pages of the proxy.  Requests for
 * another host are refused.  Before listening. */
void            wsi_proxy_source_rewrite_host    (WsiProxySource *self);
/* Listens on all addresses of the proxy, or sets an error. */
gboolean        wsi_proxy_source_listen          (WsiProxySource *self,
                                                  GError        **error);

G_END_DECLS
