/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Targets: their one-line form, what is wrong in them, and what they start. */

#include "inspect/targets/wsi-target.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"

#include <gio/gunixfdmessage.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "endpoint/far/certificates.h"
#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/targets/wsi-port.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspect/targets/wsi-trial.h"
#include "lib/hold-port.h"
#include "lib/rows.h"

/* A line that is printed is parsed to the same; canonical NULL: as it is written. */
static const struct
{
  const char *name, *line, *canonical;
} lines[] = {
  { "client", "connect ws://h/", NULL },
  { "client-with-all", "connect wss://h/a --protocol=a --protocol=b '--header=X: y z' --header=Z:1 --origin=http://o "
    "--ca=/ca.pem --cert=/c.pem --key=/k.pem --deflate --insecure-accept-certificate", NULL },
  { "server", "serve 8080", NULL },
  { "server-with-all", "serve '*:1' --protocol=a --allow-origin=http://o --allow-origin=null --cert=/c --key=/k --deflate", NULL },
  { "proxy", "proxy [::1]:0 wss://h:1 --ca=/ca --insecure-accept-certificate --rewrite-host", NULL },
  { "file", "read '/a b'", NULL },
  { "file-like-an-option", "read ./-x", NULL },
  { "files", "read a '/b c' ./-x d", NULL },
  { "file-with-a-key-log", "read a b --keylog=/keys", NULL },
  { "files-lose-blanks-and-empty-names", "read ' a' 'b\n\n \n c ' '' '\n' d", "read a b c d" },
  { "file-with-ports", "read a --as=80=websocket --as=9001", NULL },
  { "ports-in-one-text", "capture --as=80=websocket,9001", "capture --as=80=websocket --as=9001" },
  { "capture-with-ports", "capture lo 'tcp port 80' --as=80=websocket --as=9001=websocket -- node", NULL },
  { "example", "demo", NULL },
  { "browser-that-runs", "browser 9222 --page=shop", NULL },
  { "browser-without-a-page", "browser --start", NULL },
  { "browser-with-any-arguments", "browser http://h/ --start -- --a '' ' b ' 'c\nd' '#e'", NULL },
  { "program", "attach 4711", NULL },
  { "capture-of-all", "capture", NULL },
  { "capture-of-an-interface", "capture lo", NULL },
  { "capture-with-a-filter", "capture lo 'tcp port 80'", NULL },
  { "capture-with-a-filter-alone", "capture '' tcp", "capture any tcp" },
  { "capture-with-a-program", "capture lo 'tcp port 80' -- node 'a b.js' --x", NULL },
  { "capture-of-all-with-a-program", "capture -- '$(id)' '' -- '#e'", NULL },
  { "quotes-are-optional", "  connect   \"ws://h/\"  --origin='a'", "connect ws://h/ --origin=a" },
  { "hostile", "connect '$(id)`id`;&|'\\''\"\\'", NULL },
  { "empty-address", "connect ''", NULL },
  { "file-without-a-name", "read ''", NULL },
  { "last-text-that-is-not-a-list-counts", "connect ws://h/ --origin=a --origin=b", "connect ws://h/ --origin=b" },
};

static const struct
{
  const char *name, *line;
} wrong_lines[] = {
  { "limit-of-messages-of-a-server-is-of-wsinspect", "serve 0 --max-message=5" },
  { "echo-is-of-wsinspect", "connect ws://h/ --echo" },
  { "authorities-of-clients-are-of-wsinspect", "serve 8080 --client-ca=ca.pem" },
  { "nothing", "" },
  { "unknown-verb", "detach x" },
  { "connections-of-a-program-are-of-wsinspect", "attach x --connection=7" },
  { "too-many-places", "connect ws://h/ ws://i/" },
  { "words-of-a-filter-without-quotes", "capture lo tcp port 80" },
  { "ports-are-of-captures", "connect ws://h/ --as=80=websocket" },
  { "file-of-packets-is-of-wsinspect", "capture lo --packets=a" },
  { "option-of-another-kind", "serve 1 --rewrite-host" },
  { "field-of-another-kind", "read f --origin=o" },
  { "value-missing", "connect ws://h/ --origin" },
  { "open-quote", "connect 'ws://h/" },
  { "part-of-an-option", "connect ws://h/ --orig=o" },
};

