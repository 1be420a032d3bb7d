/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>
#include <string.h>

#include "http/wsp-uri-private.h"
#include "lib/rows.h"

static const struct
{
  const char *name, *uri, *host;
  guint16     port;
  const char *host_field, *resource;
} good[] = {
  { "WS-3-default-port", "ws://example.org/chat", "example.org", 80, "example.org", "/chat" },
  { "WS-3-default-port-given", "ws://example.org:80/", "example.org", 80, "example.org", "/" },
  { "WS-3-default-port-of-wss", "wss://example.org:443/", "example.org", 443, "example.org", "/" },
  { "WS-21-other-port", "ws://example.org:8080", "example.org", 8080, "example.org:8080", "/" },
  { "WS-1-any-letter-case", "WsS://example.org", "example.org", 443, "example.org", "/" },
  { "WS-7-capitals", "ws://Example.ORG/", "example.org", 80, "example.org", "/" },
  { "WS-4-empty-path", "ws://example.org?x=1", "example.org", 80, "example.org", "/?x=1" },
  { "WS-4-empty-query", "ws://example.org/a?", "example.org", 80, "example.org", "/a?" },
  { "WS-5-number-sign-stays-escaped", "ws://h/a%23b", "h", 80, "h", "/a%23b" },
  { "WS-6-user-is-kept-apart", "ws://me:secret@h/a", "h", 80, "h", "/a" },
  { "WS-7-ipv6", "ws://[::1]:9/a", "::1", 9, "[::1]:9", "/a" },
  { "WS-7-ipv6-zone-stays-here", "ws://[fe80::1%25lo]:9/a", "fe80::1%lo", 9, "[fe80::1]:9", "/a" },
  { "WS-7-international-host", "ws://b\xc3\xbc" "cher.example/", "xn--bcher-kva.example", 80,
    "xn--bcher-kva.example", "/" },
  { "WS-7-international-host-that-is-escaped", "ws://B%C3%BCcher.Example/", "xn--bcher-kva.example",
    80,
    "xn--bcher-kva.example", "/" },
  { "path-beyond-ascii-is-escaped", "ws://h/\xc3\xbc", "h", 80, "h", "/%C3%BC" },
  { "query-beyond-ascii-is-escaped", "ws://h/?\xc3\xbc", "h", 80, "h", "/?%C3%BC" },
  { "characters-of-no-path-are-escaped", "ws://h/a\"<>[\\]^`{|}b", "h", 80, "h",
    "/a%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7Db" },
  { "characters-of-no-query-are-escaped", "ws://h?a\"<>[\\]^`{|}b", "h", 80, "h",
    "/?a%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7Db" },
  { "characters-of-a-path-stay", "ws://h/-._~!$&'()*+,;=:@//", "h", 80, "h",
    "/-._~!$&'()*+,;=:@//" },
  { "characters-of-a-query-stay", "ws://h/?-._~!$&'()*+,;=:@/?", "h", 80, "h",
    "/?-._~!$&'()*+,;=:@/?" },
  { "escaped-characters-stay", "ws://h/%7B%7c?%5C", "h", 80, "h", "/%7B%7C?%5C" },
  { "WS-7-brackets-of-ipv6-stay", "ws://[::1]/[", "::1", 80, "[::1]", "/%5B" },
  { "WS-6-user-of-all-characters", "ws://-._~!$&'()*+,;=%40:-._~!$&'()*+,;=:%5C@h/", "h", 80, "h",
    "/" },
  { "WS-1-unix", "ws+unix:/run/a.sock:/chat?x=1", NULL, 0, "localhost", "/chat?x=1" },
  { "WS-1-unix-with-slashes", "WS+unix:///run/a.sock:/chat", NULL, 0, "localhost", "/chat" },
  { "unix-without-resource", "ws+unix:/run/a.sock", NULL, 0, "localhost", "/" },
  { "unix-resource-is-escaped", "ws+unix:/run/a:/{b}?{c}", NULL, 0, "localhost",
    "/%7Bb%7D?%7Bc%7D" },
};

#define LABEL "a123456789b123456789c123456789d123456789e123456789f123456789."

