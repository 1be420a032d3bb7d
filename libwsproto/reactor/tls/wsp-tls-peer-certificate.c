/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-peer-certificate-private.h"

#include <gnutls/x509.h>
#include <string.h>

#define MAX_CHAIN 32            /* certificates from the peer's to the root's */

/* GnuTLS takes long to compare long names: it is asked only about names that are equal. */
static gboolean
has_issued (gnutls_x509_crt_t issuer,
            gnutls_x509_crt_t certificate)
{
  gnutls_datum_t name = { NULL, 0 }, sought = { NULL, 0 };
  gboolean is_same =
    gnutls_x509_crt_get_raw_dn (issuer, &name) == GNUTLS_E_SUCCESS &&
    gnutls_x509_crt_get_raw_issuer_dn (certificate, &sought) == GNUTLS_E_SUCCESS &&
    name.size == sought.size && memcmp (name.data, sought.data, name.size) == 0;

  gnutls_free (name.data);
  gnutls_free (sought.data);
  return is_same && gnutls_x509_crt_check_issuer (certificate, issuer) != 0;
}

/* Returns the number of the certificate that has issued the one, most often the next; n_shown if
 * none has, or if it is self-signed. */
static guint
find_issuer (gnutls_x509_crt_t *shown,
             guint              n_shown,
             guint              at)
{
  if (has_issued (shown[at], shown[at]))
    return n_shown;

  for (guint i = 1; i < n_shown; i++)
    {
      guint other = (at + i) % n_shown;

      if (has_issued (shown[other], shown[at]))
        return other;
    }

  return n_shown;
}

/* Sets the numbers of the peer's own certificate and of its issuers; returns how many there are. */
static guint
find_chain (gnutls_x509_crt_t *shown,
            guint              n_shown,
            guint             *chain)
{
  guint length = 0;

  for (guint at = 0; at < n_shown && length < MAX_CHAIN; at = find_issuer (shown, n_shown, at))
    chain[length++] = at;

  return length;
}

/* TRUE: all certificates can be read. */
static gboolean
parse_all (const gnutls_datum_t *shown,
           guint                 n_shown,
           gnutls_x509_crt_t    *parsed)
{
  for (guint i = 0; i < n_shown; i++)
    {
      if (gnutls_x509_crt_init (&parsed[i]) != GNUTLS_E_SUCCESS ||
          gnutls_x509_crt_import (parsed[i], &shown[i], GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS)
        return FALSE;
    }

  return TRUE;
}

/* Returns the length of the chain, 0 if a certificate cannot be read.  One alone is not parsed. */
static guint
order_chain (const gnutls_datum_t *shown,
             guint                 n_shown,
             guint                *chain)
{
  if (n_shown == 1)
    {
      chain[0] = 0;
      return 1;
    }

  g_autofree gnutls_x509_crt_t *parsed = g_new0 (gnutls_x509_crt_t, n_shown);
  guint length = parse_all (shown, n_shown, parsed) ? find_chain (parsed, n_shown, chain) : 0;

  for (guint i = 0; i < n_shown && parsed[i] != NULL; i++)
    gnutls_x509_crt_deinit (parsed[i]);

  return length;
}

/* The chain is that of GIO: with certificates that have issued none of the others a database would
 * not find all flaws. */
static GTlsCertificate *
make_certificate (const gnutls_datum_t *shown,
                  guint                 n_shown)
{
  GType type = g_tls_backend_get_certificate_type (g_tls_backend_get_default ());
  GTlsCertificate *certificate = NULL;
  guint chain[MAX_CHAIN];

  for (guint i = order_chain (shown, n_shown, chain); i > 0; i--)
    {
      const gnutls_datum_t *at = &shown[chain[i - 1]];
      g_autoptr (GTlsCertificate) issuer = certificate;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, at->data, at->size);
      certificate = g_initable_new (type, NULL, NULL, "certificate", bytes, "issuer", issuer, NULL);
      if (certificate == NULL)
        return NULL;
    }

  return certificate;
}

GTlsCertificate *
wsp_tls_dup_peer_certificate (gnutls_session_t session)
{
  guint n_shown;
  const gnutls_datum_t *shown = gnutls_certificate_get_peers (session, &n_shown);

  return shown != NULL ? make_certificate (shown, n_shown) : NULL;
}

static GTlsCertificate *
make_of_bytes (GPtrArray *chain)
{
  g_autofree gnutls_datum_t *shown = g_new (gnutls_datum_t, chain->len);

  for (guint i = 0; i < chain->len; i++)
    {
      gsize length;

      shown[i].data = (unsigned char *) g_bytes_get_data (chain->pdata[i], &length);
      shown[i].size = length;
    }
  return make_certificate (shown, chain->len);
}

WspPeerCertificate *
wsp_tls_dup_peer_chain (gnutls_session_t session)
{
  guint n_shown;
  const gnutls_datum_t *shown = gnutls_certificate_get_peers (session, &n_shown);
  GPtrArray *chain;

  if (shown == NULL)
    return NULL;

  chain = g_ptr_array_new_full (n_shown, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_shown; i++)
    g_ptr_array_add (chain, g_bytes_new (shown[i].data, shown[i].size));
  return wsp_peer_certificate_new_for_chain (chain, make_of_bytes);
}
