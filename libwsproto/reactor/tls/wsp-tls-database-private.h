/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A database verifies the certificate of a client. */
#pragma once

#include <gio/gio.h>

/* refusal NULL: the certificate is trusted. */
typedef void (*WspTlsVerified) (GTlsCertificateFlags errors,
                                const GError        *refusal,
                                gpointer             data);

/* By verify_chain_async, or else by verify_chain in the thread of the server. */
gboolean wsp_tls_database_is_asynchronous (GTlsDatabase *database);
/* Calls the function once, now or later.  NULL: the database of the system.  The certificate lives
 * until then. */
void     wsp_tls_database_verify (GTlsDatabase    *database,
                                  GTlsCertificate *certificate,
                                  GCancellable    *cancellable,
                                  WspTlsVerified   verified,
                                  gpointer         data);
GError  *wsp_tls_make_refusal (GTlsCertificate     *certificate,
                               GTlsCertificateFlags errors);