static const struct
{
  const char *name, *uri;
} bad[] = {
  { "WS-8-host-longer-than-any-name", "ws://" LABEL LABEL LABEL LABEL LABEL "example/" },
  { "WS-1-http", "http://example.org/" },
  { "WS-1-no-scheme", "example.org" },
  { "WS-2-fragment", "ws://example.org/#top" },
  { "WS-2-empty-fragment", "ws://example.org/#" },
  { "WS-8-no-host", "ws:///a" },
  { "WS-8-no-authority", "ws:/a" },
  { "WS-8-nothing-but-a-path", "ws:example.org" },
  { "WS-8-port-0", "ws://example.org:0/" },
  { "WS-8-port-65536", "ws://example.org:65536/" },
  { "WS-8-space", "ws://example.org/a b" },
  { "WS-8-line-end", "ws://example.org/a\r\nX: y" },
  { "WS-8-escaped-host", "ws://exa%20mple.org/" },
  { "WS-7-host-that-cannot-be", "ws://exa$mple.org/" },
  { "unix-with-host", "ws+unix://host/run/a.sock:/" },
  { "unix-without-path", "ws+unix::/chat" },
  { "unix-relative", "ws+unix:run/a.sock:/chat" },
  { "unix-NUL", "ws+unix:/run/a%00b:/chat" },
  { "unix-too-long",
    "ws+unix:/0123456789012345678901234567890123456789012345678901234567890123456789"
    "01234567890123456789012345678901234567890:/" },
  { "WS-7-colon-in-a-host-that-is-no-address", "ws://x%3a1/" },
  { "WS-7-colon-between-numbers", "ws://1%3a2/" },
  { "WS-7-character-that-no-name-may-hold", "ws://a\xee\x80\x80.example/" },
  { "SEC-38-line-end-in-the-host", "ws://x%3a%0d%0aEvil%3a1/" },
  { "SEC-38-line-end-in-a-zone", "ws://[fe80::1%250d%0aEvil:1]/" },
  { "SEC-38-escaped-line-end-in-a-zone", "ws://[fe80::1%25%0d%0aEvil%3a1]/" },
  { "SEC-38-blank-in-a-zone", "ws://[fe80::1%25a%20b]/" },
  { "WS-7-empty-zone", "ws://[fe80::1%25]/" },
  { "WS-7-zone-of-a-name", "ws://h%25lo/" },
  { "WS-7-zone-of-an-IPv4-address", "ws://[192.0.2.1%25lo]/" },
  { "WS-7-colon-in-the-zone-of-an-IPv4-address", "ws://[192.0.2.1%25a:b]/" },
  { "WS-7-IPv4-address-with-a-port-in-brackets", "ws://[192.0.2.1:1]/" },
  { "WS-7-address-of-the-future", "ws://[v1.a:b]/" },
  { "SEC-38-NUL-in-the-host", "ws://a%00b/" },
  { "SEC-38-tab-in-the-host", "ws://a%09b/" },
  { "WS-8-empty-host-with-a-port", "ws://:80/" },
  { "WS-8-empty-host-with-a-user", "ws://me:secret@/" },
  { "SEC-38-line-end-in-the-user", "ws://a%0d%0ab:c@h/" },
  { "SEC-38-line-end-in-the-password", "ws://a:b%0ac@h/" },
  { "SEC-38-NUL-in-the-password", "ws://a:b%00c@h/" },
  { "WS-6-colon-in-the-user", "ws://a%3ab:c@h/" },
  { "WS-6-user-with-half-an-escape", "ws://a%2:c@h/" },
  { "WS-6-backslash-in-the-user", "ws://a\\@b/" },
  { "WS-6-backslash-in-the-password", "ws://a:b\\@c/" },
  { "WS-6-backslash-and-two-signs", "ws://a\\@b@c/" },
  { "WS-6-sign-in-the-password", "ws://user:pa@ss@host/" },
  { "WS-6-bracket-in-the-user", "ws://[::1]@h/" },
  { "WS-6-quote-in-the-user", "ws://a\"@h/" },
  { "WS-6-brace-in-the-user", "ws://{a}@h/" },
  { "WS-6-user-beyond-ascii", "ws://\xc3\xbc@h/" },
  { "WS-6-backslash-in-the-user-of-a-socket", "ws+unix://a\\@/run/a:/" },
  { "WS-8-backslash-after-the-host", "ws://a\\b/" },
  { "WS-8-backslashes-for-slashes", "ws:\\\\h/" },
  { "WS-7-zone-without-an-escape", "ws://[fe80::1%eth0]/" },
  { "not-utf8", "ws://example.org/\xff" },
  { "empty", "" },
};

