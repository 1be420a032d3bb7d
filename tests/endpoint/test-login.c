/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Logins at servers and proxies, and what a refusal leaves to be read. */
#include "endpoint/far/dialed.h"

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
  SAYS_YES,                     /* and sets nothing */
  SETS_FIELD,
  SETS_ALL_FIELDS,              /* those that were sent among them */
  SETS_WRONG_FIELD,
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
  wsp_headers_append (headers, name, handler->answer == SETS_WRONG_FIELD ? "Basic xyz" : BASIC,
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

  handler->n_asked++;
  handler->n_retrying += retrying;
  g_object_get (handshake, "response-status", &handler->status, "response-headers", &headers, NULL);
  g_assert_nonnull (wsp_headers_get_one (headers, handler->status == 407 ? "Proxy-Authenticate"
                                                                          : "WWW-Authenticate"));
  if (handler->answer >= SETS_FIELD)
    set_fields (handshake, handler);
  return handler->answer != SAYS_NO;
}

static const struct
{
  const char *name, *user;
  Answer      answer;
  gboolean    has_handler, is_open;
  guint       n_connections;
} logins[] = {
  { "RFC-35-no-handler", "", SAYS_NO, FALSE, FALSE, 1 },
  { "SEC-41-user-in-the-uri-is-not-volunteered", "me:secret@", SAYS_NO, FALSE, FALSE, 1 },
  { "RFC-35-handler-says-no", "me:secret@", SAYS_NO, TRUE, FALSE, 1 },
  { "RFC-6-RFC-35-user-of-the-uri", "me:secret@", SAYS_YES, TRUE, TRUE, 2 },
  { "RFC-35-wrong-user-of-the-uri-once", "me:wrong@", SAYS_YES, TRUE, FALSE, 2 },
  { "RFC-35-nothing-to-send", "", SAYS_YES, TRUE, FALSE, 1 },
  { "RFC-35-RFC-255-field", "", SETS_FIELD, TRUE, TRUE, 2 },
  { "RFC-35-field-among-those-that-were-sent", "", SETS_ALL_FIELDS, TRUE, TRUE, 2 },
  { "RFC-35-field-before-user-of-the-uri", "me:wrong@", SETS_FIELD, TRUE, TRUE, 2 },
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

  dial_has_failed (&dialed, WSP_SESSION_ERROR, WSP_SESSION_ERROR_HANDSHAKE, "status 401 Who");
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
  { "RFC-35-handler-says-no", SAYS_NO, FALSE, 1 },
  { "RFC-35-nothing-to-send", SAYS_YES, FALSE, 1 },
  { "PAIN-24-RFC-35-field", SETS_FIELD, TRUE, 2 },
  { "RFC-35-wrong-field", SETS_WRONG_FIELD, FALSE, 2 },
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

  dial_has_failed (&dialed, WSP_SESSION_ERROR, WSP_SESSION_ERROR_HANDSHAKE, "Proxy: status 407");
  body = dial_dup_body (&dialed);
  g_assert_cmpstr (body, ==, "login");
  g_assert_cmpuint (far_get_count (server), ==, 0);
}

/* Row SEC-42: a login for the proxy that the program gave at once does not go to the server. */
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

/* A server that wants the login of a proxy is none. */
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
  dial_has_failed (&dialed, WSP_SESSION_ERROR, WSP_SESSION_ERROR_HANDSHAKE, "status 407 Fish");
  g_assert_cmpuint (handler.n_asked, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/login/server/%s", logins[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_login);
    }
  for (guint i = 0; i < G_N_ELEMENTS (proxy_logins); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/login/proxy/%s", proxy_logins[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_proxy_login);
    }
  g_test_add_func ("/endpoint/login/proxy/SEC-42-own-field", test_own_proxy_field);
  g_test_add_func ("/endpoint/login/server/RFC-35-SEC-41-407", test_407_of_a_server);

  return g_test_run ();
}
