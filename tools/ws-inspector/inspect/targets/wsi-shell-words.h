/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The words of a pasted command line for bash.  Nothing is expanded or run: a line with a variable,
 * a substitution, a second command or a redirection is refused. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_SHELL_MAX_LENGTH (256 * 1024)

char **wsi_shell_words_split (const char *text,
                              GError    **error);

G_END_DECLS
