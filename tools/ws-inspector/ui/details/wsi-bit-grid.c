/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-bit-grid.h"

static void
add_segment (WsiBitGrid *self,
             guint       part,
             guint       first_bit,
             guint       n_bits)
{
  guint row = first_bit / self->n_columns;

  self->segments[self->n_segments++] = (WsiBitSegment) {
    .part = part,
    .row = row,
    .first_column = first_bit % self->n_columns,
    .n_columns = n_bits,
  };
  self->n_rows = row + 1;
}

/* The widest segment, and of several that are as wide the first. */
static void
choose_label (WsiBitGrid *self,
              guint       first)
{
  guint widest = first;

  for (guint i = first + 1; i < self->n_segments; i++)
    if (self->segments[i].n_columns > self->segments[widest].n_columns)
      widest = i;
  self->segments[widest].has_label = TRUE;
}

/* The end of a field; the payload has at least half a row. */
static guint
bit_grid_find_end (const WsiBitGrid   *self,
                   const WsiFramePart *part)
{
  guint end = part->first_bit + self->n_columns / 2;

  if (part->n_bits > 0)
    return part->first_bit + part->n_bits;

  return (end + self->n_columns - 1) / self->n_columns * self->n_columns;
}

void
wsi_bit_grid_init (WsiBitGrid           *self,
                   const WsiFrameLayout *layout,
                   guint                 n_columns)
{
  *self = (WsiBitGrid) { .n_columns = n_columns };

  for (guint i = 0; i < layout->n_parts; i++)
    {
      guint first = self->n_segments;
      guint at = layout->parts[i].first_bit;
      guint end = bit_grid_find_end (self, &layout->parts[i]);

      while (at < end)
        {
          guint n_bits = MIN (end - at, n_columns - at % n_columns);

          add_segment (self, i, at, n_bits);
          at += n_bits;
        }
      choose_label (self, first);
    }
}

int
wsi_bit_grid_find (const WsiBitGrid *self,
                   int               row,
                   int               column)
{
  for (guint i = 0; i < self->n_segments; i++)
    {
      const WsiBitSegment *segment = &self->segments[i];
      int first = segment->first_column;

      if ((int) segment->row == row && column >= first &&
          column < first + (int) segment->n_columns)
        return segment->part;
    }

  return -1;
}

/* The field above or below, from the row where the field ends, or begins, so that each step leaves
 * it if there is another row. */
int
wsi_bit_grid_go (const WsiBitGrid *self,
                 guint             part,
                 int               n_rows)
{
  const WsiBitSegment *from = NULL;
  int  found;

  for (guint i = 0; i < self->n_segments; i++)
    if (self->segments[i].part == part && (from == NULL || n_rows > 0))
      from = &self->segments[i];
  if (from == NULL)
    return -1;

  found = wsi_bit_grid_find (self, (int) from->row + n_rows, from->first_column);
  return found >= 0 ? found : (int) part;
}
