/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The data that all TLS connections of a server share: certificate and key, priority string, ticket
 * key; and the same for all clients with one certificate, or with none.  Ciphers are those of GIO,
 * versions TLS 1.2 and later.  docs/rationales/tls.md has the reasons. */
#include "reactor/tls/wsp-tls-context-private.h"

#include <stdlib.h>
#include <string.h>

#include <libwsproto/base/wsp-error.h>

#include "log/wsp-certificate-private.h"
#include "reactor/tls/wsp-tls-peer-key-private.h"
#include "reactor/tls/wsp-tls-priority-private.h"
#include "reactor/tls/wsp-tls-tickets-private.h"
#include "system/environment.h"

/* Most bytes of a TLS handshake message, such as one with a chain of certificates: the time that
 * GnuTLS takes grows with their square. */
#define MAX_HANDSHAKE_MESSAGE (32 * 1024)

static GMutex client_lock;
static WspTlsContext *client_without_certificate;       /* protected by client_lock; never freed */

static void
free_ticket_key (gpointer data)
{
  gnutls_memset (data, 0, WSP_TLS_TICKET_KEY_SIZE);
  g_free (data);
}

GBytes *
wsp_tls_make_ticket_key (void)
{
  gnutls_datum_t made;

  if (gnutls_session_ticket_key_generate (&made) != GNUTLS_E_SUCCESS)
    return NULL;

  g_assert (made.size == WSP_TLS_TICKET_KEY_SIZE);

  gpointer key = g_memdup2 (made.data, made.size);

  gnutls_memset (made.data, 0, made.size);
  gnutls_free (made.data);
  return g_bytes_new_with_free_func (key, WSP_TLS_TICKET_KEY_SIZE, free_ticket_key, key);
}

static GError *
make_setup_error (const char *problem,
                  int         result)
{
  return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "%s: %s", problem,
                      gnutls_strerror (result));
}

/* Returns the certificate and its issuers in PEM, from the server's own to the root's. */
static char *
get_chain (GTlsCertificate *certificate)
{
  GString *chain = g_string_new (NULL);

  for (GTlsCertificate *at = certificate; at != NULL; at = g_tls_certificate_get_issuer (at))
    {
      g_autofree char *text = NULL;

      g_object_get (at, "certificate-pem", &text, NULL);
      if (text != NULL)
        g_string_append (chain, text);
    }

  return g_string_free (chain, FALSE);
}

/* Returns a number below 0 if the key is not taken.  This function's copy of the key is wiped; the
 * certificate and GnuTLS keep theirs. */
static int
take_key (gnutls_certificate_credentials_t credentials,
          GTlsCertificate                 *certificate)
{
  g_autofree char *chain = get_chain (certificate);
  char *key = NULL;
  int result;

  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL)
    return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;

  gnutls_datum_t chain_datum = { (guint8 *) chain, strlen (chain) };
  gnutls_datum_t key_datum = { (guint8 *) key, strlen (key) };

  result = gnutls_certificate_set_x509_key_mem (credentials, &chain_datum, &key_datum,
                                                GNUTLS_X509_FMT_PEM);
  gnutls_memset (key, 0, key_datum.size);
  g_free (key);
  return result;
}

static gboolean
load_key (WspTlsContext   *self,
          GTlsCertificate *certificate,
          GError         **error)
{
  int result = take_key (self->credentials, certificate);

  if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         "The private key of the certificate cannot be read");
  else if (result < 0)
    g_propagate_error (error, make_setup_error ("GnuTLS does not take the certificate", result));
  return result >= 0;
}

/* GIO takes a certificate with any key, and then every handshake fails. */
gboolean
wsp_tls_check_key (GTlsCertificate *certificate,
                   GError         **error)
{
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials (&credentials);

  if (result != GNUTLS_E_SUCCESS)
    return TRUE;

  result = take_key (credentials, certificate);
  gnutls_certificate_free_credentials (credentials);
  if (result != GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
    return TRUE;

  g_autofree char *subject = wsp_certificate_quote_subject (certificate);

  g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
               "expected the private key of the certificate, received that of another one: "
               "subject %s", subject);
  return FALSE;
}

static gboolean
load_priority (WspTlsContext *self,
               GError       **error)
{
  int result = wsp_tls_priority_init (&self->priority, self->role);

  if (result != GNUTLS_E_SUCCESS)
    {
      g_propagate_error (error, make_setup_error ("GnuTLS does not take the priority", result));
      return FALSE;
    }

  self->init_flags = self->role->init_flags | wsp_tls_priority_get_init_flags (self->priority);
  return TRUE;
}

