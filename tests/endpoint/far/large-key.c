/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/large-key.h"

#include <gnutls/abstract.h>
#include <string.h>

static int
sign (gnutls_privkey_t        key,
      gnutls_sign_algorithm_t algorithm,
      gpointer                n_bits,
      guint                   flags,
      const gnutls_datum_t   *data,
      gnutls_datum_t         *signature)
{
  signature->size = GPOINTER_TO_UINT (n_bits) / 8;
  signature->data = gnutls_malloc (signature->size);
  memset (signature->data, 0x55, signature->size);
  return GNUTLS_E_SUCCESS;
}

static int
describe (gnutls_privkey_t key,
          guint            flags,
          gpointer         n_bits)
{
  if (flags == GNUTLS_PRIVKEY_INFO_PK_ALGO)
    return GNUTLS_PK_RSA;
  if (flags == GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
    return GPOINTER_TO_INT (n_bits);
  return (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) != 0 ? 1 : -1;
}

/* An odd number, so that GnuTLS does not refuse it. */
static gnutls_datum_t
make_number (guint n_bits)
{
  gsize length = (n_bits + 7) / 8;
  guint8 *bytes = g_malloc (length);

  memset (bytes, 0xd5, length);
  bytes[0] = 1 << ((n_bits - 1) % 8);
  return (gnutls_datum_t) { bytes, length };
}

/* Another key has signed the certificate. */
static gnutls_x509_crt_t
make_certificate (guint n_bits,
                  guint n_exponent_bits,
                  guint n_padding)
{
  g_autofree guint8 *padding = g_malloc0 (n_padding);
  gnutls_datum_t modulus = make_number (n_bits), exponent = make_number (n_exponent_bits);
  time_t now = time (NULL);
  gnutls_x509_crt_t self, issuer;
  gnutls_privkey_t signer;
  gnutls_pubkey_t key, signer_key;

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_rsa_raw (key, &modulus, &exponent), ==, 0);
  g_assert_cmpint (gnutls_privkey_init (&signer), ==, 0);
  g_assert_cmpint (gnutls_privkey_generate (signer, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  g_assert_cmpint (gnutls_pubkey_init (&signer_key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (signer_key, signer, 0, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&issuer), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_dn (issuer, "CN=issuer", NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_pubkey (issuer, signer_key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&self), ==, 0);
  gnutls_x509_crt_set_version (self, 3);
  gnutls_x509_crt_set_serial (self, "\1", 1);
  gnutls_x509_crt_set_activation_time (self, now - 3600);
  gnutls_x509_crt_set_expiration_time (self, now + 3600);
  g_assert_cmpint (gnutls_x509_crt_set_dn (self, "CN=huge", NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_pubkey (self, key), ==, 0);
  if (n_padding > 0)
    g_assert_cmpint (gnutls_x509_crt_set_extension_by_oid (self, "2.999.1", padding, n_padding, 0),
                     ==, 0);
  g_assert_cmpint (gnutls_x509_crt_privkey_sign (self, issuer, signer, GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  gnutls_x509_crt_deinit (issuer);
  gnutls_privkey_deinit (signer);
  gnutls_pubkey_deinit (signer_key);
  gnutls_pubkey_deinit (key);
  g_free (modulus.data);
  g_free (exponent.data);
  return self;
}

/* The credentials take the key. */
void
large_key_set (gnutls_certificate_credentials_t credentials,
               guint                            n_bits,
               guint                            n_exponent_bits,
               guint                            n_padding)
{
  gnutls_x509_crt_t certificate = make_certificate (n_bits, n_exponent_bits, n_padding);
  gnutls_pcert_st *parsed = gnutls_malloc (sizeof *parsed);
  gnutls_privkey_t key;

  g_assert_cmpint (gnutls_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_ext4 (key, GUINT_TO_POINTER (n_bits), sign, sign, NULL,
                                               NULL, describe, 0), ==, 0);
  g_assert_cmpint (gnutls_pcert_import_x509 (parsed, certificate, 0), ==, 0);
  gnutls_certificate_set_flags (credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  g_assert_cmpint (gnutls_certificate_set_key (credentials, NULL, 0, parsed, 1, key), ==, 0);
  gnutls_free (parsed);
  gnutls_x509_crt_deinit (certificate);
}

GBytes *
large_key_make_certificate (guint n_bits,
                            guint n_exponent_bits)
{
  gnutls_x509_crt_t certificate = make_certificate (n_bits, n_exponent_bits, 0);
  gnutls_datum_t der;
  GBytes *bytes;

  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der), ==, 0);
  bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (certificate);
  return bytes;
}
