/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A key in the certificate of a client that is so large that GnuTLS verifies a signature for
 * seconds, while all other connections wait.  The numbers are no key: the signature is never
 * right. */
#include "endpoint/far/certificates.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/knock.h"
#include "lib/listen.h"

#include <gnutls/abstract.h>

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define REFUSAL "expected a key of at most 16384 bits"

static const struct
{
  const char *name, *priority;
  guint       n_bits, n_exponent_bits;
  gboolean    is_refused;
} cases[] = {
  { "TLS-1.3/2048-bits", TLS_1_3, 2048, 17, FALSE },
  { "TLS-1.3/exponent-of-64-bits", TLS_1_3, 2048, 64, FALSE },
  { "TLS-1.3/exponent-of-80-bits", TLS_1_3, 2048, 80, TRUE },
  { "TLS-1.3/exponent-as-long-as-the-modulus", TLS_1_3, 4096, 4096, TRUE },
  { "TLS-1.3/16384-bits", TLS_1_3, 16384, 17, FALSE },
  { "TLS-1.3/16392-bits", TLS_1_3, 16392, 17, TRUE },
  { "TLS-1.3/32768-bits-and-exponent", TLS_1_3, 32768, 32767, TRUE },
  { "TLS-1.2/2048-bits", TLS_1_2, 2048, 17, FALSE },
  { "TLS-1.2/exponent-of-80-bits", TLS_1_2, 2048, 80, TRUE },
  { "TLS-1.2/16392-bits", TLS_1_2, 16392, 17, TRUE },
};

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
                  guint n_exponent_bits)
{
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
static void
set_certificate (TlsPeer *peer,
                 guint    n_bits,
                 guint    n_exponent_bits)
{
  gnutls_certificate_credentials_t credentials = gnutls_session_get_ptr (peer->session);
  gnutls_x509_crt_t certificate = make_certificate (n_bits, n_exponent_bits);
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

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     GError         *error,
                     GError        **result)
{
  *result = g_error_copy (error);
}

static void
test_key (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TlsPeer) peer = NULL;
  guint16 port;

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                "tls-database", authority_get_database (),
                "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  g_signal_connect (server, "handshake-failed", G_CALLBACK (on_handshake_failed), &error);
  port = listen_on_free_port (server, "127.0.0.1");
  peer = tls_peer_new_for_fd (knock_dial (port), cases[i].priority, NULL, GNUTLS_FORCE_CLIENT_CERT);
  set_certificate (peer, cases[i].n_bits, cases[i].n_exponent_bits);
  while (error == NULL)
    {
      tls_peer_make_flight (peer);
      tls_peer_deliver (peer);
      g_main_context_iteration (NULL, TRUE);
    }

  if (cases[i].is_refused)
    {
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
      g_assert_nonnull (strstr (error->message, REFUSAL));
    }
  else
    {
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC);
      g_assert_nonnull (strstr (error->message, "signature"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/server-tls-client-keys/", cases[i].name,
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_key);
    }
  return g_test_run ();
}