static void
test_good (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspUri) uri = wsp_uri_parse (good[i].uri, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri->host, ==, good[i].host);
  g_assert_cmpuint (uri->port, ==, good[i].port);
  g_assert_cmpstr (uri->host_field, ==, good[i].host_field);
  g_assert_cmpstr (uri->resource, ==, good[i].resource);
}

static void
test_bad (gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_uri_parse (bad[GPOINTER_TO_UINT (data)].uri, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspUri) host = wsp_uri_parse ("ws://me%40home:sec:ret@h:81/a?b", &error);
  g_autoptr (WspUri) path = wsp_uri_parse ("ws+unix:/run/a%3Ab.sock:/chat", &error);
  g_autoptr (WspUri) nobody = wsp_uri_parse ("ws://@h/", &error);
  g_autoptr (WspUri) nothing = wsp_uri_parse ("ws://:@h/", &error);
  g_autoptr (WspUri) secret = wsp_uri_parse ("ws://:secret@h/", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (host->user, ==, "me@home");
  g_assert_cmpstr (host->password, ==, "sec:ret");
  g_assert_cmpstr (host->text, ==, "ws://h:81/a?b");
  g_assert_cmpstr (path->socket_path, ==, "/run/a:b.sock");
  g_assert_null (nobody->user);
  g_assert_null (nobody->password);
  g_assert_null (nothing->user);
  g_assert_null (nothing->password);
  g_assert_cmpstr (secret->user, ==, "");
  g_assert_cmpstr (secret->password, ==, "secret");
}

static const struct
{
  const char *name, *base, *reference, *text;   /* base URI and reference; text: the URI of both;
                                                 * NULL: refused */
  gboolean    is_same_origin;
} references[] = {
  { "path", "ws://me:secret@h:81/a/b?c", "/x", "ws://h:81/x", TRUE },
  { "relative", "ws://h/a/b", "c?d", "ws://h/a/c?d", TRUE },
  { "default-port", "ws://h/a", "ws://H:80/a", "ws://H:80/a", TRUE },
  { "other-host", "ws://h/a", "//i/a", "ws://i/a", FALSE },
  { "other-port", "ws://h/a", "ws://h:81/a", "ws://h:81/a", FALSE },
  { "other-scheme", "ws://h:443/a", "wss://h/a", "wss://h/a", FALSE },
  { "same-socket", "ws+unix:/run/a:/b", "ws+unix:/run/a:/c", "ws+unix:/run/a:/c", TRUE },
  { "other-socket", "ws+unix:/run/a:/b", "ws+unix:/run/c:/b", "ws+unix:/run/c:/b", FALSE },
  { "host-for-a-socket", "ws+unix:/run/a:/b", "ws://h/b", "ws://h/b", FALSE },
  { "socket-for-a-host", "ws://h/a", "ws+unix:/run/a:/b", "ws+unix:/run/a:/b", FALSE },
  { "http", "ws://h/a", "http://h/b", "ws://h/b", TRUE },
  { "http-with-the-port", "ws://h/a", "HTTP://h:80/b", "ws://h:80/b", TRUE },
  { "http-on-another-host", "ws://h/a", "http://i/b?c", "ws://i/b?c", FALSE },
  { "https", "wss://h/a", "https://h/b", "wss://h/b", TRUE },
  { "https-from-ws", "ws://h/a", "https://h/b", "wss://h/b", FALSE },
  { "http-from-wss", "wss://h/a", "http://h/b", "ws://h/b", FALSE },
  { "http-without-a-host", "ws://h/a", "http:b", NULL, FALSE },
  { "http-without-slashes", "ws://h/a", "http:/b", NULL, FALSE },
  { "httpx", "ws://h/a", "httpx://h/b", NULL, FALSE },
  { "escaped", "ws://h/a", "/{b}?|", "ws://h/%7Bb%7D?%7C", TRUE },
  { "escaped-query", "ws://h/a{b}", "?|", "ws://h/a%7Bb%7D?%7C", TRUE },
  { "escaped-host", "ws://h/a", "//[::1]/[", "ws://[::1]/%5B", FALSE },
  { "SEC-40-backslash-in-the-user", "ws://h/a", "//a\\@b/", NULL, FALSE },
  { "SEC-40-backslash-in-the-user-of-http", "ws://h/a", "http://a\\@b/", NULL, FALSE },
  { "SEC-40-sign-in-the-user", "ws://h/a", "ws://a@b@c/", NULL, FALSE },
  { "SEC-40-file", "ws://h/a", "file:///etc/passwd", NULL, FALSE },
  { "fragment", "ws://h/a", "/b#c", NULL, FALSE },
  { "controls", "ws://h/a", "/b\r\nX: y", NULL, FALSE },
};

static void
test_reference (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspUri) base = wsp_uri_parse (references[i].base, NULL);
  g_autoptr (WspUri) uri = wsp_uri_resolve (base, references[i].reference, &error);

  if (references[i].text == NULL)
    {
      g_assert_null (uri);
      g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpstr (uri->text, ==, references[i].text);
  g_assert_cmpint (wsp_uri_is_same_origin (base, uri), ==, references[i].is_same_origin);
  g_assert_null (uri->user);
}

/* No name and no password in what may stand in a log.  SEC-41 */
static void
test_secret (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_uri_parse ("ws://me:secret@example.org:0/#x", &error));
  g_assert_null (strstr (error->message, "secret"));
}

