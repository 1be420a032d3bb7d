/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-sentences.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-fault.h>

#include "inspect/show/sentences/wsi-translate.h"

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

char *
wsi_sentences_dup_consequence (guint fault)
{
  const char *section = wsp_fault_get_section (fault);
  guint code = wsp_fault_get_close_code (fault);
  g_autofree char *text = NULL;

  if (code == 0)
    return g_strdup (section != NULL ? section : "");

  text = g_strdup_printf (wsp_fault_get_severity (fault) == WSP_FAULT_SEVERITY_ERROR
                          ? _("A receiver fails the connection with close code %u.")
                          : _("No rule forbids it. This library fails the connection with close "
                              "code %u."),
                          code);
  return section != NULL ? g_strdup_printf ("%s · %s", section, text) : g_steal_pointer (&text);
}

/* The sentence of the library ends with its section, which the line below has. */
char *
wsi_sentences_dup_fault (guint fault)
{
  const char *section = wsp_fault_get_section (fault);
  g_autofree char *ending = section != NULL ? g_strdup_printf (" (%s)", section) : NULL;
  char *text = wsi_translate_fault (fault);

  if (ending != NULL && g_str_has_suffix (text, ending))
    text[strlen (text) - strlen (ending)] = '\0';
  return text;
}
