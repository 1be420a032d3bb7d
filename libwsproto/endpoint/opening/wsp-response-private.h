/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP responses of a server. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/session/wsp-headers.h>

G_BEGIN_DECLS

/* Status 101; the caller appends the fields and the empty line.  server: the value of Server,
 * unless headers, the program's, have one. */
GString *wsp_response_begin_acceptance (WspHeaders *headers,
                                        const char *server);
/* Other statuses.  headers: of the program, may be NULL; the headers that frame the body are
 * ours. */
GBytes  *wsp_response_make_refusal     (guint       status,
                                        WspHeaders *headers,
                                        GBytes     *body,
                                        const char *server);

G_END_DECLS
