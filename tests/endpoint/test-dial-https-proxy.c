/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP proxies that are reached by TLS: how the certificates of proxy and server are checked, and
 * TLS inside of TLS. */
#include "endpoint/far/dialed.h"
#include "lib/listen.h"
#include "lib/rows.h"

#define MEBIBYTE (1024 * 1024)
#define N_LARGE 6
#define N_SMALL 500

static const struct
{
  const char          *name, *host;
  CertificateKind      certificate;
  gboolean             has_database;
  GTlsCertificateFlags errors;  /* flags of the certificate; 0 = it is trusted */
} certificates[] = {
  { "name", "localhost", CERTIFICATE_NAME_ONLY, TRUE, 0 },
  { "address", "127.0.0.1", CERTIFICATE_GOOD, TRUE, 0 },
  { "name-does-for-no-address", "127.0.0.1", CERTIFICATE_NAME_ONLY, TRUE,
    G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "other-name", "localhost", CERTIFICATE_OTHER_NAME, TRUE, G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "expired", "localhost", CERTIFICATE_EXPIRED, TRUE, G_TLS_CERTIFICATE_EXPIRED },
  { "system-does-not-know-the-authority", "localhost", CERTIFICATE_GOOD, FALSE,
    G_TLS_CERTIFICATE_UNKNOWN_CA },
};

typedef struct
{
  gboolean             is_at_proxy;     /* TRUE while the client is at the proxy, by its signal
                                         * "event" */
  gboolean             accepts;
  guint                n_asked;
  GTlsCertificateFlags errors;
} ProxyVerifier;

static void
follow_event (WspClient          *client,
              WspHandshake       *handshake,
              GSocketClientEvent  event,
              GSocketConnectable *place,
              GIOStream          *stream,
              ProxyVerifier      *verifier)
{
  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING || event == G_SOCKET_CLIENT_PROXY_NEGOTIATED)
    verifier->is_at_proxy = event == G_SOCKET_CLIENT_PROXY_NEGOTIATING;
}

static gboolean
on_proxy_certificate (WspClient           *client,
                      WspHandshake        *handshake,
                      GSocketConnectable  *peer,
                      GTlsCertificate     *certificate,
                      GTlsCertificateFlags errors,
                      ProxyVerifier       *verifier)
{
  g_assert_true (verifier->is_at_proxy);
  verifier->n_asked++;
  verifier->errors = errors;
  return verifier->accepts;
}

static WspClient *
make_client (guint          i,
             Far           *proxy,
             ProxyVerifier *verifier)
{
  g_autofree char *format = g_strdup_printf ("https://%s:PORT", certificates[i].host);
  g_autofree char *proxy_uri = far_make_uri (format, proxy);
  WspClient *client = dial_client (proxy_uri);

  if (certificates[i].has_database)
    g_object_set (client, "tls-database", authority_get_database (), NULL);
  g_signal_connect (client, "event", G_CALLBACK (follow_event), verifier);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (on_proxy_certificate), verifier);
  return client;
}

static void
test_proxy_certificate (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, NULL);
  FarRoute route = { "inside.example", far_get_port (server), NULL, NULL,
                     certificates[i].certificate, NULL };
  g_autoptr (Far) proxy = far_new (far_https_proxy, &route);
  ProxyVerifier verifier = { 0 };
  g_autoptr (WspClient) client = make_client (i, proxy, &verifier);
  g_auto (Dialed) strict = { 0 };
  g_auto (Dialed) lenient = { 0 };

  authority_get_certificate (certificates[i].certificate);
  dial (&strict, client, "ws://inside.example/", 0);
  g_assert_cmpuint (verifier.n_asked, ==, certificates[i].errors == 0 ? 0 : 1);
  if (certificates[i].errors == 0)
    {
      dial_is_open (&strict);
      return;
    }

  g_autofree char *asked = far_dup_notes (proxy);

  dial_has_failed (&strict, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "Proxy ");
  g_assert_lacks (asked, "CONNECT");
  g_assert_cmpuint (verifier.errors & certificates[i].errors, ==, certificates[i].errors);

  verifier.accepts = TRUE;
  dial (&lenient, client, "ws://inside.example/", 0);
  dial_is_open (&lenient);
  g_assert_cmpuint (verifier.n_asked, ==, 2);
}

