/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Faults of a server in a TLS session with a client: alerts, the end of the stream, renegotiation,
 * floods. */
#include <sys/socket.h>

#include "endpoint/far/dialed-by.h"
#include "endpoint/far/sealed-records.h"
#include "endpoint/far/tls-server.h"
#include "endpoint/knock.h"
#include "lib/rows.h"

#define PATH "/endpoint/client-tls-sessions/"
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define MIN_TURNS 20            /* of the main loop, meanwhile: 36 and more on a busy machine */
#define INTERNAL_ERROR "received the fatal alert \"Internal error\""

typedef void (*SessionFunc) (FarPeer         *peer,
                             gnutls_session_t session,
                             int              result,
                             gpointer         data);

typedef struct
{
  TlsServerPlan   plan;
  TlsServerScript script;
} Server;

static GSocket *
get_socket (FarPeer *peer)
{
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (peer->stream));
}

static void
serve (FarPeer *peer,
       gpointer data)
{
  Server *self = data;
  TlsServerPlan plan = self->plan;      /* each connection has its own */

  tls_server_run (peer, &plan, &self->script);
}

static Far *
begin_server (Server         *self,
              const char     *priority,
              CertificateKind kind)
{
  authority_get_certificate (kind);
  self->plan.priority = priority;
  self->plan.certificate = kind;
  return far_new (serve, self);
}

static void
send_alert (gnutls_session_t session)
{
  gnutls_alert_send (session, GNUTLS_AL_FATAL, GNUTLS_A_INTERNAL_ERROR);
}

static void
end_output (FarPeer *peer)
{
  g_socket_shutdown (get_socket (peer), FALSE, TRUE, NULL);
}

/* Ends the stream by a RST. */
static void
reset (FarPeer *peer)
{
  GSocket *socket = get_socket (peer);
  const struct linger at_once = { 1, 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_socket_close (socket, NULL);
}

/* An alert that has arrived when the client writes to a stream that is lost. */

static int is_waiting, is_lost;         /* atomic: the client waits; the server has sent all */

static void
send_alert_and_reset (FarPeer         *peer,
                      gnutls_session_t session,
                      int              result,
                      gpointer         data)
{
  while (!g_atomic_int_get (&is_waiting))
    g_usleep (1000);
  send_alert (session);
  reset (peer);
  g_atomic_int_set (&is_lost, TRUE);
}

static void
wait_until_lost (void)
{
  g_atomic_int_set (&is_waiting, TRUE);
  while (!g_atomic_int_get (&is_lost))
    g_usleep (1000);
}

static gboolean
accept_when_lost (WspClient           *client,
                  WspHandshake        *handshake,
                  GSocketConnectable  *peer,
                  GTlsCertificate     *certificate,
                  GTlsCertificateFlags errors)
{
  wait_until_lost ();
  return TRUE;
}

static void
wait_in_event (WspClient          *client,
               WspHandshake       *handshake,
               GSocketClientEvent  event,
               GSocketConnectable *place,
               GIOStream          *stream)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    wait_until_lost ();
}

static const struct
{
  const char     *name, *priority;
  CertificateKind certificate;  /* certificate of the server; self-signed: the client waits in
                                 * accept-certificate */
} lost_writes[] = {
  { "handshake-of-tls-1.3", TLS_1_3, CERTIFICATE_SELF_SIGNED },
  { "request-of-tls-1.2", TLS_1_2, CERTIFICATE_GOOD },
  { "request-of-tls-1.3", TLS_1_3, CERTIFICATE_GOOD },
};

static void
test_lost_write (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Server plan = { .script.serve = send_alert_and_reset };
  g_autoptr (Far) server = NULL;
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  g_atomic_int_set (&is_waiting, FALSE);
  g_atomic_int_set (&is_lost, FALSE);
  plan.script.stops = lost_writes[row].certificate == CERTIFICATE_SELF_SIGNED;
  server = begin_server (&plan, lost_writes[row].priority, lost_writes[row].certificate);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_when_lost), NULL);
  g_signal_connect (client, "event", G_CALLBACK (wait_in_event), NULL);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_MISC, INTERNAL_ERROR);
}

