/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Types and calls for the files that use GnuTLS. */
#pragma once

#include <gnutls/gnutls.h>

#include "reactor/tls/wsp-tls-judged-private.h"
#include "reactor/tls/wsp-tls-role-private.h"
#include "reactor/tls/wsp-transport-tls-private.h"

G_BEGIN_DECLS

struct _WspTlsContext
{
  int                              ref_count;
  const WspTlsRole                *role;
  gsize                            number;      /* number that no other context of the process has or had */
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t                priority;
  guint                            init_flags;  /* flags for gnutls_init () */
  GTlsDatabase                    *database;
  GTlsAuthenticationMode           mode;
  GBytes                          *ticket_key;  /* key of the session tickets; NULL: no session is resumed */
  gboolean                         skips_alpn;  /* a server's context chooses no protocol by ALPN */
};

/* Creates a session; wsp_tls_wire_attach () then connects it to its socket.  `judged`: the server
 * that a client expects; NULL for a server.  Returns 0 or an error of GnuTLS. */
int              wsp_tls_context_begin_session (WspTlsContext    *self,
                                                WspTlsJudged     *judged,
                                                gnutls_session_t *session);
/* Returns the alert for a certificate that is refused. */
gnutls_alert_description_t wsp_tls_choose_alert (GTlsCertificateFlags errors);
/* Sets version and cipher suite. */
void             wsp_tls_describe_session      (gnutls_session_t session,
                                                WspTransportTls *tls);
/* result: the result of a call of GnuTLS that failed. */
gboolean         wsp_tls_may_send_alert        (int result);
void             wsp_tls_send_alert            (gnutls_session_t session,
                                                int              result);
/* Takes of_socket, the error of the socket, which may be NULL.  was_open: the handshake had
 * ended. */
GError          *wsp_tls_make_error            (const WspTlsRole *role,
                                                gnutls_session_t  session,
                                                int               result,
                                                gboolean          was_open,
                                                GError           *of_socket);

G_END_DECLS
