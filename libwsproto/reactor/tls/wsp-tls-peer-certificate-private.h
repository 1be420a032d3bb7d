/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The chain of certificates that a peer has sent, as an object of GIO. */
#pragma once

#include <gnutls/gnutls.h>

#include "base/wsp-peer-certificate-private.h"

G_BEGIN_DECLS

/* Returns the certificates from the peer's own to the root's.  NULL: the peer has sent none, or one
 * that cannot be read. */
GTlsCertificate *wsp_tls_dup_peer_certificate (gnutls_session_t session);
/* The same certificates, which are read when they are asked for.  NULL: the peer has sent none. */
WspPeerCertificate *wsp_tls_dup_peer_chain (gnutls_session_t session);

G_END_DECLS
