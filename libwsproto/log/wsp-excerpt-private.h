/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes of a peer or of a program, as error texts show them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the bytes in quotation marks.  Quotation marks, backslashes, characters that are not
 * printable and invalid UTF-8 become \xNN.  If there are more than max bytes, three dots replace
 * the bytes after the character that contains byte number max. */
char *wsp_excerpt_quote (gconstpointer bytes,
                         gsize         length,
                         gsize         max);

G_END_DECLS
