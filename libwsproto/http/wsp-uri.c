/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* URI of a WebSocket.  GUri parses it; this file checks the rules that RFC 6455 3 adds, before any
 * input or output.  GUri decodes the host, which can then have any byte, so the decoded host is
 * checked: it is written into the request's head.  User name and password are stored separately:
 * no log and no error text has them.
 *
 * The text of a reason says what was expected; parse_relative () puts the URI before it. */
#include "http/wsp-uri-private.h"

#include <libwsproto/base/wsp-error.h>
#include <sys/un.h>

#include "core/handshake/authority.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 100           /* bytes of a URI in an error text */
#define MAX_SOCKET_PATH (sizeof (((struct sockaddr_un *) NULL)->sun_path) - 1)
#define EXPECTED_PORT "expected a port from 1 to 65535"
#define EXPECTED_HOST "expected a host name or an IP address"
/* Besides letters, digits, ":" and "%" (RFC 3986 3.2.1). */
#define USER_CHARACTERS "-._~!$&'()*+,;="
#define EXPECTED_CREDENTIALS "expected user name and password without colons and control " \
  "characters, and other bytes as % and two hexadecimal digits"
#define URI_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD)

static gboolean
uri_refuse (GError    **error,
            const char *reason)
{
  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT, reason);
  return FALSE;
}

G_GNUC_PRINTF (2, 3)
static gboolean
uri_refuse_with (GError    **error,
                 const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (WSP_ERROR,
                                                WSP_ERROR_INVALID_ARGUMENT, format,
                                                arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
check_characters (const char *text,
                  GError    **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    return uri_refuse (error, "expected UTF-8 (write other bytes as % and two hexadecimal digits)");

  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == ' ')
        return uri_refuse (error, "expected no blanks, received a space (write it as %20)");
      if (g_ascii_iscntrl (*at))
        return uri_refuse_with (error, "expected no control characters, received \\x%02x", *at);
    }

  return TRUE;
}

/* Returns the text from "//" to the path; length 0 if there is none (RFC 3986 3.2). */
static const char *
find_authority (const char *text,
                gsize      *length)
{
  const char *slash = text + strcspn (text, "/?#");
  gboolean has_authority = g_str_has_prefix (slash, "//") && (slash == text || slash[-1] == ':');
  const char *authority = has_authority ? slash + strlen ("//") : text;

  *length = has_authority ? strcspn (authority, "/?#") : 0;
  return authority;
}

static gboolean
check_user_character (char     byte,
                      GError **error)
{
  static const char expected[] =
    "expected user name and password of letters, digits and " USER_CHARACTERS;

  if (g_ascii_isalnum (byte) || strchr (USER_CHARACTERS ":%", byte) != NULL)
    return TRUE;
  if (g_ascii_isgraph (byte))
    return uri_refuse_with (error, "%s (write %c as %%%02X)", expected, byte, byte);

  return uri_refuse_with (error, "%s (write each other byte as %% and two hexadecimal digits)",
                          expected);
}

/* Whether authority, of this length, can only be a host, or a host and a port.  Any number is a
 * port here: a URI that is refused for its port is shown, too. */
static gboolean
is_host_and_port (const char *authority,
                  gsize       length)
{
  const WscBytes text = { (const guint8 *) authority, length };
  WscBytes port = wsc_authority_split (text).port;

  return length > 0 && memchr (authority, '@', length) == NULL &&
         strspn ((const char *) port.at, "0123456789") == port.length;
}

/* GUri takes more characters than RFC 3986 has, and programs do not agree on what they mean: in a
 * browser, a backslash ends the host. */
static gboolean
check_authority (const char *text,
                 GError    **error)
{
  gsize length;
  const char *authority = find_authority (text, &length);
  const char *at = g_strrstr_len (authority, (gssize) length, "@");
  const char *host = at != NULL ? at + 1 : authority;
  const char *zone = memchr (host, '%', authority + length - host);

  for (const char *user = authority; at != NULL && user < at; user++)
    {
      if (!check_user_character (*user, error))
        return FALSE;
    }

  /* The user name or the password has the byte that ends the authority. */
  if (at == NULL && length > 0 && !is_host_and_port (authority, length) &&
      strchr (authority + length, '@') != NULL)
    return check_user_character (authority[length], error);

  if (length > 0 && host[0] == '[' && zone != NULL && !g_str_has_prefix (zone, "%25"))
    return uri_refuse (error, "expected %25 before the zone of an IPv6 address, as in "
                       "[fe80::1%25eth0]");

  return TRUE;
}

