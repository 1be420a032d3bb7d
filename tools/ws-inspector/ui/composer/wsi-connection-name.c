/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-connection-name.h"

#include <glib/gi18n.h>

#include "inspect/show/models/wsi-conversation-title.h"

char *
wsi_connection_name_dup (WsiConversation *conversation)
{
  guint number = wsi_conversation_get_number (conversation);
  g_autofree char *name = wsi_conversation_title_dup_name (conversation);

  return wsi_conversation_get_role (conversation) == WSP_ROLE_SERVER
         ? g_strdup_printf (_("#%u client of %s"), number, name)
         : wsi_conversation_title_dup (conversation);
}
