/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target-words.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/dumpcap/wsi-dumpcap.h"

static char *
dup_listening (const WsiTarget *self)
{
  const char *listen = wsi_target_get_text (self, WSI_TARGET_LISTEN);

  if (*listen == '\0' || g_str_equal (listen, "0"))
    return g_strdup (_("Listen on any free port"));

  return g_strdup_printf (strspn (listen, "0123456789") == strlen (listen)
                          ? _("Listen on port %s") : _("Listen on %s"), listen);
}

static char *
dup_browser (const WsiTarget *self,
             const char      *address)
{
  gboolean starts = (wsi_target_get_options (self) & WSI_TARGET_STARTS) != 0;

  if (*address == '\0')
    return g_strdup (starts ? _("Start a browser without a page") : _("Watch a browser"));

  return g_strdup_printf (starts ? _("Open %s in a browser") : _("Watch the browser at %s"),
                          address);
}

/* Captures of the same interface differ in their filter, and in the program that is started. */
static char *
dup_capture (const WsiTarget *self)
{
  const char *interface = wsi_target_get_text (self, WSI_TARGET_INTERFACE);
  const char *filter = wsi_target_get_text (self, WSI_TARGET_PACKET_FILTER);
  g_autofree char *packets =
    g_strconcat (*interface != '\0' ? interface : WSI_DUMPCAP_ANY, ": ",
                 *filter != '\0' ? filter : WSI_DUMPCAP_TCP, NULL);
  g_autofree char *program =
    wsi_redactor_hide_title (wsi_target_get_text (self, WSI_TARGET_ARGUMENTS));

  return *program != '\0' ? g_strdup_printf (_("Start %s, and capture %s"), program, packets)
                          : g_strdup_printf (_("Capture %s"), packets);
}

char *
wsi_target_dup_words (const WsiTarget *self)
{
  g_autofree char *address =
    wsi_redactor_hide_title (wsi_target_get_text (self, WSI_TARGET_ADDRESS));

  switch (wsi_target_get_kind (self))
    {
    case WSI_TARGET_CLIENT:
      return g_strdup_printf (_("Connect to %s"), address);
    case WSI_TARGET_SERVER:
      return dup_listening (self);
    case WSI_TARGET_PROXY:
      return g_strdup_printf (_("Relay to %s"), address);
    case WSI_TARGET_BROWSER:
      return dup_browser (self, address);
    case WSI_TARGET_CAPTURE:
      return dup_capture (self);
    case WSI_TARGET_PROGRAM:
      return g_strdup_printf (_("Attach to %s"), address);
    case WSI_TARGET_FILE:
      return g_strdup_printf (_("Read %s"), wsi_target_get_text (self, WSI_TARGET_ADDRESS));
    case WSI_TARGET_EXAMPLE:
      return g_strdup (_("Play the example"));
    }

  g_assert_not_reached ();
}
