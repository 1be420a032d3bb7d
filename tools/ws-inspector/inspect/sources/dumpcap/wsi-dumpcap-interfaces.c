/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/dumpcap/wsi-dumpcap-interfaces.h"

#include <string.h>

/* Beginnings of the names that libpcap gives to interfaces without TCP. */
static const char *const other_packets[] = {
  "bluetooth", "can", "dbus-", "nflog", "nfqueue", "usbmon", "vcan"
};

static void
interface_free (gpointer data)
{
  WsiDumpcapInterface *self = data;

  g_free (self->name);
  g_free (self->description);
  g_free (self);
}

/* Parses a line such as "3. lo (Loopback)"; NULL: it is not an interface. */
static WsiDumpcapInterface *
parse_interface (const char *line)
{
  const char *name = line + strspn (line, "0123456789");
  const char *description;
  WsiDumpcapInterface *interface;

  if (name == line || !g_str_has_prefix (name, ". ") || name[2] == '\0')
    return NULL;

  name += 2;
  description = g_str_has_suffix (name, ")") ? strstr (name, " (") : NULL;
  interface = g_new0 (WsiDumpcapInterface, 1);
  interface->name = description != NULL ? g_strndup (name, description - name) : g_strdup (name);
  interface->description = description != NULL
                           ? g_strndup (description + 2, strlen (description) - 3) : g_strdup ("");
  return interface;
}

GPtrArray *
wsi_dumpcap_interfaces_parse (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *interfaces = g_ptr_array_new_with_free_func (interface_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      WsiDumpcapInterface *interface = parse_interface (g_strchomp (lines[i]));
      gboolean is_any = interface != NULL && strcmp (interface->name, WSI_DUMPCAP_ANY) == 0;

      if (interface != NULL)
        g_ptr_array_insert (interfaces, is_any ? 0 : -1, interface);
    }
  return interfaces;
}

gboolean
wsi_dumpcap_interface_has_tcp (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (other_packets); i++)
    if (g_str_has_prefix (name, other_packets[i]))
      return FALSE;

  return TRUE;
}
