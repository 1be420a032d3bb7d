/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Credentials for servers and proxies, and the properties that are set after a refusal. */
#include "endpoint/far/dialed.h"
#include "lib/rows.h"

#define BASIC "Basic bWU6c2VjcmV0"      /* me:secret */

static void
serve_with_login (FarPeer *peer,
                  gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && strstr (head, "\r\nAuthorization: " BASIC "\r\n") != NULL)
    far_switch (peer, head);
  else if (head != NULL)
    far_write (peer, "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"far\"\r\n"
               "Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n0\r\n\r\n");
}

typedef enum
{
  SAYS_NO,
  SAYS_YES,                     /* returns TRUE and sets nothing */
  SETS_FIELD_AND_SAYS_NO,
  SETS_FIELD,
  SETS_ALL_FIELDS,              /* sets all fields of the credentials, with values that were sent
                                 * before */
  SETS_WRONG_FIELD,
  SETS_WRONG_FIELD_ONCE,        /* sets a wrong field; the next time returns TRUE and sets
                                 * nothing */
} Answer;

typedef struct
{
  Answer   answer;
  guint    n_asked, n_retrying;
  guint    status;
} Handler;

static void
set_fields (WspHandshake *handshake,
            Handler      *handler)
{
  const char *name = handler->status == 407 ? "Proxy-Authorization" : "Authorization";
  g_autoptr (WspHeaders) sent = NULL;
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  g_object_get (handshake, "request-headers", &sent, NULL);
  for (guint i = 0; handler->answer == SETS_ALL_FIELDS && i < wsp_headers_get_length (sent); i++)
    wsp_headers_append (headers, wsp_headers_get_name (sent, i), wsp_headers_get_value (sent, i),
                        NULL);
  wsp_headers_append (headers, name, handler->answer >= SETS_WRONG_FIELD ? "Basic xyz" : BASIC,
                      NULL);
  g_object_set (handshake, "request-headers", headers, NULL);
}

static gboolean
answer_authenticate (WspClient    *client,
                     WspHandshake *handshake,
                     gboolean      retrying,
                     Handler      *handler)
{
  g_autoptr (WspHeaders) headers = NULL;
  gboolean is_once = handler->answer == SETS_WRONG_FIELD_ONCE;

  handler->n_asked++;
  handler->n_retrying += retrying;
  g_object_get (handshake, "response-status", &handler->status, "response-headers", &headers, NULL);
  g_assert_nonnull (wsp_headers_get_one (headers, handler->status == 407 ? "Proxy-Authenticate"
                                                                          : "WWW-Authenticate"));
  if (handler->answer >= SETS_FIELD_AND_SAYS_NO && !(is_once && handler->n_asked > 1))
    set_fields (handshake, handler);
  return handler->answer != SAYS_NO && handler->answer != SETS_FIELD_AND_SAYS_NO;
}

static const struct
{
  const char *name, *user;
  Answer      answer;
  gboolean    has_handler, is_open;
  guint       n_connections;
} logins[] = {
  { "WS-35-no-handler", "", SAYS_NO, FALSE, FALSE, 1 },
  { "SEC-41-WS-6-user-of-the-uri-at-once", "me:secret@", SAYS_NO, FALSE, TRUE, 1 },
  { "SEC-41-user-of-the-uri-is-decoded", "%6de:s%65cret@", SAYS_NO, FALSE, TRUE, 1 },
  { "WS-35-handler-is-not-asked", "me:secret@", SETS_WRONG_FIELD, TRUE, TRUE, 1 },
  { "WS-35-handler-says-no", "me:wrong@", SAYS_NO, TRUE, FALSE, 1 },
  { "WS-35-handler-sets-a-field-and-says-no", "", SETS_FIELD_AND_SAYS_NO, TRUE, FALSE, 1 },
  { "WS-35-wrong-user-of-the-uri-once", "me:wrong@", SAYS_YES, TRUE, FALSE, 1 },
  { "WS-35-user-without-a-password", "me@", SAYS_NO, FALSE, FALSE, 1 },
  { "WS-35-nothing-to-send", "", SAYS_YES, TRUE, FALSE, 1 },
  { "WS-35-WS-255-field", "", SETS_FIELD, TRUE, TRUE, 2 },
  { "WS-35-field-among-those-that-were-sent", "", SETS_ALL_FIELDS, TRUE, TRUE, 2 },
  { "WS-35-field-after-a-wrong-user-of-the-uri", "me:wrong@", SETS_FIELD, TRUE, TRUE, 2 },
  { "SEC-41-wrong-field-for-ever", "", SETS_WRONG_FIELD, TRUE, FALSE, 6 },
};

