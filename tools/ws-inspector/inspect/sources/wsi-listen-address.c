/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-listen-address.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_PORT 65535

/* Parses a host: an IP address, with brackets or without them, or localhost. */
static gboolean
listen_address_parse_host (WsiListenAddress *self,
                           const char       *host,
                           gsize             length)
{
  g_autofree char *text = length > 1 && host[0] == '[' && host[length - 1] == ']'
                          ? g_strndup (host + 1, length - 2) : g_strndup (host, length);

  if (strcmp (text, "localhost") == 0)
    return TRUE;

  if (!g_hostname_is_ip_address (text))
    return FALSE;

  self->host = g_steal_pointer (&text);
  return TRUE;
}

gboolean
wsi_listen_address_parse (WsiListenAddress *self,
                          const char       *text,
                          GError          **error)
{
  const char *colon = strrchr (text, ':');
  guint64 port = 0;

  if ((*text == '\0' ||
       g_ascii_string_to_unsigned (colon != NULL ? colon + 1 : text, 10, 0, MAX_PORT, &port,
                                   NULL)) &&
      (colon == NULL || listen_address_parse_host (self, text, colon - text)))
    {
      self->port = port;
      return TRUE;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid address to listen on: expected PORT or IP-ADDRESS:PORT, such as 8080 or "
                 "0.0.0.0:8080, received \"%s\""), text);
  return FALSE;
}

void
wsi_listen_address_clear (WsiListenAddress *self)
{
  g_clear_pointer (&self->host, g_free);
}