/* The same on an open connection: the messages before the alert are received. */

static void
send_messages_alert_and_reset (FarPeer         *peer,
                               gnutls_session_t session,
                               int              result,
                               gpointer         data)
{
  g_autofree char *answer = tls_server_make_switch (session);

  gnutls_record_send (session, answer, strlen (answer));
  while (!g_atomic_int_get (&is_waiting))
    g_usleep (1000);
  for (guint i = 0; i < 3; i++)
    gnutls_record_send (session, "\x81\x01m", 3);
  send_alert (session);
  reset (peer);
  g_atomic_int_set (&is_lost, TRUE);
}

static void
check_lost_output (WspConnection *connection,
                   Tls            tls)
{
  g_autoptr (GError) error = NULL;

  wait_until_lost ();
  for (guint i = 0; i < 3 && error == NULL; i++)
    wsp_connection_queue_text (connection, "late", &error);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) unexpected = NULL;
      g_autoptr (WspMessage) message = receive (connection, &unexpected);

      g_assert_no_error (unexpected);
      g_assert_cmpstr (wsp_message_get_text (message), ==, i == 0 ? "hi" : "m");
    }

  g_autoptr (GError) failed = NULL;

  g_assert_null (receive (connection, &failed));
  g_assert_error (failed, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);

  const GError *end = wsp_close_info_get_error (wsp_connection_get_close_info (connection));

  g_assert_error (end, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_cmpstr (failed->message, ==, end->message);
  if (tls == BY_LIBRARY)
    g_assert_contains (end->message, INTERNAL_ERROR);
}

static void
test_lost_output (gconstpointer priority)
{
  for (Tls tls = BY_LIBRARY; tls <= BY_GIO; tls++)
    {
      Server plan = { .script.serve = send_messages_alert_and_reset };
      g_autoptr (Far) server = begin_server (&plan, priority, CERTIFICATE_GOOD);
      g_autoptr (WspClient) client = make_client (authority_get_database ());
      g_auto (Dialed) dialed = { 0 };

      g_atomic_int_set (&is_waiting, FALSE);
      g_atomic_int_set (&is_lost, FALSE);
      dial_by (&dialed, tls, client, "localhost", server);
      g_assert_no_error (dialed.error);
      check_lost_output (dialed.connection, tls);
    }
}

/* Alerts in each state. */

static void
send_alert_at_once (FarPeer         *peer,
                    gnutls_session_t session,
                    int              result,
                    gpointer         data)
{
  send_alert (session);
}

static void
send_alert_for_response (FarPeer         *peer,
                         gnutls_session_t session,
                         int              result,
                         gpointer         data)
{
  g_free (tls_server_make_switch (session));
  send_alert (session);
}

static void
send_alert_in_response (FarPeer         *peer,
                        gnutls_session_t session,
                        int              result,
                        gpointer         data)
{
  g_autofree char *answer = tls_server_make_switch (session);

  gnutls_record_send (session, answer, 40);
  send_alert (session);
}

#define NO_RESPONSE "server ended TLS without a response ("

/* With TLS 1.3 the handshake of the client ends with the first part of the server's. */
static const struct
{
  const char *name;
  SessionFunc serve;
  gboolean    stops;
  const char *texts[2];         /* texts of the error with TLS 1.2 and 1.3 */
} alerts[] = {
  { "in-the-handshake", send_alert_at_once, TRUE, { "No TLS with localhost:PORT (", NO_RESPONSE } },
  { "before-the-request", send_alert_at_once, FALSE, { NO_RESPONSE, NO_RESPONSE } },
  { "for-a-response", send_alert_for_response, FALSE, { NO_RESPONSE, NO_RESPONSE } },
  { "in-the-response", send_alert_in_response, FALSE, { "Handshake with localhost:PORT failed: ",
                                                        "Handshake with localhost:PORT failed: " } },
};

