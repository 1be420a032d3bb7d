/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Contexts that cannot be made, and errors of GnuTLS or of the socket below: each becomes an error
 * of the connection, which an alert may follow. */
#include "endpoint/far/certificates.h"
#include "lib/rows.h"
#include "reactor/tls/wsp-tls-context-private.h"
#include "reactor/wsp-transport-kind-private.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <libwsproto/base/wsp-error.h>

#define PATH "/reactor/tls-context/"

typedef enum
{
  IN_HANDSHAKE,
  WHEN_OPEN,
} Moment;

static const struct
{
  const char *name;
  int         result, number;   /* result of GnuTLS; errno of the socket, 0: none */
  Moment      moment;
  GQuark      (*domain) (void);
  int         code;
} errors[] = {
  { "bad-length-in-the-handshake-is-not-tls", GNUTLS_E_UNEXPECTED_PACKET_LENGTH, 0, IN_HANDSHAKE,
    g_tls_error_quark, G_TLS_ERROR_NOT_TLS },
  { "bad-length-when-open-is-misc", GNUTLS_E_UNEXPECTED_PACKET_LENGTH, 0, WHEN_OPEN, g_tls_error_quark,
    G_TLS_ERROR_MISC },
  { "bad-record-in-the-handshake-is-not-tls", GNUTLS_E_DECRYPTION_FAILED, 0, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_NOT_TLS },
  { "bad-record-when-open-is-misc", GNUTLS_E_DECRYPTION_FAILED, 0, WHEN_OPEN, g_tls_error_quark,
    G_TLS_ERROR_MISC },
  { "unknown-version-in-the-handshake-is-not-tls", GNUTLS_E_UNSUPPORTED_VERSION_PACKET, 0, IN_HANDSHAKE,
    g_tls_error_quark, G_TLS_ERROR_NOT_TLS },
  { "end-in-the-handshake-is-not-tls", GNUTLS_E_PREMATURE_TERMINATION, 0, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_NOT_TLS },
  { "end-when-open-is-eof", GNUTLS_E_PREMATURE_TERMINATION, 0, WHEN_OPEN, g_tls_error_quark, G_TLS_ERROR_EOF },
  { "reset-in-the-handshake-is-not-tls", GNUTLS_E_PULL_ERROR, ECONNRESET, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_NOT_TLS },
  { "reset-when-open-is-that", GNUTLS_E_PULL_ERROR, ECONNRESET, WHEN_OPEN, g_io_error_quark,
    G_IO_ERROR_CONNECTION_CLOSED },
  { "nameless-error-in-the-handshake-is-not-tls", GNUTLS_E_PULL_ERROR, EL2HLT, IN_HANDSHAKE,
    g_tls_error_quark, G_TLS_ERROR_NOT_TLS },
  { "nameless-error-when-open-is-that", GNUTLS_E_PULL_ERROR, EL2HLT, WHEN_OPEN, g_io_error_quark,
    G_IO_ERROR_FAILED },
  { "time-out-in-the-handshake-is-that", GNUTLS_E_PULL_ERROR, ETIMEDOUT, IN_HANDSHAKE, g_io_error_quark,
    G_IO_ERROR_TIMED_OUT },
  { "other-error-in-the-handshake-is-misc", GNUTLS_E_INTERNAL_ERROR, 0, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_MISC },
  { "missing-certificate-of-tls-1.2-is-required", GNUTLS_E_NO_CERTIFICATE_FOUND, 0, IN_HANDSHAKE,
    g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED },
  { "missing-certificate-of-tls-1.3-is-required", GNUTLS_E_CERTIFICATE_REQUIRED, 0, IN_HANDSHAKE,
    g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED },
  { "bad-certificate-is-that", GNUTLS_E_CERTIFICATE_ERROR, 0, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_BAD_CERTIFICATE },
  { "fallback-is-inappropriate", GNUTLS_E_INAPPROPRIATE_FALLBACK, 0, IN_HANDSHAKE, g_tls_error_quark,
    G_TLS_ERROR_INAPPROPRIATE_FALLBACK },
};

static void
test_error (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gnutls_session_t session;

  g_assert_cmpint (gnutls_init (&session, GNUTLS_SERVER), ==, 0);
  error = wsp_tls_make_error (&wsp_tls_role_server, session, errors[row].result,
                              errors[row].moment == WHEN_OPEN,
                              wsp_transport_make_error (errors[row].number));
  gnutls_deinit (session);
  g_assert_error (error, errors[row].domain (), errors[row].code);
}

static const struct
{
  const char *name;
  int         result;
  gboolean    may_send;
} alerts[] = {
  { "peer-that-ended-reads-none", GNUTLS_E_PREMATURE_TERMINATION, FALSE },
  { "peer-of-a-broken-socket-reads-none", GNUTLS_E_PULL_ERROR, FALSE },
  { "peer-that-sent-one-reads-none", GNUTLS_E_FATAL_ALERT_RECEIVED, FALSE },
  { "peer-that-broke-a-rule-reads-one", GNUTLS_E_UNEXPECTED_PACKET, TRUE },
  { "peer-that-is-refused-reads-one", GNUTLS_E_CERTIFICATE_ERROR, TRUE },
};

