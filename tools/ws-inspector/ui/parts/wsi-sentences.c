/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-sentences.h"

#include <glib/gi18n.h>

char *
wsi_sentences_dup_state (WsiConversation *conversation)
{
  guint16 code = wsi_conversation_get_close_code (conversation);

  switch (wsi_conversation_get_ending (conversation))
    {
    case WSI_ENDING_NONE:
      return g_strdup (wsi_conversation_is_answered (conversation) ||
                       wsi_conversation_get_handshake_presence (conversation) ==
                       WSI_HANDSHAKE_MISSING ? _("● open") : _("◌ connecting"));
    case WSI_ENDING_CLEAN:
      return code != 0 ? g_strdup_printf (_("○ closed %u"), code) : g_strdup (_("○ closed"));
    case WSI_ENDING_ABNORMAL:
      return code != 0 ? g_strdup_printf (_("✕ failed %u"), code) : g_strdup (_("✕ failed"));
    case WSI_ENDING_CUT:
      /* Translators: a connection whose end is not in the recording. */
      return g_strdup (_("◐ cut"));
    }

  g_assert_not_reached ();
}
