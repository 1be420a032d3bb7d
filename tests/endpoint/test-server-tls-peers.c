/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS clients of a server: slow ones, broken ones, ones that reconnect.  All tests hold with the
 * server's own TLS and with GIO's (WSP_TLS=gio), except those that say otherwise. */
#include "connection/wire.h"
#include "endpoint/far/certificates.h"
#include "endpoint/far/tls-peer.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/turns.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define N_IDLERS 250
#define PATIENCE_MS 3600000     /* more than an emulator needs */

static const char * const priorities[] = { TLS_1_2, TLS_1_3 };

typedef struct
{
  WspServer          *server;
  guint16             port;
  guint               n_open, n_failures, n_closed;
  WspConnection      *connection;       /* connection of the last client */
  GTlsProtocolVersion version;
  char               *ciphersuite;
  GError             *error;            /* error of the last failure */
} Fixture;

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Fixture       *self)
{
  self->n_open++;
  g_set_object (&self->connection, connection);
  g_clear_pointer (&self->ciphersuite, g_free);
  g_object_get (connection, "tls-protocol", &self->version, "tls-ciphersuite", &self->ciphersuite,
                NULL);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_atomic_int_inc), &self->n_closed);
  wsp_connection_start_receiving (connection);
}

static void
on_handshake_failed (WspServer      *server,
                     GSocketAddress *address,
                     WspHandshake   *handshake,
                     GError         *error,
                     Fixture        *self)
{
  self->n_failures++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

/* n_workers: 0 = the server's own context */
static Fixture *
fixture_new_with_workers (guint n_workers)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->server = wsp_server_new ();
  if (n_workers > 0)
    g_assert_true (wsp_server_start_workers (self->server, n_workers, NULL));
  g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                NULL);
  g_object_set (self->server, "max-pending-handshakes", 4 * N_IDLERS, NULL);
  wsp_server_set_max_connections_per_address (self->server, 0);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  g_signal_connect (self->server, "handshake-failed", G_CALLBACK (on_handshake_failed), self);
  self->port = listen_on_free_port (self->server, "127.0.0.1");
  g_assert_cmpuint (self->port, >, 0);
  return self;
}

static Fixture *
fixture_new (void)
{
  return fixture_new_with_workers (0);
}

static void
fixture_free (Fixture *self)
{
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  g_clear_error (&self->error);
  g_free (self->ciphersuite);
  run_pending ();
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static const char *
get_priority (gconstpointer data)
{
  return priorities[GPOINTER_TO_UINT (data)];
}

static void
check_honest_peer (Fixture    *self,
                   const char *priority)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (self->port, priority, NULL);
  guint n_open = self->n_open;

  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
  g_assert_cmpuint (self->n_open, ==, n_open + 1);
}

static void
test_agreed (gconstpointer data)
{
  g_autoptr (TlsPeer) peer = NULL;
  gnutls_datum_t protocol;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, get_priority (data), NULL);
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "HTTP/1.1 101 "));
  g_assert_cmpint (fixture->version, ==,
                   get_priority (data) == priorities[0] ? G_TLS_PROTOCOL_VERSION_TLS_1_2
                                                        : G_TLS_PROTOCOL_VERSION_TLS_1_3);
  g_assert_cmpstr (fixture->ciphersuite, ==, gnutls_ciphersuite_get (peer->session));
  g_assert_cmpint (gnutls_alpn_get_selected_protocol (peer->session, &protocol), ==, 0);
  g_assert_cmpmem (protocol.data, protocol.size, "http/1.1", 8);
}

static void
deliver_bytewise (TlsPeer *peer)
{
  for (guint i = 0; i < peer->sent->len; i++)
    {
      tls_peer_send_raw (peer, peer->sent->data + i, 1);
      run_pending ();
    }

  g_byte_array_set_size (peer->sent, 0);
}

static void
test_bytewise (gconstpointer data)
{
  g_autoptr (TlsPeer) peer = NULL;
  gboolean is_over;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, get_priority (data), NULL);
  do
    {
      is_over = tls_peer_make_flight (peer);
      deliver_bytewise (peer);
    }
  while (!is_over);
  gnutls_record_send (peer->session, KNOCK_REQUEST (""), strlen (KNOCK_REQUEST ("")));
  deliver_bytewise (peer);
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
}

