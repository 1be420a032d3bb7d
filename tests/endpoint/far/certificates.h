/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A certificate authority for tests: created when first used, removed when the program exits. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  CERTIFICATE_GOOD,             /* certificate for localhost, inside.example and 127.0.0.1 */
  CERTIFICATE_NAME_ONLY,        /* certificate for localhost, but not for its IP address */
  CERTIFICATE_OTHER_NAME,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_NOT_YET,
  CERTIFICATE_SELF_SIGNED,
  CERTIFICATE_CLIENT,
  CERTIFICATE_CLIENT_NOT_YET,
  CERTIFICATE_BETWEEN,          /* certificate of an intermediate CA, issued by the CA of the
                                 * tests */
  CERTIFICATE_OF_BETWEEN,       /* certificate issued by CERTIFICATE_BETWEEN; both are sent */
  CERTIFICATE_OF_BETWEEN_ALONE,
  CERTIFICATE_OF_CLIENT,        /* certificate whose issuer is not a CA; both are sent */
  N_CERTIFICATES,
} CertificateKind;

GTlsDatabase    *authority_get_database    (void);      /* transfer none, as for all of these */
GTlsCertificate *authority_get_certificate (CertificateKind kind);
/* "ca.pem", "key", or that of a certificate that was got, such as "good.pem"; transfer full. */
char            *authority_dup_path        (const char *file);
