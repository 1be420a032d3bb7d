/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server that a client expects, during the handshake: its name, and the verdict on its
 * certificate.  GnuTLS asks for the verdict in the midst of the handshake, which waits until there
 * is one: nothing is sent before to a server that is not verified. */
#pragma once

#include <gnutls/gnutls.h>

#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_TLS_VERDICT_NOT_ASKED,    /* no verdict yet: GnuTLS has not seen the certificate */
  WSP_TLS_VERDICT_ASKED,        /* no verdict yet: the handshake waits for it */
  WSP_TLS_VERDICT_ACCEPTED,
} WspTlsVerdict;

typedef struct
{
  WspTlsTarget  expected;
  WspTlsVerdict verdict;
} WspTlsJudged;

WspTlsJudged *wsp_tls_judged_new             (const WspTlsTarget *expected);
void          wsp_tls_judged_free            (WspTlsJudged *self);
/* Names the server, and asks for the verdict; self must live until the handshake has ended. */
int           wsp_tls_judged_set_up_session  (WspTlsJudged    *self,
                                              gnutls_session_t session);
/* Function for the credentials of clients, which GnuTLS calls. */
int           wsp_tls_judged_verify          (gnutls_session_t session);

G_END_DECLS