/* Makes all flights up to this one, counted from 0, which is then ready to be delivered. */
static TlsPeer *
make_flights (Fixture    *self,
              const char *priority,
              guint       flight)
{
  TlsPeer *peer = tls_peer_new (self->port, priority, NULL);

  for (guint i = 0; i <= flight; i++)
    {
      tls_peer_deliver (peer);
      tls_peer_make_flight (peer);
    }
  return peer;
}

static void
end_output (TlsPeer *peer)
{
  shutdown (peer->fd, SHUT_WR);
}

/* Half of the numbers use TLS 1.2; half of each half is the first flight. */
static void
test_cut (gconstpointer data)
{
  guint flight = GPOINTER_TO_UINT (data) / 2, length = 1;
  const char *priority = priorities[GPOINTER_TO_UINT (data) % 2];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint n = 0; n < length; n++)
    {
      g_autoptr (TlsPeer) peer = make_flights (fixture, priority, flight);

      length = peer->sent->len;
      tls_peer_send_raw (peer, peer->sent->data, n);
      end_output (peer);
      run_until_count (&fixture->n_failures, n + 1);
      g_assert_error (fixture->error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS);
    }
  g_assert_cmpuint (length, >, 40);
  check_honest_peer (fixture, priority);
}

/* Some bits of a ClientHello have no meaning; the bytes after it are all protected. */
static void
test_flipped (gconstpointer data)
{
  guint flight = GPOINTER_TO_UINT (data) / 2, length = 1;
  const char *priority = priorities[GPOINTER_TO_UINT (data) % 2];
  g_autoptr (Fixture) fixture = fixture_new ();

  for (guint n = 0; n < length; n++)
    {
      g_autoptr (TlsPeer) peer = make_flights (fixture, priority, flight);

      length = peer->sent->len;
      peer->sent->data[n] ^= 1 << n % 8;
      tls_peer_deliver (peer);
      end_output (peer);
      run_until_count (&fixture->n_failures, n + 1);
      g_assert_true (fixture->error->domain == G_TLS_ERROR || fixture->error->domain == G_IO_ERROR);
    }
  check_honest_peer (fixture, priority);
}

