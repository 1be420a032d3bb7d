/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON that a user writes.  Peers are strict, so strings are checked, too, which the scanner leaves
 * as they are.  Both functions take linear time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Checks a text.  FALSE: the place of the first mistake, and what was expected there,
 * translated. */
gboolean wsi_json_text_check   (const char  *text,
                                gsize        length,
                                gsize       *at,
                                const char **expected);
/* Lays a text out, with a line for each member and element; from a mistake on, and in variables,
 * the text is unchanged.  NULL: the text is not a list or object. */
char    *wsi_json_text_lay_out (const char *text);

G_END_DECLS
