/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows beside the lines of a text in hex, however it is typed: the offset of the first byte of
 * a line, and its characters.  Places are in characters of the text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiHexRows WsiHexRows;

/* Columns of characters of the same width. */
typedef struct
{
  guint n_digits;               /* digits of an offset */
  guint n_text;                 /* characters in a row of the text, after which it is broken */
  guint place;                  /* column of the characters, from the beginning of the text on */
  guint n_characters;           /* characters in a row; 0: they have no room */
} WsiHexShape;

#define WSI_HEX_GAP 2           /* columns between two columns of text */

/* Finds the bytes of a text in linear time.  The result does not change. */
WsiHexRows *wsi_hex_rows_new   (const char *text);
void        wsi_hex_rows_free  (WsiHexRows *self);
/* Chooses a shape of n columns: if lines and all characters have no room beside each other, the
 * lines are broken so that they have. */
WsiHexShape wsi_hex_rows_choose_shape (const WsiHexRows *self,
                                       guint             n_columns);
/* The number of bytes in each line of a text that is laid out anew. */
guint       wsi_hex_rows_choose_bytes (const WsiHexRows *self,
                                       guint             n_columns);
/* Prints the characters of a row.  FALSE: no byte begins between the two places. */
gboolean    wsi_hex_rows_print (const WsiHexRows  *self,
                                const WsiHexShape *shape,
                                gsize              begin,
                                gsize              end,
                                char             **offset,
                                char             **characters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHexRows, wsi_hex_rows_free)

G_END_DECLS
