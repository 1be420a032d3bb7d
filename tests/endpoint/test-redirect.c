/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The targets of redirects, and the header fields that are sent to them. */
#include "endpoint/far/dialed.h"
#include "lib/rows.h"

#include <glib/gstdio.h>

/* Responds to "/" with the answer and to every other path with 101. */
static void
serve_root (FarPeer    *peer,
            const char *answer)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && g_str_has_prefix (head, "GET / "))
    far_write (peer, answer);
  else if (head != NULL)
    far_switch (peer, head);
}

static void
serve_redirect (FarPeer *peer,
                gpointer data)
{
  g_autofree char *answer =
    g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 2\r\n\r\nno",
                     (const char *) data);

  serve_root (peer, answer);
}

static void
serve_redirect_by_tls (FarPeer *peer,
                       gpointer data)
{
  if (far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE))
    serve_redirect (peer, data);
}

/* The same with a status, to another path. */
static void
serve_status (FarPeer *peer,
              gpointer data)
{
  g_autofree char *answer =
    g_strdup_printf ("HTTP/1.1 %u Elsewhere\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
                     GPOINTER_TO_UINT (data));

  serve_root (peer, answer);
}

static WspHeaders *
make_headers (void)
{
  WspHeaders *headers = wsp_headers_new ();

  g_assert_true (wsp_headers_append (headers, "Authorization", "Basic abc", NULL));
  g_assert_true (wsp_headers_append (headers, "Cookie", "a=b", NULL));
  g_assert_true (wsp_headers_append (headers, "X-Own", "1", NULL));
  g_assert_true (wsp_headers_append (headers, "User-Agent", "test/1", NULL));
  return headers;
}

static WspClient *
make_client (guint max_redirects)
{
  return g_object_new (WSP_TYPE_CLIENT, "max-redirects", max_redirects,
                       "tls-database", authority_get_database (), NULL);
}

static void
test_same_origin (void)
{
  g_autoptr (Far) server = far_new (serve_redirect, (gpointer) "/there?x");
  g_autoptr (WspClient) client = make_client (1);
  g_autoptr (WspHeaders) headers = make_headers ();
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (server));
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, headers);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  g_assert_cmpuint (far_get_count (server), ==, 2);

  notes = far_dup_notes (server);
  const char *second = strstr (notes, "GET /there?x HTTP/1.1\r\n");

  g_assert_nonnull (second);
  g_assert_contains (second, "\r\nCookie: a=b\r\n");
  g_assert_contains (second, "\r\nAuthorization: Basic abc\r\n");

  /* Row 25: a different key. */
  const char *key = strstr (notes, "Sec-WebSocket-Key: ");
  g_autofree char *first_key = g_strndup (key, 44);

  g_assert_nonnull (strstr (second, "Sec-WebSocket-Key: "));
  g_assert_lacks (second, first_key);
}

/* Rows WS-36 and SEC-40: the program's header fields for one origin are not sent to another. */
static void
test_other_origin (void)
{
  g_autoptr (Far) target = far_new (far_serve, NULL);
  g_autofree char *location = g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (target));
  g_autoptr (Far) server = far_new (serve_redirect, location);
  g_autoptr (WspClient) client = make_client (1);
  g_autoptr (WspHeaders) headers = make_headers ();
  g_autofree char *uri = g_strdup_printf ("ws://me:secret@127.0.0.1:%u/", far_get_port (server));
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, headers);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  notes = far_dup_notes (target);
  g_assert_contains (notes, "\r\nUser-Agent: test/1\r\n");
  g_assert_lacks (notes, "Cookie");
  g_assert_lacks (notes, "Authorization");
  g_assert_lacks (notes, "X-Own");
}

/* The origins that get the credentials of a URI, and that a server cannot set those of the next
 * request. */