static const struct
{
  const char    *name, *line;
  WsiTargetField wrong;         /* field that is wrong; N_FIELDS: none */
  const char    *error;         /* part of the error's text */
} checks[] = {
  { "client", "connect ws://h/", WSI_TARGET_N_FIELDS, NULL },
  { "client-of-ftp", "connect ftp://h/", WSI_TARGET_ADDRESS, "ftp" },
  { "client-of-port", "connect ws://h:99999/", WSI_TARGET_ADDRESS, "99999" },
  { "client-without-address", "connect ''", WSI_TARGET_ADDRESS, "missing address" },
  { "program-by-number", "attach 4711", WSI_TARGET_N_FIELDS, NULL },
  { "program-by-name", "attach chat-client", WSI_TARGET_N_FIELDS, NULL },
  { "program-without-a-name", "attach ''", WSI_TARGET_ADDRESS, "missing program" },
  { "program-with-a-path", "attach /usr/bin/chat", WSI_TARGET_ADDRESS, "the name of a program" },
  { "controls-are-escaped", "connect 'ws://h/\x1b[31m'", WSI_TARGET_ADDRESS, "\\x1b" },
  { "subprotocol", "connect ws://h/ '--protocol=a@b'", WSI_TARGET_SUBPROTOCOLS, "a@b" },
  { "header", "connect ws://h/ --header=x", WSI_TARGET_HEADERS, "expected \"NAME: VALUE\"" },
  { "header-of-the-handshake", "connect ws://h/ '--header=Sec-WebSocket-Key: a'", WSI_TARGET_HEADERS, "Sec-WebSocket-Key" },
  { "origin", "connect ws://h/ '--origin=a\x01'", WSI_TARGET_ORIGIN, "" },
  { "allowed-origin", "serve 1 --allow-origin=http://o --allow-origin=o", WSI_TARGET_ALLOWED_ORIGINS, "\"o\"" },
  { "allowed-origins", "serve 1 --allow-origin=null --allow-origin=* --allow-origin=https://o:8443", WSI_TARGET_N_FIELDS, NULL },
  { "allowed-origin-without-a-host", "serve 1 --allow-origin=http://", WSI_TARGET_ALLOWED_ORIGINS, "\"http://\"" },
  { "allowed-origin-of-any-host", "serve 1 '--allow-origin=http://*.o'", WSI_TARGET_ALLOWED_ORIGINS, "\"http://*.o\"" },
  { "allowed-origin-of-websocket", "serve 1 --allow-origin=ws://o", WSI_TARGET_ALLOWED_ORIGINS, "\"ws://o\"" },
  { "allowed-origin-with-path", "serve 1 --allow-origin=http://o/", WSI_TARGET_ALLOWED_ORIGINS, "\"http://o/\"" },
  { "allowed-origin-with-query", "serve 1 '--allow-origin=http://o?a'", WSI_TARGET_ALLOWED_ORIGINS, "\"http://o?a\"" },
  { "allowed-origin-with-fragment", "serve 1 '--allow-origin=http://o#a'", WSI_TARGET_ALLOWED_ORIGINS, "\"http://o#a\"" },
  { "allowed-origin-with-user", "serve 1 --allow-origin=http://a@o", WSI_TARGET_ALLOWED_ORIGINS, "\"http://a@o\"" },
  { "no-such-file", "connect ws://h/ --ca=/nowhere", WSI_TARGET_AUTHORITIES, "/nowhere" },
  { "controls-of-a-file-are-escaped", "connect ws://h/ '--ca=/\x1b'", WSI_TARGET_AUTHORITIES, "\\x1b" },
  { "pipe-is-no-file", "connect ws://h/ --ca=/dev/stdin", WSI_TARGET_AUTHORITIES, "no such file" },
  { "key-alone", "serve 1 --key=/etc/passwd", WSI_TARGET_KEY, "needs a certificate" },
  { "server", "serve 0", WSI_TARGET_N_FIELDS, NULL },
  { "server-of-word", "serve eight", WSI_TARGET_LISTEN, "eight" },
  { "server-of-large-port", "serve 65536", WSI_TARGET_LISTEN, "65536" },
  { "server-without-port", "serve ''", WSI_TARGET_N_FIELDS, NULL },
  { "server-at-an-address-without-port", "serve 127.0.0.1:", WSI_TARGET_LISTEN, "127.0.0.1:" },
  { "longest-message", "connect ws://h/ --max-message=9223372036854775807", WSI_TARGET_N_FIELDS, NULL },
  { "longest-message-of-nothing", "connect ws://h/ --max-message=0", WSI_TARGET_MAX_MESSAGE, "number of bytes such as 268435456" },
  { "longest-message-with-a-unit", "connect ws://h/ '--max-message=1 GiB'", WSI_TARGET_MAX_MESSAGE, "\"1 GiB\"" },
  { "longest-message-is-negative", "connect ws://h/ --max-message=-1", WSI_TARGET_MAX_MESSAGE, "\"-1\"" },
  { "longest-message-is-too-large", "connect ws://h/ --max-message=9223372036854775808", WSI_TARGET_MAX_MESSAGE, "received" },
  { "proxy", "proxy 0 ws://h:1", WSI_TARGET_N_FIELDS, NULL },
  { "proxy-with-path", "proxy 0 ws://h:1/a", WSI_TARGET_N_FIELDS, NULL },
  { "proxy-with-user", "proxy 0 ws://me@h:1", WSI_TARGET_ADDRESS, "invalid target" },
  { "proxy-names-the-first-wrong-field", "proxy x 'y z'", WSI_TARGET_ADDRESS, "received a space" },
  { "example", "demo", WSI_TARGET_N_FIELDS, NULL },
  { "browser", "browser --start -- --a", WSI_TARGET_N_FIELDS, NULL },
  { "browser-of-no-address", "browser", WSI_TARGET_ADDRESS, "missing browser" },
  { "browser-of-large-port", "browser 65536", WSI_TARGET_ADDRESS, "65536" },
  { "capture", "capture", WSI_TARGET_N_FIELDS, NULL },
  { "capture-with-any-filter", "capture any ')'", WSI_TARGET_N_FIELDS, NULL },
  { "capture-with-a-program", "capture lo -- sh -c 'exit 0'", WSI_TARGET_N_FIELDS, NULL },
  { "capture-with-a-program-by-its-path", "capture -- /bin/sh", WSI_TARGET_N_FIELDS, NULL },
  { "capture-with-no-such-program", "capture -- no-such-program x", WSI_TARGET_ARGUMENTS, "received \"no-such-program\"" },
  { "capture-with-a-program-without-a-name", "capture -- ''", WSI_TARGET_ARGUMENTS, "no such program" },
  { "capture-with-a-folder-as-program", "capture -- /", WSI_TARGET_ARGUMENTS, "no such program" },
  { "capture-with-a-program-and-a-key-log", "capture --keylog=/keys -- sh", WSI_TARGET_KEY_LOG, "gets one of its own" },
  { "port-of-websockets", "capture --as=80=websocket --as=65535", WSI_TARGET_N_FIELDS, NULL },
  { "port-0-of-websockets", "capture --as=80 --as=0=websocket", WSI_TARGET_READ_AS, "received \"0=websocket\"" },
  { "port-that-is-too-large", "read f --as=65536", WSI_TARGET_READ_AS, "received \"65536\"" },
  { "port-of-another-protocol", "capture --as=80=http", WSI_TARGET_READ_AS, "received \"80=http\"" },
  { "port-without-a-number", "capture --as==websocket", WSI_TARGET_READ_AS, "expected PORT=websocket" },
  { "hidden-secret", "connect 'ws://h/?token=redacted-9-bytes-7f3a'", WSI_TARGET_ADDRESS, "was not kept" },
};

