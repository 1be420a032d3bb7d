/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The values that a client has written into its request: in the path, the query and the cookies. */
#pragma once

#include <glib.h>

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

G_END_DECLS
