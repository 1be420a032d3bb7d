/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/connection/wsi-handshake-text.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"

#define SWITCHING_PROTOCOLS 101

static char *
describe_time (WsiConversation *conversation)
{
  gint64 begin = wsi_conversation_get_begin_time (conversation);
  gint64 time_us = wsi_conversation_get_handshake_time (conversation) - begin;

  if (time_us <= 0)
    return g_strdup ("");

  return g_strdup_printf (_(" after %.1f ms"), time_us / 1000.0);
}

char *
wsi_handshake_text_describe_deflate (WsiConversation *conversation)
{
  WsiDeflate deflate;

  if (!wsi_conversation_get_deflate (conversation, &deflate))
    return NULL;

  return g_strdup_printf (_("permessage-deflate (client %u bits, server %u bits)"),
                          deflate.client_window_bits, deflate.server_window_bits);
}

static char *
describe_success (WsiConversation          *conversation,
                  const WsiHandshakeReport *report,
                  WsiRedactor              *redactor,
                  const char               *time)
{
  const char *subprotocol = wsi_conversation_get_subprotocol (conversation);
  g_autofree char *deflate = wsi_handshake_text_describe_deflate (conversation);
  g_autoptr (GString) text = g_string_new (NULL);

  if (report->n_failed > 0)
    g_string_printf (text, g_dngettext (NULL, "101%s, but %u rule failed",
                                        "101%s, but %u rules failed", report->n_failed), time,
                     report->n_failed);
  else
    g_string_printf (text, _("101: the connection is open%s"), time);
  if (subprotocol != NULL && subprotocol[0] != '\0')
    {
      g_autofree char *open = wsi_redactor_hide_text (redactor, subprotocol);
      g_autofree char *shown = wsi_text_escape_line (open, WSI_CHARSET_UTF8);

      g_string_append_printf (text, _(" · subprotocol %s"), shown);
    }
  if (deflate != NULL)
    g_string_append_printf (text, " · %s", deflate);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
wsi_handshake_text_describe (WsiConversation          *conversation,
                             const WsiHandshakeReport *report,
                             WsiRedactor              *redactor)
{
  guint status = wsi_conversation_get_status (conversation);
  g_autofree char *time = describe_time (conversation);

  if (status == SWITCHING_PROTOCOLS)
    return describe_success (conversation, report, redactor, time);

  if (status != 0)
    return g_strdup_printf (_("Refused with status %u%s"), status, time);

  return g_strdup (wsi_conversation_get_ending (conversation) == WSI_ENDING_NONE
                   ? _("Waiting for the response")
                   : _("The connection ended without a response"));
}