static void
test_alert (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2, version = GPOINTER_TO_UINT (data) % 2;
  const char *priority = version == 0 ? TLS_1_2 : TLS_1_3;
  Server plan = { .script = { .serve = alerts[row].serve, .stops = alerts[row].stops } };
  g_autoptr (Far) server = begin_server (&plan, priority, CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_autofree char *text = far_make_uri (alerts[row].texts[version], server);

  for (Tls tls = BY_LIBRARY; tls <= BY_GIO; tls++)
    {
      g_auto (Dialed) dialed = { 0 };

      dial_by (&dialed, tls, client, "localhost", server);
      g_test_message ("%s", dialed.error->message);
      dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_MISC, text);
      if (tls == BY_LIBRARY)
        g_assert_contains (dialed.error->message, INTERNAL_ERROR);
    }
}

/* A warning before its answer: RFC 6066 3. */

static int
send_warning (gnutls_session_t      session,
              unsigned int          message,
              unsigned int          when,
              unsigned int          is_incoming,
              const gnutls_datum_t *bytes)
{
  return gnutls_alert_send (session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
}

static void
prepare_warning (gnutls_session_t                 session,
                 gnutls_certificate_credentials_t credentials,
                 gpointer                         data)
{
  gnutls_handshake_set_hook_function (session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_POST,
                                      send_warning);
}

static void
test_warning (gconstpointer priority)
{
  Server plan = { .script.prepare = prepare_warning };
  g_autoptr (Far) server = begin_server (&plan, priority, CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());

  for (Tls tls = BY_LIBRARY; tls <= BY_GIO; tls++)
    {
      g_auto (Dialed) dialed = { 0 };

      dial_by (&dialed, tls, client, "localhost", server);
      dial_is_open (&dialed);
    }
}

/* Certificates that GnuTLS would not send. */

#define ANY_CODE -1

typedef struct
{
  const char *name;
  guint       n_certificates, size;     /* number of certificates; length of each, which is all
                                         * zeros */
  int         lie;              /* number of bytes that the message claims and does not have */
  int         codes[2][2];      /* error codes with TLS 1.2 and 1.3: of the library, of GIO; or
                                 * ANY_CODE */
  const char *texts[2];         /* texts of the error with TLS 1.2 and 1.3 */
} CertificateRow;

#define BYTES(bytes) bytes, sizeof bytes - 1
#define DECODING "TLS handshake: Error decoding"
#define BOTH(code, text) { { code, code }, { code, code } }, { text, text }
#define OWN(code, text) { { code, ANY_CODE }, { code, ANY_CODE } }, { text, text }

static const CertificateRow messages[] = {
  { "no-certificate", 0, 0, 0, OWN (G_TLS_ERROR_BAD_CERTIFICATE,
                                    "expected a certificate of the server, received none") },
  { "zeros", 1, 400, 0, { { G_TLS_ERROR_BAD_CERTIFICATE, ANY_CODE },
                          { G_TLS_ERROR_BAD_CERTIFICATE, ANY_CODE } },
    { "the certificate of the server is not trusted",
      "with a key that can be read, received one without" } },
  { "empty-certificate", 1, 0, 0, { { G_TLS_ERROR_BAD_CERTIFICATE, ANY_CODE },
                                    { G_TLS_ERROR_NOT_TLS, ANY_CODE } },
    { "received none", DECODING } },
  { "certificates-shorter-than-said", 1, 400, 3, BOTH (G_TLS_ERROR_NOT_TLS, DECODING) },
  { "certificates-longer-than-said", 1, 400, -3, BOTH (G_TLS_ERROR_NOT_TLS, DECODING) },
  { "200-KiB", 50, 4096, 0, OWN (ANY_CODE, "expected messages of at most 32768 bytes") },
  { "2-MiB", 512, 4096, 0, OWN (ANY_CODE, "Too many handshake packets") },
};

static void
append_number (GByteArray *array,
               guint       number)
{
  const guint8 bytes[] = { number >> 16, number >> 8, number };

  g_byte_array_append (array, bytes, 3);
}

/* RFC 5246 7.4.2, RFC 8446 4.4.2: TLS 1.3 has a context before the list, which is empty, and
 * extensions after each certificate. */
static GBytes *
make_message (const CertificateRow *row,
              gboolean              is_1_3)
{
  const guint each = 3 + row->size + (is_1_3 ? 2 : 0);
  const guint length = row->n_certificates * each;
  g_autofree guint8 *zeros = g_malloc0 (row->size + 2);
  GByteArray *message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) "\x0b", 1);
  append_number (message, length + 3 + is_1_3);
  g_byte_array_append (message, zeros, is_1_3);
  append_number (message, length + row->lie);
  for (guint i = 0; i < row->n_certificates; i++)
    {
      append_number (message, row->size);
      g_byte_array_append (message, zeros, each - 3);
    }

  return g_byte_array_free_to_bytes (message);
}

