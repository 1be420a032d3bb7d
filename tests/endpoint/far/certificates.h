/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A certificate authority of the test's own, made when it is first asked for. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  CERTIFICATE_GOOD,             /* localhost, inside.example and 127.0.0.1 */
  CERTIFICATE_NAME_ONLY,        /* localhost, but not its address */
  CERTIFICATE_OTHER_NAME,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_NOT_YET,
  CERTIFICATE_SELF_SIGNED,
  CERTIFICATE_CLIENT,
  CERTIFICATE_CLIENT_NOT_YET,
  CERTIFICATE_BETWEEN,          /* an authority by the authority */
  CERTIFICATE_OF_BETWEEN,       /* shown together with it */
  CERTIFICATE_OF_BETWEEN_ALONE,
  CERTIFICATE_OF_CLIENT,        /* issued by one who is no authority, shown together with it */
  N_CERTIFICATES,
} CertificateKind;

GTlsDatabase    *authority_get_database    (void);      /* transfer none, as all of these */
GTlsCertificate *authority_get_certificate (CertificateKind kind);
void             authority_clear           (void);