static void
test_login (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (serve_with_login, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *uri = g_strdup_printf ("ws://%s127.0.0.1:%u/", logins[i].user,
                                          far_get_port (server));
  g_autofree char *body = NULL;
  g_autofree char *notes = NULL;
  Handler handler = { .answer = logins[i].answer };
  g_auto (Dialed) dialed = { 0 };

  if (logins[i].has_handler)
    g_signal_connect (client, "authenticate", G_CALLBACK (answer_authenticate), &handler);
  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  g_assert_cmpuint (far_get_count (server), ==, logins[i].n_connections);
  g_assert_cmpuint (handler.n_retrying, ==, handler.n_asked > 0 ? handler.n_asked - 1 : 0);
  notes = far_dup_notes (server);
  g_assert_lacks (notes, "me:");
  if (logins[i].is_open)
    {
      dial_is_open (&dialed);
      return;
    }

  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 401 Who");
  g_assert_lacks (dialed.error->message, "wrong");
  g_assert_cmpuint (dial_get_status (&dialed), ==, 401);
  body = dial_dup_body (&dialed);
  g_assert_cmpstr (body, ==, "login");
}

static const struct
{
  const char *name;
  Answer      answer;
  gboolean    is_open;
  guint       n_connections;
} proxy_logins[] = {
  { "WS-35-handler-says-no", SAYS_NO, FALSE, 1 },
  { "WS-35-handler-sets-a-field-and-says-no", SETS_FIELD_AND_SAYS_NO, FALSE, 1 },
  { "WS-35-nothing-to-send", SAYS_YES, FALSE, 1 },
  { "WS-35-field", SETS_FIELD, TRUE, 2 },
  { "WS-35-wrong-field", SETS_WRONG_FIELD, FALSE, 2 },
  { "WS-35-wrong-field-and-then-nothing", SETS_WRONG_FIELD_ONCE, FALSE, 2 },
};

static void
test_proxy_login (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, NULL);
  FarRoute route = { "inside.example", far_get_port (server), "me", "secret", CERTIFICATE_GOOD,
                     NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = g_strdup_printf ("http://127.0.0.1:%u", far_get_port (proxy));
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_autofree char *body = NULL;
  g_autofree char *notes = NULL;
  Handler handler = { .answer = proxy_logins[i].answer };
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "authenticate", G_CALLBACK (answer_authenticate), &handler);
  dial (&dialed, client, "ws://inside.example/", 0);
  g_assert_cmpuint (far_get_count (proxy), ==, proxy_logins[i].n_connections);
  if (proxy_logins[i].is_open)
    {
      dial_is_open (&dialed);
      notes = far_dup_notes (server);
      g_assert_lacks (notes, "Authorization");
      return;
    }

  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "received status 407");
  body = dial_dup_body (&dialed);
  g_assert_cmpstr (body, ==, "login");
  g_assert_cmpuint (far_get_count (server), ==, 0);
}

