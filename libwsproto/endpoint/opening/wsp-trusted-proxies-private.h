/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The proxies that tell the address of a client: which peers they are, and what they say in
 * X-Forwarded-For.  docs/rationales/server.md has the reasons. */
#pragma once

#include <gio/gio.h>

#include "core/handshake/header-fields.h"
#include "endpoint/opening/wsp-proxy-head-private.h"

G_BEGIN_DECLS

#define WSP_ADDRESS_LENGTH 16

typedef struct _WspTrustedProxies WspTrustedProxies;

/* Returns the 16 bytes of an IP address, those of IPv4 mapped into IPv6; NULL: another address. */
const guint8      *wsp_native_address_get_bytes        (const struct sockaddr *address,
                                                        guint8                *bytes);
/* An IP address, or the family alone of another address; address NULL: AF_UNSPEC. */
void               wsp_native_address_set              (WspNativeAddress *self,
                                                        GSocketAddress   *address);
gboolean           wsp_native_address_is_ip            (const WspNativeAddress *self);
/* NULL: entry is an IP address, a network such as 10.0.0.0/8, or "unix".  Otherwise the text of the
 * mistake. */
char              *wsp_trusted_proxy_find_mistake      (const char *entry);
/* entries: without mistakes.  NULL: no list. */
WspTrustedProxies *wsp_trusted_proxies_new             (char **entries);
void               wsp_trusted_proxies_free            (WspTrustedProxies *self);
/* address: of the peer; AF_UNSPEC is not trusted.  self NULL: FALSE. */
gboolean           wsp_trusted_proxies_have            (const WspTrustedProxies *self,
                                                        const struct sockaddr   *address);
/* For the PROXY protocol: self NULL stands for loopback addresses and Unix sockets. */
gboolean           wsp_trusted_proxies_may_use_proxy   (const WspTrustedProxies *self,
                                                        const struct sockaddr   *address);
/* Sets client to the last address in the fields X-Forwarded-For that is not trusted, or to the
 * first one if all are trusted; what is before it is not read.  mistake: FALSE sets it to the entry
 * that is no address.  client stays as it was if there is no such field. */
gboolean           wsp_trusted_proxies_find_client     (const WspTrustedProxies *self,
                                                        WscFields                fields,
                                                        WspNativeAddress        *client,
                                                        char                   **mistake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspTrustedProxies, wsp_trusted_proxies_free)

G_END_DECLS
