/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The commands of wsinspect.  Each takes the arguments after its name and returns the exit
 * status. */
#pragma once

#include <gio/gio.h>

#include "cli/wsi-output.h"

G_BEGIN_DECLS

#define WSI_CLI_MAX_RECORDS 65536
#define WSI_CLI_MAX_PAYLOAD (32 * 1024 * 1024)

WsiExit wsi_connect_command (int    argc,
                             char **argv);
WsiExit wsi_serve_command   (int    argc,
                             char **argv);
WsiExit wsi_demo_command    (int         argc,
                             char      **argv,
                             const char *program);

G_END_DECLS
