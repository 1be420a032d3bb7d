/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-proxy-head-private.h"

#include <arpa/inet.h>

#define BYTES(text) text, sizeof text - 1
#define V2 "\r\n\r\n\0\r\nQUIT\n"
#define INET_4 "\x7f\x00\x00\x01" "\xc0\x00\x02\x01" "\x04\xd2" "\x00\x50"
#define INET_6 \
  "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01" \
  "\x04\xd2" "\x00\x50"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LOCAL "local"           /* the load balancer */
#define UNKNOWN "unknown"
#define UNIX "unix"

static const struct
{
  const char *name, *bytes;
  gsize       length;
  const char *client;           /* address of the client; NULL: the head is invalid */
} heads[] = {
  { "v1/ipv4", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 1234 80\r\n"), "192.0.2.1 1234" },
  { "v1/ipv4-longest", BYTES ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"), "255.255.255.255 65535" },
  { "v1/ipv6", BYTES ("PROXY TCP6 2001:db8::1 ::1 1234 80\r\n"), "2001:db8::1 1234" },
  { "v1/port-0", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 0 0\r\n"), "192.0.2.1 0" },
  { "v1/unknown", BYTES ("PROXY UNKNOWN\r\n"), UNKNOWN },
  { "v1/unknown-with-more", BYTES ("PROXY UNKNOWN ffff::1 what ever\r\n"), UNKNOWN },
  { "v1/of-107-bytes", BYTES ("PROXY UNKNOWN " X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"), UNKNOWN },
  { "v1/of-108-bytes", BYTES ("PROXY UNKNOWN " X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"), NULL },
  { "v1/no-end", BYTES ("PROXY UNKNOWN " X50 X50 X50), NULL },
  { "v1/no-family", BYTES ("PROXY \r\n"), NULL },
  { "v1/other-family", BYTES ("PROXY UDP4 192.0.2.1 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/family-in-lower-case", BYTES ("PROXY tcp4 192.0.2.1 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/prefix-in-lower-case", BYTES ("proxy TCP4 192.0.2.1 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/ipv6-as-ipv4", BYTES ("PROXY TCP4 2001:db8::1 ::1 1234 80\r\n"), NULL },
  { "v1/ipv4-as-ipv6", BYTES ("PROXY TCP6 192.0.2.1 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/host-name", BYTES ("PROXY TCP4 localhost 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/no-ports", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7\r\n"), NULL },
  { "v1/word-too-many", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 1234 80 1\r\n"), NULL },
  { "v1/two-blanks", BYTES ("PROXY TCP4  192.0.2.1 198.51.100.7 1234 80\r\n"), NULL },
  { "v1/port-65536", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 65536 80\r\n"), NULL },
  { "v1/server-port-65536", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 1 65536\r\n"), NULL },
  { "v1/port-with-zero", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 01234 80\r\n"), NULL },
  { "v1/port-negative", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 -1 80\r\n"), NULL },
  { "v1/bad-server-address", BYTES ("PROXY TCP4 192.0.2.1 198.51.100 1234 80\r\n"), NULL },
  { "v1/line-feed-alone", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.7 1234 80\n"), NULL },
  { "v1/nul", BYTES ("PROXY TCP4 192.0.2.1\0 198.51.100.7 1234 80\r\n"), NULL },
  { "v2/ipv4", BYTES (V2 "\x21\x11\x00\x0c" INET_4), "127.0.0.1 1234" },
  { "v2/ipv6", BYTES (V2 "\x21\x21\x00\x24" INET_6), "2001:db8::1 1234" },
  { "v2/datagram", BYTES (V2 "\x21\x12\x00\x0c" INET_4), "127.0.0.1 1234" },
  { "v2/with-a-tlv", BYTES (V2 "\x21\x11\x00\x13" INET_4 "\x01\x00\x04" "h2.0"), "127.0.0.1 1234" },
  { "v2/with-half-a-tlv", BYTES (V2 "\x21\x11\x00\x0e" INET_4 "\x01\xff"), "127.0.0.1 1234" },
  { "v2/local", BYTES (V2 "\x20\x00\x00\x00"), LOCAL },
  { "v2/local-with-an-address", BYTES (V2 "\x20\x11\x00\x0c" INET_4), LOCAL },
  { "v2/local-of-an-unknown-family", BYTES (V2 "\x20\xf5\x00\x01" "x"), LOCAL },
  { "v2/no-family", BYTES (V2 "\x21\x00\x00\x00"), UNKNOWN },
  { "v2/no-family-with-bytes", BYTES (V2 "\x21\x00\x00\x03" "abc"), UNKNOWN },
  { "v2/unix", BYTES (V2 "\x21\x31\x00\x02" "/a"), UNIX },
  { "v2/no-family-of-a-transport", BYTES (V2 "\x21\x01\x00\x00"), UNKNOWN },
  { "v2/ipv4-of-no-transport", BYTES (V2 "\x21\x10\x00\x0c" INET_4), UNKNOWN },
  { "v2/length-0", BYTES (V2 "\x21\x11\x00\x00"), NULL },
  { "v2/length-11", BYTES (V2 "\x21\x11\x00\x0b" INET_4), NULL },
  { "v2/ipv6-of-length-35", BYTES (V2 "\x21\x21\x00\x23" INET_6), NULL },
  { "v2/length-4081", BYTES (V2 "\x21\x11\x0f\xf1" INET_4), NULL },
  { "v2/length-65535", BYTES (V2 "\x21\x11\xff\xff" INET_4), NULL },
  { "v2/local-of-length-65535", BYTES (V2 "\x20\x00\xff\xff"), NULL },
  { "v2/version-1", BYTES (V2 "\x11\x11\x00\x0c" INET_4), NULL },
  { "v2/version-3", BYTES (V2 "\x31\x11\x00\x0c" INET_4), NULL },
  { "v2/command-2", BYTES (V2 "\x22\x11\x00\x0c" INET_4), NULL },
  { "v2/family-4", BYTES (V2 "\x21\x41\x00\x0c" INET_4), NULL },
  { "v2/transport-3", BYTES (V2 "\x21\x13\x00\x0c" INET_4), NULL },
  { "v2/wrong-signature", BYTES ("\r\n\r\n\0\r\nQUIT\r" "\x21\x11\x00\x0c" INET_4), NULL },
  { "other/request", BYTES ("GET / HTTP/1.1\r\n\r\n"), NULL },
  { "other/tls", BYTES ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), NULL },
  { "other/blank-line", BYTES ("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), NULL },
  { "other/method-with-p", BYTES ("PRI * HTTP/2.0\r\n\r\n"), NULL },
  { "other/zeros", BYTES ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), NULL },
};

static char *
show (const WspProxyHead *head)
{
  const WspNativeAddress *client = &head->client;
  char host[INET6_ADDRSTRLEN] = "";

  if (client->any.sa_family == AF_UNSPEC)
    return g_strdup (head->is_local ? LOCAL : UNKNOWN);
  g_assert_false (head->is_local);
  if (client->any.sa_family == AF_UNIX)
    return g_strdup (UNIX);

  if (client->any.sa_family == AF_INET)
    inet_ntop (AF_INET, &client->inet.sin_addr, host, sizeof host);
  else
    inet_ntop (AF_INET6, &client->inet6.sin6_addr, host, sizeof host);
  return g_strdup_printf ("%s %u", host,
                          ntohs (client->any.sa_family == AF_INET ? client->inet.sin_port
                                                                  : client->inet6.sin6_port));
}

/* A copy of its own, so that sanitizers see each byte too many. */
static WspProxyHeadResult
parse (const char   *bytes,
       gsize         length,
       WspProxyHead *head,
       gsize        *used)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length);

  return wsp_proxy_head_parse (copy, length, head, used);
}

/* Every cut of a head is partial, and nothing behind the head is taken. */
static void
test_head (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *followed = g_malloc (heads[i].length + 4096);
  gboolean is_refused = FALSE;

  for (gsize length = 0; length < heads[i].length; length++)
    {
      WspProxyHead head = { 0 };
      gsize used = 0;
      WspProxyHeadResult result = parse (heads[i].bytes, length, &head, &used);

      g_assert_cmpint (result, !=, WSP_PROXY_HEAD_COMPLETE);
      if (heads[i].client != NULL)
        g_assert_cmpint (result, ==, WSP_PROXY_HEAD_PARTIAL);
      if (is_refused)           /* once refused, more bytes change nothing */
        g_assert_cmpint (result, ==, WSP_PROXY_HEAD_INVALID);
      is_refused = result == WSP_PROXY_HEAD_INVALID;
    }

  memcpy (followed, heads[i].bytes, heads[i].length);
  memset (followed + heads[i].length, 'P', 4096);
  for (gsize more = 0; more <= 4096; more = 2 * more + 1)
    {
      WspProxyHead head = { 0 };
      gsize used = 0;
      WspProxyHeadResult result = parse (followed, heads[i].length + more, &head, &used);
      g_autofree char *shown = show (&head);

      g_assert_cmpint (result, ==, heads[i].client != NULL ? WSP_PROXY_HEAD_COMPLETE
                                                           : WSP_PROXY_HEAD_INVALID);
      if (heads[i].client != NULL)
        {
          g_assert_cmpstr (shown, ==, heads[i].client);
          g_assert_cmpuint (used, ==, heads[i].length);
        }
    }
}

/* The longest head of version 2 has 4096 bytes. */
static void
test_longest (void)
{
  g_autofree char *bytes = g_malloc0 (4096);
  WspProxyHead head;
  gsize used;

  memcpy (bytes, V2 "\x21\x11\x0f\xf0" INET_4, 28);
  g_assert_cmpint (parse (bytes, 4095, &head, &used), ==, WSP_PROXY_HEAD_PARTIAL);
  g_assert_cmpint (parse (bytes, 4096, &head, &used), ==, WSP_PROXY_HEAD_COMPLETE);
  g_assert_cmpuint (used, ==, 4096);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/endpoint/proxy-head/%s/%s",
                         heads[i].client != NULL ? "accepted" : "refused", heads[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_head);
    }
  g_test_add_func ("/endpoint/proxy-head/longest", test_longest);
  return g_test_run ();
}
