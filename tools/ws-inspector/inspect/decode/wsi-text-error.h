/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A mistake in a text that a user has written, and its place, so that a program can underline
 * it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TEXT_ERROR (wsi_text_error_quark ())

typedef enum
{
  WSI_TEXT_ERROR_SYNTAX,
} WsiTextError;

GQuark   wsi_text_error_quark (void);
/* "line 2, column 7: expected a hexadecimal digit, received 'g'".  at: bytes before the place.
 * Always FALSE. */
gboolean wsi_text_error_set   (GError    **error,
                               const char *text,
                               gsize       at,
                               const char *expected);
/* The character, or the byte, that a text has here, for a sentence. */
char    *wsi_text_error_quote (const char *at);
/* The place of the mistake in bytes.  FALSE: the error has none. */
gboolean wsi_text_error_get_place (const GError *error,
                                   gsize        *at);
/* The bytes of the text that can be underlined for a place: its character or, where that is a blank
 * or the end, the one before it that is seen. */
void     wsi_text_error_find_range (const char *text,
                                    gsize       at,
                                    gsize      *begin,
                                    gsize      *end);

G_END_DECLS
