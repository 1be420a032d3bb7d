/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-trusted-proxies-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/handshake/token-list.h"
#include "http/wsp-decimal-private.h"
#include "log/wsp-excerpt-private.h"

#define UNIX "unix"
#define MAX_SHOWN 80            /* bytes of a value */
#define N_BITS (8 * WSP_ADDRESS_LENGTH)

typedef struct
{
  guint8 address[WSP_ADDRESS_LENGTH];
  guint  n_bits;                /* number of leading bits of the address that count */
} Network;

struct _WspTrustedProxies
{
  gboolean has_unix;
  guint    n_networks;
  Network  networks[];
};

static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

const guint8 *
wsp_native_address_get_bytes (const struct sockaddr *address,
                              guint8                *bytes)
{
  if (address->sa_family == AF_INET6)
    memcpy (bytes, &((const struct sockaddr_in6 *) address)->sin6_addr, 16);
  else if (address->sa_family == AF_INET)
    {
      memcpy (bytes, mapped, sizeof mapped);
      memcpy (bytes + sizeof mapped, &((const struct sockaddr_in *) address)->sin_addr, 4);
    }

  return address->sa_family == AF_INET6 || address->sa_family == AF_INET ? bytes : NULL;
}

void
wsp_native_address_set (WspNativeAddress *self,
                        GSocketAddress   *address)
{
  *self = (WspNativeAddress) WSP_NO_NATIVE_ADDRESS;
  if (address != NULL && !g_socket_address_to_native (address, self, sizeof *self, NULL))
    self->any.sa_family = g_socket_address_get_family (address);
}

gboolean
wsp_native_address_is_ip (const WspNativeAddress *self)
{
  return self->any.sa_family == AF_INET || self->any.sa_family == AF_INET6;
}

static gboolean
trusted_proxies_parse_ip (const char       *text,
                          WspNativeAddress *address)
{
  *address = (WspNativeAddress) WSP_NO_NATIVE_ADDRESS;
  if (inet_pton (AF_INET, text, &address->inet.sin_addr) == 1)
    address->inet.sin_family = AF_INET;
  else if (inet_pton (AF_INET6, text, &address->inet6.sin6_addr) == 1)
    address->inet6.sin6_family = AF_INET6;

  return address->any.sa_family != AF_UNSPEC;
}

static gboolean
is_in_network (const Network *self,
               const guint8  *address)
{
  guint n_bytes = self->n_bits / 8, n_more = self->n_bits % 8;
  guint8 mask = n_more > 0 ? 0xff << (8 - n_more) : 0;

  return memcmp (self->address, address, n_bytes) == 0 &&
         (n_more == 0 || ((self->address[n_bytes] ^ address[n_bytes]) & mask) == 0);
}

static gboolean
parse_network (const char *text,
               Network    *network)
{
  const char *slash = strchr (text, '/');
  g_autofree char *host = slash != NULL ? g_strndup (text, slash - text) : g_strdup (text);
  WspNativeAddress address;
  guint64 n_bits;
  guint max;

  if (!trusted_proxies_parse_ip (host, &address))
    return FALSE;

  max = address.any.sa_family == AF_INET ? 32 : N_BITS;
  n_bits = max;
  if (slash != NULL && !wsp_decimal_parse_at_most (slash + 1, max, &n_bits))
    return FALSE;

  wsp_native_address_get_bytes (&address.any, network->address);
  network->n_bits = N_BITS - max + (guint) n_bits;
  return TRUE;
}

char *
wsp_trusted_proxy_find_mistake (const char *entry)
{
  Network network;

  if (g_str_equal (entry, UNIX) || parse_network (entry, &network))
    return NULL;

  g_autofree char *shown = wsp_excerpt_quote (entry, strlen (entry), MAX_SHOWN);

  return g_strdup_printf ("expected an IP address, a network or \"unix\", received %s "
                          "(list each proxy, such as \"10.0.0.0/8\")", shown);
}

WspTrustedProxies *
wsp_trusted_proxies_new (char **entries)
{
  WspTrustedProxies *self;

  if (entries == NULL)
    return NULL;

  self = g_malloc0 (sizeof *self + g_strv_length (entries) * sizeof self->networks[0]);
  for (guint i = 0; entries[i] != NULL; i++)
    {
      if (g_str_equal (entries[i], UNIX))
        self->has_unix = TRUE;
      else if (parse_network (entries[i], &self->networks[self->n_networks]))
        self->n_networks++;
    }

  return self;
}