/* shown: a part that stays; hidden: one that does not. */
static const struct
{
  const char *name, *line, *shown, *hidden;
} secrets[] = {
  { "key-log", "read a --keylog=/my/keys", "read a", "keylog" },
  { "password", "connect ws://me:secret@h/a", "h/a", "secret" },
  { "query", "connect 'ws://h/?room=1&token=secret'", "room=1", "secret" },
  { "authorization", "connect ws://h/ '--header=Authorization: Bearer secret'", "Authorization", "secret" },
  { "cookie", "connect ws://h/ '--header=Cookie: a=secret'", "Cookie", "secret" },
  { "subprotocol", "connect ws://h/ --protocol=chat --protocol=api-key.secret", "--protocol=chat", "secret" },
  { "several", "connect 'ws://me:secret@h/?key=secret&sig=secret'", "h/?key=", "secret" },
  { "query-without-a-scheme", "connect 'localhost:1/?token=secret'", "connect 'ws://localhost:1/?token=", "secret" },
  { "path-of-a-proxy", "proxy 0 h.test/webhooks/1/secret", "proxy 0 ws://h.test", "secret" },
  { "path", "connect ws://h/webhooks/1/secret", "h/webhooks/", "secret" },
  { "page-of-a-browser", "browser 9222 '--page=http://shop/?token=secret'", "http://shop/?token=", "secret" },
  { "argument-of-a-browser", "browser --start -- --proxy-server=http://me:secret@proxy:1", "--proxy-server=http://", "secret" },
  { "argument-of-a-program", "capture -- sh 'http://me:secret@h/?token=secret'", "-- sh ", "secret" },
  { "any-certificate-of-a-target", "proxy 0 wss://h.test --insecure-accept-certificate", "wss://h.test", "insecure" },
  { "any-certificate", "connect wss://h/ --insecure-accept-certificate", "wss://h/", "insecure" },
};

