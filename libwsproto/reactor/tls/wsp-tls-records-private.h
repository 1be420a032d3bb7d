/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Plain text through the records of a session of TLS, within a call of its wire. */
#pragma once

#include <sys/uio.h>

#include "reactor/tls/wsp-tls-wire-private.h"

G_BEGIN_DECLS

/* The call is to be made again: the alert was read, and says nothing that matters. */
static inline gboolean
wsp_tls_is_warning (int result)
{
  return result == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

/* Until the vectors are full or there is no more; total: how many bytes, besides.  GNUTLS_E_AGAIN,
 * 0 at the end of the input, or an error of GnuTLS. */
int    wsp_tls_read_records  (gnutls_session_t    session,
                              WspTlsWire         *wire,
                              const struct iovec *vectors,
                              guint               n_vectors,
                              gsize              *total);
/* Until all is taken or some is unsent: how many bytes, or an error of GnuTLS. */
gssize wsp_tls_write_records (gnutls_session_t    session,
                              WspTlsWire         *wire,
                              const struct iovec *vectors,
                              guint               n_vectors);

G_END_DECLS
