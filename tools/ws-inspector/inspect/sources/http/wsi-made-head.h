/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP heads made of a URL and of headers that another program lists: a HAR, or a browser.  A
 * header that would be more than one line of the head is left out. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Begins a request with GET.  NULL: the URL, which may be NULL, has no target. */
GString *wsi_made_head_begin_request  (const char *url);
/* Begins a response; reason may be NULL.  NULL: there is no such status. */
GString *wsi_made_head_begin_response (gint64      status,
                                       const char *reason);
/* Appends a line for each of the values, between which browsers put line feeds. */
void     wsi_made_head_append         (GString    *head,
                                       const char *name,
                                       const char *values);
/* Ends the head, and takes it. */
GBytes  *wsi_made_head_end            (GString *head);

G_END_DECLS