static void
test_line (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_target_parse (lines[i].line, &error);

  g_assert_no_error (error);

  g_autoptr (WsiTarget) copy = wsi_target_copy (target);
  g_autofree char *printed = wsi_target_print (copy);

  g_assert_cmpstr (printed, ==, lines[i].canonical != NULL ? lines[i].canonical : lines[i].line);
}

static void
test_wrong_line (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (wsi_target_parse (wrong_lines[i].line, &error));
  g_assert_nonnull (error);
}

static void
test_check (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTarget) target = wsi_target_parse (checks[i].line, NULL);
  WsiTargetField wrong = WSI_TARGET_N_FIELDS;
  g_autoptr (GError) error = NULL;
  gboolean is_right = wsi_target_check (target, &wrong, &error);

  g_assert_cmpint (is_right, ==, checks[i].wrong == WSI_TARGET_N_FIELDS);
  g_assert_cmpint (wrong, ==, checks[i].wrong);
  if (!is_right)
    g_assert_nonnull (strstr (error->message, checks[i].error));
}

static void
test_secret (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTarget) target = wsi_target_parse (secrets[i].line, NULL);
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);
  g_autoptr (WsiTarget) again = wsi_target_dup_without_secrets (target);
  g_autofree char *line = wsi_target_print (kept);
  g_autofree char *line_again = wsi_target_print (again);
  g_autoptr (GError) error = NULL;
  WsiTargetField wrong;
  gboolean is_whole;

  g_assert_cmpstr (line, ==, line_again);
  g_assert_nonnull (strstr (line, secrets[i].shown));
  g_assert_null (strstr (line, secrets[i].hidden));

  /* A secret is asked for. */
  is_whole = strstr (line, "redacted-") == NULL;
  g_assert_cmpint (wsi_target_check (kept, &wrong, &error), ==, is_whole);
  g_assert_true (is_whole || strstr (error->message, "was not kept") != NULL);
}

/* A list is one text in a form. */
static void
test_list (void)
{
  g_autoptr (WsiTarget) target =
    wsi_target_parse ("connect ws://h/ --protocol=a --protocol=b --header=a:1 --header=b:2", NULL);

  g_assert_cmpstr (wsi_target_get_text (target, WSI_TARGET_SUBPROTOCOLS), ==, "a, b");
  g_assert_cmpstr (wsi_target_get_text (target, WSI_TARGET_HEADERS), ==, "a:1\nb:2");
}

/* A line has what a form has. */
static void
test_fields_of_wsinspect (void)
{
  g_autoptr (WsiTarget) target = wsi_target_parse ("connect ws://h/", NULL);
  g_autofree char *line = NULL;

  wsi_target_set_text (target, WSI_TARGET_HTTP_PROXY, "http://h:1");
  wsi_target_set_options (target, WSI_TARGET_ECHOES);
  line = wsi_target_print (target);
  g_assert_cmpstr (line, ==, "connect ws://h/");
}

