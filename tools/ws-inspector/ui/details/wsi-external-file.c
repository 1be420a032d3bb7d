/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-external-file.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

#define NAME "payload.txt"      /* name of any file: a browser could run JSON and XML by theirs */

/* The folder is left if another program has put something into it. */
static void
external_file_remove_folder (gpointer data)
{
  g_autofree char *folder = data;
  g_autofree char *path = g_build_filename (folder, NAME, NULL);

  g_unlink (path);
  g_rmdir (folder);
}

static gboolean
external_file_is_text (GBytes *bytes)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  return memchr (at, '\0', length) == NULL && g_utf8_validate_len (at, length, NULL);
}

/* Keeps a file until its owner goes; several files of one owner have folders of their own. */
static void
keep_until_end (GObject    *owner,
                const char *folder)
{
  g_autofree char *key = g_strconcat ("wsi-external-", folder, NULL);

  g_object_set_data_full (owner, key, g_strdup (folder), external_file_remove_folder);
}

GFile *
wsi_external_file_new (GObject *owner,
                       GBytes  *bytes,
                       GError **error)
{
  g_autofree char *folder = NULL, *path = NULL;
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  if (!external_file_is_text (bytes))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("Only text is opened in another program: save the payload instead"));
      return NULL;
    }

  folder = g_dir_make_tmp ("ws-inspector-XXXXXX", error);
  if (folder == NULL)
    return NULL;

  keep_until_end (owner, folder);
  path = g_build_filename (folder, NAME, NULL);
  if (!g_file_set_contents_full (path, at, length, G_FILE_SET_CONTENTS_NONE, 0600, error))
    return NULL;

  return g_file_new_for_path (path);
}
