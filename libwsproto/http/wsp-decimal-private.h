/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Decimal numbers in fields, such as Content-Length.  g_ascii_string_to_unsigned () is not for
 * them: it refuses good numbers now and then, when two threads call it first at the same time. */
#pragma once

#include <gio/gio.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* Sets number to the number, at most max.  FALSE unless text is one digit or more, and no more. */
gboolean wsp_decimal_parse (const char *text,
                            guint64     max,
                            guint64    *number);
/* As wsp_decimal_parse (), but FALSE for a number above max. */
gboolean wsp_decimal_parse_at_most (const char *text,
                                    guint64     max,
                                    guint64    *number);
/* A port in network byte order. */
gboolean wsp_decimal_parse_port    (const char *text,
                                    in_port_t  *port);

G_END_DECLS
