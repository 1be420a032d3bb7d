/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/session/wsp-session.h>
#include "lib/heads.h"
#include "lib/rows.h"
#include "lib/windows-session.h"

#include <string.h>

#include "session/wsp-session-private.h"

typedef const char * const *Strings;

static WspHeaders *
begin_client (Strings     subprotocols,
              Strings     extensions,
              WspHeaders *own)
{
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (GError) error = NULL;
  WspHeaders *request = wsp_session_begin_client_handshake (session, subprotocols, extensions, own,
                                                            &error);

  g_assert_no_error (error);
  return request;
}

static void
test_ours (void)
{
  g_autoptr (WspHeaders) request = begin_client (NULL, NULL, NULL);
  const char *key = wsp_headers_get_one (request, "Sec-WebSocket-Key");
  gsize length;
  g_autofree guchar *nonce = g_base64_decode (key, &length);

  g_assert_cmpstr (wsp_headers_get_one (request, "Connection"), ==, "Upgrade");
  g_assert_cmpstr (wsp_headers_get_one (request, "Upgrade"), ==, "websocket");
  g_assert_cmpstr (wsp_headers_get_one (request, "Sec-WebSocket-Version"), ==, "13");
  g_assert_cmpuint (strlen (key), ==, 24);
  g_assert_cmpuint (length, ==, 16);
  g_assert_nonnull (strchr ("AQgw", key[21]));
  g_assert_cmpuint (wsp_headers_get_length (request), ==, 4);
}

static void
test_nothing_invented (void)
{
  static const char * const none[] = { NULL };
  g_autoptr (WspHeaders) request = begin_client (none, none, NULL);

  g_assert_null (wsp_headers_get_one (request, "Origin"));
  g_assert_null (wsp_headers_get_one (request, "Sec-WebSocket-Protocol"));
  g_assert_null (wsp_headers_get_one (request, "Sec-WebSocket-Extensions"));
}

static void
test_offers_in_order (void)
{
  static const char * const protocols[] = { "b", "a", "C", NULL };
  static const char * const extensions[] = { "x-two; p=1", "x-one", NULL };
  g_autoptr (WspHeaders) request = begin_client (protocols, extensions, NULL);

  g_assert_cmpstr (wsp_headers_get_one (request, "Sec-WebSocket-Protocol"), ==, "b, a, C");
  g_assert_cmpstr (wsp_headers_get_one (request, "Sec-WebSocket-Extensions"), ==,
                   "x-two; p=1, x-one");
}

static void
test_own_first (void)
{
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (WspHeaders) request = NULL;

  g_assert_true (wsp_headers_append (own, "Host", "example.org:8080", NULL));
  g_assert_true (wsp_headers_append (own, "Authorization", "Bearer  x", NULL));
  g_assert_true (wsp_headers_append (own, "Cookie", "a=b", NULL));
  g_assert_true (wsp_headers_append (own, "Cookie", "c=d", NULL));
  request = begin_client (NULL, NULL, own);
  g_assert_cmpstr (wsp_headers_get_name (request, 0), ==, "Host");
  g_assert_cmpstr (wsp_headers_get_value (request, 1), ==, "Bearer  x");
  g_assert_cmpstr (wsp_headers_get_value (request, 2), ==, "a=b");
  g_assert_cmpstr (wsp_headers_get_value (request, 3), ==, "c=d");
  g_assert_cmpuint (wsp_headers_get_length (request), ==, 8);
}

