/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/observe/wsp-handshake-check.h>
#include <string.h>

#define REQUEST \
  "GET / HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

static const WspHandshakeCheck *
find_check (GPtrArray  *checks,
            const char *id)
{
  for (guint i = 0; i < checks->len; i++)
    if (g_str_equal (wsp_handshake_check_get_id (checks->pdata[i]), id))
      return checks->pdata[i];

  g_assert_not_reached ();
}

static void
test_checks (void)
{
  g_autoptr (GBytes) request = g_bytes_new_static (REQUEST, strlen (REQUEST));
  g_autoptr (GBytes) noise = g_bytes_new_static ("\0\xff\x1b[2J", 6);
  g_autoptr (GPtrArray) good = wsp_handshake_check (request, NULL);
  g_autoptr (GPtrArray) bad = wsp_handshake_check (noise, noise);
  const WspHandshakeCheck *key = find_check (good, "key");

  g_assert_cmpint (wsp_handshake_check_get_verdict (key), ==, WSP_HANDSHAKE_VERDICT_PASSED);
  g_assert_cmpstr (wsp_handshake_check_get_section (key), ==, "RFC 6455 4.1");
  g_assert_cmpint (wsp_handshake_check_get_verdict (find_check (good, "accept")), ==,
                   WSP_HANDSHAKE_VERDICT_NOT_CHECKED);
  g_assert_cmpuint (bad->len, ==, good->len);
  g_assert_cmpint (wsp_handshake_check_get_verdict (bad->pdata[0]), ==,
                   WSP_HANDSHAKE_VERDICT_FAILED);
  for (guint i = 0; i < bad->len; i++)
    for (const char *p = wsp_handshake_check_get_text (bad->pdata[i]); *p != 0; p++)
      g_assert_true (g_ascii_isprint (*p));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/observe/handshake-check/WS-257-text-is-printable", test_checks);

  return g_test_run ();
}