static const struct
{
  const char *name;
  const char *bytes;
  gsize       length;
  guint       times;
  int         code;
} openings[] = {
#define OPENING(name, bytes, times, code) \
  { name, bytes, sizeof bytes - 1, times, G_TLS_ERROR_ ## code }
  OPENING ("http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1, MISC),
  OPENING ("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, MISC),
  OPENING ("ssl-2-hello", "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10\x01\x00\x80", 1, NOT_TLS),
  OPENING ("record-too-long", "\x16\x03\x01\xff\xff\x01\x00\x00\x00", 1, MISC),
  OPENING ("fatal-alert", "\x15\x03\x01\x00\x02\x02\x28", 1, MISC),
  OPENING ("data-before-hello", "\x17\x03\x03\x00\x05hello", 1, MISC),
  OPENING ("empty-records", "\x16\x03\x01\x00\x00", 5000, MISC),
  OPENING ("warnings", "\x15\x03\x01\x00\x02\x01\x5a", 5000, MISC),
  OPENING ("hello-of-16-MiB-unsent", "\x16\x03\x01\x00\x04\x01\xff\xff\xff", 1, NOT_TLS),
};

static void
test_opening (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, TLS_1_3, NULL);
  for (guint i = 0; i < openings[row].times; i++)
    tls_peer_send_raw (peer, (const guint8 *) openings[row].bytes, openings[row].length);
  end_output (peer);
  run_until_count (&fixture->n_failures, 1);
  g_assert_error (fixture->error, G_TLS_ERROR, openings[row].code);
  check_honest_peer (fixture, TLS_1_3);
}

static const struct
{
  const char *name;
  const char *bytes;
  gsize       length;
} after_handshake[] = {
#define AFTER(name, bytes) { name, bytes, sizeof bytes - 1 }
  AFTER ("broken-record", "\x17\x03\x03\0\x20" "0123456789abcdef0123456789abcdef"),
  AFTER ("http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  AFTER ("fatal-alert", "\x15\x03\x03\x00\x02\x02\x28"),
  AFTER ("end", ""),
};

/* The client has spoken TLS: the error does not say otherwise. */
static void
test_after_handshake (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2;
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, priorities[GPOINTER_TO_UINT (data) % 2], NULL);
  tls_peer_do_handshake (peer);
  count_turns (20);
  tls_peer_send_raw (peer, (const guint8 *) after_handshake[row].bytes,
                     after_handshake[row].length);
  end_output (peer);
  run_until_count (&fixture->n_failures, 1);
  g_assert_null (strstr (fixture->error->message, "No TLS with a client"));
  g_assert_null (strstr (fixture->error->message, "TLS handshake"));
  check_honest_peer (fixture, TLS_1_3);
}

/* With the server's own TLS only: GIO runs at most ten handshakes at a time. */
static void
add_idlers (Fixture   *self,
            GPtrArray *idlers,
            guint      kind)
{
  for (guint i = 0; i < N_IDLERS; i++)
    {
      TlsPeer *peer = tls_peer_new (self->port, TLS_1_3, NULL);

      tls_peer_make_flight (peer);
      if (kind > 0)
        tls_peer_send_raw (peer, peer->sent->data,
                           kind == 1 ? peer->sent->len / 2 : peer->sent->len);
      g_ptr_array_add (idlers, peer);
      run_pending ();
    }
}

static void
test_idlers (gconstpointer data)
{
  g_autoptr (GPtrArray) idlers = g_ptr_array_new_with_free_func ((GDestroyNotify) tls_peer_free);
  g_autoptr (Fixture) fixture = fixture_new ();

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture->server), PATIENCE_MS);
  add_idlers (fixture, idlers, GPOINTER_TO_UINT (data));
  check_honest_peer (fixture, TLS_1_3);
  g_assert_cmpuint (fixture->n_failures, ==, 0);
}

/* While TLS is incomplete nothing of a request was received: such clients push out each other, and
 * none who has sent a part of its request.  TCP_NODELAY: this part leaves before the server has
 * acknowledged the handshake. */
static void
test_pushed_out (gconstpointer data)
{
  g_autoptr (GPtrArray) idlers = g_ptr_array_new_with_free_func ((GDestroyNotify) tls_peer_free);
  TlsPeer *halves[4];
  g_autoptr (Fixture) fixture = fixture_new ();

  g_object_set (fixture->server, "max-pending-handshakes", (guint) G_N_ELEMENTS (halves),
                NULL);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (fixture->server), PATIENCE_MS);
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      halves[i] = tls_peer_new (fixture->port, TLS_1_3, NULL);
      g_assert_cmpint (setsockopt (halves[i]->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 },
                                   sizeof (int)), ==, 0);
      tls_peer_do_handshake (halves[i]);
      tls_peer_write (halves[i], "GET / HTTP/1.1\r\n" KNOCK_FIELDS);
      run_pending ();
    }
  add_idlers (fixture, idlers, GPOINTER_TO_UINT (data));
  run_until_count (&fixture->n_failures, N_IDLERS - G_N_ELEMENTS (halves));
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      tls_peer_write (halves[i], "\r\n");
      g_assert_true (tls_peer_expect (halves[i], "HTTP/1.1 101 "));
      tls_peer_free (halves[i]);
    }
  check_honest_peer (fixture, TLS_1_3);
}

static void
note_address (WspServer     *server,
              WspConnection *connection,
              char         **address)
{
  *address = g_socket_connectable_to_string (
    G_SOCKET_CONNECTABLE (wsp_connection_get_remote_address (connection)));
}

/* TLS begins behind the head of the PROXY protocol, of which not a byte too many is taken.  TLS
 * before the head is no head. */
