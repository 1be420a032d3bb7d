/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP responses of a server. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/http/wsp-headers.h>

G_BEGIN_DECLS

typedef struct                  /* headers that are sent unless the program sets them */
{
  const char *server;           /* value of Server; NULL: no such header */
  const char *methods;          /* value of Allow; NULL: no such header */
} WspResponseDefaults;

/* Status 101; the caller appends the fields and the empty line.  headers: of the program, may be
 * NULL.  server: the value of Server, unless headers have that field. */
GString *wsp_response_begin_acceptance (WspHeaders *headers,
                                        const char *server);
/* The head of a response with another status, with the empty line.  headers: of the program, may be
 * NULL; fields that frame the body are ignored.  length: of the body. */
GBytes  *wsp_response_make_head        (guint                      status,
                                        WspHeaders                *headers,
                                        gsize                      length,
                                        const WspResponseDefaults *defaults);
/* The reason phrase of a status; of a status that the library does not know, of its class. */
const char *wsp_response_get_phrase (guint status);
/* FALSE: a response with this status ends with its head (RFC 9112 6.3). */
gboolean wsp_response_has_body         (guint status);

G_END_DECLS