/* Each reason, with the URI in front of it. */
static const struct
{
  const char *name, *uri, *text;
} causes[] = {
  { "http", "http://h/",
    "\"http://h/\": expected scheme ws, received http (did you mean \"ws://h/\"?)" },
  { "https", "HTTPS://me:secret@h:1/a?b",
    "\"HTTPS://h:1/a?...\": expected scheme wss, received https (did you mean \"wss://h:1/a?...\"?)" },
  { "query-is-cut", "http://h/a?token=secret",
    "\"http://h/a?...\": expected scheme ws, received http "
    "(did you mean \"ws://h/a?...\"?)" },
  { "no-scheme-but-a-login", "secret:x@h/", "\"h/\": expected a scheme, received none "
    "(did you mean \"ws://h/\"?)" },
  { "no-scheme", "h/a", "\"h/a\": expected a scheme, received none (did you mean \"ws://h/a\"?)" },
  { "no-scheme-but-a-port", "localhost:8080/a",
    "\"localhost:8080/a\": expected a scheme, received none (did you mean \"ws://localhost:8080/a\"?)" },
  { "no-scheme-but-slashes", "//h/",
    "\"//h/\": expected a scheme, received none (did you mean \"ws://h/\"?)" },
  { "no-scheme-but-a-literal", "[::1]:80",
    "\"[::1]:80\": expected a scheme, received none (did you mean \"ws://[::1]:80\"?)" },
  { "unknown-scheme", "ftp://h/",
    "\"ftp://h/\": expected scheme ws, wss or ws+unix, received \"ftp\"" },
  { "nothing", "", "\"\": expected ws://host/path, wss://host/path or ws+unix:/path" },
  { "port-too-large", "ws://h:99999/", "\"ws://h:99999/\": expected a port from 1 to 65535" },
  { "port-0", "ws://h:0/", "\"ws://h:0/\": expected a port from 1 to 65535" },
  { "port-of-letters", "ws://h:x/", "\"ws://h:x/\": expected a port from 1 to 65535" },
  { "port-below-0", "ws://h:-1/", "\"ws://h:-1/\": expected a port from 1 to 65535" },
  { "escaped-colon", "ws://x%3a%0d%0aEvil%3a1/",
    "\"ws://x%3a%0d%0aEvil%3a1/\": expected a host name or an IP address" },
  { "half-a-literal", "ws://[::1/", "\"ws://[::1/\": expected a host name or an IP address" },
  { "line-end-in-the-user", "ws://a%0ab@h/",
    "\"ws://h/\": expected user name and password without colons and "
    "control characters, and other bytes as % and two hexadecimal digits" },
  { "sign-in-the-password", "ws://user:pa@ss@host/",
    "\"ws://host/\": expected user name and password of letters, "
    "digits and -._~!$&'()*+,;= (write @ as %40)" },
  { "backslash-in-the-user", "ws://a\\@b/",
    "\"ws://b/\": expected user name and password of letters, digits and "
    "-._~!$&'()*+,;= (write \\ as %5C)" },
  { "user-beyond-ascii", "ws://\xc3\xbc@b/",
    "\"ws://b/\": expected user name and password of letters, digits and "
    "-._~!$&'()*+,;= (write each other byte as % and two hexadecimal digits)" },
  { "zone-without-an-escape", "ws://[fe80::1%eth0]:80/a",
    "\"ws://[fe80::1%eth0]:80/a\": expected %25 before the zone "
    "of an IPv6 address, as in [fe80::1%25eth0]" },
  { "backslash-after-the-host", "ws://a\\b/",
    "\"ws://a\\x5cb/\": expected a host name or an IP address" },
  { "fragment", "ws://h/#x", "\"ws://h/#x\": expected no fragment (write # as %23)" },
  { "blank", "ws://h/a x",
    "\"ws://h/a x\": expected no blanks, received a space (write it as %20)" },
  { "line-end", "ws://h/a\r\nX: y",
    "\"ws://h/a\\x0d\\x0aX: y\": expected no control characters, received \\x0d" },
  { "not-utf8", "ws://h/\xff",
    "\"ws://h/\\xff\": expected UTF-8 (write other bytes as % and two hexadecimal digits)" },
  { "half-an-escape", "ws://h/%2",
    "\"ws://h/%2\": expected % and two hexadecimal digits for an escaped byte" },
  { "no-slashes", "ws:h", "\"ws:h\": expected a host after ws://" },
  { "no-host", "wss:///a", "\"wss:///a\": expected a host after wss://" },
  { "socket-with-a-host", "ws+unix://h/a",
    "\"ws+unix://h/a\": expected ws+unix:/path, received a host" },
  { "relative-socket", "ws+unix:a",
    "\"ws+unix:a\": expected ws+unix: and the absolute path of a socket" },
  { "long-path-of-a-socket",
    "ws+unix:/0123456789012345678901234567890123456789012345678901234567890123456789"
    "01234567890123456789012345678901234567890:/",
    "\"ws+unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
    "...\": expected a socket path of at most 107 bytes, received 112" },
  { "quotes-and-backslashes", "ws:\"\\x", "\"ws:\\x22\\x5cx\": expected a host after ws://" },
  { "letters", "ws:\xc3\xa4\xe2\x80\xae",
    "\"ws:\xc3\xa4\\xe2\\x80\\xae\": expected a host after ws://" },
  { "password-with-a-slash", "ws://me:sec/ret@h/",
    "\"ws://h/\": expected user name and password of letters, digits and "
    "-._~!$&'()*+,;= (write / as %2F)" },
  { "password-with-a-question-mark", "ws://me:sec?ret@h/",
    "\"ws://h/\": expected user name and password of letters, "
    "digits and -._~!$&'()*+,;= (write ? as %3F)" },
  { "port-of-letters-and-a-sign-in-the-query", "ws://h:8080/?a@b#",
    "\"ws://h:8080/?...\": expected no fragment (write # as %23)" },
  { "http-and-a-password-with-a-slash", "http://me:sec/ret@h/",
    "\"http://h/\": expected scheme ws, received http (did you mean \"ws://h/\"?)" },
};