static const struct
{
  const char *name, *user, *location;
  gboolean    is_same, is_sent;
} uri_logins[] = {
  { "SEC-41-same-origin", "me:secret@", "/there", TRUE, TRUE },
  { "SEC-41-other-origin", "me:secret@", "ws://127.0.0.1:PORT/there", FALSE, FALSE },
  { "SEC-41-other-origin-by-http", "me:secret@", "http://127.0.0.1:PORT/there", FALSE, FALSE },
  { "SEC-41-location-with-a-login", "", "ws://evil:secret@127.0.0.1:PORT/there", FALSE, FALSE },
  { "SEC-41-location-with-another-login", "me:secret@", "ws://evil:x@127.0.0.1:PORT/there", FALSE, FALSE },
};

static void
test_uri_login (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) target = far_new (far_serve, NULL);
  g_autofree char *location = far_make_uri (uri_logins[i].location, target);
  g_autoptr (Far) server = far_new (serve_redirect, location);
  g_autoptr (WspClient) client = make_client (1);
  g_autofree char *uri = g_strdup_printf ("ws://%s127.0.0.1:%u/", uri_logins[i].user,
                                          far_get_port (server));
  g_autofree char *notes = NULL;
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  dial_is_open (&dialed);
  notes = far_dup_notes (uri_logins[i].is_same ? server : target);
  const char *second = strstr (notes, "GET /there");

  g_assert_nonnull (second);
  g_assert_cmpint (strstr (second, "Authorization") != NULL, ==, uri_logins[i].is_sent);
}

/* The credentials of a server that a redirect names are not requested. */
static void
test_login_elsewhere (void)
{
  g_autoptr (Far) target = far_new (far_serve, (gpointer) "HTTP/1.1 401 Login\r\n"
                                    "WWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
  g_autofree char *location = g_strdup_printf ("ws://127.0.0.1:%u/", far_get_port (target));
  g_autoptr (Far) server = far_new (serve_redirect, location);
  g_autoptr (WspClient) client = make_client (1);
  guint n_asked = 0;
  g_auto (Dialed) dialed = { 0 };

  g_signal_connect (client, "authenticate", G_CALLBACK (dial_offer_login), &n_asked);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 401");
  g_assert_cmpuint (n_asked, ==, 0);
  g_assert_cmpuint (far_get_count (target), ==, 1);
}

static const struct
{
  const char *name, *location;
  guint       max_redirects;
  gboolean    is_tls;
  guint       n_connections;
  const char *text;
} refusals[] = {
  { "WS-36-off", "/there", 0, FALSE, 1, "status 302 Found" },
  { "SEC-40-ftp", "ftp://127.0.0.1/", 5, FALSE, 1, "expected scheme ws, wss or ws+unix" },
  { "SEC-40-file", "file:///etc/passwd", 5, FALSE, 1, "not followed" },
  { "SEC-40-unix", "ws+unix:/run/bus:/", 5, FALSE, 1, "not followed" },
  { "WS-36-wss-to-ws", "ws://127.0.0.1/", 5, TRUE, 1, "not followed: it leaves wss" },
  { "WS-36-wss-to-http", "http://127.0.0.1/", 5, TRUE, 1, "not followed: it leaves wss" },
  { "SEC-40-user-with-a-backslash", "//127.0.0.1\\@127.0.0.2/", 5, FALSE, 1, "write \\ as %5C" },
  { "WS-36-empty-location", "", 5, FALSE, 6, "status 302" },
  { "SEC-40-to-itself", "/", 5, FALSE, 6, "status 302" },
  { "SEC-40-to-itself-once", "/", 1, FALSE, 2, "status 302" },
};

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (refusals[i].is_tls ? serve_redirect_by_tls : serve_redirect,
                                    (gpointer) refusals[i].location);
  g_autoptr (WspClient) client = make_client (refusals[i].max_redirects);
  g_autofree char *body = NULL;
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial (&dialed, client, refusals[i].is_tls ? "wss://localhost:PORT/" : "ws://127.0.0.1:PORT/",
        far_get_port (server));
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, refusals[i].text);
  g_assert_cmpuint (dial_get_status (&dialed), ==, 302);
  g_assert_cmpuint (far_get_count (server), ==, refusals[i].n_connections);
}

