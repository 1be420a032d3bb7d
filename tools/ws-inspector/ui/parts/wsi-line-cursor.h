/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The place that keys move in lines, and the selection that they make: a byte of a dump, or a
 * character of a text, is always selected. */
#pragma once

#include "ui/parts/wsi-line-model.h"

G_BEGIN_DECLS

typedef struct
{
  gsize anchor, place;          /* places where the selection began, and where it ends */
} WsiLineCursor;

typedef enum
{
  WSI_MOVE,
  WSI_MOVE_AND_EXTEND,          /* the move extends the selection */
} WsiMove;

/* Places that a key moves it by; 0: none.  n_in_line: of a dump; 0 = up and down are not for it. */
gssize   wsi_line_cursor_get_step     (guint key,
                                       guint n_in_line);
/* Moves by so many bytes.  FALSE: the cursor would leave the lines. */
gboolean wsi_line_cursor_move_in_dump (WsiLineCursor *self,
                                       WsiLineModel  *model,
                                       gssize         step,
                                       WsiMove        move);
/* Moves by one character, forward or back.  If the cursor did not make the selection, it begins at
 * the byte first instead. */
gboolean wsi_line_cursor_move_in_text (WsiLineCursor *self,
                                       WsiLineModel  *model,
                                       gssize         step,
                                       WsiMove        move,
                                       gsize          first);

G_END_DECLS
