/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/sources/open-conversation.h"

WsiConversation *
open_conversation_dup (WsiSession *session,
                       WspRole     role)
{
  WsiStore *store = wsi_session_get_store (session);
  guint32 n_kept, n = wsi_store_count_conversations (store, &n_kept);

  for (guint32 i = 1; i <= n; i++)
    {
      g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, i);

      if (conversation != NULL && wsi_conversation_get_role (conversation) == role &&
          wsi_conversation_get_status (conversation) == 101)
        return g_steal_pointer (&conversation);
    }
  return NULL;
}
