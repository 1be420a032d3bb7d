/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-line-cursor.h"

#include "inspect/store/memory/wsi-bytes.h"

gssize
wsi_line_cursor_get_step (guint key,
                          guint n_in_line)
{
  switch (key)
    {
    case GDK_KEY_Left:
      return -1;
    case GDK_KEY_Right:
      return 1;
    case GDK_KEY_Up:
      return -(gssize) n_in_line;
    case GDK_KEY_Down:
      return n_in_line;
    default:
      return 0;
    }
}

gboolean
wsi_line_cursor_move_in_dump (WsiLineCursor *self,
                              WsiLineModel  *model,
                              gssize         step,
                              WsiMove        move)
{
  WsiByteRange now = wsi_line_model_get_selection (model);
  gssize end = wsi_line_index_get_end (wsi_line_model_get_index (model));
  gssize place = now.begin < now.end ? (gssize) self->place + step : 0;

  if (place < 0 || place >= end)
    return FALSE;

  self->place = place;
  if (move == WSI_MOVE)
    self->anchor = place;
  wsi_line_model_select_bytes (model, MIN (self->anchor, self->place),
                               MAX (self->anchor, self->place) + 1);
  return TRUE;
}

/* The place of the next character, or of the one before; the end of the text has none. */
static gsize
find_character (WsiLineModel *model,
                gsize         at,
                gssize        step)
{
  WsiLineIndex *index = wsi_line_model_get_index (model);
  gsize end = wsi_line_index_get_end (index);
  const guint8 *text = wsi_bytes_get_data (wsi_line_index_get_bytes (index), NULL);

  do
    at = at == 0 && step < 0 ? 0 : MIN (at + step, end);
  while (at > 0 && at < end && (text[at] & 0xc0) == 0x80);
  return at;
}

/* The range from the anchor to the character at the cursor, and with both. */
static WsiByteRange
get_characters (const WsiLineCursor *self,
                WsiLineModel        *model)
{
  WsiByteRange range = {
    .begin = MIN (self->anchor, self->place),
    .end = find_character (model, MAX (self->anchor, self->place), 1),
  };

  return range;
}

gboolean
wsi_line_cursor_move_in_text (WsiLineCursor *self,
                              WsiLineModel  *model,
                              gssize         step,
                              WsiMove        move,
                              gsize          first)
{
  WsiByteRange now = wsi_line_model_get_selection (model), chosen = get_characters (self, model);
  gboolean is_begun = now.begin == chosen.begin && now.end == chosen.end && now.begin < now.end;
  gsize place = is_begun ? find_character (model, self->place, step) : first;

  if (place >= wsi_line_index_get_end (wsi_line_model_get_index (model)))
    return FALSE;

  self->place = place;
  if (move == WSI_MOVE || !is_begun)
    self->anchor = place;
  chosen = get_characters (self, model);
  wsi_line_model_select_bytes (model, chosen.begin, chosen.end);
  return TRUE;
}
