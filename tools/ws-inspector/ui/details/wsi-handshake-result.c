/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-handshake-result.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/store/wsi-conversation.h"

#define SWITCHING_PROTOCOLS 101

/* The time of the handshake in milliseconds; 0 = not known. */
static double
handshake_result_get_time (WsiConversation *conversation)
{
  gint64 begin = wsi_conversation_get_begin_time (conversation);

  return MAX (wsi_conversation_get_handshake_time (conversation) - begin, 0) / 1000.0;
}

/* "permessage-deflate (client 15 bits, server 12 bits)"; NULL: not negotiated. */
static char *
describe_deflate (WsiConversation *conversation)
{
  WsiDeflate deflate;

  if (!wsi_conversation_get_deflate (conversation, &deflate))
    return NULL;

  return g_strdup_printf (_("permessage-deflate (client %u bits, server %u bits)"),
                          deflate.client_window_bits, deflate.server_window_bits);
}

static char *
describe_opening (const WsiHandshakeReport *report,
                  double                    time)
{
  guint n = report->n_failed;

  if (n == 0)
    return time > 0 ? g_strdup_printf (_("101: the connection is open after %.1f ms"), time)
                    : g_strdup (_("101: the connection is open"));

  return time > 0 ? g_strdup_printf (ngettext ("101 after %.1f ms, but %u rule failed",
                                               "101 after %.1f ms, but %u rules failed", n),
                                     time, n)
                  : g_strdup_printf (ngettext ("101, but %u rule failed",
                                               "101, but %u rules failed", n), n);
}

static char *
describe_success (WsiConversation          *conversation,
                  const WsiHandshakeReport *report,
                  WsiRedactor              *redactor,
                  double                    time)
{
  const char *subprotocol = wsi_conversation_get_subprotocol (conversation);
  g_autofree char *deflate = describe_deflate (conversation);
  g_autofree char *opening = describe_opening (report, time);
  g_autoptr (GString) text = g_string_new (opening);

  if (subprotocol != NULL && subprotocol[0] != '\0')
    {
      g_autofree char *open = wsi_redactor_hide_text (redactor, subprotocol);
      g_autofree char *shown = wsi_text_escape_line (open, WSI_CHARSET_UTF8);

      g_string_append (text, " · ");
      g_string_append_printf (text, _("subprotocol %s"), shown);
    }
  if (deflate != NULL)
    g_string_append_printf (text, " · %s", deflate);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
wsi_handshake_result_describe (WsiConversation          *conversation,
                               const WsiHandshakeReport *report,
                               WsiRedactor              *redactor)
{
  guint status = wsi_conversation_get_status (conversation);
  double time = handshake_result_get_time (conversation);

  if (status == SWITCHING_PROTOCOLS)
    return describe_success (conversation, report, redactor, time);

  if (status != 0)
    return time > 0 ? g_strdup_printf (_("Refused with status %u after %.1f ms"), status, time)
                    : g_strdup_printf (_("Refused with status %u"), status);

  switch (wsi_conversation_get_ending (conversation))
    {
    case WSI_ENDING_NONE:
      return g_strdup (_("Waiting for the response"));
    case WSI_ENDING_CUT:
      return g_strdup (_("The recording ends before the response"));
    case WSI_ENDING_CLEAN:
    case WSI_ENDING_ABNORMAL:
      return g_strdup (_("The connection ended without a response"));
    }

  g_assert_not_reached ();
}