/* Escapes bytes that RFC 3986 has neither in a path nor in a query. */
static char *
escape_outside_authority (const char *text)
{
  gsize length;
  const char *authority = find_authority (text, &length);
  GString *escaped = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      const guchar byte = at[0];
      gboolean is_escaped = byte >= 0x80 || strchr ("\"<>[\\]^`{|}", byte) != NULL;

      if (is_escaped && (at < authority || at >= authority + length))
        g_string_append_printf (escaped, "%%%02X", byte);
      else
        g_string_append_c (escaped, byte);
    }

  return g_string_free (escaped, FALSE);
}

static const char *const schemes[] = {
  [WSP_URI_SCHEME_WS] = "ws",
  [WSP_URI_SCHEME_WSS] = "wss",
  [WSP_URI_SCHEME_WS_UNIX] = "ws+unix",
};

static gboolean
find_scheme (const char   *scheme,
             WspUriScheme *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (g_ascii_strcasecmp (scheme, schemes[i]) == 0)
        {
          *value = (WspUriScheme) i;
          return TRUE;
        }
    }

  return FALSE;
}

static char *
uri_show (const char *text)
{
  g_autofree char *shown = wsp_uri_hide_credentials (text);
  char *query = strchr (shown, '?');

  /* The query is hidden: it may be as secret as a password. */
  if (query != NULL && query[1] != '\0')
    {
      g_autofree char *whole = g_steal_pointer (&shown);

      query[1] = '\0';
      shown = g_strconcat (whole, "...", NULL);
    }

  return wsp_excerpt_quote (shown, strlen (shown), MAX_SHOWN);
}

/* text: the URI after its scheme and slashes. */
static gboolean
refuse_and_suggest (GError    **error,
                    const char *reason,
                    const char *scheme,
                    const char *text)
{
  g_autofree char *whole = g_strconcat (scheme, "://", text, NULL);
  g_autofree char *shown = uri_show (whole);

  return uri_refuse_with (error, "%s (did you mean %s?)", reason, shown);
}

/* GUri finds a scheme in "localhost:8080/" and in "user:password@host/". */
static gboolean
has_no_scheme (const char *text,
               const char *scheme)
{
  const char *rest = scheme != NULL ? text + strlen (scheme) + strlen (":") : NULL;

  return rest == NULL || g_ascii_isdigit (rest[0]) ||
         (!g_str_has_prefix (rest, "//") && strchr (rest, '@') != NULL);
}

static gboolean
check_scheme (const char *text,
              GError    **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (text);
  const char *rest = scheme != NULL ? text + strlen (scheme) + strlen (":") : text;
  WspUriScheme known;

  if (scheme != NULL && find_scheme (scheme, &known))
    return TRUE;

  if (has_no_scheme (text, scheme) && strspn (text, "/:?#") == strlen (text))
    return uri_refuse (error, "expected ws://host/path, wss://host/path or ws+unix:/path");
  if (has_no_scheme (text, scheme))
    return refuse_and_suggest (error, "expected a scheme, received none", "ws",
                               text + strspn (text, "/:"));

  rest += strspn (rest, "/");
  if (g_ascii_strcasecmp (scheme, "http") == 0)
    return refuse_and_suggest (error, "expected scheme ws, received http", "ws", rest);
  if (g_ascii_strcasecmp (scheme, "https") == 0)
    return refuse_and_suggest (error, "expected scheme wss, received https", "wss", rest);

  g_autofree char *shown = wsp_excerpt_quote (scheme, strlen (scheme), MAX_SHOWN / 4);

  return uri_refuse_with (error, "expected scheme ws, wss or ws+unix, received %s", shown);
}

static gboolean
is_made_of (const char *text,
            const char *others)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr (others, *at) == NULL)
        return FALSE;
    }

  return text[0] != '\0';
}

/* A host with a colon must be an IPv6 address.  Its zone is local to this machine: RFC 6874 2. */
static gboolean
is_literal (const char *host)
{
  const char *zone = strchr (host, '%');
  g_autofree char *text = zone != NULL ? g_strndup (host, zone - host) : g_strdup (host);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && (zone == NULL || is_made_of (zone + 1, "-._~"));
}

/* GUri has converted a name that is not ASCII to A-labels. */
static char *
make_host (const char *host)
{
  if (strchr (host, ':') != NULL)
    return is_literal (host) ? g_strdup (host) : NULL;

  return is_made_of (host, "-._") ? g_ascii_strdown (host, -1) : NULL;
}

/* A literal keeps its brackets in Host, but not its zone, which only this machine knows. */
static char *
make_host_field (const char *host,
                 guint16     port,
                 guint16     default_port)
{
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  GString *field = g_string_new (is_ipv6 ? "[" : "");

  g_string_append_len (field, host, strcspn (host, "%"));
  if (is_ipv6)
    g_string_append_c (field, ']');
  if (port != default_port)
    g_string_append_printf (field, ":%u", port);
  return g_string_free (field, FALSE);
}