static const struct
{
  const char *name;
  const char *protocols[4];
  const char *extensions[3];
  const char *header, *value;
  const char *received;         /* received value that the error quotes; NULL = none */
} refused_offers[] = {
  { "WS-29-subprotocol-empty", { "" }, { NULL }, NULL, NULL, NULL },
  { "WS-29-SEC-38-subprotocol-two-words", { "a b" }, { NULL }, NULL, NULL, "\"a b\"" },
  { "WS-29-SEC-38-subprotocol-splits", { "a\r\nX: y" }, { NULL }, NULL, NULL, NULL },
  { "WS-29-subprotocol-comma", { "a,b" }, { NULL }, NULL, NULL, "\"a,b\"" },
  { "WS-29-subprotocol-twice", { "a", "a" }, { NULL }, NULL, NULL, "\"a\"" },
  { "WS-29-subprotocol-two-words-behind-another", { "c", "a b" }, { NULL }, NULL, NULL, "\"a b\"" },
  { "WS-29-subprotocol-twice-behind-another", { "c", "a", "a" }, { NULL }, NULL, NULL, "\"a\"" },
  { "WS-30-extension-malformed", { NULL }, { "x;" }, NULL, NULL, NULL },
  { "WS-30-extension-two-in-one", { NULL }, { "x, y" }, NULL, NULL, NULL },
  { "WS-33-WS-23-SEC-39-connection", { NULL }, { NULL }, "Connection", "close", "\"Connection\"" },
  { "WS-33-SEC-39-upgrade", { NULL }, { NULL }, "upgrade", "websocket", "\"upgrade\"" },
  { "WS-33-SEC-39-key", { NULL }, { NULL }, "Sec-WebSocket-Key", "x", "\"Sec-WebSocket-Key\"" },
  { "WS-33-SEC-39-version", { NULL }, { NULL }, "Sec-WebSocket-Version", "13",
    "\"Sec-WebSocket-Version\"" },
  { "WS-33-SEC-39-protocol", { NULL }, { NULL }, "Sec-WebSocket-Protocol", "x",
    "\"Sec-WebSocket-Protocol\"" },
  { "WS-33-SEC-39-content-length", { NULL }, { NULL }, "Content-Length", "0",
    "\"Content-Length\"" },
  { "WS-33-SEC-39-transfer-encoding", { NULL }, { NULL }, "Transfer-Encoding", "chunked",
    "\"Transfer-Encoding\"" },
  { "WS-33-host-with-blank", { NULL }, { NULL }, "Host", "a b", NULL },
};

static void
test_offer_refused (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  if (refused_offers[i].header != NULL)
    g_assert_true (wsp_headers_append (own, refused_offers[i].header, refused_offers[i].value,
                                       NULL));

  g_assert_null (wsp_session_begin_client_handshake (session, refused_offers[i].protocols,
                                                     refused_offers[i].extensions, own, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  if (refused_offers[i].received != NULL)
    g_assert_true (g_str_has_suffix (error->message, refused_offers[i].received));
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CREATED);
}

static void
test_windows_replaces (void)
{
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION, "mode", WSP_SESSION_MODE_WINDOWS,
                                                 NULL);
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (WspHeaders) request = NULL;

  g_assert_true (wsp_headers_append (own, "connection", "close", NULL));
  g_assert_true (wsp_headers_append (own, "Cookie", "a=b", NULL));
  request = wsp_session_begin_client_handshake (session, NULL, NULL, own, NULL);
  g_assert_cmpstr (wsp_headers_get_one (request, "Connection"), ==, "Upgrade");
  g_assert_cmpstr (wsp_headers_get_name (request, 0), ==, "Cookie");
}

/* In this mode a header of ours is no mistake, so no error is about it. */
static void
test_windows_mistake (void)
{
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION, "mode", WSP_SESSION_MODE_WINDOWS,
                                                 NULL);
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_headers_append (own, "Upgrade", "x", NULL));
  g_assert_true (wsp_headers_append (own, "Host", "a b", NULL));
  g_assert_null (wsp_session_begin_client_handshake (session, NULL, NULL, own, &error));
  g_assert_nonnull (strstr (error->message, "Host"));
  g_assert_null (strstr (error->message, "Upgrade"));
}

