/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a program is called on the screen: by its script, if an interpreter runs one, and by the
 * title that it has given itself. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of the script, of the module of "-m", or of the program itself; words: its command line,
 * never empty. */
char *wsi_program_title_dup            (const char *const *words);
/* The name for a process, without control characters: "chat.py", or "chat.py · Tea Chat".
 * name: of the program, for a process whose command line cannot be read.
 * given: the title that the program has given itself; NULL = none. */
char *wsi_program_title_dup_of_process (guint       pid,
                                        const char *name,
                                        const char *given);
/* The name by which an inspector attaches, and what the title says in addition: "chat · Tea Chat",
 * "python3 (chat.py)". */
char *wsi_program_title_dup_named      (const char *name,
                                        const char *title);

G_END_DECLS
