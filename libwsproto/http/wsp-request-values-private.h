/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The values that a client has written into its request: in the path, the query and the cookies. */
#pragma once

#include <libwsproto/http/wsp-headers.h>

#include "core/types.h"

G_BEGIN_DECLS

typedef enum                    /* what "+" is */
{
  WSP_PLUS_IS_PLUS,             /* in a path */
  WSP_PLUS_IS_SPACE,            /* in a query, which is written as a form */
} WspPlus;

/* Decodes text once.  NULL: a "%" is not followed by two hexadecimal digits, or the result is no
 * UTF-8 or has a NUL. */
char *wsp_percent_decode   (WscBytes text,
                            WspPlus  plus);
/* The first value of this name in a query, which may be NULL, decoded.  NULL: there is none, or it
 * cannot be decoded. */
char *wsp_query_dup_value  (const char *query,
                            const char *name);
/* The first value of this name in the fields Cookie, as it was sent.  NULL: there is none, or it is
 * no UTF-8. */
char *wsp_cookie_dup_value (WspHeaders *headers,
                            const char *name);

G_END_DECLS
