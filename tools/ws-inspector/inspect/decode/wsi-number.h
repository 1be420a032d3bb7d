/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Numbers and fixed texts in a line: a capture has millions of them, and printf takes most of its
 * time. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Place for so many bytes at the end of the line, which the caller writes. */
static inline char *
wsi_append_place (GString *line,
                  gsize    length)
{
  gsize begin = line->len;

  if (length < line->allocated_len - begin)
    {
      line->len += length;
      line->str[line->len] = '\0';
    }
  else
    g_string_set_size (line, begin + length);
  return line->str + begin;
}

/* GString's own function also looks whether the text is a part of the string. */
static inline void
wsi_append_bytes (GString    *line,
                  const char *at,
                  gsize       length)
{
  memcpy (wsi_append_place (line, length), at, length);
}

/* Appends a text in quotes, whose length is known. */
#define wsi_append_literal(line, literal) wsi_append_bytes (line, "" literal, sizeof literal - 1)

/* Appends a number in so many columns at least; fill: the character before the digits. */
void wsi_append_number (GString *line,
                        guint64  number,
                        guint    columns,
                        char     fill);
/* Writes two hexadecimal digits. */
static inline void
wsi_write_hex (char  *to,
               guint8 byte)
{
  static const char digits[] = "0123456789abcdef";

  to[0] = digits[byte >> 4];
  to[1] = digits[byte & 15];
}

/* Appends eight hexadecimal digits. */
void wsi_append_hex    (GString *line,
                        guint32  number);

G_END_DECLS
