/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/tls-server.h"

#include <errno.h>
#include <libwsproto/wsproto.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "endpoint/far/large-key.h"
#include "endpoint/far/sealed-records.h"

#define HANDSHAKE 22            /* the types of records */
#define APPLICATION_DATA 23
#define MAX_RECORD 16384

typedef struct
{
  FarPeer         *peer;
  TlsServerPlan   *plan;
  const TlsServerScript *script;
  gsize            n_sent;
  gnutls_session_t session;
  SealedRecords    sealed;      /* records of the handshake, in TLS 1.3 */
} TlsServer;

static ssize_t
pull (gnutls_transport_ptr_t data,
      void                  *bytes,
      size_t                 size)
{
  TlsServer *self = data;
  gssize n = -1;

  if (!self->script->stops || self->n_sent == 0)
    n = g_input_stream_read (g_io_stream_get_input_stream (self->peer->stream), bytes, size,
                             self->peer->cancellable, NULL);
  if (n < 0)
    gnutls_transport_set_errno (self->session, EIO);
  return n;
}

static GSocket *
get_socket (FarPeer *peer)
{
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (peer->stream));
}

static int
note_secret (gnutls_session_t      session,
             const char           *label,
             const gnutls_datum_t *secret)
{
  TlsServer *self = gnutls_session_get_ptr (session);

  if (g_str_equal (label, "SERVER_HANDSHAKE_TRAFFIC_SECRET"))
    sealed_records_begin (&self->sealed, secret);
  return 0;
}

/* TRUE: the record has the certificates, and the script has others. */
static gboolean
has_certificates (TlsServer    *self,
                  const guint8 *record,
                  gsize         size)
{
  g_autoptr (GBytes) content = NULL;

  if (self->script->certificates == NULL || size <= 5)
    return FALSE;
  if (record[0] == HANDSHAKE)
    return record[5] == GNUTLS_HANDSHAKE_CERTIFICATE_PKT;
  if (record[0] != APPLICATION_DATA || self->sealed.cipher == NULL)
    return FALSE;

  content = sealed_records_open (&self->sealed, record, size);
  return *(const guint8 *) g_bytes_get_data (content, NULL) == GNUTLS_HANDSHAKE_CERTIFICATE_PKT;
}

/* The record of the true certificates was the last one that was opened. */
static void
write_certificates (TlsServer *self)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  gsize length;
  const guint8 *message = g_bytes_get_data (self->script->certificates, &length);

  self->sealed.number -= self->sealed.cipher != NULL;
  for (gsize at = 0; at < length; at += MAX_RECORD)
    {
      const gsize n = MIN (length - at, MAX_RECORD);
      const guint8 head[] = { HANDSHAKE, 3, 3, n >> 8, n };

      if (self->sealed.cipher != NULL)
        sealed_records_add (&self->sealed, records, message + at, n);
      else
        {
          g_byte_array_append (records, head, sizeof head);
          g_byte_array_append (records, message + at, n);
        }
    }
  far_write_bytes (self->peer, records->data, records->len);
  sealed_records_clear (&self->sealed);
}

static ssize_t
push (gnutls_transport_ptr_t data,
      const void            *bytes,
      size_t                 size)
{
  TlsServer *self = data;
  const TlsServerPlan *plan = self->plan;
  g_autofree guint8 *copy = g_memdup2 (bytes, size);
  gboolean has_byte = plan->flaw != FLAW_NONE && self->n_sent + size > plan->at;
  gsize before = has_byte ? plan->at - MIN (plan->at, self->n_sent) : size;
  gsize length = plan->flaw == FLAW_CHANGED || plan->flaw == FLAW_GARBAGE ? size : before;

  if (has_byte && plan->flaw == FLAW_CHANGED && self->n_sent <= plan->at)
    copy[before] ^= 0x10;
  for (gsize i = before; plan->flaw == FLAW_GARBAGE && i < size; i++)
    copy[i] ^= 0xff;
  self->n_sent += size;
  if (has_certificates (self, bytes, size))
    write_certificates (self);
  else if (length > 0)
    far_write_bytes (self->peer, copy, length);
  if (has_byte && plan->flaw == FLAW_ENDS)
    g_socket_shutdown (get_socket (self->peer), FALSE, TRUE, NULL);
  return size;
}

static void
append_length (GByteArray *message,
               gsize       length)
{
  const guint8 bytes[] = { length >> 16, length >> 8, length };

  g_byte_array_append (message, bytes, sizeof bytes);
}

GBytes *
tls_server_make_message (const guint8 *certificate,
                         gsize         length)
{
  GByteArray *message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) "\x0b", 1);
  append_length (message, 1 + 3 + 3 + length + 2);
  g_byte_array_append (message, (const guint8 *) "\0", 1);       /* no context */
  append_length (message, 3 + length + 2);
  append_length (message, length);
  g_byte_array_append (message, certificate, length);
  g_byte_array_append (message, (const guint8 *) "\0\0", 2);     /* no extensions */
  return g_byte_array_free_to_bytes (message);
}

