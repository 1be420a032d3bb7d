/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads a head of the PROXY protocol as HAProxy specifies it (proxy-protocol.txt, 2.1 and 2.2). */
#include "endpoint/opening/wsp-proxy-head-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "http/wsp-decimal-private.h"

#define V1_PREFIX "PROXY "
#define V1_MAX_LENGTH 107       /* bytes of a head of version 1, its end of line included */
#define V2_PREFIX "\r\n\r\n\0\r\nQUIT\n"
#define V2_PREFIX_LENGTH 12
#define V2_FIXED_LENGTH 16

static gboolean
proxy_head_begins_with (const guint8 *bytes,
                        gsize         length,
                        const char   *prefix,
                        gsize         prefix_length)
{
  return memcmp (bytes, prefix, MIN (length, prefix_length)) == 0;
}

/* A port has no zeros before it. */
static gboolean
parse_port (const char *text,
            in_port_t  *port)
{
  return (text[0] != '0' || text[1] == '\0') && wsp_decimal_parse_port (text, port);
}

/* Both addresses and both ports must be well-formed; those of the server are not used. */
static gboolean
parse_v1_addresses (char            **words,
                    WspNativeAddress *client)
{
  WspNativeAddress server = WSP_NO_NATIVE_ADDRESS;

  if (g_strv_length (words) != 6)
    return FALSE;

  if (g_str_equal (words[1], "TCP4"))
    {
      client->inet.sin_family = AF_INET;
      return inet_pton (AF_INET, words[2], &client->inet.sin_addr) == 1 &&
             inet_pton (AF_INET, words[3], &server.inet.sin_addr) == 1 &&
             parse_port (words[4], &client->inet.sin_port) &&
             parse_port (words[5], &server.inet.sin_port);
    }

  client->inet6.sin6_family = AF_INET6;
  return g_str_equal (words[1], "TCP6") &&
         inet_pton (AF_INET6, words[2], &client->inet6.sin6_addr) == 1 &&
         inet_pton (AF_INET6, words[3], &server.inet6.sin6_addr) == 1 &&
         parse_port (words[4], &client->inet6.sin6_port) &&
         parse_port (words[5], &server.inet6.sin6_port);
}

static WspProxyHeadResult
parse_v1 (const guint8 *bytes,
          gsize         length,
          WspProxyHead *head,
          gsize        *used)
{
  const guint8 *end = memchr (bytes, '\n', MIN (length, V1_MAX_LENGTH));
  WspNativeAddress found = WSP_NO_NATIVE_ADDRESS;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  if (end == NULL)
    return length < V1_MAX_LENGTH ? WSP_PROXY_HEAD_PARTIAL : WSP_PROXY_HEAD_INVALID;
  if (end[-1] != '\r' || memchr (bytes, '\0', end - bytes) != NULL)
    return WSP_PROXY_HEAD_INVALID;

  line = g_strndup ((const char *) bytes, end - 1 - bytes);
  words = g_strsplit (line, " ", -1);
  if (g_strv_length (words) < 2)
    return WSP_PROXY_HEAD_INVALID;
  if (!g_str_equal (words[1], "UNKNOWN") && !parse_v1_addresses (words, &found))
    return WSP_PROXY_HEAD_INVALID;

  *head = (WspProxyHead) { .client = found };
  *used = end + 1 - bytes;
  return WSP_PROXY_HEAD_COMPLETE;
}

/* Behind the fixed part: the addresses of client and server, then their ports. */
static WspNativeAddress
read_v2_client (const guint8 *bytes,
                guint         family)
{
  WspNativeAddress client = WSP_NO_NATIVE_ADDRESS;

  client.any.sa_family = family;
  if (family == AF_INET)
    {
      memcpy (&client.inet.sin_addr, bytes, 4);
      memcpy (&client.inet.sin_port, bytes + 8, 2);
    }
  else if (family == AF_INET6)
    {
      memcpy (&client.inet6.sin6_addr, bytes, 16);
      memcpy (&client.inet6.sin6_port, bytes + 32, 2);
    }

  return client;
}

/* The address of an unspecified family, or of an unspecified transport, is none. */
static WspProxyHeadResult
parse_v2 (const guint8 *bytes,
          gsize         length,
          WspProxyHead *head,
          gsize        *used)
{
  static const struct
  {
    guint family, length;       /* address family, and length in bytes of both addresses and
                                   ports */
  } families[] = { { AF_UNSPEC, 0 }, { AF_INET, 12 }, { AF_INET6, 36 }, { AF_UNIX, 0 } };

  if (length < V2_FIXED_LENGTH)
    return WSP_PROXY_HEAD_PARTIAL;

  const guint version = bytes[12] >> 4, command = bytes[12] & 0xf;
  const guint family = bytes[13] >> 4, transport = bytes[13] & 0xf;
  const gsize rest = bytes[14] << 8 | bytes[15];
  const gboolean is_local = command == 0;

  if (version != 2 || command > 1 || V2_FIXED_LENGTH + rest > WSP_PROXY_HEAD_MAX_LENGTH)
    return WSP_PROXY_HEAD_INVALID;
  if (!is_local && (family >= G_N_ELEMENTS (families) || transport > 2 ||
                    rest < families[family].length))
    return WSP_PROXY_HEAD_INVALID;
  if (length < V2_FIXED_LENGTH + rest)
    return WSP_PROXY_HEAD_PARTIAL;

  head->is_local = is_local;
  head->client = read_v2_client (bytes + V2_FIXED_LENGTH, is_local || transport == 0
                                                          ? AF_UNSPEC : families[family].family);
  *used = V2_FIXED_LENGTH + rest;
  return WSP_PROXY_HEAD_COMPLETE;
}

WspProxyHeadResult
wsp_proxy_head_parse (const guint8 *bytes,
                      gsize         length,
                      WspProxyHead *head,
                      gsize        *used)
{
  if (length == 0)
    return WSP_PROXY_HEAD_PARTIAL;
  if (proxy_head_begins_with (bytes, length, V2_PREFIX, V2_PREFIX_LENGTH))
    return parse_v2 (bytes, length, head, used);
  if (proxy_head_begins_with (bytes, length, V1_PREFIX, strlen (V1_PREFIX)))
    return parse_v1 (bytes, length, head, used);

  return WSP_PROXY_HEAD_INVALID;
}
