/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-temporary-folder.h"

#include <gio/gio.h>

/* Processes of a browser that end after it may still write into its profile. */
#define MAX_REMOVALS 100
#define PAUSE_US 20000

static gboolean
temporary_folder_remove_folder (GFile *folder)
{
  g_autoptr (GFileEnumerator) children =
    g_file_enumerate_children (folder,
                               G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info;
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, &info, &child, NULL, NULL) &&
         info != NULL)
    if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
      temporary_folder_remove_folder (child);
    else
      g_file_delete (child, NULL, NULL);

  return g_file_delete (folder, NULL, NULL);
}

void
wsi_temporary_folder_remove (const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);

  for (guint i = 0; i < MAX_REMOVALS && !temporary_folder_remove_folder (folder); i++)
    g_usleep (PAUSE_US);
}