/* The handshake's function is the public way to a URI. */
static void
test_cause (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("Invalid URI ", causes[i].text, NULL);

  g_assert_null (wsp_handshake_new_client (causes[i].uri, NULL, NULL, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, text);
}

/* The text is short, one line, UTF-8, and holds no password. */
static void
test_attack (void)
{
  static const char *const pieces[] = {
    "ws", "wss", "http", "ws+unix", ":", "/", "//", "@", "me:you@", "\r\n", "\x01", "\xff", "\xe2\x80\xae",
    "h", "%", "%0a", "#", "?", " ", "[", "]", "65536", "\\",
  };
  static const char *const beginnings[] = { "", "ws://me:secret@", "http://me:sec/secret@" };
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  g_autofree char *end = g_strnfill (64 * 1024, 'x');

  for (guint n = 0; n < 20000; n++)
    {
      g_autoptr (GString) uri = g_string_new (beginnings[n % G_N_ELEMENTS (beginnings)]);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < 8; i++)
        g_string_append (uri, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      if (n % 1000 == 0)
        g_string_append (uri, end);

      g_autoptr (WspUri) parsed = wsp_uri_parse (uri->str, &error);

      if (parsed != NULL)
        continue;
      g_assert_cmpuint (strlen (error->message), <, 1000);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      for (const char *at = error->message; *at != '\0'; at++)
        g_assert_false (g_ascii_iscntrl (*at));
      g_assert_null (strstr (error->message, "secret"));
    }
}

static const struct
{
  const char *text, *shown;
} credentials[] = {
  { "ws://me:secret@h/a@b", "ws://h/a@b" },
  { "ws://me@h", "ws://h" },
  { "ws://me:s@cret@h/", "ws://h/" },
  { "ws://me:secret@h:99999/", "ws://h:99999/" },
  { "ws://h/?a@b", "ws://h/?a@b" },
  { "me:secret@h/a", "h/a" },
  { "ws+unix:/run/a//b@c:/d", "ws+unix:/run/a//b@c:/d" },
  { "ws://me:sec/ret@h/", "ws://h/" },
  { "ws://me:sec?ret@h/", "ws://h/" },
  { "ws:///me:secret@h/", "ws://h/" },
  { "ws:/me:secret@h/", "h/" },
  { "ws//me:secret@h/", "h/" },
  { "ws://h:81/a@b", "ws://h:81/a@b" },
  { "ws://[::1]:81/a@b", "ws://[::1]:81/a@b" },
  { "ws+unix://me:secret@h/", "ws+unix://h/" },
  { "", "" },
};

static void
test_hidden (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *shown = wsp_uri_hide_credentials (credentials[i].text);

  g_assert_cmpstr (shown, ==, credentials[i].shown);
}

static void
test_shown (void)
{
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client ("ws://me:secret@h:81/a", NULL, NULL, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspReconnector) reconnector = wsp_reconnector_new ("ws://me:secret@h:81/a", client);
  g_autofree char *uri = NULL;
  g_autofree char *reconnector_uri = NULL;

  g_object_get (handshake, "uri", &uri, NULL);
  g_object_get (reconnector, "uri", &reconnector_uri, NULL);
  g_assert_cmpstr (uri, ==, "ws://h:81/a");
  g_assert_cmpstr (reconnector_uri, ==, "ws://h:81/a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/session/uri/parse", good, test_good);
  ADD_ROWS_AS ("/session/uri/parse/%s-refused", bad, test_bad);
  ADD_ROWS ("/session/uri/resolve", references, test_reference);
  ADD_ROWS_AS ("/session/uri/cause/WS-8-%s", causes, test_cause);
  for (guint i = 0; i < G_N_ELEMENTS (credentials); i++)
    {
      g_autofree char *path = g_strdup_printf ("/session/uri/hide-credentials/SEC-41-%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_hidden);
    }
  g_test_add_func ("/session/uri/cause/SEC-41-texts-of-any-uri-are-short-and-clean", test_attack);
  g_test_add_func ("/session/uri/SEC-41-no-property-holds-credentials", test_shown);
  g_test_add_func ("/session/uri/parse/WS-6-parts", test_parts);
  g_test_add_func ("/session/uri/parse/SEC-41-errors-hold-no-password", test_secret);

  return g_test_run ();
}
