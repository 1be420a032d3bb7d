/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Strings and names of JSON (RFC 8259 7): tokens of the scanner, with their quotes.  Half a
 * surrogate pair becomes U+FFFD: JSON has it, but UTF-8 does not (RFC 8259 8.2). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Appends the text of any string: \u without four digits becomes U+FFFD, and another escape that
 * JSON does not have is what is after its backslash. */
void        wsi_json_unescape          (const guint8 *at,
                                        gsize         length,
                                        GString      *text);
/* Puts the text where the string is, after the first quote, and a zero byte after the text.  NULL:
 * all escapes are those of JSON; else what is expected instead, and where. */
const char *wsi_json_unescape_in_place (guint8 *at,
                                        gsize   length,
                                        gsize  *text_length,
                                        gsize  *place);
/* Checks the escapes as wsi_json_unescape_in_place (), without a change of the string. */
const char *wsi_json_check_escapes     (const guint8 *at,
                                        gsize         length,
                                        gsize        *place);
/* Whether the text is this word. */
gboolean    wsi_json_is_equal          (const guint8 *at,
                                        gsize         length,
                                        const char   *word);

G_END_DECLS