/* more: a field that is set without a check, as wsinspect does. */
static const struct
{
  const char    *name, *line;
  WsiTargetField more;
  const char    *text;
  WsiTargetField wrong;
} bad_sources[] = {
  { "authorities", "connect wss://h/", WSI_TARGET_AUTHORITIES, "/nowhere", WSI_TARGET_AUTHORITIES },
  { "certificate-of-a-client", "connect wss://h/", WSI_TARGET_CERTIFICATE, "/nowhere", WSI_TARGET_CERTIFICATE },
  { "certificate-of-a-server", "serve 0", WSI_TARGET_CERTIFICATE, "/nowhere", WSI_TARGET_CERTIFICATE },
  { "authorities-of-clients", "serve 0", WSI_TARGET_CLIENT_AUTHORITIES, "/nowhere", WSI_TARGET_CLIENT_AUTHORITIES },
  { "authorities-of-a-proxy", "proxy 0 ws://h:1", WSI_TARGET_AUTHORITIES, "/nowhere", WSI_TARGET_AUTHORITIES },
  { "subprotocols", "serve 0", WSI_TARGET_SUBPROTOCOLS, "a@b", WSI_TARGET_SUBPROTOCOLS },
  { "allowed-origins", "serve 0", WSI_TARGET_ALLOWED_ORIGINS, "http://o/a", WSI_TARGET_ALLOWED_ORIGINS },
  { "port", "serve 0", WSI_TARGET_LISTEN, "eight", WSI_TARGET_LISTEN },
  { "program", "capture", WSI_TARGET_ARGUMENTS, "/nowhere/program", WSI_TARGET_ARGUMENTS },
  { "http-proxy-without-a-scheme", "connect ws://h/", WSI_TARGET_HTTP_PROXY, "h:3128", WSI_TARGET_HTTP_PROXY },
  { "http-proxy-of-another-scheme", "connect ws://h/", WSI_TARGET_HTTP_PROXY, "ftp://h:3128", WSI_TARGET_HTTP_PROXY },
  { "http-proxy-without-slashes", "connect ws://h/", WSI_TARGET_HTTP_PROXY, "http:3128", WSI_TARGET_HTTP_PROXY },
  { "http-proxy-without-a-host", "connect ws://h/", WSI_TARGET_HTTP_PROXY, "http://:3128", WSI_TARGET_HTTP_PROXY },
  { "http-proxy-that-is-no-uri", "connect ws://h/", WSI_TARGET_HTTP_PROXY, "http://[", WSI_TARGET_HTTP_PROXY },
};

static void
test_bad_source (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTarget) target = wsi_target_parse (bad_sources[i].line, NULL);
  WsiTargetField wrong = WSI_TARGET_N_FIELDS;
  g_autoptr (GError) error = NULL;

  wsi_target_set_text (target, bad_sources[i].more, bad_sources[i].text);
  g_assert_null (wsi_target_make_source (target, NULL, WSI_PLACE_OWNER, &wrong, &error));
  g_assert_cmpint (wrong, ==, bad_sources[i].wrong);
  g_assert_nonnull (error);
  g_assert_null (strstr (error->message, "in use"));
}

/* The files are there, and the source is made. */
static void
test_good_source (gconstpointer line)
{
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  g_autofree char *authorities = authority_dup_path ("ca.pem"), *key = authority_dup_path ("key");
  g_autofree char *certificate = authority_dup_path ("good.pem");
  g_autoptr (WsiSource) source = NULL;
  WsiTargetField wrong;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (authority_get_certificate (CERTIFICATE_GOOD));
  wsi_target_set_text (target, WSI_TARGET_AUTHORITIES, authorities);
  wsi_target_set_text (target, WSI_TARGET_CLIENT_AUTHORITIES, authorities);
  wsi_target_set_text (target, WSI_TARGET_CERTIFICATE, certificate);
  wsi_target_set_text (target, WSI_TARGET_KEY, key);
  wsi_target_set_text (target, WSI_TARGET_HTTP_PROXY, "socks5://me:secret@127.0.0.1:1080");
  source = wsi_target_make_source (target, NULL, WSI_PLACE_OWNER, &wrong, &error);
  g_assert_no_error (error);
  g_assert_nonnull (source);
}

/* Which sources can be tried, and which of them a browser may use. */
static const struct
{
  const char *name, *line;
  gboolean    is_possible;
  const char *web;              /* beginning of the address of web pages; NULL = there are none */
} trials[] = {
  { "client", "connect ws://h/", FALSE, NULL },
  { "server", "serve 0", TRUE, NULL },
  { "proxy", "proxy 0 ws://h:1", TRUE, "http://127.0.0.1:" },
};