static void
test_behind_proxy (gconstpointer data)
{
  const gboolean is_before = GPOINTER_TO_UINT (data);
  g_autofree char *address = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_signal_connect (fixture->server, "connection", G_CALLBACK (note_address), &address);
  guint16 port = wsp_listener_get_port (
    wsp_server_listen_inet (fixture->server, "127.0.0.1", 0, WSP_LISTEN_FLAGS_TLS |
                            WSP_LISTEN_FLAGS_PROXY_PROTOCOL, NULL));
  g_autoptr (TlsPeer) peer = tls_peer_new (port, TLS_1_3, NULL);

  if (is_before)
    {
      tls_peer_make_flight (peer);
      tls_peer_deliver (peer);
      tls_peer_run_until_end (peer);
      run_until_count (&fixture->n_failures, 1);
      g_assert_nonnull (strstr (fixture->error->message, "PROXY head"));
    }
  else
    {
      const char head[] = "PROXY TCP4 192.0.2.1 198.51.100.7 1234 443\r\n";

      tls_peer_make_flight (peer);
      g_byte_array_prepend (peer->sent, (const guint8 *) head, strlen (head));
      tls_peer_do_handshake (peer);
      tls_peer_write (peer, KNOCK_REQUEST (""));
      g_assert_true (tls_peer_expect (peer, "HTTP/1.1 101 "));
      run_pending ();
      g_assert_cmpstr (address, ==, "192.0.2.1:1234");
    }
}

static gboolean
connect_once (guint16     port,
              const char *priority,
              GBytes    **ticket)
{
  g_autoptr (TlsPeer) peer = tls_peer_new (port, priority, *ticket);

  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
  g_clear_pointer (ticket, g_bytes_unref);
  *ticket = tls_peer_get_ticket (peer);
  return gnutls_session_is_resumed (peer->session) != 0;
}

typedef enum
{
  SAME_SERVER,
  ANOTHER_SERVER,
  ANOTHER_SERVER_SAME_KEY,
  ANOTHER_CERTIFICATE,
  ANOTHER_KEY,
  ASKED_FOR_CERTIFICATES,
} SecondVisit;

static const struct
{
  const char *name;
  SecondVisit second;
  gboolean    is_resumed;
} tickets[] = {
  { "same-server-resumed", SAME_SERVER, TRUE },
  { "another-server-from-the-start", ANOTHER_SERVER, FALSE },
  { "another-server-with-the-same-key-resumed", ANOTHER_SERVER_SAME_KEY, TRUE },
  { "another-certificate-resumed", ANOTHER_CERTIFICATE, TRUE },
  { "another-key-from-the-start", ANOTHER_KEY, FALSE },
  { "clients-asked-from-the-start", ASKED_FOR_CERTIFICATES, FALSE },
};

static void
change_server (Fixture    *self,
               Fixture    *other,
               SecondVisit second,
               GBytes     *key)
{
  if (second == ANOTHER_CERTIFICATE)
    g_object_set (self->server, "tls-certificate",
                  authority_get_certificate (CERTIFICATE_NAME_ONLY), NULL);
  else if (second == ANOTHER_KEY)
    g_object_set (self->server, "tls-ticket-key", key, NULL);
  else if (second == ASKED_FOR_CERTIFICATES)
    g_object_set (self->server, "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUESTED,
                  "tls-database", authority_get_database (), NULL);
  else if (second == ANOTHER_SERVER_SAME_KEY)
    g_object_set (other->server, "tls-ticket-key", key, NULL);
}

/* The number's lowest bit is the version. */
static void
test_ticket (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / 2;
  const char *priority = priorities[GPOINTER_TO_UINT (data) % 2];
  guint8 bytes[64];
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) ticket = NULL;
  SecondVisit second = tickets[row].second;
  gboolean has_other = second == ANOTHER_SERVER || second == ANOTHER_SERVER_SAME_KEY;
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (Fixture) other = fixture_new ();

  memset (bytes, 'k', sizeof bytes);
  key = g_bytes_new (bytes, sizeof bytes);
  if (second == ANOTHER_SERVER_SAME_KEY)
    g_object_set (fixture->server, "tls-ticket-key", key, NULL);
  g_assert_false (connect_once (fixture->port, priority, &ticket));
  change_server (fixture, other, second, key);
  g_assert_cmpint (connect_once (has_other ? other->port : fixture->port, priority, &ticket), ==,
                   tickets[row].is_resumed);
  g_assert_cmpuint (fixture->n_failures + other->n_failures, ==, 0);
}

