/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a client connects to, and what it asks for there (RFC 6455 3). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSP_URI_SCHEME_WS,
  WSP_URI_SCHEME_WSS,
  WSP_URI_SCHEME_WS_UNIX,
} WspUriScheme;

typedef struct
{
  WspUriScheme scheme;
  char        *host;            /* ASCII; IPv6 without brackets */
  guint16      port;
  char        *resource;        /* path and query, as in the request line */
  char        *host_field;      /* what the Host header says */
} WspUri;

WspUri *wsp_uri_parse (const char *text,
                       GError    **error);
void    wsp_uri_free  (WspUri *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUri, wsp_uri_free)

G_END_DECLS
