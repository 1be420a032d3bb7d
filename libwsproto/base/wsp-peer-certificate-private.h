/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The certificate of a peer: an object of GIO, which is made of its bytes when it is first asked
 * for.  Few programs ask, and to parse a certificate takes a tenth of the time of a TLS
 * handshake. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WspPeerCertificate WspPeerCertificate;
/* chain: of GBytes, one for each certificate, as the peer has sent them.  NULL: one cannot be
 * read. */
typedef GTlsCertificate *(*WspPeerCertificateFunc) (GPtrArray *chain);

WspPeerCertificate *wsp_peer_certificate_new           (GTlsCertificate *certificate);
/* Takes the chain. */
WspPeerCertificate *wsp_peer_certificate_new_for_chain (GPtrArray             *chain,
                                                        WspPeerCertificateFunc make);
/* NULL stays NULL. */
WspPeerCertificate *wsp_peer_certificate_ref           (WspPeerCertificate *self);
void                wsp_peer_certificate_unref         (WspPeerCertificate *self);
/* Valid as long as this object.  NULL: there is none, or it cannot be read; self may be NULL. */
GTlsCertificate    *wsp_peer_certificate_get           (WspPeerCertificate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspPeerCertificate, wsp_peer_certificate_unref)

G_END_DECLS