static gboolean
uri_parse_host (GUri    *uri,
                WspUri  *self,
                GError **error)
{
  const char *host = g_uri_get_host (uri);
  guint16 default_port = wsc_scheme_get_default_port (schemes[self->scheme]);
  int port = g_uri_get_port (uri);

  if (host == NULL || host[0] == '\0')
    return uri_refuse_with (error, "expected a host after %s://", schemes[self->scheme]);

  if (port == 0)        /* GUri refuses a port above 65535 */
    return uri_refuse (error, EXPECTED_PORT);

  self->host = make_host (host);
  if (self->host == NULL || strlen (self->host) > WSP_MAX_HOST)
    return uri_refuse (error, EXPECTED_HOST);

  self->port = port > 0 ? port : default_port;
  self->host_field = make_host_field (self->host, self->port, default_port);

  return TRUE;
}

static char *
make_resource (const char *path,
               const char *query)
{
  GString *resource = g_string_new (NULL);

  if (path[0] != '/')
    g_string_append_c (resource, '/');
  g_string_append (resource, path);

  if (query != NULL)
    {
      g_string_append_c (resource, '?');
      g_string_append (resource, query);
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
    return uri_refuse (error, "expected ws+unix:/path, received a host");

  self->socket_path = g_uri_unescape_segment (path, path + length, NULL);
  if (self->socket_path == NULL || self->socket_path[0] != '/')
    return uri_refuse (error, "expected ws+unix: and the absolute path of a socket");

  if (strlen (self->socket_path) > MAX_SOCKET_PATH)
    return uri_refuse_with (error, "expected a socket path of at most %zu bytes, received %zu",
                            MAX_SOCKET_PATH, strlen (self->socket_path));

  self->host_field = g_strdup ("localhost");
  self->resource = make_resource (path[length] == ':' ? path + length + 1 : "",
                                  g_uri_get_query (uri));
  return TRUE;
}

static gboolean
parse_location (GUri    *uri,
                WspUri  *self,
                GError **error)
{
  switch (self->scheme)
    {
    case WSP_URI_SCHEME_WS:
    case WSP_URI_SCHEME_WSS:
      self->resource = make_resource (g_uri_get_path (uri), g_uri_get_query (uri));
      return uri_parse_host (uri, self, error);
    case WSP_URI_SCHEME_WS_UNIX:
      return parse_socket_path (uri, self, error);
    }

  g_assert_not_reached ();
}

/* Fails for a byte that RFC 7617 2 excludes: the server would read other credentials. */
static gboolean
decode_credential (const char *encoded,
                   const char *excluded,
                   char      **decoded,
                   GError    **error)
{
  if (encoded == NULL)
    return TRUE;

  *decoded = g_uri_unescape_string (encoded, NULL);
  for (const char *at = *decoded; at != NULL && *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at) || strchr (excluded, *at) != NULL)
        g_clear_pointer (decoded, g_free);
      if (*decoded == NULL)
        break;
    }

  if (*decoded == NULL)
    return uri_refuse (error, EXPECTED_CREDENTIALS);

  return TRUE;
}

static gboolean
parse_credentials (GUri    *uri,
                   WspUri  *self,
                   GError **error)
{
  const char *user = g_uri_get_user (uri);
  const char *password = g_uri_get_password (uri);

  if ((user == NULL || user[0] == '\0') && (password == NULL || password[0] == '\0'))
    return TRUE;

  return decode_credential (user, ":", &self->user, error) &&
         decode_credential (password, "", &self->password, error);
}

static WspUri *
uri_parse (GUri    *uri,
           GError **error)
{
  g_autoptr (WspUri) self = g_new0 (WspUri, 1);

  if (!find_scheme (g_uri_get_scheme (uri), &self->scheme))
    {
      uri_refuse (error, "expected scheme ws, wss or ws+unix");
      return NULL;
    }

  if (g_uri_get_fragment (uri) != NULL)
    {
      uri_refuse (error, "expected no fragment (write # as %23)");
      return NULL;
    }

  if (!parse_location (uri, self, error) || !parse_credentials (uri, self, error))
    return NULL;

  self->text = g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO);
  return g_steal_pointer (&self);
}

