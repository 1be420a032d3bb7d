/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS of a server, as a kind of transport: a GnuTLS session that reads and writes the socket in the
 * dispatches of the reactor.  No thread, no call that blocks. */
#pragma once

#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

/* All connections with one certificate share a context.  A context never changes, so any thread may
 * use it. */
typedef struct _WspTlsContext WspTlsContext;

typedef struct
{
  GTlsCertificate       *certificate;   /* with its key */
  GTlsDatabase          *database;      /* verifies clients; NULL: the system's */
  GTlsAuthenticationMode mode;          /* whether clients are asked for a certificate */
  GBytes                *ticket_key;    /* from wsp_tls_make_ticket_key, or of the same length */
} WspTlsSettings;

#define WSP_TLS_TICKET_KEY_SIZE 64

#ifdef WSP_HAVE_GNUTLS

/* NULL with an error: use GIO's TLS instead. */
WspTlsContext *wsp_tls_context_new        (const WspTlsSettings *settings,
                                           GError              **error);
WspTlsContext *wsp_tls_context_ref        (WspTlsContext *self);
void           wsp_tls_context_unref      (WspTlsContext *self);
/* Makes a key whose memory is wiped before it is freed.  NULL: GnuTLS has no random numbers. */
GBytes        *wsp_tls_make_ticket_key    (void);
/* Takes over a connected, non-blocking socket and does the handshake of a server. */
WspTransport  *wsp_transport_new_for_tls  (WspReactor    *reactor,
                                           int            fd,
                                           WspTlsContext *context);

#else

static inline WspTlsContext *
wsp_tls_context_new (const WspTlsSettings *settings,
                     GError              **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "libwsproto was built without GnuTLS");
  return NULL;
}

static inline WspTlsContext *
wsp_tls_context_ref (WspTlsContext *self)
{
  return self;
}

static inline void
wsp_tls_context_unref (WspTlsContext *self)
{
}

static inline GBytes *
wsp_tls_make_ticket_key (void)
{
  return NULL;
}

static inline WspTransport *
wsp_transport_new_for_tls (WspReactor    *reactor,
                           int            fd,
                           WspTlsContext *context)
{
  g_assert_not_reached ();
}

#endif

G_END_DECLS
