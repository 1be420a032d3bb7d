/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Checks an Origin header against the server's host, or against a list.
 *
 * Scripts in a browser cannot forge Origin and Host.  Other programs can: these checks are not for
 * them.
 */
#include "endpoint/opening/wsp-origin-private.h"

#include <gio/gio.h>

#include "core/handshake/authority.h"
#include "core/handshake/token-list.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 100           /* bytes of a rule */

/* The host of a Host header that was checked: without its port, IPv6 without its brackets. */
static char *
origin_dup_host (const char *field)
{
  WscBytes host = wsc_authority_split (wsc_text (field)).host;

  return g_strndup ((const char *) host.at, host.length);
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
origin_get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  return port > 0 ? port : wsc_scheme_get_default_port (g_uri_get_scheme (uri));
}

/* Two texts of one origin have the same key.  "null" and malformed origins match only the same
 * text: no origin begins with a blank. */
static char *
origin_make_key (const char *origin)
{
  g_autoptr (GUri) uri = parse_origin (origin);

  if (uri == NULL)
    return g_strconcat (" ", origin, NULL);

  g_autofree char *scheme = g_ascii_strdown (g_uri_get_scheme (uri), -1);
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);

  return g_strdup_printf ("%s://%s:%d", scheme, host, origin_get_port (uri));
}

struct _WspOrigins
{
  GHashTable *keys;
  gboolean    has_any;          /* the list contains "*": any origin is allowed */
};

WspOrigins *
wsp_origins_new (const char * const *list)
{
  if (list == NULL)
    return NULL;

  WspOrigins *self = g_atomic_rc_box_new0 (WspOrigins);

  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; list[i] != NULL; i++)
    {
      g_hash_table_add (self->keys, origin_make_key (list[i]));
      self->has_any |= strcmp (list[i], "*") == 0;
    }

  return self;
}

WspOrigins *
wsp_origins_ref (WspOrigins *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
origins_clear (WspOrigins *self)
{
  g_hash_table_unref (self->keys);
}

void
wsp_origins_unref (WspOrigins *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) origins_clear);
}

gboolean
wsp_origins_have (const WspOrigins *self,
                  const char       *origin)
{
  if (self->has_any)
    return TRUE;

  g_autofree char *key = origin_make_key (origin);

  return g_hash_table_contains (self->keys, key);
}

gboolean
wsp_origin_is_same_host (const char *origin,
                         const char *host)
{
  g_autoptr (GUri) uri = parse_origin (origin);
  g_autofree char *own = host != NULL ? origin_dup_host (host) : NULL;

  return uri != NULL && own != NULL && g_ascii_strcasecmp (g_uri_get_host (uri), own) == 0;
}

static gboolean
origin_has_scheme (const char *rule,
                   const char *scheme)
{
  gsize length = strlen (scheme);

  return g_ascii_strncasecmp (rule, scheme, length) == 0 && g_str_has_prefix (rule + length, "://");
}

/* Scheme, host and port of an entry, as a page of that origin would send them. */
static char *
make_right_form (const char *rule)
{
  const char *mark = strstr (rule, "://");
  const char *authority = mark != NULL ? mark + strlen ("://") : rule + strspn (rule, "/");
  gsize length = strcspn (authority, "/?#");
  const char *at = g_strrstr_len (authority, (gssize) length, "@");
  const char *host = at != NULL ? at + 1 : authority;
  g_autofree char *scheme = mark != NULL ? g_strndup (rule, mark - rule) : g_strdup ("https");
  const char *of_page = origin_has_scheme (rule, "ws") ? "http"
                                                : origin_has_scheme (rule, "wss") ? "https"
                                                : scheme;
  g_autofree char *form = g_strdup_printf ("%s://%.*s", of_page, (int) (authority + length - host),
                                           host);
  g_autoptr (GUri) uri = parse_origin (form);

  return uri != NULL ? g_steal_pointer (&form) : NULL;
}

static gboolean
can_match (const char *rule)
{
  g_autoptr (GUri) uri = parse_origin (rule);

  /* Some browsers send "file://" for pages of files. */
  if (strcmp (rule, "*") == 0 || strcmp (rule, "null") == 0 || strcmp (rule, "file://") == 0)
    return TRUE;

  return uri != NULL && strchr (rule, '*') == NULL && !origin_has_scheme (rule, "ws") &&
         !origin_has_scheme (rule, "wss");
}

char *
wsp_origin_find_mistake (const char *rule)
{
  if (can_match (rule))
    return NULL;

  g_autofree char *shown = wsp_excerpt_quote (rule, strlen (rule), MAX_SHOWN);
  g_autofree char *form = strchr (rule, '*') == NULL ? make_right_form (rule) : NULL;

  if (strchr (rule, '*') != NULL)
    return g_strdup_printf ("expected scheme://host[:port] without a wildcard, received %s (list "
                            "each origin, or decide in WspServer::request)", shown);
  if (form == NULL)
    return g_strdup_printf ("expected scheme://host[:port], \"null\" or \"*\", received %s",
                            shown);

  g_autofree char *right = wsp_excerpt_quote (form, strlen (form), MAX_SHOWN);

  return g_strdup_printf ("expected scheme://host[:port], received %s (did you mean %s?)", shown,
                          right);
}

/* A name is compared with what origin_dup_host () leaves: no port, no brackets. */
static gboolean
is_host (const char *name)
{
  return g_hostname_is_ip_address (name) ||
         (name[0] != '\0' && name[strcspn (name, " \t/:?#@[]*,")] == '\0');
}

char *
wsp_host_find_mistake (const char *name)
{
  if (is_host (name))
    return NULL;

  g_autofree char *shown = wsp_excerpt_quote (name, strlen (name), MAX_SHOWN);

  return g_strdup_printf ("expected a host name without scheme, port and path, received %s "
                          "(list each name, such as \"app.internal\")", shown);
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
  g_autofree char *name = host != NULL ? origin_dup_host (host) : NULL;

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
