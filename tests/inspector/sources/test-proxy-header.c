/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-proxy-header.h"
#include "lib/rows.h"

#include <string.h>

#define BYTES(literal) literal, sizeof literal - 1
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define IPV4 "\xc0\0\2\1\xc0\0\2\2\xc3\x50\0\x50"
#define IPV6 "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
  "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\xc3\x50\0\x50"

static const struct
{
  const char *name, *bytes;
  gsize       length;
  gsize       n_header;         /* length of the header; 0: the bytes are none */
  const char *client;           /* address of the client; NULL: the header does not have it */
} cases[] = {
  { "line-of-ipv4", BYTES ("PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\r\nGET"), 41, "192.0.2.1:50000" },
  { "line-of-ipv6", BYTES ("PROXY TCP6 2001:db8::1 2001:db8::2 50000 80\r\n"), 45, "[2001:db8::1]:50000" },
  { "line-of-unknown", BYTES ("PROXY UNKNOWN\r\nGET"), 15, NULL },
  { "line-of-unknown-with-more", BYTES ("PROXY UNKNOWN a b c\r\n"), 21, NULL },
  { "line-of-one-word", BYTES ("PROXY \r\n"), 0, NULL },
  { "line-of-a-zero", BYTES ("PROXY \0 a b c d\r\n"), 0, NULL },
  { "line-of-too-few-words", BYTES ("PROXY TCP4 192.0.2.1 80\r\n"), 0, NULL },
  { "line-of-no-address", BYTES ("PROXY TCP4 a b 50000 80\r\n"), 0, NULL },
  { "line-of-a-large-port", BYTES ("PROXY TCP4 192.0.2.1 192.0.2.2 65536 80\r\n"), 0, NULL },
  { "request-of-a-method-proxy", BYTES ("PROXY / HTTP/1.1\r\n\r\n"), 0, NULL },
  { "binary-of-ipv4", BYTES (SIGNATURE "\x21\x11\0\xc" IPV4 "GET"), 28, "192.0.2.1:50000" },
  { "binary-of-ipv6", BYTES (SIGNATURE "\x21\x21\0\x24" IPV6), 52, "[2001:db8::1]:50000" },
  { "binary-with-more", BYTES (SIGNATURE "\x21\x11\0\xf" IPV4 "abcGET"), 31, "192.0.2.1:50000" },
  { "binary-of-the-load-balancer", BYTES (SIGNATURE "\x20\0\0\0GET"), 16, NULL },
  { "binary-of-too-few-bytes", BYTES (SIGNATURE "\x21\x11\0\4abcd"), 20, NULL },
  { "binary-of-a-socket-file", BYTES (SIGNATURE "\x21\x31\0\4abcd"), 20, NULL },
  { "binary-of-another-version", BYTES (SIGNATURE "\x31\x11\0\xc" IPV4), 0, NULL },
  { "binary-of-another-command", BYTES (SIGNATURE "\x22\x11\0\xc" IPV4), 0, NULL },
  { "request", BYTES ("GET / HTTP/1.1\r\n\r\n"), 0, NULL },
  { "empty-lines", BYTES ("\r\n\r\n\r\nGET"), 0, NULL },
};

static void
test_header (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  gsize used = 0;
  WsiEndpoint client;
  WsiProxyHeader header = wsi_proxy_header_read ((const guint8 *) cases[i].bytes, cases[i].length,
                                                 &used, &client);
  g_autofree char *text = client.family != 0 ? wsi_endpoint_to_string (&client) : NULL;

  g_assert_cmpint (header, ==,
                   cases[i].n_header > 0 ? WSI_PROXY_HEADER_READ : WSI_PROXY_HEADER_NONE);
  if (header != WSI_PROXY_HEADER_READ)
    return;

  g_assert_cmpuint (used, ==, cases[i].n_header);
  g_assert_cmpstr (text, ==, cases[i].client);
  for (gsize length = 1; length < cases[i].n_header; length++)
    {
      g_autofree guint8 *part = g_memdup2 (cases[i].bytes, length);

      g_assert_cmpint (wsi_proxy_header_read (part, length, &used, &client), ==,
                       WSI_PROXY_HEADER_MORE);
    }
}

/* A line that does not end is no header. */
static void
test_endless (void)
{
  g_autofree char *line = g_strnfill (200, ' ');
  gsize used = 0;
  WsiEndpoint client;

  memcpy (line, "PROXY ", strlen ("PROXY "));
  g_assert_cmpint (wsi_proxy_header_read ((guint8 *) line, 106, &used, &client), ==,
                   WSI_PROXY_HEADER_MORE);
  g_assert_cmpint (wsi_proxy_header_read ((guint8 *) line, 107, &used, &client), ==,
                   WSI_PROXY_HEADER_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/proxy-header", cases, test_header);
  g_test_add_func ("/inspector/proxy-header/line-without-an-end", test_endless);

  return g_test_run ();
}
