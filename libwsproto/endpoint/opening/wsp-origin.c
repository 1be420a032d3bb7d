/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Checks an Origin header against the server's host, or against a list.
 *
 * Scripts in a browser cannot forge Origin and Host.  Other programs can: these checks are not for
 * them.
 */
#include "endpoint/opening/wsp-origin-private.h"

#include <gio/gio.h>

/* The host of a Host header: without its port, IPv6 without its brackets. */
static char *
dup_host (const char *field)
{
  const char *end;

  if (field[0] == '[')
    {
      end = strchr (field, ']');
      return end != NULL ? g_strndup (field + 1, end - field - 1) : NULL;
    }

  end = strchr (field, ':');
  return end != NULL ? g_strndup (field, end - field) : g_strdup (field);
}

/* An origin is scheme, host and perhaps port, and nothing else (RFC 6454 6.1). */
static GUri *
parse_origin (const char *origin)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_ENCODED, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return NULL;

  if (g_uri_get_path (uri)[0] != '\0' || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    return NULL;

  return g_steal_pointer (&uri);
}

static int
get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (port > 0)
    return port;
  if (g_ascii_strcasecmp (g_uri_get_scheme (uri), "https") == 0)
    return 443;
  return g_ascii_strcasecmp (g_uri_get_scheme (uri), "http") == 0 ? 80 : -1;
}

static gboolean
are_same_origin (const char *left,
                 const char *right)
{
  g_autoptr (GUri) left_uri = parse_origin (left);
  g_autoptr (GUri) right_uri = parse_origin (right);

  /* "null" and malformed origins match only the same text. */
  if (left_uri == NULL || right_uri == NULL)
    return strcmp (left, right) == 0;

  return g_ascii_strcasecmp (g_uri_get_scheme (left_uri), g_uri_get_scheme (right_uri)) == 0 &&
         g_ascii_strcasecmp (g_uri_get_host (left_uri), g_uri_get_host (right_uri)) == 0 &&
         get_port (left_uri) == get_port (right_uri);
}

gboolean
wsp_origin_is_same_host (const char *origin,
                         const char *host)
{
  g_autoptr (GUri) uri = parse_origin (origin);
  g_autofree char *own = host != NULL ? dup_host (host) : NULL;

  return uri != NULL && own != NULL && g_ascii_strcasecmp (g_uri_get_host (uri), own) == 0;
}

gboolean
wsp_origin_is_listed (const char         *origin,
                      const char * const *origins)
{
  for (guint i = 0; origins != NULL && origins[i] != NULL; i++)
    {
      if (strcmp (origins[i], "*") == 0 || are_same_origin (origin, origins[i]))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_loopback_address (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

gboolean
wsp_host_is_local (const char         *host,
                   const char * const *names)
{
  g_autofree char *name = host != NULL ? dup_host (host) : NULL;

  if (name == NULL)
    return FALSE;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (name, names[i]) == 0)
        return TRUE;
    }

  g_autofree char *lower = g_ascii_strdown (name, -1);

  return strcmp (lower, "localhost") == 0 || g_str_has_suffix (lower, ".localhost") ||
         is_loopback_address (lower);
}