static void
test_message (gconstpointer data)
{
  const CertificateRow *row = &messages[GPOINTER_TO_UINT (data) / 2];
  gboolean is_1_3 = GPOINTER_TO_UINT (data) % 2;
  g_autoptr (GBytes) message = make_message (row, is_1_3);
  Server plan = { .script.certificates = message };
  g_autoptr (Far) server = begin_server (&plan, is_1_3 ? SEALED_PRIORITY : TLS_1_2,
                                         CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());

  for (Tls tls = BY_LIBRARY; tls <= BY_GIO; tls++)
    {
      g_auto (Dialed) dialed = { 0 };

      dial_by (&dialed, tls, client, "localhost", server);
      g_test_message ("%s", dialed.error->message);
      if (row->codes[is_1_3][tls] != ANY_CODE)
        dial_has_failed (&dialed, G_TLS_ERROR, row->codes[is_1_3][tls], "No TLS with localhost");
      if (tls == BY_LIBRARY)
        g_assert_contains (dialed.error->message, row->texts[is_1_3]);
    }
}

/* A certificate with a key that GnuTLS cannot use, by one byte.  The signature is still that of the
 * good key. */

static const struct
{
  const char *name, *bytes;     /* bytes of the message, of which the last one is changed */
  gsize       length;
} unreadable[] = {
  { "algorithm-of-the-key", BYTES ("\x2a\x86\x48\xce\x3d\x02\x01") },
  { "curve-of-the-key", BYTES ("\x2a\x86\x48\xce\x3d\x03\x01\x07") },
  { "form-of-the-point", BYTES ("\x03\x01\x07\x03\x42\x00\x04") },
};

static gsize
find_end (const GByteArray *array,
          const char       *bytes,
          gsize             length)
{
  for (gsize i = 0; i + length <= array->len; i++)
    if (memcmp (array->data + i, bytes, length) == 0)
      return i + length;

  g_assert_not_reached ();
}

static GByteArray *
dup_certificate (void)
{
  GByteArray *der = NULL;

  g_object_get (authority_get_certificate (CERTIFICATE_GOOD), "certificate", &der, NULL);
  return der;
}

/* The server shows these messages in place of its certificate. */
static void
dial_shown (Dialed *dialed,
            GBytes *messages_shown)
{
  Server plan = { .script.certificates = messages_shown };
  g_autoptr (Far) server = begin_server (&plan, SEALED_PRIORITY, CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());

  dial_by (dialed, BY_LIBRARY, client, "localhost", server);
  g_test_message ("%s", dialed->error->message);
}

