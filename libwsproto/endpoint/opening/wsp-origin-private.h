/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which pages may connect (RFC 6455 10.2). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* host: the value of a Host header.  Only the hosts are compared; "null" is never the same. */
gboolean wsp_origin_is_same_host (const char *origin,
                                  const char *host);
/* "*" stands for any.  Scheme and host in any case of letters, default ports equal to none. */
gboolean wsp_origin_is_listed    (const char         *origin,
                                  const char * const *origins);
/* localhost and the names below it, 127.0.0.0/8, [::1], or one of names. */
gboolean wsp_host_is_local       (const char         *host,
                                  const char * const *names);

G_END_DECLS