/* A client and a server do the handshake; the server selects as the arguments say. */
static void
do_handshake (WspSession *client,
              WspSession *server,
              const char *subprotocol,
              Strings     chosen)
{
  static const char * const protocols[] = { "mail", "chat", NULL };
  static const char * const extensions[] = { "x-one", "x-two", NULL };
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (WspHeaders) request = NULL, answer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_headers_append (own, "Host", "a", NULL));
  request = wsp_session_begin_client_handshake (client, protocols, extensions, own, &error);
  g_assert_no_error (error);
  answer = wsp_session_begin_server_handshake (server, subprotocol, chosen, request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wsp_session_get_state (server), ==, WSP_SESSION_STATE_HANDSHAKE);
  g_assert_true (windows_end_server_handshake (server, &error));
  g_assert_true (wsp_session_end_client_handshake (client, answer, &error));
  g_assert_cmpint (wsp_session_get_state (server), ==, WSP_SESSION_STATE_OPEN);
  g_assert_cmpint (wsp_session_get_state (client), ==, WSP_SESSION_STATE_OPEN);
}

static void
test_choice (void)
{
  static const char * const chosen[] = { "x-two", NULL };
  g_autoptr (WspSession) client = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
  g_autofree char *subprotocol = NULL;
  g_auto (GStrv) extensions = NULL;

  do_handshake (client, server, "chat", chosen);
  g_object_get (client, "subprotocol", &subprotocol, "extensions", &extensions, NULL);
  g_assert_cmpstr (subprotocol, ==, "chat");
  g_assert_cmpint (windows_get_subprotocol_index (client), ==, 1);
  g_assert_cmpuint (g_strv_length (extensions), ==, 1);
  g_assert_cmpstr (extensions[0], ==, "x-two");
  g_assert_cmpstr (wsp_session_get_subprotocol (server), ==, "chat");
  g_assert_cmpstr (wsp_session_get_extensions (server)[0], ==, "x-two");
}

static void
test_no_choice (void)
{
  g_autoptr (WspDeflateOptions) deflate = wsp_deflate_options_new ();
  g_autoptr (WspDeflateOptions) kept = NULL;
  g_autoptr (WspSession) client = g_object_new (WSP_TYPE_SESSION, "deflate", deflate, NULL);
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);

  do_handshake (client, server, NULL, NULL);
  g_assert_null (wsp_session_get_subprotocol (client));
  g_assert_cmpint (windows_get_subprotocol_index (client), ==, -1);
  g_assert_null (wsp_session_get_extensions (client));
  g_object_get (client, "deflate", &kept, NULL);
  g_assert_true (kept == deflate);
  g_assert_null (wsp_session_get_subprotocol (server));
  g_assert_null (wsp_session_get_extensions (server));
}

static const char *const second_extension[] = { "x-two", NULL };

static const struct
{
  guint       read, write;
  const char *subprotocol;
  Strings     extensions;
} kept_cases[] = {
  { 300, 0, NULL, NULL },
  { 4096, 400, NULL, NULL },
  { 4096, 0, "chat", NULL },
  { 4096, 0, NULL, second_extension },
};

/* Each thing that was agreed or set is kept, although there is no other. */
static void
test_kept_alone (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept_cases); i++)
    {
      g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
      g_autoptr (WspSession) client =
        g_object_new (WSP_TYPE_SESSION, "receive-buffer-size", kept_cases[i].read,
                      "send-buffer-size", kept_cases[i].write, NULL);
      guint read, write;

      do_handshake (client, server, kept_cases[i].subprotocol, kept_cases[i].extensions);
      g_object_get (client, "receive-buffer-size", &read, "send-buffer-size", &write, NULL);
      g_assert_cmpuint (read, ==, kept_cases[i].read);
      g_assert_cmpuint (write, ==, kept_cases[i].write);
      g_assert_cmpstr (wsp_session_get_subprotocol (client), ==, kept_cases[i].subprotocol);
      g_assert_cmpint (wsp_session_get_extensions (client) != NULL, ==,
                       kept_cases[i].extensions != NULL);
    }
}

/* Most sessions agree on nothing: then there is nothing that they keep. */
static void
test_nothing_kept (void)
{
  g_autoptr (WspSession) client = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);

  do_handshake (client, server, NULL, NULL);
  g_assert_null (client->details);
  g_assert_null (server->details);
}

