/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The largest key of a peer that GnuTLS computes with. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

#include "reactor/tls/wsp-tls-role-private.h"

G_BEGIN_DECLS

#define WSP_TLS_MAX_KEY_BITS 16384      /* OpenSSL's limit for RSA */

/* Lets the handshake of session fail before GnuTLS computes with a larger key of the peer's own
 * certificate.  Sets the hook function of session. */
void    wsp_tls_limit_peer_key (gnutls_session_t session);
/* Returns NULL if no key in the certificates of the peer is larger, and the peer's own can be
 * read. */
GError *wsp_tls_make_key_error (const WspTlsRole *role,
                                gnutls_session_t  session);

G_END_DECLS
