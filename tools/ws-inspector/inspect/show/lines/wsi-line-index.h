/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where the lines of a payload begin, for views that show a few of many: a place is kept for every
 * few lines, and those between are found by reading.  A line that is too long is cut into several;
 * a character, and the marks that combine with it, stay together.  It does not change once it is
 * made, and any thread may read it. */
#pragma once

#include "inspect/show/lines/wsi-syntax.h"

G_BEGIN_DECLS

#define WSI_MAX_LINES (32 * 1024 * 1024)        /* lines in a list of 2^31 pixels */

typedef struct
{
  gsize offset, length;         /* place of the line without its end */
  gsize n_end;                  /* bytes of the line end; 0 = the line goes on, or the text ends */
} WsiLine;

typedef struct _WsiLineIndex WsiLineIndex;

/* Columns are those of a font whose characters all have one width.  NULL: it was cancelled. */
WsiLineIndex *wsi_line_index_new_text  (GBytes       *bytes,
                                        guint         n_columns,
                                        GCancellable *cancellable);
/* Makes an index of lines of bytes with equal length. */
WsiLineIndex *wsi_line_index_new_bytes (GBytes *bytes,
                                        guint   n_in_line);
WsiLineIndex *wsi_line_index_ref       (WsiLineIndex *self);
void          wsi_line_index_unref     (WsiLineIndex *self);

/* Sets the syntax of the bytes, which is taken; call it before another object has the index.  NULL:
 * they have no colours. */
void             wsi_line_index_set_syntax (WsiLineIndex *self,
                                            WsiSyntax    *syntax);
const WsiSyntax *wsi_line_index_get_syntax (const WsiLineIndex *self);

GBytes       *wsi_line_index_get_bytes   (const WsiLineIndex *self);
guint         wsi_line_index_get_n_lines (const WsiLineIndex *self);
/* The number of bytes that have lines: all of them, unless there are too many lines. */
gsize         wsi_line_index_get_end     (const WsiLineIndex *self);
void          wsi_line_index_get_line    (const WsiLineIndex *self,
                                          guint               number,
                                          WsiLine            *line);
/* The line with the byte, or the last one. */
guint         wsi_line_index_find        (const WsiLineIndex *self,
                                          gsize               offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiLineIndex, wsi_line_index_unref)

G_END_DECLS
