/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes as hexadecimal digits: in one line, or as a dump with offsets and characters; and back. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Appends bytes in one line of at most max_length bytes; dots replace the rest. */
void  wsi_hex_append (GString      *text,
                      const guint8 *at,
                      gsize         length,
                      gsize         max_length);
/* Digits of bytes, two for each byte, and nothing between them. */
char *wsi_hex_digits (gconstpointer bytes,
                      gsize         length);
/* Appends bytes as the values of an array of C, in lines. */
void  wsi_hex_append_array (GString      *text,
                            const guint8 *at,
                            gsize         length);
char *wsi_hex_line (GBytes *bytes,
                    gsize   max_length);
/* Digits of bytes with n_in_line bytes in each line. */
char *wsi_hex_lines (GBytes *bytes,
                     guint   n_in_line);
/* A line of a dump, without a line end: the offset in n_digits digits, at most n_in_line bytes, and
 * their characters. */
#define WSI_HEX_DIGITS_BEGIN(n_digits) ((n_digits) + 2) /* column of the first byte in the line */
#define WSI_HEX_COLUMNS(n_digits, n_in_line) ((n_digits) + 3 + 4 * (n_in_line))
/* Columns of the bytes in a line, without the characters. */
#define WSI_HEX_BYTE_COLUMNS(n_digits, n_in_line) ((n_digits) + 1 + 3 * (n_in_line))
/* The line ends with the characters: there is nothing after the last one. */
void  wsi_hex_append_line (GString      *text,
                           const guint8 *at,
                           gsize         length,
                           gsize         offset,
                           guint         n_digits,
                           guint         n_in_line);
/* How many digits the offsets of so many bytes need; 4 at least. */
guint wsi_hex_count_offset_digits (gsize length);
char *wsi_hex_dump (GBytes *bytes,
                    gsize   max_length);
/* The bytes of such a text, and the place of the first digit of each in the text.  Characters that
 * are not a pair of digits are left out; mistake: the place of the first one, G_MAXSIZE = there is
 * none. */
typedef struct
{
  GByteArray *bytes;
  GArray     *places;           /* places of the digits (guint32) */
  gsize       mistake;
} WsiHexText;

void  wsi_hex_text_read  (WsiHexText *self,
                          const char *text);
void  wsi_hex_text_clear (WsiHexText *self);
/* Hexadecimal digits, also as 0x81, \x81 or with commas, or a dump with offsets and characters
 * such as those of xxd, hexdump -C and wsi_hex_dump.  An error is a WSI_TEXT_ERROR. */
GBytes *wsi_hex_parse (const char *text,
                       GError    **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiHexText, wsi_hex_text_clear)

G_END_DECLS
