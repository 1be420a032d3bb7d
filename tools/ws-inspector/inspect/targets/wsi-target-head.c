/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target-head.h"

#include <glib/gi18n.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

/* Whether each handshake has its own header of this name, or none. */
static gboolean
target_head_is_made (const char *name)
{
  static const char *const made[] = {
    "Host", "Connection", "Upgrade", "Content-Length", "Sec-WebSocket-Key",
    "Sec-WebSocket-Version", "Sec-WebSocket-Extensions",
  };

  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    if (g_ascii_strcasecmp (name, made[i]) == 0)
      return TRUE;

  return FALSE;
}

/* Whether a header is the User-Agent that the library sends unless a program sets another one. */
static gboolean
is_default_agent (const char *name,
                  const char *value)
{
  return g_ascii_strcasecmp (name, "User-Agent") == 0 &&
         strcmp (value, "libwsproto/" WSP_VERSION_STRING) == 0;
}

void
wsi_target_take_header (WsiTarget  *self,
                        const char *name,
                        const char *value)
{
  if (g_ascii_strcasecmp (name, "Origin") == 0)
    {
      wsi_target_set_text (self, WSI_TARGET_ORIGIN, value);
    }
  else if (g_ascii_strcasecmp (name, "Sec-WebSocket-Protocol") == 0)
    {
      wsi_target_add_item (self, WSI_TARGET_SUBPROTOCOLS, value);
    }
  else if (!target_head_is_made (name) && !is_default_agent (name, value))
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", name, value);

      wsi_target_add_item (self, WSI_TARGET_HEADERS, line);
    }
  else if (g_ascii_strcasecmp (name, "Sec-WebSocket-Extensions") == 0 &&
           strstr (value, "permessage-deflate") != NULL)
    {
      wsi_target_set_options (self, wsi_target_get_options (self) | WSI_TARGET_COMPRESSES);
    }
}

/* The lines after the first one, up to the empty one.  A line without a colon is no header. */
static void
target_head_take_head (WsiTarget  *self,
                       const char *head)
{
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && *g_strchomp (lines[i]) != '\0'; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;

      *colon = '\0';
      wsi_target_take_header (self, g_strstrip (lines[i]), g_strstrip (colon + 1));
    }
}

/* Takes the address and TLS of the origin; the certificate of a proxy is for its clients. */
static void
take_origin (WsiTarget       *self,
             const WsiTarget *origin)
{
  static const WsiTargetField of_client[] = {
    WSI_TARGET_AUTHORITIES, WSI_TARGET_CERTIFICATE, WSI_TARGET_KEY,
  };
  static const guint n_of_proxy = 1;
  WsiTargetKind kind = wsi_target_get_kind (origin);
  guint n = kind == WSI_TARGET_CLIENT ? G_N_ELEMENTS (of_client)
            : kind == WSI_TARGET_PROXY ? n_of_proxy : 0;

  for (guint i = 0; i < n; i++)
    wsi_target_set_text (self, of_client[i], wsi_target_get_text (origin, of_client[i]));
  wsi_target_set_options (self, wsi_target_get_options (self) |
                          (wsi_target_get_options (origin) & WSI_TARGET_ACCEPTS_ANY));
}

/* The address of the server of a proxy, with the path that the client named. */
static char *
make_uri_past_proxy (const WsiTarget *proxy,
                     const char      *uri)
{
  g_autofree char *server = wsi_target_make_uri (proxy, NULL);
  const char *host = strstr (uri, "://");
  const char *path = host != NULL ? strpbrk (host + 3, "/?#") : NULL;

  if (path != NULL && *path == '/' && g_str_has_suffix (server, "/"))
    path++;
  return g_strconcat (server, path, NULL);
}

static void
take_uri (WsiTarget       *self,
          const WsiTarget *origin,
          const char      *uri)
{
  gboolean is_proxied = origin != NULL && wsi_target_get_kind (origin) == WSI_TARGET_PROXY;

  if (is_proxied)
    wsi_target_take_text (self, WSI_TARGET_ADDRESS, make_uri_past_proxy (origin, uri));
  else
    wsi_target_set_text (self, WSI_TARGET_ADDRESS, uri);
}

WsiTarget *
wsi_target_new_of_conversation (WsiConversation *conversation,
                                const WsiTarget *origin,
                                GError         **error)
{
  const char *uri = wsi_conversation_get_uri (conversation);
  g_autoptr (GBytes) request = wsi_conversation_dup_request (conversation);
  g_autofree char *head = NULL;
  WsiTarget *self;
  gsize length = 0;

  if (uri == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("Cannot connect again: the URI of connection %u is not known (connect to its "
                     "server)"), wsi_conversation_get_number (conversation));
      return NULL;
    }

  if (request != NULL)
    {
      const char *at = wsi_bytes_get_data (request, &length);

      if (!g_utf8_validate_len (at, length, NULL))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("Cannot connect again: expected headers of UTF-8, received other bytes in "
                         "connection %u (connect to its server)"),
                       wsi_conversation_get_number (conversation));
          return NULL;
        }

      head = g_strndup (at, length);
    }

  self = wsi_target_new (WSI_TARGET_CLIENT);
  take_uri (self, origin, uri);
  if (head != NULL)
    target_head_take_head (self, head);
  if (origin != NULL)
    take_origin (self, origin);
  return self;
}