static void
test_trial (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiTarget) target = wsi_target_parse (trials[i].line, NULL);
  WsiTargetField wrong;
  g_autoptr (WsiSource) source =
    wsi_target_make_source (target, NULL, WSI_PLACE_OWNER, &wrong, NULL);
  g_autofree char *uri = wsi_trial_make_web_uri (source);

  g_assert_cmpint (wsi_trial_is_possible (source), ==, trials[i].is_possible);
  g_assert_cmpint (wsi_trial_is_web (source), ==, trials[i].web != NULL);
  g_assert_cmpint (uri != NULL, ==, trials[i].web != NULL);
  g_assert_true (uri == NULL || g_str_has_prefix (uri, trials[i].web));
}

static void
wait_for_records (WsiSession *session,
                  guint       n)
{
  while (wsi_store_get_end (wsi_session_get_store (session)) < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_state (WsiSource     *source,
                WsiSourceState state)
{
  while (wsi_source_get_state (source) != state)
    g_main_context_iteration (NULL, TRUE);
}

static WsiSource *
start (WsiSession *session,
       const char *format,
       const char *address)
{
  g_autofree char *line = g_strdup_printf (format, address);
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  WsiTargetField wrong;
  g_autoptr (GError) error = NULL;
  WsiSource *source = wsi_target_start (target, session, &wrong, &error);

  g_assert_no_error (error);
  return source;
}

/* The address of a proxy without its path, as a target. */
static char *
dup_authority (WsiSource *source)
{
  g_autoptr (GUri) uri = g_uri_parse (wsi_source_get_uri (source), G_URI_FLAGS_NONE, NULL);

  return g_strdup_printf ("ws://%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

/* A client through a proxy to a server, each made of a target. */
static void
test_start (void)
{
  WsiSession *session = opened_session ();
  WsiSource *server = start (session, "serve 0 --protocol=b '--allow-origin=*' --deflate", NULL);
  g_autofree char *authority = dup_authority (server);
  WsiSource *proxy = start (session, "proxy 0 %s", authority);
  WsiSource *client = start (session, "connect %s --protocol=a --protocol=b --deflate "
                             "'--header=X-Test: y' --origin=null", wsi_source_get_uri (proxy));
  g_autoptr (WsiConversation) conversation = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autofree char *text = NULL;

  g_assert_true (WSI_IS_SERVER_SOURCE (server));
  g_assert_true (WSI_IS_PROXY_SOURCE (proxy));
  wait_for_state (client, WSI_SOURCE_RUNNING);
  client_text_send (client, "Hello");
  wait_for_records (session, 6);        /* there and back, seen at three places */

  conversation = wsi_store_dup_conversation (wsi_session_get_store (session), 1);
  request = wsi_conversation_dup_request (conversation);
  text = g_strndup (g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  g_assert_nonnull (strstr (text, "X-Test: y\r\n"));
  g_assert_nonnull (strstr (text, "Origin: null\r\n"));
  g_assert_nonnull (strstr (text, "Sec-WebSocket-Protocol: a, b\r\n"));
  g_assert_nonnull (strstr (text, "permessage-deflate"));
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

/* A file that is no recording fails later, in the source. */
static void
test_file (void)
{
  WsiSession *session = opened_session ();
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/ redacted-9-bytes-7f3a \xff");
  g_autoptr (WsiTarget) target = wsi_target_new_for_file (file);
  g_autoptr (WsiTarget) kept = wsi_target_dup_without_secrets (target);
  g_autofree char *line = wsi_target_print (kept);
  WsiSource *source = start (session, "%s", line);

  wait_for_state (source, WSI_SOURCE_FAILED);
  g_assert_nonnull (wsi_source_get_sentence (source));
  g_assert_nonnull (strstr (line, "7f3a"));
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

/* The name of this program as the system has it. */
static char *
dup_own_name (void)
{
  char *name = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/comm", &name, NULL, NULL));
  return g_strchomp (name);
}

/* The field is named, and who has the port; nothing is added. */
static void
test_port_in_use (void)
{
  WsiSession *session = opened_session ();
  g_autofree char *authority = dup_authority (start (session, "serve 0", NULL));
  g_autofree char *line = g_strdup_printf ("serve %s", strrchr (authority, ':') + 1);
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  WsiTargetField wrong = WSI_TARGET_N_FIELDS;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = dup_own_name ();
  g_autofree char *sentence =
    g_strdup_printf ("Port %s is in use by \"%s\" (process %u): choose another port, or end the "
                     "program", strrchr (authority, ':') + 1, name, (guint) getpid ());

  g_assert_null (wsi_target_start (target, session, &wrong, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpstr (error->message, ==, sentence);
  g_assert_cmpint (wrong, ==, WSI_TARGET_LISTEN);
  g_assert_cmpuint (wsi_session_get_n_sources (session), ==, 1);
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
}

/* A program may give itself any name, and the number of its process may be another's later. */
static const struct
{
  const char *name, *given, *shown;
} program_names[] = {
  { "a-sentence", "a (process 1): ", "\"a (process 1): \"" },
  { "two-lines", "a\nb\n", "\"a\\nb\\n\"" },
  { "control-characters", "\x1b[31mred", "\"\\x1b[31mred\"" },
  { "quotes", "a\" (b\\", "\"a\\\" (b\\\\\"" },
  { "no-utf-8", "a\xff", "\"a\\xff\"" },
};

static void
test_program_name (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autofree char *own = dup_own_name (), *shown = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  guint64 process;

  g_assert_cmpint (prctl (PR_SET_NAME, program_names[i].given), ==, 0);
  shown = wsi_port_dup_owner (port, &process);
  prctl (PR_SET_NAME, own);
  g_assert_cmpstr (shown, ==, program_names[i].shown);
  g_assert_cmpuint (process, ==, getpid ());
}

static void
test_closed_port (void)
{
  guint16 port;
  g_autoptr (GSocket) held = hold_port (&port);
  guint64 process;

  g_assert_null (wsi_port_dup_owner (port, &process));
}

/* NULL: the port is in use at this address, or there is no such address.  port 0: any one. */
static GSocket *
listen_at (const char *host,
           guint       port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, NULL) ||
      !g_socket_listen (socket, NULL))
    return NULL;

  return g_steal_pointer (&socket);
}

static guint
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* The listener stays in the queue of the socket that is returned: no process has it open. */
static GSocket *
take_from_process (GSocket *listener)
{
  GOutputVector byte = { "x", 1 };
  g_autoptr (GSocketControlMessage) message = g_unix_fd_message_new ();
  g_autoptr (GSocket) from = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  from = g_socket_new_from_fd (ends[0], NULL);
  g_assert_true (g_unix_fd_message_append_fd (G_UNIX_FD_MESSAGE (message),
                                              g_socket_get_fd (listener), NULL));
  g_assert_cmpint (g_socket_send_message (from, NULL, &byte, 1, &message, 1, 0, NULL, NULL), ==, 1);
  g_socket_close (listener, NULL);
  return g_socket_new_from_fd (ends[1], NULL);
}

static void
test_no_owner (void)
{
  g_autoptr (GSocket) listener = listen_at ("127.0.0.1", 0);
  guint port = get_port (listener);
  g_autoptr (GSocket) queue = take_from_process (listener);
  guint64 process;

  g_assert_null (wsi_port_dup_owner (port, &process));
}

/* No owner is named, whichever of the two sockets the kernel lists first. */
static void
test_two_owners (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) first = listen_at ("127.0.0.1", 0);
      guint port = get_port (first);
      g_autoptr (GSocket) second = listen_at ("127.0.0.2", port);
      g_autoptr (GSocket) queue = take_from_process (i == 0 ? first : second);
      guint64 process;

      g_assert_null (wsi_port_dup_owner (port, &process));
    }
}

/* The end of a connection that nobody has open is in the list, too. */
static void
test_ended_connection (void)
{
  g_autoptr (GSocket) listener = listen_at ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (listener, NULL);
  g_autoptr (GSocket) client =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocket) accepted = NULL;
  g_autofree char *name = NULL;
  guint64 process = 0;

  g_assert_true (g_socket_connect (client, address, NULL, NULL));
  accepted = g_socket_accept (listener, NULL, NULL);
  g_socket_close (accepted, NULL);
  name = wsi_port_dup_owner (get_port (listener), &process);
  g_assert_nonnull (name);
  g_assert_cmpuint (process, ==, getpid ());
}

static char *
dup_free_listen (const char *host,
                 guint       port)
{
  g_autofree char *line = g_strdup_printf ("serve %s%u", host, port);
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);

  return wsi_target_dup_free_listen (target);
}

static const struct
{
  const char *name, *host;
  const char *taken;            /* address at which the next port is in use; NULL: none */
} free_ports[] = {
  { "of-this-computer", "", "127.0.0.1" },
  { "of-this-computer-in-ipv6", "", "::1" },
  { "of-an-address", "127.0.0.1:", "127.0.0.1" },
};

/* A later one, at the same address. */
static void
test_free_port (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GSocket) any = listen_at (free_ports[i].taken, 0), taken = NULL;
  g_autofree char *other = NULL;
  guint port;

  if (any == NULL)
    {
      g_test_skip ("this computer has no IPv6");
      return;
    }

  port = get_port (any);
  taken = listen_at (free_ports[i].taken, port + 1);
  other = dup_free_listen (free_ports[i].host, port);
  g_assert_nonnull (other);
  g_assert_true (g_str_has_prefix (other, free_ports[i].host));
  g_assert_cmpint (atoi (other + strlen (free_ports[i].host)), >, port + 1);
}

#define N_TRIED 32

/* A run of ports that are all in use. */
static guint
take_ports (GPtrArray *sockets)
{
  for (;;)
    {
      g_autoptr (GSocket) before = listen_at ("127.0.0.1", 0);
      GSocket *socket = NULL;

      g_ptr_array_set_size (sockets, 0);
      do
        if ((socket = listen_at ("127.0.0.1", get_port (before) + 1 + sockets->len)) != NULL)
          g_ptr_array_add (sockets, socket);
      while (socket != NULL && sockets->len < N_TRIED);
      if (socket != NULL)
        return get_port (before);
    }
}

static void
test_no_free_port (void)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_null (dup_free_listen ("127.0.0.1:", take_ports (sockets)));
  g_assert_null (dup_free_listen ("127.0.0.1:", G_MAXUINT16));
}

static void
add (const char   *group,
     const char   *name,
     GTestDataFunc function,
     guint         i)
{
  g_autofree char *path = g_strconcat ("/inspector/target/", group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), function);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    add ("line", lines[i].name, test_line, i);
  for (guint i = 0; i < G_N_ELEMENTS (wrong_lines); i++)
    add ("line-refused", wrong_lines[i].name, test_wrong_line, i);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    add ("check", checks[i].name, test_check, i);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    add ("secret-is-not-kept", secrets[i].name, test_secret, i);
  g_test_add_func ("/inspector/target/list/is-one-text", test_list);
  g_test_add_func ("/inspector/target/line/has-no-field-of-wsinspect", test_fields_of_wsinspect);
  for (guint i = 0; i < G_N_ELEMENTS (bad_sources); i++)
    add ("source-refused", bad_sources[i].name, test_bad_source, i);
  g_test_add_data_func ("/inspector/target/source/client-with-files", "connect wss://h/",
                        test_good_source);
  g_test_add_data_func ("/inspector/target/source/server-with-files", "serve 0", test_good_source);
  for (guint i = 0; i < G_N_ELEMENTS (trials); i++)
    add ("trial", trials[i].name, test_trial, i);
  g_test_add_func ("/inspector/target/start/client-through-proxy-to-server", test_start);
  g_test_add_func ("/inspector/target/start/a-file-that-is-missing-fails", test_file);
  g_test_add_func ("/inspector/target/start/port-in-use-names-its-field", test_port_in_use);
  ADD_ROWS ("/inspector/target/port/program-name-is-quoted", program_names, test_program_name);
  g_test_add_func ("/inspector/target/port/a-closed-one-has-no-owner", test_closed_port);
  g_test_add_func ("/inspector/target/port/of-no-process-has-no-owner", test_no_owner);
  g_test_add_func ("/inspector/target/port/of-two-owners-names-none", test_two_owners);
  g_test_add_func ("/inspector/target/port/an-ended-connection-is-no-owner", test_ended_connection);
  for (guint i = 0; i < G_N_ELEMENTS (free_ports); i++)
    add ("free-port", free_ports[i].name, test_free_port, i);
  g_test_add_func ("/inspector/target/free-port/none-is-near", test_no_free_port);
  return g_test_run ();
}