static void
test_unreadable (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) der = dup_certificate ();
  g_autoptr (GBytes) message = NULL;
  g_auto (Dialed) dialed = { 0 };

  der->data[find_end (der, unreadable[row].bytes, unreadable[row].length) - 1] ^= 0x40;
  message = tls_server_make_message (der->data, der->len);
  dial_shown (&dialed, message);
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "with a key that can be read, received one without");
}

/* A CertificateVerify that is too short for a signature scheme. */
static void
test_short_signature (gconstpointer data)
{
  const guint8 verify[] = { GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY, 0, 0, GPOINTER_TO_UINT (data), 4 };
  g_autoptr (GByteArray) der = dup_certificate ();
  g_autoptr (GBytes) message = tls_server_make_message (der->data, der->len);
  g_autoptr (GByteArray) flight = g_byte_array_new ();
  g_autoptr (GBytes) flight_bytes = NULL;
  g_auto (Dialed) dialed = { 0 };

  g_byte_array_append (flight, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  g_byte_array_append (flight, verify, 4 + GPOINTER_TO_UINT (data));
  flight_bytes = g_bytes_new (flight->data, flight->len);
  dial_shown (&dialed, flight_bytes);
  dial_has_failed (&dialed, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, "No TLS with localhost");
}

/* Events that end an open connection. */

static void
say_bye (FarPeer         *peer,
         gnutls_session_t session)
{
  gnutls_bye (session, GNUTLS_SHUT_WR);
  end_output (peer);
}

static void
end_without_bye (FarPeer         *peer,
                 gnutls_session_t session)
{
  end_output (peer);
}

static void
send_alert_when_open (FarPeer         *peer,
                      gnutls_session_t session)
{
  send_alert (session);
}

static void
reset_when_open (FarPeer         *peer,
                 gnutls_session_t session)
{
  reset (peer);
}

static void
send_close (FarPeer         *peer,
            gnutls_session_t session)
{
  gnutls_record_send (session, "\x88\x02\x03\xe8", 4);
}

static void
close_and_wait (FarPeer         *peer,
                gnutls_session_t session)
{
  char bytes[16];

  send_close (peer, session);
  gnutls_record_recv (session, bytes, sizeof bytes);
  say_bye (peer, session);
}

static void
close_without_bye (FarPeer         *peer,
                   gnutls_session_t session)
{
  send_close (peer, session);
  end_output (peer);
}

static void
close_and_say_bye (FarPeer         *peer,
                   gnutls_session_t session)
{
  send_close (peer, session);
  say_bye (peer, session);
}

static void
renegotiate (FarPeer         *peer,
             gnutls_session_t session)
{
  g_assert_cmpint (gnutls_rehandshake (session), ==, GNUTLS_E_SUCCESS);
}

static void
send_garbage (FarPeer         *peer,
              gnutls_session_t session)
{
  far_write (peer, "\x17\x03\x03\x01\x01garbage, as long as");
  far_write (peer, "HTTP/1.1 400 Speak up\r\n\r\n");
  end_output (peer);
}

static void
update_keys_without_end (FarPeer         *peer,
                         gnutls_session_t session)
{
  for (guint i = 0; i < 20000 && gnutls_session_key_update (session, GNUTLS_KU_PEER) == 0; i++)
    continue;
}

static void
update_keys_and_close (FarPeer         *peer,
                       gnutls_session_t session)
{
  for (guint i = 0; i < 5; i++)
    gnutls_session_key_update (session, GNUTLS_KU_PEER);
  close_and_say_bye (peer, session);
}

static void
warn_without_end (FarPeer         *peer,
                  gnutls_session_t session)
{
  for (guint i = 0; i < 20000; i++)
    gnutls_alert_send (session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
}

static void
warn_and_close (FarPeer         *peer,
                gnutls_session_t session)
{
  gnutls_alert_send (session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
  close_and_say_bye (peer, session);
}

typedef enum
{
  ONLY_1_2 = 1 << 0,
  ONLY_1_3 = 1 << 1,
  OTHER_WITH_GIO = 1 << 2,      /* result of GIO is another one: it goes on, or has another code */
} EndFlags;

static const struct
{
  const char *name;
  void      (*end) (FarPeer         *peer,
                    gnutls_session_t session);
  const char *text;             /* text of the error; NULL: the connection was closed cleanly */
  EndFlags    flags;
} ends[] = {
  { "close_notify", say_bye, "without a Close frame", 0 },
  { "truncated", end_without_bye, "expected close_notify", 0 },
  { "alert", send_alert_when_open, INTERNAL_ERROR, 0 },
  { "reset", reset_when_open, "Connection reset by peer", 0 },
  { "garbage", send_garbage, "TLS: ", 0 },
  { "close", close_and_wait, NULL, 0 },
  { "close-and-truncated", close_without_bye, NULL, 0 },
  { "close-and-close_notify", close_and_say_bye, NULL, 0 },
  { "warning-and-close", warn_and_close, NULL, ONLY_1_2 },
  { "warnings-without-end", warn_without_end, "Too many handshake packets",
    ONLY_1_2 | OTHER_WITH_GIO },
  { "renegotiation", renegotiate, "the peer asked for a renegotiation, which is refused",
    ONLY_1_2 | OTHER_WITH_GIO },
  { "five-key-updates-and-close", update_keys_and_close, NULL, ONLY_1_3 },
  { "key-updates-without-end", update_keys_without_end, "Too many handshake packets", ONLY_1_3 },
};

static void
serve_end (FarPeer         *peer,
           gnutls_session_t session,
           int              result,
           gpointer         data)
{
  g_autofree char *answer = tls_server_make_switch (session);
  char byte;

  gnutls_record_send (session, answer, strlen (answer));
  ends[GPOINTER_TO_UINT (data)].end (peer, session);
  while (g_socket_is_connected (get_socket (peer)) &&
         gnutls_record_recv (session, &byte, 1) > 0)
    continue;
  g_socket_shutdown (get_socket (peer), FALSE, TRUE, NULL);
}

static void
check_end (guint row,
           Tls   tls,
           Far  *server)
{
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };
  g_autoptr (Watched) watched = NULL;
  WspCloseInfo *info;

  dial_by (&dialed, tls, client, "localhost", server);
  dial_is_open (&dialed);
  watched = watch (dialed.connection);
  wsp_connection_start_receiving (dialed.connection);
  run_until_closed (watched);
  info = wsp_connection_get_close_info (dialed.connection);

  const GError *error = wsp_close_info_get_error (info);

  g_test_message ("%s", error != NULL ? error->message : "no error");
  g_assert_true (wsp_close_info_is_clean (info) == (ends[row].text == NULL));
  g_assert_true ((error != NULL) == (ends[row].text != NULL));
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, ends[row].text == NULL ? 1000 : 1006);
  if (error != NULL && tls == BY_LIBRARY)
    g_assert_contains (error->message, ends[row].text);
}

static void
test_end (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2;
  const char *priority = GPOINTER_TO_UINT (data) % 2 == 0 ? TLS_1_2 : TLS_1_3;
  Server plan = { .script = { .serve = serve_end, .data = GUINT_TO_POINTER (row) } };
  g_autoptr (Far) server = begin_server (&plan, priority, CERTIFICATE_GOOD);

  check_end (row, BY_LIBRARY, server);
  if (!(ends[row].flags & OTHER_WITH_GIO))
    check_end (row, BY_GIO, server);
}

/* The server renegotiates where its response is expected. */

static void
renegotiate_early (FarPeer         *peer,
                   gnutls_session_t session,
                   int              result,
                   gpointer         data)
{
  char byte;

  renegotiate (peer, session);
  while (gnutls_record_recv (session, &byte, 1) > 0)
    continue;
}

static void
test_early_renegotiation (void)
{
  Server plan = { .script.serve = renegotiate_early };
  g_autoptr (Far) server = begin_server (&plan, TLS_1_2, CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  g_assert_nonnull (dialed.error);
  g_assert_contains (dialed.error->message, "the peer asked for a renegotiation, which is refused");
}

/* Bytes that a server sends without end in the handshake: the loop turns meanwhile. */

static const struct
{
  const char *name, *bytes;
  gsize       length;
  const char *text;
} floods[] = {
  { "warnings", BYTES ("\x15\x03\x03\x00\x02\x01\x70"), "No TLS with" },
  { "empty-records", BYTES ("\x16\x03\x03\x00\x00"), "No TLS with" },
  { "hello-requests", BYTES ("\x16\x03\x03\x00\x04\x00\x00\x00\x00"), "No TLS with" },
  { "change-cipher-specs", BYTES ("\x14\x03\x03\x00\x01\x01"), "No TLS with" },
  { "hello-of-16-MiB", BYTES ("\x16\x03\x03\x00\x04\x02\xff\xff\xff"),
    "Too many handshake packets" },
};

static void
send_flood (FarPeer *peer,
            gpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) many = g_byte_array_new ();

  while (many->len < 65536)
    g_byte_array_append (many, (const guint8 *) floods[row].bytes, floods[row].length);
  while (far_write_bytes (peer, many->data, many->len))
    continue;
}

static gboolean
count_turn (gpointer n_turns)
{
  (*(guint *) n_turns)++;
  return G_SOURCE_CONTINUE;
}

static void
begin_to_count (WspClient          *client,
                WspHandshake       *handshake,
                GSocketClientEvent  event,
                GSocketConnectable *place,
                GIOStream          *stream,
                guint              *n_turns)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    *n_turns = 0;
}

