/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a client connects to, and what it asks for there (RFC 6455 3). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSP_MAX_HOST 255        /* octets; a name of DNS is shorter */

typedef enum
{
  WSP_URI_SCHEME_WS,
  WSP_URI_SCHEME_WSS,
  WSP_URI_SCHEME_WS_UNIX,
} WspUriScheme;

typedef struct
{
  WspUriScheme scheme;
  char        *host;            /* ASCII; IPv6 without brackets; NULL with ws+unix */
  guint16      port;
  char        *socket_path;     /* of ws+unix, NULL else */
  char        *resource;        /* path and query, as in the request line */
  char        *host_field;      /* what the Host header says */
  char        *user, *password; /* nullable; never in a request line, Host, a log or an error */
  char        *text;            /* the URI without them */
} WspUri;

WspUri  *wsp_uri_parse          (const char *text,
                                 GError    **error);
/* Where a reference that came from there leads; user and password are not handed on. */
WspUri  *wsp_uri_resolve        (WspUri     *self,
                                 const char *reference,
                                 GError    **error);
void     wsp_uri_free           (WspUri *self);
WspUri  *wsp_uri_copy           (const WspUri *self);
/* Host and port, also the usual one, for who looks the host up elsewhere. */
char    *wsp_uri_dup_authority  (const WspUri *self);
/* The text as it is, but for user and password, whether it is a URI or not. */
char    *wsp_uri_hide_credentials (const char *text);
/* Scheme, host and port, or the socket. */
gboolean wsp_uri_is_same_origin (WspUri *self,
                                 WspUri *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUri, wsp_uri_free)

G_END_DECLS