static void
set_short_key (void)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GBytes) key = g_bytes_new_static ("short", 5);
  g_autoptr (GBytes) found = NULL;

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_object_set (server, "tls-ticket-key", key, NULL);
  g_object_get (server, "tls-ticket-key", &found, NULL);
  g_assert_null (found);
}

static void
test_ticket_key (void)
{
  g_test_trap_subprocess ("/endpoint/server-tls-peers/ticket-key/subprocess", 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*WspServer:tls-ticket-key: expected 64 bytes, received 5*");
}

/* Each requests one in return. */
static void
test_key_updates (void)
{
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, TLS_1_3, NULL);
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
  for (guint i = 0; i < 1000; i++)
    {
      gnutls_session_key_update (peer->session, GNUTLS_KU_PEER);
      tls_peer_deliver (peer);
    }
  run_until_count (&fixture->n_closed, 1);
  check_honest_peer (fixture, TLS_1_3);
}

/* TLS 1.2 ignores them, at no cost but their bytes; in TLS 1.3 each one is fatal. */
static void
test_warnings (gconstpointer data)
{
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, get_priority (data), NULL);
  tls_peer_do_handshake (peer);
  for (guint i = 0; i < 5000; i++)
    gnutls_alert_send (peer->session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_cmpint (tls_peer_expect (peer, "\r\n\r\n"), ==, get_priority (data) == priorities[0]);
}

/* GnuTLS keeps what arrives of a message, up to 16 MiB. */
static void
test_flood (void)
{
  const char record[] = "\x16\x03\x01\x00\x04\x01\xff\xff\xff";
  g_autoptr (TlsPeer) peer = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  peer = tls_peer_new (fixture->port, TLS_1_3, NULL);
  for (guint i = 0; i < 40000 && fixture->n_failures == 0; i++)
    {
      tls_peer_send_raw (peer, (const guint8 *) record, sizeof record - 1);
      run_pending ();
    }
  g_assert_cmpuint (fixture->n_failures, ==, 1);
  g_assert_error (fixture->error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  check_honest_peer (fixture, TLS_1_3);
}

static void
test_renegotiation (void)
{
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, TLS_1_2, NULL);
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
  gnutls_handshake (peer->session);
  tls_peer_deliver (peer);
  run_until_count (&fixture->n_closed, 1);
}

typedef enum
{
  BEFORE_HELLO,
  WITHIN_HELLO,
  AFTER_HELLO,
  BEFORE_REQUEST,
  WITH_MESSAGES,
} Moment;

static const char * const moments[] = {
  "before-hello", "within-hello", "after-hello", "before-request", "with-messages"
};

static void
fill (WspConnection *connection)
{
  g_autofree char *text = g_strnfill (64 * 1024, 'x');

  for (guint i = 0; i < 100; i++)
    wsp_connection_queue_text (connection, text, NULL);
}

/* The server is dropped; ASan checks it. */
static void
test_dropped (gconstpointer data)
{
  Moment moment = GPOINTER_TO_UINT (data);
  g_autoptr (TlsPeer) peer = NULL;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, TLS_1_3, NULL);
  tls_peer_make_flight (peer);
  if (moment == WITHIN_HELLO)
    tls_peer_send_raw (peer, peer->sent->data, peer->sent->len / 2);
  else if (moment == AFTER_HELLO)
    tls_peer_deliver (peer);
  else if (moment >= BEFORE_REQUEST)
    {
      tls_peer_deliver (peer);
      tls_peer_do_handshake (peer);
    }
  if (moment == WITH_MESSAGES)
    {
      tls_peer_write (peer, KNOCK_REQUEST (""));
      g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
      fill (fixture->connection);
    }
  run_pending ();
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->server);
  tls_peer_run_until_end (peer);
}

