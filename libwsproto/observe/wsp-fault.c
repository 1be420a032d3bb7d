/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-fault.h"

#include <string.h>

#include "core/fault.h"

/* Sections that contain no rule: descriptions of the protocol, and limits of implementations. */
static const char *const advisory_sections[] = { "-", "1.4", "10.4" };

static gboolean
observe_fault_is_known (guint fault)
{
  return fault > WSC_FAULT_PARTIAL && fault < WSC_N_FAULTS;
}

const char *
wsp_fault_get_name (guint fault)
{
  if (!observe_fault_is_known (fault))
    return NULL;

  g_autofree char *name = g_ascii_strdown (wsc_fault_get_name ((WscFault) fault), -1);

  /* The table of strings has at most one entry for each rule. */
  return g_intern_string (g_strdelimit (name, "_", '-'));
}

const char *
wsp_fault_get_section (guint fault)
{
  if (!observe_fault_is_known (fault))
    return NULL;

  const char *section = wsc_fault_get_section ((WscFault) fault);

  if (!g_ascii_isdigit (section[0]))
    return NULL;

  /* A section of another RFC begins with the number of that RFC, as in "7692 6.1". */
  const char *document = strchr (section, ' ') != NULL ? "RFC" : "RFC 6455";
  g_autofree char *text = g_strdup_printf ("%s %s", document, section);

  return g_intern_string (text);
}

WspFaultSeverity
wsp_fault_get_severity (guint fault)
{
  if (!observe_fault_is_known (fault))
    return WSP_FAULT_SEVERITY_NONE;

  const char *section = wsc_fault_get_section ((WscFault) fault);

  for (gsize i = 0; i < G_N_ELEMENTS (advisory_sections); i++)
    {
      if (strcmp (section, advisory_sections[i]) == 0)
        return WSP_FAULT_SEVERITY_WARNING;
    }

  return WSP_FAULT_SEVERITY_ERROR;
}

guint
wsp_fault_get_close_code (guint fault)
{
  return observe_fault_is_known (fault) ? wsc_fault_get_close_code ((WscFault) fault) : 0;
}

const char *
wsp_fault_describe (guint fault)
{
  if (!observe_fault_is_known (fault))
    return NULL;

  const char *section = wsp_fault_get_section (fault);
  const char *text = wsc_fault_get_text ((WscFault) fault);

  if (section == NULL)
    return text;

  g_autofree char *description = g_strdup_printf ("%s (%s)", text, section);

  return g_intern_string (description);
}
