/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Text of a peer made fit for a terminal or a label: one line, and nothing in it that is obeyed
 * instead of shown, or is not seen. */
#pragma once

#include <gio/gio.h>
#include <string.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_CHARSET_UTF8,
  WSI_CHARSET_ASCII,            /* a terminal with ASCII, which would take other bytes for
                                 * controls */
} WsiCharset;

/* Reads at most max_length bytes; an ellipsis replaces the rest. */
char    *wsi_text_escape       (GBytes    *bytes,
                                gsize      max_length,
                                WsiCharset charset);
/* Appends the escaped text to another one. */
void     wsi_text_append_escaped (GString    *text,
                                  const char *at,
                                  gsize       length,
                                  gsize       max_length,
                                  WsiCharset  charset);
/* The character at a place of a text, with a backslash as it is, for a view of the whole text.
 * Returns its number of bytes. */
gsize    wsi_text_append_character (GString    *text,
                                    const char *at,
                                    gsize       length,
                                    gsize       place);
/* A text of a peer whose backslashes are its own, such as JSON: only controls, line ends and marks
 * that reorder text are escaped. */
void     wsi_text_append_exact (GString    *text,
                                const char *at,
                                gsize       length,
                                gsize       max_length,
                                WsiCharset  charset);
char    *wsi_text_escape_line  (const char *text,
                                WsiCharset  charset);
/* Escapes a sentence of the library, in which texts of the peer are already escaped: backslashes
 * are kept. */
char    *wsi_text_escape_sentence (const char *sentence,
                                   WsiCharset  charset);
void     wsi_text_append_sentence (GString    *text,
                                   const char *sentence,
                                   WsiCharset  charset);
typedef struct
{
  const char *words, *others;
} WsiReplacement;

/* The text with some words replaced, in one pass: the new words are left as they are.  The first
 * row that fits at a place is used. */
char    *wsi_text_replace         (const char           *text,
                                   const WsiReplacement *rows,
                                   gsize                 n_rows);
/* g_str_has_prefix () for a place in a long text: with GLib 2.76 and later it measures the text. */
static inline gboolean
wsi_text_begins_with (const char *at,
                      const char *beginning)
{
  return strncmp (at, beginning, strlen (beginning)) == 0;
}

/* Marks that reorder text or are not seen are formats, and formats are not printable. */
gboolean wsi_text_may_be_shown (gunichar character);
/* Whether payload of unknown type looks like text.  The last character may be incomplete. */
gboolean wsi_text_is_readable  (GBytes *bytes);

G_END_DECLS