/* Everything that was written before the end, followed by close_notify. */
static void
test_whole_end (gconstpointer data)
{
  g_autoptr (TlsPeer) peer = NULL;
  char bytes[16384];
  gssize n;
  gsize total = 0;

  g_autoptr (Fixture) fixture = fixture_new ();
  peer = tls_peer_new (fixture->port, get_priority (data), NULL);
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (peer, "\r\n\r\n"));
  wsp_limits_set_close_timeout (wsp_connection_get_limits (fixture->connection), PATIENCE_MS);
  fill (fixture->connection);
  wsp_connection_close_async (fixture->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
  while (total < 100 * (64 * 1024 + 10) + 4)
    {
      n = gnutls_record_recv (peer->session, bytes, sizeof bytes);
      if (n == GNUTLS_E_AGAIN)
        g_main_context_iteration (NULL, TRUE);
      else
        {
          g_assert_cmpint (n, >, 0);
          total += n;
        }
    }
  gnutls_record_send (peer->session, "\x88\x82\0\0\0\0\x03\xe8", 8);
  tls_peer_deliver (peer);
  tls_peer_run_until_end (peer);
  g_assert_cmpint (gnutls_record_recv (peer->session, bytes, sizeof bytes), ==, 0);
}

static gboolean
on_request (WspServer     *server,
            WspHandshake  *handshake,
            WspHandshake **kept)
{
  wsp_handshake_defer (handshake);
  g_set_object (kept, handshake);
  return TRUE;
}

/* The server has read a message and a broken record, and waits for its owner's reply. */
static void
test_deferred (void)
{
  static const char text[] =
    "\x81\x81\0\0\0\0x\x17\x03\x03\0\x20"
    "0123456789abcdef0123456789abcdef";
  g_autoptr (WspHandshake) kept = NULL;
  g_autoptr (TlsPeer) peer = NULL;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_signal_connect (fixture->server, "request", G_CALLBACK (on_request), &kept);
  peer = tls_peer_new (fixture->port, TLS_1_3, NULL);
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  while (kept == NULL)
    g_main_context_iteration (NULL, TRUE);

  count_turns (50);             /* the server waits for the reply, and continues to read */
  g_assert_cmpint (gnutls_record_send (peer->session, text, 7), ==, 7);
  g_byte_array_append (peer->sent, (const guint8 *) text + 7, sizeof text - 1 - 7);
  tls_peer_deliver (peer);
  g_assert_cmpuint (count_turns (300), <, 30);
}

/* In the moment of the signal the silent peer sends a long head in one record, and a newcomer takes
 * the last place: the server reads the peer outside the turn of its socket. */
typedef struct
{
  TlsPeer   *silent;
  GIOStream *newcomer;
  char      *head;
} LongHead;

static gboolean
send_long_head (WspServer    *server,
                WspHandshake *handshake,
                LongHead     *self)
{
  if (self->newcomer == NULL)
    return TRUE;

  tls_peer_write (self->silent, self->head);
  g_object_set (server, "max-pending-handshakes", 1, NULL);
  g_assert_true (wsp_server_accept_stream (server, self->newcomer, WSP_LISTEN_FLAGS_DEFAULT, NULL));
  g_clear_object (&self->newcomer);
  return TRUE;
}

static void
test_long_head (gconstpointer data)
{
  g_autofree char *filler = g_strnfill (GPOINTER_TO_UINT (data), 'a');
  g_autofree char *head = g_strdup_printf (KNOCK_GET ("/chat", "Filler: %s\r\n"), filler);
  LongHead self = { .head = head };
  int pair[2];
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[0], NULL);
  g_autoptr (TlsPeer) silent = tls_peer_new (fixture->port, TLS_1_2, NULL);

  self.silent = silent;
  self.newcomer = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  tls_peer_do_handshake (silent);
  check_honest_peer (fixture, TLS_1_2);
  run_pending ();               /* TLS with the silent peer is open on both sides */
  g_signal_connect (fixture->server, "request", G_CALLBACK (send_long_head), &self);

  g_autoptr (TlsPeer) other = tls_peer_new (fixture->port, TLS_1_2, NULL);

  tls_peer_do_handshake (other);
  tls_peer_write (other, KNOCK_REQUEST (""));
  g_assert_true (tls_peer_expect (other, "HTTP/1.1 101 "));
  g_assert_true (tls_peer_expect (silent, "HTTP/1.1 101 "));
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  close (pair[1]);
}