static gboolean
check_environment (GError **error)
{
  if (g_strcmp0 (wsc_environment_get ("WSP_TLS"), "gio") != 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "WSP_TLS=gio is set");
  return FALSE;
}

/* Another backend has certificates and databases of its own. */
static gboolean
check_backend (GError **error)
{
  if (strcmp (G_OBJECT_TYPE_NAME (g_tls_backend_get_default ()), "GTlsBackendGnutls") == 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "GIO's TLS is not that of GnuTLS");
  return FALSE;
}

/* certificate NULL: none. */
static WspTlsContext *
tls_context_make (const WspTlsRole *role,
                  GTlsCertificate  *certificate,
                  GError          **error)
{
  WspTlsContext *self = g_new0 (WspTlsContext, 1);
  int result = gnutls_certificate_allocate_credentials (&self->credentials);

  self->ref_count = 1;
  self->role = role;
  self->number = wsp_tls_tickets_make_number ();
  if (result != GNUTLS_E_SUCCESS)
    g_propagate_error (error, make_setup_error ("GnuTLS gives no credentials", result));
  else if (load_priority (self, error) &&
           (certificate == NULL || load_key (self, certificate, error)))
    return self;

  wsp_tls_context_unref (self);
  return NULL;
}

WspTlsContext *
wsp_tls_context_new (const WspTlsSettings *settings,
                     GError              **error)
{
  if (!check_environment (error))
    return NULL;

  WspTlsContext *self = tls_context_make (&wsp_tls_role_server, settings->certificate, error);

  if (self == NULL)
    return NULL;

  self->mode = settings->mode;
  self->skips_alpn = settings->skips_alpn;
  g_set_object (&self->database, settings->database);
  if (settings->ticket_key != NULL && settings->mode == G_TLS_AUTHENTICATION_NONE)
    self->ticket_key = g_bytes_ref (settings->ticket_key);
  return self;
}

static WspTlsContext *
tls_context_make_client (GTlsCertificate *certificate,
                         GError         **error)
{
  WspTlsContext *self = tls_context_make (&wsp_tls_role_client, certificate, error);

  if (self != NULL)
    gnutls_certificate_set_verify_function (self->credentials, wsp_tls_judged_verify);
  return self;
}

static WspTlsContext *
ref_client_without_certificate (GError **error)
{
  WspTlsContext *self = NULL;

  g_mutex_lock (&client_lock);
  if (client_without_certificate == NULL)
    client_without_certificate = tls_context_make_client (NULL, error);
  if (client_without_certificate != NULL)
    self = wsp_tls_context_ref (client_without_certificate);
  g_mutex_unlock (&client_lock);
  return self;
}

static gpointer
ref_context (gpointer context,
             gpointer data)
{
  return context != NULL ? wsp_tls_context_ref (context) : NULL;
}

static void
unref_context (gpointer context)
{
  wsp_tls_context_unref (context);
}

/* The certificate keeps its context, so its key is read once. */
WspTlsContext *
wsp_tls_context_get_client (GTlsCertificate *certificate,
                            GError         **error)
{
  GObject *keeper = (GObject *) certificate;
  WspTlsContext *self;

  if (!check_backend (error) || !check_environment (error))
    return NULL;
  if (keeper == NULL)
    return ref_client_without_certificate (error);

  self = g_object_dup_data (keeper, "wsp-tls-context", ref_context, NULL);
  if (self != NULL)
    return self;

  self = tls_context_make_client (certificate, error);
  if (self != NULL)
    g_object_set_data_full (keeper, "wsp-tls-context", wsp_tls_context_ref (self), unref_context);
  return self;
}