/* GLib's error texts quote parts of the URI, so they are not passed on. */
static const char *
describe_malformed (const GError *error)
{
  switch ((GUriError) error->code)
    {
    case G_URI_ERROR_BAD_PORT:
      return EXPECTED_PORT;
    case G_URI_ERROR_BAD_HOST:
      return EXPECTED_HOST;
    case G_URI_ERROR_BAD_USER:
    case G_URI_ERROR_BAD_PASSWORD:
    case G_URI_ERROR_BAD_AUTH_PARAMS:
      return EXPECTED_CREDENTIALS;
    case G_URI_ERROR_BAD_SCHEME:
    case G_URI_ERROR_BAD_PATH:
    case G_URI_ERROR_BAD_QUERY:
    case G_URI_ERROR_BAD_FRAGMENT:
    case G_URI_ERROR_FAILED:
      return "expected % and two hexadecimal digits for an escaped byte";
    }

  g_assert_not_reached ();
}

/* Frameworks, and servers behind a proxy, redirect to http and mean ws. */
static char *
replace_http (const char *reference)
{
  gsize length = strcspn (reference, ":");

  if (g_ascii_strncasecmp (reference, "http:", strlen ("http:")) == 0)
    return g_strconcat ("ws", reference + length, NULL);
  if (g_ascii_strncasecmp (reference, "https:", strlen ("https:")) == 0)
    return g_strconcat ("wss", reference + length, NULL);

  return g_strdup (reference);
}

static WspUri *
parse_text (GUri       *base,
            const char *text,
            GError    **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GUri) uri = NULL;

  if (!check_characters (text, error) || (base == NULL && !check_scheme (text, error)) ||
      !check_authority (text, error))
    return NULL;

  g_autofree char *escaped = escape_outside_authority (text);
  g_autofree char *reference = base != NULL ? replace_http (escaped) : g_strdup (escaped);

  uri = g_uri_parse_relative (base, reference, URI_FLAGS, &wrong);
  if (uri == NULL)
    {
      uri_refuse (error, describe_malformed (wrong));
      return NULL;
    }

  return uri_parse (uri, error);
}

/* base NULL: text is a whole URI. */
static WspUri *
parse_relative (GUri       *base,
                const char *text,
                GError    **error)
{
  WspUri *self = parse_text (base, text, error);

  if (self == NULL && error != NULL)
    {
      g_autofree char *shown = uri_show (text);

      g_prefix_error (error, "Invalid URI %s: ", shown);
    }
  return self;
}

WspUri *
wsp_uri_parse (const char *text,
               GError    **error)
{
  return parse_relative (NULL, text, error);
}

WspUri *
wsp_uri_resolve (WspUri     *self,
                 const char *reference,
                 GError    **error)
{
  g_autoptr (GUri) base = g_uri_parse (self->text, URI_FLAGS, NULL);
  WspUri *resolved = parse_relative (base, reference, error);

  if (resolved == NULL)
    return NULL;

  g_clear_pointer (&resolved->user, g_free);
  g_clear_pointer (&resolved->password, g_free);
  return resolved;
}

gboolean
wsp_uri_check_proxy (const char *text,
                     GError    **error)
{
  if (check_authority (text, error))
    return TRUE;

  g_autofree char *shown = uri_show (text);

  g_prefix_error (error, "Invalid URI of a proxy %s: ", shown);
  return FALSE;
}

WspUri *
wsp_uri_copy (const WspUri *self)
{
  WspUri *copy = g_memdup2 (self, sizeof *self);

  copy->host = g_strdup (self->host);
  copy->socket_path = g_strdup (self->socket_path);
  copy->resource = g_strdup (self->resource);
  copy->host_field = g_strdup (self->host_field);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->text = g_strdup (self->text);
  return copy;
}

char *
wsp_uri_dup_authority (const WspUri *self)
{
  return make_host_field (self->host, self->port, 0);
}

/* If a password contains a slash, or if the URI lacks its slashes, the user name is where GUri does
 * not look for it.  In these cases all bytes up to the last "@" are hidden. */
char *
wsp_uri_hide_credentials (const char *text)
{
  const char *slash = text + strcspn (text, "/?#");
  gboolean has_scheme = slash > text && g_str_has_prefix (slash - 1, "://");
  const char *authority = has_scheme ? slash + 2 : text;
  gsize length = strcspn (authority, "/?#");
  gboolean is_socket = !has_scheme && g_ascii_strncasecmp (text, "ws+unix:", 8) == 0;
  const char *at = g_strrstr_len (authority, length, "@");

  if (at == NULL && !is_socket && !(has_scheme && is_host_and_port (authority, length)))
    at = strrchr (authority, '@');
  if (at == NULL)
    return g_strdup (text);

  return g_strdup_printf ("%.*s%s", (int) (authority - text), text, at + 1);
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
  if (self->scheme != other->scheme)
    return FALSE;

  if (self->scheme == WSP_URI_SCHEME_WS_UNIX)
    return g_str_equal (self->socket_path, other->socket_path);

  return self->port == other->port && g_ascii_strcasecmp (self->host, other->host) == 0;
}