/* The proxy's response inside TLS is kept in the same way as one without TLS. */
static void
test_https_refusal (void)
{
  FarRoute route = { "inside.example", 1, "me", "secret", CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (far_https_proxy, &route);
  g_autofree char *proxy_uri = far_make_uri ("https://me:wrong@localhost:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  g_object_set (client, "tls-database", authority_get_database (), NULL);
  dial (&dialed, client, "wss://inside.example/", 0);
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "received status 407");
  g_assert_cmpuint (dial_get_status (&dialed), ==, 407);

  g_autofree char *body = dial_dup_body (&dialed);

  g_assert_cmpstr (body, ==, "login");
}

/* A proxy whose URI says https but that does not use TLS receives nothing in clear text. */
static void
test_https_is_plain (void)
{
  FarRoute route = { "inside.example", 1, NULL, NULL, CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = far_make_uri ("https://me:secret@localhost:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  wsp_client_set_connect_timeout (client, 100);
  dial (&dialed, client, "ws://inside.example/", 0);
  g_assert_null (dialed.connection);
  g_assert_nonnull (dialed.error);

  g_autofree char *asked = far_dup_notes (proxy);

  g_assert_lacks (asked, "CONNECT");
}

static void
serve_plain (FarPeer *peer,
             gpointer data)
{
  far_write (peer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  far_wait_for_end (peer);
}

/* The URI of the proxy is what is wrong, not that of the server. */
static void
test_plain_advice (void)
{
  g_autoptr (Far) proxy = far_new (serve_plain, NULL);
  g_autofree char *proxy_uri = far_make_uri ("https://localhost:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "wss://inside.example/", 0);
  g_assert_null (dialed.connection);
  g_assert_contains (dialed.error->message, "(if the proxy has no TLS, its URI is http://)");
  g_assert_lacks (dialed.error->message, "ws://");
}

static guint16
listen_securely (WspServer *server)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  port = listen_on_free_port (server, "127.0.0.1");
  g_assert_no_error (error);
  return port;
}

static void
send_bytes (WspConnection *connection,
            gsize          length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (length), length);
  g_autoptr (WspMessage) message = wsp_message_new_binary_bytes (bytes);

  g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL));
}

typedef struct                  /* client and server, with TLS inside TLS between them */
{
  WspServer *server;
  FarGate   *gate;
  FarRoute   route;
  Far       *proxy;
  WspClient *client;
  Dialed     dialed;
  Watched   *local, *remote;
} Pair;

static void
pair_init (Pair *self)
{
  g_autofree char *proxy_uri = NULL;

  *self = (Pair) { .server = wsp_server_new (), .gate = far_gate_new () };
  self->route = (FarRoute) { "inside.example", listen_securely (self->server), NULL, NULL,
                             CERTIFICATE_GOOD, self->gate };
  self->proxy = far_new (far_https_proxy, &self->route);
  proxy_uri = far_make_uri ("https://localhost:PORT", self->proxy);
  self->client = dial_client (proxy_uri);
  g_signal_connect (self->server, "connection", G_CALLBACK (watch_echoing), &self->remote);
  /* No keepalive ping may hide a stalled connection. */
  g_object_set (self->client, "tls-database", authority_get_database (), NULL);
  wsp_limits_set_keepalive_interval (wsp_client_get_limits (self->client), 0);
  wsp_limits_set_keepalive_interval (wsp_server_get_limits (self->server), 0);
  dial (&self->dialed, self->client, "wss://inside.example/", 0);
  g_assert_no_error (self->dialed.error);
  self->local = watch (self->dialed.connection);
  wsp_connection_start_receiving (self->local->connection);
}

static void
pair_clear (Pair *self)
{
  wsp_connection_close_async (self->local->connection, 1000, NULL, NULL, NULL, NULL);
  run_until_closed (self->local);
  run_until_closed (self->remote);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (self->local->connection)));
  watched_free (self->local);
  watched_free (self->remote);
  dial_clear (&self->dialed);
  far_free (self->proxy);
  far_gate_free (self->gate);
  g_object_unref (self->client);
  g_object_unref (self->server);
}

static void
test_much (void)
{
  Pair pair;

  pair_init (&pair);
  for (guint i = 0; i < N_LARGE; i++)
    send_bytes (pair.local->connection, MEBIBYTE);
  for (guint i = 0; i < N_SMALL; i++)
    send_bytes (pair.local->connection, i % 100);
  run_until_count (&pair.local->n_messages, N_LARGE + N_SMALL);
  g_assert_cmpuint (pair.local->n_bytes, ==, N_LARGE * MEBIBYTE + N_SMALL / 100 * 4950);
  pair_clear (&pair);
}

static void
flush (WspConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_flush_async (connection, NULL, keep_result, &result);
  run_until_result (&result);
  g_assert_true (wsp_connection_flush_finish (connection, result, NULL));
}

/* One record of the proxy contains two records of the server: the socket reports it once. */
static void
test_two_in_one (void)
{
  Pair pair;

  pair_init (&pair);
  far_gate_shut (pair.gate);
  for (guint i = 0; i < 2; i++)
    {
      send_bytes (pair.remote->connection, 10);
      flush (pair.remote->connection);
    }
  far_gate_open (pair.gate);
  run_until_count (&pair.local->n_messages, 2);
  pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS ("/endpoint/dial-https-proxy/certificate/SEC-110-%s", certificates,
               test_proxy_certificate);
  g_test_add_func ("/endpoint/dial-https-proxy/refusal/WS-35-407-is-kept", test_https_refusal);
  g_test_add_func ("/endpoint/dial-https-proxy/refusal/SEC-42-no-tls-no-login",
                   test_https_is_plain);
  g_test_add_func ("/endpoint/dial-https-proxy/refusal/advice-is-about-the-uri-of-the-proxy",
                   test_plain_advice);
  g_test_add_func ("/endpoint/dial-https-proxy/tls-in-tls/much", test_much);
  g_test_add_func ("/endpoint/dial-https-proxy/tls-in-tls/two-records-in-one", test_two_in_one);

  return g_test_run ();
}
