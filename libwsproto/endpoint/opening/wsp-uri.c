/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* URI of a WebSocket.  GUri does the grammar; what RFC 6455 3 demands beyond it is judged here,
 * before any input or output.  User name and password are kept apart: they stand in no header of
 * their own accord, in no log and no error text. */
#include "endpoint/opening/wsp-uri-private.h"

#include <libwsproto/session/wsp-session-error.h>
#include <sys/un.h>

#define PORT_WS 80
#define PORT_WSS 443
#define URI_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD)

static gboolean
refuse (GError    **error,
        const char *reason)
{
  g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT, reason);
  return FALSE;
}

static gboolean
check_characters (const char *text,
                  GError    **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, "URI is not UTF-8");

  for (const char *at = text; *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at) || *at == ' ')
        return refuse (error, "URI holds a space or a control character");
    }

  return TRUE;
}

static gboolean
parse_scheme (const char   *scheme,
              WspUriScheme *value,
              GError      **error)
{
  if (g_ascii_strcasecmp (scheme, "ws") == 0)
    *value = WSP_URI_SCHEME_WS;
  else if (g_ascii_strcasecmp (scheme, "wss") == 0)
    *value = WSP_URI_SCHEME_WSS;
  else if (g_ascii_strcasecmp (scheme, "ws+unix") == 0)
    *value = WSP_URI_SCHEME_WS_UNIX;
  else
    return refuse (error, "URI has another scheme than ws, wss or ws+unix");

  return TRUE;
}

static gboolean
is_host_name (const char *host)
{
  for (const char *at = host; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("-._", *at) == NULL)
        return FALSE;
    }

  return host[0] != '\0';
}

/* A literal keeps its brackets in Host, but not its zone, which only this machine knows. */
static char *
make_host_field (const char *host,
                 guint16     port,
                 guint16     default_port)
{
  g_autofree char *name = NULL;

  if (strchr (host, ':') != NULL)
    {
      int length = strcspn (host, "%");

      name = g_strdup_printf ("[%.*s]", length, host);
    }
  else
    {
      name = g_strdup (host);
    }

  return port == default_port ? g_steal_pointer (&name) : g_strdup_printf ("%s:%u", name, port);
}

static gboolean
parse_host (GUri    *uri,
            WspUri  *self,
            GError **error)
{
  const char *host = g_uri_get_host (uri);
  guint16 default_port = self->scheme == WSP_URI_SCHEME_WSS ? PORT_WSS : PORT_WS;
  int port = g_uri_get_port (uri);

  if (host == NULL || host[0] == '\0')
    return refuse (error, "URI names no host");

  if (port == 0 || port > G_MAXUINT16)
    return refuse (error, "Port of the URI is not 1 to 65535");

  if (strchr (host, ':') != NULL)
    self->host = g_strdup (host);
  else
    self->host = g_hostname_to_ascii (host);

  if (self->host == NULL || (strchr (host, ':') == NULL && !is_host_name (self->host)))
    return refuse (error, "Host of the URI is not a host name");

  self->port = port > 0 ? port : default_port;
  self->host_field = make_host_field (self->host, self->port, default_port);
  return TRUE;
}

static void
append_ascii (GString    *to,
              const char *text)
{
  for (const guchar *at = (const guchar *) text; *at != '\0'; at++)
    {
      if (*at < 0x80)
        g_string_append_c (to, *at);
      else
        g_string_append_printf (to, "%%%02X", *at);
    }
}

static char *
make_resource (const char *path,
               const char *query)
{
  GString *resource = g_string_new (NULL);

  if (path[0] != '/')
    g_string_append_c (resource, '/');
  append_ascii (resource, path);

  if (query != NULL)
    {
      g_string_append_c (resource, '?');
      append_ascii (resource, query);
    }

  return g_string_free (resource, FALSE);
}

/* ws+unix:/path/of/the/socket:/resource */
static gboolean
parse_socket_path (GUri    *uri,
                   WspUri  *self,
                   GError **error)
{
  const char *host = g_uri_get_host (uri);
  const char *path = g_uri_get_path (uri);
  gsize length = strcspn (path, ":");

  if (host != NULL && host[0] != '\0')
    return refuse (error, "URI of a Unix socket names a host");

  self->socket_path = g_uri_unescape_segment (path, path + length, NULL);
  if (self->socket_path == NULL || self->socket_path[0] != '/')
    return refuse (error, "URI names no absolute path of a Unix socket");

  if (strlen (self->socket_path) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    return refuse (error, "Path of the Unix socket is too long");

  self->host_field = g_strdup ("localhost");
  self->resource = make_resource (path[length] == ':' ? path + length + 1 : "",
                                  g_uri_get_query (uri));
  return TRUE;
}

static gboolean
parse_place (GUri    *uri,
             WspUri  *self,
             GError **error)
{
  switch (self->scheme)
    {
    case WSP_URI_SCHEME_WS:
    case WSP_URI_SCHEME_WSS:
      self->resource = make_resource (g_uri_get_path (uri), g_uri_get_query (uri));
      return parse_host (uri, self, error);
    case WSP_URI_SCHEME_WS_UNIX:
      return parse_socket_path (uri, self, error);
    }

  g_assert_not_reached ();
}

static WspUri *
parse (GUri    *uri,
       GError **error)
{
  g_autoptr (WspUri) self = g_new0 (WspUri, 1);

  if (!parse_scheme (g_uri_get_scheme (uri), &self->scheme, error))
    return NULL;

  if (g_uri_get_fragment (uri) != NULL)
    {
      refuse (error, "URI has a fragment");
      return NULL;
    }

  if (!parse_place (uri, self, error))
    return NULL;

  self->user = g_uri_unescape_string (g_uri_get_user (uri), NULL);
  self->password = g_uri_unescape_string (g_uri_get_password (uri), NULL);
  self->text = g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO);
  return g_steal_pointer (&self);
}

WspUri *
wsp_uri_parse (const char *text,
               GError    **error)
{
  if (!check_characters (text, error))
    return NULL;

  g_autoptr (GUri) uri = g_uri_parse (text, URI_FLAGS, NULL);

  if (uri == NULL)
    {
      refuse (error, "URI is malformed");
      return NULL;
    }

  return parse (uri, error);
}

WspUri *
wsp_uri_resolve (WspUri     *self,
                 const char *reference,
                 GError    **error)
{
  g_autoptr (GUri) base = g_uri_parse (self->text, URI_FLAGS, NULL);

  if (!check_characters (reference, error))
    return NULL;

  g_autoptr (GUri) uri = g_uri_parse_relative (base, reference, URI_FLAGS, NULL);

  if (uri == NULL)
    {
      refuse (error, "URI is malformed");
      return NULL;
    }

  WspUri *resolved = parse (uri, error);

  if (resolved == NULL)
    return NULL;

  g_clear_pointer (&resolved->user, g_free);
  g_clear_pointer (&resolved->password, g_free);
  return resolved;
}

void
wsp_uri_free (WspUri *self)
{
  g_free (self->host);
  g_free (self->socket_path);
  g_free (self->resource);
  g_free (self->host_field);
  g_free (self->user);
  g_free (self->password);
  g_free (self->text);
  g_free (self);
}

gboolean
wsp_uri_is_same_origin (WspUri *self,
                        WspUri *other)
{
  return self->scheme == other->scheme && self->port == other->port &&
         g_strcmp0 (self->socket_path, other->socket_path) == 0 &&
         (self->host == other->host ||
          (self->host != NULL && other->host != NULL &&
           g_ascii_strcasecmp (self->host, other->host) == 0));
}