/* The last row keeps the client busy for some time. */
static void
test_flood (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (send_flood, (gpointer) data);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };
  guint n_turns = 0;
  guint source = g_idle_add_full (G_PRIORITY_DEFAULT, count_turn, &n_turns, NULL);

  g_signal_connect (client, "event", G_CALLBACK (begin_to_count), &n_turns);
  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  g_source_remove (source);
  g_test_message ("%s, %u turns", dialed.error->message, n_turns);
  g_assert_null (dialed.connection);
  g_assert_contains (dialed.error->message, floods[row].text);
  if (row == G_N_ELEMENTS (floods) - 1)
    g_assert_cmpuint (n_turns, >=, MIN_TURNS);
}

/* The groups of a server, with which the client exchanges keys.  In TLS 1.3 it sends a key for
 * X25519 only: a server without X25519 answers with HelloRetryRequest. */

static const struct
{
  const char    *name, *priority;
  gnutls_group_t group;
  guint          n_hellos;      /* number of ClientHello messages */
} groups[] = {
  { "all/tls-1.2", TLS_1_2, GNUTLS_GROUP_X25519, 1 },
  { "all/tls-1.3", TLS_1_3, GNUTLS_GROUP_X25519, 1 },
  { "SECP256R1/tls-1.2", TLS_1_2 ":-GROUP-ALL:+GROUP-SECP256R1", GNUTLS_GROUP_SECP256R1, 1 },
  { "SECP256R1/tls-1.3", TLS_1_3 ":-GROUP-ALL:+GROUP-SECP256R1", GNUTLS_GROUP_SECP256R1, 2 },
  { "SECP384R1/tls-1.3", TLS_1_3 ":-GROUP-ALL:+GROUP-SECP384R1", GNUTLS_GROUP_SECP384R1, 2 },
  { "SECP521R1/tls-1.3", TLS_1_3 ":-GROUP-ALL:+GROUP-SECP521R1", GNUTLS_GROUP_SECP521R1, 2 },
  { "FFDHE2048/tls-1.3", TLS_1_3 ":-GROUP-ALL:+GROUP-FFDHE2048", GNUTLS_GROUP_FFDHE2048, 2 },
  { "server-that-prefers-SECP256R1/tls-1.3",
    TLS_1_3 ":%SERVER_PRECEDENCE:-GROUP-ALL:+GROUP-SECP256R1:+GROUP-X25519",
    GNUTLS_GROUP_SECP256R1, 2 },
};

