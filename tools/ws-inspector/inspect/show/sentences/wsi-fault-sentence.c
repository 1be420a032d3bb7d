/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sentences/wsi-fault-sentence.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/show/sentences/wsi-translate.h"

char *
wsi_fault_sentence_dup_consequence (guint fault)
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
wsi_fault_sentence_dup (guint fault)
{
  const char *section = wsp_fault_get_section (fault);
  g_autofree char *ending = section != NULL ? g_strdup_printf (" (%s)", section) : NULL;
  char *text = wsi_translate_fault (fault);

  if (ending != NULL && g_str_has_suffix (text, ending))
    text[strlen (text) - strlen (ending)] = '\0';
  return text;
}
