/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A folder in which another program has written, such as the profile of a browser. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes the folder with all files in it.  Links are removed, and not followed. */
void wsi_temporary_folder_remove (const char *path);

G_END_DECLS
