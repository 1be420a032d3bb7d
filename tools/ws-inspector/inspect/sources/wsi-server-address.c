/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-server-address.h"

#include <gio/gio.h>
#include <string.h>

#define DIGITS "0123456789"
#define AFTER_AUTHORITY "/?#"

static const struct
{
  const char             *written, *meant;
  WsiServerAddressChanges change;
} schemes[] = {
  { "ws://", "ws://", 0 },
  { "wss://", "wss://", 0 },
  { "http://", "ws://", WSI_SERVER_ADDRESS_SCHEME_REPLACED },
  { "https://", "wss://", WSI_SERVER_ADDRESS_SCHEME_REPLACED },
};

static gboolean
server_address_is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, DIGITS)] == '\0';
}

static gboolean
is_ipv6 (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

/* Whether the user is at the scheme still: such a text says nothing of a host. */
static gboolean
is_part_of_scheme (const char *text)
{
  gsize length = strlen (text);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (text, schemes[i].written, length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
server_address_is_name (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-._", *at) == NULL && (*at & 0x80) == 0)
      return FALSE;

  return *text != '\0';
}

/* The host has no brackets.  As in the address to listen on, "::1:3000" has a port. */
static char *
make_ipv6_authority (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);

  if (colon != NULL && server_address_is_number (colon + 1) && is_ipv6 (host))
    return g_strdup_printf ("[%s]%s", host, colon);
  return is_ipv6 (text) ? g_strdup_printf ("[%s]", text) : NULL;
}

static gboolean
is_bracketed (const char *text)
{
  const char *end = *text == '[' ? strchr (text, ']') : NULL;
  g_autofree char *host = end != NULL ? g_strndup (text + 1, end - text - 1) : NULL;

  return host != NULL && is_ipv6 (host) &&
         (end[1] == '\0' || (end[1] == ':' && server_address_is_number (end + 2)));
}

/* Makes the authority of a text that has no scheme.  NULL: it has none.  A user name and a password
 * are refused: the scheme decides who can read them, so it is not guessed. */
static char *
server_address_make_authority (const char *text)
{
  const char *port = *text == ':' ? text + 1 : text;
  gsize length = strcspn (text, ":");
  g_autofree char *name = g_strndup (text, length);

  if (server_address_is_number (port))
    return g_strconcat ("localhost:", port, NULL);
  if (is_bracketed (text) ||
      (server_address_is_name (name) && !is_part_of_scheme (text) &&
       (text[length] == '\0' || server_address_is_number (text + length + 1))))
    return g_strdup (text);

  return make_ipv6_authority (text);
}

/* Splits a text.  FALSE: it names no server. */
static gboolean
server_address_split (const char              *text,
                      char                   **authority, /* authority with its scheme */
                      const char             **rest,
                      WsiServerAddressChanges *changes)
{
  g_autofree char *host = NULL;
  const char *meant = "ws://";

  *changes = WSI_SERVER_ADDRESS_SCHEME_ADDED;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (text, schemes[i].written, strlen (schemes[i].written)) == 0)
      {
        text += strlen (schemes[i].written);
        meant = schemes[i].meant;
        *changes = schemes[i].change;
        break;
      }

  *rest = text + strcspn (text, AFTER_AUTHORITY);
  host = g_strndup (text, *rest - text);
  if (*changes == WSI_SERVER_ADDRESS_SCHEME_ADDED)
    {
      g_autofree char *written = g_steal_pointer (&host);

      host = server_address_make_authority (written);
    }
  if (host == NULL || *host == '\0')
    return FALSE;

  *authority = g_strconcat (meant, host, NULL);
  return TRUE;
}

char *
wsi_server_address_make_uri (const char              *text,
                             WsiServerAddressForm     form,
                             WsiServerAddressChanges *changes)
{
  g_autofree char *authority = NULL;
  const char *rest;
  WsiServerAddressChanges found = 0;
  char *uri;

  if (!server_address_split (text, &authority, &rest, &found))
    {
      found = 0;
      uri = g_strdup (text);
    }
  else if (form == WSI_SERVER_ADDRESS_WITH_PATH)
    uri = g_strconcat (authority, rest, NULL);
  else
    {
      if (*rest != '\0' && strcmp (rest, "/") != 0)
        found |= WSI_SERVER_ADDRESS_PATH_LEFT_OUT;
      uri = g_steal_pointer (&authority);
    }

  if (changes != NULL)
    *changes = found;
  return uri;
}
