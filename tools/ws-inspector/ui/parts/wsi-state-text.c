/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-state-text.h"

#include <glib/gi18n.h>

char *
wsi_state_text_dup (WsiConversation *conversation)
{
  guint16 code = wsi_conversation_get_close_code (conversation);

  switch (wsi_conversation_get_state (conversation))
    {
    case WSI_STATE_OPENING:
      return g_strdup (_("◌ opening"));
    case WSI_STATE_OPEN:
      return g_strdup (_("● open"));
    case WSI_STATE_CLOSING:
      return g_strdup (_("◌ closing"));
    case WSI_STATE_CLOSED:
      return code != 0 ? g_strdup_printf (_("○ closed %u"), code) : g_strdup (_("○ closed"));
    case WSI_STATE_REFUSED:
      return g_strdup_printf (_("✕ refused (%u)"), wsi_conversation_get_status (conversation));
    case WSI_STATE_FAILED:
      return code != 0 ? g_strdup_printf (_("✕ failed %u"), code) : g_strdup (_("✕ failed"));
    case WSI_STATE_ENCRYPTED:
      return g_strdup (_("◐ encrypted"));
    case WSI_STATE_CUT:
      /* Translators: a connection whose end is not in the recording. */
      return g_strdup (_("◐ cut"));
    case WSI_N_STATES:
      break;
    }

  g_assert_not_reached ();
}