static void
test_alert (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);

  g_assert_true (wsp_tls_may_send_alert (alerts[row].result) == alerts[row].may_send);
}

static const struct
{
  const char *name;
  int         result;
  guint       n_records;
} sent_alerts[] = {
  { "success", GNUTLS_E_SUCCESS, 0 },
  { "more-input-is-needed", GNUTLS_E_AGAIN, 0 },
  { "interrupted", GNUTLS_E_INTERRUPTED, 0 },
  { "warning-of-the-peer", GNUTLS_E_WARNING_ALERT_RECEIVED, 0 },
  { "renegotiation", GNUTLS_E_REHANDSHAKE, 1 },
  { "no-certificate", GNUTLS_E_NO_CERTIFICATE_FOUND, 1 },
  { "broken-rule", GNUTLS_E_UNEXPECTED_PACKET, 1 },
};

static ssize_t
count_record (gnutls_transport_ptr_t data,
              const void            *bytes,
              size_t                 length)
{
  guint *n_records = data;

  ++*n_records;
  return length;
}

static void
test_sent_alert (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data), n_records = 0;
  gnutls_session_t session;

  g_assert_cmpint (gnutls_init (&session, GNUTLS_SERVER), ==, GNUTLS_E_SUCCESS);
  gnutls_set_default_priority (session);
  gnutls_transport_set_ptr (session, &n_records);
  gnutls_transport_set_push_function (session, count_record);
  wsp_tls_send_alert (session, sent_alerts[row].result);
  g_assert_cmpuint (n_records, ==, sent_alerts[row].n_records);
  gnutls_deinit (session);
}

/* GIO's TLS is used instead of a context that cannot be made. */
static void
test_without_key (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate-pem", &text, NULL);
  certificate = g_tls_certificate_new_from_pem (text, -1, &error);
  g_assert_no_error (error);

  const WspTlsSettings settings = { .certificate = certificate };

  g_assert_null (wsp_tls_context_new (&settings, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static const struct
{
  const char           *name;
  gnutls_pk_algorithm_t algorithm;      /* algorithm of a new key; unknown: the certificate's own */
  gboolean              is_right;
} keys[] = {
  { "own-key-taken", GNUTLS_PK_UNKNOWN, TRUE },
  { "key-of-the-same-algorithm-refused", GNUTLS_PK_ECDSA, FALSE },
  { "rsa-key-for-a-curve-refused", GNUTLS_PK_RSA, FALSE },
};

static char *
make_key (gnutls_pk_algorithm_t algorithm)
{
  guint bits = algorithm == GNUTLS_PK_RSA ? 2048
                                          : GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1);
  gnutls_x509_privkey_t key;
  gnutls_datum_t text;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, algorithm, bits, 0), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL,
                                                      GNUTLS_PKCS_PLAIN, &text), ==,
                   GNUTLS_E_SUCCESS);

  char *copy = g_strndup ((const char *) text.data, text.size);

  gnutls_free (text.data);
  gnutls_x509_privkey_deinit (key);
  return copy;
}

/* GIO makes each of the certificates. */
static void
test_key (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *certificate_text = NULL, *key = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate-pem", &certificate_text,
                "private-key-pem", &key, NULL);
  if (keys[row].algorithm != GNUTLS_PK_UNKNOWN)
    {
      g_free (key);
      key = make_key (keys[row].algorithm);
    }
  g_autofree char *both = g_strconcat (certificate_text, key, NULL);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (both, -1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (wsp_tls_check_key (certificate, &error), ==, keys[row].is_right);
  if (keys[row].is_right)
    g_assert_no_error (error);
  else
    g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

/* Its key may be in a token, so it is not refused. */
static void
test_unreadable_key (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate-pem", &text, NULL);
  certificate = g_tls_certificate_new_from_pem (text, -1, &error);
  g_assert_no_error (error);
  g_assert_true (wsp_tls_check_key (certificate, &error));
  g_assert_no_error (error);
}

static void
test_bad_priority (void)
{
  const WspTlsSettings settings = { .certificate = authority_get_certificate (CERTIFICATE_GOOD) };
  g_autoptr (GError) error = NULL;

  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NO-SUCH-PRIORITY", TRUE);
  g_assert_null (wsp_tls_context_new (&settings, &error));
  g_unsetenv ("G_TLS_GNUTLS_PRIORITY");
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS (PATH "error", errors, test_error);
  ADD_ROWS (PATH "alert", alerts, test_alert);
  ADD_ROWS (PATH "sent-alert", sent_alerts, test_sent_alert);
  ADD_ROWS (PATH "check-key", keys, test_key);
  g_test_add_func (PATH "check-key/key-that-cannot-be-read-taken", test_unreadable_key);
  g_test_add_func (PATH "new/certificate-without-key-refused", test_without_key);
  g_test_add_func (PATH "new/priority-of-nonsense-refused", test_bad_priority);

  return g_test_run ();
}
