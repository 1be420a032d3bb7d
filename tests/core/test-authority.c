/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/authority.h"

#include "core/handshake/token-list.h"
#include "lib/tap.h"

#include <stdlib.h>

static const struct
{
  const char *name, *text, *host, *port;
  bool is_valid;
} cases[] = {
  { "name", "server.example.com", "server.example.com", "", true },
  { "name-in-capitals", "SERVER.Example.COM", "SERVER.Example.COM", "", true },
  { "name-and-port", "localhost:8080", "localhost", "8080", true },
  { "port-left-out", "localhost:", "localhost", "", true },
  { "address", "127.0.0.1:1", "127.0.0.1", "1", true },
  { "address-in-brackets", "[::1]", "::1", "", true },
  { "address-in-brackets-and-port", "[::1]:443", "::1", "443", true },
  { "address-in-brackets-and-port-left-out", "[::1]:", "::1", "", true },
  { "mapped-address", "[::ffff:10.0.0.1]", "::ffff:10.0.0.1", "", true },
  { "underscore-and-tilde", "my_host~1", "my_host~1", "", true },
  { "escaped-byte", "caf%C3%A9.example", "caf%C3%A9.example", "", true },
  { "first-and-last-letters", "azAZ09", "azAZ09", "", true },
  { "first-and-last-hex-digits", "%09%afAF%AF", "%09%afAF%AF", "", true },
  { "largest-port", "a:65535", "a", "65535", true },
  { "port-with-zeros", "a:00080", "a", "00080", true },
  { "port-0", "a:0", "a", "0", true },
  { "SEC-7-port-too-large", "a:65536", "a", "65536", false },
  { "SEC-7-port-of-many-digits", "a:99999999999999999999", "a", "99999999999999999999", false },
  { "SEC-7-port-no-number", "a:b", "a", "b", false },
  { "SEC-7-port-below-0", "a:-1", "a", "-1", false },
  { "SEC-7-two-ports", "a:1:2", "a", "1:2", false },
  { "SEC-7-port-alone", ":80", "", "80", false },
  { "SEC-7-colon-alone", ":", "", "", false },
  { "SEC-7-address-without-brackets", "::1", "", ":1", false },
  { "SEC-7-blank", "a b", "a b", "", false },
  { "SEC-7-two-hosts", "a, b", "a, b", "", false },
  { "SEC-7-user", "user@host", "user@host", "", false },
  { "SEC-7-user-and-password", "user:password@host", "user", "password@host", false },
  { "SEC-7-path", "host/path", "host/path", "", false },
  { "SEC-7-query", "host?x", "host?x", "", false },
  { "SEC-7-scheme", "http://host", "http", "//host", false },
  { "SEC-7-backslash", "host\\x", "host\\x", "", false },
  { "SEC-7-control", "host\x01", "host\x01", "", false },
  { "SEC-7-not-ascii", "caf\xc3\xa9", "caf\xc3\xa9", "", false },
  { "SEC-7-escape-cut", "a%4", "a%4", "", false },
  { "SEC-7-escape-cut-by-the-port", "a%4:1", "a%4", "1", false },
  { "SEC-7-escape-no-hex", "a%zz", "a%zz", "", false },
  { "SEC-7-escape-first-digit-no-hex", "a%z4", "a%z4", "", false },
  { "SEC-7-escape-byte-before-0-no-hex", "a%4.", "a%4.", "", false },
  { "SEC-7-escape-byte-before-A-no-hex", "a%4@", "a%4@", "", false },
  { "SEC-7-escape-second-digit-no-hex", "a%4z", "a%4z", "", false },
  { "SEC-7-bracket-open", "[::1", "[", ":1", false },
  { "SEC-7-bracket-open-without-a-colon", "[a", "[a", "", false },
  { "SEC-7-bracket-closed-only", "::1]", "", ":1]", false },
  { "SEC-7-bracket-inside", "a[::1]", "a[", ":1]", false },
  { "SEC-7-other-letter-for-the-bracket", "[::1g", "[", ":1g", false },
  { "SEC-7-brackets-empty", "[]", "", "", false },
  { "SEC-7-brackets-empty-and-port", "[]:80", "", "80", false },
  { "SEC-7-brackets-hold-a-name", "[host]", "host", "", false },
  { "SEC-7-zone-in-brackets", "[fe80::1%25lo]", "fe80::1%25lo", "", false },
  { "SEC-7-text-after-brackets", "[::1]x", "[::1]x", "", false },
  { "SEC-7-text-between-brackets-and-port", "[::1]x:80", "[::1]x", "80", false },
  { "SEC-7-brackets-closed-twice", "[::1]]:80", "[::1]]", "80", false },
  { "SEC-7-markup", "<script>", "<script>", "", false },
};

/* Each text is in memory of its exact size. */
static void
test_texts (void)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      size_t length = strlen (cases[i].text);
      WscBytes text = { memcpy (malloc (length), cases[i].text, length), length };
      WscAuthority authority = wsc_authority_split (text);

      tap_point (wsc_text_is (authority.host, cases[i].host) &&
                 wsc_text_is (authority.port, cases[i].port),
                 "/core/authority/split/%s", cases[i].name);
      tap_point (wsc_authority_is_valid (text) == cases[i].is_valid, "/core/authority/valid/%s%s",
                 cases[i].name, cases[i].is_valid ? "" : "-refused");
      free ((void *) text.at);
    }
}

static void
test_bytes (void)
{
  const WscBytes none = { NULL, 0 };
  const WscBytes with_nul = { (const uint8_t *) "a\0b", 3 };

  tap_point (wsc_authority_split (none).host.length == 0 &&
             wsc_authority_split (none).port.length == 0, "/core/authority/split/nothing");
  tap_point (!wsc_authority_is_valid (none), "/core/authority/valid/nothing-refused");
  tap_point (!wsc_authority_is_valid (with_nul), "/core/authority/valid/SEC-7-nul-refused");
}

static const struct
{
  const char *name, *scheme;
  uint16_t port;
} default_ports[] = {
  { "WS-3-80-for-ws", "ws", 80 },
  { "WS-3-443-for-wss", "wss", 443 },
  { "80-for-http", "http", 80 },
  { "443-for-https", "https", 443 },
  { "any-letter-case", "HttpS", 443 },
  { "none-for-a-socket", "ws+unix", 0 },
  { "none-for-a-longer-scheme", "wsx", 0 },
  { "none-for-a-shorter-scheme", "w", 0 },
  { "none-for-nothing", "", 0 },
};

static void
test_default_ports (void)
{
  for (size_t i = 0; i < sizeof default_ports / sizeof default_ports[0]; i++)
    tap_point (wsc_scheme_get_default_port (default_ports[i].scheme) == default_ports[i].port,
               "/core/authority/default-port/%s", default_ports[i].name);
}

int
main (void)
{
  test_texts ();
  test_bytes ();
  test_default_ports ();

  return tap_end ();
}
