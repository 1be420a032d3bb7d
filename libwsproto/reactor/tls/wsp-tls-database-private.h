/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verifies the certificate of a client with a GTlsDatabase. */
#pragma once

#include <gio/gio.h>

/* refusal NULL: the certificate is trusted. */
typedef void (*WspTlsVerified) (GTlsCertificateFlags errors,
                                const GError        *refusal,
                                gpointer             data);

/* TRUE: verify_chain_async may be called.  FALSE: verify_chain must be called, in the thread of the
 * server. */
gboolean wsp_tls_database_is_asynchronous (GTlsDatabase *database);
/* Calls verified once, now or later.  The certificate must live until then.  database NULL: the
 * database of the system. */
void     wsp_tls_database_verify (GTlsDatabase    *database,
                                  GTlsCertificate *certificate,
                                  GCancellable    *cancellable,
                                  WspTlsVerified   verified,
                                  gpointer         data);
GError  *wsp_tls_make_refusal (GTlsCertificate     *certificate,
                               GTlsCertificateFlags errors);
