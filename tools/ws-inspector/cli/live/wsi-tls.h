/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Prints what TLS has negotiated, and what is wrong with the certificate of a peer. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean accepts_any;         /* a wrong certificate is accepted: the warning says so */
  gboolean is_at_proxy;         /* the last event of the client was about its proxy */
} WsiTlsWatch;

/* self must outlive the client, whose callbacks use it. */
void     wsi_tls_watch (WsiTlsWatch *self,
                        WspClient   *client);

/* Prints subject, names, issuer and validity of the certificate. */
void     wsi_tls_print_certificate (GTlsCertificate *certificate);
/* Prints what was negotiated, and the certificate of the peer; nothing for a connection without
 * TLS. */
void     wsi_tls_print_connection (WspConnection *connection);
/* For a handshake that has failed: prints the certificate of the server, if there is one. */
void     wsi_tls_print_handshake  (WspHandshake *handshake);

G_END_DECLS
