/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a client connects: the CAs that it trusts, its certificate, its proxy.  Also prints what TLS
 * has negotiated. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef struct                  /* values as on the command line */
{
  const char *ca, *proxy;       /* NULL = the system's CAs, or its proxy */
  /* file names; the certificate is sent to a server that asks; NULL = none */
  const char *certificate, *key;
  gboolean accepts_any;
  gboolean is_quiet;
  gboolean is_at_proxy;         /* the last event of the client was about its proxy */
} WsiWay;

/* Sets the client's TLS and proxy.  self must outlive the client, whose callbacks use it. */
gboolean wsi_way_apply (WsiWay    *self,
                        WspClient *client,
                        GError   **error);

/* Prints subject, names, issuer and validity of the certificate. */
void     wsi_tls_print_certificate (GTlsCertificate *certificate);
/* Prints nothing for a connection without TLS. */
void     wsi_tls_print_connection (WspConnection *connection);

G_END_DECLS