/* Row SEC-42: a proxy's credentials that the program has set at once are not sent to the server. */
static void
test_own_proxy_field (void)
{
  g_autoptr (Far) server = far_new (far_serve, NULL);
  FarRoute route = { "inside.example", far_get_port (server), "me", "secret", CERTIFICATE_GOOD,
                     NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = g_strdup_printf ("http://127.0.0.1:%u", far_get_port (proxy));
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  g_assert_true (wsp_headers_append (headers, "Proxy-Authorization", BASIC, NULL));
  dial_begin (&dialed, client, "ws://inside.example/", headers);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  g_assert_cmpuint (far_get_count (proxy), ==, 1);
  notes = far_dup_notes (server);
  g_assert_lacks (notes, "Authorization");
}

/* The program's own field is sent, and not that of the URI. */
static void
test_own_field (void)
{
  g_autoptr (Far) server = far_new (serve_with_login, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autofree char *uri = far_make_uri ("ws://me:wrong@127.0.0.1:PORT/", server);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  g_assert_true (wsp_headers_append (headers, "Authorization", BASIC, NULL));
  dial_begin (&dialed, client, uri, headers);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  notes = far_dup_notes (server);
  g_assert_contains (notes, "Authorization: " BASIC);
  g_assert_lacks (strstr (notes, BASIC), "Authorization: ");
}

/* A server that responds with 407 is not a proxy. */
static void
test_407_of_a_server (void)
{
  g_autoptr (Far) server = far_new (far_serve, (gpointer) "HTTP/1.1 407 Fish\r\n"
                                    "Proxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
  g_autoptr (WspClient) client = wsp_client_new ();
  Handler handler = { .answer = SETS_FIELD };
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "authenticate", G_CALLBACK (answer_authenticate), &handler);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 407 Fish");
  g_assert_cmpuint (handler.n_asked, ==, 0);
}

/* The resolver returns one proxy for ws and another for wss, or "authenticate" changes it. */
typedef enum
{
  LOGIN_OF_THE_HANDLER,
  LOGIN_OF_THE_PROGRAM,         /* credentials that the program has set before a proxy requests
                                 * them */
} LoginSource;

static const struct
{
  const char *name;
  LoginSource source;
  gboolean    other_asks;       /* TRUE if the other proxy requests credentials (407) */
  guint       n_answers;        /* number of times that a handler set credentials */
  gboolean    leads_elsewhere;  /* TRUE if the handler changes the resolver */
  gboolean    other_gets_it;
} other_proxies[] = {
  { "WS-36-SEC-42-login-of-the-first", LOGIN_OF_THE_HANDLER, FALSE, 9, FALSE, FALSE },
  { "WS-36-SEC-42-own-field", LOGIN_OF_THE_PROGRAM, FALSE, 0, FALSE, FALSE },
  { "SEC-42-second-asks-too", LOGIN_OF_THE_HANDLER, TRUE, 9, FALSE, TRUE },
  { "SEC-42-second-asks-and-nothing-is-set", LOGIN_OF_THE_HANDLER, TRUE, 1, FALSE, FALSE },
  { "SEC-42-second-asks-after-own-field", LOGIN_OF_THE_PROGRAM, TRUE, 0, FALSE, FALSE },
  { "SEC-42-resolver-changes-after-407", LOGIN_OF_THE_HANDLER, FALSE, 9, TRUE, FALSE },
};

typedef struct
{
  GProxyResolver *other;        /* resolver that the handler sets; nullable */
  guint           n_answers, n_asked;
} ProxyHandler;

static gboolean
answer_proxy (WspClient    *client,
              WspHandshake *handshake,
              gboolean      retrying,
              ProxyHandler *handler)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  wsp_headers_append (headers, "Proxy-Authorization", BASIC, NULL);
  if (handler->n_asked++ < handler->n_answers)
    g_object_set (handshake, "request-headers", headers, NULL);
  if (handler->other != NULL)
    g_object_set (client, "proxy-resolver", handler->other, NULL);
  return TRUE;
}

#define ASKS "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
#define REFUSES "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
#define LEADS_ON \
  "HTTP/1.1 302 There\r\nLocation: wss://inside.example/\r\nContent-Length: 0\r\n\r\n"

static void
test_other_proxy (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, (gpointer) LEADS_ON);
  FarRoute route = { "inside.example", far_get_port (server), "me", "secret", CERTIFICATE_GOOD,
                     NULL };
  g_autoptr (Far) first = far_new (far_http_proxy, &route);
  g_autoptr (Far) second = far_new (far_serve, (gpointer) (other_proxies[i].other_asks ? ASKS
                                                                                       : REFUSES));
  g_autofree char *first_uri = far_make_uri ("http://127.0.0.1:PORT", first);
  g_autofree char *second_uri = far_make_uri ("http://127.0.0.1:PORT", second);
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (first_uri, NULL);
  g_autoptr (GProxyResolver) other = g_simple_proxy_resolver_new (second_uri, NULL);
  g_autoptr (WspClient) client = g_object_new (WSP_TYPE_CLIENT, "max-redirects", 1,
                                               "proxy-resolver", resolver, NULL);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autofree char *notes = NULL;
  ProxyHandler handler = { other_proxies[i].leads_elsewhere ? other : NULL,
                           other_proxies[i].n_answers, 0 };
  g_auto (Dialed) dialed = { 0 };

  g_simple_proxy_resolver_set_uri_proxy (G_SIMPLE_PROXY_RESOLVER (resolver), "wss", second_uri);
  g_signal_connect (client, "authenticate", G_CALLBACK (answer_proxy), &handler);
  if (other_proxies[i].source == LOGIN_OF_THE_PROGRAM)
    g_assert_true (wsp_headers_append (headers, "Proxy-Authorization", BASIC, NULL));
  dial_begin (&dialed, client, "ws://inside.example/", headers);
  dial_wait (&dialed);
  g_assert_nonnull (dialed.error);
  g_assert_cmpuint (far_get_count (second), >=, 1);
  notes = far_dup_notes (second);
  g_assert_cmpint (strstr (notes, "Proxy-Authorization: " BASIC) != NULL, ==,
                   other_proxies[i].other_gets_it);
}