typedef enum
{
  HANGS_UP,
  STAYS_SILENT,
  STAYS_WHILE_SERVER_ENDS,      /* stays until the server ends, with a worker */
  STAYS_WHILE_SERVER_ENDS_AT_ONCE,
  N_REFUSED_ENDS,
} RefusedEnd;

static const char * const refused_ends[] = {
  "then-hangs-up", "then-stays-silent", "then-stays-while-the-server-ends",
  "then-stays-while-the-server-ends-at-once",
};

/* FALSE: the server has closed its socket. */
static gboolean
send_more (TlsPeer *peer)
{
  gssize n;

  do
    n = send (peer->fd, "more", 4, MSG_NOSIGNAL);
  while (n < 0 && (errno == EINTR || errno == EAGAIN));
  count_turns (20);
  return n > 0;
}

static void
send_until_closed (TlsPeer *peer)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (send_more (peer))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
}

/* The server waits for its thread, which waits for nothing. */
static void
end_at_once (Fixture *self)
{
  gint64 begin = g_get_monotonic_time ();

  g_clear_object (&self->server);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, G_USEC_PER_SEC / 2);
}

/* For the client the handshake has ended: it sends its request before it reads that its
 * certificate was refused, or is missing. */
static void
test_refused (gconstpointer data)
{
  RefusedEnd end = GPOINTER_TO_UINT (data) % N_REFUSED_ENDS;
  gboolean shows_one = GPOINTER_TO_UINT (data) / N_REFUSED_ENDS;
  guint n_descriptors;
  guint8 byte;
  g_autoptr (Fixture) fixture = fixture_new_with_workers (end >= STAYS_WHILE_SERVER_ENDS);

  g_object_set (fixture->server, "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED,
                "tls-database", authority_get_database (), NULL);
  g_autoptr (TlsPeer) peer = tls_peer_new (fixture->port, TLS_1_3, NULL);

  if (shows_one)
    tls_peer_set_certificate (peer, authority_get_certificate (CERTIFICATE_SELF_SIGNED));
  tls_peer_do_handshake (peer);
  tls_peer_write (peer, KNOCK_REQUEST (""));
  while (peer->received->len == 0)      /* the alert */
    g_main_context_iteration (NULL, TRUE);
  if (end == STAYS_WHILE_SERVER_ENDS_AT_ONCE)
    end_at_once (fixture);
  else
    for (guint i = 0; i < 3; i++)
      g_assert_true (send_more (peer));
  g_assert_cmpint (tls_peer_receive (peer, &byte, 1), ==, GNUTLS_E_FATAL_ALERT_RECEIVED);
  n_descriptors = knock_count_files ();
  if (end == STAYS_SILENT)
    g_assert_cmpuint (count_turns (1300), <, 30);
  else if (end == STAYS_WHILE_SERVER_ENDS)
    g_clear_object (&fixture->server);
  else
    tls_peer_hang_up (peer);
  if (end == HANGS_UP)
    {
      count_turns (20);
      g_assert_cmpuint (knock_count_files (), ==, n_descriptors - 2);
    }
  else
    send_until_closed (peer);
}

#define N_REFUSED 100
#define MAX_LINGERING 64

/* They keep their sockets and send nothing more.  The server does not wait for clients without a
 * handshake, and for some of the others only. */
static void
test_many_refused (gconstpointer data)
{
  gboolean is_garbage = GPOINTER_TO_INT (data);
  TlsPeer *peers[N_REFUSED];
  guint n_descriptors;
  g_autoptr (Fixture) fixture = fixture_new ();

  g_object_set (fixture->server, "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED,
                "tls-database", authority_get_database (), NULL);
  n_descriptors = knock_count_files ();
  for (guint i = 0; i < N_REFUSED; i++)
    {
      peers[i] = tls_peer_new (fixture->port, TLS_1_3, NULL);
      if (is_garbage)
        tls_peer_send_raw (peers[i], (const guint8 *) KNOCK_REQUEST (""), 40);
      else
        tls_peer_do_handshake (peers[i]);
    }
  run_until_count (&fixture->n_failures, N_REFUSED);
  g_assert_cmpuint (knock_count_files (), <=,
                    n_descriptors + N_REFUSED + (is_garbage ? 2 : MAX_LINGERING + 2));
  for (guint i = 0; i < N_REFUSED; i++)
    tls_peer_free (peers[i]);
}

