/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-error-list.h"

#include <gio/gio.h>

void
wsi_error_list_add (GError **list,
                    GError  *error)
{
  char *joined;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (list);
  if (*list == NULL)
    {
      *list = error;
      return;
    }

  if (!g_error_matches (*list, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      joined = g_strconcat ((*list)->message, WSI_ERROR_SEPARATOR, error->message, NULL);
      g_free ((*list)->message);
      (*list)->message = joined;
    }
  g_error_free (error);
}
