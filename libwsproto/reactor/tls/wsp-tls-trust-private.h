/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lists of CAs, each read once for all connections and threads of the process: the system's, and
 * that of each GTlsFileDatabase.  A thread reads the list, so that no main loop waits for it.  At
 * most once a second a connection looks whether the file has changed; the old list serves until the
 * new one is whole, and stays if the file cannot be read.
 *
 * A list is asked by GnuTLS in the session of the peer: for name, key purpose, profile of the
 * priority string and stapled OCSP. */
#pragma once

#include <gnutls/gnutls.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspTlsTrust WspTlsTrust;

/* trust: valid during the call; NULL: no list stands for the database, which must be asked
 * itself. */
typedef void (*WspTlsTrustFunc) (WspTlsTrust *trust,
                                 gpointer     data);

/* Calls found once, now or later, in the thread of the reactor, which data keeps alive; or drop, if
 * the context of the reactor ends before.  database NULL: the default database of GIO. */
void                 wsp_tls_trust_find   (WspReactor     *reactor,
                                           GTlsDatabase   *database,
                                           WspTlsTrustFunc found,
                                           GDestroyNotify  drop,
                                           gpointer        data);
/* Between calls of GnuTLS, with a session whose peer has sent a certificate.  credentials: of the
 * session; identity: nullable. */
GTlsCertificateFlags wsp_tls_trust_verify (WspTlsTrust                     *self,
                                           gnutls_session_t                 session,
                                           gnutls_certificate_credentials_t credentials,
                                           GSocketConnectable              *identity,
                                           const char                      *purpose);

G_END_DECLS
