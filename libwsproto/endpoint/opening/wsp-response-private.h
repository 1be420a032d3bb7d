/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The answers of a server as text. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-headers.h>

G_BEGIN_DECLS

/* 101.  The program's headers decide whether server is needed for the header of that name; the
 * fields and the empty line are to follow. */
GString *wsp_response_begin_acceptance (WspHeaders *headers,
                                        const char *server);
/* Anything else.  headers of the program, may be NULL; what frames the body is ours. */
GBytes  *wsp_response_make_refusal     (guint       status,
                                        WspHeaders *headers,
                                        GBytes     *body,
                                        const char *server);

G_END_DECLS