static void
add_versioned (const char   *path,
               GTestDataFunc func,
               guint         n)
{
  static const char * const names[] = { "tls-1.2", "tls-1.3" };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("/endpoint/server-tls-peers/%s/%s", path, names[i]);

      g_test_add_data_func (name, GUINT_TO_POINTER (n * 2 + i), func);
    }
}

static void
add_row (const char   *path,
         const char   *name,
         GTestDataFunc func,
         guint         row)
{
  g_autofree char *whole = g_strdup_printf ("/endpoint/server-tls-peers/%s/%s", path, name);

  g_test_add_data_func (whole, GUINT_TO_POINTER (row), func);
}

/* GIO runs ten handshakes at a time, does not resume sessions, and lets clients renegotiate. */
static void
add_tests_of_own_tls (void)
{
  static const char * const idlers[] = { "silent", "half-a-hello", "whole-hello" };

  for (guint i = 0; i < G_N_ELEMENTS (idlers); i++)
    {
      add_row ("honest-next-to-250", idlers[i], test_idlers, i);
      add_row ("SEC-25-half-requests-stay-next-to-250", idlers[i], test_pushed_out, i);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      g_autofree char *path = g_strconcat ("ticket/", tickets[i].name, NULL);

      add_versioned (path, test_ticket, i);
    }
  g_test_add_func ("/endpoint/server-tls-peers/opening/hello-of-16-MiB", test_flood);
  g_test_add_func ("/endpoint/server-tls-peers/renegotiation-ends-the-connection",
                   test_renegotiation);
  for (guint i = 0; i < N_REFUSED_ENDS; i++)
    {
      add_row ("refused/shows-nothing", refused_ends[i], test_refused, i);
      add_row ("refused/shows-a-strangers", refused_ends[i], test_refused, N_REFUSED_ENDS + i);
    }
  add_row ("many-refused", "after-a-handshake", test_many_refused, FALSE);
  add_row ("many-refused", "for-garbage", test_many_refused, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_versioned ("agreed", test_agreed, 0);
  add_versioned ("byte-by-byte", test_bytewise, 0);
  add_versioned ("whole-before-the-end", test_whole_end, 0);
  add_versioned ("five-thousand-warnings", test_warnings, 0);
  add_versioned ("cut/first-flight", test_cut, 0);
  add_versioned ("cut/second-flight", test_cut, 1);
  add_versioned ("flipped/first-flight", test_flipped, 0);
  add_versioned ("flipped/second-flight", test_flipped, 1);
  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    add_row ("opening", openings[i].name, test_opening, i);
  for (guint i = 0; i < G_N_ELEMENTS (after_handshake); i++)
    {
      g_autofree char *path = g_strconcat ("after-the-handshake/", after_handshake[i].name, NULL);

      add_versioned (path, test_after_handshake, i);
    }
  add_row ("proxy-head", "before-tls", test_behind_proxy, FALSE);
  add_row ("proxy-head", "instead-of-tls", test_behind_proxy, TRUE);
  if (!knock_leaves_tls_to_gio ())
    add_tests_of_own_tls ();
  g_test_add_func ("/endpoint/server-tls-peers/ticket-key/of-64-bytes", test_ticket_key);
  g_test_add_func ("/endpoint/server-tls-peers/ticket-key/subprocess", set_short_key);
  g_test_add_func ("/endpoint/server-tls-peers/key-updates/flood-ends-the-connection",
                   test_key_updates);
  g_test_add_func ("/endpoint/server-tls-peers/broken-after-a-deferred-request-makes-no-turns",
                   test_deferred);
  /* A read of less than what is there finds no part of the head: the silent peer has to go. */
  if (g_getenv ("FAULTY_CALLS_SEED") == NULL)
    {
      for (guint length = 1000; length <= 15000; length += 3500)
        {
          g_autofree char *name = g_strdup_printf ("of-%u-bytes", length);

          add_row ("head-in-one-record", name, test_long_head, length);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    add_row ("server-dropped", moments[i], test_dropped, i);

  return g_test_run ();
}
