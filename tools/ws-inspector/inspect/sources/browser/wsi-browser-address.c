/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-address.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-fields.h"
#include "inspect/store/memory/wsi-bytes.h"

#define LOOPBACK "127.0.0.1"
#define PORT_FILE "DevToolsActivePort"
#define MAX_PORT_FILE 4096
#define PATH_PREFIX "/devtools/browser"

static const char *const answer_names[] = { "Browser", "webSocketDebuggerUrl" };

static gboolean
read_port (const char *text,
           guint16    *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;

  *port = number;
  return TRUE;
}

/* Parses HOST:PORT, where HOST may be an IPv6 address in brackets. */
static gboolean
browser_address_parse_host (WsiBrowserAddress *self,
                            const char        *text)
{
  const char *colon = strrchr (text, ':');
  gsize length = colon != NULL ? (gsize) (colon - text) : 0;

  if (length == 0 || strchr (text, '/') != NULL || !read_port (colon + 1, &self->port))
    return FALSE;

  if (*text == '[' && text[length - 1] == ']')
    self->host = g_strndup (text + 1, length - 2);
  else
    self->host = g_strndup (text, length);
  return TRUE;
}

gboolean
wsi_browser_address_parse (WsiBrowserAddress *self,
                           const char        *text,
                           GError           **error)
{
  *self = (WsiBrowserAddress) { 0 };
  if (read_port (text, &self->port))
    {
      self->host = g_strdup (LOOPBACK);
      return TRUE;
    }

  if (text[strspn (text, "0123456789")] == '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("invalid port: expected 1 to 65535, received \"%s\""), text);
      return FALSE;
    }

  if (!browser_address_parse_host (self, text))
    self->folder = g_strdup (text);
  return TRUE;
}

static gboolean
refuse_folder (const WsiBrowserAddress *self,
               const char              *received,
               GError                 **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("%s: expected the profile folder of a browser that permits debugging (start one "
                 "with --start, or turn the switch on at chrome://inspect/#remote-debugging), "
                 "received %s"), self->folder, received);
  return FALSE;
}

/* The file may be left of a browser that has ended: then nothing listens at the port. */
gboolean
wsi_browser_address_read_folder (WsiBrowserAddress *self,
                                 GError           **error)
{
  g_autofree char *name = NULL, *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;

  if (self->folder == NULL)
    return TRUE;

  name = g_build_filename (self->folder, PORT_FILE, NULL);
  if (!g_file_test (name, G_FILE_TEST_IS_REGULAR) ||
      !g_file_get_contents (name, &text, &length, NULL))
    return refuse_folder (self, _("one without a readable file DevToolsActivePort"), error);

  lines = length <= MAX_PORT_FILE ? g_strsplit (text, "\n", -1) : NULL;
  if (lines == NULL || g_strv_length (lines) < 2 ||
      !read_port (g_strstrip (lines[0]), &self->port) ||
      !g_str_has_prefix (g_strstrip (lines[1]), PATH_PREFIX) || strpbrk (lines[1], " \t") != NULL)
    return refuse_folder (self, _("a file DevToolsActivePort without a port and a path"), error);

  self->host = g_strdup (LOOPBACK);
  self->path = g_strdup (lines[1]);
  return TRUE;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Whether a host is the one that the user has chosen: a program at the port must not lead to
 * another. */
static gboolean
is_same_host (const WsiBrowserAddress *self,
              const char              *host)
{
  return host != NULL && (g_ascii_strcasecmp (host, self->host) == 0 ||
                          (is_loopback (host) && is_loopback (self->host)));
}

gboolean
wsi_browser_address_take_answer (WsiBrowserAddress *self,
                                 GBytes            *answer,
                                 GError           **error)
{
  WsiJsonField members[G_N_ELEMENTS (answer_names)];
  WsiJsonMistake mistake;
  gsize length;
  const char *body = wsi_bytes_get_data (answer, &length);
  g_autofree char *copy = g_strndup (body, length), *place = wsi_browser_address_to_string (self);
  g_autoptr (GUri) uri = NULL;
  const char *browser, *text;

  if (!wsi_json_fields_read (members, answer_names, G_N_ELEMENTS (answer_names), (guint8 *) copy,
                             length, &mistake))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("%s: expected the DevTools of a browser, received another answer to "
                     "/json/version"), place);
      return FALSE;
    }

  browser = wsi_json_field_get_string (&members[0]);
  text = wsi_json_field_get_string (&members[1]);
  uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;
  if (uri == NULL || strcmp (g_uri_get_scheme (uri), "ws") != 0 || *g_uri_get_path (uri) != '/')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("%s: expected a browser, received \"%s\", which names no WebSocket for all of "
                     "its pages"), place, browser != NULL ? browser : "");
      return FALSE;
    }

  if (!is_same_host (self, g_uri_get_host (uri)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _("%s: expected an address of the same host, received \"%s\" (if this is your "
                     "browser, give HOST:PORT of it)"), place, text);
      return FALSE;
    }

  self->path = g_strdup (g_uri_get_path (uri));
  return TRUE;
}

char *
wsi_browser_address_to_string (const WsiBrowserAddress *self)
{
  if (self->host == NULL)
    return g_strdup (self->folder);

  return g_strdup_printf (strchr (self->host, ':') != NULL ? "[%s]:%u" : "%s:%u", self->host,
                          self->port);
}

void
wsi_browser_address_clear (WsiBrowserAddress *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->folder, g_free);
}