static const struct
{
  guint    status;
  gboolean is_followed;
} statuses[] = {
  { 300, FALSE }, { 301, TRUE }, { 302, TRUE }, { 303, TRUE }, { 304, FALSE }, { 305, FALSE }, { 307, TRUE },
  { 308, TRUE },
};

static void
test_status (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (serve_status, GUINT_TO_POINTER (statuses[i].status));
  g_autoptr (WspClient) client = make_client (1);
  g_auto (Dialed) dialed = { 0 };

  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  if (statuses[i].is_followed)
    dial_is_open (&dialed);
  else
    dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "status 30");
  g_assert_cmpuint (far_get_count (server), ==, statuses[i].is_followed ? 2 : 1);
}

static void
test_inside_tls (void)
{
  g_autoptr (Far) server = far_new (serve_redirect_by_tls, (gpointer) "/there");
  g_autoptr (WspClient) client = make_client (1);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial (&dialed, client, "wss://localhost:PORT/", far_get_port (server));
  dial_is_open (&dialed);
}

/* The server of a Unix socket cannot send the client into the network. */
static void
test_from_unix (gconstpointer scheme)
{
  g_autofree char *folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *uri = g_strdup_printf ("ws+unix:%s:/", path);
  g_autoptr (Far) target = far_new (far_serve, NULL);
  g_autofree char *location = g_strdup_printf ("%s://127.0.0.1:%u/", (const char *) scheme,
                                               far_get_port (target));
  g_autoptr (Far) server = far_new_unix (path, serve_redirect, location);
  g_autoptr (WspClient) client = make_client (1);
  g_auto (Dialed) dialed = { 0 };

  dial_begin (&dialed, client, uri, NULL);
  dial_wait (&dialed);
  dial_has_failed (&dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, "not followed");
  g_assert_cmpuint (far_get_count (target), ==, 0);
  g_unlink (path);
  g_rmdir (folder);
}

/* A redirect from ws to wss is followed. */
static void
test_to_tls (gconstpointer scheme)
{
  g_autoptr (Far) target = far_new (far_serve_tls, GUINT_TO_POINTER (CERTIFICATE_GOOD));
  g_autofree char *location = g_strdup_printf ("%s://localhost:%u/", (const char *) scheme,
                                               far_get_port (target));
  g_autoptr (Far) server = far_new (serve_redirect, location);
  g_autoptr (WspClient) client = make_client (5);
  g_auto (Dialed) dialed = { 0 };

  authority_get_certificate (CERTIFICATE_GOOD);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (server));
  dial_is_open (&dialed);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/endpoint/redirect/refused", refusals, test_refusal);
  g_test_add_func ("/endpoint/redirect/WS-25-WS-36-same-origin", test_same_origin);
  g_test_add_func ("/endpoint/redirect/WS-36-SEC-40-other-origin", test_other_origin);
  ADD_ROWS ("/endpoint/redirect/uri-login", uri_logins, test_uri_login);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/redirect/status/%u", statuses[i].status);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_status);
    }
  g_test_add_func ("/endpoint/redirect/inside-tls", test_inside_tls);
  g_test_add_data_func ("/endpoint/redirect/refused/from-a-unix-socket", "ws", test_from_unix);
  g_test_add_data_func ("/endpoint/redirect/refused/from-a-unix-socket-to-tls", "wss",
                        test_from_unix);
  g_test_add_data_func ("/endpoint/redirect/refused/from-a-unix-socket-to-http", "http",
                        test_from_unix);
  g_test_add_func ("/endpoint/redirect/SEC-41-login-elsewhere", test_login_elsewhere);
  g_test_add_data_func ("/endpoint/redirect/WS-36-to-tls", "wss", test_to_tls);
  g_test_add_data_func ("/endpoint/redirect/WS-36-to-https", "https", test_to_tls);

  return g_test_run ();
}
