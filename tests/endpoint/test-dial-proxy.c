/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Connections through HTTP proxies, with and without TLS, and through SOCKS proxies.  Only the
 * proxy can resolve the names that end in .example. */
#include "endpoint/far/dialed.h"
#include "lib/rows.h"

static const struct
{
  const char *name;
  FarFunc     proxy;
  const char *proxy_uri, *uri, *user, *password;
  const char *noted;            /* notes that the proxy has written */
} ways[] = {
  { "WS-11-http", far_http_proxy, "http://127.0.0.1:PORT", "ws://inside.example/a", NULL, NULL,
    "CONNECT inside.example:80 HTTP/1.1\r\nHost: inside.example:80\r\n" },
  { "http-with-login", far_http_proxy, "http://me:secret@127.0.0.1:PORT",
    "ws://inside.example:81/a", "me", "secret", "CONNECT inside.example:81 HTTP/1.1\r\n" },
  { "wss-over-http", far_http_proxy, "http://127.0.0.1:PORT", "wss://inside.example/a", NULL,
    NULL, "CONNECT inside.example:443 HTTP/1.1\r\n" },
  { "https", far_https_proxy, "https://127.0.0.1:PORT", "ws://inside.example/a", NULL, NULL,
    "TLS, ALPN http/1.1, client certificate none\nCONNECT inside.example:80 HTTP/1.1\r\n" },
  { "https-with-login", far_https_proxy, "https://me:secret@127.0.0.1:PORT",
    "ws://inside.example/a", "me", "secret", "CONNECT inside.example:80 HTTP/1.1\r\n" },
  { "wss-over-https", far_https_proxy, "https://127.0.0.1:PORT", "wss://inside.example/a", NULL,
    NULL, "TLS, ALPN http/1.1, client certificate none\nCONNECT inside.example:443 HTTP/1.1\r\n" },
  { "socks", far_socks_proxy, "socks5://127.0.0.1:PORT", "ws://inside.example/a", NULL, NULL,
    "SOCKS inside.example:80\n" },
  { "socks-that-resolves", far_socks_proxy, "socks5h://127.0.0.1:PORT", "ws://inside.example/a", NULL, NULL,
    "SOCKS inside.example:80\n" },
  { "socks-with-login", far_socks_proxy, "socks5://me:secret@127.0.0.1:PORT",
    "ws://inside.example/a", "me", "secret", "SOCKS login me\nSOCKS inside.example:80\n" },
  { "wss-over-socks", far_socks_proxy, "socks5://127.0.0.1:PORT", "wss://inside.example/a",
    NULL, NULL, "SOCKS inside.example:443\n" },
};

static void
test_way (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  /* GIO reads a guint property into a guint16. */
  if (G_BYTE_ORDER == G_BIG_ENDIAN && ways[i].proxy == far_socks_proxy)
    {
      g_test_skip ("asynchronous SOCKS of GIO asks for port 0 on a big-endian machine");
      return;
    }

  gboolean is_tls = g_str_has_prefix (ways[i].uri, "wss:");
  g_autoptr (Far) server = is_tls ? far_new (far_serve_tls, GUINT_TO_POINTER (CERTIFICATE_GOOD))
                                  : far_new (far_serve, NULL);
  FarRoute route = { "inside.example", far_get_port (server), ways[i].user, ways[i].password,
                     CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (ways[i].proxy, &route);
  g_autofree char *proxy_uri = far_make_uri (ways[i].proxy_uri, proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  /* A proxy may ask for a client certificate: it is only for the server. */
  g_object_set (client, "tls-database", authority_get_database (),
                "tls-certificate", authority_get_certificate (CERTIFICATE_CLIENT), NULL);
  dial (&dialed, client, ways[i].uri, 0);
  dial_is_open (&dialed);

  g_autoptr (GTlsCertificate) shown = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  g_object_get (dialed.handshake, "tls-peer-certificate", &shown, "remote-address", &address, NULL);
  g_assert_cmpint (shown != NULL, ==, is_tls);
  /* That of a proxy says nothing about the server. */
  GTlsCertificate *kept = wsp_connection_get_tls_peer_certificate (dialed.connection);

  g_assert_true (shown != NULL ? g_tls_certificate_is_same (kept, shown) : kept == NULL);
  g_assert_cmpint (wsp_connection_get_tls_protocol (dialed.connection) !=
                   G_TLS_PROTOCOL_VERSION_UNKNOWN, ==, is_tls);
  g_assert_cmpint (wsp_connection_get_tls_ciphersuite (dialed.connection) != NULL, ==, is_tls);
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));

  g_autofree char *asked = far_dup_notes (proxy);
  g_autofree char *request = far_dup_notes (server);

  g_assert_contains (asked, ways[i].noted);
  g_assert_lacks (asked, "GET ");
  g_assert_contains (request, "GET /a HTTP/1.1\r\nHost: inside.example");
  g_assert_lacks (request, "Proxy-Authorization");
}