/* It does not use TLS: the second connection is closed before it could wait for a request. */
static void
lead_on_once (FarPeer *peer,
              gpointer n_served)
{
  if (g_atomic_int_add ((int *) n_served, 1) == 0)
    far_serve (peer, (gpointer) LEADS_ON);
}

/* If a proxy has requested credentials once, they are sent at once after a redirect. */
static void
test_same_proxy (void)
{
  int n_served = 0;
  g_autoptr (Far) server = far_new (lead_on_once, &n_served);
  FarRoute route = { "inside.example", far_get_port (server), "me", "secret", CERTIFICATE_GOOD,
                     NULL };
  g_autoptr (Far) proxy = far_new (far_http_proxy, &route);
  g_autofree char *proxy_uri = far_make_uri ("http://127.0.0.1:PORT", proxy);
  g_autoptr (WspClient) client = dial_client (proxy_uri);
  ProxyHandler handler = { .n_answers = 1 };
  g_auto (Dialed) dialed = { 0 };

  g_object_set (client, "max-redirects", 1, NULL);
  g_signal_connect (client, "authenticate", G_CALLBACK (answer_proxy), &handler);
  dial (&dialed, client, "ws://inside.example/", 0);
  g_assert_nonnull (dialed.error);
  g_assert_cmpuint (handler.n_asked, ==, 1);
  g_assert_cmpuint (far_get_count (proxy), ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/login/server", logins, test_login);
  ADD_ROWS ("/endpoint/login/proxy", proxy_logins, test_proxy_login);
  ADD_ROWS ("/endpoint/login/other-proxy", other_proxies, test_other_proxy);
  g_test_add_func ("/endpoint/login/other-proxy/SEC-42-same-proxy-keeps-it", test_same_proxy);
  g_test_add_func ("/endpoint/login/proxy/SEC-42-own-field", test_own_proxy_field);
  g_test_add_func ("/endpoint/login/server/SEC-41-own-field", test_own_field);
  g_test_add_func ("/endpoint/login/server/WS-35-SEC-41-407", test_407_of_a_server);

  return g_test_run ();
}
