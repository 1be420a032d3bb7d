/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What differs between TLS as a server and TLS as a client. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint       init_flags;       /* of gnutls_init () */
  const char *peer;             /* the word for it in error texts */
  const char *purpose;          /* of the peer's certificate */
  GTlsError   no_certificate_code;      /* the peer sent no certificate */
  const char *no_certificate;   /* error texts: the same */
  const char *not_trusted;      /* its certificate is not trusted */
} WspTlsRole;

extern const WspTlsRole wsp_tls_role_server, wsp_tls_role_client;

G_END_DECLS