static const struct
{
  const char *name, *answer;
  GQuark    (*domain) (void);
  int         error;
  guint       status;
  const char *text, *body;
} refusals[] = {
  { "WS-13-403", "HTTP/1.1 403 Not there\r\nContent-Length: 2\r\n\r\nno", g_io_error_quark,
    G_IO_ERROR_PROXY_NOT_ALLOWED, 403, "status 403 Not there", "no" },
  { "WS-13-502", "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", g_io_error_quark,
    G_IO_ERROR_PROXY_FAILED, 502, "status 502 Bad", "" },
  { "WS-35-407", "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic\r\n\r\nwho", wsp_error_quark,
    WSP_ERROR_HANDSHAKE, 407, "received status 407 Login", "who" },
  { "switches-protocols", "HTTP/1.1 101 Yes\r\n\r\n", g_io_error_quark, G_IO_ERROR_PROXY_FAILED, 101,
    "status 101", "" },
  { "SEC-42-garbage", "\x05\x01 what", g_io_error_quark, G_IO_ERROR_PROXY_FAILED, 0, "Status line", NULL },
  { "SEC-42-many-interim-answers",
    "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\n"
    "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\n", g_io_error_quark, G_IO_ERROR_PROXY_FAILED, 0,
    "limit 5", NULL },
  { "SEC-42-control-characters-are-not-shown", "HTTP/1.1 500 \xc3\xa9\xc2\x9b\r\nContent-Length: 0\r\n\r\n",
    g_io_error_quark, G_IO_ERROR_PROXY_FAILED, 500, "\xc3\xa9\\xc2\\x9b", "" },
  { "WS-13-ends", "", g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, 0, "Proxy ", NULL },
  /* The bytes after the proxy's response are the server's: here they are not HTTP. */
  { "SEC-42-bytes-after-the-answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    wsp_error_quark, WSP_ERROR_HANDSHAKE, 0, "Status line", NULL },
};

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) proxy = far_new (far_serve, (gpointer) refusals[i].answer);
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "ws://inside.example/", 0);
  dial_has_failed (&dialed, refusals[i].domain (), refusals[i].error, refusals[i].text);
  g_assert_cmpuint (dial_get_status (&dialed), ==, refusals[i].status);

  g_autofree char *body = dial_dup_body (&dialed);

  g_assert_cmpstr (body, ==, refusals[i].body);
}

/* As many bytes as the client's limit, or one more. */
static void
serve_long_head (FarPeer *peer,
                 gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  far_write (peer, "HTTP/1.1 200 OK\r\n");
  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    far_write (peer, "A: bcdefgh\r\n");
  far_wait_for_end (peer);
}

static void
test_limits (gconstpointer data)
{
  g_autoptr (Far) proxy = far_new (serve_long_head, (gpointer) data);
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  if (GPOINTER_TO_UINT (data) > 101)
    {
      g_autoptr (WspLimits) limits = wsp_limits_new ();

      g_object_set (limits, "max-header-fields", G_MAXINT, NULL);
      wsp_client_set_limits (client, limits);
    }
  dial (&dialed, client, "ws://inside.example/", 0);
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED,
                   GPOINTER_TO_UINT (data) > 101 ? "max-head-size" : "max-header-fields");
}

/* Row SEC-43. */
static void
test_before_tls (void)
{
  g_autoptr (Far) proxy = far_new (far_serve, (gpointer) "HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01");
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "wss://inside.example/", 0);
  dial_has_failed (&dialed, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, "unexpected data");
}

static void
test_no_listener (gconstpointer data)
{
  Far *proxy = far_new (far_serve, NULL);
  g_autofree char *proxy_uri = far_make_uri (data, proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  far_free (proxy);
  dial (&dialed, client, "ws://inside.example/", 0);
  g_assert_null (dialed.connection);
  g_assert_cmpuint (dialed.error->domain, ==, G_IO_ERROR);
}

static const struct
{
  const char *name, *proxy_uri, *uri;
  int         error;
} socks_refusals[] = {
  { "WS-13-name-is-not-known", "socks5://me:secret@127.0.0.1:PORT", "ws://other.example/",
    G_IO_ERROR_HOST_UNREACHABLE },
  { "WS-13-wrong-login", "socks5://me:wrong@127.0.0.1:PORT", "ws://inside.example/",
    G_IO_ERROR_PROXY_AUTH_FAILED },
  { "WS-13-no-login", "socks5://127.0.0.1:PORT", "ws://inside.example/",
    G_IO_ERROR_PROXY_NEED_AUTH },
};

static void
test_socks_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  FarRoute route = { "inside.example", 1, "me", "secret", CERTIFICATE_GOOD, NULL };
  g_autoptr (Far) proxy = far_new (far_socks_proxy, &route);
  g_autofree char *proxy_uri = far_make_uri (socks_refusals[i].proxy_uri, proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, socks_refusals[i].uri, 0);
  dial_has_failed (&dialed, G_IO_ERROR, socks_refusals[i].error, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/dial-proxy/way", ways, test_way);
  ADD_ROWS ("/endpoint/dial-proxy/refusal", refusals, test_refusal);
  ADD_ROWS ("/endpoint/dial-proxy/socks", socks_refusals, test_socks_refusal);
  g_test_add_data_func ("/endpoint/dial-proxy/limits/SEC-42-fields", GUINT_TO_POINTER (101),
                        test_limits);
  g_test_add_data_func ("/endpoint/dial-proxy/limits/SEC-42-bytes", GUINT_TO_POINTER (2000),
                        test_limits);
  g_test_add_func ("/endpoint/dial-proxy/refusal/SEC-43-bytes-before-tls", test_before_tls);
  g_test_add_data_func ("/endpoint/dial-proxy/no-listener/WS-13-http", "http://127.0.0.1:PORT",
                        test_no_listener);
  g_test_add_data_func ("/endpoint/dial-proxy/no-listener/WS-13-https", "https://127.0.0.1:PORT",
                        test_no_listener);
  g_test_add_data_func ("/endpoint/dial-proxy/no-listener/WS-13-socks", "socks5://127.0.0.1:PORT",
                        test_no_listener);

  return g_test_run ();
}
