/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Addresses that users write for a server, as a target of a client and as one of a proxy. */

#include "inspect/sources/wsi-server-address.h"

#include <string.h>

#include "inspect/targets/wsi-target.h"

#define TLS " (write wss:// for TLS)"
#define CUT ", without the path: clients name it"

/* A URI is NULL where the text is refused: of_client or of_proxy is then a part of the sentence.
 * Otherwise it is the end of the note, after the URI; NULL: there is none. */
static const struct
{
  const char *name, *text;
  const char *client, *of_client;
  const char *proxy, *of_proxy;
} addresses[] = {
  { "host", "localhost", "ws://localhost", TLS, "ws://localhost", TLS },
  { "host-and-port", "localhost:3000", "ws://localhost:3000", TLS, "ws://localhost:3000", TLS },
  { "host-and-path", "h1.test/a", "ws://h1.test/a", TLS, "ws://h1.test", CUT TLS },
  { "host-port-and-path", "localhost:3000/a/b", "ws://localhost:3000/a/b", TLS, "ws://localhost:3000", CUT TLS },
  { "host-and-query", "localhost:3000?a=1", "ws://localhost:3000?a=1", TLS, "ws://localhost:3000", CUT TLS },
  { "host-and-slash", "localhost:3000/", "ws://localhost:3000/", TLS, "ws://localhost:3000", TLS },
  { "port", "3000", "ws://localhost:3000", TLS, "ws://localhost:3000", TLS },
  { "port-after-a-colon", ":3000/a", "ws://localhost:3000/a", TLS, "ws://localhost:3000", CUT TLS },
  { "ipv4", "10.0.0.1:80", "ws://10.0.0.1:80", TLS, "ws://10.0.0.1:80", TLS },
  { "ipv6", "::1", "ws://[::1]", TLS, "ws://[::1]", TLS },
  { "ipv6-and-path", "2001:db8::1/a", "ws://[2001:db8::1]/a", TLS, "ws://[2001:db8::1]", CUT TLS },
  { "ipv6-and-port", "::1:3000", "ws://[::1]:3000", TLS, "ws://[::1]:3000", TLS },
  { "ipv6-of-eight-groups", "1:2:3:4:5:6:7:8", "ws://[1:2:3:4:5:6:7:8]", TLS, "ws://[1:2:3:4:5:6:7:8]", TLS },
  { "ipv6-of-eight-groups-and-port", "1:2:3:4:5:6:7:8:80", "ws://[1:2:3:4:5:6:7:8]:80", TLS, "ws://[1:2:3:4:5:6:7:8]:80", TLS },
  { "ipv6-in-brackets", "[::1]", "ws://[::1]", TLS, "ws://[::1]", TLS },
  { "ipv6-in-brackets-and-port", "[::1]:3000/a", "ws://[::1]:3000/a", TLS, "ws://[::1]:3000", CUT TLS },
  { "ipv6-that-is-none", "[::x]:1", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "open-bracket", "[::1", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "text-after-a-bracket", "[::1]x", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "port-missing-after-a-bracket", "[::1]:", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "non-ascii-host", "m\xc3\xbcller.test:1", "ws://m\xc3\xbcller.test:1", TLS, "ws://m\xc3\xbcller.test:1", TLS },
  { "host-as-a-scheme", "https:443", "ws://https:443", TLS, "ws://https:443", TLS },
  { "half-a-scheme", "htt", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "scheme-alone", "wss", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "scheme-without-a-host", "http://", NULL, "expected scheme ws, received http", NULL, "expected scheme ws, received http" },
  { "scheme-with-a-path-alone", "ws:///a", NULL, "expected a host", NULL, "expected a host" },
  { "scheme-without-slashes", "http:h.test", NULL, "expected scheme ws, received http", NULL, "expected scheme ws, received http" },
  { "slashes-without-a-scheme", "//h.test/a", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "ws", "ws://h.test:1/a?b", "ws://h.test:1/a?b", NULL, "ws://h.test:1", CUT },
  { "ws-and-slash", "ws://h.test/", "ws://h.test/", NULL, "ws://h.test", NULL },
  { "wss-in-odd-case", "wSS://H.test", "wss://H.test", NULL, "wss://H.test", NULL },
  { "http", "http://h.test/a", "ws://h.test/a", "", "ws://h.test", CUT },
  { "http-in-odd-case", "hTTp://h.test:8080", "ws://h.test:8080", "", "ws://h.test:8080", "" },
  { "https", "https://h.test", "wss://h.test", "", "wss://h.test", "" },
  { "https-and-path", "HTTPS://h.test/a?b=c", "wss://h.test/a?b=c", "", "wss://h.test", CUT },
  { "other-scheme", "ftp://h.test", NULL, "received \"ftp\"", NULL, "received \"ftp\"" },
  { "other-scheme-without-slashes", "mailto:a@h.test", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "socket-of-the-file-system", "ws+unix:/run/s:/a", "ws+unix:/run/s:/a", NULL, NULL, "expected ws://HOST:PORT or wss://HOST:PORT" },
  { "fragment", "ws://h.test/#a", NULL, "expected no fragment", "ws://h.test", CUT },
  { "fragment-of-a-page", "http://h.test#a", NULL, "expected no fragment", "ws://h.test", CUT },
  { "user", "ws://me:secret@h.test/a", "ws://me:secret@h.test/a", NULL, NULL, "clients send their own" },
  { "user-of-a-page", "https://me:secret@h.test", "wss://me:secret@h.test", "", NULL, "clients send their own" },
  { "user-without-a-scheme", "me:secret@h.test", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "user-without-a-name", "ws://@h.test", "ws://@h.test", NULL, NULL, "clients send their own" },
  { "at-in-the-path", "localhost:3000/@me", "ws://localhost:3000/@me", TLS, "ws://localhost:3000", CUT TLS },
  { "blanks-around", " \t localhost:3000/a \n", "ws://localhost:3000/a", TLS, "ws://localhost:3000", CUT TLS },
  { "blank-inside", "local host:3000", NULL, "received a space", NULL, "received a space" },
  { "blank-in-the-path", "localhost:3000/a b", NULL, "received a space", "ws://localhost:3000", CUT TLS },
  { "port-0", "localhost:0", NULL, "expected a port from 1 to 65535", NULL, "expected a port from 1 to 65535" },
  { "port-0-alone", "0", NULL, "expected a port from 1 to 65535", NULL, "expected a port from 1 to 65535" },
  { "port-65535", "localhost:65535", "ws://localhost:65535", TLS, "ws://localhost:65535", TLS },
  { "port-65536", "http://localhost:65536", NULL, "expected a port from 1 to 65535", NULL, "expected a port from 1 to 65535" },
  { "port-of-many-digits", "99999999999999999999", NULL, "expected a port from 1 to 65535", NULL, "expected a port from 1 to 65535" },
  { "port-below-0", "localhost:-1", NULL, "expected scheme ws", NULL, "expected scheme ws" },
  { "port-missing", "localhost:", NULL, "expected scheme ws", NULL, "expected scheme ws" },
  { "two-ports", "localhost:1:2", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "empty", "", NULL, "missing address", NULL, "missing address" },
  { "blanks-alone", "  ", NULL, "missing address", NULL, "missing address" },
  { "control-characters", "h.test\x1b[31m", NULL, "\\x1b", NULL, "\\x1b" },
  { "line-end-in-the-host", "ws://h.test%0d%0aX: y", NULL, "received a space", NULL, "received a space" },
  { "escaped-line-end-in-the-host", "ws://h.test%0d%0aX", NULL, "expected a host name", NULL, "expected a host name" },
  { "markup", "<b>h.test</b>", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "format", "%s%n:1", NULL, "expected a scheme", NULL, "expected a scheme" },
  { "no-utf-8", "h.test\xff", NULL, "expected UTF-8", NULL, "expected UTF-8" },
  { "bidirectional-controls-in-a-path", "h.test/\xe2\x80\xae", "ws://h.test/\xe2\x80\xae", TLS, "ws://h.test", CUT TLS },
};