void
wsp_trusted_proxies_free (WspTrustedProxies *self)
{
  g_free (self);
}

gboolean
wsp_trusted_proxies_have (const WspTrustedProxies *self,
                          const struct sockaddr   *address)
{
  guint8 bytes[WSP_ADDRESS_LENGTH];

  if (self == NULL)
    return FALSE;
  if (wsp_native_address_get_bytes (address, bytes) == NULL)
    return address->sa_family == AF_UNIX && self->has_unix;

  for (guint i = 0; i < self->n_networks; i++)
    {
      if (is_in_network (&self->networks[i], bytes))
        return TRUE;
    }

  return FALSE;
}

gboolean
wsp_trusted_proxies_may_use_proxy (const WspTrustedProxies *self,
                                   const struct sockaddr   *address)
{
  static const Network loopbacks[] = {
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 }, 104 },
    { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 128 },
  };

  guint8 bytes[WSP_ADDRESS_LENGTH];

  if (self != NULL)
    return wsp_trusted_proxies_have (self, address);
  if (wsp_native_address_get_bytes (address, bytes) == NULL)
    return address->sa_family == AF_UNIX;

  return is_in_network (&loopbacks[0], bytes) || is_in_network (&loopbacks[1], bytes);
}

/* An address, which some proxies write with a port: 192.0.2.1:80, [2001:db8::1]:80. */
static gboolean
parse_entry (const char       *entry,
             WspNativeAddress *address)
{
  const char *colon = strrchr (entry, ':');
  gboolean is_in_brackets = entry[0] == '[';
  gboolean has_port = colon != NULL && (is_in_brackets ? colon[-1] == ']'
                                                       : strchr (entry, ':') == colon);
  g_autofree char *host = has_port ? g_strndup (entry, colon - entry) : g_strdup (entry);
  gsize length = strlen (host);
  in_port_t port = 0;

  if (is_in_brackets && (length < 2 || host[length - 1] != ']'))
    return FALSE;

  if (is_in_brackets)
    {
      host[length - 1] = '\0';
      memmove (host, host + 1, length - 1);
    }
  if (!trusted_proxies_parse_ip (host, address) ||
      (is_in_brackets && address->any.sa_family != AF_INET6) ||
      (has_port && !wsp_decimal_parse_port (colon + 1, &port)))
    return FALSE;

  if (address->any.sa_family == AF_INET)
    address->inet.sin_port = port;
  else
    address->inet6.sin6_port = port;
  return TRUE;
}

/* All fields of the name are one list (RFC 9110 5.3). */
static char *
join_fields (WscFields fields)
{
  GString *joined = NULL;

  for (gsize i = 0; i < fields.n; i++)
    {
      if (!wsc_text_is_ignoring_case (fields.at[i].name, "X-Forwarded-For"))
        continue;

      if (joined == NULL)
        joined = g_string_new (NULL);
      else
        g_string_append_c (joined, ',');
      g_string_append_len (joined, (const char *) fields.at[i].value.at, fields.at[i].value.length);
    }

  return joined != NULL ? g_string_free (joined, FALSE) : NULL;
}

gboolean
wsp_trusted_proxies_find_client (const WspTrustedProxies *self,
                                 WscFields                fields,
                                 WspNativeAddress        *client,
                                 char                   **mistake)
{
  g_autofree char *list = join_fields (fields);
  gboolean is_trusted = list != NULL;

  while (is_trusted)
    {
      char *comma = strrchr (list, ',');
      char *entry = g_strstrip (comma != NULL ? comma + 1 : list);
      WspNativeAddress found;

      if (!parse_entry (entry, &found))
        {
          *mistake = wsp_excerpt_quote (entry, strlen (entry), MAX_SHOWN);
          return FALSE;
        }

      *client = found;
      is_trusted = comma != NULL && wsp_trusted_proxies_have (self, &found.any);
      if (comma != NULL)
        *comma = '\0';
    }

  return TRUE;
}
