/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The differences between TLS as a server and TLS as a client. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint       init_flags;       /* flags for gnutls_init () */
  const char *peer;             /* word for the peer in error texts */
  const char *purpose;          /* purpose that the peer's certificate must have */
  GTlsError   no_certificate_code;      /* error code: the peer sent no certificate */
  const char *no_certificate;   /* error text: the peer sent no certificate */
  const char *not_trusted;      /* error text: the peer's certificate is not trusted */
} WspTlsRole;

extern const WspTlsRole wsp_tls_role_server, wsp_tls_role_client;

G_END_DECLS