static WsiTarget *
make_target (WsiTargetKind kind,
             const char   *text)
{
  WsiTarget *target = wsi_target_new (kind);

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, text);
  return target;
}

static void
check_target (WsiTargetKind kind,
              const char   *text,
              const char   *expected,
              const char   *part)
{
  g_autoptr (WsiTarget) target = make_target (kind, text);
  g_autofree char *uri = wsi_target_make_uri (target, NULL);
  g_autofree char *note = wsi_target_make_note (target);
  g_autoptr (WsiTarget) other = make_target (kind, uri);
  g_autofree char *again = wsi_target_make_uri (other, NULL);
  g_autofree char *note_again = wsi_target_make_note (other);
  g_autoptr (GError) error = NULL;
  gboolean is_right = wsi_target_check_field (target, WSI_TARGET_ADDRESS, &error);

  g_test_message ("%s; %s", note, error != NULL ? error->message : "right");
  g_assert_cmpint (is_right, ==, expected != NULL);
  g_assert_cmpstr (again, ==, uri);
  g_assert_null (note_again);
  if (!is_right)
    {
      g_assert_nonnull (strstr (error->message, part));
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (note);
      return;
    }

  g_assert_cmpstr (uri, ==, expected);
  g_assert_cmpint (note != NULL, ==, part != NULL);
  if (part == NULL)
    return;

  g_assert_true (g_str_has_prefix (note, "Understood as ws"));
  g_assert_true (g_str_has_suffix (note, part));
  g_assert_cmpint (strstr (note, CUT) != NULL, ==, strstr (part, CUT) != NULL);
  g_assert_cmpint (strstr (note, TLS) != NULL, ==, strstr (part, TLS) != NULL);
  g_assert_null (strstr (note, "secret"));
  g_assert_null (strstr (note, "\xe2\x80\xae"));
}

