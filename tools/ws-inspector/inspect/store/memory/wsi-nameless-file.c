/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/memory/wsi-nameless-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>

#define FILE_MODE 0600

int
wsi_nameless_file_open (const char *folder)
{
  const char *place = folder != NULL ? folder : WSI_NAMELESS_FOLDER;
  int file = open (place, O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
  g_autofree char *name = NULL;

  if (file >= 0)
    return file;

  name = g_build_filename (place, "wsinspect-XXXXXX", NULL);
  file = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, FILE_MODE);
  if (file >= 0)
    g_unlink (name);
  return file;
}
