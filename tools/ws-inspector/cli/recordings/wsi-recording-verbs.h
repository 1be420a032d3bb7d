/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verbs that read files of recorded connections.  main () has checked the number of arguments; NULL
 * follows the last argument. */
#pragma once

#include "cli/print/wsi-output.h"
#include "cli/table/wsi-options.h"

G_BEGIN_DECLS

WsiExit wsi_read_verb   (const WsiOptions  *options,
                         const char *const *arguments);
WsiExit wsi_follow_verb (const WsiOptions  *options,
                         const char *const *arguments);
WsiExit wsi_stats_verb  (const WsiOptions  *options,
                         const char *const *arguments);
WsiExit wsi_fields_verb (const WsiOptions  *options,
                         const char *const *arguments);
WsiExit wsi_checks_verb (const WsiOptions  *options,
                         const char *const *arguments);
WsiExit wsi_convert_verb (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_command_verb (const WsiOptions  *options,
                          const char *const *arguments);

G_END_DECLS
