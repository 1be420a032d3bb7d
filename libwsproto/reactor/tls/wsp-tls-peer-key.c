/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Refuses keys of a peer that would take long: GnuTLS verifies the signature of a handshake in the
 * thread of all connections, before the certificate that has the key is verified.  A key of 32768
 * bits takes 18 seconds.  docs/rationales/tls.md has the reasons. */
#include "reactor/tls/wsp-tls-peer-key-private.h"

#include <gnutls/abstract.h>

#define MAX_EXPONENT_BYTES 9    /* of RSA: 64 bits, and a sign */

/* A key of another algorithm has no exponent. */
static gboolean
is_exponent_bounded (gnutls_pubkey_t key)
{
  gnutls_datum_t modulus = { NULL, 0 }, exponent = { NULL, 0 };

  gnutls_pubkey_export_rsa_raw (key, &modulus, &exponent);
  gnutls_free (modulus.data);
  gnutls_free (exponent.data);
  return exponent.size <= MAX_EXPONENT_BYTES;
}

typedef enum
{
  KEY_BOUNDED,
  KEY_LARGE,
  KEY_UNREADABLE,
} KeySize;

static KeySize
measure_key (const gnutls_datum_t *certificate)
{
  gnutls_pubkey_t key;
  guint n_bits = 0;
  KeySize size = KEY_UNREADABLE;

  if (gnutls_pubkey_init (&key) != GNUTLS_E_SUCCESS)
    return KEY_UNREADABLE;

  if (gnutls_pubkey_import_x509_raw (key, certificate, GNUTLS_X509_FMT_DER, 0) == GNUTLS_E_SUCCESS)
    {
      gnutls_pubkey_get_pk_algorithm (key, &n_bits);
      size = n_bits <= WSP_TLS_MAX_KEY_BITS && is_exponent_bounded (key) ? KEY_BOUNDED : KEY_LARGE;
    }
  gnutls_pubkey_deinit (key);
  return size;
}

/* TRUE: GnuTLS begins to compute with the key of the peer.  It verifies the signature of the
 * message, or, with the RSA key exchange of TLS 1.2, encrypts its own one. */
static gboolean
is_first_with_key (guint type)
{
  return type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY ||
         type == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE ||
         type == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE;
}

/* The signature schemes of TLS 1.3 (RFC 8446 4.2.3) whose keys are on an elliptic curve. */
static const guint16 curve_schemes[] = {
  0x0403,                       /* ecdsa_secp256r1_sha256 */
  0x0503,                       /* ecdsa_secp384r1_sha384 */
  0x0603,                       /* ecdsa_secp521r1_sha512 */
  0x0807,                       /* ed25519 */
  0x0808,                       /* ed448 */
};

/* TRUE: the CertificateVerify of TLS 1.3 begins with one of curve_schemes.  GnuTLS refuses such a
 * message before it computes if the certificate has another kind of key.  So the certificate need
 * not be parsed. */
static gboolean
is_of_curve_key (gnutls_session_t      session,
                 guint                 type,
                 const gnutls_datum_t *message)
{
  if (type != GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY || message->size < 2 ||
      gnutls_protocol_get_version (session) != GNUTLS_TLS1_3)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (curve_schemes); i++)
    if ((message->data[0] << 8 | message->data[1]) == curve_schemes[i])
      return TRUE;
  return FALSE;
}

static int
tls_peer_key_check_key (gnutls_session_t      session,
                        guint                 type,
                        guint                 when,
                        guint                 is_incoming,
                        const gnutls_datum_t *message)
{
  const gnutls_datum_t *certificates;

  if (!is_incoming || !is_first_with_key (type) || is_of_curve_key (session, type, message))
    return GNUTLS_E_SUCCESS;

  certificates = gnutls_certificate_get_peers (session, NULL);
  return certificates != NULL && measure_key (certificates) == KEY_BOUNDED
         ? GNUTLS_E_SUCCESS : GNUTLS_E_CERTIFICATE_ERROR;
}

void
wsp_tls_limit_peer_key (gnutls_session_t session)
{
  gnutls_handshake_set_hook_function (session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                      tls_peer_key_check_key);
}

GError *
wsp_tls_make_key_error (const WspTlsRole *role,
                        gnutls_session_t  session)
{
  guint n_certificates = 0;
  const gnutls_datum_t *certificates = gnutls_certificate_get_peers (session, &n_certificates);
  KeySize own = KEY_BOUNDED;

  for (guint i = 0; i < n_certificates; i++)
    {
      KeySize size = measure_key (&certificates[i]);

      if (size == KEY_LARGE)
        return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                            "TLS handshake: expected a key of at most %d bits in the certificates "
                            "of the %s, and an RSA exponent of at most 64, received a larger one",
                            WSP_TLS_MAX_KEY_BITS, role->peer);
      if (i == 0)
        own = size;
    }

  if (own == KEY_UNREADABLE)
    return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                        "TLS handshake: expected a certificate of the %s with a key that can be "
                        "read, received one without", role->peer);

  return NULL;
}
