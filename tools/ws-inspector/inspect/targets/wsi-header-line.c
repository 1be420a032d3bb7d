/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-header-line.h"

#include <glib/gi18n.h>
#include <string.h>

gboolean
wsi_header_line_append (const char *line,
                        WspHeaders *headers,
                        GError    **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("invalid header \"%s\": expected \"NAME: VALUE\""), line);
      return FALSE;
    }

  name = g_strndup (line, colon - line);
  value = g_strstrip (g_strdup (colon + 1));
  return wsp_headers_append (headers, name, value, error);
}
