/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Offsets and characters beside the lines of a text view that has a text in hex.  They take the
 * margins of the view, and are drawn there with the lines that are seen. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-hex-rows.h"

G_BEGIN_DECLS

typedef struct
{
  WsiHexRows *rows;             /* rows of the bytes; NULL: the view shows another text */
  WsiHexShape shape;
  int         column;           /* width of a column in pixels */
} WsiHexSides;

/* Sets the text; text NULL: it is not in hex. */
void  wsi_hex_sides_set_text (WsiHexSides *self,
                              GtkTextView *view,
                              const char  *text);
/* Fits the sides to another width or font of the view. */
void  wsi_hex_sides_fit      (WsiHexSides *self,
                              GtkTextView *view);
/* The number of bytes in a line that have room. */
guint wsi_hex_sides_choose_bytes (const WsiHexSides *self,
                                  GtkTextView       *view);
void  wsi_hex_sides_snapshot (const WsiHexSides *self,
                              GtkTextView       *view,
                              GtkSnapshot       *snapshot);
void  wsi_hex_sides_clear    (WsiHexSides *self);

G_END_DECLS
