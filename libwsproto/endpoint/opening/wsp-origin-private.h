/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which web pages may connect (RFC 6455 10.2). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list of origins, which never changes: several threads may share it. */
typedef struct _WspOrigins WspOrigins;

/* NULL: no list. */
WspOrigins *wsp_origins_new      (const char * const *list);
WspOrigins *wsp_origins_ref      (WspOrigins *self);
void        wsp_origins_unref    (WspOrigins *self);
/* "*" matches any origin.  Ignores the case of scheme and host; a default port equals no port.
 * Reads origin once, however long the list is. */
gboolean    wsp_origins_have     (const WspOrigins *self,
                                  const char       *origin);

/* host: the value of a Host header.  Compares the hosts only; FALSE for "null". */
gboolean wsp_origin_is_same_host (const char *origin,
                                  const char *host);
/* NULL: the rule can match an origin.  Otherwise the text of the problem, with the right form of
 * the rule. */
char    *wsp_origin_find_mistake (const char *rule);
/* NULL: the name can be in a Host header.  Otherwise the text of the problem. */
char    *wsp_host_find_mistake   (const char *name);
/* localhost and its subdomains, 127.0.0.0/8, [::1], or one of names. */
gboolean wsp_host_is_local       (const char         *host,
                                  const char * const *names);

G_END_DECLS
