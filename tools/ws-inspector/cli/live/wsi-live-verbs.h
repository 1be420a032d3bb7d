/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verbs that take part in connections.  main () has checked the number of arguments; NULL follows
 * the last argument. */
#pragma once

#include "cli/print/wsi-output.h"
#include "cli/table/wsi-options.h"

G_BEGIN_DECLS

WsiExit wsi_connect_verb (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_serve_verb   (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_proxy_verb   (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_browser_verb (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_capture_verb (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_attach_verb  (const WsiOptions  *options,
                          const char *const *arguments);
WsiExit wsi_demo_verb    (const WsiOptions  *options,
                          const char *const *arguments);

G_END_DECLS
