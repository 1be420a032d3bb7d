/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Folder whose files are on a disk, and not in memory. */
#define WSI_NAMELESS_FOLDER "/var/tmp"

/* Opens a file that is gone when the program ends, however it ends.  folder: NULL =
 * WSI_NAMELESS_FOLDER.  -1: errno says why. */
int wsi_nameless_file_open (const char *folder);

G_END_DECLS
