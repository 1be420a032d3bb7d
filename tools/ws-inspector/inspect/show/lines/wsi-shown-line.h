/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One line of a payload as it is shown, and which part of the text is which byte: for views in
 * which bytes are selected and highlighted. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A part of the text, in bytes of it. */
typedef struct
{
  guint begin, end;
} WsiSpan;

typedef struct
{
  char    *text;                /* text of the line in UTF-8, without a line end */
  guint    n_bytes;
  WsiSpan *spans;               /* place of each byte in the text; bytes of a character share one */
  WsiSpan *characters;          /* place of each byte after the digits; NULL = no such column */
  GArray  *escapes;             /* places of what is shown instead of a character (WsiSpan) */
} WsiShownLine;

/* n bytes of a text from begin on; what a character looks like may depend on those around. */
WsiShownLine *wsi_shown_line_new_text  (const char *at,
                                        gsize       length,
                                        gsize       begin,
                                        gsize       n);
/* A line of a hexadecimal dump, with its offset in n_digits digits. */
WsiShownLine *wsi_shown_line_new_hex   (const guint8 *at,
                                        gsize         length,
                                        gsize         offset,
                                        guint         n_digits,
                                        guint         n_in_line);
/* Leaves only the digits of a line of a dump. */
void          wsi_shown_line_drop_characters (WsiShownLine *self);
void          wsi_shown_line_free      (WsiShownLine *self);
/* The byte that the text shows at this index, or the nearest one before; n_bytes: it is after the
 * last one. */
guint         wsi_shown_line_find_byte (const WsiShownLine *self,
                                        guint               index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiShownLine, wsi_shown_line_free)

G_END_DECLS
