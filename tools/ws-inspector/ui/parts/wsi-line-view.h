/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines of a payload of any size: only those that are seen are made.  Bytes are selected with
 * the pointer, lines also by keyboard; Ctrl+C copies what is selected, or all.
 *
 * Signals: "bytes-selected" when the user has selected others; "columns-changed" when another
 * number of columns fits. */
#pragma once

#include "inspect/show/lines/wsi-copied-text.h"
#include "ui/parts/wsi-line-model.h"

G_BEGIN_DECLS

#define WSI_TYPE_LINE_VIEW (wsi_line_view_get_type ())

G_DECLARE_FINAL_TYPE (WsiLineView, wsi_line_view, WSI, LINE_VIEW, GtkWidget)

/* Shows the lines of an index; NULL = none. */
void          wsi_line_view_set_lines     (WsiLineView  *self,
                                           WsiLineIndex *index,
                                           WsiLineForm   form,
                                           guint         n_in_line);
WsiLineIndex *wsi_line_view_get_lines     (WsiLineView *self);
/* Whether the lines of a dump end with the characters of the bytes, as they do at first.  This is
 * for lines that are set later. */
void          wsi_line_view_set_characters (WsiLineView *self,
                                            gboolean     has_characters);
/* The number of columns that have room; 0 = not known yet. */
guint         wsi_line_view_get_n_columns (WsiLineView *self);
/* Marks bytes, and scrolls to them; none if both are equal. */
void          wsi_line_view_set_highlight (WsiLineView *self,
                                           gsize        begin,
                                           gsize        end);
WsiByteRange  wsi_line_view_get_highlight (WsiLineView *self);
/* Marks this text in each line that is seen; NULL: none. */
void          wsi_line_view_set_search    (WsiLineView *self,
                                           const char  *text);
WsiByteRange  wsi_line_view_get_selection (WsiLineView *self);
/* Selects bytes without a signal. */
void          wsi_line_view_select_bytes  (WsiLineView *self,
                                           gsize        begin,
                                           gsize        end);

G_END_DECLS
