/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Targets: their one-line form, what is wrong in them, and what they start. */

#include "inspect/targets/wsi-target.h"
#include "inspector/client-text.h"
#include "inspector/opened.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/targets/wsi-port.h"
#include "inspect/targets/wsi-target-start.h"

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
  { "proxy", "proxy [::1]:0 wss://h:1 --ca=/ca --rewrite-host", NULL },
  { "file", "read '/a b'", NULL },
  { "file-like-an-option", "read ./-x", NULL },
  { "files", "read a '/b c' ./-x d", NULL },
  { "files-lose-blanks-and-empty-names", "read ' a' 'b\n\n \n c ' '' '\n' d", "read a b c d" },
  { "example", "demo", NULL },
  { "quotes-are-optional", "  connect   \"ws://h/\"  --origin='a'", "connect ws://h/ --origin=a" },
  { "hostile", "connect '$(id)`id`;&|'\\''\"\\'", NULL },
};

static const struct
{
  const char *name, *line;
} wrong_lines[] = {
  { "limit-of-messages-is-of-wsinspect", "connect ws://h/ --max-message=5" },
  { "echo-is-of-wsinspect", "connect ws://h/ --echo" },
  { "authorities-of-clients-are-of-wsinspect", "serve 8080 --client-ca=ca.pem" },
  { "nothing", "" },
  { "unknown-verb", "attach x" },
  { "too-many-places", "connect ws://h/ ws://i/" },
  { "option-of-another-kind", "serve 1 --rewrite-host" },
  { "field-of-another-kind", "read f --origin=o" },
  { "value-missing", "connect ws://h/ --origin" },
  { "open-quote", "connect 'ws://h/" },
};

static const struct
{
  const char    *name, *line;
  WsiTargetField wrong;         /* N_FIELDS: none */
  const char    *error;         /* a part of it */
} checks[] = {
  { "client", "connect ws://h/", WSI_TARGET_N_FIELDS, NULL },
  { "client-of-http", "connect http://h/", WSI_TARGET_ADDRESS, "http" },
  { "client-of-port", "connect ws://h:99999/", WSI_TARGET_ADDRESS, "99999" },
  { "client-without-address", "connect ''", WSI_TARGET_ADDRESS, "missing address" },
  { "controls-are-escaped", "connect 'ws://h/\x1b[31m'", WSI_TARGET_ADDRESS, "\\x1b" },
  { "subprotocol", "connect ws://h/ '--protocol=a@b'", WSI_TARGET_SUBPROTOCOLS, "a@b" },
  { "header", "connect ws://h/ --header=x", WSI_TARGET_HEADERS, "expected \"NAME: VALUE\"" },
  { "header-of-the-handshake", "connect ws://h/ '--header=Sec-WebSocket-Key: a'", WSI_TARGET_HEADERS, "Sec-WebSocket-Key" },
  { "origin", "connect ws://h/ '--origin=a\x01'", WSI_TARGET_ORIGIN, "" },
  { "allowed-origin", "serve 1 --allow-origin=http://o --allow-origin=o", WSI_TARGET_ALLOWED_ORIGINS, "\"o\"" },
  { "no-such-file", "connect ws://h/ --ca=/nowhere", WSI_TARGET_AUTHORITIES, "/nowhere" },
  { "pipe-is-no-file", "connect ws://h/ --ca=/dev/stdin", WSI_TARGET_AUTHORITIES, "no such file" },
  { "key-alone", "serve 1 --key=/etc/passwd", WSI_TARGET_KEY, "needs a certificate" },
  { "server", "serve 0", WSI_TARGET_N_FIELDS, NULL },
  { "server-of-word", "serve eight", WSI_TARGET_LISTEN, "eight" },
  { "server-of-large-port", "serve 65536", WSI_TARGET_LISTEN, "65536" },
  { "server-without-port", "serve ''", WSI_TARGET_LISTEN, "missing port" },
  { "proxy", "proxy 0 ws://h:1", WSI_TARGET_N_FIELDS, NULL },
  { "proxy-with-path", "proxy 0 ws://h:1/a", WSI_TARGET_ADDRESS, "without a path" },
  { "proxy-names-the-first-wrong-field", "proxy x y", WSI_TARGET_ADDRESS, "invalid target" },
  { "example", "demo", WSI_TARGET_N_FIELDS, NULL },
  { "hidden-secret", "connect 'ws://h/?token=redacted-9-bytes-7f3a'", WSI_TARGET_ADDRESS, "was not kept" },
};

/* shown: a part that stays; hidden: one that does not. */
static const struct
{
  const char *name, *line, *shown, *hidden;
} secrets[] = {
  { "password", "connect ws://me:secret@h/a", "h/a", "secret" },
  { "query", "connect 'ws://h/?room=1&token=secret'", "room=1", "secret" },
  { "authorization", "connect ws://h/ '--header=Authorization: Bearer secret'", "Authorization", "secret" },
  { "cookie", "connect ws://h/ '--header=Cookie: a=secret'", "Cookie", "secret" },
  { "subprotocol", "connect ws://h/ --protocol=chat --protocol=api-key.secret", "--protocol=chat", "secret" },
  { "several", "connect 'ws://me:secret@h/?key=secret&sig=secret'", "h/?key=", "secret" },
  { "path", "connect ws://h/webhooks/1/secret", "h/webhooks/", "secret" },
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
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  guint64 process;

  g_socket_listener_close (listener);
  g_assert_null (wsi_port_dup_owner (port, &process));
}

/* A later one, at the same address. */
static void
test_free_port (gconstpointer host)
{
  WsiSession *session = opened_session ();
  g_autofree char *authority = dup_authority (start (session, "serve 0", NULL));
  guint port = atoi (strrchr (authority, ':') + 1);
  g_autofree char *line = g_strdup_printf ("serve %s%u", (const char *) host, port);
  g_autoptr (WsiTarget) target = wsi_target_parse (line, NULL);
  g_autofree char *other = wsi_target_dup_free_listen (target);

  g_assert_nonnull (other);
  g_assert_true (g_str_has_prefix (other, host));
  g_assert_cmpint (atoi (other + strlen (host)), >, port);
  g_object_run_dispose (G_OBJECT (session));
  g_object_unref (session);
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
  g_test_add_func ("/inspector/target/start/client-through-proxy-to-server", test_start);
  g_test_add_func ("/inspector/target/start/a-file-that-is-missing-fails", test_file);
  g_test_add_func ("/inspector/target/start/port-in-use-names-its-field", test_port_in_use);
  for (guint i = 0; i < G_N_ELEMENTS (program_names); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/target/port/program-name-is-quoted/",
                                           program_names[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_program_name);
    }
  g_test_add_func ("/inspector/target/port/a-closed-one-has-no-owner", test_closed_port);
  g_test_add_data_func ("/inspector/target/free-port/of-this-computer", "", test_free_port);
  g_test_add_data_func ("/inspector/target/free-port/of-an-address", "127.0.0.1:", test_free_port);
  return g_test_run ();
}