typedef struct
{
  gnutls_group_t group;
  guint          n_hellos;
} Exchange;

static int
count_hello (gnutls_session_t      session,
             guint                 type,
             guint                 when,
             guint                 is_incoming,
             const gnutls_datum_t *message)
{
  Exchange *exchange = gnutls_db_get_ptr (session);

  exchange->n_hellos += is_incoming;
  return GNUTLS_E_SUCCESS;
}

/* The pointer of the session is the server's. */
static void
count_hellos (gnutls_session_t                 session,
              gnutls_certificate_credentials_t credentials,
              gpointer                         data)
{
  gnutls_db_set_ptr (session, data);
  gnutls_handshake_set_hook_function (session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_PRE,
                                      count_hello);
}

static void
note_group_and_respond (FarPeer         *peer,
                        gnutls_session_t session,
                        int              result,
                        gpointer         data)
{
  Exchange *exchange = data;

  g_assert_cmpint (result, ==, GNUTLS_E_SUCCESS);
  exchange->group = gnutls_group_get (session);
  tls_server_respond (session);
}

static void
test_group (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Exchange exchange = { GNUTLS_GROUP_INVALID, 0 };
  Server plan = { .script = { count_hellos, note_group_and_respond, &exchange } };
  g_autoptr (Far) server = begin_server (&plan, groups[row].priority, CERTIFICATE_GOOD);
  g_autoptr (WspClient) client = make_client (authority_get_database ());
  g_auto (Dialed) dialed = { 0 };

  dial_by (&dialed, BY_LIBRARY, client, "localhost", server);
  g_assert_no_error (dialed.error);
  g_assert_cmpstr (gnutls_group_get_name (exchange.group), ==,
                   gnutls_group_get_name (groups[row].group));
  g_assert_cmpuint (exchange.n_hellos, ==, groups[row].n_hellos);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "lost-output/tls-1.2", TLS_1_2, test_lost_output);
  g_test_add_data_func (PATH "lost-output/tls-1.3", TLS_1_3, test_lost_output);
  ADD_ROWS (PATH "alert-before-a-write-that-fails", lost_writes, test_lost_write);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (alerts); i++)
    {
      g_autofree char *path = g_strconcat (PATH "alert/", alerts[i / 2].name,
                                           i % 2 == 0 ? "/tls-1.2" : "/tls-1.3", NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_alert);
    }
  g_test_add_func (PATH "renegotiation-before-the-response", test_early_renegotiation);
  g_test_add_data_func (PATH "warning/of-the-name-is-ignored/tls-1.2", TLS_1_2, test_warning);
  g_test_add_data_func (PATH "warning/of-the-name-is-ignored/tls-1.3", TLS_1_3, test_warning);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (PATH "end/", ends[i / 2].name,
                                           i % 2 == 0 ? "/tls-1.2" : "/tls-1.3", NULL);

      if (!(ends[i / 2].flags & (i % 2 == 0 ? ONLY_1_3 : ONLY_1_2)))
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_end);
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *path = g_strconcat (PATH "certificates/", messages[i / 2].name,
                                           i % 2 == 0 ? "/tls-1.2" : "/tls-1.3", NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_message);
    }
  ADD_ROWS (PATH "certificates/unreadable", unreadable, test_unreadable);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf (PATH "certificates/signature-of-%u-bytes", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_short_signature);
    }
  ADD_ROWS (PATH "group", groups, test_group);
  ADD_ROWS (PATH "flood", floods, test_flood);

  return g_test_run ();
}
