/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-read-as.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

static gboolean
parse_one (const char *text,
           guint16    *port,
           GError    **error)
{
  g_auto (GStrv) words = g_strsplit (text, "=", 2);
  guint64 number;

  if (g_strv_length (words) > 0 && (words[1] == NULL || g_str_equal (words[1], "websocket")) &&
      g_ascii_string_to_unsigned (words[0], 10, 1, G_MAXUINT16, &number, NULL))
    {
      *port = (guint16) number;
      return TRUE;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid port: expected PORT=websocket, with a port from 1 to 65535, received "
                 "\"%s\""), text);
  return FALSE;
}

GArray *
wsi_read_as_parse (const char *const *texts,
                   GError           **error)
{
  g_autoptr (GArray) ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  guint16 port;

  for (; texts != NULL && *texts != NULL; texts++)
    {
      if (!parse_one (*texts, &port, error))
        return NULL;

      g_array_append_val (ports, port);
    }
  return g_steal_pointer (&ports);
}
