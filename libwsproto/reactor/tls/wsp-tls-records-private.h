/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads and writes plain text as records of a TLS session, between wsp_tls_wire_begin_call () and
 * wsp_tls_wire_end_call (). */
#pragma once

#include <sys/uio.h>

#include "reactor/tls/wsp-tls-wire-private.h"

G_BEGIN_DECLS

/* TRUE: a warning alert was read, and is ignored: repeat the call of GnuTLS. */
static inline gboolean
wsp_tls_is_warning (int result)
{
  return result == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

/* Reads until the vectors are full or no more input is available, and adds the number of bytes to
 * total.  Returns GNUTLS_E_AGAIN, 0 at the end of the input, or an error of GnuTLS. */
int    wsp_tls_read_records  (gnutls_session_t    session,
                              WspTlsWire         *wire,
                              const struct iovec *vectors,
                              guint               n_vectors,
                              gsize              *total);
/* Encrypts the bytes of the vectors until all are taken, or encrypted bytes cannot be sent now.
 * Returns how many bytes were taken, or an error of GnuTLS. */
gssize wsp_tls_write_records (gnutls_session_t    session,
                              WspTlsWire         *wire,
                              const struct iovec *vectors,
                              guint               n_vectors);

G_END_DECLS