WspTlsContext *
wsp_tls_context_ref (WspTlsContext *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
wsp_tls_context_unref (WspTlsContext *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (self->priority != NULL)
    gnutls_priority_deinit (self->priority);
  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  g_clear_object (&self->database);
  g_clear_pointer (&self->ticket_key, g_bytes_unref);
  g_free (self);
}

static gnutls_certificate_request_t
tls_context_get_request (WspTlsContext *self)
{
  switch (self->mode)
    {
    case G_TLS_AUTHENTICATION_REQUESTED:
      return GNUTLS_CERT_REQUEST;
    case G_TLS_AUTHENTICATION_REQUIRED:
      return GNUTLS_CERT_REQUIRE;
    case G_TLS_AUTHENTICATION_NONE:
    default:
      return GNUTLS_CERT_IGNORE;
    }
}

/* If clients are asked for a certificate, there are no tickets: a resumed session would skip the
 * verification. */
static int
enable_tickets (WspTlsContext   *self,
                gnutls_session_t session)
{
  gsize length;

  if (self->ticket_key == NULL)
    return GNUTLS_E_SUCCESS;

  gconstpointer key = g_bytes_get_data (self->ticket_key, &length);
  gnutls_datum_t datum = { (guint8 *) key, length };

  return gnutls_session_ticket_enable_server (session, &datum);
}

static int
set_protocol (WspTlsContext   *self,
              WspTlsJudged    *judged,
              gnutls_session_t session)
{
  gnutls_datum_t protocol = { (guint8 *) "http/1.1", strlen ("http/1.1") };

  if (judged != NULL ? judged->expected.skips_alpn : self->skips_alpn)
    return GNUTLS_E_SUCCESS;

  return gnutls_alpn_set_protocols (session, &protocol, 1, 0);
}

static int
set_up_session (WspTlsContext   *self,
                WspTlsJudged    *judged,
                gnutls_session_t session)
{
  int result = gnutls_priority_set (session, self->priority);

  wsp_tls_limit_peer_key (session);
  gnutls_handshake_set_max_packet_length (session, MAX_HANDSHAKE_MESSAGE);
  if (result == GNUTLS_E_SUCCESS)
    result = gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, self->credentials);
  if (result == GNUTLS_E_SUCCESS)
    result = set_protocol (self, judged, session);
  if (result == GNUTLS_E_SUCCESS && judged != NULL)
    return wsp_tls_judged_set_up_session (judged, session);

  if (result == GNUTLS_E_SUCCESS)
    result = enable_tickets (self, session);
  gnutls_certificate_server_set_request (session, tls_context_get_request (self));
  return result;
}

int
wsp_tls_context_begin_session (WspTlsContext    *self,
                               WspTlsJudged     *judged,
                               gnutls_session_t *session)
{
  guint no_tickets = judged == NULL && self->ticket_key == NULL ? GNUTLS_NO_TICKETS : 0;
  int result = gnutls_init (session, self->init_flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
                            no_tickets);

  if (result != GNUTLS_E_SUCCESS)
    {
      *session = NULL;
      return result;
    }

  result = set_up_session (self, judged, *session);
  if (result == GNUTLS_E_SUCCESS)
    return GNUTLS_E_SUCCESS;

  gnutls_deinit (*session);
  *session = NULL;
  return result;
}

