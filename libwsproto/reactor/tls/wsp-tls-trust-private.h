/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The system's list of CAs, read once for all connections and threads of the process.  A thread
 * reads it, so that no main loop waits.  At most once a second a connection looks whether the file
 * has changed; it then waits for the new list.  The old one stays if the file cannot be read.
 *
 * GnuTLS asks the list in the session of the peer: for name, key purpose, profile of the priority
 * string and stapled OCSP.  A GTlsFileDatabase holds the list that it has read when it was made, so
 * GnuTLS gets from it the certificates that may have issued those of the peer; if it finds an error
 * with these, the database is asked itself.
 *
 * docs/rationales/tls.md has the reasons. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef struct _WspTlsTrust WspTlsTrust;

typedef struct
{
  gnutls_session_t                 session;
  gnutls_certificate_credentials_t credentials; /* credentials of the session */
  GSocketConnectable              *identity;    /* identity that the certificate must have; NULL: any */
  const char                      *purpose;     /* purpose that the certificate must have */
} WspTlsPeer;

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
/* Returns the number of the list that verifies peers now.  No list has the number of another: one
 * that is read again has a new number.  A GTlsFileDatabase has a number, too, because its list does
 * not change.  0: the list is not read yet or has to be read again, or there is no number.
 * database NULL: the default database of GIO. */
gsize                wsp_tls_trust_find_number (GTlsDatabase *database);
/* Between calls of GnuTLS, with a session whose peer has sent a certificate.  Sets the number of
 * the list, to 0 if there are errors. */
GTlsCertificateFlags wsp_tls_trust_verify (WspTlsTrust      *self,
                                           const WspTlsPeer *peer,
                                           gsize            *number);
/* TRUE: the database is a GTlsFileDatabase, and GnuTLS finds no error with its certificates, so the
 * database, which checks less, need not be asked.  Sets the number as above. */
gboolean             wsp_tls_trust_file_trusts (GTlsDatabase     *database,
                                                GTlsCertificate  *chain,
                                                const WspTlsPeer *peer,
                                                gsize            *number);
/* database: has found the errors in the chain of the peer.  Returns these; with those that GnuTLS
 * finds, if the database is one of GIO.  database NULL: the default database of GIO.  Sets the
 * number as above. */
GTlsCertificateFlags wsp_tls_trust_complete (GTlsDatabase        *database,
                                             GTlsCertificate     *chain,
                                             GTlsCertificateFlags errors,
                                             const WspTlsPeer    *peer,
                                             gsize               *number);

G_END_DECLS
