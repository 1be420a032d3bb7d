/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verifies the certificate of a peer with a GTlsDatabase. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  GTlsCertificate    *certificate;
  const char         *purpose;  /* purpose that the certificate must have */
  GSocketConnectable *identity; /* identity that the certificate must have; NULL: any */
} WspTlsQuestion;

/* failure: the database has failed, and the certificate is not trusted; else NULL. */
typedef void (*WspTlsVerified) (GTlsCertificateFlags errors,
                                const GError        *failure,
                                gpointer             data);

/* TRUE: verify_chain is that of GIO's own databases, and checks no key purpose. */
gboolean wsp_tls_database_is_of_gio (GTlsDatabase *database);
/* Calls verified once, now or later.  database NULL: the database of the system. */
void     wsp_tls_database_verify (GTlsDatabase         *database,
                                  const WspTlsQuestion *question,
                                  GCancellable         *cancellable,
                                  WspTlsVerified        verified,
                                  gpointer              data);
/* The error of a server that refuses its client.  failure: nullable. */
GError  *wsp_tls_make_refusal (GTlsCertificate     *certificate,
                               GTlsCertificateFlags errors,
                               const GError        *failure);
