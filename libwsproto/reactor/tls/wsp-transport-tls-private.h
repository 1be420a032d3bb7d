/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS as a kind of transport: a GnuTLS session that reads and writes the socket in the dispatches
 * of the reactor.  No thread, no call that blocks. */
#pragma once

#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

/* All connections with one certificate share a context.  A context never changes, so any thread may
 * use it. */
typedef struct _WspTlsContext WspTlsContext;

typedef struct                  /* TLS settings of a server */
{
  GTlsCertificate       *certificate;   /* certificate of the server, with its key */
  GTlsDatabase          *database;      /* database that verifies clients; NULL: the system's */
  GTlsAuthenticationMode mode;          /* decides whether clients are asked for a certificate */
  GBytes                *ticket_key;    /* key of session tickets, from wsp_tls_make_ticket_key ()
                                           or of the same length; NULL: no session is resumed */
  gboolean               skips_alpn;    /* no protocol is chosen by ALPN; FALSE: http/1.1 is chosen */
} WspTlsSettings;

#define WSP_TLS_TICKET_KEY_SIZE 64

/* Decides about a certificate that is not trusted; TRUE: accept it.  May run the main loop, and may
 * close the transport. */
typedef gboolean (*WspTlsAcceptFunc) (WspTransport        *transport,
                                      GTlsCertificate     *certificate,
                                      GTlsCertificateFlags errors,
                                      gpointer             owner);

typedef struct                  /* what a client expects of its server */
{
  GSocketConnectable *identity; /* identity that the certificate must be issued for: a
                                   GNetworkAddress, whose name is sent, or a GInetSocketAddress, of
                                   which nothing is sent */
  GTlsDatabase       *database; /* database that verifies the server; NULL: the system's */
  WspTlsAcceptFunc    accept;   /* called with the owner of the transport */
  const char         *way;      /* name of the proxy between; NULL: none.  Only clients with the same way share sessions */
  gboolean            skips_alpn;       /* no protocol is offered by ALPN; FALSE: http/1.1 is offered */
} WspTlsTarget;

/* NULL with an error: use GIO's TLS instead. */
WspTlsContext *wsp_tls_context_new        (const WspTlsSettings *settings,
                                           GError              **error);
/* Returns the context of all clients with this certificate, which may be NULL.  NULL with an error:
 * use GIO's TLS instead. */
WspTlsContext *wsp_tls_context_get_client (GTlsCertificate *certificate,
                                           GError         **error);
/* FALSE: the private key is that of another certificate.  A key that cannot be read is not
 * checked. */
gboolean       wsp_tls_check_key          (GTlsCertificate *certificate,
                                           GError         **error);
WspTlsContext *wsp_tls_context_ref        (WspTlsContext *self);
void           wsp_tls_context_unref      (WspTlsContext *self);
/* Makes a key whose memory is wiped before it is freed.  NULL: GnuTLS has no random numbers. */
GBytes        *wsp_tls_make_ticket_key    (void);
/* Takes over a connected, non-blocking socket and does the handshake of a server. */
WspTransport  *wsp_transport_new_for_tls  (WspReactor    *reactor,
                                           int            fd,
                                           WspTlsContext *context);
/* The same for a client.  The members of target are referenced.  When the handshake has ended, the
 * owner may write; if it has failed, writing fails. */
WspTransport  *wsp_transport_new_for_tls_client (WspReactor         *reactor,
                                                 int                 fd,
                                                 WspTlsContext      *context,
                                                 const WspTlsTarget *target);
/* Returns the protocol that was chosen by ALPN, perhaps one that this side did not offer.  NULL:
 * none, or the transport is not open. */
char          *wsp_transport_tls_dup_protocol (WspTransport *self);

G_END_DECLS
