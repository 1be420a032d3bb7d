/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The URI that a client connects to, parsed (RFC 6455 3). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSP_MAX_HOST 255        /* bytes; a DNS name is shorter */

typedef enum
{
  WSP_URI_SCHEME_WS,
  WSP_URI_SCHEME_WSS,
  WSP_URI_SCHEME_WS_UNIX,
} WspUriScheme;

typedef struct
{
  WspUriScheme scheme;
  char        *host;            /* host in ASCII, IPv6 without brackets; NULL with ws+unix */
  guint16      port;
  char        *socket_path;     /* path of the socket of ws+unix; NULL: another scheme */
  char        *resource;        /* path and query, as in the request line: with the characters of RFC 3986 */
  char        *host_field;      /* value of the Host header */
  char        *user, *password; /* credentials, never in a request line, Host, a log or an error; NULL: none */
  char        *text;            /* the URI without user and password */
} WspUri;

WspUri  *wsp_uri_parse          (const char *text,
                                 GError    **error);
/* Resolves a reference that the server at self has sent; http and https are ws and wss.  The result
 * has no user and password. */
WspUri  *wsp_uri_resolve        (WspUri     *self,
                                 const char *reference,
                                 GError    **error);
/* Checks the user name, the password and the zone in the URI of a proxy, whose rest GIO checks. */
gboolean wsp_uri_check_proxy    (const char *text,
                                 GError    **error);
void     wsp_uri_free           (WspUri *self);
WspUri  *wsp_uri_copy           (const WspUri *self);
/* Returns "host:port", for a proxy that resolves the name.  A default port is included, too. */
char    *wsp_uri_dup_authority  (const WspUri *self);
/* Returns a copy of text without user and password; text need not be a valid URI. */
char    *wsp_uri_hide_credentials (const char *text);
/* Returns whether both have the same scheme, host and port, or the same socket. */
gboolean wsp_uri_is_same_origin (WspUri *self,
                                 WspUri *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspUri, wsp_uri_free)

G_END_DECLS
