/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a program is called on the screen: by its script, if an interpreter runs one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of the script, of the module of "-m", or of the program itself; words: its command line,
 * never empty. */
char *wsi_program_title_dup            (const char *const *words);
/* The name for a process.  NULL: its command line cannot be read. */
char *wsi_program_title_dup_of_process (guint pid);

G_END_DECLS