gnutls_certificate_credentials_t
tls_server_load_certificate (CertificateKind kind)
{
  GTlsCertificate *certificate = authority_get_certificate (kind);
  g_autofree char *text = NULL;
  g_autofree char *key = NULL;
  gnutls_certificate_credentials_t credentials;

  g_object_get (certificate, "certificate-pem", &text, "private-key-pem", &key, NULL);

  const gnutls_datum_t text_datum = { (guint8 *) text, strlen (text) };
  const gnutls_datum_t key_datum = { (guint8 *) key, strlen (key) };

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&credentials), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_certificate_set_x509_key_mem (credentials, &text_datum, &key_datum,
                                                        GNUTLS_X509_FMT_PEM), >=, 0);
  return credentials;
}

static gnutls_certificate_credentials_t
load_certificate (const TlsServerPlan *plan)
{
  gnutls_certificate_credentials_t credentials;

  if (plan->n_key_bits == 0)
    return tls_server_load_certificate (plan->certificate);

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&credentials), ==, GNUTLS_E_SUCCESS);
  large_key_set (credentials, plan->n_key_bits, plan->n_exponent_bits, plan->n_padding);
  return credentials;
}

static void
note_handshake (TlsServer *self,
                int        result)
{
  const char *shown =
    gnutls_certificate_get_peers (self->session, NULL) != NULL ? "shown" : "none";

  char name[256] = "none";
  size_t length = sizeof name;
  unsigned int type;

  gnutls_server_name_get (self->session, name, &length, &type, 0);
  far_note (self->peer->far, "server name %s", name);
  far_note (self->peer->far, "handshake %s",
            result == GNUTLS_E_SUCCESS ? "succeeded" : "failed");
  /* GnuTLS takes each alert in place of a certificate that is required for a missing one. */
  far_note (self->peer->far, "client certificate %s, alert %s", shown,
            result != GNUTLS_E_SUCCESS ? gnutls_alert_get_name (gnutls_alert_get (self->session))
                                       : "none");
}

static char *
read_head (gnutls_session_t session)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char bytes[1024];
  ssize_t n;

  while (strstr (head->str, "\r\n\r\n") == NULL &&
         (n = gnutls_record_recv (session, bytes, sizeof bytes)) > 0)
    g_string_append_len (head, bytes, n);

  return g_strdup (head->str);
}

char *
tls_server_make_switch (gnutls_session_t session)
{
  g_autofree char *head = read_head (session);

  return far_make_switch (head, "\x81\x02hi");
}

void
tls_server_respond (gnutls_session_t session)
{
  g_autofree char *answer = tls_server_make_switch (session);
  char byte;

  if (answer == NULL)
    return;

  gnutls_record_send (session, answer, strlen (answer));
  while (gnutls_record_recv (session, &byte, 1) > 0)
    ;
}

static void
begin_session (TlsServer                       *self,
               gnutls_certificate_credentials_t credentials)
{
  const TlsServerPlan *plan = self->plan;

  gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
  if (plan->priority != NULL)
    gnutls_priority_set_direct (self->session, plan->priority, NULL);
  else
    gnutls_set_default_priority (self->session);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials);
  if (plan->wants_certificate)
    gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_REQUIRE);
  gnutls_session_set_ptr (self->session, self);
  if (self->script->certificates != NULL)
    gnutls_session_set_keylog_function (self->session, note_secret);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_pull_function (self->session, pull);
  gnutls_transport_set_push_function (self->session, push);
}

void
tls_server_run (FarPeer               *peer,
                TlsServerPlan         *plan,
                const TlsServerScript *script)
{
  TlsServer self = { .peer = peer, .plan = plan, .script = script };
  gnutls_certificate_credentials_t credentials = load_certificate (plan);
  int result;

  g_socket_set_option (get_socket (peer), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  begin_session (&self, credentials);
  if (script->prepare != NULL)
    script->prepare (self.session, credentials, script->data);
  do
    result = gnutls_handshake (self.session);
  while (result < 0 && gnutls_error_is_fatal (result) == 0);
  plan->n_sent = self.n_sent;
  note_handshake (&self, result);
  if (script->serve != NULL)
    script->serve (peer, self.session, result, script->data);
  else if (result == GNUTLS_E_SUCCESS)
    tls_server_respond (self.session);
  else
    gnutls_alert_send_appropriate (self.session, result);
  far_wait_for_end (peer);
  sealed_records_clear (&self.sealed);
  gnutls_deinit (self.session);
  gnutls_certificate_free_credentials (credentials);
}

void
tls_server_serve (FarPeer *peer,
                  gpointer data)
{
  tls_server_run (peer, data, &(TlsServerScript) { 0 });
}