static void
test_client (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  check_target (WSI_TARGET_CLIENT, addresses[i].text, addresses[i].client, addresses[i].of_client);
}

static void
test_proxy (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  check_target (WSI_TARGET_PROXY, addresses[i].text, addresses[i].proxy, addresses[i].of_proxy);
}

/* A note fits into a row. */
static void
test_long (void)
{
  g_autofree char *path = g_strnfill (60000, 'x');
  g_autofree char *text = g_strconcat ("localhost/", path, NULL);
  g_autoptr (WsiTarget) target = make_target (WSI_TARGET_CLIENT, text);
  g_autofree char *note = wsi_target_make_note (target);

  g_assert_cmpuint (strlen (note), <, 200);
  g_assert_true (g_str_has_suffix (note, TLS));
}

/* The address of other kinds is not a server of ours. */
static void
test_others (void)
{
  const WsiTargetKind kinds[] = { WSI_TARGET_BROWSER, WSI_TARGET_FILE, WSI_TARGET_PROGRAM };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (WsiTarget) target = make_target (kinds[i], "http://h.test/a");
      g_autofree char *uri = wsi_target_make_uri (target, NULL);

      g_assert_cmpstr (uri, ==, "http://h.test/a");
      g_assert_null (wsi_target_make_note (target));
    }
}

static void
add (const char   *group,
     const char   *name,
     GTestDataFunc function,
     guint         i)
{
  g_autofree char *path = g_strconcat ("/inspector/server-address/", group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), function);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      add ("client", addresses[i].name, test_client, i);
      add ("proxy", addresses[i].name, test_proxy, i);
    }
  g_test_add_func ("/inspector/server-address/note/a-long-path-is-cut", test_long);
  g_test_add_func ("/inspector/server-address/other-kinds-are-left-alone", test_others);
  return g_test_run ();
}