static void
test_answer_refused (void)
{
  g_autoptr (WspSession) client = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspHeaders) request = wsp_session_begin_client_handshake (client, NULL, NULL, NULL,
                                                                       NULL);
  g_autoptr (WspHeaders) answer = parse_headers ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                                 "Sec-WebSocket-Accept: wrong\r\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (request);
  g_assert_false (wsp_session_end_client_handshake (client, answer, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
  g_assert_cmpint (wsp_session_get_state (client), !=, WSP_SESSION_STATE_OPEN);
}

static void
test_wrong_role (void)
{
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspSession) client = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) begin = NULL, answer = NULL, end = NULL;

  g_assert_null (wsp_session_begin_client_handshake (server, NULL, NULL, NULL, &begin));
  g_assert_error (begin, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_null (wsp_session_begin_server_handshake (client, NULL, NULL, headers, &answer));
  g_assert_error (answer, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_false (windows_end_server_handshake (server, &end));
  g_assert_error (end, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
}

static void
test_limits_count (void)
{
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspHeaders) own = wsp_headers_new ();
  g_autoptr (WspHeaders) request = NULL;
  g_autoptr (GError) error = NULL;
  static const char * const protocols[] = {
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", NULL
  };

  g_assert_true (wsp_headers_append (own, "Host", "a", NULL));
  request = begin_client (protocols, NULL, own);
  wsp_session_set_time_us (server, 1);
  g_assert_null (wsp_session_begin_server_handshake (server, NULL, NULL, request, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

static void
test_established (void)
{
  g_autoptr (GError) error = NULL, second = NULL;
  g_autoptr (WspSession) session =
    wsp_session_new_established (WSP_ROLE_SERVER, "chat", EXTENSIONS ("x-one; a=\"b\";c", "x-two"),
                                 &error);

  g_assert_no_error (error);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);
  g_assert_cmpstr (wsp_session_get_subprotocol (session), ==, "chat");
  g_assert_cmpstr (wsp_session_get_extensions (session)[0], ==, "x-one; a=\"b\";c");
  g_assert_cmpstr (wsp_session_get_extensions (session)[1], ==, "x-two");
  g_assert_null (wsp_session_get_extensions (session)[2]);
  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);

  g_assert_null (wsp_session_new_established (WSP_ROLE_SERVER, "a b", NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_null (wsp_session_new_established (WSP_ROLE_SERVER, NULL, EXTENSIONS ("x;;"), &second));
  g_assert_error (second, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

/* The library's own extension is listed as negotiated, among extensions that it does not know. */
static void
test_established_deflate (void)
{
  g_autoptr (WspSession) alone =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL, EXTENSIONS ("permessage-deflate"), NULL);
  g_autoptr (WspSession) last =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL,
                                 EXTENSIONS ("x-one; a", "permessage-deflate"), NULL);

  g_autoptr (WspSession) first =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL,
                                 EXTENSIONS ("permessage-deflate; server_no_context_takeover",
                                             "x-one"), NULL);
  g_autoptr (WspSession) none =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL, EXTENSIONS (NULL), NULL);
  g_autoptr (WspSession) bad = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (g_strv_length ((char **) wsp_session_get_extensions (alone)), ==, 1);
  g_assert_true (g_str_has_prefix (wsp_session_get_extensions (alone)[0], "permessage-deflate"));
  g_assert_cmpstr (wsp_session_get_extensions (first)[0], ==, "x-one");
  g_assert_cmpstr (wsp_session_get_extensions (first)[1], ==,
                   "permessage-deflate; server_no_context_takeover");
  g_assert_null (wsp_session_get_extensions (none));
  bad =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL, EXTENSIONS ("permessage-deflate; speed=9"),
                                 &error);
  g_assert_null (bad);
  g_assert_error (error, WSP_ERROR, WSP_ERROR_EXTENSION_NOT_SUPPORTED);
  g_assert_cmpuint (g_strv_length ((char **) wsp_session_get_extensions (last)), ==, 2);
  g_assert_cmpstr (wsp_session_get_extensions (last)[0], ==, "x-one; a");
  g_assert_true (g_str_has_prefix (wsp_session_get_extensions (last)[1], "permessage-deflate"));
}

/* Both sides compress with a window of 8 bits (RFC 7692 7.1.2). */
static void
test_established_window (void)
{
  static const struct
  {
    WspRole role;
    const char *extensions;
    gboolean is_established;
  } rows[] = {
    { WSP_ROLE_CLIENT, "permessage-deflate; client_max_window_bits=8", TRUE },
    { WSP_ROLE_SERVER, "permessage-deflate; client_max_window_bits=8", TRUE },
    { WSP_ROLE_CLIENT, "permessage-deflate; server_max_window_bits=8", TRUE },
    { WSP_ROLE_SERVER, "permessage-deflate; server_max_window_bits=8", TRUE },
    { WSP_ROLE_CLIENT, "permessage-deflate; client_max_window_bits=7", FALSE },
    { WSP_ROLE_SERVER, "permessage-deflate; server_max_window_bits=7", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WspSession) session =
        wsp_session_new_established (rows[i].role, NULL, EXTENSIONS (rows[i].extensions), &error);

      if (rows[i].is_established)
        g_assert_no_error (error);
      else
        g_assert_error (error, WSP_ERROR, WSP_ERROR_EXTENSION_NOT_SUPPORTED);
      g_assert_cmpint (session != NULL, ==, rows[i].is_established);
    }
}

static void
test_end_before_begin (void)
{
  g_autoptr (WspSession) client = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspHeaders) response = wsp_headers_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_session_end_client_handshake (client, response, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_false (windows_end_server_handshake (server, NULL));
  g_assert_cmpint (wsp_session_get_state (client), ==, WSP_SESSION_STATE_CREATED);
  g_assert_cmpint (wsp_session_get_state (server), ==, WSP_SESSION_STATE_CREATED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/session-handshake/begin-client/WS-23-ours-once", test_ours);
  g_test_add_func ("/session/session-handshake/begin-client/WS-27-WS-28-nothing-invented",
                   test_nothing_invented);
  g_test_add_func ("/session/session-handshake/begin-client/WS-28-WS-30-offers-in-order",
                   test_offers_in_order);
  g_test_add_func ("/session/session-handshake/begin-client/WS-31-WS-33-own-headers-first",
                   test_own_first);
  ADD_ROWS_AS ("/session/session-handshake/begin-client/%s-refused", refused_offers,
               test_offer_refused);
  g_test_add_func ("/session/session-handshake/begin-client/ours-is-no-mistake-in-windows-mode",
                   test_windows_mistake);
  g_test_add_func ("/session/session-handshake/begin-client/ours-replace-in-windows-mode",
                   test_windows_replaces);
  g_test_add_func ("/session/session-handshake/both/choice-reported-on-both-sides", test_choice);
  g_test_add_func ("/session/session-handshake/both/no-choice", test_no_choice);
  g_test_add_func ("/session/session-handshake/both/what-was-agreed-or-set-is-kept-alone",
                   test_kept_alone);
  g_test_add_func ("/session/session-handshake/both/nothing-agreed-nothing-kept",
                   test_nothing_kept);
  g_test_add_func ("/session/session-handshake/end-client/wrong-accept-refused",
                   test_answer_refused);
  g_test_add_func ("/session/session-handshake/both/wrong-role-refused", test_wrong_role);
  g_test_add_func ("/session/session-handshake/begin-server/own-limits-count", test_limits_count);
  g_test_add_func ("/session/session-handshake/established/WS-251-needs-no-handshake",
                   test_established);
  g_test_add_func ("/session/session-handshake/established/WS-207-deflate-is-the-librarys",
                   test_established_deflate);
  g_test_add_func ("/session/session-handshake/established/WS-228-window-of-8-inflates-only",
                   test_established_window);
  g_test_add_func ("/session/session-handshake/both/end-before-begin-refused",
                   test_end_before_begin);
  return g_test_run ();
}
