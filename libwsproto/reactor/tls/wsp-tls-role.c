/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-role-private.h"

#include <gnutls/gnutls.h>

const WspTlsRole wsp_tls_role_server = {
  .init_flags = GNUTLS_SERVER,
  .peer = "client",
  .purpose = G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT,
  .no_certificate_code = G_TLS_ERROR_CERTIFICATE_REQUIRED,
  .no_certificate = "TLS handshake: expected a certificate of the client, received none "
                    "(see WspServer:tls-authentication-mode)",
  .not_trusted = "TLS handshake: the certificate of the client is not trusted (see "
                 "WspServer:tls-database)",
};

/* The certificate of a client is sent whatever CAs the server names, as by GIO. */
const WspTlsRole wsp_tls_role_client = {
  .init_flags = GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT,
  .peer = "server",
  .purpose = G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
  .no_certificate_code = G_TLS_ERROR_BAD_CERTIFICATE,
  .no_certificate = "TLS handshake: expected a certificate of the server, received none",
  .not_trusted = "TLS handshake: the certificate of the server is not trusted",
};
