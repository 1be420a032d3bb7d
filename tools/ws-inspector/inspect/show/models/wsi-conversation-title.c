/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/models/wsi-conversation-title.h"

#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-servers.h"

#define MAX_LENGTH 200

static char *
conversation_title_escape (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return wsi_text_escape (bytes, MAX_LENGTH, WSI_CHARSET_UTF8);
}

/* NULL: the URI is not known. */
static char *
dup_uri_without_secrets (WsiConversation *conversation)
{
  const char *uri = wsi_conversation_get_uri (conversation);

  return uri != NULL ? wsi_redactor_hide_title (uri) : NULL;
}

char *
wsi_conversation_title_dup_address (WsiConversation *conversation)
{
  g_autofree char *uri = dup_uri_without_secrets (conversation);

  return conversation_title_escape (uri != NULL ? uri : "");
}

char *
wsi_conversation_title_dup_name (WsiConversation *conversation)
{
  WsiServers *servers = wsi_conversation_get_servers (conversation);
  g_autofree char *uri = dup_uri_without_secrets (conversation);
  const char *authority = uri != NULL ? strstr (uri, "://") : NULL;
  const char *host = authority != NULL ? authority + strlen ("://") : uri;
  const char *path = authority != NULL ? strchr (host, '/') : NULL;

  g_autofree char *server = servers != NULL && wsi_servers_are_several (servers)
                            ? wsi_servers_dup_host (uri) : NULL;
  g_autofree char *name = NULL;

  if (server == NULL)
    return conversation_title_escape (path != NULL ? path : host != NULL ? host : "/");

  name = g_strdup_printf ("%s %s", server, path != NULL ? path : "/");
  return conversation_title_escape (name);
}

char *
wsi_conversation_title_dup (WsiConversation *conversation)
{
  g_autofree char *name = wsi_conversation_title_dup_name (conversation);

  return g_strdup_printf ("#%u · %s", wsi_conversation_get_number (conversation), name);
}