gnutls_alert_description_t
wsp_tls_choose_alert (GTlsCertificateFlags errors)
{
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return GNUTLS_A_UNKNOWN_CA;
  if (errors & G_TLS_CERTIFICATE_REVOKED)
    return GNUTLS_A_CERTIFICATE_REVOKED;
  if (errors & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    return GNUTLS_A_CERTIFICATE_EXPIRED;

  return GNUTLS_A_BAD_CERTIFICATE;
}

/* A client that has closed the stream or sent a fatal alert reads no alert. */
gboolean
wsp_tls_may_send_alert (int result)
{
  return result != GNUTLS_E_PREMATURE_TERMINATION && result != GNUTLS_E_PULL_ERROR &&
         result != GNUTLS_E_FATAL_ALERT_RECEIVED;
}

/* For a missing certificate GnuTLS would send decode_error in TLS 1.2, instead of handshake_failure
 * (RFC 5246 7.4.6).  For a result that is not a fatal error GnuTLS sends nothing. */
void
wsp_tls_send_alert (gnutls_session_t session,
                    int              result)
{
  if (result == GNUTLS_E_NO_CERTIFICATE_FOUND)
    gnutls_alert_send (session, GNUTLS_AL_FATAL, GNUTLS_A_HANDSHAKE_FAILURE);
  else if (wsp_tls_may_send_alert (result))
    gnutls_alert_send_appropriate (session, result);
}

static gboolean
is_not_tls (int           result,
            const GError *of_socket)
{
  return result == GNUTLS_E_UNEXPECTED_PACKET_LENGTH || result == GNUTLS_E_DECRYPTION_FAILED ||
         result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
         result == GNUTLS_E_PREMATURE_TERMINATION ||
         g_error_matches (of_socket, G_IO_ERROR, G_IO_ERROR_FAILED) ||
         g_error_matches (of_socket, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* TRUE: GnuTLS could not read the certificate of the peer, the key in it, or a signature. */
static gboolean
is_parsing_error (int result)
{
  return (result <= GNUTLS_E_ASN1_ELEMENT_NOT_FOUND && result >= GNUTLS_E_ASN1_DER_OVERFLOW) ||
         result == GNUTLS_E_PARSING_ERROR || result == GNUTLS_E_ECC_UNSUPPORTED_CURVE ||
         result == GNUTLS_E_UNKNOWN_PK_ALGORITHM || result == GNUTLS_E_UNIMPLEMENTED_FEATURE;
}

/* Returns NULL if the key of the peer is not the reason. */
static GError *
make_key_error (const WspTlsRole *role,
                gnutls_session_t  session,
                int               result)
{
  return result == GNUTLS_E_CERTIFICATE_ERROR || is_parsing_error (result)
         ? wsp_tls_make_key_error (role, session) : NULL;
}

/* The codes are those of GIO for the same errors, except for a server that has no certificate: GIO
 * says that one of the client is required. */
GError *
wsp_tls_make_error (const WspTlsRole *role,
                    gnutls_session_t  session,
                    int               result,
                    gboolean          was_open,
                    GError           *of_socket)
{
  g_autoptr (GError) below = of_socket;
  const char *text = below != NULL ? below->message : gnutls_strerror (result);

  if (!was_open && is_not_tls (result, below))
    return g_error_new (G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, "TLS handshake: %s", text);

  GError *of_key = make_key_error (role, session, result);

  if (of_key != NULL)
    return of_key;

  switch (result)
    {
    case GNUTLS_E_PREMATURE_TERMINATION:
      return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_EOF,
                                  "TLS: expected close_notify, received the end of the stream");
    case GNUTLS_E_REHANDSHAKE:
      return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_MISC,
                                  "TLS: the peer asked for a renegotiation, which is refused");
    case GNUTLS_E_NO_CERTIFICATE_FOUND:
    case GNUTLS_E_CERTIFICATE_REQUIRED:
      return g_error_new_literal (G_TLS_ERROR, role->no_certificate_code, role->no_certificate);
    case GNUTLS_E_CERTIFICATE_ERROR:
      return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, role->not_trusted);
    case GNUTLS_E_HANDSHAKE_TOO_LARGE:
      return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                          "TLS handshake: expected messages of at most %d bytes, received a larger "
                          "one, most likely the certificates of the %s", MAX_HANDSHAKE_MESSAGE,
                          role->peer);
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      return g_error_new (G_TLS_ERROR, G_TLS_ERROR_MISC, "TLS: received the fatal alert \"%s\"",
                          gnutls_alert_get_name (gnutls_alert_get (session)));
    case GNUTLS_E_INAPPROPRIATE_FALLBACK:
      return g_error_new (G_TLS_ERROR, G_TLS_ERROR_INAPPROPRIATE_FALLBACK, "TLS handshake: %s",
                          text);
    default:
      return below != NULL ? g_steal_pointer (&below)
                           : g_error_new (G_TLS_ERROR, G_TLS_ERROR_MISC, "%s: %s",
                                          was_open ? "TLS" : "TLS handshake", text);
    }
}

static const struct
{
  gnutls_protocol_t   of_gnutls;
  GTlsProtocolVersion version;
} versions[] = {
  { GNUTLS_SSL3, G_TLS_PROTOCOL_VERSION_SSL_3_0 },
  { GNUTLS_TLS1_0, G_TLS_PROTOCOL_VERSION_TLS_1_0 },
  { GNUTLS_TLS1_1, G_TLS_PROTOCOL_VERSION_TLS_1_1 },
  { GNUTLS_TLS1_2, G_TLS_PROTOCOL_VERSION_TLS_1_2 },
  { GNUTLS_TLS1_3, G_TLS_PROTOCOL_VERSION_TLS_1_3 },
};

void
wsp_tls_describe_session (gnutls_session_t session,
                          WspTransportTls *tls)
{
  gnutls_protocol_t version = gnutls_protocol_get_version (session);

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      if (versions[i].of_gnutls == version)
        tls->version = versions[i].version;
    }
  tls->ciphersuite = g_strdup (gnutls_ciphersuite_get (session));
}
