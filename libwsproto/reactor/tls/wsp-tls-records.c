/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-records-private.h"

#include "reactor/wsp-transport-kind-private.h"

int
wsp_tls_read_records (gnutls_session_t    session,
                      WspTlsWire         *wire,
                      const struct iovec *vectors,
                      guint               n_vectors,
                      gsize              *total)
{
  gsize filled = 0;

  for (guint i = 0; i < n_vectors;)
    {
      if (filled == vectors[i].iov_len)
        {
          filled = 0;
          i++;
          continue;
        }

      ssize_t n = gnutls_record_recv (session, (guint8 *) vectors[i].iov_base + filled,
                                      vectors[i].iov_len - filled);

      if (wsp_tls_is_warning (n))
        continue;
      if (n <= 0)
        return n;

      wire->n_without_data = 0;
      *total += n;
      filled += n;
      if (filled < vectors[i].iov_len && !wsp_tls_wire_may_receive (wire))
        return GNUTLS_E_AGAIN;
    }

  return GNUTLS_E_AGAIN;
}

gssize
wsp_tls_write_records (gnutls_session_t    session,
                       WspTlsWire         *wire,
                       const struct iovec *vectors,
                       guint               n_vectors)
{
  guint8 record[WSP_TLS_RECORD_SIZE];
  gsize total = 0;

  while (wire->unsent.length == 0)
    {
      struct iovec bytes = wsp_transport_gather (vectors, n_vectors, total, record);

      if (bytes.iov_len == 0)
        break;

      ssize_t n = gnutls_record_send (session, bytes.iov_base,
                                      MIN (bytes.iov_len, WSP_TLS_RECORD_SIZE));

      if (wsp_tls_is_warning (n))
        continue;
      if (n <= 0)
        return total > 0 ? (gssize) total : n;

      total += n;
      wsp_tls_wire_reserve_record (wire);
    }

  return total;
}
