/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-proxy-header.h"

#include <string.h>

#define MAX_LINE 107            /* bytes of version 1, with its line end */
#define FIXED 16                /* bytes of version 2 before the addresses */
#define IS_PROXIED 1            /* command of version 2 for a client; the other one is for the load
                                 * balancer itself */

static const char version_1[] = "PROXY ", version_2[] = "\r\n\r\n\0\r\nQUIT\n";

static gboolean
proxy_header_begins_with (const guint8 *at,
                          gsize         length,
                          const char   *start,
                          gsize         n_start)
{
  return memcmp (at, start, MIN (length, n_start)) == 0;
}

/* PROXY TCP4 192.0.2.1 192.0.2.2 50000 80, and UNKNOWN with anything behind it. */
static WsiProxyHeader
proxy_header_read_line (const guint8 *at,
                        gsize         length,
                        gsize        *used,
                        WsiEndpoint  *client)
{
  const guint8 *end = memchr (at, '\n', MIN (length, MAX_LINE));
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  guint64 port;

  if (end == NULL)
    return length < MAX_LINE ? WSI_PROXY_HEADER_MORE : WSI_PROXY_HEADER_NONE;

  *used = (gsize) (end + 1 - at);
  line = g_strchomp (g_strndup ((const char *) at, *used));
  words = g_strsplit (line, " ", -1);
  if (g_strv_length (words) != 6)
    return g_strcmp0 (words[1], "UNKNOWN") == 0 ? WSI_PROXY_HEADER_READ : WSI_PROXY_HEADER_NONE;

  address = g_inet_address_new_from_string (words[2]);
  if (address == NULL || !g_ascii_string_to_unsigned (words[4], 10, 0, G_MAXUINT16, &port, NULL))
    return WSI_PROXY_HEADER_NONE;

  memcpy (client->address, g_inet_address_to_bytes (address),
          g_inet_address_get_native_size (address));
  client->family = g_inet_address_get_family (address);
  client->port = (guint16) port;
  return WSI_PROXY_HEADER_READ;
}

static WsiProxyHeader
read_binary (const guint8 *at,
             gsize         length,
             gsize        *used,
             WsiEndpoint  *client)
{
  static const struct
  {
    guint8        family;
    gsize         n_address;
    GSocketFamily socket_family;
  } families[] = {
    { 1, 4, G_SOCKET_FAMILY_IPV4 }, { 2, 16, G_SOCKET_FAMILY_IPV6 },
  };
  gsize n_rest;

  if (length < FIXED)
    return WSI_PROXY_HEADER_MORE;
  if (at[12] >> 4 != 2 || (at[12] & 15) > IS_PROXIED)
    return WSI_PROXY_HEADER_NONE;

  n_rest = (gsize) at[14] << 8 | at[15];
  if (length - FIXED < n_rest)
    return WSI_PROXY_HEADER_MORE;

  *used = FIXED + n_rest;
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      const guint8 *port = at + FIXED + 2 * families[i].n_address;

      if ((at[12] & 15) != IS_PROXIED || at[13] >> 4 != families[i].family ||
          n_rest < 2 * families[i].n_address + 4)
        continue;

      memcpy (client->address, at + FIXED, families[i].n_address);
      client->family = families[i].socket_family;
      client->port = (guint16) (port[0] << 8 | port[1]);
    }
  return WSI_PROXY_HEADER_READ;
}

WsiProxyHeader
wsi_proxy_header_read (const guint8 *at,
                       gsize         length,
                       gsize        *used,
                       WsiEndpoint  *client)
{
  memset (client, 0, sizeof *client);
  if (proxy_header_begins_with (at, length, version_1, strlen (version_1)))
    return proxy_header_read_line (at, length, used, client);
  if (proxy_header_begins_with (at, length, version_2, sizeof version_2 - 1))
    return read_binary (at, length, used, client);

  return WSI_PROXY_HEADER_NONE;
}
